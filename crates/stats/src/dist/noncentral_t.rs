//! Noncentral t distribution by quadrature.
//!
//! T = (Z + δ) / S with S² = χ²/df, so P(T ≤ t) = E Φ(t S − δ). In v = ln S² the density is
//! proportional to exp(−a (e^v − 1 − v)), a = df/2, and the trapezoidal rule converges
//! exponentially (Trefethen & Weideman 2014). All terms are positive, so both tails keep their
//! relative accuracy.

use super::normal;
use crate::special::root::monotone_root;
use crate::special::saddle::stirling_error;

/// Which tail is wanted.
#[derive(Clone, Copy, PartialEq)]
enum Tail {
    Lower,
    Upper,
}

/// P(T ≤ t) for noncentrality `delta`.
pub fn cdf(t: f64, df: f64, delta: f64) -> f64 {
    tail(t, df, delta, Tail::Lower)
}

/// P(T > t) for noncentrality `delta`.
pub fn sf(t: f64, df: f64, delta: f64) -> f64 {
    tail(t, df, delta, Tail::Upper)
}

fn tail(t: f64, df: f64, delta: f64, side: Tail) -> f64 {
    if !(t.is_finite() && delta.is_finite() && df > 0.0) {
        return f64::NAN;
    }
    let a = 0.5 * df;
    let conditional = |v: f64| {
        let z = t * libm::exp(0.5 * v) - delta;
        match side {
            Tail::Lower => normal::cdf(z),
            Tail::Upper => normal::sf(z),
        }
    };
    if a > 1e15 {
        return conditional(0.0);
    }
    let density = |v: f64| libm::exp(-a * excess(v));
    let integrand = |v: f64| {
        let d = density(v);
        if d == 0.0 { 0.0 } else { d * conditional(v) }
    };
    let sigma = 1.0 / a.sqrt();
    let h = 0.35 * sigma.min(2.0 / (1.0 + t.abs())).min(1.0);
    // The peak of the product may sit far from the density's own: walk to it coarsely.
    let mut peak = 0.0;
    let mut best = integrand(0.0);
    let stride = 0.5 * sigma;
    for direction in [-1.0, 1.0] {
        let mut v = 0.0;
        for _ in 0..4000 {
            v += direction * stride;
            let value = integrand(v);
            if value > best {
                best = value;
                peak = v;
            } else if density(v) < best * 1e-17 {
                break;
            }
        }
    }
    if best == 0.0 {
        return 0.0;
    }
    let mut total = best;
    for direction in [-1.0, 1.0] {
        let mut k = 1.0;
        loop {
            let v = peak + direction * k * h;
            let value = integrand(v);
            total += value;
            if value < total * 1e-18 || k > 1e6 {
                break;
            }
            k += 1.0;
        }
    }
    let norm = (a / std::f64::consts::TAU).sqrt() * libm::exp(-stirling_error(a));
    (total * h * norm).min(1.0)
}

/// e^v − 1 − v without cancellation.
fn excess(v: f64) -> f64 {
    if v.abs() > 0.3 {
        return libm::expm1(v) - v;
    }
    let mut term = 0.5 * v * v;
    let mut total = 0.0;
    let mut k = 3.0;
    while term.abs() > 1e-18 * total {
        total += term;
        term *= v / k;
        k += 1.0;
    }
    total
}

/// The noncentralities δ for which an observed `t` sits at the upper α/2 and the lower α/2 point:
/// the exact interval for the noncentrality at confidence `level` (Steiger & Fouladi 1997).
pub fn noncentrality_interval(t: f64, df: f64, level: f64) -> Option<(f64, f64)> {
    let half = 0.5 * (1.0 - level);
    let low = noncentrality_bound(t, df, half)?;
    let high = -noncentrality_bound(-t, df, half)?;
    Some((low, high))
}

/// The δ with P(T > t; δ) = `p`.
pub fn noncentrality_bound(t: f64, df: f64, p: f64) -> Option<f64> {
    let spread = (1.0 + 0.5 * t * t / df).sqrt();
    let guess = t - normal::isf(p) * spread;
    let target = normal::isf(p);
    // On the normal scale the tail is nearly linear in δ.
    let goal = |delta: f64| {
        let upper = sf(t, df, delta);
        let z = if upper < 0.5 { normal::isf(upper.max(1e-300)) } else { -normal::isf(cdf(t, df, delta).max(1e-300)) };
        z - target
    };
    monotone_root(goal, guess, 0.1 * spread, -1e9, 1e9)
}
