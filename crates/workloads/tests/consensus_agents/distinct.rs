//! Every factor of the guide's campaign moves a metric, and any two protocols, agent types and fault types can be told
//! apart by one: by paired differences over conditions drawn from the campaign's factors, not by single runs.

use std::collections::{BTreeMap, BTreeSet};

use ergon_domain::{Observed, Outcome, Value, draw};
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

use crate::campaign::{Quantal, condition, run};

/// Draws of all other factors that a pair of levels is compared on.
const DRAWS: u32 = 64;
/// Two levels differ in a metric where it goes the same way on nearly all draws: more than so many standard errors of
/// a fair coin, which chance does in one of 15,000 comparisons.
const CLEAR: f64 = 4.0;

/// The model of configs/consensus-2025.yaml, roughly.
const MODEL: Quantal = Quantal {
    rationality: 10.0,
    format_error_rate: 0.02,
    latency_s: 1.2,
    confidence: None,
    simulated: true,
    tokens: Some(100),
};

/// A factor's name and its levels.
type Factor = (&'static str, Vec<Value>);

/// The factors of configs/consensus-2025.yaml, but for the largest groups, which take most of the time and say no more.
fn factors() -> Vec<Factor> {
    let words = |all: &[&str]| all.iter().map(Value::text).collect();
    vec![
        ("agent_type", words(&["heuristic", "llm", "hybrid"])),
        (
            "consensus_protocol",
            words(&["bft", "raft", "negotiation", "weighted", "multi_paxos", "tendermint", "hotstuff"]),
        ),
        ("agent_count", [5, 10, 15].map(Value::Int).to_vec()),
        ("fault_rate", [0.0, 0.1, 0.2, 0.3, 0.4, 0.5].map(Value::Real).to_vec()),
        ("fault_type", words(&["byzantine", "crash", "network", "performance", "mixed"])),
        ("fault_intensity", words(&["light", "medium", "heavy", "chaos"])),
        ("workload_type", words(&["gpu_intensive", "memory_heavy", "compute_bound", "io_heavy", "mixed"])),
        ("job_arrival_rate", words(&["low", "medium", "high"])),
        ("specialization_level", [0.0, 0.5, 1.0].map(Value::Real).to_vec()),
    ]
}

/// A draw of all factors: the same for every level of the one under test.
fn drawn(draw_number: u32, factors: &[Factor]) -> Vec<(&'static str, Value)> {
    let mut rng = ChaCha8Rng::seed_from_u64(u64::from(draw_number));
    let mut set: Vec<_> = factors
        .iter()
        .map(|(name, levels)| (*name, levels[draw::below(&mut rng, levels.len() as u64) as usize].clone()))
        .collect();
    set.push(("jobs", Value::Int(15)));
    set
}

/// Runs of one level of a factor, by draw.
fn runs(factor: &str, level: &Value, factors: &[Factor]) -> Vec<Outcome> {
    // Protocols are compared by what agreeing costs when nothing fails, faults where there are some that last.
    let fixed = match factor {
        "consensus_protocol" => vec![("fault_rate", Value::Real(0.0))],
        "fault_type" => vec![("fault_rate", Value::Real(0.4)), ("fault_intensity", Value::text("heavy"))],
        "fault_intensity" => vec![("fault_rate", Value::Real(0.4))],
        _ => Vec::new(),
    };
    let changed: Vec<_> = fixed.into_iter().chain([(factor, level.clone())]).collect();
    let run_of = |number| {
        let mut set = drawn(number, factors);
        set.extend(changed.clone());
        run(&condition("heuristic", &set), number, MODEL).expect("the run ends")
    };
    (0..DRAWS).map(run_of).collect()
}

/// A metric's value, and whether it has one: both are something that a campaign shows.
fn shown(outcome: &Outcome) -> BTreeMap<String, f64> {
    let mut all = BTreeMap::new();
    for measurement in &outcome.measurements {
        let metric = measurement.metric.as_str();
        if let Observed::Value(x) | Observed::Censored { at: x } = measurement.observed {
            all.insert(metric.to_owned(), x);
        }
    }
    // What only counts work of the simulator shows nothing of the system.
    all.remove("events");
    all
}

/// The metric that goes the same way most often: on how many draws up, and on how many down.
fn clearest(one: &[Outcome], other: &[Outcome]) -> (String, usize, usize) {
    let pairs: Vec<_> = one.iter().zip(other).map(|(a, b)| (shown(a), shown(b))).collect();
    let metrics: BTreeSet<&String> = pairs.iter().flat_map(|(a, _)| a.keys()).collect();
    let signs = |metric: &String| {
        let both = pairs.iter().filter_map(|(a, b)| Some((a.get(metric)?, b.get(metric)?)));
        let (up, down): (Vec<_>, Vec<_>) = both.filter(|(a, b)| a != b).partition(|(a, b)| a < b);
        (metric.clone(), up.len(), down.len())
    };
    let all = metrics.into_iter().map(signs);
    let by = |of: &(String, usize, usize)| standard_errors(of.1, of.2);
    all.max_by(|a, b| by(a).total_cmp(&by(b))).expect("some metric")
}

fn standard_errors(up: usize, down: usize) -> f64 {
    up.abs_diff(down) as f64 / libm::sqrt((up + down).max(1) as f64)
}

/// Any two of these levels.
fn told_apart(factor: &str, levels: &[Value], factors: &[Factor]) {
    let all: Vec<_> = levels.iter().map(|level| (level, runs(factor, level, factors))).collect();
    for (i, (level, here)) in all.iter().enumerate() {
        for (other, there) in &all[i + 1..] {
            let (metric, up, down) = clearest(here, there);
            println!("{factor}: from {level} to {other}, {metric} rises on {up} and falls on {down} of {DRAWS} draws");
            assert!(standard_errors(up, down) > CLEAR, "{factor}: {level} and {other} can't be told apart");
        }
    }
}

#[test]
fn every_factor_moves_a_metric_over_the_campaign() {
    let factors = factors();
    for (factor, levels) in &factors {
        let ends: Vec<Value> = levels.first().into_iter().chain(levels.last()).cloned().collect();
        told_apart(factor, &ends, &factors);
    }
}

#[test]
fn any_two_protocols_agent_types_and_fault_types_can_be_told_apart() {
    let factors = factors();
    for (factor, levels) in &factors {
        if ["consensus_protocol", "agent_type", "fault_type"].contains(factor) {
            told_apart(factor, levels, &factors);
        }
    }
}
