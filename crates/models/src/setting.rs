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

    /// A whole number from `min` to `max`, where written.
    pub(crate) fn count(&mut self, key: &'static str, min: u64, max: u64) -> Result<Option<u64>, SettingProblem> {
        self.known.push(key);
        let Some(written) = self.written.get(key) else { return Ok(None) };
        match written.as_u64() {
            Some(n) if (min..=max).contains(&n) => Ok(Some(n)),
            _ => {
                Err(self
                    .problem(key, format!("{written} is not accepted; expected a whole number from {min} to {max}")))
            }
        }
    }

    /// Yes or no, where written.
    pub(crate) fn flag(&mut self, key: &'static str) -> Result<Option<bool>, SettingProblem> {
        self.known.push(key);
        let Some(written) = self.written.get(key) else { return Ok(None) };
        match written.as_bool() {
            Some(flag) => Ok(Some(flag)),
            None => Err(self.problem(key, format!("{written} is not accepted; expected true or false"))),
        }
    }

    /// A text, where written.
    pub(crate) fn text(&mut self, key: &'static str) -> Result<Option<&'a str>, SettingProblem> {
        self.known.push(key);
        let Some(written) = self.written.get(key) else { return Ok(None) };
        match written.as_str().filter(|text| !text.is_empty()) {
            Some(text) => Ok(Some(text)),
            None => Err(self.problem(key, format!("{written} is not accepted; expected a text"))),
        }
    }

    /// One of several words, where written.
    pub(crate) fn word<T: Copy>(
        &mut self,
        key: &'static str,
        words: &[(&str, T)],
    ) -> Result<Option<T>, SettingProblem> {
        let Some(written) = self.text(key)? else { return Ok(None) };
        match words.iter().find(|(word, _)| *word == written) {
            Some((_, meant)) => Ok(Some(*meant)),
            None => {
                let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
                Err(self.problem(key, format!("'{written}' is not accepted; expected one of {}", known.join(", "))))
            }
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
