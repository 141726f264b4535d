//! Who decided what and when: safety and the times of decisions.

use std::collections::{BTreeMap, BTreeSet};

use super::super::job::seconds;
use super::super::node_set::{NodeId, NodeSet};
use super::super::protocol::{Milestone, Value};

/// How good a decision was, and whether it went to an agent of the job's domain.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Quality {
    pub(super) score: f64,
    pub(super) in_domain: bool,
}

/// What is known of one request.
#[derive(Clone, Copy, Debug, Default)]
struct Decision {
    proposed_ns: Option<u64>,
    choice: Option<u32>,
    first_ns: u64,
    last_ns: u64,
    /// Sum of commit times after the proposal, over honest agents, and how many.
    latency_sum_ns: u128,
    commits: u64,
}

/// Decisions of honest agents.
#[derive(Debug)]
pub(super) struct Ledger {
    liars: NodeSet,
    /// By position: the value that the first honest agent decided.
    chosen: BTreeMap<u64, Value>,
    torn: BTreeSet<u64>,
    decisions: BTreeMap<u32, Decision>,
    qualities: Vec<Quality>,
    /// When an agent last came up, nanoseconds.
    up_since_ns: Vec<u64>,
    views: BTreeSet<u64>,
    terms: BTreeSet<u64>,
    led: bool,
    /// Rounds of negotiation, and negotiations that ended without a deal or too late.
    pub(super) rounds: u64,
    pub(super) impasses: usize,
    pub(super) missed_deadlines: usize,
}

impl Ledger {
    pub(super) fn new(agents: usize, liars: NodeSet) -> Self {
        Self {
            liars,
            chosen: BTreeMap::new(),
            torn: BTreeSet::new(),
            decisions: BTreeMap::new(),
            qualities: Vec::new(),
            up_since_ns: vec![0; agents],
            views: BTreeSet::new(),
            terms: BTreeSet::new(),
            led: false,
            rounds: 0,
            impasses: 0,
            missed_deadlines: 0,
        }
    }

    /// An agent is up again after a crash.
    pub(super) fn came_up(&mut self, node: NodeId, at_ns: u64) {
        self.up_since_ns[usize::from(node)] = at_ns;
    }

    /// Views and terms count once, whoever asked for them; the election at the start does not count.
    pub(super) fn passed(&mut self, node: NodeId, milestone: Milestone) {
        match milestone {
            Milestone::ViewChange(view) if !self.liars.contains(node) => {
                self.views.insert(view);
            }
            Milestone::Candidacy(term) if self.led => {
                self.terms.insert(term);
            }
            Milestone::Elected(_) => self.led = true,
            Milestone::ViewChange(_) | Milestone::Candidacy(_) => {}
            Milestone::Round => self.rounds += 1,
            Milestone::Impasse(_) => self.impasses += 1,
            Milestone::Deadline => self.missed_deadlines += 1,
        }
    }

    /// The application proposed an answer; the first time counts.
    pub(super) fn proposed(&mut self, request: u32, at_ns: u64) {
        self.decisions.entry(request).or_default().proposed_ns.get_or_insert(at_ns);
    }

    /// An agent decided a position.
    pub(super) fn decided(&mut self, node: NodeId, position: u64, value: Value) {
        if !self.liars.contains(node) && *self.chosen.entry(position).or_insert(value) != value {
            self.torn.insert(position);
        }
    }

    /// An agent executed a decision on a request for the first time. Answers whether it is the first
    /// honest agent to do so.
    pub(super) fn committed(&mut self, node: NodeId, value: Value, at_ns: u64) -> bool {
        if self.liars.contains(node) {
            return false;
        }
        let decision = self.decisions.entry(value.request).or_default();
        let first = decision.choice.is_none();
        if first {
            decision.choice = Some(value.choice);
            decision.first_ns = at_ns;
        }
        // An agent that was down meanwhile catches up later: its own affair.
        let proposed_ns = decision.proposed_ns.unwrap_or(at_ns);
        if first || self.up_since_ns[usize::from(node)] <= proposed_ns {
            decision.last_ns = decision.last_ns.max(at_ns);
            decision.latency_sum_ns += u128::from(at_ns.saturating_sub(proposed_ns));
            decision.commits += 1;
        }
        first
    }

    pub(super) fn judged(&mut self, quality: Quality) {
        self.qualities.push(quality);
    }

    /// What was decided on a request.
    pub(super) fn choice(&self, request: u32) -> Option<u32> {
        self.decisions.get(&request)?.choice
    }

    pub(super) fn is_decided(&self, request: u32) -> bool {
        self.choice(request).is_some()
    }

    /// When the last honest agent decided, nanoseconds.
    pub(super) fn last_commit_ns(&self, request: u32) -> Option<u64> {
        self.decisions.get(&request).filter(|d| d.choice.is_some()).map(|d| d.last_ns)
    }

    fn complete(&self) -> impl Iterator<Item = (u64, &Decision)> {
        let decided = self.decisions.values().filter(|d| d.choice.is_some());
        decided.filter_map(|d| d.proposed_ns.map(|proposed_ns| (proposed_ns, d)))
    }

    /// Number of requests decided.
    pub(super) fn decisions(&self) -> u64 {
        self.decisions.values().filter(|d| d.choice.is_some()).count() as u64
    }

    /// Proposal to last honest commit, mean over decisions, seconds.
    pub(super) fn convergence_s(&self) -> Option<f64> {
        mean(self.complete().map(|(proposed_ns, d)| seconds(d.last_ns.saturating_sub(proposed_ns))))
    }

    /// Proposal to commit, mean over honest agents and then over decisions, seconds.
    pub(super) fn commit_latency_s(&self) -> Option<f64> {
        mean(self.complete().map(|(_, d)| d.latency_sum_ns as f64 / d.commits.max(1) as f64 / 1e9))
    }

    /// Mean score of the decisions wanted, 0–100.
    pub(super) fn quality(&self, wanted: impl Fn(&Quality) -> bool) -> Option<f64> {
        mean(self.qualities.iter().filter(|q| wanted(q)).map(|q| q.score))
    }

    pub(super) fn violations(&self) -> usize {
        self.torn.len()
    }

    pub(super) fn view_changes(&self) -> usize {
        self.views.len()
    }

    pub(super) fn elections(&self) -> usize {
        self.terms.len()
    }
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0_u64), |(sum, count), value| (sum + value, count + 1));
    (count > 0).then(|| sum / count as f64)
}
