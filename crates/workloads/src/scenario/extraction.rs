//! Reading metrics after a turn: by pattern, by words, or from what a model says. What is not found is missing, with the
//! reason, and never zero.

use ergon_domain::structured::extract;
use serde_json::Value;

use super::metrics::{Extraction, MetricRule, Scale, Scoring};
use super::state::Reading;
use crate::numeral;

/// A value before it is put on its scale.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Found {
    Number(f64),
    Category(String),
    Nothing(String),
}

/// What can be read from a text without asking anybody; `None`: a model has to be asked.
pub(super) fn from_text(rule: &MetricRule, text: &str, what: &str) -> Option<Found> {
    Some(match (&rule.extraction, &rule.scale) {
        (Extraction::Model { .. }, _) => return None,
        (Extraction::Manual, _) => Found::Nothing("is read by a person; note it on the run".into()),
        (Extraction::Pattern(pattern), Scale::Flag) => Found::Number(f64::from(u8::from(pattern.is_match(text)))),
        (Extraction::Pattern(pattern), scale) => {
            let last = pattern.captures_iter(text).last();
            let group = last.and_then(|found| {
                let part = found.iter().skip(1).flatten().next().or_else(|| found.get(0))?;
                Some(part.as_str().to_owned())
            });
            match group {
                None => Found::Nothing(format!("the pattern is not found in {what}")),
                Some(text) => on_scale(&text, scale).unwrap_or_else(Found::Nothing),
            }
        }
        (Extraction::Keyword { words, .. }, Scale::Category(categories)) => most_named(text, words, categories),
        (Extraction::Keyword { words, scoring }, scale) => {
            let count: usize = words.iter().map(|word| occurrences(text, word)).sum();
            let present = f64::from(u8::from(count > 0));
            Found::Number(match (scale, scoring) {
                (Scale::Flag, _) | (_, Scoring::Presence) => present,
                (_, Scoring::Count) => count as f64,
                (_, Scoring::Density) => {
                    let all = text.split_whitespace().count();
                    if all == 0 {
                        return Some(Found::Nothing(format!("{what} is empty")));
                    }
                    100.0 * count as f64 / all as f64
                }
            })
        }
    })
}

/// What a model said about a metric, read strictly: the error helps it to mend the reply.
pub(super) fn from_reply(rule: &MetricRule, text: &str) -> Result<Found, String> {
    let text = text.trim();
    match &rule.scale {
        Scale::Flag => {
            let word: String = text.chars().take_while(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
            match word.as_str() {
                "yes" | "true" | "1" => Ok(Found::Number(1.0)),
                "no" | "false" | "0" => Ok(Found::Number(0.0)),
                _ => Err("expected yes or no".into()),
            }
        }
        Scale::Category(categories) => {
            let named: Vec<&String> = categories.iter().filter(|c| occurrences(text, c) > 0).collect();
            match named.as_slice() {
                [one] => Ok(Found::Category((*one).clone())),
                _ => Err(format!("expected one of {}", categories.join(", "))),
            }
        }
        Scale::Number { range, .. } => {
            let found = field_of(text).map_or_else(|| numeral::only(text), Ok)?;
            match range {
                Some((lo, hi)) if !(lo..=hi).contains(&&found) => {
                    Err(format!("{found} is out of range; expected a number from {lo} to {hi}"))
                }
                _ => Ok(Found::Number(found)),
            }
        }
    }
}

/// The form in which a model is asked to answer.
pub(super) fn form(rule: &MetricRule) -> String {
    match &rule.scale {
        Scale::Flag => "Answer with yes or no and nothing else.".into(),
        Scale::Category(categories) => format!("Answer with one of {} and nothing else.", categories.join(", ")),
        Scale::Number { range: Some((lo, hi)), .. } => {
            format!("Answer with a number from {lo} to {hi} and nothing else.")
        }
        Scale::Number { range: None, .. } => "Answer with a number and nothing else.".into(),
    }
}

/// A value under the ids that it is measured as: `parts` are the metric's id, or one per category.
pub(super) fn readings(rule: &MetricRule, base: &str, found: &Found) -> Vec<(String, Reading)> {
    let missing = |why: &str| Reading::Missing(why.to_owned());
    match (&rule.scale, found) {
        (Scale::Category(categories), found) => categories
            .iter()
            .map(|category| {
                let reading = match found {
                    Found::Category(said) => Reading::Value(f64::from(u8::from(said == category))),
                    Found::Nothing(why) => missing(why),
                    Found::Number(x) => missing(&format!("{x} is none of {}", categories.join(", "))),
                };
                (format!("{base}.{}", super::manifest::identifier(category)), reading)
            })
            .collect(),
        (_, Found::Number(x)) => vec![(base.to_owned(), Reading::Value(*x))],
        (_, Found::Nothing(why)) => vec![(base.to_owned(), missing(why))],
        (_, Found::Category(said)) => vec![(base.to_owned(), missing(&format!("'{said}' is no number")))],
    }
}

fn on_scale(text: &str, scale: &Scale) -> Result<Found, String> {
    match scale {
        Scale::Category(categories) => {
            let named = categories.iter().find(|c| c.eq_ignore_ascii_case(text.trim()));
            named
                .map(|c| Found::Category(c.clone()))
                .ok_or_else(|| format!("'{text}' is none of {}", categories.join(", ")))
        }
        _ => numeral::only(text).map(Found::Number).map_err(|why| format!("what the pattern found, '{text}': {why}")),
    }
}

/// The number of a JSON object that has one number among its fields.
fn field_of(text: &str) -> Option<f64> {
    let Some(Value::Object(fields)) = extract(text) else { return None };
    let mut numbers = fields.values().filter_map(Value::as_f64);
    numbers.next().filter(|_| numbers.next().is_none())
}

/// How often a word or phrase stands in a text, case aside; `protest` is found in `protesters`, as stems are meant.
fn occurrences(text: &str, word: &str) -> usize {
    let (text, word) = (text.to_lowercase(), word.trim().to_lowercase());
    if word.is_empty() {
        return 0;
    }
    let begins = |at: usize| !text[..at].ends_with(|c: char| c.is_alphanumeric());
    text.match_indices(&word).filter(|(at, _)| begins(*at)).count()
}

/// The category whose words are named most often: those keywords that its name contains, and its name.
fn most_named(text: &str, words: &[String], categories: &[String]) -> Found {
    let count = |category: &String| {
        let own = words.iter().filter(|word| category.to_lowercase().contains(&word.to_lowercase()));
        own.map(|word| occurrences(text, word)).sum::<usize>() + occurrences(text, category)
    };
    let counts: Vec<usize> = categories.iter().map(count).collect();
    let most = counts.iter().copied().max().unwrap_or(0);
    let mut first = counts.iter().zip(categories).filter(|(n, _)| **n == most);
    match (most, first.next(), first.next()) {
        (1.., Some((_, category)), None) => Found::Category(category.clone()),
        _ => Found::Nothing("no category is named more often than the others".into()),
    }
}
