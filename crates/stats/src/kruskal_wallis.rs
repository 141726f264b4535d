//! Kruskal–Wallis test: one-way analysis of variance on ranks.

use serde::Serialize;

use crate::StatError;
use crate::account::{Account, Warning};
use crate::dist::chi_squared;
use crate::groups::Groups;
use crate::missing::MissingPolicy;
use crate::ranks::{Ranks, midranks};
use crate::sum::sum;

const REFERENCES: &[&str] = &[
    "Kruskal & Wallis (1952), Journal of the American Statistical Association 47, 583–621",
    "Tomczak & Tomczak (2014), Trends in Sport Sciences 21, 19–25",
];

/// Result of a Kruskal–Wallis test.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct KruskalWallis {
    /// Method, counts, findings, warnings, references.
    #[serde(flatten)]
    pub account: Account,
    /// H, corrected for ties.
    pub h: f64,
    /// Degrees of freedom of its χ² approximation.
    pub df: f64,
    /// p-value, from the survival function.
    pub p: f64,
    /// ε² = H / (n − 1): share of the variance of the ranks.
    pub epsilon2: f64,
    /// η² = (H − k + 1) / (n − k), the same corrected for chance (may be negative); `None` if
    /// every group has one observation.
    pub eta2: Option<f64>,
    /// Mean rank of each group, in the order given.
    pub mean_ranks: Vec<f64>,
}

/// Ranks of all observations together, and each group's sum of them.
pub(crate) fn pooled_ranks(g: &Groups<'_>) -> (Ranks, Vec<f64>) {
    let all: Vec<f64> = g.values.iter().flat_map(|v| v.iter().copied()).collect();
    let ranks = midranks(&all);
    let mut from = 0;
    let sums = g
        .moments
        .iter()
        .map(|m| {
            let part = ranks.ranks.iter().skip(from).take(m.n).sum();
            from += m.n;
            part
        })
        .collect();
    (ranks, sums)
}

/// Tests whether values of some group tend to lie above those of another.
///
/// H = 12 Σ nᵢ (R̄ᵢ − R̄)² / (n (n + 1)), over 1 − Σ(t³ − t)/(n³ − n).
///
/// Use it for ordinal responses or where ranks are the question; it compares distributions, not
/// means. Assumes independent observations; χ² with k − 1 degrees of freedom is good from about
/// five a group.
///
/// ```
/// use ergon_stats::{MissingPolicy, kruskal_wallis};
/// let groups = [vec![4.2, 5.6, 5.2, 6.1, 4.5], vec![4.8, 4.1, 4.4, 3.6, 5.9], vec![6.3, 5.1, 5.5, 5.4, 5.3]];
/// let found = kruskal_wallis(&groups, MissingPolicy::Refuse)?;
/// assert!((found.h - 3.44).abs() < 1e-4);
/// assert!((found.p - 0.17907).abs() < 1e-4);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn kruskal_wallis<G: AsRef<[f64]>>(groups: &[G], missing: MissingPolicy) -> Result<KruskalWallis, StatError> {
    let g = Groups::of(groups, 1, missing)?;
    if g.all_equal() {
        return Err(StatError::NoVariation { what: "all groups" });
    }
    let (ranks, sums) = pooled_ranks(&g);
    let n = g.n_used() as f64;
    let k = g.count() as f64;
    let mean_ranks: Vec<f64> = sums.iter().zip(&g.moments).map(|(s, m)| s / m.n as f64).collect();
    let center = 0.5 * (n + 1.0);
    let between = sum(mean_ranks.iter().zip(&g.moments).map(|(r, m)| m.n as f64 * (r - center) * (r - center)));
    let h = 12.0 * between / (n * (n + 1.0)) / (1.0 - ranks.tie_cubes / (n * (n * n - 1.0)));
    let mut account = Account::new("Kruskal–Wallis test", g.n_used(), g.n_dropped(), REFERENCES);
    g.warn(&mut account.warnings);
    if ranks.tied > 0 {
        account.warnings.push(Warning::Ties { tied: ranks.tied });
    }
    Ok(KruskalWallis {
        account,
        h,
        df: k - 1.0,
        p: chi_squared::sf(h, k - 1.0),
        epsilon2: h / (n - 1.0),
        eta2: (n > k).then(|| (h - k + 1.0) / (n - k)),
        mean_ranks,
    })
}
