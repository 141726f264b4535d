//! The orchestration tax: what another way of working takes, as a multiple of one call and as a difference, over pairs of
//! runs of the same task, replicate and model.
//!
//! Of energy only valid pairs count: both runs measured, each on a machine of its own. Anything else has no tax, and says
//! why (ENERGY.md \"Attribution\").

use std::collections::BTreeMap;

use ergon_design::spec::Estimand;
use ergon_domain::{MetricId, Observed, Provenance, SIMULATED_MODEL, Value};

use crate::ask::{Ask, Contrast};
use crate::cells::matched_cells;
use crate::contrast::{contrast, known_levels};
use crate::detail::Detail;
use crate::error::AnalysisError;
use crate::frame::Frame;
use crate::response::{Response, in_words};
use crate::result::{Analysis, AnalysisKind, Dropped, Warning};
use crate::work_detail::{Tax, TaxPair};

/// The level that others are compared with, where the factor has it.
const CONTROL: &str = "linear";
/// What makes a measured joule another one's too, or not one of this run.
const INVALID: [(&str, &str); 4] = [
    ("concurrent", "the runs overlapped: what is split by CPU time ranks nobody (execution.energy: exclusive)"),
    ("throttled", "the processor was slowed because it was hot (execution.cooldown)"),
    ("suspended", "the machine was suspended meanwhile"),
    ("reset", "a counter was set back meanwhile"),
];

/// The tax of every level of a factor over the level `linear`, or else the first.
///
/// # Errors
/// Unknown names; of energy: no valid pair, or joules that are estimated, shared, or of a simulated model.
pub fn orchestration_tax(frame: &Frame, ask: &Ask, factor: &str) -> Result<Vec<Analysis>, AnalysisError> {
    let levels = known_levels(frame, factor)?;
    let control = levels.iter().find(|l| l.as_str() == Some(CONTROL)).or_else(|| levels.first());
    let Some(control) = control.cloned().filter(|_| levels.len() > 1) else {
        return Err(AnalysisError::OneLevel { factor: factor.into(), found: levels.len() });
    };
    let metric = frame.metric(&ask.metric)?.clone();
    let (valid, refused) =
        if &*metric.unit == "J" { with_valid_energy(frame, &metric.id)? } else { (frame.clone(), Vec::new()) };
    let left_out = (!refused.is_empty())
        .then(|| Warning::new("left_out", format!("left out, with their pairs, are {}", reasons(&refused))));
    let others = levels.iter().filter(|level| **level != control);
    others
        .map(|treatment| {
            let mut tax = one(&valid, ask, factor, treatment, &control)?;
            tax.warnings.extend(left_out.clone());
            Ok(tax)
        })
        .collect()
}

fn one(frame: &Frame, ask: &Ask, factor: &str, treatment: &Value, control: &Value) -> Result<Analysis, AnalysisError> {
    let pair = Contrast { factor: factor.to_owned(), treatment: treatment.clone(), control: control.clone() };
    let with = |estimand| Ask { estimand: Some(estimand), null: None, ..ask.clone() };
    let mut tax = contrast(frame, &with(Estimand::LogRatio), &pair)?;
    let difference = contrast(frame, &with(Estimand::MeanDifference), &pair)?;
    let (title, name) =
        (&tax.question.metric_title, if tax.question.unit == "J" { "orchestration tax" } else { "overhead" });
    tax.question.text =
        format!("The {name} of {treatment} over {control}: {title} of pairs that differ in nothing else");
    tax.kind = AnalysisKind::Tax;
    let by_difference = difference.estimates.get("mean_difference").cloned();
    tax.estimates.extend(by_difference.clone().map(|e| ("mean_difference".to_owned(), e)));
    tax.trail.push(
        "The multiple is the geometric mean of the pairs' ratios; the difference is the mean of their differences, tested \
         in the same way."
            .into(),
    );
    let (pairs, differ) = pairs(frame, &tax.question.metric, factor, [treatment, control])?;
    if differ > 0 {
        tax.warnings.push(Warning::new(
            "different_items",
            format!("{differ} of {} pairs were of different items: their difference is the items' too", pairs.len()),
        ));
    }
    let ratio = tax.estimates.get("ratio").map(|e| e.value);
    tax.detail = Some(Detail::Tax(Tax {
        factor: factor.to_owned(),
        treatment: treatment.to_string(),
        control: control.to_string(),
        ratio,
        ratio_ci: tax.ci,
        difference: by_difference.as_ref().map(|e| e.value),
        difference_ci: by_difference.and_then(|e| e.ci),
        reading: ratio.map(reading).unwrap_or_default().to_owned(),
        pairs,
    }));
    Ok(tax)
}

/// The bands of A-LEMS's guide.
fn reading(ratio: f64) -> &'static str {
    match ratio {
        r if r < 1.0 => "less than the control",
        r if r < 1.5 => "little overhead",
        r if r < 2.0 => "half as much again, or more",
        r if r < 5.0 => "twice as much, or more",
        _ => "high overhead: five times as much, or more",
    }
}

/// The pairs, and how many of them are of different items.
fn pairs(
    frame: &Frame,
    metric: &MetricId,
    factor: &str,
    [treatment, control]: [&Value; 2],
) -> Result<(Vec<TaxPair>, usize), AnalysisError> {
    let response = Response::of(frame, metric.as_str())?;
    let levels = [treatment.clone(), control.clone()];
    let matching = matched_cells(frame, factor, &levels, |row| response.value(row).is_some());
    let item = |row: usize| match frame.reading(&"item_number".into(), row).map(|r| &r.observed) {
        Some(Observed::Value(number)) => Some(*number),
        _ => None,
    };
    let (mut pairs, mut differ) = (Vec::new(), 0);
    for cell in &matching.cells {
        let by_replicate = |level: usize| -> BTreeMap<u32, usize> {
            let rows = cell.rows.get(level).into_iter().flatten();
            rows.filter_map(|row| Some((frame.rows.get(*row)?.replicate, *row))).collect()
        };
        let controls = by_replicate(1);
        for (replicate, row) in by_replicate(0) {
            let Some(other) = controls.get(&replicate) else { continue };
            let (Some(x), Some(y)) = (response.value(row), response.value(*other)) else { continue };
            differ += usize::from(item(row) != item(*other));
            let ratio = (y > 0.0).then(|| x / y);
            pairs.push(TaxPair { cell: cell.label.clone(), replicate, treatment: x, control: y, ratio });
        }
    }
    Ok((pairs, differ))
}

fn reasons(refused: &[Dropped]) -> String {
    in_words(refused.iter().map(|d| (d.reason.as_str(), d.count)), " runs: ")
}

/// The frame with the joules that count, where what doesn't count says why in its place; and how often which reason did.
fn with_valid_energy(frame: &Frame, metric: &MetricId) -> Result<(Frame, Vec<Dropped>), AnalysisError> {
    let mut valid = frame.clone();
    let simulated = |row: usize| {
        let mut columns = frame.columns.iter().filter(|(name, _)| *name != metric);
        columns.any(|(_, column)| {
            column.get(row).and_then(Option::as_ref).is_some_and(|r| r.flags.0.contains(SIMULATED_MODEL))
        })
    };
    let mut refused: BTreeMap<String, usize> = BTreeMap::new();
    let mut counted = 0;
    for (row, reading) in valid.columns.entry(metric.clone()).or_default().iter_mut().enumerate() {
        let Some(reading) = reading else { continue };
        let why = match (&reading.observed, &reading.provenance) {
            // First what no better run would mend.
            (_, Provenance::Estimated(by)) => Some(format!("estimated ({by}), not measured")),
            (_, Provenance::Simulated) => Some("simulated, not measured".to_owned()),
            _ if simulated(row) => {
                Some("the model is simulated: it computes nothing, so these joules are not its own".to_owned())
            }
            (Observed::Undefined(why) | Observed::Unavailable(why), _) => Some(why.to_string()),
            _ => {
                let invalid = INVALID.iter().find(|(flag, _)| reading.flags.0.contains(*flag));
                invalid.map(|(_, why)| (*why).to_owned())
            }
        };
        match why {
            None => counted += 1,
            Some(why) => {
                *refused.entry(why.clone()).or_default() += 1;
                reading.observed = Observed::Unavailable(why.into());
            }
        }
    }
    let refused: Vec<Dropped> = refused.into_iter().map(|(reason, count)| Dropped { reason, count }).collect();
    if counted == 0 {
        let reason = if refused.is_empty() { "no run's energy was read".to_owned() } else { reasons(&refused) };
        return Err(AnalysisError::NoValidEnergy { metric: metric.clone(), reason });
    }
    Ok((valid, refused))
}
