//! The operations, one file each. Requests and replies are the wire form: what CLI.md promises, and more.

mod analyze;
mod check;
mod create;
mod diff;
mod doctor;
mod figure;
mod import;
mod list;
mod plan;
mod report;
mod results;
mod run;
mod sql;
mod status;
mod steer;
mod table;
mod validate;

pub use analyze::{AnalyzeReply, AnalyzeRequest, analyze};
pub use check::{CheckReply, CheckRequest, check};
pub use create::{CreateReply, CreateRequest, create};
pub use diff::{DiffReply, DiffRequest, diff};
pub(crate) use doctor::free_bytes;
pub use doctor::{DoctorCheck, DoctorReply, DoctorRequest, DoctorState, doctor};
pub use figure::{FigureRequest, figure};
pub use import::{ImportReply, ImportRequest, ImportedFile, import};
pub use list::{CampaignRow, ListReply, ListRequest, list};
pub use plan::{PlanLine, PlanReply, PlanRequest, plan};
pub use report::{ReportReply, ReportRequest, report};
pub use results::{ResultsForm, ResultsReply, ResultsRequest, results};
pub use run::{RunEvent, RunReply, RunRequest, run, run_with};
pub use sql::{SqlReply, SqlRequest, sql};
pub use status::{FailedRun, StatusReply, StatusRequest, status};
pub use steer::{Acknowledged, QueueRequest, Steer, SteerRequest, queue, steer};
pub use table::{TableRequest, TextReply, table};
pub use validate::{Estimate, Forecast, PhaseCount, ValidateReply, ValidateRequest, validate};

use ergon_design::{PlanOptions, WhereFilter};
use serde::{Deserialize, Serialize};

use crate::error::AppError;

/// The JSON Schema of a spec, for editors.
pub fn spec_schema() -> serde_json::Value {
    ergon_design::schema::json_schema()
}

/// What part of a plan is wanted.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Selection {
    /// Phases; all when left out.
    pub phases: Option<Vec<String>>,
    /// `factor=level` filters.
    pub filters: Vec<String>,
    /// At most this many runs.
    pub limit: Option<u64>,
    /// Replicates from this one on.
    pub start_from: u32,
}

impl Selection {
    /// Whether it is all of the plan.
    pub(crate) fn is_all(&self) -> bool {
        self.phases.is_none() && self.filters.is_empty() && self.limit.is_none() && self.start_from == 0
    }

    pub(crate) fn options(&self) -> Result<PlanOptions, AppError> {
        let filters = self
            .filters
            .iter()
            .map(|f| WhereFilter::parse(f))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|e| AppError::input("invalid_filter", e.to_string()).field("where"))?;
        Ok(PlanOptions { phases: self.phases.clone(), filters, limit: self.limit, start_from: self.start_from })
    }
}

/// A plan that can't be made is invalid input. `--limit` lets a longer plan be listed; to run it, it has to be smaller.
pub(crate) fn plan_error(error: ergon_design::PlanError) -> AppError {
    AppError::input("invalid_plan", error.to_string())
}
