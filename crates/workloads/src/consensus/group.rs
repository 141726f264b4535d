//! A group of agents that run one protocol over one network: the message level of a simulation.
//!
//! Belongs here: delivering messages and timers, crashes, lies at the sending side, processing time.
//! Does not belong here: what the application does with decisions.
//!
//! An agent handles its messages one after another, each taking `processing_ns`; while it is busy,
//! later ones wait, in order of arrival. What a handler sends leaves when its processing ends.
//! Endpoint `n` is the portal that submits requests: it runs no protocol, and never fails.

use rand_chacha::ChaCha8Rng;

use super::adversary::{Behaviour, Conduct};
use super::kernel::{EventQueue, Pace, Stopped};
use super::network::{Arrivals, Network};
use super::node_set::NodeId;
use super::post::{Letter, PostOffice};
use super::protocol::{Context, Effect, Message, Milestone, Opinion, Protocol, TIMERS, TimerId, Value, Verdict};

/// Something the application hears of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Notice<A, T> {
    /// Local time of the agent concerned, nanoseconds.
    pub at_ns: u64,
    /// What happened.
    pub what: Happened<A, T>,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Happened<A, T> {
    /// An agent decided a position.
    Decided {
        /// Who.
        node: NodeId,
        /// Position, from 1.
        position: u64,
        /// What.
        value: Value,
    },
    /// An agent's view of who coordinates changed.
    Coordinator {
        /// Whose view.
        node: NodeId,
        /// Who coordinates.
        coordinator: Option<NodeId>,
    },
    /// A message of the application arrived.
    Arrived {
        /// Sender.
        from: NodeId,
        /// Receiver.
        to: NodeId,
        /// What it says.
        message: A,
    },
    /// What the application scheduled is due.
    Due {
        /// What was given when it was scheduled.
        task: T,
    },
    /// Something to count.
    Passed {
        /// By whom.
        node: NodeId,
        /// What.
        milestone: Milestone,
    },
    /// An agent's opinion is wanted; give it by [`Group::opine`].
    Considering {
        /// Whose.
        node: NodeId,
        /// Of what.
        value: Value,
    },
}

/// A message of the application, delivered beside those of the protocol.
pub trait AppMessage: Copy {
    /// What the application can schedule for later.
    type Task: Copy;

    /// Size on the wire.
    fn bytes(&self) -> u64;
    /// What a Byzantine author would say instead; see [`Message::tampered`].
    fn tampered(&self, author: NodeId) -> Option<Self>;
}

#[derive(Clone, Copy)]
enum Event {
    Deliver { from: NodeId, to: NodeId, letter: u32 },
    Fire { node: NodeId, timer: TimerId, generation: u32 },
    Due { slot: u32 },
}

struct Member<P> {
    protocol: P,
    up: bool,
    generations: [u32; TIMERS],
    busy_until_ns: u64,
    processing_ns: u64,
    conduct: Option<Conduct>,
}

/// Messages sent so far. A broadcast counts once per receiver; what is lost under way was sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Messages of the protocol.
    pub protocol_messages: u64,
    /// Messages of the application: requests, bids, replies.
    pub application_messages: u64,
    /// Bytes of all.
    pub bytes: u64,
}

impl Traffic {
    /// All messages.
    pub fn messages(&self) -> u64 {
        self.protocol_messages + self.application_messages
    }
}

/// Agents, network and clock.
pub struct Group<'a, P: Protocol, A: AppMessage> {
    queue: EventQueue<Event>,
    pace: Pace<'a>,
    network: Network,
    members: Vec<Member<P>>,
    post: PostOffice<P::Message, A>,
    timer_rng: ChaCha8Rng,
    effects: Vec<Effect<P::Message>>,
    notices: std::collections::VecDeque<Notice<A, A::Task>>,
    tasks: Vec<A::Task>,
    free_tasks: Vec<u32>,
    traffic: Traffic,
}

impl<'a, P: Protocol, A: AppMessage> Group<'a, P, A> {
    /// Starts all agents at time 0. The network has one endpoint more than there are protocols.
    pub fn new(protocols: Vec<P>, network: Network, timer_rng: ChaCha8Rng, pace: Pace<'a>) -> Self {
        let member = |protocol| Member {
            protocol,
            up: true,
            generations: [0; TIMERS],
            busy_until_ns: 0,
            processing_ns: 0,
            conduct: None,
        };
        let mut group = Self {
            queue: EventQueue::new(),
            pace,
            network,
            members: protocols.into_iter().map(member).collect(),
            post: PostOffice::default(),
            timer_rng,
            effects: Vec::new(),
            notices: std::collections::VecDeque::new(),
            tasks: Vec::new(),
            free_tasks: Vec::new(),
            traffic: Traffic::default(),
        };
        for node in 0..group.members.len() as NodeId {
            group.act(node, |protocol, cx| protocol.start(cx));
        }
        group
    }

    /// Number of agents.
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether there is no agent.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// The endpoint that submits requests.
    pub fn portal(&self) -> NodeId {
        self.members.len() as NodeId
    }

    /// Simulated time, nanoseconds.
    pub fn now_ns(&self) -> u64 {
        self.queue.now_ns()
    }

    /// Events processed so far.
    pub fn processed(&self) -> u64 {
        self.pace.processed()
    }

    /// Messages sent so far.
    pub fn traffic(&self) -> Traffic {
        self.traffic
    }

    /// An agent's protocol.
    pub fn protocol(&self, node: NodeId) -> &P {
        &self.members[usize::from(node)].protocol
    }

    /// Whether an agent is up.
    pub fn is_up(&self, node: NodeId) -> bool {
        self.members.get(usize::from(node)).is_none_or(|member| member.up)
    }

    /// The network, to change its links.
    pub fn network_mut(&mut self) -> &mut Network {
        &mut self.network
    }

    /// Sets how long an agent takes for each message, nanoseconds.
    pub fn set_processing(&mut self, node: NodeId, processing_ns: u64) {
        self.members[usize::from(node)].processing_ns = processing_ns;
    }

    /// Makes an agent Byzantine, or honest again.
    pub fn set_behaviour(&mut self, node: NodeId, behaviour: Option<Behaviour>) {
        self.members[usize::from(node)].conduct = behaviour.map(Conduct::new);
    }

    /// Stops an agent: it loses its timers, hears nothing and says nothing.
    pub fn crash(&mut self, node: NodeId) {
        let member = &mut self.members[usize::from(node)];
        member.up = false;
        for generation in &mut member.generations {
            *generation += 1;
        }
    }

    /// Starts a crashed agent again. An agent that is up is left alone.
    pub fn recover(&mut self, node: NodeId, keeps_state: bool) {
        let now_ns = self.now_ns();
        let member = &mut self.members[usize::from(node)];
        if !member.up {
            member.up = true;
            member.busy_until_ns = now_ns;
            self.act(node, |protocol, cx| protocol.recover(keeps_state, cx));
        }
    }

    /// Tells an agent's protocol of a request.
    pub fn request(&mut self, node: NodeId, request: u32) {
        self.act(node, |protocol, cx| protocol.request(request, cx));
    }

    /// Tells an agent's protocol that a request has expired.
    pub fn forget(&mut self, node: NodeId, request: u32) {
        self.act(node, |protocol, cx| protocol.forget(request, cx));
    }

    /// Gives an agent a value to propose; answers whether it did.
    pub fn propose(&mut self, node: NodeId, value: Value) -> bool {
        let mut proposed = false;
        self.act(node, |protocol, cx| proposed = protocol.propose(value, cx));
        proposed
    }

    /// Answers an agent's protocol what the agent thinks of a value.
    pub fn opine(&mut self, node: NodeId, value: Value, opinion: Opinion) {
        self.act(node, |protocol, cx| protocol.opinion(value, opinion, cx));
    }

    /// Tells an agent's protocol how a placement turned out.
    pub fn verdict(&mut self, node: NodeId, verdict: Verdict) {
        self.act(node, |protocol, cx| protocol.verdict(verdict, cx));
    }

    /// Sends a message of the application.
    pub fn send(&mut self, from: NodeId, to: NodeId, message: A) {
        let at_ns = self.local_ns(from);
        if !self.is_up(from) {
            return;
        }
        let letter = self.post.accept(Letter::Application(message));
        self.dispatch(from, to, letter, at_ns);
        self.post.settle(letter);
    }

    /// Schedules a notice for the application.
    pub fn schedule(&mut self, at_ns: u64, task: A::Task) {
        let slot = match self.free_tasks.pop() {
            Some(slot) => {
                self.tasks[slot as usize] = task;
                slot
            }
            None => {
                self.tasks.push(task);
                (self.tasks.len() - 1) as u32
            }
        };
        self.queue.schedule(at_ns, Event::Due { slot });
    }

    /// Runs to the next thing the application hears of; `None` when nothing is left to happen.
    pub fn advance(&mut self) -> Result<Option<Notice<A, A::Task>>, Stopped> {
        loop {
            if let Some(notice) = self.notices.pop_front() {
                return Ok(Some(notice));
            }
            let Some((at_ns, event)) = self.queue.pop() else {
                return Ok(None);
            };
            self.pace.count(at_ns)?;
            match event {
                Event::Deliver { from, to, letter } => self.deliver(from, to, letter, at_ns),
                Event::Fire { node, timer, generation } => {
                    let member = &self.members[usize::from(node)];
                    if member.up && member.generations[usize::from(timer)] == generation {
                        self.act(node, |protocol, cx| protocol.timer(timer, cx));
                    }
                }
                Event::Due { slot } => {
                    self.free_tasks.push(slot);
                    let what = Happened::Due { task: self.tasks[slot as usize] };
                    return Ok(Some(Notice { at_ns, what }));
                }
            }
        }
    }

    #[inline]
    fn deliver(&mut self, from: NodeId, to: NodeId, letter: u32, at_ns: u64) {
        let receiver = self.members.get_mut(usize::from(to));
        let mut local_ns = at_ns;
        let heard = match receiver {
            Some(member) if member.up => {
                local_ns = member.busy_until_ns.max(at_ns) + member.processing_ns;
                member.busy_until_ns = local_ns;
                if let Letter::Protocol(message) = self.post.read(letter) {
                    let mut cx = Context { now_ns: local_ns, rng: &mut self.timer_rng, effects: &mut self.effects };
                    member.protocol.receive(from, message, &mut cx);
                }
                true
            }
            Some(_) => false,
            None => true,
        };
        if heard && let Letter::Application(message) = self.post.read(letter) {
            let what = Happened::Arrived { from, to, message: *message };
            self.notices.push_back(Notice { at_ns: local_ns, what });
        }
        self.post.done(letter);
        if !self.effects.is_empty() {
            self.carry_out(to, local_ns);
        }
    }

    /// Lets an agent's protocol act now, if it is up.
    fn act(&mut self, node: NodeId, handle: impl FnOnce(&mut P, &mut Context<'_, P::Message>)) {
        let at_ns = self.local_ns(node);
        let Some(member) = self.members.get_mut(usize::from(node)).filter(|member| member.up) else {
            return;
        };
        let mut cx = Context { now_ns: at_ns, rng: &mut self.timer_rng, effects: &mut self.effects };
        handle(&mut member.protocol, &mut cx);
        self.carry_out(node, at_ns);
    }

    fn local_ns(&self, node: NodeId) -> u64 {
        let busy = self.members.get(usize::from(node)).map_or(0, |member| member.busy_until_ns);
        busy.max(self.queue.now_ns())
    }

    fn carry_out(&mut self, node: NodeId, at_ns: u64) {
        let mut effects = std::mem::take(&mut self.effects);
        for effect in effects.drain(..) {
            let notice = match effect {
                Effect::Send(to, message) => {
                    let letter = self.post.accept(Letter::Protocol(message));
                    self.dispatch(node, to, letter, at_ns);
                    self.post.settle(letter);
                    continue;
                }
                Effect::Broadcast(message) => {
                    self.broadcast(node, message, at_ns);
                    continue;
                }
                Effect::Arm(timer, after_ns) => {
                    let generation = &mut self.members[usize::from(node)].generations[usize::from(timer)];
                    *generation += 1;
                    let fire = Event::Fire { node, timer, generation: *generation };
                    self.queue.schedule(at_ns.saturating_add(after_ns), fire);
                    continue;
                }
                Effect::Disarm(timer) => {
                    self.members[usize::from(node)].generations[usize::from(timer)] += 1;
                    continue;
                }
                Effect::Decide(position, value) => Happened::Decided { node, position, value },
                Effect::Coordinator(coordinator) => Happened::Coordinator { node, coordinator },
                Effect::Passed(milestone) => Happened::Passed { node, milestone },
                Effect::Consider(value) => Happened::Considering { node, value },
            };
            self.notices.push_back(Notice { at_ns, what: notice });
        }
        self.effects = effects;
    }

    fn broadcast(&mut self, from: NodeId, message: P::Message, at_ns: u64) {
        let bytes = message.bytes();
        let letter = self.post.accept(Letter::Protocol(message));
        let agents = self.members.len() as NodeId;
        if self.members[usize::from(from)].conduct.is_some() {
            for to in (0..agents).filter(|&to| to != from) {
                self.dispatch(from, to, letter, at_ns);
            }
        } else {
            self.traffic.protocol_messages += u64::from(agents) - 1;
            self.traffic.bytes += bytes * (u64::from(agents) - 1);
            for to in (0..agents).filter(|&to| to != from) {
                let arrivals = self.network.send(from, to, bytes, at_ns);
                self.put_under_way(from, to, letter, arrivals);
            }
        }
        self.post.settle(letter);
    }

    /// Sends a letter as its author's conduct has it: as it is, late, changed, or not at all.
    fn dispatch(&mut self, from: NodeId, to: NodeId, letter: u32, at_ns: u64) {
        let Some(conduct) = self.members.get_mut(usize::from(from)).and_then(|m| m.conduct.as_mut()) else {
            self.transmit(from, to, letter, at_ns);
            return;
        };
        let act = conduct.towards(to, self.post.read(letter).kind());
        let leaves_ns = at_ns.saturating_add(act.later_ns);
        if act.silent {
            return;
        }
        if act.lies
            && let Some(lie) = self.post.read(letter).tampered(from)
        {
            let lie = self.post.accept(lie);
            self.transmit(from, to, lie, leaves_ns);
            self.post.settle(lie);
        } else {
            self.transmit(from, to, letter, leaves_ns);
        }
    }

    fn transmit(&mut self, from: NodeId, to: NodeId, letter: u32, at_ns: u64) {
        let (bytes, count) = match self.post.read(letter) {
            Letter::Protocol(message) => (message.bytes(), &mut self.traffic.protocol_messages),
            Letter::Application(message) => (message.bytes(), &mut self.traffic.application_messages),
        };
        if from == to {
            self.post.address(letter);
            self.queue.schedule(at_ns, Event::Deliver { from, to, letter });
            return;
        }
        *count += 1;
        self.traffic.bytes += bytes;
        let arrivals = self.network.send(from, to, bytes, at_ns);
        self.put_under_way(from, to, letter, arrivals);
    }

    #[inline]
    fn put_under_way(&mut self, from: NodeId, to: NodeId, letter: u32, arrivals: Arrivals) {
        if let Some(at_ns) = arrivals.first_ns {
            self.post.address(letter);
            self.queue.schedule(at_ns, Event::Deliver { from, to, letter });
        }
        if let Some(at_ns) = arrivals.second_ns {
            self.post.address(letter);
            self.queue.schedule(at_ns, Event::Deliver { from, to, letter });
        }
    }
}
