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
            .str(&schema)
            .finish()
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
