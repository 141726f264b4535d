//! A campaign: a spec that has been checked against its workload and bound to typed values.

use std::collections::BTreeMap;
use std::sync::Arc;

use ergon_domain::{Condition, Digest, Manifest, ParameterName, PlannedRun, RunStreams, Value};

use crate::constraint::Constraint;
use crate::problem::Problem;
use crate::spec::{Design, DesignKind, Order, Spec};

/// An input file of a campaign, known by its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputFile {
    /// Digest of its bytes.
    pub digest: Digest,
    /// Length in bytes.
    pub size: u64,
    /// Path as the spec names it.
    pub path: String,
}

/// A varied parameter and its bound levels, distinct, in the order written.
#[derive(Clone, Debug, PartialEq)]
pub struct Factor {
    /// The parameter.
    pub name: ParameterName,
    /// Its levels.
    pub levels: Vec<Value>,
}

/// A phase with its factors and fixed values bound.
#[derive(Clone, Debug, PartialEq)]
pub struct ResolvedPhase {
    /// Name.
    pub name: String,
    /// What it looks at.
    pub focus: Option<String>,
    /// Every parameter that the phase doesn't vary: fixed here, fixed in the workload section, or default.
    pub base: Condition,
    /// Factors it varies, the first varying slowest.
    pub factors: Vec<Factor>,
    /// How conditions are chosen.
    pub design: Design,
    /// Conditions of an explicit design or of a choice that was made, bound, each naming every factor.
    pub explicit: Vec<BTreeMap<ParameterName, Value>>,
    /// Runs per condition.
    pub replicates: u32,
    /// Phases that must end first, by position in the spec; those it is chosen from are among them.
    pub depends_on: Vec<u16>,
    /// Phases whose results `top_effects` chooses its conditions from, by position in the spec.
    pub from: Vec<u16>,
    /// Order of its runs.
    pub order: Order,
    /// Among phases that may start, the higher number goes first.
    pub priority: i32,
}

impl ResolvedPhase {
    /// Whether its conditions are still to be chosen from the results of other phases.
    pub fn is_open(&self) -> bool {
        self.design.kind == DesignKind::TopEffects && self.explicit.is_empty()
    }
}

/// A checked campaign. Everything a plan needs, and nothing that isn't in the spec, the manifest and the inputs.
#[derive(Clone, Debug)]
pub struct Campaign {
    /// Its name.
    pub id: String,
    /// The spec as written.
    pub spec: Spec,
    /// What the workload declared.
    pub manifest: Arc<Manifest>,
    /// Parameters that some phase varies, with the levels of the factors section.
    pub factors: Vec<Factor>,
    /// Phases in the order of the spec; at least one.
    pub phases: Vec<ResolvedPhase>,
    /// Expressions that every condition fulfils.
    pub constraints: Vec<Constraint>,
    /// Input files by content.
    pub inputs: BTreeMap<Digest, InputFile>,
    /// What all runs share: part of every run's key.
    pub base: Digest,
    /// Digest of the whole spec.
    pub spec_hash: Digest,
    /// What is worth a look.
    pub warnings: Vec<Problem>,
}

impl Campaign {
    /// The campaign's seed.
    pub fn seed(&self) -> u64 {
        self.spec.campaign.seed
    }

    /// Where a run's random numbers come from.
    pub fn streams_for(&self, run: &PlannedRun) -> RunStreams {
        let shared = self.spec.execution.common_random_numbers;
        let common = self.manifest.streams.iter().filter(|s| shared && s.common).map(|s| s.name.to_string());
        RunStreams { key: run.key, campaign_seed: self.seed(), replicate: run.replicate, common: common.collect() }
    }
}
