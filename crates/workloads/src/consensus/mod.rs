//! Scheduling agents that agree, message by message, on where each job of a campaign goes.
//!
//! A discrete-event simulation on virtual time. Jobs arrive (generated or from a trace), agents decide
//! by a consensus protocol, and the chosen agent's local batch queue really runs them.

pub mod accounting;
pub mod adversary;
pub mod agent;
pub mod cluster;
pub mod deliberation;
pub mod demands;
pub mod faults;
mod gamma_distribution;
pub mod generate;
pub mod group;
pub mod job;
pub mod kernel;
pub mod lublin;
pub mod manifest;
pub mod network;
pub mod node_set;
mod numbers;
pub mod partition;
mod post;
pub mod protocol;
pub mod queue;
pub mod replay;
mod settings;
pub mod simulation;
pub mod swf;
pub mod utility;
mod workload;

pub use settings::LUBLIN_CORES;
pub use workload::ConsensusWorkload;
