//! From a spec to a plan: parsing, validation, designs.
//!
//! Belongs here: the spec's types and its reading (YAML or JSON, every problem with line and field), its resolution
//! against a workload's manifest into a [`Campaign`], designs, and the streamed [`Plan`] of runs with their keys.
//! Doesn't belong here: files (specs come as bytes, input digests through a closure), execution, stored results,
//! statistics beyond a design's own measures.
//!
//! Architecture invariant: the same spec, manifest and inputs give the same plan, bit for bit, on every machine.

#![allow(clippy::result_large_err, reason = "a problem ends the command: its size costs nothing")]

mod campaign;
pub mod canonical;
pub mod constraint;
mod decimal;
mod designs;
pub mod import;
pub mod overrides;
pub mod plan;
pub mod problem;
pub mod read;
pub mod resolve;
pub mod revision;
pub mod schema;
pub mod spec;
mod suggest;
pub mod tree;
mod where_filter;

pub use campaign::{Campaign, Factor, InputFile, ResolvedPhase};
pub use designs::{DesignError, DesignReport, Effect, FactorCounts, Seen, largest_effects};
pub use plan::{Plan, PlanError, PlanOptions};
pub use problem::{Position, Problem, Severity, SpecProblems};
pub use read::{SourcedSpec, read_spec};
pub use resolve::resolve;
pub use spec::Spec;
pub use where_filter::WhereFilter;
