//! Tests of equal variances: Levene's, Brown & Forsythe's, Fligner & Killeen's.

use serde::Serialize;

use crate::StatError;
use crate::account::{Account, Finding, wire_number};
use crate::anova_oneway::anova_oneway;
use crate::dist::{chi_squared, normal};
use crate::groups::Groups;
use crate::missing::MissingPolicy;
use crate::moments::Moments;
use crate::quantile::{median_sorted, sorted};
use crate::ranks::midranks;
use crate::sum::sum;

const REFERENCES: &[&str] = &[
    "Levene (1960), in Contributions to Probability and Statistics",
    "Brown & Forsythe (1974), Journal of the American Statistical Association 69, 364–367",
    "Fligner & Killeen (1976), Journal of the American Statistical Association 71, 210–213",
];

/// The centre that deviations are taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LeveneCenter {
    /// Group means (Levene).
    Mean,
    /// Group medians (Brown & Forsythe): robust against skewness.
    #[default]
    Median,
}

/// Result of a test of equal variances.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EqualVariances {
    /// Method, counts, findings, warnings, references.
    #[serde(flatten)]
    pub account: Account,
    /// F (Levene, Brown–Forsythe) or χ² (Fligner–Killeen).
    #[serde(serialize_with = "wire_number")]
    pub statistic: f64,
    /// Degrees of freedom between groups.
    pub df1: f64,
    /// Degrees of freedom within groups; `None` for χ².
    pub df2: Option<f64>,
    /// p-value.
    pub p: f64,
}

impl EqualVariances {
    /// As a finding about an assumption.
    pub fn finding(&self) -> Finding {
        Finding { assumption: "equal variances", method: self.account.method, statistic: self.statistic, p: self.p }
    }
}

/// Levene's test of equal variances around means or medians.
///
/// Use it to describe whether spreads differ, not to choose a test of means. The analysis of
/// variance of |x − centre|; medians (Brown–Forsythe) keep its size for skewed data.
///
/// ```
/// use ergon_stats::{LeveneCenter, MissingPolicy, levene};
/// let groups = [vec![4.2, 5.6, 5.2, 6.1, 4.5], vec![4.8, 4.1, 4.4, 3.6, 5.9], vec![6.3, 5.1, 5.5, 5.4, 5.3]];
/// let found = levene(&groups, LeveneCenter::Median, MissingPolicy::Refuse)?;
/// assert!((found.statistic - 0.81013).abs() < 1e-4);
/// assert!((found.p - 0.46771).abs() < 1e-4);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn levene<G: AsRef<[f64]>>(
    groups: &[G],
    center: LeveneCenter,
    missing: MissingPolicy,
) -> Result<EqualVariances, StatError> {
    let g = Groups::of(groups, 1, missing)?;
    let distances: Vec<Vec<f64>> = g
        .values
        .iter()
        .map(|v| {
            let c = match center {
                LeveneCenter::Mean => Moments::of(v).mean(),
                LeveneCenter::Median => median_sorted(&sorted(v)),
            };
            distances(v, c, g.unit)
        })
        .collect();
    let a = anova_oneway(&distances, MissingPolicy::Refuse)?;
    let method = match center {
        LeveneCenter::Mean => "Levene's test",
        LeveneCenter::Median => "Brown–Forsythe test",
    };
    Ok(EqualVariances {
        account: Account::new(method, g.n_used(), g.n_dropped(), REFERENCES),
        statistic: a.f,
        df1: a.df1,
        df2: Some(a.df2),
        p: a.p,
    })
}

/// |v − c| in units, which keeps differences of huge values finite.
fn distances(values: &[f64], center: f64, unit: f64) -> Vec<f64> {
    values.iter().map(|v| (v / unit - center / unit).abs()).collect()
}

/// Fligner & Killeen's rank test of equal variances, median-centred.
///
/// Use it where tails are too heavy for Levene. χ² of the normal scores of the ranks of |x −
/// median|.
///
/// ```
/// use ergon_stats::{MissingPolicy, fligner_killeen};
/// let groups = [vec![4.2, 5.6, 5.2, 6.1, 4.5], vec![4.8, 4.1, 4.4, 3.6, 5.9], vec![6.3, 5.1, 5.5, 5.4, 5.3]];
/// let found = fligner_killeen(&groups, MissingPolicy::Refuse)?;
/// assert!((found.statistic - 1.5379).abs() < 1e-4);
/// assert!((found.p - 0.4635).abs() < 1e-4);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn fligner_killeen<G: AsRef<[f64]>>(groups: &[G], missing: MissingPolicy) -> Result<EqualVariances, StatError> {
    let g = Groups::of(groups, 1, missing)?;
    let all: Vec<f64> = g.values.iter().flat_map(|v| distances(v, median_sorted(&sorted(v)), g.unit)).collect();
    let n = all.len() as f64;
    let scores: Vec<f64> = midranks(&all).ranks.iter().map(|r| normal::quantile(0.5 + 0.5 * r / (n + 1.0))).collect();
    let whole = Moments::of(&scores);
    if whole.is_constant() {
        return Err(StatError::NoVariation { what: "all groups" });
    }
    let mut from = 0;
    let between = sum(g.moments.iter().map(|m| {
        let part = Moments::of(&scores[from..from + m.n]);
        from += m.n;
        let d = part.center.minus(whole.center);
        m.n as f64 * d * d
    }));
    let df1 = (g.count() - 1) as f64;
    let statistic = between / whole.variance_in_units();
    Ok(EqualVariances {
        account: Account::new("Fligner–Killeen test", g.n_used(), g.n_dropped(), REFERENCES),
        statistic,
        df1,
        df2: None,
        p: chi_squared::sf(statistic, df1),
    })
}
