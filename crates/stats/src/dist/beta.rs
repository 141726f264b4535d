//! Beta distribution.

use crate::special::incomplete_beta::incomplete_beta;

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
