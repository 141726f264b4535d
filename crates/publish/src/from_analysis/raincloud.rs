//! A raincloud of a metric by condition.

use ergon_analysis::{AnalysisError, Ask, Frame, describe, values_by};

use crate::figure::{Estimate, Figure, FigureError, Quantity, RaincloudGroup, RaincloudInput, Setting, Stamp};

use super::{provenance, unit};

/// Why there is no figure.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum RaincloudError {
    /// The data can't answer.
    #[error(transparent)]
    Analysis(#[from] AnalysisError),
    /// It can't be drawn.
    #[error(transparent)]
    Figure(#[from] FigureError),
}

/// Draws the values of a metric in every cell of `by`, with means and intervals from the analysis.
///
/// # Errors
/// Unknown names, no values, an impossible width.
pub fn raincloud(
    frame: &Frame,
    ask: &Ask,
    by: &[String],
    width_inches: f64,
    ergon_version: &str,
) -> Result<Figure, RaincloudError> {
    let described = describe(frame, ask, by)?;
    let groups = values_by(frame, &ask.metric, by)?;
    let data_hash = described.frame.digest.to_string();
    let spec_hash = frame.spec_hash.to_string();
    let groups: Vec<RaincloudGroup<'_>> = groups
        .iter()
        .zip(&described.levels)
        .map(|(group, level)| RaincloudGroup {
            label: &group.label,
            values: &group.values,
            estimate: level.mean.zip(level.ci).map(|(mean, ci)| Estimate { mean, ci_low: ci.lo, ci_high: ci.hi }),
            missing: group.missing,
        })
        .collect();
    let question = &described.question;
    let input = RaincloudInput {
        setting: Setting {
            title: None,
            quantity: Quantity { title: &question.metric_title, unit: unit(&question.unit) },
            ci_level: ask.confidence,
            provenance: provenance(&described.provenance),
            width_inches,
            stamp: Stamp { data_hash: &data_hash, spec_hash: &spec_hash, ergon_version },
        },
        groups,
    };
    Ok(input.draw()?)
}
