//! Dot-and-interval plot: an estimate with its confidence interval for each group.

use super::canvas::Canvas;
use super::frame::{Frame, Layout, RowLabel};
use super::marker::Marker;
use super::palette::colour;
use super::{Estimate, Figure, FigureError, Setting, all_finite, alt_text};

/// The estimate of one group.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct IntervalGroup<'a> {
    /// Its condition.
    pub label: &'a str,
    /// Mean and interval; none where there were no data.
    pub estimate: Option<Estimate>,
    /// Runs with a value.
    pub n: usize,
    /// Runs without a value.
    pub missing: usize,
}

/// What a dot-and-interval plot shows.
#[derive(Debug, Clone, PartialEq)]
pub struct IntervalPlotInput<'a> {
    /// Title, quantity, width and provenance.
    pub setting: Setting<'a>,
    /// The groups, from top to bottom.
    pub groups: Vec<IntervalGroup<'a>>,
}

const ROW_HEIGHT: f64 = 22.0;

impl IntervalPlotInput<'_> {
    /// Draws the figure.
    ///
    /// # Errors
    /// No groups, values that aren't finite, an impossible width or range.
    pub fn draw(&self) -> Result<Figure, FigureError> {
        if self.groups.is_empty() {
            return Err(FigureError::NoGroups);
        }
        for group in &self.groups {
            all_finite(group.label, group.estimate.into_iter().flat_map(Estimate::ends))?;
        }
        let labels: Vec<RowLabel<'_>> = self
            .groups
            .iter()
            .map(|group| RowLabel { label: group.label, n: group.n, missing: group.missing })
            .collect();
        let values = self.groups.iter().filter_map(|group| group.estimate).flat_map(Estimate::ends);
        let frame = Frame::new(&self.setting, &labels, values, Layout::rows(ROW_HEIGHT))?;
        let mut svg = String::new();
        let mut canvas = Canvas::new(&mut svg, frame.size.0, frame.size.1);
        frame.draw(&mut canvas)?;
        for (position, (group, top)) in self.groups.iter().zip(&frame.rows).enumerate() {
            match (&frame.axis, group.estimate) {
                (Some(axis), Some(estimate)) => {
                    let y = top + frame.row_height / 2.0;
                    let [low, mean, high] = estimate.ends().map(|value| axis.place(value));
                    canvas.line(&[(low, y), (high, y)], 1.1, colour(position), 1.0)?;
                    for end in [low, high] {
                        canvas.line(&[(end, y - 2.0), (end, y + 2.0)], 0.8, colour(position), 1.0)?;
                    }
                    Marker::at(position).draw(&mut canvas, (mean, y), 2.4, colour(position), 1.0)?;
                }
                _ => frame.draw_no_data(&mut canvas, *top)?,
            }
        }
        canvas.finish()?;
        let alt = alt_text::groups("Means with confidence intervals", &self.setting, &self.groups);
        let title = format!("Means of {} by group", self.setting.quantity.title);
        let notes = vec![format!("Points: mean; bars: {}.", self.setting.interval_name())];
        Figure::assemble(&svg, frame.size, (title, alt), notes, &self.setting)
    }
}
