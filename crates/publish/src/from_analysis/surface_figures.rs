//! Figures of dependency, contamination and A/B tests, from the analysis alone.

use ergon_analysis::{Analysis, Detail};

use super::detail_lines::percent;
use super::drawing::{Drawing, DrawingError, Words, estimate, missing};
use crate::figure::{
    BarChartInput, Estimate, Figure, IntervalGroup, IntervalPlotInput, Limit, Quantity, ScalabilityInput, SizeCurve,
    SizePoint,
};

impl Drawing<'_> {
    /// The response over the level with its intervals as bands, a curve a group, and the thresholds; of a contamination
    /// analysis the indicators, of an A/B test both means.
    ///
    /// # Errors
    /// Another kind of analysis, nothing to draw, an impossible width.
    pub fn surface(&self, analysis: &Analysis) -> Result<Figure, DrawingError> {
        let words = Words::of(analysis);
        match &analysis.detail {
            Some(Detail::Dependency(found)) => {
                let curves = found.curves.iter().map(|curve| SizeCurve {
                    label: &curve.group,
                    points: curve
                        .points
                        .iter()
                        .map(|p| SizePoint { x: p.x, mean: p.mean, ci: p.ci.map(|ci| (ci.lo, ci.hi)) })
                        .collect(),
                    limit: curve.threshold.map_or(Limit::NotReached, |x| Limit::At((10.0 * x).round() / 10.0)),
                });
                let meaning = format!(
                    "Limit: the {} at which {} of the mean at 0 is reached, on the falling curve through the means.",
                    found.factor,
                    percent(found.share)
                );
                let input = ScalabilityInput {
                    setting: self.setting(&words),
                    size: Quantity { title: &found.factor, unit: &found.unit },
                    limit_meaning: Some(meaning),
                    curves: curves.collect(),
                };
                Ok(input.draw()?)
            }
            Some(Detail::Contamination(found)) => {
                let words = words.about("Contamination indicator", "");
                let names: Vec<String> =
                    found.rows.iter().map(|row| format!("{}, {}", row.group, row.method)).collect();
                let groups = found.rows.iter().zip(&names).map(|(row, name)| IntervalGroup {
                    label: name,
                    estimate: row.indicator.zip(row.ci).map(|(mean, ci)| Estimate {
                        mean,
                        ci_low: ci.lo,
                        ci_high: ci.hi,
                    }),
                    n: row.items,
                    missing: 0,
                });
                Ok(IntervalPlotInput { setting: self.setting(&words), groups: groups.collect() }.draw()?)
            }
            Some(Detail::AbTest(_)) => {
                let groups = analysis.levels.iter().map(|level| IntervalGroup {
                    label: &level.label,
                    estimate: estimate(level),
                    n: level.n,
                    missing: missing(level),
                });
                Ok(BarChartInput { setting: self.setting(&words), groups: groups.collect() }.draw()?)
            }
            _ => Err(DrawingError::Needs(
                "this figure shows a question asked as: dependency, threshold, contamination or ab_test".into(),
            )),
        }
    }
}
