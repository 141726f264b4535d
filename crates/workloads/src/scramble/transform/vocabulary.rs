//! What words are called by a seed and a source, as far as texts have asked: a word's candidates are the same in all texts,
//! and a campaign asks for the same words thousands of times.

use std::cell::Cell;
use std::ops::Range;

use ergon_domain::{Canonical, Digest};
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

use super::Recipe;
use super::case::{Case, entry};
use super::language::Speaker;
use super::lexicon::{Lexicon, Source};
use super::recent::Recent;
use super::spelling::Spelling;
use super::wordlist;

/// Words that are remembered beyond the text that they stand in: some megabytes.
const REMEMBERED: usize = 1 << 14;

thread_local! {
    static VOCABULARIES: Cell<Recent<(u64, Source), Vocabulary>> = const { Cell::new(Recent::new()) };
}

/// Lends the vocabulary of a recipe's seed and a source.
pub(super) fn with<T>(recipe: &Recipe, source: Source, work: impl FnOnce(&mut Vocabulary) -> T) -> T {
    // Taken out rather than borrowed: whoever asks within `work` gets a new one instead of a panic.
    let mut recent = VOCABULARIES.take();
    let key = (recipe.seed, source);
    let mut vocabulary = recent.take(&key, || Vocabulary::new(recipe.vocabulary(), source));
    let done = work(&mut vocabulary);
    if vocabulary.words.len() <= REMEMBERED && vocabulary.round < u32::MAX / 2 {
        recent.keep(key, vocabulary);
    }
    VOCABULARIES.set(recent);
    done
}

/// A word by its number in a vocabulary.
type Id = u32;

/// How a word of a text is looked up.
#[derive(Clone, Copy)]
struct Form {
    /// The word in lower case.
    lower: Id,
    /// Its entry.
    entry: Id,
    case: Case,
}

struct Word {
    spelling: Spelling,
    text: Range<u32>,
    /// Known once it stood in a text.
    form: Option<Form>,
    /// Candidates with what they depend on beside the word: the attempt and, in one language, the rank.
    said: Vec<(u64, Id)>,
    /// The last text that holds it, in lower case.
    kept_in: u32,
    /// The last round in which it was an entry's replacement.
    taken_in: u32,
    /// The last text in which it is an entry, how often, and its replacement.
    entry_in: u32,
    times: u32,
    replacement: Id,
}

/// Words, by number, and what the text at hand makes of them.
pub(super) struct Vocabulary {
    seed: Digest,
    source: Source,
    speaker: Option<Speaker>,
    /// All words' letters.
    letters: String,
    words: Vec<Word>,
    /// Open addressing: a word's number plus one, or 0. At least half are 0.
    slots: Vec<u32>,
    /// The number of the text at hand.
    now: u32,
    /// The number of the last attempt to give all entries of a text replacements.
    round: u32,
    /// Entries of the text at hand, as they come.
    entries: Vec<Id>,
}

impl Vocabulary {
    fn new(seed: Digest, source: Source) -> Self {
        let speaker = match source {
            Source::Language(language) => Some(Speaker::new(language, &seed)),
            Source::English | Source::Names => None,
        };
        let (letters, words, slots, entries) = (String::new(), Vec::new(), vec![0; 1024], Vec::new());
        Self { seed, source, speaker, letters, words, slots, now: 0, round: 0, entries }
    }

    /// Replacements for the units, of all words of a text. What the words are in it, by unit, answers
    /// [`replacement`](Self::replacement). Invariant: the units are among the words, both rising.
    pub(super) fn read(&mut self, text: &str, words: &[Range<usize>], units: &[Range<usize>]) -> Vec<Id> {
        self.now += 1;
        self.entries.clear();
        let mut forms = Vec::with_capacity(units.len());
        let mut rest = units.iter().map(|unit| unit.start).peekable();
        for word in words {
            let spelling = Spelling::of(text.as_bytes(), word);
            let id = self.find(spelling, text, word);
            let form = self.form(id);
            let now = self.now;
            if let Some(lower) = self.words.get_mut(form.lower as usize) {
                lower.kept_in = now;
            }
            if rest.next_if_eq(&word.start).is_none() {
                continue;
            }
            forms.push(id);
            let Some(entry) = self.words.get_mut(form.entry as usize) else { continue };
            if entry.entry_in == now {
                entry.times += 1;
            } else {
                (entry.entry_in, entry.times) = (now, 1);
                self.entries.push(form.entry);
            }
        }
        self.settle();
        forms
    }

    /// What stands for a word of the text at hand, and how it is written.
    #[inline]
    pub(super) fn replacement(&self, id: Id) -> Option<((&str, Range<usize>), Case)> {
        let form = self.words.get(id as usize)?.form?;
        let entry = self.words.get(form.entry as usize)?;
        let replacement = self.words.get(entry.replacement as usize)?;
        let letters = replacement.text.start as usize..replacement.text.end as usize;
        Some(((&self.letters, letters), form.case))
    }

    /// The replacements of the text at hand.
    pub(super) fn lexicon(&self) -> Lexicon {
        let pair = |entry: &Id| (self.text(*entry), self.words.get(*entry as usize).map_or(0, |word| word.replacement));
        Lexicon::of(self.entries.iter().map(pair).map(|(entry, replacement)| (entry, self.text(replacement))))
    }

    fn text(&self, id: Id) -> &str {
        let range = self.words.get(id as usize).map_or(0..0, |word| word.text.start as usize..word.text.end as usize);
        self.letters.get(range).unwrap_or_default()
    }

    /// The number of a word, which it gets if it has none.
    #[inline]
    fn find(&mut self, spelling: Spelling, text: &str, range: &Range<usize>) -> Id {
        let mask = self.slots.len() - 1;
        let mut at = spelling.hash() as usize & mask;
        while let Some(slot) = self.slots.get(at).copied().filter(|slot| *slot > 0) {
            let id = slot - 1;
            if self.words.get(id as usize).is_some_and(|word| word.spelling == spelling)
                && (spelling.is_whole() || text.get(range.clone()) == Some(self.text(id)))
            {
                return id;
            }
            at = (at + 1) & mask;
        }
        self.add(spelling, text.get(range.clone()).unwrap_or_default(), at)
    }

    #[cold]
    fn add(&mut self, spelling: Spelling, text: &str, at: usize) -> Id {
        let id = self.words.len() as Id;
        let start = self.letters.len() as u32;
        self.letters.push_str(text);
        let text = start..self.letters.len() as u32;
        let (kept_in, taken_in, entry_in) = (0, 0, 0);
        let (form, said) = (None, Vec::new());
        self.words.push(Word { spelling, text, form, said, kept_in, taken_in, entry_in, times: 0, replacement: 0 });
        if let Some(slot) = self.slots.get_mut(at) {
            *slot = id + 1;
        }
        if 2 * self.words.len() > self.slots.len() {
            self.grow();
        }
        id
    }

    fn grow(&mut self) {
        let mask = 4 * self.slots.len() - 1;
        self.slots = vec![0; mask + 1];
        for (id, word) in self.words.iter().enumerate() {
            let mut at = word.spelling.hash() as usize & mask;
            while self.slots.get(at).is_some_and(|slot| *slot > 0) {
                at = (at + 1) & mask;
            }
            if let Some(slot) = self.slots.get_mut(at) {
                *slot = id as u32 + 1;
            }
        }
    }

    fn id(&mut self, word: &str) -> Id {
        self.find(Spelling::of_word(word), word, &(0..word.len()))
    }

    #[inline]
    fn form(&mut self, id: Id) -> Form {
        match self.words.get(id as usize).and_then(|word| word.form) {
            Some(form) => form,
            None => self.first_form(id),
        }
    }

    #[cold]
    fn first_form(&mut self, id: Id) -> Form {
        let word = self.text(id).to_owned();
        let (entry, case) = entry(&word);
        let form = Form { lower: self.id(&word.to_lowercase()), entry: self.id(&entry), case };
        if let Some(word) = self.words.get_mut(id as usize) {
            word.form = Some(form);
        }
        form
    }

    /// Gives every entry of the text at hand its replacement: the first candidate that is no word of the text and not
    /// taken, the most frequent entries first.
    fn settle(&mut self) {
        let entries = std::mem::take(&mut self.entries);
        // Where the first candidates are all free and no two alike, the order of the entries doesn't matter.
        self.round += 1;
        let by_rank = self.speaker.as_ref().is_some_and(Speaker::minds_ranks);
        if by_rank || !entries.iter().all(|entry| self.take(*entry, 0, 0)) {
            self.settle_in_order(&entries);
        }
        self.entries = entries;
    }

    fn settle_in_order(&mut self, entries: &[Id]) {
        self.round += 1;
        let key = |id: &Id| {
            let word = self.words.get(*id as usize);
            (word.map_or(0, |word| u32::MAX - word.times), word.map_or(0, |word| word.spelling.first_eight()), *id)
        };
        let mut ranked: Vec<_> = entries.iter().map(key).collect();
        ranked.sort_unstable_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)).then_with(|| self.text(a.2).cmp(self.text(b.2))));
        for (rank, (_, _, entry)) in ranked.into_iter().enumerate() {
            // Invariant: some attempt succeeds, because later ones are longer.
            let _ = (0..).any(|attempt| self.take(entry, rank, attempt));
        }
    }

    /// Gives an entry a candidate, unless that is a word of the text or taken.
    #[inline]
    fn take(&mut self, entry: Id, rank: usize, attempt: u32) -> bool {
        let candidate = self.candidate(entry, rank, attempt);
        let (now, round) = (self.now, self.round);
        let Some(word) = self.words.get_mut(candidate as usize) else { return true };
        if word.kept_in == now || word.taken_in == round {
            return false;
        }
        word.taken_in = round;
        if let Some(entry) = self.words.get_mut(entry as usize) {
            entry.replacement = candidate;
        }
        true
    }

    /// A candidate for an entry. Invariant: it depends on nothing of the text but, where it does, the rank.
    #[inline]
    fn candidate(&mut self, entry: Id, rank: usize, attempt: u32) -> Id {
        let of_rank = self.speaker.as_ref().map_or(0, |speaker| speaker.ranked_length(rank));
        let on = (of_rank as u64) << 32 | u64::from(attempt);
        let said = self.words.get(entry as usize).map_or(&[][..], |word| &word.said);
        let there = said.get(attempt as usize).filter(|(known, _)| *known == on);
        match there.or_else(|| said.iter().find(|(known, _)| *known == on)) {
            Some((_, candidate)) => *candidate,
            None => self.first_candidate(entry, rank, attempt, on),
        }
    }

    #[cold]
    fn first_candidate(&mut self, entry: Id, rank: usize, attempt: u32, on: u64) -> Id {
        let word = self.text(entry);
        let named =
            Canonical::new("ergon.scramble.word.1").digest(&self.seed).str(word).u64(u64::from(attempt)).finish();
        let mut rng = ChaCha8Rng::from_seed(named.0);
        let candidate = match (&self.speaker, self.source) {
            (Some(speaker), _) => speaker.say(word, rank, attempt, &mut rng),
            (None, Source::Names) => wordlist::any_name(attempt, &mut rng),
            (None, _) => wordlist::any_word(attempt, &mut rng),
        };
        let candidate = self.id(&candidate);
        if let Some(word) = self.words.get_mut(entry as usize) {
            word.said.push((on, candidate));
        }
        candidate
    }
}
