//! Polynomial regression on raw powers.

use crate::StatError;
use crate::missing::observed_pairs;
use crate::ols::{Ols, OlsOptions, ols_of_sums};
use crate::real::{Real, Twofold};

/// Largest degree: raw powers beyond are collinear in 64 bits for almost any data.
const MOST: usize = 12;

/// Regresses `y` on x, x², … x^`degree` by least squares. Coefficients stand in order of their
/// power, the constant first unless the options leave it out. Powers of a variable far from zero
/// are nearly collinear: centre it first.
///
/// Use it for smooth curvature over a short range; it says nothing beyond the data. Assumes what
/// [`ols`](crate::ols) does.
///
/// ```
/// use ergon_stats::{OlsOptions, polynomial_regression};
/// let x = [0.0, 1.0, 2.0, 3.0, 4.0];
/// let y = [1.1, 2.0, 5.2, 9.9, 17.0];
/// let found = polynomial_regression(&x, &y, 2, &OlsOptions::default())?;
/// assert!((found.coefficients[2].estimate - 0.99286).abs() < 1e-4);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn polynomial_regression(x: &[f64], y: &[f64], degree: usize, options: &OlsOptions) -> Result<Ols, StatError> {
    if !(1..=MOST).contains(&degree) {
        return Err(StatError::InvalidOption { option: "degree", found: degree.to_string(), range: "1 to 12" });
    }
    let (x, y, dropped) = observed_pairs(x, y, options.missing)?;
    // With their rounding errors: in a polynomial of high degree these move the eighth digit.
    let mut powers = vec![x.to_vec()];
    let mut low = vec![vec![0.0; x.len()]];
    let mut exact: Vec<Twofold> = x.iter().map(|x| Twofold::from_f64(*x)).collect();
    for _ in 1..degree {
        exact.iter_mut().zip(x.iter()).for_each(|(power, x)| *power = *power * Twofold::from_f64(*x));
        let rounded: Vec<f64> = exact.iter().map(|power| power.to_f64()).collect();
        low.push(
            exact.iter().zip(&rounded).map(|(power, high)| (*power - Twofold::from_f64(*high)).to_f64()).collect(),
        );
        powers.push(rounded);
    }
    if !powers.iter().flatten().all(|v| v.is_finite()) {
        return Err(StatError::OutOfRange { what: "powers of x" });
    }
    let columns: Vec<&[f64]> = powers.iter().map(Vec::as_slice).collect();
    let mut fit = ols_of_sums(&y, &columns, low, options)?;
    fit.account.method = "Polynomial regression";
    fit.account.n_dropped = dropped;
    Ok(fit)
}
