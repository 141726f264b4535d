//! Messages of Multi-Paxos.

use std::sync::Arc;

use super::super::{DIGEST_BYTES, HEADER_BYTES, Message, Value};
use crate::consensus::node_set::NodeId;

/// A value accepted in a ballot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The ballot.
    pub ballot: u64,
    /// The value.
    pub value: Value,
}

/// Bytes of a position and a ballot.
const PLACE_BYTES: u64 = 16;

/// A message between agents.
#[derive(Clone, Debug)]
pub enum PaxosMessage {
    /// Phase 1a: promise me this ballot, and tell me what you accepted beyond what I know to be decided.
    Prepare {
        /// The ballot.
        ballot: u64,
        /// The sender has decided up to here.
        executed: u64,
    },
    /// Phase 1b.
    Promise {
        /// The ballot promised.
        ballot: u64,
        /// The sender has decided up to here.
        executed: u64,
        /// What it accepted, by position.
        accepted: Arc<[(u64, Accepted)]>,
    },
    /// Phase 2a.
    Accept {
        /// The ballot.
        ballot: u64,
        /// Position in the log.
        position: u64,
        /// The value.
        value: Value,
    },
    /// Phase 2b, to every learner.
    Accepted {
        /// Position in the log.
        position: u64,
        /// What was accepted, in which ballot.
        accepted: Accepted,
    },
    /// A higher ballot was promised.
    Refused {
        /// That ballot.
        promised: u64,
    },
    /// The leader lives.
    Beat {
        /// Its ballot.
        ballot: u64,
        /// It has decided up to here.
        executed: u64,
    },
    /// Answer to a beat, and to values.
    Reached {
        /// The sender has decided up to here.
        executed: u64,
    },
    /// Who leads, and what have I missed?
    Ask {
        /// The sender has decided up to here.
        executed: u64,
    },
    /// Decided values.
    CatchUp {
        /// The position before the first.
        from: u64,
        /// The values.
        values: Arc<[Value]>,
    },
}

impl Message for PaxosMessage {
    fn bytes(&self) -> u64 {
        match self {
            Self::Promise { accepted, .. } => HEADER_BYTES + (Value::BYTES + PLACE_BYTES) * accepted.len() as u64,
            Self::Accept { .. } => HEADER_BYTES + Value::BYTES,
            Self::Accepted { .. } => HEADER_BYTES + DIGEST_BYTES,
            Self::CatchUp { values, .. } => HEADER_BYTES + Value::BYTES * values.len() as u64,
            _ => HEADER_BYTES,
        }
    }

    fn is_proposal(&self) -> bool {
        matches!(self, Self::Accept { .. })
    }

    /// Nothing is signed: a liar may say anything of itself.
    fn tampered(&self, _author: NodeId) -> Option<Self> {
        let other = |value: Value| value.conflicting();
        match *self {
            Self::Accept { ballot, position, value } => {
                other(value).map(|value| Self::Accept { ballot, position, value })
            }
            Self::Accepted { position, accepted } => {
                other(accepted.value).map(|value| Self::Accepted { position, accepted: Accepted { value, ..accepted } })
            }
            Self::Promise { ballot, executed, ref accepted } if !accepted.is_empty() => {
                Some(Self::Promise { ballot, executed, accepted: Arc::from([]) })
            }
            Self::CatchUp { from, ref values } => {
                let lie = |value: &Value| value.conflicting().unwrap_or(*value);
                Some(Self::CatchUp { from, values: values.iter().map(lie).collect() })
            }
            _ => None,
        }
    }
}
