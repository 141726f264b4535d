//! Cohen's κ: agreement of two raters beyond chance.

use serde::Serialize;

use crate::StatError;
use crate::account::{Account, Interval, IntervalKind};
use crate::dist::normal;
use crate::options::check_level;
use crate::tables::Table;

const REFERENCES: &[&str] = &[
    "Cohen (1960), Educational and Psychological Measurement 20, 37–46",
    "Cohen (1968), Psychological Bulletin 70, 213–220",
    "Fleiss, Cohen & Everitt (1969), Psychological Bulletin 72, 323–327",
];

/// Cohen's κ.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CohensKappa {
    /// Method, counts (items), findings, warnings, references.
    #[serde(flatten)]
    pub account: Account,
    /// Share of items on which the raters agree.
    pub agreement: f64,
    /// Share expected by chance, from the margins.
    pub chance: f64,
    /// κ.
    pub kappa: f64,
    /// Its asymptotic standard error.
    pub se: f64,
    /// Its interval.
    pub ci: Interval,
    /// κ with weights that grow linearly with the distance of the categories.
    pub kappa_linear: f64,
    /// κ with weights that grow with the squared distance.
    pub kappa_quadratic: f64,
}

/// κ of a square table: rows are the categories of one rater, columns those of the other, in one
/// order.
///
/// Use it for agreement of two raters (a model judge and a person, say) beyond chance: κ =
/// (agreement − chance) / (1 − chance). Depends on how common the categories are.
///
/// ```
/// use ergon_stats::cohens_kappa;
/// let found = cohens_kappa(&[[20, 5], [10, 15]], 0.95)?;
/// assert!((found.kappa - 0.4).abs() < 1e-4);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn cohens_kappa<R: AsRef<[u64]>>(table: &[R], level: f64) -> Result<CohensKappa, StatError> {
    check_level(level)?;
    let t = Table::of(table)?;
    let k = t.rows.len();
    if k != t.columns.len() {
        return Err(StatError::LengthMismatch { what: "rows and columns", left: k, right: t.columns.len() });
    }
    let n = t.total;
    let cells = || (0..k).flat_map(|i| (0..k).map(move |j| (i, j)));
    let p = |i: usize, j: usize| t.cells[i][j] / n;
    let (row, column) = (|i: usize| t.rows[i] / n, |j: usize| t.columns[j] / n);
    let agreement: f64 = (0..k).map(|i| p(i, i)).sum();
    let chance: f64 = (0..k).map(|i| row(i) * column(i)).sum();
    let disagreement = 1.0 - chance;
    if cells().all(|(i, j)| i == j || t.rows[i] * t.columns[j] == 0.0) {
        return Err(StatError::NoVariation { what: "the ratings" });
    }
    let kappa = (agreement - chance) / disagreement;
    let weighted = |distance: fn(f64) -> f64| {
        let total = |mass: &dyn Fn(usize, usize) -> f64| -> f64 {
            cells().map(|(i, j)| distance(i.abs_diff(j) as f64) * mass(i, j)).sum()
        };
        1.0 - total(&p) / total(&|i, j| row(i) * column(j))
    };
    let off = 1.0 - kappa;
    let spread: f64 = cells()
        .map(|(i, j)| {
            let pull = if i == j { 1.0 - (row(i) + column(i)) * off } else { (column(i) + row(j)) * off };
            p(i, j) * pull * pull
        })
        .sum();
    let shift = kappa - chance * off;
    let se = ((spread - shift * shift).max(0.0) / n).sqrt() / disagreement;
    let reach = normal::isf(0.5 * (1.0 - level)) * se;
    Ok(CohensKappa {
        account: Account::new("Cohen's κ", t.n(), 0, REFERENCES),
        agreement,
        chance,
        kappa,
        se,
        ci: Interval { low: kappa - reach, high: kappa + reach, level, kind: IntervalKind::Normal },
        kappa_linear: weighted(|d| d),
        kappa_quadratic: weighted(|d| d * d),
    })
}
