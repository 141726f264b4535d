//! `--set path=value`.

use crate::tree::Node;

/// An override that can't be applied.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("--set {text}: {message}")]
pub struct OverrideProblem {
    /// The override as written.
    pub text: String,
    /// What is wrong with it.
    pub message: String,
}

/// Sets one value of the tree.
///
/// # Errors
/// Text that is not `path=value`, a path that leads nowhere, a value that can't be read.
pub fn apply_set(_tree: &mut Node, text: &str) -> Result<(), OverrideProblem> {
    Err(OverrideProblem { text: text.into(), message: "expected path=value".into() })
}
