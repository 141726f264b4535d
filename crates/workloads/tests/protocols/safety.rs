//! Two honest agents never decide differently, whatever the network, the crashes and f liars do; and
//! one liar more, or too small a quorum, can make them.

use crate::harness::{Incident, MS, Record, S, Story, asks, behaviour, pbft, play, raft};
use ergon_workloads::consensus::adversary::{Misdeed, Strategy};
use ergon_workloads::consensus::network::{Delay, NetworkProfile, Shape, Trouble};
use ergon_workloads::consensus::node_set::{NodeId, NodeSet};
use ergon_workloads::consensus::protocol::pbft::{Pbft, PbftSettings};
use ergon_workloads::consensus::protocol::{ByzantineQuorum, byzantine_bound};
use ergon_workloads::draw;
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;
use std::collections::BTreeSet;

const LIES: [Misdeed; 5] =
    [Misdeed::Equivocating, Misdeed::Colluding, Misdeed::VoteFlipping, Misdeed::Silent, Misdeed::Delaying];
const STRATEGIES: [Strategy; 3] = [Strategy::Random, Strategy::Selective, Strategy::Coordinated];

/// What may go wrong in a random schedule.
#[derive(Clone, Copy)]
pub(crate) struct Dangers {
    pub(crate) liars: usize,
    pub(crate) crashes: usize,
    /// Of those that crash, how many forget everything: such an agent counts as faulty.
    pub(crate) forgetful: usize,
    pub(crate) network: bool,
}

/// 3,000, or as many as `ERGON_SCHEDULES` says for a long look.
pub(crate) fn schedules() -> u64 {
    std::env::var("ERGON_SCHEDULES").ok().and_then(|count| count.parse().ok()).unwrap_or(3_000)
}

fn pick<T: Copy>(rng: &mut ChaCha8Rng, from: &[T]) -> T {
    from[draw::below(rng, from.len() as u64) as usize]
}

pub(crate) fn random_story(seed: u64, n: usize, dangers: Dangers) -> Story {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let r = &mut rng;
    let mut order: Vec<NodeId> = (0..n as NodeId).collect();
    draw::shuffle(r, &mut order);
    let (liars, rest) = order.split_at(dangers.liars);
    let forgetful: NodeSet = rest.iter().copied().take(dangers.forgetful).collect();
    let faulty: NodeSet = liars.iter().copied().chain(forgetful.iter()).collect();
    let requests = 4 + draw::below(r, 16) as u32;
    let mut incidents = asks(requests, 3 * S, draw::below(r, 600) * MS);
    let together: NodeSet = rest.iter().copied().take(rest.len() / 2).collect();
    let misdeed = pick(r, &LIES);
    for &liar in liars {
        let alone: NodeSet = rest.iter().copied().filter(|_| draw::bernoulli(r, 0.5)).collect();
        let misdeed = if draw::bernoulli(r, 0.5) { misdeed } else { pick(r, &LIES) };
        let strategy = pick(r, &STRATEGIES);
        let targets = if strategy == Strategy::Coordinated { together } else { alone };
        let turned = behaviour(misdeed, strategy, targets, seed ^ u64::from(liar));
        incidents.push((draw::below(r, 4_000) * MS, Incident::Turn(liar, Some(turned))));
    }
    for &victim in rest.iter().take(dangers.crashes) {
        let mut at_ns = draw::below(r, 6_000) * MS;
        for _ in 0..1 + draw::below(r, 3) {
            incidents.push((at_ns, Incident::Crash(victim)));
            at_ns += draw::below(r, 4_000) * MS;
            incidents.push((at_ns, Incident::Recover(victim, !forgetful.contains(victim))));
            at_ns += draw::below(r, 4_000) * MS;
        }
    }
    let mut loss = 0.0;
    if dangers.network {
        loss = pick(r, &[0.0, 0.02, 0.2]);
        let trouble = Trouble {
            loss: pick(r, &[0.0, 0.1, 0.4]),
            delay_factor: pick(r, &[1.0, 4.0]),
            extra_delay_ns: draw::below(r, 200) * MS,
            duplicate: pick(r, &[0.0, 0.3]),
            reorder: pick(r, &[0.0, 0.5]),
            hold_ns: 900 * MS,
        };
        let links = (0..n as NodeId).flat_map(|a| (0..n as NodeId).map(move |b| (a, b)));
        let hit: Vec<_> = links.filter(|_| draw::bernoulli(r, 0.4)).map(|(a, b)| (a, b, trouble)).collect();
        incidents.push((draw::below(r, 6_000) * MS, Incident::Trouble(hit)));
        incidents.push((8 * S, Incident::Trouble(Vec::new())));
        for _ in 0..draw::below(r, 4) {
            let at_ns = draw::below(r, 8_000) * MS;
            let mut sides: Vec<u8> = (0..n).map(|_| draw::below(r, 2) as u8).collect();
            sides.push(0);
            incidents.push((at_ns, Incident::Part(sides)));
            incidents.push((at_ns + draw::below(r, 3_000) * MS, Incident::Part(Vec::new())));
        }
        incidents.push((12 * S, Incident::Part(Vec::new())));
    }
    // The portal asks again what got lost.
    for again in [15, 20, 25, 30, 40, 50, 70, 100, 150] {
        incidents.extend((0..requests).map(|request| (again * S, Incident::Ask(request))));
    }
    let delay = Delay { shape: Shape::LogNormal, mean_s: 0.04, sd_s: pick(r, &[0.001, 0.02, 0.08]) };
    let network = NetworkProfile { loss, ..NetworkProfile::ideal(delay) };
    Story { network, incidents, until_ns: 600 * S, seed, faulty }
}

/// Everything that was asked is decided by every honest agent: faults end at 12 s, all are up then, and
/// what was lost is asked again.
pub(crate) fn is_complete(record: &Record, story: &Story) -> bool {
    let asked = story.incidents.iter().filter_map(|(_, i)| if let Incident::Ask(r) = i { Some(*r) } else { None });
    let asked: BTreeSet<u32> = asked.collect();
    let honest = (0..record.decided.len()).filter(|&node| !story.faulty.contains(node as NodeId));
    honest.into_iter().all(|node| record.requests(node) == asked)
}

#[test]
fn pbft_is_safe_with_f_liars_under_thousands_of_schedules() {
    let (mut complete, mut changes, mut violations) = (0, 0, Vec::new());
    let schedules = schedules();
    for seed in 0..schedules {
        let n = [4, 5, 6, 7, 8, 10][seed as usize % 6];
        // Liars and those that forget are f together.
        let forgetful = usize::from(seed % 5 == 0);
        let crashes = forgetful + seed as usize % 2;
        let dangers = Dangers { liars: byzantine_bound(n) - forgetful, crashes, forgetful, network: seed % 3 != 0 };
        let story = random_story(seed, n, dangers);
        let record = play(pbft(n, 500 * MS), &story);
        complete += usize::from(is_complete(&record, &story));
        changes += record.view_changes.len();
        if !is_complete(&record, &story) {
            println!("incomplete: seed {seed}, n = {n}");
        }
        if record.violations > 0 {
            violations.push(seed);
        }
    }
    println!("{schedules} schedules: {complete} decide everything, {changes} view changes");
    assert!(violations.is_empty(), "two honest replicas differ with seeds {violations:?}");
    assert_eq!(complete as u64, schedules, "once faults end, everything asked is decided everywhere");
    assert!(changes as u64 > schedules / 2, "the schedules are too tame: {changes} view changes");
}

#[test]
fn raft_is_safe_with_crashes_and_a_bad_network_under_thousands_of_schedules() {
    let (mut complete, mut elections, mut violations) = (0, 0, Vec::new());
    let schedules = schedules();
    for seed in 0..schedules {
        let n = [3, 4, 5, 6, 7, 9][seed as usize % 6];
        // Any number may be down for a while: safety does not depend on how many.
        let dangers = Dangers { liars: 0, crashes: seed as usize % (n + 1), forgetful: 0, network: seed % 3 != 0 };
        let story = random_story(seed, n, dangers);
        let record = play(raft(n, 400 * MS), &story);
        complete += usize::from(is_complete(&record, &story));
        elections += record.elected.len();
        if !is_complete(&record, &story) {
            println!("incomplete: seed {seed}, n = {n}");
        }
        if record.violations > 0 {
            violations.push(seed);
        }
        let mut terms: Vec<u64> = record.elected.iter().map(|e| e.1).collect();
        terms.sort_unstable();
        assert!(terms.windows(2).all(|pair| pair[0] != pair[1]), "two leaders in one term with seed {seed}");
    }
    println!("{schedules} schedules: {complete} decide everything, {elections} elections");
    assert!(violations.is_empty(), "two servers differ with seeds {violations:?}");
    assert_eq!(complete as u64, schedules, "once faults end, everything asked is decided everywhere");
    assert!(elections as u64 > schedules * 3 / 2, "the schedules are too tame: {elections} elections");
}

fn equivocating_primary(n: usize, quorum: ByzantineQuorum, liars: &[NodeId]) -> Record {
    let honest: Vec<NodeId> = (0..n as NodeId).filter(|node| !liars.contains(node)).collect();
    let targets: NodeSet = honest.iter().copied().take(honest.len() / 2).collect();
    let mut incidents = asks(1, 10 * S, S);
    for &liar in liars {
        let turned = behaviour(Misdeed::Colluding, Strategy::Coordinated, targets, 1);
        incidents.push((0, Incident::Turn(liar, Some(turned))));
    }
    let story = Story {
        network: NetworkProfile::ideal(Delay::constant(0.05)),
        incidents,
        until_ns: 100 * S,
        seed: 1,
        faulty: liars.iter().copied().collect(),
    };
    let settings = PbftSettings { quorum, ..PbftSettings::new(n, 2 * S) };
    play(Pbft::group(settings), &story)
}

#[test]
fn the_familiar_quorum_of_2f_plus_1_is_unsafe_with_five_replicas() {
    let naive = equivocating_primary(5, ByzantineQuorum::Naive, &[0]);
    assert_eq!(naive.violations, 1, "two quorums of 3 of 5 share only the liar");
    let right = equivocating_primary(5, ByzantineQuorum::Intersecting, &[0]);
    assert_eq!(right.violations, 0);
    assert!(!right.view_changes.is_empty(), "the liar is replaced");
    assert_eq!(right.requests(4).len(), 1, "and the request is decided");
}

#[test]
fn one_liar_too_many_breaks_pbft() {
    for (n, liars) in [(4, &[0, 1][..]), (7, &[0, 1, 2][..]), (10, &[0, 1, 2, 3][..])] {
        assert_eq!(equivocating_primary(n, ByzantineQuorum::Intersecting, &liars[1..]).violations, 0, "n = {n}");
        assert!(equivocating_primary(n, ByzantineQuorum::Intersecting, liars).violations > 0, "n = {n}");
    }
}

#[test]
fn a_single_lying_leader_breaks_raft() {
    let n = 5;
    let honest = play(
        raft(n, S),
        &Story {
            network: NetworkProfile::ideal(Delay::constant(0.05)),
            incidents: asks(1, 10 * S, S),
            until_ns: 100 * S,
            seed: 1,
            faulty: NodeSet::EMPTY,
        },
    );
    let leader = honest.elected[0].0;
    let targets: NodeSet = (0..n as NodeId).filter(|&node| node != leader).take(2).collect();
    let turned = behaviour(Misdeed::Equivocating, Strategy::Selective, targets, 1);
    let mut incidents = asks(1, 10 * S, S);
    incidents.push((5 * S, Incident::Turn(leader, Some(turned))));
    let story = Story {
        network: NetworkProfile::ideal(Delay::constant(0.05)),
        incidents,
        until_ns: 100 * S,
        seed: 1,
        faulty: [leader].into_iter().collect(),
    };
    assert!(play(raft(n, S), &story).violations > 0);
}

#[test]
fn the_same_schedules_find_the_unsafe_configurations() {
    let broken = |liars: fn(usize) -> usize, quorum: ByzantineQuorum, sizes: &[usize]| {
        let found = (0..600_u64).filter(|&seed| {
            let n = sizes[seed as usize % sizes.len()];
            let dangers = Dangers { liars: liars(n), crashes: 0, forgetful: 0, network: seed % 3 != 0 };
            let mut story = random_story(seed, n, dangers);
            // Above the bound nothing need ever be decided: look only so long.
            story.until_ns = 60 * S;
            let settings = PbftSettings { quorum, ..PbftSettings::new(n, 500 * MS) };
            play(Pbft::group(settings), &story).violations > 0
        });
        found.count()
    };
    let too_many = broken(|n| byzantine_bound(n) + 1, ByzantineQuorum::Intersecting, &[4, 7, 10]);
    let too_small = broken(byzantine_bound, ByzantineQuorum::Naive, &[5, 6, 8]);
    println!("of 600 schedules {too_many} break with f + 1 liars, {too_small} with a quorum of 2f + 1");
    assert!(too_many > 0 && too_small > 0);
    assert_eq!(broken(byzantine_bound, ByzantineQuorum::Intersecting, &[5, 6, 8]), 0);
}
