//! How a coordinator that makes no progress is replaced.

use std::sync::Arc;

use super::super::Milestone;
use super::messages::{Call, Opening, WeightedMessage};
use super::standing::Standing;
use super::{Cx, PROGRESS, Weighted};
use crate::consensus::node_set::{NodeId, NodeSet};

impl Weighted {
    /// Leaves the open view and calls for another.
    pub(super) fn call_for(&mut self, view: u64, cx: &mut Cx<'_>) {
        self.view = view;
        self.active = false;
        self.changes += 1;
        self.unwatch(cx);
        // What was asked in vain before is not what is missing now.
        self.retrying = false;
        let call = Arc::new(Call { author: self.id, view, position: self.position(), lock: self.lock.clone() });
        self.calls.insert(self.id, Arc::clone(&call));
        cx.coordinator(None);
        cx.passed(Milestone::ViewChange(view));
        cx.broadcast(WeightedMessage::Call(call));
        self.retry_later(cx);
        self.check_calls(cx);
    }

    /// The proposal of this view can't be carried. The first time in a row the next coordinator is called for at once,
    /// then after the time-out: a group that can't agree must not go through its coordinators as fast as it can.
    pub(super) fn on_rejection(&mut self, cx: &mut Cx<'_>) {
        if self.changes == 0 {
            self.call_for(self.view + 1, cx);
        } else if !self.progress_armed {
            self.progress_armed = true;
            cx.arm(PROGRESS, self.timeout_ns());
        }
    }

    /// Says its call again, for those who missed it.
    pub(super) fn repeat_call(&mut self, cx: &mut Cx<'_>) {
        if let Some(call) = self.calls.get(&self.id) {
            cx.broadcast(WeightedMessage::Call(Arc::clone(call)));
        }
    }

    pub(super) fn on_call(&mut self, call: &Arc<Call>, cx: &mut Cx<'_>) {
        if self.active && call.view <= self.view {
            // Its author missed that the view is open.
            self.show_opening(call.author, cx);
            return;
        }
        if call.view < self.view || self.calls.get(&call.author).is_some_and(|known| known.view >= call.view) {
            return;
        }
        self.calls.insert(call.author, Arc::clone(call));
        // A third of the weight wants a later view: somebody honest does, and nothing can be carried without
        // them, so follow to the first.
        let later = || self.calls.values().filter(|known| known.view > self.view);
        let authors: NodeSet = later().map(|known| known.author).collect();
        match later().map(|known| known.view).min() {
            Some(view) if self.standing.blocks(self.standing.weight_of(&authors)) => self.call_for(view, cx),
            _ => self.check_calls(cx),
        }
    }

    /// With a quorum of calls the new coordinator opens the view, and the others wait for it.
    ///
    /// For waiting, calls for later views count too: their authors have left this one behind, and one
    /// whose earlier call was lost would otherwise be waited for in vain.
    pub(super) fn check_calls(&mut self, cx: &mut Cx<'_>) {
        if self.active {
            return;
        }
        if self.coordinator_of(self.view) == self.id {
            let calls = self.calls.values().filter(|call| call.view == self.view).cloned().collect();
            let opening = Arc::new(Opening { view: self.view, calls });
            if self.is_valid(&opening) {
                cx.broadcast(WeightedMessage::Opening(Arc::clone(&opening)));
                self.open(&opening, cx);
                return;
            }
        }
        let leaving: NodeSet = self.calls.values().filter(|c| c.view >= self.view).map(|c| c.author).collect();
        if self.standing.carries(self.standing.weight_of(&leaving)) && !self.progress_armed {
            self.progress_armed = true;
            cx.arm(PROGRESS, self.timeout_ns());
        }
    }

    /// Whether an opening has a quorum of calls, by the weights at its position; that position must have
    /// been reached here.
    fn is_valid(&self, opening: &Opening) -> bool {
        let position = opening.position();
        let Some(authors) = opening.authors().filter(|_| position <= self.position()) else {
            return false;
        };
        if position == self.position() {
            return self.standing.carries(self.standing.weight_of(&authors));
        }
        let decided = &self.log[..(position - 1) as usize];
        let then = Standing::after(&self.settings.capabilities, decided);
        then.carries(then.weight_of(&authors))
    }

    pub(super) fn on_opening(&mut self, opening: &Arc<Opening>, cx: &mut Cx<'_>) {
        let wanted = opening.view > self.view || (opening.view == self.view && !self.active);
        if !wanted {
            return;
        }
        if opening.position() > self.position() {
            if self.ahead.as_ref().is_none_or(|known| known.view < opening.view) {
                self.ahead = Some(Arc::clone(opening));
                self.ask(cx);
            }
        } else if self.is_valid(opening) {
            self.open(opening, cx);
        }
    }

    /// Enters a view.
    fn open(&mut self, opening: &Arc<Opening>, cx: &mut Cx<'_>) {
        self.view = opening.view;
        self.active = true;
        self.opening = Some(Arc::clone(opening));
        self.unwatch(cx);
        self.retrying = false;
        self.calls.retain(|_, call| call.view > opening.view);
        self.tallies.drop_before(self.view);
        self.waiting.clear();
        self.proposed.clear();
        cx.coordinator(Some(self.coordinator_of(self.view)));
        self.put_to_vote(cx);
        for (from, view, position, block) in std::mem::take(&mut self.early) {
            self.on_propose(from, view, position, &block, cx);
        }
        self.count(cx);
        self.watch(cx);
    }

    /// Sends the opening of the present view to an agent that missed it. The coordinator and a third of
    /// the agents after it do so.
    pub(super) fn show_opening(&mut self, to: NodeId, cx: &mut Cx<'_>) {
        let n = self.agents() as u64;
        let after = (u64::from(self.id) + n - u64::from(self.coordinator_of(self.view))) % n;
        if after <= n / 3
            && let Some(opening) = &self.opening
        {
            cx.send(to, WeightedMessage::Opening(Arc::clone(opening)));
        }
    }
}
