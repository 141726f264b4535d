//! What tells one curve from another: colour, shape and dashes together, and the key that names them.

use plotters::style::RGBColor;

use super::FigureError;
use super::canvas::{Align, Canvas};
use super::lettering::{MARGIN, REMARK, lines_height};
use super::marker::Marker;
use super::palette::{INK, colour};
use super::text_extent::{width, wrap};

/// Lengths of dashes and gaps, in points; the first is solid.
const DASHES: [&[f64]; 4] = [&[], &[4.5, 2.0], &[1.4, 1.6], &[6.5, 1.8, 1.4, 1.8]];
/// Width of a curve.
pub(super) const STROKE: f64 = 1.1;
/// Size of a mark on a curve.
pub(super) const MARK: f64 = 2.2;
/// Width of the sample beside a name in the key.
const SAMPLE: f64 = 18.0;
const GAP: f64 = 10.0;
const KEY_LINE: f64 = 9.5;

/// The look of one curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Look {
    pub(super) colour: RGBColor,
    pub(super) marker: Marker,
    pub(super) dashes: &'static [f64],
}

impl Look {
    /// The look of the curve at this position.
    pub(super) fn at(position: usize) -> Self {
        Self { colour: colour(position), marker: Marker::at(position), dashes: DASHES[position % DASHES.len()] }
    }

    pub(super) fn curve(&self, canvas: &mut Canvas<'_>, points: &[(f64, f64)]) -> Result<(), FigureError> {
        canvas.dashed(points, STROKE, self.colour, self.dashes)
    }

    pub(super) fn mark(&self, canvas: &mut Canvas<'_>, at: (f64, f64)) -> Result<(), FigureError> {
        self.marker.draw(canvas, at, MARK, self.colour, 1.0)
    }

    /// An interval upwards, with short ends.
    pub(super) fn whisker(&self, canvas: &mut Canvas<'_>, x: f64, (low, high): (f64, f64)) -> Result<(), FigureError> {
        canvas.line(&[(x, low), (x, high)], 0.8, self.colour, 1.0)?;
        for y in [low, high] {
            canvas.line(&[(x - 1.8, y), (x + 1.8, y)], 0.8, self.colour, 1.0)?;
        }
        Ok(())
    }
}

/// Names of the curves, placed in lines.
pub(super) struct Key {
    /// Left end, line, text and position of each entry.
    entries: Vec<(f64, usize, String, usize)>,
    lines: usize,
    dashed: bool,
}

impl Key {
    /// A key of these names for a page of this width; empty for fewer than two.
    /// `dashed`: whether samples are lines with marks, or marks alone.
    pub(super) fn new<'a>(names: impl Iterator<Item = &'a str>, page: f64, dashed: bool) -> Self {
        let names: Vec<&str> = names.collect();
        if names.len() < 2 {
            return Self { entries: Vec::new(), lines: 0, dashed };
        }
        Self { dashed, ..Self::for_any(names.into_iter(), page) }
    }

    /// A key even of a single name.
    pub(super) fn for_any<'a>(names: impl Iterator<Item = &'a str>, page: f64) -> Self {
        let mut key = Self { entries: Vec::new(), lines: 0, dashed: true };
        let (mut x, mut line) = (MARGIN, 0);
        let room = page - 2.0 * MARGIN;
        for (position, name) in names.enumerate() {
            let text =
                wrap(&crate::escape::visible(name), REMARK.size, room - SAMPLE - 3.0, 1).pop().unwrap_or_default();
            let extent = SAMPLE + 3.0 + width(&text, REMARK.size);
            if x > MARGIN && x + extent > page - MARGIN {
                (x, line) = (MARGIN, line + 1);
            }
            key.entries.push((x, line, text, position));
            x += extent + GAP;
        }
        key.lines = line + 1;
        key
    }

    pub(super) fn height(&self) -> f64 {
        lines_height(self.lines, KEY_LINE)
    }

    pub(super) fn draw(&self, canvas: &mut Canvas<'_>, top: f64) -> Result<(), FigureError> {
        for (x, line, text, position) in &self.entries {
            let y = top + lines_height(*line, KEY_LINE) + KEY_LINE / 2.0;
            let look = Look::at(*position);
            if self.dashed {
                look.curve(canvas, &[(*x, y), (x + SAMPLE, y)])?;
            }
            look.mark(canvas, (x + SAMPLE / 2.0, y))?;
            canvas.text(
                text,
                (x + SAMPLE + 3.0, y),
                Align::Left,
                super::lettering::Lettering { colour: INK, ..REMARK },
            )?;
        }
        Ok(())
    }
}
