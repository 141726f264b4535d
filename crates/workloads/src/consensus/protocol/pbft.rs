//! PBFT: agreement among n agents of which f = ⌊(n−1)/3⌋ may be Byzantine.
//!
//! Source: Castro & Liskov, "Practical Byzantine fault tolerance", OSDI 1999; view changes with
//! signatures as in Castro's thesis (MIT 2001), section 2.3. What the paper leaves to an
//! implementation is settled here:
//!
//! - A quorum has ⌈(n+f+1)/2⌉ agents, so that it is right for every n (see [`ByzantineQuorum`]).
//! - Requests reach all replicas at once; a replica starts its timer when it knows of a request.
//! - Lost messages: a replica without progress asks with a status message, and others send it the
//!   votes it lacks, the opening of the view, or decided values, each with the quorum of signed
//!   commits that proves it. This also transfers state behind a stable checkpoint.
//! - Calls for a view are repeated, at doubling intervals, until the view opens.

mod catch_up;
mod messages;
mod slot;
mod view_change;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use super::pending::Pending;
use super::{ByzantineQuorum, Context, Protocol, TimerId, Value, byzantine_bound};
use crate::consensus::node_set::{NodeId, NodeSet};

pub use messages::{NewView, PbftMessage, Prepared, ViewChange};

use slot::Window;

/// Expires when a known request is not executed in time, or a view does not open in time.
const PROGRESS: TimerId = 0;
/// Expires when it is time to ask others for what was lost.
const RETRY: TimerId = 1;

/// What all replicas agree on beforehand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PbftSettings {
    /// Number of replicas n.
    pub agents: usize,
    /// How many make a quorum.
    pub quorum: ByzantineQuorum,
    /// How long a request may take before the primary is suspected, nanoseconds. Doubles with every
    /// view change in a row.
    pub timeout_ns: u64,
    /// A checkpoint every so many positions.
    pub checkpoint_every: u64,
    /// Positions in flight after the last stable checkpoint.
    pub window: u64,
}

impl PbftSettings {
    /// Checkpoints every 16 positions and a window of 64: fits runs of tens of decisions (the paper
    /// has 128 and 256).
    pub fn new(agents: usize, timeout_ns: u64) -> Self {
        Self { agents, quorum: ByzantineQuorum::Intersecting, timeout_ns, checkpoint_every: 16, window: 64 }
    }
}

type Cx<'a> = Context<'a, PbftMessage>;

/// One replica.
pub struct Pbft {
    settings: PbftSettings,
    id: NodeId,
    /// ⌈(n+f+1)/2⌉ or as set.
    quorum: usize,
    /// f + 1: at least one of them is honest.
    witness: usize,
    view: u64,
    /// Whether `view` is open; otherwise it is only wanted.
    active: bool,
    /// View changes since something was last executed.
    changes: u32,
    window: Window,
    /// Next position the primary assigns.
    next: u64,
    /// Values the primary has no room for yet.
    waiting: VecDeque<Value>,
    /// Requests with an assignment in this view or waiting for one.
    proposed: BTreeSet<u32>,
    /// Assignments of views not open yet.
    early: Vec<(NodeId, u64, u64, Value)>,
    /// Values executed, from position 1.
    history: Vec<Value>,
    digest: u64,
    done: BTreeSet<u32>,
    /// Requests known and not executed.
    pending: Pending,
    /// By position and digest: who said so.
    checkpoints: BTreeMap<(u64, u64), NodeSet>,
    /// Highest checkpoint known to be stable; may be ahead of what is executed.
    stable: u64,
    calls: BTreeMap<NodeId, Arc<ViewChange>>,
    opening: Option<Arc<NewView>>,
    /// What others proved to be decided, beyond what is executed.
    learned: BTreeMap<u64, Value>,
    retrying: bool,
    retry_ns: u64,
    executed_at_retry: u64,
    progress_armed: bool,
}

impl Pbft {
    /// Replica `id` of a group.
    pub fn new(id: NodeId, settings: PbftSettings) -> Self {
        Self {
            settings,
            id,
            quorum: settings.quorum.size(settings.agents),
            witness: byzantine_bound(settings.agents) + 1,
            view: 0,
            active: true,
            changes: 0,
            window: Window::default(),
            next: 1,
            waiting: VecDeque::new(),
            proposed: BTreeSet::new(),
            early: Vec::new(),
            history: Vec::new(),
            digest: 0,
            done: BTreeSet::new(),
            pending: Pending::default(),
            checkpoints: BTreeMap::new(),
            stable: 0,
            calls: BTreeMap::new(),
            opening: None,
            learned: BTreeMap::new(),
            retrying: false,
            retry_ns: settings.timeout_ns / 4,
            executed_at_retry: 0,
            progress_armed: false,
        }
    }

    /// All replicas of a group.
    pub fn group(settings: PbftSettings) -> Vec<Self> {
        (0..settings.agents as NodeId).map(|id| Self::new(id, settings)).collect()
    }

    /// The view it is in or wants.
    pub fn view(&self) -> u64 {
        self.view
    }

    /// The last stable checkpoint it has executed.
    pub fn low_watermark(&self) -> u64 {
        self.window.low()
    }

    fn primary(&self, view: u64) -> NodeId {
        (view % self.settings.agents as u64) as NodeId
    }

    fn is_primary(&self) -> bool {
        self.active && self.primary(self.view) == self.id
    }

    fn executed(&self) -> u64 {
        self.history.len() as u64
    }

    fn timeout_ns(&self) -> u64 {
        let doublings = self.changes.saturating_sub(1).min(40);
        self.settings.timeout_ns.saturating_mul(1 << doublings)
    }

    /// Starts the progress timer if something is wanted of the primary and it is not running.
    fn watch(&mut self, cx: &mut Cx<'_>) {
        if self.active && !self.progress_armed && !self.pending.is_empty() && self.primary(self.view) != self.id {
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

    /// Assigns the next positions to waiting values, as far as the window reaches.
    fn assign(&mut self, cx: &mut Cx<'_>) {
        while let Some(&value) = self.waiting.front() {
            let (view, position) = (self.view, self.next);
            let Some(slot) = self.window.slot_mut(position, self.settings.window) else {
                return;
            };
            self.waiting.pop_front();
            self.next += 1;
            slot.accepted = Some((view, value));
            slot.prepares.add(view, value, self.id);
            cx.broadcast(PbftMessage::PrePrepare { view, position, value });
            self.check_prepared(position, cx);
        }
    }

    fn on_pre_prepare(&mut self, from: NodeId, view: u64, position: u64, value: Value, cx: &mut Cx<'_>) {
        if from != self.primary(view) || view < self.view {
            return;
        }
        if view > self.view || !self.active {
            if self.early.len() < 4 * self.settings.window as usize {
                self.early.push((from, view, position, value));
            }
            return;
        }
        self.accept(position, value, cx);
        if !value.is_noop() && !self.done.contains(&value.request) {
            // The assignment carries the request: whoever accepts it knows it.
            self.pending.insert(value.request);
        }
        self.watch(cx);
    }

    /// Accepts an assignment of the open view, unless another was accepted in the same view.
    fn accept(&mut self, position: u64, value: Value, cx: &mut Cx<'_>) {
        let (view, id, primary) = (self.view, self.id, self.primary(self.view));
        let Some(slot) = self.window.slot_mut(position, 2 * self.settings.window) else {
            return;
        };
        if slot.accepted.is_some_and(|(accepted, _)| accepted == view) {
            return;
        }
        slot.accepted = Some((view, value));
        slot.prepares.add(view, value, primary);
        if id != primary {
            slot.prepares.add(view, value, id);
            cx.broadcast(PbftMessage::Prepare { view, position, value });
        }
        self.check_prepared(position, cx);
    }

    #[inline]
    fn on_prepare(&mut self, from: NodeId, view: u64, position: u64, value: Value, cx: &mut Cx<'_>) {
        if view < self.view || from == self.primary(view) {
            return;
        }
        let (quorum, current, reach) = (self.quorum, self.view, 2 * self.settings.window);
        if let Some(slot) = self.window.slot_mut(position, reach) {
            let count = slot.prepares.add(view, value, from);
            if count >= quorum && view == current && slot.prepared != Some((view, value)) {
                self.check_prepared(position, cx);
            }
        }
    }

    /// A quorum accepted the same: say so.
    fn check_prepared(&mut self, position: u64, cx: &mut Cx<'_>) {
        let (view, id, quorum) = (self.view, self.id, self.quorum);
        if !self.active {
            return;
        }
        let Some(slot) = self.window.slot_mut(position, 2 * self.settings.window) else {
            return;
        };
        let Some((_, value)) = slot.accepted.filter(|&(accepted, _)| accepted == view) else {
            return;
        };
        if slot.prepared != Some((view, value)) && slot.prepares.count(view, value) >= quorum {
            slot.prepared = Some((view, value));
            slot.commits.add(view, value, id);
            cx.broadcast(PbftMessage::Commit { view, position, value });
            self.check_committed(position, cx);
        }
    }

    #[inline]
    fn on_commit(&mut self, from: NodeId, view: u64, position: u64, value: Value, cx: &mut Cx<'_>) {
        if view < self.view {
            return;
        }
        let (quorum, current, reach) = (self.quorum, self.view, 2 * self.settings.window);
        if let Some(slot) = self.window.slot_mut(position, reach) {
            let count = slot.commits.add(view, value, from);
            if count >= quorum && view == current && slot.committed.is_none() {
                self.check_committed(position, cx);
            }
        }
    }

    /// Prepared here and committed by a quorum: decided.
    fn check_committed(&mut self, position: u64, cx: &mut Cx<'_>) {
        let quorum = self.quorum;
        let Some(slot) = self.window.slot_mut(position, 2 * self.settings.window) else {
            return;
        };
        let Some((view, value)) = slot.prepared else { return };
        if view == self.view && slot.committed.is_none() && slot.commits.count(view, value) >= quorum {
            slot.committed = Some(value);
            self.execute(cx);
        }
    }

    /// Executes decided positions in order, as far as there is no gap.
    fn execute(&mut self, cx: &mut Cx<'_>) {
        loop {
            let position = self.executed() + 1;
            let committed = self.window.slot(position).and_then(|slot| slot.committed);
            let Some(value) = committed.or_else(|| self.learned.get(&position).copied()) else {
                break;
            };
            self.learned.remove(&position);
            self.history.push(value);
            self.digest = chained(self.digest, value);
            cx.decide(position, value);
            self.changes = 0;
            if !value.is_noop() {
                self.done.insert(value.request);
                self.pending.remove(value.request);
            }
            self.unwatch(cx);
            if position.is_multiple_of(self.settings.checkpoint_every) {
                let digest = self.digest;
                cx.broadcast(PbftMessage::Checkpoint { position, digest });
                self.on_checkpoint(self.id, position, digest, cx);
            }
        }
        self.advance(cx);
        self.watch(cx);
    }

    fn on_checkpoint(&mut self, from: NodeId, position: u64, digest: u64, cx: &mut Cx<'_>) {
        if position <= self.stable {
            return;
        }
        let who = self.checkpoints.entry((position, digest)).or_default();
        who.insert(from);
        if who.len() >= self.quorum {
            self.stable = position;
            self.checkpoints.retain(|&(at, _), _| at > position);
            self.advance(cx);
            self.retry_later(cx);
        }
    }

    /// Forgets what a stable checkpoint covers, once it is executed here.
    fn advance(&mut self, cx: &mut Cx<'_>) {
        if self.stable > self.window.low() && self.executed() >= self.stable {
            self.window.advance(self.stable);
            self.next = self.next.max(self.stable + 1);
            if self.is_primary() {
                self.assign(cx);
            }
        }
    }
}

/// Digest of a state after one more value (a 64-bit mix; stands for SHA-256).
fn chained(digest: u64, value: Value) -> u64 {
    let mut x = digest ^ (u64::from(value.request) << 32 | u64::from(value.choice));
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (x ^ (x >> 31)).wrapping_add(0x9e37_79b9_7f4a_7c15)
}

impl Protocol for Pbft {
    type Message = PbftMessage;

    fn start(&mut self, cx: &mut Cx<'_>) {
        cx.coordinator(Some(self.primary(self.view)));
    }

    fn request(&mut self, request: u32, cx: &mut Cx<'_>) {
        if !self.done.contains(&request) {
            self.pending.insert(request);
            self.watch(cx);
        }
    }

    fn forget(&mut self, request: u32, cx: &mut Cx<'_>) {
        if self.pending.expire(request) && self.pending.is_empty() && self.active {
            self.unwatch(cx);
        }
    }

    fn propose(&mut self, value: Value, cx: &mut Cx<'_>) -> bool {
        let new = self.is_primary() && !self.done.contains(&value.request) && self.proposed.insert(value.request);
        if new {
            self.waiting.push_back(value);
            self.assign(cx);
        }
        new
    }

    #[inline]
    fn receive(&mut self, from: NodeId, message: &PbftMessage, cx: &mut Cx<'_>) {
        match *message {
            PbftMessage::Prepare { view, position, value } => self.on_prepare(from, view, position, value, cx),
            PbftMessage::Commit { view, position, value } => self.on_commit(from, view, position, value, cx),
            PbftMessage::PrePrepare { view, position, value } => self.on_pre_prepare(from, view, position, value, cx),
            PbftMessage::Checkpoint { position, digest } => self.on_checkpoint(from, position, digest, cx),
            PbftMessage::ViewChange(ref call) => self.on_call(call, cx),
            PbftMessage::NewView(ref opening) => self.on_opening(opening, cx),
            PbftMessage::Status { view, active, executed } => self.on_status(from, view, active, executed, cx),
            PbftMessage::CatchUp { from: first, ref values, .. } => self.on_catch_up(first, values, cx),
        }
    }

    fn timer(&mut self, timer: TimerId, cx: &mut Cx<'_>) {
        match timer {
            PROGRESS => {
                self.progress_armed = false;
                if !self.active || !self.pending.is_empty() {
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
            *self = Self::new(self.id, self.settings);
        }
        cx.coordinator(self.coordinator());
        self.ask(cx);
        self.watch(cx);
    }

    fn coordinator(&self) -> Option<NodeId> {
        self.active.then(|| self.primary(self.view))
    }

    fn replies(&self) -> bool {
        true
    }
}
