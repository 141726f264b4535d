//! Quantile regression (Koenker & Bassett 1978).

use serde::Serialize;

use crate::StatError;
use crate::account::{Account, Interval, Warning};
use crate::check_loss::{Vertex, loss};
use crate::cholesky::{form, times};
use crate::dist::{normal, student_t};
use crate::least_squares::{Fit, dot};
use crate::missing::MissingPolicy;
use crate::moments::Moments;
use crate::ols::complete_rows;
use crate::options::{Alternative, check_level};
use crate::qr::factor;
use crate::quantile::{QuantileType, quantile_sorted, sorted};
use crate::t_test::t_interval;

const REFERENCES: &[&str] = &[
    "Koenker & Bassett (1978), Econometrica 46, 33–50",
    "Koenker & Machado (1999), Journal of the American Statistical Association 94, 1296–1310",
    "Powell (1991), in Nonparametric and Semiparametric Methods in Econometrics and Statistics, 357–384",
    "Hall & Sheather (1988), Journal of the Royal Statistical Society B 50, 381–391",
];

/// Options of a quantile regression.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct QuantileRegressionOptions {
    /// Which quantile, in (0, 1): 0.5 is the median.
    pub tau: f64,
    /// Confidence level of the intervals, in (0, 1).
    pub level: f64,
    /// What to do with rows that have a missing value.
    pub missing: MissingPolicy,
}

impl Default for QuantileRegressionOptions {
    fn default() -> Self {
        Self { tau: 0.5, level: 0.95, missing: MissingPolicy::Refuse }
    }
}

/// A coefficient of a quantile regression.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct QuantileCoefficient {
    /// Estimate, in units of the response per unit of the regressor.
    pub estimate: f64,
    /// Standard error from Powell's kernel sandwich.
    pub se: f64,
    /// t statistic.
    pub t: f64,
    /// Two-sided p-value, from t with the residual degrees of freedom.
    pub p: f64,
    /// Confidence interval.
    pub ci: Interval,
}

/// A fitted quantile regression.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct QuantileRegression {
    /// Method, counts, findings, warnings, references.
    #[serde(flatten)]
    pub account: Account,
    /// Which quantile.
    pub tau: f64,
    /// The constant, then the regressors.
    pub coefficients: Vec<QuantileCoefficient>,
    /// Residual degrees of freedom.
    pub df_residual: f64,
    /// The minimised loss, Σ r (τ − 1{r < 0}), in units of the response.
    pub objective: f64,
    /// Koenker and Machado's R¹: 1 − the loss over that without regressors.
    pub r1: f64,
    /// Bandwidth of the kernel, in units of the response.
    pub bandwidth: f64,
    /// Residuals.
    pub residuals: Vec<f64>,
}

/// Regresses the τ-quantile of `y` on the columns `x`, with a constant: the β that minimises
/// Σ ρ(yᵢ − β₀ − β xᵢ), ρ(r) = r (τ − 1{r < 0}).
///
/// Use it where the question is about the slow tail (τ = 0.95 of a latency) or where outliers would
/// rule a mean. Assumes independent rows and linearity in the regressors, but no distribution, and
/// no equal spread: the errors are Powell's kernel sandwich (`se = "ker"` of R's `quantreg`), which
/// wants some dozens of rows on either side of the quantile. The minimum may not be unique; then
/// one of the best vertices is given.
///
/// ```
/// use ergon_stats::{QuantileRegressionOptions, quantile_regression};
/// // y = 1 + 2 x but for one wild row: the median doesn't care.
/// let x: Vec<f64> = (0..15).map(f64::from).collect();
/// let mut y: Vec<f64> = x.iter().enumerate().map(|(i, x)| 1.0 + 2.0 * x + (i % 3) as f64 / 10.0 - 0.1).collect();
/// y[7] = 1e6;
/// let fit = quantile_regression(&y, &[&x], &QuantileRegressionOptions::default())?;
/// assert!((fit.coefficients[1].estimate - 2.0).abs() < 0.02);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn quantile_regression(
    y: &[f64],
    x: &[&[f64]],
    options: &QuantileRegressionOptions,
) -> Result<QuantileRegression, StatError> {
    check_level(options.level)?;
    let tau = options.tau;
    if !(tau > 0.0 && tau < 1.0) {
        return Err(StatError::InvalidOption { option: "tau", found: tau.to_string(), range: "(0, 1)" });
    }
    let mut all = vec![y];
    all.extend_from_slice(x);
    let (mut columns, dropped) = complete_rows(&all, options.missing)?;
    let y = columns.remove(0);
    let (n, p) = (y.len(), columns.len() + 1);
    if n <= p {
        return Err(StatError::TooFew { what: "rows", needed: p + 1, found: n });
    }
    let of_y = Moments::of(&y);
    if of_y.is_constant() {
        return Err(StatError::NoVariation { what: "y" });
    }
    columns.insert(0, vec![1.0; n]);
    let plain = Fit::of(&columns, &y);
    if !plain.aliased.is_empty() {
        return Err(StatError::RankDeficient { rank: plain.rank, columns: p, aliased: plain.aliased });
    }
    let (columns, scales) = Scales::apply(columns);
    let unit = of_y.sd();
    let response: Vec<f64> = y.iter().map(|v| (v - of_y.mean()) / unit).collect();
    let overflow = StatError::OutOfRange { what: "coefficients" };
    if columns.iter().flatten().chain(&response).any(|v| !v.is_finite()) {
        return Err(overflow);
    }
    let fitted = Vertex::best(&columns, &response, tau).ok_or(StatError::NotConverged { what: "coefficients" })?;
    let ordered = sorted(&fitted.residuals);
    let width = bandwidth(&ordered, tau);
    if width.is_nan() || width <= 0.0 {
        return Err(StatError::NoVariation { what: "y beyond the regressors" });
    }
    let covariance = sandwich(&columns, &fitted.residuals, width, tau).ok_or(overflow.clone())?;
    let df = (n - p) as f64;
    let coefficients: Vec<QuantileCoefficient> = (0..p)
        .map(|k| {
            let weights = scales.weights(k);
            let shift = if k == 0 { of_y.mean() } else { 0.0 };
            let estimate = dot(&weights, &fitted.beta) * unit + shift;
            let se = form(&weights, &covariance, &weights).sqrt() * unit;
            let t = estimate / se;
            QuantileCoefficient {
                estimate,
                se,
                t,
                p: student_t::two_sided(t, df),
                ci: t_interval(estimate, se, df, options.level, Alternative::TwoSided),
            }
        })
        .collect();
    if !coefficients.iter().all(|c| c.t.is_finite() && c.ci.low.is_finite() && c.ci.high.is_finite()) {
        return Err(overflow);
    }
    let mut account = Account::new("Quantile regression", n, dropped, REFERENCES);
    if (n as f64) * tau.min(1.0 - tau) < 5.0 * p as f64 {
        account.warnings.push(Warning::FewObservations { n });
    }
    let objective = loss(&fitted.residuals, tau);
    let ordered = sorted(&response);
    let null = ordered[(libm::ceil(tau * n as f64) as usize).clamp(1, n) - 1];
    let without: Vec<f64> = response.iter().map(|v| v - null).collect();
    Ok(QuantileRegression {
        account,
        tau,
        coefficients,
        df_residual: df,
        objective: objective * unit,
        r1: 1.0 - objective / loss(&without, tau),
        bandwidth: width * unit,
        residuals: fitted.residuals.iter().map(|r| r * unit).collect(),
    })
}

/// Centres and spreads taken out of the regressors, so that no unit rules the pivots.
struct Scales(Vec<(f64, f64)>);

impl Scales {
    fn apply(mut columns: Vec<Vec<f64>>) -> (Vec<Vec<f64>>, Self) {
        let mut scales = Vec::with_capacity(columns.len() - 1);
        for column in columns.iter_mut().skip(1) {
            let m = Moments::of(column);
            let (centre, spread) = (m.mean(), m.sd());
            column.iter_mut().for_each(|v| *v = (*v - centre) / spread);
            scales.push((centre, spread));
        }
        (columns, Self(scales))
    }

    /// Coefficient `k` of the regressors as given, in those of the scaled ones.
    fn weights(&self, k: usize) -> Vec<f64> {
        let mut weights = vec![0.0; self.0.len() + 1];
        if k == 0 {
            weights[0] = 1.0;
            for (slot, (centre, spread)) in weights[1..].iter_mut().zip(&self.0) {
                *slot = -centre / spread;
            }
        } else {
            weights[k] = 1.0 / self.0[k - 1].1;
        }
        weights
    }
}

/// Hall and Sheather's bandwidth, moved to the scale of the residuals (sorted) as `quantreg` does.
fn bandwidth(residuals: &[f64], tau: f64) -> f64 {
    let z = normal::quantile(tau);
    let density = normal::pdf(z);
    let n = residuals.len() as f64;
    let curvature = 1.5 * density * density / (2.0 * z * z + 1.0);
    let mut h = libm::cbrt(normal::isf(0.025) * normal::isf(0.025) * curvature / n);
    while tau - h < 0.0 || tau + h > 1.0 {
        h *= 0.5;
    }
    let at = |p: f64| quantile_sorted(residuals, p, QuantileType::Type7);
    let spread = Moments::of(residuals).sd().min((at(0.75) - at(0.25)) / 1.34);
    (normal::quantile(tau + h) - normal::quantile(tau - h)) * spread
}

/// τ(1 − τ) (Xᵀ F X)⁻¹ XᵀX (Xᵀ F X)⁻¹, F the density of the residuals at 0 by a normal kernel.
fn sandwich(columns: &[Vec<f64>], residuals: &[f64], width: f64, tau: f64) -> Option<Vec<Vec<f64>>> {
    let root: Vec<f64> = residuals.iter().map(|r| (normal::pdf(r / width) / width).sqrt()).collect();
    let weighted = columns.iter().map(|c| c.iter().zip(&root).map(|(x, w)| x * w).collect()).collect();
    let factored = factor::<f64>(weighted, vec![0.0; residuals.len()]);
    if !factored.aliased.is_empty() {
        return None;
    }
    let by_columns = factored.inverse();
    let p = columns.len();
    let row = |i: usize| -> Vec<f64> { by_columns.iter().map(|c| c[i]).collect() };
    let bread: Vec<Vec<f64>> = (0..p).map(|i| (0..p).map(|j| dot(&row(i), &row(j))).collect()).collect();
    let meat: Vec<Vec<f64>> = columns.iter().map(|a| columns.iter().map(|b| dot(a, b)).collect()).collect();
    let half: Vec<Vec<f64>> = bread.iter().map(|r| times(&meat, r)).collect();
    let share = tau * (1.0 - tau);
    let whole: Vec<Vec<f64>> = half.iter().map(|r| times(&bread, r).iter().map(|v| share * v).collect()).collect();
    whole.iter().flatten().all(|v| v.is_finite()).then_some(whole)
}
