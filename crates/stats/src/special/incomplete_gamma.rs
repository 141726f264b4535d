//! Regularised incomplete gamma functions: series below a + 1, continued fraction above
//! (DLMF 8.11.4, 8.9.2), with Loader's power term in front.

use super::saddle::poisson_mass;

/// Lower and upper regularised incomplete gamma, P(a, x) and Q(a, x). The smaller of the two
/// keeps full relative accuracy.
pub(crate) fn incomplete_gamma(a: f64, x: f64) -> (f64, f64) {
    if x <= 0.0 {
        return (0.0, 1.0);
    }
    if x.is_infinite() {
        return (1.0, 0.0);
    }
    const STEPS: usize = 1_000_000;
    let mass = poisson_mass(a, x);
    if x < a + 1.0 {
        let mut term = 1.0;
        let mut total = 1.0;
        for k in 1..STEPS {
            term *= x / (a + k as f64);
            total += term;
            if term < total * 1e-17 {
                break;
            }
        }
        let lower = (mass * total).min(1.0);
        (lower, 1.0 - lower)
    } else {
        const TINY: f64 = 1e-300;
        let mut b = x + 1.0 - a;
        let mut c = 1.0 / TINY;
        let mut d = 1.0 / b;
        let mut h = d;
        for k in 1..STEPS {
            let k = k as f64;
            let an = -k * (k - a);
            b += 2.0;
            d = an * d + b;
            if d.abs() < TINY {
                d = TINY;
            }
            c = b + an / c;
            if c.abs() < TINY {
                c = TINY;
            }
            d = 1.0 / d;
            let delta = d * c;
            h *= delta;
            if (delta - 1.0).abs() < 1e-16 {
                break;
            }
        }
        let upper = (mass * a * h).min(1.0);
        (1.0 - upper, upper)
    }
}
