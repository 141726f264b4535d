//! The store's targets (ENGINE.md §5), measured: `cargo bench -p ergon-store [-- NAME…]`.
//!
//! Fails when a figure misses its target. Disk figures are compared with the same disk in the same run.
#![allow(clippy::unwrap_used, reason = "a bench ends at the first surprise")]

use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ergon_domain::{
    AttemptEnd, AttemptResult, AttemptStart, Condition, Digest, Direction, Family, Measurement, Metric, Observed,
    PlannedCondition, PlannedRun, Provenance, RunLog, RunLogBatch, RunState, Value,
};
use ergon_store::{Engine, NewRevision, Store};
use nix::time::{ClockId, clock_gettime};

const METRICS: usize = 10;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let folder = tempfile::Builder::new().prefix("ergon-bench").tempdir_in(place()).unwrap();
    let mut missed = 0;
    let mut report = |what: &str, figure: f64, unit: &str, target: &str, met: bool| {
        missed += u32::from(!met);
        println!("{what:<58} {figure:>10.2} {unit:<10} target {target:<12} {}", if met { "met" } else { "MISSED" });
    };
    let asked: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
    let wanted = |name: &str| asked.is_empty() || asked.iter().any(|a| a == name);
    runtime.block_on(async {
        if wanted("fresh") {
            let ms = fresh_file(folder.path()).await;
            report("fresh file", ms, "ms", "<= 50", ms <= 50.0);
        }
        if wanted("batches") {
            let rate = batches(folder.path()).await;
            report("runs x 10 metrics written in batches", rate, "/CPU s", ">= 40000", rate >= 40_000.0);
        }
        if wanted("durable") {
            let (commits, fsyncs, as_much) = durable(folder.path()).await;
            println!("{:<58} {fsyncs:>10.2} /s", "  this disk's write + fdatasync of 4 KiB");
            println!("{:<58} {as_much:>10.2} /s", "  the same with as many bytes as a commit writes");
            println!("{:<58} {commits:>10.2} /s", "  single-run durable commits");
            let share = commits / fsyncs;
            report("single-run commits to the disk's own rate", share, "x", ">= 0.9", share >= 0.9);
        }
        if wanted("table") {
            let ms = read_table(folder.path()).await;
            report("2,000 runs x 10 metrics read back", ms, "ms", "<= 15", ms <= 15.0);
        }
        if wanted("column") {
            let ms = read_column(folder.path()).await;
            report("one metric of 100,000 runs", ms, "ms", "<= 20", ms <= 20.0);
        }
    });
    if missed > 0 {
        eprintln!("{missed} targets missed");
        std::process::exit(1);
    }
}

/// Where stores usually are: not a RAM disk, whose fsync is free.
fn place() -> std::path::PathBuf {
    std::env::var_os("ERGON_BENCH_DIR").map_or_else(std::env::temp_dir, Into::into)
}

fn cpu_s() -> f64 {
    let now = Duration::from(clock_gettime(ClockId::CLOCK_PROCESS_CPUTIME_ID).unwrap());
    now.as_secs_f64()
}

/// Milliseconds of the fastest of several tries: what the work takes when nobody else uses the machine.
fn best(samples: &[f64]) -> f64 {
    samples.iter().copied().fold(f64::INFINITY, f64::min) * 1e3
}

async fn fresh_file(folder: &Path) -> f64 {
    let mut samples = Vec::new();
    for i in 0..10 {
        let began = Instant::now();
        let store = Store::open(&folder.join(format!("fresh-{i}.ergon"))).await.unwrap();
        samples.push(began.elapsed().as_secs_f64());
        store.close().await;
    }
    best(&samples)
}

/// Runs a CPU-second (all threads, commits and checkpoints included) of the best of three tries.
async fn batches(folder: &Path) -> f64 {
    const RUNS: u64 = 40_000;
    const BATCH: u64 = 2000;
    let (mut least_cpu, mut least_wall) = (f64::INFINITY, f64::INFINITY);
    for attempt in 0..3 {
        let (store, _, log) = held(&folder.join(format!("batches-{attempt}.ergon"))).await;
        let made: Vec<RunLogBatch> = (0..RUNS / BATCH).map(|b| batch(b * BATCH..(b + 1) * BATCH)).collect();
        let (cpu, began) = (cpu_s(), Instant::now());
        for batch in made {
            log.record(batch).await.unwrap();
        }
        least_cpu = (cpu_s() - cpu).min(least_cpu);
        least_wall = began.elapsed().as_secs_f64().min(least_wall);
        store.close().await;
    }
    println!("{:<58} {:>10.2} /s", "  the same by the wall clock", RUNS as f64 / least_wall);
    RUNS as f64 / least_cpu
}

/// What a single-run commit adds to the write-ahead log: about twenty pages (one per metric, and the run's own).
const COMMIT_BYTES: usize = 20 * 8216;

/// Commits a second, fsyncs of 4 KiB a second and of as much as a commit writes, in turns so that all see the same disk.
async fn durable(folder: &Path) -> (f64, f64, f64) {
    const ROUNDS: u64 = 12;
    const EACH: u64 = 100;
    let (_, _, log) = held(&folder.join("durable.ergon")).await;
    let mut plain = std::fs::File::create(folder.join("plain")).unwrap();
    plain.write_all(&vec![0; 1 << 25]).unwrap();
    plain.sync_all().unwrap();
    // The write-ahead log grows to its size once.
    for n in 0..2000 {
        log.record(batch(n..n + 1)).await.unwrap();
    }
    let (mut committing, mut syncing, mut as_much) = (0.0, 0.0, 0.0);
    for round in 0..ROUNDS {
        let began = Instant::now();
        for i in 0..EACH {
            plain.seek(SeekFrom::Start(i * 4096)).unwrap();
            plain.write_all(&[round as u8; 4096]).unwrap();
            plain.sync_data().unwrap();
        }
        syncing += began.elapsed().as_secs_f64();
        let began = Instant::now();
        for i in 0..EACH {
            plain.seek(SeekFrom::Start(i * COMMIT_BYTES as u64)).unwrap();
            plain.write_all(&[round as u8; COMMIT_BYTES]).unwrap();
            plain.sync_data().unwrap();
        }
        as_much += began.elapsed().as_secs_f64();
        let first = 10_000 + round * EACH;
        let made: Vec<RunLogBatch> = (first..first + EACH).map(|n| batch(n..n + 1)).collect();
        let began = Instant::now();
        for batch in made {
            log.record(batch).await.unwrap();
        }
        committing += began.elapsed().as_secs_f64();
    }
    let all = (ROUNDS * EACH) as f64;
    (all / committing, all / syncing, all / as_much)
}

async fn read_table(folder: &Path) -> f64 {
    let (store, campaign, log) = held(&folder.join("table.ergon")).await;
    log.record(batch(0..2000)).await.unwrap();
    let mut samples = Vec::new();
    for _ in 0..20 {
        let began = Instant::now();
        let table = store.run_table(campaign).await.unwrap();
        samples.push(began.elapsed().as_secs_f64());
        assert!(table.runs.len() == 2000 && table.columns.len() == METRICS);
    }
    best(&samples)
}

async fn read_column(folder: &Path) -> f64 {
    let (store, campaign, log) = held(&folder.join("column.ergon")).await;
    for first in (0..100_000).step_by(2000) {
        log.record(batch(first..first + 2000)).await.unwrap();
    }
    let mut samples = Vec::new();
    for _ in 0..20 {
        let began = Instant::now();
        let values = store.metric_values(campaign, "m3").await.unwrap();
        samples.push(began.elapsed().as_secs_f64());
        assert_eq!(values.len(), 100_000);
    }
    best(&samples)
}

async fn held(path: &Path) -> (Store, i64, Arc<dyn RunLog>) {
    let store = Store::open(path).await.unwrap();
    let metric = |i: usize| {
        Metric::new(&format!("m{i}"), "m", "1", Direction::None, (None, None), Family::Continuous, "a metric")
    };
    let digest = Digest::of_bytes(b"bench");
    let revision = NewRevision {
        slug: "bench".into(),
        title: "Bench".into(),
        workload: "command".into(),
        tags: Vec::new(),
        spec_text: String::new(),
        spec_json: "{}".into(),
        base_folder: "/".into(),
        spec_hash: digest,
        plan_hash: digest,
        analysis_hash: digest,
        runs: 0,
        manifest: "{}".into(),
        environment: "{}".into(),
        metrics: (0..METRICS).map(metric).collect(),
        inputs: Vec::new(),
        reason: None,
    };
    let campaign = store.register(revision, Default::default, 1).await.unwrap().id;
    let engine = Engine { token: "t".into(), pid: 1, start_ticks: 1, boot_id: "b".into(), host: "h".into() };
    let (lease, _) = store.acquire(campaign, "bench", engine, |_| Some(false), 2).await.unwrap();
    let log = store.run_log("bench", &lease, 1, 1, vec!["main".into()]);
    (store, campaign, log)
}

/// Starts and ends of the runs, ten replicates a condition, as a workload would report them.
fn batch(runs: std::ops::Range<u64>) -> RunLogBatch {
    let mut batch = RunLogBatch::default();
    for n in runs {
        let condition = Condition(
            [("nodes".into(), Value::Int((n / 10) as i64)), ("fault_rate".into(), Value::Real(0.1))]
                .into_iter()
                .collect(),
        );
        let digest = condition.digest();
        let run = PlannedRun {
            index: n,
            key: Digest::of_bytes(&n.to_le_bytes()),
            condition: Arc::new(PlannedCondition { condition, digest }),
            replicate: (n % 10) as u32,
            phases: [0].into(),
        };
        let key = run.key;
        batch.starts.push(AttemptStart { run, attempt: 1, started_us: n as i64 });
        let measured = |i: usize| {
            Measurement::new(
                format!("m{i}").as_str(),
                Observed::Value(n as f64 * 0.37 + i as f64),
                Provenance::Simulated,
            )
        };
        batch.ends.push(AttemptEnd {
            key,
            attempt: 1,
            ended_us: n as i64 + 5,
            duration_s: 0.1,
            cpu_s: Some(0.1),
            result: AttemptResult::Succeeded,
            run_state: RunState::Succeeded,
            measurements: (0..METRICS).map(measured).collect(),
            resources: Vec::new(),
            energy_block: None,
            spans: Vec::new(),
            artefacts: Vec::new(),
            log: String::new(),
        });
    }
    batch
}
