//! Bar chart: the length of a bar is a mean, counted from zero.

use super::canvas::Canvas;
use super::frame::{Frame, Includes, Layout, RowLabel};
use super::interval_plot::IntervalGroup;
use super::palette::{INK, colour};
use super::{Figure, FigureError, Setting, all_finite, alt_text, at_most};

/// What a bar chart shows.
#[derive(Debug, Clone, PartialEq)]
pub struct BarChartInput<'a> {
    /// Title, quantity, width and provenance.
    pub setting: Setting<'a>,
    /// The groups, from top to bottom.
    pub groups: Vec<IntervalGroup<'a>>,
}

const ROW_HEIGHT: f64 = 24.0;
const MOST_BARS: usize = 40;
const HALF: f64 = 5.5;

impl BarChartInput<'_> {
    /// Draws the figure.
    ///
    /// # Errors
    /// No groups, values that aren't finite, an impossible width or range.
    pub fn draw(&self) -> Result<Figure, FigureError> {
        at_most(MOST_BARS, self.groups.len(), "bars")?;
        for group in &self.groups {
            all_finite(group.label, group.estimate.into_iter().flat_map(|estimate| estimate.ends()))?;
        }
        let labels: Vec<RowLabel<'_>> = self
            .groups
            .iter()
            .map(|group| RowLabel { label: group.label, n: group.n, missing: group.missing })
            .collect();
        let values = self.groups.iter().filter_map(|group| group.estimate).flat_map(|estimate| estimate.ends());
        let layout = Layout { includes: Includes::Zero, ..Layout::rows(ROW_HEIGHT) };
        let frame = Frame::new(&self.setting, &labels, values, layout)?;
        let mut svg = String::new();
        let mut canvas = Canvas::new(&mut svg, frame.size.0, frame.size.1);
        frame.draw(&mut canvas)?;
        for (position, (group, top)) in self.groups.iter().zip(&frame.rows).enumerate() {
            let (Some(axis), Some(estimate)) = (&frame.axis, group.estimate) else {
                frame.draw_no_data(&mut canvas, *top)?;
                continue;
            };
            let y = top + frame.row_height / 2.0;
            let [low, mean, high] = estimate.ends().map(|value| axis.place(value));
            let zero = axis.place(0.0);
            let corners = [(zero, y - HALF), (mean, y - HALF), (mean, y + HALF), (zero, y + HALF)];
            canvas.fill(&corners, colour(position), 0.55)?;
            canvas.line(&[corners[0], corners[1], corners[2], corners[3], corners[0]], 0.6, colour(position), 1.0)?;
            canvas.line(&[(low, y), (high, y)], 1.0, INK, 1.0)?;
            for end in [low, high] {
                canvas.line(&[(end, y - 2.0), (end, y + 2.0)], 0.8, INK, 1.0)?;
            }
        }
        if let Some(axis) = &frame.axis {
            let zero = axis.place(0.0);
            let bottom = frame.rows.last().map_or(0.0, |top| top + frame.row_height);
            canvas.line(&[(zero, frame.rows.first().copied().unwrap_or(0.0)), (zero, bottom)], 0.6, INK, 1.0)?;
        }
        canvas.finish()?;
        let alt = alt_text::groups("Bar chart of means", &self.setting, &self.groups);
        let title = format!("Means of {}", self.setting.quantity.title);
        let notes = vec![format!("Bars: mean; lines: {}.", self.setting.interval_name())];
        Figure::assemble(&svg, frame.size, (title, alt), notes, &self.setting)
    }
}
