//! The workload as a campaign sees it: a manifest, conditions in, measurements out.

#![allow(clippy::expect_used, clippy::panic, clippy::type_complexity, clippy::unwrap_used, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use ergon_domain::{
    Cancelled, Clock, Condition, Digest, FailureClass, Inputs, Observed, Outcome, ParameterKind, Prepared, RunContext,
    RunContextParts, RunError, RunStreams, Value, Workload, run_key,
};
use ergon_workloads::consensus::ConsensusWorkload;
use ergon_workloads::consensus::simulation::ProtocolKind;

struct Still;

impl Clock for Still {
    fn now_s(&self) -> f64 {
        0.0
    }
}

/// Nothing here ever waits.
fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("a simulation never waits"),
    }
}

fn context(condition: &Condition, replicate: u32) -> RunContext {
    let base = Digest::of_bytes(b"consensus");
    RunContext::new(RunContextParts {
        streams: RunStreams {
            key: run_key(&base, &condition.digest(), replicate),
            campaign_seed: 42,
            replicate,
            common: vec!["jobs".into(), "faults".into()],
        },
        clock: Arc::new(Still),
        processes: None,
        models: None,
    })
}

/// All defaults, then these.
fn condition(set: &[(&str, Value)]) -> Condition {
    let workload = ConsensusWorkload::new();
    let mut condition = Condition::default();
    for parameter in &workload.manifest().parameters {
        if let Some(default) = &parameter.default {
            condition.set(parameter.name.clone(), default.clone());
        }
    }
    for (name, value) in set {
        let parameter = workload.manifest().parameter(name).unwrap_or_else(|| panic!("no parameter {name}"));
        condition.set(*name, parameter.kind.bind(value).unwrap_or_else(|e| panic!("{name}: {e}")));
    }
    condition
}

fn prepared(inputs: &Inputs) -> Arc<dyn Prepared> {
    now(ConsensusWorkload::new().prepare(inputs)).expect("good inputs")
}

fn run_with(inputs: &Inputs, condition: &Condition, replicate: u32) -> Result<Outcome, RunError> {
    now(prepared(inputs).run(condition, &context(condition, replicate)))
}

fn run(set: &[(&str, Value)]) -> Outcome {
    run_with(&Inputs::default(), &condition(set), 0).expect("the run ends")
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

fn text(word: &str) -> Value {
    Value::text(word)
}

#[test]
fn every_declared_metric_is_measured_once_within_its_range() {
    let manifest = ConsensusWorkload::new().manifest().clone();
    for (protocol, _) in ProtocolKind::NAMES {
        let outcome = run(&[
            ("consensus_protocol", text(protocol)),
            ("fault_rate", Value::Real(0.2)),
            ("fault_type", text("crash")),
        ]);
        let declared: Vec<&str> = manifest.metrics.iter().map(|m| m.id.as_str()).collect();
        let measured: Vec<&str> = outcome.measurements.iter().map(|m| m.metric.as_str()).collect();
        assert_eq!(declared, measured);
        for (metric, measurement) in manifest.metrics.iter().zip(&outcome.measurements) {
            if let Observed::Value(x) = measurement.observed {
                assert!(metric.range.0.is_none_or(|low| x >= low) && metric.range.1.is_none_or(|high| x <= high));
            }
            assert_eq!(measurement.provenance.name(), "simulated");
        }
    }
}

#[test]
fn what_is_not_built_is_not_accepted_and_what_is_is_listed() {
    let manifest = ConsensusWorkload::new().manifest().clone();
    let said =
        |name: &str, word: &str| manifest.parameter(name).unwrap().kind.bind(&text(word)).unwrap_err().to_string();
    let built = ProtocolKind::NAMES.map(|(name, _)| name).join(", ");
    assert_eq!(said("consensus_protocol", "vote"), format!("'vote' is not accepted; expected one of {built}"));
    assert_eq!(said("agent_type", "oracle"), "'oracle' is not accepted; expected one of heuristic, llm, hybrid");
    // A condition that slipped past the binding is refused by the run itself.
    let mut slipped = condition(&[]);
    slipped.set("consensus_protocol", text("vote"));
    let refused = run_with(&Inputs::default(), &slipped, 0).unwrap_err();
    assert_eq!(refused.class, FailureClass::InvalidInput);
    assert_eq!(refused.message, format!("consensus_protocol: 'vote' is not accepted; accepted values: {built}"));
}

#[test]
fn names_units_and_docs_are_complete() {
    let manifest = ConsensusWorkload::new().manifest().clone();
    let names: BTreeSet<&str> = manifest.parameters.iter().map(|p| p.name.as_str()).collect();
    assert_eq!(names.len(), manifest.parameters.len());
    for parameter in &manifest.parameters {
        assert!(parameter.doc.ends_with('.'), "{}", parameter.name);
        if let Some(default) = &parameter.default {
            assert_eq!(parameter.kind.bind(default).as_ref(), Ok(default), "{}", parameter.name);
        }
        if let Some(when) = &parameter.active_when {
            let (ergon_domain::ActiveWhen::Above { parameter: other, .. }
            | ergon_domain::ActiveWhen::OneOf { parameter: other, .. }) = when;
            assert!(names.contains(other.as_str()), "{} looks at {other}", parameter.name);
        }
    }
    for metric in &manifest.metrics {
        assert!(metric.doc.ends_with('.') && !metric.title.is_empty() && !metric.unit.is_empty(), "{}", metric.id);
    }
    assert_eq!(manifest.number_tables.len(), 7);
    assert!(manifest.deterministic);
}

#[test]
fn every_factor_moves_a_metric() {
    let faulty =
        [("fault_rate", Value::Real(0.4)), ("fault_type", text("byzantine")), ("fault_intensity", text("chaos"))];
    let explicit = [("network", text("explicit")), ("network.delay_sd_ms", Value::Real(1.0))];
    let crashes = [("fault_rate", Value::Real(0.4)), ("fault_type", text("crash"))];
    let negotiating = [("consensus_protocol", text("negotiation"))];
    let crowded = [("jobs", Value::Int(300)), ("job_arrival_rate", text("high"))];
    let table: Vec<(&str, Vec<Value>, &[(&str, Value)])> = vec![
        ("consensus_protocol", ProtocolKind::NAMES.map(|(name, _)| text(name)).to_vec(), &[]),
        ("negotiation_rounds", [2, 5, 20].map(Value::Int).to_vec(), &negotiating),
        ("acceptance_quorum", ["majority", "two_thirds", "unanimity"].map(text).to_vec(), &negotiating),
        ("agent_count", [5, 10, 15].map(Value::Int).to_vec(), &[]),
        ("fault_rate", [0.0, 0.2, 0.4].map(Value::Real).to_vec(), &faulty[1..]),
        ("fault_type", ["byzantine", "crash", "network", "performance", "mixed"].map(text).to_vec(), &faulty),
        ("fault_intensity", ["light", "medium", "heavy", "chaos"].map(text).to_vec(), &faulty),
        ("byzantine_behaviour", ["silent", "lying", "delaying", "vote_flipping"].map(text).to_vec(), &faulty),
        ("byzantine_strategy", ["random", "selective", "coordinated"].map(text).to_vec(), &faulty),
        (
            "workload_type",
            ["gpu_intensive", "memory_heavy", "compute_bound", "io_heavy", "mixed"].map(text).to_vec(),
            &[],
        ),
        ("job_arrival_rate", vec![text("low"), text("medium"), text("high"), Value::Real(500.0)], &[]),
        ("job_source", ["generated", "bursts", "lublin"].map(text).to_vec(), &[]),
        ("jobs", [10, 30].map(Value::Int).to_vec(), &[]),
        ("simulation_time", [300.0, 900.0].map(Value::Real).to_vec(), &[]),
        ("specialization_level", [0.0, 0.5, 1.0].map(Value::Real).to_vec(), &[]),
        ("network", vec![text("lan"), text("wan"), text("explicit")], &[]),
        (
            "network.delay_distribution",
            ["constant", "uniform", "normal", "lognormal", "exponential"].map(text).to_vec(),
            &explicit,
        ),
        ("network.delay_mean_ms", [1.0, 10.0].map(Value::Real).to_vec(), &explicit),
        ("network.delay_sd_ms", [0.1, 0.5].map(Value::Real).to_vec(), &explicit),
        ("network.loss", [0.0, 0.2].map(Value::Real).to_vec(), &explicit),
        ("network.bandwidth_mb_s", [0.0, 1.0].map(Value::Real).to_vec(), &explicit),
        ("processing_factor", [1.0, 1_000.0].map(Value::Real).to_vec(), &[]),
        ("timeout", [0.1, 2.0].map(Value::Real).to_vec(), &crashes),
        ("local_queue", vec![text("easy"), text("fifo")], &crowded),
    ];
    for (factor, levels, fixed) in table {
        let mut seen = BTreeSet::new();
        for level in &levels {
            let mut set = fixed.to_vec();
            set.push((factor, level.clone()));
            // The same streams for all levels: what differs is the factor.
            let condition = condition(&set);
            let streams = context(&Condition::default(), 0);
            let outcome = now(prepared(&Inputs::default()).run(&condition, &streams)).expect("the run ends");
            let shown: Vec<&Observed> = outcome.measurements.iter().map(|m| &m.observed).collect();
            assert!(seen.insert(format!("{shown:?}")), "{factor}: {level} changes no metric");
        }
    }
}

#[test]
fn the_same_key_gives_the_same_measurements_and_another_replicate_others() {
    let at = |replicate| run_with(&Inputs::default(), &condition(&[]), replicate).unwrap().measurements;
    assert_eq!(at(3), at(3));
    assert_ne!(at(3), at(4));
}

#[test]
fn faults_written_down_happen_and_are_counted_and_bad_ones_are_refused_by_name() {
    let records = |text: &str| [("fault_records", Value::text(text)), ("agent_count", Value::Int(7))];
    let healthy = run(&[("agent_count", Value::Int(7))]);
    let mut seen = BTreeSet::new();
    for kind in ["crash", "byzantine", "network", "performance", "partition"] {
        let text = format!(r#"[{{"agents": [0, 3], "type": "{kind}", "onset_s": 300, "duration_s": 900}}]"#);
        let outcome = run(&records(&text));
        assert_eq!(value(&outcome, "faulty_agents"), 2.0, "{kind}");
        assert_ne!(outcome.measurements, healthy.measurements, "{kind}");
        assert!(seen.insert(format!("{:?}", outcome.measurements)), "{kind} is like another");
    }
    let text = r#"[{"agent": 7, "type": "crash", "onset_s": 0}]"#;
    let (name, message) = ConsensusWorkload::new().check(&condition(&records(text))).unwrap_err();
    assert_eq!(name.as_str(), "fault_records");
    assert_eq!(message, "fault_records[0].agent: 7 is not accepted; agents are numbered 0 to 6");
}

#[test]
fn jobs_are_the_same_in_all_conditions_of_a_replicate() {
    // Utilisation's numerator and the number of jobs depend on the jobs alone.
    let submitted = |protocol: &str| {
        value(
            &run(&[("consensus_protocol", text(protocol)), ("simulation_time", Value::Real(900.0))]),
            "jobs_submitted",
        )
    };
    assert_eq!(submitted("bft"), submitted("raft"));
}

#[test]
fn words_that_contradict_each_other_are_refused_before_a_run() {
    let workload = ConsensusWorkload::new();
    let (name, message) = workload.check(&condition(&[("fault_rate", Value::Real(0.2))])).unwrap_err();
    assert_eq!(name.as_str(), "fault_type");
    assert!(message.starts_with("fault_rate is 0.2, but fault_type is none; say what goes wrong"), "{message}");
    let (name, message) = workload.check(&condition(&[("job_source", text("swf"))])).unwrap_err();
    assert_eq!((name.as_str(), message.as_str()), ("job_source", "swf needs a trace; write job_source: { swf: PATH }"));
    assert!(workload.check(&condition(&[])).is_ok());
}

fn swf(lines: &str) -> (Inputs, Value) {
    let digest = Digest::of_bytes(lines.as_bytes());
    let inputs = Inputs(BTreeMap::from([(digest, Arc::from(lines.as_bytes()))]));
    (inputs, Value::text(digest.to_string()))
}

#[test]
fn a_trace_by_digest_is_run_and_a_broken_one_is_refused() {
    let line = |id: u32| format!("{id} {} -1 600 4 -1 -1 4 900 -1 1 1 1 1 1 1 -1 -1\n", (id - 1) * 60);
    let (inputs, digest) = swf(&(1..=50).map(line).collect::<String>());
    let set = [("job_source", text("swf")), ("job_source.swf", digest), ("job_source.first", Value::Int(40))];
    let outcome = run_with(&inputs, &condition(&set), 0).expect("the run ends");
    assert_eq!(value(&outcome, "jobs_submitted"), 40.0);
    assert_eq!(value(&outcome, "consensus_success_rate"), 100.0);
    let mut bounded = condition(&set);
    bounded.set("simulation_time", Value::Real(600.0));
    assert_eq!(value(&run_with(&inputs, &bounded, 0).unwrap(), "jobs_submitted"), 11.0);
    let mut quicker = condition(&set);
    quicker.set("job_source.jobs_per_h", Value::Real(6_000.0));
    quicker.set("simulation_time", Value::Real(600.0));
    assert_eq!(value(&run_with(&inputs, &quicker, 0).unwrap(), "jobs_submitted"), 40.0);

    let (broken, _) = swf("1 2 three\n");
    let refused = now(ConsensusWorkload::new().prepare(&broken)).err().expect("refused");
    assert!(refused.message.contains("line 1") && refused.input.is_some(), "{}", refused.message);
    let absent = run_with(&Inputs::default(), &condition(&set), 0).unwrap_err();
    assert_eq!(absent.class, FailureClass::InvalidInput);
}

#[test]
fn a_real_trace_runs_where_there_is_one() {
    let Some(folder) = std::env::var_os("ERGON_TEST_DATA") else {
        return;
    };
    let path = std::path::Path::new(&folder).join("traces/hpc2n_alea_subset.swf.gz");
    let bytes: Arc<[u8]> = std::fs::read(&path).expect("the trace is there").into();
    let digest = Digest::of_bytes(&bytes);
    let inputs = Inputs(BTreeMap::from([(digest, bytes)]));
    for protocol in ["bft", "raft"] {
        let outcome = run_with(
            &inputs,
            &condition(&[
                ("consensus_protocol", text(protocol)),
                ("job_source", text("swf")),
                ("job_source.swf", Value::text(digest.to_string())),
            ]),
            0,
        );
        let outcome = outcome.expect("the run ends");
        assert_eq!(value(&outcome, "jobs_submitted"), 200.0);
        println!(
            "{protocol}: {:?}",
            outcome.measurements.iter().map(|m| (m.metric.as_str().to_owned(), m.observed.clone())).collect::<Vec<_>>()
        );
    }
}

#[test]
fn a_run_can_be_cancelled_and_has_a_limit() {
    let condition = condition(&[("jobs", Value::Int(500))]);
    let cancelled = context(&condition, 0);
    cancelled.cancel(Cancelled::Asked);
    let interrupted = now(prepared(&Inputs::default()).run(&condition, &cancelled)).unwrap_err();
    assert_eq!(interrupted.class, FailureClass::Interrupted);
    let mut short = condition.clone();
    short.set("event_limit", Value::Int(1_000));
    let limited = run_with(&Inputs::default(), &short, 0).unwrap_err();
    assert_eq!(limited.class, FailureClass::Timeout);
    assert!(limited.message.contains("raise event_limit"), "{}", limited.message);
}

#[test]
fn undefined_is_said_not_zero() {
    let outcome = run(&[("consensus_protocol", text("raft"))]);
    assert_eq!(observed(&outcome, "view_changes"), &Observed::Undefined("the protocol has no views".into()));
    assert_eq!(observed(&outcome, "fault_recovery_time_s"), &Observed::Undefined("there was no fault".into()));
    assert!(matches!(
        ConsensusWorkload::new().manifest().parameter("job_source.swf").unwrap().kind,
        ParameterKind::File { .. }
    ));
}
