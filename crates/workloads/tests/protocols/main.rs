//! What the protocols promise, checked message by message.

#![allow(clippy::expect_used, clippy::panic, clippy::large_enum_variant, reason = "tests")]

mod harness;
mod later;
mod liveness;
mod negotiation;
mod normal_case;
mod safety;
mod weighted;
