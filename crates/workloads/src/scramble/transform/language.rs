//! Made-up languages: what a word of English is called in them.
//!
//! | language | how a word is made | what complexity (1–10) does |
//! |---|---|---|
//! | `substitution` | every letter by another, always the same | so many tenths of the alphabet change |
//! | `phonetic` | every letter by one that sounds like it | so many pairs of sounds are exchanged |
//! | `scrambled` | its own letters in another order | so many tenths of the letters move, at least two |
//! | `synthetic` | open syllables of a small set | the set has 10 syllables times it |
//! | `english_like` | onsets, vowels and codas as English has them | the longest word has this many syllables, at least two |
//! | `random_frequency` | random letters as frequent as in English; frequent words are short | letters added to every word: its half |
//!
//! Letters outside a–z are taken as one of them. Words that would coincide get more letters.

use ergon_domain::{Canonical, Digest, draw};
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

/// How words are made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A letter cipher.
    #[default]
    Substitution,
    /// Similar sounds.
    Phonetic,
    /// The word's own letters.
    Scrambled,
    /// Open syllables.
    Synthetic,
    /// Syllables of English.
    EnglishLike,
    /// Random letters, frequent words short.
    RandomFrequency,
}

impl Kind {
    /// All, as named in specs.
    pub const NAMES: [(&'static str, Self); 6] = [
        ("substitution", Self::Substitution),
        ("phonetic", Self::Phonetic),
        ("scrambled", Self::Scrambled),
        ("synthetic", Self::Synthetic),
        ("english_like", Self::EnglishLike),
        ("random_frequency", Self::RandomFrequency),
    ];
}

/// A made-up language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Language {
    /// How its words are made.
    pub kind: Kind,
    /// How far it is from English, 1–10.
    pub complexity: u8,
}

impl Default for Language {
    fn default() -> Self {
        Self { kind: Kind::Substitution, complexity: 5 }
    }
}

const LETTERS: usize = 26;
const VOWELS: &[u8] = b"aeiou";
const CONSONANTS: &[u8] = b"bcdfghjklmnpqrstvwxyz";
/// Pairs of sounds that are made at the same place.
const SOUNDS: [(u8, u8); 10] = [
    (b'p', b'b'),
    (b't', b'd'),
    (b'k', b'g'),
    (b'f', b'v'),
    (b's', b'z'),
    (b'a', b'o'),
    (b'e', b'i'),
    (b'm', b'n'),
    (b'l', b'r'),
    (b'c', b'q'),
];
const ONSETS: [&str; 30] = [
    "b", "br", "bl", "c", "ch", "cl", "d", "dr", "f", "fl", "g", "gr", "h", "j", "l", "m", "n", "p", "pl", "pr", "r",
    "s", "sh", "sp", "st", "t", "th", "tr", "w", "v",
];
const NUCLEI: [&str; 10] = ["a", "e", "i", "o", "u", "ai", "ea", "ee", "oo", "ou"];
const CODAS: [&str; 18] =
    ["", "", "", "b", "ck", "d", "ft", "g", "l", "ll", "m", "n", "nd", "nt", "r", "sk", "st", "t"];
/// Letters of English per thousand, a to z (Lewand, Cryptological Mathematics, 2000, rounded).
const FREQUENCIES: [f64; LETTERS] = [
    82.0, 15.0, 28.0, 43.0, 127.0, 22.0, 20.0, 61.0, 70.0, 2.0, 8.0, 40.0, 24.0, 67.0, 75.0, 19.0, 1.0, 60.0, 63.0,
    91.0, 28.0, 10.0, 24.0, 2.0, 20.0, 1.0,
];

/// A language with its seed's choices made.
pub(super) struct Speaker {
    language: Language,
    cipher: [u8; LETTERS],
    syllables: Vec<String>,
}

impl Speaker {
    pub(super) fn new(language: Language, seed: &Digest) -> Self {
        let named = Canonical::new("ergon.scramble.language.1")
            .digest(seed)
            .u64(language.kind as u64)
            .u64(u64::from(language.complexity))
            .finish();
        let mut rng = ChaCha8Rng::from_seed(named.0);
        let complexity = usize::from(language.complexity.clamp(1, 10));
        let mut cipher: [u8; LETTERS] = std::array::from_fn(|i| b'a' + i as u8);
        match language.kind {
            Kind::Phonetic => {
                for (a, b) in SOUNDS.iter().take(complexity) {
                    cipher.swap(index(char::from(*a)), index(char::from(*b)));
                }
            }
            _ => {
                let mut changed: Vec<usize> = (0..LETTERS).collect();
                draw::shuffle(&mut rng, &mut changed);
                changed.truncate((LETTERS * complexity).div_ceil(10).max(2));
                // One cycle through all of them: none keeps its letter.
                for pair in changed.windows(2) {
                    if let [a, b] = pair {
                        cipher.swap(*a, *b);
                    }
                }
            }
        }
        let mut syllables: Vec<String> = CONSONANTS
            .iter()
            .flat_map(|c| VOWELS.iter().map(|v| [char::from(*c), char::from(*v)].iter().collect()))
            .collect();
        draw::shuffle(&mut rng, &mut syllables);
        syllables.truncate(10 * complexity);
        Self { language, cipher, syllables }
    }

    /// Whether what it says depends on a word's place by frequency.
    pub(super) fn minds_ranks(&self) -> bool {
        self.language.kind == Kind::RandomFrequency
    }

    /// What of a word's place by frequency its candidates depend on: letters that it is longer by.
    pub(super) fn ranked_length(&self, rank: usize) -> usize {
        match self.language.kind {
            Kind::RandomFrequency => (usize::BITS - rank.leading_zeros()) as usize / 2,
            _ => 0,
        }
    }

    /// A candidate for a word: the `attempt`-th, from 0. `rank`: its place by frequency, from 0.
    pub(super) fn say(&self, word: &str, rank: usize, attempt: u32, rng: &mut ChaCha8Rng) -> String {
        let letters: Vec<u8> = word.chars().filter(|c| c.is_alphanumeric()).map(|c| b'a' + index(c) as u8).collect();
        let mut said = match self.language.kind {
            Kind::Substitution | Kind::Phonetic => letters.iter().map(|letter| self.ciphered(*letter)).collect(),
            Kind::Scrambled => self.reordered(letters, rng),
            Kind::Synthetic => {
                let syllables = letters.len().div_ceil(2).clamp(1, 5);
                (0..syllables).map(|_| pick(&self.syllables, rng).to_owned()).collect()
            }
            Kind::EnglishLike => {
                let longest = usize::from(self.language.complexity).max(2);
                let syllables = letters.len().div_ceil(3).clamp(1, longest);
                (0..syllables).map(|_| [ONSETS.as_slice(), &NUCLEI, &CODAS].map(|p| pick(p, rng)).concat()).collect()
            }
            Kind::RandomFrequency => {
                let length = 2 + self.ranked_length(rank) + usize::from(self.language.complexity) / 2;
                (0..length).map(|_| char::from(b'a' + draw::weighted(rng, &FREQUENCIES).unwrap_or(0) as u8)).collect()
            }
        };
        // Longer with every attempt, so that a free word is found.
        let missing = 2_usize.saturating_sub(said.chars().count());
        for place in 0..missing + attempt as usize {
            let from = if place % 2 == 0 { VOWELS } else { CONSONANTS };
            said.push(char::from(from.get(draw::below(rng, from.len() as u64) as usize).copied().unwrap_or(b'a')));
        }
        said
    }

    fn ciphered(&self, letter: u8) -> char {
        char::from(self.cipher.get(usize::from(letter.wrapping_sub(b'a'))).copied().unwrap_or(b'a'))
    }

    fn reordered(&self, mut letters: Vec<u8>, rng: &mut ChaCha8Rng) -> String {
        let moving = (letters.len() * usize::from(self.language.complexity)).div_ceil(10).max(2).min(letters.len());
        let mut places: Vec<usize> = (0..letters.len()).collect();
        draw::shuffle(rng, &mut places);
        for pair in places.get(..moving).unwrap_or_default().windows(2) {
            if let [a, b] = pair {
                letters.swap(*a, *b);
            }
        }
        letters.into_iter().map(char::from).collect()
    }
}

/// A letter's place in the alphabet; any other character is taken as one of its letters.
fn index(c: char) -> usize {
    match c.to_ascii_lowercase() {
        c @ 'a'..='z' => c as usize - 'a' as usize,
        c => c as usize % LETTERS,
    }
}

fn pick<'a, T: AsRef<str>>(from: &'a [T], rng: &mut ChaCha8Rng) -> &'a str {
    let at = draw::below(rng, from.len().max(1) as u64) as usize;
    from.get(at).map(AsRef::as_ref).unwrap_or_default()
}
