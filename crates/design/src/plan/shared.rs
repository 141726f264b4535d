//! Conditions that several phases select: each run is planned once, under the phase that comes first. A phase whose
//! replicates are fresh shares no run with any other.

use std::collections::BTreeMap;

use ergon_domain::Digest;

use super::phase_plan::PhasePlan;

/// What a phase must know of a condition that others select too.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Shared {
    /// Replicates below this one are planned under an earlier phase.
    pub(crate) from: u32,
    /// The other phases: position in the spec and replicates, by position.
    pub(crate) others: Vec<(u16, u32)>,
}

/// For each phase in plan order, its shared conditions by position.
pub(crate) fn find(phases: &[PhasePlan]) -> Vec<BTreeMap<u64, Shared>> {
    let mut shared = vec![BTreeMap::new(); phases.len()];
    if phases.len() < 2 {
        return shared;
    }
    let mut all: Vec<(Digest, u16, u64)> = Vec::new();
    for (order, phase) in phases.iter().enumerate().filter(|(_, phase)| phase.replicates.start == 0) {
        let order = u16::try_from(order).unwrap_or(u16::MAX);
        all.extend((0..phase.rows.len()).map(|position| (phase.planned(position).digest, order, position)));
    }
    all.sort_unstable();
    for group in all.chunk_by(|a, b| a.0 == b.0).filter(|group| group.len() > 1) {
        let mut planned = 0;
        for (_, order, position) in group {
            let own = &phases[usize::from(*order)];
            let mut others: Vec<(u16, u32)> = group
                .iter()
                .filter(|(_, other, _)| other != order)
                .map(|(_, other, _)| &phases[usize::from(*other)])
                .map(|other| (other.index, other.replicates.end))
                .collect();
            others.sort_unstable();
            shared[usize::from(*order)].insert(*position, Shared { from: planned, others });
            planned = planned.max(own.replicates.end);
        }
    }
    shared
}
