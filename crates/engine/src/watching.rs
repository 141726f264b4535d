//! What goes on beside the workers: the lease, progress, budgets, the books of energy.

use std::sync::Arc;
use std::time::Duration;

use ergon_domain::{Alert, AlertKind, AlertLevel, Clock, ControlCommand, ModelMeter, RunLog, RunLogError};

use crate::event::{Event, EventSink};
use crate::execute::{Session, Stopped};
use crate::handle::Handle;
use crate::recorder::Record;
use crate::time_budget::{HOURS_USED_UP, TimeBudget};

const HEARTBEAT: Duration = Duration::from_millis(1000);
const PROGRESS: Duration = Duration::from_millis(200);
/// Why an execution stops whose energy budget is used up.
pub(crate) const ENERGY_USED_UP: &str = "budget.energy_j is used up; raise it and run again to go on";
const BOOKS: Duration = Duration::from_millis(500);
/// Share of a budget at which to warn.
const NEARLY: f64 = 0.8;

/// That a budget is nearly used up.
pub(crate) fn nearly(name: &str, spent: f64, limit: f64, unit: &str) -> Option<String> {
    // A share a rounding error below the bound is at it.
    let percent = 100.0 * spent / limit + 1e-9;
    (percent >= 100.0 * NEARLY).then(|| format!("{name}: {:.0} % of {limit} {unit} are used", percent.floor()))
}

fn budget_alert(message: String) -> Alert {
    Alert { kind: AlertKind::Budget, level: AlertLevel::Warning, message }
}

/// Renews the lease and obeys what other processes asked through the store.
pub(crate) async fn beat(log: Arc<dyn RunLog>, events: EventSink, handle: Handle) {
    loop {
        tokio::time::sleep(HEARTBEAT).await;
        match log.heartbeat().await {
            Ok(commands) => {
                for command in commands {
                    match command {
                        ControlCommand::Pause => handle.pause(),
                        ControlCommand::Resume => handle.resume(),
                        ControlCommand::Stop => handle.drain(Stopped::Asked, "stopped from outside"),
                        ControlCommand::Retry => {
                            handle.0.lock().retry_wanted = true;
                            handle.0.changed.notify_waiters();
                        }
                    }
                }
            }
            Err(error @ RunLogError::LeaseLost { .. }) => {
                handle.0.lock().failure = Some(error);
                handle.stop_now();
                return;
            }
            Err(error) => events(Event::StoreTrouble { message: error.to_string() }),
        }
    }
}

/// Tells progress and watches the time budget.
pub(crate) async fn tick(session: Arc<Session>, handle: Handle) {
    let mut last = None;
    let mut asked = Asked::default();
    let mut time = TimeBudget::of(&session.execution.limits);
    loop {
        tokio::time::sleep(PROGRESS).await;
        asked.tell(&session);
        let now_s = session.clock.now_s();
        if let Some(message) = time.warning(now_s) {
            (session.execution.events)(Event::Alert(budget_alert(message)));
        }
        if time.is_used_up(now_s) {
            handle.drain(Stopped::Budget, HOURS_USED_UP);
        }
        let skipped = session.dispatch().skipped;
        let progress = {
            let mut tally = session.tally();
            tally.skipped = skipped;
            tally.progress(now_s)
        };
        if last.as_ref() != Some(&progress) {
            (session.execution.events)(Event::Progress(progress.clone()));
            last = Some(progress);
        }
    }
}

/// What was told of the models.
#[derive(Default)]
pub(crate) struct Asked {
    last: Option<ModelMeter>,
}

impl Asked {
    /// Tells what has changed; each alert once.
    pub(crate) fn tell(&mut self, session: &Session) {
        let Some(meter) = session.execution.models.as_ref().and_then(|models| models.meter()) else { return };
        if self.last.as_ref() == Some(&meter) {
            return;
        }
        let told = self.last.as_ref().map_or(0, |last| last.alerts.len());
        for alert in meter.alerts.iter().skip(told) {
            (session.execution.events)(Event::Alert(alert.clone()));
        }
        (session.execution.events)(Event::Models(meter.clone()));
        self.last = Some(meter);
    }
}

/// Looks after energy: writes what has come, and watches its budget.
pub(crate) async fn keep_books(session: Arc<Session>, handle: Handle) {
    let Some(account) = &session.energy else { return };
    loop {
        tokio::time::sleep(BOOKS).await;
        let looked = account.watch();
        if let Some(message) = looked.warning {
            (session.execution.events)(Event::Alert(budget_alert(message)));
        }
        if looked.used_up {
            handle.drain(Stopped::Budget, ENERGY_USED_UP);
        }
        for entry in looked.entries {
            let _ = session.records.send(Record::Energy(entry)).await;
        }
    }
}

/// A second in which nothing runs; false where nobody wants to wait any more.
pub(crate) async fn idle_second(handle: &Handle) -> bool {
    let changed = handle.0.changed.notified();
    tokio::pin!(changed);
    changed.as_mut().enable();
    let stopped = || handle.0.lock().stopped.is_some();
    if stopped() {
        return false;
    }
    let end = tokio::time::Instant::now() + Duration::from_secs(1);
    // What changed may be a pause or a retry, which shorten nothing.
    while tokio::time::timeout_at(end, changed.as_mut()).await.is_ok() {
        if stopped() {
            return false;
        }
        changed.set(handle.0.changed.notified());
    }
    true
}
