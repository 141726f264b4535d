//! Negotiation: what it costs, when it ends in a deal, and what it promises and does not.

use crate::harness::{Incident, MS, Record, S, Story, asks, behaviour, negotiation, play};
use crate::safety::{Dangers, is_complete, random_story, schedules};
use ergon_workloads::consensus::adversary::{Misdeed, Strategy};
use ergon_workloads::consensus::network::{Delay, NetworkProfile};
use ergon_workloads::consensus::node_set::{NodeId, NodeSet};
use ergon_workloads::consensus::protocol::negotiation::{AcceptanceQuorum, Bargaining};

const REQUESTS: u32 = 5;

fn story(requests: u32, incidents: Vec<(u64, Incident)>, faulty: NodeSet) -> Story {
    let mut all = incidents;
    all.extend(asks(requests, 10 * S, S));
    Story { network: NetworkProfile::ideal(Delay::constant(0.1)), incidents: all, until_ns: 300 * S, seed: 11, faulty }
}

fn decided(record: &Record, faulty: NodeSet) -> Vec<usize> {
    let honest = (0..record.decided.len()).filter(|&node| !faulty.contains(node as NodeId));
    honest.map(|node| record.requests(node).len()).collect()
}

#[test]
fn an_offer_that_all_like_is_a_deal_after_a_round_trip_and_known_to_all_a_delay_later() {
    for n in [3_u64, 5, 16, 50] {
        let record =
            play(negotiation(n as usize, 20 * S, Bargaining::default()), &story(1, Vec::new(), NodeSet::EMPTY));
        assert_eq!(record.mean_latency_ns(0, 0..1) as u64, 200 * MS, "n = {n}, the initiator");
        assert_eq!(record.mean_latency_ns(0, 1..n as usize) as u64, 300 * MS, "n = {n}, the others");
        assert_eq!((record.protocol_messages, record.rounds), (3 * (n - 1), 1), "call, answer, deal to each; n = {n}");
    }
}

#[test]
fn agents_concede_round_by_round_until_there_is_a_deal() {
    let five = |rounds| Bargaining { rounds, ..Bargaining::default() };
    // Agent 0 offers 0 (its number × 2). All others would rather have 6, to which 0 is worth so much.
    // With 5 rounds, aspiration is 1, 0.875, 0.75, 0.625, 0.5.
    for (rounds, for_six, worth, expected_rounds, choice) in [
        // A majority asks for 6: it is the next offer and all but 0 and 1 are content.
        (5, 4, 0.1, 2, 6),
        // Two of five ask for it: the others' acceptance of 0 is a majority already.
        (5, 2, 0.1, 1, 0),
        (1, 4, 0.5, 1, 0),
    ] {
        let likes = (5 - for_six..5).map(|node| (S, Incident::Prefer(node, 6, worth))).collect();
        let record = play(negotiation(5, 20 * S, five(rounds)), &story(1, likes, NodeSet::EMPTY));
        assert_eq!((record.rounds, record.impasses), (expected_rounds, 0), "{for_six} of 5 want 6");
        assert!(record.decided.iter().flatten().all(|(_, value)| value.choice == choice));
        assert_eq!(record.protocol_messages, (2 * expected_rounds as u64 + 1) * 4);
    }
    // Everybody wants something else, and the rest is worth less and less to them: the more, the longer.
    for (worth, expected_rounds) in [(0.9, 2), (0.75, 3), (0.65, 4), (0.5, 5)] {
        let likes = (0..5).map(|node| (S, Incident::Prefer(node, 10 + u32::from(node), worth))).collect();
        let record = play(negotiation(5, 20 * S, five(5)), &story(1, likes, NodeSet::EMPTY));
        assert_eq!((record.rounds, record.impasses), (expected_rounds, 0), "worth {worth}");
        assert_eq!(decided(&record, NodeSet::EMPTY), [1; 5]);
    }
}

#[test]
fn agents_who_cannot_be_reconciled_end_in_an_impasse_and_may_try_again_when_reminded() {
    let mut likes: Vec<_> = (0..5).map(|node| (S, Incident::Prefer(node, 10 + u32::from(node), 0.4))).collect();
    let record = play(negotiation(5, 20 * S, Bargaining::default()), &story(1, likes.clone(), NodeSet::EMPTY));
    assert_eq!((record.rounds, record.impasses), (5, 1));
    assert_eq!(decided(&record, NodeSet::EMPTY), [0; 5]);
    // They change their minds, and are asked again.
    likes.extend((0..5).map(|node| (50 * S, Incident::Prefer(node, 0, 0.4))));
    likes.push((60 * S, Incident::Ask(0)));
    let record = play(negotiation(5, 20 * S, Bargaining::default()), &story(1, likes, NodeSet::EMPTY));
    assert_eq!((record.rounds, record.impasses), (6, 1));
    assert_eq!(decided(&record, NodeSet::EMPTY), [1; 5]);
}

#[test]
fn deals_are_made_while_the_acceptance_quorum_is_up_and_none_beyond() {
    for acceptance in [AcceptanceQuorum::Majority, AcceptanceQuorum::TwoThirds, AcceptanceQuorum::Unanimity] {
        for n in [3, 4, 5, 10, 15] {
            let bargaining = Bargaining { acceptance, ..Bargaining::default() };
            let spare = n - acceptance.size(n);
            for (down, expected) in [(spare, REQUESTS as usize), (spare + 1, 0)] {
                let faulty: NodeSet = (0..down as NodeId).collect();
                let crashes = faulty.iter().map(|node| (S, Incident::Crash(node))).collect();
                let record = play(negotiation(n, S, bargaining), &story(REQUESTS, crashes, faulty));
                assert!(
                    decided(&record, faulty).iter().all(|&d| d == expected),
                    "{acceptance:?}, n = {n}, {down} down"
                );
                assert_eq!(record.violations, 0);
            }
        }
    }
}

#[test]
fn no_two_deals_on_a_request_under_thousands_of_crashes_losses_and_partitions() {
    let (mut changes, mut incomplete, mut violations) = (0, Vec::new(), Vec::new());
    let schedules = schedules();
    for seed in 0..schedules {
        let n = [3, 4, 5, 6, 7, 9][seed as usize % 6];
        // Any number may be down for a while: safety does not depend on how many.
        let dangers = Dangers { liars: 0, crashes: seed as usize % (n + 1), forgetful: 0, network: seed % 3 != 0 };
        let mut story = random_story(seed, n, dangers);
        if seed % 2 == 0 {
            // Half of them disagree about everything.
            let likes = (0..n as NodeId / 2).map(|node| (0, Incident::Prefer(node, 100 + u32::from(node), 0.8)));
            story.incidents.extend(likes);
        }
        let record = play(negotiation(n, 500 * MS, Bargaining::default()), &story);
        changes += record.view_changes.len();
        if record.violations > 0 {
            violations.push(seed);
        }
        if !is_complete(&record, &story) {
            incomplete.push(seed);
        }
    }
    println!("{schedules} schedules: {changes} changes of initiator");
    assert!(violations.is_empty(), "two agents hold different deals with seeds {violations:?}");
    assert!(incomplete.is_empty(), "once faults end, there is a deal on everything, but for {incomplete:?}");
    assert!(changes as u64 > schedules / 2, "the schedules are too tame: {changes} changes of initiator");
}

fn with_liars(n: usize, liars: &[NodeId], misdeed: Misdeed, strategy: Strategy) -> Record {
    let honest: Vec<NodeId> = (0..n as NodeId).filter(|node| !liars.contains(node)).collect();
    let targets: NodeSet = honest.iter().copied().take(honest.len() / 2).collect();
    let turned = |&liar: &NodeId| (0, Incident::Turn(liar, Some(behaviour(misdeed, strategy, targets, 1))));
    let incidents = liars.iter().map(turned).collect();
    play(negotiation(n, 5 * S, Bargaining::default()), &story(REQUESTS, incidents, liars.iter().copied().collect()))
}

#[test]
fn those_who_only_answer_can_spoil_a_deal_but_not_split_it() {
    for (name, misdeed) in Misdeed::NAMES {
        for (_, strategy) in Strategy::NAMES {
            for liars in [&[4][..], &[3, 4], &[2, 3, 4]] {
                let record = with_liars(5, liars, misdeed, strategy);
                assert_eq!(record.violations, 0, "{name}, {strategy:?}, {liars:?}");
                assert!(record.view_changes.is_empty() || liars.len() > 2, "{name}: the initiator stays");
            }
        }
    }
    assert!(with_liars(5, &[2, 3, 4], Misdeed::VoteFlipping, Strategy::Coordinated).impasses > 0, "spoilt");
}

#[test]
fn a_single_lying_initiator_splits_a_deal() {
    for n in [4, 5, 10] {
        let record = with_liars(n, &[0], Misdeed::Equivocating, Strategy::Coordinated);
        assert!(record.violations > 0, "n = {n}");
    }
}

#[test]
fn the_same_seed_gives_the_same_record() {
    let dangers = Dangers { liars: 0, crashes: 3, forgetful: 0, network: true };
    let at = |seed| play(negotiation(7, S, Bargaining::default()), &random_story(seed, 7, dangers));
    assert_eq!(at(8), at(8));
    assert_ne!(at(8), at(9));
}
