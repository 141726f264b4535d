//! A plot with two axes (or several plots above one another that share one), its titles and its key.

use super::axis::Axis;
use super::canvas::{Align, Canvas};
use super::lettering::{LINE, MARGIN, REMARK, SMALL_LINE, TEXT, TICK, TITLE, lines_height, nth_line};
use super::palette::{GRID, INK};
use super::series::Key;
use super::text_extent::{width, wrap};
use super::{FigureError, Setting};

/// Room at the right of the last tick for half of its text.
const RIGHT: f64 = 10.0;
/// Between plots above one another.
const BETWEEN: f64 = 5.0;

/// What lies from left to right.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Across {
    /// Numbers between two ends, with ticks at these values where they fit.
    Numbers { low: f64, high: f64, logarithmic: bool, ticks: Vec<f64> },
    /// Levels of a factor, evenly spaced.
    Levels(Vec<String>),
}

/// What a panel is to hold.
pub(super) struct Plan {
    pub(super) across: Across,
    pub(super) across_title: String,
    /// Lower and upper end of the axis upwards.
    pub(super) up: (f64, f64),
    pub(super) up_title: String,
    /// Height of one plot, in points.
    pub(super) height: f64,
    /// A line above each plot; one empty line for a single plot.
    pub(super) heads: Vec<String>,
    /// Room under the axis title, in points.
    pub(super) below: f64,
    /// What the left margin must hold at least, in points.
    pub(super) left: f64,
    pub(super) key: Key,
}

/// Where things from left to right stand.
enum Horizontal {
    Numbers(Axis),
    Levels(Vec<Vec<String>>),
}

/// A panel, laid out.
pub(super) struct Panel {
    pub(super) size: (f64, f64),
    /// Left and right end of the plots.
    pub(super) sides: (f64, f64),
    /// The axis upwards of each plot.
    pub(super) plots: Vec<Axis>,
    /// Bottom and top of each plot.
    pub(super) spans: Vec<(f64, f64)>,
    /// Where the room below begins.
    pub(super) below: f64,
    horizontal: Horizontal,
    heads: Vec<String>,
    title: Vec<String>,
    across_title: Vec<String>,
    up_title: Vec<String>,
    key: Key,
    key_top: f64,
}

impl Panel {
    pub(super) fn new(setting: &Setting<'_>, plan: Plan) -> Result<Self, FigureError> {
        setting.check()?;
        let page = setting.width_inches * 72.0;
        let title = setting.title.map_or(Vec::new(), |title| wrap(title, TITLE.size, page - 2.0 * MARGIN, 2));
        let first = Axis::upright(plan.up.0, plan.up.1, plan.height, 0.0);
        let several = plan.heads.len() > 1;
        let multiplier = if first.multiplier.is_some() { SMALL_LINE } else { 0.0 };
        let head = if several { LINE } else { 0.0 };
        let count = plan.heads.len().max(1);
        #[allow(clippy::cast_precision_loss)]
        let heights = (plan.height + head + BETWEEN) * count as f64 - BETWEEN;
        let top = MARGIN + lines_height(title.len(), LINE) + 4.0 + multiplier;

        let up_title = wrap(&plan.up_title, TEXT.size, heights, 2);
        let tick_width = first.ticks.iter().map(|(_, text)| width(text, TICK.size)).fold(0.0, f64::max);
        let left = (MARGIN + lines_height(up_title.len(), LINE) + 3.0 + tick_width + 4.0).max(MARGIN + plan.left);
        let right = page - MARGIN - RIGHT;
        let (horizontal, tick_lines) = horizontal(plan.across, left, right);
        let across_title = wrap(&plan.across_title, TEXT.size, right - left, 2);

        let spans: Vec<(f64, f64)> = (0..count)
            .map(|index| {
                #[allow(clippy::cast_precision_loss)]
                let start = top + (plan.height + head + BETWEEN) * index as f64 + head;
                (start + plan.height, start)
            })
            .collect();
        let plots = spans.iter().map(|(bottom, top)| Axis::upright(plan.up.0, plan.up.1, *bottom, *top)).collect();
        let below =
            top + heights + 4.0 + lines_height(tick_lines, SMALL_LINE) + 2.0 + lines_height(across_title.len(), LINE);
        let key_top = below + plan.below + if plan.key.height() > 0.0 { 3.0 } else { 0.0 };
        let height = key_top + plan.key.height() + MARGIN;
        Ok(Self {
            size: (page, height),
            sides: (left, right),
            plots,
            spans,
            below,
            horizontal,
            heads: plan.heads,
            title,
            across_title,
            up_title,
            key: plan.key,
            key_top,
        })
    }

    /// Where a number stands from left to right.
    pub(super) fn x(&self, value: f64) -> f64 {
        match &self.horizontal {
            Horizontal::Numbers(axis) => axis.place(value),
            Horizontal::Levels(_) => self.sides.0,
        }
    }

    /// Where a level stands from left to right.
    #[allow(clippy::cast_precision_loss)]
    pub(super) fn level(&self, index: usize) -> f64 {
        self.sides.0 + (index as f64 + 0.5) * self.slot()
    }

    /// The width of a level.
    #[allow(clippy::cast_precision_loss)]
    pub(super) fn slot(&self) -> f64 {
        match &self.horizontal {
            Horizontal::Numbers(_) => 0.0,
            Horizontal::Levels(labels) => (self.sides.1 - self.sides.0) / labels.len().max(1) as f64,
        }
    }

    /// Values at which ticks stand from left to right.
    pub(super) fn ticks(&self) -> Vec<f64> {
        match &self.horizontal {
            Horizontal::Numbers(axis) => axis.ticks.iter().map(|tick| tick.0).collect(),
            Horizontal::Levels(_) => Vec::new(),
        }
    }

    /// Draws axes, titles and key.
    pub(super) fn draw(&self, canvas: &mut Canvas<'_>) -> Result<(), FigureError> {
        for (index, line) in self.title.iter().enumerate() {
            canvas.text(line, (MARGIN, MARGIN + nth_line(index, LINE)), Align::Left, TITLE)?;
        }
        let (left, right) = self.sides;
        for ((axis, (bottom, top)), head) in self.plots.iter().zip(&self.spans).zip(&self.heads) {
            canvas.text(head, (left, top - LINE / 2.0), Align::Left, TICK)?;
            for (value, text) in &axis.ticks {
                let y = axis.place(*value);
                canvas.line(&[(left, y), (right, y)], 0.5, GRID, 1.0)?;
                canvas.line(&[(left - 2.5, y), (left, y)], 0.6, INK, 1.0)?;
                canvas.text(text, (left - 4.0, y), Align::Right, TICK)?;
            }
            canvas.line(&[(left, *top), (left, *bottom)], 0.6, INK, 1.0)?;
            canvas.line(&[(left, *bottom), (right, *bottom)], 0.6, INK, 1.0)?;
        }
        let (Some((bottom, _)), Some((_, top))) = (self.spans.last(), self.spans.first()) else { return Ok(()) };
        if let Some(multiplier) = self.plots.first().and_then(|axis| axis.multiplier.as_ref()) {
            canvas.text(multiplier, (left, top - SMALL_LINE / 2.0 - 2.0), Align::Middle, TICK)?;
        }
        for (index, line) in self.up_title.iter().enumerate() {
            canvas.text_upwards(line, (MARGIN + nth_line(index, LINE), (top + bottom) / 2.0), TEXT)?;
        }
        self.draw_across(canvas, *bottom)?;
        self.key.draw(canvas, self.key_top)
    }

    fn draw_across(&self, canvas: &mut Canvas<'_>, bottom: f64) -> Result<(), FigureError> {
        let ticks_y = bottom + 4.0;
        let title_y = self.below - lines_height(self.across_title.len(), LINE);
        let (left, right) = self.sides;
        match &self.horizontal {
            Horizontal::Numbers(axis) => {
                for (value, text) in &axis.ticks {
                    let x = axis.place(*value);
                    for (bottom, _) in &self.spans {
                        canvas.line(&[(x, *bottom), (x, bottom + 2.5)], 0.6, INK, 1.0)?;
                    }
                    canvas.text(text, (x, ticks_y + SMALL_LINE / 2.0), Align::Middle, TICK)?;
                }
                if let Some(multiplier) = &axis.multiplier {
                    canvas.text(multiplier, (right, title_y + LINE / 2.0), Align::Right, TICK)?;
                }
            }
            Horizontal::Levels(labels) => {
                for (index, lines) in labels.iter().enumerate() {
                    for (line, text) in lines.iter().enumerate() {
                        let y = ticks_y + nth_line(line, SMALL_LINE);
                        canvas.text(text, (self.level(index), y), Align::Middle, TICK)?;
                    }
                }
            }
        }
        for (index, line) in self.across_title.iter().enumerate() {
            canvas.text(line, ((left + right) / 2.0, title_y + nth_line(index, LINE)), Align::Middle, TEXT)?;
        }
        Ok(())
    }

    /// Says in a plot that there is nothing to show.
    pub(super) fn draw_no_data(&self, canvas: &mut Canvas<'_>, plot: usize) -> Result<(), FigureError> {
        let Some((bottom, top)) = self.spans.get(plot) else { return Ok(()) };
        canvas.text("no data", (self.sides.0 + 4.0, (bottom + top) / 2.0), Align::Left, REMARK)
    }
}

/// Places from left to right, and the number of lines of text under the axis.
fn horizontal(across: Across, left: f64, right: f64) -> (Horizontal, usize) {
    match across {
        Across::Numbers { low, high, logarithmic, ticks } => {
            let mut axis = if logarithmic {
                Axis::logarithmic(low, high, left, right)
            } else {
                Axis::between(low, high, left, right)
            };
            if !ticks.is_empty() {
                axis.ticks_at(&ticks);
            }
            (Horizontal::Numbers(axis), 1)
        }
        Across::Levels(levels) => {
            #[allow(clippy::cast_precision_loss)]
            let slot = (right - left) / levels.len().max(1) as f64 - 3.0;
            let labels: Vec<Vec<String>> =
                levels.iter().map(|level| wrap(&crate::escape::visible(level), TICK.size, slot, 3)).collect();
            let lines = labels.iter().map(Vec::len).max().unwrap_or(1).max(1);
            (Horizontal::Levels(labels), lines)
        }
    }
}
