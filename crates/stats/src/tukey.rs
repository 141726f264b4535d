//! All pairwise comparisons with the studentized range: Tukey's HSD and the Games–Howell test.

use serde::Serialize;

use crate::StatError;
use crate::account::{Account, Estimate, Interval, IntervalKind, SampleSummary};
use crate::dist::studentized_range;
use crate::groups::Groups;
use crate::missing::MissingPolicy;
use crate::options::check_level;
use crate::pairwise_t::PairVariance;
use crate::welch::satterthwaite;

const REFERENCES: &[&str] = &[
    "Tukey (1949), Biometrics 5, 99–114",
    "Kramer (1956), Biometrics 12, 307–310",
    "Games & Howell (1976), Journal of Educational Statistics 1, 113–125",
];

/// One comparison: group `first` minus group `second`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct RangeComparison {
    /// Index of the group that is subtracted from.
    pub first: usize,
    /// Index of the group that is subtracted.
    pub second: usize,
    /// Difference of means with its standard error.
    pub estimate: Estimate,
    /// The difference in standard errors; √2 times its size is the studentized range.
    pub t: f64,
    /// Degrees of freedom.
    pub df: f64,
    /// p-value, adjusted for the family of all pairs.
    pub p: f64,
    /// Simultaneous interval.
    pub ci: Interval,
}

/// Result of all pairwise comparisons.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RangeTest {
    /// Method, counts, findings, warnings, references.
    #[serde(flatten)]
    pub account: Account,
    /// The pairs in the order (0, 1), (0, 2), … (1, 2) …
    pub pairs: Vec<RangeComparison>,
    /// The groups, in the order given.
    pub groups: Vec<SampleSummary>,
}

/// Tukey's honestly significant differences, in Kramer's form for unequal sizes; variances are
/// assumed equal.
///
/// Use it for all pairs of means with equal variances: the family keeps its error at `1 − level`. p
/// is that of √2 |t| in the studentized range with k groups and n − k degrees of freedom.
///
/// ```
/// use ergon_stats::{MissingPolicy, tukey_hsd};
/// let groups = [vec![4.2, 5.6, 5.2, 6.1, 4.5], vec![4.8, 4.1, 4.4, 3.6, 5.9], vec![6.3, 5.1, 5.5, 5.4, 5.3]];
/// let found = tukey_hsd(&groups, 0.95, MissingPolicy::Refuse)?;
/// assert!((found.pairs[0].p - 0.46274).abs() < 1e-4);
/// assert!((found.pairs[2].p - 0.13221).abs() < 1e-4);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn tukey_hsd<G: AsRef<[f64]>>(groups: &[G], level: f64, missing: MissingPolicy) -> Result<RangeTest, StatError> {
    let g = Groups::of(groups, 1, missing)?;
    let mut account = Account::new("Tukey's HSD", g.n_used(), g.n_dropped(), REFERENCES);
    g.warn_of_unequal_variances(&mut account.warnings);
    compare(g, PairVariance::Pooled, level, account)
}

/// The Games–Howell test: each pair's own variances and Welch's degrees of freedom.
///
/// Use it for all pairs of means where variances or sizes differ: the default after
/// [`welch_anova`](crate::welch_anova). A little liberal below six a group.
///
/// ```
/// use ergon_stats::{MissingPolicy, games_howell};
/// let groups = [vec![4.2, 5.6, 5.2, 6.1, 4.5], vec![4.8, 4.1, 4.4, 3.6, 5.9], vec![6.3, 5.1, 5.5, 5.4, 5.3]];
/// let found = games_howell(&groups, 0.95, MissingPolicy::Refuse)?;
/// assert!((found.pairs[0].p - 0.55542).abs() < 1e-4);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn games_howell<G: AsRef<[f64]>>(groups: &[G], level: f64, missing: MissingPolicy) -> Result<RangeTest, StatError> {
    let g = Groups::of(groups, 2, missing)?;
    let account = Account::new("Games–Howell test", g.n_used(), g.n_dropped(), REFERENCES);
    compare(g, PairVariance::Separate, level, account)
}

fn compare(g: Groups<'_>, variance: PairVariance, level: f64, mut account: Account) -> Result<RangeTest, StatError> {
    check_level(level)?;
    let (n, k) = (g.n_used(), g.count());
    if n <= k {
        return Err(StatError::TooFew { what: "observations in all groups", needed: k + 1, found: n });
    }
    g.warn(&mut account.warnings);
    let pooled_df = (n - k) as f64;
    let pooled = g.ss_within() / pooled_df;
    let critical = |df: f64| studentized_range::isf(1.0 - level, k as f64, df);
    let pooled_critical = if variance == PairVariance::Pooled { critical(pooled_df) } else { 0.0 };
    let root_two = std::f64::consts::SQRT_2;
    let mut pairs = Vec::with_capacity(k * (k - 1) / 2);
    for (first, a) in g.moments.iter().enumerate() {
        for (second, b) in g.moments.iter().enumerate().skip(first + 1) {
            let (na, nb) = (a.n as f64, b.n as f64);
            let (va, vb) = match variance {
                PairVariance::Separate => (a.variance_in_units() / na, b.variance_in_units() / nb),
                PairVariance::Pooled => (pooled / na, pooled / nb),
            };
            if va + vb == 0.0 {
                return Err(StatError::NoVariation { what: "a pair of groups" });
            }
            let (df, quantile) = match variance {
                PairVariance::Pooled => (pooled_df, pooled_critical),
                PairVariance::Separate => {
                    let df = satterthwaite(va, a.n, vb, b.n);
                    (df, critical(df))
                }
            };
            let se = (va + vb).sqrt();
            let gap = a.center.minus(b.center);
            let t = gap / se;
            let value = gap * g.unit;
            let reach = quantile / root_two * se * g.unit;
            let p = studentized_range::sf(t.abs() * root_two, k as f64, df);
            if !(value.is_finite() && reach.is_finite() && p.is_finite() && (value.abs() + reach).is_finite()) {
                return Err(StatError::OutOfRange { what: "difference or its interval" });
            }
            pairs.push(RangeComparison {
                first,
                second,
                estimate: Estimate { name: "difference of means", value, se: se * g.unit },
                t,
                df,
                p,
                ci: Interval { low: value - reach, high: value + reach, level, kind: IntervalKind::StudentizedRange },
            });
        }
    }
    Ok(RangeTest { account, pairs, groups: g.summaries() })
}
