//! Beyond its bound a protocol loses decisions, and never its calm: whatever fails, a run stays small.

#![allow(clippy::expect_used, reason = "tests")]

use ergon_workloads::consensus::demands::WorkloadType;
use ergon_workloads::consensus::faults::{FaultSettings, FaultType, Intensity};
use ergon_workloads::consensus::generate::{ArrivalRate, Generation, Process, generate};
use ergon_workloads::consensus::job::SECOND_NS;
use ergon_workloads::consensus::network::NetworkProfile;
use ergon_workloads::consensus::protocol::ByzantineQuorum;
use ergon_workloads::consensus::protocol::negotiation::Bargaining;
use ergon_workloads::consensus::queue::Policy;
use ergon_workloads::consensus::simulation::{
    PROCESSING_NS, ProtocolKind, SimulationError, SimulationInput, SimulationStreams, simulate,
};
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

/// Whatever fails. A run of the campaign without faults has 1,000 to 80,000 events.
const ENOUGH: u64 = 1_000_000;

fn run(protocol: ProtocolKind, agents: usize, faults: FaultSettings, seed: u64) -> Result<u64, SimulationError> {
    let rng = |stream: u64| {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(stream);
        rng
    };
    // Jobs of a domain among specialists: few can run them, so that lies about capacity tell.
    let (process, workload, rate) = (Process::Poisson, WorkloadType::IoHeavy, ArrivalRate::Medium);
    let until_ns = 86_400 * SECOND_NS;
    let jobs = generate(&Generation { process, workload, rate, jobs: 15, until_ns }, &mut rng(0)).expect("jobs");
    let input = SimulationInput {
        agents,
        protocol,
        quorum: ByzantineQuorum::Intersecting,
        bargaining: Bargaining::default(),
        fault_records: Vec::new(),
        network: NetworkProfile::LAN,
        timeout_s: None,
        processing_ns: PROCESSING_NS,
        specialization: 1.0,
        faults,
        jobs: &jobs,
        simulation_time_s: 3_600.0,
        policy: Policy::Easy,
        event_limit: ENOUGH,
    };
    let streams = SimulationStreams { network: rng(1), faults: rng(2), agents: rng(3), timers: rng(4) };
    simulate(&input, streams, &mut || true).map(|outcome| outcome.events)
}

#[test]
fn no_protocol_storms_whatever_fails_and_however_long_the_jobs_run() {
    // With the second seed some jobs run for hours after the last decision.
    let mut most = (0, String::new());
    for (name, protocol) in ProtocolKind::NAMES {
        for (fault, kind) in FaultType::NAMES.into_iter().filter(|(_, kind)| *kind != FaultType::None) {
            for (level, intensity) in Intensity::NAMES {
                for (agents, rate, seed) in [(5, 0.4, 1), (15, 0.5, 1), (25, 0.2, 0), (25, 0.5, 1)] {
                    let faults = FaultSettings { kind, rate, intensity, misdeed: None, strategy: None };
                    let what = format!("{name}, {agents} agents, {rate} of them with {level} {fault} faults");
                    let events = run(protocol, agents, faults, seed).expect(&what);
                    most = most.max((events, what));
                }
            }
        }
    }
    println!("{} events at most: {}", most.0, most.1);
}
