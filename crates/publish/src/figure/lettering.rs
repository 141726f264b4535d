//! Sizes of text, the same in every figure: 8 pt, ticks and remarks 6.5 pt at final size.

use plotters::style::RGBColor;

use super::axis::TICK_SIZE;
use super::palette::{GREY, INK};

/// How a text looks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Lettering {
    /// In points.
    pub(super) size: f64,
    pub(super) bold: bool,
    pub(super) colour: RGBColor,
}

pub(super) const TEXT: Lettering = Lettering { size: 8.0, bold: false, colour: INK };
pub(super) const TICK: Lettering = Lettering { size: TICK_SIZE, bold: false, colour: INK };
pub(super) const REMARK: Lettering = Lettering { size: TICK_SIZE, bold: false, colour: GREY };
pub(super) const TITLE: Lettering = Lettering { size: 8.0, bold: true, colour: INK };

/// Blank around a figure, in points.
pub(super) const MARGIN: f64 = 3.0;
/// From line to line of [`TEXT`].
pub(super) const LINE: f64 = 9.4;
/// From line to line of [`TICK`] and [`REMARK`].
pub(super) const SMALL_LINE: f64 = 8.0;
/// A figure should leave room for a caption on a page.
pub(super) const TALLEST: f64 = 8.5 * 72.0;

#[allow(clippy::cast_precision_loss)]
pub(super) fn lines_height(lines: usize, line: f64) -> f64 {
    lines as f64 * line
}

/// Vertical centre of a line of a block.
pub(super) fn nth_line(index: usize, line: f64) -> f64 {
    lines_height(index, line) + line / 2.0
}
