//! Word problems in three and more steps.

use super::super::item::Difficulty::{Easy, Hard, Medium};
use super::template::{Template, number};

const DOMAIN: &str = "mathematics";

pub(super) static TEMPLATES: [Template; 12] = [
    Template {
        name: "market_day",
        domain: DOMAIN,
        difficulty: Medium,
        write: |d| {
            let ([name], crates, each, bad, price) =
                (d.names(), d.between(4, 10), d.between(12, 24), d.between(3, 15), d.between(2, 5));
            number(
                format!(
                    "{name} brings {crates} crates with {each} melons each to the market. {bad} melons turn out to be spoiled. {name} sells all the others for {price} euros each. How many euros does {name} earn?"
                ),
                (crates * each - bad) * price,
            )
        },
    },
    Template {
        name: "two_workers",
        domain: DOMAIN,
        difficulty: Medium,
        write: |d| {
            let ([a, b], x, y, hours, broken) =
                (d.names(), d.between(6, 15), d.between(6, 15), d.between(3, 8), d.between(2, 10));
            number(
                format!(
                    "{a} paints {x} plates an hour and {b} paints {y}. They work together for {hours} hours. Then {broken} plates break. How many painted plates are left?"
                ),
                (x + y) * hours - broken,
            )
        },
    },
    Template {
        name: "saving_up",
        domain: DOMAIN,
        difficulty: Medium,
        write: |d| {
            let ([name], week, weeks, spent) = (d.names(), d.between(8, 20), d.between(5, 12), d.between(6, 35));
            let goal = week * weeks - spent + d.between(20, 60);
            number(
                format!(
                    "{name} saves {week} euros a week for {weeks} weeks and then spends {spent} euros on a gift. A bicycle bell set costs {goal} euros. How many euros is {name} short of its price?"
                ),
                goal - (week * weeks - spent),
            )
        },
    },
    Template {
        name: "tank",
        domain: DOMAIN,
        difficulty: Hard,
        write: |d| {
            let (inflow, outflow, minutes) = (d.between(14, 30), d.between(3, 12), d.between(5, 20));
            let start = d.between(20, 200);
            number(
                format!(
                    "A tank holds {start} litres of water. A pump adds {inflow} litres a minute while {outflow} litres a minute leak out. How many litres are in the tank after {minutes} minutes?"
                ),
                start + (inflow - outflow) * minutes,
            )
        },
    },
    Template {
        name: "meeting_trains",
        domain: DOMAIN,
        difficulty: Hard,
        write: |d| {
            let (v, w, hours) = (10 * d.between(5, 12), 10 * d.between(5, 12), d.between(2, 6));
            number(
                format!(
                    "Two trains start at the same time from two towns that are {} kilometres apart and travel towards each other, one at {v} and the other at {w} kilometres per hour. After how many hours do they meet?",
                    (v + w) * hours
                ),
                hours,
            )
        },
    },
    Template {
        name: "class_trip",
        domain: DOMAIN,
        difficulty: Medium,
        write: |d| {
            let (pupils, adults, child, adult) =
                (d.between(18, 32), d.between(2, 5), d.between(4, 9), d.between(10, 16));
            number(
                format!(
                    "A class of {pupils} pupils and {adults} adults visits a museum. A pupil pays {child} euros and an adult {adult} euros. How many euros do they pay altogether?"
                ),
                pupils * child + adults * adult,
            )
        },
    },
    Template {
        name: "half_and_rest",
        domain: DOMAIN,
        difficulty: Hard,
        write: |d| {
            let ([a, b], things, end, extra) = (d.names(), d.things(), d.between(6, 30), d.between(3, 12));
            number(
                format!(
                    "{a} gives half of all {things} to {b} and then loses {extra} of the rest. Now {a} has {end} {things}. How many {things} did {a} have at first?"
                ),
                2 * (end + extra),
            )
        },
    },
    Template {
        name: "fence_posts",
        domain: DOMAIN,
        difficulty: Hard,
        write: |d| {
            let (gap, sections, price) = (d.between(2, 5), d.between(8, 25), d.between(3, 9));
            number(
                format!(
                    "A straight fence is {} metres long and has a post every {gap} metres, with one post at each end. A post costs {price} euros. How many euros do all the posts cost?",
                    gap * sections
                ),
                (sections + 1) * price,
            )
        },
    },
    Template {
        name: "mixed_animals",
        domain: DOMAIN,
        difficulty: Hard,
        write: |d| {
            let (hens, goats) = (d.between(4, 20), d.between(3, 15));
            number(
                format!(
                    "A yard holds only hens and goats. There are {} heads and {} legs in it. How many goats are in the yard?",
                    hens + goats,
                    2 * hens + 4 * goats
                ),
                goats,
            )
        },
    },
    Template {
        name: "garden_border",
        domain: DOMAIN,
        difficulty: Easy,
        write: |d| {
            let (length, width) = (d.between(12, 40), d.between(4, 11));
            number(
                format!(
                    "A garden is a rectangle {length} metres long and {width} metres wide. A hedge grows along its whole border. How many metres long is the hedge?"
                ),
                2 * (length + width),
            )
        },
    },
    Template {
        name: "three_shelves",
        domain: DOMAIN,
        difficulty: Easy,
        write: |d| {
            let (first, more, fewer) = (d.between(15, 40), d.between(3, 12), d.between(2, 10));
            number(
                format!(
                    "A bookcase has three shelves. The first holds {first} books, the second {more} more than the first, and the third {fewer} fewer than the first. How many books does the bookcase hold?"
                ),
                3 * first + more - fewer,
            )
        },
    },
    Template {
        name: "remainder_days",
        domain: DOMAIN,
        difficulty: Easy,
        write: |d| {
            let (eggs, carton) = (d.between(40, 150), d.one(&[6, 10, 12], 6));
            number(
                format!(
                    "A farmer packs {eggs} eggs into cartons of {carton}. Only full cartons are sold. How many eggs remain?"
                ),
                eggs % carton,
            )
        },
    },
];
