//! Chi-squared distribution.

use crate::special::incomplete_gamma::incomplete_gamma;
use crate::special::root::monotone_root;

fn both(x: f64, df: f64) -> (f64, f64) {
    if x.is_nan() || df.is_nan() || df <= 0.0 {
        return (f64::NAN, f64::NAN);
    }
    incomplete_gamma(0.5 * df, 0.5 * x)
}

/// P(X ≤ x), accurate in the lower tail.
pub fn cdf(x: f64, df: f64) -> f64 {
    both(x, df).0
}

/// P(X > x), accurate in the upper tail.
pub fn sf(x: f64, df: f64) -> f64 {
    both(x, df).1
}

/// The x with P(X > x) = p, for p in (0, 1); NaN outside.
pub fn isf(p: f64, df: f64) -> f64 {
    if !(p > 0.0 && p < 1.0 && df > 0.0) {
        return f64::NAN;
    }
    let goal = |u: f64| {
        let (lower, upper) = incomplete_gamma(0.5 * df, 0.5 * libm::exp(u));
        if p < 0.5 { libm::log(upper.max(1e-320) / p) } else { libm::log((1.0 - p) / lower.max(1e-320)) }
    };
    monotone_root(goal, libm::log(df), 0.5, -690.0, 690.0).map_or(f64::NAN, libm::exp)
}

/// The x with P(X ≤ x) = p, for p in (0, 1); NaN outside.
pub fn quantile(p: f64, df: f64) -> f64 {
    if !(p > 0.0 && p < 1.0 && df > 0.0) {
        return f64::NAN;
    }
    if p > 0.5 {
        return isf(1.0 - p, df);
    }
    let goal = |u: f64| {
        let (lower, _) = incomplete_gamma(0.5 * df, 0.5 * libm::exp(u));
        libm::log(p / lower.max(1e-320))
    };
    monotone_root(goal, libm::log(df), 0.5, -690.0, 690.0).map_or(f64::NAN, libm::exp)
}
