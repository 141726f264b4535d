//! Anderson–Darling test of normality, mean and standard deviation estimated.

use serde::Serialize;

use crate::StatError;
use crate::account::{Account, Finding, Warning};
use crate::dist::normal;
use crate::missing::{MissingPolicy, observed};
use crate::moments::{Moments, deviation};
use crate::quantile::sorted;
use crate::sum::sum;

const REFERENCES: &[&str] = &[
    "Anderson & Darling (1954), Journal of the American Statistical Association 49, 765–769",
    "Stephens (1986), in D'Agostino & Stephens, Goodness-of-Fit Techniques, table 4.9",
];

/// Result of an Anderson–Darling test.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AndersonDarling {
    /// Method, counts, findings, warnings, references.
    #[serde(flatten)]
    pub account: Account,
    /// A².
    pub a2: f64,
    /// p-value from Stephens' fit to A² (1 + 0.75/n + 2.25/n²).
    pub p: f64,
}

impl AndersonDarling {
    /// As a finding about an assumption.
    pub fn finding(&self) -> Finding {
        Finding { assumption: "normality", method: self.account.method, statistic: self.a2, p: self.p }
    }
}

/// Tests whether `x` comes from a normal distribution. The fit of the p-value holds from 8
/// observations on.
///
/// Use it as [`shapiro_wilk`](crate::shapiro_wilk), where the tails matter most. A² = −n − Σ (2i −
/// 1)(ln Φ(zᵢ) + ln Φ(−zₙ₊₁₋ᵢ)) / n, with mean and standard deviation estimated.
///
/// ```
/// use ergon_stats::{MissingPolicy, anderson_darling};
/// // Extra hours of sleep with two drugs (Student 1908).
/// let a = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];
/// let found = anderson_darling(&a, MissingPolicy::Refuse)?;
/// assert!((found.a2 - 0.34691).abs() < 1e-4);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn anderson_darling(x: &[f64], missing: MissingPolicy) -> Result<AndersonDarling, StatError> {
    let (x, dropped) = observed(x, "x", missing)?;
    let n = x.len();
    if n == 0 {
        return Err(StatError::Empty { what: "x" });
    }
    if n < 3 {
        return Err(StatError::TooFew { what: "x", needed: 3, found: n });
    }
    let m = Moments::of(&x);
    if m.is_constant() {
        return Err(StatError::NoVariation { what: "x" });
    }
    let sd = m.variance_in_units().sqrt();
    let z: Vec<f64> = sorted(&x).iter().map(|v| deviation(v / m.unit, m.center) / sd).collect();
    let count = n as f64;
    let tail = |z: f64| libm::log(normal::cdf(z).max(1e-320));
    let total = sum(z
        .iter()
        .zip(z.iter().rev())
        .zip(0..)
        .map(|((up, down), i)| (2.0 * f64::from(i) + 1.0) / count * (tail(*up) + tail(-down))));
    let a2 = -count - total;
    if !a2.is_finite() {
        return Err(StatError::OutOfRange { what: "A²" });
    }
    let mut account = Account::new("Anderson–Darling test of normality", n, dropped, REFERENCES);
    if n < 8 {
        account.warnings.push(Warning::OutsideFittedRange { n });
    }
    Ok(AndersonDarling { account, a2, p: p_value(a2 * (1.0 + 0.75 / count + 2.25 / (count * count))) })
}

fn p_value(a: f64) -> f64 {
    let quadratic = |c: f64, b: f64, q: f64| libm::exp(c + a * (b + a * q));
    if a < 0.2 {
        1.0 - quadratic(-13.436, 101.14, -223.73)
    } else if a < 0.34 {
        1.0 - quadratic(-8.318, 42.796, -59.938)
    } else if a < 0.6 {
        quadratic(0.9177, -4.279, -1.38)
    } else {
        // The fit turns upwards at 153; it is meant for far less.
        let a = a.min(13.0);
        libm::exp(1.2937 + a * (-5.709 + a * 0.0186))
    }
}
