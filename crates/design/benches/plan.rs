//! Plans 64,800 conditions × 10 replicates and asks for every run and its key. Prints time and peak memory.

#![allow(clippy::panic, reason = "a bench that can't plan has no figure")]

#[path = "../tests/support/mod.rs"]
mod support;

use std::time::Instant;

use ergon_design::PlanOptions;

const SPACE: &str = "ergon: 1\ncampaign: { id: bench, seed: 1 }\nworkload: { kind: consensus }\n\
    factors:\n  agent_type: [heuristic, llm, hybrid]\n  consensus_protocol: [bft, raft, negotiation, weighted]\n  \
    agent_count: [5, 10, 15, 25, 50]\n  fault_rate: [0.05, 0.1, 0.2, 0.3, 0.4, 0.5]\n  \
    workload_type: [gpu_intensive, memory_heavy, compute_bound, io_heavy, mixed]\n  \
    job_arrival_rate: [low, medium, high]\n  fault_type: [byzantine, crash, network, performance]\n  \
    specialization_level: [0, 0.5, 1]\n";

/// Largest memory the process had, in MiB (Linux).
fn peak_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|l| l.starts_with("VmHWM"));
    let kib = line.and_then(|l| l.split_whitespace().nth(1)).and_then(|k| k.parse::<u64>().ok());
    kib.unwrap_or(0) / 1024
}

fn main() {
    for (name, replicates, design, limit) in [
        ("64,800 × 10, every run and key", 10, "full_factorial", None),
        ("64,800 × 100, every run and key", 100, "full_factorial", None),
        ("balanced sample of 624", 4, "{ kind: balanced_sample, size: 624 }", None),
        ("balanced sample of 20,000", 1, "{ kind: balanced_sample, size: 20000 }", None),
    ] {
        let start = Instant::now();
        let text = format!("{SPACE}phases: [{{ name: p, design: {design}, replicates: {replicates} }}]\n");
        let campaign = support::campaign_for(&text, &support::manifest());
        let plan = campaign.plan(&PlanOptions { limit, ..PlanOptions::default() }).unwrap_or_else(|e| panic!("{e}"));
        let planned = start.elapsed();
        let start = Instant::now();
        let keys = plan.iter().fold(0u64, |sum, run| sum ^ run.key.to_u64());
        let report = &plan.phases()[0].report;
        println!(
            "{name}: imbalance {:?}, pairs covered {:?}, D-efficiency {:?}",
            report.max_imbalance, report.pair_coverage, report.d_efficiency
        );
        println!(
            "{name}: {} runs; read, resolved, planned in {:.3} s, iterated in {:.3} s; peak {} MiB; keys {keys:016x}",
            plan.runs(),
            planned.as_secs_f64(),
            start.elapsed().as_secs_f64(),
            peak_mib()
        );
    }
}
