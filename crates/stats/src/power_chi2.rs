//! Power of χ² tests, from the noncentral χ² distribution.

use crate::StatError;
use crate::account::Account;
use crate::dist::{chi_squared, noncentral_chi_squared};
use crate::power::{Design, Power, PowerOptions, within};

const REFERENCES: &[&str] = &["Cohen (1988), Statistical Power Analysis for the Behavioral Sciences"];

/// Power of a χ² test with `df` degrees of freedom on `n` observations for Cohen's w. λ = w² n.
pub fn power_chi2(w: f64, df: f64, n: f64, options: &PowerOptions) -> Result<Power, StatError> {
    options.check()?;
    within("df", df, (0.0, 1e6), "(0, 1e6)")?;
    let design = Design { n, least: 0.0, effect: w, largest: 1e3 };
    design.check()?;
    let critical = chi_squared::isf(options.alpha, df);
    let account = Account::new("Power of the χ² test", libm::ceil(n) as usize, 0, REFERENCES);
    design.answer(account, options, |n, w| noncentral_chi_squared::sf(critical, df, w * w * n))
}
