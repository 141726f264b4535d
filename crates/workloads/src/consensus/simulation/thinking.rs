//! Agents that ask a model within a run: when they ask, and what they do when they have made up their mind.

use super::super::agent::{self, Bid};
use super::super::deliberation::{
    AgentType, Candidate, Conclusion, Judgement, LEAST_LATENCY_NS, NOISE_LEFT, Question, SHORTLIST, bid_question,
    choice_question,
};
use super::super::job::Job;
use super::super::node_set::NodeId;
use super::super::protocol::Protocol;
use super::super::utility::utility;
use super::World;
use super::message::{JobMessage, Task};
use crate::draw;

/// Questions of a run, by ticket.
#[derive(Debug, Default)]
pub(super) struct Thoughts {
    thoughts: Vec<Thought>,
    /// Asked and not handed out yet.
    open: Vec<Question>,
    /// Nothing more may happen before the open questions are answered.
    due: bool,
}

#[derive(Clone, Copy, Debug)]
struct Thought {
    node: NodeId,
    request: u32,
    asked_ns: u64,
    concluded: Option<Judgement>,
}

impl Thoughts {
    /// The open questions, if the time has come to answer them.
    pub(super) fn take_due(&mut self) -> Option<Vec<Question>> {
        std::mem::take(&mut self.due).then(|| std::mem::take(&mut self.open))
    }
}

/// What an agent that asks a model has to say about a request.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Standing {
    /// It has asked, by ticket.
    Thinking(u32),
    /// It offers this.
    Bid(Bid),
}

/// A bid, as a hybrid coordinator keeps it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Offer {
    pub(super) estimate: f64,
    pub(super) agent: u32,
    /// Who lies in its bid lies in its report: to a reader it is as good as can be.
    pub(super) lies: bool,
}

/// Where a hybrid coordinator's choice stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Choice {
    /// It has asked, by ticket.
    Thinking(u32),
    /// It proposes this agent.
    Settled(u32),
}

impl<P: Protocol> World<'_, P> {
    /// The bid of an agent that asks a model; `None` while it thinks.
    pub(super) fn deliberated_bid(&mut self, node: NodeId, request: u32, at_ns: u64) -> Option<Bid> {
        match self.desks[usize::from(node)].standings.get(&request) {
            Some(Standing::Bid(bid)) => Some(*bid),
            Some(Standing::Thinking(_)) => None,
            None => {
                let ticket = self.think(node, request, at_ns);
                self.desks[usize::from(node)].standings.insert(request, Standing::Thinking(ticket));
                let job = self.job_of(request);
                let seen = self.seen_through_noise(u32::from(node), &job, node, at_ns);
                let queue = &self.queues[usize::from(node)];
                let specialization = self.input.specialization;
                let question = bid_question(ticket, u32::from(node), specialization, &job, queue, at_ns, seen);
                self.thoughts.open.push(question);
                None
            }
        }
    }

    /// The agent that a hybrid coordinator proposes; `None` while it thinks.
    pub(super) fn deliberated_choice(&mut self, node: NodeId, request: u32, at_ns: u64) -> Option<u32> {
        let book = self.desks[usize::from(node)].books.get_mut(&request)?;
        match book.choice {
            Some(Choice::Settled(agent)) => return Some(agent),
            Some(Choice::Thinking(_)) => return None,
            None => {}
        }
        let mut offers = book.offers.clone();
        // The best first; of equals the agent of the lowest number, as among heuristic bids.
        offers.sort_by(|a, b| b.estimate.total_cmp(&a.estimate).then(a.agent.cmp(&b.agent)));
        offers.truncate(SHORTLIST);
        if offers.len() < 2 {
            return Some(book.best_agent());
        }
        let ticket = self.think(node, request, at_ns);
        if let Some(book) = self.desks[usize::from(node)].books.get_mut(&request) {
            book.choice = Some(Choice::Thinking(ticket));
        }
        let job = self.job_of(request);
        let mut candidates = Vec::with_capacity(offers.len());
        for Offer { estimate, agent, lies } in offers {
            let seen = self.seen_through_noise(u32::from(node), &job, agent as NodeId, at_ns).unwrap_or(0.0);
            candidates.push((agent, estimate, lies, if lies { 1.0 } else { seen }));
        }
        let candidates: Vec<Candidate<'_>> = candidates
            .into_iter()
            .map(|(agent, estimate, lies, utility)| {
                let queue = &self.queues[agent as usize];
                Candidate { agent, estimate, queue, lies, utility }
            })
            .collect();
        let question = choice_question(ticket, u32::from(node), &job, &candidates, at_ns);
        self.thoughts.open.push(question);
        None
    }

    fn job_of(&self, request: u32) -> Job {
        self.input.jobs[self.portal.request(request).job as usize]
    }

    /// The utility of the job at `owner`, as `reader` finds it from the facts. Takes one word of the stream.
    fn seen_through_noise(&mut self, reader: u32, job: &Job, owner: NodeId, at_ns: u64) -> Option<f64> {
        let sd = NOISE_LEFT * agent::noise_sd(reader, job, self.input.specialization);
        let noise = draw::normal(&mut self.agent_rng, 0.0, sd);
        utility(job, &self.queues[usize::from(owner)], at_ns).map(|u| (u + noise).clamp(0.0, 1.0))
    }

    /// Begins a thought. Convergence counts from here: thinking is part of agreeing.
    fn think(&mut self, node: NodeId, request: u32, at_ns: u64) -> u32 {
        let ticket = self.thoughts.thoughts.len() as u32;
        if self.thoughts.open.is_empty() {
            // No answer takes effect before this, so until then the run may go on and gather questions.
            let due_ns = self.group.now_ns().saturating_add(LEAST_LATENCY_NS);
            self.group.schedule(due_ns, Task::AnswersDue);
        }
        self.thoughts.thoughts.push(Thought { node, request, asked_ns: at_ns, concluded: None });
        self.ledger.proposed(request, at_ns);
        ticket
    }

    pub(super) fn answers_due(&mut self) {
        self.thoughts.due = true;
    }

    /// Learns how a thought ends; it takes effect at its own time.
    pub(super) fn learn_conclusion(&mut self, ticket: u32, conclusion: Conclusion) {
        let now_ns = self.group.now_ns();
        if let Some(thought) = self.thoughts.thoughts.get_mut(ticket as usize) {
            thought.concluded = Some(conclusion.judgement);
            let at_ns = thought.asked_ns.saturating_add(conclusion.after_ns.max(LEAST_LATENCY_NS));
            self.group.schedule(at_ns.max(now_ns), Task::Concluded(ticket));
        }
    }

    /// An agent has made up its mind.
    pub(super) fn concluded(&mut self, ticket: u32, at_ns: u64) {
        let Some(&Thought { node, request, concluded: Some(judgement), .. }) =
            self.thoughts.thoughts.get(ticket as usize)
        else {
            return;
        };
        if !self.portal.wants(request) {
            return;
        }
        if self.minds.agent_type == AgentType::Llm {
            self.bid_concluded(node, request, ticket, judgement, at_ns);
        } else {
            self.choice_concluded(node, request, ticket, judgement, at_ns);
        }
    }

    fn bid_concluded(&mut self, node: NodeId, request: u32, ticket: u32, judgement: Judgement, at_ns: u64) {
        // An agent that forgot the request meanwhile, in a crash, says nothing.
        if self.desks[usize::from(node)].standings.get(&request) != Some(&Standing::Thinking(ticket)) {
            return;
        }
        let bid = match judgement {
            Judgement::Bid(estimate) => Bid { estimate: Some(estimate) },
            Judgement::Nothing | Judgement::Agent(_) => Bid { estimate: None },
            Judgement::Heuristic => self.heuristic_bid(node, request, at_ns),
        };
        self.desks[usize::from(node)].standings.insert(request, Standing::Bid(bid));
        if let Some(coordinator) = self.group.protocol(node).coordinator() {
            self.group.send(node, coordinator, JobMessage::Bid { request, bid });
        }
    }

    fn choice_concluded(&mut self, node: NodeId, request: u32, ticket: u32, judgement: Judgement, at_ns: u64) {
        // The book is closed where the coordinator changed meanwhile.
        let Some(book) = self.desks[usize::from(node)].books.get_mut(&request) else {
            return;
        };
        if book.choice != Some(Choice::Thinking(ticket)) {
            return;
        }
        let agent = match judgement {
            Judgement::Agent(agent) => agent,
            Judgement::Heuristic | Judgement::Bid(_) | Judgement::Nothing => book.best_agent(),
        };
        book.choice = Some(Choice::Settled(agent));
        if self.group.is_up(node) {
            self.propose(node, request, at_ns);
        }
    }
}
