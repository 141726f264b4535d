//! Strong against weak at the bargaining table: who exploits whom (`exploitation`), and how much of what there is to have
//! is had (`efficiency`).
//!
//! Where runs of a replicate share random streams, the units are replicates: their means over the levels and orders that
//! a group pools, so that a seat's advantage cancels between the orders. A game without a deal counts as played, with 0
//! for everybody; runs that timed out gave no result and are counted beside.

use std::collections::BTreeMap;

use ergon_domain::{FailureClass, RunState, WireNumber};
use ergon_stats::{TTest, p_adjust, t_one_sample};

use crate::ask::Ask;
use crate::correct::adjustment;
use crate::describe::{cell_in_numbers, cross, is_blocked};
use crate::detail::{Bargaining, BargainingGroup, Detail, GroupMeasure};
use crate::error::AnalysisError;
use crate::frame::{Frame, MissingRuns, same_level};
use crate::inference::options;
use crate::response::Response;
use crate::result::{Analysis, AnalysisKind, Companion, Estimate, Interval, Statistic, Warning};
use crate::write_up::{blank, question};

/// The parameter that says who sits first.
const ORDER: &str = "order";
/// 1: every reply of the run could be read.
const CLEAN: &str = "strict_clean";
/// What stands beside the metric asked for, where it was measured.
const BESIDE_EXPLOITATION: [&str; 4] = ["exploitation_index", "utility_strong", "utility_weak", "agreement"];
const BESIDE_EFFICIENCY: [&str; 5] = ["pareto_efficient", "distance_nash", "welfare", "final_round", "agreement"];

/// Whether a metric (the exploitation gap) lies off 0: over all runs, for each weak and strong model, and by a third
/// factor's levels where one is named. p-values of the pairs are corrected.
///
/// # Errors
/// Other than two or three factors, unknown names, no values.
pub fn exploitation(frame: &Frame, ask: &Ask, by: &[String]) -> Result<Analysis, AnalysisError> {
    let [weak, strong, ..] = by else {
        return Err(AnalysisError::NotAvailable {
            asked: match by {
                [] => "exploitation without factors".into(),
                [one, ..] => format!("exploitation by {one} alone"),
            },
            available: vec![
                "the factors that hold the weak and the strong model, in this order, and a third where there is one: by: \
                 [weak_model, strong_model, competition_level] of the workload negotiation",
            ],
        });
    };
    let response = Response::of(frame, &ask.metric)?;
    let text = format!("Does {} lie off 0, for each {weak} and {strong}?", response.metric.title);
    let mut analysis = found(frame, ask, &response, by, &BESIDE_EXPLOITATION, (AnalysisKind::Exploitation, text))?;
    test_all(frame, ask, &response, &mut analysis);
    analysis.companions = companions(frame, ask, &response);
    if let Some(warning) = one_order(frame) {
        analysis.warnings.push(warning);
    }
    let Some(Detail::Bargaining(detail)) = &mut analysis.detail else { return Ok(analysis) };
    detail.groups = groups(frame, ask, &response, &by[..2], &BESIDE_EXPLOITATION)?;
    let tested: Vec<usize> = (0..detail.groups.len()).filter(|at| detail.groups[*at].p.is_some()).collect();
    let raw: Vec<f64> = tested.iter().filter_map(|at| detail.groups[*at].p).collect();
    if !raw.is_empty() {
        for (at, p) in tested.iter().zip(p_adjust(&raw, adjustment(ask.correction))?) {
            detail.groups[*at].p_adjusted = Some(p);
        }
        let of = adjustment(ask.correction).name();
        analysis.trail.push(format!("p-values of the {} pairs are corrected over all of them ({of}).", raw.len()));
    }
    Ok(analysis)
}

/// How much of what there is to have is had, by one or two factors.
///
/// # Errors
/// Unknown names, no values.
pub fn efficiency(frame: &Frame, ask: &Ask, by: &[String]) -> Result<Analysis, AnalysisError> {
    let response = Response::of(frame, &ask.metric)?;
    let text = format!("{} and what goes with it, by {}", response.metric.title, by.join(" and "));
    let mut analysis = found(frame, ask, &response, by, &BESIDE_EFFICIENCY, (AnalysisKind::Efficiency, text))?;
    if let Some(Detail::Bargaining(detail)) = &mut analysis.detail {
        // What is described is not tested.
        for group in detail.cells.iter_mut() {
            group.p = None;
        }
        detail.groups.clone_from(&detail.cells);
    }
    Ok(analysis)
}

/// The analysis with its finest cells.
fn found(
    frame: &Frame,
    ask: &Ask,
    response: &Response<'_>,
    by: &[String],
    beside: &[&str],
    (kind, text): (AnalysisKind, String),
) -> Result<Analysis, AnalysisError> {
    let account = response.account(0..frame.rows.len());
    if account.values == 0 {
        return Err(AnalysisError::NoValues { metric: response.metric.id.clone(), reasons: account.reasons() });
    }
    let mut asked = question(response, ask, text, "mean");
    asked.by = by.to_vec();
    let mut analysis = blank(frame, asked, kind, "Means over units of the design", ask, &account);
    let blocked = is_blocked(frame);
    if blocked {
        analysis.unit_of_analysis = "replicates as blocks".into();
        analysis.trail.push(
            "Runs of a replicate share random streams or a block: a group's units are its replicates' means, over the \
             levels and orders that it pools."
                .into(),
        );
    }
    for (levels, rows) in cross(frame, by)? {
        analysis.levels.push(cell_in_numbers(frame, response, &rows, levels, ask, blocked).0);
    }
    let timed_out = timeouts(frame, &[]);
    if timed_out > 0 {
        let message = format!("{timed_out} runs timed out: they gave no result and are not in these means");
        analysis.warnings.push(Warning::new("timed_out", message));
    }
    analysis.trail.push("A game without a deal counts as played: everybody has 0 of it.".into());
    analysis.detail = Some(Detail::Bargaining(Bargaining {
        factors: by.to_vec(),
        groups: Vec::new(),
        cells: groups(frame, ask, response, by, beside)?,
    }));
    Ok(analysis)
}

/// Every group of the factors' levels that has runs, with the metric and what stands beside it.
fn groups(
    frame: &Frame,
    ask: &Ask,
    response: &Response<'_>,
    by: &[String],
    beside: &[&str],
) -> Result<Vec<BargainingGroup>, AnalysisError> {
    let blocked = is_blocked(frame);
    let clean = Response::of(frame, CLEAN).ok();
    let measured: Vec<Response<'_>> = beside.iter().filter_map(|name| Response::of(frame, name).ok()).collect();
    let group = |(levels, rows): (Vec<(String, String)>, Vec<usize>)| {
        let in_numbers = |response: &Response<'_>| {
            let cell = cell_in_numbers(frame, response, &rows, levels.clone(), ask, blocked).0;
            GroupMeasure {
                metric: response.metric.id.to_string(),
                title: response.metric.title.to_string(),
                unit: response.metric.unit.to_string(),
                n: cell.n,
                mean: cell.mean,
                se: cell.se,
                ci: cell.ci,
            }
        };
        let measures = std::iter::once(response).chain(&measured).map(in_numbers).collect();
        BargainingGroup {
            measures,
            runs: rows.len(),
            timed_out: timeouts(frame, &levels),
            not_clean: clean.as_ref().map(|clean| rows.iter().filter(|r| clean.value(**r) == Some(0.0)).count()),
            p: test(frame, ask, response, &rows, blocked).map(|test| test.p),
            p_adjusted: None,
            levels,
        }
    };
    Ok(cross(frame, by)?.into_iter().map(group).collect())
}

/// A group's units: its replicates' means where these are blocks, else its runs.
fn units(frame: &Frame, response: &Response<'_>, rows: &[usize], blocked: bool) -> Vec<f64> {
    if !blocked {
        return response.values(rows);
    }
    let mut by_replicate: BTreeMap<u32, (f64, usize)> = BTreeMap::new();
    for (replicate, value) in rows.iter().filter_map(|i| Some((frame.rows.get(*i)?.replicate, response.value(*i)?))) {
        let (sum, count) = by_replicate.entry(replicate).or_default();
        (*sum, *count) = (*sum + value, *count + 1);
    }
    // A replicate that lacks runs is no mean of the same games.
    let whole = by_replicate.values().map(|(_, count)| *count).max().unwrap_or(0);
    by_replicate.values().filter(|(_, count)| *count == whole).map(|(sum, count)| sum / *count as f64).collect()
}

/// Student's t of the units' mean against 0; `None` where there are too few of them, or they don't differ.
fn test(frame: &Frame, ask: &Ask, response: &Response<'_>, rows: &[usize], blocked: bool) -> Option<TTest> {
    let units = units(frame, response, rows, blocked);
    t_one_sample(&units, 0.0, &options(ask)).ok()
}

/// The mean over all runs and its test.
fn test_all(frame: &Frame, ask: &Ask, response: &Response<'_>, analysis: &mut Analysis) {
    let rows: Vec<usize> = (0..frame.rows.len()).collect();
    match test(frame, ask, response, &rows, is_blocked(frame)) {
        Some(test) => {
            let ci = Interval { lo: test.ci.low, hi: test.ci.high, level: test.ci.level };
            let unit = response.metric.unit.to_string();
            let mean = Estimate { value: test.estimate.value, se: Some(test.estimate.se), ci: Some(ci), unit };
            analysis.estimates.insert("mean".into(), mean);
            analysis.statistic = Some(Statistic { name: "t".into(), value: test.statistic });
            analysis.df = vec![WireNumber(test.df)];
            analysis.p = Some(test.p);
            analysis.ci = Some(ci);
            analysis.procedure = "One-sample t test of the mean against 0".into();
            analysis.references = vec!["Student (1908), Biometrika 6, 1–25".into()];
        }
        None => analysis.not_tested = Some("fewer than two units, or all alike".into()),
    }
}

/// The same mean in parts of the runs: in either order, and in runs whose every reply could be read.
fn companions(frame: &Frame, ask: &Ask, response: &Response<'_>) -> Vec<Companion> {
    let mut found = Vec::new();
    let mut add = |name: String, rows: Vec<usize>, note: String| {
        let test = test(frame, ask, response, &rows, is_blocked(frame));
        found.push(Companion {
            procedure: name,
            p: test.as_ref().map(|test| test.p),
            estimate: test.map(|test| Estimate {
                value: test.estimate.value,
                se: Some(test.estimate.se),
                ci: Some(Interval { lo: test.ci.low, hi: test.ci.high, level: test.ci.level }),
                unit: response.metric.unit.to_string(),
            }),
            note,
        });
    };
    let orders = frame.levels(ORDER);
    for order in orders.iter().filter(|_| orders.len() > 1) {
        let at = |i: &usize| {
            let value = frame.rows.get(*i).and_then(|row| row.condition.condition.get(ORDER));
            value.is_some_and(|value| same_level(value, order))
        };
        let rows: Vec<usize> = (0..frame.rows.len()).filter(at).collect();
        let note = format!("{} runs; who sits first is part of it", rows.len());
        add(format!("{ORDER} = {order} only"), rows, note);
    }
    if let Ok(clean) = Response::of(frame, CLEAN) {
        let judged = (0..frame.rows.len()).filter(|i| clean.value(*i).is_some()).count();
        let rows: Vec<usize> = (0..frame.rows.len()).filter(|i| clean.value(*i) == Some(1.0)).collect();
        if judged > rows.len() {
            let note = format!("{} of {judged} runs; in the others a proposal or vote could not be read", rows.len());
            add("Strictly clean runs only".into(), rows, note);
        }
    }
    found
}

fn one_order(frame: &Frame) -> Option<Warning> {
    let mut seen: Vec<String> = Vec::new();
    for row in &frame.rows {
        let order = row.condition.condition.get(ORDER).map(ToString::to_string)?;
        if !seen.contains(&order) {
            seen.push(order);
        }
    }
    let [only] = seen.as_slice() else { return None };
    matches!(only.as_str(), "weak_first" | "strong_first").then(|| {
        let message = format!(
            "all games were played {}: what is strength and what is order can't be told apart",
            only.replace('_', " ")
        );
        Warning::new("one_order", message)
    })
}

/// Runs that timed out at these levels; at all, where there are none.
fn timeouts(frame: &Frame, levels: &[(String, String)]) -> u64 {
    let at = |missing: &&MissingRuns| {
        let value = |name: &str| missing.condition.as_ref()?.condition.get(name).map(ToString::to_string);
        levels.iter().all(|(name, level)| value(name).as_ref() == Some(level))
    };
    let failed = frame.structure.missing.iter().filter(|m| m.state == RunState::Failed);
    failed.filter(|m| m.class == Some(FailureClass::Timeout)).filter(at).map(|m| m.count).sum()
}
