//! From files of the systems that Ergon replaces to specs, with a word about every key: mapped, defaulted, ignored and
//! why, and where the original contradicts itself.
//!
//! Belongs here: reading such a file's text and writing a spec. Doesn't belong here: opening files, stored results,
//! judging the spec (that is `resolve`'s).

mod alems;
mod bargain;
mod consensus;
mod draft;
mod report;
mod scenario_batch;
mod scramblebench;
mod source;
mod timestamp;
mod words;

use std::path::Path;

use serde_json::Value as Json;

use crate::problem::{Problem, SpecProblems};
use crate::tree::{Content, Node};
pub use consensus::{IMPORTED, ImportedRun, LEGACY_CAMPAIGN, LegacyResults, results};
pub use report::ImportReport;
pub use scenario_batch::{batch_parameter, model_entry};

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
    /// A command line of A-LEMS, or a script with one.
    AlemsCommand,
    /// A-LEMS's task list.
    AlemsTasks,
    /// A plan of A-LEMS's containers, or templates of such.
    AlemsPlan,
    /// A batch of Scenario Lab: variations of one scenario folder.
    ScenarioBatch,
    /// An experiment of the bargaining study, a list of them, or a grid of models and competition levels.
    Bargain,
    /// An experiment or a settings file of ScrambleBench.
    ScrambleBench,
}

impl ImportKind {
    /// All kinds.
    pub const ALL: [Self; 12] = [
        Self::Ergon,
        Self::ConsensusCampaign,
        Self::ConsensusRun,
        Self::ConsensusConditions,
        Self::ConsensusResult,
        Self::ConsensusReport,
        Self::AlemsCommand,
        Self::AlemsTasks,
        Self::AlemsPlan,
        Self::ScenarioBatch,
        Self::Bargain,
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
            Self::AlemsCommand => "a-lems-command",
            Self::AlemsTasks => "a-lems-tasks",
            Self::AlemsPlan => "a-lems-plan",
            Self::ScenarioBatch => "scenario-batch",
            Self::Bargain => "bargain",
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
    /// Names of the files that make up the tree's list, where they are several.
    parts: Vec<String>,
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
    // A script is no YAML, though much of one can be read as such.
    let script = std::str::from_utf8(bytes).ok().filter(|text| alems::command::is_command(text));
    let tree = match script {
        Some(text) if kind.is_none_or(|kind| kind == ImportKind::AlemsCommand) => {
            Node { position: None, content: Content::Text(text.to_owned()) }
        }
        _ => source::read(bytes, name)?,
    };
    let kind = kind.or_else(|| recognise(&tree)).ok_or_else(|| {
        let known: Vec<&str> = ImportKind::ALL.map(ImportKind::name).to_vec();
        let problem = Problem::error("", format!("the file holds {}, in no format that is known", tree.content.kind()));
        let problem = problem.at(tree.position).expected(format!("one of {}; --as says which", known.join(", ")));
        SpecProblems(vec![problem]).in_file(name)
    })?;
    Ok(ImportSource { kind, tree, name: name.to_owned(), parts: Vec::new() })
}

/// Experiments of the bargaining study that were kept in a file each, as the list they are: they differ in the pair of
/// models, the level of competition and the seed alone. `None` where they are no such experiments; `name` names the list.
pub fn together(sources: &[ImportSource], name: &str) -> Option<ImportSource> {
    let frame = |source: &ImportSource| (source.kind == ImportKind::Bargain).then(|| bargain::frame(&source.tree))?;
    let first = frame(sources.first()?)?;
    let is_one = sources.iter().all(|source| frame(source).as_ref() == Some(&first));
    let file = |source: &ImportSource| {
        let path = Path::new(&source.name);
        path.file_name().map_or_else(|| source.name.clone(), |file| file.to_string_lossy().into_owned())
    };
    (sources.len() > 1 && is_one).then(|| ImportSource {
        kind: ImportKind::Bargain,
        tree: Node { position: None, content: Content::List(sources.iter().map(|s| s.tree.clone()).collect()) },
        name: name.to_owned(),
        parts: sources.iter().map(file).collect(),
    })
}

/// A file as JSON.
pub(crate) fn document(bytes: &[u8], name: &str) -> Result<Json, SpecProblems> {
    source::read(bytes, name).map(|tree| source::json(&tree))
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
        ImportKind::ScenarioBatch => scenario_batch::import(&source.tree),
        ImportKind::ScrambleBench => scramblebench::import(&source.tree, has_file),
        ImportKind::ConsensusReport => Ok(consensus::printed::import(&source.tree)),
        ImportKind::AlemsCommand => match &source.tree.content {
            Content::Text(script) => alems::command::import(script),
            _ => Err(vec![
                Problem::error("", "the file holds no command").expected("a line with run_experiment --tasks …"),
            ]),
        },
        ImportKind::AlemsTasks => alems::tasks::import(&source.tree),
        ImportKind::AlemsPlan => alems::plan::import(&source.tree),
        ImportKind::Bargain => bargain::import(&source.tree, &source.parts),
        ImportKind::Ergon | ImportKind::ConsensusResult => {
            Err(vec![Problem::error("", format!("a file of kind {} has no spec to import", source.kind.name()))])
        }
    };
    let made = made.map_err(|problems| SpecProblems(problems).in_file(&source.name))?;
    Ok(match source.kind {
        ImportKind::Bargain => named_by_file(made, bargain::FAMILY, &source.name),
        ImportKind::ScrambleBench => named_by_file(made, scramblebench::FAMILY, &source.name),
        _ => made,
    })
}

/// Gives a campaign that its file doesn't name the file's own name: two files are two campaigns.
fn named_by_file(mut made: Imported, family: &str, name: &str) -> Imported {
    let Some(spec) = made.spec.as_mut().filter(|spec| spec.pointer("/campaign/id").is_none()) else { return made };
    let stem = Path::new(name).file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let id = words::campaign_id(&format!("{family} {stem}"));
    made.report.presume("campaign.id", &id, "the file names no campaign; it is the file's name");
    source::set(spec, "campaign.id", Json::from(id));
    made
}

fn recognise(tree: &Node) -> Option<ImportKind> {
    let has = |key: &str| tree.get(key).is_some();
    let listed = |key: &str| match tree.get(key).map(|node| &node.content) {
        Some(Content::List(items)) => items.as_slice(),
        _ => &[],
    };
    let is_plan = |node: &Node| node.get("containers").is_some();
    Some(match &tree.content {
        Content::Text(text) if alems::command::is_command(text) => ImportKind::AlemsCommand,
        Content::Map(_) if is_plan(tree) || listed("templates").iter().any(is_plan) => ImportKind::AlemsPlan,
        Content::Map(_) if listed("tasks").iter().any(|t| t.get("prompt").is_some() && t.get("id").is_some()) => {
            ImportKind::AlemsTasks
        }
        Content::List(items) if items.iter().any(|i| i.get("agent_type").is_some()) => ImportKind::ConsensusConditions,
        Content::List(items) if items.iter().any(bargain::is_one) => ImportKind::Bargain,
        Content::Map(_) if has("ergon") => ImportKind::Ergon,
        Content::Map(_) if bargain::is_one(tree) => ImportKind::Bargain,
        Content::Map(_) if has("config") && (has("success_rate") || has("timeline")) => ImportKind::ConsensusResult,
        Content::Map(_) if has("agent_decision_mode") || (has("experiment_id") && has("methods")) => {
            ImportKind::ConsensusRun
        }
        // Systems share words (`execution`, `log_level`): a file is of the one whose words it uses most.
        Content::Map(entries) => {
            type Knows = fn(&str) -> bool;
            let known: [(ImportKind, Knows); 4] = [
                (ImportKind::ConsensusReport, consensus::printed::is_key),
                (ImportKind::ConsensusCampaign, consensus::campaign::is_key),
                (ImportKind::ScrambleBench, scramblebench::is_key),
                (ImportKind::ScenarioBatch, scenario_batch::is_key),
            ];
            let used = |is_key: Knows| entries.iter().filter(|e| is_key(&e.key)).count();
            known.into_iter().max_by_key(|(_, is_key)| used(*is_key)).filter(|(_, is_key)| used(*is_key) > 0)?.0
        }
        _ => return None,
    })
}
