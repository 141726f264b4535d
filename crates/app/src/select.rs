//! The stored runs of a campaign in the order of its current plan: what results and analyses are made from.

use ergon_domain::{Measurement, Metric, ParameterName, PlannedRun};

/// A run of the plan that succeeded, with one cell per metric.
pub(crate) struct StoredRun {
    pub(crate) run: PlannedRun,
    pub(crate) attempts: u32,
    pub(crate) duration_s: Option<f64>,
    pub(crate) cpu_s: Option<f64>,
    pub(crate) started_utc: Option<String>,
    pub(crate) cells: Vec<Option<Measurement>>,
}

/// All of them.
pub(crate) struct StoredRuns {
    /// Metrics in the manifest's order.
    pub(crate) metrics: Vec<Metric>,
    /// Factors that some phase varies.
    pub(crate) factors: Vec<ParameterName>,
    /// Phase names by position.
    pub(crate) phases: Vec<String>,
    /// Runs in the plan.
    pub(crate) planned: u64,
    /// Runs of the plan that succeeded, in plan order.
    pub(crate) runs: Vec<StoredRun>,
}

impl StoredRuns {
    pub(crate) fn phases_of(&self, run: &StoredRun) -> Vec<String> {
        run.run.phases.iter().filter_map(|p| self.phases.get(usize::from(*p)).cloned()).collect()
    }
}
