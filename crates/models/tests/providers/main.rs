//! Providers as they are in the world: every test talks to a local server over a real socket.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests stand outside test functions"
)]

mod asking;
mod file;
mod hostile;
mod limits;
mod server;
