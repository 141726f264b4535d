//! Heuristic agents, to the last bit: runs as they were before models could judge.

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
    PROCESSING_NS, ProtocolKind, SimulationInput, SimulationStreams, simulate,
};
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

fn rng(stream: u64) -> ChaCha8Rng {
    let mut rng = ChaCha8Rng::seed_from_u64(2_026);
    rng.set_stream(stream);
    rng
}

/// Events, bytes, end in nanoseconds, and the bits of quality and convergence.
fn shown(protocol: ProtocolKind, kind: FaultType) -> (u64, u64, u64, u64, u64) {
    let rate = ArrivalRate::High;
    let generation = Generation {
        process: Process::Poisson,
        workload: WorkloadType::Mixed,
        rate,
        jobs: 60,
        until_ns: 3_600 * SECOND_NS,
    };
    let jobs = generate(&generation, &mut rng(1)).expect("a valid generation");
    let input = SimulationInput {
        agents: 7,
        protocol,
        quorum: ByzantineQuorum::Intersecting,
        bargaining: Bargaining::default(),
        fault_records: Vec::new(),
        network: NetworkProfile::WAN,
        timeout_s: None,
        processing_ns: PROCESSING_NS,
        specialization: 0.5,
        faults: FaultSettings { kind, rate: 0.28, intensity: Intensity::Heavy, misdeed: None, strategy: None },
        jobs: &jobs,
        simulation_time_s: 3_600.0,
        policy: Policy::Easy,
        event_limit: 50_000_000,
    };
    let streams = SimulationStreams { network: rng(2), faults: rng(3), agents: rng(4), timers: rng(5) };
    let o = simulate(&input, streams, &mut || true).expect("the run ends");
    let bits = |x: Option<f64>| x.expect("something was decided").to_bits();
    (o.events, o.bytes, o.end_ns, bits(o.decision_quality_score), bits(o.convergence_time_s))
}

#[test]
fn heuristic_agents_are_what_they_were() {
    // Another number here changes every stored result: raise the workload's version if it must.
    for (protocol, kind, expected) in [
        (
            ProtocolKind::Bft,
            FaultType::None,
            (10_706, 1_943_664, 38_762_874_740_553, 4_635_296_084_533_555_793, 4_593_858_280_151_693_903),
        ),
        (
            ProtocolKind::Bft,
            FaultType::Mixed,
            (12_079, 2_550_832, 38_762_874_740_553, 4_634_752_282_963_807_038, 4_594_530_453_041_387_507),
        ),
        (
            ProtocolKind::Raft,
            FaultType::None,
            (6_227, 504_512, 38_762_886_018_581, 4_635_268_056_771_295_294, 4_593_954_390_815_017_031),
        ),
        (
            ProtocolKind::Raft,
            FaultType::Mixed,
            (6_689, 581_488, 38_762_886_018_581, 4_634_949_131_635_402_257, 4_593_851_733_524_720_054),
        ),
    ] {
        assert_eq!(shown(protocol, kind), expected, "{protocol:?}, {kind:?}");
    }
}
