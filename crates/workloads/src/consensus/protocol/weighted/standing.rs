//! How much each agent's vote weighs: capability × reputation.
//!
//! Reputation follows the quality of the placements an agent was chosen for, exponentially smoothed,
//! and fades to neutral otherwise. It is a function of the decided log alone, in whole millionths, so
//! that agents who have decided the same positions count with the same weights. With ρ the reputation,
//! q the quality of a placement and ρ₀ neutral:
//!
//! - a verdict on the agent: ρ ← ρ + (q − ρ)/8
//! - every decided position: ρ ← ρ + (ρ₀ − ρ)/64
//! - always: 0.25 ≤ ρ ≤ 1, from ρ₀ = 0.5 on
//!
//! The bounds keep any vote from becoming nothing or everything; the numbers are Ergon's choice.

use std::collections::BTreeSet;

use super::Block;
use crate::consensus::node_set::{NodeId, NodeSet};

const ONE: i64 = 1_000_000;
/// Reputation at the start and without news, millionths.
const NEUTRAL: i64 = ONE / 2;
/// Lowest reputation, millionths.
const LOWEST: i64 = ONE / 4;
/// A verdict moves reputation by one part in so many of the distance to the quality seen.
pub const LEARNING: i64 = 8;
/// A decision moves it by one part in so many of the distance to neutral.
pub const FADING: i64 = 64;

/// Weights after some decided positions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Standing {
    capabilities: Vec<u32>,
    reputations: Vec<i64>,
    /// Requests whose placement has been judged; each counts once.
    judged: BTreeSet<u32>,
    /// Weight of the whole membership, whoever of it is up.
    total: u64,
}

impl Standing {
    /// Before the first decision.
    pub(super) fn new(capabilities: &[u32]) -> Self {
        let reputations = vec![NEUTRAL; capabilities.len()];
        let standing = Self { capabilities: capabilities.to_vec(), reputations, judged: BTreeSet::new(), total: 0 };
        standing.weighed()
    }

    /// After all of these.
    pub(super) fn after(capabilities: &[u32], log: &[Block]) -> Self {
        log.iter().fold(Self::new(capabilities), Self::decided)
    }

    /// One more position is decided.
    #[must_use]
    pub(super) fn decided(mut self, block: &Block) -> Self {
        for reputation in &mut self.reputations {
            *reputation += (NEUTRAL - *reputation) / FADING;
        }
        for verdict in block.verdicts.iter() {
            let Some(reputation) = self.reputations.get_mut(usize::from(verdict.agent)) else { continue };
            if self.judged.insert(verdict.request) {
                let seen = i64::from(verdict.quality.min(1_000)) * (ONE / 1_000);
                *reputation = (*reputation + (seen - *reputation) / LEARNING).clamp(LOWEST, ONE);
            }
        }
        self.weighed()
    }

    fn weighed(mut self) -> Self {
        self.total = (0..self.capabilities.len() as NodeId).map(|agent| self.weight(agent)).sum();
        self
    }

    pub(super) fn has_judged(&self, request: u32) -> bool {
        self.judged.contains(&request)
    }

    /// The weight of an agent's vote: capability × millionths of reputation.
    pub(super) fn weight(&self, agent: NodeId) -> u64 {
        let of = usize::from(agent);
        let (capability, reputation) = (self.capabilities.get(of), self.reputations.get(of));
        u64::from(capability.copied().unwrap_or(0)) * reputation.map_or(0, |r| r.unsigned_abs())
    }

    pub(super) fn weight_of(&self, agents: &NodeSet) -> u64 {
        agents.iter().map(|agent| self.weight(agent)).sum()
    }

    /// Whether this is more than two thirds of the membership's weight.
    pub(super) fn carries(&self, weight: u64) -> bool {
        3 * u128::from(weight) > 2 * u128::from(self.total)
    }

    /// Whether without this nothing can be carried: a third or more. While anything can be carried without
    /// the liars, somebody honest is among those who hold so much.
    pub(super) fn blocks(&self, weight: u64) -> bool {
        !self.carries(self.total.saturating_sub(weight))
    }

    /// Reputations, 0–1.
    pub(super) fn reputations(&self) -> Vec<f64> {
        self.reputations.iter().map(|&r| r as f64 / ONE as f64).collect()
    }

    /// How far an agent's word counts: fully from neutral reputation on, below it in proportion.
    pub(super) fn trust(&self, agent: NodeId) -> f64 {
        self.reputations.get(usize::from(agent)).map_or(1.0, |&r| r.min(NEUTRAL) as f64 / NEUTRAL as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::{Value, Verdict};
    use super::*;

    fn block(verdicts: &[(u32, u16, u16)]) -> Block {
        let verdict = |&(request, agent, quality)| Verdict { request, agent, quality };
        Block { value: Value::NOOP, verdicts: verdicts.iter().map(verdict).collect() }
    }

    #[test]
    fn good_placements_raise_reputation_bad_ones_lower_it_within_bounds_and_both_fade() {
        let mut standing = Standing::new(&[1, 1, 1]);
        for request in 0..100 {
            standing = standing.decided(&block(&[(2 * request, 0, 1_000), (2 * request + 1, 1, 0)]));
        }
        let [good, bad, none] = standing.reputations()[..] else { panic!("three agents") };
        assert!((0.9..=1.0).contains(&good) && bad == 0.25 && none == 0.5, "{good} {bad} {none}");
        assert_eq!((standing.trust(0), standing.trust(1), standing.trust(2)), (1.0, 0.5, 1.0));
        standing = (0..1_000).fold(standing, |standing, _| standing.decided(&block(&[])));
        assert!(standing.reputations().iter().all(|r| (r - 0.5).abs() < 1e-3), "{:?}", standing.reputations());
    }

    #[test]
    fn a_verdict_counts_once_however_often_it_is_decided() {
        let once = Standing::after(&[1, 1], &[block(&[(7, 0, 0)]), block(&[])]);
        let twice = Standing::after(&[1, 1], &[block(&[(7, 0, 0)]), block(&[(7, 0, 0)])]);
        assert_eq!(once, twice);
    }

    #[test]
    fn a_quorum_is_more_than_two_thirds_of_the_weight_of_all_members() {
        let set = |agents: &[u16]| agents.iter().copied().collect::<NodeSet>();
        for (capabilities, agents, carries) in [
            (&[1, 1, 1][..], &[0, 1][..], false),
            (&[1, 1, 1], &[0, 1, 2], true),
            (&[1, 1, 1, 1], &[0, 1, 2], true),
            (&[5, 1, 1], &[0], true),
            (&[4, 1, 1], &[0], false),
            (&[4, 1, 1], &[1, 2], false),
        ] {
            let standing = Standing::new(capabilities);
            assert_eq!(standing.carries(standing.weight_of(&set(agents))), carries, "{capabilities:?}, {agents:?}");
        }
    }

    #[test]
    fn two_quorums_share_more_than_a_third_of_the_weight() {
        let standing = Standing::after(&[3, 5, 2, 7, 4], &[block(&[(1, 0, 1_000), (2, 3, 0)])]);
        let sets: Vec<NodeSet> =
            (0..32_u16).map(|bits| (0..5).filter(|agent| bits & (1 << agent) != 0).collect()).collect();
        for one in sets.iter().filter(|set| standing.carries(standing.weight_of(set))) {
            for other in sets.iter().filter(|set| standing.carries(standing.weight_of(set))) {
                let shared: NodeSet = one.iter().filter(|&agent| other.contains(agent)).collect();
                assert!(standing.blocks(standing.weight_of(&shared)));
            }
        }
    }
}
