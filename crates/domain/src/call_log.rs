//! The port through which calls of language models are made durable, and found again for a replay.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::chat::{ChatReply, ChatRequest};
use crate::digest::Digest;
use crate::failure::FailureClass;
use crate::seed::RunKey;

/// One call of a run: what was asked, what came of it, and every request that was sent for it.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelCall {
    /// The run.
    pub run: RunKey,
    /// Its attempt, from 1.
    pub attempt: u32,
    /// The how-manieth of its kind in the attempt, from 0.
    pub occurrence: u64,
    /// What was asked.
    pub request: ChatRequest,
    /// UTC, microseconds since 1970.
    pub began_us: i64,
    /// The answer, or why there is none.
    pub result: Result<ChatReply, (FailureClass, String)>,
    /// The declared model that answered in place of the one that was asked.
    pub fallback: Option<String>,
    /// USD that count against the budget: the price, or the worst case where usage is not known.
    pub charged_usd: f64,
    /// Tokens that count against the budget.
    pub charged_tokens: u64,
    /// Requests sent, in order.
    pub exchanges: Vec<Exchange>,
}

/// One request sent to a provider, and what came back.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Exchange {
    /// Where it was sent, without query.
    pub url: String,
    /// Status of the reply; `None`: no reply.
    pub status: Option<u16>,
    /// Seconds from sending to the first byte of the reply's text.
    pub first_token_s: Option<f64>,
    /// Seconds from sending to the last byte.
    pub duration_s: f64,
    /// Body as sent. Keys travel in headers, which are not kept.
    #[serde(skip)]
    pub sent: Vec<u8>,
    /// Body as received, as far as it came.
    #[serde(skip)]
    pub received: Vec<u8>,
    /// What was wrong, where something was.
    pub failure: Option<String>,
    /// Everything the provider said about usage, fields that Ergon does not know included.
    pub usage: Option<serde_json::Value>,
    /// Log probabilities as the provider gave them.
    pub logprobs: Option<serde_json::Value>,
}

/// Calls can't be kept.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0}")]
pub struct CallLogError(pub String);

/// Durable record of calls.
///
/// Invariant: a call that was appended before an attempt's end was given to the run log is on disk when that end is.
#[async_trait]
pub trait CallLog: Send + Sync {
    /// Keeps a call; returns before it is on disk.
    ///
    /// # Errors
    /// An earlier call could not be kept: no further one may be paid for.
    fn append(&self, call: ModelCall) -> Result<(), CallLogError>;

    /// Makes durable that calls in progress may cost this much; returns after it is on disk. An engine that dies leaves
    /// it behind, and the next one counts it as spent.
    ///
    /// # Errors
    /// It could not be kept.
    async fn hold(&self, usd: f64, tokens: u64) -> Result<(), CallLogError>;
}

/// Recorded calls, for replays.
#[async_trait]
pub trait RecordedCalls: Send + Sync {
    /// What the run's latest attempt was told when it asked this for the `occurrence`-th time; `None`: no record.
    ///
    /// # Errors
    /// The records can't be read.
    async fn find(
        &self,
        run: &RunKey,
        request: &Digest,
        occurrence: u64,
    ) -> Result<Option<Result<ChatReply, (FailureClass, String)>>, CallLogError>;

    /// Whether there is any record of the run.
    ///
    /// # Errors
    /// The records can't be read.
    async fn knows(&self, run: &RunKey) -> Result<bool, CallLogError>;
}
