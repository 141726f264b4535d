//! Partial correlation: of what two variables have left once others are held constant.

use crate::StatError;
use crate::account::Account;
use crate::correlation::{Coefficient, Correlation};
use crate::least_squares::Fit;
use crate::ols::complete_rows;
use crate::options::TestOptions;

const REFERENCES: &[&str] = &["Fisher (1924), Metron 3, 329–332"];

/// Correlation of `x` and `y` given the columns `given`: Pearson's of the residuals of both on
/// them, with n − 2 − k degrees of freedom.
///
/// Use it for the linear association that remains once others are held fixed. Assumes a
/// multivariate normal distribution; it can’t tell confounding from mediation.
///
/// ```
/// use ergon_stats::{TestOptions, partial_correlation};
/// let x = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
/// let y = [1.0, 3.0, 2.0, 5.0, 6.0, 4.0];
/// let z = [1.0, 0.0, 1.0, 0.0, 1.0, 1.0];
/// let found = partial_correlation(&x, &y, &[&z], &TestOptions::default())?;
/// assert!((found.estimate - 0.85075).abs() < 1e-4);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn partial_correlation(
    x: &[f64],
    y: &[f64],
    given: &[&[f64]],
    options: &TestOptions,
) -> Result<Correlation, StatError> {
    options.check()?;
    let mut columns = vec![x, y];
    columns.extend_from_slice(given);
    let (mut kept, dropped) = complete_rows(&columns, options.missing)?;
    let (x, y) = (kept.remove(0), kept.remove(0));
    let n = x.len();
    if n < given.len() + 3 {
        return Err(StatError::TooFew { what: "rows", needed: given.len() + 3, found: n });
    }
    kept.insert(0, vec![1.0; n]);
    let rest = |v: &[f64], what: &'static str| -> Result<Vec<f64>, StatError> {
        let fit = Fit::of(&kept, v);
        if !fit.aliased.is_empty() {
            return Err(StatError::RankDeficient { rank: fit.rank, columns: kept.len(), aliased: fit.aliased });
        }
        if !fit.rest.is_finite() {
            return Err(StatError::OutOfRange { what: "residuals" });
        }
        if fit.rest <= 1e-26 * fit.explained.iter().sum::<f64>() {
            return Err(StatError::NoVariation { what });
        }
        Ok(fit.residuals)
    };
    let r = Coefficient::of(&rest(&x, "x given the others")?, &rest(&y, "y given the others")?)?;
    let account = Account::new("Partial correlation", n, dropped, REFERENCES);
    r.tested((n - 2 - given.len()) as f64, "partial r", account, options)
}
