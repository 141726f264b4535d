//! Logistic regression of a response that is 0 or 1.

use crate::StatError;
use crate::glm::{At, Family, Glm, GlmOptions, fit};

const FAMILY: Family = Family {
    method: "Logistic regression",
    method_clustered: "Logistic regression with cluster-robust errors",
    references: &[
        "McCullagh & Nelder (1989), Generalized Linear Models",
        "Albert & Anderson (1984), Biometrika 71, 1–10",
    ],
    at: |y, eta| {
        let odds = libm::exp(-eta.abs());
        let (likely, unlikely) = (1.0 / (1.0 + odds), odds / (1.0 + odds));
        // ln P of the likelier outcome; the other's is |eta| less.
        let log_likely = -libm::log1p(odds);
        let as_expected = (y > 0.0) == (eta >= 0.0);
        At {
            mean: if eta >= 0.0 { likely } else { unlikely },
            variance: likely * unlikely,
            log_likelihood: if as_expected { log_likely } else { log_likely - eta.abs() },
        }
    },
    link: |mean| libm::log(mean / (1.0 - mean)),
    saturated: |_| 0.0,
    start: |y| if y > 0.0 { 1.0986122886681098 } else { -1.0986122886681098 },
    free: |y| (y == 0.0, y > 0.0),
    accepts: |y| y == 0.0 || y == 1.0,
    range: "0 and 1",
};

/// P(y = 1) from the log odds.
pub(crate) fn probability(eta: f64) -> f64 {
    if eta >= 0.0 {
        1.0 / (1.0 + libm::exp(-eta))
    } else {
        let odds = libm::exp(eta);
        odds / (1.0 + odds)
    }
}

/// ln P(y = 1) from the log odds.
pub(crate) fn log_probability(eta: f64) -> f64 {
    if eta >= 0.0 { -libm::log1p(libm::exp(-eta)) } else { eta - libm::log1p(libm::exp(eta)) }
}

/// Regresses a response of 0 and 1 on the columns `x`: ln(P / (1 − P)) = β₀ + β x, by maximum
/// likelihood. `ratio` of a coefficient is the odds ratio for one unit more of its regressor.
///
/// Use it for success or failure of independent attempts; where attempts repeat within items, name
/// the items as clusters or use [`logistic_random_intercept`](crate::logistic_random_intercept).
/// Assumes linearity in the log odds. Where a combination of regressors separates the zeros from
/// the ones there is no finite estimate, and the answer is [`StatError::Separation`].
///
/// ```
/// use ergon_stats::{GlmOptions, StatError, logistic};
/// let x = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
/// let fit = logistic(&[0.0, 0.0, 1.0, 0.0, 1.0, 1.0], &[&x], &GlmOptions::default())?;
/// assert!((fit.coefficients[1].ratio - 3.367018).abs() < 1e-6);
/// // All zeros below all ones: the odds ratio has no finite estimate.
/// let apart = logistic(&[0.0, 0.0, 0.0, 1.0, 1.0, 1.0], &[&x], &GlmOptions::default());
/// assert_eq!(apart, Err(StatError::Separation { columns: vec![0] }));
/// // A group without a failure has none either, whatever the other group does.
/// let (group, all_succeed) = ([0.0, 0.0, 0.0, 1.0, 1.0, 1.0], [0.0, 1.0, 1.0, 1.0, 1.0, 1.0]);
/// let half_apart = logistic(&all_succeed, &[&group], &GlmOptions::default());
/// assert_eq!(half_apart, Err(StatError::Separation { columns: vec![0] }));
/// # Ok::<(), StatError>(())
/// ```
pub fn logistic(y: &[f64], x: &[&[f64]], options: &GlmOptions<'_>) -> Result<Glm, StatError> {
    fit(y, x, options, &FAMILY)
}
