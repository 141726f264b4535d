//! Promises of samples from the guide's factor space: 64,800 combinations.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a test's helpers fail by panic too")]

mod support;

use std::collections::{BTreeMap, BTreeSet};

use support::plan;

const GUIDE: &str = "factors:\n  agent_type: [heuristic, llm, hybrid]\n  consensus_protocol: [bft, raft, negotiation, weighted]\n  \
    agent_count: [5, 10, 15, 25, 50]\n  fault_rate: [0.05, 0.1, 0.2, 0.3, 0.4, 0.5]\n  \
    workload_type: [gpu_intensive, memory_heavy, compute_bound, io_heavy, mixed]\n  \
    job_arrival_rate: [low, medium, high]\n  fault_type: [byzantine, crash, network, performance]\n  \
    specialization_level: [0, 0.5, 1]\n";

fn sample(size: u64, extra: &str) -> ergon_design::Plan {
    plan(&format!("{GUIDE}{extra}phases: [{{ name: p, design: {{ kind: balanced_sample, size: {size} }} }}]\n"))
}

#[test]
fn the_guides_samples_are_balanced_and_cover_every_pair() {
    for size in [240, 624] {
        let plan = sample(size, "");
        let report = &plan.phases()[0].report;
        assert_eq!((report.combinations, plan.conditions(), plan.runs()), (64_800, size, size));
        assert_eq!(plan.iter().map(|r| r.condition.digest).collect::<BTreeSet<_>>().len() as u64, size);
        assert!(report.max_imbalance <= Some(1), "{size}: {:?}", report.max_imbalance);
        assert_eq!(report.pair_coverage, Some(1.0), "{size}");
        assert!(report.d_efficiency.unwrap() > 0.99, "{size}: {:?}", report.d_efficiency);
        // Counted again, from the runs themselves.
        let mut counts: BTreeMap<(String, String), u64> = BTreeMap::new();
        for run in plan.iter() {
            for name in ["agent_type", "agent_count", "fault_rate", "fault_type"] {
                let level = run.condition.condition.get(name).unwrap().to_string();
                *counts.entry((name.into(), level)).or_insert(0) += 1;
            }
        }
        for (name, levels) in [("agent_type", 3), ("agent_count", 5), ("fault_rate", 6), ("fault_type", 4)] {
            let of: Vec<u64> = counts.iter().filter(|((n, _), _)| n == name).map(|(_, c)| *c).collect();
            assert_eq!(of.len(), levels);
            assert!(of.iter().max().unwrap() - of.iter().min().unwrap() <= 1, "{name}: {of:?}");
        }
        assert_eq!(sample(size, "").plan_hash(), plan.plan_hash(), "the seed decides the sample");
    }
}

#[test]
fn constraints_and_collapse_leave_a_sample_exact_and_distinct() {
    let extra =
        "constraints: ['not (agent_count == 5 and fault_rate >= 0.4)', 'agent_type != llm or agent_count < 50']\n";
    let text = format!("{}{extra}", GUIDE.replace("[0.05, 0.1,", "[0, 0.1,"));
    let plan = plan(&format!("{text}phases: [{{ name: p, design: {{ kind: balanced_sample, size: 300 }} }}]\n"));
    assert_eq!((plan.conditions(), plan.runs()), (300, 300));
    assert_eq!(plan.iter().map(|r| r.condition.digest).collect::<BTreeSet<_>>().len(), 300);
    assert!(plan.excluded_by_constraints > 0 && plan.collapsed > 0);
    for run in plan.iter() {
        let at = &run.condition.condition;
        assert!(!(at.int("agent_count") == Some(5) && at.real("fault_rate") >= Some(0.4)));
        assert!(at.text("agent_type") != Some("llm") || at.int("agent_count") < Some(50));
    }
    let report = &plan.phases()[0].report;
    assert!(report.max_imbalance <= Some(1), "{:?}", report.max_imbalance);
    assert!(report.pair_coverage.unwrap() > 0.99 - 2.0 * 3.0 / 480.0, "{:?}", report.pair_coverage);
}

#[test]
fn every_size_of_a_small_space_works() {
    let factors =
        "factors: { agent_count: [5, 10, 15], consensus_protocol: [bft, raft], fault_rate: [0.1, 0.2, 0.3] }\n";
    for extra in ["", "constraints: ['not (agent_count == 5 and fault_rate > 0.1)']\n"] {
        let most = if extra.is_empty() { 18 } else { 14 };
        for size in 1..=most {
            let plan = plan(&format!(
                "{factors}{extra}phases: [{{ name: p, design: {{ kind: balanced_sample, size: {size} }} }}]\n"
            ));
            assert_eq!(plan.conditions(), size, "{extra}");
            assert_eq!(plan.iter().map(|r| r.condition.digest).collect::<BTreeSet<_>>().len() as u64, size);
        }
    }
}

#[test]
fn a_full_factorial_is_perfectly_efficient() {
    let plan =
        plan("factors: { agent_count: [5, 10, 15], consensus_protocol: [bft, raft], fault_rate: [0.1, 0.2, 0.3] }\n");
    let report = &plan.phases()[0].report;
    assert_eq!((report.max_imbalance, report.pair_coverage), (Some(0), Some(1.0)));
    assert!((report.d_efficiency.unwrap() - 1.0).abs() < 1e-12);
}

#[test]
fn long_lists_of_levels_cost_no_memory_for_their_pairs() {
    let long = "{ from: 1, to: 1000000, step: 10 }";
    let text = |design: &str| {
        format!(
            "factors: {{ simulation_time: {long}, job_source.first: {long} }}\nphases: [{{ name: p, design: {design} }}]\n"
        )
    };
    let listed = plan(&text("one_at_a_time"));
    assert_eq!(
        (listed.phases()[0].report.combinations, listed.phases()[0].report.pair_coverage),
        (10_000_000_000, None)
    );
    assert_eq!(plan(&text("{ kind: random_sample, size: 100 }")).conditions(), 100);
    let error = support::campaign(&text("{ kind: balanced_sample, size: 100 }")).plan(&Default::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "phase p: the factors have too many levels for balanced_sample (10000000000 pairs); use random_sample"
    );
}
