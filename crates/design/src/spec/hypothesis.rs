//! Section `hypotheses`.

use ergon_domain::Value;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::scalar::ScalarForm;

/// One expectation and how it is decided.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Hypothesis {
    /// Short name.
    pub id: String,
    /// The expectation in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statement: Option<String>,
    /// Which runs; all when left out.
    #[serde(default)]
    pub frame: FrameChoice,
    /// The response.
    pub metric: String,
    /// What is estimated.
    #[serde(default)]
    pub estimand: Estimand,
    /// Which levels are compared.
    pub contrast: Contrast,
    /// Which direction supports it.
    #[serde(default)]
    pub direction: Sided,
    /// Shown beside the estimate; never decides the verdict.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<Expected>,
    /// `auto` or the name of a procedure.
    #[serde(default = "auto")]
    pub test: String,
    /// Non-inferiority margin, above 0: for `mean_difference`, `log_ratio` and `slope` in the estimand's unit; for
    /// `ratio`, `odds_ratio` and `hazard_ratio` what may be missing to 1 (0.2: at least 0.8 of the control's).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub margin: Option<f64>,
    /// What the treatment's own mean is tested against, in the metric's unit (`estimand: mean` only).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threshold: Option<f64>,
    /// Level of the test, between 0 and 1.
    #[serde(default = "five_percent")]
    pub alpha: f64,
    /// The decision rule in words, printed beside the verdict.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<String>,
}

fn auto() -> String {
    "auto".into()
}

fn five_percent() -> f64 {
    0.05
}

/// Which runs an analysis sees.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FrameChoice {
    /// Phases; all when left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub phases: Vec<String>,
    /// Filters `factor=level`; runs that match all.
    #[serde(default, rename = "where", skip_serializing_if = "Vec::is_empty")]
    pub filters: Vec<String>,
}

/// Which levels of which factor are compared.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Contrast {
    /// The factor.
    pub factor: String,
    /// Its level of interest; left out for a slope, and for a mean over all levels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<ScalarForm>")]
    pub treatment: Option<Value>,
    /// The level it is compared with; left out for a slope and for a mean.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<ScalarForm>")]
    pub control: Option<Value>,
}

/// What is estimated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Estimand {
    /// Difference of means.
    #[default]
    MeanDifference,
    /// The treatment's own mean, against `threshold`.
    Mean,
    /// Ratio of means.
    Ratio,
    /// Mean log ratio.
    LogRatio,
    /// Odds ratio.
    OddsRatio,
    /// Hazard ratio.
    HazardRatio,
    /// Slope on the factor's number.
    Slope,
}

impl Estimand {
    /// Name in a spec.
    pub fn name(self) -> &'static str {
        match self {
            Self::MeanDifference => "mean_difference",
            Self::Mean => "mean",
            Self::Ratio => "ratio",
            Self::LogRatio => "log_ratio",
            Self::OddsRatio => "odds_ratio",
            Self::HazardRatio => "hazard_ratio",
            Self::Slope => "slope",
        }
    }

    /// Whether it is 1, and not 0, where the levels don't differ.
    pub fn is_ratio(self) -> bool {
        matches!(self, Self::Ratio | Self::OddsRatio | Self::HazardRatio)
    }
}

/// Which direction supports a hypothesis.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sided {
    /// Treatment above control.
    Greater,
    /// Treatment below control.
    Less,
    /// Either.
    #[default]
    TwoSided,
}

/// An expected size, as an interval.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, ts_rs::TS)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// Of the ratio treatment/control.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ratio: Option<[f64; 2]>,
    /// Of the difference treatment − control.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub difference: Option<[f64; 2]>,
    /// Of the treatment's own value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<[f64; 2]>,
}
