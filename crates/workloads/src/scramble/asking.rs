//! Asking the items of a run: several at once, each paraphrased where the condition says so, answered and scored.

use ergon_domain::structured::extract;
use ergon_domain::{
    ChatMessage, ChatReply, ChatRequest, DecisionOption, DecisionProblem, FailureClass, Item as ResponseItem,
    ModelError, Role, RunContext, RunError,
};
use futures_util::{StreamExt, TryStreamExt, stream};

use super::figure::Figure;
use super::item::{Answer, Item};
use super::prompt::{Body, body, fill};
use super::scoring::{Rule, Scored};
use super::settings::{Task, Treatment, invalid};
use super::transform::{Method, Recipe, Rewritten, scramble_unlogged};

/// Items under way at the same time, at most.
const AT_ONCE: usize = 8;
/// Discrimination of every item for a simulated model.
const DISCRIMINATION: f64 = 1.0;

/// An item that was asked.
pub(super) struct Asked<'a> {
    pub(super) item: &'a Item,
    /// The transformed question; `None` where a model paraphrased it.
    pub(super) question: Option<Rewritten>,
    /// What the model said; `None` where it declined.
    pub(super) reply: Option<ChatReply>,
    /// What scoring makes of it; `None` where there is nothing to score by.
    pub(super) scored: Option<Scored>,
    /// Replies of the models that paraphrased and judged.
    pub(super) others: Vec<ChatReply>,
}

/// Asks all items, and answers in their order.
///
/// # Errors
/// A model that can't be had, a template that doesn't fit the items, or the run is cancelled.
pub(super) async fn ask_all<'a>(
    items: &[&'a Item],
    task: &Task<'_>,
    context: &RunContext,
) -> Result<Vec<Asked<'a>>, RunError> {
    let mut asking = Vec::with_capacity(items.len());
    for item in items {
        asking.push(ask(item, task, context));
    }
    stream::iter(asking).buffered(AT_ONCE).try_collect().await
}

async fn ask<'a>(item: &'a Item, task: &Task<'_>, context: &RunContext) -> Result<Asked<'a>, RunError> {
    context.checkpoint()?;
    let mut others = Vec::new();
    let (body, is_paraphrase) = match &task.treatment {
        Treatment::Recipe(recipe) => (body(item, recipe, task.keep_answer), false),
        Treatment::Paraphrase(model) => {
            let reply = paraphrase(item, model, task.seed, context).await?;
            let untouched = Recipe::new(Method::None, 0.0, task.seed);
            let mut said = body(item, &untouched, false);
            said.question.text = reply.text.trim().to_owned();
            others.push(reply);
            (said, true)
        }
    };
    let prompt = fill(task.template, item, &body).map_err(|e| invalid(("prompt_template".into(), e)))?;
    let request = ChatRequest {
        max_tokens: task.max_tokens,
        temperature: task.temperature,
        ..request(task.model, task.system, prompt)
    };
    let reply = match context.chat(&request, Some(&aside(item, &body))).await {
        Ok(reply) => Some(reply),
        // A refusal is an answer about the model; everything else says nothing about it.
        Err(error) if error.class == FailureClass::ModelRefused => None,
        Err(error) => return Err(error.into()),
    };
    let scored = match &reply {
        _ if item.answer == Answer::Unknown || task.scoring.rule == Rule::None => None,
        None => Some(Scored { right: false, read: None }),
        Some(reply) if task.scoring.rule == Rule::Judge => {
            let (scored, said) = judge(item, &reply.text, task, context).await?;
            others.push(said);
            Some(scored)
        }
        Some(reply) => task.scoring.score(item, &reply.text),
    };
    let question = (!is_paraphrase).then_some(body.question);
    Ok(Asked { item, question, reply, scored, others })
}

fn request(model: &str, system: &str, prompt: String) -> ChatRequest {
    let mut request = ChatRequest::new(model, system, prompt);
    if system.is_empty() {
        request.messages.retain(|message: &ChatMessage| message.role != Role::System);
    }
    request
}

/// What a simulated model needs to know of an item. One whose answer is unknown is answered by a fixed text.
fn aside(item: &Item, body: &Body) -> DecisionProblem {
    let Some(right) = item.answer_text() else {
        return DecisionProblem::Script("A simulated model has no answer to an item without a known one.".into());
    };
    let wrong = match &item.answer {
        Answer::Number(figure) => {
            let x = figure.value();
            // Where a step of 1 is lost in a large number, what is left is no wrong answer.
            let other = |y: &f64| Figure::of(*y).is_some_and(|said| said != *figure);
            [x + 1.0, x - 1.0, x * 2.0 + 1.0].into_iter().filter(other).map(|y| y.to_string()).collect()
        }
        Answer::Choice(at) => {
            (0..item.options.len()).filter(|i| i != at).map(|i| Item::letter(i).to_string()).collect()
        }
        Answer::Text(_) | Answer::Unknown => Vec::new(),
    };
    let item = ResponseItem {
        discrimination: DISCRIMINATION,
        difficulty: item.difficulty.map_or(0.0, super::item::Difficulty::logits),
        guessing: item.guessing(),
        disturbance: body.question.realised_level().unwrap_or(0.0) / 100.0,
    };
    DecisionProblem::Question { right, wrong, item }
}

const PARAPHRASE_SYSTEM: &str = "You rewrite questions in other words. Keep the meaning, the names and the numbers. Reply \
                                 with the rewritten question alone.";

/// The question in other words. A simulated model exchanges synonyms.
async fn paraphrase(item: &Item, model: &str, seed: u64, context: &RunContext) -> Result<ChatReply, ModelError> {
    let words = scramble_unlogged(&item.question, &item.id, &Recipe::new(Method::Synonym, 100.0, seed));
    let script = DecisionProblem::Script(words.text);
    context.chat(&request(model, PARAPHRASE_SYSTEM, item.question.clone()), Some(&script)).await
}

const JUDGE_SYSTEM: &str = "You judge whether a reply to a question gives the expected answer. Wording does not matter. \
                            Reply with JSON alone: {\"right\": true} or {\"right\": false}.";

/// What the judge says. A reply of its that can't be read fails the run: it would otherwise count against the model.
async fn judge(
    item: &Item,
    said: &str,
    task: &Task<'_>,
    context: &RunContext,
) -> Result<(Scored, ChatReply), RunError> {
    let expected = match &item.answer {
        Answer::Choice(at) => item.options.get(*at).cloned().or_else(|| item.answer_text()),
        _ => item.answer_text(),
    };
    let question =
        format!("Question:\n{}\n\nExpected answer:\n{}\n\nReply:\n{said}", item.question, expected.unwrap_or_default());
    let by_rule = super::scoring::Scoring { rule: Rule::Auto, tolerance: None, pattern: None };
    let is_right = by_rule.score(item, said).is_some_and(|scored| scored.right);
    let option = |right: bool| DecisionOption {
        reply: format!("{{\"right\": {right}}}"),
        utility: f64::from(u8::from(right == is_right)),
    };
    let aside = DecisionProblem::Choice(vec![option(true), option(false)]);
    let reply = context.chat(&request(task.judge, JUDGE_SYSTEM, question), Some(&aside)).await?;
    let right = extract(&reply.text).and_then(|json| json.get("right")?.as_bool());
    let right = right.ok_or_else(|| {
        let start: String = reply.text.chars().take(80).collect();
        RunError::new(
            FailureClass::MalformedReply,
            format!("scoring.judge: the judge said '{start}', expected JSON with right"),
        )
    })?;
    Ok((Scored { right, read: Some(said.trim().to_owned()) }, reply))
}
