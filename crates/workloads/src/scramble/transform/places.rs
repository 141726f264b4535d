//! Units that change places among each other.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use ergon_domain::{Canonical, Digest, draw};
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

use super::order::{self, Chosen};
use super::{Edit, Key, Scrambled};

/// Moves every chosen unit to the place of another chosen one whose text is another, so that every place reads differently:
/// a random cyclic permutation, in which places that would read the same then exchange.
///
/// Where more than half of the chosen units have one text, as many of them as there are others move; those that stay are
/// the last of the units' order, so that the places that change at a level are among those of any higher one.
///
/// Source: Sattolo, "An algorithm to generate a random cyclic permutation", Information Processing Letters 22, 1986.
pub(super) fn shuffle(text: &str, units: &[Range<usize>], chosen: &Chosen, seed: &Digest) -> Scrambled {
    let moving = moving(text, units, chosen, seed);
    let places: Vec<Range<usize>> = moving.iter().filter_map(|i| units.get(*i).cloned()).collect();
    if places.len() < 2 {
        return Scrambled::untouched(text, units.len());
    }
    let content = |place: usize| places.get(place).and_then(|range| text.get(range.clone())).unwrap_or_default();
    let moves = Canonical::new("ergon.scramble.moves.1").digest(seed).finish();
    let mut rng = ChaCha8Rng::from_seed(moves.0);
    let mut taken: Vec<usize> = (0..places.len()).collect();
    for last in (1..taken.len()).rev() {
        taken.swap(last, draw::below(&mut rng, last as u64) as usize);
    }
    for place in 0..taken.len() {
        let own = content(place);
        let gets = |place: usize| taken.get(place).map_or("", |from| content(*from));
        if gets(place) != own {
            continue;
        }
        // Invariant: there is one, because no text is that of more than half of the places.
        let others = (place + 1..taken.len()).chain(0..place);
        if let Some(other) = others.into_iter().find(|other| content(*other) != own && gets(*other) != own) {
            taken.swap(place, other);
        }
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

/// The chosen units that move, rising.
fn moving(text: &str, units: &[Range<usize>], chosen: &Chosen, seed: &Digest) -> Vec<usize> {
    let content = |unit: usize| units.get(unit).and_then(|range| text.get(range.clone())).unwrap_or_default();
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    for unit in chosen.positions() {
        *times.entry(content(unit)).or_default() += 1;
    }
    let most = times.into_iter().max_by_key(|(_, n)| *n).filter(|(_, n)| 2 * n > chosen.count());
    let Some((most, n)) = most else { return chosen.positions().collect() };
    let others = chosen.count() - n;
    let ranked = order::first(chosen.count(), units.len(), seed);
    let of_most = ranked.iter().map(|unit| *unit as usize).filter(|unit| content(*unit) == most);
    let staying: BTreeSet<usize> = of_most.skip(others).collect();
    chosen.positions().filter(|unit| !staying.contains(unit)).collect()
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
