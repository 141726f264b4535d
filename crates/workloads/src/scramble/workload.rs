//! The workload port: reads datasets once, asks a run's items, reports measurements.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use ergon_domain::{
    Condition, FailureClass, InputError, Inputs, Manifest, Outcome, ParameterName, Prepared, RunContext, RunError,
    Workload,
};
use serde_json::{Map, Value};

use super::asking::ask_all;
use super::bank::Bank;
use super::dataset::{self, Fields};
use super::item::Item;
use super::measure::{answers, measurements};
use super::prompt::recipe_for;
use super::remarks;
use super::settings::{Source, Task, Treatment, invalid, task};
use super::transform::{Scrambled, scramble};
use super::{bank, manifest};
use crate::catalog::SettingsProblem;

/// The flag on measurements of a run that asked some item for at least the second time.
pub const REPEATED_ITEMS: &str = "repeated_items";

/// Items answered by a model, as they are or transformed.
pub struct ScrambleWorkload {
    manifest: Manifest,
    fields: Fields,
}

impl ScrambleWorkload {
    /// Reads the section's setting `fields`.
    ///
    /// # Errors
    /// A mapping that names no field of an item.
    pub fn open(section: &Map<String, Value>) -> Result<Self, Vec<SettingsProblem>> {
        let setting = section.get("fields").cloned().unwrap_or_else(|| Value::Object(Map::new()));
        Ok(Self { fields: Fields::read(&setting)?, manifest: manifest::manifest(&setting) })
    }

    /// Reads the campaign's files of items.
    ///
    /// # Errors
    /// The first thing that is wrong with one of them.
    pub fn benchmarks(&self, inputs: &Inputs) -> Result<Benchmarks, InputError> {
        let (mut files, mut left_out) = (BTreeMap::new(), BTreeMap::new());
        for (digest, bytes) in &inputs.0 {
            let read = dataset::read(bytes, &self.fields);
            let read = read.map_err(|e| InputError { input: Some(*digest), message: e.to_string() })?;
            files.insert(digest.to_string(), Arc::new(read.items));
            left_out.insert(digest.to_string(), read.left_out);
        }
        Ok(Benchmarks { files, left_out, banks: Mutex::default() })
    }
}

#[async_trait]
impl Workload for ScrambleWorkload {
    fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    fn check(&self, condition: &Condition) -> Result<(), (ParameterName, String)> {
        task(condition, 0).map(|_| ())
    }

    async fn prepare(&self, inputs: &Inputs) -> Result<Arc<dyn Prepared>, InputError> {
        Ok(Arc::new(self.benchmarks(inputs)?))
    }
}

type Items = Arc<Vec<Item>>;

/// Items by file, and by bank and seed as runs ask for them.
pub struct Benchmarks {
    files: BTreeMap<String, Items>,
    /// What was left out of each file.
    left_out: BTreeMap<String, Vec<String>>,
    banks: Mutex<BTreeMap<(Bank, u64), Items>>,
}

/// What became of the question of an item in a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Substitution {
    /// The item's id.
    pub item: String,
    /// Its question.
    pub original: String,
    /// The result; `None` where a model paraphrased it, which isn't known from the condition.
    pub scrambled: Option<Scrambled>,
}

impl Benchmarks {
    /// The transformations of a run once more: they follow from its condition, its replicate and the campaign's seed.
    ///
    /// # Errors
    /// A condition that can't be run.
    pub fn substitutions(
        &self,
        condition: &Condition,
        campaign_seed: u64,
        replicate: u32,
    ) -> Result<Vec<Substitution>, RunError> {
        let task = task(condition, campaign_seed).map_err(invalid)?;
        let items = self.items(&task)?;
        let (chosen, _) = sample(&items, &task, replicate);
        let of = |item: &&Item| Substitution {
            item: item.id.clone(),
            original: item.question.clone(),
            scrambled: match &task.treatment {
                Treatment::Recipe(recipe) => {
                    Some(scramble(&item.question, &item.id, &recipe_for(item, recipe, task.keep_answer)))
                }
                Treatment::Paraphrase(_) => None,
            },
        };
        Ok(chosen.iter().map(of).collect())
    }

    fn items(&self, task: &Task<'_>) -> Result<Items, RunError> {
        match task.source {
            Source::File(digest) => self.files.get(digest).cloned().ok_or_else(|| {
                RunError::new(FailureClass::InvalidInput, "benchmark.file: the file of this run was not read")
            }),
            Source::Bank(bank) => Ok(match self.banks.lock() {
                Ok(mut banks) => {
                    banks.entry((bank, task.seed)).or_insert_with(|| Arc::new(bank.items(task.seed))).clone()
                }
                Err(_) => Arc::new(bank.items(task.seed)),
            }),
        }
    }
}

/// Items of the benchmark that are of the difficulty asked for, in the seed's order.
fn pool<'a>(items: &'a [Item], task: &Task<'_>) -> Vec<&'a Item> {
    let fits = |item: &&Item| task.difficulty.is_none() || item.difficulty == task.difficulty;
    let mut pool: Vec<&Item> = items.iter().filter(fits).collect();
    if matches!(task.source, Source::File(_)) {
        let order = |item: &&Item| bank::place(task.seed, &item.id);
        pool.sort_by_cached_key(|item| order(item));
    }
    pool
}

/// The items of a replicate: the next `sample_size` of the benchmark in the seed's order, from its beginning once it is
/// used up. The second part says whether some were asked in an earlier replicate or earlier in this one.
fn sample<'a>(items: &'a [Item], task: &Task<'_>, replicate: u32) -> (Vec<&'a Item>, bool) {
    let pool = pool(items, task);
    let first = replicate as usize * task.sample_size;
    let repeated = first + task.sample_size > pool.len();
    let chosen = (first..first + task.sample_size).filter_map(|i| pool.get(i % pool.len().max(1)).copied());
    (chosen.collect(), repeated)
}

#[async_trait]
impl Prepared for Benchmarks {
    fn remarks(&self, condition: &Condition, replicates: u32, campaign_seed: u64) -> Vec<String> {
        let Ok(task) = task(condition, campaign_seed) else { return Vec::new() };
        let Ok(items) = self.items(&task) else { return Vec::new() };
        let pool = pool(&items, &task);
        let left_out = match task.source {
            Source::File(digest) => self.left_out.get(digest).cloned().unwrap_or_default(),
            Source::Bank(_) => Vec::new(),
        };
        left_out
            .into_iter()
            .chain(remarks::of_number(&task, pool.len(), replicates))
            .chain(remarks::of_level(&task, &pool))
            .collect()
    }

    async fn run(&self, condition: &Condition, context: &RunContext) -> Result<Outcome, RunError> {
        let task = task(condition, context.streams().campaign_seed).map_err(invalid)?;
        let items = {
            let _span = context.span("items");
            self.items(&task)?
        };
        let (chosen, repeated) = sample(&items, &task, context.streams().replicate);
        if chosen.is_empty() {
            let message = "the benchmark has no item of this difficulty; its items may not state one";
            return Err(invalid(("difficulty".into(), message.into())));
        }
        let _span = context.span("asking");
        let asked = ask_all(&chosen, &task, context).await?;
        let mut measurements = measurements(&asked);
        if repeated {
            for measurement in &mut measurements {
                measurement.flags.0.insert(REPEATED_ITEMS.into());
            }
        }
        Ok(Outcome { measurements, artefacts: vec![answers(&asked)], ..Outcome::default() })
    }
}
