//! All a workload sees of the world.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use rand_chacha::ChaCha8Rng;

use crate::chat::{CallContext, CallCost, CallRecord, ChatReply, ChatRequest, DecisionProblem, ModelError, Models};
use crate::digest::Digest;
use crate::failure::{FailureClass, RunError};
use crate::process::Processes;
use crate::seed::RunStreams;
use crate::span::{Span, SpanMeter};

/// Monotonic time, in seconds since an arbitrary start.
pub trait Clock: Send + Sync {
    /// Now.
    fn now_s(&self) -> f64;
}

/// Why a run must stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cancelled {
    /// The user or the engine asked for it.
    Asked,
    /// Its time is over.
    Timeout,
}

impl From<Cancelled> for RunError {
    fn from(why: Cancelled) -> Self {
        match why {
            Cancelled::Asked => Self::new(FailureClass::Interrupted, "the run was cancelled"),
            Cancelled::Timeout => Self::new(FailureClass::Timeout, "the run took longer than its limit"),
        }
    }
}

/// What the engine gives a context.
pub struct RunContextParts {
    /// Random streams.
    pub streams: RunStreams,
    /// Monotonic clock.
    pub clock: Arc<dyn Clock>,
    /// Programs; `None` where the host allows none.
    pub processes: Option<Arc<dyn Processes>>,
    /// Language models; `None` where the campaign names none.
    pub models: Option<Arc<dyn Models>>,
}

struct Inner {
    parts: RunContextParts,
    began_s: f64,
    cancelled: AtomicU8,
    spans: Mutex<Vec<Span>>,
    span_meter: OnceLock<Arc<dyn SpanMeter>>,
    calls: Mutex<Calls>,
}

#[derive(Default)]
struct Calls {
    asked: BTreeMap<Digest, u64>,
    made: Vec<CallRecord>,
}

/// Cheap to clone; all clones are the same run.
#[derive(Clone)]
pub struct RunContext(Arc<Inner>);

impl RunContext {
    /// A context for one attempt, starting now.
    pub fn new(parts: RunContextParts) -> Self {
        let began_s = parts.clock.now_s();
        Self(Arc::new(Inner {
            parts,
            began_s,
            cancelled: AtomicU8::new(0),
            spans: Mutex::default(),
            span_meter: OnceLock::new(),
            calls: Mutex::default(),
        }))
    }

    /// The named random stream, from its beginning.
    pub fn rng(&self, stream: &str) -> ChaCha8Rng {
        self.0.parts.streams.rng(stream)
    }

    /// The run's streams and identity.
    pub fn streams(&self) -> &RunStreams {
        &self.0.parts.streams
    }

    /// Seconds since the attempt began.
    pub fn elapsed_s(&self) -> f64 {
        self.0.parts.clock.now_s() - self.0.began_s
    }

    /// Programs.
    ///
    /// # Errors
    /// Where the host runs none.
    pub fn processes(&self) -> Result<&dyn Processes, RunError> {
        self.0
            .parts
            .processes
            .as_deref()
            .ok_or_else(|| RunError::new(FailureClass::Internal, "this host runs no programs"))
    }

    /// Asks a language model. `aside` is what the workload knows of the right answer; only a simulated model sees it.
    ///
    /// # Errors
    /// The campaign names no such model, or the model gave no answer.
    pub async fn chat(&self, request: &ChatRequest, aside: Option<&DecisionProblem>) -> Result<ChatReply, ModelError> {
        let models = self.0.parts.models.as_ref().ok_or_else(|| ModelError {
            model: request.model.clone(),
            class: FailureClass::InvalidInput,
            message: "the campaign names no models; add it to the section models".into(),
            retry_after_s: None,
        })?;
        let started_s = self.elapsed_s();
        let call = CallContext {
            streams: self.0.parts.streams.clone(),
            occurrence: self.occurrence(request),
            // Whoever runs attempts knows their number and writes it here.
            attempt: 1,
        };
        let reply = models.chat(request, aside, &call).await;
        let result = match &reply {
            Ok(reply) => Ok(CallCost {
                usage: reply.usage,
                latency_s: reply.latency_s,
                cost_usd: reply.cost_usd,
                simulated: reply.simulated,
            }),
            Err(error) => Err(error.class),
        };
        if let Ok(mut calls) = self.0.calls.lock() {
            calls.made.push(CallRecord { model: request.model.as_str().into(), started_s, result });
        }
        reply
    }

    fn occurrence(&self, request: &ChatRequest) -> u64 {
        let Ok(mut calls) = self.0.calls.lock() else { return 0 };
        let count = calls.asked.entry(request.digest()).or_default();
        *count += 1;
        *count - 1
    }

    /// The calls made so far, in the order they ended.
    pub fn take_calls(&self) -> Vec<CallRecord> {
        self.0.calls.lock().map(|mut c| std::mem::take(&mut c.made)).unwrap_or_default()
    }

    /// To be called every few thousand events: where cancellation takes effect.
    ///
    /// # Errors
    /// The run must stop.
    pub fn checkpoint(&self) -> Result<(), Cancelled> {
        match self.0.cancelled.load(Ordering::Relaxed) {
            0 => Ok(()),
            1 => Err(Cancelled::Asked),
            _ => Err(Cancelled::Timeout),
        }
    }

    /// Makes the next checkpoint fail.
    pub fn cancel(&self, why: Cancelled) {
        let code = match why {
            Cancelled::Asked => 1,
            Cancelled::Timeout => 2,
        };
        self.0.cancelled.store(code, Ordering::Relaxed);
    }

    /// Lets spans that open from now on learn what the machine takes. The first meter stays.
    pub fn meter_spans(&self, meter: Arc<dyn SpanMeter>) {
        let _ = self.0.span_meter.set(meter);
    }

    /// Opens a span that ends when the guard is dropped.
    pub fn span(&self, name: &str) -> SpanGuard {
        let ticket = self.0.span_meter.get().map(|meter| meter.begin());
        SpanGuard { context: self.clone(), name: name.into(), start_s: self.elapsed_s(), ticket }
    }

    /// The spans closed so far, in the order they ended.
    pub fn take_spans(&self) -> Vec<Span> {
        self.0.spans.lock().map(|mut s| std::mem::take(&mut *s)).unwrap_or_default()
    }
}

/// Ends its span on drop.
pub struct SpanGuard {
    context: RunContext,
    name: Arc<str>,
    start_s: f64,
    ticket: Option<u64>,
}

impl Drop for SpanGuard {
    fn drop(&mut self) {
        let inner = &self.context.0;
        let end_s = self.context.elapsed_s();
        let taken = inner.span_meter.get().zip(self.ticket).map(|(meter, ticket)| meter.end(ticket));
        let (name, start_s) = (self.name.clone(), self.start_s);
        if let Ok(mut spans) = inner.spans.lock() {
            spans.push(Span { name, start_s, end_s, taken: taken.unwrap_or_default() });
        }
    }
}
