//! Power of the test of a correlation, by Fisher's z with its bias.

use crate::StatError;
use crate::account::Account;
use crate::dist::{normal, student_t};
use crate::options::Alternative;
use crate::power::{Design, Power, PowerOptions};

const REFERENCES: &[&str] = &["Cohen (1988), Statistical Power Analysis for the Behavioral Sciences"];

/// Power of the t test of a correlation `r` in `n` pairs: the critical t as a correlation, and both
/// on the scale of Fisher's z, with the bias r / (2 (n − 1)).
///
/// Use it before a study. Assumes a bivariate normal distribution.
///
/// ```
/// use ergon_stats::{PowerOptions, power_correlation};
/// let found = power_correlation(0.3, 84.0, &PowerOptions::default())?;
/// assert!((found.required_whole - 85.0).abs() < 1e-4);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn power_correlation(r: f64, n: f64, options: &PowerOptions) -> Result<Power, StatError> {
    options.check()?;
    let design = Design { n, least: 3.0, effect: r, largest: 1.0 };
    design.check()?;
    let account = Account::new("Power of the test of a correlation", libm::ceil(n) as usize, 0, REFERENCES);
    design.answer(account, options, |n, r| {
        let t = student_t::isf(options.tail(), n - 2.0);
        let critical = libm::asinh(t / (n - 2.0).sqrt());
        let z = libm::atanh(r) + r / (2.0 * (n - 1.0));
        let root = (n - 3.0).sqrt();
        let (above, below) = (normal::cdf((z - critical) * root), normal::cdf((-z - critical) * root));
        match options.alternative {
            Alternative::TwoSided => above + below,
            Alternative::Greater => above,
            Alternative::Less => below,
        }
    })
}
