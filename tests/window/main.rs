//! The built program in a real window, driven by WebDriver: one file per flow. `cargo xtask test` builds the program and
//! the page, tells where they are, and runs this under Xvfb with a session bus of its own.
//!
//! `figures` is no flow: `cargo xtask bench window` runs it on the release build.
//!
//! Each flow leaves its screenshots in `target/screenshots`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

mod desk;
mod driver;
mod http;

mod accessibility;
mod bargaining;
mod boundaries;
mod energy_view;
mod figures;
mod live_chart;
mod providers;
mod publication_table;
mod reopening;
mod scenario;
mod scramble;
mod set_up_and_run;
mod steering;
mod workflow;
