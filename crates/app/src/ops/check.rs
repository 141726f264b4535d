//! `check`: data quality, and factors that changed nothing.

use std::fmt::Write;

use ergon_analysis::QualityReport;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::error::AppError;

/// What to check.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ts_rs::TS)]
#[serde(default)]
pub struct CheckRequest {
    /// Campaign id, ULID prefix, spec path or `latest`.
    pub campaign: String,
    /// Only this run (key or a prefix of it).
    pub run: Option<String>,
}

/// What was found.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct CheckReply {
    /// Campaign id.
    pub campaign: String,
    /// Score, its four parts and the findings.
    #[serde(flatten)]
    pub quality: QualityReport,
}

impl CheckReply {
    /// Factors that change no metric, levels that can't be told apart, metrics never set, as sentences.
    pub fn nothing_varied(&self) -> Vec<String> {
        let nothing = &self.quality.nothing_varied;
        let inert =
            nothing.inert_factors.iter().map(|f| format!("{f} changes no metric: its levels give the same results"));
        let same = nothing
            .identical_levels
            .iter()
            .filter(|p| !nothing.inert_factors.contains(&p.factor))
            .map(|p| format!("{0} = {1} and {0} = {2} give identical results in every metric", p.factor, p.a, p.b));
        let unset = nothing.unset_metrics.iter().map(|m| format!("{m} was never set"));
        inert.chain(same).chain(unset).collect()
    }

    /// For a person.
    pub fn text(&self) -> String {
        let q = &self.quality;
        let mut text = format!(
            "{}: quality {:.3} = completeness {:.3} × ranges {:.3} × consistency {:.3} × validity {:.3} ({} of {} runs)\n",
            self.campaign, q.score, q.completeness, q.ranges, q.consistency, q.validity, q.present, q.expected
        );
        for f in &q.findings {
            let severity = serde_json::to_value(f.severity).ok().and_then(|v| v.as_str().map(str::to_owned));
            let advice = if f.advice.is_empty() { String::new() } else { format!(" → {}", f.advice) };
            let _ = writeln!(text, "{}: {}: {}{advice}", severity.unwrap_or_default(), f.place, f.message);
        }
        text
    }
}

/// Checks the data of a campaign, or of one run.
///
/// # Errors
/// No such campaign or run.
pub async fn check(app: &App, request: CheckRequest) -> Result<CheckReply, AppError> {
    let framed = app.frame(&request.campaign, None).await?;
    let quality = match &request.run {
        None => ergon_analysis::check_quality(&framed.frame, framed.thresholds()),
        Some(prefix) => ergon_analysis::check_quality(&framed.only(prefix)?, framed.thresholds()),
    };
    Ok(CheckReply { campaign: framed.campaign, quality })
}
