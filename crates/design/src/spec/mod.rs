//! The spec as types: what a campaign's file may say. Names and shapes are a contract (`spec-example.yaml`).
//!
//! Types here hold what was written, short forms unfolded; nothing is checked against a workload. The JSON Schema for
//! editors is generated from them.

mod analysis;
mod campaign;
mod design;
mod execution;
mod hypothesis;
mod levels;
mod limits;
mod model;
mod phase;
mod procedure;
mod rule;
mod scalar;
mod short_form;
mod threshold;
mod workload;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use analysis::{Analysis, Correction, Export, Question, QuestionKind};
pub use campaign::{Author, CampaignInfo};
pub use design::{Design, DesignKind};
pub use execution::{Cooldown, EnergyMode, Execution, Parallel, Requirements};
pub use hypothesis::{Contrast, Estimand, Expected, FrameChoice, Hypothesis, Sided};
pub use levels::Levels;
pub use limits::{Alerts, Budget, Quality};
pub use model::ModelChoice;
pub use phase::{Order, Phase};
pub use procedure::Procedure;
pub use rule::Rule;
pub use threshold::threshold_share;
pub use workload::WorkloadChoice;

/// The spec version this release reads.
pub const SPEC_VERSION: u32 = 1;

/// A campaign written down.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Ergon campaign spec")]
pub struct Spec {
    /// Spec version: 1.
    pub ergon: u32,
    /// What the study is about, and its seed.
    pub campaign: CampaignInfo,
    /// What the study expects, and how it will be decided.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hypotheses: Vec<Hypothesis>,
    /// What a run does, and its fixed parameters.
    pub workload: WorkloadChoice,
    /// Varied parameters and their levels, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub factors: BTreeMap<String, Levels>,
    /// Conditions for which one of these expressions is false are left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub constraints: Vec<String>,
    /// Language models by the name the workload's parameters use.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub models: BTreeMap<String, ModelChoice>,
    /// Parts with a design of their own; none: one phase `main`, full factorial, one replicate.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub phases: Vec<Phase>,
    /// How runs are executed.
    #[serde(default)]
    pub execution: Execution,
    /// What the campaign may spend.
    #[serde(default)]
    pub budget: Budget,
    /// When data is good enough.
    #[serde(default)]
    pub quality: Quality,
    /// When to call the researcher.
    #[serde(default)]
    pub alerts: Alerts,
    /// What will be asked of the data.
    #[serde(default)]
    pub analysis: Analysis,
    /// What is written when the campaign ends.
    #[serde(default)]
    pub export: Export,
}
