//! Multi-Paxos, HotStuff and Tendermint: what the papers say of them, and what any protocol must keep.

use std::collections::BTreeSet;

use crate::harness::{Incident, MS, Record, S, Story, asks, behaviour, play};
use crate::safety::{Dangers, is_complete, random_story, schedules};
use ergon_workloads::consensus::adversary::{Misdeed, Strategy};
use ergon_workloads::consensus::network::{Delay, NetworkProfile};
use ergon_workloads::consensus::node_set::{NodeId, NodeSet};
use ergon_workloads::consensus::protocol::hotstuff::{HotStuff, HotStuffSettings};
use ergon_workloads::consensus::protocol::multi_paxos::MultiPaxos;
use ergon_workloads::consensus::protocol::tendermint::{Tendermint, TendermintSettings};
use ergon_workloads::consensus::protocol::{ByzantineQuorum, byzantine_bound, crash_bound};

fn multi_paxos(n: usize, base_ns: u64) -> Vec<MultiPaxos> {
    MultiPaxos::group(n, base_ns)
}

fn hotstuff(n: usize, timeout_ns: u64) -> Vec<HotStuff> {
    HotStuff::group(HotStuffSettings { agents: n, quorum: ByzantineQuorum::Intersecting, timeout_ns })
}

fn tendermint(n: usize, timeout_ns: u64) -> Vec<Tendermint> {
    Tendermint::group(TendermintSettings { agents: n, quorum: ByzantineQuorum::Intersecting, timeout_ns })
}

fn quiet(delay: Delay, requests: u32, every_ns: u64, seed: u64) -> Story {
    Story {
        network: NetworkProfile::ideal(delay),
        incidents: asks(requests, 10 * S, every_ns),
        until_ns: 10_000 * S,
        seed,
        faulty: NodeSet::EMPTY,
    }
}

#[test]
fn multi_paxos_decides_everywhere_in_two_one_way_delays() {
    // Of three, the leader's word and one's own are a majority: nobody waits for a second delay.
    for n in [4_u64, 5, 16, 50] {
        let record = play(multi_paxos(n as usize, 20 * S), &quiet(Delay::constant(0.1), 1, S, 1));
        for node in 0..n as usize {
            assert_eq!(record.mean_latency_ns(0, node..node + 1) as u64, 200 * MS, "n = {n}, agent {node}");
        }
        // An offer to each other agent, and each of these to all others; then one beat with its answers.
        assert_eq!(record.protocol_messages, (n - 1) + (n - 1) * (n - 1) + 2 * (n - 1), "n = {n}");
        assert_eq!((record.candidacies, record.elected.len()), (0, 0), "agent 0 leads from the start");
    }
}

#[test]
fn hotstuff_decides_in_seven_one_way_delays_with_two_messages_an_agent_and_view() {
    for n in [4_u64, 5, 7, 16, 50] {
        let record = play(hotstuff(n as usize, 20 * S), &quiet(Delay::constant(0.1), 1, S, 1));
        // Three certificates take three round trips; the block that carries the third reaches the others one delay later.
        assert_eq!(record.mean_latency_ns(0, 0..1) as u64, 600 * MS, "n = {n}, the leader");
        for node in 1..n as usize {
            assert_eq!(record.mean_latency_ns(0, node..node + 1) as u64, 700 * MS, "n = {n}, agent {node}");
        }
        // Four views: three for the certificates, one to tell of the last.
        assert_eq!(record.protocol_messages, 4 * 2 * (n - 1), "n = {n}");
        assert!(record.view_changes.is_empty());
    }
}

#[test]
fn hotstuff_needs_about_2n_messages_a_decision_when_it_is_busy() {
    let (n, requests) = (16_u64, 60);
    // All at once: every view decides one.
    let record = play(hotstuff(n as usize, 200 * S), &quiet(Delay::constant(0.01), requests, 0, 1));
    assert_eq!(record.requests(3).len(), requests as usize);
    let views = u64::from(requests) + 3;
    let per_view = record.protocol_messages as f64 / views as f64;
    println!("HotStuff n = {n}: {per_view:.2} messages a view; 2n = {}", 2 * n);
    assert!((per_view / (2 * n) as f64 - 1.0).abs() < 0.1, "{per_view}");
}

#[test]
fn hotstuff_hands_over_to_the_next_leader_without_a_pause() {
    let record = play(hotstuff(4, 20 * S), &quiet(Delay::constant(0.01), 300, S, 1));
    assert_eq!(record.requests(2).len(), 300);
    assert!(record.view_changes.is_empty(), "nobody had to call: {:?}", record.view_changes);
    let proposers: BTreeSet<NodeId> = record.proposals.iter().map(|p| p.2).collect();
    assert_eq!(proposers.len(), 4, "300 decisions in 1,200 views go round");
}

#[test]
fn tendermint_decides_in_three_one_way_delays_and_changes_its_proposer_every_time() {
    for n in [4_u64, 5, 7, 16] {
        let record = play(tendermint(n as usize, 20 * S), &quiet(Delay::constant(0.1), 5, 10 * S, 1));
        for node in 0..n as usize {
            assert_eq!(record.mean_latency_ns(0, node..node + 1) as u64, 300 * MS, "n = {n}, agent {node}");
        }
        assert_eq!(record.protocol_messages, 5 * ((n - 1) + 2 * n * (n - 1)), "n = {n}");
        let proposers: Vec<NodeId> = record.proposals.iter().map(|p| p.2).collect();
        let expected: Vec<NodeId> = (0..5).map(|height| (height % n) as NodeId).collect();
        assert_eq!(proposers, expected, "n = {n}");
        assert!(record.view_changes.is_empty());
    }
}

/// Plays random schedules; answers how many decided everything and how often leaders changed.
fn thousands(
    play_one: impl Fn(usize, &Story) -> Record,
    sizes: &[usize],
    dangers: impl Fn(u64, usize) -> Dangers,
) -> u64 {
    let (mut incomplete, mut changes, mut unsafe_seeds) = (Vec::new(), 0, Vec::new());
    for seed in 0..schedules() {
        let n = sizes[seed as usize % sizes.len()];
        let story = random_story(seed, n, dangers(seed, n));
        let record = play_one(n, &story);
        changes += record.view_changes.len() as u64 + record.elected.len() as u64;
        if !is_complete(&record, &story) {
            incomplete.push((seed, n));
        }
        if record.violations > 0 {
            unsafe_seeds.push((seed, n));
        }
    }
    assert!(unsafe_seeds.is_empty(), "two honest agents differ with (seed, n) {unsafe_seeds:?}");
    let few: Vec<_> = incomplete.iter().take(12).collect();
    assert!(incomplete.is_empty(), "{} of {} incomplete: {few:?} …", incomplete.len(), schedules());
    changes
}

fn byzantine(seed: u64, n: usize) -> Dangers {
    let forgetful = usize::from(seed.is_multiple_of(5));
    let crashes = forgetful + seed as usize % 2;
    Dangers { liars: byzantine_bound(n) - forgetful, crashes, forgetful, network: !seed.is_multiple_of(3) }
}

#[test]
fn multi_paxos_is_safe_and_live_with_crashes_and_a_bad_network_under_thousands_of_schedules() {
    let dangers = |seed: u64, n: usize| Dangers {
        liars: 0,
        crashes: seed as usize % (n + 1),
        forgetful: 0,
        network: !seed.is_multiple_of(3),
    };
    let changes = thousands(|n, story| play(multi_paxos(n, 400 * MS), story), &[3, 4, 5, 6, 7, 9], dangers);
    assert!(changes > schedules() / 2, "the schedules are too tame: {changes} changes");
}

#[test]
fn hotstuff_is_safe_and_live_with_f_liars_under_thousands_of_schedules() {
    let changes = thousands(|n, story| play(hotstuff(n, 600 * MS), story), &[4, 5, 6, 7, 8, 10], byzantine);
    assert!(changes > schedules() / 2, "the schedules are too tame: {changes} changes");
}

#[test]
fn tendermint_is_safe_and_live_with_f_liars_under_thousands_of_schedules() {
    let changes = thousands(|n, story| play(tendermint(n, 500 * MS), story), &[4, 5, 6, 7, 8, 10], byzantine);
    assert!(changes > schedules() / 2, "the schedules are too tame: {changes} changes");
}

fn with_down(n: usize, down: usize) -> Story {
    let faulty: NodeSet = (0..down).map(|k| (k * n / down.max(1)) as NodeId).collect();
    let mut incidents = asks(5, 10 * S, S);
    incidents.extend(faulty.iter().map(|node| (S, Incident::Crash(node))));
    Story {
        network: NetworkProfile::ideal(Delay::normal(0.05, 0.01)),
        incidents,
        until_ns: 3_000 * S,
        seed: 11,
        faulty,
    }
}

fn decided(record: &Record, faulty: NodeSet) -> BTreeSet<usize> {
    let honest = (0..record.decided.len()).filter(|&node| !faulty.contains(node as NodeId));
    honest.map(|node| record.requests(node).len()).collect()
}

#[test]
fn each_decides_with_as_many_down_as_its_bound_allows_and_nothing_with_one_more() {
    for n in [4, 5, 7, 10, 16, 25] {
        let spare = n - ByzantineQuorum::Intersecting.size(n);
        for (down, expected) in [(crash_bound(n), 5), (crash_bound(n) + 1, 0)] {
            let story = with_down(n, down);
            let found = decided(&play(multi_paxos(n, S), &story), story.faulty);
            assert_eq!(found, BTreeSet::from([expected]), "multi_paxos, {down} of {n} down");
        }
        for (down, expected) in [(spare, 5), (spare + 1, 0)] {
            let story = with_down(n, down);
            let found = decided(&play(hotstuff(n, S), &story), story.faulty);
            assert_eq!(found, BTreeSet::from([expected]), "hotstuff, {down} of {n} down");
            let found = decided(&play(tendermint(n, S), &story), story.faulty);
            assert_eq!(found, BTreeSet::from([expected]), "tendermint, {down} of {n} down");
        }
    }
}

/// The liars collude: one half hears one thing, the other another, and they vote for both.
fn colluding(n: usize, liars: &[NodeId]) -> Story {
    let honest: Vec<NodeId> = (0..n as NodeId).filter(|node| !liars.contains(node)).collect();
    let targets: NodeSet = honest.iter().copied().take(honest.len() / 2).collect();
    let turn = |liar: &NodeId| {
        (0, Incident::Turn(*liar, Some(behaviour(Misdeed::Colluding, Strategy::Coordinated, targets, 1))))
    };
    let mut incidents = asks(1, 10 * S, S);
    incidents.extend(liars.iter().map(turn));
    Story {
        network: NetworkProfile::ideal(Delay::constant(0.05)),
        incidents,
        until_ns: 200 * S,
        seed: 1,
        faulty: liars.iter().copied().collect(),
    }
}

#[test]
fn one_liar_too_many_breaks_tendermint() {
    for (n, liars) in [(4, &[0, 1][..]), (7, &[0, 1, 2][..])] {
        assert_eq!(play(tendermint(n, 2 * S), &colluding(n, &liars[..liars.len() - 1])).violations, 0, "n = {n}");
        assert!(play(tendermint(n, 2 * S), &colluding(n, liars)).violations > 0, "n = {n}");
    }
}

#[test]
fn a_single_lying_leader_breaks_multi_paxos() {
    let story = colluding(5, &[0]);
    assert!(play(multi_paxos(5, 2 * S), &story).violations > 0);
}

#[test]
fn the_same_seed_gives_the_same_record() {
    let at = |seed| quiet(Delay::normal(0.05, 0.03), 20, 10 * MS, seed);
    assert_eq!(play(multi_paxos(7, S), &at(8)), play(multi_paxos(7, S), &at(8)));
    assert_eq!(play(hotstuff(7, S), &at(8)), play(hotstuff(7, S), &at(8)));
    assert_eq!(play(tendermint(7, S), &at(8)), play(tendermint(7, S), &at(8)));
    assert_ne!(play(tendermint(7, S), &at(8)), play(tendermint(7, S), &at(9)));
}
