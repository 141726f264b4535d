//! What an agent does about jobs: bidding, proposing, taking.

use std::collections::{BTreeMap, BTreeSet};

use super::super::agent::{self, Bid};
use super::super::cluster::Cluster;
use super::super::deliberation::AgentType;
use super::super::node_set::{NodeId, NodeSet};
use super::super::protocol::{Protocol, Value};
use super::super::queue::Start;
use super::super::replay::Placement;
use super::super::utility::{DecisionQuality, utility};
use super::World;
use super::ledger::Quality;
use super::message::{JobMessage, NOWHERE, Task};
use super::thinking::{Choice, Offer, Standing};

/// Bids for one request.
#[derive(Clone, Debug, Default)]
pub(super) struct Book {
    /// The best so far: (estimate, turn, agent); of equals the lowest turn.
    best: Option<(f64, u32, u32)>,
    /// All, where a model chooses among them.
    pub(super) offers: Vec<Offer>,
    /// What the model makes of them.
    pub(super) choice: Option<Choice>,
    bidders: NodeSet,
    /// Nobody could take the job in time, so the wait was prolonged.
    prolonged: bool,
}

impl Book {
    /// Who bids highest.
    pub(super) fn best_agent(&self) -> u32 {
        self.best.map_or(NOWHERE, |(_, _, agent)| agent)
    }
}

/// What one agent knows of requests.
#[derive(Clone, Debug, Default)]
pub(super) struct Desk {
    /// Known and not decided here.
    open: BTreeSet<u32>,
    /// Decided here.
    decided: BTreeMap<u32, u32>,
    pub(super) books: BTreeMap<u32, Book>,
    /// What it has to say about requests, where it asks a model.
    pub(super) standings: BTreeMap<u32, Standing>,
}

impl Desk {
    /// Bids on this request are to be collected anew.
    pub(super) fn reopen(&mut self, request: u32) {
        self.books.remove(&request);
    }

    pub(super) fn forget(&mut self, request: u32) {
        self.open.remove(&request);
        self.books.remove(&request);
        self.standings.remove(&request);
    }
}

impl<P: Protocol> World<'_, P> {
    pub(super) fn at_desk(&mut self, node: NodeId, from: NodeId, message: JobMessage, at_ns: u64) {
        match message {
            JobMessage::Request(request) => self.on_request(node, request, at_ns),
            JobMessage::Bid { request, bid } => self.on_bid(node, from, request, bid, at_ns),
            JobMessage::Verdict(verdict) => self.group.verdict(node, verdict),
            JobMessage::Reply(_) | JobMessage::Taken(_) | JobMessage::Refused(_) => {}
        }
    }

    fn on_request(&mut self, node: NodeId, request: u32, at_ns: u64) {
        if let Some(&choice) = self.desks[usize::from(node)].decided.get(&request) {
            self.reply(node, Value { request, choice });
            self.take(node, request, choice, at_ns);
        } else if self.portal.wants(request) {
            self.learn(node, request);
            self.offer(node, request, at_ns);
        }
    }

    fn learn(&mut self, node: NodeId, request: u32) {
        if self.desks[usize::from(node)].open.insert(request) {
            self.group.request(node, request);
        }
    }

    /// Sends a bid to the coordinator, where one is known.
    fn offer(&mut self, node: NodeId, request: u32, at_ns: u64) {
        let Some(coordinator) = self.group.protocol(node).coordinator() else {
            return;
        };
        let bid = match self.minds.agent_type {
            AgentType::Heuristic | AgentType::Hybrid => Some(self.heuristic_bid(node, request, at_ns)),
            AgentType::Llm => self.deliberated_bid(node, request, at_ns),
        };
        if let Some(bid) = bid {
            self.group.send(node, coordinator, JobMessage::Bid { request, bid });
        }
    }

    pub(super) fn heuristic_bid(&mut self, node: NodeId, request: u32, at_ns: u64) -> Bid {
        let job = &self.input.jobs[self.portal.request(request).job as usize];
        let queue = &self.queues[usize::from(node)];
        agent::bid(u32::from(node), job, queue, self.input.specialization, at_ns, &mut self.agent_rng)
    }

    fn on_bid(&mut self, node: NodeId, from: NodeId, request: u32, bid: Bid, at_ns: u64) {
        let desk = &self.desks[usize::from(node)];
        if desk.decided.contains_key(&request) || !self.portal.wants(request) {
            return;
        }
        // A bid tells of a request that did not arrive itself.
        self.learn(node, request);
        if self.group.protocol(node).coordinator() != Some(node) {
            return;
        }
        let asked = self.portal.request(request);
        let (excluded, sent_ns) = (asked.excluded, asked.sent_ns);
        let job = &self.input.jobs[asked.job as usize];
        let impossible = P::REJECTS && self.queues[usize::from(from)].partition().fewest_nodes(job).is_none();
        let trust = self.group.protocol(node).trust(from);
        let desk = &mut self.desks[usize::from(node)];
        if !desk.books.contains_key(&request) {
            let thought_ns = sent_ns.saturating_add(self.minds.bid_thinking_ns());
            let due_ns = at_ns.max(thought_ns).saturating_add(self.times.bid_wait_ns);
            self.group.schedule(due_ns, Task::BidsDue { node, request });
        }
        let book = desk.books.entry(request).or_default();
        let bidder = u32::from(from);
        if book.bidders.insert(from)
            && let Some(estimate) = bid.estimate.filter(|_| excluded != Some(bidder) && !impossible).map(|e| e * trust)
        {
            if self.minds.agent_type == AgentType::Hybrid {
                book.offers.push(Offer { estimate, agent: bidder, lies: bid == Bid::LIE });
            }
            // Models bid in steps, so that equals are common: each agent has its turn to win.
            let turn = match self.minds.agent_type {
                AgentType::Llm => (bidder + request) % self.input.agents as u32,
                AgentType::Heuristic | AgentType::Hybrid => bidder,
            };
            if book.best.is_none_or(|best| (estimate, best.1) > (best.0, turn)) {
                book.best = Some((estimate, turn, bidder));
            }
        }
        if book.bidders.len() == self.input.agents {
            self.propose(node, request, at_ns);
        }
    }

    pub(super) fn bids_due(&mut self, node: NodeId, request: u32, at_ns: u64) {
        if !self.group.is_up(node) || !self.portal.wants(request) {
            return;
        }
        let Some(book) = self.desks[usize::from(node)].books.get_mut(&request) else {
            return;
        };
        if book.best.is_none() && !std::mem::replace(&mut book.prolonged, true) {
            let due_ns = at_ns.saturating_add(self.times.bid_wait_ns.saturating_mul(2));
            self.group.schedule(due_ns, Task::BidsDue { node, request });
        } else {
            self.propose(node, request, at_ns);
        }
    }

    pub(super) fn propose(&mut self, node: NodeId, request: u32, at_ns: u64) {
        let choice = match self.minds.agent_type {
            AgentType::Heuristic | AgentType::Llm => {
                self.desks[usize::from(node)].books.get(&request).map(Book::best_agent)
            }
            AgentType::Hybrid => self.deliberated_choice(node, request, at_ns),
        };
        let Some(choice) = choice else {
            return;
        };
        if self.group.propose(node, Value { request, choice }) {
            self.ledger.proposed(request, at_ns);
        }
    }

    /// Tells a new coordinator what is open here.
    pub(super) fn on_coordinator(&mut self, node: NodeId, coordinator: Option<NodeId>) {
        let desk = &mut self.desks[usize::from(node)];
        desk.books.clear();
        if coordinator.is_some() {
            let now_ns = self.group.now_ns();
            for request in desk.open.clone() {
                self.offer(node, request, now_ns);
            }
        }
    }

    pub(super) fn on_decision(&mut self, node: NodeId, position: u64, value: Value, at_ns: u64) {
        self.ledger.decided(node, position, value);
        let Some(asked) = self.portal.requests().get(value.request as usize) else {
            return;
        };
        let job = asked.job;
        let desk = &mut self.desks[usize::from(node)];
        desk.forget(value.request);
        if desk.decided.insert(value.request, value.choice).is_some() {
            return;
        }
        if self.ledger.committed(node, value, at_ns) {
            self.judge(job, value.choice, at_ns);
        }
        self.reply(node, value);
        self.take(node, value.request, value.choice, at_ns);
    }

    fn reply(&mut self, node: NodeId, value: Value) {
        if self.group.protocol(node).replies() {
            let portal = self.group.portal();
            self.group.send(node, portal, JobMessage::Reply(value));
        }
    }

    /// Compares a decision with the best and the worst there could be, in the true state.
    fn judge(&mut self, job: u32, choice: u32, at_ns: u64) {
        let job = &self.input.jobs[job as usize];
        let utilities: Vec<Option<f64>> = self.queues.iter().map(|queue| utility(job, queue, at_ns)).collect();
        if let Some(score) = DecisionQuality::of(&utilities, choice as usize).score() {
            let in_domain = (choice as usize) < self.input.agents && Cluster::own_domain(choice) == job.domain;
            self.ledger.judged(Quality { score, in_domain });
        }
    }

    /// Takes a job in, if this agent is the chosen one and the job still wants a place.
    fn take(&mut self, node: NodeId, request: u32, choice: u32, at_ns: u64) {
        if choice != u32::from(node) || !self.portal.wants(request) || !self.group.is_up(node) {
            return;
        }
        let portal = self.group.portal();
        let job = self.input.jobs[self.portal.request(request).job as usize];
        match self.queues[usize::from(node)].submit(job, at_ns) {
            Ok(starts) => {
                self.portal_taken(request, node);
                self.start(node, &starts);
            }
            Err(_) => self.group.send(node, portal, JobMessage::Refused(request)),
        }
    }

    fn portal_taken(&mut self, request: u32, node: NodeId) {
        self.taken(request);
        let portal = self.group.portal();
        self.group.send(node, portal, JobMessage::Taken(request));
    }

    pub(super) fn start(&mut self, agent: NodeId, starts: &[Start]) {
        for start in starts {
            let job = self.job_index(start.job_id).map(|index| &self.input.jobs[index]);
            let Some(job) = job else { continue };
            self.placements.push(Placement {
                job_id: job.id,
                submit_ns: job.submit_ns,
                start_ns: start.start_ns,
                end_ns: start.end_ns,
                cores: job.cores,
            });
            self.group.schedule(start.end_ns, Task::JobEnds { agent, job_id: start.job_id });
            let (requested, waited) =
                (job.requested_ns.max(1) as f64, start.start_ns.saturating_sub(job.submit_ns) as f64);
            if let Some(request) = self.job_index(start.job_id).and_then(|index| self.portal.last_request(index)) {
                self.attest(request, u32::from(agent), requested / (requested + waited));
            }
        }
    }

    pub(super) fn job_index(&self, job_id: u32) -> Option<usize> {
        self.input.jobs.binary_search_by_key(&job_id, |job| job.id).ok()
    }

    pub(super) fn job_ends(&mut self, agent: NodeId, job_id: u32, at_ns: u64) {
        let queue = &mut self.queues[usize::from(agent)];
        let _running_until_now = queue.finished(job_id);
        if self.group.is_up(agent) {
            let starts = queue.schedule(at_ns);
            self.start(agent, &starts);
        }
        if let Some(index) = self.job_index(job_id) {
            self.ended(index as u32);
        }
    }

    /// An agent lost its memory: nothing is known or open.
    pub(super) fn clear_desk(&mut self, node: NodeId) {
        self.desks[usize::from(node)] = Desk::default();
    }
}
