//! Areas: under a ROC curve, under sampled points, between empirical distribution functions.

use serde::Serialize;

use crate::StatError;
use crate::account::Account;
use crate::missing::{MissingPolicy, observed};
use crate::quantile::sorted;
use crate::ranks::pairs_above;
use crate::sum::sum;

const REFERENCES: &[&str] = &[
    "Hanley & McNeil (1982), Radiology 143, 29–36",
    "Cartwright (2017), Journal of Mathematical Sciences and Mathematics Education 12(2)",
];

/// Area under the ROC curve of scores of positive and negative cases: P(pos > neg), ties counting
/// one half.
///
/// Use it to say how well a score tells two kinds of cases apart: ½ is a coin, 1 perfect.
///
/// ```
/// use ergon_stats::{MissingPolicy, roc_auc};
/// let found = roc_auc(&[0.9, 0.8, 0.4], &[0.5, 0.3], MissingPolicy::Refuse)?;
/// assert!((found - 0.833333333333).abs() < 1e-12);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn roc_auc(positive: &[f64], negative: &[f64], missing: MissingPolicy) -> Result<f64, StatError> {
    let (p, n) = two(positive, negative, missing)?;
    Ok(pairs_above(&p, &n) / (p.len() as f64 * n.len() as f64))
}

/// Area under points (x, y).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CurveArea {
    /// Method, counts (points), findings, warnings, references.
    #[serde(flatten)]
    pub account: Account,
    /// By straight lines between the points.
    pub trapezoid: f64,
    /// By parabolas through three points at a time (Simpson, uneven steps); with an even number of
    /// points the last step takes the parabola of the last three.
    pub simpson: f64,
}

/// Area under two points or more, x strictly increasing.
///
/// Use it for a quantity over a range of another (power over time, accuracy over budget).
///
/// ```
/// use ergon_stats::curve_area;
/// let found = curve_area(&[0.0, 1.0, 2.0], &[0.0, 1.0, 4.0])?;
/// assert!((found.trapezoid - 3.0).abs() < 1e-12);
/// assert!((found.simpson - 2.666666666667).abs() < 1e-12);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn curve_area(x: &[f64], y: &[f64]) -> Result<CurveArea, StatError> {
    if x.len() != y.len() {
        return Err(StatError::LengthMismatch { what: "x and y", left: x.len(), right: y.len() });
    }
    let (x, _) = observed(x, "x", MissingPolicy::Refuse)?;
    let (y, _) = observed(y, "y", MissingPolicy::Refuse)?;
    let n = x.len();
    if n < 2 {
        return Err(StatError::TooFew { what: "points", needed: 2, found: n });
    }
    if let Some(b) = x.iter().zip(x.iter().skip(1)).find(|(a, b)| a >= b).map(|(_, b)| b) {
        return Err(StatError::InvalidOption { option: "x", found: b.to_string(), range: "increasing values" });
    }
    let trapezoid = sum((1..n).map(|i| 0.5 * (x[i] - x[i - 1]) * (y[i] + y[i - 1])));
    let pairs = (n - 1) / 2;
    let mut simpson = sum((0..pairs).map(|p| {
        let i = 2 * p;
        let (h0, h1) = (x[i + 1] - x[i], x[i + 2] - x[i + 1]);
        let whole = h0 + h1;
        whole / 6.0 * (y[i] * (2.0 - h1 / h0) + y[i + 1] * (whole * whole / (h0 * h1)) + y[i + 2] * (2.0 - h0 / h1))
    }));
    if n == 2 {
        simpson = trapezoid;
    } else if n % 2 == 0 {
        let (h0, h1) = (x[n - 2] - x[n - 3], x[n - 1] - x[n - 2]);
        simpson += y[n - 1] * (2.0 * h1 * h1 + 3.0 * h0 * h1) / (6.0 * (h0 + h1))
            + y[n - 2] * (h1 * h1 + 3.0 * h0 * h1) / (6.0 * h0)
            - y[n - 3] * h1 * h1 * h1 / (6.0 * h0 * (h0 + h1));
    }
    if !(trapezoid.is_finite() && simpson.is_finite()) {
        return Err(StatError::OutOfRange { what: "area" });
    }
    Ok(CurveArea { account: Account::new("Area under a curve", n, 0, REFERENCES), trapezoid, simpson })
}

/// Areas of two empirical distribution functions, in the unit of the data.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EcdfAreas {
    /// Method, counts, findings, warnings, references.
    #[serde(flatten)]
    pub account: Account,
    /// Area between the two: the 1-Wasserstein distance.
    pub between: f64,
    /// Area under the first, from the smallest to the largest of all values.
    pub first: f64,
}

/// Areas between and under the empirical distribution functions of two samples.
///
/// Use it to say how far two distributions are apart in the unit of the data: the area between them
/// is Wasserstein’s distance.
///
/// ```
/// use ergon_stats::{MissingPolicy, ecdf_areas};
/// let found = ecdf_areas(&[1.0, 2.0, 3.0], &[2.0, 3.0, 4.0], MissingPolicy::Refuse)?;
/// assert!((found.between - 1.0).abs() < 1e-12);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn ecdf_areas(x: &[f64], y: &[f64], missing: MissingPolicy) -> Result<EcdfAreas, StatError> {
    let (sx, sy) = two(x, y, missing)?;
    let all = sorted(&[sx.as_slice(), sy.as_slice()].concat());
    let share = |s: &[f64], at: f64| s.partition_point(|v| *v <= at) as f64 / s.len() as f64;
    let area = |height: &dyn Fn(f64) -> f64| sum(all.iter().zip(all.iter().skip(1)).map(|(a, b)| (b - a) * height(*a)));
    let between = area(&|at| (share(&sx, at) - share(&sy, at)).abs());
    let first = area(&|at| share(&sx, at));
    if !(between.is_finite() && first.is_finite()) {
        return Err(StatError::OutOfRange { what: "area" });
    }
    let dropped = x.len() + y.len() - all.len();
    let account = Account::new("Areas of empirical distribution functions", all.len(), dropped, REFERENCES);
    Ok(EcdfAreas { account, between, first })
}

/// The empirical distribution function of `x` at each of `at`.
///
/// The share of values of `x` up to each point.
///
/// ```
/// use ergon_stats::{MissingPolicy, ecdf};
/// let found = ecdf(&[1.0, 2.0, 3.0, 4.0], &[2.5], MissingPolicy::Refuse)?;
/// assert!((found[0] - 0.5).abs() < 1e-12);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn ecdf(x: &[f64], at: &[f64], missing: MissingPolicy) -> Result<Vec<f64>, StatError> {
    let (s, _) = two(x, x, missing)?;
    Ok(at.iter().map(|v| s.partition_point(|x| x <= v) as f64 / s.len() as f64).collect())
}

/// Two samples, sorted and not empty.
fn two(x: &[f64], y: &[f64], missing: MissingPolicy) -> Result<(Vec<f64>, Vec<f64>), StatError> {
    let (x, _) = observed(x, "the first sample", missing)?;
    let (y, _) = observed(y, "the second sample", missing)?;
    for (what, s) in [("the first sample", &x), ("the second sample", &y)] {
        if s.is_empty() {
            return Err(StatError::Empty { what });
        }
    }
    Ok((sorted(&x), sorted(&y)))
}
