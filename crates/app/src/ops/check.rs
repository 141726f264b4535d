//! `check`: data quality, and factors that changed nothing.

use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::error::AppError;

/// What to check.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct CheckRequest {
    /// Campaign id, ULID prefix, spec path or `latest`.
    pub campaign: String,
    /// Only this run (key or a prefix of it).
    pub run: Option<String>,
}

/// What was found.
#[derive(Clone, Debug, Serialize)]
pub struct CheckReply {
    /// Campaign id.
    pub campaign: String,
    /// Score, its four parts and the findings.
    #[serde(flatten)]
    pub quality: ergon_analysis::Quality,
}

/// Checks the data of a campaign, or of one run.
///
/// # Errors
/// No such campaign or run.
pub async fn check(app: &App, request: CheckRequest) -> Result<CheckReply, AppError> {
    let framed = app.frame(&request.campaign, None).await?;
    let quality = match &request.run {
        None => ergon_analysis::check_quality(&framed.frame, &framed.thresholds()),
        Some(prefix) => {
            let one = framed.only(prefix)?;
            ergon_analysis::check_quality(&one, &framed.thresholds())
        }
    };
    Ok(CheckReply { campaign: framed.campaign, quality })
}
