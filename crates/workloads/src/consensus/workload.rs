//! The workload port: prepares traces once, runs conditions, reports measurements.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use ergon_domain::{
    Cancelled, Condition, FailureClass, InputError, Inputs, Manifest, Measurement, Observed, Outcome, ParameterName,
    Prepared, Provenance, RunContext, RunError, SIMULATED_MODEL, Workload,
};

use super::deliberation::{AgentType, Panel, Tally, Tokens};
use super::kernel::Stopped;
use super::manifest::{self, STREAM_AGENTS, STREAM_FAULTS, STREAM_JOBS, STREAM_NETWORK, STREAM_TIMERS};
use super::settings::Reader;
use super::simulation::{
    FaultRecovery, SimulationError, SimulationInput, SimulationOutcome, SimulationStreams, Step, open,
};
use super::swf::Trace;

/// Scheduling agents that agree on where jobs go.
pub struct ConsensusWorkload {
    manifest: Manifest,
}

impl ConsensusWorkload {
    /// The workload; it has no settings.
    pub fn new() -> Self {
        Self { manifest: manifest::manifest() }
    }
}

impl Default for ConsensusWorkload {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl Workload for ConsensusWorkload {
    fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    fn check(&self, condition: &Condition) -> Result<(), (ParameterName, String)> {
        let at = |name: &str, message: String| Err((ParameterName::new(name), message));
        if condition.text("job_source") == Some("swf") && condition.text("job_source.swf").is_none() {
            return at("job_source", "swf needs a trace; write job_source: { swf: PATH }".into());
        }
        if let Err(problem) = Reader(condition).fault_records() {
            return at("fault_records", problem.message);
        }
        let rate = condition.real("fault_rate").unwrap_or(0.0);
        if rate > 0.0 && condition.text("fault_type") == Some("none") {
            let message = format!(
                "fault_rate is {rate}, but fault_type is none; say what goes wrong, or leave such conditions out with the \
                 constraint \"not (fault_type == none and fault_rate > 0)\""
            );
            return at("fault_type", message);
        }
        Ok(())
    }

    async fn prepare(&self, inputs: &Inputs) -> Result<Arc<dyn Prepared>, InputError> {
        let mut traces = BTreeMap::new();
        for (digest, bytes) in &inputs.0 {
            let parsed = Trace::parse(bytes);
            let trace = parsed.map_err(|e| InputError { input: Some(*digest), message: e.to_string() })?;
            traces.insert(digest.to_string(), trace);
        }
        Ok(Arc::new(Traces(traces)))
    }
}

/// Traces by digest.
struct Traces(BTreeMap<String, Trace>);

#[async_trait]
impl Prepared for Traces {
    async fn run(&self, condition: &Condition, context: &RunContext) -> Result<Outcome, RunError> {
        let reader = Reader(condition);
        let arriving = {
            let _span = context.span("jobs");
            reader.jobs(|digest| self.0.get(digest), &mut context.rng(STREAM_JOBS))?
        };
        let input = reader.input(&arriving)?;
        let counsel = reader.counsel()?;
        let streams = SimulationStreams {
            network: context.rng(STREAM_NETWORK),
            faults: context.rng(STREAM_FAULTS),
            agents: context.rng(STREAM_AGENTS),
            timers: context.rng(STREAM_TIMERS),
        };
        let _span = context.span("simulation");
        let mut why = Cancelled::Asked;
        let mut checkpoint = || context.checkpoint().map_err(|reason| why = reason).is_ok();
        let mut panel = Panel::new(context, counsel);
        let outcome = to_the_end(&input, streams, &mut checkpoint, &mut panel).await;
        let outcome = outcome.map_err(|stop| match stop {
            Stop::Simulation(error) => failed(&error, why),
            Stop::Model(error) => error,
        })?;
        let mut measurements = measurements(&input, &outcome);
        measurements.extend(model_use(counsel.minds.agent_type, panel.tally()));
        if panel.tally().simulated {
            for measurement in &mut measurements {
                measurement.flags.0.insert(SIMULATED_MODEL.into());
            }
        }
        Ok(Outcome { measurements, ..Outcome::default() })
    }
}

/// Why a run has no outcome.
enum Stop {
    Simulation(SimulationError),
    Model(RunError),
}

/// Simulates, and puts the agents' questions to their model. A simulation of heuristic agents never waits.
async fn to_the_end(
    input: &SimulationInput<'_>,
    streams: SimulationStreams,
    checkpoint: &mut (dyn FnMut() -> bool + Send),
    panel: &mut Panel<'_>,
) -> Result<SimulationOutcome, Stop> {
    let mut simulation = open(input, panel.minds(), streams, checkpoint).map_err(Stop::Simulation)?;
    loop {
        match simulation.advance().map_err(Stop::Simulation)? {
            Step::Done(outcome) => return Ok(*outcome),
            Step::NeedsDecision(questions) => {
                for (ticket, conclusion) in panel.ask(questions).await.map_err(Stop::Model)? {
                    simulation.conclude(ticket, conclusion);
                }
            }
        }
    }
}

fn failed(error: &SimulationError, why: Cancelled) -> RunError {
    let class = match error {
        SimulationError::Stopped(Stopped::Cancelled) => return why.into(),
        SimulationError::Stopped(Stopped::EventLimit { .. }) => FailureClass::Timeout,
        SimulationError::Cluster(_) | SimulationError::TooManyAgents(_) => FailureClass::InvalidInput,
    };
    RunError::new(class, error.to_string())
}

fn measurements(input: &SimulationInput<'_>, o: &SimulationOutcome) -> Vec<Measurement> {
    let count = |x: usize| Observed::value(x as f64);
    let only = |has: bool, name: &str, x: usize| if has { count(x) } else { Observed::Undefined(name.into()) };
    let views = input.protocol.has_views();
    let bargains = input.protocol.negotiates();
    let no_bargaining = || Observed::Undefined("the protocol does not negotiate".into());
    let recovery = match o.fault_recovery {
        FaultRecovery::NoFault => Observed::Undefined("there was no fault".into()),
        FaultRecovery::NoBaseline => Observed::Undefined("nothing was decided before the fault".into()),
        FaultRecovery::Recovered(s) => Observed::value(s),
        FaultRecovery::Censored(s) => Observed::Censored { at: s },
    };
    let of_decisions = |x| Observed::defined_or(x, "nothing was decided");
    let of_jobs = |x| Observed::defined_or(x, "no job ran");
    let overhead = o.quality_in_domain.zip(o.quality_out_of_domain).map(|(inside, outside)| inside - outside);
    let of_choices = |x| Observed::defined_or(x, "there was nothing to choose between");
    [
        ("consensus_success_rate", Observed::defined_or(o.consensus_success_rate, "no job was submitted")),
        ("convergence_time_s", of_decisions(o.convergence_time_s)),
        ("commit_latency_s", of_decisions(o.commit_latency_s)),
        ("system_throughput_jobs_per_h", of_jobs(o.system_throughput_jobs_per_h)),
        ("fault_recovery_time_s", recovery),
        ("resource_utilization", of_jobs(o.resource_utilization)),
        ("decision_quality_score", of_choices(o.decision_quality_score)),
        ("domain_specific_accuracy", of_choices(o.quality_in_domain)),
        ("cross_domain_performance", of_choices(o.quality_out_of_domain)),
        (
            "specialization_overhead",
            Observed::defined_or(overhead, "no choice inside and outside the domain to compare"),
        ),
        ("communication_overhead", of_decisions(o.messages_per_decision)),
        ("communication_bytes", of_decisions(o.bytes_per_decision)),
        ("view_changes", only(views, "the protocol has no views", o.view_changes)),
        ("elections", only(!views, "the protocol has no elections", o.elections)),
        ("mean_wait_s", of_jobs(o.mean_wait_s)),
        ("bounded_slowdown", of_jobs(o.bounded_slowdown)),
        ("safety_violations", count(o.safety_violations)),
        ("negotiation_rounds", if bargains { of_decisions(o.negotiation_rounds) } else { no_bargaining() }),
        ("impasses", if bargains { count(o.impasses) } else { no_bargaining() }),
        ("missed_deadlines", if bargains { count(o.missed_deadlines) } else { no_bargaining() }),
        ("reputation_spread", Observed::defined_or(o.reputation_spread, "the protocol has no reputations")),
        ("faulty_agents", count(o.faulty_agents)),
        ("jobs_submitted", count(o.submitted)),
        ("jobs_decided", count(o.decided)),
        ("jobs_placed", count(o.placed)),
        ("events", Observed::value(o.events as f64)),
    ]
    .into_iter()
    .map(|(metric, observed)| Measurement::new(metric, observed, Provenance::Simulated))
    .collect()
}

/// What the run asked of its model.
fn model_use(agent_type: AgentType, tally: &Tally) -> Vec<Measurement> {
    let asked = |observed: Observed| match agent_type {
        AgentType::Heuristic => Observed::Undefined("heuristic agents ask no model".into()),
        AgentType::Llm | AgentType::Hybrid => observed,
    };
    let count = |x: u64| asked(Observed::value(x as f64));
    let latency_s = (tally.calls > 0).then(|| tally.latency_s / tally.calls as f64);
    let tokens = |tokens: Tokens| match tokens.0 {
        Some(tokens) => count(tokens),
        None => asked(Observed::Unavailable("the provider does not count tokens".into())),
    };
    // Asked for real, these are facts about the model whatever is simulated around it.
    let provenance = |real| if tally.simulated || tally.calls == 0 { Provenance::Simulated } else { real };
    let counted =
        if tally.tokens_estimated { Provenance::Estimated("token count".into()) } else { Provenance::Measured };
    [
        ("malformed_replies", count(tally.malformed), Provenance::Measured),
        ("llm_calls", count(tally.calls), Provenance::Measured),
        ("llm_fallbacks", count(tally.fallbacks), Provenance::Measured),
        ("llm_latency_s", asked(Observed::defined_or(latency_s, "no model was asked")), Provenance::Measured),
        ("llm_prompt_tokens", tokens(tally.prompt_tokens), counted.clone()),
        ("llm_completion_tokens", tokens(tally.completion_tokens), counted),
    ]
    .into_iter()
    .map(|(metric, observed, real)| Measurement::new(metric, observed, provenance(real)))
    .collect()
}
