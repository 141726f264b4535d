//! Settings of a model, as written in a spec: read by name, every one of them known.

use std::collections::BTreeMap;

use serde_json::Value;

/// A setting that a provider doesn't take.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("models.{model}.{key}: {message}")]
pub struct SettingProblem {
    /// The model, by its name in the spec.
    pub model: String,
    /// The setting.
    pub key: String,
    /// What is wrong, and what is accepted.
    pub message: String,
}

/// Reads settings and remembers which were asked for.
pub(crate) struct Settings<'a> {
    model: &'a str,
    written: &'a BTreeMap<String, Value>,
    known: Vec<&'static str>,
}

impl<'a> Settings<'a> {
    pub(crate) fn new(model: &'a str, written: &'a BTreeMap<String, Value>) -> Self {
        Self { model, written, known: Vec::new() }
    }

    pub(crate) fn problem(&self, key: &str, message: impl Into<String>) -> SettingProblem {
        SettingProblem { model: self.model.into(), key: key.into(), message: message.into() }
    }

    /// A number from `min` to `max`, where written.
    pub(crate) fn number(&mut self, key: &'static str, min: f64, max: f64) -> Result<Option<f64>, SettingProblem> {
        self.known.push(key);
        let Some(written) = self.written.get(key) else { return Ok(None) };
        match written.as_f64() {
            Some(x) if x >= min && x <= max => Ok(Some(x)),
            _ => Err(self.problem(key, format!("{written} is not accepted; expected a number from {min} to {max}"))),
        }
    }

    /// After all were asked for: one that was written and not asked for is refused.
    pub(crate) fn finish(self) -> Result<(), SettingProblem> {
        match self.written.keys().find(|key| !self.known.contains(&key.as_str())) {
            None => Ok(()),
            Some(key) => {
                let message = format!("no such setting; expected one of {}", self.known.join(", "));
                Err(self.problem(key, message))
            }
        }
    }
}
