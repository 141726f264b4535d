//! Wilcoxon signed-rank test.

use serde::Serialize;

use crate::StatError;
use crate::account::{Account, Effect, Warning};
use crate::mann_whitney::{RankMethod, normal_p, standardized};
use crate::missing::observed;
use crate::options::{Alternative, TestOptions};
use crate::ranks::midranks;

const REFERENCES: &[&str] = &[
    "Wilcoxon (1945), Biometrics Bulletin 1, 80–83",
    "Pratt (1959), Journal of the American Statistical Association 54, 655–667",
];

/// What to do with differences of zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ZeroDifferences {
    /// Drop them before ranking (Wilcoxon).
    #[default]
    Drop,
    /// Rank them with the others, then leave their ranks out (Pratt).
    Pratt,
}

/// Result of a Wilcoxon signed-rank test.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WilcoxonSignedRank {
    /// Method, counts, findings, warnings, references.
    #[serde(flatten)]
    pub account: Account,
    /// The alternative hypothesis about the (pseudo)median of the differences.
    pub alternative: Alternative,
    /// Sum of the ranks of positive differences.
    pub w_plus: f64,
    /// Sum of the ranks of negative differences.
    pub w_minus: f64,
    /// The standardised statistic of `w_plus`, where the normal approximation was used.
    pub z: Option<f64>,
    /// p-value.
    pub p: f64,
    /// Matched-pairs rank-biserial correlation, (W⁺ − W⁻) / (W⁺ + W⁻).
    pub effect: Effect,
}

/// Tests whether the differences `d` lie symmetrically around zero.
///
/// With [`RankMethod::Exact`], ties are taken as they are: every assignment of signs to the
/// midranks is equally likely.
///
/// Use it for paired ordinal responses or heavy tails. It assumes symmetric differences: for skewed
/// ones of mean zero it rejects far too often. W⁺ is the sum of the ranks of |d| where d > 0.
///
/// ```
/// use ergon_stats::{RankMethod, TestOptions, ZeroDifferences, wilcoxon_signed_rank};
/// let d = [1.2, -0.4, 2.5, 3.1, 0.8, 1.9];
/// let found = wilcoxon_signed_rank(&d, ZeroDifferences::Drop, RankMethod::Auto, &TestOptions::default())?;
/// assert!((found.w_plus - 20.0).abs() < 1e-4);
/// assert!((found.p - 0.0625).abs() < 1e-4);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn wilcoxon_signed_rank(
    d: &[f64],
    zeros: ZeroDifferences,
    method: RankMethod,
    options: &TestOptions,
) -> Result<WilcoxonSignedRank, StatError> {
    options.check()?;
    let (d, dropped) = observed(d, "differences", options.missing)?;
    if d.is_empty() {
        return Err(StatError::Empty { what: "differences" });
    }
    let zero_count = d.iter().filter(|v| **v == 0.0).count();
    if zero_count == d.len() {
        return Err(StatError::NoVariation { what: "differences" });
    }
    let kept: Vec<f64> = match zeros {
        ZeroDifferences::Drop => d.iter().copied().filter(|v| *v != 0.0).collect(),
        ZeroDifferences::Pratt => d.to_vec(),
    };
    let sizes: Vec<f64> = kept.iter().map(|v| v.abs()).collect();
    let ranks = midranks(&sizes);
    let sum_where = |keep: fn(f64) -> bool| -> f64 {
        ranks.ranks.iter().zip(&kept).filter(|(_, v)| keep(**v)).map(|(r, _)| r).sum()
    };
    let w_plus = sum_where(|v| v > 0.0);
    let w_minus = sum_where(|v| v < 0.0);
    let nonzero: Vec<f64> = ranks.ranks.iter().zip(&kept).filter(|(_, v)| **v != 0.0).map(|(r, _)| *r).collect();

    let irregular = ranks.tied > 0 || zero_count > 0;
    let exact = method.is_exact(irregular, kept.len(), kept.len())?;
    let mut account = Account::new(
        if exact { "Wilcoxon signed-rank test (exact)" } else { "Wilcoxon signed-rank test (normal approximation)" },
        kept.len(),
        dropped,
        REFERENCES,
    );
    let (z, p) = if exact {
        (None, exact_p(&nonzero, w_plus, options.alternative))
    } else {
        let continuity = !matches!(method, RankMethod::Asymptotic { continuity: false });
        // Σ r² over the non-zero differences is the variance times 4, ties and zeros included.
        let variance = nonzero.iter().map(|r| r * r).sum::<f64>() / 4.0;
        let center = 0.5 * (w_plus + w_minus);
        let z = standardized(w_plus - center, variance, continuity, options.alternative);
        if nonzero.len() < 10 {
            account.warnings.push(Warning::ApproximateForSmallSample { n: nonzero.len() });
        }
        (Some(z), normal_p(z, options.alternative))
    };
    if zero_count > 0 {
        account.warnings.push(Warning::ZeroDifferences { count: zero_count });
    }
    if ranks.tied > 0 && !exact {
        account.warnings.push(Warning::Ties { tied: ranks.tied });
    }
    Ok(WilcoxonSignedRank {
        account,
        alternative: options.alternative,
        w_plus,
        w_minus,
        z,
        p,
        effect: Effect {
            name: "matched-pairs rank-biserial correlation",
            value: (w_plus - w_minus) / (w_plus + w_minus),
            ci: None,
        },
    })
}

/// P-value of W⁺ when every sign is a fair coin.
fn exact_p(ranks: &[f64], w_plus: f64, alternative: Alternative) -> f64 {
    let doubled: Vec<usize> = ranks.iter().map(|r| libm::round(2.0 * r) as usize).collect();
    let mass = signed_rank_mass(&doubled);
    let total = mass.len() - 1;
    let observed = (libm::round(2.0 * w_plus) as usize).min(total);
    // The distribution is symmetric: always sum the lower end.
    let at_most = |k: usize| mass.iter().take(k + 1).sum::<f64>().min(1.0);
    match alternative {
        Alternative::Less => at_most(observed),
        Alternative::Greater => at_most(total - observed),
        Alternative::TwoSided => (2.0 * at_most(observed.min(total - observed))).min(1.0),
    }
}

/// Probabilities of the sums of a random subset of `weights`.
pub(crate) fn signed_rank_mass(weights: &[usize]) -> Vec<f64> {
    let total: usize = weights.iter().sum();
    let mut mass = vec![0.0; total + 1];
    mass[0] = 1.0;
    let mut reach = 0;
    for &w in weights {
        reach += w;
        for k in (0..=reach).rev() {
            let without = if k + w <= reach { mass[k] } else { 0.0 };
            let with = if k >= w { mass[k - w] } else { 0.0 };
            mass[k] = 0.5 * (without + with);
        }
    }
    mass
}
