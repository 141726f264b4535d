//! Runs conditions outside an engine.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use ergon_domain::{
    Clock, Condition, Digest, Inputs, Models, Observed, Outcome, RunContext, RunContextParts, RunError, RunStreams,
    Value, Workload, run_key,
};
use ergon_workloads::negotiation::NegotiationWorkload;
use serde_json::Value as Json;

struct Still;

impl Clock for Still {
    fn now_s(&self) -> f64 {
        0.0
    }
}

/// Asks again and again until it is there: what waits here waits for a number of looks, not for time.
pub(super) fn now<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    for _look in 0..1_000_000 {
        if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return value;
        }
    }
    panic!("it waits for something that does not come")
}

/// A run's context; `common`: preferences and lots depend on the replicate alone.
fn context(condition: &Condition, replicate: u32, common: bool, models: Option<Arc<dyn Models>>) -> RunContext {
    let streams = ["preferences", "agents", "lots"].map(String::from);
    RunContext::new(RunContextParts {
        streams: RunStreams {
            key: run_key(&Digest::of_bytes(b"negotiation"), &condition.digest(), replicate),
            campaign_seed: 42,
            replicate,
            common: if common { streams.to_vec() } else { Vec::new() },
        },
        clock: Arc::new(Still),
        processes: None,
        models,
    })
}

/// All defaults, then these.
pub(super) fn condition(set: &[(&str, Value)]) -> Condition {
    let workload = NegotiationWorkload::new();
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

pub(super) fn try_run(
    set: &[(&str, Value)],
    replicate: u32,
    models: Option<Arc<dyn Models>>,
) -> Result<Outcome, RunError> {
    let condition = condition(set);
    let prepared = now(NegotiationWorkload::new().prepare(&Inputs::default())).expect("no inputs");
    now(prepared.run(&condition, &context(&condition, replicate, true, models)))
}

/// A game of scripts on the streams that the replicate's other conditions share.
pub(super) fn run(set: &[(&str, Value)], replicate: u32) -> Outcome {
    try_run(set, replicate, None).unwrap_or_else(|e| panic!("{set:?}: {e}"))
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

/// Means of metrics over replicates.
pub(super) fn means<const N: usize>(set: &[(&str, Value)], metrics: [&str; N], replicates: u32) -> [f64; N] {
    let outcomes: Vec<Outcome> = (0..replicates).map(|replicate| run(set, replicate)).collect();
    metrics.map(|metric| outcomes.iter().map(|o| value(o, metric)).sum::<f64>() / f64::from(replicates))
}

/// Mean of a metric over replicates.
pub(super) fn mean(set: &[(&str, Value)], metric: &str, replicates: u32) -> f64 {
    let [mean] = means(set, [metric], replicates);
    mean
}

pub(super) fn record(outcome: &Outcome) -> Json {
    let artefact = outcome.artefacts.iter().find(|a| a.name == "negotiation.json").expect("a record");
    serde_json::from_slice(artefact.content.as_ref().expect("kept")).expect("JSON")
}

pub(super) fn text(word: &str) -> Value {
    Value::text(word)
}
