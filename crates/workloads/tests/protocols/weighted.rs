//! Weighted voting: what it costs, what it withstands, and whose votes count how much.

use crate::harness::{Incident, MS, Record, S, Story, asks, behaviour, play, play_with, weighted};
use crate::safety::{Dangers, is_complete, random_story, schedules};
use ergon_workloads::consensus::adversary::{Misdeed, Strategy};
use ergon_workloads::consensus::network::{Delay, NetworkProfile};
use ergon_workloads::consensus::node_set::{NodeId, NodeSet};
use ergon_workloads::consensus::protocol::weighted::{Weighted, WeightedSettings};
use ergon_workloads::draw;
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

const REQUESTS: u32 = 5;

fn story(incidents: Vec<(u64, Incident)>, faulty: NodeSet) -> Story {
    let mut all = asks(REQUESTS, 10 * S, S);
    all.extend(incidents);
    Story {
        network: NetworkProfile::ideal(Delay::normal(0.05, 0.01)),
        incidents: all,
        until_ns: 2_000 * S,
        seed: 11,
        faulty,
    }
}

fn of_capabilities(capabilities: &[u32]) -> Vec<Weighted> {
    Weighted::group(WeightedSettings { capabilities: capabilities.to_vec(), timeout_ns: S })
}

fn decided(record: &Record, faulty: NodeSet) -> Vec<usize> {
    let honest = (0..record.decided.len()).filter(|&node| !faulty.contains(node as NodeId));
    honest.map(|node| record.requests(node).len()).collect()
}

#[test]
fn a_decision_takes_three_one_way_delays_and_everybody_votes_twice() {
    for n in [3_u64, 4, 5, 7, 16, 50] {
        let once = Story {
            network: NetworkProfile::ideal(Delay::constant(0.1)),
            incidents: asks(1, 10 * S, S),
            until_ns: 1_000 * S,
            seed: 1,
            faulty: NodeSet::EMPTY,
        };
        let record = play(weighted(n as usize, 20 * S), &once);
        for node in 0..n as usize {
            assert_eq!(record.mean_latency_ns(0, node..node + 1) as u64, 300 * MS, "n = {n}, agent {node}");
        }
        assert_eq!(record.protocol_messages, (n - 1) + (n - 1) * (n - 1) + n * (n - 1), "n = {n}");
        assert!(record.view_changes.is_empty());
    }
}

#[test]
fn everything_is_decided_while_more_than_two_thirds_are_up_and_nothing_beyond() {
    for n in [3, 4, 5, 6, 7, 10, 15, 25] {
        // Equal weights: the fewest that hold more than two thirds are ⌊2n/3⌋ + 1.
        let spare = n - (2 * n / 3 + 1);
        for (down, expected) in [(spare, REQUESTS as usize), (spare + 1, 0)] {
            let faulty: NodeSet = (0..down).map(|k| (k * n / down) as NodeId).collect();
            let crashes = faulty.iter().map(|node| (S, Incident::Crash(node))).collect();
            let record = play(weighted(n, S), &story(crashes, faulty));
            assert!(decided(&record, faulty).iter().all(|&d| d == expected), "n = {n}, {down} down");
            assert_eq!(record.violations, 0);
            assert_eq!(record.view_changes.is_empty(), down == 0, "the first coordinator is among those down");
        }
    }
}

#[test]
fn the_bound_is_in_weight_not_in_heads() {
    for (capabilities, down, decides) in [
        (&[1, 1, 1, 1, 1, 1, 1][..], &[1, 2, 3][..], false),
        // 3 of 7 heads, 3 of 11 of the weight.
        (&[2, 1, 1, 1, 2, 2, 2], &[1, 2, 3], true),
        // 1 of 7 heads, 4 of 10 of the weight.
        (&[1, 4, 1, 1, 1, 1, 1], &[1], false),
    ] {
        let faulty: NodeSet = down.iter().copied().collect();
        let crashes = down.iter().map(|&node| (S, Incident::Crash(node))).collect();
        let record = play(of_capabilities(capabilities), &story(crashes, faulty));
        let expected = if decides { REQUESTS as usize } else { 0 };
        assert!(decided(&record, faulty).iter().all(|&d| d == expected), "{capabilities:?} without {down:?}");
    }
}

#[test]
fn a_crashed_coordinator_costs_time_and_no_decision() {
    let quick = play(weighted(7, S), &story(Vec::new(), NodeSet::EMPTY));
    for keeps in [true, false] {
        let incidents = vec![(11_010 * MS, Incident::Crash(0)), (17 * S, Incident::Recover(0, keeps))];
        let record = play(weighted(7, S), &story(incidents, NodeSet::EMPTY));
        assert!(decided(&record, NodeSet::EMPTY).iter().all(|&d| d == REQUESTS as usize), "keeps state: {keeps}");
        assert!(!record.view_changes.is_empty() && record.violations == 0);
        let when = |record: &Record| record.decided[1].iter().find(|(_, value)| value.request == 1).map(|d| d.0 / S);
        assert_eq!((when(&quick), when(&record)), (Some(11), Some(12)), "a timeout of a second later");
    }
}

#[test]
fn neither_side_of_a_partition_decides_differently_and_both_agree_after_it_heals() {
    let (mut held_up, mut moved_on) = (0, 0);
    let schedules = schedules();
    for seed in 0..schedules {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let n = 3 + (seed % 8) as usize;
        let capabilities: Vec<u32> = (0..n).map(|_| 1 + draw::below(&mut rng, 4) as u32).collect();
        // A cut anywhere, the portal on either side, while requests keep coming.
        let mut cut = || (0..=n).map(|_| u8::from(draw::bernoulli(&mut rng, 0.3))).collect::<Vec<u8>>();
        let cuts = [cut(), cut(), cut()];
        let mut incidents = asks(8, 3 * S, 300 * MS);
        for sides in cuts {
            incidents.push((2 * S + draw::below(&mut rng, 4_000) * MS, Incident::Part(sides)));
        }
        incidents.push((30 * S, Incident::Part(Vec::new())));
        for again in [5, 10, 20, 31, 40, 60, 100] {
            incidents.extend((0..8).map(|request| (again * S, Incident::Ask(request))));
        }
        let story = Story {
            network: NetworkProfile::ideal(Delay::normal(0.04, 0.02)),
            incidents,
            until_ns: 600 * S,
            seed,
            faulty: NodeSet::EMPTY,
        };
        let record = play(of_capabilities(&capabilities), &story);
        assert_eq!(record.violations, 0, "seed {seed}, {capabilities:?}");
        assert!(is_complete(&record, &story), "seed {seed}, {capabilities:?}");
        let during = record.decided.iter().flatten().filter(|(at_ns, _)| (10 * S..30 * S).contains(at_ns)).count();
        held_up += u64::from(during == 0 && record.decided.iter().flatten().any(|(at_ns, _)| *at_ns > 30 * S));
        moved_on += u64::from(during > 0);
    }
    println!("{schedules} partitions: {held_up} stop everybody, in {moved_on} one side goes on");
    assert!(10 * held_up > schedules && 10 * moved_on > schedules, "both kinds occur");
}

#[test]
fn it_is_safe_and_live_with_liars_below_a_third_of_the_weight_under_thousands_of_schedules() {
    let (mut changes, mut incomplete, mut violations) = (0, Vec::new(), Vec::new());
    let schedules = schedules();
    for seed in 0..schedules {
        let n = [4, 5, 6, 7, 8, 10][seed as usize % 6];
        // Liars and those that forget are fewer than a third together.
        let forgetful = usize::from(seed % 5 == 0);
        let crashes = forgetful + seed as usize % 2;
        let dangers = Dangers { liars: (n - 1) / 3 - forgetful, crashes, forgetful, network: seed % 3 != 0 };
        let story = random_story(seed, n, dangers);
        let record = play(weighted(n, 500 * MS), &story);
        changes += record.view_changes.len();
        if record.violations > 0 {
            violations.push(seed);
        }
        if !is_complete(&record, &story) {
            incomplete.push(seed);
        }
    }
    println!("{schedules} schedules: {changes} changes of view");
    assert!(violations.is_empty(), "two honest agents differ with seeds {violations:?}");
    assert!(incomplete.is_empty(), "once faults end, everything asked is decided everywhere, but for {incomplete:?}");
    assert!(changes as u64 > schedules / 2, "the schedules are too tame: {changes} changes of view");
}

fn colluding(capabilities: &[u32], liars: &[NodeId]) -> Record {
    let honest: Vec<NodeId> = (0..capabilities.len() as NodeId).filter(|node| !liars.contains(node)).collect();
    let targets: NodeSet = honest.iter().copied().take(honest.len() / 2).collect();
    let turned = |&liar: &NodeId| {
        (0, Incident::Turn(liar, Some(behaviour(Misdeed::Colluding, Strategy::Coordinated, targets, 1))))
    };
    let mut incidents = asks(1, 10 * S, S);
    incidents.extend(liars.iter().map(turned));
    let network = NetworkProfile::ideal(Delay::constant(0.05));
    let faulty = liars.iter().copied().collect();
    play(of_capabilities(capabilities), &Story { network, incidents, until_ns: 100 * S, seed: 1, faulty })
}

#[test]
fn more_than_a_third_of_the_weight_in_the_hands_of_liars_breaks_it() {
    for (capabilities, liars, breaks) in [
        (&[1, 1, 1, 1][..], &[0][..], false),
        (&[1, 1, 1, 1], &[0, 1], true),
        (&[1, 1, 1, 1, 1, 1, 1], &[0, 1], false),
        (&[1, 1, 1, 1, 1, 1, 1], &[0, 1, 2], true),
        // One head of five, and more than a third of the weight.
        (&[6, 2, 2, 2, 2], &[0], true),
        // Three heads of seven, and less than a third.
        (&[1, 1, 1, 3, 3, 3, 3], &[0, 1, 2], false),
    ] {
        let record = colluding(capabilities, liars);
        assert_eq!(record.violations > 0, breaks, "{capabilities:?}, {liars:?}");
    }
}

#[test]
fn a_value_that_most_find_out_of_the_question_is_not_decided_and_costs_the_coordinator_its_place() {
    // Each coordinator proposes 2 × its number; all but the first will hear only of 4.
    let dislike = (1..5).map(|node| (S, Incident::Prefer(node, 4, 0.0))).collect();
    let record = play(weighted(5, S), &story(dislike, NodeSet::EMPTY));
    assert!(decided(&record, NodeSet::EMPTY).iter().all(|&d| d == REQUESTS as usize));
    assert!(record.decided.iter().flatten().all(|(_, value)| value.choice == 4), "{:?}", record.decided);
    assert_eq!(record.view_changes.into_iter().collect::<Vec<_>>(), [1, 2]);
    // A single voice does not stop the others.
    let record = play(weighted(5, S), &story(vec![(S, Incident::Prefer(3, 4, 0.0))], NodeSet::EMPTY));
    assert!(record.decided.iter().flatten().all(|(_, value)| value.choice == 0));
    assert_eq!(record.decided.iter().map(Vec::len).min(), Some(REQUESTS as usize));
}

#[test]
fn many_requests_at_once_are_decided_one_after_another() {
    let mut story = story(Vec::new(), NodeSet::EMPTY);
    story.incidents = asks(200, 10 * S, 0);
    let record = play_with(weighted(4, 20 * S), &story, |group| assert_eq!(group.protocol(0).view(), 0));
    assert!(record.decided.iter().all(|decided| decided.len() == 200));
}

#[test]
fn the_same_seed_gives_the_same_record() {
    let at = |seed| {
        play(weighted(7, S), &random_story(seed, 7, Dangers { liars: 2, crashes: 2, forgetful: 0, network: true }))
    };
    assert_eq!(at(8), at(8));
    assert_ne!(at(8), at(9));
}
