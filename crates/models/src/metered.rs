//! A campaign's models at work: every call paid from its purse, counted, and kept.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use ergon_domain::{
    Alert, CallContext, CallLog, ChatReply, ChatRequest, DecisionProblem, Exchange, FailureClass, ModelCall,
    ModelError, ModelMeter, Models, RecordedCalls,
};

use crate::alerts::{AlertBounds, Ended, Watch};
use crate::purse::{Account, Budget, Cost, Purse};
use crate::remote::{Remote, Told};
use crate::roster::{Provider, Roster};

/// Where answers come from.
pub enum Source {
    /// The providers. What is asked of them is kept in the log, where there is one.
    Live(Option<Arc<dyn CallLog>>),
    /// Records alone: no connection is opened.
    Replay(Arc<dyn RecordedCalls>),
}

/// What earlier sessions of a campaign came to.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Spent {
    /// USD.
    pub usd: f64,
    /// Tokens.
    pub tokens: u64,
}

/// The models of a campaign, metered.
pub struct Metered {
    roster: Arc<Roster>,
    log: Option<Arc<dyn CallLog>>,
    replay: Option<Arc<dyn RecordedCalls>>,
    /// Answers that further attempts of a run go on from.
    earlier: Option<Arc<dyn RecordedCalls>>,
    purse: Arc<Purse>,
    tally: Mutex<Tally>,
    watch: Mutex<Watch>,
    retries: AtomicU64,
}

#[derive(Default)]
struct Tally {
    meter: ModelMeter,
    answered: u64,
    latency_s: f64,
}

impl Metered {
    /// For one session of a campaign.
    pub fn new(roster: Arc<Roster>, budget: Budget, spent: Spent, source: Source) -> Self {
        let (log, replay) = match source {
            Source::Live(log) => {
                // Reading the system's certificates takes as long as many a call: it is no part of a run's time.
                roster.remotes().for_each(|(_, remote)| remote.make_client());
                (log, None)
            }
            Source::Replay(records) => (None, Some(records)),
        };
        let purse = Arc::new(Purse::new(budget, Cost { usd: spent.usd, tokens: spent.tokens }, log.clone()));
        let watch = Mutex::new(Watch::new(AlertBounds::default()));
        Self { roster, log, replay, earlier: None, purse, tally: Mutex::default(), watch, retries: AtomicU64::new(0) }
    }

    /// With other bounds for alerts.
    #[must_use]
    pub fn with_alerts(self, bounds: AlertBounds) -> Self {
        Self { watch: Mutex::new(Watch::new(bounds)), ..self }
    }

    /// Lets further attempts of a run go on from these answers: what was paid for is not paid for again.
    #[must_use]
    pub fn resuming(self, earlier: Arc<dyn RecordedCalls>) -> Self {
        Self { earlier: Some(earlier), ..self }
    }

    /// The answer that an earlier attempt of the run got to the same question.
    async fn resumed(&self, request: &ChatRequest, call: &CallContext) -> Result<Option<ChatReply>, ModelError> {
        let Some(records) = self.earlier.as_ref().filter(|_| call.attempt > 1) else { return Ok(None) };
        let found = records.find(&call.streams.key, &request.digest(), call.occurrence).await;
        match found {
            Ok(found) => Ok(found.and_then(Result::ok)),
            Err(error) => Err(ModelError {
                model: request.model.clone(),
                class: FailureClass::Internal,
                message: format!("the answers of earlier attempts can't be read: {error}"),
                retry_after_s: None,
            }),
        }
    }

    /// After the last call: nothing is in progress any more.
    ///
    /// # Errors
    /// It can't be recorded.
    pub async fn close(&self) -> Result<(), ergon_domain::CallLogError> {
        match &self.log {
            Some(log) => log.hold(0.0, 0).await,
            None => Ok(()),
        }
    }

    async fn replayed(
        &self,
        records: &Arc<dyn RecordedCalls>,
        request: &ChatRequest,
        call: &CallContext,
    ) -> Result<ChatReply, ModelError> {
        let error = |class, message| ModelError { model: request.model.clone(), class, message, retry_after_s: None };
        let found = records.find(&call.streams.key, &request.digest(), call.occurrence).await;
        match found.map_err(|e| error(FailureClass::Internal, e.to_string()))? {
            Some(Ok(reply)) => Ok(reply),
            Some(Err((class, message))) => Err(error(class, message)),
            None => {
                let known = records.knows(&call.streams.key).await;
                let why = if known.map_err(|e| error(FailureClass::Internal, e.to_string()))? {
                    "there is no record of this call: the run asks something else than it did when it was recorded"
                } else {
                    "there is no record of this run: it was never recorded, or with other parameters or by another version \
                     of the workload"
                };
                Err(error(FailureClass::InvalidInput, why.into()))
            }
        }
    }

    /// Asks a model on the network, and the one it falls back on.
    async fn asked(
        &self,
        remote: &Remote,
        fallback: Option<&str>,
        request: &ChatRequest,
        aside: Option<&DecisionProblem>,
        call: &CallContext,
    ) -> Result<ChatReply, ModelError> {
        let mut entry = Entry::new(self, self.purse.account(call.streams.key), request, call);
        let Told { result, exchanges } = remote.ask(request, call, &entry.account).await;
        entry.sent(exchanges);
        let mut result = result;
        let mut fell_back = None;
        if let (Some(name), Err(error)) = (fallback, &result)
            && can_be_replaced(error.class)
        {
            fell_back = Some(name);
            let other = ChatRequest { model: name.to_owned(), ..request.clone() };
            result = match &self.roster.get(name)?.provider {
                Provider::Simulated(simulated) => simulated.chat(&other, aside, call),
                Provider::Remote(remote) => {
                    // Boxed: every call would have room for the question, its error and this beside its own request.
                    let Told { result, exchanges } = Box::pin(remote.ask(&other, call, &entry.account)).await;
                    entry.sent(exchanges);
                    result
                }
            };
        }
        self.count(&result, fell_back.is_some());
        // That a budget refuses is no failure of the model's.
        if !matches!(&result, Err(error) if error.class == FailureClass::Budget) {
            let (model, usd) = (request.model.as_str(), entry.account.charged().usd);
            let call = Ended { model, failed: result.is_err(), fallback: fell_back, usd, down: remote.is_down() };
            self.watch().ended(&call, Instant::now());
        }
        // A call that can't be kept must not be built upon: it could not be replayed.
        let said = match &result {
            Ok(reply) => Ok(reply.clone()),
            Err(error) => Err((error.class, error.message.clone())),
        };
        match entry.keep(said, fell_back) {
            Ok(()) => result,
            Err(error) => Err(ModelError {
                model: request.model.clone(),
                class: FailureClass::Internal,
                message: format!("the call can't be kept: {error}"),
                retry_after_s: None,
            }),
        }
    }

    fn watch(&self) -> MutexGuard<'_, Watch> {
        self.watch.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tally(&self) -> MutexGuard<'_, Tally> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn alerts(&self) -> Vec<Alert> {
        let mut watch = self.watch();
        self.purse.warnings().iter().for_each(|message| watch.budget(message));
        watch.alerts()
    }

    fn count(&self, result: &Result<ChatReply, ModelError>, fell_back: bool) {
        let mut tally = self.tally();
        let Tally { meter, answered, latency_s } = &mut *tally;
        meter.calls += 1;
        meter.fallbacks += u64::from(fell_back);
        match result {
            Err(_) => meter.errors += 1,
            Ok(reply) => {
                *answered += 1;
                *latency_s += reply.latency_s;
                meter.prompt_tokens += reply.usage.prompt_tokens.unwrap_or(0);
                meter.completion_tokens += reply.usage.completion_tokens.unwrap_or(0);
                meter.tokens_estimated |= reply.usage.estimated;
                meter.unpriced += u64::from(!reply.simulated && reply.cost_usd.is_none());
            }
        }
    }
}

/// Only a model that can't be had is replaced: a mistake in the spec or an empty budget ends the run.
fn can_be_replaced(class: FailureClass) -> bool {
    use FailureClass::{MalformedReply, ModelRefused, ModelUnavailable, RateLimited, Timeout};
    matches!(class, ModelUnavailable | RateLimited | ModelRefused | Timeout | MalformedReply)
}

#[async_trait]
impl Models for Metered {
    async fn chat(
        &self,
        request: &ChatRequest,
        aside: Option<&DecisionProblem>,
        call: &CallContext,
    ) -> Result<ChatReply, ModelError> {
        let model = self.roster.get(&request.model)?;
        match (&model.provider, &self.replay) {
            (Provider::Simulated(simulated), _) => simulated.chat(request, aside, call),
            (Provider::Remote(_), Some(records)) => self.replayed(records, request, call).await,
            (Provider::Remote(remote), None) => {
                if let Some(reply) = self.resumed(request, call).await? {
                    return Ok(reply);
                }
                self.asked(remote, model.fallback.as_deref(), request, aside, call).await
            }
        }
    }

    fn takes_time(&self) -> bool {
        self.replay.is_none() && self.roster.remotes().next().is_some()
    }

    fn down(&self, model: &str) -> Option<String> {
        match &self.roster.get(model).ok()?.provider {
            Provider::Remote(remote) if self.replay.is_none() => remote.is_down(),
            _ => None,
        }
    }

    fn meter(&self) -> Option<ModelMeter> {
        self.roster.remotes().next()?;
        let tally = self.tally();
        Some(ModelMeter {
            retries: self.retries.load(Ordering::Relaxed),
            usd_committed: self.purse.committed_usd(),
            latency_s: (tally.answered > 0).then(|| tally.latency_s / tally.answered as f64),
            alerts: self.alerts(),
            ..tally.meter.clone()
        })
    }

    fn exhausted(&self) -> Option<String> {
        self.purse.exhausted()
    }
}

/// A call on its way into the log. Dropped before its end (the run was cancelled), it is kept as interrupted, with what
/// it may have cost.
struct Entry<'a> {
    metered: &'a Metered,
    account: Arc<Account>,
    request: &'a ChatRequest,
    call: &'a CallContext,
    began_us: i64,
    exchanges: Vec<Exchange>,
    kept: bool,
}

impl<'a> Entry<'a> {
    fn new(metered: &'a Metered, account: Arc<Account>, request: &'a ChatRequest, call: &'a CallContext) -> Self {
        let began_us = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_micros() as i64);
        Self { metered, account, request, call, began_us, exchanges: Vec::new(), kept: false }
    }

    fn sent(&mut self, exchanges: Vec<Exchange>) {
        let again = exchanges.len().saturating_sub(1) as u64;
        self.metered.retries.fetch_add(again, Ordering::Relaxed);
        if self.exchanges.is_empty() {
            self.exchanges = exchanges;
        } else {
            self.exchanges.extend(exchanges);
        }
    }

    fn keep(
        &mut self,
        result: Result<ChatReply, (FailureClass, String)>,
        fallback: Option<&str>,
    ) -> Result<(), ergon_domain::CallLogError> {
        if std::mem::replace(&mut self.kept, true) {
            return Ok(());
        }
        let Cost { usd, tokens } = self.account.charged();
        self.metered.tally().meter.usd += usd;
        let Some(log) = &self.metered.log else { return Ok(()) };
        log.append(ModelCall {
            run: self.call.streams.key,
            attempt: self.call.attempt,
            occurrence: self.call.occurrence,
            request: self.request.clone(),
            began_us: self.began_us,
            result,
            fallback: fallback.map(str::to_owned),
            charged_usd: usd,
            charged_tokens: tokens,
            exchanges: std::mem::take(&mut self.exchanges),
        })
    }
}

impl Drop for Entry<'_> {
    fn drop(&mut self) {
        let cancelled = Err((FailureClass::Interrupted, "the run was cancelled".into()));
        if let Err(error) = self.keep(cancelled, None) {
            tracing::error!("a cancelled call can't be kept: {error}");
        }
    }
}
