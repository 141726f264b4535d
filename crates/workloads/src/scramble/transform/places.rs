//! Units that change places among each other.

use std::ops::Range;

use ergon_domain::{Canonical, Digest, draw};
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

use super::order::Chosen;
use super::{Edit, Key, Scrambled};

/// Moves every chosen unit to the place of another chosen one: a cyclic permutation, so that none stays.
///
/// Source: Sattolo, "An algorithm to generate a random cyclic permutation", Information Processing Letters 22, 1986.
pub(super) fn shuffle(text: &str, units: &[Range<usize>], chosen: &Chosen, seed: &Digest) -> Scrambled {
    let places: Vec<Range<usize>> = chosen.positions().filter_map(|i| units.get(i).cloned()).collect();
    if places.len() < 2 {
        return Scrambled::untouched(text, units.len());
    }
    let moves = Canonical::new("ergon.scramble.moves.1").digest(seed).finish();
    let mut rng = ChaCha8Rng::from_seed(moves.0);
    let mut taken: Vec<usize> = (0..places.len()).collect();
    for last in (1..taken.len()).rev() {
        taken.swap(last, draw::below(&mut rng, last as u64) as usize);
    }
    let mut out = String::with_capacity(text.len());
    let mut edits = Vec::with_capacity(places.len());
    // Where in the result each original place's content went.
    let mut went = vec![0..0; places.len()];
    let mut at = 0;
    for (place, from) in places.iter().zip(&taken) {
        out.push_str(text.get(at..place.start).unwrap_or_default());
        let start = out.len();
        let source = places.get(*from).cloned().unwrap_or_default();
        out.push_str(text.get(source).unwrap_or_default());
        edits.push(Edit { from: place.clone(), to: start..out.len() });
        if let Some(target) = went.get_mut(*from) {
            *target = start..out.len();
        }
        at = place.end;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    Scrambled { text: out, eligible: units.len(), changed: places.len(), edits, key: Key::Places(went) }
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
