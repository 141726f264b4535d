//! Which workloads there are, and how one is opened from a spec's `workload` section.

use std::path::Path;
use std::sync::Arc;

use ergon_domain::Workload;

/// A setting that a workload can't use.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {message}")]
pub struct SettingsProblem {
    /// Path in the spec (`workload.metrics.loss.pattern`).
    pub path: String,
    /// What is wrong and what is accepted.
    pub message: String,
}

/// Workloads this build can run.
pub const KINDS: [&str; 5] = ["command", "consensus", "scramble", "negotiation", "workflow"];

/// Opens a workload from the spec's `workload` section (without `kind`). `base` is the spec's folder.
///
/// # Errors
/// Unknown kind, or settings that are wrong.
pub fn open(
    kind: &str,
    section: &serde_json::Map<String, serde_json::Value>,
    base: &Path,
) -> Result<Arc<dyn Workload>, Vec<SettingsProblem>> {
    match kind {
        "command" => Ok(Arc::new(crate::command::CommandWorkload::open(section, base)?)),
        "consensus" => Ok(Arc::new(crate::consensus::ConsensusWorkload::new())),
        "scramble" => Ok(Arc::new(crate::scramble::ScrambleWorkload::open(section)?)),
        "negotiation" => Ok(Arc::new(crate::negotiation::NegotiationWorkload::new())),
        "workflow" => Ok(Arc::new(crate::workflow::WorkflowWorkload::open(section, base)?)),
        // Can be read, not run: no kind to choose.
        "recorded" => Ok(Arc::new(crate::recorded::RecordedWorkload::open(section)?)),
        other => Err(vec![SettingsProblem {
            path: "workload.kind".into(),
            message: format!("'{other}' is no workload; expected one of {}", KINDS.join(", ")),
        }]),
    }
}
