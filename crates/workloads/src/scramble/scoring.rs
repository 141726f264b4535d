//! Whether a reply is right.
//!
//! | rule | what is read of the reply | right if |
//! |---|---|---|
//! | `exact` | what follows the last "answer:" or "answer is", else all of it | it is an accepted text, case, articles and outer punctuation aside, or exactly the accepted number (`1,234` is `1234.0`) |
//! | `numeric` | the number after `####` or in `\boxed{}`, else the last number | it is within the tolerance: \|x − y\| ≤ t·max(1, \|y\|); t is 0 for a whole y and 1e-6 else, where none is given |
//! | `choice` | the letter of an option, or an option's text | it is the right option |
//! | `regex` | the first group of the pattern's last match | it is an accepted text or number |
//! | `contains` | all of it | an accepted text stands in it as words of its own ("4" is not in "14") |
//!
//! `auto` is numeric for numbers, choice where there are options, contains otherwise. A reply of which nothing can be
//! read is wrong and counted as unreadable. `judge` asks a model and `none` doesn't score: see
//! [`asking`](super::asking).

use regex::Regex;

use super::figure::{Figure, figures};
use super::item::{Answer, Item};

/// How replies are scored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// By the kind of answer.
    Auto,
    /// The same text.
    Exact,
    /// The same number.
    Numeric,
    /// The letter of the option.
    Choice,
    /// What a pattern finds.
    Regex,
    /// The text among others.
    Contains,
    /// A model says so.
    Judge,
    /// Not at all.
    None,
}

impl Rule {
    /// All, as named in specs.
    pub const NAMES: [(&'static str, Self); 8] = [
        ("auto", Self::Auto),
        ("exact", Self::Exact),
        ("numeric", Self::Numeric),
        ("choice", Self::Choice),
        ("regex", Self::Regex),
        ("contains", Self::Contains),
        ("judge", Self::Judge),
        ("none", Self::None),
    ];
}

/// Largest error of a number that is not whole, where none is given: a model writes six digits of 1/3 at least.
const TOLERANCE: f64 = 1e-6;

/// How replies are scored, with what the rule needs.
#[derive(Clone, Debug)]
pub struct Scoring {
    /// The rule.
    pub rule: Rule,
    /// Largest error of a number, as a share of it (of 1 below 1); `None`: none for whole numbers, else [`TOLERANCE`].
    pub tolerance: Option<f64>,
    /// The pattern of `regex`.
    pub pattern: Option<Regex>,
}

/// What a rule makes of a reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scored {
    /// Whether it is right.
    pub right: bool,
    /// What was read of it; `None`: nothing could be.
    pub read: Option<String>,
}

impl Scoring {
    /// Scores a reply; `None` where there is nothing to score by: an unknown answer, `judge` or `none`.
    pub fn score(&self, item: &Item, reply: &str) -> Option<Scored> {
        if item.answer == Answer::Unknown {
            return None;
        }
        let rule = match (self.rule, &item.answer) {
            (Rule::Auto, Answer::Number(_)) => Rule::Numeric,
            (Rule::Auto, Answer::Choice(_)) => Rule::Choice,
            (Rule::Auto, _) => Rule::Contains,
            (rule, _) => rule,
        };
        let read = match rule {
            Rule::Exact => Some(final_answer(reply)).filter(|said| !said.is_empty()),
            Rule::Numeric => stated_number(reply).map(|figure| figure.text().to_owned()),
            Rule::Choice => chosen_option(reply, &item.options).map(|i| Item::letter(i).to_string()),
            Rule::Regex => self.pattern.as_ref().and_then(|pattern| {
                let found = pattern.captures_iter(reply).last()?;
                found.get(1).or_else(|| found.get(0)).map(|m| m.as_str().to_owned())
            }),
            Rule::Contains => Some(reply.trim().to_owned()).filter(|said| !said.is_empty()),
            Rule::Auto | Rule::Judge | Rule::None => return None,
        };
        let right = read.as_deref().is_some_and(|read| self.is_right(item, rule, read));
        Some(Scored { right, read })
    }

    fn is_right(&self, item: &Item, rule: Rule, read: &str) -> bool {
        let near = |gold: &Figure, said: &Figure| {
            let usual = if gold.is_whole() { 0.0 } else { TOLERANCE };
            gold.is_near(said, self.tolerance.unwrap_or(usual))
        };
        let accepted = accepted(item);
        match rule {
            Rule::Numeric => {
                let said = last_number(read);
                let golds = accepted.iter().filter_map(|a| last_number(a));
                said.is_some_and(|said| golds.into_iter().any(|gold| near(&gold, &said)))
            }
            Rule::Contains => {
                let said = words(read);
                accepted
                    .iter()
                    .map(|a| words(a))
                    .any(|gold| !gold.is_empty() && said.windows(gold.len()).any(|window| window == gold.as_slice()))
            }
            _ => {
                let said = normalised(read);
                let number = Figure::read(&said);
                accepted.iter().map(|a| normalised(a)).any(|gold| {
                    let same = |(gold, said): (Figure, &Figure)| {
                        if rule == Rule::Exact { gold == *said } else { near(&gold, said) }
                    };
                    gold == said || Figure::read(&gold).zip(number.as_ref()).is_some_and(same)
                })
            }
        }
    }
}

/// Every text that is right.
fn accepted(item: &Item) -> Vec<String> {
    match &item.answer {
        Answer::Unknown => Vec::new(),
        Answer::Text(texts) => texts.clone(),
        Answer::Number(figure) => vec![figure.text().to_owned()],
        Answer::Choice(i) => {
            [Some(Item::letter(*i).to_string()), item.options.get(*i).cloned()].into_iter().flatten().collect()
        }
    }
}

fn words(text: &str) -> Vec<String> {
    let word = |c: char| !(c.is_alphanumeric() || matches!(c, '.' | ',' | '-' | '\''));
    let bare = |w: &str| w.trim_matches(|c: char| !c.is_alphanumeric() && c != '-').to_lowercase();
    text.split(word).map(bare).filter(|w| !w.is_empty()).collect()
}

/// Lower case, single blanks, without articles and without punctuation around it.
fn normalised(text: &str) -> String {
    let outer = |c: char| !c.is_alphanumeric() && !matches!(c, '-' | '%' | '+');
    let minus = text.replace('−', "-");
    let bare = minus.trim_matches(outer);
    // The point of ".5" is the number's, not the sentence's.
    let point = bare.starts_with(|c: char| c.is_ascii_digit())
        && minus.trim_start_matches(|c| outer(c) && c != '.').starts_with('.');
    let lower = format!("{}{}", if point { "." } else { "" }, bare.to_lowercase());
    let mut words: Vec<&str> = lower.split_whitespace().collect();
    if words.len() > 1 && matches!(words.first(), Some(&("the" | "a" | "an"))) {
        words.remove(0);
    }
    words.join(" ")
}

/// What a reply gives as its answer: after the last "answer:" or "answer is", else all of it.
fn final_answer(reply: &str) -> String {
    // Markers are ASCII: lowering ASCII alone keeps byte positions.
    let lower = reply.to_ascii_lowercase();
    let after = ["answer:", "answer is"].iter().filter_map(|m| lower.rfind(m).map(|at| at + m.len())).max();
    let said = after.and_then(|at| reply.get(at..)).unwrap_or(reply).trim();
    let line = if after.is_some() { said.lines().next().unwrap_or_default() } else { said };
    line.trim().trim_matches('*').trim().to_owned()
}

/// The number that a reply gives: marked as the answer, else the last one.
fn stated_number(reply: &str) -> Option<Figure> {
    let first = |text: &str| figures(text).next();
    let marked = |open: &str| reply.rfind(open).and_then(|at| reply.get(at + open.len()..)).and_then(first);
    marked("####").or_else(|| marked("\\boxed{")).or_else(|| last_number(reply))
}

/// The last number of a text.
pub(super) fn last_number(text: &str) -> Option<Figure> {
    figures(text).last()
}

/// The option that a reply chooses: by its letter alone, marked, or after "answer"; or by its text.
fn chosen_option(reply: &str, options: &[String]) -> Option<usize> {
    let said = final_answer(reply);
    let by_letter = |c: char| {
        let at = (c.to_ascii_uppercase() as u32).checked_sub('A' as u32)? as usize;
        (c.is_ascii_alphabetic() && at < options.len()).then_some(at)
    };
    let leading = |text: &str| {
        let bare = text.trim_start_matches(['(', '[', '*', '"', '\'', ' ']);
        let mut chars = bare.chars();
        let letter = chars.next()?;
        // "A car" begins with a word, "A) car" and "A" with a letter.
        let ends = chars.next().is_none_or(|next| !next.is_alphanumeric() && next != ' ' && next != '\'');
        ends.then(|| by_letter(letter)).flatten()
    };
    if let Some(at) = leading(&said) {
        return Some(at);
    }
    if let Some(at) = options.iter().position(|option| option.trim() == said) {
        return Some(at);
    }
    let text = normalised(&said);
    let mut alike = options.iter().enumerate().filter(|(_, option)| normalised(option) == text);
    if let Some((at, _)) = alike.next() {
        return alike.next().is_none().then_some(at);
    }
    // Letters in brackets, if all of them are the same.
    let mut marked = said.match_indices('(').filter_map(|(at, _)| {
        let mut inside = said.get(at + 1..)?.chars();
        let letter = inside.next()?;
        (inside.next() == Some(')')).then(|| by_letter(letter)).flatten()
    });
    let first = marked.next()?;
    marked.all(|other| other == first).then_some(first)
}
