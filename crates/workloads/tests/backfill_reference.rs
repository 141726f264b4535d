//! FIFO and EASY start times, job by job, against a reference written separately in Python
//! (`reference/easy_fifo.py`) and a case worked by hand.
//!
//! The published traces are used where `ERGON_TEST_DATA` points at the shared data.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use ergon_workloads::consensus::accounting;
use ergon_workloads::consensus::demands::WorkloadType;
use ergon_workloads::consensus::generate::{ArrivalRate, Generation, Process, generate};
use ergon_workloads::consensus::job::{Job, SECOND_NS};
use ergon_workloads::consensus::queue::Policy;
use ergon_workloads::consensus::replay::{Placement, replay};
use ergon_workloads::consensus::swf::{Selected, Selection, Trace};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

const POLICIES: [(Policy, &str); 2] = [(Policy::Fifo, "fifo"), (Policy::Easy, "easy")];

/// Ten processors; submit, run, requested (seconds), processors.
///
/// Job 1 holds 6. Job 2 (8) cannot start before it ends at 100: that is its shadow time, with 2 extra
/// processors. Job 3 (4, requested to 60) goes ahead at 20 and ends early at 50. Then job 4 (2, long)
/// takes the extra two; job 5 (3) fits nowhere until job 2 ends at 150; job 6 (2) is requested to end
/// exactly at 100 and goes ahead at 60.
const BY_HAND: [(u64, u64, u64, u32); 6] =
    [(0, 100, 100, 6), (10, 50, 50, 8), (20, 30, 40, 4), (25, 200, 300, 2), (30, 20, 80, 3), (60, 10, 40, 2)];
const BY_HAND_EASY: [u64; 6] = [0, 100, 20, 50, 150, 60];
const BY_HAND_FIFO: [u64; 6] = [0, 100, 150, 150, 150, 170];

fn by_hand() -> Vec<Job> {
    let job = |(index, &(submit, run, requested, cores)): (usize, &(u64, u64, u64, u32))| {
        let [submit, run, requested] = [submit, run, requested].map(|s| s * SECOND_NS);
        Job::of_cores(index as u32 + 1, submit, run, requested, cores)
    };
    BY_HAND.iter().enumerate().map(job).collect()
}

/// (job number, start in nanoseconds) of the reference.
fn reference(trace: &Path, processors: u32, first: usize, policy: &str) -> Vec<(u64, u64)> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/easy_fifo.py");
    let output = Command::new("python3")
        .arg(script)
        .arg(trace)
        .args([&processors.to_string(), &first.to_string(), policy])
        .output()
        .expect("this test compares with a reference in Python: install python3 (3.8 or later)");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "the reference failed:\n{errors}");
    let lines = String::from_utf8(output.stdout).unwrap();
    let number = |field: Option<&str>| -> u64 { field.unwrap().parse().unwrap() };
    lines
        .lines()
        .map(|line| {
            let mut fields = line.split(' ');
            (number(fields.next()), number(fields.next()))
        })
        .collect()
}

fn ours(jobs: &[Job], processors: u32, policy: Policy) -> Vec<Placement> {
    let placements = replay(jobs, processors, policy).unwrap();
    assert_eq!(placements.len(), jobs.len(), "every job has run");
    placements
}

/// Compares all start times under both policies; answers how many jobs EASY started at other times
/// than FIFO, so that the caller can see that there was something to compare.
fn compare(trace: &Path, processors: u32, first: usize) -> usize {
    let bytes = std::fs::read(trace).unwrap();
    let selection = Selection { first: Some(first), ..Selection::default() };
    let selected: Selected = Trace::parse(&bytes).unwrap().select(&selection).unwrap();
    let mut starts = Vec::new();
    for (policy, word) in POLICIES {
        let expected = reference(trace, processors, first, word);
        let placements = ours(&selected.jobs, processors, policy);
        assert_eq!(placements.len(), expected.len(), "{word}: jobs");
        for (placement, (number, start_ns)) in placements.iter().zip(&expected) {
            assert_eq!(placement.start_ns, *start_ns, "{word}: job {number} of {}", trace.display());
        }
        starts.push(expected);
    }
    let pairs = starts[0].iter().zip(&starts[1]);
    pairs.filter(|(fifo, easy)| fifo != easy).count()
}

/// Writes jobs as a log with milliseconds.
fn write_swf(name: &str, jobs: &[Job]) -> PathBuf {
    let milli = |ns: u64| format!("{}.{:03}", ns / SECOND_NS, ns % SECOND_NS / 1_000_000);
    let mut text = String::from("; Version: 2.2\n; Note: generated for a test of Ergon\n");
    for job in jobs {
        let (submit, run, requested) = (milli(job.submit_ns), milli(job.run_ns), milli(job.requested_ns));
        let (id, cores) = (job.id, job.cores);
        writeln!(text, "{id} {submit} -1 {run} {cores} -1 -1 {cores} {requested} -1 1 -1 -1 -1 -1 -1 -1 -1").unwrap();
    }
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, text).unwrap();
    path
}

fn shared(name: &str) -> Option<PathBuf> {
    let Some(folder) = std::env::var_os("ERGON_TEST_DATA") else {
        println!("ERGON_TEST_DATA is not set: {name} is not compared");
        return None;
    };
    Some(Path::new(&folder).join("traces").join(name))
}

#[test]
fn a_small_trace_worked_by_hand() {
    let starts = |policy| -> Vec<u64> {
        let placed = ours(&by_hand(), 10, policy);
        placed.iter().map(|p| p.start_ns / SECOND_NS).collect()
    };
    assert_eq!(starts(Policy::Fifo), BY_HAND_FIFO);
    assert_eq!(starts(Policy::Easy), BY_HAND_EASY);
    let wait = |policy| accounting::mean_wait_s(&ours(&by_hand(), 10, policy)).unwrap();
    // (0 + 90 + 130 + 125 + 120 + 110) ÷ 6 and (0 + 90 + 0 + 25 + 120 + 0) ÷ 6
    assert_eq!(wait(Policy::Fifo), 575.0 / 6.0);
    assert_eq!(wait(Policy::Easy), 235.0 / 6.0);
}

#[test]
fn the_reference_agrees_on_the_small_trace() {
    let trace = write_swf("by_hand.swf", &by_hand());
    let seconds = |policy| -> Vec<u64> {
        let starts = reference(&trace, 10, 6, policy);
        starts.iter().map(|(_, ns)| ns / SECOND_NS).collect()
    };
    assert_eq!(seconds("fifo"), BY_HAND_FIFO);
    assert_eq!(seconds("easy"), BY_HAND_EASY);
    assert_eq!(compare(&trace, 10, 6), 3, "jobs 3, 4 and 6 go ahead");
}

#[test]
fn traces_generated_for_ergon_start_as_in_the_reference() {
    let cases = [
        ("lublin", Process::Lublin { cores: 128 }, 12.0, 128),
        ("lublin_odd", Process::Lublin { cores: 100 }, 20.0, 100),
        ("poisson", Process::Poisson, 10.0, 200),
        ("bursts", Process::Bursts, 9.0, 200),
    ];
    for (seed, (name, process, per_hour, processors)) in cases.into_iter().enumerate() {
        let generation = Generation {
            process,
            workload: WorkloadType::Mixed,
            rate: ArrivalRate::PerHour(per_hour),
            jobs: 800,
            until_ns: u64::MAX,
        };
        let mut rng = ChaCha8Rng::seed_from_u64(seed as u64);
        let jobs = generate(&generation, &mut rng).unwrap();
        let trace = write_swf(&format!("{name}.swf"), &jobs);
        let moved = compare(&trace, processors, jobs.len());
        assert!(moved > 50, "{name}: EASY moved only {moved} jobs");
    }
}

/// Ties everywhere: few distinct times and sizes, jobs of no length, estimates far too long.
#[test]
fn simultaneous_events_are_settled_as_in_the_reference() {
    use ergon_workloads::draw::below;

    for seed in 0..6 {
        let mut rng = ChaCha8Rng::seed_from_u64(1_000 + seed);
        let mut submit_ns = 0;
        let jobs: Vec<Job> = (1..=300)
            .map(|id| {
                submit_ns += below(&mut rng, 3) * 5 * SECOND_NS;
                let run_ns = below(&mut rng, 6) * 5 * SECOND_NS;
                let requested_ns = run_ns.max(SECOND_NS) * (1 + below(&mut rng, 3));
                let cores = 1 + below(&mut rng, 8) as u32;
                Job::of_cores(id, submit_ns, run_ns, requested_ns, cores)
            })
            .collect();
        let trace = write_swf(&format!("ties_{seed}.swf"), &jobs);
        assert!(compare(&trace, 8, 300) > 20);
    }
}

#[test]
fn hpc2n_starts_as_in_the_reference() {
    if let Some(trace) = shared("hpc2n_alea_subset.swf.gz") {
        assert!(compare(&trace, 240, 2_000) > 100);
        assert!(compare(&trace, 128, 2_000) > 100, "a machine half the size");
    }
}

#[test]
fn the_published_lublin_trace_starts_as_in_the_reference() {
    if let Some(trace) = shared("lublin_256.swf.gz") {
        assert!(compare(&trace, 256, 2_000) > 100);
    }
}
