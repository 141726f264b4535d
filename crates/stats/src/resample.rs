//! Random numbers for resampling. Resamples come in blocks, and every block has its own stream of
//! the generator, so results depend on the seed alone and not on who computes which block.

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

/// Resamples per stream.
const BLOCK: usize = 256;

/// Fewest random draws that are worth starting threads for, which costs about as much.
const WORTH_THREADS: usize = 100_000;

/// Calls `work` with the stream and the number of resamples of each block, on `threads` threads (0:
/// as many as the machine offers), and returns the results in the order of the blocks, whatever
/// their number. `draws` is the number of random draws of one resample.
pub(crate) fn in_blocks<T: Send>(
    resamples: usize,
    draws: usize,
    seed: u64,
    threads: usize,
    work: impl Fn(&mut Stream, usize) -> T + Sync,
) -> Vec<T> {
    let blocks = resamples.div_ceil(BLOCK);
    let of_block = |block: usize| {
        let mut stream = Stream::of(seed, block as u64);
        work(&mut stream, BLOCK.min(resamples - block * BLOCK))
    };
    let offered = match threads {
        _ if resamples.saturating_mul(draws) < WORTH_THREADS => 1,
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        asked => asked,
    };
    let share = blocks.div_ceil(offered.clamp(1, blocks.max(1))).max(1);
    if share >= blocks {
        return (0..blocks).map(of_block).collect();
    }
    let of_block = &of_block;
    std::thread::scope(|scope| {
        let parts: Vec<_> = (0..blocks)
            .step_by(share)
            .map(|first| {
                let range = first..(first + share).min(blocks);
                scope.spawn(move || range.map(of_block).collect::<Vec<T>>())
            })
            .collect();
        let finished = parts.into_iter().map(|part| part.join().unwrap_or_else(|e| std::panic::resume_unwind(e)));
        finished.flatten().collect()
    })
}

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
