//! Which workloads there are, and how one is opened from a spec's `workload` section.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use ergon_domain::{Digest, Manifest, Workload};

/// A setting that a workload can't use.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {message}")]
pub struct SettingsProblem {
    /// Path in the spec (`workload.metrics.loss.pattern`).
    pub path: String,
    /// What is wrong and what is accepted.
    pub message: String,
}

/// A file of a folder that settings name.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceFile {
    /// Digest of its content.
    pub digest: Digest,
    /// What it holds.
    pub content: SourceContent,
}

/// What a file holds.
#[derive(Clone, Debug, PartialEq)]
pub enum SourceContent {
    /// A YAML or JSON file, read.
    Document(serde_json::Value),
    /// Any other text.
    Text(Arc<str>),
}

/// Folders beside a spec, for workloads whose declarations depend on what is in one: they open no files themselves.
pub trait SourceFolders {
    /// The files of a folder by their path in it (`actors/mayor.yaml`).
    ///
    /// # Errors
    /// The folder or a file in it can't be read; the message names it.
    fn folder(&self, path: &str) -> Result<BTreeMap<String, SourceFile>, String>;
}

/// For specs that name no folder.
pub struct NoFolders;

impl SourceFolders for NoFolders {
    fn folder(&self, path: &str) -> Result<BTreeMap<String, SourceFile>, String> {
        Err(format!("{path}: folders are not read here"))
    }
}

/// Workloads this build can run.
pub const KINDS: [&str; 6] = ["command", "consensus", "scramble", "negotiation", "workflow", "scenario"];

/// Opens a workload from the spec's `workload` section (without `kind`). `base` is the spec's folder, `folders` reads
/// what lies beside it.
///
/// # Errors
/// Unknown kind, or settings that are wrong.
pub fn open(
    kind: &str,
    section: &serde_json::Map<String, serde_json::Value>,
    base: &Path,
    folders: &dyn SourceFolders,
) -> Result<Arc<dyn Workload>, Vec<SettingsProblem>> {
    match kind {
        "command" => Ok(Arc::new(crate::command::CommandWorkload::open(section, base)?)),
        "consensus" => Ok(Arc::new(crate::consensus::ConsensusWorkload::new())),
        "scramble" => Ok(Arc::new(crate::scramble::ScrambleWorkload::open(section)?)),
        "negotiation" => Ok(Arc::new(crate::negotiation::NegotiationWorkload::new())),
        "workflow" => Ok(Arc::new(crate::workflow::WorkflowWorkload::open(section, base)?)),
        "scenario" => Ok(Arc::new(crate::scenario::ScenarioWorkload::open(section, folders)?)),
        // Can be read, not run: no kind to choose.
        "recorded" => Ok(Arc::new(crate::recorded::RecordedWorkload::open(section)?)),
        other => Err(vec![SettingsProblem {
            path: "workload.kind".into(),
            message: format!("'{other}' is no workload; expected one of {}", KINDS.join(", ")),
        }]),
    }
}

/// A workload whose declarations were made of files that have changed or are gone since: its results can be read.
pub fn as_planned(manifest: Manifest) -> Arc<dyn Workload> {
    Arc::new(crate::recorded::PlannedWorkload(manifest))
}
