//! Questions in the air: answers in any order, a run that is cancelled meanwhile.

use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, Waker};

use async_trait::async_trait;
use ergon_domain::{
    CallContext, Cancelled, ChatReply, ChatRequest, DecisionProblem, FailureClass, Inputs, ModelError, Models,
    RunContext, Value, Workload,
};
use ergon_workloads::consensus::ConsensusWorkload;

use crate::campaign::{GOOD, Quantal, condition, context, now, run};

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
