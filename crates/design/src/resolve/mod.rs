//! From a spec to a campaign: everything bound to the workload's declarations and checked.

use ergon_domain::Manifest;

use crate::campaign::{Campaign, InputFile};
use crate::problem::{Problem, SpecProblems};
use crate::read::SourcedSpec;

/// Checks a spec against its workload and binds every value.
///
/// # Errors
/// Everything that is wrong with it.
pub fn resolve(
    source: &SourcedSpec,
    _manifest: &Manifest,
    _digest_of: &dyn Fn(&str) -> Result<InputFile, String>,
) -> Result<Campaign, SpecProblems> {
    Err(SpecProblems::from(Problem::error("", "not resolved yet")).in_file(&source.name))
}
