//! Restricted mean survival time, and the difference of two.

use serde::Serialize;

use crate::StatError;
use crate::account::{Account, Estimate, Interval, IntervalKind};
use crate::dist::normal;
use crate::kaplan_meier::{KaplanMeier, kaplan_meier, restricted_mean};
use crate::options::check_level;

const REFERENCES: &[&str] = &[
    "Royston & Parmar (2013), BMC Medical Research Methodology 13, 152",
    "Uno et al. (2014), Journal of Clinical Oncology 32, 2380–2385",
];

/// A difference of restricted mean survival times.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RmstDifference {
    /// Method, counts, references.
    #[serde(flatten)]
    pub account: Account,
    /// The time up to which means are taken, in the unit of the data.
    pub horizon: f64,
    /// Restricted mean of each group, with its Greenwood error.
    pub means: [Estimate; 2],
    /// First minus second.
    pub difference: Estimate,
    /// Its normal interval.
    pub ci: Interval,
    /// z statistic of no difference.
    pub z: f64,
    /// Its two-sided p-value.
    pub p: f64,
}

fn mean_up_to(curve: &KaplanMeier, horizon: f64) -> Estimate {
    let before = curve.steps.partition_point(|s| s.time <= horizon);
    let (value, se) = restricted_mean(&curve.steps[..before], horizon);
    Estimate { name: "restricted mean survival time", value, se }
}

/// Compares the mean times to the event up to a `horizon` of two groups, each given by its times
/// and whether the event happened at them (else they are censored).
///
/// Use it where hazards are not proportional or a difference in units of time is wanted. The
/// horizon has to lie within the times observed in both groups.
///
/// ```
/// use ergon_stats::rmst_difference;
/// // Without censoring it is the difference of the means of min(time, horizon): 2.5 − 2.
/// let d = rmst_difference((&[1.0, 2.0, 3.0, 4.0], &[true; 4]), (&[1.0, 2.0, 2.0, 4.0], &[true; 4]), 4.0, 0.95)?;
/// assert!((d.difference.value - 0.25).abs() < 1e-12);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn rmst_difference(
    first: (&[f64], &[bool]),
    second: (&[f64], &[bool]),
    horizon: f64,
    level: f64,
) -> Result<RmstDifference, StatError> {
    check_level(level)?;
    let curves = [kaplan_meier(first.0, first.1, level)?, kaplan_meier(second.0, second.1, level)?];
    let last = |times: &[f64]| times.iter().copied().fold(0.0, f64::max);
    let furthest = last(first.0).min(last(second.0));
    if !(horizon > 0.0 && horizon <= furthest) {
        let range = "above 0, up to the last time observed in both groups";
        return Err(StatError::InvalidOption { option: "horizon", found: horizon.to_string(), range });
    }
    let means = [mean_up_to(&curves[0], horizon), mean_up_to(&curves[1], horizon)];
    let value = means[0].value - means[1].value;
    let se = (means[0].se * means[0].se + means[1].se * means[1].se).sqrt();
    if se == 0.0 {
        return Err(StatError::NoVariation { what: "times up to the horizon" });
    }
    let z = value / se;
    let reach = normal::isf(0.5 * (1.0 - level)) * se;
    if ![value, z, reach].iter().all(|v| v.is_finite()) {
        return Err(StatError::OutOfRange { what: "restricted means" });
    }
    let n = first.0.len() + second.0.len();
    Ok(RmstDifference {
        account: Account::new("Difference of restricted mean survival times", n, 0, REFERENCES),
        horizon,
        means,
        difference: Estimate { name: "difference of restricted means", value, se },
        ci: Interval { low: value - reach, high: value + reach, level, kind: IntervalKind::Normal },
        z,
        p: 2.0 * normal::sf(z.abs()),
    })
}
