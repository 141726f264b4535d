//! Poisson regression of counts.

use crate::StatError;
use crate::account::Warning;
use crate::glm::{At, Family, Glm, GlmOptions, fit};

const FAMILY: Family = Family {
    method: "Poisson regression",
    method_clustered: "Poisson regression with cluster-robust errors",
    references: &[
        "McCullagh & Nelder (1989), Generalized Linear Models",
        "Correia, Guimarães & Zylkin (2019), arXiv:1903.01633",
    ],
    at: |y, eta| {
        let mean = libm::exp(eta);
        At { mean, variance: mean, log_likelihood: y * eta - mean - libm::lgamma(y + 1.0) }
    },
    link: libm::log,
    saturated: |y| if y > 0.0 { y * libm::log(y) - y - libm::lgamma(y + 1.0) } else { 0.0 },
    start: |y| libm::log(y.max(0.0) + 0.1),
    free: |y| (y == 0.0, false),
    accepts: |y| y >= 0.0 && y == libm::floor(y) && y <= 9_007_199_254_740_992.0,
    range: "whole numbers from 0",
};

/// Pearson's χ² over its degrees of freedom above which the standard errors are much too small.
const OVERDISPERSED: f64 = 1.5;

/// Regresses counts on the columns `x`: ln E y = β₀ + β x + offset, by maximum likelihood. `ratio`
/// of a coefficient is the rate ratio for one unit more of its regressor.
///
/// Use it for numbers of events; with unequal exposure give ln(exposure) as the offset. Assumes
/// that the variance is the mean: `dispersion` says how far it is from that, and cluster-robust
/// errors (every row its own cluster) do without. Where zeros can be fitted ever better by a
/// coefficient that goes to infinity, the answer is [`StatError::Separation`].
///
/// ```
/// use ergon_stats::{GlmOptions, poisson_glm};
/// // One regressor of two values: the rate ratio is the ratio of the means, 6 / 2.
/// let x = [0.0, 0.0, 0.0, 1.0, 1.0, 1.0];
/// let fit = poisson_glm(&[1.0, 2.0, 3.0, 5.0, 6.0, 7.0], &[&x], &GlmOptions::default())?;
/// assert!((fit.coefficients[1].ratio - 3.0).abs() < 1e-12);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn poisson_glm(y: &[f64], x: &[&[f64]], options: &GlmOptions<'_>) -> Result<Glm, StatError> {
    let mut glm = fit(y, x, options, &FAMILY)?;
    if glm.dispersion > OVERDISPERSED && options.clusters.is_none() {
        glm.account.warnings.push(Warning::Overdispersed { ratio: glm.dispersion });
    }
    Ok(glm)
}
