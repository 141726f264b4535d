//! Whether the data are good enough: completeness, ranges, consistency, validity.

use std::collections::{BTreeMap, BTreeSet};

use ergon_design::spec::Quality;
use ergon_domain::{Digest, Observed, RunState};
use ergon_stats::{MissingPolicy, outliers};
use serde::Serialize;

use crate::finding::{Finding, Severity};
use crate::frame::Frame;
use crate::nothing_varied::{NothingVaried, nothing_varied};
use crate::response::Response;

/// Share of outliers that is reported when the spec sets none.
const OUTLIER_RATIO: f64 = 0.05;
/// Fewest values of a condition in which outliers are looked for: of five normal values the fences would call 8.6 % out
/// (Hoaglin, Iglewicz & Tukey 1986), of ten 2.8 %, and clean data would fail.
const LEAST_FOR_OUTLIERS: usize = 10;
/// Fewer runs of a condition than this are reported.
const FEW_RUNS: usize = 3;

/// The data-quality check.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct QualityReport {
    /// Product of the four fractions.
    pub score: f64,
    /// Expected runs that are there, times readings that are there among those due.
    pub completeness: f64,
    /// Share of values within their metric's range.
    pub ranges: f64,
    /// Share of checks of consistency that hold: each metric is set by some run, each condition has as many replicates
    /// as the others of its phase, each run key stands for one run.
    pub consistency: f64,
    /// Share of values within Tukey's fences of their condition (conditions of at least ten values).
    pub validity: f64,
    /// Runs expected.
    pub expected: u64,
    /// Runs present.
    pub present: u64,
    /// Values compared with the fences.
    pub judged: usize,
    /// Whether the thresholds of the spec are met; `None` without thresholds.
    pub passed: Option<bool>,
    /// What was found, worst first.
    pub findings: Vec<Finding>,
    /// The nothing-varied detector.
    pub nothing_varied: NothingVaried,
}

/// Checks a frame against the thresholds of the spec.
pub fn check_quality(frame: &Frame, thresholds: &Quality) -> QualityReport {
    let nothing_varied = nothing_varied(frame);
    let mut findings = nothing_varied.findings();
    let (expected, present) = (frame.expected_runs(), frame.rows.len() as u64);
    let completeness = completeness(frame, &nothing_varied, &mut findings);
    let ranges = ranges(frame, &mut findings);
    let consistency = consistency(frame, &nothing_varied, &mut findings);
    let allowed = thresholds.max_outlier_ratio.unwrap_or(OUTLIER_RATIO);
    let (validity, judged) = validity(frame, allowed, &mut findings);
    let score = completeness * ranges * consistency * validity;

    let failed: u64 = frame.structure.missing.iter().filter(|m| m.state == RunState::Failed).map(|m| m.count).sum();
    let success = share(present, present + failed);
    let checks = [
        thresholds.min_score.map(|least| score >= least),
        thresholds.max_outlier_ratio.map(|most| 1.0 - validity <= most),
        thresholds.min_success_rate.map(|least| success >= least),
    ];
    let passed = checks.iter().flatten().copied().reduce(|a, b| a && b);
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    QualityReport {
        score,
        completeness,
        ranges,
        consistency,
        validity,
        expected,
        present,
        judged,
        passed,
        findings,
        nothing_varied,
    }
}

/// 1 where there is nothing to fall short of.
fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}

fn finding(severity: Severity, code: &str, place: impl Into<String>, message: String, advice: &str) -> Finding {
    Finding { severity, code: code.into(), place: place.into(), message, advice: advice.into() }
}

fn completeness(frame: &Frame, nothing_varied: &NothingVaried, findings: &mut Vec<Finding>) -> f64 {
    let mut by_state: BTreeMap<(RunState, &str), u64> = BTreeMap::new();
    for missing in &frame.structure.missing {
        *by_state.entry((missing.state, missing.class.map_or("", |c| c.name()))).or_default() += missing.count;
    }
    for ((state, class), count) in by_state {
        let severity = if state == RunState::Failed { Severity::Warning } else { Severity::Info };
        let class = if class.is_empty() { String::new() } else { format!(" ({class})") };
        let advice = if state == RunState::Failed { "ergon retry, or see the attempts' logs" } else { "ergon run" };
        findings.push(finding(
            severity,
            "runs_missing",
            frame.campaign.clone(),
            format!("{count} planned runs are {state}{class}"),
            advice,
        ));
    }
    let (mut there, mut due) = (0, 0);
    for metric in frame.metrics.iter().filter(|m| !nothing_varied.unset_metrics.contains(&m.id)) {
        let mut lacking: BTreeMap<&str, usize> = BTreeMap::new();
        for row in 0..frame.rows.len() {
            match frame.reading(&metric.id, row).map(|r| &r.observed) {
                Some(Observed::Value(_) | Observed::Censored { .. }) => {
                    there += 1;
                    due += 1;
                }
                // What doesn't exist for a run isn't lacking.
                Some(Observed::Undefined(_)) => {}
                Some(Observed::Unavailable(why)) => {
                    due += 1;
                    *lacking.entry(why).or_default() += 1;
                }
                None => {
                    due += 1;
                    *lacking.entry("never set by the run").or_default() += 1;
                }
            }
        }
        for (why, count) in lacking {
            findings.push(finding(
                Severity::Warning,
                "values_missing",
                metric.id.as_str(),
                format!("{count} of {} runs have no {}: {why}", frame.rows.len(), metric.id),
                "see what these runs have in common; analyses leave them out",
            ));
        }
    }
    share(frame.rows.len() as u64, frame.expected_runs()) * share(there, due)
}

fn ranges(frame: &Frame, findings: &mut Vec<Finding>) -> f64 {
    let (mut within, mut all) = (0, 0);
    for metric in &frame.metrics {
        let Ok(response) = Response::of(frame, metric.id.as_str()) else { continue };
        let (low, high) = metric.range;
        let outside = (0..frame.rows.len())
            .filter_map(|r| response.time(r))
            .inspect(|_| all += 1)
            .filter(|(x, _)| low.is_some_and(|l| *x < l) || high.is_some_and(|h| *x > h))
            .count() as u64;
        if outside > 0 {
            let bound = |b: Option<f64>| b.map_or("…".into(), |b| b.to_string());
            findings.push(finding(
                Severity::Error,
                "out_of_range",
                metric.id.as_str(),
                format!("{outside} values of {} lie outside {} to {}", metric.id, bound(low), bound(high)),
                "the metric's definition or the program's output is wrong",
            ));
        }
        within += outside;
    }
    share(all - within, all)
}

fn consistency(frame: &Frame, nothing_varied: &NothingVaried, findings: &mut Vec<Finding>) -> f64 {
    let keys: BTreeSet<Digest> = frame.rows.iter().map(|r| r.key).collect();
    let doubled = (frame.rows.len() - keys.len()) as u64;
    if doubled > 0 {
        findings.push(finding(
            Severity::Error,
            "identical_run_keys",
            frame.campaign.clone(),
            format!("{doubled} rows repeat a run key"),
            "a run counts once: the frame was put together wrongly",
        ));
    }
    let mut holds = frame.rows.len() as u64 - doubled;
    let mut checks = frame.rows.len() as u64;
    checks += frame.metrics.len() as u64;
    holds += (frame.metrics.len() - nothing_varied.unset_metrics.len()) as u64;

    let mut counts: BTreeMap<u16, BTreeMap<Digest, usize>> = BTreeMap::new();
    for row in &frame.rows {
        let phase = row.phases.first().copied().unwrap_or(0);
        *counts.entry(phase).or_default().entry(row.condition.digest).or_default() += 1;
    }
    for (phase, conditions) in counts {
        let usual = conditions.values().copied().max().unwrap_or(0);
        let short = conditions.values().filter(|n| **n != usual).count() as u64;
        checks += conditions.len() as u64;
        holds += conditions.len() as u64 - short;
        let name = frame.structure.phases.get(usize::from(phase)).map_or("all runs", |p| p.name.as_str());
        if short > 0 {
            findings.push(finding(
                Severity::Warning,
                "replicates_differ",
                name,
                format!("{short} of {} conditions have fewer than {usual} replicates", conditions.len()),
                "finish or retry the missing runs",
            ));
        }
        let few = conditions.values().filter(|n| **n < FEW_RUNS).count();
        if few > 0 {
            findings.push(finding(
                Severity::Info,
                "few_replicates",
                name,
                format!("{few} conditions have fewer than {FEW_RUNS} runs"),
                "more replicates make intervals narrower",
            ));
        }
    }
    share(holds, checks)
}

/// The share of values within the fences of their condition, and how many were judged.
fn validity(frame: &Frame, allowed: f64, findings: &mut Vec<Finding>) -> (f64, usize) {
    let mut conditions: BTreeMap<Digest, Vec<usize>> = BTreeMap::new();
    for (i, row) in frame.rows.iter().enumerate() {
        conditions.entry(row.condition.digest).or_default().push(i);
    }
    let (mut all_judged, mut all_out) = (0, 0);
    for metric in &frame.metrics {
        let Ok(response) = Response::of(frame, metric.id.as_str()) else { continue };
        let (mut judged, mut out) = (0, 0);
        for rows in conditions.values() {
            let values = response.values(rows);
            if values.len() < LEAST_FOR_OUTLIERS {
                continue;
            }
            if let Ok(found) = outliers(&values, MissingPolicy::Refuse)
                && found.fences[1] > found.fences[0]
            {
                judged += values.len();
                out += found.outside_fences.len();
            }
        }
        all_judged += judged;
        all_out += out;
        let ratio = if judged > 0 { out as f64 / judged as f64 } else { 0.0 };
        if ratio > allowed {
            findings.push(finding(
                Severity::Warning,
                "outliers",
                metric.id.as_str(),
                format!("{out} of {judged} values of {} lie outside the fences of their condition", metric.id),
                "look at these runs; exclude one only by a stored rule with its reason",
            ));
        }
    }
    if all_judged == 0 && !frame.rows.is_empty() {
        // A share of nothing reads like a good mark; it is none.
        findings.push(finding(
            Severity::Info,
            "outliers_not_judged",
            "validity",
            format!("outliers were not looked for: no condition has {LEAST_FOR_OUTLIERS} differing values of a metric"),
            "read validity as not judged; it counts as 1 in the score",
        ));
    }
    (1.0 - if all_judged > 0 { all_out as f64 / all_judged as f64 } else { 0.0 }, all_judged)
}
