//! Weighted voting: agreement by more than two thirds of the weight, capability × reputation.
//!
//! Weighted voting goes back to Gifford, "Weighted voting for replicated data", SOSP 1979; two steps of
//! voting, and views in which a coordinator that fails is replaced, are those of Castro & Liskov (OSDI
//! 1999) with weights instead of heads. What makes it a protocol of its own:
//!
//! - **Weights follow the log.** A decided block carries verdicts on earlier placements; reputations, and
//!   with them weights, are a function of the blocks decided so far (see `standing`). Positions are decided
//!   one after another, so that all who vote at a position count with the same weights.
//! - **The quorum is of the membership**, whoever of it is up: more than 2/3 of its weight. Of the live weight
//!   both sides of a partition would have a quorum, and could decide differently.
//! - **Agents judge what they vote on.** A value that an agent finds out of the question it rejects; when
//!   those who reject hold so much that the rest can't carry it, everybody calls for the next coordinator.
//!
//! A decision takes three one-way delays: proposal, ballots, confirmations; (n−1) + (n−1)² + n(n−1) messages.
//!
//! Safe while liars hold at most a third of the weight, under any network: two quorums share more than a
//! third. Live while those who are up, honest and connected hold more than two thirds, and then the crash of
//! a coordinator costs a timeout. Lost messages are made up for as in [`pbft`](super::pbft).

mod catch_up;
mod messages;
mod standing;
mod succession;
mod tally;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use super::pending::Pending;
use super::{Context, Opinion, Protocol, TimerId, Value, Verdict};
use crate::consensus::node_set::NodeId;

pub use messages::{Block, Call, Certified, Opening, WeightedMessage};
pub use standing::{FADING, LEARNING};

use standing::Standing;
use tally::Tallies;

/// Expires when a known request is not decided in time, or a view does not open in time.
const PROGRESS: TimerId = 0;
/// Expires when it is time to ask others for what was lost.
const RETRY: TimerId = 1;
/// Verdicts in one block at most.
const VERDICTS: usize = 16;
/// Votes are kept for so many positions from the present one on.
const AHEAD: u64 = 4;

type Cx<'a> = Context<'a, WeightedMessage>;

/// What all agents agree on beforehand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WeightedSettings {
    /// Capability of each agent, in any unit.
    pub capabilities: Vec<u32>,
    /// How long a request may take before the coordinator is suspected, nanoseconds. Doubles with every
    /// change of view in a row.
    pub timeout_ns: u64,
}

/// A proposal that an agent votes on: one in each view.
#[derive(Clone, Debug)]
struct Cast {
    view: u64,
    block: Block,
    /// For or against; `None` while it thinks.
    approve: Option<bool>,
}

/// One agent.
pub struct Weighted {
    settings: Arc<WeightedSettings>,
    id: NodeId,
    view: u64,
    /// Whether `view` is open; otherwise it is only wanted.
    active: bool,
    /// Changes of view since something was last decided.
    changes: u32,
    /// What is decided, from position 1.
    log: Vec<Block>,
    /// Weights at the next position.
    standing: Standing,
    /// What was certified at the next position, as far as this agent knows.
    lock: Option<Certified>,
    cast: Option<Cast>,
    tallies: Tallies,
    /// Values the coordinator has not put to the vote yet.
    waiting: VecDeque<Value>,
    /// Requests it has taken on in this view.
    proposed: BTreeSet<u32>,
    /// Verdicts heard of and not in the log.
    verdicts: BTreeMap<u32, Verdict>,
    done: BTreeSet<u32>,
    /// Requests known and not decided.
    pending: Pending,
    calls: BTreeMap<NodeId, Arc<Call>>,
    /// The opening of this view.
    opening: Option<Arc<Opening>>,
    /// An opening that can't be checked before earlier positions are known.
    ahead: Option<Arc<Opening>>,
    /// Proposals of views not open yet or positions not reached yet.
    early: Vec<(NodeId, u64, u64, Block)>,
    /// What others proved to be decided, beyond what is decided here.
    learned: BTreeMap<u64, Block>,
    retrying: bool,
    retry_ns: u64,
    decided_at_retry: u64,
    progress_armed: bool,
}

impl Weighted {
    /// Agent `id` of a group.
    pub fn new(id: NodeId, settings: Arc<WeightedSettings>) -> Self {
        Self {
            standing: Standing::new(&settings.capabilities),
            retry_ns: settings.timeout_ns / 2,
            settings,
            id,
            view: 0,
            active: true,
            changes: 0,
            log: Vec::new(),
            lock: None,
            cast: None,
            tallies: Tallies::default(),
            waiting: VecDeque::new(),
            proposed: BTreeSet::new(),
            verdicts: BTreeMap::new(),
            done: BTreeSet::new(),
            pending: Pending::default(),
            calls: BTreeMap::new(),
            opening: None,
            ahead: None,
            early: Vec::new(),
            learned: BTreeMap::new(),
            retrying: false,
            decided_at_retry: 0,
            progress_armed: false,
        }
    }

    /// All agents of a group.
    pub fn group(settings: WeightedSettings) -> Vec<Self> {
        let settings = Arc::new(settings);
        (0..settings.capabilities.len() as NodeId).map(|id| Self::new(id, Arc::clone(&settings))).collect()
    }

    /// The view it is in or wants.
    pub fn view(&self) -> u64 {
        self.view
    }

    fn agents(&self) -> usize {
        self.settings.capabilities.len()
    }

    fn coordinator_of(&self, view: u64) -> NodeId {
        (view % self.agents().max(1) as u64) as NodeId
    }

    fn coordinates(&self) -> bool {
        self.active && self.coordinator_of(self.view) == self.id
    }

    /// The position that is being decided.
    fn position(&self) -> u64 {
        self.log.len() as u64 + 1
    }

    fn timeout_ns(&self) -> u64 {
        self.settings.timeout_ns.saturating_mul(1 << self.changes.saturating_sub(1).min(40))
    }

    /// Starts the progress timer if something is wanted of the coordinator and it is not running.
    fn watch(&mut self, cx: &mut Cx<'_>) {
        if self.active && !self.progress_armed && !self.pending.is_empty() && !self.coordinates() {
            self.progress_armed = true;
            cx.arm(PROGRESS, self.timeout_ns());
        }
        self.retry_later(cx);
    }

    fn unwatch(&mut self, cx: &mut Cx<'_>) {
        if self.progress_armed {
            self.progress_armed = false;
            cx.disarm(PROGRESS);
        }
    }

    /// The block that this view has to decide at the present position, if there is such: one that may be
    /// decided already. At the position of the opening its calls say so; later on, what was certified.
    fn bound(&self) -> Option<&Block> {
        match &self.opening {
            Some(opening) if opening.position() == self.position() => opening.bound(),
            _ => self.lock.as_ref().map(|lock| &lock.block),
        }
    }

    /// As coordinator, puts the next block to the vote when the last one is decided.
    fn put_to_vote(&mut self, cx: &mut Cx<'_>) {
        if !self.coordinates() || self.cast.as_ref().is_some_and(|cast| cast.view == self.view) {
            return;
        }
        let block = match self.bound() {
            Some(block) => block.clone(),
            None => {
                while self.waiting.front().is_some_and(|value| self.done.contains(&value.request)) {
                    self.waiting.pop_front();
                }
                let Some(value) = self.waiting.pop_front() else { return };
                Block { value, verdicts: self.verdicts.values().copied().take(VERDICTS).collect() }
            }
        };
        self.cast = Some(Cast { view: self.view, block: block.clone(), approve: None });
        cx.broadcast(WeightedMessage::Propose { view: self.view, position: self.position(), block });
        // It stands by its proposal, so that the proposal is its ballot.
        self.vote(true, cx);
    }

    fn on_propose(&mut self, from: NodeId, view: u64, position: u64, block: &Block, cx: &mut Cx<'_>) {
        if from != self.coordinator_of(view) || view < self.view || position < self.position() {
            return;
        }
        if !block.value.is_noop() && !self.done.contains(&block.value.request) {
            // The proposal carries the request: whoever hears of it knows it.
            self.pending.insert(block.value.request);
        }
        if view > self.view || !self.active || position > self.position() {
            if self.early.len() < 4 * self.agents() {
                self.early.push((from, view, position, block.clone()));
            }
            self.retry_later(cx);
            return;
        }
        if self.cast.as_ref().is_some_and(|cast| cast.view == view) {
            return;
        }
        let bound = self.bound();
        if bound.is_some_and(|bound| bound != block) {
            return;
        }
        let settled = bound.is_some() || block.value.is_noop();
        self.cast = Some(Cast { view, block: block.clone(), approve: None });
        if self.done.contains(&block.value.request) {
            self.vote(false, cx);
        } else if settled {
            self.vote(true, cx);
        } else {
            cx.consider(block.value);
        }
        self.watch(cx);
    }

    /// Says for or against the proposal at hand.
    fn vote(&mut self, approve: bool, cx: &mut Cx<'_>) {
        let (view, position) = (self.view, self.position());
        let Some(cast) = self.cast.as_mut().filter(|cast| cast.view == view && cast.approve.is_none()) else {
            return;
        };
        cast.approve = Some(approve);
        let block = cast.block.clone();
        let coordinator = self.coordinator_of(view);
        if self.id != coordinator {
            cx.broadcast(WeightedMessage::Ballot { view, position, block: block.clone(), approve });
            if approve {
                // The proposal is its author's ballot.
                self.tallies.ballot((position, view), &block, coordinator, true, &self.standing);
            }
        }
        self.tallies.ballot((position, view), &block, self.id, approve, &self.standing);
        self.count(cx);
    }

    /// Counts what the votes at the present position in the present view come to.
    fn count(&mut self, cx: &mut Cx<'_>) {
        let (view, position) = (self.view, self.position());
        if !self.active {
            return;
        }
        let locked = self.lock.as_ref().is_some_and(|lock| lock.view == view);
        if !locked && let Some((block, ballots)) = self.tallies.approved((position, view), &self.standing) {
            self.lock = Some(Certified { view, block: block.clone(), ballots });
            self.tallies.confirm((position, view), &block, self.id, &self.standing);
            cx.broadcast(WeightedMessage::Confirm { view, position, block });
        }
        if let Some(block) = self.tallies.confirmed((position, view), &self.standing) {
            self.append(block, cx);
        } else if self.tallies.is_rejected((position, view), &self.standing) {
            self.on_rejection(cx);
        }
    }

    /// The block of the present position is decided.
    fn append(&mut self, block: Block, cx: &mut Cx<'_>) {
        let mut next = Some(block);
        while let Some(block) = next {
            self.settle(block, cx);
            next = self.learned.remove(&self.position());
        }
        if let Some(opening) = self.ahead.take() {
            self.on_opening(&opening, cx);
        }
        self.put_to_vote(cx);
        for (from, view, position, block) in std::mem::take(&mut self.early) {
            self.on_propose(from, view, position, &block, cx);
        }
        // Votes may have come before the position before was decided.
        self.count(cx);
        self.check_calls(cx);
        self.watch(cx);
    }

    fn settle(&mut self, block: Block, cx: &mut Cx<'_>) {
        let position = self.position();
        let value = block.value;
        self.standing = std::mem::replace(&mut self.standing, Standing::new(&[])).decided(&block);
        self.log.push(block);
        self.tallies.advance(position + 1, &self.standing);
        let standing = &self.standing;
        self.verdicts.retain(|&request, _| !standing.has_judged(request));
        self.lock = None;
        self.cast = None;
        self.changes = 0;
        cx.decide(position, value);
        if !value.is_noop() {
            self.done.insert(value.request);
            self.pending.remove(value.request);
        }
        self.unwatch(cx);
    }

    /// Whether a vote may still count: not before the present position and view, nor far ahead.
    fn matters(&self, position: u64, view: u64) -> bool {
        view >= self.view && (self.position()..self.position() + AHEAD).contains(&position)
    }
}

impl Protocol for Weighted {
    type Message = WeightedMessage;

    const WANTS_VERDICTS: bool = true;
    const REJECTS: bool = true;

    fn start(&mut self, cx: &mut Cx<'_>) {
        cx.coordinator(Some(self.coordinator_of(self.view)));
    }

    fn request(&mut self, request: u32, cx: &mut Cx<'_>) {
        if !self.done.contains(&request) {
            self.pending.insert(request);
            self.watch(cx);
        }
    }

    fn forget(&mut self, request: u32, cx: &mut Cx<'_>) {
        if self.pending.expire(request) && self.pending.is_empty() {
            // The next request is not to pay for this one.
            self.changes = 0;
            if self.active {
                self.unwatch(cx);
            }
        }
    }

    fn propose(&mut self, value: Value, cx: &mut Cx<'_>) -> bool {
        let new = self.coordinates() && !self.done.contains(&value.request) && self.proposed.insert(value.request);
        if new {
            self.waiting.push_back(value);
            self.put_to_vote(cx);
        }
        new
    }

    fn opinion(&mut self, value: Value, opinion: Opinion, cx: &mut Cx<'_>) {
        let about = self.cast.as_ref().is_some_and(|cast| cast.block.value == value);
        if self.active && about {
            self.vote(opinion.worth > 0.0, cx);
        }
    }

    fn verdict(&mut self, verdict: Verdict, _cx: &mut Cx<'_>) {
        if !self.standing.has_judged(verdict.request) {
            self.verdicts.insert(verdict.request, verdict);
        }
    }

    fn trust(&self, agent: NodeId) -> f64 {
        self.standing.trust(agent)
    }

    fn reputations(&self) -> Option<(u64, Vec<f64>)> {
        Some((self.log.len() as u64, self.standing.reputations()))
    }

    #[inline]
    fn receive(&mut self, from: NodeId, message: &WeightedMessage, cx: &mut Cx<'_>) {
        match *message {
            WeightedMessage::Propose { view, position, ref block } => self.on_propose(from, view, position, block, cx),
            WeightedMessage::Ballot { view, position, ref block, approve } => {
                if self.matters(position, view) {
                    self.tallies.ballot((position, view), block, from, approve, &self.standing);
                    self.count(cx);
                }
            }
            WeightedMessage::Confirm { view, position, ref block } => {
                if self.matters(position, view) {
                    self.tallies.confirm((position, view), block, from, &self.standing);
                    self.count(cx);
                }
            }
            WeightedMessage::Decided { first, ref blocks, .. } => self.on_decided(first, blocks, cx),
            WeightedMessage::Call(ref call) => self.on_call(call, cx),
            WeightedMessage::Opening(ref opening) => self.on_opening(opening, cx),
            WeightedMessage::Status { view, active, decided } => self.on_status(from, view, active, decided, cx),
        }
    }

    fn timer(&mut self, timer: TimerId, cx: &mut Cx<'_>) {
        match timer {
            PROGRESS => {
                self.progress_armed = false;
                if !self.pending.is_empty() {
                    self.call_for(self.view + 1, cx);
                }
            }
            _ => self.retry(cx),
        }
    }

    fn recover(&mut self, keeps_state: bool, cx: &mut Cx<'_>) {
        if keeps_state {
            self.progress_armed = false;
            self.retrying = false;
            if !self.active {
                self.repeat_call(cx);
            }
        } else {
            *self = Self::new(self.id, Arc::clone(&self.settings));
        }
        cx.coordinator(self.coordinator());
        self.ask(cx);
        self.watch(cx);
    }

    fn coordinator(&self) -> Option<NodeId> {
        self.active.then(|| self.coordinator_of(self.view))
    }

    fn replies(&self) -> bool {
        true
    }
}
