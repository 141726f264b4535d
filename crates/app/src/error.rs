//! What a user is told when something can't be done.

use ergon_design::{Problem, SpecProblems};
use ergon_workloads::catalog::SettingsProblem;
use serde::Serialize;

/// Decides the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum ErrorKind {
    /// Wrong usage or invalid input (exit code 2).
    Input,
    /// The operation failed (exit code 1).
    Operation,
}

/// A sentence for the user, with a code for programs.
#[derive(Clone, Debug, thiserror::Error, Serialize, ts_rs::TS)]
#[error("{message}")]
pub struct AppError {
    /// Stable name of the kind of error (`invalid_spec`, `not_found`).
    pub code: String,
    /// What was wrong, where, and what to do.
    pub message: String,
    /// The field to blame, where there is one.
    pub field: Option<String>,
    /// What is wrong with a spec, each with its place, where that is what was wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[ts(as = "Option<Vec<Problem>>", optional)]
    pub problems: Vec<Problem>,
    /// Decides the exit code.
    #[serde(skip)]
    pub kind: ErrorKind,
}

impl AppError {
    /// Invalid input.
    pub fn input(code: &str, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into(), field: None, problems: Vec::new(), kind: ErrorKind::Input }
    }

    /// A failed operation.
    pub fn operation(code: &str, message: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            message: message.into(),
            field: None,
            problems: Vec::new(),
            kind: ErrorKind::Operation,
        }
    }

    /// With the field to blame.
    #[must_use]
    pub fn field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }
}

impl From<SpecProblems> for AppError {
    fn from(problems: SpecProblems) -> Self {
        let field = problems.0.first().map(|p| p.path.clone()).filter(|p| !p.is_empty());
        let message = problems.to_string();
        Self { field, problems: problems.0, ..Self::input("invalid_spec", message) }
    }
}

impl From<Vec<SettingsProblem>> for AppError {
    fn from(problems: Vec<SettingsProblem>) -> Self {
        let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        let field = problems.first().map(|p| p.path.clone());
        let message = lines.join("\n");
        let problems = problems.into_iter().map(|p| Problem::error(p.path, p.message)).collect();
        Self { field, problems, ..Self::input("invalid_spec", message) }
    }
}
