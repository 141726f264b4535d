//! Which units of a text are chosen at a level.

use ergon_domain::{Digest, draw};
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

/// The chosen units of `n`: the first round(L/100·n) of a fixed random order.
pub(super) struct Chosen {
    is_chosen: Vec<bool>,
    count: usize,
}

impl Chosen {
    /// Chooses among `n` units. `seed` is asked for only where there is something to choose.
    pub(super) fn new(n: usize, level: f64, seed: impl FnOnce() -> Digest) -> Self {
        let count = ((level / 100.0 * n as f64).round().max(0.0) as usize).min(n);
        if count == n || count == 0 {
            return Self { is_chosen: vec![count > 0; n], count };
        }
        let mut is_chosen = vec![false; n];
        for unit in first(count, n, &seed()) {
            if let Some(flag) = is_chosen.get_mut(unit as usize) {
                *flag = true;
            }
        }
        Self { is_chosen, count }
    }

    /// How many are chosen.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// Whether each unit is, in order.
    pub(super) fn flags(&self) -> &[bool] {
        &self.is_chosen
    }

    /// Positions of the chosen units, rising.
    pub(super) fn positions(&self) -> Vec<u32> {
        self.picked(0..self.is_chosen.len() as u32)
    }

    /// Those that belong to the chosen units.
    pub(super) fn of(&self, all: &[u32]) -> Vec<u32> {
        self.picked(all.iter().copied())
    }

    fn picked(&self, all: impl Iterator<Item = u32>) -> Vec<u32> {
        // Every one is written and only some are moved past: a branch by lot would be guessed wrong half the time.
        let mut found = vec![0; self.count + 1];
        let mut next = 0;
        for (one, is_chosen) in all.zip(&self.is_chosen) {
            if let Some(slot) = found.get_mut(next) {
                *slot = one;
            }
            next += usize::from(*is_chosen);
        }
        found.truncate(self.count);
        found
    }
}

/// The first `count` units of the random order of `n`. The steps of Fisher & Yates from the front: a lower count takes the
/// same steps and stops earlier, so its choice is part of any higher one's.
pub(super) fn first(count: usize, n: usize, seed: &Digest) -> Vec<u32> {
    let mut order: Vec<u32> = (0..n as u32).collect();
    if count > 0 {
        let mut rng = ChaCha8Rng::from_seed(seed.0);
        for step in 0..count {
            let other = step + draw::below(&mut rng, (n - step) as u64) as usize;
            order.swap(step, other);
        }
    }
    order.truncate(count);
    order
}
