//! How the leader's log reaches the others.

use std::sync::Arc;

use super::{Cx, DEAD_AFTER, Entry, HEARTBEAT, Raft, RaftMessage, Role};
use crate::consensus::node_set::NodeId;

/// Entries sent at once.
const CHUNK: usize = 64;

impl Raft {
    pub(super) fn heartbeat_ns(&self) -> u64 {
        (self.base_ns / 4).max(1)
    }

    fn others(&self) -> impl Iterator<Item = NodeId> + use<> {
        let id = self.id;
        (0..self.agents as NodeId).filter(move |&node| node != id)
    }

    /// Entries from an index on, at most [`CHUNK`].
    fn entries_from(&self, index: u64) -> Arc<[Entry]> {
        let rest = self.log.get((index - 1) as usize..).unwrap_or_default();
        rest.iter().copied().take(CHUNK).collect()
    }

    fn append(&self, previous: u64, entries: Arc<[Entry]>, report: bool) -> RaftMessage {
        let previous_term = self.term_at(previous).unwrap_or(0);
        RaftMessage::Append { term: self.term, previous, previous_term, entries, commit: self.commit, report }
    }

    /// Sends each follower what it has not been sent.
    pub(super) fn send_new(&mut self, cx: &mut Cx<'_>) {
        let mut shared: Option<(u64, Arc<[Entry]>)> = None;
        for node in self.others() {
            let next = self.followers[usize::from(node)].next;
            let entries = match &shared {
                Some((from, entries)) if *from == next => Arc::clone(entries),
                _ => self.entries_from(next),
            };
            shared = Some((next, Arc::clone(&entries)));
            self.followers[usize::from(node)].next = next + entries.len() as u64;
            cx.send(node, self.append(next - 1, entries, true));
        }
    }

    /// A heartbeat to all, with what they have not acknowledged; then again later, or quiet.
    pub(super) fn beat(&mut self, cx: &mut Cx<'_>) {
        for node in self.others() {
            let follower = &mut self.followers[usize::from(node)];
            follower.in_vain = follower.in_vain.saturating_add(1);
            // Until a first match is known, an empty message finds it.
            let from = if follower.matched > 0 { follower.matched + 1 } else { follower.next };
            let entries = self.entries_from(from);
            cx.send(node, self.append(from - 1, entries, true));
        }
        if self.has_business() {
            self.heartbeat_armed = true;
            cx.arm(HEARTBEAT, self.heartbeat_ns());
        }
    }

    /// Whether something is open, or a follower that gets on lacks something.
    fn has_business(&self) -> bool {
        let lacks = |node: NodeId| {
            let follower = &self.followers[usize::from(node)];
            let behind = follower.matched < self.last() || follower.commit < self.commit;
            behind && follower.in_vain < DEAD_AFTER
        };
        // Entries left open when nobody wants their requests any more wait for the next request.
        !self.pending.is_empty() || self.others().any(lacks)
    }

    /// A leader that was quiet makes itself heard.
    pub(super) fn wake(&mut self, cx: &mut Cx<'_>) {
        if self.role == Role::Leader && !self.heartbeat_armed {
            self.beat(cx);
        }
    }

    #[allow(clippy::too_many_arguments, reason = "the fields of one message")]
    pub(super) fn on_append(
        &mut self,
        from: NodeId,
        term: u64,
        previous: (u64, u64),
        entries: &[Entry],
        commit: u64,
        report: bool,
        cx: &mut Cx<'_>,
    ) {
        self.enter_term(term, cx);
        if term < self.term || self.role == Role::Leader {
            cx.send(from, RaftMessage::Appended { term: self.term, ok: false, index: 0, commit: self.commit });
            return;
        }
        self.role = Role::Follower;
        self.set_leader(Some(from), cx);
        self.heard_ns = Some(cx.now_ns);
        self.nudged = false;
        self.polls = 0;
        if self.election_armed {
            self.arm_election(cx);
        }
        let (previous, previous_term) = previous;
        if self.term_at(previous) != Some(previous_term) {
            let index = self.before_conflict(previous);
            cx.send(from, RaftMessage::Appended { term: self.term, ok: false, index, commit: self.commit });
            return;
        }
        self.adopt(previous, entries);
        let matched = previous + entries.len() as u64;
        self.execute(commit.min(matched), cx);
        if report {
            cx.send(from, RaftMessage::Appended { term: self.term, ok: true, index: matched, commit: self.commit });
        }
    }

    /// Where the leader should try next: before the whole term that conflicts, or at the end of a
    /// shorter log. Always further back, even past what is committed, which only a liar can make
    /// necessary.
    fn before_conflict(&self, previous: u64) -> u64 {
        let Some(term) = self.term_at(previous) else {
            return self.last();
        };
        let mut index = previous.saturating_sub(1);
        while index > self.commit && self.term_at(index) == Some(term) {
            index -= 1;
        }
        index
    }

    /// Appends what is new; an entry that conflicts goes, with all that follow it.
    fn adopt(&mut self, previous: u64, entries: &[Entry]) {
        for (place, entry) in (previous as usize..).zip(entries) {
            match self.log.get(place) {
                Some(known) if known.term == entry.term => {}
                known => {
                    if known.is_some() {
                        for dropped in self.log.drain(place..) {
                            self.logged.remove(&dropped.value.request);
                        }
                    }
                    self.log.push(*entry);
                    self.logged.insert(entry.value.request);
                }
            }
        }
    }

    pub(super) fn on_appended(&mut self, from: NodeId, term: u64, ok: bool, index: u64, commit: u64, cx: &mut Cx<'_>) {
        self.enter_term(term, cx);
        let last = self.last();
        if self.role != Role::Leader || term != self.term {
            return;
        }
        let follower = &mut self.followers[usize::from(from)];
        let moved = if ok { index.min(last) > follower.matched } else { index.min(last) + 1 < follower.next };
        if moved || commit > follower.commit {
            follower.in_vain = 0;
        }
        follower.commit = follower.commit.max(commit);
        if ok {
            follower.matched = follower.matched.max(index.min(last));
            follower.next = follower.next.max(follower.matched + 1);
            let behind = follower.next <= last;
            if index > self.commit {
                self.advance_commit(cx);
            }
            if behind {
                self.send_rest(from, cx);
            }
        } else if index < follower.matched {
            // It lost entries that it had acknowledged (a crash without its disk), or this answer is
            // old: either way sending them again is right.
            follower.matched = index;
            follower.next = index + 1;
            self.send_rest(from, cx);
        } else if index.min(last) + 1 < follower.next {
            follower.next = index.min(last) + 1;
            self.send_rest(from, cx);
        }
    }

    fn send_rest(&mut self, to: NodeId, cx: &mut Cx<'_>) {
        let next = self.followers[usize::from(to)].next;
        let entries = self.entries_from(next);
        self.followers[usize::from(to)].next = next + entries.len() as u64;
        cx.send(to, self.append(next - 1, entries, true));
        if !self.heartbeat_armed {
            self.heartbeat_armed = true;
            cx.arm(HEARTBEAT, self.heartbeat_ns());
        }
    }

    /// Commits what a majority holds, if its last entry is of this term (section 5.4.2).
    pub(super) fn advance_commit(&mut self, cx: &mut Cx<'_>) {
        let mut matched: Vec<u64> = self.others().map(|node| self.followers[usize::from(node)].matched).collect();
        matched.push(self.last());
        let place = matched.len() - super::majority(self.agents);
        let (_, &mut index, _) = matched.select_nth_unstable(place);
        if index > self.commit && self.term_at(index) == Some(self.term) {
            self.execute(index, cx);
            for node in self.others() {
                let next = self.followers[usize::from(node)].next;
                cx.send(node, self.append(next - 1, Arc::from([]), false));
            }
        }
    }
}
