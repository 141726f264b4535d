//! A small campaign of agents with a test model, and how to read its runs.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use async_trait::async_trait;
use ergon_domain::{
    CallContext, ChatReply, ChatRequest, Clock, Condition, DecisionOption, DecisionProblem, Digest, FailureClass,
    FinishReason, Inputs, ModelError, Models, Observed, Outcome, RunContext, RunContextParts, RunError, RunStreams,
    Usage, Value, Workload, draw, run_key,
};
use ergon_workloads::consensus::ConsensusWorkload;

/// A model that answers P(option) ∝ exp(λ·utility), as declared, with nothing of the product's own.
#[derive(Clone, Debug)]
pub(super) struct Quantal {
    pub(super) rationality: f64,
    pub(super) format_error_rate: f64,
    pub(super) latency_s: f64,
    pub(super) confidence: Option<f64>,
    pub(super) simulated: bool,
    pub(super) tokens: Option<u64>,
}

pub(super) const GOOD: Quantal = Quantal {
    rationality: 40.0,
    format_error_rate: 0.0,
    latency_s: 0.5,
    confidence: None,
    simulated: true,
    tokens: Some(100),
};

impl Quantal {
    fn choose<'o>(&self, options: &'o [DecisionOption], rng: &mut impl rand_core::Rng) -> &'o str {
        let weights: Vec<f64> = options.iter().map(|o| libm::exp(self.rationality * (o.utility - 1.0))).collect();
        let chosen = draw::weighted(rng, &weights).expect("some weight is positive");
        &options[chosen].reply
    }
}

pub(super) fn reply(text: &str, model: &Quantal) -> ChatReply {
    ChatReply {
        text: text.into(),
        model_id: "test".into(),
        finish: FinishReason::Stop,
        usage: Usage { prompt_tokens: model.tokens, completion_tokens: model.tokens, estimated: false },
        latency_s: model.latency_s,
        cost_usd: None,
        confidence: model.confidence,
        simulated: model.simulated,
        tool_calls: Vec::new(),
    }
}

#[async_trait]
impl Models for Quantal {
    async fn chat(
        &self,
        request: &ChatRequest,
        aside: Option<&DecisionProblem>,
        call: &CallContext,
    ) -> Result<ChatReply, ModelError> {
        let Some(DecisionProblem::Choice(options)) = aside else { panic!("every question states its options") };
        let mut rng = call.streams.rng(&call.stream(request));
        let malformed = draw::bernoulli(&mut rng, self.format_error_rate);
        let text = if malformed { "I would say rather high." } else { self.choose(options, &mut rng) };
        Ok(reply(text, self))
    }
}

/// A model that is not there.
pub(super) struct Absent(pub(super) FailureClass);

#[async_trait]
impl Models for Absent {
    async fn chat(
        &self,
        request: &ChatRequest,
        _: Option<&DecisionProblem>,
        _: &CallContext,
    ) -> Result<ChatReply, ModelError> {
        let model = request.model.clone();
        Err(ModelError { model, class: self.0, message: "nobody answers".into(), retry_after_s: None })
    }
}

pub(super) struct Still;

impl Clock for Still {
    fn now_s(&self) -> f64 {
        0.0
    }
}

/// The test models answer at once.
pub(super) fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("a run of ready models never waits"),
    }
}

pub(super) fn context(replicate: u32, models: Arc<dyn Models>) -> RunContext {
    // One key for all conditions: what differs is the condition.
    let key = run_key(&Digest::of_bytes(b"consensus"), &Digest::of_bytes(b"agents"), replicate);
    RunContext::new(RunContextParts {
        streams: RunStreams { key, campaign_seed: 42, replicate, common: vec!["jobs".into(), "faults".into()] },
        clock: Arc::new(Still),
        processes: None,
        models: Some(models),
    })
}

/// All defaults, then ten agents and 40 jobs at a high rate, then these.
pub(super) fn condition(agent_type: &str, set: &[(&str, Value)]) -> Condition {
    let workload = ConsensusWorkload::new();
    let mut condition = Condition::default();
    for parameter in &workload.manifest().parameters {
        if let Some(default) = &parameter.default {
            condition.set(parameter.name.clone(), default.clone());
        }
    }
    let base = [
        ("agent_type", Value::text(agent_type)),
        ("agent_count", Value::Int(10)),
        ("jobs", Value::Int(40)),
        ("job_arrival_rate", Value::text("high")),
    ];
    for (name, value) in base.iter().chain(set) {
        let parameter = workload.manifest().parameter(name).unwrap_or_else(|| panic!("no parameter {name}"));
        condition.set(*name, parameter.kind.bind(value).unwrap_or_else(|e| panic!("{name}: {e}")));
    }
    condition
}

pub(super) fn run(condition: &Condition, replicate: u32, model: impl Models + 'static) -> Result<Outcome, RunError> {
    let prepared = now(ConsensusWorkload::new().prepare(&Inputs::default())).expect("no inputs");
    now(prepared.run(condition, &context(replicate, Arc::new(model))))
}

pub(super) fn observed<'o>(outcome: &'o Outcome, metric: &str) -> &'o Observed {
    let found = outcome.measurements.iter().find(|m| m.metric.as_str() == metric);
    &found.unwrap_or_else(|| panic!("no {metric}")).observed
}

pub(super) fn value(outcome: &Outcome, metric: &str) -> f64 {
    match observed(outcome, metric) {
        Observed::Value(x) => *x,
        other => panic!("{metric} is {other:?}"),
    }
}

pub(super) const REPLICATES: u32 = 12;

/// A small campaign.
pub(super) fn outcomes(agent_type: &str, set: &[(&str, Value)], model: &Quantal) -> Vec<Outcome> {
    let condition = condition(agent_type, set);
    (0..REPLICATES).map(|replicate| run(&condition, replicate, model.clone()).expect("the run ends")).collect()
}

/// Mean of a metric over the runs that have it, which are most.
pub(super) fn mean_of(outcomes: &[Outcome], metric: &str) -> f64 {
    let values: Vec<f64> = outcomes
        .iter()
        .filter_map(|outcome| match observed(outcome, metric) {
            Observed::Value(x) => Some(*x),
            _ => None,
        })
        .collect();
    assert!(2 * values.len() > outcomes.len(), "{metric} is defined in {} runs of {}", values.len(), outcomes.len());
    values.iter().sum::<f64>() / values.len() as f64
}

pub(super) fn mean(agent_type: &str, set: &[(&str, Value)], model: &Quantal, metric: &str) -> f64 {
    mean_of(&outcomes(agent_type, set, model), metric)
}

pub(super) fn quality(agent_type: &str, model: &Quantal) -> f64 {
    mean(agent_type, &[], model, "decision_quality_score")
}

pub(super) fn raft() -> (&'static str, Value) {
    ("consensus_protocol", Value::text("raft"))
}
