//! A spec under construction, with the word about every key.

use serde_json::Value as Json;

use crate::import::report::ImportReport;
use crate::import::source::{json, set};
use crate::problem::Problem;
use crate::tree::{Content, Node};

/// A spec under construction.
pub(super) struct Draft {
    pub(super) spec: Json,
    pub(super) report: ImportReport,
    pub(super) problems: Vec<Problem>,
}

impl Draft {
    pub(super) fn new(spec: Json) -> Self {
        Self { spec, report: ImportReport::default(), problems: Vec::new() }
    }

    /// Takes a key over.
    pub(super) fn map(&mut self, key: &str, to: &str, value: Json) {
        self.report.map(key, to, &value);
        set(&mut self.spec, to, value);
    }

    /// Sets what the file does not say.
    pub(super) fn default(&mut self, to: &str, value: Json, why: &str) {
        self.report.presume(to, &value.to_string(), why);
        set(&mut self.spec, to, value);
    }

    /// Refuses a value.
    pub(super) fn refuse(&mut self, key: &str, node: &Node, expected: &str) {
        let found = match &node.content {
            Content::Text(text) => format!("'{}'", crate::read::shortened(text)),
            Content::List(_) | Content::Map(_) | Content::Null => node.content.kind().to_owned(),
            _ => json(node).to_string(),
        };
        let problem = Problem::error(key, format!("{found} is not accepted")).at(node.position);
        self.problems.push(problem.expected(expected));
    }

    /// A number in an interval.
    pub(super) fn number(&mut self, key: &str, node: &Node, (min, max): (f64, f64)) -> Option<Json> {
        let value = json(node);
        if value.as_f64().is_some_and(|x| (min..=max).contains(&x)) {
            return Some(value);
        }
        let expected = if max.is_finite() {
            format!("a number from {min} to {max}")
        } else {
            format!("a number of at least {min}")
        };
        self.refuse(key, node, &expected);
        None
    }

    /// A whole number in an interval.
    pub(super) fn whole(&mut self, key: &str, node: &Node, (min, max): (i128, i128)) -> Option<Json> {
        match node.content {
            Content::Int(i) if (min..=max).contains(&i) => Some(json(node)),
            _ => {
                self.refuse(key, node, &format!("a whole number from {min} to {max}"));
                None
            }
        }
    }

    /// Text.
    pub(super) fn text<'n>(&mut self, key: &str, node: &'n Node) -> Option<&'n str> {
        match &node.content {
            Content::Text(text) => Some(text),
            _ => {
                self.refuse(key, node, "text");
                None
            }
        }
    }

    /// True or false.
    pub(super) fn flag(&mut self, key: &str, node: &Node) -> Option<bool> {
        match node.content {
            Content::Bool(b) => Some(b),
            _ => {
                self.refuse(key, node, "true or false");
                None
            }
        }
    }

    /// One of the original's words, as Ergon's.
    pub(super) fn word(
        &mut self,
        key: &str,
        node: &Node,
        known: &dyn Fn(&str) -> Option<&'static str>,
        expected: &str,
    ) -> Option<Json> {
        let found = match &node.content {
            Content::Text(text) => known(text),
            _ => None,
        };
        if found.is_none() {
            self.refuse(key, node, expected);
        }
        found.map(Json::from)
    }

    /// One value, or a list of values, each read by `each`; a problem with one is a problem with the list.
    pub(super) fn list(
        &mut self,
        key: &str,
        node: &Node,
        each: &mut dyn FnMut(&mut Self, &str, &Node) -> Option<Json>,
    ) -> Option<Vec<Json>> {
        match &node.content {
            Content::List(items) if items.is_empty() => {
                self.refuse(key, node, "at least one value");
                None
            }
            Content::List(items) => {
                items.iter().enumerate().map(|(i, item)| each(self, &format!("{key}[{i}]"), item)).collect()
            }
            _ => each(self, key, node).map(|one| vec![one]),
        }
    }

    /// The spec and its report, unless something was refused.
    pub(super) fn done(self) -> Result<crate::import::Imported, Vec<Problem>> {
        if self.problems.is_empty() {
            Ok(crate::import::Imported { spec: Some(self.spec), report: self.report })
        } else {
            Err(self.problems)
        }
    }
}
