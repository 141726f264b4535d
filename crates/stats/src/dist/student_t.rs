//! Student's t distribution, for any real df > 0 and df = ∞.

use super::{noncentral_t, normal};
use crate::special::gamma_ratio::gamma_ratio;
use crate::special::incomplete_beta::continued_fraction;

/// 1/√(2π).
const INV_SQRT_2PI: f64 = 0.398_942_280_401_432_7;

/// Above this many degrees of freedom the normal distribution is the same to all digits.
const NORMAL_FROM: f64 = 1e17;

/// Above this many degrees of freedom the continued fraction needs too many terms.
const QUADRATURE_FROM: f64 = 2e4;

/// Density at `t`.
pub fn pdf(t: f64, df: f64) -> f64 {
    if df >= NORMAL_FROM {
        return normal::pdf(t);
    }
    if t.abs() > 1e140 {
        let power = -(df + 1.0) * (libm::log(t.abs()) - 0.5 * libm::log(df));
        return INV_SQRT_2PI * gamma_ratio(0.5 * df) * libm::exp(power);
    }
    let power = libm::exp(-0.5 * (df + 1.0) * libm::log1p(t * t / df));
    INV_SQRT_2PI * gamma_ratio(0.5 * df) * power
}

/// P(T > t) and the density at a moderate t > 0, sharing their powers; `ratio` is
/// `gamma_ratio(df / 2)`.
fn tail_and_density(t: f64, df: f64, ratio: f64) -> (f64, f64) {
    let a = 0.5 * df;
    let t2 = t * t;
    let whole = df + t2;
    let power = libm::exp(-a * libm::log1p(t2 / df));
    let (x, y) = (df / whole, t2 / whole);
    let density = INV_SQRT_2PI * ratio * power * x.sqrt();
    // x^a √y / B(a, ½).
    let front = INV_SQRT_2PI * std::f64::consts::SQRT_2 * ratio * power * (a * y).sqrt();
    let tail = if y < 0.5 && y * (a + 0.5) < 4.5 {
        // The central part by its series of positive terms (DLMF 8.17.8), half minus which costs
        // two digits at most here.
        0.5 - front * central_series(a, y)
    } else if x * (a + 2.5) < a + 1.0 {
        0.5 * front * continued_fraction(a, 0.5, x) / a
    } else {
        0.5 - front * continued_fraction(0.5, a, y)
    };
    (tail, density)
}

/// ₂F₁(a + ½, 1; 3/2; y).
fn central_series(a: f64, y: f64) -> f64 {
    let mut term = 1.0;
    let mut total = 1.0;
    let mut k = 1.0;
    while k < 1e4 {
        term *= (a + k - 0.5) * y / (k + 0.5);
        total += term;
        if term < total * 1e-17 {
            break;
        }
        k += 1.0;
    }
    total
}

/// P(T > t), accurate in the upper tail.
pub fn sf(t: f64, df: f64) -> f64 {
    if t.is_nan() || df.is_nan() || df <= 0.0 {
        return f64::NAN;
    }
    if df >= NORMAL_FROM {
        return normal::sf(t);
    }
    if t.is_infinite() {
        return if t > 0.0 { 0.0 } else { 1.0 };
    }
    let a = 0.5 * df;
    let size = t.abs();
    let tail = if df > QUADRATURE_FROM {
        noncentral_t::sf(size, df, 0.0)
    } else if size > 1e140 {
        // Only the leading power is left: x^a / (2 a B(a, ½)) with x = df / t².
        let front = INV_SQRT_2PI * std::f64::consts::SQRT_2 * gamma_ratio(a) / a.sqrt();
        0.5 * front * libm::pow(df.sqrt() / size, df)
    } else {
        tail_and_density(size, df, gamma_ratio(a)).0
    };
    if t >= 0.0 { tail } else { 1.0 - tail }
}

/// P(T ≤ t), accurate in the lower tail.
pub fn cdf(t: f64, df: f64) -> f64 {
    sf(-t, df)
}

/// P(|T| ≥ |t|).
pub fn two_sided(t: f64, df: f64) -> f64 {
    (2.0 * sf(t.abs(), df)).min(1.0)
}

/// The t with P(T ≤ t) = p. `p` outside \[0, 1\] gives NaN, 0 and 1 give the infinities.
pub fn quantile(p: f64, df: f64) -> f64 {
    if p <= 0.5 {
        -isf(p, df)
    } else {
        // 1 − p is exact for p in [0.5, 1].
        isf(1.0 - p, df)
    }
}

/// The t with P(T > t) = p. `p` outside \[0, 1\] gives NaN, 0 and 1 give the infinities.
pub fn isf(p: f64, df: f64) -> f64 {
    if !(0.0..=1.0).contains(&p) || df.is_nan() || df <= 0.0 {
        return f64::NAN;
    }
    if p > 0.5 {
        return -isf(1.0 - p, df);
    }
    if p == 0.5 {
        return 0.0;
    }
    if p == 0.0 {
        return f64::INFINITY;
    }
    if df >= NORMAL_FROM {
        return normal::isf(p);
    }
    if df == 1.0 {
        let angle = std::f64::consts::PI * p;
        return libm::cos(angle) / libm::sin(angle);
    }
    if df == 2.0 {
        return (1.0 - 2.0 * p) / (2.0 * p * (1.0 - p)).sqrt();
    }
    refine(first_guess(p, df), p, df)
}

/// Cornish–Fisher expansion in 1/df (Fisher & Cornish 1960) where it converges, else the power
/// law of the tail, whichever is the larger.
fn first_guess(p: f64, df: f64) -> f64 {
    let z = normal::isf(p);
    let z2 = z * z;
    let g1 = (z2 + 1.0) * z / 4.0;
    let g2 = ((5.0 * z2 + 16.0) * z2 + 3.0) * z / 96.0;
    let g3 = (((3.0 * z2 + 19.0) * z2 + 17.0) * z2 - 15.0) * z / 384.0;
    let g4 = ((((79.0 * z2 + 776.0) * z2 + 1482.0) * z2 - 1920.0) * z2 - 945.0) * z / 92_160.0;
    let expansion = z + (g1 + (g2 + (g3 + g4 / df) / df) / df) / df;
    if df > 4.0 + 2.0 * z2 {
        return expansion;
    }
    // P(T > t) ≈ c t^(−df), c = df^(df/2) / (df B(df/2, ½)).
    let a = 0.5 * df;
    let ln_beta = libm::lgamma(a) + libm::lgamma(0.5) - libm::lgamma(a + 0.5);
    let ln_c = a * libm::log(df) - libm::log(df) - ln_beta;
    let tail = libm::exp((ln_c - libm::log(p)) / df);
    if p < 0.05 { tail } else { z.max(1e-3) }
}

/// Newton on ln P(T > t) as a function of ln t, which is concave: convergent from any start.
/// Near the centre, where ln t runs off, Newton on P itself, which is convex there.
fn refine(start: f64, p: f64, df: f64) -> f64 {
    let mut t = start;
    let ratio = gamma_ratio(0.5 * df);
    for _ in 0..100 {
        let (s, density) =
            if df > QUADRATURE_FROM || t > 1e140 { (sf(t, df), pdf(t, df)) } else { tail_and_density(t, df, ratio) };
        if s <= 0.0 || density <= 0.0 || !t.is_finite() {
            break;
        }
        let off = (s / p - 1.0).abs();
        let next = if p > 0.2 || off < 1e-3 {
            // Halley: f''/f' = −(df + 1) t / (df + t²).
            let step = (s - p) / density;
            let bend = 0.5 * step * (df + 1.0) * t / (df + t * t);
            t + step * (1.0 + bend.clamp(-0.5, 0.5))
        } else {
            let slope = t * density / s;
            let error = libm::log(s / p);
            // Second-order correction from the curvature of ln S in ln t.
            let step = error / slope;
            let curve = 1.0 + slope - (df + 1.0) * t * t / (df + t * t);
            t * libm::exp(step * (1.0 - (0.5 * step * curve).clamp(-0.5, 0.5)))
        };
        t = next;
        // Both steps converge with third order: from here the next error is below 1e-15.
        if off <= 1e-5 {
            break;
        }
    }
    t
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantile_inverts_survival_over_the_plane() {
        for df in [0.3, 1.0, 1.5, 2.0, 2.3, 5.0, 17.4, 90.0, 1e3, 1e6, 1e12] {
            for p in [1e-200, 1e-30, 1e-12, 1e-5, 0.01, 0.025, 0.19, 0.21, 0.4, 0.499] {
                let t = isf(p, df);
                if t > 1e200 || !t.is_finite() {
                    continue;
                }
                let back = sf(t, df);
                assert!((back / p - 1.0).abs() < 1e-12, "df {df} p {p} t {t} back {back}");
            }
        }
    }
}
