//! Pearson's product-moment correlation.

use crate::StatError;
use crate::account::{Account, Warning};
use crate::correlation::{Coefficient, Correlation};
use crate::missing::observed_pairs;
use crate::options::TestOptions;

const REFERENCES: &[&str] =
    &["Pearson (1896), Philosophical Transactions A 187, 253–318", "Fisher (1921), Metron 1, 3–32"];

/// Pearson's correlation of `x` and `y`, with t = r √((n − 2)/(1 − r²)) and Fisher's interval
/// (four pairs or more).
///
/// Use it for linear association. The test and interval assume a bivariate normal distribution and
/// independent pairs.
///
/// ```
/// use ergon_stats::{TestOptions, pearson};
/// let x = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
/// let y = [2.1, 3.9, 6.2, 7.8, 10.1, 12.2];
/// let found = pearson(&x, &y, &TestOptions::default())?;
/// assert!((found.estimate - 0.9991049325).abs() < 1e-8);
/// assert!((found.p - 0.0000012014).abs() < 1e-8);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn pearson(x: &[f64], y: &[f64], options: &TestOptions) -> Result<Correlation, StatError> {
    options.check()?;
    let (x, y, dropped) = observed_pairs(x, y, options.missing)?;
    enough(x.len(), 3)?;
    let mut account = Account::new("Pearson correlation", x.len(), dropped, REFERENCES);
    if x.len() < 10 {
        account.warnings.push(Warning::FewObservations { n: x.len() });
    }
    let r = Coefficient::of(&x, &y)?;
    r.tested((x.len() - 2) as f64, "Pearson's r", account, options)
}

/// Fails unless there are `least` pairs.
pub(crate) fn enough(n: usize, least: usize) -> Result<(), StatError> {
    if n == 0 {
        Err(StatError::Empty { what: "pairs" })
    } else if n < least {
        Err(StatError::TooFew { what: "pairs", needed: least, found: n })
    } else {
        Ok(())
    }
}
