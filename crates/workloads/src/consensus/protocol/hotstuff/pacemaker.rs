//! Whose turn it is: calls for later views, and help for those who missed something.

use std::sync::Arc;

use super::messages::{Block, BlockId, Certificate, HotStuffMessage};
use super::{Cx, HotStuff, PROGRESS, RETRY, VIEWS_PER_LEADER};
use crate::consensus::node_set::NodeId;
use crate::consensus::protocol::Milestone;

/// Time-outs double with every call and every question in a row, up to two to this power.
const DOUBLINGS: u32 = 6;
/// Blocks sent at once.
const CHUNK: usize = 128;

impl HotStuff {
    fn timeout_ns(&self) -> u64 {
        let in_vain = self.changes.saturating_sub(1).saturating_add(self.asked.saturating_sub(1));
        self.settings.timeout_ns << in_vain.min(DOUBLINGS)
    }

    /// Starts the progress timer if something is wanted and it is not running.
    pub(super) fn watch(&mut self, cx: &mut Cx<'_>) {
        if !self.watching && !self.pending.is_empty() {
            self.watching = true;
            cx.arm(PROGRESS, (self.timeout_ns() / 2).max(1));
        }
    }

    pub(super) fn unwatch(&mut self, cx: &mut Cx<'_>) {
        if self.watching {
            self.watching = false;
            cx.disarm(PROGRESS);
        }
    }

    /// Where this agent is, as a call for a view.
    pub(super) fn whereabouts(&self, view: u64) -> HotStuffMessage {
        HotStuffMessage::Call { view, highest: self.chain.highest(), decided: self.chain.decided_view() }
    }

    /// Calls for the first view of the next leader.
    pub(super) fn call(&mut self, cx: &mut Cx<'_>) {
        self.call_for((self.view / VIEWS_PER_LEADER + 1) * VIEWS_PER_LEADER, cx);
    }

    fn call_for(&mut self, view: u64, cx: &mut Cx<'_>) {
        self.changes = self.changes.saturating_add(1);
        self.asked = 0;
        cx.passed(Milestone::ViewChange(view));
        self.enter(view, cx);
        self.joined = false;
        cx.broadcast(self.whereabouts(view));
        self.unwatch(cx);
        self.watch(cx);
        self.on_call(self.id, view, self.chain.highest(), self.chain.decided_view(), cx);
    }

    pub(super) fn on_call(&mut self, from: NodeId, view: u64, highest: Certificate, decided: u64, cx: &mut Cx<'_>) {
        if from != self.id {
            if decided < self.chain.decided_view() {
                self.send_path(from, self.chain.tip(), decided, cx);
            }
            if self.chain.certify(highest) {
                self.certified(cx);
            } else if highest.view > self.chain.highest().view {
                // A certificate for a block that is not known here.
                cx.send(from, HotStuffMessage::Fetch { block: highest.block, decided: self.chain.decided_view() });
            }
        }
        if view < self.view {
            return;
        }
        self.calls.insert(from, (view, highest));
        // f + 1 want to go on: at least one of them is honest.
        let mut later: Vec<u64> = self.calls.values().map(|(called, _)| *called).filter(|v| *v > self.view).collect();
        later.sort_unstable_by(|a, b| b.cmp(a));
        if let Some(&joined) = later.get(self.witness - 1)
            && joined > self.view
        {
            self.call_for(joined, cx);
            return;
        }
        if !self.joined && self.calls.values().filter(|(called, _)| *called >= self.view).count() >= self.quorum {
            self.joined = true;
            self.unwatch(cx);
            self.watch(cx);
        }
        self.open_if_called(cx);
    }

    /// A quorum wants the view that this agent leads: its first block extends the highest certificate called with.
    pub(super) fn open_if_called(&mut self, cx: &mut Cx<'_>) {
        let (view, known) = (self.view, self.chain.highest().view);
        let calling = self.calls.values().filter(|(called, _)| *called == view);
        let (count, highest) = calling.fold((0, 0), |(n, highest), (_, c)| (n + 1, highest.max(c.view)));
        // The highest certificate among them must be known here, or the block would not be safe for its caller.
        if self.leads() && count >= self.quorum && known >= highest && self.voted < view {
            self.open = Some(view);
            self.propose_next(cx);
        }
    }

    pub(super) fn on_fetch(&mut self, from: NodeId, block: BlockId, decided: u64, cx: &mut Cx<'_>) {
        self.send_path(from, block, decided, cx);
    }

    fn send_path(&self, to: NodeId, block: BlockId, above: u64, cx: &mut Cx<'_>) {
        let path = self.chain.path(block, above);
        if !path.is_empty() {
            cx.send(to, HotStuffMessage::Blocks(path.into_iter().take(CHUNK).collect()));
        }
    }

    pub(super) fn on_blocks(&mut self, from: NodeId, blocks: &[Arc<Block>], cx: &mut Cx<'_>) {
        for block in blocks {
            if !self.add(from, block, cx) {
                break;
            }
        }
        self.open_if_called(cx);
    }

    pub(super) fn retry_later(&mut self, cx: &mut Cx<'_>) {
        if !self.retrying {
            self.retrying = true;
            cx.arm(RETRY, (self.settings.timeout_ns / 4).max(1) << self.repeats.min(DOUBLINGS));
        }
    }

    /// Sends the last block again to those whose votes have not come, while it has no certificate.
    pub(super) fn retry(&mut self, cx: &mut Cx<'_>) {
        let Some(block) = self.proposed.clone() else { return };
        if block.view < self.view || self.chain.highest().view >= block.view || self.pending.is_empty() {
            return;
        }
        let heard = self.votes.get(&(block.view, block.id())).copied().unwrap_or_default();
        let missing = (0..self.settings.agents as NodeId).filter(|node| *node != self.id && !heard.contains(*node));
        for node in missing {
            cx.send(node, HotStuffMessage::Proposal(block.clone()));
        }
        self.repeats += 1;
        self.retry_later(cx);
    }
}
