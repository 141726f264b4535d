//! One negotiation, as its initiator sees it.

use std::collections::BTreeMap;

use super::{Ballot, Considered, Cx, Milestone, Negotiation, NegotiationMessage, NodeId, NodeSet, ROUND, Value};

/// A negotiation under way.
#[derive(Clone, Debug)]
pub(super) struct Talk {
    ballot: Ballot,
    round: u32,
    offer: Value,
    /// The offer may be a deal already.
    binding: bool,
    accepted: NodeSet,
    answered: NodeSet,
    /// Counter-offers: how many ask for each choice.
    wishes: BTreeMap<u32, usize>,
    /// When the round has waited long enough, nanoseconds.
    due_ns: u64,
}

impl Talk {
    /// What most have accepted or asked for; in doubt what is on the table, then the lowest number.
    fn next_offer(&self) -> Value {
        let on_table = (self.accepted.len(), self.offer.choice);
        let wishes = self.wishes.iter().map(|(&choice, &wanted)| (wanted, choice));
        let (_, choice) = wishes.fold(on_table, |best, next| if next.0 > best.0 { next } else { best });
        Value { choice, ..self.offer }
    }
}

impl Negotiation {
    /// Calls for answers to an offer.
    pub(super) fn call(&mut self, offer: Value, round: u32, binding: bool, cx: &mut Cx<'_>) {
        self.calls += 1;
        let ballot = Ballot { epoch: self.epoch, call: self.calls };
        // A binding offer is repeated until it is confirmed: with growing patience.
        let patience = if binding { 1 << round.min(6) } else { 1 };
        let due_ns = cx.now_ns.saturating_add((self.settings.timeout_ns / 4).max(1).saturating_mul(patience));
        let (accepted, answered, wishes) = (NodeSet::EMPTY, NodeSet::EMPTY, BTreeMap::new());
        let talk = Talk { ballot, round, offer, binding, accepted, answered, wishes, due_ns };
        self.talks.insert(offer.request, talk);
        self.given_up.remove(&offer.request);
        cx.passed(Milestone::Round);
        cx.broadcast(NegotiationMessage::Call { ballot, round, offer, binding });
        self.arm_rounds(cx);
        self.consider(Considered { from: self.id, ballot, round, offer }, binding, cx);
    }

    fn arm_rounds(&self, cx: &mut Cx<'_>) {
        match self.talks.values().map(|talk| talk.due_ns).min() {
            Some(due_ns) => cx.arm(ROUND, due_ns.saturating_sub(cx.now_ns).max(1)),
            None => cx.disarm(ROUND),
        }
    }

    pub(super) fn on_answer(
        &mut self,
        from: NodeId,
        ballot: Ballot,
        offer: Value,
        accept: bool,
        counter: Option<u32>,
        cx: &mut Cx<'_>,
    ) {
        let (quorum, agents) = (self.quorum(), self.settings.agents);
        let Some(talk) = self.talks.get_mut(&offer.request) else { return };
        if talk.ballot != ballot || talk.offer != offer || !talk.answered.insert(from) {
            return;
        }
        if accept {
            talk.accepted.insert(from);
        } else if let Some(choice) = counter {
            *talk.wishes.entry(choice).or_default() += 1;
        }
        if talk.accepted.len() >= quorum {
            cx.broadcast(NegotiationMessage::Deal(offer));
            self.on_deal(offer, cx);
            self.arm_rounds(cx);
        } else if talk.answered.len() == agents {
            self.end_round(offer.request, cx);
        }
    }

    /// Rounds that have waited long enough end with the answers there are.
    pub(super) fn rounds_due(&mut self, cx: &mut Cx<'_>) {
        let due = self.talks.iter().filter(|(_, talk)| talk.due_ns <= cx.now_ns).map(|(&request, _)| request);
        for request in due.collect::<Vec<_>>() {
            self.end_round(request, cx);
        }
        self.arm_rounds(cx);
    }

    fn end_round(&mut self, request: u32, cx: &mut Cx<'_>) {
        let Some(talk) = self.talks.remove(&request) else { return };
        if talk.binding {
            self.call(talk.offer, talk.round + 1, true, cx);
        } else if talk.round < self.settings.bargaining.rounds {
            self.call(talk.next_offer(), talk.round + 1, false, cx);
        } else {
            self.pending.remove(request);
            self.given_up.insert(request);
            cx.passed(Milestone::Impasse(request));
            cx.broadcast(NegotiationMessage::Impasse { epoch: self.epoch, request });
            self.arm_rounds(cx);
        }
    }
}
