//! Distributions of Kolmogorov's and Smirnov's statistics.

use crate::dist::binomial;

/// P(√n D > λ) in the limit of large samples.
pub(crate) fn limit_sf(lambda: f64) -> f64 {
    if lambda <= 0.0 {
        return 1.0;
    }
    let l2 = lambda * lambda;
    if lambda < 0.8 {
        let step = std::f64::consts::PI * std::f64::consts::PI / (8.0 * l2);
        let total: f64 = [1.0, 9.0, 25.0, 49.0, 81.0].iter().map(|k| libm::exp(-k * step)).sum();
        return (1.0 - std::f64::consts::TAU.sqrt() / lambda * total).clamp(0.0, 1.0);
    }
    let term = |k: f64| libm::exp(-2.0 * k * k * l2);
    (2.0 * (((term(1.0) - term(2.0)) + (term(3.0) - term(4.0))) + (term(5.0) - term(6.0)))).min(1.0)
}

/// P(D ≥ d) for a sample of `n` from a continuous distribution.
///
/// Twice Smirnov's one-sided sum where both sides cannot (d ≥ ½) or hardly (n d² > 4) be exceeded
/// together; else one minus the matrix power of Marsaglia, Tsang & Wang (2003), which has no small
/// value to lose digits on there (Simard & L'Ecuyer 2011).
pub(crate) fn exact_sf(n: usize, d: f64) -> f64 {
    let count = n as f64;
    if count * d <= 0.5 {
        return 1.0;
    }
    if d >= 1.0 {
        return 0.0;
    }
    if d >= 0.5 || count * d * d > 4.0 {
        return (2.0 * one_sided(count, d)).min(1.0);
    }
    (1.0 - matrix_cdf(n, d)).clamp(0.0, 1.0)
}

/// P(D⁺ ≥ d): d Σ C(n, j) (d + j/n)^(j − 1) (1 − d − j/n)^(n − j).
fn one_sided(n: f64, d: f64) -> f64 {
    let last = libm::floor(n * (1.0 - d)) as u32;
    let total: f64 = (0..=last)
        .map(|j| {
            let j = f64::from(j);
            let p = (d + j / n).min(1.0);
            binomial::mass(j, n, p) / p
        })
        .sum();
    d * total
}

/// P(D < d) by Marsaglia, Tsang & Wang.
fn matrix_cdf(n: usize, d: f64) -> f64 {
    let count = n as f64;
    let k = (libm::floor(count * d) as usize) + 1;
    let m = 2 * k - 1;
    let h = k as f64 - count * d;
    let mut a = vec![0.0; m * m];
    for i in 0..m {
        for j in 0..m.min(i + 2) {
            a[i * m + j] = 1.0;
        }
    }
    let mut power = 1.0;
    for i in 0..m {
        power *= h;
        a[i * m] -= power;
        a[(m - 1) * m + (m - 1 - i)] -= power;
    }
    if 2.0 * h > 1.0 {
        a[(m - 1) * m] += libm::pow(2.0 * h - 1.0, m as f64);
    }
    for i in 0..m {
        for j in 0..m.min(i + 1) {
            for g in 1..=i + 1 - j {
                a[i * m + j] /= g as f64;
            }
        }
    }
    let (q, mut exponent) = raised(&a, m, n);
    let mut s = q[(k - 1) * m + k - 1];
    for i in 1..=n {
        s = s * i as f64 / count;
        if s < 1e-140 {
            s *= 1e140;
            exponent -= 1;
        }
    }
    s * libm::pow(1e140, f64::from(exponent))
}

/// The `n`-th power of an m × m matrix, over 10^(140 · exponent).
fn raised(a: &[f64], m: usize, n: usize) -> (Vec<f64>, i32) {
    if n == 1 {
        return (a.to_vec(), 0);
    }
    let (half, e) = raised(a, m, n / 2);
    let mut square = product(&half, &half, m);
    let mut exponent = 2 * e;
    if n % 2 == 1 {
        square = product(a, &square, m);
    }
    let middle = (m / 2) * m + m / 2;
    if square[middle] > 1e140 {
        for v in &mut square {
            *v *= 1e-140;
        }
        exponent += 1;
    }
    (square, exponent)
}

fn product(a: &[f64], b: &[f64], m: usize) -> Vec<f64> {
    let mut c = vec![0.0; m * m];
    for (row, out) in a.chunks_exact(m).zip(c.chunks_exact_mut(m)) {
        for (factor, line) in row.iter().zip(b.chunks_exact(m)) {
            if *factor != 0.0 {
                for (slot, v) in out.iter_mut().zip(line) {
                    *slot += factor * v;
                }
            }
        }
    }
    c
}
