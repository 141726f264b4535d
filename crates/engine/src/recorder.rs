//! Group commit: everything the workers report while one commit is under way goes into the next.

use std::sync::Arc;
use std::time::Duration;

use ergon_domain::{
    AttemptEnd, AttemptResult, AttemptStart, Clock, EnergyEntry, RunLog, RunLogBatch, RunLogError, RunState,
};
use tokio::sync::mpsc;

use crate::event::Event;
use crate::execute::Session;
use crate::handle::Handle;

/// What a worker reports.
pub(crate) enum Record {
    Start(Box<AttemptStart>, usize),
    End(Box<AttemptEnd>, usize),
    Energy(EnergyEntry),
    /// No more will come.
    Close,
}

/// Most reports in one transaction.
const BATCH: usize = 1024;
/// Waits between attempts to write a batch that the store refused (a disk that is full may have room again).
const PATIENCE: [Duration; 3] = [Duration::from_millis(200), Duration::from_secs(1), Duration::from_secs(3)];

/// Records until closed. Invariant: events of a batch are sent only after its commit.
pub(crate) async fn run(
    mut inbox: mpsc::Receiver<Record>,
    log: Arc<dyn RunLog>,
    session: Arc<Session>,
    handle: Handle,
) {
    let mut waiting = Vec::with_capacity(BATCH);
    let mut broken = false;
    let mut closed = false;
    while !closed {
        waiting.clear();
        if inbox.recv_many(&mut waiting, BATCH).await == 0 {
            return;
        }
        let mut batch = RunLogBatch::default();
        let mut phases = (Vec::new(), Vec::new());
        for record in waiting.drain(..) {
            match record {
                Record::Start(start, phase) => {
                    batch.starts.push(*start);
                    phases.0.push(phase);
                }
                Record::End(end, phase) => {
                    batch.ends.push(*end);
                    phases.1.push(phase);
                }
                Record::Energy(entry) => batch.energy.push(entry),
                Record::Close => closed = true,
            }
        }
        if batch.is_empty() || broken {
            continue;
        }
        let told = tell(&batch, &phases, &session);
        let ended: Vec<(usize, RunState, f64)> =
            batch.ends.iter().zip(&phases.1).map(|(end, phase)| (*phase, end.run_state, end.duration_s)).collect();
        match record_patiently(&log, batch, &session).await {
            Ok(()) => {
                count(&ended, &session);
                told.into_iter().for_each(|event| (session.execution.events)(event));
            }
            Err(error) => {
                // Nothing more may start: its result could not be kept. The inbox is still emptied so no worker hangs.
                broken = true;
                handle.0.lock().failure = Some(error);
                handle.stop_now();
            }
        }
    }
}

/// Counts runs as ended: only now are they.
fn count(ended: &[(usize, RunState, f64)], session: &Session) {
    let now_s = session.clock.now_s();
    let mut tally = session.tally();
    for (phase, state, duration_s) in ended {
        match state {
            RunState::Succeeded => tally.succeeded += 1,
            RunState::Failed => tally.failed += 1,
            _ => {}
        }
        if *state != RunState::Queued {
            tally.meter.ended(*phase, *duration_s, now_s);
        }
    }
}

async fn record_patiently(log: &Arc<dyn RunLog>, batch: RunLogBatch, session: &Session) -> Result<(), RunLogError> {
    for wait in PATIENCE {
        match log.record(batch.clone()).await {
            Ok(()) => return Ok(()),
            Err(lost @ RunLogError::LeaseLost { .. }) => return Err(lost),
            Err(RunLogError::Store(message)) => {
                (session.execution.events)(Event::StoreTrouble { message });
                tokio::time::sleep(wait).await;
            }
        }
    }
    log.record(batch).await
}

fn tell(batch: &RunLogBatch, phases: &(Vec<usize>, Vec<usize>), session: &Session) -> Vec<Event> {
    let name = |phase: &usize| session.execution.phases.get(*phase).map_or_else(String::new, |p| p.name.clone());
    let starts = batch.starts.iter().zip(&phases.0).map(|(start, phase)| Event::RunStarted {
        run_id: start.run.key,
        phase: name(phase),
        attempt: start.attempt,
    });
    let ends = batch.ends.iter().zip(&phases.1).map(|(end, phase)| {
        let (failure, message) = match &end.result {
            AttemptResult::Failed { class, message } => (Some(*class), Some(message.clone())),
            _ => (None, None),
        };
        Event::RunEnded {
            run_id: end.key,
            phase: name(phase),
            attempt: end.attempt,
            state: end.run_state,
            failure,
            message,
            duration_s: end.duration_s,
        }
    });
    starts.chain(ends).collect()
}
