//! The words of Ergon as types.
//!
//! Belongs here: what every layer must name the same way — values, conditions, metrics, measurements, identity
//! (digests, run keys, seeds), the workload port and the run log port.
//! Doesn't belong here: anything that reads a file, a clock, the network or a counter; anything only one layer needs.
//!
//! Architecture invariant: this crate does no I/O and reads no clock.

mod call_log;
mod chat;
mod condition;
mod digest;
pub mod draw;
mod energy_log;
mod failure;
mod manifest;
mod measurement;
mod metric;
mod planned_run;
mod process;
mod run_context;
mod run_log;
mod seed;
mod span;
mod state;
pub mod structured;
mod value;
mod wire_number;
mod workload;

pub use call_log::{CallLog, CallLogError, Exchange, ModelCall, RecordedCalls};
pub use chat::{
    Alert, AlertKind, AlertLevel, CallContext, CallCost, CallRecord, ChatMessage, ChatReply, ChatRequest,
    DecisionOption, DecisionProblem, FinishReason, Item, ModelError, ModelMeter, Models, Role, SIMULATED_MODEL, Tool,
    ToolCall, Usage,
};
pub use condition::Condition;
pub use digest::{Canonical, ContentDigest, Digest, DigestParseError};
pub use energy_log::{EnergyEntry, EnergyMode, EnergySamples, EnergyWindow, EnergyWindowKind, RUN_ENERGY};
pub use failure::{FailureClass, RunError};
pub use manifest::{
    ActiveWhen, Binding, InputFormat, Manifest, Parameter, ParameterKind, RunLimit, SpanKind, Stream, ValueProblem,
};
pub use measurement::{Flags, Measurement, Observed, Provenance};
pub use metric::{Direction, Family, Metric, MetricId, Range};
pub use planned_run::{PlannedCondition, PlannedRun};
pub use process::{ProcessExit, ProcessReport, ProcessRequest, Processes};
pub use run_context::{Cancelled, Clock, RunContext, RunContextParts, SpanGuard};
pub use run_log::{
    Artefact, AttemptEnd, AttemptResult, AttemptStart, ControlCommand, RunLog, RunLogBatch, RunLogError,
};
pub use seed::{RunKey, RunStreams, run_key};
pub use span::{Span, SpanMeter};
pub use state::{CampaignState, RunState};
pub use value::{ParameterName, Value};
pub use wire_number::WireNumber;
pub use workload::{InputError, Inputs, Outcome, Prepared, Workload};
