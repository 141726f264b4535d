//! `status`: how a campaign stands.

use std::collections::BTreeMap;

use ergon_domain::RunKey;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::error::AppError;

/// Which campaign.
#[derive(Clone, Debug, Deserialize, Serialize, ts_rs::TS)]
pub struct StatusRequest {
    /// Campaign id, ULID prefix, spec path or `latest`.
    pub campaign: String,
}

/// A run whose last attempt failed.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct FailedRun {
    /// The run.
    pub run_id: RunKey,
    /// Failure class.
    pub class: String,
    /// What was wrong.
    pub message: String,
    /// Attempts so far.
    pub attempts: u32,
}

/// How a campaign stands.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct StatusReply {
    /// Campaign id.
    pub campaign: String,
    /// Title.
    pub title: String,
    /// Campaign state.
    pub state: String,
    /// Why it stopped before its plan's end, where a budget or somebody stopped it.
    pub stopped_by: Option<String>,
    /// Whether an engine holds it now.
    pub live: bool,
    /// Revision, from 1.
    pub revision: u32,
    /// Runs in the plan.
    pub runs: u64,
    /// Share of the plan that has ended, 0 to 1.
    pub progress: f64,
    /// Seconds to the end while an engine holds it; `None` otherwise or before it can be told.
    pub eta_s: Option<f64>,
    /// Lower end of an 80 % interval.
    pub eta_lo_s: Option<f64>,
    /// Upper end of an 80 % interval.
    pub eta_hi_s: Option<f64>,
    /// Runs that succeeded.
    pub runs_completed: u64,
    /// Runs whose last attempt failed.
    pub runs_failed: u64,
    /// Runs executing.
    pub runs_running: u64,
    /// Finished runs that are no longer in the plan.
    pub runs_out_of_plan: u64,
    /// The failed runs.
    pub failed_runs: Vec<FailedRun>,
    /// Failed attempts by class.
    pub failures: BTreeMap<String, u64>,
    /// Calls that were sent to models on the network or in files, all sessions; simulated ones are none, nor are those that
    /// an open breaker or a budget kept back.
    pub api_calls: u64,
    /// USD that they count against the budget: an aborted call at its worst case, one of unknown price as nothing
    /// (`model_totals` tells how many those are).
    pub total_cost_usd: f64,
    /// Joules so far; `None`: not known, and `energy_note` says why.
    pub energy_j: Option<f64>,
    /// `measured`, `derived`, `estimated` or `simulated`.
    pub energy_provenance: Option<String>,
    /// The estimator, or why there are no joules.
    pub energy_note: Option<String>,
    /// Share of ended runs that succeeded; `None` before any ended.
    pub success_rate: Option<f64>,
    /// Runs ended an hour, over the last minute of work.
    pub throughput_per_hour: Option<f64>,
}

/// How a campaign stands.
///
/// # Errors
/// No such campaign.
pub async fn status(app: &App, request: StatusRequest) -> Result<StatusReply, AppError> {
    app.standing(&request.campaign).await
}
