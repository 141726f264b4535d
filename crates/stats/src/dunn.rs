//! Dunn's comparisons of all pairs of groups after a Kruskal–Wallis test.

use serde::Serialize;

use crate::StatError;
use crate::account::{Account, Warning};
use crate::groups::Groups;
use crate::kruskal_wallis::pooled_ranks;
use crate::mann_whitney::normal_p;
use crate::missing::MissingPolicy;
use crate::options::Alternative;
use crate::p_adjust::{Adjustment, p_adjust};

const REFERENCES: &[&str] = &["Dunn (1964), Technometrics 6, 241–252"];

/// One comparison: group `first` minus group `second`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct RankComparison {
    /// Index of the group that is subtracted from.
    pub first: usize,
    /// Index of the group that is subtracted.
    pub second: usize,
    /// Difference of the mean ranks.
    pub difference: f64,
    /// Its standard error under equal distributions, ties accounted for.
    pub se: f64,
    /// The standard normal statistic.
    pub z: f64,
    /// Two-sided p-value of this comparison alone.
    pub p: f64,
    /// p-value adjusted for the family of all pairs.
    pub p_adjusted: f64,
}

/// Result of Dunn's comparisons.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Dunn {
    /// Method, counts, findings, warnings, references.
    #[serde(flatten)]
    pub account: Account,
    /// How p-values were adjusted.
    pub adjustment: Adjustment,
    /// The pairs in the order (0, 1), (0, 2), … (1, 2) …
    pub pairs: Vec<RankComparison>,
}

/// Compares the mean ranks of every pair of groups, with the ranks and the variance of all groups
/// together: σ² = (n (n + 1)/12 − Σ(t³ − t)/(12 (n − 1))) (1/nᵢ + 1/nⱼ).
///
/// Use it for pairs after [`kruskal_wallis`](crate::kruskal_wallis). Assumes what that does; z is
/// normal for large samples.
///
/// ```
/// use ergon_stats::{Adjustment, MissingPolicy, dunn};
/// let groups = [vec![4.2, 5.6, 5.2, 6.1, 4.5], vec![4.8, 4.1, 4.4, 3.6, 5.9], vec![6.3, 5.1, 5.5, 5.4, 5.3]];
/// let found = dunn(&groups, Adjustment::Holm, MissingPolicy::Refuse)?;
/// assert!((found.pairs[2].z + 1.83848).abs() < 1e-4);
/// assert!((found.pairs[2].p - 0.06599).abs() < 1e-4);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn dunn<G: AsRef<[f64]>>(groups: &[G], adjustment: Adjustment, missing: MissingPolicy) -> Result<Dunn, StatError> {
    let g = Groups::of(groups, 1, missing)?;
    if g.all_equal() {
        return Err(StatError::NoVariation { what: "all groups" });
    }
    let (ranks, sums) = pooled_ranks(&g);
    let n = g.n_used() as f64;
    let variance = (n * (n + 1.0) - ranks.tie_cubes / (n - 1.0)) / 12.0;
    let groups: Vec<(f64, f64)> =
        sums.iter().zip(&g.moments).map(|(s, m)| (s / m.n as f64, 1.0 / m.n as f64)).collect();
    let mut pairs = Vec::new();
    for (first, (mean, share)) in groups.iter().enumerate() {
        for (second, (other, other_share)) in groups.iter().enumerate().skip(first + 1) {
            let se = (variance * (share + other_share)).sqrt();
            let difference = mean - other;
            let z = difference / se;
            let p = normal_p(z, Alternative::TwoSided);
            pairs.push(RankComparison { first, second, difference, se, z, p, p_adjusted: p });
        }
    }
    let raw: Vec<f64> = pairs.iter().map(|pair| pair.p).collect();
    for (pair, adjusted) in pairs.iter_mut().zip(p_adjust(&raw, adjustment)?) {
        pair.p_adjusted = adjusted;
    }
    let mut account = Account::new("Dunn's test", g.n_used(), g.n_dropped(), REFERENCES);
    g.warn(&mut account.warnings);
    if ranks.tied > 0 {
        account.warnings.push(Warning::Ties { tied: ranks.tied });
    }
    Ok(Dunn { account, adjustment, pairs })
}
