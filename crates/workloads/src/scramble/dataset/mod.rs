//! The user's items: from a file's bytes to [`Item`]s.
//!
//! Belongs here: reading JSON Lines, JSON and CSV, recognising the shapes of common benchmarks, mapping fields, and
//! saying where a file is wrong. Does not belong here: opening files (the workload gets bytes).

mod distinct;
mod mapping;
mod records;
mod shape;

use std::collections::{BTreeMap, BTreeSet};

pub use mapping::{FieldName, Fields};
pub use records::{Record, records};
pub use shape::Shape;

use super::item::Item;

/// What is wrong with a file, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{message}", .line.map(|l| format!("line {l}: ")).unwrap_or_default())]
pub struct DatasetProblem {
    /// Line, from 1, or number of the record in a JSON list.
    pub line: Option<usize>,
    /// What is wrong and what is accepted.
    pub message: String,
}

impl DatasetProblem {
    pub(super) fn at(line: usize, message: impl Into<String>) -> Self {
        Self { line: Some(line), message: message.into() }
    }

    pub(super) fn whole(message: impl Into<String>) -> Self {
        Self { line: None, message: message.into() }
    }
}

/// A file's items.
#[derive(Clone, Debug, PartialEq)]
pub struct Dataset {
    /// The shape that was recognised.
    pub shape: Shape,
    /// Names of the first record's fields, sorted.
    pub fields: Vec<String>,
    /// Items in the file's order.
    pub items: Vec<Item>,
    /// What was left out of the items, with the number of items it was left out of.
    pub left_out: Vec<String>,
}

/// Reads a file.
///
/// # Errors
/// The first thing that is wrong, with its line and field.
pub fn read(bytes: &[u8], fields: &Fields) -> Result<Dataset, DatasetProblem> {
    let records = records(bytes)?;
    let first = records.first().ok_or_else(|| {
        DatasetProblem::whole("it holds no items; expected JSON Lines, a JSON list of objects, or CSV with a header")
    })?;
    let shape = Shape::of(first);
    let names: Vec<String> = first.fields.keys().cloned().collect();
    let answer = FieldName::Answer.usual().iter().find(|name| first.fields.contains_key(**name)).copied();
    let answer = answer.filter(|_| !fields.maps(FieldName::Answer));
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut other_difficulties: BTreeMap<String, usize> = BTreeMap::new();
    let mut items = Vec::with_capacity(records.len());
    for record in &records {
        let (item, other_difficulty) = shape.item(record, fields)?;
        if let Some(said) = other_difficulty {
            *other_difficulties.entry(said).or_default() += 1;
        }
        if let Some(name) = answer.filter(|name| !record.fields.contains_key(*name)) {
            let message = format!(
                "has no field '{name}' for the item's answer, which the first item has; write null where it is unknown"
            );
            return Err(DatasetProblem::at(record.line, message));
        }
        if let Some(earlier) = seen.insert(item.id.clone(), record.line) {
            let message = format!("the id '{}' is that of line {earlier} already; ids must differ", item.id);
            return Err(DatasetProblem::at(record.line, message));
        }
        items.push(item);
    }
    let left_out = left_out(&other_difficulties).into_iter().collect();
    Ok(Dataset { shape, fields: names, items, left_out })
}

/// A sentence about difficulties that are none of Ergon's: they differ from one collection to the next.
fn left_out(difficulties: &BTreeMap<String, usize>) -> Option<String> {
    const SHOWN: usize = 5;
    let some: Vec<String> = difficulties.iter().take(SHOWN).map(|(said, n)| format!("'{said}' ({n})")).collect();
    let more = if difficulties.len() > SHOWN { ", …" } else { "" };
    let items: usize = difficulties.values().sum();
    (items > 0).then(|| {
        format!(
            "the difficulty of {items} item{} is left out: {}{more}; expected easy, medium or hard",
            if items == 1 { "" } else { "s" },
            some.join(", ")
        )
    })
}

impl Dataset {
    /// Items whose answer is unknown: they can be asked and not scored.
    pub fn unanswerable(&self) -> usize {
        self.items.iter().filter(|item| item.answer == super::item::Answer::Unknown).count()
    }

    /// Domains that occur.
    pub fn domains(&self) -> BTreeSet<&str> {
        self.items.iter().map(|item| item.domain.as_str()).collect()
    }
}
