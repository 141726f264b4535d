//! Whole runs: every factor moves its metric in its direction, and nothing else is left to chance.

#![allow(clippy::expect_used, clippy::panic, reason = "tests")]

use ergon_workloads::consensus::adversary::{Misdeed, Strategy};
use ergon_workloads::consensus::demands::WorkloadType;
use ergon_workloads::consensus::faults::{FaultSettings, FaultType, Intensity};
use ergon_workloads::consensus::generate::{ArrivalRate, Generation, Process, generate};
use ergon_workloads::consensus::job::{Job, SECOND_NS};
use ergon_workloads::consensus::kernel::Stopped;
use ergon_workloads::consensus::network::{Delay, NetworkProfile};
use ergon_workloads::consensus::protocol::ByzantineQuorum;
use ergon_workloads::consensus::protocol::negotiation::Bargaining;
use ergon_workloads::consensus::queue::Policy;
use ergon_workloads::consensus::simulation::{
    FaultRecovery, PROCESSING_NS, ProtocolKind, SimulationError, SimulationInput, SimulationOutcome, SimulationStreams,
    simulate,
};
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

const REPLICATES: u64 = 12;

fn rng(seed: u64, stream: u64) -> ChaCha8Rng {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(stream);
    rng
}

fn jobs(seed: u64, workload: WorkloadType, rate: ArrivalRate, count: u32) -> Vec<Job> {
    let generation = Generation { process: Process::Poisson, workload, rate, jobs: count, until_ns: 3_600 * SECOND_NS };
    generate(&generation, &mut rng(seed, 1)).expect("a valid generation")
}

fn streams(seed: u64) -> SimulationStreams {
    SimulationStreams { network: rng(seed, 2), faults: rng(seed, 3), agents: rng(seed, 4), timers: rng(seed, 5) }
}

/// Seven agents on a wide network, nothing wrong.
fn base(protocol: ProtocolKind, jobs: &[Job]) -> SimulationInput<'_> {
    SimulationInput {
        agents: 7,
        protocol,
        quorum: ByzantineQuorum::Intersecting,
        bargaining: Bargaining::default(),
        fault_records: Vec::new(),
        network: NetworkProfile::WAN,
        timeout_s: None,
        processing_ns: PROCESSING_NS,
        specialization: 0.5,
        faults: FaultSettings::NONE,
        jobs,
        simulation_time_s: 3_600.0,
        policy: Policy::Easy,
        event_limit: 50_000_000,
    }
}

fn run(input: &SimulationInput<'_>, seed: u64) -> SimulationOutcome {
    simulate(input, streams(seed), &mut || true).expect("the run ends")
}

/// Outcomes of some replicates, with the same jobs whatever is changed.
fn outcomes(protocol: ProtocolKind, change: impl Fn(&mut SimulationInput<'_>)) -> Vec<SimulationOutcome> {
    (0..REPLICATES)
        .map(|seed| {
            let jobs = jobs(seed, WorkloadType::Mixed, ArrivalRate::High, 100);
            let mut input = base(protocol, &jobs);
            change(&mut input);
            run(&input, seed)
        })
        .collect()
}

fn faulty(kind: FaultType, rate: f64, intensity: Intensity) -> FaultSettings {
    FaultSettings { kind, rate, intensity, misdeed: None, strategy: None }
}

fn mean(outcomes: &[SimulationOutcome], metric: impl Fn(&SimulationOutcome) -> Option<f64>) -> f64 {
    let values: Vec<f64> = outcomes.iter().filter_map(metric).collect();
    values.iter().sum::<f64>() / values.len() as f64
}

fn total(outcomes: &[SimulationOutcome], count: impl Fn(&SimulationOutcome) -> usize) -> usize {
    outcomes.iter().map(count).sum()
}

#[test]
fn without_faults_every_job_is_decided_placed_and_run() {
    for (_, protocol) in ProtocolKind::NAMES {
        for network in [NetworkProfile::LAN, NetworkProfile::WAN] {
            let all = outcomes(protocol, |input| input.network = network);
            for outcome in &all {
                assert_eq!(outcome.consensus_success_rate, Some(100.0), "{protocol:?}: {outcome:?}");
                assert_eq!((outcome.placed, outcome.decided), (outcome.submitted, outcome.submitted));
                assert_eq!(outcome.decisions as usize, outcome.submitted);
                let counts = (outcome.view_changes, outcome.elections, outcome.safety_violations);
                assert_eq!(counts, (0, 0, 0), "{protocol:?}, {network:?}, {} impasses", outcome.impasses);
                assert_eq!((outcome.fault_recovery, outcome.faulty_agents), (FaultRecovery::NoFault, 0));
                let completed: u32 = outcome.completions_per_minute.iter().flatten().sum();
                assert_eq!(completed as usize, outcome.placed);
            }
        }
    }
}

#[test]
fn convergence_is_three_delays_in_bft_and_a_round_trip_and_a_notice_in_raft() {
    let jobs = jobs(1, WorkloadType::Mixed, ArrivalRate::Medium, 20);
    for (protocol, delays) in [(ProtocolKind::Bft, 3.0), (ProtocolKind::Raft, 3.0), (ProtocolKind::Weighted, 3.0)] {
        let mut input = base(protocol, &jobs);
        input.network = NetworkProfile::ideal(Delay::constant(0.1));
        input.processing_ns = 0;
        let outcome = run(&input, 1);
        let convergence = outcome.convergence_time_s.expect("decisions");
        assert!((convergence - delays * 0.1).abs() < 1e-6, "{protocol:?}: {convergence}");
    }
}

/// A fault, what it must move up per protocol, and what it must not touch.
struct Effect {
    name: &'static str,
    faults: FaultSettings,
    protocol: ProtocolKind,
    rises: &'static [Metric],
    stays: &'static [Metric],
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Metric {
    Convergence,
    Bytes,
    ViewChanges,
    Elections,
    Unplaced,
    Violations,
}

impl Metric {
    fn of(self, all: &[SimulationOutcome]) -> f64 {
        match self {
            Self::Convergence => mean(all, |o| o.convergence_time_s),
            Self::Bytes => mean(all, |o| o.bytes_per_decision),
            Self::ViewChanges => total(all, |o| o.view_changes) as f64,
            Self::Elections => total(all, |o| o.elections) as f64,
            Self::Unplaced => total(all, |o| o.submitted - o.placed) as f64,
            Self::Violations => total(all, |o| o.safety_violations) as f64,
        }
    }
}

#[test]
fn each_fault_moves_its_metric_per_protocol() {
    use Metric::{Bytes, Convergence, Elections, Unplaced, ViewChanges, Violations};
    let lies = |misdeed, strategy| FaultSettings {
        misdeed: Some(misdeed),
        strategy: Some(strategy),
        ..faulty(FaultType::Byzantine, 0.28, Intensity::Chaos)
    };
    let crash = faulty(FaultType::Crash, 0.28, Intensity::Chaos);
    let loss = faulty(FaultType::Network, 0.42, Intensity::Heavy);
    let slow = faulty(FaultType::Performance, 0.42, Intensity::Heavy);
    let equivocation = lies(Misdeed::Equivocating, Strategy::Coordinated);
    let silence = lies(Misdeed::Silent, Strategy::Coordinated);
    let (bft, raft, weighted) = (ProtocolKind::Bft, ProtocolKind::Raft, ProtocolKind::Weighted);
    let negotiation = ProtocolKind::Negotiation;
    let table = [
        Effect { name: "crash", faults: crash, protocol: bft, rises: &[ViewChanges], stays: &[Violations, Elections] },
        Effect { name: "crash", faults: crash, protocol: raft, rises: &[Elections], stays: &[Violations, ViewChanges] },
        Effect { name: "loss", faults: loss, protocol: bft, rises: &[Convergence, Bytes], stays: &[Violations] },
        Effect { name: "loss", faults: loss, protocol: raft, rises: &[Convergence, Bytes], stays: &[Violations] },
        Effect {
            name: "performance",
            faults: slow,
            protocol: bft,
            rises: &[Convergence],
            stays: &[ViewChanges, Violations, Unplaced],
        },
        Effect {
            name: "performance",
            faults: slow,
            protocol: raft,
            rises: &[Convergence],
            stays: &[Elections, Violations, Unplaced],
        },
        Effect {
            name: "equivocation",
            faults: equivocation,
            protocol: bft,
            rises: &[ViewChanges],
            stays: &[Violations],
        },
        Effect { name: "equivocation", faults: equivocation, protocol: raft, rises: &[Violations], stays: &[] },
        Effect { name: "silence", faults: silence, protocol: bft, rises: &[ViewChanges], stays: &[Violations] },
        Effect {
            name: "crash",
            faults: crash,
            protocol: weighted,
            rises: &[ViewChanges, Convergence],
            stays: &[Violations, Elections],
        },
        Effect { name: "loss", faults: loss, protocol: weighted, rises: &[Convergence, Bytes], stays: &[Violations] },
        Effect {
            name: "performance",
            faults: slow,
            protocol: weighted,
            rises: &[Convergence],
            stays: &[ViewChanges, Violations, Unplaced],
        },
        Effect {
            name: "equivocation",
            faults: equivocation,
            protocol: weighted,
            rises: &[ViewChanges],
            stays: &[Violations],
        },
        Effect {
            name: "crash",
            faults: crash,
            protocol: negotiation,
            rises: &[ViewChanges, Convergence],
            stays: &[Violations, Elections],
        },
        Effect {
            name: "loss",
            faults: loss,
            protocol: negotiation,
            rises: &[Convergence, Bytes],
            stays: &[Violations],
        },
        Effect {
            name: "performance",
            faults: slow,
            protocol: negotiation,
            rises: &[Convergence],
            stays: &[Violations],
        },
        Effect { name: "equivocation", faults: equivocation, protocol: negotiation, rises: &[Violations], stays: &[] },
        Effect { name: "silence", faults: silence, protocol: weighted, rises: &[ViewChanges], stays: &[Violations] },
    ];
    for (_, protocol) in ProtocolKind::NAMES {
        let healthy = outcomes(protocol, |_| {});
        for effect in table.iter().filter(|effect| effect.protocol == protocol) {
            let hit = outcomes(protocol, |input| input.faults = effect.faults);
            for metric in effect.rises {
                let (before, after) = (metric.of(&healthy), metric.of(&hit));
                println!("{protocol:?}, {}: {metric:?} {before:.3} → {after:.3}", effect.name);
                assert!(after > before, "{protocol:?}, {}: {metric:?} {before} → {after}", effect.name);
            }
            for metric in effect.stays {
                let (before, after) = (metric.of(&healthy), metric.of(&hit));
                assert_eq!(before, after, "{protocol:?}, {}: {metric:?}", effect.name);
            }
        }
    }
}

#[test]
fn lies_about_capacity_cost_decision_quality() {
    for (_, protocol) in ProtocolKind::NAMES {
        let honest = outcomes(protocol, |_| {});
        let lied = outcomes(protocol, |input| {
            input.faults = FaultSettings {
                misdeed: Some(Misdeed::LyingAboutCapacity),
                strategy: Some(Strategy::Coordinated),
                ..faulty(FaultType::Byzantine, 0.3, Intensity::Chaos)
            };
        });
        let (before, after) = (mean(&honest, |o| o.decision_quality_score), mean(&lied, |o| o.decision_quality_score));
        let (rounds, more) = (mean(&honest, |o| o.negotiation_rounds), mean(&lied, |o| o.negotiation_rounds));
        println!("{protocol:?}: quality {before:.1} → {after:.1}, rounds {rounds:.2} → {more:.2}");
        if protocol.negotiates() {
            // Others see through the offer and ask for another: it costs rounds instead.
            assert!(more > rounds && after > 60.0, "{rounds} → {more} rounds");
        } else {
            assert!(after < before - 5.0, "{protocol:?}: {before} → {after}");
        }
        assert_eq!(total(&lied, |o| o.safety_violations), 0);
    }
}

#[test]
fn more_crashes_than_the_bound_stop_decisions_until_agents_recover() {
    for (_, protocol) in ProtocolKind::NAMES {
        let dead = outcomes(protocol, |input| input.faults = faulty(FaultType::Crash, 0.6, Intensity::Chaos));
        let back = outcomes(protocol, |input| input.faults = faulty(FaultType::Crash, 0.6, Intensity::Medium));
        let placed = |all: &[SimulationOutcome]| mean(all, |o| o.consensus_success_rate);
        println!("{protocol:?}: {:.1} % and {:.1} %", placed(&dead), placed(&back));
        assert!(placed(&dead) < 70.0 && placed(&back) > placed(&dead) && placed(&back) < 100.0);
        let censored = |o: &SimulationOutcome| matches!(o.fault_recovery, FaultRecovery::Censored(_));
        let recovered = |o: &SimulationOutcome| matches!(o.fault_recovery, FaultRecovery::Recovered(s) if s > 0.0);
        assert!(dead.iter().filter(|o| o.fault_recovery != FaultRecovery::NoBaseline).all(censored));
        assert!(back.iter().any(recovered), "{protocol:?}");
        assert_eq!(total(&dead, |o| o.safety_violations) + total(&back, |o| o.safety_violations), 0);
        assert!(dead.iter().all(|o| o.faulty_agents == 4), "0.6 × 7 = 4.2");
    }
}

#[test]
fn worse_intensity_is_worse() {
    for (_, protocol) in ProtocolKind::NAMES {
        let at = |kind, intensity| outcomes(protocol, move |input| input.faults = faulty(kind, 0.28, intensity));
        let slow = Intensity::NAMES.map(|(_, i)| mean(&at(FaultType::Performance, i), |o| o.convergence_time_s));
        assert!(slow.is_sorted(), "{protocol:?}: {slow:?}");
        let lossy = Intensity::NAMES.map(|(_, i)| mean(&at(FaultType::Network, i), |o| o.bytes_per_decision));
        assert!(lossy[0] < lossy[3], "{protocol:?}: {lossy:?}");
    }
}

#[test]
fn no_two_fault_types_and_no_two_protocols_are_alike() {
    let at = |protocol, kind| outcomes(protocol, |i| i.faults = faulty(kind, 0.42, Intensity::Heavy));
    let (mut seen, mut first) = (Vec::new(), Vec::new());
    for (_, protocol) in ProtocolKind::NAMES {
        for (name, kind) in FaultType::NAMES {
            // What a campaign would see, run for run, without the number of events.
            let shown: Vec<_> = at(protocol, kind).into_iter().map(|o| SimulationOutcome { events: 0, ..o }).collect();
            assert!(!seen.contains(&shown), "{protocol:?}, {name}");
            seen.push(shown);
        }
        let messages = mean(&seen[seen.len() - FaultType::NAMES.len()], |o| o.messages_per_decision);
        assert!(first.iter().all(|other: &f64| (messages / other - 1.0).abs() > 0.005), "{messages}, {first:?}");
        first.push(messages);
    }
}

#[test]
fn quality_rises_with_specialization_inside_the_domain_and_falls_outside() {
    let quality = |level: f64, inside: bool| {
        let all = outcomes(ProtocolKind::Bft, |input| {
            input.specialization = level;
            input.agents = 12;
            input.network = NetworkProfile::LAN;
        });
        mean(&all, |o| if inside { o.quality_in_domain } else { o.quality_out_of_domain })
    };
    let (inside, outside) = ([0.0, 0.5, 1.0].map(|s| quality(s, true)), [0.0, 0.5, 1.0].map(|s| quality(s, false)));
    println!("inside {inside:.1?}, outside {outside:.1?}");
    assert!(inside[2] > inside[0] + 1.0, "{inside:?}");
    assert!(outside[2] < outside[0] - 1.0, "{outside:?}");
}

#[test]
fn protocols_differ_as_their_message_patterns_do() {
    let small = |protocol, agents| outcomes(protocol, move |input| input.agents = agents);
    let messages = |protocol, agents| mean(&small(protocol, agents), |o| o.messages_per_decision);
    let bft = [messages(ProtocolKind::Bft, 5), messages(ProtocolKind::Bft, 20)];
    let raft = [messages(ProtocolKind::Raft, 5), messages(ProtocolKind::Raft, 20)];
    println!("messages per decision: bft {bft:.0?}, raft {raft:.0?}");
    assert!(bft[1] / bft[0] > 9.0, "quadratic: {bft:?}");
    assert!(raft[1] / raft[0] < 6.0, "linear: {raft:?}");
}

#[test]
fn the_same_streams_give_the_same_outcome_to_the_last_bit() {
    for (_, protocol) in ProtocolKind::NAMES {
        for kind in [FaultType::None, FaultType::Mixed, FaultType::Byzantine] {
            let once = outcomes(protocol, |input| input.faults = faulty(kind, 0.42, Intensity::Heavy));
            let twice = outcomes(protocol, |input| input.faults = faulty(kind, 0.42, Intensity::Heavy));
            assert_eq!(format!("{once:?}"), format!("{twice:?}"));
        }
    }
}

#[test]
fn limits_and_cancellation_end_a_run_in_words() {
    let jobs = jobs(1, WorkloadType::Mixed, ArrivalRate::High, 40);
    let mut input = base(ProtocolKind::Bft, &jobs);
    let cancelled = simulate(&input, streams(1), &mut || false);
    assert_eq!(cancelled, Err(SimulationError::Stopped(Stopped::Cancelled)));
    input.event_limit = 1_000;
    let limited = simulate(&input, streams(1), &mut || true).expect_err("too few events");
    assert!(limited.to_string().contains("its limit of 1000 events"), "{limited}");
    input.agents = 300;
    let crowded = simulate(&input, streams(1), &mut || true).expect_err("too many agents");
    assert_eq!(crowded.to_string(), "300 agents are too many; a group has at most 255");
}

#[test]
fn a_run_without_jobs_has_undefined_metrics_not_zeros() {
    for (_, protocol) in ProtocolKind::NAMES {
        let outcome = run(&base(protocol, &[]), 1);
        assert_eq!(outcome.consensus_success_rate, None);
        assert_eq!(
            (outcome.convergence_time_s, outcome.mean_wait_s, outcome.messages_per_decision),
            (None, None, None)
        );
        assert_eq!((outcome.resource_utilization, outcome.decision_quality_score), (None, None));
    }
}

#[test]
fn no_condition_below_the_bound_is_unsafe() {
    let mut runs = 0_u32;
    for (_, kind) in FaultType::NAMES {
        for (_, intensity) in Intensity::NAMES {
            for agents in [4, 5, 10, 15] {
                let jobs = jobs(u64::from(runs), WorkloadType::Mixed, ArrivalRate::High, 15);
                let mut input = base(ProtocolKind::Bft, &jobs);
                input.agents = agents;
                // ⌊(n−1)/3⌋ agents, whatever they do.
                input.faults = faulty(kind, ((agents - 1) / 3) as f64 / agents as f64, intensity);
                let outcome = run(&input, u64::from(runs));
                assert_eq!(outcome.safety_violations, 0, "bft, n = {agents}, {kind:?}, {intensity:?}");
                if kind != FaultType::Byzantine && kind != FaultType::Mixed && intensity != Intensity::Heavy {
                    for protocol in [ProtocolKind::Raft, ProtocolKind::Weighted, ProtocolKind::Negotiation] {
                        input.protocol = protocol;
                        let outcome = run(&input, u64::from(runs));
                        let violations = outcome.safety_violations;
                        assert_eq!(violations, 0, "{protocol:?}, n = {agents}, {kind:?}, {intensity:?}");
                    }
                }
                runs += 1;
            }
        }
    }
}
