//! Units that change places among each other.

use std::collections::BTreeSet;
use std::ops::Range;

use ergon_domain::{Canonical, Digest, draw};
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

use super::case::Case;
use super::mask::Mask;
use super::order::{self, Chosen};
use super::rewriting::Rewriting;
use super::spelling::Spelling;
use super::{Key, Rewritten, Scrambled, units};

/// What stands at a place.
#[derive(Clone, Copy)]
struct Content<'a> {
    spelling: Spelling,
    text: &'a str,
}

impl PartialEq for Content<'_> {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        self.spelling == other.spelling && (self.spelling.is_whole() || self.text == other.text)
    }
}

/// Moves every chosen unit to the place of another chosen one whose text is another, so that every place reads
/// differently.
///
/// Where more than half of the chosen units have one text, as many of them as there are others move; those that stay are
/// the last of the units' order, so that the places that change at a level are among those of any higher one.
pub(super) fn shuffle(
    text: &str,
    units: &[Range<usize>],
    chosen: &Chosen,
    seed: &Digest,
    is_logged: bool,
) -> Scrambled {
    let content = |range: &Range<usize>| {
        let spelling = Spelling::of(text.as_bytes(), range);
        Content { spelling, text: text.get(range.clone()).unwrap_or_default() }
    };
    let mut places: Vec<Range<usize>> =
        chosen.positions().iter().map(|unit| units.get(*unit as usize).cloned().unwrap_or_default()).collect();
    let mut contents: Vec<Content<'_>> = places.iter().map(content).collect();
    if let Some(moves) = moving(&contents, majority(&contents), chosen, seed) {
        keep_flagged(&mut places, &moves);
        keep_flagged(&mut contents, &moves);
    }
    if places.len() < 2 {
        return Scrambled::untouched(text, units.len());
    }
    let own: Vec<u32> = (0..places.len() as u32).collect();
    let taken = exchanged(&own, seed, |a, b| contents.get(*a as usize) == contents.get(*b as usize));
    let mut rewriting = Rewriting::of(text, 0, is_logged);
    // Where in the result each original place's content went.
    let mut went = vec![0..0; if is_logged { places.len() } else { 0 }];
    for (place, from) in places.iter().zip(taken) {
        let source = places.get(from as usize).cloned().unwrap_or_default();
        let to = rewriting.put(place, (text, source), Case::AsIs);
        if let Some(target) = went.get_mut(from as usize) {
            *target = to;
        }
    }
    rewriting.finish(units.len(), if is_logged { Key::Places(went) } else { Key::None })
}

/// The same of the letters of a text of ASCII alone, byte by byte and without a list of places: for prompts.
pub(super) fn shuffle_ascii(text: &str, mask: &Mask, level: f64, seed: &Digest) -> Rewritten {
    let bytes = text.as_bytes();
    let letters = units::ascii_letters(bytes, mask);
    let eligible = letters.len();
    let chosen = Chosen::new(eligible, level, || *seed);
    let mut places = chosen.of(&letters);
    let mut own: Vec<u8> = places.iter().map(|at| bytes.get(*at as usize).copied().unwrap_or_default()).collect();
    if let Some(moves) = moving(&own, byte_majority(&own), &chosen, seed) {
        keep_flagged(&mut places, &moves);
        keep_flagged(&mut own, &moves);
    }
    if places.len() < 2 {
        return Rewritten::untouched(text, eligible);
    }
    let taken = exchanged(&own, seed, |a, b| a == b);
    let mut out = bytes.to_vec();
    for (place, letter) in places.iter().zip(taken) {
        if let Some(slot) = out.get_mut(*place as usize) {
            *slot = letter;
        }
    }
    Rewritten { text: String::from_utf8(out).unwrap_or_default(), eligible, changed: places.len() }
}

/// What each place gets, so that it is other than its own: a random cyclic permutation, in which places that would read
/// the same then exchange.
///
/// Source: Sattolo, "An algorithm to generate a random cyclic permutation", Information Processing Letters 22, 1986.
fn exchanged<T: Copy>(own: &[T], seed: &Digest, same: impl Fn(&T, &T) -> bool) -> Vec<T> {
    let moves = Canonical::new("ergon.scramble.moves.1").digest(seed).finish();
    let mut rng = ChaCha8Rng::from_seed(moves.0);
    let mut taken = own.to_vec();
    for last in (1..taken.len()).rev() {
        taken.swap(last, draw::below(&mut rng, last as u64) as usize);
    }
    for (place, mine) in own.iter().enumerate() {
        if !taken.get(place).is_some_and(|gets| same(gets, mine)) {
            continue;
        }
        // Invariant: there is one, because no text is that of more than half of the places.
        let free = |other: &usize| {
            let is_other = |content: Option<&T>| content.is_some_and(|content| !same(content, mine));
            is_other(own.get(*other)) && is_other(taken.get(*other))
        };
        if let Some(other) = (place + 1..taken.len()).chain(0..place).find(free) {
            taken.swap(place, other);
        }
    }
    taken
}

/// What more than half of the places hold, and how many do.
fn majority<T: PartialEq + Copy>(contents: &[T]) -> Option<(T, usize)> {
    // Boyer & Moore's vote: where one has more than half of all places, it is the one that is left.
    let (mut most, mut lead) = (None, 0_usize);
    for content in contents {
        if lead == 0 {
            most = Some(*content);
        }
        lead = if most == Some(*content) { lead + 1 } else { lead - 1 };
    }
    let most = most.filter(|_| lead > 0)?;
    let n = contents.iter().filter(|content| **content == most).count();
    (2 * n > contents.len()).then_some((most, n))
}

/// The same of bytes, by counting: a vote on letters is guessed wrong too often.
fn byte_majority(contents: &[u8]) -> Option<(u8, usize)> {
    let mut times = [0_u32; 256];
    for byte in contents {
        if let Some(times) = times.get_mut(usize::from(*byte)) {
            *times += 1;
        }
    }
    let most = times.iter().copied().max().filter(|most| 2 * *most as usize > contents.len())?;
    (0..=u8::MAX).zip(times).find(|(_, n)| *n == most).map(|(byte, n)| (byte, n as usize))
}

/// Which of the chosen units, whose contents these are, move; `None` where all do.
fn moving<T: PartialEq>(
    contents: &[T],
    majority: Option<(T, usize)>,
    chosen: &Chosen,
    seed: &Digest,
) -> Option<Vec<bool>> {
    let (most, n) = majority?;
    let positions = chosen.positions();
    let is_of_most: BTreeSet<u32> =
        positions.iter().zip(contents).filter(|(_, content)| **content == most).map(|(unit, _)| *unit).collect();
    let ranked = order::first(chosen.count(), chosen.flags().len(), seed);
    let of_most = ranked.into_iter().filter(|unit| is_of_most.contains(unit));
    let staying: BTreeSet<u32> = of_most.skip(contents.len() - n).collect();
    Some(positions.iter().map(|unit| !staying.contains(unit)).collect())
}

fn keep_flagged<T>(of: &mut Vec<T>, flags: &[bool]) {
    let mut flags = flags.iter();
    of.retain(|_| flags.next() == Some(&true));
}

/// Puts the stretches back: the k-th place of the result gets the stretch that the k-th place of the original held.
pub(super) fn restore(text: &str, went: &[Range<usize>]) -> Option<String> {
    let mut places = went.to_vec();
    places.sort_by_key(|range| range.start);
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for (place, source) in places.iter().zip(went) {
        out.push_str(text.get(at..place.start)?);
        out.push_str(text.get(source.clone())?);
        at = place.end;
    }
    out.push_str(text.get(at..)?);
    Some(out)
}
