//! Templates of items, and what they draw from.

use std::collections::BTreeMap;

use ergon_domain::{Canonical, draw};
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

use super::super::item::{Answer, Difficulty, Item};
use super::super::transform::names;

/// A kind of question.
pub(super) struct Template {
    /// Name, unique among all templates.
    pub(super) name: &'static str,
    /// Field of knowledge.
    pub(super) domain: &'static str,
    /// How hard its items are.
    pub(super) difficulty: Difficulty,
    /// Writes one.
    pub(super) write: fn(&mut Dice) -> Draft,
}

/// An item's question and answer.
pub(super) struct Draft {
    pub(super) question: String,
    pub(super) options: Vec<String>,
    pub(super) answer: Answer,
}

/// A question with a number for an answer.
pub(super) fn number(question: String, answer: i64) -> Draft {
    Draft { question, options: Vec::new(), answer: Answer::number(answer as f64) }
}

/// A question with a number for an answer that need not be whole.
pub(super) fn real(question: String, answer: f64) -> Draft {
    Draft { question, options: Vec::new(), answer: Answer::number(answer) }
}

/// A question with a text for an answer.
pub(super) fn text(question: String, answer: &str) -> Draft {
    Draft { question, options: Vec::new(), answer: Answer::Text(vec![answer.to_owned()]) }
}

impl Template {
    /// The `variant`-th item of a seed.
    pub(super) fn item(&self, seed: u64, variant: u64) -> Item {
        let named = Canonical::new("ergon.scramble.item.1").u64(seed).str(self.name).u64(variant).finish();
        let mut dice = Dice(ChaCha8Rng::from_seed(named.0));
        let Draft { question, options, answer } = (self.write)(&mut dice);
        Item {
            id: format!("{}/{variant}", self.name),
            domain: self.domain.to_owned(),
            difficulty: Some(self.difficulty),
            template: self.name.to_owned(),
            question,
            context: None,
            options,
            answer,
            fields: BTreeMap::new(),
        }
    }
}

/// What a template draws its numbers and names from.
pub(super) struct Dice(ChaCha8Rng);

impl Dice {
    /// A whole number, both ends included.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        low + draw::below(&mut self.0, (high - low).max(0) as u64 + 1) as i64
    }

    /// One of several.
    pub(super) fn one<T: Copy>(&mut self, of: &[T], otherwise: T) -> T {
        of.get(draw::below(&mut self.0, of.len() as u64) as usize).copied().unwrap_or(otherwise)
    }

    /// Different names, by lot.
    pub(super) fn names<const N: usize>(&mut self) -> [&'static str; N] {
        let mut all = names().to_vec();
        draw::shuffle(&mut self.0, &mut all);
        std::array::from_fn(|i| all.get(i).copied().unwrap_or("Ada"))
    }

    /// Something to count, in the plural.
    pub(super) fn things(&mut self) -> &'static str {
        self.one(&["pencils", "marbles", "stickers", "apples", "buttons", "stamps", "shells", "cards"], "pencils")
    }

    /// The same in another order.
    pub(super) fn shuffled<T: Clone>(&mut self, of: &[T]) -> Vec<T> {
        let mut all = of.to_vec();
        draw::shuffle(&mut self.0, &mut all);
        all
    }
}
