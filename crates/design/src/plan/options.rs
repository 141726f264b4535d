//! What part of a plan is wanted, and why there may be none.

use crate::designs::DesignError;
use crate::where_filter::WhereFilter;

/// Most runs planned without a limit.
pub const MOST_RUNS: u64 = 10_000_000;

/// What part of a plan is wanted. The default is all of it. Whatever is left out, the others keep their `index`.
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
    /// A phase's design can't be made.
    #[error("phase {phase}: {error}")]
    Design {
        /// The phase.
        phase: String,
        /// Why.
        error: DesignError,
    },
    /// More than may be planned without a limit.
    #[error("the plan has {runs} runs; more than {MOST_RUNS} need --limit")]
    TooManyRuns {
        /// Runs.
        runs: u64,
    },
    /// A phase that the campaign doesn't have.
    #[error("{}", unknown("phase", name, known))]
    UnknownPhase {
        /// As given.
        name: String,
        /// The campaign's phases.
        known: Vec<String>,
    },
    /// A filter on a parameter that doesn't exist.
    #[error("{}", unknown("parameter", name, known))]
    UnknownParameter {
        /// As given.
        name: String,
        /// The campaign's parameters.
        known: Vec<String>,
    },
    /// Only phases are asked for whose conditions are not known yet.
    #[error("{phase} can't run yet: its conditions are {when}")]
    NotChosen {
        /// The phase.
        phase: String,
        /// When they are chosen.
        when: String,
    },
    /// No run is left.
    #[error("the plan has no runs: the filters, phases, limit or start_from leave nothing")]
    NothingToRun,
}

fn unknown(what: &str, name: &str, known: &[String]) -> String {
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    crate::suggest::not_one_of(what, name, &known)
}
