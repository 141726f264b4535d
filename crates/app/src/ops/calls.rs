//! `calls`: what a run and its models said to each other.

use serde::Serialize;

use crate::app::App;
use crate::error::AppError;
use crate::ops::RunDetailRequest;

/// A call of a run.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct CallInfo {
    /// Attempt, from 1.
    pub attempt: u32,
    /// When it began, UTC.
    pub at: String,
    /// The model, by its name in the spec.
    pub model: String,
    /// The declared model that answered instead.
    pub fallback: Option<String>,
    /// The conversation that was sent: role and text, in order.
    pub messages: Vec<MessageInfo>,
    /// What came back; `None`: nothing, and `failure` says why.
    pub reply: Option<String>,
    /// Class of the failure.
    pub failure: Option<String>,
    /// What was wrong.
    pub message: Option<String>,
    /// Tokens of the request.
    #[ts(type = "number | null")]
    pub prompt_tokens: Option<u64>,
    /// Tokens of the reply.
    #[ts(type = "number | null")]
    pub completion_tokens: Option<u64>,
    /// Whether Ergon counted the tokens.
    pub tokens_estimated: bool,
    /// Seconds from sending to the last byte.
    pub latency_s: Option<f64>,
    /// Seconds to the first token, where the reply was streamed.
    pub first_token_s: Option<f64>,
    /// USD; `None`: unknown.
    pub cost_usd: Option<f64>,
    /// Requests sent for it.
    pub tries: u32,
    /// Whether a simulated model answered.
    pub simulated: bool,
}

/// One message.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct MessageInfo {
    /// `system`, `user` or `assistant`.
    pub role: String,
    /// What is said.
    pub content: String,
}

/// All calls of a run.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct CallsReply {
    /// Run id.
    pub run: String,
    /// The calls in the order they began.
    pub calls: Vec<CallInfo>,
}

/// The calls of a run, as conversations.
///
/// # Errors
/// No such run; the store can't be read.
pub async fn calls(app: &App, request: RunDetailRequest) -> Result<CallsReply, AppError> {
    let campaign = app.find(&request.campaign).await?;
    let store = app.store().await?;
    let run = store.one_run(campaign.id, &request.run).await?;
    let rows = store.calls_of(campaign.id, &run.key).await?;
    let calls = rows.into_iter().map(info).collect::<Result<_, serde_json::Error>>();
    let calls = calls.map_err(|e| AppError::operation("internal", format!("a call can't be read: {e}")))?;
    Ok(CallsReply { run: run.key.to_string(), calls })
}

fn info(row: ergon_store::CallRow) -> Result<CallInfo, serde_json::Error> {
    let request: ergon_domain::ChatRequest = serde_json::from_str(&row.request)?;
    let (reply, failure) = match row.result {
        Ok(text) => (Some(serde_json::from_str::<ergon_domain::ChatReply>(&text)?), None),
        Err(failure) => (None, Some(failure)),
    };
    let role = |role| serde_json::to_value(role).ok().and_then(|r| r.as_str().map(str::to_owned)).unwrap_or_default();
    let said = |m: ergon_domain::ChatMessage| MessageInfo { role: role(m.role), content: m.content };
    Ok(CallInfo {
        attempt: row.attempt,
        at: crate::select::utc(row.began_us),
        model: row.model,
        fallback: row.fallback,
        messages: request.messages.into_iter().map(said).collect(),
        failure: failure.as_ref().map(|(class, _)| class.to_string()),
        message: failure.map(|(_, message)| message),
        prompt_tokens: reply.as_ref().and_then(|r| r.usage.prompt_tokens),
        completion_tokens: reply.as_ref().and_then(|r| r.usage.completion_tokens),
        tokens_estimated: reply.as_ref().is_some_and(|r| r.usage.estimated),
        latency_s: reply.as_ref().map(|r| r.latency_s),
        simulated: reply.as_ref().is_some_and(|r| r.simulated),
        reply: reply.map(|r| r.text),
        first_token_s: row.first_token_s,
        cost_usd: row.cost_usd,
        tries: row.tries,
    })
}
