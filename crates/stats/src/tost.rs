//! Equivalence by two one-sided tests.

use serde::Serialize;

use crate::StatError;
use crate::account::{Account, Estimate, Interval};
use crate::dist::student_t;
use crate::missing::MissingPolicy;
use crate::options::{Alternative, TestOptions};
use crate::paired::t_paired;
use crate::pairwise_t::PairVariance;
use crate::student::t_student;
use crate::t_test::TTest;
use crate::welch::t_welch;

const REFERENCES: &[&str] = &["Schuirmann (1987), Journal of Pharmacokinetics and Biopharmaceutics 15, 657–680"];

/// The range within which a difference counts as none, and the size of the test.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct EquivalenceOptions {
    /// Lower bound of the range, in the unit of the data.
    pub low: f64,
    /// Upper bound.
    pub high: f64,
    /// Size of each one-sided test, in (0, ½). The interval has level 1 − 2α.
    pub alpha: f64,
    /// What to do with missing values.
    pub missing: MissingPolicy,
}

/// Result of two one-sided tests.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Tost {
    /// Method, counts, findings, warnings, references.
    #[serde(flatten)]
    pub account: Account,
    /// Lower and upper bound of equivalence.
    pub bounds: [f64; 2],
    /// Difference (first minus second), with its standard error.
    pub estimate: Estimate,
    /// t of the difference above the lower bound.
    pub t_low: f64,
    /// Its p-value.
    pub p_low: f64,
    /// t of the difference below the upper bound.
    pub t_high: f64,
    /// Its p-value.
    pub p_high: f64,
    /// Degrees of freedom.
    pub df: f64,
    /// p-value of equivalence: the larger of the two.
    pub p: f64,
    /// Interval of level 1 − 2α: equivalence is shown where it lies within the bounds.
    pub ci: Interval,
}

impl EquivalenceOptions {
    fn test(&self) -> Result<TestOptions, StatError> {
        if !(self.low.is_finite() && self.high.is_finite() && self.low < self.high) {
            let found = format!("{} to {}", self.low, self.high);
            return Err(StatError::InvalidOption { option: "bounds", found, range: "finite, low below high" });
        }
        if !(self.alpha > 0.0 && self.alpha < 0.5) {
            return Err(StatError::InvalidOption { option: "alpha", found: self.alpha.to_string(), range: "(0, ½)" });
        }
        Ok(TestOptions {
            alternative: Alternative::TwoSided,
            level: 1.0 - 2.0 * self.alpha,
            missing: self.missing,
            effect_ci: false,
        })
    }

    fn judge(&self, test: TTest, method: &'static str) -> Result<Tost, StatError> {
        let TTest { mut account, estimate, df, ci, .. } = test;
        account.method = method;
        account.references = REFERENCES;
        let t_low = (estimate.value - self.low) / estimate.se;
        let t_high = (estimate.value - self.high) / estimate.se;
        if !(t_low.is_finite() && t_high.is_finite()) {
            return Err(StatError::OutOfRange { what: "t" });
        }
        let (p_low, p_high) = (student_t::sf(t_low, df), student_t::cdf(t_high, df));
        Ok(Tost {
            account,
            bounds: [self.low, self.high],
            estimate,
            t_low,
            p_low,
            t_high,
            p_high,
            df,
            p: p_low.max(p_high),
            ci,
        })
    }
}

/// Are the means of two independent samples equivalent?
///
/// Use it to show that a difference is too small to matter; a large p of a test of difference shows
/// nothing. The bounds are set before the data. Assumes what the t test does; equivalence holds at α
/// where the interval of level 1 − 2α lies within the bounds (Schuirmann 1987).
///
/// ```
/// use ergon_stats::{EquivalenceOptions, MissingPolicy, PairVariance, tost};
/// let x = [10.1, 9.9, 10.0, 10.2, 9.8];
/// let y = [10.0, 10.1, 9.9, 10.0, 10.1];
/// let within = EquivalenceOptions { low: -0.5, high: 0.5, alpha: 0.05, missing: MissingPolicy::Refuse };
/// let found = tost(&x, &y, PairVariance::Separate, &within)?;
/// assert!(found.p < 0.05 && found.ci.low > -0.5 && found.ci.high < 0.5);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn tost(x: &[f64], y: &[f64], variance: PairVariance, options: &EquivalenceOptions) -> Result<Tost, StatError> {
    let test = options.test()?;
    match variance {
        PairVariance::Separate => options.judge(t_welch(x, y, &test)?, "Two one-sided Welch t tests of equivalence"),
        PairVariance::Pooled => options.judge(t_student(x, y, &test)?, "Two one-sided t tests of equivalence"),
    }
}

/// Are the means of two paired samples equivalent?
///
/// Use it as [`tost`](crate::tost) where each x has its own y.
///
/// ```
/// use ergon_stats::{EquivalenceOptions, MissingPolicy, tost_paired};
/// let x = [10.1, 9.9, 10.0, 10.2, 9.8];
/// let y = [10.0, 10.1, 9.9, 10.0, 10.1];
/// let within = EquivalenceOptions { low: -0.1, high: 0.1, alpha: 0.05, missing: MissingPolicy::Refuse };
/// // Bounds this narrow are not shown by five pairs.
/// assert!(tost_paired(&x, &y, &within)?.p > 0.05);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn tost_paired(x: &[f64], y: &[f64], options: &EquivalenceOptions) -> Result<Tost, StatError> {
    let test = options.test()?;
    options.judge(t_paired(x, y, &test)?, "Two one-sided paired t tests of equivalence")
}
