//! Power of the t tests, from the noncentral t distribution.

use crate::StatError;
use crate::account::Account;
use crate::dist::{noncentral_t, student_t};
use crate::options::Alternative;
use crate::power::{Design, Power, PowerOptions, within};

const REFERENCES: &[&str] = &["Cohen (1988), Statistical Power Analysis for the Behavioral Sciences"];

fn power(noncentrality: f64, df: f64, options: &PowerOptions) -> f64 {
    let critical = student_t::isf(options.tail(), df);
    match options.alternative {
        Alternative::TwoSided => {
            noncentral_t::sf(critical, df, noncentrality) + noncentral_t::cdf(-critical, df, noncentrality)
        }
        Alternative::Greater => noncentral_t::sf(critical, df, noncentrality),
        Alternative::Less => noncentral_t::cdf(-critical, df, noncentrality),
    }
}

/// Power of the one-sample or paired t test of `n` observations (or pairs) for a standardised mean
/// (difference) `d`.
///
/// Use it before a study, for the smallest effect that would matter, never after it for the effect
/// observed. Assumes what the test does; the power is that of the noncentral t with d √n.
///
/// ```
/// use ergon_stats::{PowerOptions, power_t_one_sample};
/// let found = power_t_one_sample(0.5, 34.0, &PowerOptions::default())?;
/// assert!((found.required_whole - 34.0).abs() < 1e-4);
/// assert!((found.power - 0.80778).abs() < 1e-4);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn power_t_one_sample(d: f64, n: f64, options: &PowerOptions) -> Result<Power, StatError> {
    options.check()?;
    let design = Design { n, least: 1.0, effect: d, largest: 1e3 };
    design.check()?;
    let account = Account::new("Power of the one-sample t test", libm::ceil(n) as usize, 0, REFERENCES);
    design.answer(account, options, |n, d| power(d * n.sqrt(), n - 1.0, options))
}

/// Power of the two-sample t test for a standardised difference `d`, with `n1` observations in the
/// first sample and `ratio` times as many in the second. Sizes are those of the first sample.
///
/// Use it before a study. 64 in each group find half a standard deviation with a power of 0.8: the
/// number that everybody knows.
///
/// ```
/// use ergon_stats::{PowerOptions, power_t_two_sample};
/// let found = power_t_two_sample(0.5, 64.0, 1.0, &PowerOptions::default())?;
/// assert!((found.required_whole - 64.0).abs() < 1e-4);
/// assert!((found.power - 0.80146).abs() < 1e-4);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn power_t_two_sample(d: f64, n1: f64, ratio: f64, options: &PowerOptions) -> Result<Power, StatError> {
    options.check()?;
    within("ratio", ratio, (1e-6, 1e6), "(1e-6, 1e6)")?;
    let design = Design { n: n1, least: 2.0 / (1.0 + ratio), effect: d, largest: 1e3 };
    design.check()?;
    let account =
        Account::new("Power of the two-sample t test", libm::ceil(n1 * (1.0 + ratio)) as usize, 0, REFERENCES);
    design.answer(account, options, |n1, d| {
        power(d * (n1 * ratio / (1.0 + ratio)).sqrt(), n1 * (1.0 + ratio) - 2.0, options)
    })
}
