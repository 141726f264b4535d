//! What an edit of a spec changes.

use crate::spec::Spec;

/// What an edit changes.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(tag = "change", content = "paths", rename_all = "snake_case")]
pub enum Change {
    /// Nothing that needs a revision.
    Free,
    /// Which runs there are, or what they compute.
    Plan(Vec<String>),
    /// What will be asked of the data.
    AnalysisPlan(Vec<String>),
}

/// One difference between two specs.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Difference {
    /// Where.
    pub path: String,
    /// Value in the old spec.
    pub old: Option<serde_json::Value>,
    /// Value in the new spec.
    pub new: Option<serde_json::Value>,
}

/// What an edit changes, the graver kind first.
pub fn compare(_old: &Spec, _new: &Spec) -> Change {
    Change::Free
}

/// Every difference, by path.
pub fn diff(_old: &Spec, _new: &Spec) -> Vec<Difference> {
    Vec::new()
}
