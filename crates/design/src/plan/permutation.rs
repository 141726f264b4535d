//! A seeded permutation of `0..n` that needs no memory: a Feistel network on the next power of four, walked along its
//! cycles until it lands inside (Black & Rogaway 2002, "Ciphers with arbitrary finite domains").

use ergon_domain::Digest;

const ROUNDS: usize = 8;

/// A permutation of `0..n`.
#[derive(Clone, Debug)]
pub(crate) struct Permutation {
    n: u64,
    half_bits: u32,
    keys: [u64; ROUNDS],
}

/// The finaliser of SplitMix64 (Steele, Lea & Flood 2014).
fn mix(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

impl Permutation {
    /// The permutation that a seed decides.
    pub(crate) fn new(n: u64, seed: &Digest) -> Self {
        let bits = u64::BITS - n.saturating_sub(1).leading_zeros();
        let mut state = seed.to_u64();
        let keys = std::array::from_fn(|_| {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            mix(state)
        });
        Self { n, half_bits: bits.div_ceil(2).max(1), keys }
    }

    /// Where `i` goes; `i` itself if it is outside.
    pub(crate) fn at(&self, i: u64) -> u64 {
        if i >= self.n {
            return i;
        }
        let mut x = i;
        loop {
            x = self.round_trip(x);
            if x < self.n {
                return x;
            }
        }
    }

    fn round_trip(&self, x: u64) -> u64 {
        let mask = (1u64 << self.half_bits) - 1;
        let (mut left, mut right) = (x >> self.half_bits & mask, x & mask);
        for key in self.keys {
            (left, right) = (right, left ^ (mix(right.wrapping_add(key)) & mask));
        }
        left << self.half_bits | right
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_is_hit_once() {
        for n in (1..70).chain([100, 255, 256, 257, 1000, 4096, 4097, 65_537]) {
            for seed in 0..4u8 {
                let p = Permutation::new(n, &Digest([seed; 32]));
                let mut seen = vec![false; n as usize];
                (0..n).for_each(|i| seen[p.at(i) as usize] = true);
                assert!(seen.iter().all(|s| *s), "n = {n}, seed = {seed}");
            }
        }
    }

    #[test]
    fn every_place_is_about_equally_likely() {
        let n = 10;
        let mut counts = vec![vec![0u32; n]; n];
        for seed in 0..20_000u64 {
            let seed = ergon_domain::Canonical::new("test").u64(seed).finish();
            let p = Permutation::new(n as u64, &seed);
            (0..n).for_each(|i| counts[i][p.at(i as u64) as usize] += 1);
        }
        // 2,000 expected in each cell; 6 standard deviations are about 255.
        assert!(counts.iter().flatten().all(|c| (1745..2255).contains(c)), "{counts:?}");
    }

    #[test]
    fn the_largest_domains_work() {
        for n in [u64::from(u32::MAX), 1 << 40, u64::MAX] {
            let p = Permutation::new(n, &Digest([7; 32]));
            assert!((0..1000).all(|i| p.at(i) < n && p.at(n - 1 - i) < n));
        }
    }
}
