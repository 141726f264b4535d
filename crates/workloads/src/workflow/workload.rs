//! The workload port: banks prepared once, a condition and a replicate to an item, the item to an answer.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use ergon_domain::{
    Canonical, Condition, FailureClass, InputError, Inputs, Manifest, Outcome, ParameterName, Prepared, RunContext,
    RunError, RunStreams, Workload, draw,
};
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

use super::account::Account;
use super::bank;
use super::desk::Desk;
use super::grader::is_right;
use super::item::TaskItem;
use super::manifest::{self, OWN};
use super::metrics::measurements;
use super::settings::{self, ProgramTool, Settings};
use super::tools::search::SearchIndex;
use super::tools::{Toolbox, built_in_names};
use crate::catalog::SettingsProblem;

/// Tasks worked on by one call or by an agent.
pub struct WorkflowWorkload {
    manifest: Manifest,
    programs: Vec<ProgramTool>,
}

impl WorkflowWorkload {
    /// Opens it from the spec's `workload` section; programs run in `base`.
    ///
    /// # Errors
    /// Tools that are wrong, each with its path.
    pub fn open(
        section: &serde_json::Map<String, serde_json::Value>,
        base: &Path,
    ) -> Result<Self, Vec<SettingsProblem>> {
        let mut taken = built_in_names().to_vec();
        taken.extend(["model", "answer"]);
        let (programs, canonical) = settings::programs(section, base, &taken)?;
        let digest = Canonical::new("ergon.workflow.1").str(&canonical).finish();
        Ok(Self { manifest: manifest::manifest(digest), programs })
    }
}

#[async_trait]
impl Workload for WorkflowWorkload {
    fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    fn check(&self, condition: &Condition) -> Result<(), (ParameterName, String)> {
        let (task, item) = (condition.text("task").unwrap_or_default(), condition.int("item").unwrap_or(0));
        if task == OWN && condition.text("items").is_none() {
            return Err(("items".into(), "the task own needs items; write items: PATH of a JSON Lines file".into()));
        }
        if let Some(task) = bank::TASKS.iter().find(|t| t.name == task) {
            let count = task.items().len();
            if usize::try_from(item).is_ok_and(|item| item > count) {
                let message = format!("{item} is not accepted; expected 0 to {count}, the items of {}", task.name);
                return Err(("item".into(), message));
            }
        }
        Ok(())
    }

    async fn prepare(&self, inputs: &Inputs) -> Result<Arc<dyn Prepared>, InputError> {
        let mut own = BTreeMap::new();
        for (digest, bytes) in &inputs.0 {
            let items = bank::read_items(bytes)
                .map_err(|e| InputError { input: Some(*digest), message: format!("items: {e}") })?;
            own.insert(digest.to_string(), items);
        }
        let toolbox = Toolbox { index: SearchIndex::new(bank::documents()), programs: self.programs.clone() };
        Ok(Arc::new(Tasks { banks: bank::all(), own, toolbox }))
    }
}

/// Everything that runs share.
struct Tasks {
    banks: BTreeMap<&'static str, Vec<TaskItem>>,
    /// The user's, by digest.
    own: BTreeMap<String, Vec<TaskItem>>,
    toolbox: Toolbox,
}

impl Tasks {
    fn items(&self, settings: &Settings<'_>) -> Option<&[TaskItem]> {
        match settings.task {
            OWN => self.own.get(settings.items?),
            task => self.banks.get(task),
        }
        .map(Vec::as_slice)
    }
}

/// Position of the item of a replicate: each replicate of a campaign takes the next one of an order of its own, so that
/// no item comes twice before all came once.
fn of_replicate(task: &str, count: usize, streams: &RunStreams) -> usize {
    let seed = Canonical::new("ergon.workflow.items.1").u64(streams.campaign_seed).str(task).finish();
    let mut order: Vec<usize> = (0..count).collect();
    draw::shuffle(&mut ChaCha8Rng::from_seed(seed.0), &mut order);
    order.get(streams.replicate as usize % count.max(1)).copied().unwrap_or(0)
}

#[async_trait]
impl Prepared for Tasks {
    async fn run(&self, condition: &Condition, context: &RunContext) -> Result<Outcome, RunError> {
        let settings = Settings::read(condition)?;
        let invalid = |message: String| RunError::new(FailureClass::InvalidInput, message);
        let items = self.items(&settings).ok_or_else(|| invalid(format!("the task {} has no items", settings.task)))?;
        let at = match settings.item {
            0 => of_replicate(settings.task, items.len(), context.streams()),
            number => number - 1,
        };
        let item = items.get(at).ok_or_else(|| {
            let last = items.len();
            invalid(format!("item: {} is not accepted; expected 0 to {last}", settings.item))
        })?;
        let parts = settings.approach.phases().iter().map(|phase| (*phase, Default::default()));
        let account = Account { parts: parts.collect(), ..Account::default() };
        let mut desk = Desk { context, settings: &settings, toolbox: &self.toolbox, item, account, log: String::new() };
        desk.note("item", &item.id);
        desk.note("task", &item.prompt);
        let answer = settings.approach.work(&mut desk).await?;
        let right = item.gold.as_ref().map(|gold| answer.as_ref().is_some_and(|answer| is_right(gold, answer)));
        desk.note("answer", answer.as_deref().unwrap_or("none that can be read"));
        match (&item.gold, right) {
            (Some(gold), Some(right)) => {
                desk.note("right", &format!("{} (gold: {})", if right { "yes" } else { "no" }, gold.stated()));
            }
            _ => desk.note("right", "not graded: the item has no gold answer"),
        }
        let Desk { account, log, .. } = desk;
        Ok(Outcome { measurements: measurements(&account, right, at + 1), log, ..Outcome::default() })
    }
}
