//! Sensors, and what the host says of itself.
//!
//! Belongs here: everything that reads `/sys`, `/proc` and counters — sources ([`PowercapSource`], [`CpuTimeModel`]),
//! their accumulation into joules ([`Meter`]), the sampler, totals without double counting; [`host`], process identity
//! and process trees, which leases and tree kill rest on. Doesn't belong here: storing readings, deciding what a run
//! may do with them.
//!
//! Architecture invariants: no other crate reads `/sys` or `/proc`. A value or an error: 0 is never an error's value.
//! The energy of a window is the difference of the two readings at its ends, never a sum of samples.

mod accumulator;
mod attribution;
mod baseline;
mod cgroup;
mod channel;
mod chunk;
mod clock;
mod counter_file;
mod cpu_time_model;
mod discovery;
mod domain;
mod figure;
mod footprint;
pub mod host;
mod host_conditions;
mod host_load;
mod host_state;
mod hwmon;
mod machine_lock;
mod measurements;
mod meter;
mod nvml;
mod perf_power;
mod perf_probe;
mod powercap;
mod process_usage;
mod recording;
mod replay;
mod resources;
mod sampler;
mod scripted;
mod source;
mod totals;

pub use attribution::{Part, split};
pub use baseline::{Baseline, Idle, IdlePower, NO_BASELINE};
pub use cgroup::RunCgroup;
pub use channel::{Channel, ChannelKind};
pub use chunk::{pack, unpack};
pub use clock::{Clock, SystemClock};
pub use cpu_time_model::{CpuPower, CpuTimeModel, busy_cpu_ns};
pub use discovery::{Discovery, Roots, Unavailable};
pub use domain::Domain;
pub use figure::{EnergyFigure, EnergyFlag};
pub use footprint::{GridFactor, Site, footprint, grid_factors, regions};
pub use host_conditions::host_conditions;
pub use host_load::{HostLoad, HostLoadReader};
pub use host_state::HostState;
pub use hwmon::{BatterySource, HwmonSource};
pub use machine_lock::MachineLock;
pub use measurements::{attributed, idle_measurement, measurements};
pub use meter::{DomainFigure, Mark, Meter, shortest_window_s};
pub use nvml::NvmlSource;
pub use perf_power::PerfPowerSource;
pub use perf_probe::{PERF_PROBE, PerfProbeSource, perf_probe_path, serve_perf_probe};
pub use powercap::PowercapSource;
pub use process_usage::{ProcessUsage, tree_cpu_ns, wait_for_end};
pub use recording::{RecordingError, Tape};
pub use replay::{Replay, Replayed};
pub use resources::{resource_metrics, span_metrics};
pub use sampler::{PowerSample, Sampler, SamplerReport};
pub use scripted::{Curve, ScriptedClock, ScriptedSource};
pub use source::{EnergySource, Read, ReadError};
pub use totals::{Total, total};
