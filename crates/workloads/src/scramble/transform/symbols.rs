//! Letters that become symbols.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use ergon_domain::{Digest, draw};
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

use super::mask::Mask;
use super::order::Chosen;
use super::{Edit, Key, Scrambled};

/// Symbols of a text's letters: one each, none of which the text holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Symbols(BTreeMap<char, String>);

/// Blocks of single code points without case, marks or meaning as letters: geometric shapes, mathematical operators,
/// arrows. Scripts with more letters go on into a private plane, whose code points mean nothing.
const BLOCKS: [Range<u32>; 4] = [0x25A0..0x2600, 0x2200..0x2300, 0x2190..0x2200, 0xF_0000..0xF_FFFE];
/// Letters and digits of ASCII come first, so that their symbols are the same in all texts.
const ASCII: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

impl Symbols {
    /// Symbols for these letters of a text, given the seed.
    fn of_units(text: &str, units: &[Range<usize>], seed: &Digest) -> (Self, BTreeMap<String, char>) {
        let mut ascii = [false; 128];
        let mut others = BTreeSet::new();
        for unit in units {
            match text.as_bytes().get(unit.clone()) {
                Some([byte]) => {
                    if let Some(seen) = ascii.get_mut(usize::from(*byte)) {
                        *seen = true;
                    }
                }
                _ => {
                    others.insert(text.get(unit.clone()).unwrap_or_default());
                }
            }
        }
        Self::assign(text, &ascii, others, seed)
    }

    /// Symbols for the ASCII letters that are seen, and for others.
    fn assign(
        text: &str,
        ascii: &[bool; 128],
        others: BTreeSet<&str>,
        seed: &Digest,
    ) -> (Self, BTreeMap<String, char>) {
        let held: BTreeSet<char> =
            if text.is_ascii() { BTreeSet::new() } else { text.chars().filter(|c| !c.is_ascii()).collect() };
        let mut shuffled: Vec<u32> = BLOCKS.iter().take(3).cloned().flatten().collect();
        draw::shuffle(&mut ChaCha8Rng::from_seed(seed.0), &mut shuffled);
        let spare = BLOCKS.iter().skip(3).cloned().flatten();
        let mut pool =
            shuffled.into_iter().chain(spare).filter_map(char::from_u32).filter(|symbol| !held.contains(symbol));
        let mut forward = BTreeMap::new();
        // Every ASCII letter takes its symbol, used or not: the next one's doesn't depend on it.
        for (letter, symbol) in ASCII.chars().zip(pool.by_ref().take(ASCII.len()).collect::<Vec<_>>()) {
            if ascii.get(letter as usize).copied().unwrap_or(false) {
                forward.insert(letter.to_string(), symbol);
            }
        }
        for (letter, symbol) in others.into_iter().zip(pool) {
            forward.insert(letter.to_owned(), symbol);
        }
        let back = forward.iter().map(|(letter, symbol)| (*symbol, letter.clone())).collect();
        (Self(back), forward)
    }

    /// Letters by symbol.
    pub fn pairs(&self) -> impl Iterator<Item = (char, &str)> {
        self.0.iter().map(|(symbol, letter)| (*symbol, letter.as_str()))
    }

    /// The text with letters in the symbols' places.
    pub(super) fn restore(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        for c in text.chars() {
            match self.0.get(&c) {
                Some(letter) => out.push_str(letter),
                None => out.push(c),
            }
        }
        out
    }
}

pub(super) fn substitute(text: &str, units: &[Range<usize>], chosen: &Chosen, seed: &Digest) -> Scrambled {
    let (symbols, forward) = Symbols::of_units(text, units, seed);
    let ascii = by_byte(&forward);
    let mut out = String::with_capacity(text.len() + 2 * chosen.count());
    let mut edits = Vec::with_capacity(chosen.count());
    let mut at = 0;
    for (i, unit) in units.iter().enumerate() {
        if !chosen.has(i) {
            continue;
        }
        let letter = text.get(unit.clone()).unwrap_or_default();
        let symbol = match letter.as_bytes() {
            [byte] => ascii.get(usize::from(*byte)).copied().flatten(),
            _ => forward.get(letter).copied(),
        };
        let Some(symbol) = symbol else { continue };
        out.push_str(text.get(at..unit.start).unwrap_or_default());
        let start = out.len();
        out.push(symbol);
        edits.push(Edit { from: unit.clone(), to: start..out.len() });
        at = unit.end;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    Scrambled { text: out, eligible: units.len(), changed: edits.len(), edits, key: Key::Symbols(symbols) }
}

/// Symbols of single-byte letters, by byte.
fn by_byte(forward: &BTreeMap<String, char>) -> [Option<char>; 128] {
    let mut ascii = [None; 128];
    for (letter, symbol) in forward {
        if let (Some(slot), 1) = (letter.bytes().next().and_then(|b| ascii.get_mut(usize::from(b))), letter.len()) {
            *slot = Some(*symbol);
        }
    }
    ascii
}

/// The same for a text of ASCII alone, byte by byte and without a list of places: for prompts, of which there are many.
/// `None` where nothing is chosen.
pub(super) fn substitute_ascii(
    text: &str,
    mask: &Mask,
    level: f64,
    places: &Digest,
    seed: &Digest,
) -> (usize, Option<Scrambled>) {
    let (mut eligible, mut seen) = (0, [false; 128]);
    for gap in mask.gaps(text.len()) {
        for byte in text.as_bytes().get(gap).unwrap_or_default().iter().filter(|byte| byte.is_ascii_alphanumeric()) {
            eligible += 1;
            if let Some(seen) = seen.get_mut(usize::from(*byte)) {
                *seen = true;
            }
        }
    }
    let chosen = Chosen::new(eligible, level, places);
    if chosen.count() == 0 {
        return (eligible, None);
    }
    let (symbols, forward) = Symbols::assign(text, &seen, BTreeSet::new(), seed);
    let ascii = by_byte(&forward);
    let mut out = String::with_capacity(text.len() + 2 * chosen.count());
    let mut flags = chosen.flags();
    let mut at = 0;
    for gap in mask.gaps(text.len()) {
        out.push_str(text.get(at..gap.start).unwrap_or_default());
        at = gap.end;
        for byte in text.as_bytes().get(gap).unwrap_or_default() {
            let is_chosen = byte.is_ascii_alphanumeric() && flags.next() == Some(true);
            let symbol = ascii.get(usize::from(*byte)).copied().flatten().filter(|_| is_chosen);
            out.push(symbol.unwrap_or(char::from(*byte)));
        }
    }
    out.push_str(text.get(at..).unwrap_or_default());
    let changed = chosen.count();
    (eligible, Some(Scrambled { text: out, eligible, changed, edits: Vec::new(), key: Key::Symbols(symbols) }))
}
