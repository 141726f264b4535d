//! What the engine adds to a run: no-op runs against a log that keeps nothing. Target: ≤ 0.1 ms a run.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;
use ergon_domain::{
    Condition, ControlCommand, Digest, Outcome, PlannedCondition, PlannedRun, Prepared, RunContext, RunError, RunLimit,
    RunLog, RunLogBatch, RunLogError, RunStreams, run_key,
};
use ergon_engine::{Execution, Handle, Limits, PhaseOrder, Runtimes, execute};

struct Nowhere;

#[async_trait]
impl RunLog for Nowhere {
    async fn record(&self, _: RunLogBatch) -> Result<(), RunLogError> {
        Ok(())
    }
    async fn heartbeat(&self) -> Result<Vec<ControlCommand>, RunLogError> {
        Ok(Vec::new())
    }
}

struct Nothing;

#[async_trait]
impl Prepared for Nothing {
    async fn run(&self, _: &Condition, _: &RunContext) -> Result<Outcome, RunError> {
        Ok(Outcome::default())
    }
}

fn main() {
    let Ok(runtimes) = Runtimes::start() else { return };
    for runs in [20_000_u32, 1_000_000] {
        let condition = Condition::default();
        let digest = condition.digest();
        let condition = Arc::new(PlannedCondition { condition, digest });
        let plan = (0..runs).map(move |i| PlannedRun {
            index: u64::from(i),
            key: run_key(&Digest([0; 32]), &digest, i),
            condition: condition.clone(),
            replicate: i,
            phases: Arc::from([0]),
        });
        let execution = Execution {
            campaign: "bench".into(),
            plan: Box::new(plan),
            runs: runs.into(),
            runs_by_phase: vec![runs.into()],
            known: BTreeMap::new(),
            phases: vec![PhaseOrder { name: "all".into(), depends_on: Vec::new() }],
            streams: Arc::new(|run| RunStreams {
                key: run.key,
                campaign_seed: 0,
                replicate: run.replicate,
                common: Vec::new(),
            }),
            workload: Arc::new(Nothing),
            models: None,
            limit: RunLimit::Events,
            limits: Limits {
                parallel: 2,
                timeout_s: None,
                retries: 0,
                rest: ergon_engine::Rest::For(0.0),
                warmup: 0,
                budget_s: None,
                spent_s: 0.0,
                retry_failed: false,
            },
            energy: None,
            log: Arc::new(Nowhere),
            scratch: std::env::temp_dir().join("ergon-bench-none"),
            marker: "bench".into(),
            withheld: Vec::new(),
            events: Arc::new(|_| ()),
        };
        let began = Instant::now();
        match runtimes.io().block_on(execute(execution, Handle::new(), &runtimes)) {
            Ok(summary) => {
                let wall_s = began.elapsed().as_secs_f64();
                println!(
                    "{runs} no-op runs, 2 at once: {wall_s:.2} s wall, {:.4} ms a run (target 0.1 ms)",
                    wall_s * 2.0 / f64::from(runs) * 1e3,
                );
                assert_eq!(summary.succeeded, u64::from(runs));
            }
            Err(e) => println!("failed: {e}"),
        }
    }
}
