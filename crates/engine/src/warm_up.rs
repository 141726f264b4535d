//! Runs before the first that counts: caches, clocks and connections are then as they will be, and nothing is recorded.

use std::sync::Arc;

use ergon_domain::{RunContext, RunContextParts, RunLimit};

use crate::attempt_models::AttemptModels;
use crate::cpu_clock::RunCpu;
use crate::dispatch::Job;
use crate::execute::Session;
use crate::processes::HostProcesses;

/// The number under which a warm-up's calls of models are kept: what they cost counts, what they say doesn't.
const WARM_UP_ATTEMPT: u32 = 0;

/// Carries a slot's first run out as often as wanted, and throws the results away. A failure is the run's to report.
pub(crate) async fn warm_up(session: &Arc<Session>, job: &Job) {
    for _ in 0..session.execution.limits.warmup {
        if session.shared.lock().stopped.is_some() {
            return;
        }
        // Another campaign's measured run must not be disturbed.
        let _machine = match &session.energy {
            Some(account) => account.machine().await,
            None => None,
        };
        let job = Job { attempt: WARM_UP_ATTEMPT, ..job.clone() };
        let timeout_s = match session.execution.limit {
            RunLimit::WallTime => session.execution.limits.timeout_s,
            RunLimit::Events => None,
        };
        let processes = HostProcesses::new(session, &job, timeout_s, Arc::new(RunCpu::default()));
        let scratch = processes.scratch().to_owned();
        let context = RunContext::new(RunContextParts {
            streams: (session.execution.streams)(&job.run),
            clock: session.clock.clone(),
            processes: Some(Arc::new(processes)),
            models: session.execution.models.as_ref().map(|models| -> Arc<dyn ergon_domain::Models> {
                Arc::new(AttemptModels::new(session, models, WARM_UP_ATTEMPT))
            }),
        });
        session.shared.lock().executing.insert(job.run.key, context.clone());
        let (workload, condition, cx) = (session.execution.workload.clone(), job.run.condition.clone(), context);
        let ended = tokio::spawn(async move { workload.run(&condition.condition, &cx).await }).await;
        if !matches!(ended, Ok(Ok(_))) {
            tracing::warn!("a warm-up run failed; the run itself will say why");
        }
        session.shared.lock().executing.remove(&job.run.key);
        if scratch.exists() {
            let _ = std::fs::remove_dir_all(&scratch);
        }
    }
}
