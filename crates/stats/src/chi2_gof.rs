//! Pearson's χ² test of goodness of fit.

use serde::Serialize;

use crate::StatError;
use crate::account::{Account, Effect};
use crate::chi2_independence::warn_of_low_counts;
use crate::dist::chi_squared;
use crate::sum::sum;
use crate::tables::count;

const REFERENCES: &[&str] = &["Pearson (1900), Philosophical Magazine 50, 157–175"];

/// Result of a goodness-of-fit test.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Chi2Gof {
    /// Method, counts, findings, warnings, references.
    #[serde(flatten)]
    pub account: Account,
    /// The χ² statistic.
    pub chi2: f64,
    /// Degrees of freedom: categories less one.
    pub df: f64,
    /// p-value, from the survival function.
    pub p: f64,
    /// Expected counts.
    pub expected: Vec<f64>,
    /// Cohen's w = √(χ²/n).
    pub effect: Effect,
}

/// Tests whether `observed` counts come from categories of probabilities `p`, which are positive
/// and sum to 1.
///
/// Use it to compare counts with shares stated beforehand. Assumes independent observations and
/// expected counts of about five. χ² = Σ (O − E)² / E with k − 1 degrees of freedom.
///
/// ```
/// use ergon_stats::chi2_gof;
/// let found = chi2_gof(&[18, 22, 20, 40], &[0.25; 4])?;
/// assert!((found.chi2 - 12.32).abs() < 1e-6);
/// assert!((found.p - 0.00636363).abs() < 1e-6);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn chi2_gof(observed: &[u64], p: &[f64]) -> Result<Chi2Gof, StatError> {
    if observed.len() != p.len() {
        return Err(StatError::LengthMismatch { what: "observed and p", left: observed.len(), right: p.len() });
    }
    if observed.len() < 2 {
        return Err(StatError::TooFew { what: "categories", needed: 2, found: observed.len() });
    }
    if let Some(bad) = p.iter().find(|p| !(**p > 0.0 && **p < 1.0)) {
        return Err(StatError::InvalidOption { option: "p", found: bad.to_string(), range: "(0, 1)" });
    }
    let whole = sum(p.iter().copied());
    if (whole - 1.0).abs() > 1e-8 {
        return Err(StatError::InvalidOption { option: "p", found: whole.to_string(), range: "a sum of 1" });
    }
    let observed = observed.iter().map(|n| count(*n)).collect::<Result<Vec<f64>, StatError>>()?;
    let n = sum(observed.iter().copied());
    if n == 0.0 {
        return Err(StatError::Empty { what: "observed" });
    }
    let expected: Vec<f64> = p.iter().map(|p| n * (p / whole)).collect();
    let chi2 = sum(observed.iter().zip(&expected).map(|(o, e)| (o - e) * ((o - e) / e)));
    if !chi2.is_finite() {
        return Err(StatError::OutOfRange { what: "χ²" });
    }
    let df = (p.len() - 1) as f64;
    let mut account = Account::new("Pearson's χ² test of goodness of fit", n as usize, 0, REFERENCES);
    warn_of_low_counts(expected.iter(), &mut account);
    Ok(Chi2Gof {
        account,
        chi2,
        df,
        p: chi_squared::sf(chi2, df),
        expected,
        effect: Effect { name: "Cohen's w", value: (chi2 / n).sqrt(), ci: None },
    })
}
