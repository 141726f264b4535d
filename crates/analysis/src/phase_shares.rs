//! How a response splits into the parts of the work: planning, execution, synthesis and what lies between them.

use std::collections::{BTreeMap, BTreeSet};

use ergon_domain::{MetricId, Observed, Value};

use crate::ask::Ask;
use crate::contrast::known_levels;
use crate::detail::Detail;
use crate::error::AnalysisError;
use crate::frame::{Frame, same_level};
use crate::response::Response;
use crate::result::{Analysis, AnalysisKind, Warning};
use crate::work_detail::{PhaseShare, PhaseShares, PhasesOfLevel};
use crate::write_up::{blank, question};

/// Parts of the work, in the order they come in.
const PARTS: [&str; 5] = ["answering", "planning", "execution", "reflection", "synthesis"];
/// What lies outside all of them.
const REST: &str = "between";

/// The whole of a run, and the parts it has.
type OfRun<'p> = (f64, BTreeMap<&'p str, f64>);

/// Mean shares of a response by part of the work, at every level of a factor: of `energy_j` by the spans' joules, of
/// `api_latency_s` by the parts' model time.
///
/// # Errors
/// Unknown names; a metric without parts; no run whose parts are known.
pub fn phase_shares(frame: &Frame, ask: &Ask, factor: &str) -> Result<Analysis, AnalysisError> {
    let response = Response::of(frame, &ask.metric)?;
    let column = |part: &str| -> Option<MetricId> {
        let name = match ask.metric.as_str() {
            "energy_j" => format!("span_{part}_energy_j"),
            "dynamic_energy_j" => format!("span_{part}_dynamic_energy_j"),
            "api_latency_s" => format!("{part}_time_s"),
            _ => return None,
        };
        Some(MetricId::new(name))
    };
    let parts: Vec<(&str, MetricId)> = PARTS.iter().filter_map(|p| Some((*p, column(p)?))).collect();
    if parts.is_empty() {
        return Err(AnalysisError::NotAvailable {
            asked: format!("as: phase_shares of {}", response.metric.id),
            available: vec!["energy_j", "dynamic_energy_j", "api_latency_s"],
        });
    }
    let levels = known_levels(frame, factor)?;
    let level_of =
        |row: usize| frame.rows.get(row).and_then(|r| r.condition.condition.get(factor)).map(Value::to_string);
    let measured: BTreeSet<(Option<String>, &str)> = (0..frame.rows.len())
        .flat_map(|row| parts.iter().map(move |(part, metric)| (row, *part, metric)))
        .filter(|(row, _, metric)| matches!(frame.reading(metric, *row).map(|r| &r.observed), Some(Observed::Value(_))))
        .map(|(row, part, _)| (level_of(row), part))
        .collect();
    // A run counts where its whole and every part it has are numbers. A part that no run of its level could measure, being
    // too short, lies between.
    let of_run = |row: usize| -> Option<OfRun<'_>> {
        let whole = response.value(row).filter(|x| *x > 0.0)?;
        let mut found = BTreeMap::new();
        for (part, metric) in &parts {
            match frame.reading(metric, row).map(|r| &r.observed) {
                Some(Observed::Value(x)) => drop(found.insert(*part, *x)),
                Some(Observed::Unavailable(_)) if measured.contains(&(level_of(row), *part)) => return None,
                // Never measured, or its way of working has no such part.
                None | Some(_) => {}
            }
        }
        (!found.is_empty()).then_some((whole, found))
    };
    let used: Vec<usize> = (0..frame.rows.len()).filter(|row| of_run(*row).is_some()).collect();
    if used.is_empty() {
        let mut reasons = response.account(0..frame.rows.len()).reasons();
        for (part, metric) in &parts {
            if let Ok(of_part) = Response::of(frame, metric.as_str()) {
                reasons.push_str(&format!("; {part}: {}", of_part.account(0..frame.rows.len()).reasons()));
            }
        }
        return Err(AnalysisError::NoValues { metric: response.metric.id.clone(), reasons });
    }
    let account = response.account(used.iter().copied());
    let text = format!("{} by part of the work, by {factor}", response.metric.title);
    let mut asked = question(&response, ask, text, "share");
    (asked.factor, asked.by) = (Some(factor.to_owned()), vec![factor.to_owned()]);
    let mut analysis = blank(frame, asked, AnalysisKind::PhaseShares, "Mean shares of runs", ask, &account);
    let mut found = Vec::with_capacity(levels.len());
    for level in &levels {
        let at = |row: &&usize| {
            let value = frame.rows.get(**row).and_then(|r| r.condition.condition.get(factor));
            value.is_some_and(|v| same_level(v, level))
        };
        let runs: Vec<OfRun<'_>> = used.iter().filter(at).filter_map(|row| of_run(*row)).collect();
        if runs.is_empty() {
            continue;
        }
        let n = runs.len() as f64;
        let mean = |of: &dyn Fn(&OfRun<'_>) -> f64| runs.iter().map(of).sum::<f64>() / n;
        let mut phases: Vec<PhaseShare> = PARTS
            .iter()
            .filter(|part| runs.iter().any(|(_, parts)| parts.contains_key(**part)))
            .map(|part| PhaseShare {
                phase: (*part).to_owned(),
                share: mean(&|(whole, parts)| parts.get(part).copied().unwrap_or(0.0) / whole),
                mean: mean(&|(_, parts)| parts.get(part).copied().unwrap_or(0.0)),
            })
            .collect();
        let rest = |(whole, parts): &OfRun<'_>| {
            let left = whole - parts.values().sum::<f64>();
            // What rounding leaves is nothing.
            if left.abs() <= 1e-9 * whole { 0.0 } else { left }
        };
        phases.push(PhaseShare {
            phase: REST.to_owned(),
            share: mean(&|run| rest(run) / run.0),
            mean: mean(&|run| rest(run)),
        });
        found.push(PhasesOfLevel { level: level.to_string(), runs: runs.len(), phases });
    }
    for (part, metric) in &parts {
        let unknown =
            |row: &&usize| matches!(frame.reading(metric, **row).map(|r| &r.observed), Some(Observed::Unavailable(_)));
        let n = used.iter().filter(unknown).count();
        if n > 0 {
            let message =
                format!("in {n} runs what {part} took is not known (too short, or not read): it stands under {REST}");
            analysis.warnings.push(Warning::new("part_unknown", message));
        }
    }
    let left_out = frame.rows.len() - used.len();
    if left_out > 0 {
        let message = format!("{left_out} runs are left out: the whole or a part of it is not known");
        analysis.warnings.push(Warning::new("left_out", message));
    }
    analysis.n = used.len();
    analysis.trail.push("Shares are means of each run's own shares; what no part holds is shown as between.".into());
    analysis.detail = Some(Detail::PhaseShares(PhaseShares { factor: factor.to_owned(), levels: found }));
    Ok(analysis)
}
