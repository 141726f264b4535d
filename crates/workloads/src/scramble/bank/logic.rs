//! Orders, small grids, syllogisms, sequences.

use super::super::item::Answer;
use super::super::item::Difficulty::{Easy, Hard, Medium};
use super::template::{Draft, Template, number, text};

const DOMAIN: &str = "logic";

pub(super) static TEMPLATES: [Template; 10] = [
    Template {
        name: "tallest_of_three",
        domain: DOMAIN,
        difficulty: Easy,
        write: |d| {
            let [a, b, c] = d.names();
            text(format!("{a} is taller than {b}. {b} is taller than {c}. Who is the tallest?"), a)
        },
    },
    Template {
        name: "middle_of_three",
        domain: DOMAIN,
        difficulty: Easy,
        write: |d| {
            let [a, b, c] = d.names();
            text(format!("In a race {a} finishes before {b}, and {c} finishes after {b}. Who finishes second?"), b)
        },
    },
    Template {
        name: "order_of_four",
        domain: DOMAIN,
        difficulty: Medium,
        write: |d| {
            let [a, b, c, e] = d.names();
            let clues = d.shuffled(&[
                format!("{a} arrives before {b}."),
                format!("{b} arrives before {c}."),
                format!("{e} arrives after {c}."),
            ]);
            text(format!("{} Who arrives last?", clues.join(" ")), e)
        },
    },
    Template {
        name: "order_of_five",
        domain: DOMAIN,
        difficulty: Hard,
        write: |d| {
            let [a, b, c, e, f] = d.names();
            let clues = d.shuffled(&[
                format!("{b} sits directly to the right of {a}."),
                format!("{c} sits directly to the right of {b}."),
                format!("{e} sits directly to the right of {c}."),
                format!("{f} sits directly to the left of {a}."),
            ]);
            text(format!("Five people sit in a row. {} Who sits in the middle?", clues.join(" ")), b)
        },
    },
    Template {
        name: "pets_grid",
        domain: DOMAIN,
        difficulty: Medium,
        write: |d| {
            let [a, b, c] = d.names();
            let pets = d.shuffled(&["cat", "dog", "rabbit", "parrot"]);
            let pet = |i: usize| pets.get(i).copied().unwrap_or("cat");
            let (x, y, z) = (pet(0), pet(1), pet(2));
            text(
                format!(
                    "{a}, {b} and {c} each own one different pet: a {x}, a {y} and a {z}. {a} owns neither the {y} nor the {z}. {b} does not own the {y}. Who owns the {y}?"
                ),
                c,
            )
        },
    },
    Template {
        name: "colours_grid",
        domain: DOMAIN,
        difficulty: Hard,
        write: |d| {
            let [a, b, c, e] = d.names();
            text(
                format!(
                    "{a}, {b}, {c} and {e} each wear one different hat: red, blue, green or white. {a} wears neither red nor blue. {b} wears white. {c} does not wear blue. What colour is the hat of {e}?"
                ),
                "blue",
            )
        },
    },
    Template {
        name: "syllogism",
        domain: DOMAIN,
        difficulty: Medium,
        write: |d| {
            let kinds = d.shuffled(&["blims", "torves", "wugs", "dax", "fendles", "zorps"]);
            let kind = |i: usize| kinds.get(i).copied().unwrap_or("wugs");
            let (a, b, c) = (kind(0), kind(1), kind(2));
            let valid = d.between(0, 1) == 1;
            let (first, second) = if valid { (a, b) } else { (b, a) };
            Draft {
                question: format!("All {first} are {second}. All {b} are {c}. Does it follow that all {a} are {c}?"),
                options: ["yes", "no"].map(ToOwned::to_owned).into(),
                answer: Answer::Choice(usize::from(!valid)),
            }
        },
    },
    Template {
        name: "sequence_step",
        domain: DOMAIN,
        difficulty: Easy,
        write: |d| {
            let (first, step) = (d.between(2, 30), d.between(3, 14));
            let shown: Vec<String> = (0..4).map(|i| (first + i * step).to_string()).collect();
            number(
                format!("A sequence grows by the same amount each time: {}. What number comes next?", shown.join(", ")),
                first + 4 * step,
            )
        },
    },
    Template {
        name: "sequence_growing",
        domain: DOMAIN,
        difficulty: Hard,
        write: |d| {
            let (first, step, growth) = (d.between(1, 20), d.between(1, 6), d.between(1, 4));
            let at = |n: i64| first + n * step + growth * n * (n - 1) / 2;
            let shown: Vec<String> = (0..5).map(|i| at(i).to_string()).collect();
            number(
                format!(
                    "In a sequence the differences between neighbours grow by the same amount each time: {}. What number comes next?",
                    shown.join(", ")
                ),
                at(5),
            )
        },
    },
    Template {
        name: "weekday",
        domain: DOMAIN,
        difficulty: Medium,
        write: |d| {
            const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
            let (today, later) = (d.between(0, 6), d.between(8, 60));
            let day = |i: i64| DAYS.get((i % 7) as usize).copied().unwrap_or("Monday");
            text(
                format!("Today is {}. Which day of the week will it be in {later} days?", day(today)),
                day(today + later),
            )
        },
    },
];
