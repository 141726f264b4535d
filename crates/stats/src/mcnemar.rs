//! McNemar's test of paired yes–no outcomes.

use serde::Serialize;

use crate::StatError;
use crate::account::{Account, Warning, wire_number};
use crate::binomial_test::exact_p;
use crate::dist::chi_squared;
use crate::options::Alternative;
use crate::tables::count;

const REFERENCES: &[&str] = &["McNemar (1947), Psychometrika 12, 153–157", "Edwards (1948), Psychometrika 13, 185–187"];

/// Result of McNemar's test. All p-values are two-sided.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct McNemar {
    /// Method, counts (pairs), findings, warnings, references.
    #[serde(flatten)]
    pub account: Account,
    /// Pairs that differ: yes–no and no–yes.
    pub discordant: [u64; 2],
    /// Exact p-value: the binomial test of the discordant pairs. The one to use.
    pub p_exact: f64,
    /// χ² = (b − c)² / (b + c), with one degree of freedom.
    pub chi2: f64,
    /// Its p-value.
    pub p: f64,
    /// χ² with Edwards' continuity correction, (|b − c| − 1)² / (b + c).
    pub chi2_corrected: f64,
    /// Its p-value.
    pub p_corrected: f64,
    /// Matched odds ratio b / c; infinite where c = 0.
    #[serde(serialize_with = "wire_number")]
    pub odds_ratio: f64,
}

/// McNemar's test of the paired table \[\[yes–yes, yes–no\], \[no–yes, no–no\]\]: do the two
/// conditions have the same rate of yes?
///
/// Use it for two conditions on the same items, with a yes or no each. Only discordant items count:
/// b of b + c is binomial with ½ under the null hypothesis.
///
/// ```
/// use ergon_stats::mcnemar;
/// let found = mcnemar([[20, 9], [2, 15]])?;
/// assert!((found.p_exact - 0.06543).abs() < 1e-4);
/// assert!((found.chi2 - 4.45455).abs() < 1e-4);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn mcnemar(table: [[u64; 2]; 2]) -> Result<McNemar, StatError> {
    let [[a, b], [c, d]] = table;
    let (left, right) = (count(b)?, count(c)?);
    let pairs = count(a)? + count(d)? + left + right;
    if pairs == 0.0 {
        return Err(StatError::Empty { what: "table" });
    }
    let n = left + right;
    if n == 0.0 {
        return Err(StatError::NoVariation { what: "the pairs: none differs" });
    }
    let gap = (left - right).abs();
    let chi2 = gap * gap / n;
    let corrected = (gap - 1.0).max(0.0);
    let chi2_corrected = corrected * corrected / n;
    let mut account = Account::new("McNemar's test", pairs as usize, 0, REFERENCES);
    if n < 25.0 {
        account.warnings.push(Warning::FewObservations { n: n as usize });
    }
    Ok(McNemar {
        account,
        discordant: [b, c],
        p_exact: exact_p(left.min(right), n, 0.5, Alternative::TwoSided),
        chi2,
        p: chi_squared::sf(chi2, 1.0),
        chi2_corrected,
        p_corrected: chi_squared::sf(chi2_corrected, 1.0),
        odds_ratio: left / right,
    })
}
