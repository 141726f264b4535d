//! Kaplan–Meier curves with the number of runs at risk below the axis.

use super::axis::range;
use super::canvas::{Align, Canvas};
use super::lettering::{REMARK, SMALL_LINE, TICK, lines_height};
use super::palette::INK;
use super::panel::{Across, Panel, Plan};
use super::series::{Key, Look};
use super::text_extent::{width, wrap};
use super::{Figure, FigureError, Setting, all_finite, alt_text, at_most};

/// A step of a survival curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SurvivalStep {
    /// Time of the events.
    pub time: f64,
    /// Events at it.
    pub events: usize,
    /// Share that lasts longer.
    pub survival: f64,
    /// Its pointwise interval.
    pub ci: Option<(f64, f64)>,
}

/// One Kaplan–Meier curve.
#[derive(Debug, Clone, PartialEq)]
pub struct SurvivalCurve<'a> {
    /// Its condition.
    pub label: &'a str,
    /// Runs it rests on.
    pub n: usize,
    /// Its steps in rising order of time.
    pub steps: Vec<SurvivalStep>,
    /// Times at which runs were censored, rising.
    pub censored_at: &'a [f64],
    /// Median time; none where survival stays above one half.
    pub median: Option<f64>,
}

/// What a survival plot shows; the quantity of the setting is the time.
#[derive(Debug, Clone, PartialEq)]
pub struct SurvivalInput<'a> {
    /// Title, quantity, width and provenance.
    pub setting: Setting<'a>,
    /// The curves.
    pub curves: Vec<SurvivalCurve<'a>>,
}

const HEIGHT: f64 = 140.0;
const MOST_CURVES: usize = 8;
const ROW: f64 = 9.0;

impl SurvivalInput<'_> {
    /// Draws the figure.
    ///
    /// # Errors
    /// Nothing to draw, too much to tell apart, values that aren't finite, an impossible width or range.
    pub fn draw(&self) -> Result<Figure, FigureError> {
        at_most(MOST_CURVES, self.curves.len(), "survival curves")?;
        for curve in &self.curves {
            all_finite(curve.label, curve.steps.iter().flat_map(|step| [step.time, step.survival]))?;
            all_finite(curve.label, curve.censored_at.iter().copied())?;
        }
        let times = self
            .curves
            .iter()
            .flat_map(|curve| curve.steps.iter().map(|step| step.time).chain(curve.censored_at.iter().copied()));
        let (first, last) = range(times).ok_or(FigureError::NoValues)?;
        let page = self.setting.width_inches * 72.0;
        let labels: Vec<String> = self
            .curves
            .iter()
            .map(|curve| wrap(&crate::escape::visible(curve.label), TICK.size, page * 0.22, 1).concat())
            .collect();
        let label_width = labels.iter().map(|label| width(label, TICK.size) + 12.0).fold(0.0, f64::max);
        let low = first.min(0.0);
        let high = if last > low { last } else { low + 1.0 };
        let panel = Panel::new(
            &self.setting,
            Plan {
                across: Across::Numbers {
                    low,
                    high: high + (high - low) * 0.02,
                    logarithmic: false,
                    ticks: Vec::new(),
                },
                across_title: self.setting.axis_title(),
                up: (0.0, 1.0),
                up_title: "Share still without the event".to_owned(),
                height: HEIGHT,
                heads: vec![String::new()],
                below: 4.0 + SMALL_LINE + lines_height(self.curves.len(), ROW),
                left: label_width + 14.0,
                key: Key::new(self.curves.iter().map(|curve| curve.label), page, true),
            },
        )?;
        let mut svg = String::new();
        let mut canvas = Canvas::new(&mut svg, panel.size.0, panel.size.1);
        panel.draw(&mut canvas)?;
        for (position, curve) in self.curves.iter().enumerate() {
            draw_curve(&mut canvas, &panel, Look::at(position), curve, self.curves.len() <= 4)?;
        }
        self.draw_risk(&mut canvas, &panel, &labels)?;
        canvas.finish()?;
        let title = format!("Survival by {}", self.setting.quantity.title);
        let mut notes = vec!["Kaplan–Meier estimates; upright ticks: censored runs; below: runs at risk.".to_owned()];
        if self.curves.len() <= 4 && self.curves.iter().any(|curve| curve.steps.iter().any(|step| step.ci.is_some())) {
            notes.push(format!("Bands: {}, pointwise.", self.setting.interval_name()));
        }
        Figure::assemble(&svg, panel.size, (title, self.alt()), notes, &self.setting)
    }

    fn draw_risk(&self, canvas: &mut Canvas<'_>, panel: &Panel, labels: &[String]) -> Result<(), FigureError> {
        let top = panel.below + 4.0;
        let left = panel.sides.0 - 14.0;
        canvas.text("At risk", (left, top + SMALL_LINE / 2.0), Align::Right, REMARK)?;
        for (row, (curve, label)) in self.curves.iter().zip(labels).enumerate() {
            let y = top + SMALL_LINE + lines_height(row, ROW) + ROW / 2.0;
            canvas.text(label, (left, y), Align::Right, TICK)?;
            Look::at(row).mark(canvas, (left - width(label, TICK.size) - 6.0, y))?;
            for time in panel.ticks() {
                canvas.text(&curve.at_risk(time).to_string(), (panel.x(time), y), Align::Middle, TICK)?;
            }
        }
        Ok(())
    }

    fn alt(&self) -> String {
        let mut alt = alt_text::opening("Kaplan–Meier curves", &self.setting, self.curves.len());
        for curve in &self.curves {
            let events: usize = curve.steps.iter().map(|step| step.events).sum();
            let median = curve
                .median
                .map_or("median not reached".to_owned(), |median| format!("median {}", alt_text::as_for(median, None)));
            let censored = curve.censored_at.len();
            alt.push_str(&format!(
                " {}: n = {}, {events} events, {censored} censored, {median}.",
                curve.label, curve.n
            ));
        }
        alt
    }
}

impl SurvivalCurve<'_> {
    /// Runs that have neither had the event nor been censored before this time.
    fn at_risk(&self, time: f64) -> usize {
        let events: usize = self.steps.iter().filter(|step| step.time < time).map(|step| step.events).sum();
        let censored = self.censored_at.iter().filter(|at| **at < time).count();
        self.n.saturating_sub(events + censored)
    }

    /// The share at this time.
    fn survival(&self, time: f64) -> f64 {
        self.steps.iter().rfind(|step| step.time <= time).map_or(1.0, |step| step.survival)
    }
}

fn draw_curve(
    canvas: &mut Canvas<'_>,
    panel: &Panel,
    look: Look,
    curve: &SurvivalCurve<'_>,
    with_band: bool,
) -> Result<(), FigureError> {
    let Some(axis) = panel.plots.first() else { return Ok(()) };
    let last_censored = curve.censored_at.last().copied().unwrap_or(f64::NEG_INFINITY);
    let end = curve.steps.last().map_or(last_censored, |step| step.time.max(last_censored));
    let steps = |of: &dyn Fn(&SurvivalStep) -> f64| {
        let mut points = vec![(panel.x(0.0), axis.place(1.0))];
        let mut share = 1.0;
        for step in &curve.steps {
            points.push((panel.x(step.time), axis.place(share)));
            share = of(step);
            points.push((panel.x(step.time), axis.place(share)));
        }
        points.push((panel.x(end), axis.place(share)));
        points
    };
    if with_band {
        let mut outline = steps(&|step| step.ci.map_or(step.survival, |ci| ci.0));
        outline.extend(steps(&|step| step.ci.map_or(step.survival, |ci| ci.1)).into_iter().rev());
        canvas.fill(&outline, look.colour, 0.13)?;
    }
    look.curve(canvas, &steps(&|step| step.survival))?;
    for time in curve.censored_at {
        let (x, y) = (panel.x(*time), axis.place(curve.survival(*time)));
        canvas.line(&[(x, y - 2.4), (x, y + 2.4)], 0.6, INK, 1.0)?;
    }
    // A mark in the middle of the curve, so that it is known without its colour.
    let middle = curve.median.or(curve.steps.get(curve.steps.len() / 2).map(|step| step.time));
    match middle {
        Some(time) => look.mark(canvas, (panel.x(time), axis.place(curve.survival(time)))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn at_risk_counts_those_without_event_and_censoring_just_before() {
        let step = |time, events| SurvivalStep { time, events, survival: 0.5, ci: None };
        let curve = SurvivalCurve {
            label: "a",
            n: 6,
            steps: vec![step(1.0, 2), step(3.0, 1)],
            censored_at: &[2.0, 4.0],
            median: None,
        };
        for (time, at_risk) in [(0.0, 6), (1.0, 6), (1.5, 4), (2.0, 4), (2.5, 3), (3.5, 2), (9.0, 1)] {
            assert_eq!(curve.at_risk(time), at_risk, "at {time}");
        }
    }
}
