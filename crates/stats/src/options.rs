//! What a test can be told: the alternative, the confidence level, the policy for missing values.

use serde::Serialize;

use crate::{MissingPolicy, StatError};

/// The alternative hypothesis about the estimate (for two samples: first minus second).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Alternative {
    /// It differs from the null value.
    #[default]
    TwoSided,
    /// It is below the null value.
    Less,
    /// It is above the null value.
    Greater,
}

/// Options of the tests of location.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct TestOptions {
    /// The alternative hypothesis.
    pub alternative: Alternative,
    /// Confidence level of the intervals, in (0, 1).
    pub level: f64,
    /// What to do with missing values.
    pub missing: MissingPolicy,
    /// Whether to compute the interval of the effect size (it inverts a noncentral t
    /// distribution, which costs far more than the test itself).
    pub effect_ci: bool,
}

impl Default for TestOptions {
    fn default() -> Self {
        Self { alternative: Alternative::TwoSided, level: 0.95, missing: MissingPolicy::Refuse, effect_ci: true }
    }
}

impl TestOptions {
    /// Fails unless the level lies strictly between 0 and 1.
    pub(crate) fn check(&self) -> Result<(), StatError> {
        check_level(self.level)
    }
}

/// Fails unless `level` lies strictly between 0 and 1.
pub(crate) fn check_level(level: f64) -> Result<(), StatError> {
    if level > 0.0 && level < 1.0 {
        Ok(())
    } else {
        Err(StatError::InvalidOption { option: "level", found: level.to_string(), range: "(0, 1)" })
    }
}
