//! `workflow`: the same task solved by one call, by plan–tools–synthesis, by thought–action loops, or by reflection; what
//! each costs and whether its answer is right.
//!
//! Belongs here: tasks with items, gold answers and graders; the tools; the ways of working; the account of a run.
//! Doesn't belong here: energy (the engine reads it at the ends of runs and spans), order, cool-down and warm-up of runs
//! (plan and engine), the paired contrast between ways of working (`analysis`).

mod account;
mod approach;
pub mod bank;
mod desk;
pub mod grader;
pub mod item;
mod manifest;
mod metrics;
mod prompt;
mod settings;
pub mod tools;
mod workload;

pub use workload::WorkflowWorkload;
