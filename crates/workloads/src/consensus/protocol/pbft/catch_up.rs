//! How a replica gets what it missed: votes, the opening of a view, decided values.

use std::sync::Arc;

use super::super::Value;
use super::messages::PbftMessage;
use super::{Cx, Pbft, RETRY};
use crate::consensus::node_set::NodeId;

/// Decided values sent at once.
const CHUNK: usize = 64;
/// The retry interval grows up to this many timeouts.
const PATIENCE: u64 = 16;

impl Pbft {
    /// Whether something is missing that others may have.
    fn wants_help(&self) -> bool {
        let gap = |(position, slot): (u64, &super::slot::Slot)| position > self.executed() && slot.committed.is_some();
        !self.pending.is_empty() || self.stable > self.executed() || self.window.iter().any(gap)
    }

    /// Plans to ask, unless it is planned already.
    pub(super) fn retry_later(&mut self, cx: &mut Cx<'_>) {
        if !self.retrying && self.wants_help() {
            self.retrying = true;
            self.retry_ns = (self.settings.timeout_ns / 4).max(1);
            self.executed_at_retry = self.executed();
            cx.arm(RETRY, self.retry_ns);
        }
    }

    /// Time to ask, if nothing happened since it was planned.
    pub(super) fn retry(&mut self, cx: &mut Cx<'_>) {
        self.retrying = false;
        if !self.wants_help() {
            return;
        }
        let interval_ns = if self.executed() > self.executed_at_retry {
            self.settings.timeout_ns / 4
        } else {
            self.ask(cx);
            if !self.active {
                self.repeat_call(cx);
            }
            self.retry_ns.saturating_mul(2).min(self.settings.timeout_ns.saturating_mul(PATIENCE))
        };
        self.retrying = true;
        self.retry_ns = interval_ns.max(1);
        self.executed_at_retry = self.executed();
        cx.arm(RETRY, self.retry_ns);
    }

    /// Says how far it is.
    pub(super) fn ask(&mut self, cx: &mut Cx<'_>) {
        cx.broadcast(PbftMessage::Status { view: self.view, active: self.active, executed: self.executed() });
    }

    pub(super) fn on_status(&mut self, from: NodeId, view: u64, active: bool, executed: u64, cx: &mut Cx<'_>) {
        let known = self.history.get(executed as usize..).unwrap_or_default();
        if !known.is_empty() {
            let values = known.iter().copied().take(CHUNK).collect();
            cx.send(from, PbftMessage::CatchUp { from: executed + 1, values, quorum: self.quorum });
        }
        if !self.active {
            return;
        }
        if view < self.view || (view == self.view && !active) {
            self.show_opening(from, cx);
        } else if view == self.view {
            self.repeat_votes(from, executed, cx);
        }
    }

    /// Sends the opening of the present view to a replica that missed it. The primary and the f
    /// replicas after it do so: one of them is honest.
    pub(super) fn show_opening(&mut self, to: NodeId, cx: &mut Cx<'_>) {
        let n = self.settings.agents as u64;
        let after_primary = (u64::from(self.id) + n - u64::from(self.primary(self.view))) % n;
        if (after_primary as usize) < self.witness
            && let Some(opening) = &self.opening
        {
            cx.send(to, PbftMessage::NewView(Arc::clone(opening)));
        }
    }

    /// Sends its votes of the present view on what `to` has not executed.
    fn repeat_votes(&mut self, to: NodeId, executed: u64, cx: &mut Cx<'_>) {
        let view = self.view;
        for (position, slot) in self.window.iter().filter(|&(position, _)| position > executed) {
            let Some((_, value)) = slot.accepted.filter(|&(accepted, _)| accepted == view) else {
                continue;
            };
            if self.primary(view) == self.id {
                cx.send(to, PbftMessage::PrePrepare { view, position, value });
            } else {
                cx.send(to, PbftMessage::Prepare { view, position, value });
            }
            if slot.commits.has(view, value, self.id) {
                cx.send(to, PbftMessage::Commit { view, position, value });
            }
        }
    }

    pub(super) fn on_catch_up(&mut self, first: u64, values: &[Value], cx: &mut Cx<'_>) {
        let executed = self.executed();
        for (position, &value) in (first..).zip(values).filter(|&(position, _)| position > executed) {
            self.learned.insert(position, value);
        }
        if self.learned.contains_key(&(executed + 1)) {
            self.execute(cx);
            if self.stable > self.executed() {
                self.ask(cx);
            }
        }
    }
}
