//! Comparing two independent proportions.

use serde::Serialize;

use crate::StatError;
use crate::account::{Account, Estimate, Interval, IntervalKind, Warning};
use crate::binomial_test::share;
use crate::dist::normal;
use crate::mann_whitney::normal_p;
use crate::options::{Alternative, TestOptions};
use crate::proportion_ci::wilson;

const REFERENCES: &[&str] = &[
    "Fleiss, Levin & Paik (2003), Statistical Methods for Rates and Proportions",
    "Newcombe (1998), Statistics in Medicine 17, 873–890",
];

/// Result of a comparison of two proportions.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TwoProportionZ {
    /// Method, counts, findings, warnings, references.
    #[serde(flatten)]
    pub account: Account,
    /// The alternative hypothesis about the difference.
    pub alternative: Alternative,
    /// First proportion minus second, with its unpooled standard error.
    pub estimate: Estimate,
    /// z, with the variance pooled under the null hypothesis.
    pub z: f64,
    /// p-value.
    pub p: f64,
    /// Newcombe's hybrid score interval, two-sided: the one to use.
    pub newcombe: Interval,
    /// Wald's interval, two-sided.
    pub wald: Interval,
}

/// Tests equality of the probabilities behind `k1` of `n1` and `k2` of `n2` successes.
///
/// Use it for two large independent samples of successes; with few use
/// [`fisher_exact`](crate::fisher_exact). z = (p₁ − p₂) / √(p̄ (1 − p̄)(1/n₁ + 1/n₂)); report
/// Newcombe’s interval.
///
/// ```
/// use ergon_stats::{TestOptions, two_proportion_z};
/// let found = two_proportion_z((30, 100), (45, 100), &TestOptions::default())?;
/// assert!((found.z + 2.19089).abs() < 1e-4);
/// assert!((found.p - 0.02846).abs() < 1e-4);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn two_proportion_z(
    (k1, n1): (u64, u64),
    (k2, n2): (u64, u64),
    options: &TestOptions,
) -> Result<TwoProportionZ, StatError> {
    options.check()?;
    let (a, m) = share(k1, n1)?;
    let (b, n) = share(k2, n2)?;
    let (p1, p2) = (a / m, b / n);
    let pooled = (a + b) / (m + n);
    let variance = pooled * (1.0 - pooled) * (1.0 / m + 1.0 / n);
    if variance == 0.0 {
        return Err(StatError::NoVariation { what: "both samples" });
    }
    let value = p1 - p2;
    let z = value / variance.sqrt();
    let se = (p1 * (1.0 - p1) / m + p2 * (1.0 - p2) / n).sqrt();
    let reach = normal::isf(0.5 * (1.0 - options.level)) * se;
    let (w1, w2) = (wilson(a, m, options.level), wilson(b, n, options.level));
    let mut account = Account::new("Two-proportion z test (pooled variance)", (m + n) as usize, 0, REFERENCES);
    let low = [a, m - a, b, n - b].into_iter().fold(f64::INFINITY, f64::min);
    if low < 5.0 {
        account.warnings.push(Warning::ApproximateForSmallSample { n: m.min(n) as usize });
    }
    let level = options.level;
    Ok(TwoProportionZ {
        account,
        alternative: options.alternative,
        estimate: Estimate { name: "difference of proportions", value, se },
        z,
        p: normal_p(z, options.alternative),
        newcombe: Interval {
            low: value - libm::hypot(p1 - w1.low, w2.high - p2),
            high: value + libm::hypot(w1.high - p1, p2 - w2.low),
            level,
            kind: IntervalKind::Newcombe,
        },
        wald: Interval { low: value - reach, high: value + reach, level, kind: IntervalKind::Normal },
    })
}
