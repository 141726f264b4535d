//! Beta distribution.

use crate::special::incomplete_beta::incomplete_beta;
use crate::special::root::monotone_root;

/// P(X ≤ x) with shapes `a` and `b`: the regularised incomplete beta function I_x(a, b).
pub fn cdf(x: f64, a: f64, b: f64) -> f64 {
    if x.is_nan() || !(a > 0.0 && b > 0.0) {
        return f64::NAN;
    }
    incomplete_beta(a, b, x, 1.0 - x).0
}

/// P(X > x) with shapes `a` and `b`.
pub fn sf(x: f64, a: f64, b: f64) -> f64 {
    if x.is_nan() || !(a > 0.0 && b > 0.0) {
        return f64::NAN;
    }
    incomplete_beta(a, b, x, 1.0 - x).1
}

/// The x with P(X ≤ x) = p, for p in (0, 1); NaN outside.
pub fn quantile(p: f64, a: f64, b: f64) -> f64 {
    // 1 − X has the shapes exchanged.
    isf_pair(p, b, a).1
}

/// The x with P(X > x) = p, for p in (0, 1); NaN outside.
pub fn isf(p: f64, a: f64, b: f64) -> f64 {
    isf_pair(p, a, b).0
}

/// The upper point and its distance from 1, by root-finding on the logit scale.
fn isf_pair(p: f64, a: f64, b: f64) -> (f64, f64) {
    if !(p > 0.0 && p < 1.0 && a > 0.0 && b > 0.0) {
        return (f64::NAN, f64::NAN);
    }
    let shares = |u: f64| (1.0 / (1.0 + libm::exp(-u)), 1.0 / (1.0 + libm::exp(u)));
    let goal = |u: f64| {
        let (x, y) = shares(u);
        let (lower, upper) = incomplete_beta(a, b, x, y);
        if p < 0.5 { libm::log(upper.max(1e-320) / p) } else { libm::log((1.0 - p) / lower.max(1e-320)) }
    };
    monotone_root(goal, libm::log(a / b), 0.5, -690.0, 690.0).map_or((f64::NAN, f64::NAN), shares)
}
