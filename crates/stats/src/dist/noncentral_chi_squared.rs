//! Noncentral chi-squared distribution: a Poisson mixture of central ones.

use super::noncentral_f::poisson_mixture;
use crate::special::incomplete_gamma::incomplete_gamma;

fn both(x: f64, df: f64, lambda: f64) -> (f64, f64) {
    if x.is_nan() || !(df > 0.0 && (0.0..1e9).contains(&lambda)) {
        return (f64::NAN, f64::NAN);
    }
    poisson_mixture(0.5 * lambda, |j| incomplete_gamma(0.5 * df + j, 0.5 * x))
}

/// P(X ≤ x) for noncentrality `lambda`.
pub fn cdf(x: f64, df: f64, lambda: f64) -> f64 {
    both(x, df, lambda).0
}

/// P(X > x) for noncentrality `lambda`.
pub fn sf(x: f64, df: f64, lambda: f64) -> f64 {
    both(x, df, lambda).1
}
