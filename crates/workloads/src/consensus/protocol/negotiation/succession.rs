//! How an initiator that falls silent is replaced.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Acceptance, Cx, Handover, Milestone, Negotiation, NegotiationMessage, NodeId, PROGRESS, Value, majority};

impl Negotiation {
    /// Leaves the present epoch and calls for another. From now on it accepts nothing of earlier ones.
    pub(super) fn call_for(&mut self, epoch: u64, cx: &mut Cx<'_>) {
        self.epoch = epoch;
        self.active = false;
        self.changes = self.changes.saturating_add(1);
        self.talks.clear();
        self.given_up.clear();
        self.considered.clear();
        self.unwatch(cx);
        cx.coordinator(None);
        cx.passed(Milestone::ViewChange(epoch));
        self.retrying = false;
        self.hand_over(cx);
        self.watch(cx);
        self.check_handovers(cx);
    }

    /// Says what it wants, and what it has accepted and knows to be concluded; the first time or again.
    pub(super) fn hand_over(&mut self, cx: &mut Cx<'_>) {
        let accepted: Arc<[Acceptance]> = self.accepted.values().copied().collect();
        let deals: Arc<[Value]> = self.deals.values().copied().collect();
        let epoch = self.epoch;
        self.handovers.insert(self.id, Handover { epoch, accepted: Arc::clone(&accepted), deals: Arc::clone(&deals) });
        cx.broadcast(NegotiationMessage::Handover { epoch, accepted, deals });
    }

    pub(super) fn on_handover(&mut self, from: NodeId, handover: Handover, cx: &mut Cx<'_>) {
        if self.initiates() && handover.epoch <= self.epoch {
            // Its author missed that the epoch has begun.
            cx.send(from, NegotiationMessage::Lead { epoch: self.epoch });
            return;
        }
        let old = self.handovers.get(&from).is_some_and(|known| known.epoch > handover.epoch);
        if old || handover.epoch < self.epoch {
            return;
        }
        self.handovers.insert(from, handover);
        // Follow those without whom there is no deal, and anybody where nothing is at stake.
        let later: Vec<u64> = self.handovers.values().map(|known| known.epoch).filter(|&e| e > self.epoch).collect();
        let needed = self.settings.agents - self.quorum().max(majority(self.settings.agents)) + 1;
        let idle = self.active && self.pending.is_empty();
        match later.iter().min() {
            Some(&wanted) if later.len() >= needed || idle => self.call_for(wanted, cx),
            _ => self.check_handovers(cx),
        }
    }

    /// A majority has handed over: the new initiator begins, and the others wait for it.
    fn check_handovers(&mut self, cx: &mut Cx<'_>) {
        if self.active {
            return;
        }
        let present = self.handovers.values().filter(|known| known.epoch == self.epoch).count();
        let leaving = self.handovers.values().filter(|known| known.epoch >= self.epoch).count();
        let enough = majority(self.settings.agents);
        if self.initiator_of(self.epoch) == self.id && present >= enough {
            self.lead(cx);
        } else if leaving >= enough && !self.progress_armed {
            self.progress_armed = true;
            cx.arm(PROGRESS, self.timeout_ns());
        }
    }

    fn lead(&mut self, cx: &mut Cx<'_>) {
        self.active = true;
        self.calls = 0;
        self.unwatch(cx);
        let epoch = self.epoch;
        cx.broadcast(NegotiationMessage::Lead { epoch });
        let handed: Vec<Handover> = self.handovers.values().filter(|known| known.epoch == epoch).cloned().collect();
        self.handovers.retain(|_, known| known.epoch > epoch);
        for &deal in handed.iter().flat_map(|handover| handover.deals.iter()) {
            self.on_deal(deal, cx);
        }
        let mut latest = BTreeMap::<u32, Acceptance>::new();
        for &acceptance in handed.iter().flat_map(|handover| handover.accepted.iter()) {
            let known = latest.entry(acceptance.value.request).or_insert(acceptance);
            if acceptance.ballot > known.ballot {
                *known = acceptance;
            }
        }
        latest.retain(|request, _| !self.deals.contains_key(request));
        // Before the application hears that it leads: what may be a deal comes first.
        for acceptance in latest.into_values() {
            self.pending.insert(acceptance.value.request);
            self.call(acceptance.value, 1, true, cx);
        }
        cx.coordinator(Some(self.id));
        self.watch(cx);
    }

    /// Follows the initiator of an epoch that has begun.
    pub(super) fn follow(&mut self, epoch: u64, cx: &mut Cx<'_>) {
        if epoch > self.epoch || !self.active {
            self.epoch = epoch;
            self.active = true;
            self.talks.clear();
            self.given_up.clear();
            self.considered.clear();
            self.unwatch(cx);
            self.handovers.retain(|_, known| known.epoch > epoch);
            cx.coordinator(Some(self.initiator_of(epoch)));
            self.watch(cx);
        }
    }
}
