//! Kolmogorov–Smirnov test of two samples.

use serde::Serialize;

use crate::StatError;
use crate::account::{Account, Warning};
use crate::kolmogorov::limit_sf;
use crate::missing::{MissingPolicy, observed};

const REFERENCES: &[&str] = &[
    "Smirnov (1939), Bulletin Mathématique de l'Université de Moscou 2(2)",
    "Schröer & Trenkler (1995), Computational Statistics & Data Analysis 20, 185–202",
];

/// Largest product of the sample sizes for the exact distribution.
const EXACT_LIMIT: usize = 1_000_000;

/// Result of a two-sample Kolmogorov–Smirnov test.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct KsTwoSample {
    /// Method, counts, findings, warnings, references.
    #[serde(flatten)]
    pub account: Account,
    /// D: the largest distance between the two empirical distribution functions.
    pub d: f64,
    /// Exact two-sided p-value given the ties; `None` where the product of the sample sizes
    /// exceeds a million.
    pub p_exact: Option<f64>,
    /// p-value from the limiting distribution.
    pub p_asymptotic: f64,
}

/// Tests whether two samples come from one distribution.
///
/// Use it to ask whether two samples differ in any way; sharper tests exist for shifts. Assumes
/// continuous, independent values.
///
/// ```
/// use ergon_stats::{MissingPolicy, ks_two_sample};
/// let x = [1.1, 2.3, 2.9, 4.0];
/// let y = [2.5, 3.8, 5.1, 6.0];
/// let found = ks_two_sample(&x, &y, MissingPolicy::Refuse)?;
/// assert!((found.d - 0.5).abs() < 1e-4);
/// assert!((found.p_exact.unwrap_or(f64::NAN) - 0.77143).abs() < 1e-4);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn ks_two_sample(x: &[f64], y: &[f64], missing: MissingPolicy) -> Result<KsTwoSample, StatError> {
    let (x, x_dropped) = observed(x, "x", missing)?;
    let (y, y_dropped) = observed(y, "y", missing)?;
    for (what, sample) in [("x", &x), ("y", &y)] {
        if sample.is_empty() {
            return Err(StatError::Empty { what });
        }
    }
    let (m, n) = (x.len(), y.len());
    let mut pooled: Vec<(f64, bool)> = x.iter().map(|v| (*v, true)).chain(y.iter().map(|v| (*v, false))).collect();
    pooled.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    // Distances in multiples of 1 / (m n), so that they are exact.
    let (mut i, mut j, mut most, mut tied) = (0, 0, 0, 0);
    let mut ends = vec![false; m + n + 1];
    for run in pooled.chunk_by(|a, b| a.0 == b.0) {
        let of_x = run.iter().filter(|v| v.1).count();
        i += of_x;
        j += run.len() - of_x;
        most = most.max((i * n).abs_diff(j * m));
        ends[i + j] = true;
        if run.len() > 1 {
            tied += run.len();
        }
    }
    let (fm, fn_) = (m as f64, n as f64);
    let d = most as f64 / (fm * fn_);
    let mut account = Account::new("Two-sample Kolmogorov–Smirnov test", m + n, x_dropped + y_dropped, REFERENCES);
    if tied > 0 {
        account.warnings.push(Warning::Ties { tied });
    }
    let exact = m.checked_mul(n).is_some_and(|product| product <= EXACT_LIMIT);
    Ok(KsTwoSample {
        account,
        d,
        p_exact: exact.then(|| exact_p(m, n, most, &ends)),
        p_asymptotic: limit_sf((fm * (fn_ / (fm + fn_))).sqrt() * d),
    })
}

/// The share of orders of the pooled sample whose distance reaches `most` at the end of some run of
/// tied values.
fn exact_p(m: usize, n: usize, most: usize, ends: &[bool]) -> f64 {
    if most == 0 {
        return 1.0;
    }
    let reached = |i: usize, j: usize| ends[i + j] && (i * n).abs_diff(j * m) >= most;
    // hit[j]: share of the orders of the first i of x and j of y that have reached it.
    let mut hit = vec![0.0; n + 1];
    for j in 1..=n {
        hit[j] = if reached(0, j) { 1.0 } else { hit[j - 1] };
    }
    for i in 1..=m {
        if reached(i, 0) {
            hit[0] = 1.0;
        }
        for j in 1..=n {
            let share = i as f64 / (i + j) as f64;
            hit[j] = if reached(i, j) { 1.0 } else { share * hit[j] + (1.0 - share) * hit[j - 1] };
        }
    }
    hit[n].min(1.0)
}
