//! Raft: agreement among n agents of which ⌊(n−1)/2⌋ may crash. It withstands no Byzantine agent.
//!
//! Source: Ongaro & Ousterhout, "In search of an understandable consensus algorithm", USENIX ATC 2014;
//! pre-vote and the rule that a server which hears from a leader denies it, from Ongaro's thesis
//! (Stanford 2014), sections 9.6 and 4.2.3. What these leave to an implementation is settled here:
//!
//! - Election timeouts are uniform in 1–2 × base; heartbeats come four times per base. The caller
//!   keeps base at 10 × the mean one-way delay or more.
//! - A group without open requests is quiet: no heartbeats, no election timers (as CockroachDB's
//!   quiescent ranges). Whoever knows of a request watches the leader.
//! - From the third poll in a row without a leader on, the timeout doubles each time, up to 8 ×: a
//!   server that cannot be elected, or a group without a majority, does not flood the network.
//! - New entries are sent at once, without waiting for earlier acknowledgements; a commit is announced
//!   at once, unacknowledged (as etcd's raft does).
//! - A new leader commits a no-op first (section 8 of the paper).

mod election;
mod messages;
mod replication;

use std::collections::BTreeSet;

use super::pending::Pending;
use super::{Context, Protocol, TimerId, Value, majority};
use crate::consensus::node_set::{NodeId, NodeSet};

pub use messages::{Entry, RaftMessage};

const ELECTION: TimerId = 0;
const HEARTBEAT: TimerId = 1;

/// Heartbeats in vain after which a leader that wants to be quiet gives a follower up: it is dead, or says what it says
/// to keep the leader busy.
const DEAD_AFTER: u8 = 8;

type Cx<'a> = Context<'a, RaftMessage>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Follower,
    /// Polls before it stands.
    Polling,
    Candidate,
    Leader,
}

/// What a leader knows of another server.
#[derive(Clone, Copy, Debug, Default)]
struct Follower {
    /// Index of the next entry to send.
    next: u64,
    /// Highest index known to match.
    matched: u64,
    /// How far it said it has committed.
    commit: u64,
    /// Heartbeats since it last got on.
    in_vain: u8,
}

/// One server.
pub struct Raft {
    id: NodeId,
    agents: usize,
    base_ns: u64,
    // What is written down before anything is answered, and survives a crash:
    term: u64,
    voted_for: Option<NodeId>,
    /// Entry with index i is at i − 1.
    log: Vec<Entry>,
    /// Executed up to here; the executed state is durable too.
    commit: u64,
    // What is not:
    role: Role,
    leader: Option<NodeId>,
    /// Last word of a leader, nanoseconds.
    heard_ns: Option<u64>,
    supporters: NodeSet,
    followers: Vec<Follower>,
    /// Requests in the log.
    logged: BTreeSet<u32>,
    /// Requests executed.
    done: BTreeSet<u32>,
    /// Requests known and not executed.
    pending: Pending,
    /// Polls since it last heard from a leader.
    polls: u32,
    /// Somebody who can't be elected looks for a leader.
    nudged: bool,
    election_armed: bool,
    heartbeat_armed: bool,
}

impl Raft {
    /// Server `id` of `agents`, with election timeouts of 1–2 × `base_ns`.
    pub fn new(id: NodeId, agents: usize, base_ns: u64) -> Self {
        Self {
            id,
            agents,
            base_ns: base_ns.max(1),
            term: 0,
            voted_for: None,
            log: Vec::new(),
            commit: 0,
            role: Role::Follower,
            leader: None,
            heard_ns: None,
            supporters: NodeSet::EMPTY,
            followers: Vec::new(),
            logged: BTreeSet::new(),
            done: BTreeSet::new(),
            pending: Pending::default(),
            polls: 0,
            nudged: false,
            election_armed: false,
            heartbeat_armed: false,
        }
    }

    /// All servers of a group.
    pub fn group(agents: usize, base_ns: u64) -> Vec<Self> {
        (0..agents as NodeId).map(|id| Self::new(id, agents, base_ns)).collect()
    }

    /// The present term.
    pub fn term(&self) -> u64 {
        self.term
    }

    fn last(&self) -> u64 {
        self.log.len() as u64
    }

    /// Term of the entry at an index; 0 before the first, `None` beyond the last.
    fn term_at(&self, index: u64) -> Option<u64> {
        match index.checked_sub(1) {
            None => Some(0),
            Some(place) => self.log.get(place as usize).map(|entry| entry.term),
        }
    }

    fn last_term(&self) -> u64 {
        self.log.last().map_or(0, |entry| entry.term)
    }

    fn has_majority(&self, count: usize) -> bool {
        count >= majority(self.agents)
    }

    fn set_leader(&mut self, leader: Option<NodeId>, cx: &mut Cx<'_>) {
        if self.leader != leader {
            self.leader = leader;
            cx.coordinator(leader);
        }
    }

    /// A later term was seen: follow it.
    fn enter_term(&mut self, term: u64, cx: &mut Cx<'_>) {
        if term > self.term {
            self.term = term;
            self.voted_for = None;
            self.step_down(cx);
        }
    }

    fn step_down(&mut self, cx: &mut Cx<'_>) {
        if self.role == Role::Leader {
            self.heartbeat_armed = false;
            cx.disarm(HEARTBEAT);
        }
        self.role = Role::Follower;
        self.set_leader(None, cx);
        self.watch(cx);
    }

    /// Executes what is committed.
    fn execute(&mut self, up_to: u64, cx: &mut Cx<'_>) {
        while self.commit < up_to.min(self.last()) {
            let value = self.log[self.commit as usize].value;
            self.commit += 1;
            cx.decide(self.commit, value);
            if !value.is_noop() {
                self.done.insert(value.request);
                self.pending.remove(value.request);
            }
        }
        self.watch(cx);
    }
}

impl Protocol for Raft {
    type Message = RaftMessage;

    fn start(&mut self, cx: &mut Cx<'_>) {
        self.arm_election(cx);
    }

    fn request(&mut self, request: u32, cx: &mut Cx<'_>) {
        if !self.done.contains(&request) {
            self.pending.insert(request);
            self.watch(cx);
            self.wake(cx);
        }
    }

    fn forget(&mut self, request: u32, cx: &mut Cx<'_>) {
        if self.pending.expire(request) {
            self.watch(cx);
        }
    }

    fn propose(&mut self, value: Value, cx: &mut Cx<'_>) -> bool {
        let new = self.role == Role::Leader && self.logged.insert(value.request);
        if new {
            self.log.push(Entry { term: self.term, value });
            self.send_new(cx);
            self.advance_commit(cx);
        }
        new
    }

    #[inline]
    fn receive(&mut self, from: NodeId, message: &RaftMessage, cx: &mut Cx<'_>) {
        match *message {
            RaftMessage::Append { term, previous, previous_term, ref entries, commit, report } => {
                self.on_append(from, term, (previous, previous_term), entries, commit, report, cx);
            }
            RaftMessage::Appended { term, ok, index, commit } => self.on_appended(from, term, ok, index, commit, cx),
            RaftMessage::Poll { term, last, last_term } => self.on_poll(from, term, (last_term, last), cx),
            RaftMessage::Opinion { term, granted } => self.on_opinion(from, term, granted, cx),
            RaftMessage::RequestVote { term, last, last_term } => {
                self.on_request_vote(from, term, (last_term, last), cx);
            }
            RaftMessage::Vote { term, granted } => self.on_vote(from, term, granted, cx),
        }
    }

    fn timer(&mut self, timer: TimerId, cx: &mut Cx<'_>) {
        match timer {
            ELECTION => {
                self.election_armed = false;
                if self.role != Role::Leader && self.wants_leader() {
                    self.poll(cx);
                }
            }
            _ => {
                self.heartbeat_armed = false;
                if self.role == Role::Leader {
                    self.beat(cx);
                }
            }
        }
    }

    fn recover(&mut self, keeps_state: bool, cx: &mut Cx<'_>) {
        let fresh = Self::new(self.id, self.agents, self.base_ns);
        let old = std::mem::replace(self, fresh);
        if keeps_state {
            self.term = old.term;
            self.voted_for = old.voted_for;
            self.log = old.log;
            self.commit = old.commit;
            self.logged = old.logged;
            self.done = old.done;
            self.pending = old.pending;
        }
        cx.coordinator(None);
        self.watch(cx);
    }

    fn coordinator(&self) -> Option<NodeId> {
        self.leader
    }

    fn replies(&self) -> bool {
        self.role == Role::Leader
    }
}
