//! From files of the systems that Ergon replaces to specs, with a word about every key: mapped, defaulted, ignored and
//! why, and where the original contradicts itself.
//!
//! Belongs here: reading such a file's text and writing a spec. Doesn't belong here: opening files, stored results,
//! judging the spec (that is `resolve`'s).

mod consensus;
mod draft;
mod report;
mod scramblebench;
mod source;
mod timestamp;
mod words;

use serde_json::Value as Json;

use crate::problem::{Problem, SpecProblems};
use crate::tree::{Content, Node};
pub use consensus::{IMPORTED, ImportedRun, LEGACY_CAMPAIGN, LegacyResults, results};
pub use report::ImportReport;

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ImportKind {
    /// A spec of Ergon's own.
    Ergon,
    /// The consensus campaign's configuration, phase designs or optimisation settings.
    ConsensusCampaign,
    /// One generated experiment of the consensus campaign.
    ConsensusRun,
    /// A list of conditions of the consensus campaign.
    ConsensusConditions,
    /// The result of one experiment of the consensus campaign.
    ConsensusResult,
    /// A report of the consensus campaign: numbers that an analysis printed.
    ConsensusReport,
    /// An experiment or a settings file of ScrambleBench.
    ScrambleBench,
}

impl ImportKind {
    /// All kinds.
    pub const ALL: [Self; 7] = [
        Self::Ergon,
        Self::ConsensusCampaign,
        Self::ConsensusRun,
        Self::ConsensusConditions,
        Self::ConsensusResult,
        Self::ConsensusReport,
        Self::ScrambleBench,
    ];

    /// Name for `--as`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ergon => "ergon",
            Self::ConsensusCampaign => "consensus-campaign",
            Self::ConsensusRun => "consensus-run",
            Self::ConsensusConditions => "consensus-conditions",
            Self::ConsensusResult => "consensus-result",
            Self::ConsensusReport => "consensus-report",
            Self::ScrambleBench => "scramblebench",
        }
    }

    /// The kind of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// A file that was read, not yet imported.
#[derive(Clone, Debug)]
pub struct ImportSource {
    /// What it is.
    pub kind: ImportKind,
    tree: Node,
    name: String,
}

/// A spec made of a file.
#[derive(Clone, Debug)]
pub struct Imported {
    /// The spec as JSON; `None` where the file describes no campaign.
    pub spec: Option<Json>,
    /// What became of each key.
    pub report: ImportReport,
}

/// Reads a file: YAML or JSON by its content. `kind`: what it is, where the caller knows better than the file shows.
///
/// # Errors
/// A file that can't be read, or that nothing here recognises.
pub fn read(bytes: &[u8], name: &str, kind: Option<ImportKind>) -> Result<ImportSource, SpecProblems> {
    let tree = source::read(bytes, name)?;
    let kind = kind.or_else(|| recognise(&tree)).ok_or_else(|| {
        let known: Vec<&str> = ImportKind::ALL.map(ImportKind::name).to_vec();
        let problem = Problem::error("", format!("the file holds {}, in no format that is known", tree.content.kind()));
        let problem = problem.at(tree.position).expected(format!("one of {}; --as says which", known.join(", ")));
        SpecProblems(vec![problem]).in_file(name)
    })?;
    Ok(ImportSource { kind, tree, name: name.to_owned() })
}

/// Makes a spec of a file that is no result.
///
/// # Errors
/// Values that can't be what the format says they are.
pub fn spec(source: &ImportSource) -> Result<Imported, SpecProblems> {
    spec_beside(source, &|_| true)
}

/// The same where `has_file` says which of the data files that it names are there.
///
/// # Errors
/// As [`spec`].
pub fn spec_beside(source: &ImportSource, has_file: &dyn Fn(&str) -> bool) -> Result<Imported, SpecProblems> {
    let made = match source.kind {
        ImportKind::ConsensusCampaign => consensus::campaign::import(&source.tree),
        ImportKind::ConsensusRun => consensus::run_config::import(&source.tree),
        ImportKind::ConsensusConditions => consensus::conditions::import(&source.tree),
        ImportKind::ScrambleBench => scramblebench::import(&source.tree, has_file),
        ImportKind::ConsensusReport => Ok(consensus::printed::import(&source.tree)),
        ImportKind::Ergon | ImportKind::ConsensusResult => {
            Err(vec![Problem::error("", format!("a file of kind {} has no spec to import", source.kind.name()))])
        }
    };
    made.map_err(|problems| SpecProblems(problems).in_file(&source.name))
}

fn recognise(tree: &Node) -> Option<ImportKind> {
    let has = |key: &str| tree.get(key).is_some();
    Some(match &tree.content {
        Content::List(items) if items.iter().any(|i| i.get("agent_type").is_some()) => ImportKind::ConsensusConditions,
        Content::Map(_) if has("ergon") => ImportKind::Ergon,
        Content::Map(_) if has("config") && (has("success_rate") || has("timeline")) => ImportKind::ConsensusResult,
        Content::Map(_) if has("agent_decision_mode") || (has("experiment_id") && has("methods")) => {
            ImportKind::ConsensusRun
        }
        Content::Map(entries) if entries.iter().any(|e| scramblebench::is_key(&e.key)) => ImportKind::ScrambleBench,
        Content::Map(entries) if entries.iter().any(|e| consensus::campaign::is_key(&e.key)) => {
            ImportKind::ConsensusCampaign
        }
        Content::Map(entries) if entries.iter().any(|e| consensus::printed::is_key(&e.key)) => {
            ImportKind::ConsensusReport
        }
        _ => return None,
    })
}
