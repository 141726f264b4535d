//! What is asked: a metric, levels to compare, and how the user wants it answered.

use ergon_design::spec::{Correction, Estimand, Procedure, Sided};
use ergon_domain::Value;

use crate::result::Role;

/// A question to the data, with the options every answer shares.
#[derive(Clone, Debug, PartialEq)]
pub struct Ask {
    /// The response.
    pub metric: String,
    /// Level of intervals.
    pub confidence: f64,
    /// Correction for several tests.
    pub correction: Correction,
    /// What is estimated; `None`: from the metric's family.
    pub estimand: Option<Estimand>,
    /// Name of a procedure; `None` or `auto`: from family, estimand and design structure.
    pub test: Option<String>,
    /// Direction of the test.
    pub direction: Sided,
    /// The estimand under the null hypothesis, in its unit; `None`: no difference, which is 0, or 1 for ratios.
    pub null: Option<f64>,
    /// Whether the question was written down before the data.
    pub role: Role,
}

impl Ask {
    /// A two-sided question at 95 % about a metric, everything else by default.
    pub fn about(metric: impl Into<String>) -> Self {
        Self {
            metric: metric.into(),
            confidence: 0.95,
            correction: Correction::Holm,
            estimand: None,
            test: None,
            direction: Sided::TwoSided,
            null: None,
            role: Role::Exploratory,
        }
    }

    /// The estimand under the null hypothesis.
    pub(crate) fn null_value(&self) -> f64 {
        self.null.unwrap_or(if self.estimand.is_some_and(Estimand::is_ratio) { 1.0 } else { 0.0 })
    }

    /// The name of the procedure the user insists on.
    pub(crate) fn forced_test(&self) -> Option<&str> {
        self.test.as_deref().filter(|t| *t != "auto" && !t.is_empty())
    }

    /// Whether that is this procedure.
    pub(crate) fn insists_on(&self, procedure: Procedure) -> bool {
        self.forced_test().and_then(Procedure::named) == Some(procedure)
    }
}

/// Two levels of a factor: treatment minus control.
#[derive(Clone, Debug, PartialEq)]
pub struct Contrast {
    /// The factor.
    pub factor: String,
    /// Its level of interest.
    pub treatment: Value,
    /// The level it is compared with.
    pub control: Value,
}
