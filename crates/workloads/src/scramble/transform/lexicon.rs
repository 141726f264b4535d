//! One-to-one replacements of words.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use ergon_domain::{Canonical, Digest};
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

use super::language::{Language, Speaker};
use super::order::Chosen;
use super::{Edit, Key, Scrambled, units, wordlist};

/// Where replacements come from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Source {
    /// English words that mean something else.
    English,
    /// Given names.
    Names,
    /// A made-up language.
    Language(Language),
}

/// Words and their replacements, one to one.
///
/// Invariant: no replacement is a word of the text it was made for, and no two words share one. So a text of replaced
/// and untouched words can be read in one way only.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lexicon {
    forward: BTreeMap<String, String>,
    back: BTreeMap<String, String>,
}

/// How a word is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Case {
    AsIs,
    Title,
    Upper,
}

/// The entry of a word, and how it is written. A word whose case can't be had back from the entry is an entry itself.
fn entry(word: &str) -> (String, Case) {
    let lower = word.to_lowercase();
    if lower == word {
        return (lower, Case::AsIs);
    }
    if word.chars().nth(1).is_some() && written(&lower, Case::Upper) == word {
        return (lower, Case::Upper);
    }
    if written(&lower, Case::Title) == word {
        return (lower, Case::Title);
    }
    (word.to_owned(), Case::AsIs)
}

fn written(entry: &str, case: Case) -> String {
    match case {
        Case::AsIs => entry.to_owned(),
        Case::Upper => entry.to_uppercase(),
        Case::Title => {
            let mut chars = entry.chars();
            chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
        }
    }
}

impl Lexicon {
    /// Replacements for these words of a text that holds the words `kept`.
    pub fn new<'a>(words: impl Iterator<Item = &'a str>, kept: &[&str], source: &Source, seed: &Digest) -> Self {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for word in words {
            *counts.entry(entry(word).0).or_default() += 1;
        }
        let mut by_frequency: Vec<(&String, &usize)> = counts.iter().collect();
        by_frequency.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
        let mut taken: BTreeSet<String> = kept.iter().map(|word| word.to_lowercase()).collect();
        let mut lexicon = Self::default();
        let speaker = match source {
            Source::Language(language) => Some(Speaker::new(*language, seed)),
            Source::English | Source::Names => None,
        };
        for (rank, (word, _)) in by_frequency.into_iter().enumerate() {
            for attempt in 0.. {
                let named =
                    Canonical::new("ergon.scramble.word.1").digest(seed).str(word).u64(u64::from(attempt)).finish();
                let mut rng = ChaCha8Rng::from_seed(named.0);
                let candidate = match (&speaker, source) {
                    (Some(speaker), _) => speaker.say(word, rank, attempt, &mut rng),
                    (None, Source::Names) => wordlist::any_name(attempt, &mut rng),
                    (None, _) => wordlist::any_word(attempt, &mut rng),
                };
                if taken.insert(candidate.clone()) {
                    lexicon.back.insert(candidate.clone(), word.clone());
                    lexicon.forward.insert(word.clone(), candidate);
                    break;
                }
            }
        }
        lexicon
    }

    /// The replacement of a word, written as the word is; `None` where it has none.
    pub fn translate(&self, word: &str) -> Option<String> {
        let (entry, case) = entry(word);
        self.forward.get(&entry).map(|replacement| written(replacement, case))
    }

    /// The text with the words in the replacements' places.
    pub(super) fn restore(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut at = 0;
        for range in units::all_word_ranges(text) {
            let (entry, case) = entry(text.get(range.clone()).unwrap_or_default());
            if let Some(word) = self.back.get(&entry) {
                out.push_str(text.get(at..range.start).unwrap_or_default());
                out.push_str(&written(word, case));
                at = range.end;
            }
        }
        out.push_str(text.get(at..).unwrap_or_default());
        out
    }

    /// Words with their replacements, by word.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.forward.iter().map(|(word, replacement)| (word.as_str(), replacement.as_str()))
    }

    /// Number of words.
    pub fn len(&self) -> usize {
        self.forward.len()
    }

    /// Whether it has no words.
    pub fn is_empty(&self) -> bool {
        self.forward.is_empty()
    }
}

/// Replaces the chosen units, in one pass. A unit without replacement stays.
pub(super) fn replace(
    text: &str,
    units: &[Range<usize>],
    chosen: &Chosen,
    replacement: impl Fn(&str) -> Option<String>,
    key: Key,
) -> Scrambled {
    let mut out = String::with_capacity(text.len() + text.len() / 4);
    let mut edits = Vec::with_capacity(chosen.count());
    let mut at = 0;
    for range in chosen.positions().filter_map(|i| units.get(i)) {
        let Some(new) = text.get(range.clone()).and_then(&replacement) else { continue };
        out.push_str(text.get(at..range.start).unwrap_or_default());
        let start = out.len();
        out.push_str(&new);
        edits.push(Edit { from: range.clone(), to: start..out.len() });
        at = range.end;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    Scrambled { text: out, eligible: units.len(), changed: edits.len(), edits, key }
}
