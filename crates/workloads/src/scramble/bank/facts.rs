//! Written questions with short answers, and the same with options.

use std::collections::BTreeMap;

use ergon_domain::{Canonical, draw};
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

use super::super::item::{Answer, Difficulty, Item};

/// Domain, category, difficulty, question and accepted answers (`|` between them), one item a line. Written for Ergon.
/// Answers of one category are of one kind: they are each other's wrong options.
const FACTS: &str = include_str!("facts.tsv");
/// Options of a question, the right one among them.
const OPTIONS: usize = 4;

struct Fact {
    category: &'static str,
    item: Item,
}

fn facts() -> Vec<Fact> {
    let fact = |(number, line): (usize, &'static str)| {
        let mut columns = line.split('\t');
        let (domain, category, difficulty) = (columns.next()?, columns.next()?, columns.next()?);
        let (question, answers) = (columns.next()?, columns.next()?);
        let item = Item {
            id: format!("fact/{:03}", number + 1),
            domain: domain.to_owned(),
            difficulty: Difficulty::named(difficulty),
            template: format!("fact/{:03}", number + 1),
            question: question.to_owned(),
            context: None,
            options: Vec::new(),
            answer: Answer::Text(answers.split('|').map(ToOwned::to_owned).collect()),
            fields: BTreeMap::new(),
        };
        Some(Fact { category, item })
    };
    FACTS.lines().enumerate().filter_map(fact).collect()
}

/// Questions with a text for an answer.
pub(super) fn items() -> Vec<Item> {
    facts().into_iter().map(|fact| fact.item).collect()
}

/// The same questions with four options: answers to other questions of the category, by the seed's lot.
pub(super) fn choices(seed: u64) -> Vec<Item> {
    let all = facts();
    let shown = |fact: &Fact| fact.item.answer_text().unwrap_or_default();
    let with_options = |fact: &Fact| {
        let named = Canonical::new("ergon.scramble.options.1").u64(seed).str(&fact.item.id).finish();
        let mut rng = ChaCha8Rng::from_seed(named.0);
        let right = shown(fact);
        let mut others: Vec<String> =
            all.iter().filter(|other| other.category == fact.category).map(shown).filter(|a| *a != right).collect();
        others.sort_unstable();
        others.dedup();
        draw::shuffle(&mut rng, &mut others);
        let mut options: Vec<String> = others.into_iter().take(OPTIONS - 1).chain([right.clone()]).collect();
        draw::shuffle(&mut rng, &mut options);
        let at = options.iter().position(|option| *option == right).unwrap_or(0);
        Item { options, answer: Answer::Choice(at), ..fact.item.clone() }
    };
    all.iter().map(with_options).collect()
}
