//! Items, each to one agent.

use std::fmt::Write as _;

use rand_core::Rng;

use super::{Dealt, named};
use crate::negotiation::preferences::{POINTS, generate};
use crate::negotiation::space::{Alternative, Issue, Space, agent_name};

const NAMES: [&str; 20] = [
    "lamp", "clock", "chair", "vase", "radio", "camera", "guitar", "rug", "mirror", "atlas", "kettle", "globe",
    "quilt", "easel", "violin", "tent", "ladder", "compass", "teapot", "basket",
];

pub(super) fn deal<R: Rng>(agents: usize, items: usize, competition: f64, rng: &mut R) -> Dealt {
    let wanted = generate(agents, items, competition, rng);
    let issue = |item: usize| Issue {
        name: named(&NAMES, item),
        alternatives: (0..agents)
            .map(|owner| Alternative {
                label: agent_name(owner).into(),
                gains: (0..agents).map(|i| if i == owner { f64::from(wanted.points[i][item]) } else { 0.0 }).collect(),
                spends: Vec::new(),
            })
            .collect(),
    };
    let space = Space { agents, issues: (0..items).map(issue).collect(), budgets: None };
    let told = |agent: usize| {
        let mut text = String::from("Your values:");
        for (item, issue) in space.issues.iter().enumerate() {
            let _ = write!(text, " {} {},", issue.name, wanted.points[agent][item]);
        }
        format!("{} {POINTS} in all.", text.trim_end_matches(','))
    };
    let values = (0..agents).map(told).collect();
    let rules = format!(
        "{items} items are to be divided; each goes to exactly one agent. You get your own value of every item that is \
         yours. A proposal names the owner of every item."
    );
    Dealt { rules, values, gap: Some(wanted.gap), space }
}
