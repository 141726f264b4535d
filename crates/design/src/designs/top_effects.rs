//! Conditions where earlier phases saw the largest effects, for confirmation.
//!
//! Which ones is known only when those phases have finished, so such a phase goes through two states. Open: the spec
//! says `size` and `from`, a plan counts its runs and lists none. Chosen: the conditions stand in the spec of a new
//! revision, with the digest of the runs they were chosen from, and plan like an explicit list. The choice is a function
//! of the stored results alone, so a dry run after the source phases have finished shows what will run.
//!
//! Its replicates begin after those of all other phases: no run, and no common random stream, is one that the choice was
//! made from. An effect picked for being large is overestimated where it was picked (the winner's curse); the fresh runs
//! are not.

use std::collections::{BTreeMap, BTreeSet};

use ergon_domain::Digest;

use crate::campaign::{Campaign, ResolvedPhase};
use crate::plan::{PlanError, PlanOptions};
use crate::spec::DesignKind;

/// What a phase saw in one condition.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    /// The phase, by position in the spec.
    pub phase: u16,
    /// The condition.
    pub condition: Digest,
    /// Values of its runs, by response; responses in the same order everywhere. What is missing or censored is left out.
    pub responses: Vec<Vec<f64>>,
}

/// How far a condition stands out.
#[derive(Clone, Debug, PartialEq)]
pub struct Effect {
    /// The condition.
    pub condition: Digest,
    /// The response in which it stands out most, by position.
    pub response: usize,
    /// |mean of the condition − mean of the phase's conditions| ÷ standard deviation of the phase's runs.
    pub size: f64,
}

/// Every condition with its largest effect over responses and phases, largest first, ties by digest. A condition without
/// a value of any response that varies is left out.
pub fn largest_effects(seen: &[Seen]) -> Vec<Effect> {
    let mut best: BTreeMap<Digest, Effect> = BTreeMap::new();
    let phases: BTreeSet<u16> = seen.iter().map(|s| s.phase).collect();
    for phase in phases {
        let cells: Vec<&Seen> = seen.iter().filter(|s| s.phase == phase).collect();
        for response in 0..cells.iter().map(|c| c.responses.len()).max().unwrap_or(0) {
            for (condition, size) in effects(&cells, response) {
                let effect = Effect { condition, response, size };
                let is_larger = best.get(&condition).is_none_or(|known| size > known.size);
                if is_larger {
                    best.insert(condition, effect);
                }
            }
        }
    }
    let mut ranked: Vec<Effect> = best.into_values().collect();
    ranked.sort_by(|a, b| b.size.total_cmp(&a.size).then(a.condition.cmp(&b.condition)));
    ranked
}

/// Effects of one response in one phase; none where it doesn't vary.
fn effects(cells: &[&Seen], response: usize) -> Vec<(Digest, f64)> {
    let values: Vec<(Digest, &[f64])> = cells
        .iter()
        .filter_map(|c| Some((c.condition, c.responses.get(response)?.as_slice())))
        .filter(|(_, values)| !values.is_empty())
        .collect();
    let means: Vec<f64> = values.iter().map(|(_, v)| mean(v)).collect();
    let centre = mean(&means);
    let all: Vec<f64> = values.iter().flat_map(|(_, v)| v.iter().copied()).collect();
    let overall = mean(&all);
    let squares: f64 = all.iter().map(|x| (x - overall) * (x - overall)).sum();
    let sd = libm::sqrt(squares / (all.len() as f64 - 1.0));
    if !(sd > 0.0 && sd.is_finite()) {
        return Vec::new();
    }
    values.iter().zip(means).map(|((condition, _), m)| (*condition, (m - centre).abs() / sd)).collect()
}

fn mean(x: &[f64]) -> f64 {
    x.iter().sum::<f64>() / x.len() as f64
}

impl Campaign {
    /// Phases whose conditions are chosen from results, by position in the spec.
    pub fn chosen_phases(&self) -> impl Iterator<Item = (u16, &ResolvedPhase)> {
        let chosen = |(_, p): &(usize, &ResolvedPhase)| p.design.kind == DesignKind::TopEffects;
        self.phases.iter().enumerate().filter(chosen).map(|(i, p)| (u16::try_from(i).unwrap_or(u16::MAX), p))
    }

    /// What a phase is chosen from: the options that plan its source phases.
    pub fn source_options(&self, phase: &ResolvedPhase) -> PlanOptions {
        let name = |i: &u16| self.phases.get(usize::from(*i)).map(|p| p.name.clone());
        PlanOptions { phases: Some(phase.from.iter().filter_map(name).collect()), ..PlanOptions::default() }
    }

    /// Digest of the runs that a phase is chosen from; `None` while one of its source phases is open itself.
    ///
    /// # Errors
    /// The source phases can't be planned.
    pub fn basis(&self, phase: &ResolvedPhase) -> Result<Option<Digest>, PlanError> {
        let is_open = |i: &u16| self.phases.get(usize::from(*i)).is_some_and(ResolvedPhase::is_open);
        if phase.from.iter().any(is_open) {
            return Ok(None);
        }
        Ok(Some(self.plan(&self.source_options(phase))?.plan_hash()))
    }

    /// First replicate of each phase, by position in the spec: 0, but for chosen phases the first that no other uses.
    pub(crate) fn first_replicates(&self) -> Vec<u32> {
        let is_chosen = |p: &ResolvedPhase| p.design.kind == DesignKind::TopEffects;
        let used = self.phases.iter().filter(|p| !is_chosen(p)).map(|p| p.replicates).max().unwrap_or(0);
        let mut next = used;
        let first = |p: &ResolvedPhase| {
            if !is_chosen(p) {
                return 0;
            }
            let first = next;
            next = next.saturating_add(p.replicates);
            first
        };
        self.phases.iter().map(first).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(phase: u16, condition: u8, responses: &[&[f64]]) -> Seen {
        let responses = responses.iter().map(|r| r.to_vec()).collect();
        Seen { phase, condition: Digest([condition; 32]), responses }
    }

    fn order(seen: &[Seen]) -> Vec<u8> {
        largest_effects(seen).iter().map(|e| e.condition.0[0]).collect()
    }

    #[test]
    fn the_condition_farthest_from_its_phase_comes_first() {
        let cells = [seen(0, 1, &[&[10.0, 12.0]]), seen(0, 2, &[&[10.5, 11.5]]), seen(0, 3, &[&[20.0, 22.0]])];
        // Means 11, 11, 21 around 14.333; the standard deviation of the six runs is 5.2504.
        let effects = largest_effects(&cells);
        assert_eq!(order(&cells), [3, 1, 2], "equal ones go by digest");
        assert!((effects[0].size - 6.666_666_667 / 5.250_396_8).abs() < 1e-6, "{effects:?}");
        assert!((effects[1].size - 3.333_333_333 / 5.250_396_8).abs() < 1e-6, "{effects:?}");
    }

    #[test]
    fn effects_are_counted_in_standard_deviations_of_their_own_response_and_phase() {
        // The same pattern in other units, in another phase, is the same effect.
        let metres = seen(0, 1, &[&[1.0, 2.0], &[5.0, 5.0]]);
        let millimetres = seen(1, 3, &[&[1000.0, 2000.0]]);
        let effects = largest_effects(&[
            metres,
            seen(0, 2, &[&[3.0, 4.0], &[5.0, 5.0]]),
            millimetres,
            seen(1, 4, &[&[3000.0, 4000.0]]),
        ]);
        assert_eq!(effects.len(), 4);
        assert!(effects.iter().all(|e| (e.size - effects[0].size).abs() < 1e-12 && e.response == 0), "{effects:?}");
    }

    #[test]
    fn what_was_not_seen_has_no_effect() {
        assert!(order(&[seen(0, 1, &[&[5.0, 5.0]]), seen(0, 2, &[&[5.0, 5.0]])]).is_empty(), "nothing varied");
        assert_eq!(order(&[seen(0, 1, &[&[]]), seen(0, 2, &[&[1.0, 2.0]])]), [2], "no value, no effect");
        assert!(order(&[]).is_empty());
    }
}
