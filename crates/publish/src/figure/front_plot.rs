//! Points against a Pareto front: what was proposed and agreed, and what could have been.

use super::axis::{padded, range};
use super::canvas::Canvas;
use super::interaction_plot::MOST_CURVES;
use super::panel::{Across, Panel, Plan};
use super::series::{Key, Look};
use super::{Figure, FigureError, Quantity, Setting, all_finite, alt_text, at_most};
use crate::number::heading_with_unit;

/// Points of one kind.
#[derive(Debug, Clone, PartialEq)]
pub struct FrontPoints<'a> {
    /// What they are.
    pub label: &'a str,
    /// Where they are, across and up.
    pub points: Vec<[f64; 2]>,
}

/// What a plot of a front shows.
#[derive(Debug, Clone, PartialEq)]
pub struct FrontInput<'a> {
    /// Title, quantity upwards, width and provenance.
    pub setting: Setting<'a>,
    /// The quantity across.
    pub across: Quantity<'a>,
    /// Points of the front, rising across.
    pub front: Vec<[f64; 2]>,
    /// What is shown against it.
    pub points: Vec<FrontPoints<'a>>,
}

const HEIGHT: f64 = 170.0;
const FRONT: &str = "Pareto front";

impl FrontInput<'_> {
    /// Draws the figure.
    ///
    /// # Errors
    /// No front, too many kinds of points to tell apart, values that aren't finite, an impossible width or range.
    pub fn draw(&self) -> Result<Figure, FigureError> {
        if !self.points.is_empty() {
            at_most(MOST_CURVES - 1, self.points.len(), "kinds of points")?;
        }
        if self.front.is_empty() {
            return Err(FigureError::NoValues);
        }
        all_finite(FRONT, self.front.iter().flatten().copied())?;
        for group in &self.points {
            all_finite(group.label, group.points.iter().flatten().copied())?;
        }
        let all = || self.front.iter().chain(self.points.iter().flat_map(|group| &group.points));
        let ends = |axis: usize| {
            let found = range(all().map(move |point| point[axis])).ok_or(FigureError::NoValues)?;
            padded(found.0, found.1)
        };
        let ((left, right), up) = (ends(0)?, ends(1)?);
        let page = self.setting.width_inches * 72.0;
        let names = std::iter::once(FRONT).chain(self.points.iter().map(|group| group.label));
        let panel = Panel::new(
            &self.setting,
            Plan {
                across: Across::Numbers { low: left, high: right, logarithmic: false, ticks: Vec::new() },
                across_title: heading_with_unit(self.across.title, self.across.unit),
                up,
                up_title: self.setting.axis_title(),
                height: HEIGHT,
                heads: vec![String::new()],
                below: 0.0,
                left: 0.0,
                key: Key::new(names, page, false),
            },
        )?;
        let mut svg = String::new();
        let mut canvas = Canvas::new(&mut svg, panel.size.0, panel.size.1);
        panel.draw(&mut canvas)?;
        let mut alt = alt_text::opening("Pareto front", &self.setting, self.points.len());
        if let Some(axis) = panel.plots.first() {
            let place = |point: &[f64; 2]| (panel.x(point[0]), axis.place(point[1]));
            let front: Vec<(f64, f64)> = self.front.iter().map(place).collect();
            Look::at(0).curve(&mut canvas, &front)?;
            for at in &front {
                Look::at(0).mark(&mut canvas, *at)?;
            }
            for (position, group) in self.points.iter().enumerate() {
                for point in &group.points {
                    Look::at(position + 1).mark(&mut canvas, place(point))?;
                }
            }
        }
        let told = |points: &[[f64; 2]]| {
            let one = |p: &[f64; 2]| format!("({}, {})", alt_text::as_for(p[0], None), alt_text::as_for(p[1], None));
            points.iter().map(one).collect::<Vec<_>>().join(", ")
        };
        alt.push_str(&format!(" {FRONT}: {}.", told(&self.front)));
        for group in &self.points {
            alt.push_str(&format!(" {}: {}.", group.label, told(&group.points)));
        }
        canvas.finish()?;
        let title = format!("{} against {}", self.setting.quantity.title, self.across.title);
        let notes = vec!["Between points of the front lies no agreement: lines only join them.".to_owned()];
        Figure::assemble(&svg, panel.size, (title, alt), notes, &self.setting)
    }
}
