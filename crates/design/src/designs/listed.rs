//! Designs that are a list: explicit conditions, one factor at a time.

use std::collections::BTreeSet;

use super::{Chosen, DesignError, Evaluated, Rows, Space, full_factorial};
use crate::campaign::ResolvedPhase;

/// The conditions the spec lists, in its order.
pub(crate) fn explicit(phase: &ResolvedPhase, space: &Space) -> Result<Chosen, DesignError> {
    let raws = phase.explicit.iter().map(|row| {
        let digit = |f: &crate::campaign::Factor| {
            row.get(&f.name).and_then(|v| f.levels.iter().position(|level| level == v)).unwrap_or(0)
        };
        space.raw(&phase.factors.iter().map(digit).collect::<Vec<_>>())
    });
    admit(space, raws.collect())
}

/// The first level of every factor, then each factor varied alone.
pub(crate) fn one_at_a_time(space: &Space) -> Result<Chosen, DesignError> {
    let radices = space.radices();
    let mut raws = vec![0];
    for (factor, radix) in radices.iter().enumerate() {
        for digit in 1..*radix {
            let mut digits = vec![0; radices.len()];
            digits[factor] = digit;
            raws.push(space.raw(&digits));
        }
    }
    admit(space, raws)
}

/// Those that the constraints admit, each condition once.
fn admit(space: &Space, raws: Vec<u64>) -> Result<Chosen, DesignError> {
    let mut scratch = Evaluated::default();
    let mut seen = BTreeSet::new();
    let mut rows = Vec::new();
    let (mut excluded, mut collapsed) = (0, 0);
    for raw in raws {
        match space.admitted(raw, &mut scratch)? {
            None => excluded += 1,
            Some(identity) if !seen.insert(identity) => collapsed += 1,
            Some(_) => rows.push(raw),
        }
    }
    if rows.is_empty() {
        return Err(DesignError::NothingLeft(full_factorial::culprits(space)?));
    }
    Ok(Chosen { rows: Rows::Chosen(rows), excluded, collapsed })
}
