//! Chained HotStuff: agreement among n agents of which f = ⌊(n−1)/3⌋ may be Byzantine, about 2n messages a view.
//!
//! Source: Yin, Malkhi, Reiter, Gueta & Abraham, "HotStuff: BFT consensus in the lens of blockchain", PODC 2019
//! (arXiv:1803.05069), algorithms 4 and 5: one block a view, votes to the next leader, lock on a two-chain, decision by
//! a three-chain of consecutive views. What the paper leaves to an implementation is settled here:
//!
//! - A quorum has ⌈(n+f+1)/2⌉ agents, so that it is right for every n (see [`ByzantineQuorum`]).
//! - The pacemaker: the leader of view v is ⌊v / 64⌋ mod n. Who sees no decision says where it is after half a time-out
//!   and calls, to all, for the first view of the next leader after a whole one; time-outs double with every call in a
//!   row, up to 64 ×; f + 1 calls for later views are joined; nobody calls further before a quorum has come along; a quorum of
//!   calls opens the view with the highest certificate called with.
//! - A leader without values proposes empty blocks only while a block with a value waits for its three-chain. Empty
//!   blocks take no position in the log.
//! - A vote that did not come is asked for again by sending the block again; who lacks a block asks its sender for the
//!   chain below it.

mod chain;
mod messages;
mod pacemaker;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use super::pending::Pending;
use super::{ByzantineQuorum, Context, Protocol, TimerId, Value, byzantine_bound};
use crate::consensus::node_set::{NodeId, NodeSet};

pub use messages::{Block, BlockId, Certificate, HotStuffMessage};

use chain::Chain;

/// Expires when a known request is not decided in time.
const PROGRESS: TimerId = 0;
/// Expires when votes have not come.
const RETRY: TimerId = 1;

/// Views of a leader before the next one's, unless it is called earlier.
pub const VIEWS_PER_LEADER: u64 = 64;

type Cx<'a> = Context<'a, HotStuffMessage>;

/// What all agents agree on beforehand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HotStuffSettings {
    /// Number of agents n.
    pub agents: usize,
    /// How many make a quorum.
    pub quorum: ByzantineQuorum,
    /// How long a request may take before the leader is suspected, nanoseconds. Doubles with every call in a row.
    pub timeout_ns: u64,
}

/// One agent.
pub struct HotStuff {
    settings: HotStuffSettings,
    id: NodeId,
    quorum: usize,
    /// f + 1: at least one of them is honest.
    witness: usize,
    chain: Chain,
    /// The view it is in: votes and proposals of earlier ones are over.
    view: u64,
    /// The last view it has voted in.
    voted: u64,
    /// Its last vote, to be said again.
    vote: Option<(u64, BlockId)>,
    /// Votes for blocks, at the leader that gathers them.
    votes: BTreeMap<(u64, BlockId), NodeSet>,
    /// Calls for later views, by caller.
    calls: BTreeMap<NodeId, (u64, Certificate)>,
    /// The view that this leader may propose in, once, and where it may.
    open: Option<u64>,
    /// The block that this leader proposed last.
    proposed: Option<Arc<Block>>,
    /// Positions decided when it did.
    announced: u64,
    /// Values that this leader has yet to propose.
    waiting: VecDeque<Value>,
    /// Requests answered by blocks on its branch, or waiting.
    taken: BTreeSet<u32>,
    done: BTreeSet<u32>,
    pending: Pending,
    /// Calls in a row.
    changes: u32,
    /// A quorum is in its view or beyond, so that it may call for the next leader's.
    joined: bool,
    /// How often it has said where it is since it called or something was decided.
    asked: u32,
    watching: bool,
    retrying: bool,
    /// How often the block proposed last was sent again.
    repeats: u32,
}

impl HotStuff {
    /// Agent `id` of a group.
    pub fn new(id: NodeId, settings: HotStuffSettings) -> Self {
        Self {
            settings,
            id,
            quorum: settings.quorum.size(settings.agents),
            witness: byzantine_bound(settings.agents) + 1,
            chain: Chain::new(),
            view: 1,
            voted: 0,
            vote: None,
            votes: BTreeMap::new(),
            calls: BTreeMap::new(),
            open: (id == leader_of(1, settings.agents)).then_some(1),
            proposed: None,
            announced: 0,
            waiting: VecDeque::new(),
            taken: BTreeSet::new(),
            done: BTreeSet::new(),
            pending: Pending::default(),
            changes: 0,
            joined: true,
            asked: 0,
            watching: false,
            retrying: false,
            repeats: 0,
        }
    }

    /// All agents of a group.
    pub fn group(settings: HotStuffSettings) -> Vec<Self> {
        (0..settings.agents as NodeId).map(|id| Self::new(id, settings)).collect()
    }

    /// The view it is in.
    pub fn view(&self) -> u64 {
        self.view
    }

    fn leader(&self, view: u64) -> NodeId {
        leader_of(view, self.settings.agents)
    }

    fn leads(&self) -> bool {
        self.leader(self.view) == self.id
    }

    /// Enters a later view.
    fn enter(&mut self, view: u64, cx: &mut Cx<'_>) {
        if view <= self.view {
            return;
        }
        let before = self.leader(self.view);
        self.view = view;
        self.joined = true;
        self.votes.retain(|(voted, _), _| *voted + 1 >= view);
        self.calls.retain(|_, (called, _)| *called >= view);
        if self.leader(view) != before {
            self.waiting.clear();
            self.taken.clear();
            cx.coordinator(Some(self.leader(view)));
        }
    }

    /// Proposes in the open view, if there is something to propose or to finish.
    fn propose_next(&mut self, cx: &mut Cx<'_>) {
        let Some(view) = self.open.filter(|view| *view >= self.view && self.leader(*view) == self.id) else { return };
        let justify = self.chain.highest();
        let open = self.chain.open_requests(justify.block);
        let value = loop {
            match self.waiting.pop_front() {
                Some(value) if self.done.contains(&value.request) || open.contains(&value.request) => {}
                Some(value) => break Some(value),
                None => break None,
            }
        };
        // An empty block finishes a three-chain, tells of one, or says who leads now.
        let unannounced = self.chain.positions() > self.announced;
        if value.is_none() && open.is_empty() && !unannounced && !view.is_multiple_of(VIEWS_PER_LEADER) {
            return;
        }
        self.announced = self.chain.positions();
        self.open = None;
        let block = Arc::new(Block { view, value: value.unwrap_or(Value::NOOP), justify });
        self.proposed = Some(block.clone());
        self.repeats = 0;
        cx.broadcast(HotStuffMessage::Proposal(block.clone()));
        self.retry_later(cx);
        self.on_proposal(self.id, &block, cx);
    }

    fn on_proposal(&mut self, from: NodeId, block: &Arc<Block>, cx: &mut Cx<'_>) {
        if from != self.leader(block.view) {
            return;
        }
        if !self.add(from, block, cx) {
            return;
        }
        if block.view > self.view || (block.view == self.view && self.voted < block.view) {
            self.enter(block.view, cx);
        }
        let id = block.id();
        if block.view == self.view && block.view > self.voted && self.chain.is_safe(block) {
            self.voted = block.view;
            self.vote = Some((block.view, id));
            if !block.value.is_noop() && !self.done.contains(&block.value.request) {
                // The block carries the request: whoever votes for it knows it.
                self.pending.insert(block.value.request);
            }
            self.send_vote(cx);
        } else if self.vote == Some((block.view, id)) {
            self.send_vote(cx);
        }
        self.watch(cx);
    }

    /// A vote goes to the leader of the next view.
    fn send_vote(&mut self, cx: &mut Cx<'_>) {
        let Some((view, block)) = self.vote else { return };
        let next = self.leader(view + 1);
        if next == self.id {
            self.on_vote(self.id, view, block, cx);
        } else {
            cx.send(next, HotStuffMessage::Vote { view, block });
        }
    }

    fn on_vote(&mut self, from: NodeId, view: u64, block: BlockId, cx: &mut Cx<'_>) {
        if self.leader(view + 1) != self.id || view + 1 < self.view {
            return;
        }
        let voters = self.votes.entry((view, block)).or_default();
        voters.insert(from);
        if voters.len() >= self.quorum && self.chain.certify(Certificate { view, block }) {
            self.certified(cx);
        }
    }

    /// A new highest certificate: what it decides is decided, and its successor view opens here if this agent leads it.
    fn certified(&mut self, cx: &mut Cx<'_>) {
        let highest = self.chain.highest();
        self.decide(cx);
        let next = highest.view + 1;
        // Invariant: one block a view. Who has voted in the view has proposed in it, if it leads it.
        if self.leader(next) == self.id && next >= self.view && self.voted < next {
            self.enter(next, cx);
            self.open = Some(next);
            self.propose_next(cx);
        }
    }

    /// Takes a block into the chain. Answers whether its ancestors are known; otherwise they are asked for.
    fn add(&mut self, from: NodeId, block: &Arc<Block>, cx: &mut Cx<'_>) -> bool {
        match self.chain.add(block) {
            chain::Added::Known => true,
            chain::Added::New => {
                if self.chain.certify(block.justify) {
                    self.certified(cx);
                }
                // Votes may come before the block.
                let own = Certificate { view: block.view, block: block.id() };
                let voters = self.votes.get(&(own.view, own.block)).map_or(0, NodeSet::len);
                if voters >= self.quorum && self.chain.certify(own) {
                    self.certified(cx);
                }
                true
            }
            chain::Added::Missing(ancestor) => {
                if from != self.id {
                    cx.send(from, HotStuffMessage::Fetch { block: ancestor, decided: self.chain.decided_view() });
                }
                false
            }
        }
    }

    /// Reports what three-chains have decided.
    fn decide(&mut self, cx: &mut Cx<'_>) {
        let decided = self.chain.decide();
        if decided.is_empty() {
            return;
        }
        for value in decided.into_iter().filter(|value| !value.is_noop()) {
            self.done.insert(value.request);
            self.pending.remove(value.request);
            cx.decide(self.chain.next_position(), value);
        }
        self.changes = 0;
        self.asked = 0;
        self.unwatch(cx);
        self.watch(cx);
    }
}

fn leader_of(view: u64, agents: usize) -> NodeId {
    ((view / VIEWS_PER_LEADER) % agents.max(1) as u64) as NodeId
}

impl Protocol for HotStuff {
    type Message = HotStuffMessage;

    fn start(&mut self, cx: &mut Cx<'_>) {
        cx.coordinator(Some(self.leader(self.view)));
    }

    fn request(&mut self, request: u32, cx: &mut Cx<'_>) {
        if !self.done.contains(&request) && self.pending.insert(request) {
            self.watch(cx);
        }
    }

    fn forget(&mut self, request: u32, cx: &mut Cx<'_>) {
        if self.pending.expire(request) && self.pending.is_empty() {
            self.unwatch(cx);
        }
    }

    fn propose(&mut self, value: Value, cx: &mut Cx<'_>) -> bool {
        let new = self.leads() && !self.done.contains(&value.request) && self.taken.insert(value.request);
        if new {
            self.waiting.push_back(value);
            self.propose_next(cx);
        }
        new
    }

    #[inline]
    fn receive(&mut self, from: NodeId, message: &HotStuffMessage, cx: &mut Cx<'_>) {
        match message {
            HotStuffMessage::Proposal(block) => self.on_proposal(from, block, cx),
            HotStuffMessage::Vote { view, block } => self.on_vote(from, *view, *block, cx),
            HotStuffMessage::Call { view, highest, decided } => self.on_call(from, *view, *highest, *decided, cx),
            HotStuffMessage::Fetch { block, decided } => self.on_fetch(from, *block, *decided, cx),
            HotStuffMessage::Blocks(blocks) => self.on_blocks(from, blocks, cx),
        }
    }

    fn timer(&mut self, timer: TimerId, cx: &mut Cx<'_>) {
        match timer {
            PROGRESS => {
                self.watching = false;
                if self.pending.is_empty() {
                    return;
                }
                if self.asked > 0 && self.joined {
                    self.call(cx);
                } else {
                    self.asked = self.asked.saturating_add(1);
                    cx.broadcast(self.whereabouts(self.view));
                    self.watch(cx);
                }
            }
            _ => {
                self.retrying = false;
                self.retry(cx);
            }
        }
    }

    fn recover(&mut self, keeps_state: bool, cx: &mut Cx<'_>) {
        if keeps_state {
            self.watching = false;
            self.retrying = false;
        } else {
            *self = Self { open: None, ..Self::new(self.id, self.settings) };
        }
        cx.coordinator(self.coordinator());
        // Says where it is, so that others can help it on.
        cx.broadcast(self.whereabouts(self.view));
        self.watch(cx);
    }

    fn coordinator(&self) -> Option<NodeId> {
        Some(self.leader(self.view))
    }

    fn replies(&self) -> bool {
        true
    }
}
