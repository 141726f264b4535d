//! Projects that are funded together or not at all.
//!
//! A threshold public good each: funded where the contributions meet its cost, else everybody keeps their money. Costs
//! sum to 100, budgets to σ·100 and are equal; values have pairwise cosine α and sum to 100 for each agent.

use ergon_domain::draw;
use rand_core::Rng;
use serde_json::Value as Json;

use super::{Dealt, named, split};
use crate::negotiation::preferences::generate;
use crate::negotiation::space::{Alternative, Issue, Space, agent_name};

const NAMES: [&str; 10] =
    ["bridge", "park", "library", "harbour", "theatre", "school", "clinic", "museum", "stadium", "market"];
/// Contributions are in such shares of a project's cost.
pub(super) const SHARES: usize = 4;
/// What all projects cost together.
const COST: f64 = 100.0;

pub(super) fn deal<R: Rng>(agents: usize, projects: usize, alpha: f64, sigma: f64, rng: &mut R) -> Dealt {
    let valued = generate(agents, projects, alpha, rng);
    let costs = costs(projects, rng);
    let budget = sigma * COST / agents as f64;
    let ways = split::ways(SHARES, agents);
    let issue = |at: usize| {
        let nothing = Alternative { label: Json::Null, gains: vec![0.0; agents], spends: vec![0.0; agents] };
        let funded = ways.iter().map(|shares| {
            let spends: Vec<f64> = shares.iter().map(|s| costs[at] * *s as f64 / SHARES as f64).collect();
            Alternative {
                label: split::label(spends.iter().map(|s| Json::from(*s))),
                gains: (0..agents).map(|agent| f64::from(valued.points[agent][at]) - spends[agent]).collect(),
                spends,
            }
        });
        Issue { name: named(&NAMES, at), alternatives: std::iter::once(nothing).chain(funded).collect() }
    };
    let told = |agent: usize| {
        let each = (0..projects).map(|at| format!("{} {}", named(&NAMES, at), valued.points[agent][at]));
        format!("Your values: {}. Your budget: {budget}.", each.collect::<Vec<_>>().join(", "))
    };
    let listed = (0..projects).map(|at| format!("{} {}", named(&NAMES, at), costs[at]));
    Dealt {
        rules: format!(
            "{projects} projects can be funded; costs: {}. A project is funded when contributions meet its cost exactly, \
             each agent paying a whole number of quarters of it; every agent then gets its value of the project, less what \
             it pays. Nobody pays more than their budget, {budget} each. A proposal says for every project what each agent \
             pays, as {{\"{}\": amount, …}}, or null where it is not funded.",
            listed.collect::<Vec<_>>().join(", "),
            agent_name(0)
        ),
        values: (0..agents).map(told).collect(),
        gap: Some(valued.gap),
        space: Space { agents, issues: (0..projects).map(issue).collect(), budgets: Some(vec![budget; agents]) },
    }
}

/// Whole multiples of 4, so that quarters are whole: 100 in all, none below 4 as long as there are at most 25 projects.
fn costs<R: Rng>(projects: usize, rng: &mut R) -> Vec<f64> {
    let quarters = 25usize.saturating_sub(projects);
    let mut parts = vec![1usize; projects];
    for _ in 0..quarters {
        parts[draw::below(rng, projects.max(1) as u64) as usize] += 1;
    }
    parts.into_iter().map(|part| 4.0 * part as f64).collect()
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha8Rng;
    use rand_core::SeedableRng;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_project_is_paid_for_in_full_or_not_at_all_and_within_the_budgets() {
        let dealt = deal(2, 3, 0.5, 0.5, &mut ChaCha8Rng::seed_from_u64(1));
        assert_eq!(dealt.space.budgets, Some(vec![25.0, 25.0]));
        let cost: f64 = dealt.space.issues.iter().map(|i| i.alternatives[1].spends[0]).sum();
        assert_eq!(cost, 100.0);
        for issue in &dealt.space.issues {
            let cost = issue.alternatives[1].spends[0];
            assert!(issue.alternatives[1..].iter().all(|a| a.spends.iter().sum::<f64>() == cost));
        }
        let all: serde_json::Map<_, _> =
            dealt.space.issues.iter().map(|i| (i.name.clone(), i.alternatives[1].label.clone())).collect();
        assert!(
            dealt
                .space
                .read(&all.into())
                .unwrap_err()
                .starts_with("nobody may pay more than their budget: agent_1 pays 100 of 25")
        );
        let none: serde_json::Map<_, _> = dealt.space.issues.iter().map(|i| (i.name.clone(), json!(null))).collect();
        assert_eq!(dealt.space.read(&none.into()).unwrap(), [0, 0, 0]);
    }
}
