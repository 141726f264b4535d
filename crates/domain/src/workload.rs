//! The workload port.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;

use crate::condition::Condition;
use crate::digest::Digest;
use crate::failure::RunError;
use crate::manifest::Manifest;
use crate::measurement::Measurement;
use crate::run_context::RunContext;
use crate::run_log::Artefact;

/// Input files of a campaign, by digest, read once.
#[derive(Clone, Debug, Default)]
pub struct Inputs(pub BTreeMap<Digest, Arc<[u8]>>);

/// An input that a workload can't use.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{message}")]
pub struct InputError {
    /// Digest of the input, where one is to blame.
    pub input: Option<Digest>,
    /// What was wrong and where.
    pub message: String,
}

/// What a run measured.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// One per metric; a metric left out is unavailable.
    pub measurements: Vec<Measurement>,
    /// Files.
    pub artefacts: Vec<Artefact>,
    /// CPU seconds, where the workload knows better than the thread clock (a program's).
    pub cpu_s: Option<f64>,
    /// Captured output and notes, for the attempt's log.
    pub log: String,
}

/// What a run does. See DESIGN.md §5: it reaches neither store, engine nor UI.
#[async_trait]
pub trait Workload: Send + Sync {
    /// What it declares.
    fn manifest(&self) -> &Manifest;

    /// Checks rules between parameters that no single parameter can state.
    ///
    /// # Errors
    /// The parameter to blame and a sentence.
    fn check(&self, _condition: &Condition) -> Result<(), (crate::value::ParameterName, String)> {
        Ok(())
    }

    /// What is accepted and probably not meant, each with its place.
    fn warnings(&self) -> Vec<String> {
        Vec::new()
    }

    /// Whether a further attempt of a run goes on from the answers that models gave to the one before, instead of paying
    /// for them again. Not for workloads that measure how long answers take or what they cost the machine.
    fn resumes(&self) -> bool {
        false
    }

    /// Parses the inputs once per campaign.
    async fn prepare(&self, inputs: &Inputs) -> Result<Arc<dyn Prepared>, InputError>;
}

/// A workload with its inputs parsed.
#[async_trait]
pub trait Prepared: Send + Sync {
    /// What a user should know of a condition with so many replicates before it runs: what of the inputs is left out, and
    /// where they don't fit what is asked of them.
    fn remarks(&self, _condition: &Condition, _replicates: u32, _campaign_seed: u64) -> Vec<String> {
        Vec::new()
    }

    /// Executes one run.
    async fn run(&self, condition: &Condition, context: &RunContext) -> Result<Outcome, RunError>;
}
