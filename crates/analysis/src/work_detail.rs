//! What a comparison of ways of working found: pairs, right answers, parts of the work.

use ergon_domain::WireNumber;
use serde::Serialize;

use crate::result::{Interval, wire, wire_option};

/// What one way of working takes over another, pair by pair.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct Tax {
    /// The factor.
    pub factor: String,
    /// The level of interest.
    pub treatment: String,
    /// The level it is compared with.
    pub control: String,
    /// Geometric mean of the pairs' ratios.
    #[serde(serialize_with = "wire_option")]
    #[ts(as = "Option<WireNumber>")]
    pub ratio: Option<f64>,
    /// Its interval.
    pub ratio_ci: Option<Interval>,
    /// Mean of the pairs' differences, in the metric's unit.
    #[serde(serialize_with = "wire_option")]
    #[ts(as = "Option<WireNumber>")]
    pub difference: Option<f64>,
    /// Its interval.
    pub difference_ci: Option<Interval>,
    /// The ratio in words.
    pub reading: String,
    /// The pairs.
    pub pairs: Vec<TaxPair>,
}

/// A pair of runs that differ in their way of working alone.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct TaxPair {
    /// The levels of the other factors.
    pub cell: String,
    /// Replicate, from 0.
    pub replicate: u32,
    /// The treatment's value, in the metric's unit.
    #[serde(serialize_with = "wire")]
    #[ts(as = "WireNumber")]
    pub treatment: f64,
    /// The control's value, in the metric's unit.
    #[serde(serialize_with = "wire")]
    #[ts(as = "WireNumber")]
    pub control: f64,
    /// Their ratio; absent where the control is 0.
    #[serde(serialize_with = "wire_option")]
    #[ts(as = "Option<WireNumber>")]
    pub ratio: Option<f64>,
}

/// What right answers and tokens take.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct Efficiency {
    /// The factor.
    pub factor: String,
    /// Its levels in the order of the spec.
    pub levels: Vec<EfficiencyLevel>,
}

/// What right answers and tokens take at one level.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct EfficiencyLevel {
    /// The level.
    pub level: String,
    /// Graded runs.
    pub runs: usize,
    /// Of which right.
    pub right: usize,
    /// Response per right answer, in the metric's unit.
    pub per_correct: SumRatio,
    /// Response per token, in the metric's unit.
    pub per_token: SumRatio,
}

/// A ratio of two sums.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct SumRatio {
    /// The ratio; absent where the lower sum is 0.
    #[serde(serialize_with = "wire_option")]
    #[ts(as = "Option<WireNumber>")]
    pub value: Option<f64>,
    /// Its bootstrap interval over replicates; absent where a resample has no ratio.
    pub ci: Option<Interval>,
}

/// A response by part of the work.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct PhaseShares {
    /// The factor.
    pub factor: String,
    /// Its levels that have any parts, in the order of the spec.
    pub levels: Vec<PhasesOfLevel>,
}

/// The parts of the work at one level.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct PhasesOfLevel {
    /// The level.
    pub level: String,
    /// Runs whose parts are known.
    pub runs: usize,
    /// Parts in the order they come in, and last what lies between them.
    pub phases: Vec<PhaseShare>,
}

/// One part of the work.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct PhaseShare {
    /// Its name.
    pub phase: String,
    /// Mean of its share in the whole; of energy above idle it may be negative.
    #[serde(serialize_with = "wire")]
    #[ts(as = "WireNumber")]
    pub share: f64,
    /// Its mean, in the metric's unit.
    #[serde(serialize_with = "wire")]
    #[ts(as = "WireNumber")]
    pub mean: f64,
}
