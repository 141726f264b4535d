//! The table that agents sit at: the rules of a game and what has happened so far.

use super::space::Outcome;

/// Who proposes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offers {
    /// Everybody in every round.
    Simultaneous,
    /// One agent a round, in turn.
    Alternating,
}

/// When a proposal passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AcceptRule {
    /// All accept.
    Unanimity,
    /// At least two thirds accept.
    TwoThirds,
}

/// The rules.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rules {
    /// Agents at the table.
    pub agents: usize,
    /// Rounds at most.
    pub max_rounds: usize,
    /// Share of its utility that an agreement keeps from one round to the next, 0–1.
    pub discount: f64,
    /// Who proposes.
    pub offers: Offers,
    /// When a proposal passes.
    pub accept_rule: AcceptRule,
    /// Whether agents that ask a model discuss, think and reflect.
    pub phases: bool,
    /// Laps of the discussion.
    pub discussion_turns: usize,
    /// Whether everybody's values are known to everybody.
    pub public_values: bool,
}

impl Rules {
    /// Acceptances that a proposal needs: all, or ⌈2n/3⌉.
    pub fn quorum(&self) -> usize {
        match self.accept_rule {
            AcceptRule::Unanimity => self.agents,
            AcceptRule::TwoThirds => (2 * self.agents).div_ceil(3),
        }
    }

    /// δ^(round − 1): what an agreement in this round, from 1, is still worth.
    pub fn factor(&self, round: usize) -> f64 {
        (1..round).fold(1.0, |factor, _| factor * self.discount)
    }

    /// Who proposes in a round, from 1.
    pub fn proposes(&self, seat: usize, round: usize) -> bool {
        match self.offers {
            Offers::Simultaneous => true,
            Offers::Alternating => (round + self.agents - 1) % self.agents == seat,
        }
    }

    /// How far the game is, 0 in the first and 1 in the last round.
    pub fn progress(&self, round: usize) -> f64 {
        if self.max_rounds <= 1 { 1.0 } else { (round - 1) as f64 / (self.max_rounds - 1) as f64 }
    }
}

/// What an agent said in a phase.
#[derive(Clone, Debug, PartialEq)]
pub struct Said {
    /// Its seat.
    pub by: usize,
    /// `discussion`, `thinking` or `reflection`.
    pub phase: &'static str,
    /// The text.
    pub text: String,
}

/// A proposal and what became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposal {
    /// Who made it, by seat.
    pub by: usize,
    /// What is proposed.
    pub outcome: Outcome,
    /// What it is worth, undiscounted.
    pub utilities: Vec<f64>,
    /// By seat; `None`: no vote could be had, which counts as a reject.
    pub votes: Vec<Option<bool>>,
}

impl Proposal {
    /// How many accept it.
    pub fn accepts(&self) -> usize {
        self.votes.iter().filter(|vote| **vote == Some(true)).count()
    }
}

/// One round.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Round {
    /// What was said, in order.
    pub said: Vec<Said>,
    /// What was proposed, in the order of seats.
    pub proposals: Vec<Proposal>,
}

/// An agreement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Agreement {
    /// The round it was reached in, from 1.
    pub round: usize,
    /// Which of the round's proposals.
    pub proposal: usize,
}

/// What has happened so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    /// Rounds, the one under way last.
    pub rounds: Vec<Round>,
    /// How it ended; `None`: no deal (yet).
    pub agreement: Option<Agreement>,
}

impl History {
    /// What was agreed on.
    pub fn agreed(&self) -> Option<&Proposal> {
        let at = self.agreement?;
        self.rounds.get(at.round - 1)?.proposals.get(at.proposal)
    }

    /// What each agent gets, discounted; 0 without a deal.
    pub fn utilities(&self, rules: &Rules) -> Vec<f64> {
        match (self.agreed(), self.agreement) {
            (Some(agreed), Some(at)) => agreed.utilities.iter().map(|u| u * rules.factor(at.round)).collect(),
            _ => vec![0.0; rules.agents],
        }
    }

    /// An agent's own proposals, with their rounds from 1.
    pub fn proposals_of(&self, seat: usize) -> impl Iterator<Item = (usize, &Proposal)> {
        let rounds = self.rounds.iter().enumerate();
        rounds.filter_map(move |(at, round)| Some((at + 1, round.proposals.iter().find(|p| p.by == seat)?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: Rules = Rules {
        agents: 4,
        max_rounds: 10,
        discount: 0.9,
        offers: Offers::Alternating,
        accept_rule: AcceptRule::TwoThirds,
        phases: false,
        discussion_turns: 0,
        public_values: false,
    };

    #[test]
    fn two_thirds_are_rounded_up() {
        let quorum = |agents| Rules { agents, ..RULES }.quorum();
        assert_eq!([2, 3, 4, 5, 6, 10].map(quorum), [2, 2, 3, 4, 4, 7]);
    }

    #[test]
    fn agents_take_turns_from_the_first_seat() {
        let who = |round| (0..4).find(|seat| RULES.proposes(*seat, round));
        assert_eq!([1, 2, 3, 4, 5].map(who), [Some(0), Some(1), Some(2), Some(3), Some(0)]);
    }

    #[test]
    fn an_agreement_loses_a_tenth_a_round() {
        assert_eq!(RULES.factor(1), 1.0);
        assert!((RULES.factor(3) - 0.81).abs() < 1e-12);
    }
}
