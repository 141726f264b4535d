//! `figure`: a publication figure.
use crate::app::App;
use crate::error::AppError;
use crate::frame::Framed;
use crate::ops::TextReply;
use serde::{Deserialize, Serialize};

/// Which figure.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct FigureRequest {
    /// Campaign id, ULID prefix, spec path or `latest`.
    pub campaign: String,
    /// Kind.
    pub kind: String,
    /// One metric.
    pub metric: Option<String>,
    /// Factors.
    pub by: Vec<String>,
    /// Width preset.
    pub width: String,
    /// Form.
    pub format: String,
}

/// Draws a figure.
///
/// # Errors
/// pending
pub async fn figure(_app: &App, _request: FigureRequest) -> Result<TextReply, AppError> {
    Err(AppError::operation("pending", "pending"))
}
pub(crate) fn write_all(
    _f: &Framed,
    _a: &[ergon_analysis::Analysis],
    _folder: &std::path::Path,
) -> Result<Vec<std::path::PathBuf>, AppError> {
    Ok(Vec::new())
}
