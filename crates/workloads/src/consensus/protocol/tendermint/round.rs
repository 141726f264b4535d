//! What an agent has heard in a round.

use std::collections::BTreeMap;

use super::super::Value;
use crate::consensus::node_set::{NodeId, NodeSet};

/// Votes by voter: the first of each counts.
#[derive(Clone, Debug, Default)]
pub(super) struct Votes {
    voters: NodeSet,
    by_value: BTreeMap<Option<Value>, NodeSet>,
}

impl Votes {
    pub(super) fn insert(&mut self, from: NodeId, value: Option<Value>) {
        if self.voters.insert(from) {
            self.by_value.entry(value).or_default().insert(from);
        }
    }

    pub(super) fn len(&self) -> usize {
        self.voters.len()
    }

    pub(super) fn count(&self, value: Option<Value>) -> usize {
        self.by_value.get(&value).map_or(0, NodeSet::len)
    }

    /// What an agent voted for, where it has voted.
    pub(super) fn of(&self, node: NodeId) -> Option<Option<Value>> {
        self.by_value.iter().find(|(_, voters)| voters.contains(node)).map(|(value, _)| *value)
    }
}

/// One round.
#[derive(Clone, Debug, Default)]
pub(super) struct Round {
    /// The proposer's value, and the earlier round it was valid in.
    pub(super) proposal: Option<(Value, Option<u32>)>,
    pub(super) prevotes: Votes,
    /// A value that a quorum of its prevotes, shown by a later proposer, was for.
    pub(super) proven: Option<Value>,
    pub(super) precommits: Votes,
    /// Who has said anything in it.
    pub(super) senders: NodeSet,
    /// The wait for more prevotes has begun.
    pub(super) prevotes_waited: bool,
    /// The wait for more precommits has begun.
    pub(super) precommits_waited: bool,
}
