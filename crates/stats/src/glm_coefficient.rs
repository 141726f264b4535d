//! A coefficient on the scale of a link, with its Wald test and interval, and as a ratio.

use serde::Serialize;

use crate::account::{Interval, IntervalKind};
use crate::dist::normal;

/// One coefficient, on the scale of the link (log odds, log rates, log hazards).
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct GlmCoefficient {
    /// Estimate.
    pub estimate: f64,
    /// Standard error.
    pub se: f64,
    /// Wald's z.
    pub z: f64,
    /// Two-sided p-value of z.
    pub p: f64,
    /// Wald's interval.
    pub ci: Interval,
    /// exp(estimate): the odds or rate ratio for one unit more of the regressor.
    pub ratio: f64,
    /// Its interval.
    pub ratio_ci: Interval,
}

impl GlmCoefficient {
    /// Whether all of it fits into a 64-bit float.
    pub(crate) fn is_finite(&self) -> bool {
        self.se > 0.0 && [self.z, self.ratio, self.ratio_ci.low, self.ratio_ci.high].iter().all(|v| v.is_finite())
    }
}

/// A coefficient with its Wald test and interval, and the same as a ratio.
pub(crate) fn coefficient(estimate: f64, variance: f64, level: f64) -> GlmCoefficient {
    let se = variance.sqrt();
    let z = estimate / se;
    let reach = normal::isf(0.5 * (1.0 - level)) * se;
    let (low, high) = (estimate - reach, estimate + reach);
    GlmCoefficient {
        estimate,
        se,
        z,
        p: 2.0 * normal::sf(z.abs()),
        ci: Interval { low, high, level, kind: IntervalKind::Normal },
        ratio: libm::exp(estimate),
        ratio_ci: Interval { low: libm::exp(low), high: libm::exp(high), level, kind: IntervalKind::Normal },
    }
}
