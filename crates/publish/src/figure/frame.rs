//! What figures by groups share: a row for each group, its label, the value axis, title and notes.

use super::alt_text::count;
use super::axis::{Axis, from_zero, padded, range};
use super::canvas::{Align, Canvas};
use super::lettering::{LINE, MARGIN, REMARK, SMALL_LINE, TALLEST, TEXT, TICK, TITLE, lines_height, nth_line};
use super::palette::{GRID, INK};
use super::text_extent::{width, wrap};
use super::{FigureError, Setting};

const LABEL_LINES: usize = 3;

/// What stands at the left of a row.
pub(super) struct RowLabel<'a> {
    pub(super) label: &'a str,
    pub(super) n: usize,
    pub(super) missing: usize,
}

/// What the value axis shows beside the values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Includes {
    /// Nothing.
    Values,
    /// Zero, and it ends there if no value lies beyond.
    Zero,
    /// Zero, inside.
    AroundZero,
    /// One, and ratios are distances.
    One,
}

/// How the rows are laid out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Layout {
    /// Wanted height of a row; less on a full page.
    pub(super) row_height: f64,
    /// Whether there is a key under the axis.
    pub(super) key: bool,
    pub(super) includes: Includes,
    /// Width of a column of text at the right.
    pub(super) right: f64,
}

impl Layout {
    pub(super) fn rows(row_height: f64) -> Self {
        Self { row_height, key: false, includes: Includes::Values, right: 0.0 }
    }
}

/// The page, laid out.
pub(super) struct Frame {
    pub(super) size: (f64, f64),
    pub(super) axis: Option<Axis>,
    /// Top of each row, and the height of all.
    pub(super) rows: Vec<f64>,
    pub(super) row_height: f64,
    /// Left and right end of the plot.
    pub(super) plot: (f64, f64),
    /// Vertical centre of the key under the axis, if there is one.
    pub(super) key: Option<f64>,
    labels: Vec<(Vec<String>, String)>,
    title: Vec<String>,
    axis_title: Vec<String>,
    bottom: f64,
}

impl Frame {
    /// Lays out rows for all `values`.
    pub(super) fn new(
        setting: &Setting<'_>,
        rows: &[RowLabel<'_>],
        values: impl Iterator<Item = f64>,
        layout: Layout,
    ) -> Result<Self, FigureError> {
        setting.check()?;
        let page = setting.width_inches * 72.0;
        let labels: Vec<(Vec<String>, String)> = rows
            .iter()
            .map(|row| {
                let label = crate::escape::visible(row.label);
                let lines = wrap(&label, TEXT.size, page * 0.3, LABEL_LINES);
                (lines, count(row.n, row.missing))
            })
            .collect();
        let label_width = labels
            .iter()
            .flat_map(|(lines, n)| {
                let lines = lines.iter().map(|line| width(line, TEXT.size));
                lines.chain([width(n, REMARK.size)])
            })
            .fold(0.0, f64::max);
        let plot = (MARGIN + label_width + 7.0, page - MARGIN - 8.0 - layout.right);
        let title = setting.title.map_or(Vec::new(), |title| wrap(title, TITLE.size, page - 2.0 * MARGIN, 2));
        let axis = axis(layout.includes, values, plot)?;
        // The title is centred; the multiplier stands at the right end of its line.
        let multiplier = axis.as_ref().and_then(|axis| axis.multiplier.as_ref());
        let taken = multiplier.map_or(0.0, |text| 2.0 * (width(text, TICK.size) + 4.0));
        let axis_title = wrap(&setting.axis_title(), TEXT.size, plot.1 - plot.0 - taken, 2);
        let top = MARGIN + lines_height(title.len(), LINE) + 2.0;
        let below = 4.0
            + SMALL_LINE
            + 2.0
            + lines_height(axis_title.len(), LINE)
            + if layout.key { 11.0 } else { 0.0 }
            + MARGIN;
        let text_height =
            labels.iter().map(|(lines, _)| lines_height(lines.len(), LINE) + SMALL_LINE + 2.0).fold(0.0, f64::max);
        #[allow(clippy::cast_precision_loss)]
        let room = (TALLEST - top - below) / rows.len().max(1) as f64;
        let row_height = layout.row_height.min(room.max(24.0)).max(text_height);
        let tops: Vec<f64> = rows
            .iter()
            .scan(top, |next, _| {
                let here = *next;
                *next += row_height;
                Some(here)
            })
            .collect();
        let bottom = tops.last().map_or(top, |last| last + row_height);
        let height = bottom + below;
        let key = layout.key.then_some(height - MARGIN - 4.0);
        Ok(Self { size: (page, height), axis, rows: tops, row_height, plot, key, labels, title, axis_title, bottom })
    }

    /// Draws everything but the rows' contents.
    pub(super) fn draw(&self, canvas: &mut Canvas<'_>) -> Result<(), FigureError> {
        for (index, line) in self.title.iter().enumerate() {
            canvas.text(line, (MARGIN, MARGIN + nth_line(index, LINE)), Align::Left, TITLE)?;
        }
        for ((lines, n), top) in self.labels.iter().zip(&self.rows) {
            let block = lines_height(lines.len(), LINE) + SMALL_LINE;
            let start = top + (self.row_height - block) / 2.0;
            let right = self.plot.0 - 7.0;
            for (index, line) in lines.iter().enumerate() {
                canvas.text(line, (right, start + nth_line(index, LINE)), Align::Right, TEXT)?;
            }
            let below = start + lines_height(lines.len(), LINE) + SMALL_LINE / 2.0;
            canvas.text(n, (right, below), Align::Right, REMARK)?;
        }
        self.draw_axis(canvas)
    }

    fn draw_axis(&self, canvas: &mut Canvas<'_>) -> Result<(), FigureError> {
        let (left, right) = self.plot;
        let top = self.rows.first().copied().unwrap_or(0.0);
        let ticks_y = self.bottom + 4.0 + SMALL_LINE / 2.0;
        let title_y = ticks_y + SMALL_LINE / 2.0 + 2.0;
        if let Some(axis) = &self.axis {
            for (value, text) in &axis.ticks {
                let x = axis.place(*value);
                canvas.line(&[(x, top), (x, self.bottom)], 0.5, GRID, 1.0)?;
                canvas.line(&[(x, self.bottom), (x, self.bottom + 2.5)], 0.6, INK, 1.0)?;
                canvas.text(text, (x, ticks_y), Align::Middle, TICK)?;
            }
            if let Some(multiplier) = &axis.multiplier {
                canvas.text(multiplier, (right, title_y + LINE / 2.0), Align::Right, TICK)?;
            }
        }
        canvas.line(&[(left, self.bottom), (right, self.bottom)], 0.6, INK, 1.0)?;
        for (index, line) in self.axis_title.iter().enumerate() {
            let y = title_y + nth_line(index, LINE);
            canvas.text(line, ((left + right) / 2.0, y), Align::Middle, TEXT)?;
        }
        Ok(())
    }

    /// Says in place of a row's content that there is none.
    pub(super) fn draw_no_data(&self, canvas: &mut Canvas<'_>, top: f64) -> Result<(), FigureError> {
        canvas.text("no data", (self.plot.0 + 4.0, top + self.row_height / 2.0), Align::Left, REMARK)
    }
}

fn axis(includes: Includes, values: impl Iterator<Item = f64>, plot: (f64, f64)) -> Result<Option<Axis>, FigureError> {
    let Some((low, high)) = range(values) else { return Ok(None) };
    let linear = |(low, high)| Axis::between(low, high, plot.0, plot.1);
    let axis = match includes {
        Includes::Values => linear(padded(low, high)?),
        Includes::Zero => linear(from_zero(low, high)?),
        Includes::AroundZero => linear(padded(low.min(0.0), high.max(0.0))?),
        Includes::One => {
            if low <= 0.0 {
                return Err(FigureError::RangeTooWide);
            }
            let (low, high) = padded(libm::log(low.min(1.0)), libm::log(high.max(1.0)))?;
            Axis::logarithmic(libm::exp(low), libm::exp(high), plot.0, plot.1)
        }
    };
    Ok(Some(axis))
}
