//! Describing one sample.

use serde::Serialize;

use crate::StatError;
use crate::account::{Account, Interval, Warning};
use crate::missing::{MissingPolicy, observed};
use crate::moments::{Moments, deviation};
use crate::options::{Alternative, check_level};
use crate::quantile::{QuantileType, median_sorted, quantile_sorted, sorted};
use crate::sum::sum;
use crate::t_test::t_interval;

const REFERENCES: &[&str] = &[
    "Hyndman & Fan (1996), The American Statistician 50, 361–365",
    "Joanes & Gill (1998), The Statistician 47, 183–189",
];

/// The probabilities of [`Descriptive::quantiles`].
pub const DESCRIPTIVE_PROBABILITIES: [f64; 5] = [0.05, 0.25, 0.5, 0.75, 0.95];

/// A sample in numbers. What the sample is too small or too uniform for is `None`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Descriptive {
    /// Method, counts, warnings.
    #[serde(flatten)]
    pub account: Account,
    /// Arithmetic mean.
    pub mean: f64,
    /// Smallest value.
    pub min: f64,
    /// Largest value.
    pub max: f64,
    /// Sum.
    pub sum: f64,
    /// Quantiles (type 7) at [`DESCRIPTIVE_PROBABILITIES`].
    pub quantiles: [f64; 5],
    /// Median.
    pub median: f64,
    /// Interquartile range (type 7).
    pub iqr: f64,
    /// Median absolute deviation from the median, unscaled; times 1.4826 it estimates σ.
    pub mad: f64,
    /// Variance (divisor n − 1), in the squared unit of the data.
    pub var: Option<f64>,
    /// Standard deviation (divisor n − 1).
    pub sd: Option<f64>,
    /// Standard error of the mean.
    pub sem: Option<f64>,
    /// Interval of the mean from Student's t.
    pub mean_ci: Option<Interval>,
    /// Skewness g₁ = m₃ / m₂^(3/2).
    pub skewness: Option<f64>,
    /// Excess kurtosis g₂ = m₄ / m₂² − 3.
    pub kurtosis: Option<f64>,
    /// Skewness with the small-sample correction, G₁ (n ≥ 3).
    pub skewness_unbiased: Option<f64>,
    /// Excess kurtosis with the small-sample correction, G₂ (n ≥ 4).
    pub kurtosis_unbiased: Option<f64>,
    /// Geometric mean, of positive data.
    pub geometric_mean: Option<f64>,
    /// Harmonic mean, of positive data.
    pub harmonic_mean: Option<f64>,
}

/// Describes `x`; `level` is the confidence level of the mean's interval.
///
/// Quantiles are of type 7; `sd` divides by n − 1; `mad` is scaled to the standard deviation of a
/// normal distribution. Sums are compensated, so that a large offset costs no digits.
///
/// ```
/// use ergon_stats::{MissingPolicy, descriptive};
/// let found = descriptive(&[1e9 + 1.0, 1e9 + 2.0, 1e9 + 3.0], 0.95, MissingPolicy::Refuse)?;
/// assert!((found.mean - 1e9 - 2.0).abs() < 1e-9);
/// assert!((found.sd.unwrap_or(f64::NAN) - 1.0).abs() < 1e-9);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn descriptive(x: &[f64], level: f64, missing: MissingPolicy) -> Result<Descriptive, StatError> {
    check_level(level)?;
    let (kept, dropped) = observed(x, "x", missing)?;
    let x = kept.as_ref();
    if x.is_empty() {
        return Err(StatError::Empty { what: "x" });
    }
    let n = x.len() as f64;
    let m = Moments::of(x);
    let sorted_x = sorted(x);
    let at = |p| quantile_sorted(&sorted_x, p, QuantileType::Type7);
    let median = median_sorted(&sorted_x);
    let mut account = Account::new("Descriptive statistics", x.len(), dropped, REFERENCES);
    if m.is_nearly_constant() && !m.is_constant() {
        account.warnings.push(Warning::NearlyConstant);
    }

    let mean = m.mean();
    let spread = (x.len() > 1).then(|| m.variance_in_units());
    let sd = spread.map(|v| v.sqrt() * m.unit);
    let sem = spread.map(|v| (v / n).sqrt() * m.unit);
    let mean_ci = sem.map(|se| t_interval(mean, se, n - 1.0, level, Alternative::TwoSided));
    let total = m.total.value() * m.unit;
    let var = spread.map(|v| v * m.unit * m.unit);
    // From the median, so that an offset of the data costs no digits.
    let centered: Vec<f64> = sorted_x.iter().map(|v| v - median).collect();
    let from_median = |p| quantile_sorted(&centered, p, QuantileType::Type7);
    let iqr = from_median(0.75) - from_median(0.25);
    let mad = median_absolute_deviation(&sorted_x, median);
    let finite = [Some(mean), Some(total), Some(iqr), Some(mad), sd, var, sem]
        .into_iter()
        .flatten()
        .chain(mean_ci.iter().flat_map(|ci| [ci.low, ci.high]))
        .all(f64::is_finite);
    if !finite {
        return Err(StatError::OutOfRange { what: "x" });
    }

    let (skewness, kurtosis) = shape(x, &m).unzip();
    let positive = x.iter().all(|v| *v > 0.0);
    Ok(Descriptive {
        mean,
        min: at(0.0),
        max: at(1.0),
        sum: total,
        quantiles: DESCRIPTIVE_PROBABILITIES.map(at),
        median,
        iqr,
        mad,
        var,
        sd,
        sem,
        mean_ci,
        skewness,
        kurtosis,
        skewness_unbiased: skewness.filter(|_| n >= 3.0).map(|g| g * (n * (n - 1.0)).sqrt() / (n - 2.0)),
        kurtosis_unbiased: kurtosis
            .filter(|_| n >= 4.0)
            .map(|g| (n - 1.0) / ((n - 2.0) * (n - 3.0)) * ((n + 1.0) * g + 6.0)),
        geometric_mean: positive.then(|| libm::exp(sum(x.iter().map(|v| libm::log(*v))) / n)),
        harmonic_mean: positive.then(|| n / sum(x.iter().map(|v| 1.0 / v))).filter(|v| *v > 0.0),
        account,
    })
}

/// Biased skewness and excess kurtosis; `None` for constant data.
fn shape(x: &[f64], m: &Moments) -> Option<(f64, f64)> {
    if m.is_constant() {
        return None;
    }
    let n = x.len() as f64;
    let scale = 1.0 / m.unit;
    // In standard deviations, so that no power leaves the range.
    let sd = (m.ss / n).sqrt();
    let z = |v: &f64| deviation(v * scale, m.center) / sd;
    let third = sum(x.iter().map(|v| {
        let z = z(v);
        z * z * z
    }));
    let fourth = sum(x.iter().map(|v| {
        let z2 = z(v) * z(v);
        z2 * z2
    }));
    Some((third / n, fourth / n - 3.0))
}

/// Median absolute deviation from `median`, unscaled.
pub(crate) fn median_absolute_deviation(x: &[f64], median: f64) -> f64 {
    let distances: Vec<f64> = x.iter().map(|v| (v - median).abs()).collect();
    median_sorted(&sorted(&distances))
}
