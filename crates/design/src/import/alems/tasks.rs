//! A-LEMS's task list: which tasks, and what becomes of their prompts.

use serde_json::Value as Json;

use super::words;
use crate::import::Imported;
use crate::import::draft::Draft;
use crate::problem::Problem;
use crate::tree::{Content, Node};

/// A spec with the tasks of the list as levels.
pub(in crate::import) fn import(tree: &Node) -> Result<Imported, Vec<Problem>> {
    let mut draft = Draft::new(words::skeleton("a-lems-tasks"));
    let list = tree.get("tasks").map(|node| &node.content);
    let Some(Content::List(items)) = list else {
        return Err(vec![Problem::error("tasks", "is no list").expected("a list of tasks with id and prompt")]);
    };
    let mut names: Vec<&str> = Vec::new();
    for (at, item) in items.iter().enumerate() {
        let key = format!("tasks[{at}].id");
        match item.get("id") {
            Some(node) => names.extend(draft.text(&key, node)),
            None => draft.problems.push(Problem::error(key, "is missing").at(item.position).expected("a task's name")),
        }
    }
    let found = words::tasks(&mut draft, "tasks", &names);
    if !found.is_empty() {
        draft.map("tasks[].id", "factors.task", Json::Array(found));
    }
    draft.report.ignore(
        "tasks[].prompt",
        "one prompt without a right answer can't be graded; Ergon's bank of the task is asked",
    );
    draft.report.ignore("tasks[].level", "difficulty is an item's own; the view task_categories has A-LEMS's levels");
    draft.report.ignore("tasks[].category", "the view task_categories has it");
    for key in ["name", "description", "tool_calls", "tags"] {
        draft.report.ignore(&format!("tasks[].{key}"), "it changes nothing");
    }
    let model = words::model(&mut draft, "models", "cloud").unwrap_or_default();
    draft.default("workload.model", model, "the list names no model");
    let phase = serde_json::json!([{ "name": "main", "order": "blocked_by_replicate", "replicates": 10 }]);
    draft.default("phases", phase, "A-LEMS's default_iterations");
    words::defaults(&mut draft);
    draft.done()
}
