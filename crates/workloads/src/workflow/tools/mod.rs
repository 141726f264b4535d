//! Tools that agents use: each computes its result, and an error is an error.

use std::fmt::Write;

use ergon_domain::{FailureClass, ProcessExit, ProcessRequest, RunContext, RunError};

pub mod calculator;
pub(crate) mod calendar;
pub(crate) mod search;
pub(crate) mod tables;
pub(crate) mod units;

use super::item::shown;
use super::settings::ProgramTool;
use search::SearchIndex;

/// What a tool can't do with what it was given.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ToolError(String);

impl ToolError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

/// The tool's name, and what it is for with an example.
const BUILT_IN: [(&str, &str); 5] = [
    ("calculator", "the value of an expression, e.g. 60*3 + 40*2"),
    ("units", "a quantity in another unit, e.g. 26.2 mi in km"),
    ("search", "sentences of a reference that fit words best, e.g. capital of Japan"),
    ("calendar", "dates, e.g. days from 2024-01-31 to 2024-03-01; 2024-02-28 + 30 days; weekday of 2024-02-29"),
    ("table", "a cell of the tables planets, elements, parts, e.g. planets: radius_km of Mars"),
];

/// Bytes of a tool's result that a model is told.
const RESULT_CAP: usize = 4_000;

/// The tools of a campaign.
#[derive(Clone, Debug, Default)]
pub(super) struct Toolbox {
    pub(super) index: SearchIndex,
    pub(super) programs: Vec<ProgramTool>,
}

impl Toolbox {
    /// Names that a plan may use.
    pub(super) fn names(&self) -> Vec<&str> {
        BUILT_IN.iter().map(|(name, _)| *name).chain(self.programs.iter().map(|p| p.name.as_str())).collect()
    }

    /// One line a tool, for a model.
    pub(super) fn described(&self) -> String {
        let mut text = String::new();
        let own = self.programs.iter().map(|p| (p.name.as_str(), p.doc.as_str()));
        for (name, doc) in BUILT_IN.into_iter().chain(own) {
            let _ = writeln!(text, "- {name}: {doc}");
        }
        text
    }

    /// Uses a tool. The inner error is the tool's answer to a bad input, which a model may learn from.
    ///
    /// # Errors
    /// A program of the user's crashed, was killed, took too long or could not be started: the run's failure.
    pub(super) async fn call(
        &self,
        context: &RunContext,
        name: &str,
        input: &str,
    ) -> Result<Result<String, ToolError>, RunError> {
        match self.programs.iter().find(|p| p.name == name) {
            Some(program) => Ok(Ok(run(context, program, input).await?)),
            None => Ok(self.built_in(name, input)),
        }
    }

    /// Uses a tool that comes with Ergon.
    ///
    /// # Errors
    /// There is no such tool, or it can't work with the input.
    pub(super) fn built_in(&self, name: &str, input: &str) -> Result<String, ToolError> {
        match name {
            "calculator" => {
                calculator::evaluate(input, calculator::Scope::default()).map(|x| format!("{input} = {}", shown(x)))
            }
            "units" => units::convert(input),
            "search" => Ok(self.index.answer(input)),
            "calendar" => calendar::answer(input),
            "table" => tables::look_up(input),
            _ => Err(ToolError::new(format!("there is no tool '{name}'; there are {}", self.names().join(", ")))),
        }
    }
}

/// Names of the tools that come with Ergon.
pub(super) fn built_in_names() -> [&'static str; 5] {
    BUILT_IN.map(|(name, _)| name)
}

/// Runs a program of the user's: the input is its standard input, its standard output the result.
async fn run(context: &RunContext, program: &ProgramTool, input: &str) -> Result<String, RunError> {
    let request = ProcessRequest {
        argv: program.run.clone(),
        folder: Some(program.folder.clone()),
        stdin: Some(input.as_bytes().to_vec()),
        output_cap_bytes: RESULT_CAP,
        ..ProcessRequest::default()
    };
    let report = context.processes()?.run(request).await?;
    let crashed = |how: String| {
        let said = String::from_utf8_lossy(&report.stderr).into_owned();
        RunError::new(FailureClass::Crashed, format!("the tool {} {how}", program.name)).with_log(said)
    };
    match report.exit {
        ProcessExit::Code(0) => Ok(String::from_utf8_lossy(&report.stdout).trim().to_owned()),
        ProcessExit::Code(code) => Err(crashed(format!("exited with status {code}"))),
        ProcessExit::Signal(signal) => Err(crashed(format!("was ended by signal {signal}"))),
    }
}
