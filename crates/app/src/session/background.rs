//! A campaign that runs without anybody waiting for it.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use ergon_domain::{ModelMeter, RunState};
use ergon_engine::{Event, Handle, Progress};

use crate::error::AppError;
use crate::ops::RunReply;

/// Lines kept for somebody who looks later.
const LINES: usize = 1000;

/// See the module.
pub(crate) struct Background {
    /// Steers it.
    pub(crate) handle: Handle,
    /// Since when, UTC µs.
    pub(crate) since_us: i64,
    live: Mutex<Live>,
}

/// A line of the log.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    /// UTC µs.
    pub(crate) at_us: i64,
    /// What happened.
    pub(crate) event: Event,
}

/// How it stands.
#[derive(Default)]
pub(crate) struct Live {
    /// Rises with each change.
    pub(crate) version: u64,
    /// `running`, `paused` or `draining`.
    pub(crate) state: &'static str,
    /// As told last.
    pub(crate) progress: Option<Progress>,
    /// What the models were asked and what it came to, as told last.
    pub(crate) models: Option<ModelMeter>,
    /// Failed attempts by class, of this session.
    pub(crate) failures: BTreeMap<String, u64>,
    /// Lines so far; the oldest are dropped from `lines`.
    pub(crate) lines_total: u64,
    /// The newest lines.
    pub(crate) lines: VecDeque<Line>,
    /// Set when it ended.
    pub(crate) outcome: Option<Result<RunReply, AppError>>,
}

impl Background {
    pub(crate) fn new(handle: Handle, since_us: i64) -> Self {
        Self { handle, since_us, live: Mutex::new(Live { state: "running", ..Live::default() }) }
    }

    pub(crate) fn live(&self) -> MutexGuard<'_, Live> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes in what the engine tells.
    pub(crate) fn hear(&self, event: Event, at_us: i64) {
        let mut live = self.live();
        live.version += 1;
        match &event {
            Event::Progress(progress) => {
                live.progress = Some(progress.clone());
                return;
            }
            Event::Models(meter) => {
                live.models = Some(meter.clone());
                return;
            }
            Event::Paused => live.state = "paused",
            Event::Resumed => live.state = "running",
            Event::Draining { .. } => live.state = "draining",
            Event::RunEnded { failure: Some(class), .. } => {
                *live.failures.entry(class.to_string()).or_default() += 1;
            }
            // That runs begin and succeed, the counts say; as lines they would push out what is worth reading.
            Event::RunStarted { .. } => return,
            Event::RunEnded { state: RunState::Succeeded, .. } => return,
            _ => {}
        }
        live.lines_total += 1;
        live.lines.push_back(Line { at_us, event });
        if live.lines.len() > LINES {
            live.lines.pop_front();
        }
    }

    /// It is over.
    pub(crate) fn end(&self, outcome: Result<RunReply, AppError>) {
        let mut live = self.live();
        live.version += 1;
        live.outcome = Some(outcome);
    }

    /// Whether it is over.
    pub(crate) fn is_over(&self) -> bool {
        self.live().outcome.is_some()
    }
}
