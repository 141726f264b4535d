//! The nothing-varied detector: factors that change no metric, levels that give identical runs, metrics without
//! variance, metrics never set. It catches workloads that ignore their parameters.

use std::collections::BTreeMap;

use ergon_domain::{Digest, Metric, MetricId, Observed, ParameterName, Provenance, Value};
use serde::Serialize;

use crate::ask::Ask;
use crate::cells::without;
use crate::compare::uncorrected;
use crate::correct::correct;
use crate::finding::{Finding, Severity};
use crate::frame::{Frame, Reading, same_level};
use ergon_design::spec::Correction;

/// Corrected p above which no metric counts as told apart.
const UNTOLD: f64 = 0.2;
/// Above this many runs the search for detectable differences is left out: it fits a model for each metric and pair of
/// levels, and a campaign of that size has its own questions.
const MOST_RUNS: usize = 1_000;
/// Above this many levels too: a factor of so many is a scale, of which pairs of points say little.
const MOST_LEVELS: usize = 12;

/// What doesn't vary though it should.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ts_rs::TS)]
pub struct NothingVaried {
    /// Factors whose matched runs are identical in every metric.
    pub inert_factors: Vec<ParameterName>,
    /// Factors over which no metric differs detectably, though runs aren't identical.
    pub undetected_factors: Vec<ParameterName>,
    /// Pairs of levels whose matched runs are identical in every metric.
    pub identical_levels: Vec<IdenticalLevels>,
    /// Metrics with one value in all runs.
    pub constant_metrics: Vec<MetricId>,
    /// Metrics that no run has a value of.
    pub unset_metrics: Vec<MetricId>,
}

/// Two levels that give identical runs.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct IdenticalLevels {
    /// The factor.
    pub factor: ParameterName,
    /// One level.
    pub a: String,
    /// The other.
    pub b: String,
    /// Pairs of runs compared.
    pub runs: usize,
}

/// Looks for what doesn't vary.
///
/// Runs are compared with their partner of the same replicate that differs in the factor alone. Readings of a clock
/// (measured, in seconds) don't count: they always differ.
pub fn nothing_varied(frame: &Frame) -> NothingVaried {
    let mut found = NothingVaried::default();
    for metric in &frame.metrics {
        let column = frame.columns.get(&metric.id).map_or(&[][..], Vec::as_slice);
        let mut numbers = column.iter().flatten().filter_map(|r| match r.observed {
            Observed::Value(x) => Some((x.to_bits(), false)),
            Observed::Censored { at } => Some((at.to_bits(), true)),
            _ => None,
        });
        match numbers.next() {
            None => found.unset_metrics.push(metric.id.clone()),
            Some(first) if column.len() > 1 && numbers.all(|x| x == first) => {
                found.constant_metrics.push(metric.id.clone());
            }
            Some(_) => {}
        }
    }
    for factor in frame.varied() {
        look_at_factor(frame, &factor, &mut found);
    }
    found
}

fn look_at_factor(frame: &Frame, factor: &ParameterName, found: &mut NothingVaried) {
    let levels = frame.levels(factor.as_str());
    let pairs = partners(frame, factor, &levels);
    let identical = pairs.iter().filter(|(_, pair)| pair.identical);
    found.identical_levels.extend(identical.clone().map(|((a, b), pair)| IdenticalLevels {
        factor: factor.clone(),
        a: a.to_string(),
        b: b.to_string(),
        runs: pair.runs,
    }));
    let same = identical.count();
    if !pairs.is_empty() && pairs.len() == same {
        found.inert_factors.push(factor.clone());
    } else if !pairs.is_empty()
        && frame.rows.len() <= MOST_RUNS
        && levels.len() <= MOST_LEVELS
        && !detectable(frame, factor, levels.len())
    {
        found.undetected_factors.push(factor.clone());
    }
}

/// Runs of two levels compared.
#[derive(Clone, Copy)]
struct Pair {
    runs: usize,
    identical: bool,
}

/// Pairs of levels that some two runs hold which differ in the factor alone and share the replicate: how many such runs,
/// and whether all are identical.
fn partners<'a>(frame: &Frame, factor: &ParameterName, levels: &'a [Value]) -> Vec<((&'a Value, &'a Value), Pair)> {
    let mut places: BTreeMap<Digest, Option<(Digest, usize)>> = BTreeMap::new();
    let mut groups: BTreeMap<(Digest, u32), Vec<(usize, usize)>> = BTreeMap::new();
    for (i, row) in frame.rows.iter().enumerate() {
        let place = places.entry(row.condition.digest).or_insert_with(|| {
            let value = row.condition.condition.get(factor.as_str())?;
            let level = levels.iter().position(|level| same_level(level, value))?;
            Some((without(&row.condition, factor.as_str()), level))
        });
        if let Some((cell, level)) = *place {
            groups.entry((cell, row.replicate)).or_default().push((level, i));
        }
    }
    let columns: Vec<(&Metric, &[Option<Reading>])> =
        frame.metrics.iter().map(|m| (m, frame.columns.get(&m.id).map_or(&[][..], Vec::as_slice))).collect();
    let mut found: BTreeMap<(usize, usize), Pair> = BTreeMap::new();
    for rows in groups.values_mut() {
        // A replicate that is there twice, in two phases, counts once.
        rows.sort_unstable();
        rows.dedup_by_key(|(level, _)| *level);
        for (k, (b, y)) in rows.iter().enumerate() {
            for (a, x) in rows.iter().take(k) {
                let pair = found.entry((*b, *a)).or_insert(Pair { runs: 0, identical: true });
                pair.runs += 1;
                pair.identical = pair.identical && same_runs(&columns, *x, *y);
            }
        }
    }
    let level = |at: usize| levels.get(at);
    found.into_iter().filter_map(|((b, a), pair)| Some(((level(a)?, level(b)?), pair))).collect()
}

fn same_runs(columns: &[(&Metric, &[Option<Reading>])], x: usize, y: usize) -> bool {
    let clock = |metric: &Metric, reading: Option<&Reading>| {
        reading.is_some_and(|r| r.provenance == Provenance::Measured) && matches!(metric.unit.as_ref(), "s" | "ms")
    };
    let mut told =
        columns.iter().filter(|(metric, column)| !clock(metric, column.get(x).and_then(Option::as_ref))).peekable();
    // Nothing but clocks: nothing to compare.
    told.peek().is_some()
        && told.all(|(_, column)| {
            same_reading(column.get(x).and_then(Option::as_ref), column.get(y).and_then(Option::as_ref))
        })
}

/// Equal to the bit.
pub(crate) fn same_reading(a: Option<&Reading>, b: Option<&Reading>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => match (&a.observed, &b.observed) {
            (Observed::Value(x), Observed::Value(y)) => x.to_bits() == y.to_bits(),
            (x, y) => x == y,
        },
        (a, b) => a.is_none() && b.is_none(),
    }
}

/// Whether a metric is a clock's reading, which always differs.
pub(crate) fn is_clock(frame: &Frame, metric: &MetricId, row: usize) -> bool {
    let unit = frame.metrics.iter().find(|m| m.id == *metric).map(|m| m.unit.as_ref());
    let measured = frame.reading(metric, row).is_some_and(|r| r.provenance == Provenance::Measured);
    measured && matches!(unit, Some("s" | "ms"))
}

/// Whether any metric differs detectably over the factor.
fn detectable(frame: &Frame, factor: &ParameterName, levels: usize) -> bool {
    let mut tests = Vec::new();
    let most_tests = (frame.metrics.len() * levels * levels.saturating_sub(1) / 2) as f64;
    for metric in &frame.metrics {
        if let Ok(compared) = uncorrected(frame, &Ask::about(metric.id.as_str()), factor.as_str()) {
            // An exact difference without any variation is one, too.
            let exact = |a: &crate::result::Analysis| {
                a.p.is_none() && a.estimates.get("mean_difference").is_some_and(|e| e.value != 0.0)
            };
            if compared.iter().any(exact) {
                return true;
            }
            // Holm's correction multiplies the smallest p by the number of tests: what survives the most there can be
            // survives, and the other metrics need not be looked at.
            if compared.iter().any(|t| t.p.is_some_and(|p| p * most_tests < UNTOLD)) {
                return true;
            }
            tests.extend(compared);
        }
    }
    if tests.iter().all(|t| t.p.is_none()) || correct(&mut tests, Correction::Holm, "").is_err() {
        return true;
    }
    tests.iter().any(|t| t.p_adjusted.is_some_and(|p| p < UNTOLD))
}

impl NothingVaried {
    /// As findings.
    pub fn findings(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        let mut add = |severity, code: &str, place: String, message: String, advice: &str| {
            findings.push(Finding { severity, code: code.into(), place, message, advice: advice.into() });
        };
        for factor in &self.inert_factors {
            add(
                Severity::Error,
                "factor_changes_nothing",
                factor.to_string(),
                format!("{factor} changes no metric: runs that differ in it alone are identical"),
                "check that the workload or program really uses this parameter",
            );
        }
        for pair in self.identical_levels.iter().filter(|p| !self.inert_factors.contains(&p.factor)) {
            add(
                Severity::Warning,
                "identical_levels",
                format!("{}: {} and {}", pair.factor, pair.a, pair.b),
                format!("{} = {} and {} give identical runs ({} compared)", pair.factor, pair.a, pair.b, pair.runs),
                "check that both levels are realised, and realised differently",
            );
        }
        for factor in &self.undetected_factors {
            add(
                Severity::Info,
                "factor_not_detected",
                factor.to_string(),
                format!("no metric tells the levels of {factor} apart"),
                "more replicates, or levels further apart, if an effect is expected",
            );
        }
        for metric in &self.unset_metrics {
            add(
                Severity::Warning,
                "metric_never_set",
                metric.to_string(),
                format!("no run has a value of {metric}"),
                "check the program's output, or drop the metric",
            );
        }
        for metric in &self.constant_metrics {
            add(
                Severity::Warning,
                "metric_constant",
                metric.to_string(),
                format!("{metric} has the same value in all runs"),
                "check that it is measured and not a default",
            );
        }
        findings
    }
}
