//! Paired t test: the one-sample test on the differences within pairs.

use crate::StatError;
use crate::account::Account;
use crate::missing::observed_pairs;
use crate::one_sample::one_mean;
use crate::options::TestOptions;
use crate::t_test::TTest;

const REFERENCES: &[&str] = &["Student (1908), Biometrika 6, 1–25"];

/// Student's paired t test of mean(x − y) = 0.
///
/// `n_used` counts pairs; a pair with a missing value is dropped whole. The effect is g_z: the
/// mean difference in standard deviations of the differences, with Hedges' exact correction.
///
/// Use it where each x has its own y: the same item, seed or replicate under two conditions.
/// Assumes independent pairs and about normal differences; t = d̄ √n / s_d with n − 1 degrees of
/// freedom.
///
/// ```
/// use ergon_stats::{TestOptions, t_paired};
/// // Extra hours of sleep with two drugs (Student 1908).
/// let a = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];
/// let b = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
/// let found = t_paired(&a, &b, &TestOptions::default())?;
/// assert!((found.statistic + 4.06213).abs() < 1e-4);
/// assert!((found.p - 0.00283).abs() < 1e-4);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn t_paired(x: &[f64], y: &[f64], options: &TestOptions) -> Result<TTest, StatError> {
    options.check()?;
    let (a, b, dropped) = observed_pairs(x, y, options.missing)?;
    let d = differences(&a, &b)?;
    let account = Account::new("Paired t test", d.len(), dropped, REFERENCES);
    one_mean(&d, 0.0, options, account, "mean difference", dropped)
}

/// x − y, element by element; fails if a difference overflows.
pub(crate) fn differences(x: &[f64], y: &[f64]) -> Result<Vec<f64>, StatError> {
    let d: Vec<f64> = x.iter().zip(y).map(|(a, b)| a - b).collect();
    if d.iter().all(|v| v.is_finite()) { Ok(d) } else { Err(StatError::OutOfRange { what: "differences" }) }
}
