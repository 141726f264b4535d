//! A draft, a review, a revision where the review asks for one (Madaan et al. 2023, "Self-Refine").

use ergon_domain::{Role, RunError};
use serde_json::{Value, json};

use super::linear;
use crate::workflow::account::Phase;
use crate::workflow::desk::{Desk, Question, message};
use crate::workflow::grader::is_right;
use crate::workflow::prompt::{REVISED, answer_form, answer_schema, opening, read_answer, to_answer, to_judge};

pub(super) async fn work(desk: &mut Desk<'_>) -> Result<Option<String>, RunError> {
    let Some(draft) = linear::answer(desk, 0.0).await? else { return Ok(None) };
    desk.note("draft", &draft);
    let Some(why) = review(desk, &draft).await? else { return Ok(Some(draft)) };
    desk.note("review", &why);
    let _span = desk.phase(Phase::Synthesis);
    let item = desk.item;
    let mut messages = opening(answer_form(item), item.prompt.as_str());
    messages.push(message(Role::Assistant, json!({ "answer": draft }).to_string()));
    messages.push(message(Role::User, format!("A review says: {why} Answer again, in the same form.")));
    desk.account.steps += 1;
    desk.ask_answer(Question {
        phase: Phase::Synthesis,
        wanted: "revision",
        messages,
        schema: answer_schema(),
        aside: to_answer(item, REVISED),
        reader: &read_answer,
    })
    .await
}

/// What is wrong with the draft; `None`: nothing.
async fn review(desk: &mut Desk<'_>, draft: &str) -> Result<Option<String>, RunError> {
    let _span = desk.phase(Phase::Reflection);
    let item = desk.item;
    let right = item.gold.as_ref().is_none_or(|gold| is_right(gold, draft));
    let reply = |right: bool, why: &str| json!({ "right": right, "why": why }).to_string();
    let system = "Review the answer to a task. Answer with this JSON object and nothing else: \
                  {\"right\": true OR false, \"why\": \"ONE SENTENCE\"}";
    desk.account.steps += 1;
    desk.ask(Question {
        phase: Phase::Reflection,
        wanted: "review",
        messages: opening(system.into(), format!("The task: {}\n\nThe answer: {draft}", item.prompt)),
        schema: json!({"type": "object", "required": ["right", "why"], "additionalProperties": false,
            "properties": {"right": {"type": "boolean"}, "why": {"type": "string"}}}),
        aside: to_judge([(reply(true, "It holds."), right), (reply(false, "It does not hold."), !right)]),
        reader: &|document: &Value| {
            let why = document.get("why").and_then(Value::as_str).unwrap_or_default().to_owned();
            match document.get("right").and_then(Value::as_bool) {
                Some(right) => Ok((!right).then_some(why)),
                None => Err("\"right\" is neither true nor false".into()),
            }
        },
    })
    .await
}
