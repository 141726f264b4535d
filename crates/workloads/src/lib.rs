//! What a run does: one folder per workload, behind one trait.

pub mod consensus;
pub mod draw;
