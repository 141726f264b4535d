//! Designs: which conditions of a phase's factor space are run.

/// What a phase's design covers.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
pub struct DesignReport {
    /// Kind.
    pub kind: String,
}
