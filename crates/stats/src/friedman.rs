//! Friedman's test: do treatments differ, given that each block saw them all?

use serde::Serialize;

use crate::StatError;
use crate::account::{Account, Warning};
use crate::blocks::Blocks;
use crate::dist::chi_squared;
use crate::missing::MissingPolicy;
use crate::ranks::midranks;
use crate::sum::sum;

const REFERENCES: &[&str] = &[
    "Friedman (1937), Journal of the American Statistical Association 32, 675–701",
    "Kendall & Babington Smith (1939), Annals of Mathematical Statistics 10, 275–287",
];

/// Result of a Friedman test.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Friedman {
    /// Method, counts (blocks), findings, warnings, references.
    #[serde(flatten)]
    pub account: Account,
    /// Friedman's χ², corrected for ties.
    pub chi2: f64,
    /// Degrees of freedom of its χ² approximation.
    pub df: f64,
    /// p-value, from the survival function.
    pub p: f64,
    /// Kendall's coefficient of concordance W, from 0 (no agreement of the blocks) to 1.
    pub kendall_w: f64,
    /// Mean rank of each treatment.
    pub mean_ranks: Vec<f64>,
}

/// Friedman's rank test on `rows` of blocks by columns of treatments. A block with a missing value
/// is dropped whole.
///
/// χ² = 12 Σ (Rⱼ − n (k + 1)/2)² / (n k (k + 1) − Σ(t³ − t)/(k − 1)).
///
/// Use it for ordinal responses of the same blocks (items, replicates) under several treatments.
/// Assumes independent blocks; the χ² approximation wants some ten of them.
///
/// ```
/// use ergon_stats::{MissingPolicy, friedman};
/// let rows = [[8.0, 6.0, 5.0], [7.0, 7.0, 4.0], [9.0, 6.0, 6.0], [8.0, 5.0, 3.0]];
/// let found = friedman(&rows, MissingPolicy::Refuse)?;
/// assert!((found.chi2 - 7.0).abs() < 1e-4);
/// assert!((found.p - 0.0302).abs() < 1e-4);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn friedman<R: AsRef<[f64]>>(rows: &[R], missing: MissingPolicy) -> Result<Friedman, StatError> {
    let b = Blocks::of(rows, 2, missing)?;
    let (n, k) = (b.rows.len() as f64, b.columns as f64);
    let mut sums = vec![0.0; b.columns];
    let mut tie_cubes = 0.0;
    let mut tied = 0;
    for row in &b.rows {
        let r = midranks(row);
        tie_cubes += r.tie_cubes;
        tied += r.tied;
        for (total, rank) in sums.iter_mut().zip(&r.ranks) {
            *total += rank;
        }
    }
    let spread = n * k * (k + 1.0) - tie_cubes / (k - 1.0);
    if spread <= 0.0 {
        return Err(StatError::NoVariation { what: "every block" });
    }
    let center = 0.5 * n * (k + 1.0);
    let chi2 = 12.0 * sum(sums.iter().map(|r| (r - center) * (r - center))) / spread;
    let mut account = Account::new("Friedman test", b.rows.len(), b.dropped, REFERENCES);
    if b.rows.len() < 10 {
        account.warnings.push(Warning::ApproximateForSmallSample { n: b.rows.len() });
    }
    if tied > 0 {
        account.warnings.push(Warning::Ties { tied });
    }
    Ok(Friedman {
        account,
        chi2,
        df: k - 1.0,
        p: chi_squared::sf(chi2, k - 1.0),
        kendall_w: chi2 / (n * (k - 1.0)),
        mean_ranks: sums.iter().map(|r| r / n).collect(),
    })
}
