//! The runs of a plan, made one at a time.

use std::sync::Arc;

use ergon_domain::{Digest, PlannedRun, run_key};

use super::phase_plan::{PhasePlan, Sequence};

/// What a plan's iterators share.
#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) base: Digest,
    /// In plan order.
    pub(crate) phases: Vec<PhasePlan>,
    /// Whether a phase was asked for, by position in the spec.
    pub(crate) selected: Vec<bool>,
    pub(crate) start_from: u32,
    /// Number of runs, limit included.
    pub(crate) runs: u64,
}

/// The runs of a plan in order.
#[derive(Clone, Debug)]
pub struct Runs {
    parts: Arc<Parts>,
    phase: usize,
    step: u64,
    sequence: Option<Sequence>,
    index: u64,
    left: u64,
}

impl Runs {
    pub(crate) fn new(parts: Arc<Parts>) -> Self {
        let left = parts.runs;
        Self { parts, phase: 0, step: 0, sequence: None, index: 0, left }
    }
}

impl Iterator for Runs {
    type Item = PlannedRun;

    fn next(&mut self) -> Option<PlannedRun> {
        if self.left == 0 {
            return None;
        }
        let parts = Arc::clone(&self.parts);
        loop {
            let phase = parts.phases.get(self.phase)?;
            if self.step >= phase.selected() {
                (self.phase, self.step, self.sequence) = (self.phase + 1, 0, None);
                continue;
            }
            let sequence = self.sequence.get_or_insert_with(|| phase.sequence());
            let (position, replicate) = phase.run_at(self.step, sequence);
            self.step += 1;
            if replicate < phase.first_replicate(position) {
                continue;
            }
            let index = self.index;
            self.index += 1;
            let (first, end) = phase.wanted_replicates(position, parts.start_from, &parts.selected);
            if !(first..end).contains(&replicate) {
                continue;
            }
            self.left -= 1;
            let condition = phase.planned(position);
            let key = run_key(&parts.base, &condition.digest, replicate);
            let phases = match phase.shared.get(&position) {
                None => Arc::clone(&phase.alone),
                Some(shared) => {
                    let others = shared.others.iter().filter(|(_, n)| replicate < *n).map(|(i, _)| *i);
                    std::iter::once(phase.index).chain(others).collect()
                }
            };
            return Some(PlannedRun { index, key, condition, replicate, phases });
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = usize::try_from(self.left).unwrap_or(usize::MAX);
        (left, Some(left))
    }
}
