//! Messages of Tendermint.

use std::sync::Arc;

use super::super::{DIGEST_BYTES, HEADER_BYTES, Message, SIGNATURE_BYTES, Value};
use crate::consensus::node_set::NodeId;

/// A vote: for a value, or for none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ballot {
    /// Height.
    pub height: u64,
    /// Round.
    pub round: u32,
    /// The value; `None` for nil.
    pub value: Option<Value>,
}

/// That a quorum prevoted for a value, with their signatures. It can't be made up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Polka {
    /// In which round.
    pub round: u32,
    /// How many prevotes there are.
    pub prevotes: u32,
}

/// A message between agents.
#[derive(Clone, Debug)]
pub enum TendermintMessage {
    /// The proposer's value of a round.
    Proposal {
        /// Height.
        height: u64,
        /// Round.
        round: u32,
        /// The value.
        value: Value,
        /// The earlier round in which a quorum prevoted for it, where one did.
        valid: Option<Polka>,
    },
    /// First vote of a round.
    Prevote(Ballot),
    /// Second vote of a round.
    Precommit(Ballot),
    /// The sender is in this round.
    Here {
        /// Height.
        height: u64,
        /// Round.
        round: u32,
    },
    /// Decided values, each with a quorum of precommits.
    Decided {
        /// Height of the first.
        from: u64,
        /// The values.
        values: Arc<[Value]>,
        /// Precommits with each.
        quorum: u32,
    },
}

impl TendermintMessage {
    /// The height it is about.
    pub fn height(&self) -> u64 {
        match self {
            Self::Proposal { height, .. } | Self::Here { height, .. } => *height,
            Self::Prevote(vote) | Self::Precommit(vote) => vote.height,
            Self::Decided { from, .. } => *from,
        }
    }
}

impl Message for TendermintMessage {
    fn bytes(&self) -> u64 {
        match self {
            Self::Proposal { valid, .. } => {
                let proof = valid.map_or(0, |polka| u64::from(polka.prevotes) * SIGNATURE_BYTES);
                HEADER_BYTES + Value::BYTES + SIGNATURE_BYTES + proof
            }
            Self::Prevote(_) | Self::Precommit(_) => HEADER_BYTES + DIGEST_BYTES + SIGNATURE_BYTES,
            Self::Here { .. } => HEADER_BYTES + SIGNATURE_BYTES,
            Self::Decided { values, quorum, .. } => {
                HEADER_BYTES + (Value::BYTES + u64::from(*quorum) * SIGNATURE_BYTES) * values.len() as u64
            }
        }
    }

    fn is_proposal(&self) -> bool {
        matches!(self, Self::Proposal { .. })
    }

    /// A liar can propose and vote for another value; what a quorum has signed it can't change.
    fn tampered(&self, _author: NodeId) -> Option<Self> {
        let other = |vote: &Ballot| {
            let value = vote.value.and_then(Value::conflicting)?;
            Some(Ballot { value: Some(value), ..*vote })
        };
        match *self {
            Self::Proposal { height, round, value, .. } => {
                // Another value has no proof.
                Some(Self::Proposal { height, round, value: value.conflicting()?, valid: None })
            }
            Self::Prevote(ref vote) => other(vote).map(Self::Prevote),
            Self::Precommit(ref vote) => other(vote).map(Self::Precommit),
            Self::Here { .. } | Self::Decided { .. } => None,
        }
    }
}
