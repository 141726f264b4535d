//! How a leader is found.

use super::super::{Milestone, Value};
use super::{Cx, ELECTION, Entry, Follower, HEARTBEAT, Raft, RaftMessage, Role};
use crate::consensus::node_set::{NodeId, NodeSet};
use crate::draw;

impl Raft {
    /// Whether the absence of a leader matters: something is asked for, somebody else looks for one, or
    /// there never was one.
    pub(super) fn wants_leader(&self) -> bool {
        !self.pending.is_empty() || self.nudged || (self.term == 0 || (self.leader.is_none() && self.log.is_empty()))
    }

    /// Starts the election timer anew: uniform in 1–2 × base, longer after polls in vain.
    pub(super) fn arm_election(&mut self, cx: &mut Cx<'_>) {
        let patience = 1 << self.polls.saturating_sub(2).min(3);
        let extra_ns = draw::below(cx.rng, self.base_ns);
        self.election_armed = true;
        cx.arm(ELECTION, self.base_ns.saturating_add(extra_ns).saturating_mul(patience));
    }

    /// Runs the election timer exactly while this server follows and wants a leader.
    pub(super) fn watch(&mut self, cx: &mut Cx<'_>) {
        let wanted = self.role != Role::Leader && self.wants_leader();
        if wanted && !self.election_armed {
            self.arm_election(cx);
        } else if !wanted && self.election_armed {
            self.election_armed = false;
            cx.disarm(ELECTION);
        }
    }

    /// Asks whether it would be elected, without raising anybody's term.
    pub(super) fn poll(&mut self, cx: &mut Cx<'_>) {
        self.role = Role::Polling;
        self.polls = self.polls.saturating_add(1);
        self.set_leader(None, cx);
        self.supporters = [self.id].into_iter().collect();
        let (last, last_term) = (self.last(), self.last_term());
        cx.broadcast(RaftMessage::Poll { term: self.term + 1, last, last_term });
        self.arm_election(cx);
        if self.has_majority(1) {
            self.stand(cx);
        }
    }

    fn stand(&mut self, cx: &mut Cx<'_>) {
        self.role = Role::Candidate;
        self.term += 1;
        self.voted_for = Some(self.id);
        self.supporters = [self.id].into_iter().collect();
        cx.passed(Milestone::Candidacy(self.term));
        let (last, last_term) = (self.last(), self.last_term());
        cx.broadcast(RaftMessage::RequestVote { term: self.term, last, last_term });
        self.arm_election(cx);
        if self.has_majority(1) {
            self.lead(cx);
        }
    }

    fn lead(&mut self, cx: &mut Cx<'_>) {
        self.role = Role::Leader;
        self.nudged = false;
        self.polls = 0;
        self.supporters = NodeSet::EMPTY;
        self.followers = vec![Follower { next: self.last() + 1, ..Follower::default() }; self.agents];
        self.watch(cx);
        cx.passed(Milestone::Elected(self.term));
        self.set_leader(Some(self.id), cx);
        self.log.push(Entry { term: self.term, value: Value::NOOP });
        self.send_new(cx);
        self.advance_commit(cx);
        self.heartbeat_armed = true;
        cx.arm(HEARTBEAT, self.heartbeat_ns());
    }

    /// Whether a log that ends with (term, index) is at least as up to date as this one.
    fn is_up_to_date(&self, last: (u64, u64)) -> bool {
        last >= (self.last_term(), self.last())
    }

    pub(super) fn on_poll(&mut self, from: NodeId, term: u64, last: (u64, u64), cx: &mut Cx<'_>) {
        let lately = |heard_ns: u64| cx.now_ns.saturating_sub(heard_ns) < self.base_ns;
        let has_leader = self.role == Role::Leader || (self.leader.is_some() && self.heard_ns.is_some_and(lately));
        let granted = term > self.term && !has_leader && self.is_up_to_date(last);
        let term = if granted { term } else { self.term };
        cx.send(from, RaftMessage::Opinion { term, granted });
        // Whoever looks for a leader is behind: help it, or find a leader who can.
        self.wake(cx);
        if !granted && !has_leader && !self.nudged {
            self.nudged = true;
            self.watch(cx);
        }
    }

    pub(super) fn on_opinion(&mut self, from: NodeId, term: u64, granted: bool, cx: &mut Cx<'_>) {
        if !granted {
            self.enter_term(term, cx);
        } else if self.role == Role::Polling && term == self.term + 1 {
            self.supporters.insert(from);
            if self.has_majority(self.supporters.len()) {
                self.stand(cx);
            }
        }
    }

    pub(super) fn on_request_vote(&mut self, from: NodeId, term: u64, last: (u64, u64), cx: &mut Cx<'_>) {
        self.enter_term(term, cx);
        let free = self.voted_for.is_none_or(|candidate| candidate == from);
        let granted = term == self.term && free && self.is_up_to_date(last);
        if granted {
            self.voted_for = Some(from);
            if self.election_armed {
                self.arm_election(cx);
            }
        }
        cx.send(from, RaftMessage::Vote { term: self.term, granted });
    }

    pub(super) fn on_vote(&mut self, from: NodeId, term: u64, granted: bool, cx: &mut Cx<'_>) {
        self.enter_term(term, cx);
        if granted && self.role == Role::Candidate && term == self.term {
            self.supporters.insert(from);
            if self.has_majority(self.supporters.len()) {
                self.lead(cx);
            }
        }
    }
}
