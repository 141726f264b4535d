//! Whether an answer is right.

use super::item::Gold;
use super::tools::calculator::{self, Scope};
use crate::numeral;

/// Values of n at which two sequences are compared.
const SEQUENCE_LENGTH: u32 = 10;

/// Whether the answer is right by this gold answer.
pub fn is_right(gold: &Gold, answer: &str) -> bool {
    match gold {
        Gold::Number { value, tolerance } => {
            numeral::only(answer).is_ok_and(|x| (x - value).abs() <= (tolerance * value.abs()).max(1e-9))
        }
        Gold::Text(spellings) => {
            let said = plain(answer);
            !said.is_empty() && spellings.iter().any(|spelling| plain(spelling) == said)
        }
        Gold::Choice { right, choices } => {
            let said = plain(answer);
            let named: Vec<&String> = choices.iter().filter(|choice| plain(choice) == said).collect();
            named == [right]
        }
        Gold::Set(all) => {
            let sorted = |items: Vec<String>| {
                let mut items: Vec<String> = items.iter().map(|i| plain(i)).filter(|i| !i.is_empty()).collect();
                items.sort();
                items.dedup();
                items
            };
            sorted(listed(answer)) == sorted(all.clone())
        }
        Gold::Facts { facts, at_most_words } => {
            let text = padded(answer);
            let kept = facts.iter().filter(|spellings| spellings.iter().any(|s| text.contains(&padded(s)))).count();
            answer.split_whitespace().count() <= *at_most_words && !facts.is_empty() && 3 * kept >= 2 * facts.len()
        }
        Gold::Terms { terms, asked, needed } => {
            let said: Vec<String> = listed(answer).iter().map(|s| plain(s)).filter(|s| !s.is_empty()).collect();
            let hits = terms.iter().filter(|term| said.contains(&plain(term))).count();
            said.len() <= *asked && hits >= *needed
        }
        Gold::Sequence(expression) => same_sequence(expression, answer),
    }
}

/// Whether the answer stands in a longer text (a tool's result): numbers as numbers, words as whole words.
pub fn holds(gold: &Gold, text: &str) -> bool {
    match gold {
        Gold::Number { .. } => text
            .split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '(' | ')' | '=' | ':'))
            .any(|word| is_right(gold, word)),
        Gold::Text(spellings) => spellings.iter().any(|s| !plain(s).is_empty() && padded(text).contains(&padded(s))),
        Gold::Choice { right, .. } => padded(text).contains(&padded(right)),
        Gold::Set(all) => all.iter().all(|one| padded(text).contains(&padded(one))),
        Gold::Facts { .. } | Gold::Terms { .. } | Gold::Sequence(_) => is_right(gold, text),
    }
}

fn listed(answer: &str) -> Vec<String> {
    let separators = if answer.contains(';') { [';', '\n'] } else { [',', '\n'] };
    answer.split(separators).map(|part| part.trim().to_owned()).collect()
}

/// Without case, articles and punctuation, blanks single.
fn plain(text: &str) -> String {
    let lowered = text.to_lowercase();
    let words = lowered
        .split(|c: char| !(c.is_alphanumeric() || c == '-'))
        .filter(|word| !word.is_empty() && !matches!(*word, "the" | "a" | "an"));
    words.collect::<Vec<_>>().join(" ")
}

/// Plain, with a blank at each end, so that a part of a word is not a word.
fn padded(text: &str) -> String {
    format!(" {} ", plain(text))
}

fn same_sequence(expected: &str, answer: &str) -> bool {
    let answer = answer.trim().trim_start_matches("a(n)").trim_start_matches("a_n").trim().trim_start_matches('=');
    (1..=SEQUENCE_LENGTH).all(|n| {
        let at = Scope { n: Some(f64::from(n)) };
        match (calculator::evaluate(expected, at), calculator::evaluate(answer, at)) {
            (Ok(right), Ok(said)) => (right - said).abs() <= 1e-9 * right.abs().max(1.0),
            _ => false,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(all: &[&str]) -> Vec<String> {
        all.iter().map(|s| (*s).to_owned()).collect()
    }

    #[test]
    fn a_number_is_right_as_a_number_and_only_where_one_is_stated() {
        let gold = Gold::Number { value: 1240.0, tolerance: 0.0 };
        for right in ["1240", "1,240", "1240.0", "The answer is 1240.", "$1240"] {
            assert!(is_right(&gold, right), "{right}");
        }
        for wrong in ["", "124", "12400", "1240 or 1250", "twelve hundred and forty", "NaN", "inf"] {
            assert!(!is_right(&gold, wrong), "{wrong}");
        }
        let below = Gold::Number { value: -5.0, tolerance: 0.0 };
        assert!(is_right(&below, "−5") && is_right(&below, "-5") && !is_right(&below, "5"));
        assert!(!is_right(&Gold::Number { value: 5.0, tolerance: 0.0 }, "−5"));
        let half = Gold::Number { value: 15.0, tolerance: 0.0 };
        assert!(!is_right(&half, "1,5") && !is_right(&half, "CO15") && is_right(&half, "CO2: 15 t"));
        let near = Gold::Number { value: 41.84, tolerance: 0.005 };
        assert!(is_right(&near, "41.8") && !is_right(&near, "42.4"));
    }

    #[test]
    fn words_are_compared_whole() {
        let gold = Gold::Text(texts(&["Alexander Fleming", "Fleming"]));
        assert!(is_right(&gold, "the Fleming.") && is_right(&gold, "alexander fleming"));
        assert!(!is_right(&gold, "Ian Fleming") && !is_right(&gold, "") && !is_right(&gold, "Flemings"));
        let choice = Gold::Choice { right: "positive".into(), choices: texts(&["positive", "negative", "neutral"]) };
        assert!(is_right(&choice, "Positive"));
        assert!(!is_right(&choice, "negative") && !is_right(&choice, "positive or negative"));
    }

    #[test]
    fn a_list_is_right_with_all_of_it_and_nothing_else() {
        let gold = Gold::Set(texts(&["Ada Lovelace", "Acme"]));
        assert!(is_right(&gold, "Acme; Ada Lovelace") && is_right(&gold, "ada lovelace, acme"));
        for wrong in ["Acme", "Acme; Ada", "Acme; Ada Lovelace; London", ""] {
            assert!(!is_right(&gold, wrong), "{wrong}");
        }
        let terms = Gold::Terms { terms: texts(&["a1", "b2", "c3", "d4", "e5"]), asked: 3, needed: 2 };
        assert!(is_right(&terms, "a1; b2; zz") && !is_right(&terms, "a1; yy; zz"));
        assert!(!is_right(&terms, "a1; b2; c3; d4; e5"), "more than asked for is no answer");
    }

    #[test]
    fn a_summary_keeps_two_thirds_of_the_facts_and_is_short() {
        let gold = Gold::Facts { facts: vec![texts(&["Lyon"]), texts(&["42"]), texts(&["bridge"])], at_most_words: 8 };
        assert!(is_right(&gold, "The bridge in Lyon opens."));
        assert!(!is_right(&gold, "A bridge opens."), "one of three");
        assert!(!is_right(&gold, "In Lyon the bridge with 42 lanes was opened by the mayor"), "too long");
    }

    #[test]
    fn an_expression_is_right_by_its_values() {
        let gold = Gold::Sequence("n*(n+1)/2".into());
        assert!(is_right(&gold, "(n^2+n)/2") && is_right(&gold, "a(n) = n*(n+1)/2"));
        for wrong in ["n*(n-1)/2", "n", "1, 3, 6", ""] {
            assert!(!is_right(&gold, wrong), "{wrong}");
        }
    }

    #[test]
    fn a_tool_s_result_holds_an_answer_as_a_whole_word_or_number() {
        assert!(holds(&Gold::Number { value: 12.0, tolerance: 0.0 }, "5 + 7 = 12"));
        assert!(!holds(&Gold::Number { value: 2.0, tolerance: 0.0 }, "5 + 7 = 12"));
        let tokyo = Gold::Text(texts(&["Tokyo"]));
        assert!(holds(&tokyo, "1. Tokyo is the capital of Japan.") && !holds(&tokyo, "Tokyoites"));
    }
}
