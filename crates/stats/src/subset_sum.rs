//! Sums of random subsets, eight values at a time from a table of all their partial sums.

use std::sync::Arc;

use crate::resample::Stream;

/// A list of values, ready for sums of its subsets. Clones share the tables, which are large.
#[derive(Clone)]
pub(crate) struct SubsetSums {
    values: Vec<f64>,
    /// For every eight values, the sums of their 256 subsets.
    tables: Arc<[[f64; 256]]>,
    bits: Vec<u64>,
}

impl SubsetSums {
    pub(crate) fn of(values: &[f64]) -> Self {
        let table = |eight: &[f64]| {
            let mut sums = [0.0; 256];
            for (i, v) in eight.iter().enumerate() {
                for subset in 0..1 << i {
                    sums[subset | 1 << i] = sums[subset] + v;
                }
            }
            sums
        };
        Self {
            values: values.to_vec(),
            tables: values.chunks(8).map(table).collect(),
            bits: vec![0; values.len().div_ceil(64)],
        }
    }

    /// Draws a fair coin for every value; the sum of those that come up.
    pub(crate) fn coin_flips(&mut self, stream: &mut Stream) -> f64 {
        let mut left = self.values.len();
        for word in &mut self.bits {
            let drawn = stream.bits();
            *word = if left >= 64 { drawn } else { drawn & ((1 << left) - 1) };
            left = left.saturating_sub(64);
        }
        let bytes = self.bits.iter().flat_map(|w| w.to_le_bytes());
        self.tables.iter().zip(bytes).map(|(table, byte)| table[usize::from(byte)]).sum()
    }

    /// Draws one of all subsets of `size` values; its sum. Coins first, which give every subset
    /// of their number the same chance, then uniformly chosen values to put in or take out.
    pub(crate) fn subset_of(&mut self, size: usize, stream: &mut Stream) -> f64 {
        let mut sum = self.coin_flips(stream);
        let mut count: usize = self.bits.iter().map(|w| w.count_ones() as usize).sum();
        while count != size {
            let i = stream.below(self.values.len() as u32) as usize;
            let bit = 1 << (i % 64);
            let word = &mut self.bits[i / 64];
            let inside = *word & bit != 0;
            if inside && count > size {
                sum -= self.values[i];
                count -= 1;
                *word ^= bit;
            } else if !inside && count < size {
                sum += self.values[i];
                count += 1;
                *word ^= bit;
            }
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_subset_is_as_likely() {
        // Powers of two name their subset by its sum.
        let values: Vec<f64> = (0..6).map(|i| f64::from(1 << i)).collect();
        let mut sums = SubsetSums::of(&values);
        let mut stream = Stream::of(3, 0);
        let mut seen = [0_u32; 64];
        for _ in 0..30_000 {
            seen[sums.subset_of(2, &mut stream) as usize] += 1;
        }
        let counts: Vec<u32> = seen.iter().copied().filter(|c| *c > 0).collect();
        assert_eq!(counts.len(), 15);
        // 2,000 expected, standard deviation 43.
        assert!(counts.iter().all(|c| c.abs_diff(2000) < 220), "{counts:?}");
    }
}
