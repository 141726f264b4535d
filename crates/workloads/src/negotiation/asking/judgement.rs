//! What a good answer would be: all that a simulated model sees of a negotiation.
//!
//! An opponent is expected to accept what gives it a level that falls evenly from its best to 1/n of it over the game; a
//! proposal that gives an agent U and the others at least the share a ≤ 1 of that level is worth U·a to it. A proposal of
//! another is worth accepting where it gives the agent its own level, in the last round anything. Ergon's choice, scaled
//! from 0 (worst) to 1 (best); a real model does not see it.

use ergon_domain::{DecisionOption, DecisionProblem};
use serde_json::json;

use crate::negotiation::space::Outcome;
use crate::negotiation::strategy::View;

/// Proposals that a simulated model chooses among, at most.
const OPTIONS: usize = 48;

/// The level that an agent is expected to hold out for.
fn level(view: &View<'_>, agent: usize) -> f64 {
    let best = view.pool.utility(view.pool.best_for(agent), agent);
    let floor = best / view.rules.agents as f64;
    best - view.rules.progress(view.round) * (best - floor)
}

/// Proposals with what they are worth to the agent.
pub(super) fn proposals(seat: usize, view: &View<'_>) -> DecisionProblem {
    let levels: Vec<f64> = (0..view.rules.agents).map(|agent| level(view, agent)).collect();
    let worth = |at: usize| {
        let others = (0..view.rules.agents).filter(|other| *other != seat);
        let accepted = others.map(|other| (view.pool.utility(at, other) / levels[other].max(1.0)).clamp(0.0, 1.0));
        view.pool.utility(at, seat).max(0.0) * accepted.fold(1.0, f64::min)
    };
    // Evenly through the candidates, so that the choice stays the same size however large the game is.
    let stride = view.pool.len().div_ceil(OPTIONS).max(1);
    let mut shown: Vec<usize> = (0..view.pool.len()).step_by(stride).collect();
    let best = (0..view.pool.len()).max_by(|a, b| worth(*a).total_cmp(&worth(*b)));
    shown.extend(best.filter(|best| best % stride != 0));
    let highest = best.map_or(0.0, worth);
    let option = |at: usize| DecisionOption {
        reply: json!({ "proposal": view.space.written(view.pool.outcome(at)), "reason": "simulated" }).to_string(),
        utility: if highest > 0.0 { worth(at) / highest } else { 1.0 },
    };
    DecisionProblem::Choice(shown.into_iter().map(option).collect())
}

/// Ballots that accept the k proposals which give the agent most, for every k, with what they are worth to it.
pub(super) fn votes(seat: usize, view: &View<'_>, proposals: &[(usize, Outcome)]) -> DecisionProblem {
    let last = view.round >= view.rules.max_rounds;
    let least = if last { 0.0 } else { level(view, seat) };
    let gain = |at: usize| {
        let (by, outcome) = &proposals[at];
        let gets = view.space.utility(seat, outcome);
        if *by == seat { gets.max(1.0) } else { gets - least }
    };
    let mut order: Vec<usize> = (0..proposals.len()).collect();
    order.sort_by(|a, b| gain(*b).total_cmp(&gain(*a)).then(a.cmp(b)));
    let sums: Vec<f64> = std::iter::once(0.0)
        .chain(order.iter().scan(0.0, |sum, at| {
            *sum += gain(*at);
            Some(*sum)
        }))
        .collect();
    let (worst, best) = sums.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(w, b), s| (w.min(*s), b.max(*s)));
    let option = |(accepted, sum): (usize, &f64)| {
        let mut votes = vec!["reject"; proposals.len()];
        order.iter().take(accepted).for_each(|at| votes[*at] = "accept");
        DecisionOption {
            reply: json!({ "votes": votes, "reason": "simulated" }).to_string(),
            utility: if best > worst { (sum - worst) / (best - worst) } else { 1.0 },
        }
    };
    DecisionProblem::Choice(sums.iter().enumerate().map(option).collect())
}

/// What a simulated model says: that it is one.
pub(super) fn words(seat: usize, view: &View<'_>, phase: &str) -> String {
    format!("[simulated {phase} of {} in round {}]", crate::negotiation::space::agent_name(seat), view.round)
}
