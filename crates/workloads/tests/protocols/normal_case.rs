//! Nothing fails: latencies and message counts are those of the papers.

use crate::harness::{MS, S, Story, asks, pbft, play, raft};
use ergon_workloads::consensus::network::{Delay, NetworkProfile};
use ergon_workloads::consensus::node_set::NodeSet;

fn story(delay: Delay, requests: u32, every_ns: u64, seed: u64) -> Story {
    Story {
        network: NetworkProfile::ideal(delay),
        incidents: asks(requests, 10 * S, every_ns),
        until_ns: 10_000 * S,
        seed,
        faulty: NodeSet::EMPTY,
    }
}

#[test]
fn pbft_commits_in_three_one_way_delays_with_the_messages_of_the_paper() {
    for n in [4_u64, 5, 7, 16, 50] {
        let record = play(pbft(n as usize, 20 * S), &story(Delay::constant(0.1), 1, S, 1));
        for node in 0..n as usize {
            // The primary assigns when it learns of the request, and prepares one delay before the backups.
            let expected = 300 * MS;
            assert_eq!(record.mean_latency_ns(0, node..node + 1) as u64, expected, "n = {n}, agent {node}");
        }
        assert_eq!(record.protocol_messages, (n - 1) + (n - 1) * (n - 1) + n * (n - 1), "n = {n}");
        assert!(record.view_changes.is_empty());
    }
}

#[test]
fn pbft_takes_as_long_as_in_the_public_bft_simulator() {
    // Wang et al., DSN 2022: delays N(250, 50) ms; mean over honest nodes from proposal to commit.
    for (n, published_ms) in [(16, 791.0), (32, 793.0), (64, 798.0)] {
        let requests = 60;
        let record = play(pbft(n, 20 * S), &story(Delay::normal(0.250, 0.050), requests, 10 * S, 7));
        let mean = (0..requests).map(|r| record.mean_latency_ns(r, 0..n)).sum::<f64>() / f64::from(requests);
        let ms = mean / MS as f64;
        println!("PBFT n = {n}: {ms:.1} ms (published {published_ms})");
        assert!((ms / published_ms - 1.0).abs() < 0.02, "n = {n}: {ms} ms, published {published_ms}");
        assert!(record.view_changes.is_empty());
    }
}

#[test]
fn raft_commits_in_one_round_trip_to_the_median_follower_with_two_messages_each() {
    for n in [3_u64, 5, 16, 50] {
        let quiet = play(raft(n as usize, S), &story(Delay::constant(0.1), 0, S, 3));
        let record = play(raft(n as usize, S), &story(Delay::constant(0.1), 1, S, 3));
        let (leader, _) = record.elected[0];
        assert_eq!(record.elected.len(), 1);
        let leader = usize::from(leader);
        assert_eq!(record.mean_latency_ns(0, leader..leader + 1) as u64, 200 * MS, "n = {n}");
        let followers = (0..n as usize).filter(|&node| node != leader);
        assert_eq!(record.mean_latency_ns(0, followers) as u64, 300 * MS, "n = {n}: one delay later");
        let extra = record.protocol_messages - quiet.protocol_messages;
        // 2(n−1) to commit and n−1 that announce it, and heartbeats with answers while the request is open.
        assert!(extra >= 3 * (n - 1), "n = {n}: {extra}");
        let heartbeats = extra - 3 * (n - 1);
        assert!(heartbeats.is_multiple_of(2 * (n - 1)) && heartbeats <= 6 * (n - 1), "n = {n}: {heartbeats}");
    }
}

#[test]
fn raft_waits_for_the_median_follower_not_for_the_slowest() {
    let n = 25;
    let record = play(raft(n, 3 * S), &story(Delay::normal(0.250, 0.050), 200, 20 * S, 5));
    let leader = usize::from(record.elected[0].0);
    let mean = (0..200).map(|r| record.mean_latency_ns(r, leader..leader + 1)).sum::<f64>() / 200.0 / MS as f64;
    // The 12th of 24 round trips N(500, 70.7): about their median.
    assert!((490.0..510.0).contains(&mean), "{mean} ms");
}

#[test]
fn a_quiet_raft_group_sends_nothing() {
    let short = play(raft(5, S), &Story { until_ns: 30 * S, ..story(Delay::constant(0.05), 1, S, 4) });
    let long = play(raft(5, S), &story(Delay::constant(0.05), 1, S, 4));
    assert_eq!(short.protocol_messages, long.protocol_messages);
}

#[test]
fn checkpoints_let_pbft_forget() {
    let record = crate::harness::play_with(pbft(4, 20 * S), &story(Delay::constant(0.01), 100, S, 2), |group| {
        for node in 0..4 {
            assert_eq!(group.protocol(node).low_watermark(), 96);
        }
    });
    assert_eq!(record.requests(0).len(), 100);
    // All at once: more than the window holds.
    let record = play(pbft(4, 20 * S), &story(Delay::constant(0.01), 300, 0, 2));
    assert_eq!(record.requests(3).len(), 300);
    assert!(record.view_changes.is_empty());
}

#[test]
fn the_same_seed_gives_the_same_record() {
    let at = |seed| play(raft(7, S), &story(Delay::normal(0.05, 0.03), 20, 10 * MS, seed));
    assert_eq!(at(8), at(8));
    assert_ne!(at(8), at(9));
    let at = |seed| play(pbft(7, S), &story(Delay::normal(0.05, 0.03), 20, 10 * MS, seed));
    assert_eq!(at(8), at(8));
}
