//! One pie, of which everybody wants as much as they can get: the game whose outcome theory knows.

use serde_json::Value as Json;

use super::{Dealt, split};
use crate::negotiation::space::{Alternative, Issue, Space};

pub(super) fn deal(agents: usize, slices: u16) -> Dealt {
    let alternative = |shares: Vec<usize>| Alternative {
        label: split::label(shares.iter().map(|s| Json::from(*s))),
        gains: shares.iter().map(|s| 100.0 * *s as f64 / f64::from(slices)).collect(),
        spends: Vec::new(),
    };
    let alternatives = split::ways(usize::from(slices), agents).into_iter().map(alternative).collect();
    let issues = vec![Issue { name: "pie".into(), alternatives }];
    Dealt {
        space: Space { agents, issues, budgets: None },
        rules: format!("A pie of {slices} slices is to be divided. A proposal says how many slices each agent gets."),
        values: vec![format!("Every slice is worth {} points to you.", 100.0 / f64::from(slices)); agents],
        gap: None,
    }
}
