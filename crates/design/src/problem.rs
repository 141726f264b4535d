//! What is wrong with a spec, where, and what to do.

use std::fmt;
use std::sync::Arc;

use serde::Serialize;

/// A place in the file, counted from 1. Columns count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ts_rs::TS)]
pub struct Position {
    /// Line.
    pub line: u32,
    /// Column.
    pub column: u32,
}

/// Whether a problem stops the campaign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The spec can't be used.
    Error,
    /// Worth a look.
    Warning,
}

/// One thing wrong with a spec.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct Problem {
    /// File, as the user named it.
    pub file: Arc<str>,
    /// Where in the spec: `phases[1].design.size`; empty for the file as a whole.
    pub path: String,
    /// Line, from 1; `None` for what isn't in the file (`--set`, something missing altogether).
    pub line: Option<u32>,
    /// Column, from 1.
    pub column: Option<u32>,
    /// What is wrong.
    pub message: String,
    /// What would be accepted.
    pub expected: Option<String>,
    /// The name that was probably meant.
    pub suggestion: Option<String>,
    /// Whether it stops the campaign.
    pub severity: Severity,
}

impl Problem {
    /// An error at a path.
    pub fn error(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            file: Arc::from(""),
            path: path.into(),
            line: None,
            column: None,
            message: message.into(),
            expected: None,
            suggestion: None,
            severity: Severity::Error,
        }
    }

    /// A warning at a path.
    pub fn warning(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(path, message) }
    }

    /// With its place.
    #[must_use]
    pub fn at(mut self, position: Option<Position>) -> Self {
        (self.line, self.column) = (position.map(|p| p.line), position.map(|p| p.column));
        self
    }

    /// With what would be accepted.
    #[must_use]
    pub fn expected(mut self, expected: impl Into<String>) -> Self {
        self.expected = Some(expected.into());
        self
    }

    /// With the name that was probably meant.
    #[must_use]
    pub fn suggest(mut self, suggestion: Option<String>) -> Self {
        self.suggestion = suggestion;
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let (Some(line), Some(column)) = (self.line, self.column) {
            write!(f, ":{line}:{column}")?;
        }
        if !self.file.is_empty() {
            f.write_str(": ")?;
        }
        if self.severity == Severity::Warning {
            f.write_str("warning: ")?;
        }
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.message)?;
        match (&self.suggestion, &self.expected) {
            (Some(name), _) => write!(f, "; did you mean {name}?"),
            (None, Some(expected)) => write!(f, "; expected {expected}"),
            (None, None) => Ok(()),
        }
    }
}

/// All that is wrong with a spec: never empty, errors in the order of the file.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct SpecProblems(pub Vec<Problem>);

impl SpecProblems {
    /// Names the file in every problem and sorts by place.
    pub(crate) fn in_file(mut self, name: &str) -> Self {
        let file: Arc<str> = Arc::from(name);
        self.0.iter_mut().for_each(|p| p.file = Arc::clone(&file));
        self.0.sort_by_key(|p| (p.line.unwrap_or(u32::MAX), p.column.unwrap_or(u32::MAX)));
        self
    }
}

impl From<Problem> for SpecProblems {
    fn from(problem: Problem) -> Self {
        Self(vec![problem])
    }
}

impl fmt::Display for SpecProblems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, problem) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for SpecProblems {}
