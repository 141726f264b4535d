//! With as many faults as the bound allows everything is decided; with one more nothing is.

use crate::harness::{Incident, MS, Record, S, Story, asks, behaviour, pbft, play, raft};
use ergon_workloads::consensus::adversary::{Misdeed, Strategy};
use ergon_workloads::consensus::network::{Delay, NetworkProfile};
use ergon_workloads::consensus::node_set::{NodeId, NodeSet};
use ergon_workloads::consensus::protocol::{byzantine_bound, crash_bound};

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

fn decided(record: &Record, faulty: NodeSet) -> Vec<usize> {
    let honest = (0..record.decided.len()).filter(|&node| !faulty.contains(node as NodeId));
    honest.map(|node| record.requests(node).len()).collect()
}

#[test]
fn pbft_decides_with_f_crashed_and_not_with_one_more() {
    for n in [4, 5, 7, 10, 15, 16, 25, 50] {
        let f = byzantine_bound(n);
        // With a quorum of ⌈(n+f+1)/2⌉ more than f may be down for n ≠ 3f+1; the bound is n − quorum.
        let spare = n - (n + f + 1).div_ceil(2);
        assert!(spare >= f);
        for (down, expected) in [(f, REQUESTS as usize), (spare, REQUESTS as usize), (spare + 1, 0)] {
            // Spread, since the timer doubles with every crashed primary in a row.
            let faulty: NodeSet = (0..down).map(|k| (k * n / down) as NodeId).collect();
            let record =
                play(pbft(n, S), &story(faulty.iter().map(|node| (S, Incident::Crash(node))).collect(), faulty));
            assert!(decided(&record, faulty).iter().all(|&d| d == expected), "n = {n}, {down} down");
            assert_eq!(record.violations, 0);
            if down <= spare {
                assert!(!record.view_changes.is_empty(), "n = {n}: the first primary is down");
            }
        }
    }
}

#[test]
fn pbft_decides_with_f_liars_of_every_kind() {
    for (name, misdeed) in Misdeed::NAMES {
        for (_, strategy) in Strategy::NAMES {
            for n in [4, 5, 7, 10] {
                let liars: NodeSet = (0..byzantine_bound(n) as NodeId).collect();
                let targets: NodeSet =
                    (0..n as NodeId).filter(|&node| !liars.contains(node) && node % 2 == 0).collect();
                let turn = |node: NodeId| {
                    (S, Incident::Turn(node, Some(behaviour(misdeed, strategy, targets, u64::from(node)))))
                };
                let record = play(pbft(n, S), &story(liars.iter().map(turn).collect(), liars));
                assert_eq!(record.violations, 0, "{name}, {strategy:?}, n = {n}");
                assert!(
                    decided(&record, liars).iter().all(|&d| d == REQUESTS as usize),
                    "{name}, {strategy:?}, n = {n}: {:?}",
                    decided(&record, liars)
                );
            }
        }
    }
}

#[test]
fn raft_decides_with_a_minority_crashed_and_not_with_one_more() {
    for n in [3, 4, 5, 10, 15, 25, 50] {
        for (down, expected) in [(crash_bound(n), REQUESTS as usize), (crash_bound(n) + 1, 0)] {
            let faulty: NodeSet = (0..down as NodeId).collect();
            let crashes = faulty.iter().map(|node| (5 * S, Incident::Crash(node))).collect();
            let mut story = story(crashes, faulty);
            // Servers without a quorum poll for ever: look only so long.
            story.until_ns = 100 * S;
            let record = play(raft(n, 500 * MS), &story);
            assert!(decided(&record, faulty).iter().all(|&d| d == expected), "n = {n}, {down} down");
            assert_eq!(record.violations, 0);
        }
    }
}

#[test]
fn a_crashed_leader_is_replaced_and_catches_up_when_it_returns() {
    let quiet = play(raft(5, 500 * MS), &story(Vec::new(), NodeSet::EMPTY));
    let leader = quiet.elected[0].0;
    for keeps in [true, false] {
        let incidents = vec![(10_500 * MS, Incident::Crash(leader)), (11_900 * MS, Incident::Recover(leader, keeps))];
        let record = play(raft(5, 500 * MS), &story(incidents, NodeSet::EMPTY));
        assert!(record.elected.len() > 1 && record.violations == 0);
        assert!(decided(&record, NodeSet::EMPTY).iter().all(|&d| d == REQUESTS as usize), "keeps state: {keeps}");
    }
    for keeps in [true, false] {
        let incidents = vec![(10_500 * MS, Incident::Crash(0)), (12_900 * MS, Incident::Recover(0, keeps))];
        let record = play(pbft(4, 500 * MS), &story(incidents, NodeSet::EMPTY));
        assert!(!record.view_changes.is_empty() && record.violations == 0);
        assert!(decided(&record, NodeSet::EMPTY).iter().all(|&d| d == REQUESTS as usize), "keeps state: {keeps}");
    }
}

#[test]
fn a_partition_stops_the_smaller_side_and_healing_lets_it_catch_up() {
    let sides = |small: usize, n: usize| (0..=n).map(|node| u8::from(node < small)).collect::<Vec<u8>>();
    // The portal is with the larger side, so only that side hears of requests.
    let incidents = |small, n| {
        vec![
            (5 * S, Incident::Part(sides(small, n))),
            (30 * S, Incident::Part(Vec::new())),
            (40 * S, Incident::Ask(99)),
        ]
    };
    for n in [5, 10] {
        let record = play(raft(n, 500 * MS), &story(incidents((n - 1) / 2, n), NodeSet::EMPTY));
        assert_eq!(record.violations, 0);
        assert!(decided(&record, NodeSet::EMPTY).iter().all(|&d| d == REQUESTS as usize + 1), "raft, n = {n}");
        let record = play(pbft(n, S), &story(incidents(byzantine_bound(n), n), NodeSet::EMPTY));
        assert_eq!(record.violations, 0);
        assert!(decided(&record, NodeSet::EMPTY).iter().all(|&d| d == REQUESTS as usize + 1), "pbft, n = {n}");
    }
}

#[test]
fn lost_messages_are_made_up_for() {
    for seed in 0..20 {
        for loss in [0.05, 0.2] {
            let lossy = |mut story: Story| {
                story.network.loss = loss;
                story.seed = seed;
                for again in 1..6 {
                    story.incidents.extend(asks(REQUESTS, (20 + 10 * again) * S, S));
                }
                story
            };
            let record = play(pbft(7, S), &lossy(story(Vec::new(), NodeSet::EMPTY)));
            assert!(
                decided(&record, NodeSet::EMPTY).iter().all(|&d| d == REQUESTS as usize),
                "pbft, seed {seed}, loss {loss}"
            );
            let record = play(raft(7, S), &lossy(story(Vec::new(), NodeSet::EMPTY)));
            assert!(
                decided(&record, NodeSet::EMPTY).iter().all(|&d| d == REQUESTS as usize),
                "raft, seed {seed}, loss {loss}"
            );
        }
    }
}
