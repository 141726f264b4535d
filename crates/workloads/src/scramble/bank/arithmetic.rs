//! Word problems in one or two steps.

use super::super::item::Difficulty::{Easy, Hard, Medium};
use super::template::{Template, number};

const DOMAIN: &str = "mathematics";

pub(super) static TEMPLATES: [Template; 14] = [
    Template {
        name: "boxes_of",
        domain: DOMAIN,
        difficulty: Easy,
        write: |d| {
            let ([name], things, boxes, each) = (d.names(), d.things(), d.between(3, 12), d.between(4, 25));
            number(
                format!(
                    "{name} fills {boxes} boxes. Each box holds {each} {things}. How many {things} are in the boxes altogether?"
                ),
                boxes * each,
            )
        },
    },
    Template {
        name: "left_over",
        domain: DOMAIN,
        difficulty: Easy,
        write: |d| {
            let ([a, b], things, has) = (d.names(), d.things(), d.between(30, 90));
            let given = d.between(5, 25);
            number(
                format!(
                    "{a} has {has} {things} and gives {given} of them to {b}. How many {things} does {a} have left?"
                ),
                has - given,
            )
        },
    },
    Template {
        name: "together",
        domain: DOMAIN,
        difficulty: Easy,
        write: |d| {
            let ([a, b], things, x, y) = (d.names(), d.things(), d.between(12, 80), d.between(12, 80));
            number(
                format!("{a} collects {x} {things} and {b} collects {y}. How many {things} do they have together?"),
                x + y,
            )
        },
    },
    Template {
        name: "shared_equally",
        domain: DOMAIN,
        difficulty: Easy,
        write: |d| {
            let ([name], things, friends, each) = (d.names(), d.things(), d.between(3, 9), d.between(3, 15));
            number(
                format!(
                    "{name} shares {} {things} equally among {friends} friends. How many {things} does each friend receive?",
                    friends * each
                ),
                each,
            )
        },
    },
    Template {
        name: "rows_of_seats",
        domain: DOMAIN,
        difficulty: Easy,
        write: |d| {
            let (rows, seats, empty) = (d.between(8, 20), d.between(10, 24), d.between(5, 40));
            number(
                format!(
                    "A small theatre has {rows} rows with {seats} seats each. Tonight {empty} seats are empty. How many seats are taken?"
                ),
                rows * seats - empty,
            )
        },
    },
    Template {
        name: "ticket_change",
        domain: DOMAIN,
        difficulty: Medium,
        write: |d| {
            let ([name], tickets, price) = (d.names(), d.between(2, 6), d.between(6, 18));
            let note = ((tickets * price) / 50 + 1) * 50;
            number(
                format!(
                    "{name} buys {tickets} tickets at {price} euros each and pays with {note} euros. How many euros of change does {name} get?"
                ),
                note - tickets * price,
            )
        },
    },
    Template {
        name: "two_kinds",
        domain: DOMAIN,
        difficulty: Medium,
        write: |d| {
            let (a, x, b, y) = (d.between(3, 9), d.between(4, 12), d.between(3, 9), d.between(4, 12));
            number(
                format!(
                    "A florist makes {a} bouquets with {x} roses each and {b} bouquets with {y} roses each. How many roses does the florist need?"
                ),
                a * x + b * y,
            )
        },
    },
    Template {
        name: "daily_pages",
        domain: DOMAIN,
        difficulty: Medium,
        write: |d| {
            let ([name], days, pages, rest) = (d.names(), d.between(4, 14), d.between(11, 30), d.between(7, 60));
            number(
                format!(
                    "{name} reads {pages} pages of a book every day for {days} days. Then {rest} pages remain. How many pages does the book have?"
                ),
                days * pages + rest,
            )
        },
    },
    Template {
        name: "older_than",
        domain: DOMAIN,
        difficulty: Medium,
        write: |d| {
            let ([a, b], age, gap, later) = (d.names(), d.between(8, 30), d.between(2, 12), d.between(3, 15));
            number(
                format!(
                    "{a} is {age} years old and {b} is {gap} years older than {a}. How old will {b} be in {later} years?"
                ),
                age + gap + later,
            )
        },
    },
    Template {
        name: "packs_needed",
        domain: DOMAIN,
        difficulty: Medium,
        write: |d| {
            let (guests, pack) = (d.between(25, 90), d.between(6, 12));
            number(
                format!(
                    "Cups come in packs of {pack}. A party has {guests} guests and every guest needs one cup. How many packs must be bought at least?"
                ),
                (guests + pack - 1) / pack,
            )
        },
    },
    Template {
        name: "discount",
        domain: DOMAIN,
        difficulty: Medium,
        write: |d| {
            let (price, percent) = (20 * d.between(2, 15), d.one(&[5, 10, 15, 20, 25, 30, 40], 10));
            number(
                format!(
                    "A jacket costs {price} euros. In the sale its price is reduced by {percent} percent. How many euros does it cost in the sale?"
                ),
                price - price * percent / 100,
            )
        },
    },
    Template {
        name: "times_as_many",
        domain: DOMAIN,
        difficulty: Medium,
        write: |d| {
            let ([a, b], things, x, times) = (d.names(), d.things(), d.between(6, 25), d.between(2, 5));
            number(
                format!(
                    "{a} has {x} {things}. {b} has {times} times as many {things} as {a}. How many {things} do they have together?"
                ),
                x + x * times,
            )
        },
    },
    Template {
        name: "average_of_three",
        domain: DOMAIN,
        difficulty: Hard,
        write: |d| {
            let ([name], mean, a, b) = (d.names(), d.between(12, 40), d.between(1, 9), d.between(1, 9));
            let (first, second) = (mean + a, mean - b);
            number(
                format!(
                    "{name} plays three games with an average of {mean} points. In the first game {name} scores {first} points and in the second {second}. How many points does {name} score in the third game?"
                ),
                3 * mean - first - second,
            )
        },
    },
    Template {
        name: "consecutive",
        domain: DOMAIN,
        difficulty: Hard,
        write: |d| {
            let first = d.between(11, 90);
            number(
                format!("Three consecutive whole numbers add up to {}. What is the largest of them?", 3 * first + 3),
                first + 2,
            )
        },
    },
];
