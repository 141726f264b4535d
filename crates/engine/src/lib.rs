//! From a plan to executed runs.
//!
//! Belongs here: dispatching runs in the plan's order, phases and their dependencies, time limits, retries,
//! cancellation, processes and their trees, group commit of attempts, events, progress.
//! Doesn't belong here: what a run does (workloads), where it is kept (any `RunLog`), what it means (analysis).
//!
//! Architecture invariants: a run is reported as ended only after its attempt has been committed; nothing a run started
//! outlives its attempt.

mod attempt_models;
mod backoff;
mod capture;
mod cpu_clock;
mod dispatch;
mod energy;
mod event;
mod execute;
mod handle;
mod left_files;
mod progress;
mod recorder;
mod runtimes;
mod span_energy;
mod time_budget;
mod warm_up;
mod watching;
mod worker;

pub mod processes;

pub use energy::{EnergySetup, SessionEnergy};
pub use event::{Event, EventSink};
pub use execute::{EngineError, Execution, Limits, PhaseOrder, Rest, Stopped, Summary, execute};
pub use handle::Handle;
pub use progress::{Progress, ProgressMeter};
pub use runtimes::Runtimes;
