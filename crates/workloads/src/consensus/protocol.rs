//! What a consensus protocol is to the simulation: a state machine over messages and its own timers.
//!
//! Belongs here: the port that every protocol implements, the values agreed on, quorum sizes. Does not
//! belong here: delivering messages (see [`group`](super::group)), bids and jobs.
//!
//! A protocol is deterministic: it sees its messages, its timers, the time and its random stream, and
//! acts only through its [`Context`]. It decides a sequence of values, one per position from 1 on. A
//! value answers a request; any agent may learn of a request, and the coordinator of the moment (the
//! primary, the leader) is asked by the application to propose a value for it.

pub mod hotstuff;
pub mod multi_paxos;
pub mod negotiation;
pub mod pbft;
mod pending;
pub mod raft;
pub mod tendermint;
pub mod weighted;

use rand_chacha::ChaCha8Rng;

use super::node_set::NodeId;

/// What is agreed on: the answer to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Value {
    /// Which request; [`Value::NOOP`] has none.
    pub request: u32,
    /// The answer, by the application's meaning.
    pub choice: u32,
}

impl Value {
    /// Fills a position that needs no value.
    pub const NOOP: Self = Self { request: u32::MAX, choice: 0 };

    /// Bytes of a value with its request as an agent sends it: a job description and a placement.
    pub const BYTES: u64 = 256;

    /// Whether it answers no request.
    pub fn is_noop(self) -> bool {
        self.request == Self::NOOP.request
    }

    /// Another answer to the same request, the one a liar tells. `None` for a value without answer.
    #[must_use]
    pub fn conflicting(self) -> Option<Self> {
        (!self.is_noop()).then_some(Self { choice: self.choice ^ 1, ..self })
    }
}

/// Bytes of a message's header: kind, view or term, position, sender.
pub const HEADER_BYTES: u64 = 48;
/// Bytes of a digest (SHA-256).
pub const DIGEST_BYTES: u64 = 32;
/// Bytes of a signature (Ed25519).
pub const SIGNATURE_BYTES: u64 = 64;

/// A message of a protocol.
pub trait Message: Clone + Send {
    /// Size on the wire.
    fn bytes(&self) -> u64;

    /// Whether it puts a value forward; otherwise it is a vote or serves to keep up.
    fn is_proposal(&self) -> bool;

    /// What a Byzantine author would say instead to mislead the receiver, within what signatures
    /// allow: it may change what it says itself, never what others have signed. `None`: there is
    /// nothing to lie about.
    fn tampered(&self, author: NodeId) -> Option<Self>;
}

/// A protocol's own timer, by small number.
pub type TimerId = u8;
/// Timers a protocol may use: numbers below this.
pub const TIMERS: usize = 4;

/// Something worth counting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Milestone {
    /// The agent asked for a change to this view.
    ViewChange(u64),
    /// The agent stood for election in this term.
    Candidacy(u64),
    /// The agent won the election of this term.
    Elected(u64),
    /// The agent, as initiator, opened another round of negotiation.
    Round,
    /// The agent, as initiator, gave up on this request for now: the rounds are over and too few accepted.
    Impasse(u32),
    /// The agent, as initiator, was still negotiating when nobody wanted an answer any more.
    Deadline,
}

/// What an agent thinks of a value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Opinion {
    /// How good it is: 1 is as good as the best that the agent knows of, 0 is out of the question.
    pub worth: f64,
    /// The choice that the agent would like best, where there is one.
    pub rather: Option<u32>,
}

/// How a decided placement turned out, attested by the requester: agents may hold it back, not change it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Verdict {
    /// The request.
    pub request: u32,
    /// The agent that was chosen.
    pub agent: NodeId,
    /// How well it did, thousandths: 0 (refused, or never started) to 1,000 (started at once).
    pub quality: u16,
}

impl Verdict {
    /// Bytes of a verdict with the requester's signature.
    pub const BYTES: u64 = 16 + SIGNATURE_BYTES;
}

/// What a protocol wants done.
#[derive(Clone, Debug)]
pub enum Effect<M> {
    /// Send to one agent.
    Send(NodeId, M),
    /// Send to all other agents.
    Broadcast(M),
    /// Start a timer, or start it anew, to fire after so many nanoseconds.
    Arm(TimerId, u64),
    /// Stop a timer.
    Disarm(TimerId),
    /// A position is decided for good.
    Decide(u64, Value),
    /// The agent now takes this agent for the coordinator.
    Coordinator(Option<NodeId>),
    /// Something to count.
    Passed(Milestone),
    /// The agent's opinion of a value is wanted.
    Consider(Value),
}

/// How a protocol acts on the world while it handles one event.
pub struct Context<'a, M> {
    /// Local time, nanoseconds.
    pub now_ns: u64,
    /// Random numbers for the protocol's timers.
    pub rng: &'a mut ChaCha8Rng,
    pub(super) effects: &'a mut Vec<Effect<M>>,
}

impl<M> Context<'_, M> {
    /// Sends to one agent. Nobody sends to themselves.
    pub fn send(&mut self, to: NodeId, message: M) {
        self.effects.push(Effect::Send(to, message));
    }

    /// Sends to all other agents.
    pub fn broadcast(&mut self, message: M) {
        self.effects.push(Effect::Broadcast(message));
    }

    /// Starts a timer anew.
    pub fn arm(&mut self, timer: TimerId, after_ns: u64) {
        self.effects.push(Effect::Arm(timer, after_ns));
    }

    /// Stops a timer.
    pub fn disarm(&mut self, timer: TimerId) {
        self.effects.push(Effect::Disarm(timer));
    }

    /// Reports a decision. Positions of one agent come each once, and in order where the protocol is
    /// [ordered](Protocol::ORDERED).
    pub fn decide(&mut self, position: u64, value: Value) {
        self.effects.push(Effect::Decide(position, value));
    }

    /// Reports a change of coordinator as this agent sees it.
    pub fn coordinator(&mut self, coordinator: Option<NodeId>) {
        self.effects.push(Effect::Coordinator(coordinator));
    }

    /// Asks the application what it thinks of a value; it answers by [`Protocol::opinion`], at once or later.
    pub fn consider(&mut self, value: Value) {
        self.effects.push(Effect::Consider(value));
    }

    /// Reports something to count.
    pub fn passed(&mut self, milestone: Milestone) {
        self.effects.push(Effect::Passed(milestone));
    }
}

/// One agent's part in a protocol.
pub trait Protocol: Send {
    /// Its messages.
    type Message: Message;

    /// Whether it decides a log: positions 1, 2, 3 … in order. Otherwise the position of a request's
    /// answer is the request's number plus 1.
    const ORDERED: bool = true;

    /// Whether it wants to hear how placements turned out.
    const WANTS_VERDICTS: bool = false;

    /// Whether agents reject what they know to be impossible, so that an honest coordinator does not propose it.
    const REJECTS: bool = false;

    /// The agent starts.
    fn start(&mut self, cx: &mut Context<'_, Self::Message>);

    /// The agent learns of a request that wants an answer. May come more than once.
    fn request(&mut self, request: u32, cx: &mut Context<'_, Self::Message>);

    /// The request has expired: nobody wants it answered any more.
    fn forget(&mut self, request: u32, cx: &mut Context<'_, Self::Message>);

    /// The application has an answer. Ignored unless this agent coordinates and has proposed none yet.
    /// Answers whether it was proposed.
    fn propose(&mut self, value: Value, cx: &mut Context<'_, Self::Message>) -> bool;

    /// What the application thinks of a value that the protocol asked it to consider.
    fn opinion(&mut self, value: Value, opinion: Opinion, cx: &mut Context<'_, Self::Message>) {
        let _ = (value, opinion, cx);
    }

    /// How a placement turned out. Comes only where it is [wanted](Self::WANTS_VERDICTS).
    fn verdict(&mut self, verdict: Verdict, cx: &mut Context<'_, Self::Message>) {
        let _ = (verdict, cx);
    }

    /// How far what another agent says of itself is to be believed, 0–1.
    fn trust(&self, agent: NodeId) -> f64 {
        let _ = agent;
        1.0
    }

    /// Reputations by agent as this one sees them, 0–1, and the position they are of; `None` where the
    /// protocol has none.
    fn reputations(&self) -> Option<(u64, Vec<f64>)> {
        None
    }

    /// A message arrives.
    fn receive(&mut self, from: NodeId, message: &Self::Message, cx: &mut Context<'_, Self::Message>);

    /// A timer fires.
    fn timer(&mut self, timer: TimerId, cx: &mut Context<'_, Self::Message>);

    /// The agent is up again after a crash, with what it had written down or with nothing.
    fn recover(&mut self, keeps_state: bool, cx: &mut Context<'_, Self::Message>);

    /// Who coordinates now, as this agent sees it.
    fn coordinator(&self) -> Option<NodeId>;

    /// Whether this agent tells the requester of a decision that it executes.
    fn replies(&self) -> bool;
}

/// How many agents must agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ByzantineQuorum {
    /// ⌈(n+f+1)/2⌉: any two quorums share more than f agents, for every n.
    Intersecting,
    /// 2f+1: the familiar number, right only for n = 3f+1. With n = 5 two quorums of 3 share a single
    /// agent, which may be the liar. For demonstration.
    Naive,
}

/// The largest number of Byzantine agents n agents withstand: ⌊(n−1)/3⌋.
pub fn byzantine_bound(agents: usize) -> usize {
    agents.saturating_sub(1) / 3
}

/// The largest number of crashed agents that leaves a majority of n: ⌊(n−1)/2⌋.
pub fn crash_bound(agents: usize) -> usize {
    agents.saturating_sub(1) / 2
}

/// ⌊n/2⌋ + 1.
pub fn majority(agents: usize) -> usize {
    agents / 2 + 1
}

impl ByzantineQuorum {
    /// Size of a quorum of n agents.
    pub fn size(self, agents: usize) -> usize {
        let f = byzantine_bound(agents);
        match self {
            Self::Intersecting => (agents + f + 1).div_ceil(2),
            Self::Naive => 2 * f + 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_quorums_always_share_an_honest_agent_and_honest_agents_can_form_one() {
        for n in 1..=256_usize {
            let (f, q) = (byzantine_bound(n), ByzantineQuorum::Intersecting.size(n));
            assert!(2 * q > n + f, "n = {n}");
            assert!(q <= n - f, "n = {n}");
            if n == 3 * f + 1 {
                assert_eq!(q, ByzantineQuorum::Naive.size(n));
            }
        }
        // The campaign's sizes where 2f+1 is too small.
        for (n, q, naive) in [(5, 4, 3), (15, 10, 9), (50, 34, 33)] {
            assert_eq!((ByzantineQuorum::Intersecting.size(n), ByzantineQuorum::Naive.size(n)), (q, naive));
        }
    }
}
