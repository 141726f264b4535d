//! Pearson's χ² test of independence in a table of counts, and its companions G and V.

use serde::Serialize;

use crate::StatError;
use crate::account::{Account, Warning};
use crate::dist::chi_squared;
use crate::sum::sum;
use crate::tables::Table;

const REFERENCES: &[&str] = &[
    "Pearson (1900), Philosophical Magazine 50, 157–175",
    "Yates (1934), Supplement to the Journal of the Royal Statistical Society 1, 217–235",
    "Cramér (1946), Mathematical Methods of Statistics",
    "Bergsma (2013), Journal of the Korean Statistical Society 42, 323–328",
];

/// Result of a test of independence.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Chi2Independence {
    /// Method, counts, findings, warnings, references.
    #[serde(flatten)]
    pub account: Account,
    /// χ², with Yates' correction where it was asked for and the table is 2 × 2.
    pub chi2: f64,
    /// Degrees of freedom.
    pub df: f64,
    /// p-value, from the survival function.
    pub p: f64,
    /// The likelihood-ratio statistic G, never corrected.
    pub g: f64,
    /// Its p-value.
    pub g_p: f64,
    /// Counts expected under independence.
    pub expected: Vec<Vec<f64>>,
    /// Cramér's V, from the uncorrected χ².
    pub cramers_v: f64,
    /// V with Bergsma's correction of its bias; `None` where that leaves no room (two observations).
    pub cramers_v_corrected: Option<f64>,
}

/// Tests independence of rows and columns. `yates` applies to 2 × 2 tables only.
///
/// Use it for counts of two classifications. Assumes independent observations, each counted once,
/// and expected counts of about five (a warning says if not: then
/// [`fisher_exact`](crate::fisher_exact)). χ² = Σ (O − E)² / E.
///
/// ```
/// use ergon_stats::chi2_independence;
/// let found = chi2_independence(&[[12, 5], [4, 9]], false)?;
/// assert!((found.chi2 - 4.69295).abs() < 1e-4);
/// assert!((found.p - 0.03029).abs() < 1e-4);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn chi2_independence<R: AsRef<[u64]>>(table: &[R], yates: bool) -> Result<Chi2Independence, StatError> {
    let t = Table::of(table)?;
    t.margins_filled()?;
    let n = t.total;
    let expected: Vec<Vec<f64>> = t.rows.iter().map(|r| t.columns.iter().map(|c| r * (c / n)).collect()).collect();
    let cells = || t.cells.iter().flatten().zip(expected.iter().flatten());
    let chi2_with = |shift: f64| {
        sum(cells().map(|(o, e)| {
            let gap = ((o - e).abs() - shift).max(0.0);
            gap * gap / e
        }))
    };
    let (r, c) = (t.rows.len() as f64, t.columns.len() as f64);
    let df = (r - 1.0) * (c - 1.0);
    let corrected = yates && df == 1.0;
    let plain = chi2_with(0.0);
    let chi2 = if corrected { chi2_with(0.5) } else { plain };
    let g = 2.0 * sum(cells().filter(|(o, _)| **o > 0.0).map(|(o, e)| o * libm::log(o / e)));
    let g = g.max(0.0);

    let phi2 = (plain / n - df / (n - 1.0)).max(0.0);
    let shrunk = |k: f64| k - (k - 1.0) * (k - 1.0) / (n - 1.0) - 1.0;
    let room = shrunk(r).min(shrunk(c));
    let name =
        if corrected { "Pearson's χ² test with Yates' correction" } else { "Pearson's χ² test of independence" };
    let mut account = Account::new(name, t.n(), 0, REFERENCES);
    warn_of_low_counts(expected.iter().flatten(), &mut account);
    Ok(Chi2Independence {
        account,
        chi2,
        df,
        p: chi_squared::sf(chi2, df),
        g,
        g_p: chi_squared::sf(g, df),
        cramers_v: (plain / n / (r - 1.0).min(c - 1.0)).sqrt().min(1.0),
        cramers_v_corrected: (room > 0.0).then(|| (phi2 / room).sqrt().min(1.0)),
        expected,
    })
}

/// Expected counts below five.
pub(crate) fn warn_of_low_counts<'a>(expected: impl Iterator<Item = &'a f64>, account: &mut Account) {
    let low: Vec<f64> = expected.copied().filter(|e| *e < 5.0).collect();
    if !low.is_empty() {
        let smallest = low.iter().copied().fold(f64::INFINITY, f64::min);
        account.warnings.push(Warning::LowExpectedCounts { cells: low.len(), smallest });
    }
}
