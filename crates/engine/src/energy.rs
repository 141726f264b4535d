//! Energy of an execution: baselines around it, blocks of runs, what each run took.
//!
//! Invariant: a window's energy is the difference of the readings at its own ends. What is split among runs adds up to
//! the machine's energy with what is left as everybody else's.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use ergon_domain::{
    EnergyEntry, EnergyMode, EnergySamples, EnergyWindow, EnergyWindowKind, Measurement, Observed, Provenance,
};
use ergon_energy::{
    Baseline, Domain, EnergyFlag, HostState, IdlePower, MachineLock, Mark, Meter, NO_BASELINE, Part, PowerSample,
    Roots, RunCgroup, Sampler, attributed, busy_cpu_ns, idle_measurement, measurements, pack, shortest_window_s, split,
    total, tree_cpu_ns,
};

use crate::cpu_clock::RunCpu;
use crate::handle::Handle;
use crate::watching::{idle_second, nearly};

/// Samples a second: for charts, and so that no counter wraps unseen.
const SAMPLING: Duration = Duration::from_millis(100);
/// Samples of a chunk: a minute.
const CHUNK: usize = 600;
/// A block of runs lasts at least this long, seconds.
const BLOCK_S: f64 = 10.0;
/// What is known of a session is written down every so often, seconds: a killed one loses no more than that.
const SO_FAR_S: f64 = 10.0;
/// Number of that window: no other has it.
const SO_FAR: u32 = u32::MAX;
/// What the machine shows of itself is read anew after this, for runs that overlap, seconds.
const STATE_AGE_S: f64 = 0.25;

/// How an execution measures energy.
pub struct EnergySetup {
    /// Mode; not `Off`.
    pub mode: EnergyMode,
    /// The sensors.
    pub meter: Arc<Meter>,
    /// Where temperatures and CPU time are read.
    pub roots: Roots,
    /// JSON for the record: what is read, where, and what could not be.
    pub sensors: String,
    /// Seconds of idling before and after the runs; 0: no baseline.
    pub baseline_s: f64,
    /// Joules that the campaign may take, and what its earlier sessions took.
    pub budget_j: Option<f64>,
    /// See `budget_j`.
    pub spent_j: f64,
    /// Folder of the machine's lock.
    pub lock_folder: PathBuf,
}

/// What a run holds from its start to its end.
pub(crate) struct Taking {
    from: Option<(Mark, HostState)>,
    id: u64,
    _machine: Option<MachineLock>,
}

struct Active {
    cpu: Arc<RunCpu>,
    counted_ns: u64,
    shares: Vec<Result<Part, &'static str>>,
}

struct Opened {
    mark: Mark,
    at_us: i64,
}

struct Ledger {
    idle: Vec<IdlePower>,
    session: Opened,
    block: Opened,
    /// Attempts that ended in the block, and in the session.
    attempts: (u64, u64),
    /// Number of the block that is open.
    number: u32,
    /// Attempts under way, where energy is taken by block.
    open: u64,
    /// Blocks that have ended and are to be written.
    ended: Vec<EnergyEntry>,
    interval: (Mark, Option<u64>),
    active: BTreeMap<u64, Active>,
    next: u64,
    samples: Vec<PowerSample>,
    chunks: u32,
    told_s: f64,
    warned: bool,
    state: Option<(u64, HostState)>,
}

/// What came of a look at the books.
#[derive(Default)]
pub(crate) struct Looked {
    /// What is to be written.
    pub(crate) entries: Vec<EnergyEntry>,
    /// That the budget is nearly used up; said once.
    pub(crate) warning: Option<String>,
    /// Whether it is used up.
    pub(crate) used_up: bool,
}

/// The books of one execution.
pub(crate) struct Account {
    setup: EnergySetup,
    groups: Option<PathBuf>,
    sampler: Mutex<Option<Sampler>>,
    ledger: Mutex<Ledger>,
}

fn now_us() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_micros() as i64)
}

impl Account {
    /// Opens the books, after a baseline where one is wanted; `handle` says when nobody
    /// wants to wait any more.
    pub(crate) async fn open(setup: EnergySetup, marker: &str, handle: &Handle) -> (Self, Vec<EnergyEntry>) {
        let mut entries = vec![EnergyEntry::Session {
            marker: marker.to_owned(),
            mode: setup.mode,
            started_us: now_us(),
            sensors: setup.sensors.clone(),
        }];
        let (idle, window) = rest(&setup, EnergyWindowKind::BaselineBefore, 0, handle).await;
        let number = u32::from(window.is_some());
        entries.extend(window.map(EnergyEntry::Window));
        let sampler = Sampler::start(setup.meter.clone(), SAMPLING);
        let opened = || Opened { mark: setup.meter.mark(), at_us: now_us() };
        let ledger = Ledger {
            idle,
            session: opened(),
            block: opened(),
            attempts: (0, 0),
            number,
            open: 0,
            ended: Vec::new(),
            interval: (setup.meter.mark(), busy_cpu_ns(&setup.roots.procfs)),
            active: BTreeMap::new(),
            next: 0,
            samples: Vec::new(),
            chunks: 0,
            told_s: 0.0,
            warned: false,
            state: None,
        };
        let groups = match setup.mode {
            EnergyMode::Concurrent => RunCgroup::parent(&setup.roots)
                .inspect_err(|why| tracing::info!("CPU time of programs is read process by process: {why}"))
                .ok(),
            _ => None,
        };
        (Self { setup, groups, sampler: Mutex::new(sampler), ledger: Mutex::new(ledger) }, entries)
    }

    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn sampler(&self) -> MutexGuard<'_, Option<Sampler>> {
        self.sampler.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The machine, where runs have it for themselves. Without the lock's file there is nobody to wait for: the run goes on,
    /// and says so nowhere but in the log.
    pub(crate) async fn machine(&self) -> Option<MachineLock> {
        if !self.is_exclusive() {
            return None;
        }
        let folder = self.setup.lock_folder.clone();
        let taken = tokio::task::spawn_blocking(move || MachineLock::take(&folder)).await;
        let taken = taken.map_err(std::io::Error::other).and_then(|lock| lock);
        taken.inspect_err(|e| tracing::warn!("the machine's energy lock can't be taken: {e}")).ok()
    }

    /// A run begins. In `exclusive` it waits for the machine.
    pub(crate) async fn begin(&self, cpu: &Arc<RunCpu>) -> Taking {
        let machine = self.machine().await;
        if matches!(self.setup.mode, EnergyMode::Campaign | EnergyMode::Off) {
            self.ledger().open += 1;
            return Taking { from: None, id: 0, _machine: machine };
        }
        let state = self.state(if machine.is_some() { 0.0 } else { STATE_AGE_S });
        let from = self.setup.meter.mark();
        let mut ledger = self.ledger();
        ledger.next += 1;
        let id = ledger.next;
        let shares = vec![Ok(Part::default()); self.setup.meter.channels().len()];
        ledger.active.insert(id, Active { cpu: cpu.clone(), counted_ns: 0, shares });
        Taking { from: Some((from, state)), id, _machine: machine }
    }

    /// A run has ended: what it took, and the block it ended in.
    pub(crate) fn end(&self, taking: Taking) -> (Vec<Measurement>, Option<u32>) {
        let meter = &self.setup.meter;
        let Some((from, before)) = taking.from else {
            let mut ledger = self.ledger();
            ledger.attempts.0 += 1;
            ledger.open = ledger.open.saturating_sub(1);
            let number = ledger.number;
            if self.is_block_due(&ledger) {
                self.end_block(&mut ledger, meter.mark());
            }
            return (Vec::new(), Some(number));
        };
        let to = meter.mark();
        let duration_s = to.since_s(&from);
        let after = self.state(0.0);
        let figures = meter.between(&from, &to);
        let mut ledger = self.ledger();
        ledger.attempts.0 += 1;
        let mut taken = if self.setup.mode == EnergyMode::Exclusive {
            ledger.active.remove(&taking.id);
            measurements(&figures, &ledger.idle)
        } else {
            let needed_s = meter.channels().iter().map(shortest_window_s).fold(0.0, f64::max);
            if duration_s >= needed_s {
                self.close_interval(&mut ledger, to);
            }
            let shares = ledger.active.remove(&taking.id).map(|active| active.shares).unwrap_or_default();
            let mut flags: BTreeSet<EnergyFlag> = figures.iter().flat_map(|part| part.figure.flags.clone()).collect();
            flags.remove(&EnergyFlag::Short);
            // Graphics processors are measured alone or not at all: CPU time says nothing of them.
            let kept: Vec<usize> =
                (0..shares.len()).filter(|i| !matches!(meter.channels()[*i].domain, Domain::Gpu(_))).collect();
            let channels: Vec<_> = kept.iter().map(|i| meter.channels()[*i].clone()).collect();
            let shares: Vec<_> = kept.iter().map(|i| shares[*i]).collect();
            attributed(&channels, &shares, duration_s, &flags)
        };
        drop(ledger);
        for flag in after.flags_since(&before) {
            for measurement in &mut taken {
                measurement.flags.0.insert(flag.name().into());
            }
        }
        taken.extend(after.since(&before, duration_s));
        (taken, None)
    }

    /// Whether a run has the machine for itself, so that what is read in a part of it is its own.
    pub(crate) fn is_exclusive(&self) -> bool {
        self.setup.mode == EnergyMode::Exclusive
    }

    /// Reads everything now.
    pub(crate) fn mark(&self) -> Mark {
        self.setup.meter.mark()
    }

    /// What was taken since a mark.
    pub(crate) fn since(&self, from: &Mark) -> Vec<Measurement> {
        let figures = self.setup.meter.between(from, &self.mark());
        measurements(&figures, &self.ledger().idle)
    }

    fn state(&self, age_s: f64) -> HostState {
        let now_ns = self.setup.meter.clock().monotonic_ns();
        if let Some((read_ns, state)) = &self.ledger().state
            && now_ns.saturating_sub(*read_ns) as f64 <= age_s * 1e9
        {
            return state.clone();
        }
        let state = HostState::read(&self.setup.roots);
        self.ledger().state = Some((now_ns, state.clone()));
        state
    }

    /// Splits what was drawn since the last time among the runs, by CPU time.
    fn close_interval(&self, ledger: &mut Ledger, now: Mark) {
        let meter = &self.setup.meter;
        let (last, busy_before) = &ledger.interval;
        let elapsed_s = now.since_s(last);
        let microjoules = meter.microjoules(last, &now);
        let roots: Vec<u32> = ledger.active.values().flat_map(|active| active.cpu.programs()).collect();
        let trees = tree_cpu_ns(&self.setup.roots.procfs, &roots);
        let mut cpu_ns = Vec::with_capacity(ledger.active.len());
        for active in ledger.active.values_mut() {
            let used = active.cpu.used_ns(&trees).max(active.counted_ns);
            cpu_ns.push(used - active.counted_ns);
            active.counted_ns = used;
        }
        let busy = busy_cpu_ns(&self.setup.roots.procfs);
        let all_ns = busy.zip(*busy_before).map_or(0, |(now, before)| now.saturating_sub(before));
        for (at, whole) in microjoules.into_iter().enumerate() {
            let dynamic = match (whole, ledger.idle.get(at).copied().unwrap_or(Err(NO_BASELINE))) {
                (None, _) => Err("a sensor could not be read during the run"),
                (_, Err(why)) => Err(why),
                (Some(whole), Ok(idle)) => Ok(whole - (idle.watts * elapsed_s * 1e6).round() as i64),
            };
            let parts = dynamic.map(|dynamic| split(dynamic, &cpu_ns, all_ns));
            for (run, active) in ledger.active.values_mut().enumerate() {
                let Some(share) = active.shares.get_mut(at) else { continue };
                match (&parts, &mut *share) {
                    (Ok(parts), Ok(sum)) => *sum += parts.get(run).copied().unwrap_or_default(),
                    (Err(why), share) => *share = Err(why),
                    (Ok(_), Err(_)) => {}
                }
            }
        }
        ledger.interval = (now, busy);
    }

    /// Whether nothing of the budget was left to begin with.
    pub(crate) fn nothing_left(&self) -> bool {
        self.setup.budget_j.is_some_and(|budget| self.setup.spent_j >= budget)
    }

    /// The group of processes under which runs that overlap get groups of their own, where the system lets us.
    pub(crate) fn groups(&self) -> Option<&PathBuf> {
        self.groups.as_ref()
    }

    /// Looks after the books, twice a second.
    pub(crate) fn watch(&self) -> Looked {
        let mut entries = Vec::new();
        let now = self.setup.meter.mark();
        let mut ledger = self.ledger();
        ledger.samples.extend(self.sampler().iter().flat_map(Sampler::take));
        if ledger.samples.len() >= CHUNK {
            entries.extend(chunk(&mut ledger));
        }
        match self.setup.mode {
            EnergyMode::Concurrent if !ledger.active.is_empty() => self.close_interval(&mut ledger, now.clone()),
            EnergyMode::Concurrent => ledger.interval = (now.clone(), busy_cpu_ns(&self.setup.roots.procfs)),
            EnergyMode::Campaign if self.is_block_due(&ledger) => self.end_block(&mut ledger, now.clone()),
            _ => {}
        }
        entries.append(&mut ledger.ended);
        let parts = self.setup.meter.between(&ledger.session.mark, &now);
        let elapsed_s = now.since_s(&ledger.session.mark);
        if elapsed_s - ledger.told_s >= SO_FAR_S {
            ledger.told_s = elapsed_s;
            let attempts = ledger.attempts.0 + ledger.attempts.1;
            let taken = measurements(&parts, &ledger.idle);
            let so_far = window(EnergyWindowKind::SoFar, SO_FAR, &ledger.session, &now, attempts, taken);
            entries.push(EnergyEntry::Window(so_far));
        }
        // What is withheld may have been as much as its upper bound.
        let session_j = total(&parts).map(|sum| sum.figure.energy_j.unwrap_or(sum.figure.hi_j));
        let budget = self.setup.budget_j.zip(session_j.map(|j| j + self.setup.spent_j));
        let unwarned = budget.filter(|_| !ledger.warned);
        let warning = unwarned.and_then(|(budget, spent)| nearly("budget.energy_j", spent, budget, "J"));
        ledger.warned |= warning.is_some();
        Looked { entries, warning, used_up: budget.is_some_and(|(budget, spent)| spent >= budget) }
    }

    /// Whether a block has lasted long enough and no attempt is under way: one that lay in two blocks would be shown with
    /// the joules of one of them, and of others'. Attempts that overlap without a gap share one block.
    fn is_block_due(&self, ledger: &Ledger) -> bool {
        let lasted_ns = self.setup.meter.clock().monotonic_ns().saturating_sub(ledger.block.mark.monotonic_ns);
        ledger.attempts.0 > 0 && ledger.open == 0 && lasted_ns as f64 * 1e-9 >= BLOCK_S
    }

    fn end_block(&self, ledger: &mut Ledger, now: Mark) {
        let block = self.close_block(ledger, now);
        ledger.ended.push(block);
    }

    fn close_block(&self, ledger: &mut Ledger, now: Mark) -> EnergyEntry {
        let opened = std::mem::replace(&mut ledger.block, Opened { mark: now.clone(), at_us: now_us() });
        let attempts = std::mem::take(&mut ledger.attempts.0);
        ledger.attempts.1 += attempts;
        let number = ledger.number;
        ledger.number += 1;
        let taken = measurements(&self.setup.meter.between(&opened.mark, &now), &ledger.idle);
        EnergyEntry::Window(window(EnergyWindowKind::Block, number, &opened, &now, attempts, taken))
    }

    /// Closes the books. Runs that are still in them were lost, and so is what they took.
    pub(crate) async fn close(&self, handle: &Handle) -> (Vec<EnergyEntry>, SessionEnergy) {
        let now = self.setup.meter.mark();
        let mut entries = self.watch().entries;
        let report = self.sampler().take().map(Sampler::stop).unwrap_or_default();
        let session = {
            let mut ledger = self.ledger();
            entries.extend(chunk(&mut ledger));
            if self.setup.mode == EnergyMode::Campaign && ledger.attempts.0 > 0 {
                entries.push(self.close_block(&mut ledger, now.clone()));
            }
            let mut taken = measurements(&self.setup.meter.between(&ledger.session.mark, &now), &ledger.idle);
            let own = Observed::value(report.overhead_cpu_s);
            taken.push(Measurement::new("instrument_cpu_s", own, Provenance::Measured));
            let attempts = ledger.attempts.0 + ledger.attempts.1;
            let number = ledger.number;
            ledger.number += 1;
            window(EnergyWindowKind::Session, number, &ledger.session, &now, attempts, taken)
        };
        let number = self.ledger().number;
        let (after, window) = rest(&self.setup, EnergyWindowKind::BaselineAfter, number, handle).await;
        let mut session = session;
        if let Some(window) = window {
            session.measurements.extend(drift(&self.setup.meter, &self.ledger().idle, &after));
            entries.push(EnergyEntry::Window(window));
        }
        let told = session.measurements.iter().find(|m| m.metric.as_str() == "energy_j").cloned();
        entries.push(EnergyEntry::Window(session));
        (entries, SessionEnergy(told))
    }
}

/// Energy of a whole execution, where any was read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SessionEnergy(pub Option<Measurement>);

fn window(
    kind: EnergyWindowKind,
    number: u32,
    opened: &Opened,
    now: &Mark,
    attempts: u64,
    measurements: Vec<Measurement>,
) -> EnergyWindow {
    let duration_s = now.since_s(&opened.mark);
    EnergyWindow { number, kind, started_us: opened.at_us, duration_s, attempts, measurements }
}

fn chunk(ledger: &mut Ledger) -> Option<EnergyEntry> {
    let samples = std::mem::take(&mut ledger.samples);
    let first_us = samples.first()?.at_us;
    let number = ledger.chunks;
    ledger.chunks += 1;
    let packed = EnergySamples { number, first_us, samples: samples.len() as u32, bytes: pack(&samples) };
    Some(EnergyEntry::Samples(packed))
}

/// Idles and says what the machine draws meanwhile. Sources that know their idle power need no baseline.
async fn rest(
    setup: &EnergySetup,
    kind: EnergyWindowKind,
    number: u32,
    handle: &Handle,
) -> (Vec<IdlePower>, Option<EnergyWindow>) {
    let channels = setup.meter.channels();
    let mut baseline = Baseline::begin(&setup.meter);
    let known = channels.iter().all(|channel| channel.idle_w.is_some());
    if known || setup.baseline_s <= 0.0 || setup.mode == EnergyMode::Campaign {
        return (baseline.finish(channels), None);
    }
    let opened = Opened { mark: setup.meter.mark(), at_us: now_us() };
    for _ in 0..setup.baseline_s.ceil() as u64 {
        if !idle_second(handle).await {
            break;
        }
        baseline.sample(&setup.meter);
    }
    let idle = baseline.finish(channels);
    let now = setup.meter.mark();
    let mut taken = measurements(&setup.meter.between(&opened.mark, &now), &[]);
    taken.retain(|m| !matches!(m.metric.as_str(), "idle_energy_j" | "dynamic_energy_j"));
    taken.push(idle_measurement(channels, &idle));
    (idle, Some(window(kind, number, &opened, &now, 0, taken)))
}

/// How much idle power has changed meanwhile.
fn drift(meter: &Meter, before: &[IdlePower], after: &[IdlePower]) -> Option<Measurement> {
    let watts = |idle: &[IdlePower]| match idle_measurement(meter.channels(), idle) {
        Measurement { observed: Observed::Value(watts), provenance, .. } => Some((watts, provenance)),
        _ => None,
    };
    let ((before, provenance), (after, _)) = watts(before).zip(watts(after))?;
    Some(Measurement::new("idle_drift_w", Observed::value(after - before), provenance))
}

#[cfg(test)]
mod tests;
