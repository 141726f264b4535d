//! What an agent learns of the others' weights from what they propose.
//!
//! As in Hindriks & Tykhonov (AAMAS 2008): hypotheses about an opponent's weights of the issues; the utility that it is
//! expected to ask for itself falls linearly from all it can have by [`EXPECTED_CONCESSION`] over the game; a proposal's
//! likelihood is normal about that. Which alternative of an issue an opponent likes better is taken as known.

use ergon_domain::draw;
use rand_chacha::ChaCha8Rng;

use super::View;
use crate::negotiation::space::Space;

/// Hypotheses at full skill.
const MOST_HYPOTHESES: f64 = 64.0;
/// Share of its best that an opponent is expected to give up over the game.
const EXPECTED_CONCESSION: f64 = 0.5;
/// Standard deviation of a proposal about what is expected, as a share of the best.
const SPREAD: f64 = 0.15;

/// Beliefs about every other agent.
pub(super) struct Learnt {
    /// Weights of the issues, hypothesis by hypothesis, each summing to 1.
    hypotheses: Vec<Vec<f64>>,
    /// Probability of each hypothesis, by agent.
    beliefs: Vec<Vec<f64>>,
    /// Liking of each alternative, 0–1, by agent, issue and alternative.
    liking: Vec<Vec<Vec<f64>>>,
    /// Expected weights, by agent.
    weights: Vec<Vec<f64>>,
    /// Rounds learnt from.
    seen: usize,
}

impl Learnt {
    pub(super) fn new(space: &Space, skill: f64, rng: &mut ChaCha8Rng) -> Self {
        let count = 1 + (skill * (MOST_HYPOTHESES - 1.0)).round() as usize;
        let issues = space.issues.len();
        let even = vec![1.0 / issues.max(1) as f64; issues];
        let mut drawn = || {
            let weights: Vec<f64> = (0..issues).map(|_| draw::exponential(rng, 1.0)).collect();
            let sum: f64 = weights.iter().sum();
            weights.into_iter().map(|w| w / sum).collect::<Vec<f64>>()
        };
        let hypotheses: Vec<Vec<f64>> = std::iter::once(even).chain((1..count).map(|_| drawn())).collect();
        let likes = |agent: usize| {
            let of_issue = |issue: &crate::negotiation::space::Issue| {
                let gains = || issue.alternatives.iter().map(|a| a.gains[agent]);
                let (low, high) = (gains().fold(f64::INFINITY, f64::min), gains().fold(f64::NEG_INFINITY, f64::max));
                // Worth nothing to it in truth: it is not known that it has no use for it, only which way it would like it.
                let known = |at: usize, gain: f64| {
                    if high > low { (gain - low) / (high - low) } else { f64::from(u8::from(at == agent)) }
                };
                gains().enumerate().map(|(at, gain)| known(at, gain)).collect()
            };
            space.issues.iter().map(of_issue).collect()
        };
        let mut learnt = Self {
            beliefs: vec![vec![1.0 / hypotheses.len() as f64; hypotheses.len()]; space.agents],
            liking: (0..space.agents).map(likes).collect(),
            weights: Vec::new(),
            hypotheses,
            seen: 0,
        };
        learnt.weights = (0..space.agents).map(|agent| learnt.expected(agent)).collect();
        learnt
    }

    fn expected(&self, agent: usize) -> Vec<f64> {
        let issues = self.hypotheses.first().map_or(0, Vec::len);
        (0..issues)
            .map(|issue| self.hypotheses.iter().zip(&self.beliefs[agent]).map(|(h, p)| p * h[issue]).sum())
            .collect()
    }

    /// Learns from the rounds that have ended since.
    pub(super) fn observe(&mut self, view: View<'_>, seat: usize) {
        while self.seen + 1 < view.round {
            self.seen += 1;
            let Some(round) = view.history.rounds.get(self.seen - 1) else { return };
            let asked = 1.0 - EXPECTED_CONCESSION * view.rules.progress(self.seen);
            for proposal in round.proposals.iter().filter(|p| p.by != seat) {
                let agent = proposal.by;
                let liking: Vec<f64> =
                    proposal.outcome.iter().enumerate().map(|(i, &a)| self.liking[agent][i][usize::from(a)]).collect();
                let mut total = 0.0;
                for (hypothesis, belief) in self.hypotheses.iter().zip(&mut self.beliefs[agent]) {
                    let utility: f64 = hypothesis.iter().zip(&liking).map(|(w, l)| w * l).sum();
                    let off = (utility - asked) / SPREAD;
                    *belief *= libm::exp(-0.5 * off * off).max(1e-12);
                    total += *belief;
                }
                self.beliefs[agent].iter_mut().for_each(|belief| *belief /= total);
                self.weights[agent] = self.expected(agent);
            }
        }
    }

    /// What a candidate gives another agent, in points of 100.
    pub(super) fn utility(&self, view: View<'_>, other: usize, at: usize) -> f64 {
        let outcome = view.pool.outcome(at);
        let each =
            outcome.iter().enumerate().map(|(i, &a)| self.weights[other][i] * self.liking[other][i][usize::from(a)]);
        100.0 * each.sum::<f64>()
    }
}
