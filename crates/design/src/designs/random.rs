//! A sample drawn at random without replacement.

use std::collections::BTreeSet;

use rand_chacha::ChaCha8Rng;

use super::{Chosen, DesignError, Evaluated, Rows, Space, below, full_factorial};

/// Spaces up to this size are listed before they are drawn from.
pub(crate) const LISTED: u64 = 1_000_000;
/// Draws per condition before a sample is given up.
const DRAWS: u64 = 1_000;

/// Exactly `size` distinct conditions. A larger sample contains the smaller one.
pub(crate) fn sample(space: &Space, size: u64, rng: &mut ChaCha8Rng) -> Result<Chosen, DesignError> {
    if space.size() <= LISTED {
        let all = full_factorial::choose(space)?;
        let available = all.rows.len();
        if size > available {
            return Err(DesignError::SampleTooLarge { kind: "random_sample", size, available });
        }
        let mut positions: Vec<u64> = (0..available).collect();
        for i in 0..size {
            positions.swap(i as usize, (i + below(rng, available - i)) as usize);
        }
        positions.truncate(size as usize);
        let rows = positions.into_iter().map(|p| all.rows.raw(p)).collect();
        return Ok(Chosen { rows: Rows::Chosen(rows), ..all });
    }
    let (rows, excluded) = draw(space, size, rng)?;
    if rows.is_empty() {
        return Err(DesignError::NothingLeft(full_factorial::culprits(space)?));
    }
    if (rows.len() as u64) < size {
        return Err(DesignError::SampleTooLarge { kind: "random_sample", size, available: rows.len() as u64 });
    }
    Ok(Chosen { rows: Rows::Chosen(rows), excluded, collapsed: 0 })
}

/// Up to `size` distinct conditions of a space too large to list.
pub(crate) fn draw(space: &Space, size: u64, rng: &mut ChaCha8Rng) -> Result<(Vec<u64>, u64), DesignError> {
    let mut scratch = Evaluated::default();
    let (mut rows, mut seen, mut excluded) = (Vec::new(), BTreeSet::new(), 0);
    for _ in 0..size.saturating_mul(DRAWS) {
        if rows.len() as u64 == size {
            break;
        }
        let raw = below(rng, space.size());
        match space.admitted(raw, &mut scratch)? {
            None => excluded += 1,
            Some(identity) if seen.insert(identity) => rows.push(raw),
            Some(_) => {}
        }
    }
    Ok((rows, excluded))
}
