//! Reading one file of a scenario field by field. Every problem names the file and the field; keys that nothing reads
//! are remembered, so that nobody believes in them.

use std::cell::RefCell;
use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::catalog::SettingsProblem;

/// What was found wrong, and what was left unread, in all files of a scenario.
#[derive(Default)]
pub(super) struct Notes {
    problems: RefCell<Vec<SettingsProblem>>,
    unread: RefCell<BTreeSet<String>>,
}

impl Notes {
    pub(super) fn problem(&self, file: &str, field: &str, message: impl AsRef<str>) {
        let at = if field.is_empty() { file.to_owned() } else { format!("{file}: {field}") };
        let message = format!("{at}: {}", message.as_ref());
        self.problems.borrow_mut().push(SettingsProblem { path: "workload.scenario".into(), message });
    }

    /// The keys that nothing reads, or everything that is wrong.
    pub(super) fn finish(self) -> Result<BTreeSet<String>, Vec<SettingsProblem>> {
        let problems = self.problems.into_inner();
        if problems.is_empty() { Ok(self.unread.into_inner()) } else { Err(problems) }
    }
}

/// A mapping of a file, with its place.
pub(super) struct Fields<'a> {
    notes: &'a Notes,
    file: &'a str,
    path: String,
    map: &'a Map<String, Value>,
    read: RefCell<BTreeSet<&'a str>>,
}

fn kind(value: &Value) -> String {
    match value {
        Value::Null => "nothing".into(),
        Value::Bool(b) => b.to_string(),
        Value::Number(n) => n.to_string(),
        Value::String(s) if s.chars().count() <= 40 => format!("'{s}'"),
        Value::String(_) => "a long text".into(),
        Value::Array(_) => "a list".into(),
        Value::Object(_) => "a mapping".into(),
    }
}

impl<'a> Fields<'a> {
    /// A file's mapping; `None`, and a note, where it holds something else.
    pub(super) fn of_file(notes: &'a Notes, file: &'a str, document: &'a Value) -> Option<Self> {
        Self::of(notes, file, String::new(), document)
    }

    fn of(notes: &'a Notes, file: &'a str, path: String, value: &'a Value) -> Option<Self> {
        match value {
            Value::Object(map) => Some(Self { notes, file, path, map, read: RefCell::default() }),
            other => {
                notes.problem(file, &path, format!("is {}; expected a mapping", kind(other)));
                None
            }
        }
    }

    pub(super) fn at(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    pub(super) fn wrong(&self, key: &str, message: impl AsRef<str>) {
        self.notes.problem(self.file, &self.at(key), message);
    }

    fn refuse(&self, key: &str, found: &Value, expected: &str) {
        self.wrong(key, format!("is {}; expected {expected}", kind(found)));
    }

    /// Whether the key is written, null not counted.
    pub(super) fn has(&self, key: &str) -> bool {
        self.map.get(key).is_some_and(|v| !v.is_null())
    }

    fn get(&self, key: &'a str) -> Option<&'a Value> {
        self.read.borrow_mut().insert(key);
        self.map.get(key).filter(|v| !v.is_null())
    }

    /// A text; blank ends are no part of it.
    pub(super) fn text(&self, key: &'a str) -> Option<String> {
        match self.get(key)? {
            Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
            Value::String(_) => None,
            Value::Number(n) => Some(n.to_string()),
            other => {
                self.refuse(key, other, "text");
                None
            }
        }
    }

    /// A text that must be there.
    pub(super) fn required(&self, key: &'a str) -> String {
        let before = self.notes.problems.borrow().len();
        self.text(key).unwrap_or_else(|| {
            if self.notes.problems.borrow().len() == before {
                self.wrong(key, "is missing; expected text");
            }
            String::new()
        })
    }

    pub(super) fn flag(&self, key: &'a str) -> Option<bool> {
        match self.get(key)? {
            Value::Bool(b) => Some(*b),
            other => {
                self.refuse(key, other, "true or false");
                None
            }
        }
    }

    pub(super) fn whole(&self, key: &'a str, min: u32, max: u32) -> Option<u32> {
        let value = self.get(key)?;
        let number = value.as_f64().filter(|x| x.fract() == 0.0 && (f64::from(min)..=f64::from(max)).contains(x));
        if number.is_none() {
            self.refuse(key, value, &format!("a whole number from {min} to {max}"));
        }
        number.map(|x| x as u32)
    }

    pub(super) fn number(&self, key: &'a str, min: f64, max: f64) -> Option<f64> {
        let value = self.get(key)?;
        let number = value.as_f64().filter(|x| (min..=max).contains(x));
        if number.is_none() {
            let expected = if min.is_finite() { format!("a number from {min} to {max}") } else { "a number".into() };
            self.refuse(key, value, &expected);
        }
        number
    }

    /// Two numbers, the first the smaller.
    pub(super) fn range(&self, key: &'a str) -> Option<(f64, f64)> {
        let value = self.get(key)?;
        let given = match value.as_array().map(Vec::as_slice) {
            Some([lo, hi]) => lo.as_f64().zip(hi.as_f64()),
            _ => None,
        };
        match given {
            None => self.refuse(key, value, "two numbers [smallest, largest]"),
            Some((lo, hi)) if lo > hi => {
                self.wrong(
                    key,
                    format!("is [{lo}, {hi}]; the first must not be above the second: [smallest, largest]"),
                );
            }
            Some(_) => {}
        }
        given.filter(|(lo, hi)| lo <= hi)
    }

    /// One of several words.
    pub(super) fn word<T: Copy>(&self, key: &'a str, words: &[(&str, T)]) -> Option<T> {
        let value = self.get(key)?;
        let found = value.as_str().and_then(|text| words.iter().find(|(word, _)| *word == text));
        if found.is_none() {
            let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            self.refuse(key, value, &format!("one of {}", known.join(", ")));
        }
        found.map(|(_, meant)| *meant)
    }

    /// A list of texts, or one text whose lines are the list.
    pub(super) fn texts(&self, key: &'a str) -> Vec<String> {
        match self.get(key) {
            None => Vec::new(),
            Some(Value::String(text)) => text
                .lines()
                .map(|line| line.trim().trim_start_matches("- ").trim().to_owned())
                .filter(|line| !line.is_empty())
                .collect(),
            Some(Value::Array(items)) => items
                .iter()
                .enumerate()
                .filter_map(|(i, item)| match item {
                    Value::String(text) => Some(text.trim().to_owned()),
                    Value::Number(n) => Some(n.to_string()),
                    other => {
                        self.wrong(&format!("{key}[{i}]"), format!("is {}; expected text", kind(other)));
                        None
                    }
                })
                .collect(),
            Some(other) => {
                self.refuse(key, other, "a list of texts");
                Vec::new()
            }
        }
    }

    /// Whole numbers from 1.
    pub(super) fn turns(&self, key: &'a str) -> Vec<u32> {
        let Some(value) = self.get(key) else { return Vec::new() };
        let items = value.as_array().map_or_else(|| std::slice::from_ref(value), Vec::as_slice);
        let turn = |item: &Value| item.as_u64().and_then(|n| u32::try_from(n).ok()).filter(|n| *n > 0);
        items
            .iter()
            .filter_map(|item| {
                let found = turn(item);
                if found.is_none() {
                    self.refuse(key, item, "turns, counted from 1");
                }
                found
            })
            .collect()
    }

    /// What is written as text, whatever its form: `expertise` is a text, a mapping or a list of mappings.
    pub(super) fn prose(&self, key: &'a str) -> Option<String> {
        fn lines(value: &Value, out: &mut Vec<String>) {
            match value {
                Value::Null => {}
                Value::String(text) => out.push(text.trim().to_owned()),
                Value::Array(items) => items.iter().for_each(|item| lines(item, out)),
                Value::Object(map) => out.extend(map.iter().map(|(k, v)| match v {
                    Value::String(text) => format!("{k}: {text}"),
                    other => format!("{k}: {other}"),
                })),
                other => out.push(other.to_string()),
            }
        }
        let mut out = Vec::new();
        lines(self.get(key)?, &mut out);
        out.retain(|line| !line.is_empty());
        (!out.is_empty()).then(|| out.join("\n"))
    }

    /// A mapping under a key.
    pub(super) fn map(&self, key: &'a str) -> Option<Fields<'a>> {
        let value = self.get(key)?;
        Self::of(self.notes, self.file, self.at(key), value)
    }

    /// The mappings of a list.
    pub(super) fn maps(&self, key: &'a str) -> Vec<Fields<'a>> {
        match self.get(key) {
            None => Vec::new(),
            Some(Value::Array(items)) => items
                .iter()
                .enumerate()
                .filter_map(|(i, item)| Self::of(self.notes, self.file, self.at(&format!("{key}[{i}]")), item))
                .collect(),
            Some(other) => {
                self.refuse(key, other, "a list");
                Vec::new()
            }
        }
    }

    /// The entries of a mapping of mappings, with their keys.
    pub(super) fn named_maps(&self) -> Vec<(&'a str, Fields<'a>)> {
        let entries = self.map.iter().filter_map(|(key, value)| {
            self.read.borrow_mut().insert(key);
            Some((key.as_str(), Self::of(self.notes, self.file, self.at(key), value)?))
        });
        entries.collect()
    }

    /// The entries of a mapping of texts or numbers.
    pub(super) fn entries(&self) -> Vec<(&'a str, String)> {
        let entries = self.map.iter().filter_map(|(key, value)| {
            self.read.borrow_mut().insert(key);
            match value {
                Value::String(text) => Some((key.as_str(), text.clone())),
                Value::Number(n) => Some((key.as_str(), n.to_string())),
                other => {
                    self.refuse(key, other, "text");
                    None
                }
            }
        });
        entries.collect()
    }

    pub(super) fn is_list(&self, key: &str) -> bool {
        self.map.get(key).is_some_and(Value::is_array)
    }

    /// Keys that mean nothing to a run and are no mistake.
    pub(super) fn skip(&self, keys: &[&'a str]) {
        self.read.borrow_mut().extend(keys);
    }

    /// After everything was read: the rest is noted.
    pub(super) fn finish(self) {
        let read = self.read.into_inner();
        let unread = self.map.keys().filter(|key| !read.contains(key.as_str()));
        let at = |key: &String| if self.path.is_empty() { key.clone() } else { format!("{}.{key}", self.path) };
        self.notes.unread.borrow_mut().extend(unread.map(|key| format!("{}: {}", self.file, at(key))));
    }
}
