//! What became of every key of an imported file.

use serde::Serialize;
use serde_json::Value as Json;

/// What became of every key of an imported file, in its order.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ImportReport {
    /// Keys taken over: `key → where it went: value`.
    pub mapped: Vec<String>,
    /// What the spec needs and the file does not say: `where: value (from where)`.
    pub defaulted: Vec<String>,
    /// Keys left out: `key: because …`.
    pub ignored: Vec<String>,
    /// Where the original contradicts itself, or a choice is left to the user.
    pub warnings: Vec<String>,
}

impl ImportReport {
    pub(super) fn map(&mut self, key: &str, to: &str, value: &Json) {
        self.mapped.push(format!("{key} → {to}: {value}"));
    }

    pub(super) fn presume(&mut self, to: &str, value: &str, why: &str) {
        self.defaulted.push(format!("{to}: {value} ({why})"));
    }

    pub(super) fn ignore(&mut self, key: &str, why: &str) {
        self.ignored.push(format!("{key}: because {why}"));
    }

    pub(super) fn warn(&mut self, message: impl Into<String>) {
        self.warnings.push(message.into());
    }
}
