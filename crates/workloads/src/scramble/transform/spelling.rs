//! Words as numbers, so that they are compared and looked up at once.

use std::ops::Range;

/// Bytes that a number has room for beside the length.
const ROOM: usize = 15;
const LENGTH_AT: u32 = 8 * ROOM as u32;

/// The beginning of a stretch of text and its length.
///
/// Invariant: stretches that are alike have the same; of others only those that are longer than it has room for may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Spelling(u128);

impl Spelling {
    /// Of a stretch of a text.
    #[inline]
    pub(super) fn of(text: &[u8], stretch: &Range<usize>) -> Self {
        let length = stretch.len();
        let ahead = text.get(stretch.start..).unwrap_or_default();
        let bytes = match ahead.first_chunk::<16>() {
            Some(bytes) => u128::from_le_bytes(*bytes),
            None => {
                let mut bytes = [0; 16];
                for (to, from) in bytes.iter_mut().zip(ahead) {
                    *to = *from;
                }
                u128::from_le_bytes(bytes)
            }
        };
        let kept = bytes & !(u128::MAX << (8 * length.min(ROOM)));
        Self(kept | (length.min(255) as u128) << LENGTH_AT)
    }

    /// Of a word that stands alone.
    pub(super) fn of_word(word: &str) -> Self {
        Self::of(word.as_bytes(), &(0..word.len()))
    }

    /// Whether it is the whole stretch.
    #[inline]
    pub(super) fn is_whole(self) -> bool {
        self.0 >> LENGTH_AT <= ROOM as u128
    }

    /// Whether the part that it holds is of ASCII alone.
    #[inline]
    pub(super) fn is_ascii(self) -> bool {
        const HIGH: u128 = u128::from_le_bytes([0x80; 16]) & !(u128::MAX << LENGTH_AT);
        self.0 & HIGH == 0
    }

    /// With letters of ASCII in lower case.
    #[inline]
    pub(super) fn lower(self) -> Self {
        const LOW: u128 = u128::from_le_bytes([0x7f; 16]) & !(u128::MAX << LENGTH_AT);
        const TO_HIGH_FROM_A: u128 = u128::from_le_bytes([0x80 - b'A'; 16]) & !(u128::MAX << LENGTH_AT);
        const TO_HIGH_PAST_Z: u128 = u128::from_le_bytes([0x7f - b'Z'; 16]) & !(u128::MAX << LENGTH_AT);
        // Invariant: no sum reaches into the next byte, because the high bit of each is free.
        let low = self.0 & LOW;
        let upper = (low + TO_HIGH_FROM_A) & !(low + TO_HIGH_PAST_Z) & !self.0 & !LOW;
        Self(self.0 | (upper & !(u128::MAX << LENGTH_AT)) >> 2)
    }

    /// The first eight bytes, so that numbers are ordered as texts; those of texts that begin alike are equal.
    #[inline]
    pub(super) fn first_eight(self) -> u64 {
        (self.0 as u64).swap_bytes()
    }

    /// A number between 0 and 2³² that spreads well.
    #[inline]
    pub(super) fn hash(self) -> u32 {
        let (low, high) = (self.0 as u64, (self.0 >> 64) as u64);
        let mixed = (low ^ high.wrapping_mul(0x9E37_79B9_7F4A_7C15)).wrapping_mul(0xD6E8_FEB8_6659_FD93);
        (mixed >> 32) as u32
    }
}

/// A fixed set of short words.
pub(super) struct Spellings(Vec<Option<Spelling>>);

impl Spellings {
    /// Of these words. Invariant: each is short enough to be its spelling.
    pub(super) fn of<'a>(words: impl ExactSizeIterator<Item = &'a str>) -> Self {
        let mut set = Self(vec![None; (4 * words.len()).next_power_of_two()]);
        for spelling in words.map(Spelling::of_word) {
            let free = set.places(spelling).find(|at| matches!(set.0.get(*at), Some(None)));
            if let Some(slot) = free.and_then(|at| set.0.get_mut(at)) {
                *slot = Some(spelling);
            }
        }
        set
    }

    /// Whether the word is among them.
    #[inline]
    pub(super) fn has(&self, spelling: Spelling) -> bool {
        let found = self.places(spelling).map_while(|at| self.0.get(at).copied().flatten());
        found.into_iter().any(|known| known == spelling)
    }

    fn places(&self, spelling: Spelling) -> impl Iterator<Item = usize> + use<> {
        let (first, mask) = (spelling.hash() as usize, self.0.len() - 1);
        (first..=first + mask).map(move |at| at & mask)
    }
}
