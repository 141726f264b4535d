//! Values that lie far from the rest. To be looked at and explained, not to be dropped silently.

use serde::Serialize;

use crate::StatError;
use crate::account::Account;
use crate::descriptive::median_absolute_deviation;
use crate::dist::student_t;
use crate::missing::{MissingPolicy, observed};
use crate::moments::{Moments, deviation};
use crate::quantile::{QuantileType, median_sorted, quantile_sorted, sorted};

const REFERENCES: &[&str] = &[
    "Tukey (1977), Exploratory Data Analysis",
    "Iglewicz & Hoaglin (1993), How to Detect and Handle Outliers",
    "Grubbs (1969), Technometrics 11, 1–21",
];

/// Three views of the outlying values of a sample. Positions count the values used, from 0.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outliers {
    /// Method, counts, findings, warnings, references.
    #[serde(flatten)]
    pub account: Account,
    /// Tukey's fences: quartiles (type 7) ∓ 1.5 interquartile ranges, in the unit of the data.
    pub fences: [f64; 2],
    /// Positions of values outside the fences.
    pub outside_fences: Vec<usize>,
    /// Modified z-scores, 0.6745 (x − median) / MAD; `None` if the MAD is zero.
    pub modified_z: Option<Vec<f64>>,
    /// Positions with an absolute modified z-score above 3.5.
    pub beyond_modified_z: Vec<usize>,
    /// Grubbs' test of the most distant value; `None` below three values or for constant data.
    pub grubbs: Option<Grubbs>,
}

/// Grubbs' two-sided test of a single outlier.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Grubbs {
    /// Position of the most distant value.
    pub position: usize,
    /// Its distance from the mean in standard deviations.
    pub g: f64,
    /// p-value (Bonferroni bound over all values).
    pub p: f64,
}

/// Looks for outliers in `x`.
///
/// Use it to look, not to delete: an exclusion is a decision with a reason. Tukey’s fences at 1.5
/// interquartile ranges, modified z beyond 3.5 (Iglewicz & Hoaglin), Grubbs’ test of the farthest
/// value, which assumes normality.
///
/// ```
/// use ergon_stats::{MissingPolicy, outliers};
/// let x = [9.8, 10.1, 10.0, 9.9, 10.2, 14.0];
/// let found = outliers(&x, MissingPolicy::Refuse)?;
/// assert!((found.outside_fences[0] as f64 - 5.0).abs() < 1e-9);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn outliers(x: &[f64], missing: MissingPolicy) -> Result<Outliers, StatError> {
    let (x, dropped) = observed(x, "x", missing)?;
    if x.is_empty() {
        return Err(StatError::Empty { what: "x" });
    }
    let s = sorted(&x);
    let quartile = |p| quantile_sorted(&s, p, QuantileType::Type7);
    let (q1, q3) = (quartile(0.25), quartile(0.75));
    let reach = 1.5 * (q3 - q1);
    let fences = [q1 - reach, q3 + reach];
    let median = median_sorted(&s);
    let mad = median_absolute_deviation(&x, median);
    if !fences.iter().chain([&mad]).all(|v| v.is_finite()) {
        return Err(StatError::OutOfRange { what: "fences" });
    }
    let positions = |odd: &dyn Fn(usize, f64) -> bool| -> Vec<usize> {
        x.iter().enumerate().filter(|(i, v)| odd(*i, **v)).map(|(i, _)| i).collect()
    };
    // The upper quartile of the standard normal distribution.
    const NORMAL_QUARTILE: f64 = 0.674_489_750_196_081_7;
    let modified_z = (mad > 0.0)
        .then(|| -> Vec<f64> { x.iter().map(|v| NORMAL_QUARTILE * ((v - median) / mad)).collect() })
        .filter(|z| z.iter().all(|v| v.is_finite()));
    let beyond = positions(&|i, _| modified_z.as_ref().and_then(|z| z.get(i)).is_some_and(|z| z.abs() > 3.5));
    Ok(Outliers {
        account: Account::new("Outlier screening", x.len(), dropped, REFERENCES),
        fences,
        outside_fences: positions(&|_, v| v < fences[0] || v > fences[1]),
        beyond_modified_z: beyond,
        modified_z,
        grubbs: grubbs(&x),
    })
}

fn grubbs(x: &[f64]) -> Option<Grubbs> {
    let m = Moments::of(x);
    if x.len() < 3 || m.is_constant() {
        return None;
    }
    let scale = 1.0 / m.unit;
    let (position, distance) = x
        .iter()
        .map(|v| deviation(v * scale, m.center).abs())
        .enumerate()
        .fold((0, 0.0), |best, next| if next.1 > best.1 { next } else { best });
    let n = x.len() as f64;
    let g = distance / m.variance_in_units().sqrt();
    // G is at most (n − 1)/√n; at that bound t is infinite and p is 0.
    let room = (n - 1.0) * (n - 1.0) - n * g * g;
    let p = if room <= 0.0 {
        0.0
    } else {
        let t = g * (n * (n - 2.0) / room).sqrt();
        (2.0 * n * student_t::sf(t, n - 2.0)).min(1.0)
    };
    Some(Grubbs { position, g, p })
}
