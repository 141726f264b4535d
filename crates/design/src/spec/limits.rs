//! Sections `budget`, `quality` and `alerts`: numbers that stop, judge or ring. What is left out has no limit, or the
//! product's default threshold.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What the campaign may spend. Free to edit.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Budget {
    /// Money, in USD.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usd: Option<f64>,
    /// Money per run, in USD.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usd_per_run: Option<f64>,
    /// Tokens, in and out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tokens: Option<u64>,
    /// Energy, in joules.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub energy_j: Option<f64>,
    /// Hours for which engines hold the campaign, all sessions together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hours: Option<f64>,
}

/// When data is good enough.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Quality {
    /// Smallest quality score, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_score: Option<f64>,
    /// Largest share of outliers, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_outlier_ratio: Option<f64>,
    /// Smallest share of runs that succeed, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_success_rate: Option<f64>,
}

/// When to call the researcher. Free to edit.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Alerts {
    /// Share of failed runs, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure_rate: Option<f64>,
    /// Share of failed model calls, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model_error_rate: Option<f64>,
    /// Variance of durations over what was seen before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration_variance_ratio: Option<f64>,
    /// Quality score below which to ring, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_quality: Option<f64>,
    /// CPU load of the machine, in %.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu_percent: Option<f64>,
    /// Memory in use, in %.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory_percent: Option<f64>,
    /// Disk in use, in %.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disk_percent: Option<f64>,
    /// Temperature, in °C.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temperature_c: Option<f64>,
    /// Money per hour, in USD.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost_per_hour: Option<f64>,
    /// Model calls per minute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calls_per_minute: Option<f64>,
}
