//! F test of two variances.

use serde::Serialize;

use crate::StatError;
use crate::account::{Account, Interval, IntervalKind};
use crate::dist::fisher_f;
use crate::options::{Alternative, TestOptions};
use crate::two_samples::TwoSamples;

const REFERENCES: &[&str] = &["Fisher (1925), Statistical Methods for Research Workers"];

/// Result of an F test of two variances.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct VarianceFTest {
    /// Method, counts, findings, warnings, references.
    #[serde(flatten)]
    pub account: Account,
    /// The alternative hypothesis about the ratio of variances.
    pub alternative: Alternative,
    /// F: the variance of x over that of y. It is the estimate of their ratio.
    pub f: f64,
    /// Degrees of freedom of x.
    pub df1: f64,
    /// Degrees of freedom of y.
    pub df2: f64,
    /// p-value.
    pub p: f64,
    /// Interval of the ratio; one-sided where the alternative is.
    pub ci: Interval,
}

/// Tests equality of the variances of two normal samples. It is not robust: where normality is in
/// doubt, use the Brown–Forsythe test.
///
/// F = s₁² / s₂² with n₁ − 1 and n₂ − 1 degrees of freedom.
///
/// ```
/// use ergon_stats::{TestOptions, variance_f_test};
/// // Extra hours of sleep with two drugs (Student 1908).
/// let a = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];
/// let b = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
/// let found = variance_f_test(&a, &b, &TestOptions::default())?;
/// assert!((found.f - 0.79834).abs() < 1e-4);
/// assert!((found.p - 0.74272).abs() < 1e-4);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn variance_f_test(x: &[f64], y: &[f64], options: &TestOptions) -> Result<VarianceFTest, StatError> {
    let samples = TwoSamples::of(x, y, 2, options)?;
    for (what, m) in [("x", &samples.x), ("y", &samples.y)] {
        if m.is_constant() {
            return Err(StatError::NoVariation { what });
        }
    }
    let (df1, df2) = ((samples.x.n - 1) as f64, (samples.y.n - 1) as f64);
    let f = samples.x.variance_in_units() / samples.y.variance_in_units();
    let (below, above) = (fisher_f::cdf(f, df1, df2), fisher_f::sf(f, df1, df2));
    let outside = 1.0 - options.level;
    let low = |p: f64| f / fisher_f::isf(p, df1, df2);
    let high = |p: f64| f * fisher_f::isf(p, df2, df1);
    let (p, low, high) = match options.alternative {
        Alternative::TwoSided => ((2.0 * below.min(above)).min(1.0), low(0.5 * outside), high(0.5 * outside)),
        Alternative::Greater => (above, low(outside), f64::INFINITY),
        Alternative::Less => (below, 0.0, high(outside)),
    };
    let bounded = options.alternative == Alternative::Greater || high.is_finite();
    if !(f.is_finite() && low.is_finite() && bounded && !high.is_nan()) {
        return Err(StatError::OutOfRange { what: "ratio of variances" });
    }
    let mut account = Account::new("F test of two variances", samples.n_used(), samples.n_dropped(), REFERENCES);
    samples.warn(&mut account.warnings);
    let ci = Interval { low, high, level: options.level, kind: IntervalKind::F };
    Ok(VarianceFTest { account, alternative: options.alternative, f, df1, df2, p, ci })
}
