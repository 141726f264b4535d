//! Agents that ask a model, and whole campaigns in small.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "tests")]

mod asking;
mod campaign;
mod distinct;
mod judging;
