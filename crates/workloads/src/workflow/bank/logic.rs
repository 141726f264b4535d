//! Orders from clues, and syllogisms: generated, so that the right answer is known by construction.

use ergon_domain::{Canonical, draw};
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

use super::spread;
use crate::workflow::item::{Gold, TaskItem};

const NAMES: [&str; 8] = ["Ana", "Ben", "Cem", "Dia", "Eli", "Fay", "Gil", "Hua"];
const ORDERS: usize = 12;

/// Premises, conclusion, whether it follows.
const SYLLOGISMS: [(&str, &str, bool); 12] = [
    ("All robins are birds. All birds have feathers.", "all robins have feathers", true),
    ("All birds can fly. Penguins are birds.", "penguins can fly, if both sentences are true", true),
    ("No fish is a mammal. All trout are fish.", "no trout is a mammal", true),
    ("Some painters are doctors. All doctors can read.", "some painters can read", true),
    ("If it rains, the street is wet. The street is not wet.", "it does not rain", true),
    ("All squares are rectangles. This shape is no rectangle.", "this shape is no square", true),
    ("All roses are flowers. Some flowers fade quickly.", "some roses fade quickly", false),
    ("If it rains, the street is wet. The street is wet.", "it rains", false),
    ("No cat is a dog. No dog is a horse.", "no cat is a horse", false),
    ("Some teachers are runners. Some runners are tall.", "some teachers are tall", false),
    ("All poets are dreamers. Mo is a dreamer.", "Mo is a poet", false),
    ("If Kim studies, Kim passes. Kim does not study.", "Kim does not pass", false),
];

pub(super) fn items() -> Vec<TaskItem> {
    let total = ORDERS + SYLLOGISMS.len();
    let orders = (0..ORDERS).map(|number| order(number, spread(2 * number, total)));
    let syllogisms = SYLLOGISMS.iter().enumerate().map(|(number, (premises, conclusion, follows))| {
        let right = if *follows { "yes" } else { "no" };
        TaskItem {
            id: format!("syllogism-{}", number + 1),
            prompt: format!("{premises} Does it follow that {conclusion}?"),
            gold: Some(Gold::Choice { right: right.into(), choices: vec!["yes".into(), "no".into()] }),
            wrong: vec![if *follows { "no" } else { "yes" }.into()],
            difficulty: spread(2 * number + 1, total),
            route: Vec::new(),
            fact: None,
        }
    });
    orders.chain(syllogisms).collect()
}

/// Persons by height: each is compared with the next, the clues are shuffled.
fn order(number: usize, difficulty: f64) -> TaskItem {
    let id = format!("order-{}", number + 1);
    let mut rng = ChaCha8Rng::from_seed(Canonical::new("ergon.workflow.bank.1").str(&id).finish().0);
    let mut names = NAMES.to_vec();
    draw::shuffle(&mut rng, &mut names);
    names.truncate(4 + number % 3);
    let mut clues: Vec<String> =
        names.iter().zip(names.iter().skip(1)).map(|(a, b)| format!("{a} is taller than {b}.")).collect();
    draw::shuffle(&mut rng, &mut clues);
    let (place, word) = [(0, "tallest"), (1, "second tallest"), (names.len() - 1, "smallest")][number % 3];
    let right = names.get(place).copied().unwrap_or_default();
    TaskItem {
        id,
        prompt: format!("{} Who is the {word}?", clues.join(" ")),
        gold: Some(Gold::Choice { right: right.into(), choices: sorted(&names) }),
        wrong: sorted(&names).into_iter().filter(|name| name != right).collect(),
        difficulty,
        route: Vec::new(),
        fact: None,
    }
}

fn sorted(names: &[&str]) -> Vec<String> {
    let mut names: Vec<String> = names.iter().map(|n| (*n).to_owned()).collect();
    names.sort();
    names
}
