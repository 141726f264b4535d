//! Scenarios: their files read, played turn by turn, and what is measured of them.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "tests")]

mod events;
mod failing;
mod files;
mod measuring;
mod playing;
mod stage;
mod talking;
