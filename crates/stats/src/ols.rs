//! Ordinary least squares with any number of regressors.

use serde::Serialize;

use crate::StatError;
use crate::account::{Account, Interval, Warning, wire_number};
use crate::dist::{chi_squared, fisher_f, student_t};
use crate::least_squares::{Fit, dot};
use crate::missing::MissingPolicy;
use crate::moments::Moments;
use crate::options::{Alternative, check_level};
use crate::t_test::t_interval;

const REFERENCES: &[&str] = &[
    "Björck (1996), Numerical Methods for Least Squares Problems",
    "MacKinnon & White (1985), Journal of Econometrics 29, 305–325",
    "Breusch & Pagan (1979), Econometrica 47, 1287–1294",
];

/// Options of a regression.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct OlsOptions {
    /// Whether to put a constant first.
    pub intercept: bool,
    /// Confidence level of the intervals, in (0, 1).
    pub level: f64,
    /// What to do with rows that have a missing value.
    pub missing: MissingPolicy,
}

impl Default for OlsOptions {
    fn default() -> Self {
        Self { intercept: true, level: 0.95, missing: MissingPolicy::Refuse }
    }
}

/// One coefficient.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Coefficient {
    /// Estimate, in units of the response per unit of the regressor.
    pub estimate: f64,
    /// Standard error under equal variances.
    pub se: f64,
    /// Standard errors consistent under unequal variances: HC0, HC1, HC2, HC3. The last two are
    /// infinite where a row determines its own fit.
    pub se_hc: [f64; 4],
    /// t statistic.
    #[serde(serialize_with = "wire_number")]
    pub t: f64,
    /// Two-sided p-value.
    pub p: f64,
    /// Confidence interval.
    pub ci: Interval,
    /// Variance inflation factor; `None` for the constant and for a single regressor.
    pub vif: Option<f64>,
}

/// A fitted regression.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Ols {
    /// Method, counts, findings, warnings, references.
    #[serde(flatten)]
    pub account: Account,
    /// Coefficients: the constant first if there is one.
    pub coefficients: Vec<Coefficient>,
    /// Residual standard deviation.
    pub sigma: f64,
    /// Residual degrees of freedom.
    pub df_residual: f64,
    /// Share of the variance explained (about the mean if there is a constant, else about 0).
    pub r2: f64,
    /// The same corrected for the number of regressors.
    pub adjusted_r2: f64,
    /// F of all regressors together.
    #[serde(serialize_with = "wire_number")]
    pub f: f64,
    /// Its numerator degrees of freedom.
    pub df_model: f64,
    /// Its p-value.
    pub f_p: f64,
    /// Gaussian log-likelihood at its maximum; infinite for a perfect fit.
    #[serde(serialize_with = "wire_number")]
    pub log_likelihood: f64,
    /// Akaike's criterion, counting σ as a parameter (as R does).
    #[serde(serialize_with = "wire_number")]
    pub aic: f64,
    /// Schwarz's criterion, counting σ as a parameter (as R does).
    #[serde(serialize_with = "wire_number")]
    pub bic: f64,
    /// Durbin–Watson statistic; `None` for a perfect fit.
    pub durbin_watson: Option<f64>,
    /// Breusch–Pagan (Koenker's studentised) Lagrange multiplier and p-value; `None` for a
    /// perfect fit or without regressors.
    pub breusch_pagan: Option<(f64, f64)>,
    /// Residuals by row used.
    pub residuals: Vec<f64>,
    /// Leverage by row used.
    pub leverage: Vec<f64>,
    /// Internally studentised residuals by row used; 0 where the leverage is 1.
    pub studentized: Vec<f64>,
    /// Cook's distance by row used; 0 where the leverage is 1.
    pub cooks_distance: Vec<f64>,
}

/// Rows without a missing value, as columns: the response first.
pub(crate) fn complete_rows(columns: &[&[f64]], missing: MissingPolicy) -> Result<(Vec<Vec<f64>>, usize), StatError> {
    let n = columns.first().map_or(0, |c| c.len());
    for c in columns {
        if c.len() != n {
            return Err(StatError::LengthMismatch { what: "columns", left: n, right: c.len() });
        }
        if let Some(index) = c.iter().position(|v| v.is_infinite()) {
            return Err(StatError::NonFinite { what: "a column", index });
        }
    }
    let whole: Vec<usize> = (0..n).filter(|i| columns.iter().all(|c| !c[*i].is_nan())).collect();
    let dropped = n - whole.len();
    if dropped > 0 && missing == MissingPolicy::Refuse {
        return Err(StatError::Missing { what: "rows", count: dropped });
    }
    if whole.is_empty() {
        return Err(StatError::Empty { what: "rows" });
    }
    let kept = columns.iter().map(|c| whole.iter().map(|i| c[*i]).collect()).collect();
    Ok((kept, dropped))
}

/// Regresses `y` on the columns `x`.
///
/// Use it for a mean that is linear in the regressors. Assumes independent rows and errors of equal
/// spread (else use the robust `se_hc`; HC3 is the one for small samples). By Householder QR,
/// twofold precision where columns are nearly collinear.
///
/// ```
/// use ergon_stats::{OlsOptions, ols};
/// let x = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
/// let y = [2.1, 3.9, 6.2, 7.8, 10.1, 12.2];
/// let found = ols(&y, &[&x], &OlsOptions::default())?;
/// assert!((found.coefficients[1].estimate - 2.02).abs() < 1e-4);
/// assert!((found.coefficients[1].se - 0.04276).abs() < 1e-4);
/// assert!((found.r2 - 0.99821).abs() < 1e-4);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn ols(y: &[f64], x: &[&[f64]], options: &OlsOptions) -> Result<Ols, StatError> {
    ols_of_sums(y, x, Vec::new(), options)
}

/// The same for columns that are known beyond 64 bits: `low` is empty, or what each is more than its
/// `f64`, and then no row may be missing.
pub(crate) fn ols_of_sums(
    y: &[f64],
    x: &[&[f64]],
    mut low: Vec<Vec<f64>>,
    options: &OlsOptions,
) -> Result<Ols, StatError> {
    check_level(options.level)?;
    let mut columns = vec![y];
    columns.extend_from_slice(x);
    let (mut kept, dropped) = complete_rows(&columns, options.missing)?;
    let y = kept.remove(0);
    let n = y.len();
    if options.intercept {
        kept.insert(0, vec![1.0; n]);
        low.insert(0, vec![0.0; n]);
    }
    let p = kept.len();
    if p == 0 {
        return Err(StatError::Empty { what: "regressors" });
    }
    if n <= p {
        return Err(StatError::TooFew { what: "rows", needed: p + 1, found: n });
    }
    let fit = Fit::of_sums(&kept, low, &y);
    if !fit.aliased.is_empty() {
        return Err(StatError::RankDeficient { rank: fit.rank, columns: p, aliased: fit.aliased });
    }
    let mut account = Account::new("Ordinary least squares", n, dropped, REFERENCES);
    let df = (n - p) as f64;
    let first = usize::from(options.intercept);
    let explained: f64 = fit.explained.iter().skip(first).sum();
    let total = explained + fit.rest;
    if total == 0.0 {
        return Err(StatError::NoVariation { what: "y" });
    }
    if fit.rest <= 1e-26 * fit.explained.iter().sum::<f64>() {
        account.warnings.push(Warning::NoResidualVariation);
    }
    let variance = fit.rest / df;
    let rows = fit.rows(&kept);
    let leverage: Vec<f64> = rows.iter().map(|q| dot(q, q).min(1.0)).collect();
    let coefficients = coefficients(&fit, &kept, (&rows, &leverage), variance, df, options);
    let sound = |c: &Coefficient| [c.estimate, c.se, c.ci.low, c.ci.high].iter().all(|v| v.is_finite());
    if !(total.is_finite() && coefficients.iter().all(sound)) {
        return Err(StatError::OutOfRange { what: "coefficients" });
    }
    if let Some(vif) = coefficients.iter().filter_map(|c| c.vif).reduce(f64::max).filter(|vif| *vif > 100.0) {
        account.warnings.push(Warning::NearCollinear { vif });
    }

    let r2 = explained / total;
    let df_model = (p - first) as f64;
    let count = n as f64;
    let f = if df_model == 0.0 {
        0.0
    } else if variance > 0.0 {
        explained / df_model / variance
    } else {
        f64::INFINITY
    };
    let f_p = if df_model == 0.0 { 1.0 } else { fisher_f::sf(f, df_model, df) };
    let log_likelihood = -0.5 * count * (libm::log(std::f64::consts::TAU) + libm::log(fit.rest / count) + 1.0);
    let parameters = p as f64 + 1.0;
    let studentized: Vec<f64> = fit
        .residuals
        .iter()
        .zip(&leverage)
        .map(|(e, h)| {
            let scale = (variance * (1.0 - h)).sqrt();
            if scale > 0.0 { e / scale } else { 0.0 }
        })
        .collect();
    Ok(Ols {
        account,
        sigma: variance.sqrt(),
        df_residual: df,
        r2,
        adjusted_r2: 1.0 - (1.0 - r2) * (count - first as f64) / df,
        f,
        df_model,
        f_p,
        log_likelihood,
        aic: 2.0 * parameters - 2.0 * log_likelihood,
        bic: libm::log(count) * parameters - 2.0 * log_likelihood,
        durbin_watson: durbin_watson(&fit),
        breusch_pagan: breusch_pagan(&fit, &kept, first),
        cooks_distance: studentized
            .iter()
            .zip(&leverage)
            .map(|(r, h)| if *h < 1.0 { r * r * h / ((1.0 - h) * p as f64) } else { 0.0 })
            .collect(),
        studentized,
        residuals: fit.residuals,
        leverage,
        coefficients,
    })
}

fn coefficients(
    fit: &Fit,
    columns: &[Vec<f64>],
    (rows, leverage): (&[Vec<f64>], &[f64]),
    variance: f64,
    df: f64,
    options: &OlsOptions,
) -> Vec<Coefficient> {
    let first = usize::from(options.intercept);
    let several = columns.len() > first + 1;
    let small_sample = leverage.len() as f64 / df;
    fit.coefficients
        .iter()
        .zip(&fit.inverse)
        .enumerate()
        .map(|(j, (&estimate, row))| {
            let unscaled = dot(row, row);
            let se = (variance * unscaled).sqrt();
            // Row i moves the coefficient by (row of R⁻¹ · row of Q) per unit of residual.
            let mut sandwich = [0.0; 3];
            for ((q, e), h) in rows.iter().zip(&fit.residuals).zip(leverage) {
                let pull = dot(row, q) * e;
                let pull = pull * pull;
                sandwich[0] += pull;
                sandwich[1] += pull / (1.0 - h);
                sandwich[2] += pull / ((1.0 - h) * (1.0 - h));
            }
            let [hc0, hc2, hc3] = sandwich.map(|s| if s.is_nan() { f64::INFINITY } else { s.sqrt() });
            let t = if se > 0.0 {
                estimate / se
            } else if estimate == 0.0 {
                0.0
            } else {
                f64::INFINITY.copysign(estimate)
            };
            let vif = (j >= first && several && options.intercept)
                .then(|| {
                    let sd = Moments::of(&columns[j]).sd();
                    unscaled * sd * sd * (leverage.len() - 1) as f64
                })
                .filter(|v| v.is_finite());
            Coefficient {
                estimate,
                se,
                se_hc: [hc0, hc0 * small_sample.sqrt(), hc2, hc3],
                t,
                p: student_t::two_sided(t, df),
                ci: t_interval(estimate, se, df, options.level, Alternative::TwoSided),
                vif,
            }
        })
        .collect()
}

fn durbin_watson(fit: &Fit) -> Option<f64> {
    let steps: f64 = fit.residuals.windows(2).map(|w| (w[1] - w[0]) * (w[1] - w[0])).sum();
    let size = dot(&fit.residuals, &fit.residuals);
    (size > 0.0).then(|| steps / size)
}

fn breusch_pagan(fit: &Fit, columns: &[Vec<f64>], first: usize) -> Option<(f64, f64)> {
    if first == 0 || columns.len() == 1 {
        return None;
    }
    let scale = dot(&fit.residuals, &fit.residuals) / fit.residuals.len() as f64;
    let squares: Vec<f64> = fit.residuals.iter().map(|e| e * e / scale).collect();
    if !squares.iter().all(|v| v.is_finite()) {
        return None;
    }
    let second = Fit::of(columns, &squares);
    let explained: f64 = second.explained.iter().skip(1).sum();
    let total = explained + second.rest;
    let lm = squares.len() as f64 * explained / total;
    lm.is_finite().then(|| (lm, chi_squared::sf(lm, (columns.len() - 1) as f64)))
}
