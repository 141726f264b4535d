//! One-to-one replacements of words.

use std::collections::BTreeMap;
use std::ops::Range;

use super::case::{entry, written};
use super::language::Language;
use super::order::Chosen;
use super::rewriting::Rewriting;
use super::{Key, Recipe, Scrambled, units, vocabulary};

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

impl Lexicon {
    /// Of words with their replacements.
    pub(super) fn of<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        let forward: BTreeMap<String, String> =
            pairs.map(|(word, replacement)| (word.to_owned(), replacement.to_owned())).collect();
        let back = forward.iter().map(|(word, replacement)| (replacement.clone(), word.clone())).collect();
        Self { forward, back }
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

/// Replaces the chosen ones of the units, which are among the text's words. The other units have replacements as well:
/// which one a word gets doesn't depend on the level.
pub(super) fn replace(
    text: &str,
    words: &[Range<usize>],
    units: &[Range<usize>],
    chosen: &Chosen,
    (source, recipe): (Source, &Recipe),
    is_logged: bool,
) -> Scrambled {
    vocabulary::with(recipe, source, |vocabulary| {
        let ids = vocabulary.read(text, words, units);
        let mut rewriting = Rewriting::of(text, text.len() / 2, is_logged);
        for position in chosen.positions() {
            let at = position as usize;
            let (Some(unit), Some(id)) = (units.get(at), ids.get(at)) else { continue };
            if let Some((replacement, case)) = vocabulary.replacement(*id) {
                rewriting.put(unit, replacement, case);
            }
        }
        let key = if is_logged { Key::Words(vocabulary.lexicon()) } else { Key::None };
        rewriting.finish(units.len(), key)
    })
}
