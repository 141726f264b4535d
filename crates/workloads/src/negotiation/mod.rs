//! Strong against weak: agents divide items, settle issues or fund projects over rounds of proposals and votes.
//!
//! Belongs here: the games, preferences of a given conflict, what theory says of them, scripted agents and those that ask
//! a model, the record of a game. Doesn't belong here: the consensus protocol of the same name
//! ([`consensus::protocol::negotiation`](crate::consensus::protocol::negotiation)), models, analyses.

pub mod asking;
pub mod game;
pub mod manifest;
pub mod measures;
pub mod play;
pub mod pool;
pub mod preferences;
pub mod record;
pub mod search;
mod settings;
pub mod solution;
pub mod space;
pub mod strategy;
pub mod table;
mod workload;

pub use workload::NegotiationWorkload;
