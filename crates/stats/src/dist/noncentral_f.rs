//! Noncentral F distribution: a Poisson mixture of central beta distributions, summed outwards
//! from its mode.

use crate::special::incomplete_beta::incomplete_beta;
use crate::special::saddle::poisson_mass;

/// Lower and upper tail as Poisson(`mean`) mixtures of `part(j)`, summed from the mode outwards.
pub(super) fn poisson_mixture(mean: f64, part: impl Fn(f64) -> (f64, f64)) -> (f64, f64) {
    let mode = libm::floor(mean);
    let mut lower = 0.0;
    let mut upper = 0.0;
    for direction in [1.0, -1.0] {
        let mut j = if direction > 0.0 { mode } else { mode - 1.0 };
        while j >= 0.0 {
            let weight = poisson_mass(j, mean);
            let (p, q) = part(j);
            lower += weight * p;
            upper += weight * q;
            let negligible = weight * p <= 1e-18 * lower && weight * q <= 1e-18 * upper;
            if (negligible && weight < 1e-3) || weight == 0.0 {
                break;
            }
            j += direction;
        }
    }
    (lower.min(1.0), upper.min(1.0))
}

fn both(f: f64, df1: f64, df2: f64, lambda: f64) -> (f64, f64) {
    if f.is_nan() || !(df1 > 0.0 && df2 > 0.0 && (0.0..1e9).contains(&lambda)) {
        return (f64::NAN, f64::NAN);
    }
    if f <= 0.0 {
        return (0.0, 1.0);
    }
    let ratio = f * (df1 / df2);
    if ratio.is_infinite() {
        return (1.0, 0.0);
    }
    let whole = 1.0 + ratio;
    let (x, y) = (ratio / whole, 1.0 / whole);
    poisson_mixture(0.5 * lambda, |j| incomplete_beta(0.5 * df1 + j, 0.5 * df2, x, y))
}

/// P(F ≤ f) for noncentrality `lambda`.
pub fn cdf(f: f64, df1: f64, df2: f64, lambda: f64) -> f64 {
    both(f, df1, df2, lambda).0
}

/// P(F > f) for noncentrality `lambda`.
pub fn sf(f: f64, df1: f64, df2: f64, lambda: f64) -> f64 {
    both(f, df1, df2, lambda).1
}
