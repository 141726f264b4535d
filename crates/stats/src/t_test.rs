//! What the t tests have in common: the result and the step from estimate, standard error and
//! degrees of freedom to p and interval.

use serde::Serialize;

use crate::StatError;
use crate::account::{Account, Effect, Estimate, Interval, IntervalKind, SampleSummary};
use crate::dist::student_t;
use crate::options::{Alternative, TestOptions};

/// Result of a t test.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TTest {
    /// Method, counts, findings, warnings, references.
    #[serde(flatten)]
    pub account: Account,
    /// The alternative hypothesis.
    pub alternative: Alternative,
    /// The value of the estimate under the null hypothesis, in the unit of the data.
    pub null: f64,
    /// Mean, mean difference, or difference of means (first minus second), with its standard error.
    pub estimate: Estimate,
    /// The t statistic.
    pub statistic: f64,
    /// Degrees of freedom.
    pub df: f64,
    /// p-value, from the survival function.
    pub p: f64,
    /// Confidence interval of the estimate; one-sided where the alternative is.
    pub ci: Interval,
    /// Standardised effect.
    pub effect: Option<Effect>,
    /// The samples, in the order given.
    pub samples: Vec<SampleSummary>,
}

/// The p-value of a t statistic.
pub(crate) fn p_value(statistic: f64, df: f64, alternative: Alternative) -> f64 {
    match alternative {
        Alternative::TwoSided => student_t::two_sided(statistic, df),
        Alternative::Greater => student_t::sf(statistic, df),
        Alternative::Less => student_t::cdf(statistic, df),
    }
}

/// The t interval around `value`.
pub(crate) fn t_interval(value: f64, se: f64, df: f64, level: f64, alternative: Alternative) -> Interval {
    let (low, high) = match alternative {
        Alternative::TwoSided => {
            let reach = student_t::isf(0.5 * (1.0 - level), df) * se;
            (value - reach, value + reach)
        }
        Alternative::Greater => {
            let reach = student_t::isf(1.0 - level, df) * se;
            (value - reach, f64::INFINITY)
        }
        Alternative::Less => {
            let reach = student_t::isf(1.0 - level, df) * se;
            (f64::NEG_INFINITY, value + reach)
        }
    };
    Interval { low, high, level, kind: IntervalKind::T }
}

/// The t interval of an estimate as the options ask for it. Fails if the estimate or a finite end
/// left the range of `f64`.
pub(crate) fn checked_interval(estimate: &Estimate, df: f64, options: &TestOptions) -> Result<Interval, StatError> {
    let ci = t_interval(estimate.value, estimate.se, df, options.level, options.alternative);
    let bounded = match options.alternative {
        Alternative::TwoSided => ci.low.is_finite() && ci.high.is_finite(),
        Alternative::Greater => ci.low.is_finite(),
        Alternative::Less => ci.high.is_finite(),
    };
    if estimate.value.is_finite() && bounded {
        Ok(ci)
    } else {
        Err(StatError::OutOfRange { what: "estimate or its interval" })
    }
}
