//! Interaction plot: means over one factor, a curve for each level of another.

use super::axis::{padded, range};
use super::canvas::Canvas;
use super::panel::{Across, Panel, Plan};
use super::series::{Key, Look};
use super::{Estimate, Figure, FigureError, Setting, all_finite, alt_text, at_most};

/// The means of one level of the second factor.
#[derive(Debug, Clone, PartialEq)]
pub struct InteractionCurve<'a> {
    /// The level.
    pub label: &'a str,
    /// Mean with its interval at each level of the first factor; none where there were no data.
    pub estimates: Vec<Option<Estimate>>,
}

/// What an interaction plot shows.
#[derive(Debug, Clone, PartialEq)]
pub struct InteractionPlotInput<'a> {
    /// Title, quantity, width and provenance.
    pub setting: Setting<'a>,
    /// The first factor.
    pub factor: &'a str,
    /// Its levels, from left to right.
    pub levels: Vec<&'a str>,
    /// The second factor.
    pub second: &'a str,
    /// One curve for each of its levels.
    pub curves: Vec<InteractionCurve<'a>>,
}

const HEIGHT: f64 = 140.0;
pub(super) const MOST_CURVES: usize = 12;
const MOST_LEVELS: usize = 30;

impl InteractionPlotInput<'_> {
    /// Draws the figure.
    ///
    /// # Errors
    /// Nothing to draw, too much to tell apart, values that aren't finite, an impossible width or range.
    pub fn draw(&self) -> Result<Figure, FigureError> {
        at_most(MOST_CURVES, self.curves.len(), "curves")?;
        at_most(MOST_LEVELS, self.levels.len(), "levels from left to right")?;
        let values = || self.curves.iter().flat_map(|curve| curve.estimates.iter().flatten().flat_map(|e| e.ends()));
        for curve in &self.curves {
            all_finite(curve.label, curve.estimates.iter().flatten().flat_map(|e| e.ends()))?;
        }
        let (low, high) = range(values()).unwrap_or((0.0, 1.0));
        let page = self.setting.width_inches * 72.0;
        let panel = Panel::new(
            &self.setting,
            Plan {
                across: Across::Levels(self.levels.iter().map(|level| (*level).to_owned()).collect()),
                across_title: self.factor.to_owned(),
                up: padded(low, high)?,
                up_title: self.setting.axis_title(),
                height: HEIGHT,
                heads: vec![String::new()],
                below: 0.0,
                left: 0.0,
                key: Key::new(self.curves.iter().map(|curve| curve.label), page, true),
            },
        )?;
        let mut svg = String::new();
        let mut canvas = Canvas::new(&mut svg, panel.size.0, panel.size.1);
        panel.draw(&mut canvas)?;
        if values().next().is_none() {
            panel.draw_no_data(&mut canvas, 0)?;
        }
        for (position, curve) in self.curves.iter().enumerate() {
            self.draw_curve(&mut canvas, &panel, position, curve)?;
        }
        canvas.finish()?;
        let title = format!("{} by {} and {}", self.setting.quantity.title, self.factor, self.second);
        let notes = vec![
            format!("Points: mean; bars: {}; curves: levels of {}.", self.setting.interval_name(), self.second),
            "Points of a level are set side by side so that their bars can be seen.".to_owned(),
        ];
        Figure::assemble(&svg, panel.size, (title, self.alt()), notes, &self.setting)
    }

    fn draw_curve(
        &self,
        canvas: &mut Canvas<'_>,
        panel: &Panel,
        position: usize,
        curve: &InteractionCurve<'_>,
    ) -> Result<(), FigureError> {
        let Some(axis) = panel.plots.first() else { return Ok(()) };
        let look = Look::at(position);
        // Side by side within a level, so that bars don't hide each other.
        #[allow(clippy::cast_precision_loss)]
        let shift = {
            let step = (panel.slot() * 0.5 / self.curves.len() as f64).min(7.0);
            (position as f64 - (self.curves.len() as f64 - 1.0) / 2.0) * step
        };
        let places: Vec<Option<(f64, [f64; 3])>> = curve
            .estimates
            .iter()
            .enumerate()
            .map(|(level, estimate)| {
                estimate.map(|estimate| (panel.level(level) + shift, estimate.ends().map(|end| axis.place(end))))
            })
            .collect();
        // A level without data interrupts the curve: nothing is known there.
        for part in places.split(Option::is_none) {
            let points: Vec<(f64, f64)> = part.iter().flatten().map(|(x, [_, mean, _])| (*x, *mean)).collect();
            if points.len() > 1 {
                look.curve(canvas, &points)?;
            }
        }
        for (x, [low, mean, high]) in places.into_iter().flatten() {
            look.whisker(canvas, x, (low, high))?;
            look.mark(canvas, (x, mean))?;
        }
        Ok(())
    }

    fn alt(&self) -> String {
        let mut alt = alt_text::opening("Interaction plot", &self.setting, self.curves.len());
        for curve in &self.curves {
            for (level, estimate) in self.levels.iter().zip(&curve.estimates) {
                let what = estimate.map_or("no data".to_owned(), |e| alt_text::estimate(e, &self.setting));
                alt.push_str(&format!(" {}, {level}: {what}.", curve.label));
            }
        }
        alt
    }
}
