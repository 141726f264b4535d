//! Fisher's F distribution.

use crate::special::incomplete_beta::incomplete_beta;
use crate::special::root::monotone_root;

fn both(f: f64, df1: f64, df2: f64) -> (f64, f64) {
    if f.is_nan() || !(df1 > 0.0 && df2 > 0.0) {
        return (f64::NAN, f64::NAN);
    }
    if f <= 0.0 {
        return (0.0, 1.0);
    }
    if f.is_infinite() {
        return (1.0, 0.0);
    }
    // x = df1 f / (df1 f + df2), written so that neither part overflows.
    let ratio = f * (df1 / df2);
    if ratio.is_infinite() {
        return (1.0, 0.0);
    }
    let whole = 1.0 + ratio;
    incomplete_beta(0.5 * df1, 0.5 * df2, ratio / whole, 1.0 / whole)
}

/// P(F ≤ f).
pub fn cdf(f: f64, df1: f64, df2: f64) -> f64 {
    both(f, df1, df2).0
}

/// P(F > f), accurate in the upper tail.
pub fn sf(f: f64, df1: f64, df2: f64) -> f64 {
    both(f, df1, df2).1
}

/// The f with P(F > f) = p, for p in (0, 1); NaN outside.
pub fn isf(p: f64, df1: f64, df2: f64) -> f64 {
    if !(p > 0.0 && p < 1.0) {
        return f64::NAN;
    }
    let goal = |u: f64| {
        let (lower, upper) = both(libm::exp(u), df1, df2);
        if p < 0.5 { libm::log(upper.max(1e-320) / p) } else { libm::log((1.0 - p) / lower.max(1e-320)) }
    };
    monotone_root(goal, 0.0, 0.5, -690.0, 690.0).map_or(f64::NAN, libm::exp)
}

/// The f with P(F ≤ f) = p, for p in (0, 1); NaN outside.
pub fn quantile(p: f64, df1: f64, df2: f64) -> f64 {
    if p > 0.5 {
        isf(1.0 - p, df1, df2)
    } else {
        // P(F ≤ f) = P(1/F ≥ 1/f), and 1/F has the degrees of freedom exchanged.
        1.0 / isf(p, df2, df1)
    }
}
