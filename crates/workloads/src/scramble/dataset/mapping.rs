//! Which field of the user's data is what.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::catalog::SettingsProblem;

/// What a field can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FieldName {
    /// The question.
    Question,
    /// The right answer.
    Answer,
    /// Options to choose from: one field with a list, or several fields.
    Options,
    /// Text that the question is about.
    Context,
    /// The item's name.
    Id,
    /// Field of knowledge.
    Domain,
    /// easy, medium or hard.
    Difficulty,
}

impl FieldName {
    /// All, as named in the setting `fields`.
    pub const NAMES: [(&'static str, Self); 7] = [
        ("question", Self::Question),
        ("answer", Self::Answer),
        ("options", Self::Options),
        ("context", Self::Context),
        ("id", Self::Id),
        ("domain", Self::Domain),
        ("difficulty", Self::Difficulty),
    ];

    /// Names that are looked for where the user maps none, the likeliest first.
    pub(super) fn usual(self) -> &'static [&'static str] {
        match self {
            Self::Question => {
                &["question", "prompt", "input", "query", "problem", "text", "instruction", "ctx", "sentence"]
            }
            Self::Answer => &[
                "answer",
                "answerKey",
                "target",
                "output",
                "label",
                "gold",
                "expected",
                "expected_answer",
                "solution",
                "ideal",
                "completion",
            ],
            Self::Options => &["choices", "options", "endings"],
            Self::Context => &["context", "passage", "article"],
            Self::Id => &["id", "question_id", "idx", "ind", "uid", "task_id", "qID", "key"],
            Self::Domain => &["domain", "subject", "category", "topic", "activity_label", "type"],
            Self::Difficulty => &["difficulty", "level"],
        }
    }

    /// Name in the setting `fields`.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, field)| *field == self).map_or("", |(name, _)| name)
    }
}

/// The user's mapping: names in the data, dots going into objects. What isn't mapped is recognised.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields(BTreeMap<FieldName, Vec<String>>);

impl Fields {
    /// Reads the setting `fields`: a mapping such as `{ question: text, options: [a, b, c] }`.
    ///
    /// # Errors
    /// A key that is no field, or a value that is no name.
    pub fn read(setting: &Value) -> Result<Self, Vec<SettingsProblem>> {
        let known = || FieldName::NAMES.map(|(name, _)| name).join(", ");
        let problem = |path: String, message: String| SettingsProblem { path, message };
        let Some(entries) = setting.as_object() else {
            let message = format!("is no mapping; expected names of the data's fields for {}", known());
            return Err(vec![problem("workload.fields".into(), message)]);
        };
        let (mut fields, mut problems) = (BTreeMap::new(), Vec::new());
        for (key, value) in entries {
            let path = format!("workload.fields.{key}");
            let Some((_, field)) = FieldName::NAMES.iter().find(|(name, _)| name == key) else {
                problems.push(problem(path, format!("is no field of an item; expected one of {}", known())));
                continue;
            };
            let names: Option<Vec<String>> = match value {
                Value::String(name) => Some(vec![name.clone()]),
                Value::Array(names) if *field == FieldName::Options => {
                    names.iter().map(|name| name.as_str().map(ToOwned::to_owned)).collect()
                }
                _ => None,
            };
            match names {
                Some(names) if !names.is_empty() => {
                    fields.insert(*field, names);
                }
                _ => {
                    let list = if *field == FieldName::Options { ", or a list of names" } else { "" };
                    problems.push(problem(path, format!("expected the name of a field in the data{list}")));
                }
            }
        }
        if problems.is_empty() { Ok(Self(fields)) } else { Err(problems) }
    }

    /// Whether the user mapped a field.
    pub(super) fn maps(&self, field: FieldName) -> bool {
        self.0.contains_key(&field)
    }

    /// What the user mapped a field to.
    pub(super) fn mapped(&self, field: FieldName) -> Option<&[String]> {
        self.0.get(&field).map(Vec::as_slice)
    }
}

/// The value under a name, dots going into objects.
pub(super) fn find<'a>(record: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    if let Some(value) = record.get(name) {
        return Some(value);
    }
    let (first, rest) = name.split_once('.')?;
    find(record.get(first)?.as_object()?, rest)
}
