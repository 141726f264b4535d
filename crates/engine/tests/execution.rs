//! Promises of the engine, kept against an in-memory log.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use ergon_domain::{
    AttemptResult, Condition, ControlCommand, Digest, FailureClass, Measurement, Observed, Outcome, PlannedCondition,
    PlannedRun, Prepared, ProcessRequest, Provenance, RunContext, RunError, RunKey, RunLimit, RunLog, RunLogBatch,
    RunLogError, RunState, RunStreams, Value, run_key,
};
use ergon_engine::{
    EngineError, Event, Execution, Handle, Limits, PhaseOrder, Rest, Runtimes, Stopped, Summary, execute,
};

#[derive(Default)]
struct MemoryLog {
    batches: Mutex<Vec<RunLogBatch>>,
    refuse: AtomicUsize,
    commands: Mutex<Vec<ControlCommand>>,
}

#[async_trait]
impl RunLog for MemoryLog {
    async fn record(&self, batch: RunLogBatch) -> Result<(), RunLogError> {
        if self.refuse.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1)).is_ok() {
            return Err(RunLogError::Store("no space left on device".into()));
        }
        self.batches.lock().unwrap().push(batch);
        Ok(())
    }
    async fn heartbeat(&self) -> Result<Vec<ControlCommand>, RunLogError> {
        Ok(std::mem::take(&mut *self.commands.lock().unwrap()))
    }
}

impl MemoryLog {
    fn ends(&self) -> Vec<(RunKey, u32, RunState, AttemptResult)> {
        let batches = self.batches.lock().unwrap();
        batches.iter().flat_map(|b| &b.ends).map(|e| (e.key, e.attempt, e.run_state, e.result.clone())).collect()
    }
    fn starts(&self) -> usize {
        self.batches.lock().unwrap().iter().map(|b| b.starts.len()).sum()
    }
}

type Body = Box<dyn Fn(i64, &RunContext) -> Result<f64, RunError> + Send + Sync>;

struct InProcess(Body);

#[async_trait]
impl Prepared for InProcess {
    async fn run(&self, condition: &Condition, context: &RunContext) -> Result<Outcome, RunError> {
        let y = (self.0)(condition.int("x").unwrap(), context)?;
        Ok(Outcome {
            measurements: vec![Measurement::new("y", Observed::value(y), Provenance::Measured)],
            ..Outcome::default()
        })
    }
}

struct Program(Vec<&'static str>);

#[async_trait]
impl Prepared for Program {
    async fn run(&self, _: &Condition, context: &RunContext) -> Result<Outcome, RunError> {
        let request = ProcessRequest {
            argv: self.0.iter().map(|s| (*s).to_owned()).collect(),
            output_cap_bytes: 4096,
            ..ProcessRequest::default()
        };
        let report = context.processes()?.run(request).await?;
        let log = format!(
            "{:?} out={}+{} {}",
            report.exit,
            report.stdout.len(),
            report.stdout_dropped,
            String::from_utf8_lossy(&report.stderr)
        );
        Ok(Outcome { log, ..Outcome::default() })
    }
}

fn plan(phases: &[usize]) -> Vec<PlannedRun> {
    let total: usize = phases.iter().sum();
    let phase_of = |i: usize| (0..phases.len()).find(|p| i < phases[..=*p].iter().sum()).unwrap();
    (0..total)
        .map(|i| {
            let condition = Condition([("x".into(), Value::Int(i as i64))].into_iter().collect());
            let digest = condition.digest();
            PlannedRun {
                index: i as u64,
                key: run_key(&Digest([0; 32]), &digest, 0),
                condition: Arc::new(PlannedCondition { condition, digest }),
                replicate: 0,
                phases: Arc::from([phase_of(i) as u16]),
            }
        })
        .collect()
}

struct Setup {
    phases: Vec<usize>,
    depends: bool,
    needs: Option<Vec<Vec<usize>>>,
    parallel: usize,
    retries: u32,
    timeout_s: Option<f64>,
    known: BTreeMap<RunKey, (RunState, u32)>,
    retry_failed: bool,
    limit: RunLimit,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            phases: vec![20],
            depends: false,
            needs: None,
            parallel: 2,
            retries: 0,
            timeout_s: None,
            known: BTreeMap::new(),
            retry_failed: false,
            limit: RunLimit::WallTime,
        }
    }
}

struct Ran {
    result: Result<Summary, EngineError>,
    log: Arc<MemoryLog>,
    events: Vec<Event>,
}

fn go(setup: Setup, workload: Arc<dyn Prepared>, log: MemoryLog, steer: impl FnOnce(Handle) + Send + 'static) -> Ran {
    let runs = plan(&setup.phases);
    go_with(setup, runs, workload, log, steer)
}

fn go_with(
    setup: Setup,
    runs: Vec<PlannedRun>,
    workload: Arc<dyn Prepared>,
    log: MemoryLog,
    steer: impl FnOnce(Handle) + Send + 'static,
) -> Ran {
    let scratch = tempfile::tempdir().unwrap();
    let runtimes = Runtimes::start().unwrap();
    let log = Arc::new(log);
    let events = Arc::new(Mutex::new(Vec::new()));
    let sink = events.clone();
    let handle = Handle::new();
    let execution = Execution {
        campaign: "test".into(),
        runs: setup.phases.iter().sum::<usize>() as u64,
        runs_by_phase: setup.phases.iter().map(|n| *n as u64).collect(),
        plan: Box::new(runs.into_iter()),
        known: setup.known,
        phases: (0..setup.phases.len())
            .map(|i| PhaseOrder {
                name: format!("phase_{}", i + 1),
                depends_on: match &setup.needs {
                    Some(needs) => needs[i].clone(),
                    None if setup.depends && i > 0 => vec![i - 1],
                    None => vec![],
                },
            })
            .collect(),
        streams: Arc::new(|run| RunStreams {
            key: run.key,
            campaign_seed: 1,
            replicate: run.replicate,
            common: Vec::new(),
        }),
        workload,
        models: None,
        limit: setup.limit,
        limits: Limits {
            parallel: setup.parallel,
            timeout_s: setup.timeout_s,
            retries: setup.retries,
            rest: Rest::For(0.0),
            warmup: 0,
            budget_s: None,
            spent_s: 0.0,
            retry_failed: setup.retry_failed,
        },
        energy: None,
        log: log.clone(),
        scratch: scratch.path().join("scratch"),
        marker: format!("test-{}-{:p}", std::process::id(), &raw const *log),
        withheld: vec!["ERGON_TEST_WITHHELD".into()],
        events: Arc::new(move |e| sink.lock().unwrap().push(e)),
    };
    let steering = std::thread::spawn({
        let handle = handle.clone();
        move || steer(handle)
    });
    let result = runtimes.io().block_on(execute(execution, handle, &runtimes));
    steering.join().unwrap();
    assert!(!Path::new(&scratch.path().join("scratch")).exists(), "no scratch folder is left");
    let events = std::mem::take(&mut *events.lock().unwrap());
    Ran { result, log, events }
}

fn body(f: impl Fn(i64, &RunContext) -> Result<f64, RunError> + Send + Sync + 'static) -> Arc<dyn Prepared> {
    Arc::new(InProcess(Box::new(f)))
}

#[test]
fn every_run_is_executed_once_and_told_after_its_commit() {
    let ran =
        go(Setup { phases: vec![500], ..Setup::default() }, body(|x, _| Ok(x as f64)), MemoryLog::default(), |_| ());
    let summary = ran.result.unwrap();
    assert_eq!((summary.succeeded, summary.failed, summary.remaining), (500, 0, 0));
    let keys: BTreeSet<RunKey> = ran.log.ends().iter().map(|e| e.0).collect();
    assert_eq!((keys.len(), ran.log.ends().len(), ran.log.starts()), (500, 500, 500));
    let told = ran.events.iter().filter(|e| matches!(e, Event::RunEnded { .. })).count();
    assert_eq!(told, 500);
}

#[test]
fn a_panic_fails_its_run_and_no_other() {
    let ran =
        go(Setup::default(), body(|x, _| if x == 7 { panic!("seven") } else { Ok(0.0) }), MemoryLog::default(), |_| ());
    let summary = ran.result.unwrap();
    assert_eq!((summary.succeeded, summary.failed), (19, 1));
    let failed = ran.log.ends().into_iter().find(|e| e.2 == RunState::Failed).unwrap();
    assert_eq!(
        failed.3,
        AttemptResult::Failed { class: FailureClass::Crashed, message: "the workload panicked: seven".into() }
    );
}

#[test]
fn only_what_another_attempt_can_mend_is_tried_again() {
    let ran = go(
        Setup { phases: vec![2], retries: 2, ..Setup::default() },
        body(|x, _| {
            let class = if x == 0 { FailureClass::ModelUnavailable } else { FailureClass::InvalidInput };
            Err(RunError::new(class, "no"))
        }),
        MemoryLog::default(),
        |_| (),
    );
    assert_eq!(ran.result.unwrap().failed, 2);
    let mut attempts: BTreeMap<RunKey, Vec<(u32, RunState)>> = BTreeMap::new();
    ran.log.ends().into_iter().for_each(|e| attempts.entry(e.0).or_default().push((e.1, e.2)));
    let mut seen: Vec<_> = attempts.into_values().collect();
    seen.sort_by_key(Vec::len);
    assert_eq!(
        seen,
        vec![vec![(1, RunState::Failed)], vec![(1, RunState::Queued), (2, RunState::Queued), (3, RunState::Failed)]]
    );
}

#[test]
fn a_phase_waits_for_the_phases_it_depends_on() {
    let ended = Arc::new(AtomicUsize::new(0));
    let seen = ended.clone();
    let ran = go(
        Setup { phases: vec![10, 10], depends: true, parallel: 4, ..Setup::default() },
        body(move |x, _| {
            std::thread::sleep(Duration::from_millis(3));
            if x >= 10 && seen.load(Ordering::SeqCst) < 10 {
                return Err(RunError::new(FailureClass::Internal, "too early"));
            }
            ended.fetch_add(1, Ordering::SeqCst);
            Ok(0.0)
        }),
        MemoryLog::default(),
        |_| (),
    );
    assert_eq!(ran.result.unwrap().succeeded, 20);
}

#[test]
fn a_phase_whose_ground_failed_is_skipped_with_a_reason() {
    let ran = go(
        Setup { phases: vec![3, 4], depends: true, ..Setup::default() },
        body(|_, _| Err(RunError::new(FailureClass::InvalidInput, "no"))),
        MemoryLog::default(),
        |_| (),
    );
    let summary = ran.result.unwrap();
    assert_eq!((summary.failed, summary.skipped, summary.remaining), (3, 4, 0));
    assert!(ran.events.iter().any(|e| matches!(e, Event::PhaseSkipped { phase, .. } if phase == "phase_2")));
}

/// Three runs: phase_1 selects all; phase_2 (nothing before it) the first; phase_3 depends on phase_2 and is the last run.
fn shared_plan() -> Vec<PlannedRun> {
    let mut runs = plan(&[3, 0, 1]);
    runs[0].phases = Arc::from([0, 1]);
    runs
}

#[test]
fn a_run_that_two_phases_select_counts_for_both() {
    for (first_fails, succeeded, failed, skipped) in [(false, 4, 0, 0), (true, 2, 1, 1)] {
        let setup = Setup { phases: vec![3, 0, 1], needs: Some(vec![vec![], vec![], vec![1]]), ..Setup::default() };
        let done = Arc::new(AtomicUsize::new(0));
        let seen = done.clone();
        let workload = body(move |x, _| {
            if x == 0 {
                std::thread::sleep(Duration::from_millis(80));
                seen.store(1, Ordering::SeqCst);
                if first_fails {
                    return Err(RunError::new(FailureClass::InvalidInput, "no"));
                }
            }
            if x == 3 && done.load(Ordering::SeqCst) == 0 {
                return Err(RunError::new(FailureClass::Internal, "too early"));
            }
            Ok(0.0)
        });
        let ran = go_with(setup, shared_plan(), workload, MemoryLog::default(), |_| ());
        let s = ran.result.unwrap();
        assert_eq!((s.succeeded, s.failed, s.skipped), (succeeded, failed, skipped), "first fails: {first_fails}");
    }
}

#[test]
fn a_run_of_a_skipped_phase_runs_for_the_other_phase_that_wants_it() {
    // phase_1 fails; phase_2 depends on it and is skipped, but phase_3 wants one of its two runs.
    let mut runs = plan(&[1, 2, 0]);
    runs[1].phases = Arc::from([1, 2]);
    let setup = Setup { phases: vec![1, 2, 0], needs: Some(vec![vec![], vec![0], vec![]]), ..Setup::default() };
    let workload = body(|x, _| if x == 0 { Err(RunError::new(FailureClass::InvalidInput, "no")) } else { Ok(0.0) });
    let s = go_with(setup, runs, workload, MemoryLog::default(), |_| ()).result.unwrap();
    assert_eq!((s.succeeded, s.failed, s.skipped, s.remaining), (1, 1, 1, 0));
}

#[test]
fn pausing_during_the_last_run_does_not_hang() {
    let ran = go(
        Setup { phases: vec![2], ..Setup::default() },
        body(|_, _| {
            std::thread::sleep(Duration::from_millis(200));
            Ok(0.0)
        }),
        MemoryLog::default(),
        |handle| {
            std::thread::sleep(Duration::from_millis(60));
            handle.pause();
        },
    );
    assert_eq!(ran.result.unwrap().succeeded, 2);
}

#[test]
fn what_has_ended_is_not_run_again_unless_asked() {
    let known = |states: &[RunState]| {
        plan(&[3]).iter().zip(states).map(|(run, state)| (run.key, (*state, 1))).collect::<BTreeMap<_, _>>()
    };
    let states = [RunState::Succeeded, RunState::Failed, RunState::Queued];
    for (retry_failed, attempts, succeeded, failed) in [(false, 1, 2, 1), (true, 2, 3, 0)] {
        let setup = Setup { phases: vec![3], known: known(&states), retry_failed, ..Setup::default() };
        let ran = go(setup, body(|_, _| Ok(1.0)), MemoryLog::default(), |_| ());
        let summary = ran.result.unwrap();
        assert_eq!((summary.attempts, summary.succeeded, summary.failed), (attempts, succeeded, failed));
        assert!(ran.log.ends().iter().all(|e| e.1 == 2), "attempts are numbered on");
    }
}

#[test]
fn draining_ends_what_runs_and_leaves_the_rest() {
    let ran = go(
        Setup { phases: vec![1000], ..Setup::default() },
        body(|_, _| {
            std::thread::sleep(Duration::from_millis(5));
            Ok(0.0)
        }),
        MemoryLog::default(),
        |handle| {
            std::thread::sleep(Duration::from_millis(60));
            handle.drain(Stopped::Asked, "asked");
        },
    );
    let summary = ran.result.unwrap();
    assert_eq!(summary.stopped, Some(Stopped::Asked));
    assert!(summary.succeeded > 0 && summary.remaining > 0);
    assert_eq!(summary.succeeded as usize, ran.log.ends().len());
}

#[test]
fn stopping_cancels_at_the_next_checkpoint_and_queues_the_run_again() {
    let ran = go(
        Setup { phases: vec![2], limit: RunLimit::Events, ..Setup::default() },
        body(|_, cx| {
            loop {
                cx.checkpoint()?;
                std::thread::sleep(Duration::from_millis(1));
            }
        }),
        MemoryLog::default(),
        |handle| {
            std::thread::sleep(Duration::from_millis(50));
            handle.stop_now();
        },
    );
    assert_eq!(ran.result.unwrap().remaining, 2);
    assert!(ran.log.ends().iter().all(|e| e.2 == RunState::Queued));
}

#[test]
fn pausing_from_outside_stops_new_runs_until_resumed() {
    let log = MemoryLog { commands: Mutex::new(vec![ControlCommand::Pause]), ..MemoryLog::default() };
    let ran = go(
        Setup { phases: vec![300], ..Setup::default() },
        body(|_, _| {
            std::thread::sleep(Duration::from_millis(10));
            Ok(0.0)
        }),
        log,
        |handle| {
            std::thread::sleep(Duration::from_millis(1800));
            handle.resume();
        },
    );
    assert_eq!(ran.result.unwrap().succeeded, 300);
    let order: Vec<&str> = ran
        .events
        .iter()
        .filter_map(|e| match e {
            Event::Paused => Some("paused"),
            Event::Resumed => Some("resumed"),
            _ => None,
        })
        .collect();
    assert_eq!(order, ["paused", "resumed"]);
}

#[test]
fn a_store_that_recovers_costs_nothing_and_one_that_does_not_ends_the_execution() {
    let recovers = MemoryLog { refuse: AtomicUsize::new(2), ..MemoryLog::default() };
    let ran = go(Setup::default(), body(|_, _| Ok(0.0)), recovers, |_| ());
    assert_eq!(ran.result.unwrap().succeeded, 20);
    assert_eq!(ran.log.ends().len(), 20);

    let broken = MemoryLog { refuse: AtomicUsize::new(usize::MAX), ..MemoryLog::default() };
    let ran = go(Setup::default(), body(|_, _| Ok(0.0)), broken, |_| ());
    assert!(ran.result.unwrap_err().to_string().contains("no space left on device"));
    assert!(ran.log.ends().is_empty());
    assert!(!ran.events.iter().any(|e| matches!(e, Event::RunEnded { .. })), "nothing uncommitted is told");
}

fn sleepers(tag: &str) -> usize {
    let listed = std::process::Command::new("pgrep").args(["-f", tag]).output().unwrap();
    String::from_utf8_lossy(&listed.stdout).lines().count()
}

#[test]
fn a_program_that_ignores_sigterm_and_forks_is_ended_with_all_its_children() {
    let script = "trap '' TERM; (setsid sleep 7301 &) ; sleep 7301 & sleep 7301";
    let ran = go(
        Setup { phases: vec![1], timeout_s: Some(0.3), ..Setup::default() },
        Arc::new(Program(vec!["sh", "-c", script])),
        MemoryLog::default(),
        |_| (),
    );
    let ends = ran.log.ends();
    assert!(matches!(&ends[0].3, AttemptResult::Failed { class: FailureClass::Timeout, .. }), "{:?}", ends[0]);
    assert_eq!(sleepers("sleep 7301"), 0);
}

#[test]
fn what_a_finished_program_leaves_running_is_ended() {
    let ran = go(
        Setup { phases: vec![1], ..Setup::default() },
        Arc::new(Program(vec!["sh", "-c", "setsid sleep 7302 & exit 0"])),
        MemoryLog::default(),
        |_| (),
    );
    assert_eq!(ran.result.unwrap().succeeded, 1);
    assert_eq!(sleepers("sleep 7302"), 0);
}

#[test]
fn endless_output_is_capped() {
    let ran = go(
        Setup { phases: vec![1], ..Setup::default() },
        Arc::new(Program(vec!["sh", "-c", "head -c 30000000 /dev/zero"])),
        MemoryLog::default(),
        |_| (),
    );
    let batches = ran.log.batches.lock().unwrap();
    let end = batches.iter().flat_map(|b| &b.ends).next().unwrap();
    assert!(end.log.contains("out=4096+29995904"), "{}", end.log);
}

#[test]
fn a_program_that_is_not_there_is_named() {
    let ran = go(
        Setup { phases: vec![1], ..Setup::default() },
        Arc::new(Program(vec!["/nonexistent/program"])),
        MemoryLog::default(),
        |_| (),
    );
    let AttemptResult::Failed { class, message } = ran.log.ends().remove(0).3 else { panic!() };
    assert_eq!(class, FailureClass::InvalidInput);
    assert!(message.contains("'/nonexistent/program' can't be started"), "{message}");
}
