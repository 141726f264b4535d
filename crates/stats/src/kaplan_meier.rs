//! Kaplan–Meier estimate of a survival function from right-censored times.

use serde::Serialize;

use crate::StatError;
use crate::account::{Account, Interval, IntervalKind};
use crate::dist::normal;
use crate::options::check_level;

const REFERENCES: &[&str] = &[
    "Kaplan & Meier (1958), Journal of the American Statistical Association 53, 457–481",
    "Greenwood (1926), Reports on Public Health and Medical Subjects 33",
    "Kalbfleisch & Prentice (1980), The Statistical Analysis of Failure Time Data",
];

/// The survival function at one event time.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SurvivalStep {
    /// Event time, in the unit of the data.
    pub time: f64,
    /// Still at risk just before it.
    pub n_risk: usize,
    /// Events at it.
    pub n_event: usize,
    /// P(T > time).
    pub survival: f64,
    /// Greenwood's standard error; `None` where survival reached 0.
    pub se: Option<f64>,
    /// Interval on the log(−log) scale; `None` where survival reached 0.
    pub ci: Option<Interval>,
}

/// A Kaplan–Meier estimate.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct KaplanMeier {
    /// Method, counts, findings, warnings, references.
    #[serde(flatten)]
    pub account: Account,
    /// Number of events.
    pub events: usize,
    /// Number of censored times.
    pub censored: usize,
    /// Confidence level of the intervals.
    pub level: f64,
    /// The steps of the function, one per distinct event time.
    pub steps: Vec<SurvivalStep>,
    /// Median survival time; `None` if survival stays above one half.
    pub median: Option<f64>,
    /// Lower end of the median's interval; `None` if not reached.
    pub median_low: Option<f64>,
    /// Upper end of the median's interval; `None` if not reached.
    pub median_high: Option<f64>,
    /// Restricted mean survival time up to the largest time observed.
    pub rmst: f64,
    /// Its standard error (Greenwood type, no small-sample factor).
    pub rmst_se: f64,
}

/// A time and whether the event happened at it (else it was censored).
pub(crate) fn checked_times(time: &[f64], event: &[bool]) -> Result<(), StatError> {
    if time.len() != event.len() {
        return Err(StatError::LengthMismatch { what: "time and event", left: time.len(), right: event.len() });
    }
    if time.is_empty() {
        return Err(StatError::Empty { what: "time" });
    }
    let missing = time.iter().filter(|t| t.is_nan()).count();
    if missing > 0 {
        // A time of unknown length cannot be dropped without bias: censor it instead.
        return Err(StatError::Missing { what: "time", count: missing });
    }
    if let Some(index) = time.iter().position(|t| t.is_infinite()) {
        return Err(StatError::NonFinite { what: "time", index });
    }
    match time.iter().find(|t| **t < 0.0) {
        Some(t) => {
            Err(StatError::InvalidOption { option: "time", found: t.to_string(), range: "non-negative numbers" })
        }
        None => Ok(()),
    }
}

/// Estimates the survival function; `event[i]` is false where `time[i]` is censored.
///
/// Use it for times to an event of which some were not seen to the end. Assumes that censoring says
/// nothing about the time that would have followed. S(t) = Π (1 − dᵢ / nᵢ), with Greenwood’s error
/// and log–log intervals.
///
/// ```
/// use ergon_stats::kaplan_meier;
/// let time = [2.0, 3.0, 4.0, 5.0, 8.0];
/// let event = [true, true, false, true, false];
/// let found = kaplan_meier(&time, &event, 0.95)?;
/// assert!((found.steps[1].survival - 0.6).abs() < 1e-4);
/// assert!((found.median.unwrap_or(f64::NAN) - 5.0).abs() < 1e-4);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn kaplan_meier(time: &[f64], event: &[bool], level: f64) -> Result<KaplanMeier, StatError> {
    check_level(level)?;
    checked_times(time, event)?;
    let mut order: Vec<(f64, bool)> = time.iter().copied().zip(event.iter().copied()).collect();
    order.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let n = order.len();
    let events = event.iter().filter(|e| **e).count();
    let z = normal::isf(0.5 * (1.0 - level));

    let mut steps: Vec<SurvivalStep> = Vec::new();
    let mut survival = 1.0;
    let mut hazard_variance = 0.0;
    let mut left = n;
    for run in order.chunk_by(|a, b| a.0 == b.0) {
        let died = run.iter().filter(|(_, e)| *e).count();
        if died > 0 {
            let (d, r) = (died as f64, left as f64);
            survival *= 1.0 - d / r;
            if died == left {
                survival = 0.0;
            } else {
                hazard_variance += d / (r * (r - d));
            }
            steps.push(step(run[0].0, left, died, survival, hazard_variance, z, level));
        }
        left -= run.len();
    }

    let last = order.last().map_or(0.0, |(t, _)| *t);
    let ends = |end: fn(&Interval) -> f64| crossing(&steps, |s| s.ci.as_ref().map(end));
    let (rmst, rmst_se) = restricted_mean(&steps, last);
    if !(rmst.is_finite() && rmst_se.is_finite()) {
        return Err(StatError::OutOfRange { what: "restricted mean" });
    }
    Ok(KaplanMeier {
        account: Account::new("Kaplan–Meier estimate", n, 0, REFERENCES),
        events,
        censored: n - events,
        level,
        median: crossing(&steps, |s| Some(s.survival)),
        median_low: ends(|ci| ci.low),
        median_high: ends(|ci| ci.high),
        rmst,
        rmst_se,
        steps,
    })
}

fn step(
    time: f64,
    n_risk: usize,
    n_event: usize,
    survival: f64,
    hazard_variance: f64,
    z: f64,
    level: f64,
) -> SurvivalStep {
    let inside = survival > 0.0;
    let log_survival = libm::log(survival);
    let reach = z * hazard_variance.sqrt() / log_survival.abs();
    SurvivalStep {
        time,
        n_risk,
        n_event,
        survival,
        se: inside.then(|| survival * hazard_variance.sqrt()),
        ci: inside.then(|| Interval {
            low: libm::exp(log_survival * libm::exp(reach)),
            high: libm::exp(log_survival * libm::exp(-reach)),
            level,
            kind: IntervalKind::LogLog,
        }),
    }
}

/// The first time a curve falls to one half; if it stays exactly there until the next event, the
/// middle of that stretch.
fn crossing(steps: &[SurvivalStep], curve: impl Fn(&SurvivalStep) -> Option<f64>) -> Option<f64> {
    const ROUNDING: f64 = 1e-12;
    let at = steps.iter().position(|s| curve(s).is_some_and(|v| v <= 0.5 + ROUNDING))?;
    let here = steps.get(at)?;
    let on_half = curve(here).is_some_and(|v| (v - 0.5).abs() <= ROUNDING);
    match steps.get(at + 1) {
        Some(next) if on_half => Some(0.5 * here.time + 0.5 * next.time),
        _ => Some(here.time),
    }
}

/// Area under the curve up to `until`, and its standard error.
pub(crate) fn restricted_mean(steps: &[SurvivalStep], until: f64) -> (f64, f64) {
    let mut area = 0.0;
    let mut variance = 0.0;
    let mut right = until;
    // From the right: the area beyond each event time weights its hazard increment.
    for s in steps.iter().rev() {
        area += s.survival * (right - s.time);
        right = s.time;
        let (d, r) = (s.n_event as f64, s.n_risk as f64);
        if s.n_event < s.n_risk {
            variance += area * area * d / (r * (r - d));
        }
    }
    (area + right, variance.sqrt())
}
