//! A plan, its steps, a synthesis.

use ergon_domain::{DecisionProblem, RunError};
use serde_json::{Value, json};

use crate::workflow::account::Phase;
use crate::workflow::desk::{Desk, Question};
use crate::workflow::grader::holds;
use crate::workflow::item::{Step, TaskItem};
use crate::workflow::prompt::{
    STEP_BY_STEP, TO_PLAN, WITH_RESULT, answer_form, answer_schema, graded, opening, read_answer, spoiled, to_answer,
    wrong_answers,
};

/// A step that the model does itself.
pub(super) const BY_MODEL: &str = "model";

pub(super) async fn work(desk: &mut Desk<'_>) -> Result<Option<String>, RunError> {
    let plan = plan(desk).await?;
    let findings = execute(desk, &plan).await?;
    synthesize(desk, &findings).await
}

/// A step and what came of it.
pub(super) struct Finding {
    step: Step,
    result: Result<String, String>,
}

async fn plan(desk: &mut Desk<'_>) -> Result<Vec<Step>, RunError> {
    let _span = desk.phase(Phase::Planning);
    let (item, most) = (desk.item, desk.settings.max_steps);
    let tools: Vec<String> = desk.toolbox.names().into_iter().chain([BY_MODEL]).map(str::to_owned).collect();
    let system = format!(
        "Plan how to solve the task in at most {most} steps. A step uses one tool:\n{}- {BY_MODEL}: a question that you \
         answer yourself\nIn an input, {{1}} stands for the result of step 1. Don't solve the task. Answer with this JSON \
         object and nothing else: {{\"steps\": [{{\"tool\": \"NAME\", \"input\": \"TEXT\"}}]}}",
        desk.toolbox.described()
    );
    let steps: Vec<Step> = desk
        .ask(Question {
            phase: Phase::Planning,
            wanted: "plan",
            messages: opening(system, item.prompt.as_str()),
            schema: json!({"type": "object", "required": ["steps"], "additionalProperties": false, "properties": {
                "steps": {"type": "array", "items": {"type": "object", "required": ["tool", "input"],
                    "additionalProperties": false,
                    "properties": {"tool": {"type": "string", "enum": tools}, "input": {"type": "string"}}}}}}),
            aside: to_plan(item, most),
            reader: &|document| read_plan(document, most),
        })
        .await?;
    desk.note("plan", &steps.iter().map(|s| format!("{} ({})", s.tool, s.input)).collect::<Vec<_>>().join(", "));
    Ok(steps)
}

fn read_plan(document: &Value, most: usize) -> Result<Vec<Step>, String> {
    let steps = document.get("steps").cloned().unwrap_or_default();
    let steps: Vec<Step> = serde_json::from_value(steps).map_err(|e| e.to_string())?;
    if steps.len() > most {
        return Err(format!("it has {} steps; expected at most {most}", steps.len()));
    }
    Ok(steps)
}

/// The route by tools where there is one, else a question to oneself; a bad plan spoils the last step.
fn to_plan(item: &TaskItem, most: usize) -> DecisionProblem {
    let mut right = item.route.clone();
    if right.is_empty() {
        right.push(Step { tool: BY_MODEL.into(), input: format!("What matters here? {}", item.prompt) });
    }
    right.truncate(most.max(1));
    let mut wrong = right.clone();
    if let Some(last) = wrong.last_mut().filter(|last| &*last.tool != BY_MODEL) {
        *last = spoiled(last);
    }
    let reply = |steps: &[Step]| json!({ "steps": steps }).to_string();
    DecisionProblem::Question { right: reply(&right), wrong: vec![reply(&wrong)], item: graded(item, TO_PLAN, 0.0) }
}

async fn execute(desk: &mut Desk<'_>, plan: &[Step]) -> Result<Vec<Finding>, RunError> {
    let _span = desk.phase(Phase::Execution);
    let mut findings: Vec<Finding> = Vec::with_capacity(plan.len());
    for planned in plan {
        let step = Step { tool: planned.tool.clone(), input: filled(&planned.input, &findings) };
        desk.account.steps += 1;
        let result =
            if &*step.tool == BY_MODEL { Ok(by_model(desk, &step).await?) } else { desk.use_tool(&step).await? };
        findings.push(Finding { step, result });
    }
    Ok(findings)
}

/// The input with the results that it names.
fn filled(input: &str, findings: &[Finding]) -> String {
    findings.iter().enumerate().fold(input.to_owned(), |text, (at, finding)| {
        let result = finding.result.as_deref().unwrap_or_default();
        // Of `5 + 7 = 12` the value is meant.
        let value = result.rsplit(" = ").next().unwrap_or(result);
        text.replace(&format!("{{{}}}", at + 1), value.trim())
    })
}

async fn by_model(desk: &mut Desk<'_>, step: &Step) -> Result<String, RunError> {
    let item = desk.item;
    let aside = match &item.gold {
        None => DecisionProblem::Script("I do not know.".into()),
        Some(gold) => DecisionProblem::Question {
            right: format!("It comes to: {}", gold.stated()),
            wrong: wrong_answers(item).map(|answer| format!("It comes to: {answer}")).collect(),
            item: graded(item, STEP_BY_STEP, gold.guessing()),
        },
    };
    let system = "You work on one step of a task. Answer the question in a few sentences.".to_owned();
    let user = format!("The task: {}\n\nThis step: {}", item.prompt, step.input);
    let text = desk.ask_text(Phase::Execution, opening(system, user), &aside).await?;
    desk.note(BY_MODEL, &text);
    Ok(text)
}

async fn synthesize(desk: &mut Desk<'_>, findings: &[Finding]) -> Result<Option<String>, RunError> {
    let _span = desk.phase(Phase::Synthesis);
    let item = desk.item;
    let told = findings.iter().map(|finding| {
        let result = finding.result.as_ref().map_or_else(|e| format!("error: {e}"), Clone::clone);
        format!("\n{} ({}): {result}", finding.step.tool, finding.step.input)
    });
    let user = format!("{}\n\nWhat was found:{}", item.prompt, told.collect::<String>());
    desk.ask_answer(Question {
        phase: Phase::Synthesis,
        wanted: "answer",
        messages: opening(answer_form(item), user),
        schema: answer_schema(),
        aside: to_answer(item, helped(item, findings.iter().map(|f| f.result.as_deref()))),
        reader: &read_answer,
    })
    .await
}

/// How much easier the answer is for a simulated model with these results.
pub(super) fn helped<'r, E>(item: &TaskItem, results: impl Iterator<Item = Result<&'r str, E>>) -> f64 {
    let Some(gold) = &item.gold else { return 0.0 };
    if results.flatten().any(|result| holds(gold, result)) { WITH_RESULT } else { 0.0 }
}
