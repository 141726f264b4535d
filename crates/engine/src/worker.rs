//! A slot that executes one run after another.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use ergon_domain::{
    AttemptEnd, AttemptResult, AttemptStart, Clock, FailureClass, Outcome, RunContext, RunContextParts, RunError,
    RunLimit, RunState,
};
use ergon_energy::{HostState, Roots};

use crate::attempt_models::AttemptModels;
use crate::backoff::wait_before_retry;
use crate::cpu_clock::{CpuTimed, RunCpu};
use crate::dispatch::{Job, Next};
use crate::event::Event;
use crate::execute::{Rest, Session, Stopped};
use crate::handle::Handle;
use crate::processes::HostProcesses;
use crate::recorder::Record;
use crate::span_energy::{SpanEnergy, by_span};
use crate::warm_up::warm_up;

/// Most bytes of an attempt's log that are stored.
const LOG_CAP: usize = 256 * 1024;

/// Between two looks at a processor that cools down.
const LOOK: Duration = Duration::from_millis(500);

/// UTC now, microseconds since 1970.
fn now_us() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_micros() as i64)
}

/// Takes runs until there are none.
pub(crate) async fn run(session: Arc<Session>) {
    let mut has_run = false;
    loop {
        let taken = Instant::now();
        // Registered before looking, so that a change between looking and waiting is not missed.
        let changed = session.shared.changed.notified();
        tokio::pin!(changed);
        changed.as_mut().enable();
        obey(&session);
        // A `let`: the guard must not live across an await.
        let next = session.dispatch().next(Instant::now());
        match next {
            Next::Done => return,
            Next::Wait(None) => changed.await,
            Next::Wait(Some(at)) => {
                let _ = tokio::time::timeout_at(at.into(), changed).await;
            }
            Next::SkipPhase { phase, reason } => {
                let name = session.execution.phases.get(phase).map_or_else(String::new, |p| p.name.clone());
                (session.execution.events)(Event::PhaseSkipped { phase: name, reason });
            }
            Next::Run(job) => {
                // Before a run, not after the last one.
                if std::mem::replace(&mut has_run, true) {
                    cool_down(&session).await;
                } else {
                    warm_up(&session, &job).await;
                }
                let in_run_s = execute(&session, job).await;
                let own_s = taken.elapsed().as_secs_f64() - in_run_s;
                session.overhead_ns.fetch_add((own_s.max(0.0) * 1e9) as u64, Ordering::Relaxed);
            }
        }
    }
}

/// The slot rests. Stopping doesn't wait for it.
async fn cool_down(session: &Session) {
    let (rest_s, near) = match session.execution.limits.rest {
        Rest::For(seconds) => (seconds, None),
        Rest::UntilNear { within_c, at_most_s } => (at_most_s, session.start_c.map(|start| start + within_c)),
    };
    let rest = Duration::try_from_secs_f64(rest_s).unwrap_or_default().min(Duration::from_secs(86_400));
    let end = tokio::time::Instant::now() + rest;
    loop {
        let changed = session.shared.changed.notified();
        let stopped = session.shared.lock().stopped.is_some();
        let roots = Roots::from_environment();
        let cool = near.is_some_and(|c| HostState::read(&roots).temperature_c.is_some_and(|now| now <= c));
        if rest.is_zero() || stopped || cool || tokio::time::Instant::now() >= end {
            return;
        }
        let look = if near.is_some() { (tokio::time::Instant::now() + LOOK).min(end) } else { end };
        let _ = tokio::time::timeout_at(look, changed).await;
    }
}

/// Carries what the handle asks over to the dispatcher, telling each change once.
fn obey(session: &Session) {
    let (pause, drain, retry) = {
        let mut state = session.shared.lock();
        (state.pause_wanted, state.drain_reason.take(), std::mem::take(&mut state.retry_wanted))
    };
    let stopped = session.shared.lock().stopped.is_some();
    let mut dispatch = session.dispatch();
    if let Some(reason) = drain {
        (session.execution.events)(Event::Draining { reason });
    }
    dispatch.draining |= stopped;
    if dispatch.paused != pause {
        dispatch.paused = pause;
        (session.execution.events)(if pause { Event::Paused } else { Event::Resumed });
    }
    if retry {
        let again = dispatch.retry_all(Instant::now());
        drop(dispatch);
        let mut tally = session.tally();
        tally.failed = tally.failed.saturating_sub(again.len() as u64);
        again.into_iter().for_each(|phase| tally.meter.again(phase));
    }
}

/// Executes one attempt; returns the seconds spent in the run itself.
async fn execute(session: &Arc<Session>, job: Job) -> f64 {
    let phase = job.phase();
    let cpu = Arc::new(RunCpu::default());
    // Before its start is told: a run that waits for the machine has not begun.
    let taking = match &session.energy {
        Some(account) => Some(account.begin(&cpu).await),
        None => None,
    };
    let start = AttemptStart { run: job.run.clone(), attempt: job.attempt, started_us: now_us() };
    let _ = session.records.send(Record::Start(Box::new(start), phase)).await;
    session.attempts.fetch_add(1, Ordering::Relaxed);
    session.tally().running += 1;

    let streams = (session.execution.streams)(&job.run);
    let timeout_s = match session.execution.limit {
        RunLimit::WallTime => session.execution.limits.timeout_s,
        RunLimit::Events => None,
    };
    let processes = HostProcesses::new(session, &job, timeout_s, cpu.clone());
    let scratch = processes.scratch().to_owned();
    let context = RunContext::new(RunContextParts {
        streams: streams.clone(),
        clock: session.clock.clone(),
        processes: Some(Arc::new(processes)),
        models: session.execution.models.as_ref().map(|models| -> Arc<dyn ergon_domain::Models> {
            Arc::new(AttemptModels::new(session, models, job.attempt))
        }),
    });
    if session.energy.as_ref().is_some_and(|account| account.is_exclusive()) {
        context.meter_spans(Arc::new(SpanEnergy::new(session.clone())));
    }
    session.shared.lock().executing.insert(job.run.key, context.clone());
    if session.shared.cancel_all.load(Ordering::SeqCst) {
        context.cancel(ergon_domain::Cancelled::Asked);
    }

    let began = session.clock.now_s();
    let (workload, condition, cx) = (session.execution.workload.clone(), job.run.condition.clone(), context.clone());
    let attempt = CpuTimed::new(async move { workload.run(&condition.condition, &cx).await }, cpu.clone());
    // A task of its own: a panic ends this attempt and nothing else.
    let (result, cpu_s) = match tokio::spawn(attempt).await {
        Ok((result, cpu_s)) => (result, cpu_s),
        Err(e) => (Err(RunError::new(FailureClass::Crashed, panic_text(e))), None),
    };
    let duration_s = session.clock.now_s() - began;
    let taken = session.energy.as_ref().zip(taking).map(|(account, taking)| account.end(taking));
    session.shared.lock().executing.remove(&job.run.key);
    if scratch.exists() {
        let _ = std::fs::remove_dir_all(&scratch);
    }

    // The polls of a run that waits for a program say nothing of the program's own time.
    let in_process = matches!(session.execution.limit, RunLimit::Events).then_some(cpu_s).flatten();
    let mut end = conclude(session, &job, &context, result, duration_s, in_process);
    if let Some((resources, block)) = taken {
        (end.resources, end.energy_block) = (resources, block);
        end.resources.extend(by_span(&end.spans));
        if let Some(usage) = cpu.usage().filter(|_| !end.resources.is_empty()) {
            end.resources.extend(usage.measurements());
        }
    }
    let state = end.run_state;
    let class = match &end.result {
        AttemptResult::Failed { class, .. } => Some(*class),
        _ => None,
    };
    session.tally().running -= 1;
    let _ = session.records.send(Record::End(Box::new(end), phase)).await;
    let stopping = session.shared.cancel_all.load(Ordering::SeqCst);
    {
        let mut dispatch = session.dispatch();
        if state == RunState::Queued && !stopping {
            let wait = wait_before_retry(class.unwrap_or(FailureClass::Internal), job.tries, &streams);
            dispatch.again(job, Instant::now() + wait);
        } else {
            dispatch.ended(job, state == RunState::Succeeded);
        }
    }
    session.shared.changed.notify_waiters();
    duration_s
}

fn conclude(
    session: &Session,
    job: &Job,
    context: &RunContext,
    result: Result<Outcome, RunError>,
    duration_s: f64,
    cpu_s: Option<f64>,
) -> AttemptEnd {
    let mut end = AttemptEnd {
        key: job.run.key,
        attempt: job.attempt,
        ended_us: now_us(),
        duration_s,
        cpu_s,
        result: AttemptResult::Succeeded,
        run_state: RunState::Succeeded,
        measurements: Vec::new(),
        resources: Vec::new(),
        energy_block: None,
        spans: context.take_spans(),
        artefacts: Vec::new(),
        log: String::new(),
    };
    match result {
        Ok(outcome) => {
            end.cpu_s = outcome.cpu_s.or(cpu_s);
            end.measurements = outcome.measurements;
            end.artefacts = outcome.artefacts;
            end.log = outcome.log;
        }
        Err(error) => {
            // A run that the campaign's budget did not allow has not been tried: it goes on when the budget is raised.
            let exhausted =
                (error.class == FailureClass::Budget).then(|| session.execution.models.as_ref()?.exhausted());
            let exhausted = exhausted.flatten();
            if let Some(why) = &exhausted {
                Handle(session.shared.clone()).drain(Stopped::Budget, why);
            }
            let interrupted = error.class == FailureClass::Interrupted || exhausted.is_some();
            let again = interrupted || (error.class.is_retryable() && job.tries < session.execution.limits.retries);
            end.run_state = if again { RunState::Queued } else { RunState::Failed };
            end.log = error.log;
            end.result = AttemptResult::Failed { class: error.class, message: error.message };
        }
    }
    if end.log.len() > LOG_CAP {
        let mut cut = LOG_CAP;
        while !end.log.is_char_boundary(cut) {
            cut -= 1;
        }
        end.log.truncate(cut);
        end.log.push_str("\n… (cut)\n");
    }
    end
}

fn panic_text(error: tokio::task::JoinError) -> String {
    match error.try_into_panic() {
        Ok(payload) => {
            let text = payload
                .downcast_ref::<&str>()
                .map(|s| (*s).to_owned())
                .or_else(|| payload.downcast_ref::<String>().cloned())
                .unwrap_or_else(|| "no message".into());
            format!("the workload panicked: {text}")
        }
        Err(error) => format!("the attempt's task ended: {error}"),
    }
}
