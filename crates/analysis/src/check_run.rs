//! One run looked at: its measurements against their ranges, against the other runs of its condition, and against the
//! runs of the same replicate that differ from it in one parameter alone.

use ergon_domain::{Digest, Metric, Observed, ParameterName, WireNumber};
use ergon_stats::{MissingPolicy, outliers};
use serde::Serialize;

use crate::finding::{Finding, Severity};
use crate::frame::{Frame, same_level};
use crate::nothing_varied::{is_clock, same_reading};
use crate::result::{wire, wire_option};

/// Fewest values of a condition in which a run can stand out.
const LEAST_FOR_OUTLIERS: usize = 5;

/// A run beside the runs it should be compared with.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct RunCheck {
    /// The run's key.
    pub run_id: Digest,
    /// Its parameters that vary in the campaign, as printed.
    pub condition: Vec<(String, String)>,
    /// Replicate, from 0.
    pub replicate: u32,
    /// Phases that select it.
    pub phases: Vec<String>,
    /// Its measurements, in the workload's order.
    pub measurements: Vec<CheckedMeasurement>,
    /// Runs of the same replicate that differ from it in one parameter alone.
    pub twins: Vec<Twin>,
    /// What was found, worst first.
    pub findings: Vec<Finding>,
}

/// A measurement and where it lies.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct CheckedMeasurement {
    /// The metric.
    pub metric: String,
    /// Its title.
    pub title: String,
    /// Its unit.
    pub unit: String,
    /// `value`, `censored`, `undefined`, `unavailable` or `unset`.
    pub observation: String,
    /// The number; of a censored time the time it was waited for.
    #[serde(serialize_with = "wire_option")]
    #[ts(as = "Option<WireNumber>")]
    pub value: Option<f64>,
    /// Why there is none.
    pub reason: Option<String>,
    /// Where it came from; absent when unset.
    pub provenance: Option<String>,
    /// Notes on it.
    pub flags: Vec<String>,
    /// Whether the number lies in the metric's range; absent without a number.
    pub in_range: Option<bool>,
    /// Where it lies among the runs of its condition; absent where these are too few, or it has no number.
    pub cell: Option<CellPlace>,
}

/// Where a number lies among those of its condition.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct CellPlace {
    /// Runs of the condition with a number, this one among them.
    pub n: usize,
    /// Numbers below it.
    pub below: usize,
    /// Lower of Tukey's fences.
    #[serde(serialize_with = "wire")]
    #[ts(as = "WireNumber")]
    pub fence_low: f64,
    /// Upper of Tukey's fences.
    #[serde(serialize_with = "wire")]
    #[ts(as = "WireNumber")]
    pub fence_high: f64,
    /// Whether it lies outside them.
    pub outside: bool,
}

/// A run of the same replicate that differs in one parameter.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct Twin {
    /// Its key.
    pub run_id: Digest,
    /// The parameter in which it differs.
    pub parameter: String,
    /// That parameter's value there, as printed.
    pub value: String,
    /// Metrics whose readings are the same in both; readings of a clock aren't compared.
    pub same: usize,
    /// Metrics compared.
    pub metrics: usize,
}

/// Looks at the run at a position of the frame; `None` when there is none.
pub fn check_run(frame: &Frame, at: usize) -> Option<RunCheck> {
    let row = frame.rows.get(at)?;
    let varied = frame.varied();
    let shown =
        |name: &ParameterName| Some((name.to_string(), row.condition.condition.get(name.as_str())?.to_string()));
    let phase = |p: &u16| frame.structure.phases.get(usize::from(*p)).map(|p| p.name.clone());
    let cell: Vec<usize> = (0..frame.rows.len())
        .filter(|i| frame.rows.get(*i).is_some_and(|r| r.condition.digest == row.condition.digest))
        .collect();
    let measurements: Vec<CheckedMeasurement> =
        frame.metrics.iter().map(|metric| measurement(frame, metric, at, &cell)).collect();
    let twins = twins(frame, at);
    let mut findings = Vec::new();
    for m in &measurements {
        judge(m, &mut findings);
    }
    for twin in twins.iter().filter(|t| t.same == t.metrics && t.metrics > 0) {
        findings.push(Finding {
            severity: Severity::Warning,
            code: "identical_twin".into(),
            place: twin.parameter.clone(),
            message: format!("{} = {} gives the same in every metric", twin.parameter, twin.value),
            advice: "check that the workload or program really uses this parameter".into(),
        });
    }
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    Some(RunCheck {
        run_id: row.key,
        condition: varied.iter().filter_map(shown).collect(),
        replicate: row.replicate,
        phases: row.phases.iter().filter_map(phase).collect(),
        measurements,
        twins,
        findings,
    })
}

fn measurement(frame: &Frame, metric: &Metric, at: usize, cell: &[usize]) -> CheckedMeasurement {
    let reading = frame.reading(&metric.id, at);
    let (observation, value, reason) = match reading.map(|r| &r.observed) {
        Some(Observed::Value(x)) => ("value", Some(*x), None),
        Some(Observed::Censored { at }) => ("censored", Some(*at), None),
        Some(Observed::Undefined(why)) => ("undefined", None, Some(why.to_string())),
        Some(Observed::Unavailable(why)) => ("unavailable", None, Some(why.to_string())),
        None => ("unset", None, None),
    };
    let (low, high) = metric.range;
    CheckedMeasurement {
        metric: metric.id.to_string(),
        title: metric.title.to_string(),
        unit: metric.unit.to_string(),
        observation: observation.into(),
        value,
        reason,
        provenance: reading.map(|r| r.provenance.to_string()),
        flags: reading.map_or(Vec::new(), |r| r.flags.0.iter().map(ToString::to_string).collect()),
        in_range: value.map(|x| low.is_none_or(|l| x >= l) && high.is_none_or(|h| x <= h)),
        cell: value.filter(|_| observation == "value").and_then(|x| place(frame, metric, x, cell)),
    }
}

fn place(frame: &Frame, metric: &Metric, x: f64, cell: &[usize]) -> Option<CellPlace> {
    let number = |i: &usize| match frame.reading(&metric.id, *i).map(|r| &r.observed) {
        Some(Observed::Value(x)) if x.is_finite() => Some(*x),
        _ => None,
    };
    let values: Vec<f64> = cell.iter().filter_map(number).collect();
    if values.len() < LEAST_FOR_OUTLIERS {
        return None;
    }
    let [fence_low, fence_high] = outliers(&values, MissingPolicy::Refuse).ok()?.fences;
    let outside = fence_high > fence_low && (x < fence_low || x > fence_high);
    let below = values.iter().filter(|v| **v < x).count();
    Some(CellPlace { n: values.len(), below, fence_low, fence_high, outside })
}

fn judge(m: &CheckedMeasurement, findings: &mut Vec<Finding>) {
    let mut add = |severity, code: &str, message: String, advice: &str| {
        let place = m.metric.clone();
        findings.push(Finding { severity, code: code.into(), place, message, advice: advice.into() });
    };
    if m.in_range == Some(false) {
        let message = format!("{} lies outside its range", m.metric);
        add(Severity::Error, "out_of_range", message, "the metric's definition or the program's output is wrong");
    }
    if let Some(cell) = m.cell.as_ref().filter(|c| c.outside) {
        let message = format!("{} lies outside the fences of the {} runs of its condition", m.metric, cell.n);
        add(
            Severity::Warning,
            "outlier",
            message,
            "see the run's log; exclude it only by a stored rule with its reason",
        );
    }
    match m.observation.as_str() {
        "unset" => {
            let message = format!("the run never set {}", m.metric);
            add(Severity::Warning, "value_missing", message, "see the program's output");
        }
        "unavailable" => {
            let message = format!("{} is missing: {}", m.metric, m.reason.as_deref().unwrap_or("no reason given"));
            add(Severity::Warning, "value_missing", message, "analyses leave it out");
        }
        _ => {}
    }
}

fn twins(frame: &Frame, at: usize) -> Vec<Twin> {
    let Some(row) = frame.rows.get(at) else { return Vec::new() };
    let mine = &row.condition.condition.0;
    let mut found = Vec::new();
    for (i, other) in frame.rows.iter().enumerate() {
        if i == at || other.replicate != row.replicate || other.condition.digest == row.condition.digest {
            continue;
        }
        let theirs = &other.condition.condition.0;
        let mut names: Vec<_> = mine.keys().chain(theirs.keys()).collect();
        names.sort();
        names.dedup();
        let mut differing = names.into_iter().filter(|name| match (mine.get(*name), theirs.get(*name)) {
            (Some(a), Some(b)) => !same_level(a, b),
            (a, b) => a.is_some() != b.is_some(),
        });
        let (Some(parameter), None) = (differing.next(), differing.next()) else { continue };
        let told: Vec<&Metric> = frame.metrics.iter().filter(|m| !is_clock(frame, &m.id, at)).collect();
        let same = |m: &&&Metric| same_reading(frame.reading(&m.id, at), frame.reading(&m.id, i));
        found.push(Twin {
            run_id: other.key,
            parameter: parameter.to_string(),
            value: theirs.get(parameter).map_or("not given".into(), ToString::to_string),
            same: told.iter().filter(same).count(),
            metrics: told.len(),
        });
    }
    found
}
