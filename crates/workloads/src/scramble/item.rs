//! A question with what is known of its answer.

use std::collections::BTreeMap;

use super::figure::Figure;

/// How hard an item is: declared by whoever wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Difficulty {
    /// One step.
    Easy,
    /// Two steps.
    Medium,
    /// Three steps and more.
    Hard,
}

impl Difficulty {
    /// All, as named in specs and data.
    pub const NAMES: [(&'static str, Self); 3] = [("easy", Self::Easy), ("medium", Self::Medium), ("hard", Self::Hard)];

    /// Name in specs and data.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, difficulty)| *difficulty == self).map_or("", |(name, _)| name)
    }

    /// By name.
    pub fn named(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, difficulty)| *difficulty)
    }

    /// Difficulty b of the item-response model that a simulated model answers by: 1 logit a step, Ergon's choice.
    pub fn logits(self) -> f64 {
        match self {
            Self::Easy => -1.0,
            Self::Medium => 0.0,
            Self::Hard => 1.0,
        }
    }
}

/// What is known of the right answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// Nothing: the item can be asked and not scored.
    Unknown,
    /// Any of these texts, the first being the one shown.
    Text(Vec<String>),
    /// A number, as the data write it.
    Number(Figure),
    /// One of the item's options, from 0.
    Choice(usize),
}

impl Answer {
    /// A number that a program made; unknown where it made none (NaN, infinity).
    pub fn number(value: f64) -> Self {
        Figure::of(value).map_or(Self::Unknown, Self::Number)
    }
}

/// An item of a benchmark.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// Name, unique in its benchmark.
    pub id: String,
    /// Field of knowledge.
    pub domain: String,
    /// How hard it is, where somebody says so.
    pub difficulty: Option<Difficulty>,
    /// Items that differ in numbers and names alone share it; they count as one kind of question.
    pub template: String,
    /// The question.
    pub question: String,
    /// Text that the question is about, where there is one.
    pub context: Option<String>,
    /// Options to choose from; empty where there are none.
    pub options: Vec<String>,
    /// What is known of the answer.
    pub answer: Answer,
    /// Further fields of the user's data, for prompt templates.
    pub fields: BTreeMap<String, String>,
}

impl Item {
    /// The letter of an option: `A` for the first.
    pub fn letter(option: usize) -> char {
        u8::try_from(option).ok().filter(|i| *i < 26).map_or('?', |i| char::from(b'A' + i))
    }

    /// The right answer as a person writes it; `None` where it is unknown.
    pub fn answer_text(&self) -> Option<String> {
        match &self.answer {
            Answer::Unknown => None,
            Answer::Text(accepted) => accepted.first().cloned(),
            Answer::Number(figure) => Some(figure.text().to_owned()),
            Answer::Choice(option) => Some(Self::letter(*option).to_string()),
        }
    }

    /// Probability of a right guess: 1/k with k options, else 0.
    pub fn guessing(&self) -> f64 {
        if self.options.is_empty() { 0.0 } else { 1.0 / self.options.len() as f64 }
    }
}
