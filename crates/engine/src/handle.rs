//! Steering an execution while it runs, and what its parts share for that.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use ergon_domain::{Cancelled, RunContext, RunKey, RunLogError};
use tokio::sync::Notify;

use crate::execute::Stopped;

/// Steers an execution from outside.
#[derive(Clone)]
pub struct Handle(pub(crate) Arc<Shared>);

impl Handle {
    /// A handle to pass to [`execute`].
    pub fn new() -> Self {
        Self(Arc::new(Shared::default()))
    }

    /// Executing runs end, no new ones start.
    pub fn drain(&self, why: Stopped, reason: &str) {
        let mut state = self.0.lock();
        if state.stopped.is_none() {
            state.stopped = Some(why);
            state.drain_reason = Some(reason.to_owned());
            state.stopped_by = Some(reason.to_owned());
        }
        drop(state);
        self.0.changed.notify_waiters();
    }

    /// Executing runs are cancelled; they run again on resume.
    pub fn stop_now(&self) {
        self.drain(Stopped::Asked, "stopped");
        self.0.cancel_all.store(true, Ordering::SeqCst);
        for context in self.0.lock().executing.values() {
            context.cancel(Cancelled::Asked);
        }
        self.0.changed.notify_waiters();
        self.0.cancelled.notify_waiters();
    }

    /// No new runs start until [`Handle::resume`].
    pub fn pause(&self) {
        self.0.lock().pause_wanted = true;
        self.0.changed.notify_waiters();
    }

    /// Runs start again.
    pub fn resume(&self) {
        self.0.lock().pause_wanted = false;
        self.0.changed.notify_waiters();
    }
}

impl Default for Handle {
    fn default() -> Self {
        Self::new()
    }
}

#[derive(Default)]
pub(crate) struct SharedState {
    pub(crate) stopped: Option<Stopped>,
    /// Why, until it is told.
    pub(crate) drain_reason: Option<String>,
    pub(crate) stopped_by: Option<String>,
    pub(crate) pause_wanted: bool,
    pub(crate) retry_wanted: bool,
    pub(crate) executing: BTreeMap<RunKey, RunContext>,
    pub(crate) failure: Option<RunLogError>,
}

/// What the handle, the workers and the recorder share.
#[derive(Default)]
pub(crate) struct Shared {
    state: Mutex<SharedState>,
    /// Something the dispatcher should look at.
    pub(crate) changed: Notify,
    /// Executing programs must end.
    pub(crate) cancelled: Notify,
    pub(crate) cancel_all: AtomicBool,
}

impl Shared {
    pub(crate) fn lock(&self) -> MutexGuard<'_, SharedState> {
        self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
