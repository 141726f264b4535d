//! `check`: data quality, and factors that changed nothing.

use std::fmt::Write;

use ergon_analysis::{QualityReport, RunCheck};
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
    /// The run, where one was asked for: its measurements, its place in its condition, its twins. The quality is then
    /// that of this run alone.
    pub run: Option<RunCheck>,
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
        // One sentence: what a campaign doesn't use (no model, no faults) leaves many metrics without a value.
        let unset: Vec<&str> = nothing.unset_metrics.iter().map(ergon_domain::MetricId::as_str).collect();
        let unset = (!unset.is_empty()).then(|| format!("never set: {}", unset.join(", ")));
        inert.chain(same).chain(unset).collect()
    }

    /// For a person.
    pub fn text(&self) -> String {
        let q = &self.quality;
        let mut text = format!(
            "{}: quality {:.3} = completeness {:.3} × ranges {:.3} × consistency {:.3} × validity {:.3} ({} of {} runs)\n",
            self.campaign, q.score, q.completeness, q.ranges, q.consistency, q.validity, q.present, q.expected
        );
        if let Some(run) = &self.run {
            run_text(run, &mut text);
        }
        let of_run = self.run.iter().flat_map(|r| &r.findings);
        for f in q.findings.iter().chain(of_run) {
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
    let framed = app.frame(&request.campaign).await?;
    let (quality, run) = match &request.run {
        None => (ergon_analysis::check_quality(&framed.frame, framed.thresholds()), None),
        Some(prefix) => {
            let only = framed.only(prefix)?;
            let key = only.rows.first().map(|r| r.key);
            let at = framed.frame.rows.iter().position(|r| Some(r.key) == key);
            let run = at.and_then(|at| ergon_analysis::check_run(&framed.frame, at));
            (ergon_analysis::check_quality(&only, framed.thresholds()), run)
        }
    };
    Ok(CheckReply { campaign: framed.campaign, quality, run })
}

fn run_text(run: &RunCheck, text: &mut String) {
    let levels: Vec<String> = run.condition.iter().map(|(name, level)| format!("{name} = {level}")).collect();
    let _ = writeln!(text, "run {} (replicate {}): {}", run.run_id, run.replicate, levels.join(", "));
    for m in &run.measurements {
        let unit = if m.unit == "1" { "" } else { m.unit.as_str() };
        let shown = match (m.value, &m.reason) {
            (Some(x), _) if m.observation == "censored" => format!("> {x} {unit} (censored)"),
            (Some(x), _) => format!("{x} {unit}"),
            (None, Some(why)) => format!("{}: {why}", m.observation),
            (None, None) => m.observation.clone(),
        };
        let range = if m.in_range == Some(false) { "; outside its range" } else { "" };
        let place = m.cell.as_ref().map_or_else(String::new, |c| {
            let outside = if c.outside { ", outside their fences" } else { "" };
            format!("; above {} of the {} runs of its condition{outside}", c.below, c.n)
        });
        let source = m.provenance.as_deref().map_or_else(String::new, |p| format!(" [{p}]"));
        let _ = writeln!(text, "  {} = {}{source}{range}{place}", m.metric, shown.trim_end());
    }
    for twin in &run.twins {
        let _ = writeln!(
            text,
            "  twin {}: {} = {}, the same in {} of {} metrics",
            twin.run_id, twin.parameter, twin.value, twin.same, twin.metrics
        );
    }
}
