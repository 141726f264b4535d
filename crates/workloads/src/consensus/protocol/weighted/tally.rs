//! Votes and what they weigh.

use std::collections::BTreeMap;

use super::standing::Standing;
use super::{Block, NodeId};
use crate::consensus::node_set::NodeSet;

/// Agents and their weight together.
#[derive(Clone, Copy, Debug, Default)]
struct Voters {
    who: NodeSet,
    weight: u64,
}

impl Voters {
    fn add(&mut self, voter: NodeId, standing: &Standing) {
        if self.who.insert(voter) {
            self.weight += standing.weight(voter);
        }
    }
}

/// Votes on one block in one view.
#[derive(Clone, Debug)]
struct Tally {
    view: u64,
    block: Block,
    approvals: Voters,
    rejections: Voters,
    confirmations: Voters,
}

/// (position, view) of a vote.
type At = (u64, u64);

/// Votes by position.
#[derive(Clone, Debug, Default)]
pub(super) struct Tallies(BTreeMap<u64, Vec<Tally>>);

impl Tallies {
    fn tally(&mut self, (position, view): At, block: &Block) -> &mut Tally {
        let tallies = self.0.entry(position).or_default();
        let known = tallies.iter().position(|tally| tally.view == view && tally.block == *block);
        let index = known.unwrap_or_else(|| {
            let [approvals, rejections, confirmations] = [Voters::default(); 3];
            tallies.push(Tally { view, block: block.clone(), approvals, rejections, confirmations });
            tallies.len() - 1
        });
        &mut tallies[index]
    }

    /// Counts a ballot, once for each voter.
    pub(super) fn ballot(&mut self, at: At, block: &Block, voter: NodeId, approve: bool, standing: &Standing) {
        let tally = self.tally(at, block);
        let voters = if approve { &mut tally.approvals } else { &mut tally.rejections };
        voters.add(voter, standing);
    }

    /// Counts a confirmation, once for each voter.
    pub(super) fn confirm(&mut self, at: At, block: &Block, voter: NodeId, standing: &Standing) {
        self.tally(at, block).confirmations.add(voter, standing);
    }

    fn in_view(&self, (position, view): At) -> impl Iterator<Item = &Tally> {
        self.0.get(&position).into_iter().flatten().filter(move |tally| tally.view == view)
    }

    /// The block that a quorum approves, and the number of ballots.
    pub(super) fn approved(&self, at: At, standing: &Standing) -> Option<(Block, usize)> {
        let carried = self.in_view(at).find(|tally| standing.carries(tally.approvals.weight))?;
        Some((carried.block.clone(), carried.approvals.who.len()))
    }

    /// The block that a quorum has confirmed.
    pub(super) fn confirmed(&self, at: At, standing: &Standing) -> Option<Block> {
        self.in_view(at).find(|tally| standing.carries(tally.confirmations.weight)).map(|tally| tally.block.clone())
    }

    /// Whether too much weight is against a block for the rest to carry it.
    pub(super) fn is_rejected(&self, at: At, standing: &Standing) -> bool {
        self.in_view(at).any(|tally| standing.blocks(tally.rejections.weight))
    }

    /// A position is reached: votes before it are forgotten, and those on it weigh what they weigh there.
    pub(super) fn advance(&mut self, position: u64, standing: &Standing) {
        self.0 = self.0.split_off(&position);
        for tally in self.0.get_mut(&position).into_iter().flatten() {
            for voters in [&mut tally.approvals, &mut tally.rejections, &mut tally.confirmations] {
                voters.weight = standing.weight_of(&voters.who);
            }
        }
    }

    /// Votes of earlier views no longer count.
    pub(super) fn drop_before(&mut self, view: u64) {
        for tallies in self.0.values_mut() {
            tallies.retain(|tally| tally.view >= view);
        }
    }
}
