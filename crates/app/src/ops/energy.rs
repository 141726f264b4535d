//! `energy`: recordings and programs, without a campaign.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use ergon_energy::{
    Discovery, DomainFigure, EnergyFigure, Mark, Meter, RecordingError, Replay, Sampler, SamplerReport, SystemClock,
    Tape, Unavailable, total,
};
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::error::AppError;
use crate::ops::monitor::{MissingSensor, roots};

/// Samples a second where nothing else is asked for.
const RATE_HZ: f64 = 10.0;
/// Fastest and slowest sampling.
const RATES_HZ: std::ops::RangeInclusive<f64> = 0.1..=1_000.0;
/// Longest recording, seconds: a week.
const LONGEST_S: f64 = 604_800.0;

/// What to record.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ts_rs::TS)]
#[serde(default)]
pub struct RecordRequest {
    /// Seconds; 10 when left out.
    pub duration_s: Option<f64>,
    /// Samples a second; 10 when left out.
    pub rate_hz: Option<f64>,
    /// Stands in for `/sys`.
    pub sysfs_root: Option<PathBuf>,
}

/// Energy of one domain.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct DomainEnergy {
    /// Joules; `None`: withheld, and the flags say why.
    pub energy_j: Option<f64>,
    /// Mean power in watts.
    pub mean_w: Option<f64>,
    /// Lower bound, joules.
    pub lo_j: f64,
    /// Upper bound, joules.
    pub hi_j: f64,
    /// `measured`, `estimated` or `simulated`.
    pub provenance: String,
    /// The estimator, where it is estimated.
    pub source: Option<String>,
    /// What to know.
    pub flags: Vec<String>,
}

impl From<&EnergyFigure> for DomainEnergy {
    fn from(figure: &EnergyFigure) -> Self {
        Self {
            energy_j: figure.energy_j,
            mean_w: figure.mean_w(),
            lo_j: figure.lo_j,
            hi_j: figure.hi_j,
            provenance: figure.provenance.name().into(),
            source: figure.provenance.source().map(Into::into),
            flags: figure.flags.iter().map(|flag| flag.name().to_owned()).collect(),
        }
    }
}

/// What a recording found.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct RecordReply {
    /// By domain.
    pub domains: BTreeMap<String, DomainEnergy>,
    /// All that isn't part of something else; `None` where there is nothing.
    pub total: Option<DomainEnergy>,
    /// What the total covers.
    pub total_covers: Option<String>,
    /// Samples taken meanwhile; figures are differences of the readings at both ends, not sums of samples.
    pub samples: u64,
    /// Samples left out because their time had passed.
    pub missed: u64,
    /// Seconds.
    pub duration_s: f64,
    /// CPU seconds that sampling took.
    pub overhead_cpu_s: f64,
    /// What can't be used.
    pub unavailable: Vec<MissingSensor>,
}

/// Records for a while.
///
/// # Errors
/// A duration or rate out of range; nothing to read at all.
pub async fn energy_record(_: &App, request: RecordRequest) -> Result<RecordReply, AppError> {
    record(request, None).await
}

/// Records for a while, and keeps every reading in a file, from which [`energy_replay`] works the same figures out again.
/// Not among the window's operations: its page names no files.
///
/// # Errors
/// As [`energy_record`]; the file can't be written.
pub async fn energy_tape(app: &App, request: RecordRequest, readings: &Path) -> Result<RecordReply, AppError> {
    record(request, Some(app.path(readings)?)).await
}

/// Works out what a file of readings comes to.
///
/// # Errors
/// The file can't be read; a line of it is wrong; it holds no two readings.
pub async fn energy_replay(app: &App, readings: &Path) -> Result<RecordReply, AppError> {
    let path = app.path(readings)?;
    let wrong = |e: RecordingError| AppError::input("no_recording", format!("{}: {e}", path.display())).field("file");
    let tape = Replay::open(&path).map_err(wrong)?;
    let Some(found) = tape.play() else {
        let message = format!("{} holds no two readings", path.display());
        return Err(AppError::input("no_recording", message).field("file"));
    };
    Ok(reply(
        &found.parts,
        found.duration_s,
        &SamplerReport { samples: found.readings, ..SamplerReport::default() },
        &[],
    ))
}

async fn record(request: RecordRequest, tape: Option<PathBuf>) -> Result<RecordReply, AppError> {
    let duration_s = request.duration_s.unwrap_or(10.0);
    if !(duration_s > 0.0 && duration_s <= LONGEST_S) {
        let message =
            format!("a duration of {duration_s} s is not accepted; expected more than 0 and at most {LONGEST_S}");
        return Err(AppError::input("invalid_duration", message).field("duration"));
    }
    let recording = Recording::start(request.rate_hz, request.sysfs_root, tape).await?;
    tokio::time::sleep(Duration::from_secs_f64(duration_s)).await;
    recording.finish()
}

/// A program whose energy is to be accounted.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ts_rs::TS)]
#[serde(default)]
pub struct ExecRequest {
    /// Program and arguments.
    pub argv: Vec<String>,
    /// Samples a second; 10 when left out.
    pub rate_hz: Option<f64>,
    /// Stands in for `/sys`.
    pub sysfs_root: Option<PathBuf>,
    /// Its standard output goes to standard error.
    pub output_to_stderr: bool,
}

/// What a program took.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct ExecReply {
    /// Energy of the machine while it ran: nothing is split off for other programs.
    #[serde(flatten)]
    pub record: RecordReply,
    /// Its exit status; `None`: a signal ended it.
    pub exit_code: Option<i32>,
    /// The signal that ended it.
    pub signal: Option<i32>,
    /// CPU seconds of it and of all it waited for; `None` where the host doesn't tell.
    pub cpu_s: Option<f64>,
    /// Page faults and switches of it and of all it waited for; empty where the host doesn't tell.
    pub counters: BTreeMap<String, f64>,
}

/// Runs a program and accounts the machine's energy meanwhile.
///
/// # Errors
/// No program, or one that can't be started.
pub async fn energy_exec(_: &App, request: ExecRequest) -> Result<ExecReply, AppError> {
    let Some((program, arguments)) = request.argv.split_first() else {
        return Err(AppError::input("no_program", "there is no program to run; write it after --").field("argv"));
    };
    let mut command = Command::new(program);
    command.args(arguments);
    if request.output_to_stderr {
        command.stdout(Stdio::from(std::io::stderr()));
    }
    let recording = Recording::start(request.rate_hz, request.sysfs_root, None).await?;
    let mut child = command
        .spawn()
        .map_err(|e| AppError::input("no_program", format!("'{program}' can't be started: {e}")).field("argv"))?;
    let ended = tokio::task::spawn_blocking(move || {
        let usage = ergon_energy::wait_for_end(child.id());
        child.wait().map(|status| (status, usage))
    });
    let (status, usage) = match ended.await {
        Ok(Ok(ended)) => ended,
        Ok(Err(e)) => return Err(AppError::operation("wait_failed", e.to_string())),
        Err(e) => return Err(AppError::operation("internal", e.to_string())),
    };
    let counted = usage.map(|usage| usage.measurements()).unwrap_or_default();
    Ok(ExecReply {
        record: recording.finish()?,
        exit_code: status.code(),
        signal: std::os::unix::process::ExitStatusExt::signal(&status),
        cpu_s: usage.map(|usage| usage.cpu_s),
        counters: counted.iter().filter_map(|m| Some((m.metric.to_string(), crate::energy::value(m)?))).collect(),
    })
}

struct Recording {
    meter: Arc<Meter>,
    sampler: Option<Sampler>,
    first: Mark,
    unavailable: Vec<Unavailable>,
    tape: Option<Tape>,
}

impl Recording {
    async fn start(rate_hz: Option<f64>, sysfs_root: Option<PathBuf>, tape: Option<PathBuf>) -> Result<Self, AppError> {
        let rate_hz = rate_hz.unwrap_or(RATE_HZ);
        if !RATES_HZ.contains(&rate_hz) {
            let (least, most) = (RATES_HZ.start(), RATES_HZ.end());
            let message = format!("a rate of {rate_hz} Hz is not accepted; expected a number from {least} to {most}");
            return Err(AppError::input("invalid_rate", message).field("rate"));
        }
        let found = discover(sysfs_root).await?;
        if found.sources.is_empty() {
            let why: Vec<String> = found.unavailable.iter().map(|u| format!("{}: {}", u.what, u.why)).collect();
            return Err(AppError::operation("no_sensor", format!("nothing here can be read. {}", why.join("; "))));
        }
        let (tape, sources) = match tape {
            Some(path) => {
                let begun = Tape::begin(&path, found.sources).map_err(|e| unwritable(&path, &e))?;
                (Some(begun.0), begun.1)
            }
            None => (None, found.sources),
        };
        let meter = Arc::new(Meter::new(sources, Arc::new(SystemClock)));
        let sampler = Sampler::start(meter.clone(), Duration::from_secs_f64(1.0 / rate_hz));
        let first = meter.mark();
        if let Some(tape) = &tape {
            tape.note("from", first.monotonic_ns);
        }
        Ok(Self { meter, sampler, first, unavailable: found.unavailable, tape })
    }

    fn finish(self) -> Result<RecordReply, AppError> {
        let last = self.meter.mark();
        let report = self.sampler.map_or_else(SamplerReport::default, Sampler::stop);
        if let Some(tape) = self.tape {
            tape.note("to", last.monotonic_ns);
            tape.finish().map_err(|e| AppError::operation("unwritable_file", format!("the readings: {e}")))?;
        }
        Ok(reply(&self.meter.between(&self.first, &last), last.since_s(&self.first), &report, &self.unavailable))
    }
}

fn reply(parts: &[DomainFigure], duration_s: f64, report: &SamplerReport, unavailable: &[Unavailable]) -> RecordReply {
    let sum = total(parts);
    RecordReply {
        domains: parts.iter().map(|part| (part.domain.to_string(), (&part.figure).into())).collect(),
        total_covers: sum.as_ref().map(|sum| sum.covers.to_owned()),
        total: sum.as_ref().map(|sum| (&sum.figure).into()),
        samples: report.samples,
        missed: report.missed,
        duration_s,
        overhead_cpu_s: report.overhead_cpu_s,
        unavailable: unavailable.iter().map(MissingSensor::from).collect(),
    }
}

fn unwritable(path: &Path, error: &RecordingError) -> AppError {
    AppError::operation("unwritable_file", format!("{}: {error}", path.display()))
}

/// Watching counters takes a moment, so it is done off the threads that serve others.
async fn discover(sysfs_root: Option<PathBuf>) -> Result<Discovery, AppError> {
    let roots = roots(sysfs_root)?;
    let found = tokio::task::spawn_blocking(move || Discovery::run(&roots)).await;
    found.map_err(|e| AppError::operation("internal", e.to_string()))
}
