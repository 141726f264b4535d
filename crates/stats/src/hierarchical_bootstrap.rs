//! Bootstrap of a mean over groups: groups are drawn, then rows within them.

use serde::Serialize;

use crate::account::{Account, Estimate, Interval, IntervalKind, Warning};
use crate::bootstrap::BootstrapOptions;
use crate::missing::observed;
use crate::options::check_level;
use crate::quantile::{QuantileType, quantiles};
use crate::resample::in_blocks;
use crate::{MissingPolicy, StatError};

const REFERENCES: &[&str] = &[
    "Davison & Hinkley (1997), Bootstrap Methods and their Application, 3.8",
    "Saravanan, Berman & Sober (2020), Neurons, Behavior, Data Analysis, and Theory 3(5)",
];

/// A mean of group means and its bootstrap distribution.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HierarchicalBootstrap {
    /// Method, counts, warnings, references.
    #[serde(flatten)]
    pub account: Account,
    /// Mean of the group means; its error is the standard deviation over resamples.
    pub estimate: Estimate,
    /// Percentile interval.
    pub ci: Interval,
    /// Number of groups.
    pub groups: usize,
}

fn mean(x: &[f64]) -> f64 {
    x.iter().map(|v| v / x.len() as f64).sum()
}

/// Bootstraps the mean of group means: each resample draws groups with replacement, then rows with
/// replacement within each group drawn.
///
/// Use it where rows repeat within tasks or seeds and normality is in doubt. With few groups the
/// interval is too short; drawing rows as well as groups widens it by the variance within groups
/// over their size, which errs on the safe side (Davison & Hinkley).
///
/// ```
/// use ergon_stats::{BootstrapOptions, hierarchical_bootstrap};
/// let tasks = [vec![0.2, 0.3], vec![0.8, 0.9, 0.7], vec![0.5, 0.4]];
/// let b = hierarchical_bootstrap(&tasks, &BootstrapOptions { resamples: 2000, ..BootstrapOptions::default() })?;
/// assert!(b.ci.low < b.estimate.value && b.estimate.value < b.ci.high);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn hierarchical_bootstrap<G: AsRef<[f64]>>(
    groups: &[G],
    options: &BootstrapOptions,
) -> Result<HierarchicalBootstrap, StatError> {
    check_level(options.level)?;
    if groups.len() < 2 {
        return Err(StatError::TooFew { what: "groups", needed: 2, found: groups.len() });
    }
    if options.resamples < 2 {
        return Err(StatError::TooFew { what: "resamples", needed: 2, found: options.resamples });
    }
    let mut values = Vec::with_capacity(groups.len());
    let mut dropped = 0;
    for group in groups {
        let (kept, n) = observed(group.as_ref(), "a group", options.missing)?;
        if kept.is_empty() {
            return Err(StatError::Empty { what: "a group" });
        }
        dropped += n;
        values.push(kept);
    }
    let longest = values.iter().map(|v| v.len()).max().unwrap_or(0).max(values.len());
    if u32::try_from(longest).is_err() {
        return Err(StatError::OutOfRange { what: "number of rows" });
    }
    let means: Vec<f64> = values.iter().map(|v| mean(v)).collect();
    let estimate = mean(&means);
    let count = values.len();
    let rows: usize = values.iter().map(|v| v.len()).sum();
    let blocks = in_blocks(options.resamples, rows + count, options.seed, options.threads, |stream, resamples| {
        let mut of_a_resample = || {
            let mut total = 0.0;
            for _ in 0..count {
                let group = &values[stream.below(count as u32) as usize];
                let n = group.len() as u32;
                let of_group: f64 = (0..n).map(|_| group[stream.below(n) as usize] / f64::from(n)).sum();
                total += of_group / count as f64;
            }
            total
        };
        (0..resamples).map(|_| of_a_resample()).collect::<Vec<f64>>()
    });
    let draws = blocks.concat();
    let middle = mean(&draws);
    let ss: f64 = draws.iter().map(|d| (d - middle) * (d - middle)).sum();
    let se = (ss / (draws.len() as f64 - 1.0)).sqrt();
    if !(estimate.is_finite() && se.is_finite()) {
        return Err(StatError::OutOfRange { what: "mean" });
    }
    if se == 0.0 {
        return Err(StatError::NoVariation { what: "the groups" });
    }
    let tail = 0.5 * (1.0 - options.level);
    let ends = quantiles(&draws, &[tail, 1.0 - tail], QuantileType::Type7, MissingPolicy::Refuse)?;
    let mut account = Account::new("Hierarchical bootstrap of a mean", rows, dropped, REFERENCES);
    if count < 10 {
        account.warnings.push(Warning::FewObservations { n: count });
    }
    let kind = IntervalKind::BootstrapPercentile;
    Ok(HierarchicalBootstrap {
        account,
        estimate: Estimate { name: "mean of group means", value: estimate, se },
        ci: Interval { low: ends[0], high: ends[1], level: options.level, kind },
        groups: count,
    })
}
