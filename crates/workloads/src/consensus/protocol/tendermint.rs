//! Tendermint: agreement among n agents of which f = ⌊(n−1)/3⌋ may be Byzantine, the proposer changing with every value.
//!
//! Source: Buchman, Kwon & Milosevic, "The latest gossip on BFT consensus", 2018 (arXiv:1807.04938), algorithm 1; line
//! numbers below are its. What the paper leaves to an implementation is settled here:
//!
//! - A quorum has ⌈(n+f+1)/2⌉ agents, so that it is right for every n (see [`ByzantineQuorum`]).
//! - A height is a position of the log. Its round-r proposer is agent (height − 1 + r) mod n.
//! - A group without open requests is quiet: a round's time-outs run only while a request is open.
//! - Time-outs grow by half of the first with every round (algorithm 1 leaves the function open).
//! - Gossip: who waits says again, at doubling intervals, where it is, what it proposed and voted in the round. Who is
//!   in a later round answers with its votes of that round, who is at a later height with the decided values and the
//!   quorum of precommits that proves each. A proposal that was valid before carries the quorum of prevotes that made
//!   it so (line 28 needs them, and they may have been lost). Line 55 counts agents seen in that round or beyond.

mod messages;
mod round;

use std::collections::{BTreeMap, BTreeSet};

use super::pending::Pending;
use super::{ByzantineQuorum, Context, Milestone, Protocol, TimerId, Value, byzantine_bound};
use crate::consensus::node_set::{NodeId, NodeSet};

pub use messages::{Ballot, Polka, TendermintMessage};

use round::Round;

/// Expires when a step of the round takes too long.
const STEP: TimerId = 0;
/// Expires when it is time to say again what was said.
const GOSSIP: TimerId = 1;
/// Expires when a round has votes of a quorum, but for nothing.
const SPLIT: TimerId = 2;

/// Decided values sent at once.
const CHUNK: usize = 64;

type Cx<'a> = Context<'a, TendermintMessage>;

/// What all agents agree on beforehand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TendermintSettings {
    /// Number of agents n.
    pub agents: usize,
    /// How many make a quorum.
    pub quorum: ByzantineQuorum,
    /// How long the first round waits for its proposal, nanoseconds.
    pub timeout_ns: u64,
}

/// Where in a round an agent is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Propose,
    Prevote,
    Precommit,
}

/// One agent.
pub struct Tendermint {
    settings: TendermintSettings,
    id: NodeId,
    quorum: usize,
    /// f + 1: at least one of them is honest.
    witness: usize,
    /// Decided, from height 1 on.
    history: Vec<Value>,
    done: BTreeSet<u32>,
    pending: Pending,
    // Of the present height:
    round: u32,
    step: Step,
    locked: Option<(u32, Value)>,
    valid: Option<(u32, Value)>,
    rounds: BTreeMap<u32, Round>,
    /// Messages of the next heights, kept until they begin.
    early: Vec<(NodeId, TendermintMessage)>,
    /// The round's time-outs run.
    running: bool,
    gossiping: bool,
    /// Times in a row that it has said the same again.
    repeats: u32,
}

impl Tendermint {
    /// Agent `id` of a group.
    pub fn new(id: NodeId, settings: TendermintSettings) -> Self {
        Self {
            settings,
            id,
            quorum: settings.quorum.size(settings.agents),
            witness: byzantine_bound(settings.agents) + 1,
            history: Vec::new(),
            done: BTreeSet::new(),
            pending: Pending::default(),
            round: 0,
            step: Step::Propose,
            locked: None,
            valid: None,
            rounds: BTreeMap::new(),
            early: Vec::new(),
            running: false,
            gossiping: false,
            repeats: 0,
        }
    }

    /// All agents of a group.
    pub fn group(settings: TendermintSettings) -> Vec<Self> {
        (0..settings.agents as NodeId).map(|id| Self::new(id, settings)).collect()
    }

    /// The height it works on.
    pub fn height(&self) -> u64 {
        self.history.len() as u64 + 1
    }

    fn proposer(&self, round: u32) -> NodeId {
        ((self.height() - 1 + u64::from(round)) % self.settings.agents as u64) as NodeId
    }

    fn timeout_ns(&self, base_ns: u64) -> u64 {
        base_ns + (base_ns / 2).saturating_mul(u64::from(self.round))
    }

    /// Starts the round's first time-out if something is wanted and it is not running.
    fn watch(&mut self, cx: &mut Cx<'_>) {
        if !self.pending.is_empty() && !self.running {
            self.running = true;
            if self.step == Step::Propose {
                cx.arm(STEP, self.timeout_ns(self.settings.timeout_ns));
            } else if let Some(known) = self.rounds.get_mut(&self.round) {
                // The waits that were running when nothing was wanted any more begin anew.
                (known.prevotes_waited, known.precommits_waited) = (false, false);
            }
            self.gossip_later(cx);
        }
    }

    /// Stops everything that runs.
    fn rest(&mut self, cx: &mut Cx<'_>) {
        (self.running, self.gossiping) = (false, false);
        for timer in [STEP, SPLIT, GOSSIP] {
            cx.disarm(timer);
        }
    }

    /// Line 11.
    fn start_round(&mut self, round: u32, cx: &mut Cx<'_>) {
        self.round = round;
        self.step = Step::Propose;
        self.repeats = 0;
        self.rest(cx);
        if round > 0 {
            cx.passed(Milestone::ViewChange(self.height() << 16 | u64::from(round)));
        }
        self.watch(cx);
        let proposer = self.proposer(round);
        cx.coordinator(Some(proposer));
        if proposer == self.id
            && let Some((valid_round, value)) = self.valid
        {
            self.offer(value, Some(valid_round), cx);
        }
        self.judge(cx);
    }

    fn offer(&mut self, value: Value, valid_round: Option<u32>, cx: &mut Cx<'_>) {
        let (height, round) = (self.height(), self.round);
        cx.broadcast(TendermintMessage::Proposal { height, round, value, valid: self.proof(valid_round) });
        self.rounds.entry(round).or_default().proposal.get_or_insert((value, valid_round));
        self.watch(cx);
        self.judge(cx);
    }

    /// An earlier round goes with the quorum of prevotes that made the value valid in it.
    fn proof(&self, valid_round: Option<u32>) -> Option<Polka> {
        valid_round.map(|round| Polka { round, prevotes: self.quorum as u32 })
    }

    fn prevote(&mut self, value: Option<Value>, cx: &mut Cx<'_>) {
        self.step = Step::Prevote;
        let vote = Ballot { height: self.height(), round: self.round, value };
        self.rounds.entry(self.round).or_default().prevotes.insert(self.id, value);
        cx.broadcast(TendermintMessage::Prevote(vote));
        cx.disarm(STEP);
    }

    fn precommit(&mut self, value: Option<Value>, cx: &mut Cx<'_>) {
        self.step = Step::Precommit;
        let vote = Ballot { height: self.height(), round: self.round, value };
        self.rounds.entry(self.round).or_default().precommits.insert(self.id, value);
        cx.broadcast(TendermintMessage::Precommit(vote));
        cx.disarm(STEP);
    }

    fn gossip_later(&mut self, cx: &mut Cx<'_>) {
        if !self.gossiping {
            self.gossiping = true;
            let doublings = self.repeats.min(6);
            cx.arm(GOSSIP, (self.settings.timeout_ns / 2).max(1) << doublings);
        }
    }

    /// Says again what it has said in this round.
    fn gossip(&mut self, cx: &mut Cx<'_>) {
        let (height, round) = (self.height(), self.round);
        self.repeats += 1;
        if self.proposer(round) == self.id
            && let Some((value, valid_round)) = self.rounds.get(&round).and_then(|known| known.proposal)
        {
            cx.broadcast(TendermintMessage::Proposal { height, round, value, valid: self.proof(valid_round) });
        }
        for vote in self.own_votes(round) {
            cx.broadcast(vote);
        }
        cx.broadcast(TendermintMessage::Here { height, round });
        self.gossip_later(cx);
    }

    /// What it has voted in a round of this height.
    fn own_votes(&self, round: u32) -> Vec<TendermintMessage> {
        let Some(known) = self.rounds.get(&round) else { return Vec::new() };
        let ballot = |value| Ballot { height: self.height(), round, value };
        let prevote = known.prevotes.of(self.id).map(|value| TendermintMessage::Prevote(ballot(value)));
        let precommit = known.precommits.of(self.id).map(|value| TendermintMessage::Precommit(ballot(value)));
        prevote.into_iter().chain(precommit).collect()
    }

    /// The latest round that f + 1 agents have been seen in or beyond.
    fn witnessed_round(&self) -> Option<u32> {
        let mut seen = NodeSet::EMPTY;
        self.rounds.range(self.round + 1..).rev().find_map(|(round, known)| {
            known.senders.iter().for_each(|sender| {
                seen.insert(sender);
            });
            (seen.len() >= self.witness).then_some(*round)
        })
    }

    /// Decides a height: by precommits seen, or by a proof that others sent.
    fn decide(&mut self, value: Value, cx: &mut Cx<'_>) {
        self.history.push(value);
        cx.decide(self.history.len() as u64, value);
        self.done.insert(value.request);
        self.pending.remove(value.request);
        self.locked = None;
        self.valid = None;
        self.rounds.clear();
        self.start_round(0, cx);
        let height = self.height();
        let (now, later): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.early).into_iter().partition(|(_, message)| message.height() <= height);
        self.early = later;
        for (from, message) in now {
            self.receive(from, &message, cx);
        }
    }

    /// Messages of other heights: one that is decided is answered, one to come is kept.
    fn is_present(&mut self, from: NodeId, message: &TendermintMessage, cx: &mut Cx<'_>) -> bool {
        let (height, at) = (self.height(), message.height());
        if at < height && matches!(message, TendermintMessage::Here { .. }) {
            let rest = self.history.get(at.saturating_sub(1) as usize..).unwrap_or_default();
            let values = rest.iter().copied().take(CHUNK).collect();
            cx.send(from, TendermintMessage::Decided { from: at, values, quorum: self.quorum as u32 });
        } else if at > height && self.early.len() < 16 * self.settings.agents {
            self.early.push((from, message.clone()));
        }
        at == height
    }
}

impl Protocol for Tendermint {
    type Message = TendermintMessage;

    fn start(&mut self, cx: &mut Cx<'_>) {
        cx.coordinator(Some(self.proposer(0)));
    }

    fn request(&mut self, request: u32, cx: &mut Cx<'_>) {
        if !self.done.contains(&request) && self.pending.insert(request) {
            self.watch(cx);
            self.judge(cx);
        }
    }

    fn forget(&mut self, request: u32, cx: &mut Cx<'_>) {
        if self.pending.expire(request) && self.pending.is_empty() {
            self.rest(cx);
        }
    }

    fn propose(&mut self, value: Value, cx: &mut Cx<'_>) -> bool {
        let free = self.rounds.get(&self.round).is_none_or(|round| round.proposal.is_none());
        let new = free
            && self.step == Step::Propose
            && self.proposer(self.round) == self.id
            && !self.done.contains(&value.request);
        if new {
            self.offer(value, None, cx);
        }
        new
    }

    #[inline]
    fn receive(&mut self, from: NodeId, message: &TendermintMessage, cx: &mut Cx<'_>) {
        if let TendermintMessage::Decided { from: first, values, .. } = message {
            for (height, value) in (*first..).zip(values.iter()) {
                if height == self.height() {
                    self.decide(*value, cx);
                }
            }
            return;
        }
        if !self.is_present(from, message, cx) {
            return;
        }
        match *message {
            TendermintMessage::Proposal { round, value, valid, .. } => {
                if from != self.proposer(round) {
                    return;
                }
                let known = self.rounds.entry(round).or_default();
                known.senders.insert(from);
                known.proposal.get_or_insert((value, valid.map(|polka| polka.round)));
                if let Some(polka) = valid {
                    self.rounds.entry(polka.round).or_default().proven = Some(value);
                }
                if !self.done.contains(&value.request) {
                    // The proposal carries the request: whoever hears of it knows it.
                    self.pending.insert(value.request);
                    self.watch(cx);
                }
            }
            TendermintMessage::Prevote(Ballot { round, value, .. }) => {
                let known = self.rounds.entry(round).or_default();
                known.senders.insert(from);
                known.prevotes.insert(from, value);
            }
            TendermintMessage::Precommit(Ballot { round, value, .. }) => {
                let known = self.rounds.entry(round).or_default();
                known.senders.insert(from);
                known.precommits.insert(from, value);
            }
            TendermintMessage::Here { round, .. } => {
                self.rounds.entry(round).or_default().senders.insert(from);
                if round < self.round {
                    for vote in self.own_votes(round) {
                        cx.send(from, vote);
                    }
                }
            }
            TendermintMessage::Decided { .. } => {}
        }
        self.judge(cx);
    }

    fn timer(&mut self, timer: TimerId, cx: &mut Cx<'_>) {
        match timer {
            GOSSIP => {
                self.gossiping = false;
                if !self.pending.is_empty() {
                    self.gossip(cx);
                }
            }
            // Lines 57 and 61.
            STEP => match self.step {
                Step::Propose => {
                    self.prevote(None, cx);
                    self.judge(cx);
                }
                Step::Prevote => {
                    self.precommit(None, cx);
                    self.judge(cx);
                }
                Step::Precommit => {}
            },
            // Line 65.
            _ => self.start_round(self.round + 1, cx),
        }
    }

    fn recover(&mut self, keeps_state: bool, cx: &mut Cx<'_>) {
        if keeps_state {
            self.running = false;
            self.gossiping = false;
            self.repeats = 0;
        } else {
            *self = Self::new(self.id, self.settings);
        }
        cx.coordinator(self.coordinator());
        // Says where it is, so that others can help it on.
        cx.broadcast(TendermintMessage::Here { height: self.height(), round: self.round });
        self.watch(cx);
        self.judge(cx);
    }

    fn coordinator(&self) -> Option<NodeId> {
        Some(self.proposer(self.round))
    }

    fn replies(&self) -> bool {
        true
    }
}

impl Tendermint {
    /// Does what the rules of algorithm 1 allow now, until none does.
    fn judge(&mut self, cx: &mut Cx<'_>) {
        while self.apply_one_rule(cx) {}
    }

    fn apply_one_rule(&mut self, cx: &mut Cx<'_>) -> bool {
        if let Some(value) = self.decided_value() {
            self.decide(value, cx);
            return true;
        }
        // Line 55.
        if let Some(round) = self.witnessed_round() {
            self.start_round(round, cx);
            return true;
        }
        match self.step {
            Step::Propose => self.judge_proposal(cx),
            Step::Prevote => self.judge_prevotes(cx),
            Step::Precommit => self.judge_precommits(cx),
        }
    }

    /// Line 49: a proposal of any round with a quorum of precommits.
    fn decided_value(&self) -> Option<Value> {
        let decided = |known: &Round| {
            let (value, _) = known.proposal?;
            (known.precommits.count(Some(value)) >= self.quorum).then_some(value)
        };
        self.rounds.values().find_map(decided)
    }

    /// Lines 22 and 28.
    fn judge_proposal(&mut self, cx: &mut Cx<'_>) -> bool {
        let Some((value, valid_round)) = self.rounds.get(&self.round).and_then(|known| known.proposal) else {
            return false;
        };
        let acceptable = match valid_round {
            None => self.locked.is_none_or(|(_, locked)| locked == value),
            Some(earlier) if earlier < self.round => {
                let polka =
                    |known: &Round| known.proven == Some(value) || known.prevotes.count(Some(value)) >= self.quorum;
                if !self.rounds.get(&earlier).is_some_and(polka) {
                    return false;
                }
                self.locked.is_none_or(|(round, locked)| round <= earlier || locked == value)
            }
            Some(_) => return false,
        };
        let wanted = acceptable && !self.done.contains(&value.request);
        self.prevote(wanted.then_some(value), cx);
        true
    }

    /// Lines 34, 36 and 44.
    fn judge_prevotes(&mut self, cx: &mut Cx<'_>) -> bool {
        let Some(known) = self.rounds.get(&self.round) else { return false };
        if let Some((value, _)) = known.proposal
            && known.prevotes.count(Some(value)) >= self.quorum
        {
            self.locked = Some((self.round, value));
            self.valid = Some((self.round, value));
            self.precommit(Some(value), cx);
            return true;
        }
        if known.prevotes.count(None) >= self.quorum {
            self.precommit(None, cx);
            return true;
        }
        if known.prevotes.len() >= self.quorum && !known.prevotes_waited {
            if let Some(known) = self.rounds.get_mut(&self.round) {
                known.prevotes_waited = true;
            }
            cx.arm(STEP, self.timeout_ns(self.settings.timeout_ns / 4));
        }
        false
    }

    /// Lines 36 (late) and 47.
    fn judge_precommits(&mut self, cx: &mut Cx<'_>) -> bool {
        let (round, quorum) = (self.round, self.quorum);
        let Some(known) = self.rounds.get_mut(&round) else { return false };
        let late = known.proposal.filter(|(value, _)| known.prevotes.count(Some(*value)) >= quorum);
        let wait = known.precommits.len() >= quorum && !known.precommits_waited;
        known.precommits_waited |= wait;
        if let Some((value, _)) = late {
            self.valid = Some((round, value));
        }
        if wait {
            cx.arm(SPLIT, self.timeout_ns(self.settings.timeout_ns / 4));
        }
        false
    }
}
