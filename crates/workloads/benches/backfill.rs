//! Speed of trace reading, job generation, the local queue and the utility. `cargo bench --bench
//! backfill` prints one line each; on shared machines take the best of several runs.

use std::hint::black_box;
use std::time::Instant;

use ergon_workloads::consensus::cluster::Cluster;
use ergon_workloads::consensus::demands::WorkloadType;
use ergon_workloads::consensus::generate::{ArrivalRate, Generation, Process, generate};
use ergon_workloads::consensus::job::Job;
use ergon_workloads::consensus::queue::{LocalQueue, Policy};
use ergon_workloads::consensus::replay::replay;
use ergon_workloads::consensus::swf::{Selection, Trace};
use ergon_workloads::consensus::utility::utility;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

/// Jobs of the benchmarked traces.
const JOBS: u32 = 20_000;
/// Repetitions; the best counts.
const ROUNDS: u32 = 5;

/// Best time of a call, seconds.
fn best<T>(mut call: impl FnMut() -> T) -> f64 {
    let time = |_| {
        let start = Instant::now();
        black_box(call());
        start.elapsed().as_secs_f64()
    };
    (0..ROUNDS).map(time).fold(f64::INFINITY, f64::min)
}

fn report(what: &str, count: usize, unit: &str, seconds: f64) {
    let rate = count as f64 / seconds;
    println!("{what:<44} {count:>8} {unit:<10} {:>9.3} ms {rate:>14.0} /s", seconds * 1e3);
}

fn jobs(process: Process, per_hour: f64) -> Vec<Job> {
    let generation = Generation {
        process,
        workload: WorkloadType::Mixed,
        rate: ArrivalRate::PerHour(per_hour),
        jobs: JOBS,
        until_ns: u64::MAX,
    };
    generate(&generation, &mut ChaCha8Rng::seed_from_u64(1)).unwrap_or_default()
}

fn swf(jobs: &[Job]) -> String {
    let line = |j: &Job| {
        let [submit, run, requested] = [j.submit_ns, j.run_ns, j.requested_ns].map(|ns| ns / 1_000_000_000);
        let (id, cores) = (j.id, j.cores);
        format!("{id} {submit} -1 {run} {cores} -1 -1 {cores} {requested} -1 1 1 1 1 1 -1 -1 -1\n")
    };
    jobs.iter().map(line).collect()
}

fn bench_replay(name: &str, jobs: &[Job], cores: u32) {
    for (policy, word) in [(Policy::Fifo, "FIFO"), (Policy::Easy, "EASY")] {
        let seconds = best(|| replay(jobs, cores, policy));
        report(&format!("replay {word}, {name}"), jobs.len(), "jobs", seconds);
    }
}

/// One utility of every agent for each job, on queues that are half full.
fn bench_utility(jobs: &[Job]) {
    let Ok(cluster) = Cluster::new(50, 0.5) else {
        return;
    };
    let mut queues: Vec<LocalQueue> =
        cluster.into_partitions().into_iter().map(|partition| LocalQueue::new(partition, Policy::Easy)).collect();
    for (index, job) in jobs.iter().take(400).enumerate() {
        // An infeasible job is refused; the next one comes.
        let _ = queues[index % 50].submit(*job, 0);
    }
    let evaluated = &jobs[400..600];
    let seconds = best(|| -> f64 {
        let of = |job| queues.iter().filter_map(move |queue| utility(job, queue, 0));
        evaluated.iter().flat_map(of).sum()
    });
    report("utility, 50 agents", evaluated.len() * 50, "agents", seconds);
}

fn main() {
    let lublin = Process::Lublin { cores: 128 };
    let relaxed = jobs(lublin, 8.0);
    let crowded = jobs(lublin, 20.0);
    let text = swf(&relaxed);
    let seconds = best(|| Trace::parse(text.as_bytes()).and_then(|t| t.select(&Selection::default())));
    report("parse and select SWF", relaxed.len(), "jobs", seconds);
    report("generate, Poisson", JOBS as usize, "jobs", best(|| jobs(Process::Poisson, 60.0)));
    report("generate, Lublin", JOBS as usize, "jobs", best(|| jobs(lublin, 60.0)));
    bench_replay("128 cores, Lublin", &relaxed, 128);
    bench_replay("128 cores, Lublin, overloaded", &crowded[..5_000], 128);
    bench_utility(&jobs(Process::Poisson, 60.0));
}
