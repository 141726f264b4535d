//! The port through which the engine makes attempts durable: the store implements it, and on a cluster a worker's
//! segment file.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::energy_log::EnergyEntry;
use crate::failure::FailureClass;
use crate::measurement::Measurement;
use crate::planned_run::PlannedRun;
use crate::seed::RunKey;
use crate::span::Span;
use crate::state::RunState;

/// A file a run left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artefact {
    /// Path relative to the run's folder.
    pub name: String,
    /// Size in bytes.
    pub size_bytes: u64,
    /// Digest of the content.
    pub digest: Digest,
    /// Content; `None` where it was too large to keep.
    pub content: Option<Vec<u8>>,
}

/// An attempt began.
#[derive(Clone, Debug)]
pub struct AttemptStart {
    /// The run.
    pub run: PlannedRun,
    /// Attempt, from 1.
    pub attempt: u32,
    /// UTC, microseconds since 1970.
    pub started_us: i64,
}

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq)]
pub enum AttemptResult {
    /// With measurements.
    Succeeded,
    /// With a failure.
    Failed {
        /// Class.
        class: FailureClass,
        /// A sentence for the user.
        message: String,
    },
    /// The user cancelled it.
    Cancelled,
}

/// An attempt ended.
#[derive(Clone, Debug)]
pub struct AttemptEnd {
    /// The run.
    pub key: RunKey,
    /// Attempt, from 1.
    pub attempt: u32,
    /// UTC, microseconds since 1970.
    pub ended_us: i64,
    /// Seconds from start to end, monotonic clock.
    pub duration_s: f64,
    /// CPU seconds, where known.
    pub cpu_s: Option<f64>,
    /// How it ended.
    pub result: AttemptResult,
    /// State of the run after this attempt: `Queued` when another attempt follows.
    pub run_state: RunState,
    /// Measurements; empty unless it succeeded.
    pub measurements: Vec<Measurement>,
    /// What it took of the machine: energy, temperature, counters. Kept apart from `measurements`, which are the same in
    /// every execution.
    pub resources: Vec<Measurement>,
    /// Number of the energy window it ended in, where energy is taken per block of runs.
    pub energy_block: Option<u32>,
    /// Spans.
    pub spans: Vec<Span>,
    /// Files.
    pub artefacts: Vec<Artefact>,
    /// Captured output and notes.
    pub log: String,
}

/// What is written in one transaction.
#[derive(Clone, Debug, Default)]
pub struct RunLogBatch {
    /// Attempts that began.
    pub starts: Vec<AttemptStart>,
    /// Attempts that ended.
    pub ends: Vec<AttemptEnd>,
    /// What the session says of energy.
    pub energy: Vec<EnergyEntry>,
}

impl RunLogBatch {
    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.starts.is_empty() && self.ends.is_empty() && self.energy.is_empty()
    }
}

/// What another process asks of the engine that holds a campaign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum ControlCommand {
    /// Start no new runs; keep the lease.
    Pause,
    /// Start runs again.
    Resume,
    /// Let executing runs end, then leave.
    #[serde(alias = "drain")]
    Stop,
    /// Queue failed runs again.
    Retry,
}

impl ControlCommand {
    /// Name in the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::Stop => "stop",
            Self::Retry => "retry",
        }
    }
}

/// Why the log could not be written.
#[derive(Clone, Debug, thiserror::Error)]
pub enum RunLogError {
    /// Another engine took the campaign's lease.
    #[error("another engine has taken over campaign {campaign}: this one stops without writing")]
    LeaseLost {
        /// The campaign.
        campaign: String,
    },
    /// The store refused or the disk failed; nothing of the batch was kept.
    #[error("{0}")]
    Store(String),
}

/// Durable record of attempts.
///
/// Invariant: when `record` returns Ok the batch has been committed with `synchronous=FULL`; only then may anybody hear
/// of it. On Err nothing of the batch was kept.
#[async_trait]
pub trait RunLog: Send + Sync {
    /// Writes starts and ends in one transaction.
    async fn record(&self, batch: RunLogBatch) -> Result<(), RunLogError>;

    /// Renews the lease and takes what was asked since the last beat.
    async fn heartbeat(&self) -> Result<Vec<ControlCommand>, RunLogError>;
}
