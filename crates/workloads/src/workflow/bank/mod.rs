//! The tasks that come with Ergon: each a bank of at least 20 items with gold answers, written or generated for Ergon,
//! and the user's own items.
//!
//! Names are those of A-LEMS where the task is the same; A-LEMS has one prompt a task and no gold answers.

mod arithmetic;
mod code;
mod logic;
mod lookup;
mod texts;
mod written;

use std::collections::BTreeMap;

pub use written::{ItemProblem, read_items};

use super::item::TaskItem;

/// A task.
pub struct Task {
    /// Name in a spec.
    pub name: &'static str,
    /// What it asks.
    pub doc: &'static str,
    items: fn() -> Vec<TaskItem>,
}

impl Task {
    /// Its items, always the same ones in the same order.
    pub fn items(&self) -> Vec<TaskItem> {
        (self.items)()
    }
}

/// All tasks.
pub const TASKS: [Task; 19] = [
    Task { name: "gsm8k_basic", doc: "arithmetic word problems of one step", items: arithmetic::basic },
    Task { name: "gsm8k_multi_step", doc: "arithmetic word problems of several steps", items: arithmetic::multi_step },
    Task { name: "logical_reasoning", doc: "orders from clues, and syllogisms", items: logic::items },
    Task {
        name: "commonsense_reasoning",
        doc: "what happens in everyday situations, by choice",
        items: written::commonsense,
    },
    Task { name: "factual_qa", doc: "facts of history and culture", items: written::factual },
    Task { name: "science_qa", doc: "facts of science", items: written::science },
    Task { name: "geography_qa", doc: "capitals of countries", items: written::geography },
    Task { name: "code_output", doc: "what a short Python program prints", items: code::output },
    Task {
        name: "code_expression",
        doc: "an expression for a sequence, graded by its values",
        items: code::expression,
    },
    Task { name: "bug_fixing", doc: "the line of a Python program that is wrong", items: code::bugs },
    Task { name: "news_summary", doc: "news items in few words, graded by the facts kept", items: texts::news },
    Task { name: "research_summary", doc: "abstracts in few words, graded by the facts kept", items: texts::research },
    Task { name: "sentiment_analysis", doc: "positive, negative or neutral", items: written::sentiment },
    Task { name: "topic_classification", doc: "sports, politics, technology or health", items: written::topics },
    Task { name: "entity_extraction", doc: "persons and organizations in a sentence", items: texts::entities },
    Task { name: "keyword_extraction", doc: "key terms of a sentence", items: texts::keywords },
    Task { name: "unit_conversion", doc: "quantities in other units", items: lookup::conversions },
    Task { name: "calendar_arithmetic", doc: "dates, weekdays and the days between", items: lookup::dates },
    Task { name: "table_lookup", doc: "cells of tables, and sums of two", items: lookup::cells },
];

/// Every bank by name.
pub(super) fn all() -> BTreeMap<&'static str, Vec<TaskItem>> {
    TASKS.iter().map(|task| (task.name, task.items())).collect()
}

/// Difficulty of the `at`-th of `of` items, from −1.5 to 1.5 in even steps: banks hold easy and hard items alike.
fn spread(at: usize, of: usize) -> f64 {
    if of < 2 { 0.0 } else { -1.5 + 3.0 * at as f64 / (of - 1) as f64 }
}

/// The sentences that the items' facts are, for the local documents.
pub(super) fn documents() -> Vec<String> {
    TASKS.iter().flat_map(Task::items).filter_map(|item| item.fact).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::grader::{holds, is_right};
    use super::super::tools::search::SearchIndex;
    use super::*;

    #[test]
    fn every_task_has_at_least_20_different_items_with_names_of_their_own() {
        for task in &TASKS {
            let items = task.items();
            let ids: BTreeSet<&str> = items.iter().map(|i| i.id.as_str()).collect();
            let prompts: BTreeSet<&str> = items.iter().map(|i| i.prompt.as_str()).collect();
            assert!(items.len() >= 20, "{}: {}", task.name, items.len());
            assert_eq!((ids.len(), prompts.len()), (items.len(), items.len()), "{}", task.name);
        }
    }

    #[test]
    fn every_gold_answer_is_graded_right_and_every_wrong_one_wrong() {
        for task in &TASKS {
            for item in task.items() {
                let gold = item.gold.as_ref().unwrap();
                assert!(is_right(gold, &gold.stated()), "{} {}: {}", task.name, item.id, gold.stated());
                assert!(!item.wrong.is_empty(), "{} {} has no wrong answer", task.name, item.id);
                for wrong in item.wrong.iter().map(String::as_str).chain(["", "I do not know.", &item.prompt]) {
                    assert!(!is_right(gold, wrong), "{} {}: {wrong}", task.name, item.id);
                }
            }
        }
    }

    #[test]
    fn the_steps_of_every_route_work_and_lead_to_the_answer() {
        let index = SearchIndex::new(documents());
        let toolbox = super::super::tools::Toolbox { index, programs: Vec::new() };
        let mut routes = 0;
        for task in &TASKS {
            for item in task.items().into_iter().filter(|item| !item.route.is_empty()) {
                let results: Vec<String> =
                    item.route.iter().map(|s| toolbox.built_in(&s.tool, &s.input).unwrap()).collect();
                let gold = item.gold.as_ref().unwrap();
                assert!(results.iter().any(|r| holds(gold, r)), "{} {}: {results:?}", task.name, item.id);
                routes += 1;
            }
        }
        assert!(routes > 150, "{routes}");
    }
}
