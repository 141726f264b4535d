//! Agents that ask a language model: what they ask, and what comes of it.
//!
//! Belongs here: questions, prompts, reading replies, asking. Does not belong here: when an agent asks and what it does
//! with the answer (that is [`simulation`](super::simulation)), models (`ergon-models`).
//!
//! | agent type | bids | chooses among bids |
//! |---|---|---|
//! | heuristic | weighted sum with noise ([`agent`](super::agent)) | the highest |
//! | llm | every agent asks the model for its own bid | the highest |
//! | hybrid | weighted sum with noise | the coordinator asks the model to choose among the best [`SHORTLIST`] |
//!
//! A question is answered in virtual time: the simulation goes on until something could depend on the answer, which is
//! [`LEAST_LATENCY_NS`] after the question at the earliest, and then hands out all questions that are open. So what the
//! order and time of the real answers are does not matter; only the latency that a reply states enters virtual time.
//!
//! **What a model can know.** The utility U of [`utility`](super::utility) follows from the facts in the prompt. Bound
//! to a domain as an agent's judgement is, a question about a job is seen through normal noise of [`NOISE_LEFT`] times
//! the deviation of a heuristic estimate ([`noise_sd`](super::agent::noise_sd)): a simulated model of full skill judges
//! better than the heuristic, and specialization sharpens it for jobs of the agent's domain and blurs it for others.
//! These numbers are Ergon's choice. A real model sees the facts and does not see this.

mod asking;
mod prompt;
mod reply;

use ergon_domain::DecisionProblem;

pub(super) use asking::{Counsel, Fallback, Panel};
pub use asking::{Tally, Tokens};
pub(super) use prompt::{Candidate, bid_question, choice_question};

/// A hybrid coordinator lets its model choose among so many of the best bids.
pub const SHORTLIST: usize = 3;
/// Share of a heuristic's noise that is left for a model, which reads the facts.
pub const NOISE_LEFT: f64 = 0.5;
/// A reply takes effect no sooner than this after the question, nanoseconds: no model's network round trip is quicker.
pub const LEAST_LATENCY_NS: u64 = 10_000_000;

/// Who judges jobs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AgentType {
    /// A weighted sum with noise.
    Heuristic,
    /// A model bids.
    Llm,
    /// A model chooses among heuristic bids.
    Hybrid,
}

impl AgentType {
    /// All, as named in specs.
    pub const NAMES: [(&'static str, Self); 3] =
        [("heuristic", Self::Heuristic), ("llm", Self::Llm), ("hybrid", Self::Hybrid)];
}

/// How the agents of a run judge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Minds {
    /// Who judges.
    pub agent_type: AgentType,
    /// How long an agent waits for its model, nanoseconds of virtual time.
    pub patience_ns: u64,
}

impl Minds {
    /// Nobody asks a model.
    pub const HEURISTIC: Self = Self { agent_type: AgentType::Heuristic, patience_ns: 0 };

    /// The longest that an agent thinks about its bid, nanoseconds.
    pub(super) fn bid_thinking_ns(&self) -> u64 {
        if self.agent_type == AgentType::Llm { self.patience_ns.max(LEAST_LATENCY_NS) } else { 0 }
    }

    /// The longest that agents think before a proposal, nanoseconds.
    pub(super) fn thinking_ns(&self) -> u64 {
        if self.agent_type == AgentType::Heuristic { 0 } else { self.patience_ns.max(LEAST_LATENCY_NS) }
    }
}

/// What a question wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// A bid for a job, 0–1, or none.
    Bid,
    /// One of these agents.
    Choice(Vec<u32>),
}

/// A question that an agent puts to its model.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// Number of the question in its run.
    pub ticket: u32,
    /// What is wanted.
    pub wanted: Wanted,
    /// What the model is told.
    pub prompt: String,
    /// What good answers are; only a simulated model sees it.
    pub aside: DecisionProblem,
}

/// What an agent makes of an answer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Judgement {
    /// It bids this, 0–1.
    Bid(f64),
    /// It offers nothing.
    Nothing,
    /// It chooses this agent.
    Agent(u32),
    /// It falls back on the heuristic.
    Heuristic,
}

/// The end of a deliberation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Conclusion {
    /// How long after the question, nanoseconds of virtual time.
    pub after_ns: u64,
    /// What the agent does.
    pub judgement: Judgement,
}
