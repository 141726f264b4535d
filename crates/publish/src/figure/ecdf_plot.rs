//! Empirical distribution functions: which share of the runs lies at or below a value.

use super::axis::{padded, range};
use super::canvas::Canvas;
use super::interaction_plot::MOST_CURVES;
use super::order_statistics::{quantile, thinned};
use super::panel::{Across, Panel, Plan};
use super::series::{Key, Look};
use super::{Figure, FigureError, Setting, all_finite, alt_text, at_most};

/// The values of one group.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ValuesGroup<'a> {
    /// Its condition.
    pub label: &'a str,
    /// The values, one a run, in any order.
    pub values: &'a [f64],
    /// Runs without a value.
    pub missing: usize,
}

/// What a plot of distribution functions shows.
#[derive(Debug, Clone, PartialEq)]
pub struct EcdfInput<'a> {
    /// Title, quantity, width and provenance.
    pub setting: Setting<'a>,
    /// The groups.
    pub groups: Vec<ValuesGroup<'a>>,
}

const HEIGHT: f64 = 140.0;
/// More steps than this can't be seen.
const MOST_STEPS: usize = 400;

impl EcdfInput<'_> {
    /// Draws the figure.
    ///
    /// # Errors
    /// Nothing to draw, too much to tell apart, values that aren't finite, an impossible width or range.
    pub fn draw(&self) -> Result<Figure, FigureError> {
        at_most(MOST_CURVES, self.groups.len(), "curves")?;
        for group in &self.groups {
            all_finite(group.label, group.values.iter().copied())?;
        }
        let (low, high) =
            range(self.groups.iter().flat_map(|group| group.values.iter().copied())).ok_or(FigureError::NoValues)?;
        let (low, high) = padded(low, high)?;
        let page = self.setting.width_inches * 72.0;
        let panel = Panel::new(
            &self.setting,
            Plan {
                across: Across::Numbers { low, high, logarithmic: false, ticks: Vec::new() },
                across_title: self.setting.axis_title(),
                up: (0.0, 1.0),
                up_title: "Share of runs at or below".to_owned(),
                height: HEIGHT,
                heads: vec![String::new()],
                below: 0.0,
                left: 0.0,
                key: Key::new(self.groups.iter().map(|group| group.label), page, true),
            },
        )?;
        let mut svg = String::new();
        let mut canvas = Canvas::new(&mut svg, panel.size.0, panel.size.1);
        panel.draw(&mut canvas)?;
        let mut alt = alt_text::opening("Empirical distribution functions", &self.setting, self.groups.len());
        for (position, group) in self.groups.iter().enumerate() {
            let mut sorted = group.values.to_vec();
            sorted.sort_by(f64::total_cmp);
            draw_steps(&mut canvas, &panel, Look::at(position), &sorted)?;
            alt.push_str(&format!(" {}: {}", group.label, alt_text::count(group.values.len(), group.missing)));
            for (name, share) in [("lower quartile", 0.25), ("median", 0.5), ("upper quartile", 0.75)] {
                if let Some(value) = quantile(&sorted, share) {
                    alt.push_str(&format!(", {name} {}", alt_text::as_for(value, None)));
                }
            }
            alt.push('.');
        }
        canvas.finish()?;
        let title = format!("Distribution of {}", self.setting.quantity.title);
        let mut notes = vec!["Marks: lower quartile, median, upper quartile.".to_owned()];
        let missing: usize = self.groups.iter().map(|group| group.missing).sum();
        if missing > 0 {
            notes.push(format!("{missing} runs without a value are left out."));
        }
        if self.groups.iter().any(|group| group.values.len() > MOST_STEPS) {
            notes.push(format!(
                "Curves of more than {MOST_STEPS} runs are drawn from {MOST_STEPS} of them, evenly spaced in rank."
            ));
        }
        Figure::assemble(&svg, panel.size, (title, alt), notes, &self.setting)
    }
}

fn draw_steps(canvas: &mut Canvas<'_>, panel: &Panel, look: Look, sorted: &[f64]) -> Result<(), FigureError> {
    let Some(axis) = panel.plots.first().filter(|_| !sorted.is_empty()) else { return Ok(()) };
    let steps = thinned(sorted, MOST_STEPS);
    let mut share = 0.0;
    let mut points = vec![(panel.sides.0, axis.place(0.0))];
    for value in &steps {
        let x = panel.x(*value);
        points.push((x, axis.place(share)));
        #[allow(clippy::cast_precision_loss)]
        {
            share = sorted.partition_point(|other| other <= value) as f64 / sorted.len() as f64;
        }
        points.push((x, axis.place(share)));
    }
    points.push((panel.sides.1, axis.place(1.0)));
    points.dedup();
    look.curve(canvas, &points)?;
    for share in [0.25, 0.5, 0.75] {
        // The smallest value at or below which at least this share lies: a point of the curve.
        #[allow(clippy::cast_precision_loss)]
        let at = sorted.iter().enumerate().find(|(rank, _)| (*rank as f64 + 1.0) / sorted.len() as f64 >= share);
        if let Some((_, value)) = at {
            look.mark(canvas, (panel.x(*value), axis.place(share)))?;
        }
    }
    Ok(())
}
