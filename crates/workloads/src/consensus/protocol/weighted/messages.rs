//! Messages of weighted voting and what a new view is made of.

use std::sync::Arc;

use super::super::{DIGEST_BYTES, HEADER_BYTES, Message, SIGNATURE_BYTES, Value, Verdict};
use crate::consensus::node_set::{NodeId, NodeSet};

/// What is decided at a position: a value, and verdicts on earlier placements, from which the weights
/// of the next position follow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// The value.
    pub value: Value,
    /// Verdicts that the coordinator knew of.
    pub verdicts: Arc<[Verdict]>,
}

impl Block {
    fn bytes(&self) -> u64 {
        Value::BYTES + Verdict::BYTES * self.verdicts.len() as u64
    }

    fn conflicting(&self) -> Option<Self> {
        self.value.conflicting().map(|value| Self { value, ..self.clone() })
    }
}

/// That agents with a quorum of the weight approved a block in a view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certified {
    /// View of the ballots.
    pub view: u64,
    /// The block.
    pub block: Block,
    /// Ballots that prove it.
    pub ballots: usize,
}

impl Certified {
    fn bytes(&self) -> u64 {
        DIGEST_BYTES + SIGNATURE_BYTES * self.ballots as u64
    }
}

/// An agent's call for a new view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// Who signs it.
    pub author: NodeId,
    /// The view it wants.
    pub view: u64,
    /// The position it is at; that it has decided all before comes with proof.
    pub position: u64,
    /// What it saw certified there.
    pub lock: Option<Certified>,
}

impl Call {
    fn bytes(&self) -> u64 {
        HEADER_BYTES + SIGNATURE_BYTES + self.lock.as_ref().map_or(0, Certified::bytes)
    }

    /// Without what its author saw certified: proofs can be left out but not made up.
    fn forgetful(&self) -> Option<Arc<Self>> {
        self.lock.is_some().then(|| Arc::new(Self { lock: None, ..self.clone() }))
    }
}

/// The opening of a view: calls with a quorum of the weight.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// The view.
    pub view: u64,
    /// Calls for it.
    pub calls: Vec<Arc<Call>>,
}

impl Opening {
    /// The furthest position of any author.
    pub(super) fn position(&self) -> u64 {
        self.calls.iter().map(|call| call.position).max().unwrap_or(1)
    }

    /// What must be proposed there: the block certified in the latest view, since it may be decided.
    pub(super) fn bound(&self) -> Option<&Block> {
        let position = self.position();
        let locks = self.calls.iter().filter(|call| call.position == position).filter_map(|call| call.lock.as_ref());
        locks.max_by_key(|lock| lock.view).map(|lock| &lock.block)
    }

    /// Authors of the calls, or `None` where one calls twice or for another view.
    pub(super) fn authors(&self) -> Option<NodeSet> {
        let authors: NodeSet = self.calls.iter().map(|call| call.author).collect();
        let sound = authors.len() == self.calls.len() && self.calls.iter().all(|call| call.view == self.view);
        sound.then_some(authors)
    }
}

/// A message between agents. All are signed; a block stands for its digest but in a proposal.
#[derive(Clone, Debug)]
pub enum WeightedMessage {
    /// The coordinator puts a block to the vote.
    Propose {
        /// View.
        view: u64,
        /// Position, from 1.
        position: u64,
        /// What is to be decided.
        block: Block,
    },
    /// A vote.
    Ballot {
        /// View.
        view: u64,
        /// Position.
        position: u64,
        /// Digest of what it is about.
        block: Block,
        /// For or against.
        approve: bool,
    },
    /// An agent has seen a quorum approve.
    Confirm {
        /// View.
        view: u64,
        /// Position.
        position: u64,
        /// Digest of the block.
        block: Block,
    },
    /// Decided blocks from a position on, each with the confirmations that prove it.
    Decided {
        /// Position of the first.
        first: u64,
        /// Blocks in order.
        blocks: Arc<[Block]>,
        /// Signatures in each proof.
        signers: usize,
    },
    /// An agent wants another view.
    Call(Arc<Call>),
    /// The new coordinator opens its view.
    Opening(Arc<Opening>),
    /// An agent without progress says how far it is; others send what it lacks.
    Status {
        /// View it is in or wants.
        view: u64,
        /// Whether that view is open for it.
        active: bool,
        /// Last position it decided.
        decided: u64,
    },
}

impl Message for WeightedMessage {
    fn bytes(&self) -> u64 {
        let signed = HEADER_BYTES + SIGNATURE_BYTES;
        match self {
            Self::Propose { block, .. } => signed + DIGEST_BYTES + block.bytes(),
            Self::Ballot { .. } | Self::Confirm { .. } => signed + DIGEST_BYTES,
            Self::Decided { blocks, signers, .. } => {
                let proof = SIGNATURE_BYTES * *signers as u64;
                signed + blocks.iter().map(|block| block.bytes() + proof).sum::<u64>()
            }
            Self::Call(call) => call.bytes(),
            Self::Opening(opening) => signed + opening.calls.iter().map(|call| call.bytes()).sum::<u64>(),
            Self::Status { .. } => signed,
        }
    }

    fn is_proposal(&self) -> bool {
        matches!(self, Self::Propose { .. } | Self::Opening(_))
    }

    fn tampered(&self, author: NodeId) -> Option<Self> {
        match *self {
            Self::Propose { view, position, ref block } => {
                block.conflicting().map(|block| Self::Propose { view, position, block })
            }
            Self::Ballot { view, position, ref block, approve: _ } => {
                let other = block.conflicting()?;
                Some(Self::Ballot { view, position, block: other, approve: true })
            }
            Self::Confirm { view, position, ref block } => {
                block.conflicting().map(|block| Self::Confirm { view, position, block })
            }
            Self::Call(ref call) => call.forgetful().map(Self::Call),
            Self::Opening(ref opening) => {
                // Its own call is the only one it can change; the opening made from it is still valid.
                let mut opening = Opening::clone(opening);
                let own = opening.calls.iter_mut().find(|call| call.author == author)?;
                *own = own.forgetful()?;
                Some(Self::Opening(Arc::new(opening)))
            }
            Self::Decided { .. } | Self::Status { .. } => None,
        }
    }
}
