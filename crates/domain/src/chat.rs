//! The port to language models: what a workload asks, what it is told.
//!
//! Belongs here: requests, replies, failures and the port itself. Doesn't belong here: providers, wire dialects, prices,
//! limits (`models`).

use std::sync::Arc;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::digest::{Canonical, Digest};
use crate::failure::{FailureClass, RunError};
use crate::seed::RunStreams;

/// The flag ([`Flags`](crate::Flags)) on every measurement that a simulated model had a part in.
pub const SIMULATED_MODEL: &str = "simulated_model";

/// Who says a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Instructions.
    System,
    /// The workload.
    User,
    /// The model.
    Assistant,
}

impl Role {
    fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::User => "user",
            Self::Assistant => "assistant",
        }
    }
}

/// One message of a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChatMessage {
    /// Who says it.
    pub role: Role,
    /// What is said.
    pub content: String,
}

/// A question to a model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChatRequest {
    /// The model, by its name in the spec's section `models`.
    pub model: String,
    /// The conversation so far.
    pub messages: Vec<ChatMessage>,
    /// Longest reply wanted, tokens.
    pub max_tokens: Option<u32>,
    /// Sampling temperature; `None`: the spec's, else the provider's own.
    pub temperature: Option<f64>,
    /// Seed for providers that take one.
    pub seed: Option<u64>,
    /// JSON Schema of the reply, where the reply must be JSON.
    pub reply_schema: Option<serde_json::Value>,
    /// Tools that the model may call.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tools: Vec<Tool>,
    /// Texts at which the reply ends.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stop: Vec<String>,
}

/// A tool that a model may call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tool {
    /// Name.
    pub name: String,
    /// What it does, for the model.
    pub description: String,
    /// JSON Schema of its arguments.
    pub parameters: serde_json::Value,
}

/// A model's wish to call a tool.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ToolCall {
    /// The provider's id of the call, where it gives one.
    pub id: Option<String>,
    /// The tool.
    pub name: String,
    /// Its arguments: what the model wrote, read as JSON; a text where it is none.
    pub arguments: serde_json::Value,
}

impl ChatRequest {
    /// A request with one system and one user message.
    pub fn new(model: impl Into<String>, system: impl Into<String>, user: impl Into<String>) -> Self {
        let message = |role, content| ChatMessage { role, content };
        Self {
            model: model.into(),
            messages: vec![message(Role::System, system.into()), message(Role::User, user.into())],
            max_tokens: None,
            temperature: None,
            seed: None,
            reply_schema: None,
            tools: Vec::new(),
            stop: Vec::new(),
        }
    }

    /// Identity of the request, for records and random streams.
    pub fn digest(&self) -> Digest {
        let mut c = Canonical::new("ergon.chat.1");
        c.str(&self.model).u64(self.messages.len() as u64);
        for message in &self.messages {
            c.str(message.role.name()).str(&message.content);
        }
        let schema = self.reply_schema.as_ref().map(ToString::to_string).unwrap_or_default();
        c.u64(u64::from(self.max_tokens.unwrap_or(u32::MAX)))
            .u64(self.temperature.map_or(u64::MAX, f64::to_bits))
            .u64(u64::from(self.seed.is_some()))
            .u64(self.seed.unwrap_or(0))
            .str(&schema);
        // Written only where there are some: requests without keep the identity they always had.
        for tool in &self.tools {
            c.tag(1).str(&tool.name).str(&tool.description).str(&tool.parameters.to_string());
        }
        for stop in &self.stop {
            c.tag(2).str(stop);
        }
        c.finish()
    }
}

/// What the workload knows about the right answer. Real providers never see it; the `simulated` provider sees nothing
/// else. Invariant: it is not serialisable, so that it can't leak into transcripts or hashes.
#[derive(Clone, Debug, PartialEq)]
pub enum DecisionProblem {
    /// Options of which one may be better than another.
    Choice(Vec<DecisionOption>),
    /// A question with a right answer.
    Question {
        /// The reply that is right.
        right: String,
        /// Replies that are wrong; may be empty where any other text is.
        wrong: Vec<String>,
        /// How hard it is.
        item: Item,
    },
    /// A text to be said as it is.
    Script(String),
}

/// An option of a choice.
#[derive(Clone, Debug, PartialEq)]
pub struct DecisionOption {
    /// A well-formed reply that takes it.
    pub reply: String,
    /// Its utility, on the scale that the provider's rationality refers to: 0 worst, 1 best.
    pub utility: f64,
}

/// Item of a three-parameter logistic item-response model (Birnbaum 1968).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Item {
    /// Discrimination a > 0.
    pub discrimination: f64,
    /// Difficulty b, on the scale of ability (standard normal).
    pub difficulty: f64,
    /// Probability c of a right guess, 0–1.
    pub guessing: f64,
    /// Share of the question's surface that was transformed, 0–1: what a model that leans on surface language loses by.
    pub disturbance: f64,
}

/// Why a reply ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FinishReason {
    /// The model was done.
    Stop,
    /// `max_tokens` was reached.
    Length,
    /// The provider withheld the reply.
    Filtered,
    /// Anything else, or nothing was said.
    Other,
}

/// Tokens of a call. Missing is never zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Tokens of the request.
    pub prompt_tokens: Option<u64>,
    /// Tokens of the reply.
    pub completion_tokens: Option<u64>,
    /// Whether Ergon counted, because the provider did not say.
    pub estimated: bool,
}

/// A model's answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChatReply {
    /// The text.
    pub text: String,
    /// The model's own id, as the provider gave it.
    pub model_id: String,
    /// Why it ended.
    pub finish: FinishReason,
    /// Tokens.
    pub usage: Usage,
    /// Service latency in seconds, from sending to the last byte, without our own queueing.
    pub latency_s: f64,
    /// Cost in USD; `None`: the price is unknown.
    pub cost_usd: Option<f64>,
    /// Probability gap between the two likeliest answers, 0–1, where the provider tells.
    pub confidence: Option<f64>,
    /// It came from the `simulated` provider: not evidence about any real model.
    pub simulated: bool,
    /// Tools that the model wants called.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tool_calls: Vec<ToolCall>,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("model {model}: {message}")]
pub struct ModelError {
    /// The model, by its name in the spec.
    pub model: String,
    /// Class, deciding about retries.
    pub class: FailureClass,
    /// What was wrong and what to do.
    pub message: String,
    /// When the provider said to come back, seconds.
    pub retry_after_s: Option<f64>,
}

impl From<ModelError> for RunError {
    fn from(error: ModelError) -> Self {
        Self::new(error.class, error.to_string())
    }
}

/// Whose call it is, and the how-manieth of its kind.
#[derive(Clone, Debug)]
pub struct CallContext {
    /// The run's streams and identity.
    pub streams: RunStreams,
    /// How often the run has asked the same before, from 0: identical requests stay apart.
    pub occurrence: u64,
    /// The attempt of the run that asks, from 1.
    pub attempt: u32,
}

impl CallContext {
    /// Name of the call's own random stream: the same for the same request and occurrence, in whatever order a run
    /// makes its calls.
    pub fn stream(&self, request: &ChatRequest) -> String {
        format!("model/{}/{}", request.digest(), self.occurrence)
    }
}

/// The models of a campaign.
#[async_trait]
pub trait Models: Send + Sync {
    /// Asks a model.
    ///
    /// # Errors
    /// There is no such model, or it gave no answer.
    async fn chat(
        &self,
        request: &ChatRequest,
        aside: Option<&DecisionProblem>,
        call: &CallContext,
    ) -> Result<ChatReply, ModelError>;

    /// Whether an answer takes real time: then runs wait for it without holding a core, and wall time bounds them.
    fn takes_time(&self) -> bool {
        false
    }

    /// Why a model is not asked right now: it failed repeatedly and is left alone for a while.
    fn down(&self, _model: &str) -> Option<String> {
        None
    }

    /// What was asked and spent so far; `None` where nothing is metered.
    fn meter(&self) -> Option<ModelMeter> {
        None
    }

    /// Why no further run should start: a budget of the campaign is used up.
    fn exhausted(&self) -> Option<String> {
        None
    }
}

/// What a campaign's calls have come to in this session.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ts_rs::TS)]
pub struct ModelMeter {
    /// Calls answered or failed for good.
    #[ts(type = "number")]
    pub calls: u64,
    /// Of these, the ones without an answer.
    #[ts(type = "number")]
    pub errors: u64,
    /// Requests sent again after a failure that another try can mend.
    #[ts(type = "number")]
    pub retries: u64,
    /// Calls that another, declared model answered.
    #[ts(type = "number")]
    pub fallbacks: u64,
    /// Tokens of prompts; those that Ergon counted itself are in it.
    #[ts(type = "number")]
    pub prompt_tokens: u64,
    /// Tokens of replies.
    #[ts(type = "number")]
    pub completion_tokens: u64,
    /// Whether Ergon counted some of the tokens, because a provider did not say.
    pub tokens_estimated: bool,
    /// USD that calls of this session count against the budget; an aborted call at its worst case.
    pub usd: f64,
    /// Calls whose price is unknown: `usd` leaves them out.
    #[ts(type = "number")]
    pub unpriced: u64,
    /// USD that count against the budget, earlier sessions included: calls in progress at their worst case.
    pub usd_committed: f64,
    /// Mean service latency, seconds; `None` before the first answer.
    pub latency_s: Option<f64>,
    /// What came near its limit or went past a bound that asks for attention, in the order it came up.
    pub alerts: Vec<Alert>,
}

/// Something about models or money that a person should know of while a campaign runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ts_rs::TS)]
pub struct Alert {
    /// What it is about.
    pub kind: AlertKind,
    /// How much it matters.
    pub level: AlertLevel,
    /// What is the matter, in a sentence.
    pub message: String,
}

impl std::fmt::Display for Alert {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let word = if self.level == AlertLevel::Critical { "alert" } else { "warning" };
        write!(f, "{word}: {}", self.message)
    }
}

/// What an alert is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum AlertKind {
    /// A budget is nearly used up.
    Budget,
    /// Too many calls without an answer.
    Errors,
    /// A provider has failed repeatedly and is left alone for a while.
    Provider,
    /// Another, declared model answers.
    Fallback,
    /// More calls or money in a span of time than wanted.
    Rate,
}

/// How much an alert matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum AlertLevel {
    /// Worth a look.
    Warning,
    /// Results suffer.
    Critical,
}

/// One call of a run, for the account of what it cost.
#[derive(Clone, Debug, PartialEq)]
pub struct CallRecord {
    /// The model, by its name in the spec.
    pub model: Arc<str>,
    /// When it was made, seconds since the attempt began.
    pub started_s: f64,
    /// The answer, or the class of the failure.
    pub result: Result<CallCost, FailureClass>,
}

/// What an answered call took.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CallCost {
    /// Tokens.
    pub usage: Usage,
    /// Service latency in seconds.
    pub latency_s: f64,
    /// Cost in USD; `None`: the price is unknown.
    pub cost_usd: Option<f64>,
    /// From the `simulated` provider.
    pub simulated: bool,
}
