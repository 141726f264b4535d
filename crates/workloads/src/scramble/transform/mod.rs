//! Surface transformations of a text, by a level in percent.
//!
//! Belongs here: which parts of a text are transformed, into what, and how to undo it. Does not belong here: what the
//! text is for.
//!
//! | method | unit | what becomes of it | undone by |
//! |---|---|---|---|
//! | `character_substitution` | letter | a symbol that the text doesn't hold; the same for the same letter | the symbols |
//! | `character_shuffle` | letter | another place among the chosen letters | the places |
//! | `word_shuffle` | word | another place among the chosen words | the places |
//! | `word_substitution` | word | another English word; the same for the same word | the words |
//! | `sentence_shuffle` | sentence | another place among the chosen sentences | the places |
//! | `constructed_language` | word | a word of a made-up language ([`language`]) | the words |
//! | `proper_noun_swap` | proper noun | another name; the same for the same name | the words |
//! | `synonym` | word with an entry in the thesaurus | its synonym | not at all |
//!
//! Of `n` eligible units round(L/100·n) are chosen. Units are ordered once for each (seed, text id, method) and the first
//! ones are taken, so that those chosen at a level are among those chosen at any higher one. A shuffle gives every chosen
//! place another text; it can't where one unit alone is chosen, or where more than half of them have the same text.

mod case;
pub mod language;
pub mod lexicon;
pub mod mask;
mod order;
mod places;
mod recent;
mod rewriting;
mod spelling;
mod symbols;
pub mod units;
mod vocabulary;
mod wordlist;

use std::ops::Range;

use ergon_domain::{Canonical, Digest};

use language::Language;
use lexicon::Lexicon;
pub use mask::Preserve;
use order::Chosen;
pub use symbols::Symbols;
pub(in crate::scramble) use wordlist::names;

/// What is done to a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Method {
    /// Nothing.
    None,
    /// Letters become symbols.
    CharacterSubstitution,
    /// Letters change places.
    CharacterShuffle,
    /// Words change places.
    WordShuffle,
    /// Words become other English words.
    WordSubstitution,
    /// Sentences change places.
    SentenceShuffle,
    /// Words become words of a made-up language.
    ConstructedLanguage,
    /// Names become other names.
    ProperNounSwap,
    /// Words become synonyms.
    Synonym,
}

impl Method {
    /// All, as named in specs.
    pub const NAMES: [(&'static str, Self); 9] = [
        ("none", Self::None),
        ("character_substitution", Self::CharacterSubstitution),
        ("character_shuffle", Self::CharacterShuffle),
        ("word_shuffle", Self::WordShuffle),
        ("word_substitution", Self::WordSubstitution),
        ("sentence_shuffle", Self::SentenceShuffle),
        ("constructed_language", Self::ConstructedLanguage),
        ("proper_noun_swap", Self::ProperNounSwap),
        ("synonym", Self::Synonym),
    ];

    /// Name in specs.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, method)| *method == self).map_or("none", |(name, _)| name)
    }

    /// Whether it only reorders.
    pub fn reorders(self) -> bool {
        matches!(self, Self::CharacterShuffle | Self::WordShuffle | Self::SentenceShuffle)
    }

    /// Whether the text can be had back from the result and its key.
    pub fn is_invertible(self) -> bool {
        self != Self::Synonym
    }
}

/// What is done, how much of it, and what is left alone.
#[derive(Clone, Debug, PartialEq)]
pub struct Recipe {
    /// What is done.
    pub method: Method,
    /// Share of the eligible units that is transformed, percent, 0–100.
    pub level: f64,
    /// What is left alone.
    pub preserve: Preserve,
    /// The made-up language, where the method is one.
    pub language: Language,
    /// Seed of places, symbols and words.
    pub seed: u64,
}

impl Recipe {
    /// A method at a level, everything else as the workload's defaults have it.
    pub fn new(method: Method, level: f64, seed: u64) -> Self {
        Self { method, level, preserve: Preserve::default(), language: Language::default(), seed }
    }

    /// Where the units of a text are ordered from. Invariant: it does not depend on the level, or places would not nest.
    fn places(&self, id: &str) -> Digest {
        Canonical::new("ergon.scramble.places.1").u64(self.seed).str(id).str(self.method.name()).finish()
    }

    /// Where symbols and words come from: the same for all texts of a benchmark.
    fn vocabulary(&self) -> Digest {
        Canonical::new("ergon.scramble.vocabulary.1").u64(self.seed).str(self.method.name()).finish()
    }
}

/// One replaced stretch of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// Bytes of the original.
    pub from: Range<usize>,
    /// Bytes of the result.
    pub to: Range<usize>,
}

/// What undoes a transformation.
#[derive(Clone, Debug, PartialEq)]
pub enum Key {
    /// Nothing was done.
    Nothing,
    /// Letters by symbol.
    Symbols(Symbols),
    /// Words by word.
    Words(Lexicon),
    /// Which stretch of the result stands where in the original: bytes of the result, in the original's order.
    Places(Vec<Range<usize>>),
    /// It can't be undone from the result alone.
    None,
}

/// A transformed text.
#[derive(Clone, Debug, PartialEq)]
pub struct Scrambled {
    /// The result.
    pub text: String,
    /// Units that could have been transformed.
    pub eligible: usize,
    /// Units that were.
    pub changed: usize,
    /// Where, in rising order.
    pub edits: Vec<Edit>,
    /// What undoes it.
    pub key: Key,
}

impl Scrambled {
    fn untouched(text: &str, eligible: usize) -> Self {
        Self { text: text.to_owned(), eligible, changed: 0, edits: Vec::new(), key: Key::Nothing }
    }

    /// Share of the eligible units that was transformed, percent; `None` without eligible units.
    pub fn realised_level(&self) -> Option<f64> {
        (self.eligible > 0).then(|| 100.0 * self.changed as f64 / self.eligible as f64)
    }

    /// The original, from the result and the key alone; `None` where it can't be had back.
    pub fn restored(&self) -> Option<String> {
        restore(&self.text, &self.key)
    }
}

/// A transformed text, for somebody who doesn't want to know where and into what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rewritten {
    /// The result.
    pub text: String,
    /// Units that could have been transformed.
    pub eligible: usize,
    /// Units that were.
    pub changed: usize,
}

impl Rewritten {
    fn untouched(text: &str, eligible: usize) -> Self {
        Self { text: text.to_owned(), eligible, changed: 0 }
    }

    /// Share of the eligible units that was transformed, percent; `None` without eligible units.
    pub fn realised_level(&self) -> Option<f64> {
        (self.eligible > 0).then(|| 100.0 * self.changed as f64 / self.eligible as f64)
    }
}

/// Transforms a text. `id` names it: other texts are transformed at other places.
pub fn scramble(text: &str, id: &str, recipe: &Recipe) -> Scrambled {
    transformed(text, id, recipe, true)
}

/// The same without the list of places and what undoes it: for prompts, of which there are many.
pub fn scramble_unlogged(text: &str, id: &str, recipe: &Recipe) -> Rewritten {
    match recipe.method {
        Method::CharacterSubstitution if text.is_ascii() => {
            let mask = recipe.preserve.mask(text);
            symbols::substitute_ascii(text, &mask, recipe, || recipe.places(id))
        }
        Method::CharacterShuffle if text.is_ascii() => {
            let mask = recipe.preserve.mask(text);
            places::shuffle_ascii(text, &mask, recipe.level, &recipe.places(id))
        }
        _ => {
            let Scrambled { text, eligible, changed, .. } = transformed(text, id, recipe, false);
            Rewritten { text, eligible, changed }
        }
    }
}

fn transformed(text: &str, id: &str, recipe: &Recipe, is_logged: bool) -> Scrambled {
    let mask = || recipe.preserve.mask(text);
    let mut words = Vec::new();
    let units = match recipe.method {
        Method::None => return Scrambled::untouched(text, 0),
        Method::CharacterSubstitution | Method::CharacterShuffle => units::letters(text, &mask()),
        Method::SentenceShuffle => units::sentences(text),
        Method::WordShuffle => units::words(text, &mask()),
        Method::Synonym => wordlist::with_synonym(text, units::words(text, &mask())),
        Method::ProperNounSwap => {
            words = units::all_word_ranges(text);
            let mask = mask();
            mask::proper_nouns_of(text, &words).into_iter().filter(|noun| !mask.covers(noun)).collect()
        }
        Method::WordSubstitution | Method::ConstructedLanguage => {
            words = units::all_word_ranges(text);
            mask().untouched(words.clone())
        }
    };
    let places = std::cell::LazyCell::new(|| recipe.places(id));
    let chosen = Chosen::new(units.len(), recipe.level, || *places);
    if chosen.count() == 0 {
        return Scrambled::untouched(text, units.len());
    }
    let source = match recipe.method {
        Method::None => return Scrambled::untouched(text, 0),
        Method::CharacterSubstitution => return symbols::substitute(text, &units, &chosen, recipe, is_logged),
        Method::CharacterShuffle | Method::WordShuffle | Method::SentenceShuffle => {
            return places::shuffle(text, &units, &chosen, &places, is_logged);
        }
        Method::Synonym => return wordlist::replace_by_synonyms(text, &units, &chosen, is_logged),
        Method::WordSubstitution => lexicon::Source::English,
        Method::ProperNounSwap => lexicon::Source::Names,
        Method::ConstructedLanguage => lexicon::Source::Language(recipe.language),
    };
    lexicon::replace(text, &words, &units, &chosen, (source, recipe), is_logged)
}

/// Undoes a transformation; `None` where the key doesn't allow it.
pub fn restore(text: &str, key: &Key) -> Option<String> {
    match key {
        Key::Nothing => Some(text.to_owned()),
        Key::None => None,
        Key::Symbols(symbols) => Some(symbols.restore(text)),
        Key::Words(lexicon) => Some(lexicon.restore(text)),
        Key::Places(places) => places::restore(text, places),
    }
}
