//! Phases 1 and 2: promises, acceptances, and what the leader repeats.

use super::{Accepted, Cx, MultiPaxos, PaxosMessage, REPEATED_EVERY, Role, Tally};
use crate::consensus::node_set::{NodeId, NodeSet};
use crate::consensus::protocol::{Value, majority};

impl MultiPaxos {
    /// Another's ballot is at least as high as what was promised: follow it. Answers whether it is.
    fn follow(&mut self, ballot: u64, cx: &mut Cx<'_>) -> bool {
        if ballot < self.promised {
            return false;
        }
        if ballot > self.promised {
            self.promised = ballot;
            self.role = Role::Follower;
            self.set_leader(None, cx);
        }
        true
    }

    pub(super) fn on_prepare(&mut self, from: NodeId, ballot: u64, executed: u64, cx: &mut Cx<'_>) {
        if self.owner(ballot) != from {
            return;
        }
        self.on_reached(from, executed, cx);
        if !self.follow(ballot, cx) {
            cx.send(from, PaxosMessage::Refused { promised: self.promised });
            return;
        }
        self.heard(cx);
        let accepted = self.accepted.range(executed + 1..).map(|(position, accepted)| (*position, *accepted)).collect();
        cx.send(from, PaxosMessage::Promise { ballot, executed: self.executed(), accepted });
    }

    pub(super) fn on_promise(
        &mut self,
        from: NodeId,
        ballot: u64,
        executed: u64,
        accepted: &[(u64, Accepted)],
        cx: &mut Cx<'_>,
    ) {
        self.on_reached(from, executed, cx);
        let current = ballot == self.promised;
        let Role::Preparing { promised, reported } = &mut self.role else { return };
        if !current {
            return;
        }
        promised.insert(from);
        for &(position, accepted) in accepted {
            let known = reported.entry(position).or_insert(accepted);
            if accepted.ballot > known.ballot {
                *known = accepted;
            }
        }
        self.lead_if_promised(cx);
    }

    /// Phase 2 for a position: this leader accepts first.
    pub(super) fn offer(&mut self, position: u64, value: Value, cx: &mut Cx<'_>) {
        let ballot = self.promised;
        cx.broadcast(PaxosMessage::Accept { ballot, position, value });
        self.accept(position, Accepted { ballot, value }, cx);
    }

    fn accept(&mut self, position: u64, accepted: Accepted, cx: &mut Cx<'_>) {
        self.accepted.insert(position, accepted);
        self.count(self.id, position, accepted, cx);
    }

    pub(super) fn on_accept(&mut self, from: NodeId, ballot: u64, position: u64, value: Value, cx: &mut Cx<'_>) {
        if self.owner(ballot) != from {
            return;
        }
        if !self.follow(ballot, cx) {
            cx.send(from, PaxosMessage::Refused { promised: self.promised });
            return;
        }
        self.set_leader(Some(from), cx);
        self.heard(cx);
        if !value.is_noop() && !self.done.contains(&value.request) {
            // What is accepted carries the request: whoever accepts it knows it.
            self.pending.insert(value.request);
        }
        let accepted = Accepted { ballot, value };
        cx.broadcast(PaxosMessage::Accepted { position, accepted });
        // What the leader offers it has accepted.
        self.count(from, position, accepted, cx);
        self.accept(position, accepted, cx);
        self.watch(cx);
    }

    #[inline]
    pub(super) fn on_accepted(&mut self, from: NodeId, position: u64, accepted: Accepted, cx: &mut Cx<'_>) {
        self.count(from, position, accepted, cx);
    }

    /// A majority that accepted in one ballot has decided.
    fn count(&mut self, from: NodeId, position: u64, accepted: Accepted, cx: &mut Cx<'_>) {
        if position <= self.executed() {
            return;
        }
        let Accepted { ballot, value } = accepted;
        let none = Tally { ballot, value, acceptors: NodeSet::EMPTY };
        let tally = self.tallies.entry(position).or_insert(none);
        if ballot > tally.ballot {
            *tally = none;
        }
        if ballot == tally.ballot && value == tally.value {
            tally.acceptors.insert(from);
            if tally.acceptors.len() >= majority(self.agents) {
                self.learn(position, value, cx);
            }
        }
    }

    /// Somebody promised a higher ballot: this one is over. The next attempt goes beyond it.
    pub(super) fn on_refused(&mut self, promised: u64, cx: &mut Cx<'_>) {
        if promised > self.promised {
            self.promised = promised;
            self.role = Role::Follower;
            self.set_leader(None, cx);
            self.watch(cx);
        }
    }

    pub(super) fn on_beat(&mut self, from: NodeId, ballot: u64, executed: u64, cx: &mut Cx<'_>) {
        if self.owner(ballot) != from || !self.follow(ballot, cx) {
            cx.send(from, PaxosMessage::Refused { promised: self.promised });
            return;
        }
        self.set_leader(Some(from), cx);
        self.heard(cx);
        if executed < self.executed()
            && let Some(values) = self.catch_up(executed)
        {
            cx.send(from, values);
        }
        cx.send(from, PaxosMessage::Reached { executed: self.executed() });
    }

    /// Says again what was not answered: a beat and open offers, or the call for promises.
    pub(super) fn beat(&mut self, cx: &mut Cx<'_>) {
        let (ballot, executed) = (self.promised, self.executed());
        match &self.role {
            Role::Follower => return,
            Role::Preparing { promised, .. } => {
                let missing: Vec<NodeId> = self.others().filter(|node| !promised.contains(*node)).collect();
                for node in missing {
                    cx.send(node, PaxosMessage::Prepare { ballot, executed });
                }
            }
            Role::Leading => {
                if !self.has_business() {
                    return;
                }
                self.in_vain.iter_mut().for_each(|beats| *beats = beats.saturating_add(1));
                cx.broadcast(PaxosMessage::Beat { ballot, executed });
                self.beats = self.beats.saturating_add(1);
                let repeats = self.beats.is_power_of_two() || self.beats.is_multiple_of(REPEATED_EVERY);
                let last = if repeats { self.last } else { executed };
                for position in executed + 1..=last {
                    let Some(&Accepted { value, .. }) = self.accepted.get(&position) else { continue };
                    let heard = self.tallies.get(&position).map_or(NodeSet::EMPTY, |tally| tally.acceptors);
                    for node in self.others().filter(|node| !heard.contains(*node)) {
                        cx.send(node, PaxosMessage::Accept { ballot, position, value });
                    }
                }
            }
        }
        if self.has_business() {
            self.beat_later(cx);
        }
    }
}
