//! Every combination that the constraints admit, combinations that can't differ taken once.

use super::{Chosen, DesignError, Evaluated, MOST_COMBINATIONS, Rows, Space};

/// Combinations looked at to find which constraint leaves nothing.
const LOOKED_AT: u64 = 10_000;

/// All conditions of the space.
pub(crate) fn choose(space: &Space) -> Result<Chosen, DesignError> {
    let combinations = space.size();
    if !space.is_constrained() && !space.can_collapse() {
        return Ok(Chosen { rows: Rows::All(combinations), excluded: 0, collapsed: 0 });
    }
    if combinations > MOST_COMBINATIONS {
        return Err(DesignError::TooLarge { kind: "full_factorial", combinations });
    }
    let mut scratch = Evaluated::default();
    let mut admitted: Vec<(u64, u64)> = Vec::new();
    for raw in 0..combinations {
        admitted.extend(space.admitted(raw, &mut scratch)?.map(|identity| (identity, raw)));
    }
    let excluded = combinations - admitted.len() as u64;
    if admitted.is_empty() {
        return Err(DesignError::NothingLeft(culprits(space)?));
    }
    let before = admitted.len();
    if space.can_collapse() {
        admitted.sort_unstable();
        admitted.dedup_by_key(|(identity, _)| *identity);
    }
    let collapsed = (before - admitted.len()) as u64;
    let mut rows: Vec<u64> = admitted.into_iter().map(|(_, raw)| raw).collect();
    rows.sort_unstable();
    Ok(Chosen { rows: Rows::Chosen(rows), excluded, collapsed })
}

/// The constraints to blame when nothing is left: one that alone excludes everything, else all of them.
pub(crate) fn culprits(space: &Space) -> Result<Vec<String>, DesignError> {
    let texts = space.constraint_texts();
    let combinations = space.size().min(MOST_COMBINATIONS);
    let step = (combinations / LOOKED_AT).max(1);
    let mut scratch = Evaluated::default();
    for (i, text) in texts.iter().enumerate() {
        let mut excludes_all = true;
        for raw in (0..combinations).step_by(step as usize) {
            space.evaluate(raw, &mut scratch);
            if !space.breaks(i, &scratch)? {
                excludes_all = false;
                break;
            }
        }
        if excludes_all {
            return Ok(vec![text.clone()]);
        }
    }
    Ok(texts)
}
