//! Something found in the data, how much it matters, and what to do.

use serde::Serialize;

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
#[ts(rename = "FindingSeverity")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Can mislead.
    Warning,
    /// Makes results wrong or meaningless.
    Error,
}

/// Something found in the data.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct Finding {
    /// How much it matters.
    pub severity: Severity,
    /// Stable name (`factor_changes_nothing`, `out_of_range` …).
    pub code: String,
    /// Where: a metric, a factor, a condition.
    pub place: String,
    /// What was found.
    pub message: String,
    /// What to do.
    pub advice: String,
}
