//! Trade-off plot: a quantity against what it costs, a point with both intervals for each group, and the front of those
//! that no other group beats on both.

use super::axis::{padded, range};
use super::canvas::Canvas;
use super::interaction_plot::MOST_CURVES;
use super::marker::Marker;
use super::palette::GREY;
use super::panel::{Across, Panel, Plan};
use super::series::{Key, Look};
use super::{Estimate, Figure, FigureError, Quantity, Setting, all_finite, alt_text, at_most};

/// One group.
#[derive(Debug, Clone, PartialEq)]
pub struct TradeOff<'a> {
    /// Its name.
    pub label: &'a str,
    /// What it costs.
    pub cost: Estimate,
    /// What it is worth.
    pub worth: Estimate,
    /// Whether no other group beats it on both.
    pub on_front: bool,
}

/// What a trade-off plot shows.
#[derive(Debug, Clone, PartialEq)]
pub struct ParetoInput<'a> {
    /// Title, the quantity upwards, width and provenance.
    pub setting: Setting<'a>,
    /// The quantity across.
    pub cost: Quantity<'a>,
    /// The groups.
    pub groups: Vec<TradeOff<'a>>,
}

const HEIGHT: f64 = 160.0;
/// Costs that span more than this ratio are shown logarithmically.
const WIDE: f64 = 25.0;
/// Radius of the ring around a point of the front, in points.
const RING: f64 = 4.4;

impl ParetoInput<'_> {
    /// Draws the figure.
    ///
    /// # Errors
    /// Nothing to draw, too much to tell apart, values that aren't finite, an impossible width or range.
    pub fn draw(&self) -> Result<Figure, FigureError> {
        at_most(MOST_CURVES, self.groups.len(), "groups")?;
        for group in &self.groups {
            all_finite(group.label, group.cost.ends().into_iter().chain(group.worth.ends()))?;
        }
        let ends = |of: fn(&TradeOff<'_>) -> Estimate| range(self.groups.iter().flat_map(|g| of(g).ends()));
        let (Some((cheap, dear)), Some((low, high))) = (ends(|g| g.cost), ends(|g| g.worth)) else {
            return Err(FigureError::NoValues);
        };
        let logarithmic = cheap > 0.0 && dear / cheap > WIDE;
        let (left, right) = if logarithmic {
            let (low, high) = padded(libm::log(cheap), libm::log(dear))?;
            (libm::exp(low), libm::exp(high))
        } else {
            padded(cheap, dear)?
        };
        let page = self.setting.width_inches * 72.0;
        let panel = Panel::new(
            &self.setting,
            Plan {
                across: Across::Numbers { low: left, high: right, logarithmic, ticks: Vec::new() },
                across_title: crate::number::heading_with_unit(self.cost.title, self.cost.unit),
                up: padded(low, high)?,
                up_title: self.setting.axis_title(),
                height: HEIGHT,
                heads: vec![String::new()],
                below: 0.0,
                left: 0.0,
                key: Key::for_any(self.groups.iter().map(|group| group.label), page),
            },
        )?;
        let mut svg = String::new();
        let mut canvas = Canvas::new(&mut svg, panel.size.0, panel.size.1);
        panel.draw(&mut canvas)?;
        self.draw_front(&mut canvas, &panel)?;
        for (position, group) in self.groups.iter().enumerate() {
            draw_group(&mut canvas, &panel, Look::at(position), group)?;
        }
        canvas.finish()?;
        let title = format!("{} against {}", self.setting.quantity.title, self.cost.title);
        let mut notes = vec![
            format!("Points: means; bars: {}, pointwise.", self.setting.interval_name()),
            "Ringed and joined: the front, groups whose means no other group beats on both; it says nothing of whether \
             the differences are more than chance."
                .to_owned(),
        ];
        if logarithmic {
            notes.push(format!("{} is shown on a logarithmic axis.", self.cost.title));
        }
        Figure::assemble(&svg, panel.size, (title, self.alt()), notes, &self.setting)
    }

    /// Its points joined in order of cost, a step each: between two of them nothing was run.
    fn draw_front(&self, canvas: &mut Canvas<'_>, panel: &Panel) -> Result<(), FigureError> {
        let Some(axis) = panel.plots.first() else { return Ok(()) };
        let mut front: Vec<&TradeOff<'_>> = self.groups.iter().filter(|g| g.on_front).collect();
        front.sort_by(|a, b| a.cost.mean.total_cmp(&b.cost.mean));
        let mut steps: Vec<(f64, f64)> = Vec::new();
        for group in front {
            let at = (panel.x(group.cost.mean), axis.place(group.worth.mean));
            if let Some((_, y)) = steps.last().copied() {
                steps.push((at.0, y));
            }
            steps.push(at);
        }
        if steps.len() > 1 { canvas.dashed(&steps, 0.8, GREY, &[3.0, 2.0]) } else { Ok(()) }
    }

    fn alt(&self) -> String {
        let mut alt = alt_text::opening("Trade-off", &self.setting, self.groups.len());
        let cost = crate::number::heading_with_unit(self.cost.title, self.cost.unit);
        for group in &self.groups {
            let front = if group.on_front { ", on the front" } else { "" };
            let (worth, cost_of) =
                (alt_text::estimate(group.worth, &self.setting), alt_text::estimate(group.cost, &self.setting));
            alt.push_str(&format!(" {}{front}: {worth}; {cost}: {cost_of}.", group.label));
        }
        alt
    }
}

fn draw_group(canvas: &mut Canvas<'_>, panel: &Panel, look: Look, group: &TradeOff<'_>) -> Result<(), FigureError> {
    let Some(axis) = panel.plots.first() else { return Ok(()) };
    let (x, y) = (panel.x(group.cost.mean), axis.place(group.worth.mean));
    canvas.line(&[(panel.x(group.cost.ci_low), y), (panel.x(group.cost.ci_high), y)], 0.6, look.colour, 1.0)?;
    look.whisker(canvas, x, (axis.place(group.worth.ci_low), axis.place(group.worth.ci_high)))?;
    if group.on_front {
        Marker::Circle.draw(canvas, (x, y), RING, look.colour, 0.25)?;
    }
    look.mark(canvas, (x, y))
}
