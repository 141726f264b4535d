//! Subgame-perfect play of alternating offers, by backward induction.

use crate::negotiation::pool::Pool;
use crate::negotiation::space::EQUAL;
use crate::negotiation::table::Rules;

/// What is worth proposing and waiting for, round by round. With T rounds, in round t the proposer takes what is best for
/// itself among agreements that give everybody else no less than δ times what they would have in round t + 1; after the
/// last round nobody has anything. Everybody must accept, whatever the quorum.
pub(super) struct Induction {
    proposals: Vec<Option<usize>>,
    /// By round, what each agent has by waiting, in points of that round.
    continuations: Vec<Vec<f64>>,
}

impl Induction {
    pub(super) fn of(pool: &Pool, rules: &Rules) -> Self {
        let mut waiting = vec![0.0; rules.agents];
        let mut rounds: Vec<(Option<usize>, Vec<f64>)> = Vec::with_capacity(rules.max_rounds);
        for round in (1..=rules.max_rounds).rev() {
            let proposer = (0..rules.agents).find(|seat| rules.proposes(*seat, round)).unwrap_or(0);
            let agreeable =
                |at: &usize| pool.utilities(*at).iter().zip(&waiting).all(|(gets, waits)| *gets >= waits - EQUAL);
            let key = |at: usize| (pool.utility(at, proposer), pool.utilities(at).iter().sum::<f64>());
            let proposal = (0..pool.len()).filter(agreeable).max_by(|a, b| {
                let (a, b) = (key(*a), key(*b));
                a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1))
            });
            let value = proposal.map_or_else(|| waiting.clone(), |at| pool.utilities(at).to_vec());
            rounds.push((proposal, waiting));
            waiting = value.iter().map(|u| u * rules.discount).collect();
        }
        rounds.reverse();
        let (proposals, continuations) = rounds.into_iter().unzip();
        Self { proposals, continuations }
    }

    /// What the proposer of a round, from 1, proposes; `None`: nothing that all would accept.
    pub(super) fn proposal(&self, round: usize) -> Option<usize> {
        self.proposals.get(round - 1).copied().flatten()
    }

    /// What an agent has by refusing in a round, from 1, in points of that round.
    pub(super) fn continuation(&self, round: usize, seat: usize) -> f64 {
        self.continuations.get(round - 1).map_or(0.0, |c| c[seat])
    }
}
