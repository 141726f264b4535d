//! What the store promises, on real files.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests stand outside test functions"
)]

mod calls;
mod counting_once;
mod energy;
mod faults;
mod fixture;
mod group_commit;
mod leases;
mod opening;
mod reading;
mod revisions;
