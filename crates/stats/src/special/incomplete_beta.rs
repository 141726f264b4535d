//! Regularised incomplete beta function by its continued fraction (DLMF 8.17.22, evaluated with
//! the modified Lentz method) and Loader's power terms.

use super::saddle::beta_power;

/// Lower and upper regularised incomplete beta, I_x(a, b) and 1 − I_x(a, b). The smaller of the
/// two keeps full relative accuracy.
///
/// `y` must be 1 − x, computed by the caller without cancellation.
pub(crate) fn incomplete_beta(a: f64, b: f64, x: f64, y: f64) -> (f64, f64) {
    if x <= 0.0 {
        return (0.0, 1.0);
    }
    if y <= 0.0 {
        return (1.0, 0.0);
    }
    if x * (a + b + 2.0) < a + 1.0 {
        let lower = (beta_power(a, b, x, y) * continued_fraction(a, b, x) / a).min(1.0);
        (lower, 1.0 - lower)
    } else {
        let upper = (beta_power(a, b, x, y) * continued_fraction(b, a, y) / b).min(1.0);
        (1.0 - upper, upper)
    }
}

/// The continued fraction of I_x(a, b) a B(a, b) / (x^a (1 − x)^b); converges fast for
/// x < (a + 1) / (a + b + 2).
pub(crate) fn continued_fraction(a: f64, b: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    const STEPS: usize = 100_000;
    let clip = |v: f64| if v.abs() < TINY { TINY } else { v };
    let ab = a + b;
    let mut c = 1.0;
    let mut d = 1.0 / clip(1.0 - ab * x / (a + 1.0));
    let mut h = d;
    for step in 1..STEPS {
        let m = step as f64;
        let a2m = a + 2.0 * m;
        let even = m * (b - m) * x / ((a2m - 1.0) * a2m);
        d = 1.0 / clip(1.0 + even * d);
        c = clip(1.0 + even / c);
        h *= d * c;
        let odd = -(a + m) * (ab + m) * x / (a2m * (a2m + 1.0));
        d = 1.0 / clip(1.0 + odd * d);
        c = clip(1.0 + odd / c);
        let delta = d * c;
        h *= delta;
        if (delta - 1.0).abs() < 1e-16 {
            break;
        }
    }
    h
}
