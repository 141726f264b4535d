//! Arithmetic word problems, generated from templates: a text, the expressions that solve it, ranges of its numbers.

use ergon_domain::{Canonical, draw};
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

use super::spread;
use crate::workflow::item::{Gold, Step, TaskItem, shown};
use crate::workflow::tools::calculator::{Scope, evaluate};

/// Text with `{a}` … `{d}`, expressions (the last is the answer), and the range of each number.
pub(super) type Template = (&'static str, &'static [&'static str], &'static [(u64, u64)]);

/// Times that each template is filled.
const FILLED: usize = 3;

const BASIC: [Template; 8] = [
    ("Mara has {a} apples and buys {b} more. How many apples does she have?", &["{a} + {b}"], &[(5, 60), (5, 60)]),
    ("A shelf holds {a} books. {b} of them are lent out. How many are left?", &["{a} - {b}"], &[(50, 90), (5, 40)]),
    ("Each of {a} boxes holds {b} pencils. How many pencils are there?", &["{a} * {b}"], &[(4, 19), (6, 24)]),
    (
        "{a} children share stickers equally, and each gets {b}. How many stickers were there?",
        &["{a} * {b}"],
        &[(3, 9), (4, 15)],
    ),
    ("A ticket costs {a} euros. What do {b} tickets cost?", &["{a} * {b}"], &[(7, 35), (3, 12)]),
    (
        "A tank holds {a} litres and loses {b} litres a day. How much is left after 3 days?",
        &["{a} - 3*{b}"],
        &[(80, 150), (5, 20)],
    ),
    ("Jon reads {a} pages a day. How many pages does he read in a week?", &["{a} * 7"], &[(11, 48), (0, 0)]),
    (
        "A rope of {a} metres is cut in half, and {b} metres are cut off one half. How long is that half now?",
        &["{a} / 2 - {b}"],
        &[(30, 90), (2, 9)],
    ),
];

const MULTI_STEP: [Template; 8] = [
    (
        "A train travels {a} km/h for {b} hours and then {c} km/h for {d} hours. How many kilometres is that?",
        &["{a} * {b}", "{c} * {d}", "{1} + {2}"],
        &[(50, 120), (2, 5), (40, 110), (2, 6)],
    ),
    (
        "A shop sells {a} pens at {b} cents and {c} pads at {d} cents. What does it take, in cents?",
        &["{a} * {b}", "{c} * {d}", "{1} + {2}"],
        &[(12, 40), (60, 140), (5, 25), (150, 390)],
    ),
    (
        "A worker earns {a} euros an hour, works {b} hours a week, and pays {c} % tax. What is left for a week?",
        &["{a} * {b}", "{1} * {c} / 100", "{1} - {2}"],
        &[(14, 36), (20, 40), (10, 30)],
    ),
    (
        "A farm has {a} hens that lay {b} eggs a week each. Eggs are sold by the dozen for {c} euros. What does a week bring?",
        &["{a} * {b}", "{1} / 12", "{2} * {c}"],
        &[(24, 96), (4, 6), (2, 5)],
    ),
    (
        "A pool of {a} litres is filled at {b} litres a minute and drained at {c} litres a minute. How many minutes until it is full?",
        &["{b} - {c}", "{a} / {1}"],
        &[(900, 4_000), (40, 70), (10, 30)],
    ),
    (
        "{a} friends rent a car for {b} euros a day for {c} days, and pay {d} euros for fuel. What does each pay?",
        &["{b} * {c}", "{1} + {d}", "{2} / {a}"],
        &[(2, 6), (40, 90), (2, 7), (30, 120)],
    ),
    (
        "A number is doubled, {a} is added, the sum is multiplied by {b}, and {c} is taken away. The number was {d}. What comes out?",
        &["2 * {d} + {a}", "{1} * {b}", "{2} - {c}"],
        &[(3, 30), (2, 9), (5, 50), (4, 40)],
    ),
    (
        "A garden of {a} by {b} metres has a path of {c} metre width all around it, inside. What area is left, in square metres?",
        &["{a} - 2*{c}", "{b} - 2*{c}", "{1} * {2}"],
        &[(12, 40), (12, 40), (1, 2)],
    ),
];

pub(super) fn basic() -> Vec<TaskItem> {
    generate("basic", &BASIC, FILLED)
}

pub(super) fn multi_step() -> Vec<TaskItem> {
    generate("multi", &MULTI_STEP, FILLED)
}

/// Fills each template `filled` times; numbers are drawn from a stream of the item's own, so that banks may grow.
pub(super) fn generate(bank: &str, templates: &[Template], filled: usize) -> Vec<TaskItem> {
    let count = templates.len() * filled;
    let mut items: Vec<TaskItem> = Vec::with_capacity(count);
    for (number, (text, expressions, ranges)) in templates.iter().cycle().take(count).enumerate() {
        let id = format!("{bank}-{}", number + 1);
        // Numbers that nobody would write, or that an earlier item has, are drawn again.
        let found = (0..50).find_map(|again| {
            let seed = Canonical::new("ergon.workflow.bank.1").str(&id).u64(again).finish();
            let mut rng = ChaCha8Rng::from_seed(seed.0);
            let numbers: Vec<u64> =
                ranges.iter().map(|(low, high)| low + draw::below(&mut rng, high - low + 1)).collect();
            let item = solved(&id, text, expressions, &numbers, spread(number, count))?;
            items.iter().all(|other| other.prompt != item.prompt).then_some(item)
        });
        items.extend(found);
    }
    items
}

fn solved(id: &str, text: &str, expressions: &[&str], numbers: &[u64], difficulty: f64) -> Option<TaskItem> {
    let put = |text: &str| {
        numbers
            .iter()
            .zip(["{a}", "{b}", "{c}", "{d}"])
            .fold(text.to_owned(), |t, (x, name)| t.replace(name, &x.to_string()))
    };
    let mut values: Vec<f64> = Vec::new();
    let mut route = Vec::new();
    for expression in expressions {
        let filled = values
            .iter()
            .enumerate()
            .fold(put(expression), |t, (at, x)| t.replace(&format!("{{{}}}", at + 1), &shown(*x)));
        values.push(evaluate(&filled, Scope::default()).ok()?);
        route.push(Step { tool: "calculator".into(), input: filled });
    }
    let value = *values.last()?;
    // At most one decimal, and nothing negative.
    if value <= 0.0 || (value * 10.0).fract() != 0.0 {
        return None;
    }
    let slips = [value + 1.0, value * 2.0, values.first().map_or(value - 1.0, |first| first + value)];
    Some(TaskItem {
        id: id.to_owned(),
        prompt: put(text),
        gold: Some(Gold::Number { value, tolerance: 0.0 }),
        wrong: slips.into_iter().map(shown).collect(),
        difficulty,
        route,
        fact: None,
    })
}
