//! Time of whole runs by agent type, with a model that answers at once by quantal response.
//!
//! Target: 50 agents that ask about 20 jobs, 1,000 questions, below 50 ms a run.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use async_trait::async_trait;
use ergon_domain::{
    CallContext, ChatReply, ChatRequest, Clock, Condition, DecisionProblem, Digest, FinishReason, Inputs, ModelError,
    Models, RunContext, RunContextParts, RunStreams, Usage, Value, Workload, draw, run_key,
};
use ergon_workloads::consensus::ConsensusWorkload;

/// P(option) ∝ exp(20·utility).
struct Quantal;

#[async_trait]
impl Models for Quantal {
    async fn chat(
        &self,
        request: &ChatRequest,
        aside: Option<&DecisionProblem>,
        call: &CallContext,
    ) -> Result<ChatReply, ModelError> {
        let mut rng = call.streams.rng(&call.stream(request));
        let text = match aside {
            Some(DecisionProblem::Choice(options)) => {
                let weights: Vec<f64> = options.iter().map(|o| libm::exp(20.0 * (o.utility - 1.0))).collect();
                draw::weighted(&mut rng, &weights).map_or(String::new(), |index| options[index].reply.clone())
            }
            _ => String::new(),
        };
        Ok(ChatReply {
            text,
            model_id: "quantal".into(),
            finish: FinishReason::Stop,
            usage: Usage::default(),
            latency_s: draw::lognormal(&mut rng, 0.0, 0.25),
            cost_usd: None,
            confidence: Some(0.5),
            simulated: true,
            tool_calls: Vec::new(),
        })
    }
}

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

fn main() {
    let workload = ConsensusWorkload::new();
    let mut condition = Condition::default();
    for parameter in &workload.manifest().parameters {
        if let Some(default) = &parameter.default {
            condition.set(parameter.name.clone(), default.clone());
        }
    }
    condition.set("jobs", Value::Int(20));
    let Some(Ok(prepared)) = now(workload.prepare(&Inputs::default())) else { return };
    for protocol in ["bft", "raft"] {
        for network in ["lan", "wan"] {
            for agents in [10, 50] {
                for agent_type in ["heuristic", "llm", "hybrid"] {
                    condition.set("consensus_protocol", Value::text(protocol));
                    condition.set("network", Value::text(network));
                    condition.set("agent_count", Value::Int(agents));
                    condition.set("agent_type", Value::text(agent_type));
                    let mut best_s = f64::INFINITY;
                    for replicate in 0..7 {
                        let key = run_key(&Digest::of_bytes(b"bench"), &condition.digest(), replicate);
                        let streams = RunStreams { key, campaign_seed: 1, replicate, common: Vec::new() };
                        let context = RunContext::new(RunContextParts {
                            streams,
                            clock: Arc::new(Still),
                            processes: None,
                            models: Some(Arc::new(Quantal)),
                        });
                        let start = Instant::now();
                        let ended = now(prepared.run(&condition, &context));
                        assert!(matches!(ended, Some(Ok(_))), "the run ends");
                        best_s = best_s.min(start.elapsed().as_secs_f64());
                    }
                    println!("{protocol:<5} {network} n = {agents:<3} {agent_type:<10} {:>8.2} ms/run", best_s * 1e3);
                }
            }
        }
    }
}
