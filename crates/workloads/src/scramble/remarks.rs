//! What to know of a campaign's items before any of them is asked.

use super::item::Item;
use super::prompt::recipe_for;
use super::settings::{Source, Task, Treatment};
use super::transform::scramble_unlogged;

/// Items that a transformation is tried on.
const TRIED: usize = 200;
/// Percentage points between wanted and realised level that are worth a word.
const WORTH_SAYING: f64 = 5.0;

/// Whether the runs ask other than every item once. A bank is made to be drawn from: of one, items may be left over.
pub(super) fn of_number(task: &Task<'_>, items: usize, replicates: u32) -> Option<String> {
    let asked = task.sample_size as u64 * u64::from(replicates);
    let there = items as u64;
    let product = match task.sample_size {
        1 => format!("{replicates} replicates"),
        n => format!("{replicates} replicates of {n} items"),
    };
    if asked > there && there > 0 {
        return Some(format!(
            "{product} ask {asked} items, but there are {there}: items come again, and answers to the same item are no new \
             evidence. {} ask each once",
            enough(there, task.sample_size)
        ));
    }
    (matches!(task.source, Source::File(_)) && asked < there).then(|| {
        format!(
            "{product} ask {asked} of the file's {there} items, the other {} are never asked. {} ask all",
            there - asked,
            enough(there, task.sample_size)
        )
    })
}

fn enough(items: u64, sample_size: usize) -> String {
    format!("{} replicates", items.div_ceil(sample_size.max(1) as u64))
}

/// Whether the texts have too few units, or too many alike, to be transformed to the level.
pub(super) fn of_level(task: &Task<'_>, items: &[&Item]) -> Option<String> {
    let Treatment::Recipe(recipe) = &task.treatment else { return None };
    if recipe.level <= 0.0 {
        return None;
    }
    let tried = items.iter().take(TRIED);
    let done = tried.map(|i| scramble_unlogged(&i.question, &i.id, &recipe_for(i, recipe, task.keep_answer)));
    let (changed, eligible) = done.fold((0, 0), |(c, e), done| (c + done.changed, e + done.eligible));
    let name = recipe.method.name();
    if eligible == 0 {
        return (recipe.method != super::transform::Method::None)
            .then(|| format!("{name} finds nothing in the items that it could transform"));
    }
    let realised = 100.0 * changed as f64 / eligible as f64;
    ((realised - recipe.level).abs() > WORTH_SAYING).then(|| {
        format!(
            "{name} at level {} transforms {realised:.0} % of what it could in these items, which have few units each or \
             many alike; the metric realised_level has it run by run",
            recipe.level
        )
    })
}
