//! Messages of negotiation.

use std::sync::Arc;

use super::super::{HEADER_BYTES, Message, Value};
use crate::consensus::node_set::NodeId;

/// Orders offers: by epoch, then by the initiator's count of its calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ballot {
    /// The initiator's epoch.
    pub epoch: u64,
    /// Which of its calls.
    pub call: u64,
}

/// An offer that an agent accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Acceptance {
    /// In which call.
    pub ballot: Ballot,
    /// What.
    pub value: Value,
}

/// A message between agents.
#[derive(Clone, Debug)]
pub enum NegotiationMessage {
    /// The initiator calls for answers to an offer.
    Call {
        /// Which call.
        ballot: Ballot,
        /// Round of the negotiation, from 1.
        round: u32,
        /// What it offers.
        offer: Value,
        /// The offer may be a deal already: it is to be confirmed, not bargained over.
        binding: bool,
    },
    /// An agent accepts the offer of a call, or says what it would rather have.
    Answer {
        /// Which call.
        ballot: Ballot,
        /// The offer.
        offer: Value,
        /// Whether it accepts.
        accept: bool,
        /// A counter-offer: another choice.
        counter: Option<u32>,
    },
    /// Enough accepted.
    Deal(Value),
    /// The rounds are over and too few accepted.
    Impasse {
        /// Epoch of the initiator.
        epoch: u64,
        /// The request.
        request: u32,
    },
    /// An agent wants the initiator of another epoch, and says what it has accepted and not seen concluded.
    Handover {
        /// The epoch it wants.
        epoch: u64,
        /// Its open acceptances.
        accepted: Arc<[Acceptance]>,
        /// All deals it knows of: none of them may be opened again.
        deals: Arc<[Value]>,
    },
    /// The initiator of an epoch begins.
    Lead {
        /// Its epoch.
        epoch: u64,
    },
    /// An agent without progress asks what became of requests.
    Ask {
        /// The epoch it is in or wants.
        epoch: u64,
        /// Whether that epoch has begun for it.
        active: bool,
        /// The requests.
        requests: Arc<[u32]>,
    },
}

impl Message for NegotiationMessage {
    fn bytes(&self) -> u64 {
        match self {
            Self::Call { .. } | Self::Deal(_) => HEADER_BYTES + Value::BYTES,
            Self::Answer { .. } => HEADER_BYTES + 16,
            Self::Impasse { .. } | Self::Lead { .. } => HEADER_BYTES,
            Self::Handover { accepted, deals, .. } => {
                HEADER_BYTES + (Value::BYTES + 16) * accepted.len() as u64 + 8 * deals.len() as u64
            }
            Self::Ask { requests, .. } => HEADER_BYTES + 4 * requests.len() as u64,
        }
    }

    fn is_proposal(&self) -> bool {
        matches!(self, Self::Call { .. } | Self::Deal(_))
    }

    fn tampered(&self, _author: NodeId) -> Option<Self> {
        match *self {
            Self::Call { ballot, round, offer, binding } => {
                offer.conflicting().map(|offer| Self::Call { ballot, round, offer, binding })
            }
            Self::Deal(value) => value.conflicting().map(Self::Deal),
            Self::Answer { ballot, offer, accept, .. } => {
                let counter = offer.conflicting().map(|other| other.choice);
                Some(Self::Answer { ballot, offer, accept: !accept, counter })
            }
            Self::Handover { epoch, .. } => {
                Some(Self::Handover { epoch, accepted: Arc::from([]), deals: Arc::from([]) })
            }
            Self::Impasse { .. } | Self::Lead { .. } | Self::Ask { .. } => None,
        }
    }
}
