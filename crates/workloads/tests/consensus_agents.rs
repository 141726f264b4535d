//! Agents that ask a model: what skill, format errors, latency and outages of the model do to a campaign.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;
use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, Waker};

use async_trait::async_trait;
use ergon_domain::{
    CallContext, Cancelled, ChatReply, ChatRequest, Clock, Condition, DecisionOption, DecisionProblem, Digest,
    FailureClass, FinishReason, Inputs, ModelError, Models, Observed, Outcome, RunContext, RunContextParts, RunError,
    RunStreams, SIMULATED_MODEL, Usage, Value, Workload, draw, run_key,
};
use ergon_workloads::consensus::ConsensusWorkload;
use ergon_workloads::consensus::simulation::ProtocolKind;

/// A model that answers P(option) ∝ exp(λ·utility), as declared, with nothing of the product's own.
#[derive(Clone, Debug)]
struct Quantal {
    rationality: f64,
    format_error_rate: f64,
    latency_s: f64,
    confidence: Option<f64>,
    simulated: bool,
    tokens: Option<u64>,
}

const GOOD: Quantal = Quantal {
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

fn reply(text: &str, model: &Quantal) -> ChatReply {
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
struct Absent(FailureClass);

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

struct Still;

impl Clock for Still {
    fn now_s(&self) -> f64 {
        0.0
    }
}

/// The test models answer at once.
fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("a run of ready models never waits"),
    }
}

fn context(replicate: u32, models: Arc<dyn Models>) -> RunContext {
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
fn condition(agent_type: &str, set: &[(&str, Value)]) -> Condition {
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

fn run(condition: &Condition, replicate: u32, model: impl Models + 'static) -> Result<Outcome, RunError> {
    let prepared = now(ConsensusWorkload::new().prepare(&Inputs::default())).expect("no inputs");
    now(prepared.run(condition, &context(replicate, Arc::new(model))))
}

fn observed<'o>(outcome: &'o Outcome, metric: &str) -> &'o Observed {
    let found = outcome.measurements.iter().find(|m| m.metric.as_str() == metric);
    &found.unwrap_or_else(|| panic!("no {metric}")).observed
}

fn value(outcome: &Outcome, metric: &str) -> f64 {
    match observed(outcome, metric) {
        Observed::Value(x) => *x,
        other => panic!("{metric} is {other:?}"),
    }
}

const REPLICATES: u32 = 12;

/// A small campaign.
fn outcomes(agent_type: &str, set: &[(&str, Value)], model: &Quantal) -> Vec<Outcome> {
    let condition = condition(agent_type, set);
    (0..REPLICATES).map(|replicate| run(&condition, replicate, model.clone()).expect("the run ends")).collect()
}

/// Mean of a metric over the runs that have it, which are most.
fn mean_of(outcomes: &[Outcome], metric: &str) -> f64 {
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

fn mean(agent_type: &str, set: &[(&str, Value)], model: &Quantal, metric: &str) -> f64 {
    mean_of(&outcomes(agent_type, set, model), metric)
}

fn quality(agent_type: &str, model: &Quantal) -> f64 {
    mean(agent_type, &[], model, "decision_quality_score")
}

fn raft() -> (&'static str, Value) {
    ("consensus_protocol", Value::text("raft"))
}

#[test]
fn a_planted_skill_is_recovered_as_decision_quality() {
    for agent_type in ["llm", "hybrid"] {
        let at = |rationality| quality(agent_type, &Quantal { rationality, ..GOOD });
        let by_skill = [0.0, 3.0, 10.0, 100.0].map(at);
        println!("{agent_type}: quality by rationality {by_skill:.1?}");
        assert!(by_skill.is_sorted(), "{agent_type}: {by_skill:?}");
        assert!(by_skill[3] > by_skill[0] + 10.0, "{agent_type}: {by_skill:?}");
    }
}

#[test]
fn without_skill_bids_are_a_lottery_and_quality_is_that_of_a_random_agent() {
    let random = quality("llm", &Quantal { rationality: 0.0, ..GOOD });
    // Bids that don't depend on the agent choose every agent alike: the mean score over feasible agents. Under the
    // lottery no agent is preferred, so neither is one of the job's domain.
    let heuristic = quality("heuristic", &GOOD);
    println!("lottery {random:.1}, heuristic {heuristic:.1}");
    assert!((35.0..70.0).contains(&random) && random < heuristic - 15.0, "{random}");
}

#[test]
fn format_errors_move_malformed_replies_and_only_lower_success() {
    for agent_type in ["llm", "hybrid"] {
        let at = [0.0, 0.3, 0.9, 1.0]
            .map(|format_error_rate| outcomes(agent_type, &[], &Quantal { format_error_rate, ..GOOD }));
        let malformed = at.each_ref().map(|outcomes| mean_of(outcomes, "malformed_replies"));
        println!("{agent_type}: malformed replies {malformed:.1?}");
        assert!(malformed[0] == 0.0 && malformed[1] > 5.0 && malformed.is_sorted(), "{malformed:?}");
        let success = at.each_ref().map(|outcomes| mean_of(outcomes, "consensus_success_rate"));
        println!("{agent_type}: success {success:.1?}");
        assert!(success.iter().rev().is_sorted(), "{success:?}");
        // Agents that say nothing readable offer nothing; a hybrid has its heuristic.
        assert_eq!(success[3], if agent_type == "llm" { 0.0 } else { 100.0 });
    }
}

#[test]
fn latency_moves_the_time_to_agree_and_nothing_of_what_is_agreed() {
    for (agent_type, protocol) in [("llm", "bft"), ("llm", "raft"), ("hybrid", "bft"), ("hybrid", "raft")] {
        let set = [("consensus_protocol", Value::text(protocol)), ("job_arrival_rate", Value::Real(20.0))];
        let latencies = [0.1, 1.0, 5.0];
        let at = latencies.map(|latency_s| outcomes(agent_type, &set, &Quantal { latency_s, ..GOOD }));
        let all = |metric: &str| at.each_ref().map(|outcomes| mean_of(outcomes, metric));
        let convergence = all("convergence_time_s");
        println!("{agent_type}, {protocol}: convergence {convergence:.3?}");
        // Thinking is part of agreeing; what comes on top is the protocol's own.
        for (convergence, latency_s) in convergence.into_iter().zip(latencies) {
            assert!(convergence > latency_s && convergence < latency_s + 0.02, "{latency_s} s: {convergence}");
        }
        for unmoved in ["consensus_success_rate", "malformed_replies", "jobs_placed", "view_changes_or_elections"] {
            let metric = match (unmoved, protocol) {
                ("view_changes_or_elections", "bft") => "view_changes",
                ("view_changes_or_elections", _) => "elections",
                (metric, _) => metric,
            };
            let [low, middle, high] = all(metric);
            assert_eq!((low, middle), (middle, high), "{agent_type}, {protocol}: {metric}");
        }
        let quality = all("decision_quality_score");
        assert!((quality[0] - quality[2]).abs() < 3.0, "{agent_type}, {protocol}: {quality:?}");
    }
}

#[test]
fn every_protocol_agrees_with_agents_that_think() {
    for (protocol, _) in ProtocolKind::NAMES {
        for agent_type in ["llm", "hybrid"] {
            let set = [("consensus_protocol", Value::text(protocol)), ("network", Value::text("wan"))];
            let outcome = run(&condition(agent_type, &set), 0, GOOD).unwrap();
            assert_eq!(value(&outcome, "consensus_success_rate"), 100.0, "{protocol}, {agent_type}");
            assert_eq!(value(&outcome, "safety_violations"), 0.0, "{protocol}, {agent_type}");
            assert!(value(&outcome, "convergence_time_s") > GOOD.latency_s, "{protocol}, {agent_type}");
        }
    }
}

#[test]
fn an_agent_waits_as_long_as_its_patience() {
    let slow = Quantal { latency_s: 60.0, ..GOOD };
    for (agent_type, success, fallbacks) in [("llm", 0.0, 0.0), ("hybrid", 100.0, 40.0)] {
        let outcome = run(&condition(agent_type, &[raft()]), 0, slow.clone()).unwrap();
        assert_eq!(value(&outcome, "consensus_success_rate"), success, "{agent_type}");
        assert_eq!(value(&outcome, "llm_fallbacks"), fallbacks, "{agent_type}");
        let convergence = value(&outcome, "convergence_time_s");
        assert!(convergence > 10.0 && convergence < 10.1, "{agent_type}: {convergence}");
    }
    let patient = [raft(), ("model_timeout", Value::Real(90.0))];
    assert_eq!(mean("llm", &patient, &slow, "consensus_success_rate"), 100.0);
}

#[test]
fn agent_types_differ_over_a_campaign_and_a_good_model_pays() {
    let [heuristic, llm, hybrid] = ["heuristic", "llm", "hybrid"].map(|kind| quality(kind, &GOOD));
    println!("quality: heuristic {heuristic:.1}, llm {llm:.1}, hybrid {hybrid:.1}");
    assert!(llm > heuristic && hybrid > heuristic && (llm - hybrid).abs() > 0.1);
    // Every agent bids on every job; a coordinator chooses once a job, where there is a choice.
    let [llm, hybrid] = ["llm", "hybrid"].map(|kind| mean(kind, &[], &GOOD, "llm_calls"));
    assert!(llm == 400.0 && hybrid > 20.0 && hybrid <= 40.0, "{llm}, {hybrid}");
}

#[test]
fn a_hybrid_that_is_unsure_decides_as_the_heuristic_would() {
    let random = Quantal { rationality: 0.0, confidence: Some(0.05), ..GOOD };
    let [trusting_runs, careful_runs] =
        [0.0, 0.1].map(|least| outcomes("hybrid", &[("least_confidence", Value::Real(least))], &random));
    let [trusting, careful] = [&trusting_runs, &careful_runs].map(|runs| mean_of(runs, "decision_quality_score"));
    println!("trusting {trusting:.1}, careful {careful:.1}");
    assert!(careful > trusting + 3.0);
    assert_eq!(mean_of(&trusting_runs, "llm_fallbacks"), 0.0);
    assert_eq!(mean_of(&careful_runs, "llm_fallbacks"), mean_of(&careful_runs, "llm_calls"));
}

#[test]
fn specialization_sharpens_a_models_judgement_inside_the_domain_and_blurs_it_outside() {
    let perfect = Quantal { rationality: 200.0, ..GOOD };
    let at = [0.0, 0.7].map(|level| outcomes("llm", &[("specialization_level", Value::Real(level))], &perfect));
    let inside = at.each_ref().map(|outcomes| mean_of(outcomes, "domain_specific_accuracy"));
    let outside = at.each_ref().map(|outcomes| mean_of(outcomes, "cross_domain_performance"));
    println!("inside {inside:.1?}, outside {outside:.1?}");
    assert!(inside[1] > inside[0] && outside[1] < outside[0]);
}

#[test]
fn a_model_that_cannot_be_had_ends_the_run_or_is_done_without() {
    use FailureClass::{Budget, InvalidInput, ModelUnavailable, RateLimited};
    let on = |fallback: &str| condition("llm", &[("model_fallback", Value::text(fallback))]);
    for class in [ModelUnavailable, RateLimited] {
        let ended = run(&on("none"), 0, Absent(class)).unwrap_err();
        assert_eq!((ended.class, ended.message.as_str()), (class, "model llm: nobody answers"));
        let without = run(&on("heuristic"), 0, Absent(class)).unwrap();
        assert_eq!((value(&without, "llm_fallbacks"), value(&without, "llm_calls")), (400.0, 0.0));
        assert_eq!(value(&without, "consensus_success_rate"), 100.0);
        let undefined = Observed::Undefined("no model was asked".into());
        assert_eq!(observed(&without, "llm_latency_s"), &undefined);
    }
    // A mistake in the spec or an empty budget is no outage.
    for class in [InvalidInput, Budget] {
        assert_eq!(run(&on("heuristic"), 0, Absent(class)).unwrap_err().class, class);
    }
}

#[test]
fn what_rests_on_a_simulated_model_says_so_and_nothing_else_does() {
    let flagged = |agent_type: &str, model: Quantal| {
        let measurements = run(&condition(agent_type, &[]), 0, model).unwrap().measurements;
        let count = measurements.iter().filter(|m| m.flags.0.contains(SIMULATED_MODEL)).count();
        (count, measurements.len())
    };
    for agent_type in ["llm", "hybrid"] {
        let (flags, all) = flagged(agent_type, GOOD);
        assert_eq!(flags, all, "{agent_type}");
        assert_eq!(flagged(agent_type, Quantal { simulated: false, ..GOOD }).0, 0, "{agent_type}");
    }
    assert_eq!(flagged("heuristic", GOOD).0, 0);
    let real = run(&condition("llm", &[]), 0, Quantal { simulated: false, tokens: None, ..GOOD }).unwrap();
    let of = |metric: &str| real.measurements.iter().find(|m| m.metric.as_str() == metric).unwrap();
    assert_eq!(
        (of("llm_calls").provenance.name(), of("convergence_time_s").provenance.name()),
        ("measured", "simulated")
    );
    assert!(matches!(of("llm_prompt_tokens").observed, Observed::Unavailable(_)), "missing is not 0");
}

#[test]
fn heuristic_agents_ask_no_model_and_say_so() {
    let outcome = run(&condition("heuristic", &[]), 0, Absent(FailureClass::Internal)).unwrap();
    for metric in ["malformed_replies", "llm_calls", "llm_latency_s", "llm_fallbacks", "llm_prompt_tokens"] {
        let expected = Observed::Undefined("heuristic agents ask no model".into());
        assert_eq!(observed(&outcome, metric), &expected, "{metric}");
    }
}

#[test]
fn the_model_named_by_the_condition_is_asked() {
    let ended = run(&condition("llm", &[("model", Value::text("qwen"))]), 0, Absent(FailureClass::ModelUnavailable));
    assert_eq!(ended.unwrap_err().message, "model qwen: nobody answers");
}

/// A model whose answers come late in real time, and not in the order of the questions.
struct Shuffled {
    inner: Quantal,
    asked: AtomicU64,
    most: Arc<AtomicU64>,
    open: AtomicU64,
}

#[async_trait]
impl Models for Shuffled {
    async fn chat(
        &self,
        request: &ChatRequest,
        aside: Option<&DecisionProblem>,
        call: &CallContext,
    ) -> Result<ChatReply, ModelError> {
        let number = self.asked.fetch_add(1, Ordering::Relaxed);
        let open = 1 + self.open.fetch_add(1, Ordering::Relaxed);
        self.most.fetch_max(open, Ordering::Relaxed);
        let mut polls = (number * 7) % 11;
        std::future::poll_fn(|cx| {
            if polls == 0 {
                return Poll::Ready(());
            }
            polls -= 1;
            cx.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
        self.open.fetch_sub(1, Ordering::Relaxed);
        self.inner.chat(request, aside, call).await
    }
}

fn patiently<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return value;
        }
    }
}

#[test]
fn answers_in_any_order_and_any_number_of_threads_give_the_same_bits() {
    let mixed = Quantal { format_error_rate: 0.2, rationality: 5.0, ..GOOD };
    let faults = [
        ("fault_rate", Value::Real(0.3)),
        ("fault_type", Value::text("mixed")),
        ("fault_intensity", Value::text("heavy")),
        ("network", Value::text("wan")),
    ];
    for agent_type in ["llm", "hybrid"] {
        for protocol in ["bft", "raft"] {
            let mut set = faults.to_vec();
            set.push(("consensus_protocol", Value::text(protocol)));
            let condition = condition(agent_type, &set);
            let expected = run(&condition, 1, mixed.clone()).unwrap().measurements;
            let most = Arc::new(AtomicU64::new(0));
            let prepared = now(ConsensusWorkload::new().prepare(&Inputs::default())).unwrap();
            let shuffled = Shuffled {
                inner: mixed.clone(),
                asked: AtomicU64::new(0),
                most: most.clone(),
                open: AtomicU64::new(0),
            };
            let late = patiently(prepared.run(&condition, &context(1, Arc::new(shuffled)))).unwrap();
            assert_eq!(late.measurements, expected, "{agent_type}, {protocol}");
            let most = most.load(Ordering::Relaxed);
            assert!(agent_type == "hybrid" || (2..=16).contains(&most), "{most} questions at once");
            let threads: Vec<_> = (0..4)
                .map(|_| {
                    let (condition, model) = (condition.clone(), mixed.clone());
                    std::thread::spawn(move || run(&condition, 1, model).unwrap().measurements)
                })
                .collect();
            for thread in threads {
                assert_eq!(thread.join().unwrap(), expected);
            }
        }
    }
}

/// A model that has the run cancelled while it answers.
struct Interrupting {
    run: Arc<OnceLock<RunContext>>,
    calls: Arc<AtomicU64>,
}

#[async_trait]
impl Models for Interrupting {
    async fn chat(
        &self,
        request: &ChatRequest,
        aside: Option<&DecisionProblem>,
        call: &CallContext,
    ) -> Result<ChatReply, ModelError> {
        if self.calls.fetch_add(1, Ordering::Relaxed) == 25 {
            self.run.get().expect("set before the run").cancel(Cancelled::Asked);
        }
        GOOD.chat(request, aside, call).await
    }
}

#[test]
fn a_cancelled_run_asks_nothing_more() {
    let (run, calls) = (Arc::new(OnceLock::new()), Arc::new(AtomicU64::new(0)));
    let context = context(0, Arc::new(Interrupting { run: run.clone(), calls: calls.clone() }));
    run.set(context.clone()).ok().expect("set once");
    let prepared = now(ConsensusWorkload::new().prepare(&Inputs::default())).unwrap();
    let ended = now(prepared.run(&condition("llm", &[]), &context)).unwrap_err();
    assert_eq!(ended.class, FailureClass::Interrupted);
    assert_eq!(calls.load(Ordering::Relaxed), 26, "the call that was under way is the last");
}

#[test]
fn model_parameters_move_what_they_should() {
    let slow = Quantal { latency_s: 2.0, confidence: Some(0.3), ..GOOD };
    for (agent_type, name, levels) in [
        ("llm", "model_timeout", [Value::Real(1.0), Value::Real(10.0)]),
        ("hybrid", "model_timeout", [Value::Real(1.0), Value::Real(10.0)]),
        ("hybrid", "least_confidence", [Value::Real(0.1), Value::Real(0.5)]),
    ] {
        let shown = levels.map(|level| {
            let outcome = run(&condition(agent_type, &[(name, level)]), 0, slow.clone()).unwrap();
            format!("{:?}", outcome.measurements)
        });
        assert_eq!(BTreeSet::from(shown).len(), 2, "{agent_type}: {name} changes nothing");
    }
}
