//! Power before the data: what a design can find, and how large it has to be. Power at an observed
//! effect says nothing that its p-value does not, and is not reported anywhere.

use serde::Serialize;

use crate::StatError;
use crate::account::Account;
use crate::options::Alternative;
use crate::special::root::monotone_root;

/// Options of a power calculation.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct PowerOptions {
    /// Size of the test, in (0, 1).
    pub alpha: f64,
    /// The power asked for, between alpha and 1.
    pub target: f64,
    /// The alternative hypothesis; F and χ² tests have but one.
    pub alternative: Alternative,
}

impl Default for PowerOptions {
    fn default() -> Self {
        Self { alpha: 0.05, target: 0.8, alternative: Alternative::TwoSided }
    }
}

/// Result of a power calculation.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Power {
    /// Method, planned observations in all, references.
    #[serde(flatten)]
    pub account: Account,
    /// The effect assumed.
    pub effect: f64,
    /// Power of the design as given.
    pub power: f64,
    /// Observations (of the first or of each group) that reach the target, as the equation has it.
    pub required: f64,
    /// The same, rounded up.
    pub required_whole: f64,
    /// The smallest effect of the same sign that the design as given finds with the target power;
    /// `None` if none does.
    pub detectable: Option<f64>,
}

/// Fails unless `value` lies within `low` and `high`, both excluded.
pub(crate) fn within(
    option: &'static str,
    value: f64,
    (low, high): (f64, f64),
    range: &'static str,
) -> Result<(), StatError> {
    if value > low && value < high {
        Ok(())
    } else {
        Err(StatError::InvalidOption { option, found: value.to_string(), range })
    }
}

impl PowerOptions {
    pub(crate) fn check(&self) -> Result<(), StatError> {
        within("alpha", self.alpha, (0.0, 1.0), "(0, 1)")?;
        within("target", self.target, (self.alpha, 1.0), "(alpha, 1)")
    }

    /// The share of alpha in the tail that is looked at.
    pub(crate) fn tail(&self) -> f64 {
        if self.alternative == Alternative::TwoSided { 0.5 * self.alpha } else { self.alpha }
    }
}

/// A design: its size, its least size (excluded), the effect and the largest effect there is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Design {
    pub(crate) n: f64,
    pub(crate) least: f64,
    pub(crate) effect: f64,
    pub(crate) largest: f64,
}

impl Design {
    /// Fails unless the size exceeds the least and the effect is neither zero nor impossible.
    pub(crate) fn check(&self) -> Result<(), StatError> {
        within("n", self.n, (self.least, 1e9), "the sizes above the smallest that can be tested, below 1e9")?;
        within("effect", self.effect.abs(), (0.0, self.largest), "the possible effects other than 0")
    }

    /// The size that gives the target power.
    pub(crate) fn required(&self, target: f64, power: impl Fn(f64) -> f64) -> Result<f64, StatError> {
        let gap = |u: f64| power(self.least + libm::exp(u)) - target;
        // A hundredth of an observation above the least size: smaller designs do not exist.
        let lowest = libm::log(0.01);
        if gap(lowest) >= 0.0 {
            return Ok(self.least + 0.01);
        }
        let guess = libm::log(self.n - self.least).max(lowest);
        monotone_root(gap, guess, 0.5, lowest, libm::log(1e9))
            .map(|u| self.least + libm::exp(u))
            .ok_or(StatError::NotConverged { what: "required size" })
    }

    /// Power, required size and detectable effect from the power as a function of both.
    pub(crate) fn answer(
        &self,
        account: Account,
        options: &PowerOptions,
        power: impl Fn(f64, f64) -> f64,
    ) -> Result<Power, StatError> {
        let here = power(self.n, self.effect);
        if !here.is_finite() {
            return Err(StatError::OutOfRange { what: "power" });
        }
        let required = self.required(options.target, |n| power(n, self.effect))?;
        let sign = self.effect.signum();
        let top = libm::log(self.largest.min(1e3));
        let gap = |u: f64| power(self.n, sign * libm::exp(u)) - options.target;
        let detectable = monotone_root(gap, libm::log(self.effect.abs()), 0.25, -25.0, top - 1e-9);
        Ok(Power {
            account,
            effect: self.effect,
            power: here,
            required,
            required_whole: libm::ceil(required),
            detectable: detectable.map(|u| sign * libm::exp(u)),
        })
    }
}
