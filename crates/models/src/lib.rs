//! Language models: providers behind one port.
//!
//! Belongs here: providers, their wire dialects and settings, what a call costs and may cost, limits, keys, replay.
//! Doesn't belong here: what is asked and what an answer means (workloads), where calls are kept (store).
//!
//! Architecture invariants: no other crate opens a network connection; no request is sent whose worst case does not fit
//! the budget; a key leaves this crate only in a header to the address it belongs to.

mod alerts;
mod answer;
mod dialect;
mod frames;
mod gguf;
mod keychain;
mod keys;
mod metered;
mod network;
mod pace;
mod pipe;
mod preset;
mod price;
mod purse;
mod remote;
mod roster;
mod setting;
mod simulated;
mod wire;

pub use alerts::AlertBounds;
pub use keychain::{HAS_KEYCHAIN, KeychainError, forget as forget_in_keychain, keep as keep_in_keychain};
pub use keys::{EnvFileError, KeySource, Keys};
pub use metered::{Metered, Source, Spent};
pub use network::Network;
pub use preset::{OwnProvider, ProviderState};
pub use price::{Price, PriceRow, PriceTableError, Prices};
pub use purse::Budget;
pub use roster::{ModelEntry, ModelState, Roster};
pub use setting::SettingProblem;
pub use simulated::{Examinee, Simulated, quantal_response, right_probability};
