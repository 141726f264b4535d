//! Language models: providers behind one port.
//!
//! Belongs here: providers, their settings, what a call costs and may cost, limits, record and replay. Doesn't belong
//! here: what is asked and what an answer means (workloads).
//!
//! Architecture invariant: no other crate opens a network connection. This version has one provider, `simulated`,
//! which opens none.

mod provider;
mod roster;
mod setting;
mod simulated;

pub use provider::Provider;
pub use roster::{ModelEntry, Roster};
pub use setting::SettingProblem;
pub use simulated::{Simulated, quantal_response, right_probability};
