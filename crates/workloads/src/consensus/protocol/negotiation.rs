//! Negotiation: an iterated contract net with monotonic concession.
//!
//! Sources: FIPA Iterated Contract Net Interaction Protocol (SC00030, 2002), after Smith, "The contract net
//! protocol", IEEE Trans. Computers C-29(12), 1980; concession that never goes back as in Rosenschein &
//! Zlotkin, "Rules of encounter", 1994, here linear in time (Faratin, Sierra & Jennings 1998). How a request
//! is negotiated:
//!
//! 1. The initiator offers the best bid and calls for answers.
//! 2. An agent accepts what is worth its aspiration, and otherwise answers what it would rather have. In
//!    round r of k, aspiration is 1 − (1 − 0.5)·(r − 1)/(k − 1): only the favourite at first, half as good at last.
//! 3. When the acceptance quorum is met, the deal is announced. Otherwise the next offer is what most have
//!    accepted or asked for, and who likes it less has conceded a little more by then.
//! 4. After k rounds without a deal there is an impasse: an outcome, not an error. A reminder of the request
//!    starts anew; a request that expires meanwhile missed its deadline.
//!
//! Requests are negotiated side by side; there is no common order. An initiator that fails is replaced by
//! the next. So that nothing can be agreed on twice, an offer that somebody accepted may be a deal that was
//! not heard of: agents hand open acceptances over to the new initiator, and it puts the latest to everybody
//! again, binding, before anything else (Lamport's synod with calls as ballots).
//!
//! **Promises**: under crashes, loss and partitions no two agents ever make different deals on a request.
//! Live while the acceptance quorum is up and connected and preferences can be reconciled. Agents that lie
//! in their answers can spoil deals, not split them. A lying initiator can: nobody checks what it announces.

mod messages;
mod succession;
mod talk;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::pending::Pending;
use super::{Context, Milestone, Opinion, Protocol, TimerId, Value, majority};
use crate::consensus::node_set::{NodeId, NodeSet};

pub use messages::{Acceptance, Ballot, NegotiationMessage};

use talk::Talk;

/// Expires when nothing was heard of a known request for too long.
const PROGRESS: TimerId = 0;
/// Expires when it is time to ask others for what was lost.
const RETRY: TimerId = 1;
/// Expires when a round has waited long enough for answers.
const ROUND: TimerId = 2;

/// What an agent still accepts in the last round, as a share of the worth of its favourite.
pub const RESERVATION: f64 = 0.5;

/// How many must accept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AcceptanceQuorum {
    /// More than half of the agents.
    Majority,
    /// More than two thirds.
    TwoThirds,
    /// All.
    Unanimity,
}

impl AcceptanceQuorum {
    /// All, as named in specs.
    pub const NAMES: [(&'static str, Self); 3] =
        [("majority", Self::Majority), ("two_thirds", Self::TwoThirds), ("unanimity", Self::Unanimity)];

    /// The number of n agents.
    pub fn size(self, agents: usize) -> usize {
        match self {
            Self::Majority => majority(agents),
            Self::TwoThirds => 2 * agents / 3 + 1,
            Self::Unanimity => agents,
        }
    }
}

/// How a group bargains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bargaining {
    /// Rounds before an impasse, at least 1.
    pub rounds: u32,
    /// Who must accept.
    pub acceptance: AcceptanceQuorum,
}

impl Default for Bargaining {
    /// Five rounds, a majority.
    fn default() -> Self {
        Self { rounds: 5, acceptance: AcceptanceQuorum::Majority }
    }
}

/// What all agents agree on beforehand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NegotiationSettings {
    /// Number of agents.
    pub agents: usize,
    /// How they bargain.
    pub bargaining: Bargaining,
    /// How long the initiator may be silent about a request before it is replaced, nanoseconds. A round
    /// waits a quarter of it for answers.
    pub timeout_ns: u64,
}

type Cx<'a> = Context<'a, NegotiationMessage>;

/// A call that an agent thinks about.
#[derive(Clone, Copy, Debug)]
struct Considered {
    from: NodeId,
    ballot: Ballot,
    round: u32,
    offer: Value,
}

/// What an agent hands over to the initiator of an epoch.
#[derive(Clone, Debug)]
struct Handover {
    epoch: u64,
    accepted: Arc<[Acceptance]>,
    deals: Arc<[Value]>,
}

/// One agent.
pub struct Negotiation {
    settings: NegotiationSettings,
    id: NodeId,
    // What is written down before anything is answered, and survives a crash:
    epoch: u64,
    /// Deals by request.
    deals: BTreeMap<u32, Value>,
    /// The latest offer accepted on a request.
    accepted: BTreeMap<u32, Acceptance>,
    // What is not:
    /// Whether the epoch has begun; otherwise it is only wanted.
    active: bool,
    /// Changes of epoch since the last deal.
    changes: u32,
    /// Requests known and without a deal.
    pending: Pending,
    considered: BTreeMap<u32, Considered>,
    /// As initiator: negotiations under way, by request.
    talks: BTreeMap<u32, Talk>,
    /// As initiator: requests whose last negotiation ended in an impasse.
    given_up: BTreeSet<u32>,
    /// As initiator: calls made.
    calls: u64,
    /// Who wants which epoch, and what is open or concluded to them.
    handovers: BTreeMap<NodeId, Handover>,
    retrying: bool,
    retry_ns: u64,
    progress_armed: bool,
}

impl Negotiation {
    /// Agent `id` of a group.
    pub fn new(id: NodeId, settings: NegotiationSettings) -> Self {
        Self {
            settings,
            id,
            epoch: 0,
            deals: BTreeMap::new(),
            accepted: BTreeMap::new(),
            active: true,
            changes: 0,
            pending: Pending::default(),
            considered: BTreeMap::new(),
            talks: BTreeMap::new(),
            given_up: BTreeSet::new(),
            calls: 0,
            handovers: BTreeMap::new(),
            retrying: false,
            retry_ns: settings.timeout_ns / 2,
            progress_armed: false,
        }
    }

    /// All agents of a group.
    pub fn group(settings: NegotiationSettings) -> Vec<Self> {
        (0..settings.agents as NodeId).map(|id| Self::new(id, settings)).collect()
    }

    fn quorum(&self) -> usize {
        self.settings.bargaining.acceptance.size(self.settings.agents)
    }

    fn initiator_of(&self, epoch: u64) -> NodeId {
        (epoch % self.settings.agents.max(1) as u64) as NodeId
    }

    fn initiates(&self) -> bool {
        self.active && self.initiator_of(self.epoch) == self.id
    }

    /// What must be worth the offer in a round, relative to the favourite.
    fn aspiration(&self, round: u32) -> f64 {
        let rounds = self.settings.bargaining.rounds;
        if round >= rounds {
            return RESERVATION;
        }
        1.0 - (1.0 - RESERVATION) * f64::from(round.saturating_sub(1)) / f64::from(rounds - 1)
    }

    fn timeout_ns(&self) -> u64 {
        self.settings.timeout_ns.saturating_mul(1 << self.changes.saturating_sub(1).min(10))
    }

    /// Starts the progress timer if the initiator should be heard of and it is not running.
    fn watch(&mut self, cx: &mut Cx<'_>) {
        if self.active && !self.progress_armed && !self.pending.is_empty() && !self.initiates() {
            self.progress_armed = true;
            cx.arm(PROGRESS, self.timeout_ns());
        }
        if !self.retrying && self.wants_help() {
            self.retry_ns = (self.settings.timeout_ns / 2).max(1);
            self.retrying = true;
            cx.arm(RETRY, self.retry_ns);
        }
    }

    fn unwatch(&mut self, cx: &mut Cx<'_>) {
        if self.progress_armed {
            self.progress_armed = false;
            cx.disarm(PROGRESS);
        }
    }

    /// Something came of the initiator: patience with it, and before asking others, starts anew.
    fn heard(&mut self, cx: &mut Cx<'_>) {
        self.unwatch(cx);
        self.retrying = false;
        cx.disarm(RETRY);
        self.watch(cx);
    }

    fn wants_help(&self) -> bool {
        !self.pending.is_empty()
    }

    fn on_call(&mut self, from: NodeId, ballot: Ballot, round: u32, offer: Value, binding: bool, cx: &mut Cx<'_>) {
        if from != self.initiator_of(ballot.epoch) || ballot.epoch < self.epoch {
            return;
        }
        self.follow(ballot.epoch, cx);
        if let Some(&deal) = self.deals.get(&offer.request) {
            cx.send(from, NegotiationMessage::Deal(deal));
            return;
        }
        self.pending.insert(offer.request);
        self.heard(cx);
        self.consider(Considered { from, ballot, round, offer }, binding, cx);
    }

    fn consider(&mut self, call: Considered, binding: bool, cx: &mut Cx<'_>) {
        let request = call.offer.request;
        if self.considered.get(&request).is_some_and(|known| known.ballot > call.ballot) {
            return;
        }
        self.considered.insert(request, call);
        if binding {
            self.answer(request, true, None, cx);
        } else {
            cx.consider(call.offer);
        }
    }

    /// Answers the call at hand about a request.
    fn answer(&mut self, request: u32, accept: bool, counter: Option<u32>, cx: &mut Cx<'_>) {
        let Some(Considered { from, ballot, offer, .. }) = self.considered.remove(&request) else {
            return;
        };
        if !self.active || ballot.epoch != self.epoch {
            return;
        }
        if accept && self.accepted.get(&request).is_none_or(|known| known.ballot < ballot) {
            self.accepted.insert(request, Acceptance { ballot, value: offer });
        }
        if from == self.id {
            self.on_answer(self.id, ballot, offer, accept, counter, cx);
        } else {
            cx.send(from, NegotiationMessage::Answer { ballot, offer, accept, counter });
        }
    }

    fn on_deal(&mut self, deal: Value, cx: &mut Cx<'_>) {
        let request = deal.request;
        if self.deals.contains_key(&request) {
            return;
        }
        self.deals.insert(request, deal);
        self.accepted.remove(&request);
        self.considered.remove(&request);
        self.pending.remove(request);
        self.talks.remove(&request);
        self.changes = 0;
        cx.decide(u64::from(request) + 1, deal);
        self.heard(cx);
    }

    /// Time to ask, if something is still missing.
    fn retry(&mut self, cx: &mut Cx<'_>) {
        self.retrying = false;
        if !self.wants_help() {
            return;
        }
        let requests = self.pending.iter().collect();
        cx.broadcast(NegotiationMessage::Ask { epoch: self.epoch, active: self.active, requests });
        if !self.active {
            self.hand_over(cx);
        }
        self.retrying = true;
        self.retry_ns = self.retry_ns.saturating_mul(2).min(self.settings.timeout_ns.saturating_mul(16)).max(1);
        cx.arm(RETRY, self.retry_ns);
    }

    fn on_ask(&mut self, from: NodeId, epoch: u64, active: bool, requests: &[u32], cx: &mut Cx<'_>) {
        for deal in requests.iter().filter_map(|request| self.deals.get(request)) {
            cx.send(from, NegotiationMessage::Deal(*deal));
        }
        if !self.initiates() {
            return;
        }
        if epoch < self.epoch || (epoch == self.epoch && !active) {
            cx.send(from, NegotiationMessage::Lead { epoch: self.epoch });
        }
        for &request in requests.iter().filter(|&request| self.given_up.contains(request)) {
            cx.send(from, NegotiationMessage::Impasse { epoch: self.epoch, request });
        }
    }
}

impl Protocol for Negotiation {
    type Message = NegotiationMessage;

    const ORDERED: bool = false;

    fn start(&mut self, cx: &mut Cx<'_>) {
        cx.coordinator(Some(self.initiator_of(self.epoch)));
    }

    fn request(&mut self, request: u32, cx: &mut Cx<'_>) {
        if !self.deals.contains_key(&request) {
            self.pending.insert(request);
            self.watch(cx);
        }
    }

    fn forget(&mut self, request: u32, cx: &mut Cx<'_>) {
        if self.talks.remove(&request).is_some() {
            cx.passed(Milestone::Deadline);
        }
        self.considered.remove(&request);
        if self.pending.expire(request) && self.pending.is_empty() && self.active {
            self.unwatch(cx);
        }
    }

    fn propose(&mut self, value: Value, cx: &mut Cx<'_>) -> bool {
        let free = !self.deals.contains_key(&value.request) && !self.talks.contains_key(&value.request);
        let new = self.initiates() && free;
        if new {
            self.pending.insert(value.request);
            self.call(value, 1, false, cx);
        }
        new
    }

    fn opinion(&mut self, value: Value, opinion: Opinion, cx: &mut Cx<'_>) {
        let Some(call) = self.considered.get(&value.request).filter(|call| call.offer == value) else {
            return;
        };
        let accept = opinion.worth >= self.aspiration(call.round);
        self.answer(value.request, accept, opinion.rather.filter(|_| !accept), cx);
    }

    fn receive(&mut self, from: NodeId, message: &NegotiationMessage, cx: &mut Cx<'_>) {
        match *message {
            NegotiationMessage::Call { ballot, round, offer, binding } => {
                self.on_call(from, ballot, round, offer, binding, cx);
            }
            NegotiationMessage::Answer { ballot, offer, accept, counter } => {
                self.on_answer(from, ballot, offer, accept, counter, cx);
            }
            NegotiationMessage::Deal(deal) => self.on_deal(deal, cx),
            NegotiationMessage::Impasse { epoch, request } => {
                if epoch == self.epoch && self.pending.remove(request) {
                    self.heard(cx);
                }
            }
            NegotiationMessage::Handover { epoch, ref accepted, ref deals } => {
                let handover = Handover { epoch, accepted: Arc::clone(accepted), deals: Arc::clone(deals) };
                self.on_handover(from, handover, cx);
            }
            NegotiationMessage::Lead { epoch } => {
                if from == self.initiator_of(epoch) && epoch >= self.epoch {
                    self.follow(epoch, cx);
                }
            }
            NegotiationMessage::Ask { epoch, active, ref requests } => self.on_ask(from, epoch, active, requests, cx),
        }
    }

    fn timer(&mut self, timer: TimerId, cx: &mut Cx<'_>) {
        match timer {
            PROGRESS => {
                self.progress_armed = false;
                if !self.pending.is_empty() {
                    self.call_for(self.epoch + 1, cx);
                }
            }
            RETRY => self.retry(cx),
            _ => self.rounds_due(cx),
        }
    }

    fn recover(&mut self, keeps_state: bool, cx: &mut Cx<'_>) {
        let fresh = Self::new(self.id, self.settings);
        let old = std::mem::replace(self, fresh);
        if keeps_state {
            self.epoch = old.epoch;
            self.deals = old.deals;
            self.accepted = old.accepted;
            self.pending = old.pending;
            self.active = old.active;
            if self.initiates() || !self.active {
                // It has forgotten which calls it made: another has to go on.
                self.call_for(self.epoch + 1, cx);
            }
        }
        cx.coordinator(self.coordinator());
        self.watch(cx);
    }

    fn coordinator(&self) -> Option<NodeId> {
        self.active.then(|| self.initiator_of(self.epoch))
    }

    fn replies(&self) -> bool {
        self.initiates()
    }
}
