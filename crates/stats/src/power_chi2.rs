//! Power of χ² tests, from the noncentral χ² distribution.

use crate::StatError;
use crate::account::Account;
use crate::dist::{chi_squared, noncentral_chi_squared};
use crate::power::{Design, Power, PowerOptions, within};

const REFERENCES: &[&str] = &["Cohen (1988), Statistical Power Analysis for the Behavioral Sciences"];

/// Power of a χ² test with `df` degrees of freedom on `n` observations for Cohen's w. λ = w² n.
///
/// Use it before a study of counts. w² = Σ (p − p₀)² / p₀; the power is that of the noncentral χ²
/// with λ.
///
/// ```
/// use ergon_stats::{PowerOptions, power_chi2};
/// let found = power_chi2(0.3, 1.0, 88.0, &PowerOptions::default())?;
/// assert!((found.required_whole - 88.0).abs() < 1e-4);
/// assert!((found.power - 0.80353).abs() < 1e-4);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn power_chi2(w: f64, df: f64, n: f64, options: &PowerOptions) -> Result<Power, StatError> {
    options.check()?;
    within("df", df, (0.0, 1e6), "(0, 1e6)")?;
    let design = Design { n, least: 0.0, effect: w, largest: 1e3 };
    design.check()?;
    let critical = chi_squared::isf(options.alpha, df);
    let account = Account::new("Power of the χ² test", libm::ceil(n) as usize, 0, REFERENCES);
    design.answer(account, options, |n, w| noncentral_chi_squared::sf(critical, df, w * w * n))
}
