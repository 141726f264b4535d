//! The workload `scramble`: transformations, items, datasets, scoring, runs.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod banks;
mod datasets;
mod languages;
mod masks;
mod pinned;
mod runs;
mod scoring;
mod transforms;
