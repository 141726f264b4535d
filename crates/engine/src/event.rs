//! What the engine tells: one typed stream. A run is told as ended only after its commit.

use std::sync::Arc;

use ergon_domain::{Alert, FailureClass, ModelMeter, RunKey, RunState};
use serde::Serialize;

use crate::progress::Progress;

/// One event.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The engine holds the campaign and begins.
    CampaignStarted {
        /// Campaign id.
        campaign: String,
        /// Runs planned.
        runs: u64,
        /// Runs that had ended before.
        ended_before: u64,
        /// Attempts at once.
        parallel: usize,
    },
    /// An earlier engine died; its executing attempts were closed as interrupted and their runs queued.
    Recovered {
        /// Interrupted runs.
        runs: Vec<RunKey>,
    },
    /// An attempt began (sent when its start is on disk).
    RunStarted {
        /// The run.
        run_id: RunKey,
        /// Phase it runs under.
        phase: String,
        /// Attempt, from 1.
        attempt: u32,
    },
    /// An attempt ended and is on disk.
    RunEnded {
        /// The run.
        run_id: RunKey,
        /// Phase it runs under.
        phase: String,
        /// Attempt, from 1.
        attempt: u32,
        /// State of the run now; `queued`: it is tried again.
        state: RunState,
        /// Failure class.
        #[serde(skip_serializing_if = "Option::is_none")]
        failure: Option<FailureClass>,
        /// What was wrong.
        #[serde(skip_serializing_if = "Option::is_none")]
        message: Option<String>,
        /// Seconds.
        duration_s: f64,
    },
    /// A phase was left out.
    PhaseSkipped {
        /// The phase.
        phase: String,
        /// Why.
        reason: String,
    },
    /// How far it is.
    Progress(Progress),
    /// What the models were asked and what it came to, as it changes.
    Models(ModelMeter),
    /// Something about models or money that a person should know of.
    Alert(Alert),
    /// No new runs start until resumed.
    Paused,
    /// Runs start again.
    Resumed,
    /// Executing runs end, no new ones start.
    Draining {
        /// Why.
        reason: String,
    },
    /// The store could not be written; it is tried again.
    StoreTrouble {
        /// What the store said.
        message: String,
    },
}

/// Where events go. Called from engine threads; must not block.
pub type EventSink = Arc<dyn Fn(Event) + Send + Sync>;
