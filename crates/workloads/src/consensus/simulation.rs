//! One run: jobs arrive, agents agree on where each goes, and the chosen agent's queue runs it.
//!
//! How a job is agreed on:
//! 1. On submission the portal sends the job to all agents, and again, at doubling intervals, until it
//!    hears that an agent took it or refused it.
//! 2. Every agent sends its bid to the coordinator it knows: the primary of PBFT, the leader of Raft.
//! 3. The coordinator proposes the best bidder as the value to agree on, when all agents have bid or
//!    when it has waited for 4 mean one-way delays, three times as long where nobody has offered to take
//!    the job yet. If nobody can take it, that is proposed.
//! 4. The chosen agent takes the job into its queue when it executes the decision itself. A decision for
//!    a job that was answered before changes nothing.
//! 5. If the chosen agent refuses (it lied, or the decision was a liar's), or does not answer within two
//!    timeouts after the portal knows of the decision, or loses its queue in a crash, the portal asks
//!    **once** more, without that agent. A job that is not placed then counts as not placed.
//!
//! A request expires when it is not decided within the portal's patience: 100 timeouts, at least 60 s, and
//! as long as agents may wait for their model.
//! An agent that crashes keeps its running jobs (nodes do not stop with their scheduler); jobs waiting
//! there stay until it recovers, or go back to the portal if it never does or forgets them.
//!
//! `simulation_time` bounds arrivals; the run then drains until every job has ended or is given up.

mod desk;
mod incidents;
mod kind;
mod ledger;
mod message;
mod opinions;
mod outcome;
mod portal;
mod thinking;

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

use super::accounting;
use super::cluster::{Cluster, ClusterError};
use super::deliberation::{Conclusion, Minds, Question};
use super::faults::{FaultPlan, FaultRecord, FaultScene, FaultSettings};
use super::group::{Group, Happened};
use super::job::{Job, nanoseconds, seconds};
use super::kernel::{Pace, Stopped};
use super::network::{Network, NetworkProfile};
use super::node_set::{MAX_NODES, NodeId};
use super::protocol::hotstuff::{HotStuff, HotStuffSettings};
use super::protocol::multi_paxos::MultiPaxos;
use super::protocol::negotiation::{Bargaining, Negotiation, NegotiationSettings};
use super::protocol::pbft::{Pbft, PbftSettings};
use super::protocol::raft::Raft;
use super::protocol::tendermint::{Tendermint, TendermintSettings};
use super::protocol::weighted::{Weighted, WeightedSettings};
use super::protocol::{ByzantineQuorum, Milestone, Protocol, byzantine_bound};
use super::queue::{LocalQueue, Policy};
use super::replay::Placement;

use desk::Desk;
use ledger::Ledger;
use message::{JobMessage, Task};
use portal::Portal;
use thinking::Thoughts;

pub use kind::ProtocolKind;
pub use outcome::{FaultRecovery, RECOVERED_RUN, RECOVERED_WITHIN, SimulationOutcome};

/// Time an agent takes for one message: receiving, checking a signature or code, sending. Nanoseconds.
pub const PROCESSING_NS: u64 = 5_000;
/// A coordinator waits for bids so many mean one-way delays.
pub const BID_DELAYS: f64 = 4.0;
/// The automatic timeout in mean one-way delays.
pub const TIMEOUT_DELAYS: f64 = 20.0;
/// The automatic timeout is at least this long, seconds (the lower end of Raft's 150–300 ms).
pub const TIMEOUT_FLOOR_S: f64 = 0.150;
/// Raft's election base is at least so many mean one-way delays.
pub const ELECTION_DELAYS: f64 = 10.0;
/// Patience of the portal, in timeouts.
pub const PATIENCE_TIMEOUTS: f64 = 100.0;
/// Patience of the portal, at least, seconds.
pub const PATIENCE_FLOOR_S: f64 = 60.0;

/// All that decides a run, but for the random streams.
#[derive(Clone, Debug)]
pub struct SimulationInput<'a> {
    /// Number of agents, 1–255.
    pub agents: usize,
    /// Which protocol.
    pub protocol: ProtocolKind,
    /// Size of a quorum of PBFT.
    pub quorum: ByzantineQuorum,
    /// How agents bargain in negotiation.
    pub bargaining: Bargaining,
    /// The healthy network.
    pub network: NetworkProfile,
    /// How long a request may take before the coordinator is suspected. Raft: base of the election
    /// timeout, raised to 10 mean one-way delays. `None`: 20 mean one-way delays, at least 0.15 s.
    pub timeout_s: Option<f64>,
    /// Time an agent takes for each message, nanoseconds; usually [`PROCESSING_NS`].
    pub processing_ns: u64,
    /// Share of an agent's nodes and judgement bound to one domain, 0–1.
    pub specialization: f64,
    /// What goes wrong.
    pub faults: FaultSettings,
    /// What goes wrong besides, fault by fault.
    pub fault_records: Vec<FaultRecord>,
    /// Jobs by time of submission.
    pub jobs: &'a [Job],
    /// Jobs arrive up to here, and fault times are shares of it, seconds.
    pub simulation_time_s: f64,
    /// Order of the local queues.
    pub policy: Policy,
    /// Events after which the run fails.
    pub event_limit: u64,
}

/// Random streams, each for one purpose.
#[derive(Clone, Debug)]
pub struct SimulationStreams {
    /// Delays and losses of the healthy network.
    pub network: ChaCha8Rng,
    /// Which agents fail and what faulty links and liars do.
    pub faults: ChaCha8Rng,
    /// Noise of the agents' estimates.
    pub agents: ChaCha8Rng,
    /// The protocol's timers.
    pub timers: ChaCha8Rng,
}

/// Why a run has no outcome.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SimulationError {
    /// Limit or cancellation.
    #[error(transparent)]
    Stopped(#[from] Stopped),
    /// The cluster cannot be built.
    #[error(transparent)]
    Cluster(#[from] ClusterError),
    /// Too many agents for a set.
    #[error("{0} agents are too many; a group has at most 255")]
    TooManyAgents(usize),
}

/// How far a simulation has come.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// It can't go on before these questions are answered. They may be asked in any order and at the same time.
    NeedsDecision(Vec<Question>),
    /// It has ended.
    Done(Box<SimulationOutcome>),
}

/// A simulation under way, whatever its protocol.
pub trait Simulation: Send {
    /// Goes on, to the end or to the next questions.
    ///
    /// # Errors
    /// It was cancelled or reached its limit.
    fn advance(&mut self) -> Result<Step, SimulationError>;

    /// Answers a question. All questions of a step are to be answered, in their order, before the next.
    fn conclude(&mut self, ticket: u32, conclusion: Conclusion);
}

/// Sets a simulation up. `checkpoint` is called every few thousand events; `false` cancels.
///
/// # Errors
/// The group can't be built.
pub fn open<'a>(
    input: &'a SimulationInput<'a>,
    minds: Minds,
    streams: SimulationStreams,
    checkpoint: &'a mut (dyn FnMut() -> bool + Send),
) -> Result<Box<dyn Simulation + 'a>, SimulationError> {
    // The portal is an endpoint of its own.
    if input.agents >= MAX_NODES {
        return Err(SimulationError::TooManyAgents(input.agents));
    }
    let times = Times::of(input, &minds);
    Ok(match input.protocol {
        ProtocolKind::Bft => {
            let settings = PbftSettings { quorum: input.quorum, ..PbftSettings::new(input.agents, times.timeout_ns) };
            let witness = byzantine_bound(input.agents) + 1;
            Box::new(World::new(input, minds, times, Pbft::group(settings), witness, streams, checkpoint)?)
        }
        ProtocolKind::Raft => {
            let servers = Raft::group(input.agents, times.timeout_ns);
            Box::new(World::new(input, minds, times, servers, 1, streams, checkpoint)?)
        }
        ProtocolKind::Weighted => {
            let cluster = Cluster::new(input.agents as u32, input.specialization)?;
            let settings = WeightedSettings { capabilities: cluster.capabilities(), timeout_ns: times.timeout_ns };
            let witness = byzantine_bound(input.agents) + 1;
            Box::new(World::new(input, minds, times, Weighted::group(settings), witness, streams, checkpoint)?)
        }
        ProtocolKind::Negotiation => {
            let (agents, bargaining) = (input.agents, input.bargaining);
            let settings = NegotiationSettings { agents, bargaining, timeout_ns: times.timeout_ns };
            Box::new(World::new(input, minds, times, Negotiation::group(settings), 1, streams, checkpoint)?)
        }
        ProtocolKind::MultiPaxos => {
            let agents = MultiPaxos::group(input.agents, times.timeout_ns);
            Box::new(World::new(input, minds, times, agents, 1, streams, checkpoint)?)
        }
        ProtocolKind::HotStuff => {
            let (agents, quorum) = (input.agents, ByzantineQuorum::Intersecting);
            let settings = HotStuffSettings { agents, quorum, timeout_ns: times.timeout_ns };
            let witness = byzantine_bound(agents) + 1;
            Box::new(World::new(input, minds, times, HotStuff::group(settings), witness, streams, checkpoint)?)
        }
        ProtocolKind::Tendermint => {
            let (agents, quorum) = (input.agents, ByzantineQuorum::Intersecting);
            let settings = TendermintSettings { agents, quorum, timeout_ns: times.timeout_ns };
            let witness = byzantine_bound(agents) + 1;
            Box::new(World::new(input, minds, times, Tendermint::group(settings), witness, streams, checkpoint)?)
        }
    })
}

/// Runs a simulation of heuristic agents to its end.
///
/// # Errors
/// The group can't be built, or the run was cancelled or reached its limit.
pub fn simulate(
    input: &SimulationInput<'_>,
    streams: SimulationStreams,
    checkpoint: &mut (dyn FnMut() -> bool + Send),
) -> Result<SimulationOutcome, SimulationError> {
    let mut simulation = open(input, Minds::HEURISTIC, streams, checkpoint)?;
    loop {
        // Heuristic agents ask nothing, so the first step is the last.
        if let Step::Done(outcome) = simulation.advance()? {
            return Ok(*outcome);
        }
    }
}

/// Times that follow from the network and the settings, nanoseconds.
#[derive(Clone, Copy, Debug)]
struct Times {
    mean_delay_ns: u64,
    timeout_ns: u64,
    bid_wait_ns: u64,
    patience_ns: u64,
    /// The portal asks again after this, at first.
    resend_ns: u64,
}

impl Times {
    fn of(input: &SimulationInput<'_>, minds: &Minds) -> Self {
        let mean_s = input.network.delay.mean_s.max(0.0);
        // Raft's timeout is for heartbeats, which a leader that thinks goes on sending.
        let thinking_s = seconds(minds.thinking_ns());
        let waited_s = if input.protocol == ProtocolKind::Raft { 0.0 } else { thinking_s };
        let automatic_s = (TIMEOUT_DELAYS * mean_s).max(TIMEOUT_FLOOR_S) + waited_s;
        let asked_s = input.timeout_s.unwrap_or(automatic_s);
        let timeout_s = match input.protocol {
            ProtocolKind::Raft => asked_s.max(ELECTION_DELAYS * mean_s),
            _ => asked_s,
        };
        Self {
            mean_delay_ns: nanoseconds(mean_s),
            timeout_ns: nanoseconds(timeout_s).max(1),
            bid_wait_ns: nanoseconds(BID_DELAYS * mean_s).max(1),
            patience_ns: nanoseconds((PATIENCE_TIMEOUTS * timeout_s).max(PATIENCE_FLOOR_S) + thinking_s),
            // Agents that think are not reminded before they can have answered.
            resend_ns: nanoseconds(timeout_s.max(thinking_s)).max(1),
        }
    }
}

/// Everything there is in a run.
struct World<'a, P: Protocol> {
    input: &'a SimulationInput<'a>,
    minds: Minds,
    times: Times,
    group: Group<'a, P, JobMessage>,
    plan: FaultPlan,
    active_faults: Vec<bool>,
    portal: Portal,
    desks: Vec<Desk>,
    queues: Vec<LocalQueue>,
    placements: Vec<Placement>,
    capacity_cores: u64,
    ledger: Ledger,
    agent_rng: ChaCha8Rng,
    belief_rng: ChaCha8Rng,
    thoughts: Thoughts,
    /// Set when the last job has ended.
    settled: bool,
}

impl<'a, P: Protocol> World<'a, P> {
    fn new(
        input: &'a SimulationInput<'a>,
        minds: Minds,
        times: Times,
        protocols: Vec<P>,
        witness: usize,
        mut streams: SimulationStreams,
        checkpoint: &'a mut (dyn FnMut() -> bool + Send),
    ) -> Result<Self, SimulationError> {
        let agents = input.agents;
        let cluster = Cluster::new(agents as u32, input.specialization)?;
        let capacity_cores = cluster.capacity().cores;
        let queue = |partition| LocalQueue::new(partition, input.policy);
        let link_rng = ChaCha8Rng::seed_from_u64(streams.faults.next_u64());
        let scene = FaultScene {
            agents,
            simulation_ns: nanoseconds(input.simulation_time_s),
            mean_delay_ns: times.mean_delay_ns,
            timeout_ns: times.timeout_ns,
        };
        let mut plan = FaultPlan::draw(&input.faults, &scene, &mut streams.faults);
        plan.add_records(&input.fault_records, &scene, &mut streams.faults);
        let network = Network::new(agents + 1, &input.network, streams.network, link_rng);
        let pace = Pace::new(input.event_limit, checkpoint);
        let mut group = Group::new(protocols, network, streams.timers, pace);
        for node in 0..agents as NodeId {
            group.set_processing(node, input.processing_ns);
        }
        for (index, fault) in plan.faults.iter().enumerate() {
            group.schedule(fault.onset_ns, Task::FaultBegins(index as u32));
            if fault.end_ns < u64::MAX {
                group.schedule(fault.end_ns, Task::FaultEnds(index as u32));
            }
        }
        for (index, job) in input.jobs.iter().enumerate() {
            group.schedule(job.submit_ns, Task::Submit(index as u32));
        }
        Ok(Self {
            minds,
            times,
            group,
            active_faults: vec![false; plan.faults.len()],
            ledger: Ledger::new(agents, plan.liars),
            plan,
            portal: Portal::new(input.jobs.len(), witness),
            desks: vec![Desk::default(); agents],
            queues: cluster.into_partitions().into_iter().map(queue).collect(),
            placements: Vec::with_capacity(input.jobs.len()),
            capacity_cores,
            belief_rng: streams.agents.clone(),
            agent_rng: streams.agents,
            thoughts: Thoughts::default(),
            settled: false,
            input,
        })
    }

    fn advance_to_questions(&mut self) -> Result<Step, SimulationError> {
        while !self.settled {
            if let Some(questions) = self.thoughts.take_due() {
                return Ok(Step::NeedsDecision(questions));
            }
            let Some(notice) = self.group.advance()? else {
                break;
            };
            let at_ns = notice.at_ns;
            match notice.what {
                Happened::Arrived { from, to, message } if to == self.group.portal() => {
                    self.at_portal(from, message, at_ns);
                }
                Happened::Arrived { from, to, message } => self.at_desk(to, from, message, at_ns),
                Happened::Decided { node, position, value } => self.on_decision(node, position, value, at_ns),
                Happened::Coordinator { node, coordinator } => self.on_coordinator(node, coordinator),
                Happened::Passed { node, milestone } => {
                    self.ledger.passed(node, milestone);
                    if let Milestone::Impasse(request) = milestone {
                        self.desks[usize::from(node)].reopen(request);
                    }
                }
                Happened::Considering { node, value } => self.on_considering(node, value, at_ns),
                Happened::Due { task } => self.on_task(task, at_ns),
            }
        }
        Ok(Step::Done(Box::new(self.outcome())))
    }

    fn on_task(&mut self, task: Task, at_ns: u64) {
        match task {
            Task::Submit(job) => self.submit(job, at_ns),
            Task::Resend(request) => self.resend(request),
            Task::Expire(request) => self.expire(request),
            Task::AnswerDue(request) => self.answer_due(request),
            Task::BidsDue { node, request } => self.bids_due(node, request, at_ns),
            Task::JobEnds { agent, job_id } => self.job_ends(agent, job_id, at_ns),
            Task::FaultBegins(fault) => self.fault_begins(fault as usize, at_ns),
            Task::FaultEnds(fault) => self.fault_ends(fault as usize, at_ns),
            Task::AnswersDue => self.answers_due(),
            Task::Concluded(ticket) => self.concluded(ticket, at_ns),
            Task::Settle => self.settled = self.portal.is_finished(),
        }
    }

    /// Gathers what the run shows.
    fn outcome(&self) -> SimulationOutcome {
        let placements = &self.placements;
        let submitted = self.input.jobs.len();
        let placed = placements.len();
        let decided = self.portal.jobs_decided(&self.ledger);
        let traffic = self.group.traffic();
        let decisions = self.ledger.decisions();
        let per_decision = |total: u64| (decisions > 0).then(|| total as f64 / decisions as f64);
        let share = |part: usize| (submitted > 0).then(|| 100.0 * part as f64 / submitted as f64);
        let end_ns = self.group.now_ns();
        // Faults planned for after the end did not happen.
        let onset_ns = self.plan.onset_ns().filter(|&onset_ns| onset_ns <= end_ns);
        SimulationOutcome {
            consensus_success_rate: share(placed),
            convergence_time_s: self.ledger.convergence_s(),
            commit_latency_s: self.ledger.commit_latency_s(),
            system_throughput_jobs_per_h: accounting::throughput_per_h(placements, 0),
            fault_recovery: outcome::recovery(onset_ns, &self.ledger, &self.portal, end_ns),
            resource_utilization: accounting::utilisation(placements, self.capacity_cores, 0).map(|u| 100.0 * u),
            decision_quality_score: self.ledger.quality(|_| true),
            quality_in_domain: self.ledger.quality(|q| q.in_domain),
            quality_out_of_domain: self.ledger.quality(|q| !q.in_domain),
            messages_per_decision: per_decision(traffic.messages()),
            bytes_per_decision: per_decision(traffic.bytes),
            view_changes: self.ledger.view_changes(),
            elections: self.ledger.elections(),
            mean_wait_s: accounting::mean_wait_s(placements),
            bounded_slowdown: accounting::mean_bounded_slowdown(placements),
            completions_per_minute: accounting::completions_per_minute(placements, 0, outcome::MINUTES),
            safety_violations: self.ledger.violations(),
            faulty_agents: onset_ns.map_or(0, |_| self.plan.faulty.len()),
            submitted,
            decided,
            placed,
            decisions,
            messages: traffic.messages(),
            bytes: traffic.bytes,
            events: self.group.processed(),
            negotiation_rounds: per_decision(self.ledger.rounds),
            impasses: self.ledger.impasses,
            missed_deadlines: self.ledger.missed_deadlines,
            reputation_spread: self.reputation_spread(),
            end_ns,
        }
    }

    /// Highest − lowest reputation, by the honest agent that has decided most.
    fn reputation_spread(&self) -> Option<f64> {
        let honest = (0..self.group.len() as NodeId).filter(|&node| !self.plan.liars.contains(node));
        let known = honest.filter_map(|node| self.group.protocol(node).reputations());
        let (_, reputations) = known.reduce(|most, next| if next.0 > most.0 { next } else { most })?;
        let highest = reputations.iter().copied().reduce(f64::max)?;
        let lowest = reputations.iter().copied().reduce(f64::min)?;
        Some(highest - lowest)
    }
}

impl<P: Protocol> Simulation for World<'_, P> {
    fn advance(&mut self) -> Result<Step, SimulationError> {
        self.advance_to_questions()
    }

    fn conclude(&mut self, ticket: u32, conclusion: Conclusion) {
        self.learn_conclusion(ticket, conclusion);
    }
}
