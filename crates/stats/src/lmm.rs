//! Linear mixed model with a random intercept, by restricted maximum likelihood.

use serde::Serialize;

use crate::StatError;
use crate::account::{Account, Interval, Warning};
use crate::cholesky::{form, times};
use crate::dist::student_t;
use crate::least_squares::Fit;
use crate::lmm_likelihood::{Curvature, Profile, Sums};
use crate::missing::MissingPolicy;
use crate::ols::complete_rows;
use crate::options::{Alternative, check_level};
use crate::special::root::between;
use crate::t_test::t_interval;

const REFERENCES: &[&str] = &[
    "Laird & Ware (1982), Biometrics 38, 963–974",
    "Bates, Mächler, Bolker & Walker (2015), Journal of Statistical Software 67(1)",
    "Kuznetsova, Brockhoff & Christensen (2017), Journal of Statistical Software 82(13)",
];

/// Options of a mixed model.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct LmmOptions {
    /// Confidence level of the intervals, in (0, 1).
    pub level: f64,
    /// What to do with rows that have a missing value.
    pub missing: MissingPolicy,
}

impl Default for LmmOptions {
    fn default() -> Self {
        Self { level: 0.95, missing: MissingPolicy::Refuse }
    }
}

/// A fixed effect, or a contrast of fixed effects.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct FixedEffect {
    /// Estimate, in units of the response per unit of the regressor.
    pub estimate: f64,
    /// Standard error.
    pub se: f64,
    /// Satterthwaite's degrees of freedom; those of the residuals where the fit is singular.
    pub df: f64,
    /// t statistic.
    pub t: f64,
    /// Two-sided p-value.
    pub p: f64,
    /// Confidence interval.
    pub ci: Interval,
}

/// A fitted mixed model.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LmmRandomIntercept {
    /// Method, counts, findings, warnings, references.
    #[serde(flatten)]
    pub account: Account,
    /// Number of groups.
    pub groups: usize,
    /// Fixed effects: the constant, then the regressors.
    pub fixed: Vec<FixedEffect>,
    /// Variance between groups, in squared units of the response.
    pub variance_group: f64,
    /// Variance within groups.
    pub variance_residual: f64,
    /// Intraclass correlation, their share.
    pub icc: f64,
    /// Restricted log-likelihood.
    pub reml_log_likelihood: f64,
    /// Log-likelihood of the fit by maximum likelihood, for comparing fixed effects.
    pub ml_log_likelihood: f64,
    /// Predicted intercept of each group (best linear unbiased), from 0.
    pub blup: Vec<f64>,
    /// Whether the variance between groups is estimated as 0.
    pub singular: bool,
    #[serde(skip)]
    inference: Inference,
}

/// How well the two variances are known.
#[derive(Debug, Clone, PartialEq)]
struct Variances {
    /// Change of the inverse covariance of the fixed effects with either variance.
    change: [Vec<Vec<f64>>; 2],
    /// Covariance of the variances: ττ, τs, ss.
    spread: [f64; 3],
}

/// What errors of contrasts are computed from.
#[derive(Debug, Clone, PartialEq)]
struct Inference {
    beta: Vec<f64>,
    covariance: Vec<Vec<f64>>,
    /// `None` where the fit is singular.
    variances: Option<Variances>,
    df_residual: f64,
    /// Means taken out of the regressors: the constant is that of the centred ones.
    centre: Vec<f64>,
    level: f64,
}

impl Inference {
    /// A contrast of the coefficients of the centred regressors.
    fn of(&self, weights: &[f64]) -> FixedEffect {
        let estimate = weights.iter().zip(&self.beta).map(|(w, b)| w * b).sum::<f64>();
        let variance = form(weights, &self.covariance, weights);
        let df = match &self.variances {
            None => self.df_residual,
            Some(Variances { change, spread: [tt, ts, ss] }) => {
                // Satterthwaite: 2 f² / Var f, f the variance of the contrast.
                let moved = times(&self.covariance, weights);
                let [t, s] = [0, 1].map(|i| -form(&moved, &change[i], &moved));
                2.0 * variance * variance / (t * t * tt + 2.0 * t * s * ts + s * s * ss)
            }
        };
        let se = variance.sqrt();
        let t = estimate / se;
        FixedEffect {
            estimate,
            se,
            df,
            t,
            p: student_t::two_sided(t, df),
            ci: t_interval(estimate, se, df, self.level, Alternative::TwoSided),
        }
    }

    /// Weights of the coefficients of the centred regressors for weights of the plain ones.
    fn centred(&self, weights: &[f64]) -> Vec<f64> {
        let constant = weights[0];
        let others = weights[1..].iter().zip(&self.centre).map(|(w, c)| w - constant * c);
        std::iter::once(constant).chain(others).collect()
    }
}

impl LmmRandomIntercept {
    /// A weighted sum of the fixed effects (the constant first) with its own error and degrees of
    /// freedom: differences between levels, or a predicted mean.
    pub fn contrast(&self, weights: &[f64]) -> Result<FixedEffect, StatError> {
        if weights.len() != self.fixed.len() {
            let (left, right) = (weights.len(), self.fixed.len());
            return Err(StatError::LengthMismatch { what: "weights and fixed effects", left, right });
        }
        if let Some(index) = weights.iter().position(|w| !w.is_finite()) {
            return Err(StatError::NonFinite { what: "weights", index });
        }
        if weights.iter().all(|w| *w == 0.0) {
            return Err(StatError::NoVariation { what: "weights" });
        }
        Ok(self.inference.of(&self.inference.centred(weights)))
    }
}

/// The ratio τ / s at the maximum and the profile there; 0 at the boundary.
fn maximise(sums: &Sums, restricted: bool) -> Option<(f64, Profile)> {
    let at = |u: f64| sums.profile(libm::exp(u), restricted);
    let none = sums.profile(0.0, restricted)?;
    // The likelihood may have two peaks: a coarse scan, then the root of the slope beside the best.
    let scan: Vec<(f64, Profile)> = (-16..=16).filter_map(|i| at(f64::from(i)).map(|p| (f64::from(i), p))).collect();
    let (best, peak) = scan.into_iter().min_by(|a, b| a.1.deviance.total_cmp(&b.1.deviance))?;
    if none.deviance <= peak.deviance {
        return Some((0.0, none));
    }
    let slope = |u: f64| -> f64 {
        let ratio = libm::exp(u);
        at(u)
            .and_then(|p| sums.curvature(ratio * p.residual, p.residual, &p.beta, restricted))
            .map_or(f64::NAN, |c| c.slope * ratio)
    };
    let (low, high) = (best - 1.0, best + 1.0);
    let (below, above) = (slope(low), slope(high));
    if !(below <= 0.0 && above >= 0.0) {
        return (below > 0.0).then_some((0.0, none));
    }
    let u = between(slope, (low, below), (high, above));
    at(u).map(|p| (libm::exp(u), p))
}

/// Regresses `y` on the columns `x` with a constant and a random intercept for each group:
/// y = β₀ + β x + b_group + e, by restricted maximum likelihood; groups are numbered from 0.
///
/// Use it where rows repeat within items, tasks or subjects: rows of one group are correlated, and
/// a model that ignores it has errors that are too small. Assumes normal intercepts and residuals
/// of equal variance. Degrees of freedom are Satterthwaite's. A variance between groups estimated
/// as 0 is reported as a singular fit, and the fixed effects are then those of least squares.
///
/// ```
/// use ergon_stats::{LmmOptions, lmm_random_intercept};
/// let y = [1.0, 2.1, 2.9, 5.0, 6.2, 6.8, 3.1, 3.9, 5.1];
/// let x = [0.0, 1.0, 2.0, 0.0, 1.0, 2.0, 0.0, 1.0, 2.0];
/// let item = [0, 0, 0, 1, 1, 1, 2, 2, 2];
/// let fit = lmm_random_intercept(&y, &[&x], &item, &LmmOptions::default())?;
/// // Balanced: the slope within items, on 9 − 3 − 1 degrees of freedom.
/// assert!((fit.fixed[1].df - 5.0).abs() < 1e-6);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn lmm_random_intercept(
    y: &[f64],
    x: &[&[f64]],
    group: &[usize],
    options: &LmmOptions,
) -> Result<LmmRandomIntercept, StatError> {
    check_level(options.level)?;
    if group.len() != y.len() {
        return Err(StatError::LengthMismatch { what: "y and group", left: y.len(), right: group.len() });
    }
    let labels: Vec<f64> = group.iter().map(|g| *g as f64).collect();
    let mut all = vec![y, labels.as_slice()];
    all.extend_from_slice(x);
    let (mut columns, dropped) = complete_rows(&all, options.missing)?;
    let labels = columns.remove(1);
    let group = numbered(&labels);
    let groups = group.iter().max().map_or(0, |g| g + 1);
    let n = labels.len();
    let p = x.len() + 1;
    if groups < 2 {
        return Err(StatError::TooFew { what: "groups", needed: 2, found: groups });
    }
    if n <= p || n <= groups {
        return Err(StatError::TooFew { what: "rows", needed: p.max(groups) + 1, found: n });
    }
    let response = columns.remove(0);
    columns.insert(0, vec![1.0; n]);
    let plain = Fit::of(&columns, &response);
    if !plain.aliased.is_empty() {
        return Err(StatError::RankDeficient { rank: plain.rank, columns: p, aliased: plain.aliased });
    }
    let total: f64 = plain.explained.iter().skip(1).sum::<f64>() + plain.rest;
    if plain.rest <= 1e-26 * total {
        return Err(StatError::NoVariation { what: "y beyond the regressors" });
    }
    let mean = |c: &[f64]| c.iter().map(|v| v / n as f64).sum::<f64>();
    let centre: Vec<f64> = columns[1..].iter().map(|c| mean(c)).collect();
    for (c, m) in columns[1..].iter_mut().zip(&centre) {
        c.iter_mut().for_each(|v| *v -= m);
    }
    let middle = mean(&response);
    columns.push(response.iter().map(|v| v - middle).collect());
    let sums = Sums::of(&columns, &group);
    if sums.within[p][p] <= 1e-26 * total {
        return Err(StatError::NoVariation { what: "y within groups" });
    }
    let failed = StatError::NotConverged { what: "variances" };
    let (ratio, at) = maximise(&sums, true).ok_or(failed.clone())?;
    let (_, ml) = maximise(&sums, false).ok_or(failed.clone())?;
    let (s, tau) = (at.residual, ratio * at.residual);
    let curvature = sums.curvature(tau, s, &at.beta, true).ok_or(failed.clone())?;
    let singular = ratio == 0.0;
    let known = if singular { None } else { Some(spread(&curvature).ok_or(failed)?) };
    let blup = sums.groups.iter().map(|g| {
        let fitted: f64 = g.means[..p].iter().zip(&at.beta).map(|(x, b)| x * b).sum();
        g.n * tau / (s + g.n * tau) * (g.means[p] - fitted)
    });
    let blup = blup.collect();
    let mut account = Account::new("Linear mixed model with a random intercept (REML)", n, dropped, REFERENCES);
    if singular {
        account.warnings.push(Warning::SingularFit);
    }
    if groups < 5 {
        account.warnings.push(Warning::FewObservations { n: groups });
    }
    let Curvature { covariance, change, .. } = curvature;
    let mut inference = Inference {
        beta: at.beta,
        covariance,
        variances: known.map(|spread| Variances { change, spread }),
        df_residual: (n - p) as f64,
        centre,
        level: options.level,
    };
    inference.beta[0] += middle;
    let fixed: Vec<FixedEffect> = (0..p)
        .map(|j| {
            let unit: Vec<f64> = (0..p).map(|i| f64::from(u8::from(i == j))).collect();
            inference.of(&inference.centred(&unit))
        })
        .collect();
    if !fixed
        .iter()
        .all(|f| f.t.is_finite() && f.df.is_finite() && f.df > 0.0 && f.ci.low.is_finite() && f.ci.high.is_finite())
    {
        return Err(StatError::OutOfRange { what: "fixed effects" });
    }
    Ok(LmmRandomIntercept {
        account,
        groups,
        fixed,
        variance_group: tau,
        variance_residual: s,
        icc: tau / (tau + s),
        reml_log_likelihood: -0.5 * at.deviance,
        ml_log_likelihood: -0.5 * ml.deviance,
        blup,
        singular,
        inference,
    })
}

/// The covariance of the two variances, 2 H⁻¹ of −2 ln L; `None` where it is no maximum.
fn spread(curvature: &Curvature) -> Option<[f64; 3]> {
    let [tt, ts, ss] = curvature.hessian;
    let determinant = tt * ss - ts * ts;
    (determinant > 0.0 && tt > 0.0).then(|| [2.0 * ss / determinant, -2.0 * ts / determinant, 2.0 * tt / determinant])
}

/// Groups numbered from 0 without gaps, in the order of their labels.
fn numbered(labels: &[f64]) -> Vec<usize> {
    let mut distinct = labels.to_vec();
    distinct.sort_unstable_by(f64::total_cmp);
    distinct.dedup();
    labels.iter().map(|l| distinct.partition_point(|d| d < l)).collect()
}
