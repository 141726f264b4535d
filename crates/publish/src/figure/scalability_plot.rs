//! Scalability curve: a mean over a size with its interval as a band, and the size at which too much is lost.

use super::axis::{padded, range};
use super::canvas::Canvas;
use super::interaction_plot::MOST_CURVES;
use super::palette::GREY;
use super::panel::{Across, Panel, Plan};
use super::series::{Key, Look};
use super::{Figure, FigureError, Quantity, Setting, all_finite, alt_text, at_most};
use crate::number::exact;

/// A mean at one size.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SizePoint {
    /// The size.
    pub x: f64,
    /// Mean of the quantity.
    pub mean: f64,
    /// Its interval; none where there are too few runs for one.
    pub ci: Option<(f64, f64)>,
}

/// What is known of the limit of a curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Limit {
    /// Nobody asked for one.
    NotAsked,
    /// Reached at this size.
    At(f64),
    /// Not reached within the sizes run.
    NotReached,
}

/// One curve.
#[derive(Debug, Clone, PartialEq)]
pub struct SizeCurve<'a> {
    /// Its group.
    pub label: &'a str,
    /// Means in rising order of size.
    pub points: Vec<SizePoint>,
    /// Its limit.
    pub limit: Limit,
}

/// What a scalability plot shows.
#[derive(Debug, Clone, PartialEq)]
pub struct ScalabilityInput<'a> {
    /// Title, quantity, width and provenance.
    pub setting: Setting<'a>,
    /// What the size is a number of.
    pub size: Quantity<'a>,
    /// What a limit means, as a sentence for the caption.
    pub limit_meaning: Option<String>,
    /// The curves.
    pub curves: Vec<SizeCurve<'a>>,
}

const HEIGHT: f64 = 150.0;
/// Sizes that span more than this ratio are shown logarithmically.
const WIDE: f64 = 25.0;

impl ScalabilityInput<'_> {
    /// Draws the figure.
    ///
    /// # Errors
    /// Nothing to draw, too much to tell apart, values that aren't finite, an impossible width or range.
    pub fn draw(&self) -> Result<Figure, FigureError> {
        at_most(MOST_CURVES, self.curves.len(), "curves")?;
        for curve in &self.curves {
            all_finite(curve.label, curve.points.iter().flat_map(|point| [point.x, point.mean]))?;
            all_finite(curve.label, curve.points.iter().filter_map(|point| point.ci).flat_map(|ci| [ci.0, ci.1]))?;
        }
        let points = || self.curves.iter().flat_map(|curve| &curve.points);
        let Some((first, last)) = range(points().map(|point| point.x)) else { return Err(FigureError::NoGroups) };
        let ends = points().flat_map(|point| {
            let (low, high) = point.ci.unwrap_or((point.mean, point.mean));
            [low, point.mean, high]
        });
        let (low, high) = range(ends).unwrap_or((0.0, 1.0));
        let mut sizes: Vec<f64> = points().map(|point| point.x).collect();
        sizes.sort_by(f64::total_cmp);
        sizes.dedup();
        let logarithmic = first > 0.0 && last / first > WIDE;
        let (left, right) = if logarithmic {
            let (low, high) = padded(libm::log(first), libm::log(last))?;
            (libm::exp(low), libm::exp(high))
        } else {
            padded(first, last)?
        };
        let names: Vec<String> = self.curves.iter().map(|curve| self.name(curve, last)).collect();
        let page = self.setting.width_inches * 72.0;
        let panel = Panel::new(
            &self.setting,
            Plan {
                across: Across::Numbers { low: left, high: right, logarithmic, ticks: sizes },
                across_title: crate::number::heading_with_unit(self.size.title, self.size.unit),
                up: padded(low, high)?,
                up_title: self.setting.axis_title(),
                height: HEIGHT,
                heads: vec![String::new()],
                below: 0.0,
                left: 0.0,
                key: Key::for_any(names.iter().map(String::as_str), page),
            },
        )?;
        let mut svg = String::new();
        let mut canvas = Canvas::new(&mut svg, panel.size.0, panel.size.1);
        panel.draw(&mut canvas)?;
        for (position, curve) in self.curves.iter().enumerate() {
            band(&mut canvas, &panel, Look::at(position), curve)?;
        }
        for (position, curve) in self.curves.iter().enumerate() {
            draw_curve(&mut canvas, &panel, Look::at(position), curve)?;
        }
        canvas.finish()?;
        let title = format!("{} over {}", self.setting.quantity.title, self.size.title);
        let mut notes = vec![format!("Points: mean; bands: {}, pointwise.", self.setting.interval_name())];
        notes.extend(self.limit_meaning.clone());
        if logarithmic {
            notes.push(format!("{} is shown on a logarithmic axis.", self.size.title));
        }
        Figure::assemble(&svg, panel.size, (title, self.alt(last)), notes, &self.setting)
    }

    /// The name of a curve with what is known of its limit.
    fn name(&self, curve: &SizeCurve<'_>, last: f64) -> String {
        match curve.limit {
            Limit::NotAsked => curve.label.to_owned(),
            Limit::At(size) => format!("{}: limit at {}", curve.label, exact(size)),
            Limit::NotReached => format!("{}: limit not reached up to {}", curve.label, exact(last)),
        }
    }

    fn alt(&self, last: f64) -> String {
        let mut alt = alt_text::opening("Scalability curve", &self.setting, self.curves.len());
        for curve in &self.curves {
            alt.push_str(&format!(" {}.", self.name(curve, last)));
            for point in &curve.points {
                let at = exact(point.x);
                let interval =
                    point.ci.map(|(low, high)| super::Estimate { mean: point.mean, ci_low: low, ci_high: high });
                let what = match interval {
                    Some(estimate) => alt_text::estimate(estimate, &self.setting),
                    None => format!("mean {}", alt_text::as_for(point.mean, None)),
                };
                alt.push_str(&format!(" At {at}: {what}."));
            }
        }
        alt
    }
}

/// The interval, wherever two neighbouring points have one.
fn band(canvas: &mut Canvas<'_>, panel: &Panel, look: Look, curve: &SizeCurve<'_>) -> Result<(), FigureError> {
    let Some(axis) = panel.plots.first() else { return Ok(()) };
    for part in curve.points.split(|point| point.ci.is_none()) {
        let side = |end: fn((f64, f64)) -> f64| {
            part.iter().filter_map(move |point| Some((panel.x(point.x), axis.place(end(point.ci?)))))
        };
        let mut outline: Vec<(f64, f64)> = side(|ci| ci.0).collect();
        outline.extend(side(|ci| ci.1).collect::<Vec<_>>().into_iter().rev());
        if outline.len() > 2 {
            canvas.fill(&outline, look.colour, 0.18)?;
        }
    }
    Ok(())
}

fn draw_curve(canvas: &mut Canvas<'_>, panel: &Panel, look: Look, curve: &SizeCurve<'_>) -> Result<(), FigureError> {
    let (Some(axis), Some((bottom, top))) = (panel.plots.first(), panel.spans.first()) else { return Ok(()) };
    if let Limit::At(size) = curve.limit {
        let x = panel.x(size);
        canvas.dashed(&[(x, *bottom), (x, top + 4.0)], 0.8, look.colour, &[1.2, 1.6])?;
        look.mark(canvas, (x, *top))?;
    }
    let places: Vec<(f64, f64)> = curve.points.iter().map(|p| (panel.x(p.x), axis.place(p.mean))).collect();
    look.curve(canvas, &places)?;
    for (point, (x, y)) in curve.points.iter().zip(places) {
        if let Some((low, high)) = point.ci {
            canvas.line(&[(x, axis.place(low)), (x, axis.place(high))], 0.5, GREY, 1.0)?;
        }
        look.mark(canvas, (x, y))?;
    }
    Ok(())
}
