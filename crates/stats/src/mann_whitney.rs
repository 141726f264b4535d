//! Mann–Whitney U test (Wilcoxon rank-sum test).

use serde::Serialize;

use crate::StatError;
use crate::account::{Account, Effect, Warning};
use crate::dist::normal;
use crate::missing::observed;
use crate::options::{Alternative, TestOptions};
use crate::ranks::midranks;

const REFERENCES: &[&str] =
    &["Mann & Whitney (1947), Annals of Mathematical Statistics 18, 50–60", "Lehmann (1975), Nonparametrics"];

/// How the distribution of a rank statistic is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RankMethod {
    /// Exact without ties up to 50 observations a sample (with ties or zeros up to 20), else
    /// asymptotic with continuity correction.
    #[default]
    Auto,
    /// Exact; with ties from the permutation distribution of the midranks. Refused above 1,000
    /// observations (with ties: 200).
    Exact,
    /// Normal approximation, with the variance corrected for ties.
    Asymptotic {
        /// Whether to apply the continuity correction of ½.
        continuity: bool,
    },
}

impl RankMethod {
    /// Whether to use the exact distribution: `largest` is the larger sample, `n` all observations.
    pub(crate) fn is_exact(self, tied: bool, largest: usize, n: usize) -> Result<bool, StatError> {
        match self {
            Self::Auto => Ok(largest <= if tied { 20 } else { 50 }),
            Self::Asymptotic { .. } => Ok(false),
            Self::Exact if n <= if tied { 200 } else { 1000 } => Ok(true),
            Self::Exact => Err(StatError::InvalidOption {
                option: "method",
                found: format!("exact for {n} observations"),
                range: "up to 1000 observations (with ties: 200)",
            }),
        }
    }
}

/// Result of a Mann–Whitney test.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MannWhitney {
    /// Method, counts, findings, warnings, references.
    #[serde(flatten)]
    pub account: Account,
    /// The alternative hypothesis about P(x > y) − P(x < y).
    pub alternative: Alternative,
    /// U of x: the number of pairs with x above y, ties counting one half.
    pub u: f64,
    /// U of y.
    pub u_other: f64,
    /// The standardised statistic, where the normal approximation was used.
    pub z: Option<f64>,
    /// p-value.
    pub p: f64,
    /// Rank-biserial correlation (Cliff's δ), 2 U / (n₁ n₂) − 1.
    pub effect: Effect,
}

/// Tests whether values of `x` tend to lie above or below those of `y`.
///
/// Use it for ordinal responses or to ask whether values of `x` tend to be larger: it tests P(X >
/// Y) + ½ P(X = Y) = ½, not means, and medians only if the shapes agree. U counts the pairs with x
/// above y, ties one half.
///
/// ```
/// use ergon_stats::{RankMethod, TestOptions, mann_whitney};
/// let x = [1.1, 2.3, 2.9, 4.0];
/// let y = [2.5, 3.8, 5.1, 6.0];
/// let found = mann_whitney(&x, &y, RankMethod::Auto, &TestOptions::default())?;
/// assert!((found.u - 3.0).abs() < 1e-4);
/// assert!((found.p - 0.2).abs() < 1e-4);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn mann_whitney(x: &[f64], y: &[f64], method: RankMethod, options: &TestOptions) -> Result<MannWhitney, StatError> {
    options.check()?;
    let (x, x_dropped) = observed(x, "x", options.missing)?;
    let (y, y_dropped) = observed(y, "y", options.missing)?;
    for (what, sample) in [("x", &x), ("y", &y)] {
        if sample.is_empty() {
            return Err(StatError::Empty { what });
        }
    }
    let (nx, ny) = (x.len(), y.len());
    let all: Vec<f64> = x.iter().chain(y.iter()).copied().collect();
    let ranks = midranks(&all);
    if ranks.tied == all.len() && all.windows(2).all(|w| matches!(w, [a, b] if a == b)) {
        return Err(StatError::NoVariation { what: "x and y" });
    }
    let (fx, fy) = (nx as f64, ny as f64);
    let rank_sum: f64 = ranks.ranks.iter().take(nx).sum();
    let u = rank_sum - 0.5 * fx * (fx + 1.0);
    let u_other = fx * fy - u;
    let tied = ranks.tied > 0;
    let exact = method.is_exact(tied, nx.max(ny), nx + ny)?;
    let mut account = Account::new(
        if exact { "Mann–Whitney U test (exact)" } else { "Mann–Whitney U test (normal approximation)" },
        nx + ny,
        x_dropped + y_dropped,
        REFERENCES,
    );
    let (z, p) = if exact {
        let p = if tied {
            exact_p_with_ties(&ranks.ranks, nx, rank_sum, options.alternative)
        } else {
            exact_p(u, nx, ny, options.alternative)
        };
        (None, p)
    } else {
        let continuity = !matches!(method, RankMethod::Asymptotic { continuity: false });
        let n = fx + fy;
        let variance = fx * fy / 12.0 * (n + 1.0 - ranks.tie_cubes / (n * (n - 1.0)));
        let z = standardized(u - 0.5 * fx * fy, variance, continuity, options.alternative);
        if nx.min(ny) < 8 {
            account.warnings.push(Warning::ApproximateForSmallSample { n: nx.min(ny) });
        }
        (Some(z), normal_p(z, options.alternative))
    };
    if tied && !exact {
        account.warnings.push(Warning::Ties { tied: ranks.tied });
    }
    Ok(MannWhitney {
        account,
        alternative: options.alternative,
        u,
        u_other,
        z,
        p,
        effect: Effect { name: "rank-biserial correlation", value: 2.0 * u / (fx * fy) - 1.0, ci: None },
    })
}

/// (deviation ∓ ½) / σ, the correction towards the null.
pub(crate) fn standardized(deviation: f64, variance: f64, continuity: bool, alternative: Alternative) -> f64 {
    let half = if continuity { 0.5 } else { 0.0 };
    let corrected = match alternative {
        Alternative::Greater => deviation - half,
        Alternative::Less => deviation + half,
        Alternative::TwoSided if deviation > 0.0 => (deviation - half).max(0.0),
        Alternative::TwoSided => (deviation + half).min(0.0),
    };
    corrected / variance.sqrt()
}

/// p-value of a standard normal statistic.
pub(crate) fn normal_p(z: f64, alternative: Alternative) -> f64 {
    match alternative {
        Alternative::TwoSided => (2.0 * normal::sf(z.abs())).min(1.0),
        Alternative::Greater => normal::sf(z),
        Alternative::Less => normal::cdf(z),
    }
}

/// P-value of U without ties, from its exact distribution.
fn exact_p(u: f64, nx: usize, ny: usize, alternative: Alternative) -> f64 {
    let top = nx * ny;
    let u = libm::round(u) as usize;
    let lower = lower_half(nx, ny);
    let at_most = |k: usize| at_most(&lower, top, k);
    match alternative {
        Alternative::Less => at_most(u),
        Alternative::Greater => at_most(top - u),
        Alternative::TwoSided => (2.0 * at_most(u.min(top - u))).min(1.0),
    }
}

/// P(U ≤ k) from the lower half of a symmetric distribution on 0 … `top`.
pub(crate) fn at_most(lower: &[f64], top: usize, k: usize) -> f64 {
    if k < lower.len() {
        lower.iter().take(k + 1).sum::<f64>().min(1.0)
    } else {
        // P(U ≤ k) = 1 − P(U ≤ top − k − 1).
        (1.0 - lower.iter().take(top - k.min(top)).sum::<f64>()).max(0.0)
    }
}

/// Null probabilities of U = 0 … ⌊nx·ny / 2⌋ without ties: the lower half of the coefficients of
/// the Gaussian binomial, by multiplying with (1 − q^(m + j)) and dividing by (1 − q^j) in turn
/// (Löffler 1983). In the lower half every step keeps its relative accuracy.
pub(crate) fn lower_half(nx: usize, ny: usize) -> Vec<f64> {
    let (small, large) = (nx.min(ny), nx.max(ny));
    let half = small * large / 2;
    let mut mass = vec![0.0; half + 1];
    mass[0] = 1.0;
    for j in 1..=small {
        let limit = half.min(j * large);
        let up = large + j;
        // From the highest power down, block by block, so that every term meets an old value.
        let mut end = limit + 1;
        while end > up {
            let start = end.saturating_sub(up).max(up);
            let (old, new) = mass.split_at_mut(start);
            for (slot, below) in new[..end - start].iter_mut().zip(&old[start - up..]) {
                *slot -= below;
            }
            end = start;
        }
        // From the lowest power up, so that every term meets a new value; and divided by the
        // growth of the total, C(m + j, j) / C(m + j − 1, j − 1).
        for k in j..=limit {
            mass[k] += mass[k - j];
        }
        let shrink = j as f64 / up as f64;
        for slot in &mut mass[..=limit] {
            *slot *= shrink;
        }
    }
    mass
}

/// P-value of the rank sum given the ties: every choice of `nx` of the midranks is equally likely.
fn exact_p_with_ties(ranks: &[f64], nx: usize, rank_sum: f64, alternative: Alternative) -> f64 {
    let doubled: Vec<usize> = ranks.iter().map(|r| libm::round(2.0 * r) as usize).collect();
    let total: usize = doubled.iter().sum();
    let n = ranks.len();
    // ways[c][s]: share of the choices of c among those seen that sum to s.
    let mut ways = vec![vec![0.0; total + 1]; nx + 1];
    ways[0][0] = 1.0;
    for (seen, &r) in doubled.iter().enumerate() {
        for c in (1..=nx.min(seen + 1)).rev() {
            let (fewer, more) = ways.split_at_mut(c);
            for (slot, below) in more[0][r..].iter_mut().zip(&fewer[c - 1]) {
                *slot += below;
            }
        }
    }
    let of_nx = &ways[nx];
    let all: f64 = of_nx.iter().sum();
    let observed = libm::round(2.0 * rank_sum) as usize;
    let mean_twice = nx * (n + 1);
    let share = |keep: &dyn Fn(usize) -> bool| -> f64 {
        let hits: f64 = of_nx.iter().enumerate().filter(|(s, _)| keep(*s)).map(|(_, w)| w).sum();
        hits / all
    };
    match alternative {
        Alternative::Less => share(&|s| s <= observed),
        Alternative::Greater => share(&|s| s >= observed),
        Alternative::TwoSided => {
            let far = observed.abs_diff(mean_twice);
            share(&|s| s.abs_diff(mean_twice) >= far)
        }
    }
}
