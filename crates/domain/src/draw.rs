//! Random variates from a seeded word source: the only place where bits become distributions.
//!
//! Belongs here: distributions that any workload may draw from. Does not belong here: seeding
//! (the caller's run context hands out named streams) and models built on top of distributions.
//!
//! Every function is a pure function of the words it consumes. Transcendentals come from `libm`,
//! never from the platform, so the same stream gives the same bits on every machine. Each function
//! states how many words it takes: a fixed number keeps streams that are shared between conditions
//! (common random numbers) aligned.

use rand_core::Rng;

mod normal_quantile;

pub use normal_quantile::normal_quantile;

/// 2⁻⁵³, the spacing of the uniform variates.
const ULP: f64 = 1.0 / 9_007_199_254_740_992.0;

/// Uniform on [0, 1): a multiple of 2⁻⁵³. One word.
#[inline]
pub fn unit<R: Rng + ?Sized>(rng: &mut R) -> f64 {
    (rng.next_u64() >> 11) as f64 * ULP
}

/// Uniform on (0, 1), neither end reached: safe to take a logarithm or a quantile of. One word.
#[inline]
pub fn unit_open<R: Rng + ?Sized>(rng: &mut R) -> f64 {
    // 52 bits and a half step: the largest value, 1 − 2⁻⁵³, is still representable below 1.
    ((rng.next_u64() >> 12) as f64 + 0.5) * (2.0 * ULP)
}

/// Uniform on [low, high). One word. Where `high <= low` the answer is `low`.
#[inline]
pub fn uniform<R: Rng + ?Sized>(rng: &mut R, low: f64, high: f64) -> f64 {
    low + (high - low).max(0.0) * unit(rng)
}

/// Uniform integer below `bound`, exactly unbiased. One word, rarely more.
/// A bound of 0 answers 0.
///
/// Source: Lemire, "Fast random integer generation in an interval", ACM TOMACS 29(1), 2019.
#[inline]
pub fn below<R: Rng + ?Sized>(rng: &mut R, bound: u64) -> u64 {
    let mut product = u128::from(rng.next_u64()) * u128::from(bound);
    if (product as u64) < bound {
        let threshold = bound.wrapping_neg() % bound.max(1);
        while (product as u64) < threshold {
            product = u128::from(rng.next_u64()) * u128::from(bound);
        }
    }
    (product >> 64) as u64
}

/// True with probability `p` (never for `p <= 0`, always for `p >= 1`). One word.
#[inline]
pub fn bernoulli<R: Rng + ?Sized>(rng: &mut R, p: f64) -> bool {
    unit(rng) < p
}

/// Fisher–Yates shuffle in place. `items.len() − 1` bounded integers.
pub fn shuffle<R: Rng + ?Sized, T>(rng: &mut R, items: &mut [T]) {
    for last in (1..items.len()).rev() {
        let other = below(rng, last as u64 + 1) as usize;
        items.swap(last, other);
    }
}

/// Index chosen with probability proportional to its weight; `None` if no weight is positive.
/// Negative and non-finite weights count as 0. One word.
pub fn weighted<R: Rng + ?Sized>(rng: &mut R, weights: &[f64]) -> Option<usize> {
    let usable = |w: f64| if w.is_finite() && w > 0.0 { w } else { 0.0 };
    let total: f64 = weights.iter().copied().map(usable).sum();
    let mut left = unit(rng) * total;
    let mut chosen = None;
    for (index, weight) in weights.iter().copied().map(usable).enumerate() {
        if weight > 0.0 {
            chosen = Some(index);
            if left < weight {
                break;
            }
            left -= weight;
        }
    }
    chosen
}

/// Exponential with the given mean (not rate), by inversion. One word.
#[inline]
pub fn exponential<R: Rng + ?Sized>(rng: &mut R, mean: f64) -> f64 {
    -mean * libm::log(unit_open(rng))
}

/// Standard normal, by inversion. One word, so a stream shared between conditions stays aligned.
#[inline]
pub fn standard_normal<R: Rng + ?Sized>(rng: &mut R) -> f64 {
    normal_quantile(unit_open(rng))
}

/// Normal with the given mean and standard deviation. One word.
#[inline]
pub fn normal<R: Rng + ?Sized>(rng: &mut R, mean: f64, sd: f64) -> f64 {
    mean + sd * standard_normal(rng)
}

/// Log-normal: exp of a normal with mean `mu` and standard deviation `sigma` (log units). One word.
#[inline]
pub fn lognormal<R: Rng + ?Sized>(rng: &mut R, mu: f64, sigma: f64) -> f64 {
    libm::exp(normal(rng, mu, sigma))
}

/// Gamma with the given shape and scale (mean = shape × scale). A random number of words.
///
/// Source: Marsaglia & Tsang, "A simple method for generating gamma variables", ACM TOMS 26(3),
/// 2000; shapes below 1 by the boost of their section 6, Γ(a) = Γ(a + 1)·U^(1/a).
pub fn gamma<R: Rng + ?Sized>(rng: &mut R, shape: f64, scale: f64) -> f64 {
    if shape.is_nan() || shape <= 0.0 {
        return 0.0;
    }
    if shape < 1.0 {
        let boost = libm::pow(unit_open(rng), 1.0 / shape);
        return boost * gamma(rng, shape + 1.0, scale);
    }
    let d = shape - 1.0 / 3.0;
    let c = 1.0 / libm::sqrt(9.0 * d);
    loop {
        let x = standard_normal(rng);
        let root = 1.0 + c * x;
        if root <= 0.0 {
            continue;
        }
        let v = root * root * root;
        let u = unit_open(rng);
        let squeeze = u < 1.0 - 0.0331 * (x * x) * (x * x);
        if squeeze || libm::log(u) < 0.5 * x * x + d * (1.0 - v + libm::log(v)) {
            return d * v * scale;
        }
    }
}

#[cfg(test)]
mod tests;
