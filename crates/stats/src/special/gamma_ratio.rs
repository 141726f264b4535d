//! The ratio of gamma functions half a step apart.

/// Γ(a + ½) / (Γ(a) √a) for a > 0, which tends to 1.
pub(crate) fn gamma_ratio(a: f64) -> f64 {
    if a < 30.0 {
        return libm::exp(libm::lgamma(a + 0.5) - libm::lgamma(a)) / a.sqrt();
    }
    // The asymptotic series of the central binomial coefficient; the first term left out is
    // below 1e-16.
    const C: [f64; 10] = [
        1.0,
        -1.0 / 8.0,
        1.0 / 128.0,
        5.0 / 1024.0,
        -21.0 / 32_768.0,
        -399.0 / 262_144.0,
        869.0 / 4_194_304.0,
        39_325.0 / 33_554_432.0,
        -334_477.0 / 2_147_483_648.0,
        -28_717_403.0 / 17_179_869_184.0,
    ];
    let w = 1.0 / a;
    C.iter().rev().fold(0.0, |acc, c| acc * w + c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_series_meets_the_recurrence() {
        // r(a + 1) = r(a) (a + ½) / √(a (a + 1)), down to a = 5 and up to a = 40.
        let mut ratio = gamma_ratio(5.25);
        let mut a = 5.25_f64;
        while a < 40.0 {
            ratio *= (a + 0.5) / (a * (a + 1.0)).sqrt();
            a += 1.0;
        }
        assert!((gamma_ratio(a) / ratio - 1.0).abs() < 1e-14);
    }
}
