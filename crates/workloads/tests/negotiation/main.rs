//! The negotiation workload as a campaign sees it.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "tests")]

mod declared;
mod desk;
mod exact;
mod models;
mod order;
mod theory;
