//! `table`: a publication table.

use ergon_analysis::{Analysis, Ask};
use ergon_design::spec::Question;
use ergon_publish::from_analysis::{
    ab_test_table, bargaining_table, comparison_table, contamination_table, cost_efficiency_table, dependency_table,
    descriptive_table, hypotheses_table, pairwise_table, per_correct_table, phase_shares_table, pivot_table,
    quality_table, regression_table, success_factors_table, summary_table, tax_table, threshold_table,
};
use ergon_publish::table::{CsvOptions, Table, TableStyle};
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::error::AppError;
use crate::frame::Framed;

/// Which table.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ts_rs::TS)]
#[serde(default)]
pub struct TableRequest {
    /// Campaign id, ULID prefix, spec path or `latest`.
    pub campaign: String,
    /// `descriptive`, `comparison`, `pairwise`, `pivot`, `regression`, `summary`, `quality`, `hypotheses`, `tax`,
    /// `per_correct`, `phase_shares`, `success_factors`, `cost_efficiency`, `exploitation`, `efficiency`, or of a question
    /// asked as such `dependency`, `threshold`, `contamination`, `ab_test`.
    pub kind: String,
    /// One metric (for `pivot` several, separated by commas); left out: that of the spec's first question, else the
    /// first.
    pub metric: Option<String>,
    /// Factors; left out: those of the question, else the campaign's.
    pub by: Vec<String>,
    /// `booktabs`, `apa7`, `ieee`, `acm` or `neurips`.
    pub style: String,
    /// `tex`, `html`, `md`, `typ` or `csv`.
    pub format: String,
}

/// A text to print or save.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct TextReply {
    /// The text.
    pub text: String,
    /// What could not be rendered as it is.
    pub warnings: Vec<String>,
}

const KINDS: [&str; 19] = [
    "descriptive",
    "comparison",
    "pairwise",
    "pivot",
    "regression",
    "summary",
    "quality",
    "hypotheses",
    "tax",
    "per_correct",
    "phase_shares",
    "success_factors",
    "cost_efficiency",
    "exploitation",
    "efficiency",
    "dependency",
    "threshold",
    "contamination",
    "ab_test",
];

/// The factor of a table about ways of working: as asked, else `workflow`, else the first.
fn way_of_working<'b>(kind: &str, by: &'b [String]) -> Result<&'b str, AppError> {
    let named = by.iter().find(|name| *name == "workflow").or_else(|| by.first());
    named.map(String::as_str).ok_or_else(|| needs(kind, "one factor, the way of working"))
}

/// The error for a name that is none of the accepted ones.
pub(crate) fn unknown(field: &str, given: &str, accepted: &[&str]) -> AppError {
    let message = format!("'{given}' is no {field}; expected one of {}", accepted.join(", "));
    AppError::input(&format!("unknown_{field}"), message).field(field)
}

/// A metric and factors: as asked, else those of the spec's first question about the metric, else all factors.
pub(crate) fn subject(framed: &Framed, metric: Option<&str>, by: &[String]) -> Result<(String, Vec<String>), AppError> {
    let questions = &framed.loaded.campaign.spec.analysis.questions;
    let question = match metric {
        Some(name) => questions.iter().find(|q| q.metric == name),
        None => questions.first(),
    };
    let first = framed.frame.metrics.first().map(|m| m.id.to_string());
    let metric = metric
        .map(str::to_owned)
        .or_else(|| question.map(|q| q.metric.clone()))
        .or(first)
        .ok_or_else(|| AppError::operation("no_metrics", "the workload declares no metrics"))?;
    let by = match (by, question) {
        ([_, ..], _) => by.to_vec(),
        ([], Some(q)) if !q.by.is_empty() => q.by.clone(),
        _ => framed.frame.varied().iter().map(ToString::to_string).collect(),
    };
    Ok((metric, by))
}

/// A question about a metric with the spec's confidence and correction.
pub(crate) fn ask(framed: &Framed, metric: &str) -> Ask {
    let plan = &framed.loaded.campaign.spec.analysis;
    Ask { confidence: plan.confidence, correction: plan.correction, ..Ask::about(metric) }
}

/// Makes a table.
///
/// # Errors
/// An unknown kind, style or form; names that aren't there; nothing to show.
pub async fn table(app: &App, request: TableRequest) -> Result<TextReply, AppError> {
    if !KINDS.contains(&request.kind.as_str()) {
        return Err(unknown("kind", &request.kind, &KINDS));
    }
    let named = if request.style.is_empty() { "booktabs" } else { &request.style };
    let Some((_, style)) = TableStyle::ALL.into_iter().find(|(name, _)| *name == named) else {
        return Err(unknown("style", named, &TableStyle::ALL.map(|(name, _)| name)));
    };
    let framed = app.frame(&request.campaign).await?;
    render(&make(&framed, &request)?, style, &request.format)
}

fn needs(kind: &str, what: &str) -> AppError {
    AppError::input("no_table", format!("a table of kind '{kind}' needs {what}")).field("by")
}

fn make(framed: &Framed, request: &TableRequest) -> Result<Table, AppError> {
    let (frame, spec) = (&framed.frame, &framed.loaded.campaign.spec);
    match request.kind.as_str() {
        "descriptive" => {
            let (metric, by) = subject(framed, request.metric.as_deref(), &request.by)?;
            Ok(descriptive_table(&ergon_analysis::describe(frame, &ask(framed, &metric), &by)?))
        }
        "comparison" => {
            let analyses = if request.metric.is_none() && request.by.is_empty() {
                ergon_analysis::run_plan(frame, &spec.analysis, &[]).analyses
            } else {
                let (metric, by) = subject(framed, request.metric.as_deref(), &request.by)?;
                let mut found: Vec<Analysis> = Vec::new();
                for factor in &by {
                    found.extend(ergon_analysis::compare(frame, &ask(framed, &metric), factor)?);
                }
                found
            };
            comparison_table(&analyses)
                .ok_or_else(|| AppError::operation("nothing_to_show", "these data hold no comparison of levels"))
        }
        "pairwise" => {
            let (metric, by) = subject(framed, request.metric.as_deref(), &request.by)?;
            let factor = by.first().ok_or_else(|| needs("pairwise", "one factor, whose levels are compared"))?;
            pairwise_table(&ergon_analysis::compare(frame, &ask(framed, &metric), factor)?)
                .ok_or_else(|| needs("pairwise", "levels that can be compared in pairs"))
        }
        "pivot" => {
            let first = request.metric.as_deref().and_then(|names| names.split(',').next());
            let (metric, mut by) = subject(framed, first, &request.by)?;
            by.truncate(if request.by.is_empty() { 2 } else { by.len() });
            if by.len() != 2 {
                return Err(needs("pivot", "two factors (rows, columns): name them with --by"));
            }
            let mut described = Vec::new();
            for name in request.metric.as_deref().unwrap_or(&metric).split(',') {
                described.push(ergon_analysis::describe(frame, &ask(framed, name.trim()), &by)?);
            }
            pivot_table(&described).ok_or_else(|| needs("pivot", "two factors (rows, columns)"))
        }
        "regression" => {
            let (metric, by) = subject(framed, request.metric.as_deref(), &request.by)?;
            let numeric = |name: &&String| framed.frame.levels(name).iter().all(|level| level.as_f64().is_some());
            let factor = if request.by.is_empty() { by.iter().find(numeric) } else { by.first() };
            let factor = factor.ok_or_else(|| needs("regression", "a factor with numbers"))?;
            regression_table(&ergon_analysis::slope(frame, &ask(framed, &metric), factor)?)
                .ok_or_else(|| needs("regression", "a factor with numbers"))
        }
        "tax" => {
            let (metric, by) = named_question(framed, request)?;
            let factor = way_of_working("tax", &by)?;
            tax_table(&ergon_analysis::orchestration_tax(frame, &ask(framed, &metric), factor)?)
                .ok_or_else(|| needs("tax", "pairs of runs that differ in their way of working"))
        }
        "per_correct" => {
            let (metric, by) = named_question(framed, request)?;
            let factor = way_of_working("per_correct", &by)?;
            per_correct_table(&ergon_analysis::per_correct(frame, &ask(framed, &metric), factor)?)
                .ok_or_else(|| needs("per_correct", "graded runs"))
        }
        "phase_shares" => {
            let (metric, by) = named_question(framed, request)?;
            let factor = way_of_working("phase_shares", &by)?;
            phase_shares_table(&ergon_analysis::phase_shares(frame, &ask(framed, &metric), factor)?)
                .ok_or_else(|| needs("phase_shares", "runs whose parts are known"))
        }
        "success_factors" => {
            let (metric, by) = named_question(framed, request)?;
            if by.is_empty() {
                return Err(needs("success_factors", "a factor"));
            }
            success_factors_table(&ergon_analysis::success_factors(frame, &ask(framed, &metric), &by)?)
                .ok_or_else(|| needs("success_factors", "a factor"))
        }
        "cost_efficiency" => {
            let (metric, by) = named_question(framed, request)?;
            let factor = by.first().ok_or_else(|| needs("cost_efficiency", "a factor"))?;
            cost_efficiency_table(&ergon_analysis::cost_efficiency(frame, &ask(framed, &metric), factor)?)
                .ok_or_else(|| needs("cost_efficiency", "a factor"))
        }
        "exploitation" | "efficiency" => {
            let (metric, by) = named_question(framed, request)?;
            let found = match request.kind.as_str() {
                "exploitation" => ergon_analysis::exploitation(frame, &ask(framed, &metric), &by)?,
                _ => ergon_analysis::efficiency(frame, &ask(framed, &metric), &by)?,
            };
            bargaining_table(&found).ok_or_else(|| needs(&request.kind, "games in the groups of --by"))
        }
        kind if super::surface::is_kind(kind) => {
            let analysis = super::surface::analysis(framed, kind, request.metric.as_deref())?;
            let made = match kind {
                "dependency" => dependency_table(&analysis),
                "threshold" => threshold_table(&analysis),
                "contamination" => contamination_table(&analysis),
                _ => ab_test_table(&analysis),
            };
            made.ok_or_else(|| AppError::operation("nothing_to_show", "the question has no answer to show"))
        }
        "summary" => Ok(summary_table(frame, spec.analysis.confidence)?),
        "quality" => Ok(quality_table(&ergon_analysis::check_quality(frame, framed.thresholds()))),
        _ => {
            let results = ergon_analysis::test_hypotheses(
                frame,
                &spec.hypotheses,
                spec.analysis.correction,
                spec.analysis.confidence,
            );
            if results.is_empty() {
                return Err(AppError::operation("nothing_to_show", "the spec has no hypotheses"));
            }
            Ok(hypotheses_table(&results))
        }
    }
}

/// Metric and factors of the spec's first question of the request's kind, where the request leaves them open.
fn named_question(framed: &Framed, request: &TableRequest) -> Result<(String, Vec<String>), AppError> {
    let questions = &framed.loaded.campaign.spec.analysis.questions;
    let is_about = |q: &&Question| request.metric.as_ref().is_none_or(|name| q.metric == *name);
    let of_kind = |q: &&Question| q.kind.is_some_and(|kind| kind.name() == request.kind);
    match questions.iter().filter(is_about).find(of_kind) {
        Some(question) if request.by.is_empty() => Ok((question.metric.clone(), question.by.clone())),
        Some(question) => Ok((question.metric.clone(), request.by.clone())),
        None => subject(framed, request.metric.as_deref(), &request.by),
    }
}

fn render(table: &Table, style: TableStyle, format: &str) -> Result<TextReply, AppError> {
    let rendered = match format {
        "" | "tex" => table.to_latex(style),
        "html" => table.to_html(style),
        "md" => table.to_markdown(style),
        "typ" => table.to_typst(style),
        "csv" => table.to_csv(CsvOptions { guard_formulas: true }),
        other => return Err(unknown("format", other, &["tex", "html", "md", "typ", "csv"])),
    }
    .map_err(|e| AppError::operation("internal", e.to_string()))?;
    let warnings = rendered.warnings.iter().map(ToString::to_string).collect();
    Ok(TextReply { text: rendered.text, warnings })
}
