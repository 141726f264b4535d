//! Comparing all levels of a factor: the pair for two levels; an omnibus test and all pairs for more.

use ergon_design::spec::Sided;

use crate::ask::{Ask, Contrast};
use crate::contrast::{contrast, known_levels};
use crate::correct::correct;
use crate::error::AnalysisError;
use crate::frame::Frame;
use crate::method::is_survival;
use crate::omnibus::omnibus;
use crate::response::Response;
use crate::result::{Analysis, Warning};
use crate::survival;

/// More levels than this are tested together only.
const MOST_PAIRED: usize = 12;

/// All levels of a factor. p-values are corrected over its pairs, each later level minus each earlier one.
///
/// # Errors
/// As [`contrast`], when no pair can be compared.
pub fn compare(frame: &Frame, ask: &Ask, factor: &str) -> Result<Vec<Analysis>, AnalysisError> {
    let mut analyses = uncorrected(frame, ask, factor)?;
    let family = format!("pairs of levels of {factor} for {}", ask.metric);
    correct(&mut analyses, ask.correction, &family)?;
    Ok(analyses)
}

/// The same before correction: the caller states the family.
pub(crate) fn uncorrected(frame: &Frame, ask: &Ask, factor: &str) -> Result<Vec<Analysis>, AnalysisError> {
    let levels = known_levels(frame, factor)?;
    if levels.len() < 2 {
        return Err(AnalysisError::OneLevel { factor: factor.into(), found: levels.len() });
    }
    let two_sided = Ask { direction: Sided::TwoSided, null: None, ..ask.clone() };
    let mut analyses = Vec::new();
    let mut first_error = None;
    let mut refused = Vec::new();
    if levels.len() > 2 {
        let response = Response::of(frame, &ask.metric)?;
        let whole = if is_survival(ask, &response)? {
            survival::of_levels(frame, &two_sided, factor, &levels)
        } else {
            omnibus(frame, &two_sided, factor, &levels)
        };
        match whole {
            Ok(analysis) => analyses.push(Analysis { kind: crate::result::AnalysisKind::Omnibus, ..analysis }),
            Err(error) => {
                refused.push(format!("all levels at once: {error}"));
                first_error = Some(error);
            }
        }
        if levels.len() > MOST_PAIRED {
            return analyses.pop().map(|a| vec![a]).ok_or_else(|| first_error.unwrap_or(AnalysisError::NoRuns));
        }
    }
    for (i, treatment) in levels.iter().enumerate() {
        for control in levels.iter().take(i) {
            let pair = Contrast { factor: factor.to_owned(), treatment: treatment.clone(), control: control.clone() };
            match contrast(frame, &two_sided, &pair) {
                Ok(analysis) => analyses.push(analysis),
                Err(error) => {
                    refused.push(format!("{treatment} and {control}: {error}"));
                    first_error.get_or_insert(error);
                }
            }
        }
    }
    match (analyses.first_mut(), first_error) {
        (None, error) => Err(error.unwrap_or(AnalysisError::NoRuns)),
        (Some(first), _) => {
            for message in refused {
                first.warnings.push(Warning::new("not_compared", format!("not compared: {message}")));
            }
            Ok(analyses)
        }
    }
}
