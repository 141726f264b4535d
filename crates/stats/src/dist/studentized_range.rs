//! Studentized range distribution by nested quadrature: the range of k normal variables in units
//! of an independent estimate of their standard deviation with df degrees of freedom.
//!
//! P(Q > q) = E P(R > q S), S² = χ²/df. The outer integral runs over v = ln S² as for the
//! noncentral t, the inner one over the largest of the k variables; both integrands are smooth and
//! die off fast, so the trapezoidal rule converges exponentially. The survival function is
//! integrated itself and keeps its relative accuracy far in the tail (R's `ptukey` does not).

use super::normal;
use super::student_t;
use crate::special::root::{monotone_root, secant};
use crate::special::saddle::{excess, stirling_error};

/// Above this many degrees of freedom the estimate is the standard deviation itself.
const KNOWN_FROM: f64 = 1e12;

#[derive(Clone, Copy, PartialEq)]
enum Tail {
    Lower,
    Upper,
}

/// P(Q ≤ q) for `k` groups; df may be infinite.
pub fn cdf(q: f64, k: f64, df: f64) -> f64 {
    let lower = over_estimate(q, k, df, Tail::Lower);
    if lower < 0.5 { lower } else { 1.0 - over_estimate(q, k, df, Tail::Upper) }
}

/// P(Q > q) for `k` groups, accurate in the upper tail; df may be infinite.
pub fn sf(q: f64, k: f64, df: f64) -> f64 {
    over_estimate(q, k, df, Tail::Upper)
}

/// The q with P(Q > q) = p, for p in (0, 1); NaN outside or where none is found.
pub fn isf(p: f64, k: f64, df: f64) -> f64 {
    if !(p > 0.0 && p < 1.0 && k >= 2.0 && df > 0.0) {
        return f64::NAN;
    }
    // In ln q, on the scale of the log odds. Bonferroni's bound is a good start in the tail.
    let goal = |u: f64| {
        let q = libm::exp(u);
        let upper = sf(q, k, df).max(1e-300);
        let lower = if upper > 0.5 { over_estimate(q, k, df, Tail::Lower).max(1e-300) } else { 1.0 - upper };
        libm::log(upper / p) - libm::log(lower / (1.0 - p))
    };
    let bound = student_t::isf((p / (k * (k - 1.0))).min(0.3), df);
    let guess = libm::log(std::f64::consts::SQRT_2 * bound);
    secant(&goal, guess, -4.0, 1e-7)
        .or_else(|| monotone_root(goal, guess, 0.1, -200.0, 600.0))
        .map_or(f64::NAN, libm::exp)
}

/// The q with P(Q ≤ q) = p, for p in (0, 1); NaN outside or where none is found.
pub fn quantile(p: f64, k: f64, df: f64) -> f64 {
    isf(1.0 - p, k, df)
}

fn over_estimate(q: f64, k: f64, df: f64, side: Tail) -> f64 {
    if q.is_nan() || k.is_nan() || k < 2.0 || df.is_nan() || df <= 0.0 {
        return f64::NAN;
    }
    if q <= 0.0 || q.is_infinite() {
        return if (q > 0.0) == (side == Tail::Lower) { 1.0 } else { 0.0 };
    }
    let range = |w: f64| match side {
        Tail::Lower => range_lower(w, k),
        Tail::Upper => range_upper(w, k),
    };
    over_scale_by(df, q, fineness(k), |s| range(q * s))
}

/// The mean of `f(S)`, S² = χ² / df, for a smooth `f` from 0 to 1 that turns over where `width` S is
/// a few units.
pub(crate) fn over_scale(df: f64, width: f64, f: impl Fn(f64) -> f64) -> f64 {
    over_scale_by(df, width, 1.0, f)
}

fn over_scale_by(df: f64, width: f64, fineness: f64, f: impl Fn(f64) -> f64) -> f64 {
    if df >= KNOWN_FROM {
        return f(1.0);
    }
    let a = 0.5 * df;
    let sigma = 1.0 / a.sqrt();
    // It turns over within about 2 / (width S) in v.
    let h = (0.6 * sigma).min(0.6 / (1.0 + 0.3 * width.min(8.0))).min(0.25) * fineness;
    let density = |v: f64| libm::exp(-a * excess(v));
    let product = |v: f64| {
        let d = density(v);
        if d == 0.0 { 0.0 } else { d * f(libm::exp(0.5 * v)) }
    };
    let mut best = 0.0_f64;
    let mut peak = 0.0;
    let mut total = 0.0;
    // Coarse walk to the peak of the product, far below 0 for deep upper tails.
    for direction in [-1.0, 1.0] {
        let mut step = 0.0;
        while step < 400.0 {
            let v = direction * step * sigma;
            let d = density(v);
            let value = product(v);
            if value > best {
                best = value;
                peak = v;
            } else if d < best * 1e-17 || (best == 0.0 && d == 0.0) || value < 0.1 * best {
                break;
            }
            step += 1.5;
        }
    }
    for (direction, first) in [(1.0, 0), (-1.0, 1)] {
        for i in first..1_000_000 {
            let value = product(peak + direction * f64::from(i) * h);
            total += value;
            if value <= total * 1e-16 && i > 1 {
                break;
            }
        }
    }
    let norm = (a / std::f64::consts::TAU).sqrt() * libm::exp(-stirling_error(a));
    (total * h * norm).min(1.0)
}

/// Steps relative to those that keep 1e-11 for up to ten groups: with more, both integrands are
/// narrower.
fn fineness(k: f64) -> f64 {
    if k <= 10.0 {
        1.0
    } else if k <= 20.0 {
        0.7
    } else {
        0.45
    }
}

/// Step of the inner rule.
const STEP: f64 = 0.3;

/// The integral of a unimodal function by the trapezoidal rule, outwards from near its peak.
fn outwards(f: impl Fn(f64) -> f64, start: f64, step: f64) -> f64 {
    let mut total = f(start);
    for direction in [-1.0, 1.0] {
        for i in 1..2000 {
            let value = f(start + direction * f64::from(i) * step);
            total += value;
            if value <= total * 1e-17 {
                break;
            }
        }
    }
    total * step
}

/// Near where the largest of k normal variables is most likely.
fn usual_largest(k: f64) -> f64 {
    normal::quantile(1.0 - 1.0 / k)
}

/// P(R > w): k ∫ φ(z) (Φ(z)^(k−1) − (Φ(z) − Φ(z − w))^(k−1)) dz, z the largest.
fn range_upper(w: f64, k: f64) -> f64 {
    let integrand = |z: f64| {
        let below = normal::cdf(z);
        let gone = normal::cdf(z - w) / below;
        let share = -libm::expm1((k - 1.0) * libm::log1p(-gone));
        normal::pdf(z) * libm::exp((k - 1.0) * libm::log(below)) * share
    };
    (k * outwards(integrand, usual_largest(k).max(0.5 * w), STEP * fineness(k))).min(1.0)
}

/// P(R ≤ w): k ∫ φ(z) (Φ(z) − Φ(z − w))^(k−1) dz.
fn range_lower(w: f64, k: f64) -> f64 {
    let integrand = |z: f64| {
        let inside = if z > 0.5 * w { normal::sf(z - w) - normal::sf(z) } else { normal::cdf(z) - normal::cdf(z - w) };
        if inside > 0.0 { normal::pdf(z) * libm::exp((k - 1.0) * libm::log(inside)) } else { 0.0 }
    };
    (k * outwards(integrand, usual_largest(k).min(0.5 * w), STEP * fineness(k))).min(1.0)
}
