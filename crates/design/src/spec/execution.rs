//! Section `execution`.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::short_form::{self, ShortForm};

/// How runs are executed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Execution {
    /// Runs at a time.
    pub parallel: Parallel,
    /// Seconds per attempt.
    pub timeout: f64,
    /// Attempts after the first.
    pub retries: u32,
    /// Pause between runs.
    pub cooldown: Cooldown,
    /// Unrecorded runs before the first.
    pub warmup: u32,
    /// How energy is measured; default from the workload.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub energy: Option<EnergyMode>,
    /// Seconds of idling before and after the runs, where energy is measured per run, at least 3; 0: no baseline.
    pub energy_baseline: f64,
    /// Whether all conditions of a replicate see the same random inputs.
    pub common_random_numbers: bool,
    /// What the machine must offer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requires: Option<Requirements>,
}

impl Default for Execution {
    fn default() -> Self {
        Self {
            parallel: Parallel::Auto,
            timeout: 600.0,
            retries: 3,
            cooldown: Cooldown::Seconds(0.0),
            warmup: 0,
            energy: None,
            energy_baseline: 30.0,
            common_random_numbers: true,
            requires: None,
        }
    }
}

/// What the machine must offer before the queue admits the campaign.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Requirements {
    /// Memory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory_gb: Option<f64>,
    /// Cores.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpus: Option<u32>,
    /// Calls an hour that the provider must allow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_calls_per_hour: Option<u64>,
    /// Money that must be left, in USD.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost_limit: Option<f64>,
    /// Free disk.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disk_gb: Option<f64>,
}

/// How energy is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EnergyMode {
    /// Not at all.
    Off,
    /// Over the campaign as a whole.
    Campaign,
    /// Per run, attributed among runs that overlap.
    Concurrent,
    /// Per run, one run at a time.
    Exclusive,
}

/// Runs at a time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, JsonSchema)]
#[schemars(with = "ParallelForm")]
pub enum Parallel {
    /// The cores for CPU-bound workloads, 4 for model-bound ones.
    #[default]
    Auto,
    /// This many.
    Count(u32),
}

#[derive(JsonSchema)]
#[schemars(untagged)]
#[allow(dead_code, reason = "describes the accepted forms; never constructed")]
enum ParallelForm {
    /// This many.
    Count(u32),
    /// `auto`.
    Auto(AutoWord),
}

#[derive(JsonSchema)]
#[schemars(rename_all = "snake_case")]
#[allow(dead_code, reason = "describes the accepted forms; never constructed")]
enum AutoWord {
    /// The cores for CPU-bound workloads, 4 for model-bound ones.
    Auto,
}

/// No mapping is accepted here.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NoLongForm {}

impl ShortForm for Parallel {
    type Long = NoLongForm;
    const EXPECTED: &'static str = "auto, or a whole number of at least 1";

    fn from_long(_: NoLongForm) -> Result<Self, String> {
        Err(format!("a mapping is not accepted; expected {}", Self::EXPECTED))
    }
    fn from_text(text: &str) -> Option<Result<Self, String>> {
        Some(match text {
            "auto" => Ok(Self::Auto),
            _ => Err(format!("'{text}' is not accepted; expected {}", Self::EXPECTED)),
        })
    }
    fn from_number(x: f64) -> Option<Result<Self, String>> {
        let whole = x.fract() == 0.0 && (1.0..=f64::from(u32::MAX)).contains(&x);
        Some(whole.then_some(Self::Count(x as u32)).ok_or(format!("{x} is not accepted; expected {}", Self::EXPECTED)))
    }
}

impl<'de> Deserialize<'de> for Parallel {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        short_form::deserialize(d)
    }
}

impl Serialize for Parallel {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Auto => s.serialize_str("auto"),
            Self::Count(n) => s.serialize_u32(*n),
        }
    }
}

/// Pause between runs.
#[derive(Clone, Copy, Debug, PartialEq, JsonSchema)]
#[schemars(with = "CooldownForm")]
pub enum Cooldown {
    /// Always this long.
    Seconds(f64),
    /// Until the machine is near its resting temperature.
    Until {
        /// Degrees above the resting temperature.
        until_within_c: f64,
        /// Seconds after which the run starts anyway.
        at_most: f64,
    },
}

impl Default for Cooldown {
    fn default() -> Self {
        Self::Seconds(0.0)
    }
}

#[derive(JsonSchema)]
#[schemars(untagged)]
#[allow(dead_code, reason = "describes the accepted forms; never constructed")]
enum CooldownForm {
    /// Always this many seconds.
    Seconds(f64),
    /// Until cool.
    Until(CooldownLong),
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CooldownLong {
    /// Degrees above the resting temperature.
    until_within_c: f64,
    /// Seconds after which the run starts anyway.
    at_most: f64,
}

impl ShortForm for Cooldown {
    type Long = CooldownLong;
    const EXPECTED: &'static str = "seconds, or { until_within_c, at_most }";

    fn from_long(long: CooldownLong) -> Result<Self, String> {
        Ok(Self::Until { until_within_c: long.until_within_c, at_most: long.at_most })
    }
    fn from_number(x: f64) -> Option<Result<Self, String>> {
        Some(Ok(Self::Seconds(x)))
    }
}

impl<'de> Deserialize<'de> for Cooldown {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        short_form::deserialize(d)
    }
}

impl Serialize for Cooldown {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        match *self {
            Self::Seconds(x) => s.serialize_f64(x),
            Self::Until { until_within_c, at_most } => CooldownLong { until_within_c, at_most }.serialize(s),
        }
    }
}
