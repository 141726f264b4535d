//! How an agent gets what it missed: proposals, votes, the opening of a view, decided blocks.

use std::sync::Arc;

use super::messages::{Block, WeightedMessage};
use super::{Cx, RETRY, Weighted};
use crate::consensus::node_set::NodeId;

/// Decided blocks sent at once.
const CHUNK: usize = 64;
/// The retry interval grows up to this many timeouts.
const PATIENCE: u64 = 16;

impl Weighted {
    /// Whether something is missing that others may have. Where nothing is open a view may stay closed and
    /// proposals unread until the next request: who can't open a view must not call for it for ever.
    fn wants_help(&self) -> bool {
        !self.pending.is_empty()
    }

    /// Plans to ask, unless it is planned already.
    pub(super) fn retry_later(&mut self, cx: &mut Cx<'_>) {
        if !self.retrying && self.wants_help() {
            self.arm_retry(self.settings.timeout_ns / 2, cx);
        }
    }

    fn arm_retry(&mut self, after_ns: u64, cx: &mut Cx<'_>) {
        self.retrying = true;
        self.retry_ns = after_ns.max(1);
        self.decided_at_retry = self.log.len() as u64;
        cx.arm(RETRY, self.retry_ns);
    }

    /// Time to ask, if nothing happened since it was planned.
    pub(super) fn retry(&mut self, cx: &mut Cx<'_>) {
        self.retrying = false;
        if !self.wants_help() {
            return;
        }
        if self.log.len() as u64 > self.decided_at_retry {
            self.arm_retry(self.settings.timeout_ns / 2, cx);
            return;
        }
        self.ask(cx);
        if !self.active {
            self.repeat_call(cx);
        }
        let longest_ns = self.settings.timeout_ns.saturating_mul(PATIENCE);
        self.arm_retry(self.retry_ns.saturating_mul(2).min(longest_ns), cx);
    }

    /// Says how far it is.
    pub(super) fn ask(&mut self, cx: &mut Cx<'_>) {
        let decided = self.log.len() as u64;
        cx.broadcast(WeightedMessage::Status { view: self.view, active: self.active, decided });
    }

    pub(super) fn on_status(&mut self, from: NodeId, view: u64, active: bool, decided: u64, cx: &mut Cx<'_>) {
        let known = self.log.get(decided as usize..).unwrap_or_default();
        if !known.is_empty() {
            let blocks = known.iter().take(CHUNK).cloned().collect();
            let signers = 2 * self.agents() / 3 + 1;
            cx.send(from, WeightedMessage::Decided { first: decided + 1, blocks, signers });
        }
        if !self.active {
            return;
        }
        if view < self.view || (view == self.view && !active) {
            self.show_opening(from, cx);
        } else if view == self.view && decided + 1 == self.position() {
            self.repeat_votes(from, cx);
        }
    }

    /// Sends its part in the present view and position again.
    fn repeat_votes(&mut self, to: NodeId, cx: &mut Cx<'_>) {
        let (view, position) = (self.view, self.position());
        if let Some(cast) = self.cast.as_ref().filter(|cast| cast.view == view) {
            let block = cast.block.clone();
            if self.coordinates() {
                cx.send(to, WeightedMessage::Propose { view, position, block });
            } else if let Some(approve) = cast.approve {
                cx.send(to, WeightedMessage::Ballot { view, position, block, approve });
            }
        }
        if let Some(lock) = self.lock.as_ref().filter(|lock| lock.view == view) {
            cx.send(to, WeightedMessage::Confirm { view, position, block: lock.block.clone() });
        }
    }

    pub(super) fn on_decided(&mut self, first: u64, blocks: &Arc<[Block]>, cx: &mut Cx<'_>) {
        let present = self.position();
        for (position, block) in (first..).zip(blocks.iter()).filter(|&(position, _)| position >= present) {
            self.learned.insert(position, block.clone());
        }
        if let Some(block) = self.learned.remove(&present) {
            self.append(block, cx);
            if self.ahead.is_some() {
                self.ask(cx);
            }
        }
    }
}
