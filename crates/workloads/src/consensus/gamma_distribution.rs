//! The distribution function of the gamma distribution, which the Lublin–Feitelson daily cycle needs.

/// Relative size of the last term or factor at which an expansion stops.
const ENOUGH: f64 = 1e-15;
/// Terms at most; the shapes in use need a few dozen.
const MOST_TERMS: u32 = 1_000;

/// P(X ≤ x) for a gamma variate of this shape and scale; NaN where they are not positive.
///
/// Regularised incomplete gamma function: its power series below the mode, its continued fraction
/// above (Abramowitz & Stegun 6.5.29 and 6.5.31; the fraction by the modified Lentz method).
pub(super) fn gamma_cdf(x: f64, shape: f64, scale: f64) -> f64 {
    if !(shape > 0.0 && scale > 0.0) || x.is_nan() {
        return f64::NAN;
    }
    let z = x / scale;
    if z <= 0.0 {
        return 0.0;
    }
    if z.is_infinite() {
        return 1.0;
    }
    // z^a·e^(−z) ÷ Γ(a)
    let front = libm::exp(shape * libm::log(z) - z - libm::lgamma(shape));
    if z < shape + 1.0 { front * series(z, shape) } else { 1.0 - front * fraction(z, shape) }
}

/// Σ zⁿ ÷ (a·(a+1)···(a+n)), n from 0.
fn series(z: f64, a: f64) -> f64 {
    let mut term = 1.0 / a;
    let mut sum = term;
    for n in 1..MOST_TERMS {
        term *= z / (a + f64::from(n));
        sum += term;
        if term < sum * ENOUGH {
            break;
        }
    }
    sum
}

/// 1/(z+1−a− 1(1−a)/(z+3−a− 2(2−a)/(z+5−a− …)))
fn fraction(z: f64, a: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let mut b = z + 1.0 - a;
    let mut c = 1.0 / TINY;
    let mut d = 1.0 / b;
    let mut value = d;
    for n in 1..MOST_TERMS {
        let n = f64::from(n);
        let numerator = -n * (n - a);
        b += 2.0;
        d = 1.0 / nonzero(numerator * d + b, TINY);
        c = nonzero(b + numerator / c, TINY);
        let factor = c * d;
        value *= factor;
        if (factor - 1.0).abs() < ENOUGH {
            break;
        }
    }
    value
}

fn nonzero(x: f64, tiny: f64) -> f64 {
    if x.abs() < tiny { tiny } else { x }
}

#[cfg(test)]
mod tests {
    use super::gamma_cdf;

    /// Whole shapes have a closed form: 1 − e^(−z)·Σ zᵏ/k!, k < a.
    #[test]
    fn agrees_with_the_closed_form_for_whole_shapes() {
        for shape in 1..15 {
            for x in [0.1, 0.9, 2.0, 5.0, 11.0, 26.0, 60.0] {
                let z: f64 = x / 1.7;
                let mut term = 1.0;
                let mut sum = 0.0;
                for k in 0..shape {
                    sum += term;
                    term *= z / f64::from(k + 1);
                }
                let exact = 1.0 - libm::exp(-z) * sum;
                let got = gamma_cdf(x, f64::from(shape), 1.7);
                assert!((got - exact).abs() < 1e-13, "{shape} {x}: {got} {exact}");
            }
        }
    }

    /// A half-integer shape is an error function: P(½, z) = erf(√z).
    #[test]
    fn agrees_with_the_error_function() {
        for z in [0.01, 0.5, 1.4, 1.6, 4.0, 20.0] {
            let exact = libm::erf(libm::sqrt(z));
            assert!((gamma_cdf(z, 0.5, 1.0) - exact).abs() < 1e-14, "{z}");
        }
    }

    #[test]
    fn the_ends_are_0_and_1() {
        assert_eq!(gamma_cdf(0.0, 2.0, 1.0), 0.0);
        assert_eq!(gamma_cdf(-1.0, 2.0, 1.0), 0.0);
        assert_eq!(gamma_cdf(f64::INFINITY, 2.0, 1.0), 1.0);
        assert!(gamma_cdf(1.0, 0.0, 1.0).is_nan());
        assert!(gamma_cdf(f64::NAN, 1.0, 1.0).is_nan());
    }
}
