//! Theil–Sen line: the median of the slopes of all pairs.

use serde::Serialize;

use crate::StatError;
use crate::account::{Account, Interval, IntervalKind, Warning};
use crate::dist::normal;
use crate::missing::{MissingPolicy, observed_pairs};
use crate::options::check_level;
use crate::pearson::enough;
use crate::quantile::{median_sorted, sorted};
use crate::ranks::midranks;

const REFERENCES: &[&str] = &[
    "Theil (1950), Proceedings of the Royal Netherlands Academy of Sciences 53, 386–392",
    "Sen (1968), Journal of the American Statistical Association 63, 1379–1389",
];

/// Most pairs of points that are looked at.
const MOST_PAIRS: usize = 50_000_000;

/// A Theil–Sen line.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TheilSen {
    /// Method, counts (points), findings, warnings, references.
    #[serde(flatten)]
    pub account: Account,
    /// Median slope over pairs of points with different x.
    pub slope: f64,
    /// Median of y less the slope times the median of x.
    pub intercept: f64,
    /// Sen's interval of the slope, with the variance of Kendall's score corrected for ties.
    pub ci: Interval,
}

/// Fits a line to points `x`, `y` that half of the points cannot spoil.
///
/// Use it where some points may be wild. The slope is the median of the slopes of all pairs; its
/// interval inverts Kendall’s test. Assumes errors of one distribution.
///
/// ```
/// use ergon_stats::{MissingPolicy, theil_sen};
/// let x = [1.0, 2.0, 3.0, 4.0, 5.0];
/// let y = [1.0, 2.0, 3.0, 4.0, 50.0];
/// let found = theil_sen(&x, &y, 0.95, MissingPolicy::Refuse)?;
/// assert!((found.slope - 1.0).abs() < 1e-4);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn theil_sen(x: &[f64], y: &[f64], level: f64, missing: MissingPolicy) -> Result<TheilSen, StatError> {
    check_level(level)?;
    let (x, y, dropped) = observed_pairs(x, y, missing)?;
    let n = x.len();
    enough(n, 2)?;
    if n.saturating_mul(n - 1) / 2 > MOST_PAIRS {
        return Err(StatError::InvalidOption { option: "x", found: n.to_string(), range: "up to 10,000 points" });
    }
    let mut slopes = Vec::new();
    for (i, (a, b)) in x.iter().zip(y.iter()).enumerate() {
        for (c, d) in x.iter().zip(y.iter()).take(i) {
            if a != c {
                slopes.push((b - d) / (a - c));
            }
        }
    }
    if slopes.is_empty() {
        return Err(StatError::NoVariation { what: "x" });
    }
    if !slopes.iter().all(|s| s.is_finite()) {
        return Err(StatError::OutOfRange { what: "slopes" });
    }
    slopes.sort_unstable_by(f64::total_cmp);
    let slope = median_sorted(&slopes);
    let intercept = median_sorted(&sorted(&y)) - slope * median_sorted(&sorted(&x));
    if !intercept.is_finite() {
        return Err(StatError::OutOfRange { what: "intercept" });
    }

    // Σ t (t − 1)(2 t + 5) over ties, from Σ (t³ − t) and Σ (t² − t).
    let count = n as f64;
    let ties = |v: &[f64]| -> f64 {
        let r = midranks(v);
        let pairs: f64 = sorted(v).chunk_by(|a, b| a == b).map(|g| (g.len() * (g.len() - 1)) as f64).sum();
        2.0 * r.tie_cubes + 3.0 * pairs
    };
    let variance = (count * (count - 1.0) * (2.0 * count + 5.0) - ties(&x) - ties(&y)) / 18.0;
    let reach = normal::isf(0.5 * (1.0 - level)) * variance.max(0.0).sqrt();
    let m = slopes.len();
    let upper = (libm::rint(0.5 * (m as f64 + reach)).max(0.0) as usize).min(m - 1);
    let lower = (libm::rint(0.5 * (m as f64 - reach)) as i64 - 1).max(0) as usize;
    let mut account = Account::new("Theil–Sen line", n, dropped, REFERENCES);
    if n < 10 {
        account.warnings.push(Warning::ApproximateForSmallSample { n });
    }
    let ci = Interval { low: slopes[lower.min(m - 1)], high: slopes[upper], level, kind: IntervalKind::RankInversion };
    Ok(TheilSen { account, slope, intercept, ci })
}
