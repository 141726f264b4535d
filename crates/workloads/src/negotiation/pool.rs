//! Agreements worth talking about: all of them where there are few, else a seeded selection.

use ergon_domain::draw;
use rand_core::Rng;

use super::space::{Outcome, Space};

/// Up to so many combinations all are candidates; beyond, so many are drawn.
pub const MOST: u64 = 20_100;
/// Drawn where there are more.
const DRAWN: usize = 2_048;

/// Candidate agreements with everybody's utilities.
#[derive(Clone, Debug)]
pub struct Pool {
    /// Issues, alternatives in all.
    outcomes: Vec<u16>,
    utilities: Vec<f64>,
    issues: usize,
    agents: usize,
    /// Whether every affordable agreement is in it.
    pub complete: bool,
}

impl Pool {
    /// The candidates of a space.
    ///
    /// Of a large one: half are best by random weights of the agents (each issue by itself, which finds every supported
    /// point of the Pareto front), half anything.
    pub fn of<R: Rng>(space: &Space, rng: &mut R) -> Self {
        let complete = space.size() <= MOST;
        let mut pool = Self {
            outcomes: Vec::new(),
            utilities: Vec::new(),
            issues: space.issues.len(),
            agents: space.agents,
            complete,
        };
        if complete {
            space.for_each(|outcome, utilities| pool.push(outcome, utilities));
            return pool;
        }
        for seat in 0..space.agents {
            let only = |agent: usize| if agent == seat { 1.0 } else { 1e-6 };
            pool.take(space, weighted_best(space, &(0..space.agents).map(only).collect::<Vec<f64>>()));
        }
        for round in 0..DRAWN {
            let outcome = if round % 2 == 0 {
                let weights: Vec<f64> = (0..space.agents).map(|_| draw::exponential(rng, 1.0)).collect();
                weighted_best(space, &weights)
            } else {
                space.issues.iter().map(|i| draw::below(rng, i.alternatives.len() as u64) as u16).collect()
            };
            pool.take(space, outcome);
        }
        pool
    }

    fn take(&mut self, space: &Space, outcome: Outcome) {
        if space.is_affordable(&outcome) {
            let utilities = space.utilities(&outcome);
            self.push(&outcome, &utilities);
        }
    }

    fn push(&mut self, outcome: &[u16], utilities: &[f64]) {
        self.outcomes.extend_from_slice(outcome);
        self.utilities.extend_from_slice(utilities);
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.utilities.len() / self.agents.max(1)
    }

    /// Whether nothing can be agreed on.
    pub fn is_empty(&self) -> bool {
        self.utilities.is_empty()
    }

    /// A candidate.
    pub fn outcome(&self, at: usize) -> &[u16] {
        self.outcomes.get(at * self.issues..(at + 1) * self.issues).unwrap_or_default()
    }

    /// What it is worth to everybody.
    pub fn utilities(&self, at: usize) -> &[f64] {
        self.utilities.get(at * self.agents..(at + 1) * self.agents).unwrap_or_default()
    }

    /// What it is worth to an agent.
    pub fn utility(&self, at: usize, agent: usize) -> f64 {
        self.utilities[at * self.agents + agent]
    }

    /// The candidate that is best for an agent, by this order among equals: best for the others together.
    pub fn best_for(&self, agent: usize) -> usize {
        let key = |at: usize| (self.utility(at, agent), self.utilities(at).iter().sum::<f64>());
        (0..self.len()).max_by(|a, b| key(*a).partial_cmp(&key(*b)).unwrap_or(std::cmp::Ordering::Equal)).unwrap_or(0)
    }
}

fn weighted_best(space: &Space, weights: &[f64]) -> Outcome {
    let best = |issue: &super::space::Issue| {
        let worth = |at: usize| issue.alternatives[at].gains.iter().zip(weights).map(|(g, w)| g * w).sum::<f64>();
        (0..issue.alternatives.len()).max_by(|a, b| worth(*a).total_cmp(&worth(*b))).unwrap_or(0) as u16
    };
    space.issues.iter().map(best).collect()
}
