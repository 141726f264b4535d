//! Figures over one or two factors: heat map, interaction plot, scalability curve, profiles.

use ergon_analysis::{Analysis, AnalysisError, Detail, LevelSummary, describe, scalability};
use ergon_domain::{Direction, Value};

use crate::figure::{
    Figure, HeatCell, HeatMapInput, InteractionCurve, InteractionPlotInput, Limit, ProfileInput, ProfileMetric,
    Quantity, ScalabilityInput, SizeCurve, SizePoint,
};
use crate::number::percentage;

use super::drawing::{Drawing, DrawingError, Words, estimate};
use super::unit;

impl Drawing<'_> {
    /// Means over two factors, the number in every cell.
    ///
    /// # Errors
    /// Other than two factors, unknown names, no values, more cells than can be read.
    pub fn heat_map(&self, by: &[String]) -> Result<Figure, DrawingError> {
        let [row_factor, column_factor] = self.two(by, "a heat map", "rows, columns")?;
        let described = describe(self.frame, self.ask, by)?;
        let (rows, columns) = (printed(&self.levels(row_factor)?), printed(&self.levels(column_factor)?));
        let cells = crossed(&described, &rows, &columns).map(|cell| HeatCell {
            value: cell.and_then(|cell| cell.mean),
            standard_error: cell.and_then(|cell| cell.se),
            n: cell.map_or(0, |cell| cell.n),
        });
        let words = Words::of(&described);
        let input = HeatMapInput {
            setting: self.setting(&words),
            row_factor,
            rows: rows.iter().map(String::as_str).collect(),
            column_factor,
            columns: columns.iter().map(String::as_str).collect(),
            cells: cells.collect(),
        };
        Ok(input.draw()?)
    }

    /// Means over the first factor, a curve for each level of the second.
    ///
    /// # Errors
    /// Other than two factors, unknown names, no values, too many levels to tell apart.
    pub fn interaction(&self, by: &[String]) -> Result<Figure, DrawingError> {
        let [factor, second] = self.two(by, "an interaction plot", "left to right, curves")?;
        let described = describe(self.frame, self.ask, by)?;
        let (levels, curves) = (printed(&self.levels(factor)?), printed(&self.levels(second)?));
        let cells: Vec<Option<&LevelSummary>> = crossed(&described, &levels, &curves).collect();
        let curve = |(at, label): (usize, &'_ String)| {
            let of_curve = cells.iter().skip(at).step_by(curves.len());
            (label.clone(), of_curve.map(|cell| cell.and_then(estimate)).collect::<Vec<_>>())
        };
        let drawn: Vec<_> = curves.iter().enumerate().map(curve).collect();
        let words = Words::of(&described);
        let input = InteractionPlotInput {
            setting: self.setting(&words),
            factor,
            levels: levels.iter().map(String::as_str).collect(),
            second,
            curves: drawn
                .iter()
                .map(|(label, estimates)| InteractionCurve { label, estimates: estimates.clone() })
                .collect(),
        };
        Ok(input.draw()?)
    }

    /// Means over a numeric factor, a curve for each level of a second one if there is one, and the size at which more
    /// than `allowed_loss` (a share) of the best mean is lost; no limit for a metric that has no better side or no zero.
    ///
    /// # Errors
    /// No factor or more than two, a factor without numbers, unknown names, no values.
    pub fn scalability(&self, by: &[String], allowed_loss: f64) -> Result<Figure, DrawingError> {
        let (factor, second) = match by {
            [factor] => (factor, None),
            [factor, second] => (factor, Some(second)),
            _ => {
                let what = "a numeric factor, and at most one more for several curves";
                return Err(self.needs("a scalability curve", what, by));
            }
        };
        let size = Quantity { title: factor, unit: "" };
        let group = second.map(String::as_str);
        let analysis = match scalability(self.frame, self.ask, factor, group, allowed_loss) {
            Ok(analysis) => analysis,
            Err(AnalysisError::NoBetterSide { .. } | AnalysisError::NotRatioScale { .. }) => {
                return self.over_sizes(by, factor, second, size);
            }
            Err(error) => return Err(error.into()),
        };
        let Some(Detail::Scalability(found)) = &analysis.detail else {
            return self.over_sizes(by, factor, second, size);
        };
        let words = Words::of(&analysis);
        let curves = found.curves.iter().map(|curve| SizeCurve {
            label: &curve.group,
            points: curve
                .points
                .iter()
                .map(|point| SizePoint { x: point.x, mean: point.mean, ci: point.ci.map(|ci| (ci.lo, ci.hi)) })
                .collect(),
            limit: curve.limit.map_or(Limit::NotReached, Limit::At),
        });
        let share = percentage(found.allowed_loss, 0).unwrap_or_default();
        let limit_meaning = format!(
            "Limit: the smallest {factor} above the best one at which, by the lower confidence bound, more than {share} of \
             the best mean is lost."
        );
        let input = ScalabilityInput {
            setting: self.setting(&words),
            size,
            limit_meaning: Some(limit_meaning),
            curves: curves.collect(),
        };
        Ok(input.draw()?)
    }

    /// The same from descriptions alone: no limit.
    pub(super) fn over_sizes(
        &self,
        by: &[String],
        factor: &str,
        second: Option<&String>,
        size: Quantity<'_>,
    ) -> Result<Figure, DrawingError> {
        let described = describe(self.frame, self.ask, by)?;
        let words = Words::of(&described);
        let sizes = self.levels(factor)?;
        let numbers: Option<Vec<f64>> = sizes.iter().map(Value::as_f64).collect();
        let Some(numbers) = numbers else {
            return Err(self.needs(
                "a scalability curve",
                &format!("a factor with numbers, and {factor} has none"),
                by,
            ));
        };
        let groups =
            second.map(|second| self.levels(second)).transpose()?.map_or(vec!["all runs".to_owned()], |l| printed(&l));
        let printed_sizes = printed(&sizes);
        let cells: Vec<Option<&LevelSummary>> = if second.is_some() {
            crossed(&described, &printed_sizes, &groups).collect()
        } else {
            let at =
                |size: &String| described.levels.iter().find(|cell| cell.levels.first().is_some_and(|l| l.1 == *size));
            printed_sizes.iter().map(at).collect()
        };
        let curve = |(at, label): (usize, &'_ String)| {
            let mut points: Vec<SizePoint> = numbers
                .iter()
                .zip(cells.iter().skip(at).step_by(groups.len()))
                .filter_map(|(x, cell)| {
                    let cell = (*cell)?;
                    Some(SizePoint { x: *x, mean: cell.mean?, ci: cell.ci.map(|ci| (ci.lo, ci.hi)) })
                })
                .collect();
            points.sort_by(|a, b| a.x.total_cmp(&b.x));
            (label.clone(), points)
        };
        let drawn: Vec<_> = groups.iter().enumerate().map(curve).collect();
        let input = ScalabilityInput {
            setting: self.setting(&words),
            size,
            limit_meaning: None,
            curves: drawn
                .iter()
                .map(|(label, points)| SizeCurve { label, points: points.clone(), limit: Limit::NotAsked })
                .collect(),
        };
        Ok(input.draw()?)
    }

    /// The levels of a factor over several metrics that have a better side: radar beside a dot plot. Without names,
    /// all such metrics that have values.
    ///
    /// # Errors
    /// Other than one factor, fewer than three metrics, a metric without a better side, unknown names.
    pub fn profile(&self, by: &[String], metrics: &[String]) -> Result<Figure, DrawingError> {
        let [factor] = by else {
            return Err(self.needs("a radar", "one factor, whose levels are compared", by));
        };
        let levels = printed(&self.levels(factor)?);
        let named: Vec<&str> = if metrics.is_empty() {
            self.frame
                .metrics
                .iter()
                .filter(|m| higher_is_better(m.direction).is_some())
                .map(|m| m.id.as_str())
                .collect()
        } else {
            metrics.iter().map(String::as_str).collect()
        };
        let mut found = Vec::new();
        let mut words: Option<Words> = None;
        for name in named {
            let metric = self.frame.metric(name)?;
            let Some(higher) = higher_is_better(metric.direction) else {
                return Err(self.needs("a radar", &format!("metrics with a better side, and {name} has none"), by));
            };
            let ask = ergon_analysis::Ask { metric: name.to_owned(), ..self.ask.clone() };
            let described = match describe(self.frame, &ask, by) {
                Ok(described) => described,
                Err(AnalysisError::NoValues { .. }) if metrics.is_empty() => continue,
                Err(error) => return Err(error.into()),
            };
            let here = Words::of(&described).about(factor, "").of_all(self.frame);
            words = Some(match words {
                Some(words) => words.and(&here),
                None => here,
            });
            let of_level =
                |level: &String| described.levels.iter().find(|cell| cell.label == *level).and_then(estimate);
            found.push((metric, higher, levels.iter().map(of_level).collect::<Vec<_>>()));
        }
        if metrics.is_empty() {
            // Metrics in which nothing differs say nothing about the levels; a radar holds ten.
            found.retain(|(_, _, estimates)| {
                estimates.iter().flatten().any(|e| Some(e.mean) != estimates.iter().flatten().next().map(|f| f.mean))
            });
            found.truncate(10);
            if found.is_empty() {
                // Phases with different replicates have no blocks in common, so their pooled means have no interval.
                let what = "metrics with a better side whose means differ and have intervals, as runs of one phase do";
                return Err(self.needs("a radar", what, by));
            }
        }
        let Some(words) = words else {
            return Err(self.needs("a radar", "metrics with a better side and values", by));
        };
        let input = ProfileInput {
            setting: self.setting(&words),
            levels: levels.iter().map(String::as_str).collect(),
            metrics: found
                .iter()
                .map(|(metric, higher, estimates)| ProfileMetric {
                    quantity: Quantity { title: &metric.title, unit: unit(&metric.unit) },
                    higher_is_better: *higher,
                    estimates: estimates.clone(),
                })
                .collect(),
        };
        Ok(input.draw()?)
    }

    fn two<'b>(&self, by: &'b [String], kind: &str, roles: &str) -> Result<[&'b str; 2], DrawingError> {
        match by {
            [first, second] => Ok([first, second]),
            _ => Err(self.needs(kind, &format!("two factors ({roles})"), by)),
        }
    }

    /// The error of a figure that needs something else than it was given.
    pub(super) fn needs(&self, kind: &str, what: &str, by: &[String]) -> DrawingError {
        let given = if by.is_empty() { "none".to_owned() } else { by.join(", ") };
        let varied: Vec<String> = self.frame.varied().iter().map(ToString::to_string).collect();
        let varied = if varied.is_empty() {
            "no factor is varied".to_owned()
        } else {
            format!("varied are {}", varied.join(", "))
        };
        DrawingError::Needs(format!("{kind} needs {what}; by: {given}; {varied}"))
    }
}

fn higher_is_better(direction: Direction) -> Option<bool> {
    match direction {
        Direction::Higher => Some(true),
        Direction::Lower => Some(false),
        Direction::None => None,
    }
}

fn printed(levels: &[Value]) -> Vec<String> {
    levels.iter().map(ToString::to_string).collect()
}

/// The cells of a description by two factors, row by row.
fn crossed<'a>(
    described: &'a Analysis,
    rows: &'a [String],
    columns: &'a [String],
) -> impl Iterator<Item = Option<&'a LevelSummary>> {
    rows.iter().flat_map(move |row| {
        columns.iter().map(move |column| {
            described.levels.iter().find(|cell| match &cell.levels[..] {
                [(_, a), (_, b)] => a == row && b == column,
                _ => false,
            })
        })
    })
}
