//! Linear models with factors and covariates: tests of terms, adjusted means, adjusted
//! differences.
//!
//! Factors are coded to sum to zero, so that a term's columns mean the same whatever else is in
//! the model (type III sums of squares), and an adjusted mean is the intercept plus the level's
//! own code: an average over the levels of the other factors with equal weights, at the means of
//! the covariates.

use serde::Serialize;

use crate::StatError;
use crate::account::{Account, Effect, Estimate, Interval, Warning, wire_number};
use crate::dist::fisher_f;
use crate::least_squares::{Fit, dot};
use crate::linear_terms::{Design, Predictor};
use crate::missing::MissingPolicy;
use crate::options::{Alternative, check_level};
use crate::t_test::{p_value, t_interval};

const REFERENCES: &[&str] = &[
    "Searle (1971), Linear Models",
    "Searle, Speed & Milliken (1980), The American Statistician 34, 216–221",
    "Liang & Zeger (1986), Biometrika 73, 13–22",
];

/// How the sums of squares of terms are adjusted for each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SumsOfSquares {
    /// Type I: each term for the terms before it.
    Sequential,
    /// Type II: each term for all terms that do not contain it.
    #[default]
    Marginal,
    /// Type III: each term for all others.
    Partial,
}

/// Options of a linear model.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct LinearModelOptions<'a> {
    /// How terms are adjusted for each other. In an additive model types II and III agree.
    pub sums: SumsOfSquares,
    /// Confidence level of the intervals, in (0, 1).
    pub level: f64,
    /// What to do with rows that have a missing value.
    pub missing: MissingPolicy,
    /// The cluster (from 0) of every row, where rows repeat within items or conditions: adjusted
    /// means and differences then get cluster-robust (CR1) errors with clusters − 1 degrees of
    /// freedom. The table of terms stays classical.
    pub clusters: Option<&'a [usize]>,
}

impl Default for LinearModelOptions<'_> {
    fn default() -> Self {
        Self { sums: SumsOfSquares::Marginal, level: 0.95, missing: MissingPolicy::Refuse, clusters: None }
    }
}

/// The test of one term.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TermTest {
    /// Names of its predictors, joined by colons.
    pub name: String,
    /// Sum of squares, in the squared unit of the response.
    pub ss: f64,
    /// Degrees of freedom.
    pub df: f64,
    /// F statistic; infinite where nothing is left unexplained.
    #[serde(serialize_with = "wire_number")]
    pub f: f64,
    /// p-value, from the survival function.
    pub p: f64,
    /// η²: share of the corrected total sum of squares.
    pub eta2: f64,
    /// Partial η²: share of its own and the residual sum of squares.
    pub partial_eta2: f64,
    /// ω² (may be negative).
    pub omega2: f64,
    /// Partial ω² (may be negative).
    pub partial_omega2: f64,
}

/// A fitted linear model.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LinearModel {
    /// Method, counts, findings, warnings, references.
    #[serde(flatten)]
    pub account: Account,
    /// Tests of the terms, in the order given.
    pub terms: Vec<TermTest>,
    /// How terms were adjusted for each other.
    pub sums: SumsOfSquares,
    /// Residual sum of squares.
    pub ss_residual: f64,
    /// Residual degrees of freedom.
    pub df_residual: f64,
    /// Corrected total sum of squares.
    pub ss_total: f64,
    /// Residual standard deviation.
    pub sigma: f64,
    /// Share of the variance explained.
    pub r2: f64,
    /// Residuals by row used.
    pub residuals: Vec<f64>,
    #[serde(skip)]
    design: Design,
    #[serde(skip)]
    coefficients: Vec<f64>,
    #[serde(skip)]
    covariance: Vec<Vec<f64>>,
    #[serde(skip)]
    df_contrast: f64,
    #[serde(skip)]
    level: f64,
}

/// The mean of the response at a level of a factor, the other predictors held equal.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct AdjustedMean {
    /// The level, from 0.
    pub level: usize,
    /// Mean with its standard error.
    pub estimate: Estimate,
    /// Its confidence interval.
    pub ci: Interval,
}

/// The difference of two levels of a factor, the other predictors held equal.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct AdjustedDifference {
    /// The level that is subtracted from.
    pub first: usize,
    /// The level that is subtracted.
    pub second: usize,
    /// Difference of adjusted means with its standard error.
    pub estimate: Estimate,
    /// t statistic; infinite where nothing is left unexplained.
    #[serde(serialize_with = "wire_number")]
    pub statistic: f64,
    /// Degrees of freedom.
    pub df: f64,
    /// p-value.
    pub p: f64,
    /// Its confidence interval; one-sided where the alternative is.
    pub ci: Interval,
    /// The difference in residual standard deviations.
    pub effect: Effect,
}

/// Fits `y` by the terms: each a list of positions in `predictors`, one for a main effect,
/// several for an interaction. A constant is always included.
///
/// Fails with [`StatError::RankDeficient`] where terms cannot be told apart: factors that are
/// confounded, or interactions with empty cells.
///
/// Use it for factorial designs and covariates, balanced or not. Type III sums of squares (the
/// default) test each term given all others with sum-to-zero contrasts. Assumes independent rows
/// and about normal residuals of equal spread.
///
/// ```
/// use ergon_stats::{LinearModelOptions, Predictor, linear_model};
/// let y = [4.2, 5.6, 5.2, 4.8, 4.1, 4.4, 6.3, 5.1, 5.5];
/// let levels = [0, 0, 0, 1, 1, 1, 2, 2, 2];
/// let factor = [Predictor::Factor { name: "a", levels: &levels }];
/// let found = linear_model(&y, &factor, &[vec![0]], &LinearModelOptions::default())?;
/// assert!((found.terms[0].f - 3.19016).abs() < 1e-4);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn linear_model(
    y: &[f64],
    predictors: &[Predictor<'_>],
    terms: &[Vec<usize>],
    options: &LinearModelOptions<'_>,
) -> Result<LinearModel, StatError> {
    check_level(options.level)?;
    let rows = Design::rows(y, predictors, options.missing)?;
    let dropped = y.len() - rows.len();
    let y: Vec<f64> = rows.iter().map(|i| y[*i]).collect();
    let (design, columns) = Design::of(predictors, terms, &rows)?;
    let (n, p) = (y.len(), columns.len());
    if n <= p {
        return Err(StatError::TooFew { what: "rows", needed: p + 1, found: n });
    }
    let fit = Fit::of(&columns, &y);
    if !fit.aliased.is_empty() {
        return Err(StatError::RankDeficient { rank: fit.rank, columns: p, aliased: fit.aliased });
    }
    let df = (n - p) as f64;
    let explained: f64 = fit.explained.iter().skip(1).sum();
    let total = explained + fit.rest;
    if total == 0.0 {
        return Err(StatError::NoVariation { what: "y" });
    }
    let finite = total.is_finite() && fit.coefficients.iter().all(|b| b.is_finite());
    if !finite {
        return Err(StatError::OutOfRange { what: "coefficients" });
    }
    let mut account = Account::new("Linear model", n, dropped, REFERENCES);
    if fit.rest <= 1e-26 * total {
        account.warnings.push(Warning::NoResidualVariation);
    }
    let ms = fit.rest / df;
    let tests = (0..terms.len())
        .map(|t| {
            let before = design.adjusted_for(t, options.sums);
            let (ss, rank) = fit.explained_by(&before, &design.columns_of(t));
            term_test(design.name(t), ss, rank as f64, ms, df, total, n as f64)
        })
        .collect();
    let (covariance, df_contrast) = match options.clusters {
        None => (classical(&fit, ms), df),
        Some(clusters) => {
            account.method = "Linear model with cluster-robust errors";
            cluster_robust(&fit, &columns, clusters, &rows)?
        }
    };
    Ok(LinearModel {
        account,
        terms: tests,
        sums: options.sums,
        ss_residual: fit.rest,
        df_residual: df,
        ss_total: total,
        sigma: ms.sqrt(),
        r2: explained / total,
        residuals: fit.residuals,
        design,
        coefficients: fit.coefficients,
        covariance,
        df_contrast,
        level: options.level,
    })
}

fn term_test(name: String, ss: f64, rank: f64, ms: f64, df: f64, total: f64, n: f64) -> TermTest {
    let rest = ms * df;
    let f = if ms > 0.0 {
        ss / rank / ms
    } else if ss > 0.0 {
        f64::INFINITY
    } else {
        0.0
    };
    let share = |part: f64, whole: f64| if whole > 0.0 { part / whole } else { 0.0 };
    let surplus = ss - rank * ms;
    TermTest {
        name,
        ss,
        df: rank,
        f,
        p: fisher_f::sf(f, rank, df),
        eta2: ss / total,
        partial_eta2: share(ss, ss + rest),
        omega2: surplus / (total + ms),
        partial_omega2: share(surplus, ss + (n - rank) * ms),
    }
}

/// σ² (XᵀX)⁻¹.
fn classical(fit: &Fit, ms: f64) -> Vec<Vec<f64>> {
    let row = |a: &Vec<f64>| fit.inverse.iter().map(|b| ms * dot(a, b)).collect();
    fit.inverse.iter().map(row).collect()
}

/// The CR1 sandwich and its degrees of freedom, clusters − 1.
fn cluster_robust(
    fit: &Fit,
    columns: &[Vec<f64>],
    clusters: &[usize],
    rows: &[usize],
) -> Result<(Vec<Vec<f64>>, f64), StatError> {
    let mut order: Vec<(usize, usize)> = Vec::with_capacity(rows.len());
    for (position, row) in rows.iter().enumerate() {
        match clusters.get(*row) {
            Some(c) => order.push((*c, position)),
            None => {
                return Err(StatError::LengthMismatch {
                    what: "y and clusters",
                    left: rows.len(),
                    right: clusters.len(),
                });
            }
        }
    }
    order.sort_unstable();
    let p = fit.rank;
    let design = fit.rows(columns);
    let mut meat = vec![vec![0.0; p]; p];
    let mut count = 0.0;
    for run in order.chunk_by(|a, b| a.0 == b.0) {
        count += 1.0;
        let mut score = vec![0.0; p];
        for (_, i) in run {
            for (slot, q) in score.iter_mut().zip(&design[*i]) {
                *slot += q * fit.residuals[*i];
            }
        }
        for (row, a) in meat.iter_mut().zip(&score) {
            for (slot, b) in row.iter_mut().zip(&score) {
                *slot += a * b;
            }
        }
    }
    if count < 2.0 {
        return Err(StatError::TooFew { what: "clusters", needed: 2, found: count as usize });
    }
    let n = rows.len() as f64;
    let correction = count / (count - 1.0) * (n - 1.0) / (n - p as f64);
    let half: Vec<Vec<f64>> = fit.inverse.iter().map(|r| meat.iter().map(|m| dot(r, m)).collect()).collect();
    let row = |h: &Vec<f64>| fit.inverse.iter().map(|r| correction * dot(h, r)).collect();
    Ok((half.iter().map(row).collect(), count - 1.0))
}

impl LinearModel {
    /// Value and standard error of a linear function of the coefficients.
    fn contrast(&self, weights: &[f64], name: &'static str) -> Result<Estimate, StatError> {
        let value = dot(weights, &self.coefficients);
        let variance: f64 = self.covariance.iter().zip(weights).map(|(row, w)| w * dot(row, weights)).sum();
        let se = variance.max(0.0).sqrt();
        if value.is_finite() && se.is_finite() {
            Ok(Estimate { name, value, se })
        } else {
            Err(StatError::OutOfRange { what: "contrast" })
        }
    }

    /// Adjusted means of all levels of the factor at position `predictor`.
    pub fn adjusted_means(&self, predictor: usize) -> Result<Vec<AdjustedMean>, StatError> {
        (0..self.design.levels(predictor)?)
            .map(|level| {
                let weights = self.design.weights(predictor, level);
                let estimate = self.contrast(&weights, "adjusted mean")?;
                let ci = t_interval(estimate.value, estimate.se, self.df_contrast, self.level, Alternative::TwoSided);
                Ok(AdjustedMean { level, estimate, ci })
            })
            .collect()
    }

    /// Adjusted mean of level `first` minus that of level `second` of the factor at position
    /// `predictor`.
    pub fn adjusted_difference(
        &self,
        predictor: usize,
        first: usize,
        second: usize,
        alternative: Alternative,
    ) -> Result<AdjustedDifference, StatError> {
        let levels = self.design.levels(predictor)?;
        if first >= levels || second >= levels || first == second {
            return Err(StatError::InvalidOption {
                option: "levels",
                found: format!("{first} and {second}"),
                range: "two different levels of the factor",
            });
        }
        let weights: Vec<f64> = self
            .design
            .weights(predictor, first)
            .iter()
            .zip(self.design.weights(predictor, second))
            .map(|(a, b)| a - b)
            .collect();
        let estimate = self.contrast(&weights, "adjusted difference")?;
        let in_units = |unit: f64| {
            if unit > 0.0 {
                estimate.value / unit
            } else if estimate.value == 0.0 {
                0.0
            } else {
                f64::INFINITY.copysign(estimate.value)
            }
        };
        let statistic = in_units(estimate.se);
        Ok(AdjustedDifference {
            first,
            second,
            estimate,
            statistic,
            df: self.df_contrast,
            p: p_value(statistic, self.df_contrast, alternative),
            ci: t_interval(estimate.value, estimate.se, self.df_contrast, self.level, alternative),
            effect: Effect {
                name: "difference in residual standard deviations",
                value: in_units(self.sigma),
                ci: None,
            },
        })
    }
}
