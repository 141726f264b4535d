//! Books, hats and balls between two agents.
//!
//! As in Lewis et al., "Deal or no deal? End-to-end learning for negotiation dialogues", EMNLP 2017: 5 to 7 things of
//! three kinds, at least one of each; all things together are worth 10 to either agent; every kind is worth something
//! to at least one of them, and some kind to both. Utilities are ten times theirs: points of 100.

use ergon_domain::draw;
use rand_core::Rng;
use serde_json::Value as Json;

use super::{Dealt, split};
use crate::negotiation::space::{Alternative, Issue, Space};

const KINDS: [&str; 3] = ["books", "hats", "balls"];
/// What all things together are worth.
const WORTH: usize = 10;

pub(super) fn deal<R: Rng>(rng: &mut R) -> Dealt {
    let (counts, values) = draw_values(rng);
    let issue = |kind: usize| Issue {
        name: KINDS[kind].into(),
        alternatives: split::ways(counts[kind], 2)
            .into_iter()
            .map(|shares| Alternative {
                label: split::label(shares.iter().map(|s| Json::from(*s))),
                gains: (0..2).map(|agent| 10.0 * (shares[agent] * values[agent][kind]) as f64).collect(),
                spends: Vec::new(),
            })
            .collect(),
    };
    let told = |agent: usize| {
        let each: Vec<String> =
            (0..3).map(|kind| format!("{} {} each", KINDS[kind], 10 * values[agent][kind])).collect();
        format!("Your values: {}; 100 in all.", each.join(", "))
    };
    let things: Vec<String> = (0..3).map(|kind| format!("{} {}", counts[kind], KINDS[kind])).collect();
    Dealt {
        space: Space { agents: 2, issues: (0..3).map(issue).collect(), budgets: None },
        rules: format!(
            "{} are to be divided. A proposal says, kind by kind, how many each agent gets; all of them are given away.",
            things.join(", ")
        ),
        values: (0..2).map(told).collect(),
        gap: None,
    }
}

type Values = [[usize; 3]; 2];

fn draw_values<R: Rng>(rng: &mut R) -> ([usize; 3], Values) {
    loop {
        let things = 5 + draw::below(rng, 3) as usize;
        let mut counts = [1; 3];
        for _ in 3..things {
            counts[draw::below(rng, 3) as usize] += 1;
        }
        let worths = worths(counts);
        let mut pick = || worths[draw::below(rng, worths.len() as u64) as usize];
        let values = [pick(), pick()];
        let wanted = |kind: usize| values.iter().filter(|v| v[kind] > 0).count();
        if (0..3).all(|kind| wanted(kind) > 0) && (0..3).any(|kind| wanted(kind) == 2) {
            return (counts, values);
        }
    }
}

/// Every way in which things of these counts are worth [`WORTH`] together. With each count between 1 and 5 there is one:
/// a kind of 1 or 2 things can carry all.
fn worths(counts: [usize; 3]) -> Vec<[usize; 3]> {
    let mut found = Vec::new();
    for a in 0..=WORTH / counts[0] {
        for b in 0..=(WORTH - a * counts[0]) / counts[1] {
            let left = WORTH - a * counts[0] - b * counts[1];
            if left.is_multiple_of(counts[2]) {
                found.push([a, b, left / counts[2]]);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha8Rng;
    use rand_core::SeedableRng;

    use super::*;

    #[test]
    fn what_is_dealt_keeps_the_rules_of_the_original() {
        for seed in 0..2_000 {
            let (counts, values) = draw_values(&mut ChaCha8Rng::seed_from_u64(seed));
            assert!((5..=7).contains(&counts.iter().sum::<usize>()) && counts.iter().all(|c| *c >= 1));
            assert!(values.iter().all(|v| v.iter().zip(counts).map(|(v, c)| v * c).sum::<usize>() == 10));
            assert!((0..3).all(|kind| values.iter().any(|v| v[kind] > 0)));
            assert!((0..3).any(|kind| values.iter().all(|v| v[kind] > 0)));
        }
    }
}
