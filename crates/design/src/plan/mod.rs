//! The ordered list of runs, streamed.

mod options;

use std::sync::Arc;

use ergon_domain::{Digest, PlannedRun};

pub use options::{PlanError, PlanOptions};

use crate::campaign::Campaign;
use crate::designs::DesignReport;

/// What a phase contributes to a plan.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct PhaseSummary {
    /// Name.
    pub name: String,
    /// Position in the spec.
    pub index: u16,
    /// Conditions of its design.
    pub conditions: u64,
    /// Runs it selects, those of earlier phases included.
    pub selected: u64,
    /// Runs that are planned under it.
    pub runs: u64,
    /// What its design covers.
    pub report: DesignReport,
}

/// The ordered list of runs of a campaign. Holds no run: runs are made as they are asked for.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Combinations of levels that were one condition with another because a level could not matter.
    pub collapsed: u64,
    /// Conditions left out by constraints.
    pub excluded_by_constraints: u64,
    phases: Arc<Vec<PhaseSummary>>,
}

impl Plan {
    /// Number of runs.
    pub fn runs(&self) -> u64 {
        0
    }
    /// Number of distinct conditions.
    pub fn conditions(&self) -> u64 {
        0
    }
    /// Phases in the order they are executed.
    pub fn phases(&self) -> &[PhaseSummary] {
        &self.phases
    }
    /// Digest of the run keys in plan order.
    pub fn plan_hash(&self) -> Digest {
        Digest([0; 32])
    }
    /// The runs in plan order.
    pub fn iter(&self) -> impl Iterator<Item = PlannedRun> + Send + 'static {
        std::iter::empty()
    }
}

impl Campaign {
    /// Plans the campaign.
    ///
    /// # Errors
    /// A design that can't be made, nothing left to run, or more runs than may be planned without a limit.
    pub fn plan(&self, _options: &PlanOptions) -> Result<Plan, PlanError> {
        Err(PlanError::NothingToRun)
    }
}
