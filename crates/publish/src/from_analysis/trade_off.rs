//! A metric against what it costs.

use ergon_analysis::{Ask, describe, front};

use crate::figure::{Figure, ParetoInput, Quantity, TradeOff};

use super::drawing::{Drawing, DrawingError, Words, estimate};
use super::unit;

impl Drawing<'_> {
    /// The metric against `cost` in every cell of `by`, and the front of what no other cell beats on both.
    ///
    /// # Errors
    /// Unknown names, no values, a metric without a better side, no cell in which both have an interval.
    pub fn pareto(&self, by: &[String], cost: &str) -> Result<Figure, DrawingError> {
        let asked = Ask { metric: cost.into(), ..self.ask.clone() };
        let (worth, cost) = (describe(self.frame, self.ask, by)?, describe(self.frame, &asked, by)?);
        let better = (self.frame.metric(&asked.metric)?.direction, self.metric()?.direction);
        for (metric, direction) in [(&asked.metric, better.0), (&self.ask.metric, better.1)] {
            if direction == ergon_domain::Direction::None {
                return Err(DrawingError::Needs(format!(
                    "{metric} has no better side, so nothing can beat another on it"
                )));
            }
        }
        let mut cells = Vec::new();
        for level in &worth.levels {
            let same = cost.levels.iter().find(|other| other.levels == level.levels);
            if let Some((worth, cost)) = estimate(level).zip(same.and_then(estimate)) {
                cells.push((level.label.as_str(), cost, worth));
            }
        }
        if cells.is_empty() {
            let what =
                format!("no cell has intervals of both {} and {}: run more replicates", self.ask.metric, asked.metric);
            return Err(DrawingError::Needs(what));
        }
        let means: Vec<(f64, f64)> = cells.iter().map(|(_, cost, worth)| (cost.mean, worth.mean)).collect();
        let groups = cells.iter().zip(front(&means, better)).map(|((label, cost, worth), on_front)| TradeOff {
            label,
            cost: *cost,
            worth: *worth,
            on_front,
        });
        let of_cost = Words::of(&cost);
        let words = Words::of(&worth).and(&of_cost).of_all(self.frame);
        let input = ParetoInput {
            setting: self.setting(&words),
            cost: Quantity { title: &cost.question.metric_title, unit: unit(&cost.question.unit) },
            groups: groups.collect(),
        };
        Ok(input.draw()?)
    }
}
