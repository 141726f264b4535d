//! Why an attempt failed.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Failure classes of an attempt. They decide whether a retry can help.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum FailureClass {
    /// The condition or an input can't be run.
    InvalidInput,
    /// The model declined to answer.
    ModelRefused,
    /// The provider's rate limit.
    RateLimited,
    /// The model could not be reached.
    ModelUnavailable,
    /// The reply or the program's result could not be read.
    MalformedReply,
    /// The attempt took longer than its limit (wall time or events).
    Timeout,
    /// The program or workload crashed: panic, signal, or an exit status that means failure.
    Crashed,
    /// The engine died while the attempt was executing.
    Interrupted,
    /// A budget was exhausted.
    Budget,
    /// A fault of Ergon's own.
    Internal,
}

impl FailureClass {
    /// All classes.
    pub const ALL: [Self; 10] = [
        Self::InvalidInput,
        Self::ModelRefused,
        Self::RateLimited,
        Self::ModelUnavailable,
        Self::MalformedReply,
        Self::Timeout,
        Self::Crashed,
        Self::Interrupted,
        Self::Budget,
        Self::Internal,
    ];

    /// Name in the store, on the wire and in messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::InvalidInput => "invalid_input",
            Self::ModelRefused => "model_refused",
            Self::RateLimited => "rate_limited",
            Self::ModelUnavailable => "model_unavailable",
            Self::MalformedReply => "malformed_reply",
            Self::Timeout => "timeout",
            Self::Crashed => "crashed",
            Self::Interrupted => "interrupted",
            Self::Budget => "budget",
            Self::Internal => "internal",
        }
    }

    /// Whether another attempt of the same run can end differently. A deterministic failure can't.
    pub fn is_retryable(self) -> bool {
        matches!(self, Self::RateLimited | Self::ModelUnavailable | Self::Timeout | Self::Crashed | Self::Interrupted)
    }
}

impl fmt::Display for FailureClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for FailureClass {
    type Err = ();
    fn from_str(s: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|c| c.name() == s).ok_or(())
    }
}

/// A failed attempt: its class, a sentence for the user, and what was captured on the way.
#[derive(Clone, Debug, thiserror::Error, PartialEq)]
#[error("{class}: {message}")]
pub struct RunError {
    /// Class, deciding about retries.
    pub class: FailureClass,
    /// What was wrong, where, and what to do.
    pub message: String,
    /// Captured output or other detail for the attempt's log.
    pub log: String,
}

impl RunError {
    /// A failure with a message and no log.
    pub fn new(class: FailureClass, message: impl Into<String>) -> Self {
        Self { class, message: message.into(), log: String::new() }
    }

    /// The same failure with captured output.
    #[must_use]
    pub fn with_log(mut self, log: impl Into<String>) -> Self {
        self.log = log.into();
        self
    }
}
