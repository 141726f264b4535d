//! Items that come with Ergon.

use std::collections::{BTreeMap, BTreeSet};

use ergon_workloads::scramble::bank::Bank;
use ergon_workloads::scramble::item::{Answer, Difficulty, Item};

fn all(seed: u64) -> Vec<Item> {
    [Bank::Arithmetic, Bank::MultiStep, Bank::Logic, Bank::Units, Bank::Facts]
        .iter()
        .flat_map(|b| b.items(seed))
        .collect()
}

#[test]
fn there_are_hundreds_of_kinds_of_question_in_four_domains_and_more_and_of_every_difficulty() {
    let items = all(1);
    let kinds: BTreeSet<&str> = items.iter().map(|item| item.template.as_str()).collect();
    let generated = items.iter().filter(|item| !item.template.starts_with("fact/"));
    let templates: BTreeSet<&str> = generated.map(|item| item.template.as_str()).collect();
    let domains: BTreeSet<&str> = items.iter().map(|item| item.domain.as_str()).collect();
    assert!(
        kinds.len() >= 200 && templates.len() >= 40 && domains.len() >= 4,
        "{} {} {domains:?}",
        kinds.len(),
        templates.len()
    );
    for (name, difficulty) in Difficulty::NAMES {
        for bank in [Bank::Arithmetic, Bank::MultiStep, Bank::Logic, Bank::Units, Bank::Facts] {
            assert!(
                bank.items(1).iter().any(|item| item.difficulty == Some(difficulty)),
                "{bank:?} has no {name} item"
            );
        }
    }
    assert_eq!(Bank::Mixed.kinds(), kinds.len(), "items that differ in numbers only count once");
}

#[test]
fn ids_are_unique_questions_are_fresh_for_each_seed_and_the_same_for_the_same() {
    let (one, again, other) = (all(1), all(1), all(2));
    assert_eq!(one, again);
    let ids: BTreeSet<&str> = one.iter().map(|item| item.id.as_str()).collect();
    assert_eq!(ids.len(), one.len());
    let questions = |items: &[Item]| -> BTreeSet<String> {
        items.iter().filter(|i| !i.template.starts_with("fact/")).map(|i| i.question.clone()).collect()
    };
    let (a, b) = (questions(&one), questions(&other));
    assert_eq!(a.len(), one.iter().filter(|i| !i.template.starts_with("fact/")).count(), "no question comes twice");
    let shared = a.intersection(&b).count();
    assert!(shared * 5 < a.len(), "{shared} of {}", a.len());
}

#[test]
fn every_template_comes_once_before_any_comes_twice() {
    let items = Bank::Arithmetic.items(3);
    let kinds = Bank::Arithmetic.kinds();
    let first: BTreeSet<&str> = items[..kinds].iter().map(|item| item.template.as_str()).collect();
    assert_eq!(first.len(), kinds);
}

#[test]
fn every_item_has_an_answer_that_its_question_does_not_give_away() {
    for item in all(4) {
        let answer = item.answer_text().unwrap();
        match item.answer {
            Answer::Number(ref x) => assert!(x.value() >= -500.0, "{}: {}", item.question, x.text()),
            Answer::Choice(at) => assert!(at < item.options.len()),
            _ => assert!(!answer.is_empty()),
        }
        assert!(item.question.ends_with('?'), "{}", item.question);
    }
}

#[test]
fn options_are_four_different_ones_with_the_right_one_at_every_place_by_lot() {
    let items = Bank::FactsChoice.items(5);
    let mut places: BTreeMap<usize, usize> = BTreeMap::new();
    for item in &items {
        let distinct: BTreeSet<&String> = item.options.iter().collect();
        assert_eq!((item.options.len(), distinct.len()), (4, 4), "{:?}", item.options);
        let Answer::Choice(at) = item.answer else { panic!() };
        *places.entry(at).or_default() += 1;
    }
    // 205 items in 4 places: 51 expected, standard deviation 6.2.
    assert!(places.values().all(|n| (30..=72).contains(n)), "{places:?}");
}

/// A second, separate way to the answer: from the text alone.
#[test]
fn generated_answers_are_those_that_another_calculation_finds() {
    let numbers = |text: &str| -> Vec<i64> {
        text.split(|c: char| !c.is_ascii_digit()).filter(|d| !d.is_empty()).map(|d| d.parse().unwrap()).collect()
    };
    let mut checked = BTreeSet::new();
    for item in all(6) {
        let n = numbers(&item.question);
        let expected = match item.template.as_str() {
            "boxes_of" => n[0] * n[1],
            "left_over" => n[0] - n[1],
            "ticket_change" => n[2] - n[0] * n[1],
            "packs_needed" => (n[1] as f64 / n[0] as f64).ceil() as i64,
            "consecutive" => (1..n[0]).find(|x| 3 * x + 3 == n[0]).unwrap() + 2,
            "mixed_animals" => (0..=n[0]).find(|goats| 4 * goats + 2 * (n[0] - goats) == n[1]).unwrap(),
            "meeting_trains" => (1..).find(|h| h * (n[1] + n[2]) == n[0]).unwrap(),
            "half_and_rest" => (1..).step_by(1).find(|x| x % 2 == 0 && x / 2 - n[0] == n[1]).unwrap(),
            "average_of_three" => (-999..999).find(|x| n[1] + n[2] + x == 3 * n[0]).unwrap(),
            "remainder_days" => n[0] - n[0] / n[1] * n[1],
            "seconds_split" => (0..).take_while(|m| m * 60 <= n[0]).last().unwrap(),
            "sequence_growing" => {
                let d = [n[1] - n[0], n[2] - n[1]];
                assert!((2..5).all(|i| n[i] - n[i - 1] == d[0] + (i as i64 - 1) * (d[1] - d[0])));
                n[4] + d[0] + 4 * (d[1] - d[0])
            }
            "weekday" => {
                let days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
                let today = days.iter().position(|day| item.question.contains(*day)).unwrap();
                let then = days[(today + n[0] as usize) % 7];
                assert_eq!(item.answer_text().as_deref(), Some(then), "{}", item.question);
                checked.insert(item.template.clone());
                continue;
            }
            _ => continue,
        };
        checked.insert(item.template.clone());
        assert_eq!(item.answer, Answer::number(expected as f64), "{}", item.question);
    }
    assert_eq!(checked.len(), 13, "{checked:?}");
}
