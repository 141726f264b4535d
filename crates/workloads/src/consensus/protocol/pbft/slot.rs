//! What a replica knows of one position, and its window of positions.

use std::collections::VecDeque;

use super::super::Value;
use crate::consensus::node_set::{NodeId, NodeSet};

/// Who voted for what.
#[derive(Clone, Debug, Default)]
pub(super) struct Votes(Vec<Tally>);

#[derive(Clone, Debug)]
struct Tally {
    view: u64,
    value: Value,
    voters: NodeSet,
    count: usize,
}

impl Votes {
    /// Counts a vote once; answers how many there are for that value in that view.
    #[inline]
    pub(super) fn add(&mut self, view: u64, value: Value, voter: NodeId) -> usize {
        let known = self.0.iter().position(|t| t.view == view && t.value == value);
        let index = known.unwrap_or_else(|| {
            self.0.push(Tally { view, value, voters: NodeSet::EMPTY, count: 0 });
            self.0.len() - 1
        });
        let tally = &mut self.0[index];
        tally.count += usize::from(tally.voters.insert(voter));
        tally.count
    }

    /// Number of votes for a value in a view.
    #[inline]
    pub(super) fn count(&self, view: u64, value: Value) -> usize {
        self.0.iter().find(|t| t.view == view && t.value == value).map_or(0, |t| t.count)
    }

    /// Whether an agent voted for a value in a view.
    pub(super) fn has(&self, view: u64, value: Value, voter: NodeId) -> bool {
        self.0.iter().any(|t| t.view == view && t.value == value && t.voters.contains(voter))
    }

    fn drop_before(&mut self, view: u64) {
        self.0.retain(|t| t.view >= view);
    }
}

/// One position.
#[derive(Clone, Debug, Default)]
pub(super) struct Slot {
    /// The assignment accepted last: its view and value.
    pub(super) accepted: Option<(u64, Value)>,
    /// Acceptances; the primary's assignment is its own.
    pub(super) prepares: Votes,
    pub(super) commits: Votes,
    /// The latest assignment known to be accepted by a quorum.
    pub(super) prepared: Option<(u64, Value)>,
    pub(super) committed: Option<Value>,
}

/// The positions after the last stable checkpoint.
#[derive(Clone, Debug, Default)]
pub(super) struct Window {
    /// The last stable checkpoint (low watermark).
    low: u64,
    slots: VecDeque<Slot>,
}

impl Window {
    pub(super) fn low(&self) -> u64 {
        self.low
    }

    /// The slot of a position, made if new; `None` at or below the low watermark or more than
    /// `reach` above it.
    #[inline]
    pub(super) fn slot_mut(&mut self, position: u64, reach: u64) -> Option<&mut Slot> {
        if position <= self.low || position > self.low.saturating_add(reach) {
            return None;
        }
        let index = (position - self.low - 1) as usize;
        if index >= self.slots.len() {
            self.slots.resize_with(index + 1, Slot::default);
        }
        self.slots.get_mut(index)
    }

    /// The slot of a position, if there is one.
    #[inline]
    pub(super) fn slot(&self, position: u64) -> Option<&Slot> {
        self.slots.get(position.checked_sub(self.low + 1)? as usize)
    }

    /// All slots with their positions.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u64, &Slot)> {
        (self.low + 1..).zip(&self.slots)
    }

    /// Raises the low watermark and forgets everything up to it.
    pub(super) fn advance(&mut self, stable: u64) {
        while self.low < stable {
            self.slots.pop_front();
            self.low += 1;
        }
    }

    /// Forgets votes of earlier views.
    pub(super) fn drop_votes_before(&mut self, view: u64) {
        for slot in &mut self.slots {
            slot.prepares.drop_before(view);
            slot.commits.drop_before(view);
        }
    }
}
