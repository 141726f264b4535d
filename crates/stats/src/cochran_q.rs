//! Cochran's Q: do success rates differ among treatments that each block saw?

use serde::Serialize;

use crate::StatError;
use crate::account::{Account, Warning};
use crate::blocks::Blocks;
use crate::dist::chi_squared;
use crate::missing::MissingPolicy;

const REFERENCES: &[&str] = &["Cochran (1950), Biometrika 37, 256–266"];

/// Result of Cochran's Q test.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CochranQ {
    /// Method, counts (blocks), findings, warnings, references.
    #[serde(flatten)]
    pub account: Account,
    /// The Q statistic.
    pub q: f64,
    /// Degrees of freedom of its χ² approximation.
    pub df: f64,
    /// p-value, from the survival function.
    pub p: f64,
    /// Share of successes of each treatment.
    pub rates: Vec<f64>,
    /// Blocks in which treatments differ: the others carry no information.
    pub informative: usize,
}

/// Cochran's test on `rows` of blocks by columns of treatments, of zeros and ones. A block with a
/// missing value is dropped whole.
///
/// Q = (k − 1)(k Σ Cⱼ² − T²) / (k T − Σ Rᵢ²), with column sums C, row sums R and total T.
///
/// Use it for several conditions on the same items, with a yes or no each: McNemar for more than
/// two. Assumes independent blocks; χ² with k − 1 degrees of freedom is an approximation.
///
/// ```
/// use ergon_stats::{MissingPolicy, cochran_q};
/// let rows = [[1.0, 1.0, 0.0], [1.0, 0.0, 0.0], [1.0, 1.0, 1.0], [1.0, 0.0, 0.0], [1.0, 1.0, 0.0], [0.0, 1.0, 0.0]];
/// let found = cochran_q(&rows, MissingPolicy::Refuse)?;
/// assert!((found.q - 5.2).abs() < 1e-4);
/// assert!((found.p - 0.07427).abs() < 1e-4);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn cochran_q<R: AsRef<[f64]>>(rows: &[R], missing: MissingPolicy) -> Result<CochranQ, StatError> {
    let b = Blocks::of(rows, 1, missing)?;
    if let Some(bad) = b.rows.iter().flatten().find(|v| **v != 0.0 && **v != 1.0) {
        return Err(StatError::InvalidOption { option: "rows", found: bad.to_string(), range: "{0, 1}" });
    }
    let k = b.columns as f64;
    let columns: Vec<f64> = (0..b.columns).map(|j| b.column(j).iter().sum()).collect();
    let row_sums: Vec<f64> = b.rows.iter().map(|r| r.iter().sum()).collect();
    let total: f64 = row_sums.iter().sum();
    let spread = k * total - row_sums.iter().map(|r| r * r).sum::<f64>();
    if spread <= 0.0 {
        return Err(StatError::NoVariation { what: "every block" });
    }
    let q = (k - 1.0) * (k * columns.iter().map(|c| c * c).sum::<f64>() - total * total) / spread;
    let informative = row_sums.iter().filter(|r| **r > 0.0 && **r < k).count();
    let mut account = Account::new("Cochran's Q test", b.rows.len(), b.dropped, REFERENCES);
    if informative < 10 {
        account.warnings.push(Warning::ApproximateForSmallSample { n: informative });
    }
    let n = b.rows.len() as f64;
    Ok(CochranQ {
        account,
        q,
        df: k - 1.0,
        p: chi_squared::sf(q, k - 1.0),
        rates: columns.iter().map(|c| c / n).collect(),
        informative,
    })
}
