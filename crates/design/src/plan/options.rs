//! What part of a plan is wanted, and why there may be none.

use crate::where_filter::WhereFilter;

/// What part of a plan is wanted. The default is all of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PlanOptions {
    /// Runs that one of these phases selects; `None`: all.
    pub phases: Option<Vec<String>>,
    /// Runs whose condition matches every filter.
    pub filters: Vec<WhereFilter>,
    /// At most this many runs, from the start of the plan.
    pub limit: Option<u64>,
    /// Replicates from this one on.
    pub start_from: u32,
}

/// Why a campaign can't be planned.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PlanError {
    /// No run is left.
    #[error("the plan has no runs: the filters, phases or start_from leave nothing")]
    NothingToRun,
}
