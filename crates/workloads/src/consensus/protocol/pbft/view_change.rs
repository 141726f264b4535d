//! How a primary that makes no progress is replaced.

use std::sync::Arc;

use super::super::{Milestone, Value};
use super::messages::{NewView, PbftMessage, Prepared, ViewChange};
use super::{Cx, PROGRESS, Pbft};

impl Pbft {
    /// Leaves the open view and calls for another.
    pub(super) fn call_for(&mut self, view: u64, cx: &mut Cx<'_>) {
        self.view = view;
        self.active = false;
        self.changes += 1;
        self.unwatch(cx);
        let prepared = |(position, slot): (u64, &super::slot::Slot)| {
            slot.prepared.map(|(view, value)| Prepared { position, view, value })
        };
        let call = Arc::new(ViewChange {
            author: self.id,
            view,
            stable: self.window.low(),
            prepared: self.window.iter().filter_map(prepared).collect(),
            quorum: self.quorum,
        });
        self.calls.insert(self.id, Arc::clone(&call));
        cx.coordinator(None);
        cx.passed(Milestone::ViewChange(view));
        cx.broadcast(PbftMessage::ViewChange(call));
        self.retry_later(cx);
        self.check_calls(cx);
    }

    /// Says its call again, for those who missed it.
    pub(super) fn repeat_call(&mut self, cx: &mut Cx<'_>) {
        if let Some(call) = self.calls.get(&self.id) {
            cx.broadcast(PbftMessage::ViewChange(Arc::clone(call)));
        }
    }

    pub(super) fn on_call(&mut self, call: &Arc<ViewChange>, cx: &mut Cx<'_>) {
        if self.active && call.view <= self.view {
            // Its author missed that the view is open.
            self.show_opening(call.author, cx);
            return;
        }
        if call.view < self.view {
            return;
        }
        if self.calls.get(&call.author).is_some_and(|known| known.view >= call.view) {
            return;
        }
        self.calls.insert(call.author, Arc::clone(call));
        // f + 1 want a later view: at least one of them is honest, so follow to the first of these.
        let later = || self.calls.values().map(|known| known.view).filter(|&view| view > self.view);
        if later().count() >= self.witness
            && let Some(view) = later().min()
        {
            self.call_for(view, cx);
        } else {
            self.check_calls(cx);
        }
    }

    /// With a quorum of calls the new primary opens the view, and the others wait for it.
    ///
    /// For waiting, calls for later views count too: their authors have left this one behind, and one
    /// whose earlier call was lost would otherwise be waited for in vain.
    fn check_calls(&mut self, cx: &mut Cx<'_>) {
        if self.active {
            return;
        }
        let calls: Vec<_> = self.calls.values().filter(|call| call.view == self.view).cloned().collect();
        if self.primary(self.view) == self.id && calls.len() >= self.quorum {
            let opening = Arc::new(NewView::from_calls(self.view, calls));
            cx.broadcast(PbftMessage::NewView(Arc::clone(&opening)));
            self.open(&opening, cx);
            return;
        }
        let leaving = self.calls.values().filter(|call| call.view >= self.view).count();
        if leaving >= self.quorum && !self.progress_armed {
            self.progress_armed = true;
            cx.arm(PROGRESS, self.timeout_ns());
        }
    }

    pub(super) fn on_opening(&mut self, opening: &Arc<NewView>, cx: &mut Cx<'_>) {
        let wanted = opening.view > self.view || (opening.view == self.view && !self.active);
        if wanted && opening.is_valid(self.quorum) {
            self.open(opening, cx);
        }
    }

    /// Enters a view and takes over the assignments that it carries.
    fn open(&mut self, opening: &Arc<NewView>, cx: &mut Cx<'_>) {
        self.view = opening.view;
        self.active = true;
        self.opening = Some(Arc::clone(opening));
        self.unwatch(cx);
        self.calls.retain(|_, call| call.view > opening.view);
        self.window.drop_votes_before(self.view);
        self.waiting.clear();
        self.proposed = opening.assignments.iter().filter(|v| !v.is_noop()).map(|v| v.request).collect();
        self.stable = self.stable.max(opening.stable);
        self.advance(cx);
        for (position, &value) in (opening.stable + 1..).zip(&opening.assignments) {
            self.carry_over(position, value, cx);
        }
        self.next = opening.stable + opening.assignments.len() as u64 + 1;
        cx.coordinator(Some(self.primary(self.view)));
        self.replay_early(cx);
        self.watch(cx);
    }

    fn carry_over(&mut self, position: u64, value: Value, cx: &mut Cx<'_>) {
        if !value.is_noop() && !self.done.contains(&value.request) {
            self.pending.insert(value.request);
        }
        self.accept(position, value, cx);
    }

    /// Assignments that overtook the opening of their view.
    fn replay_early(&mut self, cx: &mut Cx<'_>) {
        let early = std::mem::take(&mut self.early);
        for (from, view, position, value) in early {
            self.on_pre_prepare(from, view, position, value, cx);
        }
    }
}
