//! One item of a task: what is asked, what is right, and what a simulated model may know of it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// What counts as right.
#[derive(Clone, Debug, PartialEq)]
pub enum Gold {
    /// A number, within a share of its size or 10⁻⁹ absolutely, whichever is wider.
    Number {
        /// The right number.
        value: f64,
        /// Accepted deviation as a share of the value.
        tolerance: f64,
    },
    /// One of several spellings, compared without case, articles and punctuation.
    Text(Vec<String>),
    /// One of the choices.
    Choice {
        /// The right one.
        right: String,
        /// All of them.
        choices: Vec<String>,
    },
    /// All of these, in any order, and nothing else.
    Set(Vec<String>),
    /// A text that keeps at least two thirds of these facts (each in one of its spellings) in at most so many words.
    Facts {
        /// Facts with their spellings.
        facts: Vec<Vec<String>>,
        /// Longest accepted text, words.
        at_most_words: usize,
    },
    /// At least so many of these terms, in a list of at most as many as asked for.
    Terms {
        /// Terms that count.
        terms: Vec<String>,
        /// Terms asked for.
        asked: usize,
        /// Of which so many must count.
        needed: usize,
    },
    /// An expression in `n` with the same values at n = 1 … 10 as this one.
    Sequence(String),
}

/// A step towards the answer: a tool and what it is given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Name of the tool, or `model` for a question to the model itself.
    pub tool: Arc<str>,
    /// What it is given.
    pub input: String,
}

/// An item.
#[derive(Clone, Debug, PartialEq)]
pub struct TaskItem {
    /// Its name within the task.
    pub id: String,
    /// What is asked.
    pub prompt: String,
    /// What is right; `None`: nobody said, so nothing is graded.
    pub gold: Option<Gold>,
    /// Answers that are wrong: what a simulated model says when it errs.
    pub wrong: Vec<String>,
    /// Difficulty on the scale of ability (standard normal), for simulated models.
    pub difficulty: f64,
    /// Steps by tools that lead to the answer; empty where tools don't help.
    pub route: Vec<Step>,
    /// A sentence with the answer, for the local documents.
    pub fact: Option<String>,
}

impl Gold {
    /// A right answer in words.
    pub fn stated(&self) -> String {
        match self {
            Self::Number { value, .. } => shown(*value),
            Self::Text(spellings) => spellings.first().cloned().unwrap_or_default(),
            Self::Choice { right, .. } => right.clone(),
            Self::Set(all) => all.join("; "),
            Self::Facts { facts, .. } => {
                facts.iter().filter_map(|spellings| spellings.first().cloned()).collect::<Vec<_>>().join(", ")
            }
            Self::Terms { terms, asked, .. } => terms.iter().take(*asked).cloned().collect::<Vec<_>>().join("; "),
            Self::Sequence(expression) => expression.clone(),
        }
    }

    /// What the answer must look like, for the prompt.
    pub fn form(&self) -> String {
        match self {
            Self::Number { .. } => "The answer is one number, without unit.".into(),
            Self::Text(_) => "The answer is a name, a date or a few words.".into(),
            Self::Choice { choices, .. } => format!("The answer is one of: {}.", choices.join(", ")),
            Self::Set(_) => "The answer is a list, separated by semicolons.".into(),
            Self::Facts { at_most_words, .. } => format!("The answer is a text of at most {at_most_words} words."),
            Self::Terms { asked, .. } => format!("The answer is a list of {asked} terms, separated by semicolons."),
            Self::Sequence(_) => "The answer is one expression in n, with + - * / % ^ and parentheses.".into(),
        }
    }

    /// Probability that a guess is right, for simulated models.
    pub fn guessing(&self) -> f64 {
        match self {
            Self::Choice { choices, .. } if !choices.is_empty() => 1.0 / choices.len() as f64,
            _ => 0.0,
        }
    }
}

/// A number as a person writes it: no trailing zeros, at most six decimals.
pub(crate) fn shown(x: f64) -> String {
    if x.fract() == 0.0 && x.abs() < 1e15 {
        return format!("{x:.0}");
    }
    if x.abs() < 1e-3 {
        return format!("{x:e}");
    }
    let text = format!("{x:.6}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
