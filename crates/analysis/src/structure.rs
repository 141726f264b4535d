//! How the design structure decides: whether replicates are blocks, and whether other factors are adjusted for by
//! matching or by an additive model. Nothing here looks at a metric's values.

use ergon_design::spec::{DesignKind, Order};

use crate::cells::Matching;
use crate::frame::Frame;

/// What the unit of analysis is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Blocking {
    /// Replicates are blocks, with why.
    Replicates(String),
    /// Runs are independent, with why.
    Independent(String),
}

/// How other factors are adjusted for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Adjusting {
    /// Nothing else varies.
    NotNeeded,
    /// Within cells that hold every level compared.
    Matching,
    /// By an additive linear model, with why.
    AdditiveModel(String),
}

/// Whether runs of one replicate belong together, for runs of these phases.
pub(crate) fn blocking(frame: &Frame, phases: &[u16]) -> Blocking {
    let structure = &frame.structure;
    if !structure.common_streams.is_empty() {
        let streams = structure.common_streams.join(", ");
        return Blocking::Replicates(format!(
            "all conditions of a replicate share the random streams {streams}, so their results move together"
        ));
    }
    let of = |p: &u16| structure.phases.get(usize::from(*p));
    let blocked =
        !phases.is_empty() && phases.iter().all(|p| of(p).is_some_and(|p| p.order == Order::BlockedByReplicate));
    match (blocked, phases.len()) {
        (true, 1) => Blocking::Replicates("the runs of a replicate were executed together, as a block".into()),
        (true, _) => Blocking::Independent(
            "no random stream is common, and the blocks of different phases are different blocks".into(),
        ),
        (false, _) => Blocking::Independent("no random stream is common and the order isn't blocked".into()),
    }
}

/// How to adjust for the other factors that vary among the rows.
pub(crate) fn adjusting(frame: &Frame, phases: &[u16], others: usize, blocking: &Blocking) -> Adjusting {
    if others == 0 {
        return Adjusting::NotNeeded;
    }
    let of = |p: &u16| frame.structure.phases.get(usize::from(*p));
    if let Some(phase) = phases.iter().filter_map(of).find(|p| is_sample(p.design)) {
        return Adjusting::AdditiveModel(format!(
            "{} holds a part of all combinations ({}), so few of them differ in this factor alone",
            phase.name,
            phase.design.name().replace('_', " ")
        ));
    }
    let single = !phases.is_empty() && phases.iter().all(|p| of(p).is_some_and(|p| p.replicates <= 1));
    if single && matches!(blocking, Blocking::Independent(_)) {
        return Adjusting::AdditiveModel(
            "each condition was run once, so the error can only be told from how conditions differ from an additive model"
                .into(),
        );
    }
    Adjusting::Matching
}

/// Designs that take a part of the combinations.
fn is_sample(kind: DesignKind) -> bool {
    matches!(
        kind,
        DesignKind::BalancedSample
            | DesignKind::RandomSample
            | DesignKind::Fractional
            | DesignKind::LatinHypercube
            | DesignKind::DOptimal
    )
}

/// Cells and replicates that are complete for all levels compared.
#[derive(Clone, Debug, Default)]
pub(crate) struct CompleteBlocks {
    /// Cells kept, by position in the matching.
    pub(crate) cells: Vec<usize>,
    /// Replicates kept.
    pub(crate) replicates: Vec<u32>,
    /// Row of (cell, level, replicate), in the order of `cells`, the levels, and `replicates`.
    pub(crate) rows: Vec<Vec<Vec<usize>>>,
    /// Matched rows left out because their cell or replicate isn't complete.
    pub(crate) left_out: usize,
}

impl CompleteBlocks {
    /// The runs of each cell and replicate by level: cell by cell, and within these replicate by replicate.
    pub(crate) fn strata(&self) -> Vec<Vec<Vec<usize>>> {
        let of = |cell: &Vec<Vec<usize>>, r: usize| -> Vec<Vec<usize>> {
            cell.iter().map(|level| level.get(r).copied().into_iter().collect()).collect()
        };
        self.rows.iter().flat_map(|cell| (0..self.replicates.len()).map(move |r| of(cell, r))).collect()
    }

    /// Something of the strata of each replicate, from all strata as [`Self::strata`] lists them.
    pub(crate) fn by_replicate<T>(&self, strata: &[Vec<Vec<usize>>], of: impl Fn(&[Vec<Vec<usize>>]) -> T) -> Vec<T> {
        let count = self.replicates.len();
        let part = |r: usize| strata.iter().skip(r).step_by(count.max(1)).cloned().collect::<Vec<_>>();
        (0..count).map(|r| of(&part(r))).collect()
    }
}

/// The largest complete rectangle of cells × replicates that dropping the least complete cell or replicate, one at a
/// time, arrives at: an average over different cells in different replicates would mistake cells for blocks.
pub(crate) fn complete_blocks(frame: &Frame, matching: &Matching, levels: usize) -> CompleteBlocks {
    use std::collections::BTreeMap;
    let mut table: Vec<BTreeMap<u32, Vec<Option<usize>>>> = Vec::new();
    for cell in &matching.cells {
        let mut of_cell: BTreeMap<u32, Vec<Option<usize>>> = BTreeMap::new();
        for (level, rows) in cell.rows.iter().enumerate() {
            for i in rows {
                let Some(row) = frame.rows.get(*i) else { continue };
                let slots = of_cell.entry(row.replicate).or_insert_with(|| vec![None; levels]);
                if let Some(slot) = slots.get_mut(level) {
                    slot.get_or_insert(*i);
                }
            }
        }
        of_cell.retain(|_, slots| slots.iter().all(Option::is_some));
        table.push(of_cell);
    }
    let mut replicates: Vec<u32> = table.iter().flat_map(|c| c.keys().copied()).collect();
    replicates.sort_unstable();
    replicates.dedup();
    let has = |cell: usize, replicate: u32| table.get(cell).is_some_and(|c| c.contains_key(&replicate));
    // How many partners each cell and replicate still lacks.
    let mut cells: Vec<(usize, usize)> =
        table.iter().enumerate().map(|(c, of_cell)| (replicates.len() - of_cell.len(), c)).collect();
    let mut blocks: Vec<(usize, u32)> =
        replicates.iter().map(|r| (table.iter().filter(|c| !c.contains_key(r)).count(), *r)).collect();
    while let (Some((cell_gap, cell)), Some((block_gap, block))) = (cells.iter().max(), blocks.iter().max()) {
        let (cell_gap, cell, block_gap, block) = (*cell_gap, *cell, *block_gap, *block);
        if cell_gap == 0 {
            break;
        }
        // Shares of what each lacks, compared without division; in a tie the replicate goes, as that keeps what is
        // averaged over.
        if cell_gap * cells.len() > block_gap * blocks.len() {
            cells.retain(|(_, c)| *c != cell);
            for (gap, _) in blocks.iter_mut().filter(|(_, r)| !has(cell, *r)) {
                *gap -= 1;
            }
        } else {
            blocks.retain(|(_, r)| *r != block);
            for (gap, _) in cells.iter_mut().filter(|(_, c)| !has(*c, block)) {
                *gap -= 1;
            }
        }
    }
    let cells: Vec<usize> = cells.into_iter().map(|(_, c)| c).collect();
    let replicates: Vec<u32> = blocks.into_iter().map(|(_, r)| r).collect();
    let rows: Vec<Vec<Vec<usize>>> = cells
        .iter()
        .map(|c| {
            let row = |level: usize, r: &u32| table.get(*c)?.get(r)?.get(level).copied().flatten();
            (0..levels).map(|level| replicates.iter().filter_map(|r| row(level, r)).collect()).collect()
        })
        .collect();
    let kept: usize = rows.iter().flatten().map(Vec::len).sum();
    let matched: usize = matching.cells.iter().flat_map(|c| &c.rows).map(Vec::len).sum();
    CompleteBlocks { cells, replicates, rows, left_out: matched - kept }
}
