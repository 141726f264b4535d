//! `campaign_summary.md`: what was asked, what was run, what came out, and how to get it again.

use std::collections::BTreeMap;

use ergon_analysis::{Analysis, AnalysisKind, Frame, PlanResult, QualityReport, Severity};

use crate::markdown::MarkdownReport;
use crate::number::{Digits, Grouping, Shown, count};
use crate::table::{Table, TableError, TableStyle};

use super::descriptive::sentence;
use super::detail_lines::detail_lines;
use super::energy_section::{EnergyFacts, energy_section};
use super::{comparison_table, descriptive_table, hypotheses_table};

/// The most rows of a table in the summary.
const MOST_ROWS: usize = 60;
/// The most tables of results.
const MOST_TABLES: usize = 24;

/// What the summary says that no frame holds.
#[derive(Debug, Clone, Default)]
pub struct CampaignFacts<'a> {
    /// Title, or the id.
    pub title: &'a str,
    /// Campaign id.
    pub id: &'a str,
    /// The research question.
    pub question: Option<&'a str>,
    /// Who ran it.
    pub researcher: Option<&'a str>,
    /// The workload and its version.
    pub workload: &'a str,
    /// The campaign's seed.
    pub seed: u64,
    /// Ergon's version.
    pub ergon_version: &'a str,
    /// The command that runs it again.
    pub command: &'a str,
    /// Whether the campaign hasn't ended.
    pub interim: bool,
    /// Figures beside the summary: file name and description.
    pub figures: &'a [(String, String)],
    /// What it took, where any energy was read.
    pub energy: Option<EnergyFacts>,
}

/// The summary's text.
///
/// # Errors
/// A table that isn't rectangular, which would be a fault of Ergon's.
pub fn campaign_summary(
    facts: &CampaignFacts<'_>,
    frame: &Frame,
    quality: &QualityReport,
    plan: &PlanResult,
    style: TableStyle,
) -> Result<String, TableError> {
    let mut report = MarkdownReport::new();
    report.heading(1, facts.title);
    if facts.interim {
        report.note("Interim: the campaign hasn't ended. Everything below is exploratory and may change.");
    }
    if let Some(question) = facts.question {
        report.paragraph(question);
    }
    marks(&mut report, plan);
    design(&mut report, facts, frame, quality);
    if !plan.hypotheses.is_empty() {
        report.heading(2, "Hypotheses");
        report.table(&hypotheses_table(&plan.hypotheses), style)?;
    }
    results(&mut report, plan, style)?;
    if let Some(energy) = &facts.energy {
        energy_section(&mut report, energy);
    }
    figures(&mut report, facts);
    quality_section(&mut report, quality);
    warnings(&mut report, plan);
    reproduce(&mut report, facts, frame);
    Ok(report.finish())
}

/// Says once, at the top, when nothing was measured.
fn marks(report: &mut MarkdownReport, plan: &PlanResult) {
    let all = || plan.analyses.iter().chain(plan.hypotheses.iter().filter_map(|h| h.analysis.as_ref()));
    if all().any(|a| a.simulated_model) {
        report.note("A simulated model stands behind results here: they are no evidence about any real model.");
    } else if all().any(|a| a.provenance == "simulated") {
        report.note("Results here are simulated, not measured.");
    }
}

fn design(report: &mut MarkdownReport, facts: &CampaignFacts<'_>, frame: &Frame, quality: &QualityReport) {
    report.heading(2, "Design");
    let conditions: std::collections::BTreeSet<_> = frame.rows.iter().map(|r| r.condition.digest).collect();
    let number = |n: u64| Some(count(n, Grouping::Space));
    let streams = &frame.structure.common_streams;
    let mut states: BTreeMap<String, u64> = BTreeMap::new();
    for missing in &frame.structure.missing {
        let class = missing.class.map(|c| format!(" ({c})")).unwrap_or_default();
        *states.entry(format!("{}{class}", missing.state)).or_default() += missing.count;
    }
    let missing: Vec<String> =
        states.iter().map(|(state, n)| format!("{} {state}", count(*n, Grouping::Space))).collect();
    report.facts([
        ("Workload", Some(facts.workload.to_owned())),
        ("Researcher", facts.researcher.map(str::to_owned)),
        ("Conditions with runs", number(conditions.len() as u64)),
        (
            "Runs",
            Some(format!(
                "{} of {} planned",
                count(quality.present, Grouping::Space),
                count(quality.expected, Grouping::Space)
            )),
        ),
        ("Not succeeded", (!missing.is_empty()).then(|| missing.join(", "))),
        ("Seed", Some(facts.seed.to_string())),
        (
            "Random numbers",
            Some(if streams.is_empty() {
                "every run draws its own".to_owned()
            } else {
                format!("{} common to all conditions of a replicate", streams.join(", "))
            }),
        ),
        ("Data quality", Shown::new(quality.score, None, Digits::Decimals(3)).map(|s| s.to_text(Grouping::None))),
    ]);
    let factors: Vec<String> = frame
        .factors
        .iter()
        .map(|f| format!("{}: {}", f.name, f.levels.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")))
        .collect();
    if !factors.is_empty() {
        report.paragraph("Factors and their levels:");
        report.points(factors.iter().map(String::as_str));
    }
    let phases: Vec<String> = frame
        .structure
        .phases
        .iter()
        .map(|p| {
            let plural = if p.replicates == 1 { "" } else { "s" };
            let design = p.design.name().replace('_', " ");
            format!("{}: {design}, {} replicate{plural} a condition", p.name, p.replicates)
        })
        .collect();
    if !phases.is_empty() {
        report.paragraph("Phases:");
        report.points(phases.iter().map(String::as_str));
    }
}

fn results(report: &mut MarkdownReport, plan: &PlanResult, style: TableStyle) -> Result<(), TableError> {
    if plan.analyses.is_empty() && plan.refusals.is_empty() {
        return Ok(());
    }
    report.heading(2, "Results");
    if plan.analyses.iter().any(|a| a.question.role == ergon_analysis::Role::Exploratory) {
        report.note("The spec asks no questions: everything is compared with everything. This is exploratory.");
    }
    let mut tables = 0;
    let mut rest: &[Analysis] = &plan.analyses;
    while let Some(first) = rest.first() {
        // A description and the comparisons that follow it belong together.
        let end = rest.iter().skip(1).position(|a| a.kind == AnalysisKind::Descriptive).map_or(rest.len(), |p| p + 1);
        let (part, later) = rest.split_at(end);
        rest = later;
        if tables >= MOST_TABLES {
            continue;
        }
        tables += 1;
        report.heading(3, &first.question.text);
        if first.kind == AnalysisKind::Descriptive {
            cut(report, descriptive_table(first), style)?;
        }
        if let Some(table) = comparison_table(part) {
            cut(report, table, style)?;
        }
        let lines: Vec<String> = part.iter().flat_map(detail_lines).collect();
        report.points(lines.iter().map(String::as_str));
        for analysis in part {
            if let (Some(why), Some(factor)) = (&analysis.not_tested, &analysis.question.factor) {
                let question = &analysis.question;
                let levels: Vec<&str> =
                    [&question.treatment, &question.control].iter().filter_map(|l| l.as_deref()).collect();
                let levels = if levels.is_empty() { String::new() } else { format!(" ({})", levels.join(", ")) };
                report.paragraph(format!("{factor}{levels}: {}", sentence(why)));
            }
        }
        if let Some(analysis) = part.iter().find(|a| a.kind != AnalysisKind::Descriptive) {
            report.paragraph("How the procedure was chosen:");
            report.points(analysis.trail.iter().map(String::as_str));
        }
    }
    let questions = plan.analyses.iter().filter(|a| a.kind == AnalysisKind::Descriptive).count();
    if questions > MOST_TABLES {
        report.paragraph(format!("{MOST_TABLES} of {questions} questions are shown; the analysis file holds all."));
    }
    if !plan.refusals.is_empty() {
        report.paragraph("Not answered:");
        let refusals: Vec<String> = plan.refusals.iter().map(|r| format!("{}: {}", r.question, r.reason)).collect();
        report.points(refusals.iter().map(String::as_str));
    }
    Ok(())
}

/// A table, cut where it gets too long for a summary.
fn cut(report: &mut MarkdownReport, mut table: Table, style: TableStyle) -> Result<(), TableError> {
    let all = table.rows().count();
    let mut left = MOST_ROWS;
    for group in &mut table.groups {
        group.rows.truncate(left);
        left -= group.rows.len();
    }
    table.groups.retain(|g| !g.rows.is_empty());
    if all > MOST_ROWS {
        table.notes.general.push(format!("The first {MOST_ROWS} of {all} rows.").into());
    }
    report.table(&table, style)?;
    Ok(())
}

fn figures(report: &mut MarkdownReport, facts: &CampaignFacts<'_>) {
    if facts.figures.is_empty() {
        return;
    }
    report.heading(2, "Figures");
    for (file, alt) in facts.figures {
        report.figure(file, alt);
    }
}

fn quality_section(report: &mut MarkdownReport, quality: &QualityReport) {
    report.heading(2, "Data quality");
    let share = |x: f64| Shown::new(x, None, Digits::Decimals(3)).map(|s| s.to_text(Grouping::None));
    report.facts([
        ("Score", share(quality.score)),
        ("Completeness", share(quality.completeness)),
        ("Ranges", share(quality.ranges)),
        ("Consistency", share(quality.consistency)),
        ("Validity", share(quality.validity)),
    ]);
    if let Some(passed) = quality.passed {
        let words =
            if passed { "The thresholds of the spec are met." } else { "The thresholds of the spec are not met." };
        report.paragraph(words);
    }
    let findings: Vec<String> = quality
        .findings
        .iter()
        .map(|f| {
            let severity = match f.severity {
                Severity::Error => "Error",
                Severity::Warning => "Warning",
                Severity::Info => "Note",
            };
            format!("{severity}, {}: {} ({})", f.place, f.message, f.advice)
        })
        .collect();
    report.points(findings.iter().map(String::as_str));
}

fn warnings(report: &mut MarkdownReport, plan: &PlanResult) {
    let mut seen: Vec<String> = Vec::new();
    let all = plan.analyses.iter().chain(plan.hypotheses.iter().filter_map(|h| h.analysis.as_ref()));
    for warning in all.flat_map(|a| &a.warnings) {
        let text = sentence(&warning.message);
        if !seen.contains(&text) {
            seen.push(text);
        }
    }
    if seen.is_empty() {
        return;
    }
    report.heading(2, "Warnings");
    report.points(seen.iter().map(String::as_str));
}

fn reproduce(report: &mut MarkdownReport, facts: &CampaignFacts<'_>, frame: &Frame) {
    report.heading(2, "How to reproduce");
    report.facts([
        ("Campaign", Some(facts.id.to_owned())),
        ("Spec hash", Some(frame.spec_hash.to_string())),
        ("Plan hash", Some(frame.plan_hash.to_string())),
        ("Data hash", Some(frame.digest(None).to_string())),
        ("Ergon version", Some(facts.ergon_version.to_owned())),
        ("Command", Some(facts.command.to_owned())),
    ]);
    if frame.structure.deterministic {
        report.paragraph("The workload is deterministic: the same spec and seed give the same numbers, bit for bit.");
    }
}
