//! Thought and action by turns (Yao et al. 2023, "ReAct: synergizing reasoning and acting in language models").

use ergon_domain::{DecisionProblem, Role, RunError};
use serde_json::{Value, json};

use super::agentic::helped;
use crate::workflow::account::Phase;
use crate::workflow::desk::{Desk, Question, message};
use crate::workflow::item::{Step, TaskItem};
use crate::workflow::prompt::{
    TO_PLAN, answer_form, answer_schema, graded, opening, read_answer, spoiled, to_answer, wrong_answers,
};

/// The action that ends the loop.
const ANSWER: &str = "answer";

/// A turn: what the model thinks and does.
#[derive(serde::Deserialize)]
struct Turn {
    thought: String,
    tool: String,
    input: String,
}

pub(super) async fn work(desk: &mut Desk<'_>) -> Result<Option<String>, RunError> {
    let (item, most) = (desk.item, desk.settings.max_steps);
    let form = item.gold.as_ref().map(|gold| gold.form()).unwrap_or_default();
    let tools: Vec<String> = desk.toolbox.names().into_iter().chain([ANSWER]).map(str::to_owned).collect();
    let system = format!(
        "Solve the task step by step. In every turn say what you think, then use one tool:\n{}- {ANSWER}: the answer to the \
         task, which ends it. {form}\nThere are at most {most} turns. Answer with this JSON object and nothing else: \
         {{\"thought\": \"TEXT\", \"tool\": \"NAME\", \"input\": \"TEXT\"}}",
        desk.toolbox.described()
    );
    let schema = json!({"type": "object", "required": ["thought", "tool", "input"], "additionalProperties": false,
        "properties": {"thought": {"type": "string"}, "tool": {"type": "string", "enum": tools},
                       "input": {"type": "string"}}});
    let mut messages = opening(system, item.prompt.as_str());
    let mut results: Vec<Result<String, String>> = Vec::new();
    let mut done = 0;
    for _ in 0..most {
        let turn: Turn = {
            let _span = desk.phase(Phase::Planning);
            let question = Question {
                phase: Phase::Planning,
                wanted: "turn",
                messages: messages.clone(),
                schema: schema.clone(),
                aside: to_act(item, done, &results),
                reader: &|document: &Value| serde_json::from_value(document.clone()).map_err(|e| e.to_string()),
            };
            desk.ask(question).await?
        };
        desk.account.steps += 1;
        desk.note("thought", &turn.thought);
        if turn.tool == ANSWER {
            return Ok(Some(turn.input));
        }
        let step = Step { tool: turn.tool.as_str().into(), input: turn.input };
        let _span = desk.phase(Phase::Execution);
        let result = desk.use_tool(&step).await?;
        done += usize::from(item.route.get(done) == Some(&step));
        let told = result.as_ref().map_or_else(|e| format!("error: {e}"), Clone::clone);
        let said = json!({"thought": turn.thought, "tool": step.tool, "input": step.input}).to_string();
        messages.push(message(Role::Assistant, said));
        messages.push(message(Role::User, format!("Result: {told}")));
        results.push(result);
    }
    // Out of turns: the answer is asked for as in every other way of working.
    let _span = desk.phase(Phase::Synthesis);
    messages.push(message(Role::User, format!("There are no turns left. {}", answer_form(item))));
    desk.ask_answer(Question {
        phase: Phase::Synthesis,
        wanted: "answer",
        messages,
        schema: answer_schema(),
        aside: to_answer(item, helped(item, results.iter().map(|r| r.as_deref()))),
        reader: &read_answer,
    })
    .await
}

/// The next step of the route, or, at its end, the answer; erring, a spoiled step or a hasty answer.
fn to_act(item: &TaskItem, done: usize, results: &[Result<String, String>]) -> DecisionProblem {
    let act =
        |tool: &str, input: &str, thought: &str| json!({"thought": thought, "tool": tool, "input": input}).to_string();
    let wrong = wrong_answers(item).map(|answer| act(ANSWER, &answer, "This is it."));
    match (item.route.get(done), &item.gold) {
        (Some(next), _) => DecisionProblem::Question {
            right: act(&next.tool, &next.input, "I look this up."),
            wrong: std::iter::once(act(&next.tool, &spoiled(next).input, "I look this up.")).chain(wrong).collect(),
            item: graded(item, TO_PLAN, 0.0),
        },
        (None, Some(gold)) => DecisionProblem::Question {
            right: act(ANSWER, &gold.stated(), "This is it."),
            wrong: wrong.collect(),
            item: graded(item, helped(item, results.iter().map(|r| r.as_deref())), gold.guessing()),
        },
        (None, None) => DecisionProblem::Script(act(ANSWER, "I do not know.", "Nobody said what is right.")),
    }
}
