//! What the correlations have in common: the result, the coefficient with its distances from ±1,
//! Fisher's interval.

use serde::Serialize;

use crate::StatError;
use crate::account::{Account, Interval, IntervalKind, wire_number};
use crate::dist::normal;
use crate::moments::{Moments, deviation};
use crate::options::{Alternative, TestOptions};
use crate::sum::sum;
use crate::t_test::p_value;

/// How the p-value of a rank correlation is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CorrelationMethod {
    /// Exact for small samples, else approximate.
    #[default]
    Auto,
    /// Exact, from the permutation distribution.
    Exact,
    /// The usual approximation: Student's t for Spearman, normal for Kendall.
    Approximate,
}

/// Result of a correlation.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Correlation {
    /// Method, counts (pairs), findings, warnings, references.
    #[serde(flatten)]
    pub account: Account,
    /// The alternative hypothesis about the coefficient.
    pub alternative: Alternative,
    /// The coefficient's name as printed.
    pub name: &'static str,
    /// The coefficient, in \[−1, 1\].
    pub estimate: f64,
    /// The statistic that p comes from: t, z, Σd² (exact Spearman) or the number of discordant
    /// pairs (exact Kendall). Infinite for a perfect correlation.
    #[serde(serialize_with = "wire_number")]
    pub statistic: f64,
    /// Degrees of freedom of t.
    pub df: Option<f64>,
    /// p-value.
    pub p: f64,
    /// Interval of the coefficient; `None` where the sample is too small for it or the
    /// correlation is perfect.
    pub ci: Option<Interval>,
}

/// A coefficient r with 1 − r and 1 + r, each to full relative accuracy.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Coefficient {
    pub(crate) r: f64,
    below_one: f64,
    above_minus_one: f64,
}

impl Coefficient {
    /// Pearson's coefficient of aligned samples that are not empty.
    ///
    /// With both samples centred and scaled to length one, 1 ∓ r is half the squared length of
    /// their difference and sum.
    pub(crate) fn of(x: &[f64], y: &[f64]) -> Result<Self, StatError> {
        let (mx, my) = (Moments::of(x), Moments::of(y));
        for (what, m) in [("x", &mx), ("y", &my)] {
            if m.is_constant() {
                return Err(StatError::NoVariation { what });
            }
        }
        let direction = |v: f64, m: &Moments| deviation(v / m.unit, m.center) / m.ss.sqrt();
        let both = || x.iter().zip(y).map(|(a, b)| (direction(*a, &mx), direction(*b, &my)));
        let r = sum(both().map(|(a, b)| a * b));
        let below_one = 0.5 * sum(both().map(|(a, b)| (a - b) * (a - b)));
        let above_minus_one = 0.5 * sum(both().map(|(a, b)| (a + b) * (a + b)));
        if !(r.is_finite() && below_one.is_finite() && above_minus_one.is_finite()) {
            return Err(StatError::OutOfRange { what: "correlation" });
        }
        Ok(Self { r: r.clamp(-1.0, 1.0), below_one, above_minus_one })
    }

    /// r √(df / (1 − r²)).
    pub(crate) fn t(&self, df: f64) -> f64 {
        self.r * (df / (self.below_one * self.above_minus_one)).sqrt()
    }

    /// Fisher's interval with standard error `se` of z; `None` for a perfect correlation.
    pub(crate) fn fisher_interval(&self, se: f64, options: &TestOptions) -> Option<Interval> {
        let z = 0.5 * libm::log(self.above_minus_one / self.below_one);
        if !z.is_finite() {
            return None;
        }
        let reach = |p: f64| normal::isf(p) * se;
        let outside = 1.0 - options.level;
        let (low, high) = match options.alternative {
            Alternative::TwoSided => (libm::tanh(z - reach(0.5 * outside)), libm::tanh(z + reach(0.5 * outside))),
            Alternative::Greater => (libm::tanh(z - reach(outside)), 1.0),
            Alternative::Less => (-1.0, libm::tanh(z + reach(outside))),
        };
        Some(Interval { low, high, level: options.level, kind: IntervalKind::FisherZ })
    }

    /// t, its p-value and Fisher's interval for `df` degrees of freedom (n − 2 less the number of
    /// variables held constant).
    pub(crate) fn tested(
        &self,
        df: f64,
        name: &'static str,
        account: Account,
        options: &TestOptions,
    ) -> Result<Correlation, StatError> {
        let statistic = self.t(df);
        if statistic.is_nan() {
            return Err(StatError::OutOfRange { what: "t" });
        }
        Ok(Correlation {
            account,
            alternative: options.alternative,
            name,
            estimate: self.r,
            statistic,
            df: Some(df),
            p: p_value(statistic, df, options.alternative),
            ci: if df > 1.0 { self.fisher_interval(1.0 / (df - 1.0).sqrt(), options) } else { None },
        })
    }
}
