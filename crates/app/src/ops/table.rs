//! `table`: a publication table.
use crate::app::App;
use crate::error::AppError;
use serde::{Deserialize, Serialize};

/// Which table.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct TableRequest {
    /// Campaign id, ULID prefix, spec path or `latest`.
    pub campaign: String,
    /// Kind.
    pub kind: String,
    /// One metric.
    pub metric: Option<String>,
    /// Factors.
    pub by: Vec<String>,
    /// Style.
    pub style: String,
    /// Form.
    pub format: String,
}

/// A text to print or save.
#[derive(Clone, Debug, Serialize)]
pub struct TextReply {
    /// The text.
    pub text: String,
    /// What could not be rendered as it is.
    pub warnings: Vec<String>,
}

/// Makes a table.
///
/// # Errors
/// pending
pub async fn table(_app: &App, _request: TableRequest) -> Result<TextReply, AppError> {
    Err(AppError::operation("pending", "pending"))
}
