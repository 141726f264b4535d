//! A store in a folder of its own, with a campaign and runs to record.

use std::path::PathBuf;
use std::sync::Arc;

use ergon_domain::{
    AttemptEnd, AttemptResult, AttemptStart, Condition, Digest, Direction, FailureClass, Family, Measurement, Metric,
    Observed, PlannedCondition, PlannedRun, Provenance, RunKey, RunLog, RunLogBatch, RunState, Value,
};
use ergon_store::{Engine, InputRecord, Lease, NewRevision, Registered, Store};

/// A store, and the folder that goes when the test ends.
pub(crate) struct Place {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) store: Store,
}

impl Place {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("lab.ergon")).await.unwrap();
        Self { folder, store }
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.store.path().to_owned()
    }

    /// Closes the store and opens the file again.
    pub(crate) async fn reopened(self) -> Self {
        let file = self.file();
        self.store.close().await;
        Self { folder: self.folder, store: Store::open(&file).await.unwrap() }
    }
}

pub(crate) fn revision(plan: &str) -> NewRevision {
    NewRevision {
        slug: "study".into(),
        title: "A study".into(),
        workload: "command".into(),
        tags: vec!["energy".into()],
        spec_text: format!("plan: {plan}"),
        spec_json: format!("{{\"plan\":\"{plan}\"}}"),
        base_folder: "/tmp".into(),
        spec_hash: Digest::of_bytes(plan.as_bytes()),
        plan_hash: Digest::of_bytes(plan.as_bytes()),
        analysis_hash: Digest::of_bytes(b"analysis"),
        runs: 4,
        manifest: "{}".into(),
        environment: "{}".into(),
        metrics: vec![metric("score"), metric("time_s")],
        inputs: vec![InputRecord { digest: Digest::of_bytes(b"in"), path: "jobs.swf".into(), size_bytes: 2 }],
        reason: None,
    }
}

pub(crate) fn metric(name: &str) -> Metric {
    Metric::new(name, name, "1", Direction::Higher, (None, None), Family::Continuous, "test")
}

pub(crate) async fn registered(store: &Store) -> Registered {
    store.register(revision("first"), || unreachable!("nothing was planned before"), 1).await.unwrap()
}

pub(crate) fn engine(token: &str, pid: u32) -> Engine {
    Engine { token: token.into(), pid, start_ticks: 7, boot_id: "boot".into(), host: "here".into() }
}

/// A campaign held by an engine, and its log.
pub(crate) async fn held(store: &Store) -> (Registered, Lease, Arc<dyn RunLog>) {
    let campaign = registered(store).await;
    let (lease, _) = store.acquire(campaign.id, "study", engine("one", 1), |_| Some(false), 2).await.unwrap();
    let log = log_of(store, &lease);
    (campaign, lease, log)
}

pub(crate) fn log_of(store: &Store, lease: &Lease) -> Arc<dyn RunLog> {
    store.run_log("study", lease, 1, 1, vec!["main".into(), "extra".into()])
}

/// Run number `n` of the plan: two replicates a condition.
pub(crate) fn planned(n: u64) -> PlannedRun {
    let condition = Condition([("rate".into(), Value::Int((n / 2) as i64))].into_iter().collect());
    let digest = condition.digest();
    PlannedRun {
        index: n,
        key: key(n),
        condition: Arc::new(PlannedCondition { condition, digest }),
        replicate: (n % 2) as u32,
        phases: [0].into(),
    }
}

pub(crate) fn key(n: u64) -> RunKey {
    Digest::of_bytes(&n.to_le_bytes())
}

pub(crate) fn start(n: u64, attempt: u32) -> AttemptStart {
    AttemptStart { run: planned(n), attempt, started_us: 1000 + i64::from(attempt) }
}

pub(crate) fn success(n: u64, attempt: u32) -> AttemptEnd {
    let simulated = |name: &str, x: f64| Measurement::new(name, Observed::value(x), Provenance::Simulated);
    let mut second = Measurement::new("time_s", Observed::Censored { at: 9.0 }, Provenance::Estimated("cpu".into()));
    second.lo = Some(8.5);
    second.flags.0.insert("slow".into());
    AttemptEnd {
        key: key(n),
        attempt,
        ended_us: 2000 + i64::from(attempt),
        duration_s: 0.5,
        cpu_s: Some(0.25),
        result: AttemptResult::Succeeded,
        run_state: RunState::Succeeded,
        measurements: vec![simulated("score", 0.1 + n as f64), second],
        resources: Vec::new(),
        energy_block: None,
        spans: vec![ergon_domain::Span { name: "planning".into(), start_s: 0.0, end_s: 0.25, taken: Vec::new() }],
        artefacts: vec![ergon_domain::Artefact {
            name: "out.txt".into(),
            size_bytes: 5,
            digest: Digest::of_bytes(b"hello"),
            content: Some(b"hello".to_vec()),
        }],
        log: "said hello\n".into(),
    }
}

pub(crate) fn failure(n: u64, attempt: u32, run_state: RunState) -> AttemptEnd {
    AttemptEnd {
        result: AttemptResult::Failed { class: FailureClass::Timeout, message: "too slow".into() },
        run_state,
        measurements: Vec::new(),
        artefacts: Vec::new(),
        ..success(n, attempt)
    }
}

pub(crate) fn batch(starts: Vec<AttemptStart>, ends: Vec<AttemptEnd>) -> RunLogBatch {
    RunLogBatch { starts, ends, ..RunLogBatch::default() }
}

/// Start and success of one run.
pub(crate) fn whole(n: u64) -> RunLogBatch {
    batch(vec![start(n, 1)], vec![success(n, 1)])
}

/// A number from a query of one row and column.
pub(crate) async fn number(store: &Store, sql: &str) -> i64 {
    store.query(sql).await.unwrap().rows[0][0].as_i64().unwrap()
}
