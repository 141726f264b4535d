//! A bare group that agrees on numbered requests: no jobs, no bids.

use ergon_workloads::consensus::adversary::{Behaviour, Misdeed, Strategy};
use ergon_workloads::consensus::group::{AppMessage, Group, Happened};
use ergon_workloads::consensus::kernel::{Pace, Stopped};
use ergon_workloads::consensus::network::{Network, NetworkProfile, Trouble};
use ergon_workloads::consensus::node_set::{NodeId, NodeSet};
use ergon_workloads::consensus::protocol::negotiation::{Bargaining, Negotiation, NegotiationSettings};
use ergon_workloads::consensus::protocol::pbft::{Pbft, PbftSettings};
use ergon_workloads::consensus::protocol::raft::Raft;
use ergon_workloads::consensus::protocol::weighted::{Weighted, WeightedSettings};
use ergon_workloads::consensus::protocol::{Milestone, Opinion, Protocol, Value};
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;
use std::collections::{BTreeMap, BTreeSet};

pub(crate) const MS: u64 = 1_000_000;
pub(crate) const S: u64 = 1_000 * MS;

/// A request on its way to an agent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Ask(pub(crate) u32);

impl AppMessage for Ask {
    type Task = u64;
    fn bytes(&self) -> u64 {
        256
    }
    fn tampered(&self, _: NodeId) -> Option<Self> {
        None
    }
}

/// Something that happens to the group at a time.
#[derive(Clone, Debug)]
pub(crate) enum Incident {
    /// The portal asks everybody.
    Ask(u32),
    Crash(NodeId),
    Recover(NodeId, bool),
    Part(Vec<u8>),
    Trouble(Vec<(NodeId, NodeId, Trouble)>),
    Turn(NodeId, Option<Behaviour>),
    /// An agent would rather have this choice; to it every other is worth so much.
    Prefer(NodeId, u32, f64),
}

pub(crate) struct Story {
    pub(crate) network: NetworkProfile,
    pub(crate) incidents: Vec<(u64, Incident)>,
    pub(crate) until_ns: u64,
    pub(crate) seed: u64,
    /// Agents whose decisions do not count.
    pub(crate) faulty: NodeSet,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Record {
    /// By agent: (time, value), in order of position.
    pub(crate) decided: Vec<Vec<(u64, Value)>>,
    pub(crate) view_changes: BTreeSet<u64>,
    pub(crate) candidacies: usize,
    /// Rounds of negotiation, and how many ended without a deal.
    pub(crate) rounds: usize,
    pub(crate) impasses: usize,
    pub(crate) elected: Vec<(NodeId, u64)>,
    /// Positions at which two honest agents differ.
    pub(crate) violations: usize,
    /// (time, request, by whom) of proposals.
    pub(crate) proposals: Vec<(u64, u32, NodeId)>,
    pub(crate) protocol_messages: u64,
    pub(crate) bytes: u64,
    pub(crate) events: u64,
}

impl Record {
    /// Requests decided by an agent.
    pub(crate) fn requests(&self, node: usize) -> BTreeSet<u32> {
        self.decided[node].iter().filter(|(_, v)| !v.is_noop()).map(|(_, v)| v.request).collect()
    }

    /// Mean time from the first proposal of a request to its decisions, over `nodes`, ns.
    pub(crate) fn mean_latency_ns(&self, request: u32, nodes: impl Iterator<Item = usize>) -> f64 {
        let proposed = self.proposals.iter().find(|p| p.1 == request).expect("proposed").0;
        let times: Vec<f64> = nodes
            .flat_map(|node| self.decided[node].iter().find(|(_, v)| v.request == request))
            .map(|(at, _)| (at - proposed) as f64)
            .collect();
        times.iter().sum::<f64>() / times.len() as f64
    }
}

fn rng(seed: u64, stream: u64) -> ChaCha8Rng {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(stream);
    rng
}

pub(crate) fn play<P: Protocol>(protocols: Vec<P>, story: &Story) -> Record {
    play_with(protocols, story, |_| {})
}

pub(crate) fn play_with<P: Protocol>(protocols: Vec<P>, story: &Story, inspect: impl Fn(&Group<'_, P, Ask>)) -> Record {
    let n = protocols.len();
    let mut go_on = || true;
    let network = Network::new(n + 1, &story.network, rng(story.seed, 1), rng(story.seed, 2));
    let pace = Pace::new(20_000_000, &mut go_on);
    let mut group: Group<'_, P, Ask> = Group::new(protocols, network, rng(story.seed, 3), pace);
    for (index, (at_ns, _)) in story.incidents.iter().enumerate() {
        group.schedule(*at_ns, index as u64);
    }
    group.schedule(story.until_ns + 1, 0);
    let mut record = Record { decided: vec![Vec::new(); n], ..Record::default() };
    let mut tastes: BTreeMap<NodeId, (u32, f64)> = BTreeMap::new();
    let mut positions: Vec<BTreeMap<u64, Value>> = vec![BTreeMap::new(); n];
    let mut known: Vec<BTreeSet<u32>> = vec![BTreeSet::new(); n];
    loop {
        let notice = match group.advance() {
            Ok(Some(notice)) => notice,
            Ok(None) => break,
            Err(Stopped::EventLimit { .. }) => panic!("never settles: {:?}", story.incidents),
            Err(Stopped::Cancelled) => unreachable!(),
        };
        if notice.at_ns > story.until_ns {
            break;
        }
        let mut propose = |group: &mut Group<'_, P, Ask>, node: NodeId, request: u32| {
            // Every coordinator has its own opinion, so that a lost decision would show.
            let value = Value { request, choice: 2 * u32::from(node) };
            if group.protocol(node).coordinator() == Some(node) && group.propose(node, value) {
                record.proposals.push((notice.at_ns, request, node));
            }
        };
        match notice.what {
            Happened::Due { task } => match &story.incidents[task as usize].1 {
                Incident::Ask(request) => {
                    for node in 0..n as NodeId {
                        group.send(group.portal(), node, Ask(*request));
                    }
                }
                Incident::Crash(node) => group.crash(*node),
                Incident::Recover(node, keeps) => {
                    if !keeps {
                        record.decided[usize::from(*node)].clear();
                        positions[usize::from(*node)].clear();
                    }
                    group.recover(*node, *keeps);
                }
                Incident::Part(sides) => group.network_mut().set_partition(sides),
                Incident::Trouble(troubles) => group.network_mut().set_troubles(troubles),
                Incident::Turn(node, behaviour) => group.set_behaviour(*node, behaviour.clone()),
                Incident::Prefer(node, choice, others) => {
                    tastes.insert(*node, (*choice, *others));
                }
            },
            Happened::Arrived { to, message, .. } => {
                if usize::from(to) < n {
                    known[usize::from(to)].insert(message.0);
                    group.request(to, message.0);
                    propose(&mut group, to, message.0);
                }
            }
            Happened::Coordinator { node, coordinator } => {
                if coordinator == Some(node) {
                    for request in known[usize::from(node)].clone() {
                        propose(&mut group, node, request);
                    }
                }
            }
            Happened::Decided { node, position, value } => {
                let decided = &mut record.decided[usize::from(node)];
                decided.push((notice.at_ns, value));
                let again = positions[usize::from(node)].insert(position, value).is_some();
                assert!(!again, "each position once");
                assert!(!P::ORDERED || decided.len() as u64 == position, "positions come in order");
            }
            Happened::Considering { node, value } => {
                let taste = tastes.get(&node);
                let worth = taste.filter(|(choice, _)| *choice != value.choice).map_or(1.0, |(_, others)| *others);
                group.opine(node, value, Opinion { worth, rather: taste.map(|(choice, _)| *choice) });
            }
            Happened::Passed { milestone, node } => match milestone {
                Milestone::ViewChange(view) if !story.faulty.contains(node) => {
                    record.view_changes.insert(view);
                }
                Milestone::ViewChange(_) | Milestone::Deadline => {}
                Milestone::Round => record.rounds += 1,
                Milestone::Impasse(_) => record.impasses += 1,
                Milestone::Candidacy(_) => record.candidacies += 1,
                Milestone::Elected(term) => record.elected.push((node, term)),
            },
        }
    }
    inspect(&group);
    record.violations = violations(&positions, story.faulty);
    record.protocol_messages = group.traffic().protocol_messages;
    record.bytes = group.traffic().bytes;
    record.events = group.processed();
    record
}

/// Positions at which two honest agents differ.
fn violations(positions: &[BTreeMap<u64, Value>], faulty: NodeSet) -> usize {
    let mut first: BTreeMap<u64, Value> = BTreeMap::new();
    let mut torn: BTreeSet<u64> = BTreeSet::new();
    for (_, decided) in (0..).zip(positions).filter(|(node, _)| !faulty.contains(*node)) {
        for (&position, &value) in decided {
            if *first.entry(position).or_insert(value) != value {
                torn.insert(position);
            }
        }
    }
    torn.len()
}

pub(crate) fn pbft(n: usize, timeout_ns: u64) -> Vec<Pbft> {
    Pbft::group(PbftSettings::new(n, timeout_ns))
}

pub(crate) fn raft(n: usize, base_ns: u64) -> Vec<Raft> {
    Raft::group(n, base_ns)
}

pub(crate) fn negotiation(n: usize, timeout_ns: u64, bargaining: Bargaining) -> Vec<Negotiation> {
    Negotiation::group(NegotiationSettings { agents: n, bargaining, timeout_ns })
}

/// Agents with equal capabilities.
pub(crate) fn weighted(n: usize, timeout_ns: u64) -> Vec<Weighted> {
    Weighted::group(WeightedSettings { capabilities: vec![1; n], timeout_ns })
}

pub(crate) fn behaviour(misdeed: Misdeed, strategy: Strategy, targets: NodeSet, seed: u64) -> Behaviour {
    Behaviour { misdeed, strategy, share: 0.5, targets, delay_ns: 300 * MS, rng: rng(seed, 9) }
}

/// Requests 0, 1, 2 … every `every_ns` from `first_ns` on.
pub(crate) fn asks(count: u32, first_ns: u64, every_ns: u64) -> Vec<(u64, Incident)> {
    (0..count).map(|request| (first_ns + u64::from(request) * every_ns, Incident::Ask(request))).collect()
}
