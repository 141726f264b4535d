//! Random numbers for resampling. Resamples come in blocks, and every block has its own stream of
//! the generator, so results depend on the seed alone and not on who computes which block.

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

/// Resamples per stream.
pub(crate) const BLOCK: usize = 256;

/// Words drawn at a time.
const WORDS: usize = 256;

/// The generator of one block.
pub(crate) struct Stream {
    rng: ChaCha8Rng,
    words: [u32; WORDS],
    used: usize,
}

impl Stream {
    /// Block number `block` of the resampling seeded with `seed`.
    pub(crate) fn of(seed: u64, block: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(block);
        Self { rng, words: [0; WORDS], used: WORDS }
    }

    /// The next 32 random bits. They are drawn in bulk, which is much cheaper than one by one.
    #[inline]
    fn word(&mut self) -> u32 {
        if self.used == WORDS {
            self.refill();
        }
        let word = self.words[self.used];
        self.used += 1;
        word
    }

    /// Out of line: otherwise it keeps `word` from being inlined into the loops that draw.
    #[cold]
    #[inline(never)]
    fn refill(&mut self) {
        let mut bytes = [0; 4 * WORDS];
        self.rng.fill_bytes(&mut bytes);
        for (word, four) in self.words.iter_mut().zip(bytes.as_chunks::<4>().0) {
            *word = u32::from_le_bytes(*four);
        }
        self.used = 0;
    }

    /// A uniform index below `n`, for 0 < n < 2³² (Lemire 2019, unbiased).
    #[inline]
    pub(crate) fn below(&mut self, n: u32) -> u32 {
        let mut product = u64::from(self.word()) * u64::from(n);
        let low = product as u32;
        if low < n {
            let threshold = n.wrapping_neg() % n;
            while (product as u32) < threshold {
                product = u64::from(self.word()) * u64::from(n);
            }
        }
        (product >> 32) as u32
    }

    /// 64 fair coins.
    #[inline]
    pub(crate) fn bits(&mut self) -> u64 {
        u64::from(self.word()) << 32 | u64::from(self.word())
    }
}
