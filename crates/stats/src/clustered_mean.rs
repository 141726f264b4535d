//! Means whose observations repeat within clusters (questions, items, tasks), and differences of
//! such means on the same items.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::StatError;
use crate::account::{Account, Estimate, Interval, Warning};
use crate::missing::MissingPolicy;
use crate::ols::complete_rows;
use crate::options::{TestOptions, check_level};
use crate::sum::sum;
use crate::t_test::{p_value, t_interval};

const REFERENCES: &[&str] = &[
    "Miller (2024), Adding Error Bars to Evals, arXiv:2411.00640",
    "Cameron & Miller (2015), Journal of Human Resources 50, 317–372",
];

/// A mean with a cluster-robust error.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClusteredMean {
    /// Method, counts, warnings, references.
    #[serde(flatten)]
    pub account: Account,
    /// Mean (or mean difference) and its cluster-robust standard error.
    pub estimate: Estimate,
    /// Standard error if the observations were independent.
    pub se_independent: f64,
    /// Squared ratio of the two errors: how many times fewer independent observations it is worth.
    pub design_effect: f64,
    /// Number of clusters.
    pub clusters: usize,
    /// Degrees of freedom, clusters − 1.
    pub df: f64,
    /// t statistic of mean = 0.
    pub t: f64,
    /// Its p-value.
    pub p: f64,
    /// Confidence interval.
    pub ci: Interval,
}

/// The mean of `x`, whose rows belong to clusters: Var = G / (G − 1) Σ_g (Σ_{i in g} (x_i − x̄))² / n².
///
/// Use it for scores of an evaluation whose questions come in groups (passages, templates, tasks
/// tried several times): taken as independent, they make the error too small. Assumes that clusters
/// are independent; with fewer than about 20 the interval is approximate.
///
/// ```
/// use ergon_stats::{TestOptions, clustered_mean};
/// // Each question asked twice with one answer: twice the rows, no more information.
/// let m = clustered_mean(&[1.0, 1.0, 0.0, 0.0, 1.0, 1.0], &[0, 0, 1, 1, 2, 2], &TestOptions::default())?;
/// assert!((m.estimate.se - (2.0_f64 / 9.0 / 2.0).sqrt()).abs() < 1e-12);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn clustered_mean(x: &[f64], clusters: &[usize], options: &TestOptions) -> Result<ClusteredMean, StatError> {
    mean_of(&[x], clusters, options, "Mean with cluster-robust error", "mean")
}

/// The mean difference of `x` and `y` measured on the same rows, whose rows belong to clusters: the
/// paired analysis of two models on the same questions.
///
/// The error is that of the differences, so that what both models find hard cancels out.
///
/// ```
/// use ergon_stats::{TestOptions, clustered_difference};
/// let (a, b) = ([1.0, 1.0, 1.0, 0.0, 1.0, 0.0], [1.0, 0.0, 1.0, 0.0, 0.0, 0.0]);
/// let d = clustered_difference(&a, &b, &[0, 0, 1, 1, 2, 2], &TestOptions::default())?;
/// assert!((d.estimate.value - 2.0 / 6.0).abs() < 1e-12);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn clustered_difference(
    x: &[f64],
    y: &[f64],
    clusters: &[usize],
    options: &TestOptions,
) -> Result<ClusteredMean, StatError> {
    mean_of(&[x, y], clusters, options, "Paired difference with cluster-robust error", "mean difference")
}

fn mean_of(
    samples: &[&[f64]],
    clusters: &[usize],
    options: &TestOptions,
    method: &'static str,
    name: &'static str,
) -> Result<ClusteredMean, StatError> {
    check_level(options.level)?;
    if clusters.len() != samples[0].len() {
        let (left, right) = (samples[0].len(), clusters.len());
        return Err(StatError::LengthMismatch { what: "values and clusters", left, right });
    }
    // Row numbers go along, so that clusters of the rows that stay are known.
    let position: Vec<f64> = (0..clusters.len()).map(|i| i as f64).collect();
    let mut all: Vec<&[f64]> = samples.to_vec();
    all.push(&position);
    let missing: MissingPolicy = options.missing;
    let (mut kept, dropped) = complete_rows(&all, missing)?;
    let position = kept.pop().unwrap_or_default();
    let values: Vec<f64> = match kept.as_slice() {
        [x, y] => x.iter().zip(y).map(|(x, y)| x - y).collect(),
        _ => kept.swap_remove(0),
    };
    let n = values.len() as f64;
    let mean = sum(values.iter().map(|v| v / n));
    let mut gaps: BTreeMap<usize, f64> = BTreeMap::new();
    for (v, i) in values.iter().zip(&position) {
        *gaps.entry(clusters[*i as usize]).or_insert(0.0) += v - mean;
    }
    let count = gaps.len();
    if count < 2 {
        return Err(StatError::TooFew { what: "clusters", needed: 2, found: count });
    }
    let g = count as f64;
    let se = (g / (g - 1.0) * sum(gaps.values().map(|s| s / n * (s / n)))).sqrt();
    let se_independent = (sum(values.iter().map(|v| (v - mean) / n * ((v - mean) / n))) * n / (n - 1.0)).sqrt();
    if se_independent == 0.0 || se == 0.0 {
        return Err(StatError::NoVariation { what: "means of clusters" });
    }
    let (df, t) = (g - 1.0, mean / se);
    let ci = t_interval(mean, se, df, options.level, options.alternative);
    let design_effect = (se / se_independent) * (se / se_independent);
    if ![mean, se, t, design_effect].iter().all(|v| v.is_finite()) || ci.low.is_nan() || ci.high.is_nan() {
        return Err(StatError::OutOfRange { what: name });
    }
    let mut account = Account::new(method, values.len(), dropped, REFERENCES);
    if count < 20 {
        account.warnings.push(Warning::FewObservations { n: count });
    }
    Ok(ClusteredMean {
        account,
        estimate: Estimate { name, value: mean, se },
        se_independent,
        design_effect,
        clusters: count,
        df,
        t,
        p: p_value(t, df, options.alternative),
        ci,
    })
}
