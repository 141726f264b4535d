//! Section `phases`.

use std::collections::BTreeMap;

use ergon_domain::Value;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::design::Design;
use super::levels::Levels;
use super::scalar::ScalarForm;

/// A named part of a campaign with its own design, fixed levels and replicates.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Phase {
    /// Name.
    pub name: String,
    /// What it looks at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub focus: Option<String>,
    /// Parameters held at one level in this phase.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(with = "BTreeMap<String, ScalarForm>")]
    pub fix: BTreeMap<String, Value>,
    /// How conditions are chosen.
    #[serde(default)]
    pub design: Design,
    /// Factors varied here, the first listed varying slowest; default: all that are not fixed, by name. The others
    /// keep their fixed or default value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub factors: Option<Vec<String>>,
    /// Levels that differ from the campaign's in this phase.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub levels: BTreeMap<String, Levels>,
    /// Runs per condition.
    #[serde(default = "one")]
    pub replicates: u32,
    /// Phases that must end first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub depends_on: Vec<String>,
    /// Order of execution.
    #[serde(default)]
    pub order: Order,
    /// Among phases that may start, the higher number goes first.
    #[serde(default)]
    pub priority: i32,
}

fn one() -> u32 {
    1
}

impl Phase {
    /// The phase of a spec that names none: every combination, once.
    pub fn main() -> Self {
        Self {
            name: "main".into(),
            focus: None,
            fix: BTreeMap::new(),
            design: Design::default(),
            factors: None,
            levels: BTreeMap::new(),
            replicates: 1,
            depends_on: Vec::new(),
            order: Order::default(),
            priority: 0,
        }
    }
}

/// Order of a phase's runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// A permutation of all runs, from the campaign's seed.
    #[default]
    Randomised,
    /// Condition by condition, replicate by replicate.
    AsListed,
    /// All conditions of a replicate, randomised, before the next replicate.
    BlockedByReplicate,
}
