//! Augmented Dickey–Fuller test of a unit root.

use serde::Serialize;

use crate::StatError;
use crate::account::{Account, Warning};
use crate::dist::normal;
use crate::missing::MissingPolicy;
use crate::ols::{OlsOptions, ols};

const REFERENCES: &[&str] = &[
    "Dickey & Fuller (1979), Journal of the American Statistical Association 74, 427–431",
    "MacKinnon (1994), Journal of Business & Economic Statistics 12, 167–176",
    "MacKinnon (2010), Critical Values for Cointegration Tests, Queen's Economics Department Working Paper 1227",
];

/// What the series may do besides its unit root.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AdfRegression {
    /// Nothing: the series has mean 0.
    None,
    /// A mean.
    #[default]
    Constant,
    /// A mean and a linear trend.
    Trend,
}

/// MacKinnon's response surfaces for one series.
struct Surface {
    /// Where the approximation of the lower tail ends, and where both end.
    split: f64,
    least: f64,
    most: f64,
    lower: [f64; 3],
    upper: [f64; 4],
    /// Critical values at 1, 5 and 10 %: polynomials in 1 / n.
    critical: [[f64; 4]; 3],
}

const NONE: Surface = Surface {
    split: -1.04,
    least: -19.04,
    most: f64::INFINITY,
    lower: [0.6344, 1.2378, 0.032496],
    upper: [0.4797, 0.93557, -0.06999, 0.033066],
    critical: [
        [-2.56574, -2.2358, -3.627, 0.0],
        [-1.94100, -0.2686, -3.365, 31.223],
        [-1.61682, 0.2656, -2.714, 25.364],
    ],
};

const CONSTANT: Surface = Surface {
    split: -1.61,
    least: -18.83,
    most: 2.74,
    lower: [2.1659, 1.4412, 0.038269],
    upper: [1.7339, 0.93202, -0.12745, -0.010368],
    critical: [
        [-3.43035, -6.5393, -16.786, -79.433],
        [-2.86154, -2.8903, -4.234, -40.040],
        [-2.56677, -1.5384, -2.809, 0.0],
    ],
};

const TREND: Surface = Surface {
    split: -2.89,
    least: -16.18,
    most: 0.7,
    lower: [3.2512, 1.6047, 0.049588],
    upper: [2.5261, 0.61654, -0.37956, -0.060285],
    critical: [
        [-3.95877, -9.0531, -28.428, -134.155],
        [-3.41049, -4.3904, -9.036, -45.374],
        [-3.12705, -2.5856, -3.925, -22.380],
    ],
};

fn polynomial(coefficients: &[f64], x: f64) -> f64 {
    coefficients.iter().rev().fold(0.0, |sum, c| sum * x + c)
}

impl Surface {
    fn p(&self, statistic: f64) -> f64 {
        // Beyond its range the surface turns back: its end is a bound.
        let tau = statistic.max(self.least);
        if tau > self.most {
            1.0
        } else if tau <= self.split {
            normal::cdf(polynomial(&self.lower, tau))
        } else {
            normal::cdf(polynomial(&self.upper, tau))
        }
    }
}

/// Result of an augmented Dickey–Fuller test.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Adf {
    /// Method, counts, findings, warnings, references.
    #[serde(flatten)]
    pub account: Account,
    /// t statistic of the lagged level.
    pub statistic: f64,
    /// MacKinnon's approximate p-value.
    pub p: f64,
    /// Critical values at 1, 5 and 10 % for the rows used.
    pub critical: [f64; 3],
    /// Lagged differences in the regression.
    pub lags: usize,
    /// What else was in the regression.
    pub regression: AdfRegression,
}

/// Tests whether the series `y` has a unit root (wanders without returning) against being
/// stationary, with `lags` lagged differences.
///
/// Use it before treating a series of measurements as draws around one mean. A small p speaks for a
/// stationary series; the test has little power for short or slowly returning ones.
///
/// ```
/// use ergon_stats::{AdfRegression, adf};
/// let series: Vec<f64> = (0..60).map(|i| f64::from(i * 37 % 17)).collect();
/// assert!(adf(&series, 1, AdfRegression::Constant)?.p < 0.01);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn adf(y: &[f64], lags: usize, regression: AdfRegression) -> Result<Adf, StatError> {
    if let Some(index) = y.iter().position(|v| v.is_infinite()) {
        return Err(StatError::NonFinite { what: "y", index });
    }
    let count = y.iter().filter(|v| v.is_nan()).count();
    if count > 0 {
        return Err(StatError::Missing { what: "y", count });
    }
    let needed = lags.saturating_mul(2).saturating_add(6);
    if y.len() < needed {
        return Err(StatError::TooFew { what: "y", needed, found: y.len() });
    }
    if y.iter().all(|v| *v == y[0]) {
        return Err(StatError::NoVariation { what: "y" });
    }
    let change: Vec<f64> = y.windows(2).map(|w| w[1] - w[0]).collect();
    let rows = change.len() - lags;
    let mut columns = vec![y[lags..lags + rows].to_vec()];
    columns.extend((1..=lags).map(|lag| change[lags - lag..lags - lag + rows].to_vec()));
    if regression == AdfRegression::Trend {
        columns.push((1..=rows).map(|t| t as f64).collect());
    }
    let views: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    let intercept = regression != AdfRegression::None;
    let options = OlsOptions { intercept, level: 0.95, missing: MissingPolicy::Refuse };
    let fit = ols(&change[lags..], &views, &options)?;
    let statistic = fit.coefficients[usize::from(intercept)].t;
    if !statistic.is_finite() {
        return Err(StatError::NoVariation { what: "y beyond its lags" });
    }
    let surface = match regression {
        AdfRegression::None => NONE,
        AdfRegression::Constant => CONSTANT,
        AdfRegression::Trend => TREND,
    };
    let mut account = Account::new("Augmented Dickey–Fuller test", rows, 0, REFERENCES);
    if rows < 25 {
        account.warnings.push(Warning::FewObservations { n: rows });
    }
    let critical = surface.critical.map(|c| polynomial(&c, 1.0 / rows as f64));
    Ok(Adf { account, statistic, p: surface.p(statistic), critical, lags, regression })
}
