//! What a run does: one folder per workload, behind one trait.

pub mod catalog;
pub mod command;
pub mod consensus;
pub mod negotiation;
mod numeral;
pub mod recorded;
pub mod scenario;
pub mod scramble;
pub mod workflow;

pub use ergon_domain::draw;
