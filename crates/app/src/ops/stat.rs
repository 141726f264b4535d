//! `stat`: statistics cases, read from a file and answered one by one.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::app::App;
use crate::error::AppError;
use crate::stat_cases;

/// Which cases.
#[derive(Clone, Debug, Deserialize, Serialize, ts_rs::TS)]
pub struct StatRequest {
    /// A file of one procedure: `{procedure, cases: [{id, inputs, options}]}`.
    pub cases: PathBuf,
}

/// Why a case has no result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ts_rs::TS)]
pub struct StatProblem {
    /// What it is: `degenerate`, `separation`, `rank_deficient`, `not_converged`, `out_of_range`, `invalid_input`.
    pub condition: String,
    /// The same in a sentence, with the field or sample concerned.
    pub message: String,
}

/// One case, answered: with a result or with the reason why there is none.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct StatLine {
    /// The case's id as the file has it.
    pub id: Value,
    /// The numbers, under the keys of the case's `expected`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<Value>,
    /// Why there is no result.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<StatProblem>,
}

/// How many cases had a result.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct StatReply {
    /// The procedure.
    pub procedure: String,
    /// Cases with a result.
    pub answered: u64,
    /// Cases without one.
    pub unanswered: u64,
}

/// Answers the cases of a file, in their order.
///
/// # Errors
/// The file can't be read, or isn't a file of cases. A case without a result is a line, not an error.
pub async fn stat(
    _app: &App,
    request: StatRequest,
    on_line: &mut (dyn FnMut(StatLine) + Send),
) -> Result<StatReply, AppError> {
    let place = request.cases.display();
    let text = std::fs::read_to_string(&request.cases)
        .map_err(|e| AppError::input("unreadable_file", format!("{place}: {e}")).field("cases"))?;
    let file: Value = serde_json::from_str(&text)
        .map_err(|e| AppError::input("invalid_cases", format!("{place}: not JSON: {e}")).field("cases"))?;
    let lacks = |field: &str, what: &str| {
        AppError::input("invalid_cases", format!("{place}: no '{field}': expected {what} (a file of statistics cases)"))
            .field(field)
    };
    let cases = file["cases"].as_array().ok_or_else(|| lacks("cases", "a list of {id, inputs, options}"))?;
    let procedure = file["procedure"].as_str().ok_or_else(|| lacks("procedure", "the name of a procedure"))?;
    let mut reply = StatReply { procedure: procedure.to_owned(), answered: 0, unanswered: 0 };
    for case in cases {
        let id = case["id"].clone();
        on_line(match stat_cases::answer(procedure, &case["inputs"], &case["options"]) {
            Ok(result) => {
                reply.answered += 1;
                StatLine { id, result: Some(result), error: None }
            }
            Err(error) => {
                reply.unanswered += 1;
                let problem = StatProblem { condition: error.condition().to_owned(), message: error.to_string() };
                StatLine { id, result: None, error: Some(problem) }
            }
        });
    }
    Ok(reply)
}
