//! `report`: documents.
use crate::app::App;
use crate::error::AppError;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Which documents.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct ReportRequest {
    /// Campaign id, ULID prefix, spec path or `latest`.
    pub campaign: String,
    /// Only these phases.
    pub phases: Option<Vec<String>>,
    /// While it runs: marked exploratory.
    pub interim: bool,
    /// Folder.
    pub output: Option<PathBuf>,
}

/// What was written.
#[derive(Clone, Debug, Serialize)]
pub struct ReportReply {
    /// The files.
    pub paths: Vec<PathBuf>,
}

/// Writes the documents.
///
/// # Errors
/// pending
pub async fn report(_app: &App, _request: ReportRequest) -> Result<ReportReply, AppError> {
    Err(AppError::operation("pending", "pending"))
}
