//! Sign test: are positive differences as frequent as negative ones?

use serde::Serialize;

use crate::StatError;
use crate::account::{Account, Estimate, Interval, Warning};
use crate::binomial_test::{clopper_pearson, exact_p};
use crate::missing::observed;
use crate::options::{Alternative, TestOptions};

const REFERENCES: &[&str] = &["Dixon & Mood (1946), Journal of the American Statistical Association 41, 557–566"];

/// Result of a sign test.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SignTest {
    /// Method, counts (differences), findings, warnings, references.
    #[serde(flatten)]
    pub account: Account,
    /// The alternative hypothesis about the share of positive differences.
    pub alternative: Alternative,
    /// Positive differences.
    pub positive: usize,
    /// Differences other than zero.
    pub nonzero: usize,
    /// Share of positive ones among them, with its standard error.
    pub estimate: Estimate,
    /// Exact p-value from the binomial distribution.
    pub p: f64,
    /// Clopper & Pearson's interval of the share.
    pub ci: Interval,
}

/// The sign test of differences. Zeros are set aside, with a warning.
///
/// Use it for paired responses of which only the direction means something. Assumes independent
/// pairs, and nothing of their shape; the p-value is binomial.
///
/// ```
/// use ergon_stats::{TestOptions, sign_test};
/// let d = [1.2, -0.4, 2.5, 3.1, 0.8, 1.9];
/// let found = sign_test(&d, &TestOptions::default())?;
/// assert!((found.p - 0.21875).abs() < 1e-4);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn sign_test(differences: &[f64], options: &TestOptions) -> Result<SignTest, StatError> {
    options.check()?;
    let (d, dropped) = observed(differences, "differences", options.missing)?;
    if d.is_empty() {
        return Err(StatError::Empty { what: "differences" });
    }
    let positive = d.iter().filter(|v| **v > 0.0).count();
    let nonzero = d.iter().filter(|v| **v != 0.0).count();
    if nonzero == 0 {
        return Err(StatError::NoVariation { what: "differences" });
    }
    let mut account = Account::new("Sign test", d.len(), dropped, REFERENCES);
    if nonzero < d.len() {
        account.warnings.push(Warning::ZeroDifferences { count: d.len() - nonzero });
    }
    let (k, n) = (positive as f64, nonzero as f64);
    let value = k / n;
    Ok(SignTest {
        account,
        alternative: options.alternative,
        positive,
        nonzero,
        estimate: Estimate { name: "share of positive differences", value, se: (value * (1.0 - value) / n).sqrt() },
        p: exact_p(k, n, 0.5, options.alternative),
        ci: clopper_pearson(k, n, options.level, options.alternative),
    })
}
