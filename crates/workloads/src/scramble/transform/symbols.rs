//! Letters that become symbols.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use ergon_domain::{Digest, draw};
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

use super::mask::Mask;
use super::order::Chosen;
use super::recent::Recent;
use super::rewriting::Rewriting;
use super::{Key, Recipe, Rewritten, Scrambled, units};

/// Symbols of a text's letters: one each, none of which the text holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Symbols(BTreeMap<char, String>);

/// Blocks of single code points without case, marks or meaning as letters: geometric shapes, mathematical operators,
/// arrows. Scripts with more letters go on into a private plane, whose code points mean nothing.
const BLOCKS: [Range<u32>; 4] = [0x25A0..0x2600, 0x2200..0x2300, 0x2190..0x2200, 0xF_0000..0xF_FFFE];
/// Letters and digits of ASCII come first, so that their symbols are the same in all texts.
const ASCII: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

impl Symbols {
    /// Of letters with their symbols.
    fn of(forward: &BTreeMap<&str, char>) -> Self {
        Self(forward.iter().map(|(letter, symbol)| (*symbol, (*letter).to_owned())).collect())
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

/// Code points of the blocks in the order of a recipe's seed. It is costly to make and the same for all texts.
fn with_order<T>(recipe: &Recipe, work: impl FnOnce(&[char]) -> T) -> T {
    thread_local! {
        static ORDERS: Cell<Recent<u64, Vec<char>>> = const { Cell::new(Recent::new()) };
    }
    let mut recent = ORDERS.take();
    let order = recent.take(&recipe.seed, || {
        let mut order: Vec<u32> = BLOCKS.iter().take(3).cloned().flatten().collect();
        draw::shuffle(&mut ChaCha8Rng::from_seed(recipe.vocabulary().0), &mut order);
        order.into_iter().filter_map(char::from_u32).collect()
    });
    let done = work(&order);
    recent.keep(recipe.seed, order);
    ORDERS.set(recent);
    done
}

/// Symbols for these letters of a text, given the seed.
fn assigned<'a>(text: &'a str, units: &[Range<usize>], order: &[char]) -> BTreeMap<&'a str, char> {
    let letters: BTreeSet<&str> = units.iter().filter_map(|unit| text.get(unit.clone())).collect();
    let held: BTreeSet<char> = text.chars().filter(|c| !c.is_ascii()).collect();
    let spare = BLOCKS.iter().skip(3).cloned().flatten().filter_map(char::from_u32);
    let mut pool = order.iter().copied().chain(spare).filter(|symbol| !held.contains(symbol));
    let mut forward = BTreeMap::new();
    // Every ASCII letter takes its symbol, used or not: the next one's doesn't depend on it.
    for (at, symbol) in pool.by_ref().take(ASCII.len()).enumerate() {
        if let Some(letter) = ASCII.get(at..=at).and_then(|letter| letters.get(letter)) {
            forward.insert(*letter, symbol);
        }
    }
    let others = letters.into_iter().filter(|letter| letter.len() > 1);
    forward.extend(others.zip(pool));
    forward
}

pub(super) fn substitute(
    text: &str,
    units: &[Range<usize>],
    chosen: &Chosen,
    recipe: &Recipe,
    is_logged: bool,
) -> Scrambled {
    let forward = with_order(recipe, |order| assigned(text, units, order));
    let mut rewriting = Rewriting::of(text, 2 * chosen.count(), is_logged);
    for unit in chosen.positions().into_iter().filter_map(|at| units.get(at as usize)) {
        if let Some(symbol) = text.get(unit.clone()).and_then(|letter| forward.get(letter)) {
            rewriting.put(unit, |out| out.push(*symbol));
        }
    }
    rewriting.finish(units.len(), if is_logged { Key::Symbols(Symbols::of(&forward)) } else { Key::None })
}

/// Bytes of a symbol, and how many they are.
type Written = ([u8; 4], usize);

/// The same for a text of ASCII alone, byte by byte: for prompts, of which there are many.
pub(super) fn substitute_ascii(text: &str, mask: &Mask, recipe: &Recipe, places: impl FnOnce() -> Digest) -> Rewritten {
    let letters = units::ascii_letters(text.as_bytes(), mask);
    let eligible = letters.len();
    let chosen = Chosen::new(eligible, recipe.level, places);
    if chosen.count() == 0 {
        return Rewritten::untouched(text, eligible);
    }
    // What each byte becomes that isn't chosen, and that is.
    let mut becomes: [[Written; 256]; 2] = [std::array::from_fn(|byte| ([byte as u8, 0, 0, 0], 1)); 2];
    with_order(recipe, |order| {
        let [_, symbols] = &mut becomes;
        for (letter, symbol) in ASCII.bytes().zip(order) {
            if let Some(slot) = symbols.get_mut(usize::from(letter)) {
                let mut bytes = [0; 4];
                let length = symbol.encode_utf8(&mut bytes).len();
                *slot = (bytes, length);
            }
        }
    });
    let mut is_chosen = vec![0_u8; text.len()];
    for (at, flag) in letters.iter().zip(chosen.flags()) {
        if let Some(slot) = is_chosen.get_mut(*at as usize) {
            *slot = u8::from(*flag);
        }
    }
    let mut out = vec![0; text.len() + 2 * chosen.count() + 4];
    let mut end = 0;
    for (byte, flag) in text.bytes().zip(is_chosen) {
        let written = becomes.get(usize::from(flag)).and_then(|table| table.get(usize::from(byte)));
        let Some((bytes, length)) = written else { continue };
        // All four are written and only so many moved past: no branch is guessed wrong.
        if let Some(slot) = out.get_mut(end..).and_then(|rest| rest.first_chunk_mut::<4>()) {
            *slot = *bytes;
        }
        end += length;
    }
    out.truncate(end);
    Rewritten { text: String::from_utf8(out).unwrap_or_default(), eligible, changed: chosen.count() }
}
