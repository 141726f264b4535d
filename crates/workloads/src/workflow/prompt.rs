//! What a model is told, and what a simulated one may know: the planted effects of the ways of working.

use ergon_domain::{ChatMessage, DecisionOption, DecisionProblem, Item, Role};
use serde_json::{Value, json};

use super::desk::message;
use super::item::{Step, TaskItem};

/// How sharply items tell able models from others.
const DISCRIMINATION: f64 = 1.2;
/// How much easier the answer is with a tool's result that holds it.
pub(super) const WITH_RESULT: f64 = 3.0;
/// How much easier an item is worked out step by step by the model itself.
pub(super) const STEP_BY_STEP: f64 = 0.5;
/// How much easier a revision is than a draft.
pub(super) const REVISED: f64 = 0.5;
/// How much easier it is to say what to do than to do it.
pub(super) const TO_PLAN: f64 = 1.0;

/// The planted effects in words, for the manifest.
pub(super) fn planted() -> String {
    format!(
        "An item's difficulty is on the scale of ability (standard normal), discrimination {DISCRIMINATION}, a guess is right \
         once per choice. It is {WITH_RESULT} easier with a tool's result that holds the answer, {STEP_BY_STEP} with the \
         model's own notes, {REVISED} in a revision; saying what to do is {TO_PLAN} easier than the item. Reviews of a draft \
         are a choice of utility 1 (true) or 0. These are Ergon's choices for simulated models and say nothing of real ones."
    )
}

/// The instruction for an answer.
pub(super) fn answer_form(item: &TaskItem) -> String {
    let form = item.gold.as_ref().map(|gold| format!(" {}", gold.form())).unwrap_or_default();
    format!("Solve the task.{form} Answer with this JSON object and nothing else: {{\"answer\": \"TEXT\"}}")
}

pub(super) fn answer_schema() -> Value {
    json!({"type": "object", "properties": {"answer": {"type": "string"}}, "required": ["answer"],
           "additionalProperties": false})
}

/// The answer of a document as the schema has it.
pub(super) fn read_answer(document: &Value) -> Result<String, String> {
    let text = document.get("answer").and_then(Value::as_str);
    text.map(str::to_owned).ok_or_else(|| "it has no text \"answer\"".into())
}

/// System and user.
pub(super) fn opening(system: String, user: impl Into<String>) -> Vec<ChatMessage> {
    vec![message(Role::System, system), message(Role::User, user)]
}

/// What a simulated model may know where it answers: the item, made so much easier.
pub(super) fn to_answer(item: &TaskItem, easier_by: f64) -> DecisionProblem {
    let reply = |answer: &str| json!({ "answer": answer }).to_string();
    let Some(gold) = &item.gold else { return DecisionProblem::Script(reply("I do not know.")) };
    DecisionProblem::Question {
        right: reply(&gold.stated()),
        wrong: wrong_answers(item).map(|answer| reply(&answer)).collect(),
        item: graded(item, easier_by, gold.guessing()),
    }
}

/// Wrong answers of an item; one that is never right where the item has none.
pub(super) fn wrong_answers(item: &TaskItem) -> impl Iterator<Item = String> {
    let none = item.wrong.is_empty().then(|| "I do not know.".to_owned());
    item.wrong.iter().cloned().chain(none)
}

/// The item as the response model sees it.
pub(super) fn graded(item: &TaskItem, easier_by: f64, guessing: f64) -> Item {
    Item { discrimination: DISCRIMINATION, difficulty: item.difficulty - easier_by, guessing, disturbance: 0.0 }
}

/// A choice between what is true and what is not.
pub(super) fn to_judge(options: [(String, bool); 2]) -> DecisionProblem {
    let option = |(reply, is_true): (String, bool)| DecisionOption { reply, utility: f64::from(u8::from(is_true)) };
    DecisionProblem::Choice(options.into_iter().map(option).collect())
}

/// A step that goes wrong: the tool is given words that it can't work with.
pub(super) fn spoiled(step: &Step) -> Step {
    Step { tool: step.tool.clone(), input: format!("please: {}", step.input) }
}
