//! One function per thing a user can do: typed requests, replies and events.
//!
//! Belongs here: what the command line and the window have in common — every operation, declared once in the table of
//! [`commands`]. Doesn't belong here: how it is shown, Tauri types, SQL, statistics.

pub mod bindings;
pub mod commands;

mod app;
mod campaign_log;
mod choose;
mod energy;
mod error;
mod frame;
mod host;
mod kept_frame;
mod legacy_results;
mod model_session;
mod models;
mod ops;
mod other_plan;
mod select;
mod session;
mod source_folders;
mod spec_source;
mod standing;
mod stat_cases;

pub use app::{App, AppOptions};
pub use ergon_design::Problem;
pub use ergon_domain::ControlCommand;
pub use ergon_engine::{Event, Handle, Progress, Stopped};
pub use error::{AppError, ErrorKind};
pub use host::{FileQuestion, Host};
pub use ops::*;
pub use spec_source::LoadedSpec;
