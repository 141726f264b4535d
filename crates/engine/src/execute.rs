//! Executes a plan: starts workers, recorder and heartbeat, and waits for them.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Instant;

use ergon_domain::{Clock, Models, PlannedRun, Prepared, RunKey, RunLimit, RunLog, RunLogError, RunState, RunStreams};
use ergon_energy::{HostState, Roots};
use serde::Serialize;
use tokio::sync::mpsc;

use crate::dispatch::Dispatch;
use crate::energy::{Account, EnergySetup, SessionEnergy};
use crate::event::{Event, EventSink};
use crate::handle::{Handle, Shared};
use crate::progress::{Progress, ProgressMeter};
use crate::recorder::{self, Record};
use crate::runtimes::Runtimes;
use crate::time_budget::{HOURS_USED_UP, TimeBudget};
use crate::watching::{ENERGY_USED_UP, beat, keep_books, tick};
use crate::worker;

/// A phase as the dispatcher sees it.
#[derive(Clone, Debug)]
pub struct PhaseOrder {
    /// Name.
    pub name: String,
    /// Positions of the phases that must have ended before.
    pub depends_on: Vec<usize>,
}

/// How a slot rests between attempts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rest {
    /// Always this long, seconds.
    For(f64),
    /// Until the processor is near the temperature it had before the first attempt.
    UntilNear {
        /// Degrees above it.
        within_c: f64,
        /// Seconds after which the next attempt starts anyway; also where no temperature is shown.
        at_most_s: f64,
    },
}

/// Limits of an execution.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Attempts at once.
    pub parallel: usize,
    /// Seconds per attempt, for workloads bounded by wall time.
    pub timeout_s: Option<f64>,
    /// Further attempts after a failure that another attempt can mend.
    pub retries: u32,
    /// How a slot rests between attempts.
    pub rest: Rest,
    /// Times that a slot carries its first run out before, unrecorded.
    pub warmup: u32,
    /// Seconds of all executions of the campaign together after which no new runs start.
    pub budget_s: Option<f64>,
    /// Seconds that earlier ones took.
    pub spent_s: f64,
    /// Whether runs that failed before are tried again.
    pub retry_failed: bool,
}

/// Everything an execution needs.
pub struct Execution {
    /// Campaign id, for events and messages.
    pub campaign: String,
    /// The plan, in order.
    pub plan: Box<dyn Iterator<Item = PlannedRun> + Send>,
    /// Runs in the plan.
    pub runs: u64,
    /// Runs to do per phase (by first phase), for the forecast.
    pub runs_by_phase: Vec<u64>,
    /// What earlier sessions left: state and attempts of every run with a row.
    pub known: BTreeMap<RunKey, (RunState, u32)>,
    /// Phases by position.
    pub phases: Vec<PhaseOrder>,
    /// Streams of a run.
    pub streams: Arc<dyn Fn(&PlannedRun) -> RunStreams + Send + Sync>,
    /// The workload with its inputs.
    pub workload: Arc<dyn Prepared>,
    /// The campaign's language models, where it names any.
    pub models: Option<Arc<dyn Models>>,
    /// What bounds a run.
    pub limit: RunLimit,
    /// Limits.
    pub limits: Limits,
    /// How energy is measured; `None`: not at all.
    pub energy: Option<EnergySetup>,
    /// Where attempts are made durable.
    pub log: Arc<dyn RunLog>,
    /// Folder for scratch folders of attempts; made when first needed and removed at the end.
    pub scratch: PathBuf,
    /// Text in the environment of every program started, by which a later session finds what this one left.
    pub marker: String,
    /// Variables that programs don't inherit (keys of model providers) unless their request names them.
    pub withheld: Vec<String>,
    /// Where events go.
    pub events: EventSink,
}

/// Why an execution ended before its plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Stopped {
    /// The user asked.
    Asked,
    /// A budget was used up.
    Budget,
}

/// What an execution did.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct Summary {
    /// Runs in the plan.
    pub runs: u64,
    /// Runs of the plan that have succeeded, earlier sessions included.
    pub succeeded: u64,
    /// Runs of the plan whose last attempt failed, earlier sessions included.
    pub failed: u64,
    /// Runs left out because a phase could not run.
    pub skipped: u64,
    /// Runs still to do.
    pub remaining: u64,
    /// Attempts of this session.
    pub attempts: u64,
    /// Seconds of this session.
    pub duration_s: f64,
    /// Seconds of worker time that were not spent in runs, waiting excluded.
    pub overhead_s: f64,
    /// Why it ended before its plan.
    pub stopped: Option<Stopped>,
    /// The same in words.
    pub stopped_by: Option<String>,
    /// Energy of this session, where any was read.
    #[serde(skip)]
    #[ts(skip)]
    pub energy: SessionEnergy,
}

/// Why an execution failed as a whole.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// Attempts could not be made durable; runs that had not been committed will run again.
    #[error(
        "results can't be saved, so nothing more was started: {0}. What was committed is safe; runs in progress will run again when you resume"
    )]
    Log(RunLogError),
    /// A task of the engine died.
    #[error("internal fault: {0}")]
    Internal(String),
}

/// Monotonic seconds.
pub(crate) struct Monotonic(Instant);

impl Clock for Monotonic {
    fn now_s(&self) -> f64 {
        self.0.elapsed().as_secs_f64()
    }
}

/// What all workers of an execution share.
pub(crate) struct Session {
    pub(crate) execution: Shape,
    pub(crate) shared: Arc<Shared>,
    pub(crate) dispatch: Mutex<Dispatch>,
    pub(crate) meter: Mutex<Tally>,
    pub(crate) records: mpsc::Sender<Record>,
    pub(crate) clock: Arc<Monotonic>,
    pub(crate) io: tokio::runtime::Handle,
    pub(crate) energy: Option<Account>,
    /// Before the first attempt, °C.
    pub(crate) start_c: Option<f64>,
    pub(crate) attempts: AtomicU64,
    pub(crate) overhead_ns: AtomicU64,
}

impl Session {
    pub(crate) fn dispatch(&self) -> MutexGuard<'_, Dispatch> {
        self.dispatch.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
    pub(crate) fn tally(&self) -> MutexGuard<'_, Tally> {
        self.meter.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// The parts of an [`Execution`] that don't change.
pub(crate) struct Shape {
    pub(crate) phases: Vec<PhaseOrder>,
    pub(crate) streams: Arc<dyn Fn(&PlannedRun) -> RunStreams + Send + Sync>,
    pub(crate) workload: Arc<dyn Prepared>,
    pub(crate) models: Option<Arc<dyn Models>>,
    pub(crate) limit: RunLimit,
    pub(crate) limits: Limits,
    pub(crate) scratch: PathBuf,
    pub(crate) marker: String,
    pub(crate) withheld: Arc<[String]>,
    pub(crate) events: EventSink,
}

/// Counts for progress.
pub(crate) struct Tally {
    pub(crate) meter: ProgressMeter,
    pub(crate) runs: u64,
    pub(crate) succeeded: u64,
    pub(crate) failed: u64,
    pub(crate) running: u64,
    pub(crate) skipped: u64,
}

impl Tally {
    pub(crate) fn progress(&self, now_s: f64) -> Progress {
        let eta = self.meter.eta_s();
        Progress {
            runs: self.runs,
            succeeded: self.succeeded,
            failed: self.failed,
            running: self.running,
            skipped: self.skipped,
            throughput_per_hour: self.meter.throughput_per_hour(now_s),
            eta_s: eta.map(|e| e.0),
            eta_lo_s: eta.map(|e| e.1),
            eta_hi_s: eta.map(|e| e.2),
        }
    }
}

/// Executes the plan to its end, or until drained or stopped. Must be awaited on the I/O runtime.
///
/// # Errors
/// The log could not be written, or the lease was lost: everything is stopped and nothing uncommitted is claimed.
pub async fn execute(execution: Execution, handle: Handle, runtimes: &Runtimes) -> Result<Summary, EngineError> {
    let clock = Arc::new(Monotonic(Instant::now()));
    let ended = |state: RunState| execution.known.values().filter(|(s, _)| *s == state).count() as u64;
    let (succeeded_before, failed_before) = (ended(RunState::Succeeded), ended(RunState::Failed));
    (execution.events)(Event::CampaignStarted {
        campaign: execution.campaign.clone(),
        runs: execution.runs,
        ended_before: succeeded_before + failed_before,
        parallel: execution.limits.parallel,
    });
    let retried = if execution.limits.retry_failed { failed_before } else { 0 };
    let tally = Tally {
        meter: ProgressMeter::new(execution.runs_by_phase.clone(), execution.limits.parallel, 0.0),
        runs: execution.runs,
        succeeded: succeeded_before,
        failed: failed_before - retried,
        running: 0,
        skipped: 0,
    };
    // Bounded: a store that falls behind slows the workers instead of filling memory.
    let (records, inbox) = mpsc::channel(4096);
    let dispatch =
        Dispatch::new(execution.plan, execution.known, execution.phases.clone(), execution.limits.retry_failed);
    // The lease is kept while the machine idles for its baseline.
    let heartbeat = runtimes.io().spawn(beat(execution.log.clone(), execution.events.clone(), handle.clone()));
    let start_c = match execution.limits.rest {
        Rest::UntilNear { .. } => HostState::read(&Roots::from_environment()).temperature_c,
        Rest::For(_) => None,
    };
    let energy = match execution.energy {
        Some(setup) => {
            let (account, entries) = Account::open(setup, &execution.marker, &handle).await;
            for entry in entries {
                let _ = records.send(Record::Energy(entry)).await;
            }
            if account.nothing_left() {
                handle.drain(Stopped::Budget, ENERGY_USED_UP);
            }
            Some(account)
        }
        None => None,
    };
    let session = Arc::new(Session {
        execution: Shape {
            phases: execution.phases,
            streams: execution.streams,
            workload: execution.workload,
            models: execution.models,
            limit: execution.limit,
            limits: execution.limits,
            scratch: execution.scratch,
            marker: execution.marker,
            withheld: execution.withheld.into(),
            events: execution.events,
        },
        shared: handle.0.clone(),
        dispatch: Mutex::new(dispatch),
        meter: Mutex::new(tally),
        records,
        clock: clock.clone(),
        io: runtimes.io().clone(),
        energy,
        start_c,
        attempts: AtomicU64::new(0),
        overhead_ns: AtomicU64::new(0),
    });

    if TimeBudget::of(&session.execution.limits).is_used_up(0.0) {
        handle.drain(Stopped::Budget, HOURS_USED_UP);
    }
    let recorder = runtimes.io().spawn(recorder::run(inbox, execution.log, session.clone(), handle.clone()));
    let ticker = runtimes.io().spawn(tick(session.clone(), handle.clone()));
    let books = runtimes.io().spawn(keep_books(session.clone(), handle.clone()));
    let workers: Vec<_> = (0..session.execution.limits.parallel.max(1))
        .map(|_| runtimes.compute().spawn(worker::run(session.clone())))
        .collect();
    let mut fault = None;
    for worker in workers {
        if let Err(e) = worker.await {
            fault = Some(e.to_string());
        }
    }
    ticker.abort();
    books.abort();
    let mut energy = SessionEnergy::default();
    if let Some(account) = &session.energy {
        let (entries, whole) = account.close(&handle).await;
        energy = whole;
        for entry in entries {
            let _ = session.records.send(Record::Energy(entry)).await;
        }
    }
    heartbeat.abort();
    let _ = session.records.send(Record::Close).await;
    if let Err(e) = recorder.await {
        fault = Some(e.to_string());
    }
    let _ = std::fs::remove_dir_all(&session.execution.scratch);

    if let Some(error) = handle.0.lock().failure.take() {
        return Err(EngineError::Log(error));
    }
    if let Some(message) = fault {
        return Err(EngineError::Internal(message));
    }
    let skipped = session.dispatch().skipped;
    let mut tally = session.tally();
    tally.skipped = skipped;
    (session.execution.events)(Event::Progress(tally.progress(clock.now_s())));
    if let Some(meter) = session.execution.models.as_ref().and_then(|models| models.meter()) {
        (session.execution.events)(Event::Models(meter));
    }
    let (stopped, stopped_by) = {
        let state = handle.0.lock();
        (state.stopped, state.stopped_by.clone())
    };
    Ok(Summary {
        runs: tally.runs,
        succeeded: tally.succeeded,
        failed: tally.failed,
        skipped,
        remaining: tally.runs.saturating_sub(tally.succeeded + tally.failed + skipped),
        attempts: session.attempts.load(Ordering::Relaxed),
        duration_s: clock.now_s(),
        overhead_s: session.overhead_ns.load(Ordering::Relaxed) as f64 * 1e-9,
        stopped,
        stopped_by,
        energy,
    })
}
