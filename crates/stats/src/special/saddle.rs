//! Loader's saddle-point pieces: factorials and powers combined so that huge terms cancel on
//! paper instead of in floating point (C. Loader 2000, "Fast and accurate computation of
//! binomial probabilities").

/// ln √(2π).
pub(crate) const LN_SQRT_2PI: f64 = 0.918_938_533_204_672_8;

/// Error of Stirling's formula: ln Γ(z + 1) − [(z + ½) ln z − z + ln √(2π)], for z > 0.
pub(crate) fn stirling_error(z: f64) -> f64 {
    const S: [f64; 10] = [
        1.0 / 12.0,
        1.0 / 360.0,
        1.0 / 1260.0,
        1.0 / 1680.0,
        1.0 / 1188.0,
        691.0 / 360_360.0,
        1.0 / 156.0,
        3617.0 / 122_400.0,
        43_867.0 / 244_188.0,
        174_611.0 / 125_400.0,
    ];
    if z < 15.0 {
        return libm::lgamma(z + 1.0) - (z + 0.5) * libm::log(z) + z - LN_SQRT_2PI;
    }
    let w = 1.0 / (z * z);
    let terms = if z > 500.0 {
        3
    } else if z > 80.0 {
        5
    } else {
        10
    };
    let mut acc = 0.0;
    for &s in S.iter().take(terms).rev() {
        acc = s - acc * w;
    }
    acc / z
}

/// The deviance term x ln(x / m) + m − x, without cancellation near x = m.
pub(crate) fn deviance(x: f64, m: f64) -> f64 {
    if x == 0.0 {
        return m;
    }
    let d = x - m;
    if d.abs() < 0.1 * (x + m) {
        let v = d / (x + m);
        let mut s = d * v;
        let mut e = 2.0 * x * v;
        let v2 = v * v;
        let mut j = 1.0;
        loop {
            e *= v2;
            let next = s + e / (2.0 * j + 1.0);
            if next == s || j > 1000.0 {
                return next;
            }
            s = next;
            j += 1.0;
        }
    }
    x * libm::log(x / m) + m - x
}

/// Gamma density kernel: λ^a e^(−λ) / Γ(a + 1) for real a > 0 (the Poisson mass at a).
pub(crate) fn poisson_mass(a: f64, lambda: f64) -> f64 {
    if a == 0.0 {
        return libm::exp(-lambda);
    }
    if lambda == 0.0 {
        return 0.0;
    }
    libm::exp(-stirling_error(a) - deviance(a, lambda) - LN_SQRT_2PI) / a.sqrt()
}

/// x^a y^b / B(a, b) for x + y = 1 and a, b > 0.
pub(crate) fn beta_power(a: f64, b: f64, x: f64, y: f64) -> f64 {
    if x <= 0.0 || y <= 0.0 {
        return 0.0;
    }
    let n = a + b;
    let exponent = stirling_error(n) - stirling_error(a) - stirling_error(b) - deviance(a, n * x) - deviance(b, n * y);
    libm::exp(exponent - LN_SQRT_2PI) * (a * (b / n)).sqrt()
}

/// e^v − 1 − v without cancellation.
pub(crate) fn excess(v: f64) -> f64 {
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
