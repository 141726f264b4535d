//! The nothing-varied detector: factors that change no metric, levels that give identical runs, metrics without
//! variance, metrics never set. It catches workloads that ignore their parameters.

use ergon_domain::{MetricId, Observed, ParameterName, Provenance, Value};
use serde::Serialize;

use crate::ask::Ask;
use crate::cells::matched_cells;
use crate::compare::uncorrected;
use crate::correct::correct;
use crate::finding::{Finding, Severity};
use crate::frame::{Frame, Reading};
use ergon_design::spec::Correction;

/// Corrected p above which no metric counts as told apart.
const UNTOLD: f64 = 0.2;
/// Above this many runs the search for detectable differences is left out.
const MOST_RUNS: usize = 20_000;

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
    let (mut compared, mut same) = (0, 0);
    for (i, b) in levels.iter().enumerate() {
        for a in levels.iter().take(i) {
            let (runs, identical) = partners(frame, factor, a, b);
            if runs == 0 {
                continue;
            }
            compared += 1;
            if identical {
                same += 1;
                found.identical_levels.push(IdenticalLevels {
                    factor: factor.clone(),
                    a: a.to_string(),
                    b: b.to_string(),
                    runs,
                });
            }
        }
    }
    if compared > 0 && compared == same {
        found.inert_factors.push(factor.clone());
    } else if compared > 0 && frame.rows.len() <= MOST_RUNS && !detectable(frame, factor) {
        found.undetected_factors.push(factor.clone());
    }
}

/// Pairs of runs that differ in the factor alone and share the replicate: how many, and whether all are identical.
fn partners(frame: &Frame, factor: &ParameterName, a: &Value, b: &Value) -> (usize, bool) {
    let matching = matched_cells(frame, factor.as_str(), &[a.clone(), b.clone()], |_| true);
    let replicate = |row: usize| frame.rows.get(row).map(|r| r.replicate);
    let mut runs = 0;
    let mut identical = true;
    for cell in &matching.cells {
        let [left, right] = cell.rows.as_slice() else { continue };
        for x in left {
            let Some(y) = right.iter().find(|y| replicate(**y) == replicate(*x)) else { continue };
            runs += 1;
            let mut told = frame.metrics.iter().filter(|m| !is_clock(frame, &m.id, *x)).peekable();
            // Nothing but clocks: nothing to compare.
            identical &= told.peek().is_some();
            identical &= told.all(|m| same_reading(frame.reading(&m.id, *x), frame.reading(&m.id, *y)));
        }
    }
    (runs, identical)
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
fn detectable(frame: &Frame, factor: &ParameterName) -> bool {
    let mut tests = Vec::new();
    for metric in &frame.metrics {
        if let Ok(compared) = uncorrected(frame, &Ask::about(metric.id.as_str()), factor.as_str()) {
            // An exact difference without any variation is one, too.
            let exact = |a: &crate::result::Analysis| {
                a.p.is_none() && a.estimates.get("mean_difference").is_some_and(|e| e.value != 0.0)
            };
            if compared.iter().any(exact) {
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
