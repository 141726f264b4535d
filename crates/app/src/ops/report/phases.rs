//! What a report says phase by phase.

use ergon_analysis::{Analysis, AnalysisKind, Ask, Frame, Refusal, Role, describe, run_plan};
use ergon_design::spec::{self, FrameChoice};
use ergon_publish::number::{Digits, Grouping, Shown, with_unit};
use ergon_publish::p_value::{PStyle, ShownP};
use serde::Serialize;
use serde_json::{Value as Json, json};

use super::joined;
use crate::error::AppError;
use crate::frame::Framed;

/// The most findings of a phase that are put into sentences.
const MOST_FINDINGS: usize = 20;

/// `<phase>_detailed_report.json` and `phase_summaries/<phase>.json`.
pub(super) struct PhaseReport {
    pub(super) phase: String,
    pub(super) detailed: Json,
    pub(super) summary: Json,
}

/// The phases of the frame that have runs.
pub(super) fn phase_reports(framed: &Framed, interim: bool) -> Result<Vec<PhaseReport>, AppError> {
    let spec = &framed.loaded.campaign.spec;
    let chosen = &framed.frame.selection.phases;
    let mut reports = Vec::new();
    for structure in &framed.frame.structure.phases {
        if !chosen.is_empty() && !chosen.contains(&structure.name) {
            continue;
        }
        let choice = FrameChoice { phases: vec![structure.name.clone()], filters: Vec::new() };
        let frame = match framed.frame.select(&choice) {
            Ok(frame) => frame,
            Err(ergon_analysis::AnalysisError::NoRuns) => continue,
            Err(other) => return Err(other.into()),
        };
        let focus = spec.phases.iter().find(|p| p.name == structure.name).and_then(|p| p.focus.clone());
        let conditions: std::collections::BTreeSet<_> = frame.rows.iter().map(|r| r.condition.digest).collect();
        let head = json!({
            "phase": structure.name,
            "focus": focus,
            "design": structure.design.name(),
            "replicates": structure.replicates,
            "experiment_count": conditions.len(),
            "planned_runs": structure.planned_runs,
            "successful_runs": frame.rows.len(),
            "interim": interim,
        });
        let plan = spec::Analysis { questions: questions(spec, &structure.name), ..spec.analysis.clone() };
        let mut found = run_plan(&frame, &plan, &[]);
        if interim {
            found = found.as_interim();
        }
        reports.push(PhaseReport {
            phase: structure.name.clone(),
            detailed: joined(
                head.clone(),
                &Detailed {
                    key_findings: key_findings(&found.analyses, 1.0 - plan.confidence),
                    quality: json!(ergon_analysis::check_quality(&frame, framed.thresholds())),
                    detailed_results: found.analyses,
                    refusals: found.refusals,
                },
            )?,
            summary: joined(head, &json!({ "metrics": metrics(&frame, plan.confidence) }))?,
        });
    }
    Ok(reports)
}

#[derive(Serialize)]
struct Detailed {
    key_findings: Vec<String>,
    quality: Json,
    detailed_results: Vec<Analysis>,
    refusals: Vec<Refusal>,
}

/// The questions of the spec that are about this phase, or about all of them.
fn questions(spec: &spec::Spec, phase: &str) -> Vec<spec::Question> {
    let about = |q: &&spec::Question| {
        q.frame.as_ref().is_none_or(|f| f.phases.is_empty() || f.phases.iter().any(|p| p == phase))
    };
    let here = |q: &spec::Question| {
        let filters = q.frame.as_ref().map_or(Vec::new(), |f| f.filters.clone());
        let frame = (!filters.is_empty()).then_some(FrameChoice { phases: Vec::new(), filters });
        spec::Question { frame, ..q.clone() }
    };
    spec.analysis.questions.iter().filter(about).map(here).collect()
}

/// Every metric over all runs of the phase.
fn metrics(frame: &Frame, confidence: f64) -> Vec<Json> {
    let of = |metric: &ergon_domain::Metric| {
        let ask = Ask { confidence, ..Ask::about(metric.id.as_str()) };
        match describe(frame, &ask, &[]) {
            Ok(found) => json!({
                "metric": metric.id, "title": metric.title, "unit": metric.unit, "over_all_runs": found.levels.first(),
            }),
            Err(error) => json!({
                "metric": metric.id, "title": metric.title, "unit": metric.unit, "not_available": error.to_string(),
            }),
        }
    };
    frame.metrics.iter().map(of).collect()
}

/// What the corrected tests tell apart, surest first, as sentences.
fn key_findings(analyses: &[Analysis], alpha: f64) -> Vec<String> {
    let mut found: Vec<(f64, String)> = analyses
        .iter()
        .filter(|a| matches!(a.kind, AnalysisKind::Contrast | AnalysisKind::Survival | AnalysisKind::Regression))
        .filter_map(|a| Some((a.p_adjusted.or(a.p).filter(|p| *p < alpha)?, a)))
        .filter_map(|(p, a)| Some((p, finding(p, a)?)))
        .collect();
    found.sort_by(|a, b| a.0.total_cmp(&b.0));
    found.into_iter().take(MOST_FINDINGS).map(|(_, text)| text).collect()
}

fn finding(p: f64, analysis: &Analysis) -> Option<String> {
    let question = &analysis.question;
    let factor = question.factor.as_deref()?;
    let subject = match (&question.treatment, &question.control) {
        (Some(treatment), Some(control)) => format!("{factor} = {treatment} against {control}"),
        _ => format!("over {factor}"),
    };
    let estimate = analysis.main_estimate().map(|e| {
        // A ratio has no standard error of its own: the interval's half is two of them, roughly.
        let half = e.ci.map(|ci| 0.25 * (ci.hi - ci.lo)).filter(|h| h.is_finite() && *h > 0.0);
        let digits = e.se.or(half).map_or(Digits::Uncertainty, Digits::as_for);
        let shown = |x: f64| Shown::new(x, None, digits).map_or("–".into(), |s| s.to_text(Grouping::Space));
        let unit = if e.unit == "1" { "" } else { e.unit.as_str() };
        let ci = e.ci.map_or(String::new(), |ci| format!(" [{}, {}]", shown(ci.lo), shown(ci.hi)));
        format!(": {} {}{ci}", question.estimand.replace('_', " "), with_unit(&shown(e.value), unit))
    });
    let p = ShownP::new(p, PStyle::Plain)?.to_sentence_text();
    let mark = match (analysis.simulated_model, question.role) {
        (true, _) => " (simulated: not evidence)",
        (false, Role::Exploratory) => " (exploratory)",
        (false, Role::Planned) => "",
    };
    Some(format!("{}, {subject}{}, corrected {p}{mark}", question.metric_title, estimate.unwrap_or_default()))
}
