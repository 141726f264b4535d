//! Levels and cells in numbers.

use std::collections::BTreeMap;

use ergon_domain::{Family, Metric};
use ergon_stats::{MissingPolicy, descriptive, kaplan_meier, proportion_ci, t_one_sample, wilson_of_clusters};

use crate::ask::Ask;
use crate::error::AnalysisError;
use crate::frame::{Frame, same_level};
use crate::inference::options;
use crate::response::Response;
use crate::result::{Analysis, AnalysisKind, Interval, LevelSummary, Warning};
use crate::structure::{Blocking, blocking};
use crate::write_up::{blank, question};

/// Describes a metric in every cell of the cross of `by` (of all runs, when it is empty).
///
/// # Errors
/// Unknown names, or no reading at all.
pub fn describe(frame: &Frame, ask: &Ask, by: &[String]) -> Result<Analysis, AnalysisError> {
    let response = Response::of(frame, &ask.metric)?;
    let cells = cross(frame, by)?;
    let account = response.account(0..frame.rows.len());
    if account.values + account.censored == 0 {
        return Err(AnalysisError::NoValues { metric: response.metric.id.clone(), reasons: account.reasons() });
    }
    let title = &response.metric.title;
    let text =
        if by.is_empty() { format!("{title} over all runs") } else { format!("{title} by {}", by.join(" and ")) };
    let mut asked = question(&response, ask, text, "mean");
    asked.by = by.to_vec();
    let mut analysis = blank(frame, asked, AnalysisKind::Descriptive, "Descriptive statistics", ask, &account);
    let blocked = is_blocked(frame);
    let mut pooled = 0;
    for (levels, rows) in cells {
        let (cell, pools) = cell_in_numbers(frame, &response, &rows, levels, ask, blocked);
        pooled += usize::from(pools);
        analysis.levels.push(cell);
    }
    if pooled > 0 && blocked {
        analysis.trail.push(
            "Cells pool several conditions, and runs of a replicate share random streams or a block: intervals of means \
             are over replicates (t), where every replicate holds the same conditions."
                .into(),
        );
    } else if pooled > 0 {
        analysis.warnings.push(Warning::new(
            "pooled",
            "cells pool several conditions: SD and interval hold the differences between these too",
        ));
    }
    if account.censored > 0 {
        analysis.warnings.push(Warning::new(
            "censored",
            format!(
                "{} values are censored: cells that hold any show the Kaplan–Meier median and no mean",
                account.censored
            ),
        ));
    }
    let from = if full_marks(response.metric).is_some() {
        "Wilson's (of yes or no; with the effective number of trials where replicates are blocks), else Student's t"
    } else {
        "from Student's t"
    };
    analysis.trail.push(format!("Intervals of means are {from}; quartiles are of type 7."));
    Ok(analysis)
}

/// Whether runs of one replicate belong together in this frame.
pub(crate) fn is_blocked(frame: &Frame) -> bool {
    let mut phases: Vec<u16> = frame.rows.iter().flat_map(|r| r.phases.iter().copied()).collect();
    phases.sort_unstable();
    phases.dedup();
    matches!(blocking(frame, &phases), Blocking::Replicates(_))
}

/// A cell, its interval over replicates where these are blocks and several conditions are pooled; and whether they are.
pub(crate) fn cell_in_numbers(
    frame: &Frame,
    response: &Response<'_>,
    rows: &[usize],
    levels: Vec<(String, String)>,
    ask: &Ask,
    blocked: bool,
) -> (LevelSummary, bool) {
    let mut cell = summary(response, rows, levels, ask.confidence);
    let pools = conditions(frame, rows) > 1;
    if pools {
        let over = if blocked { mean_over_replicates(frame, response, rows, ask) } else { None };
        cell.se = over.map(|(se, _)| se).or(cell.se.filter(|_| !blocked));
        cell.ci = over.map(|(_, ci)| ci).or(cell.ci.filter(|_| !blocked));
    }
    (cell, pools)
}

/// The values of one cell of a breakdown, for a figure that shows every run.
#[derive(Clone, Debug, PartialEq)]
pub struct ValueGroup {
    /// The cell's levels.
    pub label: String,
    /// Its values, in the order of the plan.
    pub values: Vec<f64>,
    /// Runs without a number, censored ones among them.
    pub missing: usize,
}

/// The values of a metric in every cell of the cross of `by`, in the order in which [`describe`] lists them.
///
/// # Errors
/// Unknown names.
pub fn values_by(frame: &Frame, metric: &str, by: &[String]) -> Result<Vec<ValueGroup>, AnalysisError> {
    let response = Response::of(frame, metric)?;
    let group = |(levels, rows): (Vec<(String, String)>, Vec<usize>)| {
        let values = response.values(&rows);
        ValueGroup { label: cell_label(&levels), missing: rows.len() - values.len(), values }
    };
    Ok(cross(frame, by)?.into_iter().map(group).collect())
}

fn cell_label(levels: &[(String, String)]) -> String {
    match levels {
        [] => "all runs".into(),
        [(_, level)] => level.clone(),
        several => several.iter().map(|(name, level)| format!("{name} = {level}")).collect::<Vec<_>>().join(", "),
    }
}

/// Factors with their levels, and rows, of each cell that has any.
pub(crate) type Cells = Vec<(Vec<(String, String)>, Vec<usize>)>;

/// Cells of the cross of `by`, in the order of the spec.
pub(crate) fn cross(frame: &Frame, by: &[String]) -> Result<Cells, AnalysisError> {
    let mut levels = Vec::with_capacity(by.len());
    for name in by {
        let of = frame.levels(name);
        if of.is_empty() {
            return Err(AnalysisError::UnknownFactor { name: name.clone(), available: frame.varied() });
        }
        levels.push(of);
    }
    let mut cells: BTreeMap<Vec<usize>, Vec<usize>> = BTreeMap::new();
    for (i, row) in frame.rows.iter().enumerate() {
        let place: Option<Vec<usize>> = by
            .iter()
            .zip(&levels)
            .map(|(name, of)| {
                let value = row.condition.condition.get(name)?;
                of.iter().position(|l| same_level(l, value))
            })
            .collect();
        if let Some(place) = place {
            cells.entry(place).or_default().push(i);
        }
    }
    let named = |place: &[usize]| -> Vec<(String, String)> {
        let printed = |((name, of), i): ((&String, &Vec<ergon_domain::Value>), &usize)| {
            (name.clone(), of.get(*i).map(ToString::to_string).unwrap_or_default())
        };
        by.iter().zip(&levels).zip(place).map(printed).collect()
    };
    Ok(cells.into_iter().map(|(place, rows)| (named(&place), rows)).collect())
}

/// Rows in numbers. With censored values there is no mean, and the median is Kaplan and Meier's.
pub(crate) fn summary(
    response: &Response<'_>,
    rows: &[usize],
    levels: Vec<(String, String)>,
    confidence: f64,
) -> LevelSummary {
    let account = response.account(rows.iter().copied());
    let mut cell = LevelSummary {
        label: cell_label(&levels),
        levels,
        n: account.values,
        censored: account.censored,
        missing: account.dropped(),
        provenance: account.provenance(),
        ..LevelSummary::default()
    };
    if account.censored > 0 {
        let (times, events): (Vec<f64>, Vec<bool>) = rows.iter().filter_map(|r| response.time(*r)).unzip();
        cell.median = kaplan_meier(&times, &events, confidence).ok().and_then(|km| km.median);
        return cell;
    }
    if let Ok(d) = descriptive(&response.values(rows), confidence, MissingPolicy::Refuse) {
        cell.mean = Some(d.mean);
        cell.sd = d.sd;
        cell.se = d.sem;
        cell.ci = full_marks(response.metric)
            .and_then(|full| wilson(&response.values(rows), full, confidence))
            .or_else(|| d.mean_ci.map(|ci| Interval { lo: ci.low, hi: ci.high, level: ci.level }));
        cell.median = Some(d.median);
        cell.q1 = Some(d.quantiles[1]);
        cell.q3 = Some(d.quantiles[3]);
        cell.min = Some(d.min);
        cell.max = Some(d.max);
    }
    cell
}

/// What a yes counts, of metrics that are a yes, a no or a share of yeses.
fn full_marks(metric: &Metric) -> Option<f64> {
    let (lo, hi) = metric.range;
    hi.filter(|_| lo == Some(0.0) && matches!(metric.family, Family::Binary | Family::Proportion))
}

/// Wilson's interval where every value is a yes (`full`) or a no (0): Student's t doesn't know that a share ends.
pub(crate) fn wilson(values: &[f64], full: f64, level: f64) -> Option<Interval> {
    let yeses = values.iter().filter(|v| **v == full).count();
    if values.iter().any(|v| *v != 0.0 && *v != full) {
        return None;
    }
    let found = proportion_ci(yeses as u64, values.len() as u64, level).ok()?.wilson;
    Some(Interval { lo: full * found.low, hi: full * found.high, level })
}

/// The same over replicates whose means have this standard error. Where all say yes, or all no, nothing tells how alike
/// the runs of a replicate are: then each replicate counts as one trial.
fn wilson_over_replicates(metric: &Metric, means: &[f64], trials: usize, se: f64, level: f64) -> Option<Interval> {
    let full = full_marks(metric)?;
    let replicates = means.len() as f64;
    let share = means.iter().sum::<f64>() / replicates / full;
    let variance = (se / full) * (se / full);
    let effective = if variance > 0.0 { share * (1.0 - share) / variance } else { replicates };
    let found = wilson_of_clusters(share, effective.min(trials as f64), replicates - 1.0, level).ok()?;
    Some(Interval { lo: full * found.low, hi: full * found.high, level })
}

fn conditions(frame: &Frame, rows: &[usize]) -> usize {
    let digests: std::collections::BTreeSet<_> =
        rows.iter().filter_map(|i| frame.rows.get(*i)).map(|r| r.condition.digest).collect();
    digests.len()
}

/// Standard error and interval of the mean over replicates, where each holds the same number of values.
fn mean_over_replicates(frame: &Frame, response: &Response<'_>, rows: &[usize], ask: &Ask) -> Option<(f64, Interval)> {
    let mut by_replicate: BTreeMap<u32, Vec<f64>> = BTreeMap::new();
    for i in rows {
        let row = frame.rows.get(*i)?;
        let values = by_replicate.entry(row.replicate).or_default();
        values.extend(response.value(*i));
    }
    let size = by_replicate.values().map(Vec::len).max()?;
    if size == 0 || by_replicate.values().any(|v| v.len() != size) {
        return None;
    }
    let means: Vec<f64> = by_replicate.values().map(|v| v.iter().sum::<f64>() / size as f64).collect();
    let test = t_one_sample(&means, 0.0, &ergon_stats::TestOptions { effect_ci: false, ..options(ask) }).ok()?;
    let (se, by_t) = (test.estimate.se, Interval { lo: test.ci.low, hi: test.ci.high, level: test.ci.level });
    let trials = size * means.len();
    Some((se, wilson_over_replicates(response.metric, &means, trials, se, ask.confidence).unwrap_or(by_t)))
}
