//! Combining independent p-values of one hypothesis.

use serde::Serialize;

use crate::StatError;
use crate::account::{Account, wire_number};
use crate::dist::{chi_squared, normal};
use crate::sum::sum;

const REFERENCES: &[&str] = &[
    "Fisher (1925), Statistical Methods for Research Workers",
    "Stouffer, Suchman, DeVinney, Star & Williams (1949), The American Soldier",
];

/// Two combinations of independent p-values.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CombinedP {
    /// Method, counts (p-values), findings, warnings, references.
    #[serde(flatten)]
    pub account: Account,
    /// Fisher's χ² = −2 Σ ln p; infinite if some p is 0.
    #[serde(serialize_with = "wire_number")]
    pub fisher_chi2: f64,
    /// Its degrees of freedom: twice the number of p-values.
    pub fisher_df: f64,
    /// Fisher's combined p-value.
    pub fisher_p: f64,
    /// Stouffer's z = Σ z / √k, from one-sided p-values; infinite if some p is 0 or 1.
    #[serde(serialize_with = "wire_number")]
    pub stouffer_z: f64,
    /// Stouffer's combined p-value.
    pub stouffer_p: f64,
}

/// Combines p-values of independent tests by Fisher's and by Stouffer's method. For Stouffer's
/// they have to be one-sided, in one direction; p = 0 beside p = 1 has no combination there.
///
/// Use it for one hypothesis tested on independent data. Fisher’s −2 Σ ln p is χ² with 2k degrees
/// of freedom and sees one strong result; Stouffer’s Σ z / √k sees many weak ones.
///
/// ```
/// use ergon_stats::combine_pvalues;
/// let found = combine_pvalues(&[0.05, 0.1, 0.2])?;
/// assert!((found.fisher_p - 0.03177).abs() < 1e-4);
/// assert!((found.stouffer_p - 0.0148).abs() < 1e-4);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn combine_pvalues(p: &[f64]) -> Result<CombinedP, StatError> {
    if p.is_empty() {
        return Err(StatError::Empty { what: "p" });
    }
    if let Some(bad) = p.iter().find(|p| !(0.0..=1.0).contains(*p)) {
        return Err(StatError::InvalidOption { option: "p", found: bad.to_string(), range: "[0, 1]" });
    }
    let (zero, one) = (p.contains(&0.0), p.contains(&1.0));
    if zero && one {
        return Err(StatError::OutOfRange { what: "Σ z of p = 0 and p = 1" });
    }
    let k = p.len() as f64;
    let fisher_chi2 = if zero { f64::INFINITY } else { -2.0 * sum(p.iter().map(|p| libm::log(*p))) };
    let stouffer_z = if zero {
        f64::INFINITY
    } else if one {
        f64::NEG_INFINITY
    } else {
        sum(p.iter().map(|p| normal::isf(*p))) / k.sqrt()
    };
    Ok(CombinedP {
        account: Account::new("Fisher's and Stouffer's combination of p-values", p.len(), 0, REFERENCES),
        fisher_chi2,
        fisher_df: 2.0 * k,
        fisher_p: chi_squared::sf(fisher_chi2, 2.0 * k),
        stouffer_z,
        stouffer_p: normal::sf(stouffer_z),
    })
}
