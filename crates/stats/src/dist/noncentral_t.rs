//! Noncentral t distribution by quadrature.
//!
//! T = (Z + δ) / S with S² = χ²/df, so P(T ≤ t) = E Φ(t S − δ). In v = ln S² the density is
//! proportional to exp(−a (e^v − 1 − v)), a = df/2, and the trapezoidal rule converges
//! exponentially (Trefethen & Weideman 2014). All terms are positive, so both tails keep their
//! relative accuracy.

use super::normal;
use crate::special::incomplete_gamma::incomplete_gamma;
use crate::special::root::{monotone_root, secant};
use crate::special::saddle::{excess, stirling_error};

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
    if t < 0.0 {
        // −T is noncentral t with −δ.
        return match side {
            Tail::Lower => tail(-t, df, -delta, Tail::Upper),
            Tail::Upper => tail(-t, df, -delta, Tail::Lower),
        };
    }
    if a > 1e15 {
        return match side {
            Tail::Lower => normal::cdf(t - delta),
            Tail::Upper => normal::sf(t - delta),
        };
    }
    if delta > 40.0 && t > 3.0 * a.sqrt() { over_normal(t, a, delta, side) } else { over_chi(t, a, delta, side) }
}

/// E Φ(t S − δ): over the chi variable.
fn over_chi(t: f64, a: f64, delta: f64, side: Tail) -> f64 {
    let conditional = |v: f64| {
        let z = t * libm::exp(0.5 * v) - delta;
        match side {
            Tail::Lower => normal::cdf(z),
            Tail::Upper => normal::sf(z),
        }
    };
    let density = |v: f64| libm::exp(-a * excess(v));
    let integrand = |v: f64| {
        let d = density(v);
        if d == 0.0 { 0.0 } else { d * conditional(v) }
    };
    let sigma = 1.0 / a.sqrt();
    // Φ turns where t S is near δ, over a stretch of 2 / (t S) in v.
    let turn = 2.0 / (1.0 + t.min(delta.abs() + 6.0));
    let h = 0.35 * sigma.min(turn).min(1.0);
    // The peak of the product may sit far from the density's own: walk to it coarsely.
    let mut peak = 0.0;
    let mut best = integrand(0.0);
    for direction in [-1.0, 1.0] {
        let mut v = 0.0;
        for _ in 0..4000 {
            v += direction * sigma;
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
    let norm = (a / std::f64::consts::TAU).sqrt() * libm::exp(-stirling_error(a));
    (trapezoid(integrand, peak, h) * norm).min(1.0)
}

/// E P(S > (Z + δ) / t): over the normal variable, for t and δ so large that the other integrand
/// would be a step.
fn over_normal(t: f64, a: f64, delta: f64, side: Tail) -> f64 {
    let integrand = |z: f64| {
        let s = ((z + delta) / t).max(0.0);
        let (below, above) = incomplete_gamma(a, a * s * s);
        let share = match side {
            Tail::Lower => above,
            Tail::Upper => below,
        };
        normal::pdf(z) * share
    };
    trapezoid(integrand, 0.0, 0.35).min(1.0)
}

/// The integral of a positive function by the trapezoidal rule, from its peak outwards.
fn trapezoid(f: impl Fn(f64) -> f64, peak: f64, h: f64) -> f64 {
    let mut total = f(peak);
    for direction in [-1.0, 1.0] {
        for k in 1..1_000_000 {
            let value = f(peak + direction * f64::from(k) * h);
            total += value;
            if value <= total * 1e-18 {
                break;
            }
        }
    }
    total * h
}

/// The noncentralities δ for which an observed `t` sits at the upper α/2 and the lower α/2 point:
/// the exact interval for the noncentrality at confidence `level` (Steiger & Fouladi 1997).
pub fn noncentrality_interval(t: f64, df: f64, level: f64) -> Option<(f64, f64)> {
    if t.is_nan() || t.abs() > 1e100 {
        return None;
    }
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
    secant(&goal, guess, -1.0 / spread, 1e-8 * spread)
        .or_else(|| monotone_root(goal, guess, 0.1 * spread, -1e110, 1e110))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_orders_of_integration_agree() {
        for (t, df, delta) in [(60.0, 10.0, 55.0), (45.0, 3.0, 50.0), (90.0, 120.0, 80.0)] {
            let a = 0.5 * df;
            for side in [Tail::Lower, Tail::Upper] {
                let (one, other) = (over_chi(t, a, delta, side), over_normal(t, a, delta, side));
                assert!((one / other - 1.0).abs() < 1e-11, "{t} {df} {delta}: {one} {other}");
            }
        }
    }

    #[test]
    fn the_interval_puts_the_statistic_at_its_tails() {
        for (t, df) in [(0.0, 4.0), (2.3, 1.0), (-7.0, 30.0), (1e3, 5.0), (1e9, 2.0), (40.0, 1e6)] {
            let (low, high) = noncentrality_interval(t, df, 0.95).unwrap();
            assert!((sf(t, df, low) / 0.025 - 1.0).abs() < 1e-9, "{t} {df} low {low}");
            assert!((cdf(t, df, high) / 0.025 - 1.0).abs() < 1e-9, "{t} {df} high {high}");
        }
    }
}
