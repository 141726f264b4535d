//! Shapiro–Wilk test of normality (Royston's algorithm AS R94).

use serde::Serialize;

use crate::StatError;
use crate::account::{Account, Finding, Warning};
use crate::dist::normal;
use crate::missing::{MissingPolicy, observed};
use crate::moments::{Moments, deviation};
use crate::quantile::sorted;

const REFERENCES: &[&str] =
    &["Shapiro & Wilk (1965), Biometrika 52, 591–611", "Royston (1995), Applied Statistics 44, 547–551 (AS R94)"];

/// Result of a Shapiro–Wilk test.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ShapiroWilk {
    /// Method, counts, findings, warnings, references.
    #[serde(flatten)]
    pub account: Account,
    /// W, at most 1 (which would be perfectly normal scores).
    pub w: f64,
    /// p-value, from Royston's approximation.
    pub p: f64,
}

impl ShapiroWilk {
    /// As a finding about an assumption.
    pub fn finding(&self) -> Finding {
        Finding { assumption: "normality", method: self.account.method, statistic: self.w, p: self.p }
    }
}

/// Tests whether `x` may come from a normal distribution. Needs three observations; fitted for up
/// to 5,000 (with a warning beyond).
///
/// Use it to describe, not to choose a test: with few observations it sees nothing, with many it
/// sees what doesn’t matter. W is the squared correlation of the ordered values with expected
/// normal scores.
///
/// ```
/// use ergon_stats::{MissingPolicy, shapiro_wilk};
/// // Extra hours of sleep with two drugs (Student 1908).
/// let a = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];
/// let found = shapiro_wilk(&a, MissingPolicy::Refuse)?;
/// assert!((found.w - 0.92581).abs() < 1e-4);
/// assert!((found.p - 0.40793).abs() < 1e-4);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn shapiro_wilk(x: &[f64], missing: MissingPolicy) -> Result<ShapiroWilk, StatError> {
    let (x, dropped) = observed(x, "x", missing)?;
    if x.is_empty() {
        return Err(StatError::Empty { what: "x" });
    }
    if x.len() < 3 {
        return Err(StatError::TooFew { what: "x", needed: 3, found: x.len() });
    }
    let m = Moments::of(&x);
    if m.is_constant() {
        return Err(StatError::NoVariation { what: "x" });
    }
    let n = x.len();
    let scale = 1.0 / m.unit;
    let size = m.ss.sqrt();
    let centered: Vec<f64> = sorted(&x).iter().map(|v| deviation(v * scale, m.center) / size).collect();
    let half = weights(n);
    // Σ a x over antisymmetric weights, and Σ a².
    let mut ax = 0.0;
    let mut aa = 0.0;
    for (i, a) in half.iter().enumerate() {
        ax += a * (centered[n - 1 - i] - centered[i]);
        aa += 2.0 * a * a;
    }
    // 1 − W, factored so that W near 1 keeps its digits.
    let root = aa.sqrt();
    let off = ((root - ax) * (root + ax) / aa).max(0.0);
    let mut account = Account::new("Shapiro–Wilk test", n, dropped, REFERENCES);
    if n > 5000 {
        account.warnings.push(Warning::OutsideFittedRange { n });
    }
    Ok(ShapiroWilk { account, w: 1.0 - off, p: p_value(off, n) })
}

/// The upper half of the weights, largest first.
fn weights(n: usize) -> Vec<f64> {
    const C1: [f64; 6] = [0.0, 0.221157, -0.147981, -2.07119, 4.434685, -2.706056];
    const C2: [f64; 6] = [0.0, 0.042981, -0.293762, -1.752461, 5.682633, -3.582633];
    if n == 3 {
        return vec![std::f64::consts::FRAC_1_SQRT_2];
    }
    let count = n as f64;
    let scores: Vec<f64> = (1..=n / 2).map(|i| normal::isf((i as f64 - 0.375) / (count + 0.25))).collect();
    let total = 2.0 * scores.iter().map(|m| m * m).sum::<f64>();
    let norm = total.sqrt();
    let r = 1.0 / count.sqrt();
    let first = polynomial(&C1, r) + scores[0] / norm;
    let mut a = vec![first];
    let mut rest_scores = total - 2.0 * scores[0] * scores[0];
    let mut rest_weights = 1.0 - 2.0 * first * first;
    if n > 5 {
        let second = polynomial(&C2, r) + scores[1] / norm;
        rest_scores -= 2.0 * scores[1] * scores[1];
        rest_weights -= 2.0 * second * second;
        a.push(second);
    }
    let factor = (rest_scores / rest_weights).sqrt();
    let done = a.len();
    a.extend(scores.iter().skip(done).map(|m| m / factor));
    a
}

fn p_value(off: f64, n: usize) -> f64 {
    const G: [f64; 2] = [-2.273, 0.459];
    const C3: [f64; 4] = [0.544, -0.39978, 0.025054, -6.714e-4];
    const C4: [f64; 4] = [1.3822, -0.77857, 0.062767, -0.0020322];
    const C5: [f64; 4] = [-1.5861, -0.31082, -0.083751, 0.0038915];
    const C6: [f64; 3] = [-0.4803, -0.082676, 0.0030302];
    let count = n as f64;
    if n == 3 {
        // 6/π (asin √W − asin √¾), exact.
        let w = 1.0 - off;
        let p = 6.0 / std::f64::consts::PI * (libm::asin(w.sqrt().min(1.0)) - std::f64::consts::FRAC_PI_3);
        return p.clamp(0.0, 1.0);
    }
    if off <= 0.0 {
        return 1.0;
    }
    let y = libm::log(off);
    if n <= 11 {
        let gamma = polynomial(&G, count);
        if y >= gamma {
            return 1e-99;
        }
        let y = -libm::log(gamma - y);
        let sd = libm::exp(polynomial(&C4, count));
        return normal::sf((y - polynomial(&C3, count)) / sd);
    }
    let l = libm::log(count);
    let sd = libm::exp(polynomial(&C6, l));
    normal::sf((y - polynomial(&C5, l)) / sd)
}

fn polynomial(c: &[f64], x: f64) -> f64 {
    c.iter().rev().fold(0.0, |acc, c| acc * x + c)
}
