//! Speed of a scripted game (two agents, five items, ten rounds, all metrics and the record) and of an instance of
//! preferences, on one core.
//!
//! Targets: 5,000 games/s; 50 µs an instance.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use ergon_domain::{
    Clock, Condition, Digest, Inputs, RunContext, RunContextParts, RunStreams, Value, Workload, run_key,
};
use ergon_workloads::negotiation::NegotiationWorkload;
use ergon_workloads::negotiation::preferences::generate;
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

struct Still;

impl Clock for Still {
    fn now_s(&self) -> f64 {
        0.0
    }
}

fn now<T>(future: impl Future<Output = T>) -> Option<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}

/// Seconds of the fastest of several rounds of `times`, each.
fn each_s(times: u32, mut work: impl FnMut(u32)) -> f64 {
    let mut best = f64::INFINITY;
    for round in 0..7 {
        let start = Instant::now();
        (0..times).for_each(|i| work(round * times + i));
        best = best.min(start.elapsed().as_secs_f64());
    }
    best / f64::from(times)
}

fn main() {
    for (agents, items) in [(2, 5), (2, 10), (3, 5), (5, 10)] {
        for target in [0.0, 0.3, 0.5, 0.9, 1.0] {
            let mut missed = 0;
            let seconds = each_s(2_000, |seed| {
                let mut rng = ChaCha8Rng::seed_from_u64(u64::from(seed));
                missed += u32::from(!generate(agents, items, target, &mut rng).reached());
            });
            println!(
                "preferences, {agents} agents, {items} items, cosine {target}: {:.1} µs, {missed} missed",
                seconds * 1e6
            );
        }
    }
    let workload = NegotiationWorkload::new();
    let Some(Ok(prepared)) = now(workload.prepare(&Inputs::default())) else { return };
    for strategy in ["boulware", "linear", "conceder", "tit_for_tat", "hardliner", "zeuthen", "nash", "random"] {
        let mut condition = Condition::default();
        for parameter in &workload.manifest().parameters {
            if let Some(default) = &parameter.default {
                condition.set(parameter.name.clone(), default.clone());
            }
        }
        condition.set("weak_agent", Value::text(strategy));
        condition.set("strong_agent", Value::text(strategy));
        // Hard enough that most games take all their rounds.
        condition.set("competition_level", Value::Real(0.9));
        let mut rounds = 0.0;
        let seconds = each_s(500, |replicate| {
            let context = RunContext::new(RunContextParts {
                streams: RunStreams {
                    key: run_key(&Digest::of_bytes(b"bench"), &condition.digest(), replicate),
                    campaign_seed: 42,
                    replicate,
                    common: Vec::new(),
                },
                clock: Arc::new(Still),
                processes: None,
                models: None,
            });
            if let Some(Ok(outcome)) = now(prepared.run(&condition, &context)) {
                let found = outcome.measurements.iter().find(|m| m.metric.as_str() == "final_round");
                if let Some(ergon_domain::Observed::Value(x)) = found.map(|m| &m.observed) {
                    rounds += x;
                }
            }
        });
        println!("{strategy}: {:.0} games/s, {:.1} rounds a game", 1.0 / seconds, rounds / 3_500.0);
    }
}
