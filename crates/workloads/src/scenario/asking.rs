//! One question to a model: asked, read, asked once more where the reply could not be read.

use ergon_domain::structured::{check, extract};
use ergon_domain::{
    Canonical, ChatMessage, ChatReply, ChatRequest, DecisionProblem, FailureClass, Role, RunContext, RunError,
};
use serde_json::Value;

use super::state::CallLine;

/// What a question is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    Message,
    Decision,
    World,
    Metric,
    Validation,
    Summary,
}

impl Purpose {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Message => "message",
            Self::Decision => "decision",
            Self::World => "world",
            Self::Metric => "metric",
            Self::Validation => "validation",
            Self::Summary => "summary",
        }
    }
}

/// A question.
pub(super) struct Question<'a> {
    pub(super) purpose: Purpose,
    pub(super) turn: u32,
    /// The actor or metric it is for.
    pub(super) who: Option<&'a str>,
    pub(super) model: &'a str,
    pub(super) system: String,
    pub(super) user: String,
    pub(super) schema: Option<Value>,
    /// What a simulated model answers by.
    pub(super) aside: DecisionProblem,
}

/// What came of it: what was said, or what was wrong with the last reply; and every reply, for the account.
pub(super) struct Answer<T> {
    pub(super) said: Result<T, String>,
    pub(super) calls: Vec<CallLine>,
}

impl<T> Answer<T> {
    /// What was said, where a run can't go on without it.
    pub(super) fn or_fail(self, what: &str) -> Result<(T, Vec<CallLine>), RunError> {
        let Self { said, calls } = self;
        match said {
            Ok(said) => Ok((said, calls)),
            Err(wrong) => {
                let model = calls.last().map_or("", |call| call.model.as_str());
                let message = format!("model {model}: {what} can't be read after a repair: {wrong}");
                Err(RunError::new(FailureClass::MalformedReply, message))
            }
        }
    }
}

/// How models are asked in a run.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Sampling {
    pub(super) temperature: Option<f64>,
    /// Longest reply, tokens.
    pub(super) max_tokens: Option<u32>,
}

/// Asks.
pub(super) async fn ask<T>(
    context: &RunContext,
    sampling: Sampling,
    question: Question<'_>,
    read: impl Fn(&str) -> Result<T, String> + Send,
) -> Result<Answer<T>, RunError> {
    let Question { purpose, turn, who, model, system, user, schema, aside } = question;
    let form = if schema.is_some() { "the JSON object" } else { "what was asked for" };
    let mut request = ChatRequest::new(model, system, user);
    request.seed = Some(seed(context, purpose, turn, who));
    request.temperature = sampling.temperature;
    request.max_tokens = sampling.max_tokens;
    request.reply_schema = schema;
    let mut calls = Vec::with_capacity(1);
    let mut wrong = String::new();
    for _attempt in 0..2 {
        context.checkpoint()?;
        let reply = context.chat(&request, Some(&aside)).await?;
        let said = read(&reply.text);
        calls.push(line(purpose, who, model, &reply, said.is_err()));
        match said {
            Ok(said) => return Ok(Answer { said: Ok(said), calls }),
            Err(why) => {
                let message = |role, content| ChatMessage { role, content };
                request.messages.push(message(Role::Assistant, reply.text));
                let again = format!("That can't be read: {why}. Answer again, with {form} and nothing else.");
                request.messages.push(message(Role::User, again));
                wrong = why;
            }
        }
    }
    Ok(Answer { said: Err(wrong), calls })
}

/// A reply that is JSON as the schema says.
pub(super) fn document(text: &str, schema: &Value) -> Result<Value, String> {
    let document = extract(text).ok_or("it holds no JSON document")?;
    check(&document, schema, "the document").map(|()| document)
}

/// A seed of its own for each question of a run, for providers that take one: below 2³¹, which all of them accept.
fn seed(context: &RunContext, purpose: Purpose, turn: u32, who: Option<&str>) -> u64 {
    let mut c = Canonical::new("ergon.scenario.seed.1");
    c.digest(&context.streams().key).str(purpose.name()).u64(u64::from(turn)).str(who.unwrap_or_default());
    c.finish().to_u64() >> 33
}

fn line(purpose: Purpose, who: Option<&str>, model: &str, reply: &ChatReply, malformed: bool) -> CallLine {
    CallLine {
        purpose: purpose.name().into(),
        who: who.map(str::to_owned),
        model: model.into(),
        prompt_tokens: reply.usage.prompt_tokens,
        completion_tokens: reply.usage.completion_tokens,
        tokens_estimated: reply.usage.estimated,
        cost_usd: reply.cost_usd,
        latency_s: reply.latency_s,
        malformed,
        simulated: reply.simulated,
    }
}
