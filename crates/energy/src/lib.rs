//! Sensors, and what the host says of itself.
//!
//! Belongs here: everything that reads `/sys`, `/proc` and counters. So far: [`host`], process identity and process
//! trees, which leases and tree kill rest on. Sensors, sampling, integration and attribution come with the energy issue.
//! Doesn't belong here: storing readings, deciding what a run may do with them.
//!
//! Architecture invariant: no other crate reads `/sys` or `/proc`.

pub mod host;
