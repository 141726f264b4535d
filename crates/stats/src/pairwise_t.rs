//! All pairwise t tests among several groups, with adjusted p-values.

use serde::Serialize;

use crate::StatError;
use crate::account::{Account, Effect, Estimate, Interval, SampleSummary};
use crate::groups::Groups;
use crate::hedges::standardized_difference;
use crate::options::TestOptions;
use crate::p_adjust::{Adjustment, p_adjust};
use crate::t_test::{checked_interval, p_value};
use crate::two_samples::TwoSamples;
use crate::welch::satterthwaite;

const REFERENCES: &[&str] =
    &["Holm (1979), Scandinavian Journal of Statistics 6, 65–70", "Welch (1947), Biometrika 34, 28–35"];

/// Which variance a pairwise comparison uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PairVariance {
    /// Each pair's own two variances (Welch).
    #[default]
    Separate,
    /// One variance pooled over all groups (df = N − k).
    Pooled,
}

/// One comparison: group `first` minus group `second`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PairComparison {
    /// Index of the group that is subtracted from.
    pub first: usize,
    /// Index of the group that is subtracted.
    pub second: usize,
    /// Difference of means with its standard error.
    pub estimate: Estimate,
    /// The t statistic.
    pub statistic: f64,
    /// Degrees of freedom.
    pub df: f64,
    /// p-value of this comparison alone.
    pub p: f64,
    /// p-value adjusted for the family of all pairs.
    pub p_adjusted: f64,
    /// Interval of this comparison alone.
    pub ci: Interval,
    /// Bonferroni interval: all of the family hold together at the level asked for.
    pub simultaneous_ci: Interval,
    /// Hedges' g of the pair.
    pub effect: Option<Effect>,
}

/// Result of all pairwise t tests.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PairwiseT {
    /// Method, counts, findings, warnings, references.
    #[serde(flatten)]
    pub account: Account,
    /// Which variance was used.
    pub variance: PairVariance,
    /// How p-values were adjusted.
    pub adjustment: Adjustment,
    /// The pairs in the order (1, 0), (2, 0), (2, 1), (3, 0) …
    pub pairs: Vec<PairComparison>,
    /// The groups, in the order given.
    pub groups: Vec<SampleSummary>,
}

/// Tests every pair of group means. Every group needs two observations (with the pooled variance
/// one is enough if another group has more).
///
/// Use it for pairs with an adjustment of your choice; [`tukey_hsd`](crate::tukey_hsd) is sharper
/// for all pairs. Assumes what the t test does; pooled variances are those of all groups.
///
/// ```
/// use ergon_stats::{Adjustment, PairVariance, TestOptions, pairwise_t};
/// let groups = [vec![4.2, 5.6, 5.2, 6.1, 4.5], vec![4.8, 4.1, 4.4, 3.6, 5.9], vec![6.3, 5.1, 5.5, 5.4, 5.3]];
/// let found = pairwise_t(&groups, PairVariance::Separate, Adjustment::Bonferroni, &TestOptions::default())?;
/// assert!((found.pairs[0].p - 0.3146).abs() < 1e-4);
/// assert!((found.pairs[0].p_adjusted - 0.9438).abs() < 1e-4);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn pairwise_t<G: AsRef<[f64]>>(
    groups: &[G],
    variance: PairVariance,
    adjustment: Adjustment,
    options: &TestOptions,
) -> Result<PairwiseT, StatError> {
    options.check()?;
    let least = match variance {
        PairVariance::Separate => 2,
        PairVariance::Pooled => 1,
    };
    let g = Groups::of(groups, least, options.missing)?;
    let (n, k) = (g.n_used(), g.count());
    if n <= k {
        return Err(StatError::TooFew { what: "observations in all groups", needed: k + 1, found: n });
    }
    let pooled_df = (n - k) as f64;
    let pooled = g.ss_within() / pooled_df;
    let family = (k * (k - 1) / 2) as f64;
    let simultaneous = TestOptions { level: 1.0 - (1.0 - options.level) / family, ..*options };

    let mut pairs = Vec::with_capacity(k * (k - 1) / 2);
    for (first, a) in g.moments.iter().enumerate() {
        for (second, b) in g.moments.iter().enumerate().take(first) {
            let (na, nb) = (a.n as f64, b.n as f64);
            let (va, vb) = match variance {
                PairVariance::Separate => (a.variance_in_units() / na, b.variance_in_units() / nb),
                PairVariance::Pooled => (pooled / na, pooled / nb),
            };
            if va + vb == 0.0 {
                return Err(StatError::NoVariation { what: "a pair of groups" });
            }
            let df = match variance {
                PairVariance::Separate => satterthwaite(va, a.n, vb, b.n),
                PairVariance::Pooled => pooled_df,
            };
            let se = (va + vb).sqrt();
            let pair = TwoSamples { x: *a, y: *b, dropped: [0, 0], unit: g.unit };
            let gap = pair.mean_difference_in_units();
            let estimate = Estimate { name: "difference of means", value: gap * g.unit, se: se * g.unit };
            let statistic = gap / se;
            pairs.push(PairComparison {
                first,
                second,
                estimate,
                statistic,
                df,
                p: p_value(statistic, df, options.alternative),
                p_adjusted: 1.0,
                ci: checked_interval(&estimate, df, options)?,
                simultaneous_ci: checked_interval(&estimate, df, &simultaneous)?,
                effect: (a.n + b.n > 2).then(|| standardized_difference(&pair, options)).flatten(),
            });
        }
    }
    let raw: Vec<f64> = pairs.iter().map(|pair| pair.p).collect();
    for (pair, adjusted) in pairs.iter_mut().zip(p_adjust(&raw, adjustment)?) {
        pair.p_adjusted = adjusted;
    }

    let method = match variance {
        PairVariance::Separate => "Pairwise Welch t tests",
        PairVariance::Pooled => "Pairwise t tests with pooled variance",
    };
    let mut account = Account::new(method, n, g.n_dropped(), REFERENCES);
    g.warn(&mut account.warnings);
    if variance == PairVariance::Pooled {
        g.warn_of_unequal_variances(&mut account.warnings);
    }
    Ok(PairwiseT { account, variance, adjustment, pairs, groups: g.summaries() })
}
