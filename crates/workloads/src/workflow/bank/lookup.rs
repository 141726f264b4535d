//! Quantities in other units, dates, and cells of tables: what tools are made for.

use ergon_domain::{Canonical, draw};
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

use super::spread;
use crate::workflow::grader::is_right;
use crate::workflow::item::{Gold, Step, TaskItem, shown};
use crate::workflow::tools::calendar::Date;
use crate::workflow::tools::{calculator, tables, units};

const COUNT: usize = 24;

fn rng(bank: &str, number: usize) -> ChaCha8Rng {
    ChaCha8Rng::from_seed(Canonical::new("ergon.workflow.bank.1").str(bank).u64(number as u64).finish().0)
}

fn step(tool: &str, input: String) -> Step {
    Step { tool: tool.into(), input }
}

const PAIRS: [(&str, &str, &str); 12] = [
    ("mi", "miles", "km"),
    ("ft", "feet", "m"),
    ("lb", "pounds", "kg"),
    ("gal", "gallons", "l"),
    ("F", "degrees Fahrenheit", "C"),
    ("km/h", "kilometres an hour", "m/s"),
    ("kWh", "kilowatt-hours", "kJ"),
    ("oz", "ounces", "g"),
    ("nmi", "nautical miles", "km"),
    ("hp", "metric horsepower", "kW"),
    ("C", "degrees Celsius", "F"),
    ("yd", "yards", "m"),
];

pub(super) fn conversions() -> Vec<TaskItem> {
    let item = |number: usize| {
        let (from, words, to) = PAIRS.get(number % PAIRS.len())?;
        let quantity = 3 + draw::below(&mut rng("units", number), 150);
        let input = format!("{quantity} {from} in {to}");
        let value: f64 = units::convert(&input).ok()?.rsplit(" = ").next()?.split(' ').next()?.parse().ok()?;
        let gold = Gold::Number { value, tolerance: 0.002 };
        let slips = [value * 1.1 + 1.0, value * 10.0 + 1.0, value + 13.7].map(shown);
        Some(TaskItem {
            id: format!("units-{}", number + 1),
            prompt: format!("How much are {quantity} {words} in {to}? Two decimals are enough."),
            wrong: slips.into_iter().filter(|slip| !is_right(&gold, slip)).collect(),
            gold: Some(gold),
            difficulty: spread(number, COUNT),
            route: vec![step("units", input)],
            fact: None,
        })
    };
    (0..COUNT).filter_map(item).collect()
}

pub(super) fn dates() -> Vec<TaskItem> {
    let item = |number: usize| {
        let mut rng = rng("dates", number);
        let from = Date::of_number(10_000 + draw::below(&mut rng, 12_000) as i64);
        let days = 20 + draw::below(&mut rng, 700) as i64;
        let after = Date::of_number(from.number() + days);
        let (prompt, gold, wrong, input) = match number % 3 {
            0 => (
                format!("Which date is {days} days after {from}? Write YYYY-MM-DD."),
                Gold::Text(vec![after.to_string()]),
                vec![Date::of_number(after.number() + 1).to_string(), Date::of_number(after.number() - 1).to_string()],
                format!("{from} + {days} days"),
            ),
            1 => (
                format!("How many days lie between {from} and {after}, the first not counted?"),
                Gold::Number { value: days as f64, tolerance: 0.0 },
                vec![(days + 1).to_string(), (days - 1).to_string()],
                format!("days from {from} to {after}"),
            ),
            _ => (
                format!("Which day of the week is {after}?"),
                Gold::Text(vec![after.weekday().into()]),
                (1..=2).map(|k| Date::of_number(after.number() + k).weekday().to_owned()).collect(),
                format!("weekday of {after}"),
            ),
        };
        TaskItem {
            id: format!("dates-{}", number + 1),
            prompt,
            gold: Some(gold),
            wrong,
            difficulty: spread(number, COUNT),
            route: vec![step("calendar", input)],
            fact: None,
        }
    };
    (0..COUNT).map(item).collect()
}

pub(super) fn cells() -> Vec<TaskItem> {
    let all: Vec<(&tables::Table, usize, usize)> = tables::TABLES
        .iter()
        .flat_map(|table| {
            (0..table.columns.len()).flat_map(move |column| (0..table.rows.len()).map(move |row| (table, column, row)))
        })
        .collect();
    let cell = |(table, column, row): (&tables::Table, usize, usize)| {
        let (name, cells) = table.rows.get(row)?;
        let column_name = table.columns.get(column)?;
        Some((
            format!("{}: {column_name} of {name}", table.name),
            format!("the {column_name} of {name}"),
            *cells.get(column)?,
        ))
    };
    let item = |number: usize| {
        // A stride that shares no factor with the cells' number walks through all of them.
        let one = *all.get(number * 7 % all.len())?;
        let (look_up, words, value) = cell(one)?;
        let (mut prompt, mut value, mut route) =
            (format!("By the table {}, what is {words}?", one.0.name), value, vec![step("table", look_up)]);
        if number % 2 == 1 {
            let other = (one.0, one.1, (one.2 + 1) % one.0.rows.len());
            let (look_up, other_words, other_value) = cell(other)?;
            prompt = format!("By the table {}, what is {words} plus {other_words}?", one.0.name);
            let sum = format!("{} + {}", shown(value), shown(other_value));
            value = calculator::evaluate(&sum, calculator::Scope::default()).ok()?;
            route.extend([step("table", look_up), step("calculator", sum)]);
        }
        Some(TaskItem {
            id: format!("cell-{}", number + 1),
            prompt,
            gold: Some(Gold::Number { value, tolerance: 1e-9 }),
            wrong: [value + 1.0, value * 2.0 + 3.0, value / 2.0 + 5.5]
                .into_iter()
                .filter(|x| *x != value)
                .map(shown)
                .collect(),
            difficulty: spread(number, COUNT),
            route,
            fact: None,
        })
    };
    (0..COUNT).filter_map(item).collect()
}
