//! Binomial and hypergeometric distributions (C. Loader's saddle-point form: no cancellation).

use crate::special::incomplete_beta::incomplete_beta;
use crate::special::saddle::{deviance, stirling_error};

/// P(X = k) of `n` trials with success probability `p`; counts as whole `f64`.
pub fn mass(k: f64, n: f64, p: f64) -> f64 {
    if !(k >= 0.0 && k <= n && (0.0..=1.0).contains(&p)) {
        return if k.is_nan() || n.is_nan() || !(0.0..=1.0).contains(&p) { f64::NAN } else { 0.0 };
    }
    let q = 1.0 - p;
    if p == 0.0 {
        return if k == 0.0 { 1.0 } else { 0.0 };
    }
    if q == 0.0 {
        return if k == n { 1.0 } else { 0.0 };
    }
    if k == 0.0 {
        return libm::exp(n * libm::log1p(-p));
    }
    if k == n {
        return libm::exp(n * libm::log(p));
    }
    let rest = n - k;
    let exponent =
        stirling_error(n) - stirling_error(k) - stirling_error(rest) - deviance(k, n * p) - deviance(rest, n * q);
    libm::exp(exponent) * (n / (std::f64::consts::TAU * k * rest)).sqrt()
}

fn both(k: f64, n: f64, p: f64) -> (f64, f64) {
    if k.is_nan() || !(n >= 0.0 && (0.0..=1.0).contains(&p)) {
        return (f64::NAN, f64::NAN);
    }
    if k < 0.0 {
        return (0.0, 1.0);
    }
    if k >= n {
        return (1.0, 0.0);
    }
    // P(X > k) = I_p(k + 1, n − k).
    let (above, at_most) = incomplete_beta(k + 1.0, n - k, p, 1.0 - p);
    (at_most, above)
}

/// P(X ≤ k).
pub fn cdf(k: f64, n: f64, p: f64) -> f64 {
    both(k, n, p).0
}

/// P(X > k).
pub fn sf(k: f64, n: f64, p: f64) -> f64 {
    both(k, n, p).1
}

/// P(X = k) of `k` marked among `drawn` of a population with `marked` marked and `plain` others.
pub fn hypergeometric_mass(k: f64, marked: f64, plain: f64, drawn: f64) -> f64 {
    let p = drawn / (marked + plain);
    if !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    if k < 0.0 || k > marked || drawn - k > plain || k > drawn {
        return 0.0;
    }
    mass(k, marked, p) * (mass(drawn - k, plain, p) / mass(drawn, marked + plain, p))
}
