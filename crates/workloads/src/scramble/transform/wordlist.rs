//! Words, names and synonyms that replacements are taken from. Written for Ergon.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::LazyLock;

use ergon_domain::draw;
use rand_chacha::ChaCha8Rng;

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

/// Names, for the item banks.
pub(in crate::scramble) fn names() -> &'static [&'static str] {
    &NAME_LIST
}

/// Whether a word is a name that Ergon knows.
pub(super) fn is_name(word: &str) -> bool {
    NAME_LIST.contains(&word)
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

/// The synonym of a word, written as the word is; `None` where the thesaurus has none.
pub(super) fn synonym(word: &str) -> Option<String> {
    let lower = word.to_lowercase();
    let found = THESAURUS.get(lower.as_str())?;
    if word == lower {
        return Some((*found).to_owned());
    }
    let mut chars = found.chars();
    let first = chars.next()?;
    if word.chars().nth(1).is_some() && word == word.to_uppercase() {
        return Some(found.to_uppercase());
    }
    Some(first.to_uppercase().chain(chars).collect())
}

/// The words among these that have a synonym.
pub(super) fn with_synonym(text: &str, words: Vec<Range<usize>>) -> Vec<Range<usize>> {
    words.into_iter().filter(|word| text.get(word.clone()).is_some_and(|w| synonym(w).is_some())).collect()
}
