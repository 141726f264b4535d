//! Power of the one-way analysis of variance, from the noncentral F distribution.

use crate::StatError;
use crate::account::Account;
use crate::dist::{fisher_f, noncentral_f};
use crate::power::{Design, Power, PowerOptions};

const REFERENCES: &[&str] = &["Cohen (1988), Statistical Power Analysis for the Behavioral Sciences"];

/// Power of the analysis of variance of `groups` groups of `n` observations each for Cohen's f: the
/// standard deviation of the means over that within groups. λ = f² n k.
///
/// Use it before a study. Assumes equal sizes and variances; the power is that of the noncentral F
/// with λ.
///
/// ```
/// use ergon_stats::{PowerOptions, power_anova};
/// let found = power_anova(0.25, 4, 45.0, &PowerOptions::default())?;
/// assert!((found.required_whole - 45.0).abs() < 1e-4);
/// assert!((found.power - 0.80399).abs() < 1e-4);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn power_anova(f: f64, groups: usize, n: f64, options: &PowerOptions) -> Result<Power, StatError> {
    options.check()?;
    if groups < 2 {
        return Err(StatError::TooFew { what: "groups", needed: 2, found: groups });
    }
    let design = Design { n, least: 1.0, effect: f, largest: 1e3 };
    design.check()?;
    let k = groups as f64;
    let account = Account::new("Power of the one-way analysis of variance", libm::ceil(n * k) as usize, 0, REFERENCES);
    design.answer(account, options, |n, f| {
        let (df1, df2) = (k - 1.0, k * (n - 1.0));
        noncentral_f::sf(fisher_f::isf(options.alpha, df1, df2), df1, df2, f * f * n * k)
    })
}
