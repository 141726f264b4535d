//! Generalised linear models with their canonical link by iteratively reweighted least squares
//! (Newton's method): what logistic and Poisson regression have in common.

use serde::Serialize;

use crate::StatError;
use crate::account::{Account, Warning};
use crate::dist::chi_squared;
use crate::glm_coefficient::{GlmCoefficient, coefficient};
use crate::least_squares::{Fit, dot};
use crate::missing::MissingPolicy;
use crate::ols::complete_rows;
use crate::options::check_level;
use crate::qr::factor;

/// A residual and a variance below this are those of a row that is fitted for certain.
const CERTAIN: f64 = 1e-12;
/// Newton's method doubles the digits with every step; where estimates exist it needs about ten.
const MOST_STEPS: usize = 60;

/// A step whose largest change of the linear predictor is below this is the last one: the next
/// would be smaller by more than its square.
const SETTLED: f64 = 1e-9;

/// Options of a generalised linear model.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct GlmOptions<'a> {
    /// Whether to put a constant first.
    pub intercept: bool,
    /// Confidence level of the intervals, in (0, 1).
    pub level: f64,
    /// What to do with rows that have a missing value.
    pub missing: MissingPolicy,
    /// A known part of the linear predictor by row (ln exposure of counts).
    pub offset: Option<&'a [f64]>,
    /// The cluster of every row, where rows repeat within items: standard errors are then
    /// cluster-robust (CR1).
    pub clusters: Option<&'a [usize]>,
}

impl Default for GlmOptions<'_> {
    fn default() -> Self {
        Self { intercept: true, level: 0.95, missing: MissingPolicy::Refuse, offset: None, clusters: None }
    }
}

/// A fitted generalised linear model.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Glm {
    /// Method, counts, findings, warnings, references.
    #[serde(flatten)]
    pub account: Account,
    /// Coefficients: the constant first if there is one.
    pub coefficients: Vec<GlmCoefficient>,
    /// Covariance of the estimates, by rows.
    pub covariance: Vec<Vec<f64>>,
    /// Log-likelihood at its maximum.
    pub log_likelihood: f64,
    /// Log-likelihood without regressors.
    pub log_likelihood_null: f64,
    /// Twice the distance of the log-likelihood from that of a perfect fit.
    pub deviance: f64,
    /// The same without regressors.
    pub deviance_null: f64,
    /// Likelihood-ratio χ² of all regressors together.
    pub lr_chi2: f64,
    /// Its degrees of freedom.
    pub lr_df: f64,
    /// Its p-value.
    pub lr_p: f64,
    /// McFadden's 1 − ln L / ln L₀.
    pub mcfadden_r2: f64,
    /// Akaike's criterion.
    pub aic: f64,
    /// Schwarz's criterion.
    pub bic: f64,
    /// Pearson's χ² over the residual degrees of freedom: about 1 where the variance is as the
    /// family says.
    pub dispersion: f64,
    /// Fitted means by row used.
    pub fitted: Vec<f64>,
    /// Newton steps taken.
    pub steps: usize,
}

/// What tells a family from another, all with the canonical link.
pub(crate) struct Family {
    pub(crate) method: &'static str,
    pub(crate) method_clustered: &'static str,
    pub(crate) references: &'static [&'static str],
    /// A response with its linear predictor.
    pub(crate) at: fn(f64, f64) -> At,
    /// The linear predictor of a mean.
    pub(crate) link: fn(f64) -> f64,
    /// Log-likelihood of a response fitted perfectly.
    pub(crate) saturated: fn(f64) -> f64,
    /// A linear predictor to start from.
    pub(crate) start: fn(f64) -> f64,
    /// The signs of a change of the linear predictor that never cost likelihood for a response:
    /// whether it may fall and whether it may rise for ever.
    pub(crate) free: fn(f64) -> (bool, bool),
    /// Whether a response can be of the family, else what it must be.
    pub(crate) accepts: fn(f64) -> bool,
    pub(crate) range: &'static str,
}

/// What a family says of a response, given its linear predictor; together, because they share their
/// exponential, which is most of the cost of a fit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct At {
    pub(crate) mean: f64,
    pub(crate) variance: f64,
    pub(crate) log_likelihood: f64,
}

/// The rows that are used.
struct Rows {
    y: Vec<f64>,
    columns: Vec<Vec<f64>>,
    offset: Vec<f64>,
    clusters: Option<Vec<usize>>,
    dropped: usize,
}

fn rows(y: &[f64], x: &[&[f64]], options: &GlmOptions<'_>) -> Result<Rows, StatError> {
    let clusters = options.clusters.map(|c| c.iter().map(|c| *c as f64).collect::<Vec<f64>>());
    let mut all = vec![y];
    all.extend_from_slice(x);
    all.extend(options.offset);
    all.extend(clusters.as_deref());
    let (mut kept, dropped) = complete_rows(&all, options.missing)?;
    let clusters = clusters.and_then(|_| kept.pop()).map(|c| c.iter().map(|c| *c as usize).collect());
    let n = kept[0].len();
    let offset = options.offset.and_then(|_| kept.pop()).unwrap_or_else(|| vec![0.0; n]);
    let y = kept.remove(0);
    if options.intercept {
        kept.insert(0, vec![1.0; n]);
    }
    Ok(Rows { y, columns: kept, offset, clusters, dropped })
}

/// The maximum of the likelihood.
struct Maximum {
    beta: Vec<f64>,
    here: Vec<At>,
    /// R⁻¹ of the weighted columns: row j times its transpose is the variance of coefficient j.
    inverse: Vec<Vec<f64>>,
    steps: usize,
}

fn predictor(rows: &Rows, beta: &[f64]) -> Vec<f64> {
    let mut eta = rows.offset.clone();
    for (column, b) in rows.columns.iter().zip(beta) {
        for (slot, x) in eta.iter_mut().zip(column) {
            *slot += x * b;
        }
    }
    eta
}

/// √W times the columns, each scaled to unit length, and R⁻¹ of them in the units of the data.
fn weighted(rows: &Rows, here: &[At], z: Option<&[f64]>) -> Option<(Vec<f64>, Vec<Vec<f64>>)> {
    let root: Vec<f64> = here.iter().map(|at| at.variance.sqrt()).collect();
    let mut lengths = Vec::with_capacity(rows.columns.len());
    let columns: Vec<Vec<f64>> = rows
        .columns
        .iter()
        .map(|c| {
            let mut column: Vec<f64> = c.iter().zip(&root).map(|(x, w)| x * w).collect();
            let length = dot(&column, &column).sqrt();
            column.iter_mut().for_each(|v| *v /= length);
            lengths.push(length);
            column
        })
        .collect();
    let right = match z {
        Some(z) => z.iter().zip(&root).map(|(z, w)| z * w).collect(),
        None => vec![0.0; here.len()],
    };
    let factored = factor::<f64>(columns, right);
    if !factored.aliased.is_empty() {
        return None;
    }
    let solution: Vec<f64> = factored.solution().iter().zip(&lengths).map(|(b, l)| b / l).collect();
    let by_columns = factored.inverse();
    let inverse: Vec<Vec<f64>> =
        lengths.iter().enumerate().map(|(row, l)| by_columns.iter().map(|c| c[row] / l).collect()).collect();
    let sound = solution.iter().chain(inverse.iter().flatten()).all(|v| v.is_finite());
    sound.then_some((solution, inverse))
}

fn at_all(y: &[f64], eta: &[f64], family: &Family) -> Vec<At> {
    y.iter().zip(eta).map(|(y, e)| (family.at)(*y, *e)).collect()
}

fn likelihood(here: &[At]) -> f64 {
    here.iter().map(|at| at.log_likelihood).sum()
}

/// Whether the likelihood never falls along a direction, and rises: then it has no maximum.
fn recedes(rows: &Rows, direction: &[f64], family: &Family) -> bool {
    let largest = direction.iter().fold(0.0_f64, |m, d| m.max(d.abs()));
    let slack = 1e-6 * largest;
    largest > 0.0
        && rows.y.iter().zip(direction).all(|(y, d)| {
            let (down, up) = (family.free)(*y);
            d.abs() <= slack || (*d < 0.0 && down) || (*d > 0.0 && up)
        })
}

fn separated(rows: &Rows, step: &[f64], direction: &[f64], family: &Family, start: usize) -> StatError {
    if !recedes(rows, direction, family) {
        return StatError::NotConverged { what: "coefficients" };
    }
    let reach = |j: usize| rows.columns[j].iter().fold(0.0_f64, |m, x| m.max(x.abs())) * step[j].abs();
    let largest = (0..step.len()).map(reach).fold(0.0, f64::max);
    let columns = (start..step.len()).filter(|j| reach(*j) > 1e-4 * largest).map(|j| j - start).collect();
    StatError::Separation { columns }
}

fn maximise(rows: &Rows, family: &Family, first: usize) -> Result<Maximum, StatError> {
    let p = rows.columns.len();
    let mut beta = vec![0.0; p];
    let mut eta: Vec<f64> = rows.y.iter().map(|y| (family.start)(*y)).collect();
    let mut here = at_all(&rows.y, &eta, family);
    let mut best = f64::NEG_INFINITY;
    let (mut step, mut direction) = (vec![0.0; p], vec![0.0; rows.y.len()]);
    for taken in 1..=MOST_STEPS {
        let working: Vec<f64> = eta
            .iter()
            .zip(&rows.y)
            .zip(&rows.offset)
            .zip(&here)
            .map(|(((e, y), o), at)| e - o + (y - at.mean) / at.variance)
            .collect();
        // Weights that vanish are those of a likelihood that recedes.
        let Some((target, _)) = weighted(rows, &here, Some(&working)) else {
            return Err(separated(rows, &step, &direction, family, first));
        };
        let mut share = 1.0;
        let (mut next, mut there, mut anew, mut value);
        loop {
            next = if taken == 1 {
                target.clone()
            } else {
                beta.iter().zip(&target).map(|(b, t)| b + share * (t - b)).collect::<Vec<f64>>()
            };
            there = predictor(rows, &next);
            anew = at_all(&rows.y, &there, family);
            value = likelihood(&anew);
            // A full step can overshoot; rounding at the maximum must not count as that.
            if taken == 1 || value >= best - 1e-10 * best.abs() || share < 1e-6 {
                break;
            }
            share *= 0.5;
        }
        step = next.iter().zip(&beta).map(|(a, b)| a - b).collect();
        direction = there.iter().zip(&eta).map(|(a, b)| a - b).collect();
        let change = direction.iter().fold(0.0_f64, |m, d| m.max(d.abs()));
        let size = there.iter().fold(1.0_f64, |m, e| m.max(e.abs()));
        (beta, eta, here, best) = (next, there, anew, value);
        if taken > 1 && change <= SETTLED * size {
            let (_, inverse) =
                weighted(rows, &here, None).ok_or_else(|| separated(rows, &step, &direction, family, first))?;
            return Ok(Maximum { beta, here, inverse, steps: taken });
        }
    }
    Err(separated(rows, &step, &direction, family, first))
}

/// The cluster-robust sandwich: the scores summed within clusters, times G / (G − 1).
fn sandwich(rows: &Rows, maximum: &Maximum, clusters: &[usize]) -> Result<Vec<Vec<f64>>, StatError> {
    let p = maximum.beta.len();
    let mut scores = std::collections::BTreeMap::new();
    for (i, cluster) in clusters.iter().enumerate() {
        let gap = rows.y[i] - maximum.here[i].mean;
        let sum = scores.entry(cluster).or_insert_with(|| vec![0.0; p]);
        for (slot, column) in sum.iter_mut().zip(&rows.columns) {
            *slot += gap * column[i];
        }
    }
    let count = scores.len();
    if count < 2 {
        return Err(StatError::TooFew { what: "clusters", needed: 2, found: count });
    }
    // R⁻¹ᵀ times each sum of scores; the covariance is R⁻¹ (Σ u uᵀ) R⁻¹ᵀ.
    let bread = &maximum.inverse;
    let moved: Vec<Vec<f64>> =
        scores.values().map(|s| (0..p).map(|k| (0..p).map(|j| bread[j][k] * s[j]).sum()).collect()).collect();
    let influence: Vec<Vec<f64>> = moved.iter().map(|u| bread.iter().map(|row| dot(row, u)).collect()).collect();
    let correction = count as f64 / (count as f64 - 1.0);
    let entry = |a: usize, b: usize| correction * influence.iter().map(|v: &Vec<f64>| v[a] * v[b]).sum::<f64>();
    Ok((0..p).map(|a| (0..p).map(|b| entry(a, b)).collect()).collect())
}

/// The log-likelihood without regressors: with the constant alone, or with nothing.
fn null_likelihood(rows: &Rows, family: &Family, intercept: bool) -> Result<f64, StatError> {
    if !intercept {
        return Ok(likelihood(&at_all(&rows.y, &rows.offset, family)));
    }
    if rows.offset.iter().all(|o| *o == 0.0) {
        // The constant alone fits the mean.
        let count = rows.y.len() as f64;
        let eta = (family.link)(rows.y.iter().map(|y| y / count).sum());
        return Ok(likelihood(&at_all(&rows.y, &vec![eta; rows.y.len()], family)));
    }
    let constant = Rows {
        y: rows.y.clone(),
        columns: vec![vec![1.0; rows.y.len()]],
        offset: rows.offset.clone(),
        clusters: None,
        dropped: 0,
    };
    let maximum = maximise(&constant, family, 0)?;
    Ok(likelihood(&maximum.here))
}

/// Fits `y` by the columns `x`.
pub(crate) fn fit(y: &[f64], x: &[&[f64]], options: &GlmOptions<'_>, family: &Family) -> Result<Glm, StatError> {
    check_level(options.level)?;
    let rows = rows(y, x, options)?;
    let (n, p) = (rows.y.len(), rows.columns.len());
    if let Some(found) = rows.y.iter().find(|y| !(family.accepts)(**y)) {
        return Err(StatError::InvalidOption { option: "y", found: found.to_string(), range: family.range });
    }
    if p == 0 {
        return Err(StatError::Empty { what: "regressors" });
    }
    if n <= p {
        return Err(StatError::TooFew { what: "rows", needed: p + 1, found: n });
    }
    let all = |free: fn((bool, bool)) -> bool| rows.y.iter().all(|y| free((family.free)(*y)));
    if all(|(down, _)| down) || all(|(_, up)| up) {
        return Err(StatError::NoVariation { what: "y" });
    }
    let plain = Fit::of(&rows.columns, &rows.y);
    if !plain.aliased.is_empty() {
        return Err(StatError::RankDeficient { rank: plain.rank, columns: p, aliased: plain.aliased });
    }
    let first = usize::from(options.intercept);
    let maximum = maximise(&rows, family, first)?;
    let method = if rows.clusters.is_some() { family.method_clustered } else { family.method };
    let mut account = Account::new(method, n, rows.dropped, family.references);
    let covariance = match &rows.clusters {
        Some(clusters) => sandwich(&rows, &maximum, clusters)?,
        None => maximum.inverse.iter().map(|a| maximum.inverse.iter().map(|b| dot(a, b)).collect()).collect(),
    };
    let coefficients: Vec<GlmCoefficient> = maximum
        .beta
        .iter()
        .zip(&covariance)
        .enumerate()
        .map(|(j, (b, v))| coefficient(*b, v[j], options.level))
        .collect();
    if !coefficients.iter().all(GlmCoefficient::is_finite) {
        // A likelihood that recedes looks settled once it is flat to the last digit: the fit is certain of some rows then.
        let certain =
            maximum.here.iter().zip(&rows.y).any(|(at, y)| (y - at.mean).abs() < CERTAIN && at.variance < CERTAIN);
        let columns: Vec<usize> =
            (first..coefficients.len()).filter(|j| !coefficients[*j].is_finite()).map(|j| j - first).collect();
        return Err(match certain && !columns.is_empty() {
            true => StatError::Separation { columns },
            false => StatError::OutOfRange { what: "coefficients" },
        });
    }
    let log_likelihood = likelihood(&maximum.here);
    let log_likelihood_null = null_likelihood(&rows, family, options.intercept)?;
    let saturated: f64 = rows.y.iter().map(|y| (family.saturated)(*y)).sum();
    let lr_chi2 = (2.0 * (log_likelihood - log_likelihood_null)).max(0.0);
    let lr_df = (p - first) as f64;
    let (count, parameters) = (n as f64, p as f64);
    let fitted: Vec<f64> = maximum.here.iter().map(|at| at.mean).collect();
    let pearson: f64 =
        maximum.here.iter().zip(&rows.y).map(|(at, y)| (y - at.mean) * (y - at.mean) / at.variance).sum();
    if n < 10 * p {
        account.warnings.push(Warning::FewObservations { n });
    }
    Ok(Glm {
        account,
        coefficients,
        covariance,
        log_likelihood,
        log_likelihood_null,
        deviance: (2.0 * (saturated - log_likelihood)).max(0.0),
        deviance_null: (2.0 * (saturated - log_likelihood_null)).max(0.0),
        lr_chi2,
        lr_df,
        lr_p: if lr_df > 0.0 { chi_squared::sf(lr_chi2, lr_df) } else { 1.0 },
        mcfadden_r2: 1.0 - log_likelihood / log_likelihood_null,
        aic: 2.0 * (parameters - log_likelihood),
        bic: parameters * libm::log(count) - 2.0 * log_likelihood,
        dispersion: pearson / (count - parameters),
        fitted,
        steps: maximum.steps,
    })
}
