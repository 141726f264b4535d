//! A run as the plan lists it.

use std::sync::Arc;

use crate::condition::Condition;
use crate::digest::Digest;
use crate::seed::RunKey;

/// A condition of the plan, shared by its replicates.
#[derive(Clone, Debug)]
pub struct PlannedCondition {
    /// All parameters, bound.
    pub condition: Condition,
    /// Digest of `condition`.
    pub digest: Digest,
}

/// One run of a plan.
#[derive(Clone, Debug)]
pub struct PlannedRun {
    /// Position in the plan, from 0. Results are listed in this order.
    pub index: u64,
    /// Identity.
    pub key: RunKey,
    /// Its condition.
    pub condition: Arc<PlannedCondition>,
    /// Replicate, from 0.
    pub replicate: u32,
    /// Phases that select it, by position in the spec; the first is the one it runs under.
    pub phases: Arc<[u16]>,
}
