//! The part of a plan that one phase brings.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use ergon_domain::{Canonical, Digest, PlannedCondition};

use super::permutation::Permutation;
use super::shared::Shared;
use crate::designs::{Rows, Space};
use crate::spec::Order;

/// Phases of up to this many conditions keep them once they were made.
const KEPT: u64 = 1 << 17;

/// The part of a plan that one phase brings.
#[derive(Debug)]
pub(crate) struct PhasePlan {
    /// Position in the spec.
    pub(crate) index: u16,
    /// Numbers of its replicates: from 0, but where they must be fresh.
    pub(crate) replicates: Range<u32>,
    order: Order,
    /// Seed of its order.
    seed: Digest,
    space: Space,
    pub(crate) rows: Rows,
    kept: Vec<OnceLock<Arc<PlannedCondition>>>,
    /// Itself alone, as most runs list their phases.
    pub(crate) alone: Arc<[u16]>,
    /// Conditions that other phases select too.
    pub(crate) shared: BTreeMap<u64, Shared>,
    /// Conditions that the filters keep; `None`: all.
    pub(crate) wanted: Option<Vec<bool>>,
    /// Whether the phase itself was asked for.
    pub(crate) is_selected: bool,
}

/// Order of a phase's runs, with the permutation of the block it is in.
#[derive(Clone, Debug)]
pub(crate) struct Sequence {
    permutation: Option<(u64, Permutation)>,
}

impl PhasePlan {
    pub(crate) fn new(
        index: u16,
        (name, replicates, order): (&str, Range<u32>, Order),
        campaign_seed: u64,
        space: Space,
        rows: Rows,
    ) -> Self {
        let mut kept = Vec::new();
        if rows.len() <= KEPT {
            kept.resize_with(rows.len() as usize, OnceLock::new);
        }
        let seed = Canonical::new("ergon.order.1").u64(campaign_seed).str(name).finish();
        let alone = Arc::from([index]);
        let shared = BTreeMap::new();
        Self { index, replicates, order, seed, space, rows, kept, alone, shared, wanted: None, is_selected: true }
    }

    /// Runs it selects, those of earlier phases included.
    pub(crate) fn selected(&self) -> u64 {
        self.rows.len().saturating_mul(self.replicates.len() as u64)
    }

    /// The condition at a position.
    pub(crate) fn planned(&self, position: u64) -> Arc<PlannedCondition> {
        let make = || Arc::new(self.space.condition(self.rows.raw(position)));
        match self.kept.get(position as usize) {
            Some(kept) => Arc::clone(kept.get_or_init(make)),
            None => make(),
        }
    }

    /// The factor space.
    pub(crate) fn space(&self) -> &Space {
        &self.space
    }

    /// First replicate of a condition that is planned here.
    pub(crate) fn first_replicate(&self, position: u64) -> u32 {
        self.shared.get(&position).map_or(self.replicates.start, |s| s.from)
    }

    /// Replicates of a condition that are planned here and wanted, as a half-open range.
    pub(crate) fn wanted_replicates(&self, position: u64, start_from: u32, selected: &[bool]) -> (u32, u32) {
        let is_wanted = self.wanted.as_ref().is_none_or(|w| w.get(position as usize).copied().unwrap_or(false));
        if !is_wanted {
            return (0, 0);
        }
        let first = self.first_replicate(position).max(start_from);
        let end = if self.is_selected {
            self.replicates.end
        } else {
            let others = self.shared.get(&position).map_or(&[][..], |s| &s.others);
            let wanted = others.iter().filter(|(phase, _)| selected.get(usize::from(*phase)).copied().unwrap_or(false));
            wanted.map(|(_, replicates)| *replicates).max().unwrap_or(0).min(self.replicates.end)
        };
        (first.min(end), end)
    }

    /// The start of its order.
    pub(crate) fn sequence(&self) -> Sequence {
        let permutation = match self.order {
            Order::Randomised => Some((0, Permutation::new(self.selected(), &self.seed))),
            Order::AsListed | Order::BlockedByReplicate => None,
        };
        Sequence { permutation }
    }

    /// Condition and replicate of the run at a step of its order.
    pub(crate) fn run_at(&self, step: u64, sequence: &mut Sequence) -> (u64, u32) {
        let (conditions, replicates) = (self.rows.len().max(1), (self.replicates.len() as u64).max(1));
        let number = |replicate: u64| self.replicates.start.saturating_add(replicate as u32);
        match self.order {
            Order::AsListed => (step / replicates, number(step % replicates)),
            Order::Randomised => {
                let at = sequence.permutation.as_ref().map_or(step, |(_, p)| p.at(step));
                (at / replicates, number(at % replicates))
            }
            Order::BlockedByReplicate => {
                let block = step / conditions;
                if !matches!(&sequence.permutation, Some((b, _)) if *b == block) {
                    let seed = Canonical::new("ergon.block.1").digest(&self.seed).u64(block).finish();
                    sequence.permutation = Some((block, Permutation::new(conditions, &seed)));
                }
                let within = step % conditions;
                (sequence.permutation.as_ref().map_or(within, |(_, p)| p.at(within)), number(block))
            }
        }
    }
}
