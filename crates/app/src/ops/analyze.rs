//! `analyze`: statistics. Asked without a metric it answers the plan of the spec (or of a plan file); with a metric it
//! answers that question and labels it exploratory.

use std::fmt::Write;
use std::path::PathBuf;

use ergon_analysis::{Analysis, AnalysisKind, Ask, Detail, HypothesisResult, Refusal};
use ergon_design::spec;
use ergon_publish::from_analysis::{comparison_table, descriptive_table};
use ergon_publish::table::{Table, TableStyle};
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::error::AppError;
use crate::spec_source::{SPEC_CAP, read_file};

/// What to ask of the data.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ts_rs::TS)]
#[serde(default)]
pub struct AnalyzeRequest {
    /// Campaign id, ULID prefix, spec path or `latest`.
    pub campaign: String,
    /// A YAML or JSON file with an `analysis` section.
    pub plan: Option<PathBuf>,
    /// One metric.
    pub metric: Option<String>,
    /// Factors.
    pub by: Vec<String>,
    /// A procedure instead of the one that follows from the design.
    pub test: Option<String>,
    /// Correction for several tests.
    pub correction: Option<String>,
    /// Write a figure per question into this folder.
    pub figures: Option<PathBuf>,
    /// With a metric: the answer's tables too, for a page.
    pub tables: bool,
}

/// The answers.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct AnalyzeReply {
    /// Campaign id.
    pub campaign: String,
    /// The analyses, in the order of the questions.
    pub analyses: Vec<Analysis>,
    /// Verdicts on the hypotheses of the spec.
    pub hypotheses: Vec<HypothesisResult>,
    /// Questions that these data can't answer, and why.
    pub refusals: Vec<Refusal>,
    /// Figures written.
    pub figures: Vec<PathBuf>,
    /// The answer as tables, where asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub tables: Option<AnswerTables>,
}

/// An answer as HTML tables: the very analyses of the reply, computed once.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct AnswerTables {
    /// Levels compared; `None` where nothing could be.
    pub comparison: Option<String>,
    /// What was found at each level.
    pub levels: Option<String>,
}

impl AnalyzeReply {
    /// For a person.
    pub fn text(&self) -> String {
        let mut text = String::new();
        if self.analyses.iter().any(|a| a.warnings.iter().any(|w| w.code == "interim")) {
            text.push_str("Interim: the campaign hasn't ended. Nothing below is decided, and all of it may change.\n");
        }
        for a in &self.analyses {
            let _ = writeln!(text, "{}\n  {}; n = {} ({})", a.question.text, a.procedure, a.n, a.unit_of_analysis);
            if matches!(a.kind, AnalysisKind::Descriptive | AnalysisKind::Survival | AnalysisKind::Grid) {
                for l in &a.levels {
                    let number = |x: Option<f64>| x.map_or("–".into(), |x| format!("{x:.6}"));
                    let ci = l.ci.map_or_else(String::new, |c| format!(" [{:.6}, {:.6}]", c.lo, c.hi));
                    let _ = writeln!(
                        text,
                        "  {}: n = {}, mean {}{ci}, SD {}, median {} (in {})",
                        l.label,
                        l.n,
                        number(l.mean),
                        number(l.sd),
                        number(l.median),
                        a.question.unit
                    );
                }
            }
            for (name, e) in &a.estimates {
                let ci = e.ci.map_or_else(String::new, |c| format!(" [{:.6}, {:.6}]", c.lo, c.hi));
                let _ = writeln!(text, "  {name} = {:.6} {}{ci}", e.value, e.unit);
            }
            if let Some(detail) = &a.detail {
                detail_text(detail, &a.question.unit, &mut text);
            }
            if let Some(s) = &a.statistic {
                let df: Vec<String> = a.df.iter().map(|d| format!("{:.4}", d.0)).collect();
                let corrected = a.p_adjusted.map_or_else(String::new, |p| format!(", corrected {}", p_text(p)));
                let p = a.p.map_or_else(String::new, |p| format!(", {}", p_text(p)));
                let _ = writeln!(text, "  {}({}) = {:.4}{p}{corrected}", s.name, df.join(", "), s.value);
            }
            if let Some(e) = &a.effect {
                let ci = match (e.lo, e.hi) {
                    (Some(lo), Some(hi)) => format!(" [{lo:.4}, {hi:.4}]"),
                    _ => String::new(),
                };
                let _ = writeln!(text, "  {} = {:.4}{ci}", e.name, e.value);
            }
            for d in &a.dropped {
                let _ = writeln!(text, "  left out: {} runs: {}", d.count, d.reason);
            }
            for w in &a.warnings {
                let _ = writeln!(text, "  warning: {w}");
            }
        }
        for h in &self.hypotheses {
            let _ = writeln!(text, "{}: {}", h.id, h.sentence);
            if let Some(e) = h.analysis.as_ref().and_then(Analysis::main_estimate) {
                let ci = e.ci.map_or_else(String::new, |c| format!(" [{:.6}, {:.6}]", c.lo, c.hi));
                let _ = writeln!(text, "  estimate = {:.6} {}{ci}", e.value, e.unit);
            }
        }
        for r in &self.refusals {
            let _ = writeln!(text, "not answered: {}: {}", r.question, r.reason);
        }
        for f in &self.figures {
            let _ = writeln!(text, "wrote {}", f.display());
        }
        text
    }
}

/// What a named analysis says besides its estimates.
fn detail_text(detail: &Detail, unit: &str, text: &mut String) {
    match detail {
        Detail::Ranking(ranking) => {
            let mut levels: Vec<_> = ranking.levels.iter().collect();
            levels.sort_by_key(|l| l.place);
            for l in levels {
                let place = if ranking.better == "none" { "–".into() } else { format!("{}.", l.place) };
                let _ = writeln!(text, "  {place} {} {:.6} {unit} {}", l.level, l.mean, l.letters);
            }
            text.push_str("  levels that share a letter aren't told apart\n");
        }
        Detail::Scalability(found) => {
            for curve in &found.curves {
                let limit = curve.limit.map_or("not reached".into(), |x| x.to_string());
                let _ = writeln!(text, "  {}: best at {} = {}, limit {limit}", curve.group, found.factor, curve.best);
            }
        }
        Detail::Regression(found) => {
            let curvature = found.curvature_p.map_or("not tested".into(), p_text);
            let _ = writeln!(text, "  {} levels of {}; curvature: {curvature}", found.points.len(), found.factor);
        }
        Detail::Tax(found) => {
            let _ = writeln!(text, "  {} pairs; {}", found.pairs.len(), found.reading);
        }
        Detail::PerCorrect(found) => {
            let number = |x: Option<f64>| x.map_or("not known".into(), |x| format!("{x:.6}"));
            for l in &found.levels {
                let (correct, token) = (number(l.per_correct.value), number(l.per_token.value));
                let _ = writeln!(
                    text,
                    "  {}: {correct} {unit} per right answer ({} of {} right), {token} {unit} per token",
                    l.level, l.right, l.runs
                );
            }
        }
        Detail::PhaseShares(found) => {
            for level in &found.levels {
                let parts = level.phases.iter().map(|p| format!("{} {:.1} %", p.phase, 100.0 * p.share));
                let _ = writeln!(text, "  {}: {}", level.level, parts.collect::<Vec<_>>().join(", "));
            }
        }
        Detail::SuccessFactors(found) => {
            for l in &found.levels {
                let odds = match (l.odds_ratio, l.odds_ci, l.p_adjusted) {
                    (Some(odds), Some(ci), Some(p)) => {
                        let control = l.control.as_deref().unwrap_or_default();
                        format!(
                            "; odds ratio to {control} {odds:.4} [{:.4}, {:.4}], corrected {}",
                            ci.lo,
                            ci.hi,
                            p_text(p)
                        )
                    }
                    _ => String::new(),
                };
                let (at, ci) = (format!("{} = {}", l.factor, l.level), l.share_ci);
                let _ = writeln!(text, "  {at}: {} of {} [{:.4}, {:.4}]{odds}", l.successes, l.n, ci.lo, ci.hi);
            }
        }
        Detail::CostEfficiency(found) => {
            for l in &found.levels {
                let number = |x: Option<f64>| x.map_or("–".into(), |x| format!("{x:.6}"));
                let ci = l.ci.map_or_else(String::new, |c| format!(" [{:.6}, {:.6}]", c.lo, c.hi));
                let (mean, cost) = (number(l.mean), number(l.mean_cost_usd));
                let per = number(l.per_usd);
                let _ = writeln!(
                    text,
                    "  {}: n = {}, mean {mean} {unit}, {cost} USD a run, {per} {unit} per USD{ci}",
                    l.level, l.n
                );
            }
        }
        Detail::Bargaining(found) => {
            for group in &found.groups {
                let levels: Vec<&str> = group.levels.iter().map(|(_, level)| level.as_str()).collect();
                let measures = group.measures.iter().filter_map(|m| Some(format!("{} {:.4}", m.metric, m.mean?)));
                let p = group.p_adjusted.map_or_else(String::new, |p| format!("; corrected {}", p_text(p)));
                let measures = measures.collect::<Vec<_>>().join(", ");
                let _ = writeln!(text, "  {}: {} games, {measures}{p}", levels.join(", "), group.runs);
            }
        }
        Detail::Dependency(found) => {
            for c in &found.curves {
                let number = |x: Option<f64>| x.map_or("undefined".into(), |x| format!("{x:.6}"));
                let label = c.label.as_deref().unwrap_or("undefined");
                let below = c.lowest_below.map_or("none".into(), |x| x.to_string());
                let _ = writeln!(
                    text,
                    "  {}: LDC {} ({label}), {} % of baseline at {}, lowest level below {below}, {} items",
                    c.group,
                    number(c.coefficient),
                    100.0 * found.share,
                    number(c.threshold),
                    c.items
                );
            }
        }
        Detail::AbTest(found) => {
            let _ = writeln!(text, "  {} items; {}", found.items, found.decision);
        }
        Detail::Grid(_) | Detail::Survival(_) | Detail::CrossValidation(_) | Detail::Contamination(_) => {}
    }
}

fn p_text(p: f64) -> String {
    if p < 1e-300 { "p < 1e-300".into() } else { format!("p = {p:.4e}") }
}

/// Answers the questions.
///
/// # Errors
/// No such campaign, metric, factor or procedure.
pub async fn analyze(app: &App, request: AnalyzeRequest) -> Result<AnalyzeReply, AppError> {
    let framed = app.frame(&request.campaign).await?;
    let spec = &framed.loaded.campaign.spec;
    let mut plan = match &request.plan {
        Some(path) => read_plan(&app.path(path)?)?,
        None => spec.analysis.clone(),
    };
    if let Some(name) = &request.correction {
        plan.correction = correction(name)?;
    }
    let mut reply = AnalyzeReply {
        campaign: framed.campaign.clone(),
        analyses: Vec::new(),
        hypotheses: Vec::new(),
        refusals: Vec::new(),
        figures: Vec::new(),
        tables: None,
    };
    match &request.metric {
        Some(metric) => {
            let ask = Ask {
                confidence: plan.confidence,
                correction: plan.correction,
                test: request.test.clone(),
                ..Ask::about(metric.clone())
            };
            framed.frame.metric(metric).map_err(|e| AppError::from(e).field("metric"))?;
            reply.analyses.push(ergon_analysis::describe(&framed.frame, &ask, &request.by)?);
            for factor in &request.by {
                match ergon_analysis::compare(&framed.frame, &ask, factor) {
                    Ok(found) => reply.analyses.extend(found),
                    // A wrong name is the user's to mend; data that can't answer is an answer.
                    Err(
                        e @ (ergon_analysis::AnalysisError::UnknownFactor { .. }
                        | ergon_analysis::AnalysisError::NotAvailable { .. }),
                    ) => return Err(AppError::from(e)),
                    Err(e) => reply
                        .refusals
                        .push(Refusal { question: format!("{metric} by {factor}"), reason: e.to_string() }),
                }
            }
        }
        None => {
            let mut result = ergon_analysis::run_plan(&framed.frame, &plan, &spec.hypotheses);
            let standing = app.standing(&framed.campaign).await?;
            // What was recorded elsewhere ends with fewer runs than planned.
            if standing.progress < 1.0 && standing.state != "finished" {
                result = result.as_interim();
            }
            reply.analyses = result.analyses;
            reply.hypotheses = result.hypotheses;
            reply.refusals = result.refusals;
        }
    }
    // What was asked of the data; how a page shows it is no part of the record.
    app.keep(&framed, "analyze", &AnalyzeRequest { tables: false, ..request.clone() }, &reply).await?;
    if request.tables && request.metric.is_some() {
        reply.tables = Some(tables(&reply.analyses));
    }
    if let Some(folder) = &request.figures {
        let written = super::figure::write_all(&framed, &reply.analyses, &app.path(folder)?)?;
        reply.figures = written.into_iter().map(|(path, _)| path).collect();
    }
    Ok(reply)
}

/// The answer to one question: how each level was described comes first, then what was compared.
fn tables(answer: &[Analysis]) -> AnswerTables {
    let html = |table: Table| table.to_html(TableStyle::default()).ok().map(|rendered| rendered.text);
    let Some((described, compared)) = answer.split_first() else {
        return AnswerTables { comparison: None, levels: None };
    };
    AnswerTables { comparison: comparison_table(compared).and_then(html), levels: html(descriptive_table(described)) }
}

fn correction(name: &str) -> Result<spec::Correction, AppError> {
    serde_json::from_value(serde_json::Value::String(name.to_owned())).map_err(|_| {
        AppError::input(
            "unknown_correction",
            format!(
                "'{name}' is no correction; expected one of none, bonferroni, holm, hochberg, sidak, holm_sidak, \
                 benjamini_hochberg, benjamini_yekutieli"
            ),
        )
        .field("correction")
    })
}

/// The `analysis` section of a file: a whole spec's, or the section alone.
fn read_plan(path: &std::path::Path) -> Result<spec::Analysis, AppError> {
    let mut bytes = read_file(path, SPEC_CAP, "the analysis plan")?;
    let is_spec = bytes.split(|b| *b == b'\n').any(|line| line.starts_with(b"ergon:"));
    if !is_spec {
        // Read by the same reader as a spec: what it must have besides is put behind, so that lines keep their numbers.
        bytes.extend_from_slice(b"\nergon: 1\ncampaign: { id: plan }\nworkload: { kind: none }\n");
    }
    Ok(ergon_design::read_spec(&bytes, &path.display().to_string())?.spec.analysis)
}
