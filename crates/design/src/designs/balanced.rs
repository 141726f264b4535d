//! A balanced sample: exactly N distinct conditions, every level as often as the others (±1), all pairs of levels
//! covered where N allows, pairs as even as can be found.
//!
//! Start: every factor's levels dealt evenly and shuffled. Then exchange: two rows swap their levels of one factor, which
//! keeps every level's count; a swap is kept if fewer rows are invalid (a constraint, a repeated condition), or pairs
//! are not less even. Rows that no swap makes valid are replaced one coordinate at a time, which may cost balance, and
//! exchange goes on.

use std::collections::BTreeMap;

use rand_chacha::ChaCha8Rng;

use super::pair_counts::{self, PairCounts};
use super::random::{self, LISTED};
use super::{Chosen, DesignError, Evaluated, Rows, Space, below, full_factorial, shuffle};

/// Proposed swaps per row and factor.
const SWAPS: u64 = 150;
/// Proposed swaps per row and factor without a gain, after which the sample is as even as it gets.
const IDLE: u64 = 4;
/// Most proposed swaps.
const MOST_SWAPS: u64 = 6_000_000;
/// Replacements tried for a row that no swap makes valid.
const REPLACEMENTS: usize = 4_000;
/// What one row too many of a level costs against unevenness of pairs.
const LEVEL_COST: i64 = 1 << 20;

struct Sample<'s> {
    space: &'s Space,
    radices: Vec<usize>,
    rows: Vec<Vec<usize>>,
    /// Identity of each row; `None`: a constraint excludes it.
    identities: Vec<Option<u64>>,
    /// Rows per identity.
    taken: BTreeMap<u64, u32>,
    pairs: PairCounts,
    scratch: Evaluated<'s>,
}

/// Exactly `size` distinct conditions.
pub(crate) fn sample(space: &Space, size: u64, rng: &mut ChaCha8Rng) -> Result<Chosen, DesignError> {
    let kind = "balanced_sample";
    let pairs = pair_counts::cells(&space.radices());
    if pairs > pair_counts::MOST_CELLS {
        return Err(DesignError::TooManyPairs { kind, pairs });
    }
    let (mut excluded, mut collapsed) = (0, 0);
    let mut start = None;
    if space.size() <= LISTED {
        let all = full_factorial::choose(space)?;
        (excluded, collapsed) = (all.excluded, all.collapsed);
        let available = all.rows.len();
        if size > available {
            return Err(DesignError::SampleTooLarge { kind, size, available });
        }
        if size == available {
            return Ok(all);
        }
        // Of a nearly full space, swaps rarely find a free condition: start from distinct ones.
        if size > available / 2 {
            let drawn = random::sample(space, size, rng)?;
            start = Some((0..size).map(|i| space.digits(drawn.rows.raw(i))).collect());
        }
    }
    let rows = start.unwrap_or_else(|| dealt(&space.radices(), size as usize, rng));
    let mut sample = Sample::new(space, rows)?;
    sample.exchange(rng)?;
    if sample.invalid() > 0 {
        sample.replace_invalid(rng)?;
        sample.exchange(rng)?;
    }
    let found = size - sample.invalid();
    if found == 0 {
        return Err(DesignError::NothingLeft(full_factorial::culprits(space)?));
    }
    if found < size {
        return Err(DesignError::SampleTooLarge { kind, size, available: found });
    }
    let rows = sample.rows.iter().map(|digits| space.raw(digits)).collect();
    Ok(Chosen { rows: Rows::Chosen(rows), excluded, collapsed })
}

/// Rows in which every level of a factor occurs equally often, ±1.
fn dealt(radices: &[usize], size: usize, rng: &mut ChaCha8Rng) -> Vec<Vec<usize>> {
    let mut rows = vec![Vec::with_capacity(radices.len()); size];
    for radix in radices {
        let mut levels: Vec<usize> = (0..*radix).collect();
        shuffle(rng, &mut levels);
        let mut column: Vec<usize> = (0..size).map(|i| levels[i % radix]).collect();
        shuffle(rng, &mut column);
        rows.iter_mut().zip(column).for_each(|(row, level)| row.push(level));
    }
    rows
}

impl<'s> Sample<'s> {
    fn new(space: &'s Space, rows: Vec<Vec<usize>>) -> Result<Self, DesignError> {
        let radices = space.radices();
        let mut pairs = PairCounts::new(&radices);
        rows.iter().for_each(|row| pairs.count(row, 1));
        let scratch = Evaluated::default();
        let mut sample =
            Self { space, radices, identities: Vec::new(), taken: BTreeMap::new(), pairs, scratch, rows: Vec::new() };
        for row in rows {
            let identity = sample.identity(&row)?;
            sample.take(identity, 1);
            sample.identities.push(identity);
            sample.rows.push(row);
        }
        Ok(sample)
    }

    fn identity(&mut self, row: &[usize]) -> Result<Option<u64>, DesignError> {
        let space = self.space;
        space.admitted(space.raw(row), &mut self.scratch)
    }

    fn take(&mut self, identity: Option<u64>, by: i32) {
        if let Some(identity) = identity {
            let count = self.taken.entry(identity).or_insert(0);
            *count = count.saturating_add_signed(by);
            if *count == 0 {
                self.taken.remove(&identity);
            }
        }
    }

    fn is_bad(&self, row: usize) -> bool {
        self.identities[row].is_none_or(|id| self.taken.get(&id).is_some_and(|n| *n > 1))
    }

    /// Rows that are excluded or repeat another.
    fn invalid(&self) -> u64 {
        let excluded = self.identities.iter().filter(|id| id.is_none()).count() as u64;
        excluded + self.taken.values().map(|n| u64::from(*n) - 1).sum::<u64>()
    }

    fn exchange(&mut self, rng: &mut ChaCha8Rng) -> Result<(), DesignError> {
        let (rows, factors) = (self.rows.len() as u64, self.radices.len() as u64);
        if rows < 2 || factors == 0 {
            return Ok(());
        }
        let mut bad: Vec<usize> = (0..self.rows.len()).filter(|r| self.is_bad(*r)).collect();
        let mut idle = 0;
        for round in 0..(SWAPS * rows * factors).min(MOST_SWAPS) {
            if idle > IDLE * rows * factors && bad.is_empty() {
                break;
            }
            idle += 1;
            let first = match bad.len() as u64 {
                n if n > 0 && round % 2 == 0 => {
                    let at = below(rng, n) as usize;
                    if !self.is_bad(bad[at]) {
                        bad.swap_remove(at);
                        continue;
                    }
                    bad[at]
                }
                _ => below(rng, rows) as usize,
            };
            let second = below(rng, rows) as usize;
            let factor = below(rng, factors) as usize;
            let differ = self.rows[first][factor] != self.rows[second][factor];
            if differ && self.try_swap(first, second, factor)? {
                idle = 0;
            }
        }
        Ok(())
    }

    /// Swaps the levels of two rows if that is no worse; whether it is better.
    fn try_swap(&mut self, first: usize, second: usize, factor: usize) -> Result<bool, DesignError> {
        let (x, y) = (self.rows[first][factor], self.rows[second][factor]);
        let was_bad = self.is_bad(first) || self.is_bad(second);
        let mut change = self.pairs.relevel_with_cost(&self.rows[first], factor, y);
        change += self.pairs.relevel_with_cost(&self.rows[second], factor, x);
        if change > 0 && !was_bad {
            self.pairs.relevel_with_cost(&with(&self.rows[first], factor, y), factor, x);
            self.pairs.relevel_with_cost(&with(&self.rows[second], factor, x), factor, y);
            return Ok(false);
        }
        let before = self.badness(first, second);
        let old = (self.identities[first], self.identities[second]);
        (self.rows[first][factor], self.rows[second][factor]) = (y, x);
        let (row_a, row_b) = (self.rows[first].clone(), self.rows[second].clone());
        self.assign(first, self.space_identity(&row_a)?);
        self.assign(second, self.space_identity(&row_b)?);
        let after = self.badness(first, second);
        if after < before || (after == before && change <= 0) {
            return Ok(after < before || change < 0);
        }
        self.assign(first, old.0);
        self.assign(second, old.1);
        self.pairs.relevel(&self.rows[first], factor, x);
        self.pairs.relevel(&self.rows[second], factor, y);
        (self.rows[first][factor], self.rows[second][factor]) = (x, y);
        Ok(false)
    }

    fn space_identity(&self, row: &[usize]) -> Result<Option<u64>, DesignError> {
        let mut scratch = Evaluated::default();
        self.space.admitted(self.space.raw(row), &mut scratch)
    }

    fn assign(&mut self, row: usize, identity: Option<u64>) {
        let old = self.identities[row];
        self.take(old, -1);
        self.take(identity, 1);
        self.identities[row] = identity;
    }

    /// How many of two rows are excluded or repeat another: the change of `invalid` when only they change.
    fn badness(&self, first: usize, second: usize) -> u32 {
        let repeats = |row: usize| {
            self.identities[row].map_or(2, |id| 2 * self.taken.get(&id).map_or(0, |n| n.saturating_sub(1)))
        };
        let same = self.identities[first].is_some() && self.identities[first] == self.identities[second];
        if same { repeats(first) + repeats(second) - 2 } else { repeats(first) + repeats(second) }
    }

    /// Gives every invalid row other levels, at the least cost in balance found.
    fn replace_invalid(&mut self, rng: &mut ChaCha8Rng) -> Result<(), DesignError> {
        let mut counts: Vec<Vec<i64>> = self.radices.iter().map(|r| vec![0; *r]).collect();
        for row in &self.rows {
            row.iter().enumerate().for_each(|(f, level)| counts[f][*level] += 1);
        }
        for row in 0..self.rows.len() {
            if !self.is_bad(row) {
                continue;
            }
            let old = self.rows[row].clone();
            self.pairs.count(&old, -1);
            old.iter().enumerate().for_each(|(f, level)| counts[f][*level] -= 1);
            self.assign(row, None);
            let mut best: Option<(i64, Vec<usize>, u64)> = None;
            for _ in 0..REPLACEMENTS {
                let candidate = self.candidate(&old, rng);
                let cost = candidate.iter().enumerate().map(|(f, l)| LEVEL_COST / 1024 * counts[f][*l]).sum::<i64>();
                if best.as_ref().is_some_and(|(least, _, _)| cost >= *least) {
                    continue;
                }
                if let Some(identity) = self.identity(&candidate)?.filter(|id| !self.taken.contains_key(id)) {
                    best = Some((cost, candidate, identity));
                }
            }
            let (next, identity) = match best {
                Some((_, candidate, identity)) => (candidate, Some(identity)),
                None => (old, None),
            };
            self.pairs.count(&next, 1);
            next.iter().enumerate().for_each(|(f, level)| counts[f][*level] += 1);
            self.rows[row] = next;
            self.assign(row, identity);
        }
        Ok(())
    }

    /// The row with some of its levels drawn anew.
    fn candidate(&self, row: &[usize], rng: &mut ChaCha8Rng) -> Vec<usize> {
        let mut candidate = row.to_vec();
        let changes = 1 + below(rng, row.len() as u64);
        for _ in 0..changes {
            let factor = below(rng, row.len() as u64) as usize;
            candidate[factor] = below(rng, self.radices[factor] as u64) as usize;
        }
        candidate
    }
}

fn with(row: &[usize], factor: usize, level: usize) -> Vec<usize> {
    let mut row = row.to_vec();
    row[factor] = level;
    row
}
