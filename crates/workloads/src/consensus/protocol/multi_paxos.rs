//! Multi-Paxos: agreement on a log among n agents of which ⌊(n−1)/2⌋ may crash. It withstands no Byzantine agent.
//!
//! Source: Lamport, "Paxos made simple", ACM SIGACT News 32(4), 2001, sections 2 and 3 (a distinguished proposer runs
//! phase 1 once for all positions; every acceptor tells every learner, section 2.3). What that leaves to an
//! implementation is settled here:
//!
//! - Every agent proposes, accepts and learns. Ballot b belongs to agent b mod n. Ballot 0 is the lowest there is, so
//!   agent 0 leads from the start without phase 1.
//! - An accepted value goes to all learners: two one-way delays to a decision everywhere, n(n−1) messages.
//! - Who knows of a request that is not decided asks the others after half a time-out, and takes over after a whole
//!   one; time-outs are uniform in 1–2 × base and double, up to 8 ×, while attempts fail.
//! - A leader with open requests says so four times per base, and repeats what was not answered at doubling intervals.
//! - A new leader fills positions that nobody accepted with no-ops.

mod ballots;
mod messages;

use std::collections::{BTreeMap, BTreeSet};

use super::pending::Pending;
use super::{Context, Milestone, Protocol, TimerId, Value, majority};
use crate::consensus::node_set::{NodeId, NodeSet};
use crate::draw;

pub use messages::{Accepted, PaxosMessage};

/// Expires when a known request is not decided in time.
const WATCH: TimerId = 0;
/// Expires when the leader, or who wants to lead, says so again.
const BEAT: TimerId = 1;

/// Values sent at once to an agent that lacks them.
const CHUNK: usize = 64;
/// Time-outs double while attempts fail, up to two to this power.
const DOUBLINGS: u32 = 3;
/// Open offers are repeated with the first, second, fourth, eighth … and every so manieth beat: each makes every agent
/// tell all others again what it accepted.
const REPEATED_EVERY: u32 = 64;
/// Beats in vain after which a leader that wants to be quiet gives an agent up: it is dead, or keeps the leader busy.
const DEAD_AFTER: u8 = 8;

type Cx<'a> = Context<'a, PaxosMessage>;

/// What an agent does beside accepting and learning.
#[derive(Clone, Debug)]
enum Role {
    Follower,
    /// Phase 1: gathers promises and what they report.
    Preparing {
        promised: NodeSet,
        reported: BTreeMap<u64, Accepted>,
    },
    /// Phase 2.
    Leading,
}

/// Who accepted what at a position in the latest ballot seen there.
#[derive(Clone, Copy, Debug)]
struct Tally {
    ballot: u64,
    value: Value,
    acceptors: NodeSet,
}

/// One agent.
pub struct MultiPaxos {
    id: NodeId,
    agents: usize,
    base_ns: u64,
    // What is written down before anything is answered, and survives a crash:
    promised: u64,
    accepted: BTreeMap<u64, Accepted>,
    /// Decided, from position 1 on without gaps.
    history: Vec<Value>,
    done: BTreeSet<u32>,
    /// Requests known and not decided.
    pending: Pending,
    // What is not:
    role: Role,
    /// Who leads, as far as it has shown itself in the promised ballot.
    leader: Option<NodeId>,
    /// The last position this leader has proposed for.
    last: u64,
    tallies: BTreeMap<u64, Tally>,
    /// Requests that this leader has proposed an answer to.
    proposed: BTreeSet<u32>,
    /// Decided beyond a gap.
    chosen: BTreeMap<u64, Value>,
    /// How far each agent said it has decided.
    reached: Vec<u64>,
    /// Beats since it last got on.
    in_vain: Vec<u8>,
    /// Beats since something was decided or it began to lead.
    beats: u32,
    /// Attempts to lead since something was decided.
    attempts: u32,
    asked: bool,
    watching: bool,
    beating: bool,
}

impl MultiPaxos {
    /// Agent `id` of `agents`, with time-outs of 1–2 × `base_ns`.
    pub fn new(id: NodeId, agents: usize, base_ns: u64) -> Self {
        Self {
            id,
            agents,
            base_ns: base_ns.max(4),
            promised: 0,
            accepted: BTreeMap::new(),
            history: Vec::new(),
            done: BTreeSet::new(),
            pending: Pending::default(),
            role: Role::Follower,
            leader: None,
            last: 0,
            tallies: BTreeMap::new(),
            proposed: BTreeSet::new(),
            chosen: BTreeMap::new(),
            reached: vec![0; agents],
            in_vain: vec![0; agents],
            beats: 0,
            attempts: 0,
            asked: false,
            watching: false,
            beating: false,
        }
    }

    /// All agents of a group.
    pub fn group(agents: usize, base_ns: u64) -> Vec<Self> {
        (0..agents as NodeId).map(|id| Self::new(id, agents, base_ns)).collect()
    }

    /// The highest ballot it has promised.
    pub fn ballot(&self) -> u64 {
        self.promised
    }

    fn executed(&self) -> u64 {
        self.history.len() as u64
    }

    fn owner(&self, ballot: u64) -> NodeId {
        (ballot % self.agents as u64) as NodeId
    }

    fn leads(&self) -> bool {
        matches!(self.role, Role::Leading)
    }

    fn others(&self) -> impl Iterator<Item = NodeId> + use<> {
        let id = self.id;
        (0..self.agents as NodeId).filter(move |&node| node != id)
    }

    fn set_leader(&mut self, leader: Option<NodeId>, cx: &mut Cx<'_>) {
        if self.leader != leader {
            self.leader = leader;
            cx.coordinator(leader);
        }
    }

    /// Waits for the leader to decide, if there is something to wait for; half a time-out at a time.
    fn watch(&mut self, cx: &mut Cx<'_>) {
        let wanted = !self.pending.is_empty() && !self.leads();
        if wanted && !self.watching {
            self.watching = true;
            let doublings = self.attempts.min(DOUBLINGS);
            let uniform_ns = self.base_ns + draw::below(cx.rng, self.base_ns);
            cx.arm(WATCH, (uniform_ns << doublings) / 2);
        } else if !wanted && self.watching {
            self.watching = false;
            cx.disarm(WATCH);
        }
    }

    /// The leader lives: wait anew.
    fn heard(&mut self, cx: &mut Cx<'_>) {
        self.asked = false;
        self.watching = false;
        cx.disarm(WATCH);
        self.watch(cx);
    }

    fn beat_later(&mut self, cx: &mut Cx<'_>) {
        if !self.beating {
            self.beating = true;
            cx.arm(BEAT, self.base_ns / 4);
        }
    }

    /// Something is open, or somebody who gets on lacks something.
    fn has_business(&self) -> bool {
        let lacks = |node: NodeId| {
            let node = usize::from(node);
            self.reached[node] < self.executed() && self.in_vain[node] < DEAD_AFTER
        };
        match self.role {
            Role::Follower => false,
            Role::Preparing { .. } => !self.pending.is_empty(),
            // Positions left open when nobody wants their requests any more wait for the next request.
            Role::Leading => !self.pending.is_empty() || self.others().any(lacks),
        }
    }

    /// Takes a decided value; decides what is decided without gaps.
    fn learn(&mut self, position: u64, value: Value, cx: &mut Cx<'_>) {
        if position <= self.executed() {
            return;
        }
        self.chosen.insert(position, value);
        while let Some(value) = self.chosen.remove(&(self.executed() + 1)) {
            self.history.push(value);
            let position = self.executed();
            self.tallies.remove(&position);
            cx.decide(position, value);
            self.attempts = 0;
            self.beats = 0;
            if !value.is_noop() {
                self.done.insert(value.request);
                self.pending.remove(value.request);
            }
        }
        self.reached[usize::from(self.id)] = self.executed();
        if !self.leads() {
            self.heard(cx);
        }
    }

    /// Decided values from a position on, at most [`CHUNK`].
    fn catch_up(&self, from: u64) -> Option<PaxosMessage> {
        let rest = self.history.get(from as usize..).filter(|rest| !rest.is_empty())?;
        Some(PaxosMessage::CatchUp { from, values: rest.iter().copied().take(CHUNK).collect() })
    }

    /// An agent says how far it has decided: help it on.
    fn on_reached(&mut self, from: NodeId, reached: u64, cx: &mut Cx<'_>) {
        let known = &mut self.reached[usize::from(from)];
        if reached > *known {
            *known = reached;
            self.in_vain[usize::from(from)] = 0;
        }
        if reached < self.executed()
            && let Some(values) = self.catch_up(reached)
        {
            cx.send(from, values);
        }
    }
}

impl Protocol for MultiPaxos {
    type Message = PaxosMessage;

    fn start(&mut self, cx: &mut Cx<'_>) {
        if self.id == 0 {
            self.role = Role::Leading;
        }
        self.set_leader(Some(0), cx);
    }

    fn request(&mut self, request: u32, cx: &mut Cx<'_>) {
        if !self.done.contains(&request) && self.pending.insert(request) {
            self.watch(cx);
            if self.leads() {
                self.beat_later(cx);
            }
        }
    }

    fn forget(&mut self, request: u32, cx: &mut Cx<'_>) {
        if self.pending.expire(request) {
            self.watch(cx);
        }
    }

    fn propose(&mut self, value: Value, cx: &mut Cx<'_>) -> bool {
        let new = self.leads() && !self.done.contains(&value.request) && self.proposed.insert(value.request);
        if new {
            self.last += 1;
            self.offer(self.last, value, cx);
            self.beat_later(cx);
        }
        new
    }

    #[inline]
    fn receive(&mut self, from: NodeId, message: &PaxosMessage, cx: &mut Cx<'_>) {
        match *message {
            PaxosMessage::Prepare { ballot, executed } => self.on_prepare(from, ballot, executed, cx),
            PaxosMessage::Promise { ballot, executed, ref accepted } => {
                self.on_promise(from, ballot, executed, accepted, cx);
            }
            PaxosMessage::Accept { ballot, position, value } => self.on_accept(from, ballot, position, value, cx),
            PaxosMessage::Accepted { position, accepted } => self.on_accepted(from, position, accepted, cx),
            PaxosMessage::Refused { promised } => self.on_refused(promised, cx),
            PaxosMessage::Beat { ballot, executed } => self.on_beat(from, ballot, executed, cx),
            PaxosMessage::Reached { executed } => self.on_reached(from, executed, cx),
            PaxosMessage::Ask { executed } => {
                self.on_reached(from, executed, cx);
                if self.leads() {
                    cx.send(from, PaxosMessage::Beat { ballot: self.promised, executed: self.executed() });
                }
            }
            PaxosMessage::CatchUp { from: first, ref values } => {
                for (position, value) in (first + 1..).zip(values.iter()) {
                    self.learn(position, *value, cx);
                }
                cx.send(from, PaxosMessage::Reached { executed: self.executed() });
            }
        }
    }

    fn timer(&mut self, timer: TimerId, cx: &mut Cx<'_>) {
        match timer {
            WATCH => {
                self.watching = false;
                if self.pending.is_empty() || self.leads() {
                    return;
                }
                if self.asked {
                    self.asked = false;
                    self.attempts += 1;
                    self.prepare(cx);
                } else {
                    self.asked = true;
                    cx.broadcast(PaxosMessage::Ask { executed: self.executed() });
                }
                self.watch(cx);
            }
            _ => {
                self.beating = false;
                self.beat(cx);
            }
        }
    }

    fn recover(&mut self, keeps_state: bool, cx: &mut Cx<'_>) {
        let fresh = Self::new(self.id, self.agents, self.base_ns);
        let old = std::mem::replace(self, fresh);
        if keeps_state {
            self.promised = old.promised;
            self.accepted = old.accepted;
            self.history = old.history;
            self.done = old.done;
            self.pending = old.pending;
            self.reached[usize::from(self.id)] = self.executed();
        }
        cx.coordinator(None);
        cx.broadcast(PaxosMessage::Ask { executed: self.executed() });
        self.watch(cx);
    }

    fn coordinator(&self) -> Option<NodeId> {
        self.leader
    }

    fn replies(&self) -> bool {
        self.leads()
    }
}

impl MultiPaxos {
    /// Asks for promises for the next ballot of its own.
    fn prepare(&mut self, cx: &mut Cx<'_>) {
        let round = self.promised / self.agents as u64 + 1;
        self.promised = round * self.agents as u64 + u64::from(self.id);
        let reported = self.accepted.range(self.executed() + 1..).map(|(position, a)| (*position, *a)).collect();
        self.role = Role::Preparing { promised: [self.id].into_iter().collect(), reported };
        self.set_leader(None, cx);
        cx.passed(Milestone::Candidacy(self.promised));
        cx.broadcast(PaxosMessage::Prepare { ballot: self.promised, executed: self.executed() });
        self.beat_later(cx);
        self.lead_if_promised(cx);
    }

    fn lead_if_promised(&mut self, cx: &mut Cx<'_>) {
        let Role::Preparing { promised, reported } = &self.role else { return };
        if promised.len() < majority(self.agents) {
            return;
        }
        // What has been decided meanwhile may have gone another way than was reported.
        let open = self.executed() + 1;
        let reported: BTreeMap<u64, Accepted> = reported.range(open..).map(|(position, a)| (*position, *a)).collect();
        self.role = Role::Leading;
        self.beats = 0;
        self.watch(cx);
        cx.passed(Milestone::Elected(self.promised));
        self.set_leader(Some(self.id), cx);
        self.proposed = reported.values().map(|accepted| accepted.value.request).collect();
        self.last = reported.keys().next_back().copied().unwrap_or(0).max(self.executed());
        cx.broadcast(PaxosMessage::Beat { ballot: self.promised, executed: self.executed() });
        for position in self.executed() + 1..=self.last {
            let value = reported.get(&position).map_or(Value::NOOP, |accepted| accepted.value);
            self.offer(position, value, cx);
        }
        self.beat_later(cx);
    }
}
