//! `scenario`: actors played by language models take turns in a world that a narrator keeps; events intervene, and
//! metrics are read each turn.
//!
//! Belongs here: the published scenario folder (`scenario.yaml`, `actors/`, `metrics.yaml`, `exogenous-events.yaml`,
//! `validation-rules.yaml`, `background/`), the turn loop, what is asked of models and read from their replies.
//! Doesn't belong here: opening files (the folder comes through [`crate::catalog::SourceFolders`]), prices and budgets
//! (`models`), batches (a campaign's design).
//!
//! Invariant: a turn that was played never changes. A state is the list of its turns; playing one makes a new state.

mod actor;
mod asking;
mod checking;
mod definition;
mod document;
mod events;
mod expression;
mod extraction;
mod folder;
mod ledger;
mod manifest;
mod metrics;
mod outcome;
mod output;
mod prompt;
mod settings;
mod simulated_play;
mod state;
mod talk;
mod turn;
mod validation;
mod workload;

pub use state::{CallLine, Decision, EventFired, Issue, Message, Reading, State, Turn};
pub use workload::ScenarioWorkload;
