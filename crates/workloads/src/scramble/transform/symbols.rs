//! Letters that become symbols.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use ergon_domain::{Digest, draw};
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

use super::case::Case;
use super::mask::Mask;
use super::order::Chosen;
use super::recent::Recent;
use super::rewriting::Rewriting;
use super::{Key, Recipe, Rewritten, Scrambled};

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

/// Symbols of a seed: costly to make, and the same for all texts.
struct Order {
    /// Code points of the blocks.
    points: Vec<char>,
    /// What a byte of ASCII becomes that is not chosen, and that is, in a text that holds no symbol itself.
    ascii: [[[u8; 4]; 128]; 2],
}

impl Order {
    fn new(seed: &Digest) -> Self {
        let mut points: Vec<u32> = BLOCKS.iter().take(3).cloned().flatten().collect();
        draw::shuffle(&mut ChaCha8Rng::from_seed(seed.0), &mut points);
        let points: Vec<char> = points.into_iter().filter_map(char::from_u32).collect();
        let same: [[u8; 4]; 128] = std::array::from_fn(|byte| [byte as u8, 0, 0, 0]);
        let mut symbols = same;
        for (letter, symbol) in ASCII.bytes().zip(&points) {
            if let Some(slot) = symbols.get_mut(usize::from(letter)) {
                symbol.encode_utf8(slot);
            }
        }
        let ascii = [same, symbols];
        Self { points, ascii }
    }
}

/// Lends the symbols of a recipe's seed.
fn with_order<T>(recipe: &Recipe, work: impl FnOnce(&Order) -> T) -> T {
    thread_local! {
        static ORDERS: Cell<Recent<u64, Box<Order>>> = const { Cell::new(Recent::new()) };
    }
    let mut recent = ORDERS.take();
    let order = recent.take(&recipe.seed, || Box::new(Order::new(&recipe.vocabulary())));
    let done = work(&order);
    recent.keep(recipe.seed, order);
    ORDERS.set(recent);
    done
}

/// Symbols for these letters of a text, given the seed.
fn assigned<'a>(text: &'a str, units: &[Range<usize>], order: &Order) -> BTreeMap<&'a str, char> {
    let letters: BTreeSet<&str> = units.iter().filter_map(|unit| text.get(unit.clone())).collect();
    let held: BTreeSet<char> = text.chars().filter(|c| !c.is_ascii()).collect();
    let spare = BLOCKS.iter().skip(3).cloned().flatten().filter_map(char::from_u32);
    let mut pool = order.points.iter().copied().chain(spare).filter(|symbol| !held.contains(symbol));
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
    let mut bytes = [0; 4];
    for unit in chosen.positions().into_iter().filter_map(|at| units.get(at as usize)) {
        if let Some(symbol) = text.get(unit.clone()).and_then(|letter| forward.get(letter)) {
            let symbol = symbol.encode_utf8(&mut bytes);
            rewriting.put(unit, (symbol, 0..symbol.len()), Case::AsIs);
        }
    }
    rewriting.finish(units.len(), if is_logged { Key::Symbols(Symbols::of(&forward)) } else { Key::None })
}

/// Bytes of a symbol of the blocks.
const WIDTH: usize = 3;

/// The same for a text of ASCII alone, byte by byte: for prompts, of which there are many.
pub(super) fn substitute_ascii(text: &str, mask: &Mask, recipe: &Recipe, places: impl FnOnce() -> Digest) -> Rewritten {
    let bytes = text.as_bytes();
    let stretch = |range: Range<usize>| bytes.get(range).unwrap_or_default();
    let letters = |gap| stretch(gap).iter().filter(|byte| byte.is_ascii_alphanumeric()).count();
    let eligible = mask.gaps(bytes.len()).map(letters).sum();
    let chosen = Chosen::new(eligible, recipe.level, places);
    if chosen.count() == 0 {
        return Rewritten::untouched(text, eligible);
    }
    let mut out = vec![0; bytes.len() + (WIDTH - 1) * chosen.count() + 4];
    let (mut at, mut end, mut letter) = (0, 0, 0);
    let keep = |out: &mut Vec<u8>, kept: &[u8], end: usize| {
        if let Some(to) = out.get_mut(end..end + kept.len()) {
            to.copy_from_slice(kept);
        }
        end + kept.len()
    };
    with_order(recipe, |order| {
        for gap in mask.gaps(bytes.len()) {
            end = keep(&mut out, stretch(at..gap.start), end);
            at = gap.end;
            for byte in stretch(gap) {
                let is_letter = byte.is_ascii_alphanumeric();
                let is_chosen = is_letter & chosen.flags().get(letter).copied().unwrap_or(false);
                letter += usize::from(is_letter);
                let table = order.ascii.get(usize::from(is_chosen));
                let written = table.and_then(|table| table.get(usize::from(*byte))).copied().unwrap_or_default();
                // All four are written and only so many moved past: a branch by lot would be guessed wrong.
                if let Some(to) = out.get_mut(end..).and_then(|rest| rest.first_chunk_mut::<4>()) {
                    *to = written;
                }
                end += 1 + (WIDTH - 1) * usize::from(is_chosen);
            }
        }
    });
    end = keep(&mut out, stretch(at..bytes.len()), end);
    out.truncate(end);
    Rewritten { text: String::from_utf8(out).unwrap_or_default(), eligible, changed: chosen.count() }
}
