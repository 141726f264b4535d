//! Random numbers for resampling. Resamples come in blocks, and every block has its own stream of
//! the generator, so results depend on the seed alone and not on who computes which block.

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

/// Resamples per stream.
pub(crate) const BLOCK: usize = 256;

/// The generator of one block.
pub(crate) struct Stream {
    rng: ChaCha8Rng,
    spare: u64,
    spare_bits: u32,
}

impl Stream {
    /// Block number `block` of the resampling seeded with `seed`.
    pub(crate) fn of(seed: u64, block: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(block);
        Self { rng, spare: 0, spare_bits: 0 }
    }

    /// A uniform index below `n`, for 0 < n < 2³² (Lemire 2019, unbiased).
    #[inline]
    pub(crate) fn below(&mut self, n: u32) -> u32 {
        let mut product = u64::from(self.rng.next_u32()) * u64::from(n);
        let low = product as u32;
        if low < n {
            let threshold = n.wrapping_neg() % n;
            while (product as u32) < threshold {
                product = u64::from(self.rng.next_u32()) * u64::from(n);
            }
        }
        (product >> 32) as u32
    }

    /// A fair coin.
    #[inline]
    pub(crate) fn coin(&mut self) -> bool {
        if self.spare_bits == 0 {
            self.spare = self.rng.next_u64();
            self.spare_bits = 64;
        }
        let bit = self.spare & 1 == 1;
        self.spare >>= 1;
        self.spare_bits -= 1;
        bit
    }
}
