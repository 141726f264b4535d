//! Speed of the message level: events per second on one core, and the time of one PBFT decision.
//!
//! Targets: 5 million events/s; PBFT n = 32 below 1 ms and n = 128 below 15 ms a decision.

use std::time::Instant;

use ergon_workloads::consensus::demands::WorkloadType;
use ergon_workloads::consensus::faults::{FaultSettings, FaultType, Intensity};
use ergon_workloads::consensus::generate::{ArrivalRate, Generation, Process, generate};
use ergon_workloads::consensus::group::{AppMessage, Group, Happened};
use ergon_workloads::consensus::kernel::Pace;
use ergon_workloads::consensus::network::{Delay, Network, NetworkProfile};
use ergon_workloads::consensus::node_set::NodeId;
use ergon_workloads::consensus::protocol::negotiation::Bargaining;
use ergon_workloads::consensus::protocol::pbft::{Pbft, PbftSettings};
use ergon_workloads::consensus::protocol::raft::Raft;
use ergon_workloads::consensus::protocol::{ByzantineQuorum, Protocol, Value};
use ergon_workloads::consensus::queue::Policy;
use ergon_workloads::consensus::simulation::{
    PROCESSING_NS, ProtocolKind, SimulationInput, SimulationStreams, simulate,
};
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

#[derive(Clone, Copy)]
struct Nothing;

impl AppMessage for Nothing {
    type Task = u64;
    fn bytes(&self) -> u64 {
        0
    }
    fn tampered(&self, _: NodeId) -> Option<Self> {
        None
    }
}

/// Decides `decisions` values one after another; answers the events processed.
fn decide<P: Protocol>(protocols: Vec<P>, profile: &NetworkProfile, decisions: u32) -> u64 {
    let n = protocols.len();
    let rng = ChaCha8Rng::seed_from_u64;
    let mut go_on = || true;
    let network = Network::new(n + 1, profile, rng(1), rng(2));
    let pace = Pace::new(u64::MAX, &mut go_on);
    let mut group: Group<'_, P, Nothing> = Group::new(protocols, network, rng(3), pace);
    for decision in 0..decisions {
        group.schedule(u64::from(decision + 10) * 20_000_000_000, u64::from(decision));
    }
    while let Ok(Some(notice)) = group.advance() {
        if let Happened::Due { task } = notice.what {
            let request = task as u32;
            for node in 0..n as NodeId {
                group.request(node, request);
            }
            for node in 0..n as NodeId {
                group.propose(node, Value { request, choice: 0 });
            }
        }
    }
    group.processed()
}

fn measure(name: &str, decisions: u32, run: impl Fn() -> u64) {
    let (mut best_s, mut events) = (f64::INFINITY, 0);
    for _ in 0..7 {
        let start = Instant::now();
        events = run();
        best_s = best_s.min(start.elapsed().as_secs_f64());
    }
    let per_s = events as f64 / best_s / 1e6;
    let each_ms = best_s * 1e3 / f64::from(decisions);
    println!("{name:<44} {per_s:>7.2} M events/s {each_ms:>9.3} ms/decision {events:>10} events");
}

/// One run of a campaign: 30 jobs, mixed faults on 30 % of the agents.
fn campaign_run(protocol: ProtocolKind, agents: usize, seed: u64) -> u64 {
    let rng = |stream: u64| {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(stream);
        rng
    };
    let until_ns = 1_800_000_000_000;
    let (process, workload, rate) = (Process::Poisson, WorkloadType::Mixed, ArrivalRate::Medium);
    let jobs = generate(&Generation { process, workload, rate, jobs: 30, until_ns }, &mut rng(0)).unwrap_or_default();
    let input = SimulationInput {
        agents,
        protocol,
        quorum: ByzantineQuorum::Intersecting,
        bargaining: Bargaining::default(),
        fault_records: Vec::new(),
        network: NetworkProfile::LAN,
        timeout_s: None,
        processing_ns: PROCESSING_NS,
        specialization: 0.5,
        faults: FaultSettings { kind: FaultType::Mixed, rate: 0.3, intensity: Intensity::Heavy, ..FaultSettings::NONE },
        jobs: &jobs,
        simulation_time_s: 1_800.0,
        policy: Policy::Easy,
        event_limit: u64::MAX,
    };
    let streams = SimulationStreams { network: rng(1), faults: rng(2), agents: rng(3), timers: rng(4) };
    simulate(&input, streams, &mut || true).map_or(0, |outcome| outcome.events)
}

fn main() {
    let normal = NetworkProfile::ideal(Delay::normal(0.250, 0.050));
    let constant = NetworkProfile::ideal(Delay::constant(0.250));
    let pbft = |n| Pbft::group(PbftSettings::new(n, 5_000_000_000));
    for (name, profile) in [("N(250, 50) ms", normal), ("lan", NetworkProfile::LAN), ("constant", constant)] {
        for (n, decisions) in [(16, 400), (32, 200), (64, 50), (128, 12)] {
            measure(&format!("pbft n = {n}, {name}"), decisions, || decide(pbft(n), &profile, decisions));
        }
        measure(&format!("raft n = 50, {name}"), 400, || decide(Raft::group(50, 2_500_000_000), &profile, 400));
    }
    measure("pbft n = 32, one decision from nothing", 1, || decide(pbft(32), &normal, 1));
    measure("pbft n = 128, one decision from nothing", 1, || decide(pbft(128), &normal, 1));
    println!("\nwhole runs, 30 jobs, 30 % of the agents with mixed heavy faults:");
    for (name, protocol) in ProtocolKind::NAMES {
        for agents in [5, 10, 25, 50, 100] {
            let start = Instant::now();
            let events: u64 = (0..20).map(|seed| campaign_run(protocol, agents, seed)).sum();
            let each_ms = start.elapsed().as_secs_f64() * 1e3 / 20.0;
            println!("{name} n = {agents:<4} {each_ms:>9.2} ms/run {:>9} events/run", events / 20);
        }
    }
}
