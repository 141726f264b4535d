//! Predictions from a straight line.

use serde::Serialize;

use crate::StatError;
use crate::account::{Account, Interval};
use crate::missing::{MissingPolicy, observed_pairs};
use crate::moments::{Moments, deviation};
use crate::ols::{OlsOptions, ols};
use crate::options::{Alternative, check_level};
use crate::t_test::t_interval;

const REFERENCES: &[&str] = &["Draper & Smith (1998), Applied Regression Analysis, section 3.1"];

/// The line at one new x.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct LinePrediction {
    /// The new x.
    pub x: f64,
    /// The line there.
    pub mean: f64,
    /// Interval of the line.
    pub mean_ci: Interval,
    /// Interval of one new observation.
    pub prediction: Interval,
}

/// Predictions from a straight line.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SimpleRegressionPrediction {
    /// Method, counts (points), findings, warnings, references.
    #[serde(flatten)]
    pub account: Account,
    /// Intercept of the line.
    pub intercept: f64,
    /// Slope of the line.
    pub slope: f64,
    /// One prediction for each new x, in the order given. Each interval holds alone.
    pub predictions: Vec<LinePrediction>,
}

/// Fits y = a + b x by least squares and predicts at `x_new`.
///
/// Use `mean_ci` for where the line is, `prediction` for where the next observation will be.
/// Assumes a line and normal errors of equal spread.
///
/// ```
/// use ergon_stats::{MissingPolicy, simple_regression_prediction};
/// let x = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
/// let y = [2.1, 3.9, 6.2, 7.8, 10.1, 12.2];
/// let found = simple_regression_prediction(&x, &y, &[7.0], 0.95, MissingPolicy::Refuse)?;
/// assert!((found.slope - 2.02).abs() < 1e-4);
/// assert!((found.predictions[0].mean - 14.12).abs() < 1e-4);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn simple_regression_prediction(
    x: &[f64],
    y: &[f64],
    x_new: &[f64],
    level: f64,
    missing: MissingPolicy,
) -> Result<SimpleRegressionPrediction, StatError> {
    check_level(level)?;
    if let Some(index) = x_new.iter().position(|v| !v.is_finite()) {
        return Err(StatError::NonFinite { what: "x_new", index });
    }
    let (x, y, dropped) = observed_pairs(x, y, missing)?;
    let fit = ols(&y, &[&x], &OlsOptions { intercept: true, level, missing })?;
    let [constant, slope] = fit.coefficients.as_slice() else {
        return Err(StatError::TooFew { what: "coefficients", needed: 2, found: fit.coefficients.len() });
    };
    let (mx, my) = (Moments::of(&x), Moments::of(&y).mean());
    let n = x.len() as f64;
    let predictions: Vec<LinePrediction> = x_new
        .iter()
        .map(|&at| {
            let gap = deviation(at / mx.unit, mx.center);
            let mean = my + slope.estimate * (gap * mx.unit);
            let share = 1.0 / n + gap * (gap / mx.ss);
            let around =
                |share: f64| t_interval(mean, fit.sigma * share.sqrt(), fit.df_residual, level, Alternative::TwoSided);
            LinePrediction { x: at, mean, mean_ci: around(share), prediction: around(1.0 + share) }
        })
        .collect();
    let sound = |p: &LinePrediction| p.prediction.low.is_finite() && p.prediction.high.is_finite();
    if !predictions.iter().all(sound) {
        return Err(StatError::OutOfRange { what: "predictions" });
    }
    let mut account = Account::new("Predictions from a straight line", x.len(), dropped, REFERENCES);
    account.warnings = fit.account.warnings;
    Ok(SimpleRegressionPrediction { account, intercept: constant.estimate, slope: slope.estimate, predictions })
}
