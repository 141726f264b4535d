//! Words, names and synonyms that replacements are taken from. Written for Ergon.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::LazyLock;

use ergon_domain::draw;
use rand_chacha::ChaCha8Rng;

use super::case::Case;
use super::order::Chosen;
use super::rewriting::Rewriting;
use super::spelling::{Spelling, Spellings};
use super::{Key, Scrambled};

/// Everyday nouns, verbs and adjectives, one a line.
const WORDS: &str = include_str!("words.txt");
/// Given names, one a line.
const NAMES: &str = include_str!("names.txt");
/// A word and its synonym a line; both ways unless the synonym has an entry of its own.
const SYNONYMS: &str = include_str!("synonyms.txt");

static WORD_LIST: LazyLock<Vec<&str>> = LazyLock::new(|| WORDS.lines().filter(|line| !line.is_empty()).collect());
static NAME_LIST: LazyLock<Vec<&str>> = LazyLock::new(|| NAMES.lines().filter(|line| !line.is_empty()).collect());
static THESAURUS: LazyLock<BTreeMap<&str, &str>> = LazyLock::new(|| {
    let pairs: Vec<(&str, &str)> = SYNONYMS.lines().filter_map(|line| line.split_once(' ')).collect();
    let mut entries: BTreeMap<&str, &str> = pairs.iter().map(|(word, synonym)| (*synonym, *word)).collect();
    entries.extend(pairs);
    entries
});
static NAME_SET: LazyLock<Spellings> = LazyLock::new(|| Spellings::of(NAME_LIST.iter().copied()));
static ENTRIES: LazyLock<Spellings> = LazyLock::new(|| Spellings::of(THESAURUS.keys().copied()));

/// Names, for the item banks.
pub(in crate::scramble) fn names() -> &'static [&'static str] {
    &NAME_LIST
}

/// Whether a word is a name that Ergon knows.
pub(super) fn is_name(word: Spelling) -> bool {
    word.is_whole() && NAME_SET.has(word)
}

/// A word by lot; later attempts join several, so that a free one is found.
pub(super) fn any_word(attempt: u32, rng: &mut ChaCha8Rng) -> String {
    any(&WORD_LIST, attempt, rng)
}

/// A name by lot, in lower case; later attempts join several.
pub(super) fn any_name(attempt: u32, rng: &mut ChaCha8Rng) -> String {
    any(&NAME_LIST, attempt, rng)
}

fn any(list: &[&str], attempt: u32, rng: &mut ChaCha8Rng) -> String {
    let one = |_| list.get(draw::below(rng, list.len() as u64) as usize).copied().unwrap_or("word").to_lowercase();
    (0..=attempt / 8).map(one).collect()
}

/// The synonym of a word and how it is written; `None` where the thesaurus has none.
pub(super) fn synonym(word: &str) -> Option<(&'static str, Case)> {
    let lower = word.to_lowercase();
    let found = THESAURUS.get(lower.as_str()).copied()?;
    if word == lower {
        return Some((found, Case::AsIs));
    }
    let is_upper = word.chars().nth(1).is_some() && word == word.to_uppercase();
    Some((found, if is_upper { Case::Upper } else { Case::Title }))
}

/// The words among these that have a synonym.
pub(super) fn with_synonym(text: &str, mut words: Vec<Range<usize>>) -> Vec<Range<usize>> {
    words.retain(|range| {
        let spelling = Spelling::of(text.as_bytes(), range);
        // Other letters than ASCII's may have some of ASCII as their lower case.
        if !spelling.is_ascii() {
            return text.get(range.clone()).is_some_and(|word| synonym(word).is_some());
        }
        spelling.is_whole() && ENTRIES.has(spelling.lower())
    });
    words
}

/// Replaces the chosen ones of the words, all of which have synonyms.
pub(super) fn replace_by_synonyms(text: &str, units: &[Range<usize>], chosen: &Chosen, is_logged: bool) -> Scrambled {
    let mut rewriting = Rewriting::of(text, text.len() / 4, is_logged);
    for unit in chosen.positions().into_iter().filter_map(|at| units.get(at as usize)) {
        if let Some((synonym, case)) = text.get(unit.clone()).and_then(synonym) {
            rewriting.put(unit, (synonym, 0..synonym.len()), case);
        }
    }
    rewriting.finish(units.len(), Key::None)
}
