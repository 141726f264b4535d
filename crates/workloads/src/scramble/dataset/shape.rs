//! Shapes of common benchmarks, and how an item is read of each.
//!
//! | shape | recognised by | answer |
//! |---|---|---|
//! | `gsm8k` | `question`, and `answer` with `####` | the number after `####` |
//! | `mmlu` | `question`, `choices` (a list) or `A`–`D`, `answer` | a letter or a place from 0 |
//! | `arc` | `answerKey` | the label of an option |
//! | `hellaswag` | `ctx`, `endings`, `label` | a place from 0 |
//! | `winogrande` | `sentence`, `option1`, `option2` | `1` or `2` |
//! | `boolq` | `question`, `passage`, `answer` true or false | yes or no |
//! | `plain` | anything else | a text; a number where it is one |

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::super::figure::Figure;
use super::super::item::{Answer, Difficulty, Item};
use super::super::scoring::last_number;
use super::mapping::{FieldName, Fields, find};
use super::{DatasetProblem, Record};

/// Whole numbers below it are exact in JSON: 2^53.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// A shape of records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// GSM8K (Cobbe and others 2021).
    Gsm8k,
    /// MMLU (Hendrycks and others 2021).
    Mmlu,
    /// ARC (Clark and others 2018).
    Arc,
    /// HellaSwag (Zellers and others 2019).
    Hellaswag,
    /// WinoGrande (Sakaguchi and others 2020).
    Winogrande,
    /// BoolQ (Clark and others 2019).
    Boolq,
    /// Questions and answers.
    Plain,
}

impl Shape {
    /// Name for a person.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gsm8k => "gsm8k",
            Self::Mmlu => "mmlu",
            Self::Arc => "arc",
            Self::Hellaswag => "hellaswag",
            Self::Winogrande => "winogrande",
            Self::Boolq => "boolq",
            Self::Plain => "plain",
        }
    }

    /// The shape of a record.
    pub fn of(record: &Record) -> Self {
        let fields = &record.fields;
        let has = |name: &str| fields.contains_key(name);
        let answer = fields.get("answer");
        if has("answerKey") {
            Self::Arc
        } else if has("ctx") && has("endings") {
            Self::Hellaswag
        } else if has("sentence") && has("option1") && has("option2") {
            Self::Winogrande
        } else if has("question") && has("passage") && answer.is_some_and(Value::is_boolean) {
            Self::Boolq
        } else if has("question") && (fields.get("choices").is_some_and(Value::is_array) || (has("A") && has("B"))) {
            Self::Mmlu
        } else if has("question") && answer.and_then(Value::as_str).is_some_and(|a| a.contains("####")) {
            Self::Gsm8k
        } else {
            Self::Plain
        }
    }

    /// Reads an item, and what the data call its difficulty where that is none of the three.
    pub(super) fn item(self, record: &Record, fields: &Fields) -> Result<(Item, Option<String>), DatasetProblem> {
        let reader = Reader { record, fields };
        let question = reader.required(FieldName::Question, self.question())?;
        let options = self.options(&reader)?;
        let id = reader.plain(FieldName::Id).unwrap_or_else(|| record.line.to_string());
        let answer = self.answer(&reader, &id, &options)?;
        let (difficulty, other_difficulty) = reader.difficulty()?;
        let item = Item {
            template: id.clone(),
            id,
            domain: reader.plain(FieldName::Domain).unwrap_or_else(|| "unstated".into()),
            difficulty,
            question,
            context: reader.plain(FieldName::Context),
            options,
            answer,
            fields: plain_fields(&record.fields),
        };
        Ok((item, other_difficulty))
    }

    fn question(self) -> Option<&'static str> {
        match self {
            Self::Arc => Some("question.stem"),
            Self::Hellaswag => Some("ctx"),
            Self::Winogrande => Some("sentence"),
            _ => None,
        }
    }

    fn options(self, reader: &Reader<'_>) -> Result<Vec<String>, DatasetProblem> {
        if let Some(names) = reader.fields.mapped(FieldName::Options) {
            return match names {
                [one] => reader.list(one),
                several => several.iter().map(|name| reader.text_at(name, FieldName::Options)).collect(),
            };
        }
        let fields = &reader.record.fields;
        match self {
            Self::Winogrande => ["option1", "option2"].iter().map(|n| reader.text_at(n, FieldName::Options)).collect(),
            Self::Boolq => Ok(vec!["yes".into(), "no".into()]),
            Self::Arc => Ok(labelled(fields).into_iter().map(|(_, text)| text).collect()),
            Self::Mmlu if fields.contains_key("A") => {
                let letters = ('A'..='J').map(String::from).take_while(|letter| fields.contains_key(letter));
                letters.map(|letter| reader.text_at(&letter, FieldName::Options)).collect()
            }
            _ => match FieldName::Options.usual().iter().find(|name| fields.get(**name).is_some_and(Value::is_array)) {
                Some(name) => reader.list(name),
                None => Ok(Vec::new()),
            },
        }
    }

    fn answer(self, reader: &Reader<'_>, id: &str, options: &[String]) -> Result<Answer, DatasetProblem> {
        let Some((name, value)) = reader.answer()? else { return Ok(Answer::Unknown) };
        let wrong = |found: &Value, expected: String| {
            DatasetProblem::at(reader.record.line, format!("'{name}' is {found}; expected {expected}"))
        };
        if self == Self::Boolq {
            let said = value.as_bool().ok_or_else(|| wrong(value, "true or false".into()))?;
            return Ok(Answer::Choice(usize::from(!said)));
        }
        if !options.is_empty() {
            let labels = if self == Self::Arc {
                labelled(&reader.record.fields).into_iter().map(|(label, _)| label).collect()
            } else {
                Vec::new()
            };
            let from = if self == Self::Winogrande { 1 } else { 0 };
            let place = place(value, options, &labels, from);
            let last = Item::letter(options.len() - 1);
            let expected = format!(
                "one of {} options: a letter from A to {last}, a place from {from} to {}, or an option's text",
                options.len(),
                options.len() + from - 1
            );
            let place = place.ok_or_else(|| wrong(value, expected))?;
            let right = options.get(place).map(|option| option.trim());
            if let Some(twin) = (0..options.len()).find(|i| *i != place && options.get(*i).map(|o| o.trim()) == right) {
                let message = format!(
                    "options {} and {} of the item '{id}' are both '{}', which is the right answer; options must differ",
                    Item::letter(place.min(twin)),
                    Item::letter(place.max(twin)),
                    right.unwrap_or_default()
                );
                return Err(DatasetProblem::at(reader.record.line, message));
            }
            return Ok(Answer::Choice(place));
        }
        match value {
            Value::Number(n) => {
                // A number beyond 64 bits has lost digits by the time JSON is read.
                let is_kept = n.is_i64() || n.is_u64() || n.as_f64().is_some_and(|x| x.abs() < EXACT);
                let figure = is_kept.then(|| Figure::read(&n.to_string())).flatten();
                let expected = "a number of at most 2^53, or a longer one in quotes, so that no digit is lost";
                figure.map(Answer::Number).ok_or_else(|| wrong(value, expected.into()))
            }
            Value::Bool(b) => Ok(Answer::Text(vec![if *b { "yes" } else { "no" }.into(), b.to_string()])),
            Value::String(text) => Ok(match text.rsplit_once("####") {
                Some((_, marked)) => {
                    last_number(marked).map(Answer::Number).ok_or_else(|| wrong(value, "a number after ####".into()))?
                }
                None => match text.trim() {
                    "" => Answer::Unknown,
                    text => Figure::read(text).map_or_else(|| Answer::Text(vec![text.to_owned()]), Answer::Number),
                },
            }),
            Value::Array(several) => {
                let texts: Option<Vec<String>> = several.iter().map(plain).collect();
                texts
                    .filter(|texts| !texts.is_empty())
                    .map(Answer::Text)
                    .ok_or_else(|| wrong(value, "a list of texts".into()))
            }
            other => Err(wrong(other, "a text, a number or a list of accepted texts".into())),
        }
    }
}

/// Which option a label means.
fn place(value: &Value, options: &[String], labels: &[String], from: usize) -> Option<usize> {
    let within = |i: usize| i.checked_sub(from).filter(|i| *i < options.len());
    match value {
        Value::Number(n) => within(usize::try_from(n.as_u64()?).ok()?),
        Value::String(text) => {
            let text = text.trim();
            if let Some(at) = labels.iter().position(|label| label == text) {
                return Some(at);
            }
            if let Some(at) = options.iter().position(|option| option == text) {
                return Some(at);
            }
            if let Ok(number) = text.parse::<usize>() {
                return within(number);
            }
            let mut chars = text.chars();
            match (chars.next(), chars.next()) {
                (Some(letter), None) if letter.is_ascii_alphabetic() => {
                    let at = letter.to_ascii_uppercase() as usize - 'A' as usize;
                    (at < options.len()).then_some(at)
                }
                _ => None,
            }
        }
        _ => None,
    }
}

/// Options with labels: a list of `{label, text}`, or `{label: […], text: […]}`, under `choices` or `question.choices`.
fn labelled(fields: &Map<String, Value>) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    match find(fields, "choices").or_else(|| find(fields, "question.choices")) {
        Some(Value::Array(options)) => options.iter().map(|o| (text(&o["label"]), text(&o["text"]))).collect(),
        Some(Value::Object(columns)) => {
            let column = |name: &str| columns.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
            column("label").iter().map(text).zip(column("text").iter().map(text)).collect()
        }
        _ => Vec::new(),
    }
}

/// A value as text, where it is a plain one.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(n) => Some(n.to_string()),
        Value::Bool(b) => Some(b.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn plain_fields(record: &Map<String, Value>) -> BTreeMap<String, String> {
    record.iter().filter_map(|(name, value)| Some((name.clone(), plain(value)?))).collect()
}

/// A record with the user's mapping.
struct Reader<'a> {
    record: &'a Record,
    fields: &'a Fields,
}

impl Reader<'_> {
    fn missing(&self, name: &str, field: FieldName) -> DatasetProblem {
        let there: Vec<&str> = self.record.fields.keys().map(String::as_str).collect();
        let message = format!(
            "has no field '{name}' for the item's {}; it has {}. Map it with fields: {{ {}: NAME }}",
            field.name(),
            there.join(", "),
            field.name()
        );
        DatasetProblem::at(self.record.line, message)
    }

    /// The value of a field: where the user says, else where it usually is.
    fn value(&self, field: FieldName) -> Option<(&str, &Value)> {
        let fields = &self.record.fields;
        match self.fields.mapped(field) {
            Some(names) => names.iter().find_map(|name| Some((name.as_str(), find(fields, name)?))),
            None => field.usual().iter().find_map(|name| Some((*name, find(fields, name)?))),
        }
    }

    fn plain(&self, field: FieldName) -> Option<String> {
        self.value(field).and_then(|(_, value)| plain(value)).filter(|text| !text.is_empty())
    }

    /// The difficulty, or what stands in its place. A scale of another kind is only refused where the user says that the
    /// field is the difficulty.
    fn difficulty(&self) -> Result<(Option<Difficulty>, Option<String>), DatasetProblem> {
        let Some(said) = self.plain(FieldName::Difficulty) else { return Ok((None, None)) };
        match Difficulty::named(said.trim()) {
            Some(difficulty) => Ok((Some(difficulty), None)),
            None if self.fields.maps(FieldName::Difficulty) => {
                let name = self.value(FieldName::Difficulty).map_or("difficulty", |(name, _)| name);
                let message = format!("'{name}' is '{said}'; expected easy, medium or hard");
                Err(DatasetProblem::at(self.record.line, message))
            }
            None => Ok((None, Some(said))),
        }
    }

    fn required(&self, field: FieldName, usual: Option<&'static str>) -> Result<String, DatasetProblem> {
        let of_shape = usual.filter(|_| self.fields.mapped(field).is_none());
        let found = of_shape.and_then(|name| Some((name, find(&self.record.fields, name)?)));
        let mapped = self.fields.mapped(field).and_then(<[String]>::first).map_or(field.name(), String::as_str);
        let (name, value) = found.or_else(|| self.value(field)).ok_or_else(|| self.missing(mapped, field))?;
        match plain(value) {
            Some(text) if !text.trim().is_empty() => Ok(text),
            Some(_) => {
                Err(DatasetProblem::at(self.record.line, format!("'{name}' is empty; expected the item's question")))
            }
            None => Err(DatasetProblem::at(self.record.line, format!("'{name}' is {value}; expected a text"))),
        }
    }

    /// The answer; `None` where it is null. A field that the user mapped must be there.
    fn answer(&self) -> Result<Option<(&str, &Value)>, DatasetProblem> {
        match (self.value(FieldName::Answer), self.fields.mapped(FieldName::Answer)) {
            (Some((_, Value::Null)), _) | (None, None) => Ok(None),
            (Some(found), _) => Ok(Some(found)),
            (None, Some(names)) => Err(self.missing(names.first().map_or("answer", String::as_str), FieldName::Answer)),
        }
    }

    fn text_at(&self, name: &str, field: FieldName) -> Result<String, DatasetProblem> {
        find(&self.record.fields, name).and_then(plain).ok_or_else(|| self.missing(name, field))
    }

    fn list(&self, name: &str) -> Result<Vec<String>, DatasetProblem> {
        let value = find(&self.record.fields, name).ok_or_else(|| self.missing(name, FieldName::Options))?;
        let texts: Option<Vec<String>> = value.as_array().and_then(|list| list.iter().map(plain).collect());
        texts.filter(|texts| texts.len() > 1).ok_or_else(|| {
            DatasetProblem::at(
                self.record.line,
                format!("'{name}' is {value}; expected a list of at least two options"),
            )
        })
    }
}
