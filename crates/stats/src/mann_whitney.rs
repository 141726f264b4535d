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
    /// Exact where there are no ties and neither sample exceeds 50, else asymptotic.
    #[default]
    Auto,
    /// Exact; refused where there are ties.
    Exact,
    /// Normal approximation, with the variance corrected for ties.
    Asymptotic {
        /// Whether to apply the continuity correction of ½.
        continuity: bool,
    },
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
    let exact = match method {
        RankMethod::Exact if ranks.tied > 0 => {
            return Err(StatError::InvalidOption {
                option: "method",
                found: "exact".to_owned(),
                range: "samples without ties",
            });
        }
        RankMethod::Exact => true,
        RankMethod::Auto => ranks.tied == 0 && nx <= 50 && ny <= 50,
        RankMethod::Asymptotic { .. } => false,
    };
    let mut account = Account::new(
        if exact { "Mann–Whitney U test (exact)" } else { "Mann–Whitney U test (normal approximation)" },
        nx + ny,
        x_dropped + y_dropped,
        REFERENCES,
    );
    let (z, p) = if exact {
        (None, exact_p(u, nx, ny, options.alternative))
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
    if ranks.tied > 0 {
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

fn exact_p(u: f64, nx: usize, ny: usize, alternative: Alternative) -> f64 {
    let top = nx * ny;
    let u = libm::round(u) as usize;
    let mass = u_distribution(nx, ny);
    // P(U ≤ k), from whichever end is nearer; the distribution is symmetric.
    let at_most = |k: usize| -> f64 { mass.iter().take(k + 1).sum::<f64>().min(1.0) };
    match alternative {
        Alternative::Less => at_most(u),
        Alternative::Greater => at_most(top - u),
        Alternative::TwoSided => (2.0 * at_most(u.min(top - u))).min(1.0),
    }
}

/// Null probabilities of U = 0 … nx·ny, without ties: the Gaussian binomial coefficient, by
/// multiplying and dividing its factors (Löffler 1983), normalised as it grows.
pub(crate) fn u_distribution(nx: usize, ny: usize) -> Vec<f64> {
    let (small, large) = (nx.min(ny), nx.max(ny));
    let top = small * large;
    let mut mass = vec![0.0; top + 1];
    if let Some(first) = mass.first_mut() {
        *first = 1.0;
    }
    for j in 1..=small {
        let up = large + j;
        // Times (1 − q^up), highest power first.
        for k in (up..=top).rev() {
            let below = mass.get(k - up).copied().unwrap_or(0.0);
            if let Some(slot) = mass.get_mut(k) {
                *slot -= below;
            }
        }
        // Divided by (1 − q^j), lowest power first.
        for k in j..=top {
            let below = mass.get(k - j).copied().unwrap_or(0.0);
            if let Some(slot) = mass.get_mut(k) {
                *slot += below;
            }
        }
        // Divided by the growth of the total, C(large + j, j) / C(large + j − 1, j − 1).
        let shrink = j as f64 / up as f64;
        for slot in &mut mass {
            *slot *= shrink;
        }
    }
    mass
}
