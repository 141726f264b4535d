//! A model behind a provider on the network: asked with patience, paid by account, never asked faster than allowed.
//!
//! | setting | meaning | default |
//! |---|---|---|
//! | `base_url` | where it is, instead of the provider's own address | |
//! | `key_env` | environment variable (and name in the keychain) of the key; required to send a key to a `base_url` | |
//! | `max_tokens` | longest reply, where the workload does not say | 1024 |
//! | `temperature` | where the workload does not say | the provider's |
//! | `seed` | whether a seed from the run's own stream is sent | false (GGUF: true) |
//! | `stream` | whether the reply is streamed: gives the time to the first token | false |
//! | `json` | how a schema is asked for: `schema`, `object`, `prompt` | schema |
//! | `logprobs` | alternatives to each token whose log probability is wanted and kept | none |
//! | `timeout_s` | from sending to the last byte | 120 (GGUF: 600) |
//! | `retries` | further tries of a call that failed in a way that another try can mend | 4 |
//! | `patience_s` | longest wait for a provider that is down or sends one away | 300 |
//! | `max_reply_mb` | longest reply accepted | 16 |
//! | `concurrency`, `requests_per_minute`, `tokens_per_minute` | limits, shared by all models at the same address | 16 at once (Ollama: 2) |
//! | `usd_per_mtok_in`, `usd_per_mtok_out`, `usd_per_mtok_cached` | price, instead of the table's | |
//! | `max_tokens_field` | what a server that speaks like OpenAI calls the longest reply | max_tokens |
//! | `context`, `threads` | of a GGUF file: tokens of prompt and reply together; threads that compute | 4096; cores − 1 |
//! | `fallback` | another model of the section that answers when this one can't | none |

mod judge;
mod prepared;
mod reading;
mod settings;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use ergon_domain::{CallContext, ChatReply, ChatRequest, Exchange, FailureClass, FinishReason, ModelError, Usage};
use rand_core::Rng;
use reqwest::{Method, Url};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use crate::answer::Answer;
use crate::dialect::{Dialect, JsonMode};
use crate::gguf::File;
use crate::keys::{KeySource, scrub};
use crate::network::Network;
use crate::pace::{NoTurn, Pace, Turn};
use crate::price::Price;
use crate::purse::{Account, Cost, NoMoney, Refused, Reservation};
use crate::wire::{self, Bounds, Broken, Head, Outgoing};
use judge::{Fault, judge};
use prepared::Prepared;
use reading::Reading;

/// Bytes of English text in a token, roughly: counts made with it are marked estimated.
const BYTES_PER_TOKEN: u64 = 4;
/// First and longest ceiling of the wait before another try.
const BACKOFF_S: (f64, f64) = (0.5, 60.0);

/// A model on the network.
pub(crate) struct Remote {
    /// Its name in the spec.
    name: String,
    provider: String,
    dialect: Dialect,
    base: Url,
    model: String,
    /// Name of its key; `None`: none is sent.
    key_name: Option<String>,
    max_tokens: u32,
    max_tokens_field: &'static str,
    temperature: Option<f64>,
    seeded: bool,
    streamed: bool,
    json: JsonMode,
    logprobs: Option<u8>,
    bounds: Bounds,
    retries: u32,
    patience: Duration,
    price: Option<Price>,
    pace: Arc<Pace>,
    network: Arc<Network>,
    /// It is no server but a file.
    file: Option<File>,
}

/// What came of a call.
pub(crate) struct Told {
    pub(crate) result: Result<ChatReply, ModelError>,
    pub(crate) exchanges: Vec<Exchange>,
}

impl Remote {
    /// Whether its price is known.
    pub(crate) fn is_priced(&self) -> bool {
        self.price.is_some()
    }

    /// Whether its price is known to be nothing.
    pub(crate) fn is_free(&self) -> bool {
        self.price.as_ref().is_some_and(|price| price.input == 0.0 && price.output == 0.0)
    }

    /// Where it is asked.
    pub(crate) fn address(&self) -> &Url {
        &self.base
    }

    /// Its name at the provider.
    pub(crate) fn model(&self) -> &str {
        &self.model
    }

    /// Name of its key.
    pub(crate) fn key_name(&self) -> Option<&str> {
        self.key_name.as_deref()
    }

    /// Where its key is; `Ok(None)`: it needs none.
    ///
    /// # Errors
    /// It can't be asked as things are, and what to do.
    pub(crate) fn ready(&self) -> Result<Option<KeySource>, String> {
        match &self.file {
            Some(file) => file.ready().map(|()| None),
            None => Ok(self.key()?.map(|(_, source)| source)),
        }
    }

    /// Its key; `Ok(None)`: it needs none.
    ///
    /// # Errors
    /// There is none.
    fn key(&self) -> Result<Option<(SecretString, KeySource)>, String> {
        let Some(name) = &self.key_name else { return Ok(None) };
        let missing =
            || format!("there is no key: set {name} in the environment, or name a file with it by --env-file");
        self.network.keys().find(name).map(Some).ok_or_else(missing)
    }

    /// Makes what requests are sent with, before the first one; what is wrong with it, that one tells.
    pub(crate) fn make_client(&self) {
        drop(self.network.client());
    }

    /// Asks the provider which models it has: costs nothing, and tells whether address and key are right.
    pub(crate) async fn list(&self) -> Result<Vec<String>, String> {
        if let Some(file) = &self.file {
            return file.ready().map(|()| vec![file.name()]);
        }
        let key = self.key()?.map(|(key, _)| key);
        let headers = wire::headers(self.dialect.headers(key.as_ref()))?;
        let mut exchange = Exchange::default();
        let url = self.url(self.dialect.list_path()).ok_or("the address can't be used")?;
        let bounds = Bounds { timeout: Duration::from_secs(15).min(self.bounds.timeout), ..self.bounds };
        let client = self.network.client()?;
        let outgoing = Outgoing { method: Method::GET, url, headers, body: Bytes::new() };
        let head = wire::send(&client, outgoing, bounds, &mut exchange, &mut |_, _| {}).await;
        if let Some(key) = &key {
            scrub(&mut exchange.received, key.expose_secret());
        }
        let list: Value = serde_json::from_slice(&exchange.received).unwrap_or_default();
        match judge(&head, &mut Ok(None), &exchange) {
            Some(fault) if head.as_ref().map_or(true, |h| !h.is_success()) => Err(fault.message),
            _ => Ok(self.dialect.listed(&list)),
        }
    }

    /// What is wrong with the provider, where it is left alone because it failed repeatedly.
    pub(crate) fn is_down(&self) -> Option<String> {
        let (failures, rest) = self.pace.is_down()?;
        let place = self.place();
        Some(format!(
            "{} at {place} has failed {failures} times in a row and is left alone for {:.0} s",
            self.provider,
            rest.as_secs_f64()
        ))
    }

    fn place(&self) -> String {
        let file = self.file.as_ref().map(File::name);
        file.or_else(|| self.base.host_str().map(str::to_owned)).unwrap_or_else(|| "?".into())
    }

    fn url(&self, path: &str) -> Option<Url> {
        Url::parse(&format!("{}{path}", self.base.as_str().trim_end_matches('/'))).ok()
    }

    /// Asks, and asks again where that can help.
    pub(crate) async fn ask(&self, request: &ChatRequest, call: &CallContext, account: &Arc<Account>) -> Told {
        // Nearly every call takes one, and thousands of them wait to be written at the same moment.
        let mut exchanges = Vec::with_capacity(1);
        let result = self.persist(request, call, account, &mut exchanges).await;
        Told { result, exchanges }
    }

    async fn persist(
        &self,
        request: &ChatRequest,
        call: &CallContext,
        account: &Arc<Account>,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<ChatReply, ModelError> {
        let ready = self.prepare(request, call, account.is_money())?;
        for tries in 0.. {
            let mut turn = self.pace.turn(ready.expected, self.patience).await.map_err(|no| self.no_turn(no))?;
            let reservation = account.reserve(ready.bound).await.map_err(|no| self.no_money(no))?;
            // It may have waited for money: a provider counts what it is sent, when it is sent.
            turn.leaves();
            let sent = self.send(&ready).await;
            let jitter = || call.streams.rng(&format!("models.backoff/{tries}/{}", call.stream(request)));
            match self.concluded(&ready, sent, tries, (turn, reservation), jitter, exchanges) {
                Next::Over(result) => return *result,
                Next::Again(wait) => tokio::time::sleep(wait).await,
            }
        }
        Err(self.error(FailureClass::Internal, "tries without end".into(), None))
    }

    /// One request on its way, by whichever way there is.
    async fn send(&self, ready: &Prepared) -> Sent {
        let mut exchange = Exchange::default();
        let mut reading = Reading::new(self.dialect, self.streamed);
        let mut piece = |bytes: &[u8], at_s: f64| reading.push_at(bytes, at_s);
        let outcome = match &self.file {
            // Boxed: a call of a server, of which thousands wait, would have room for a process that is being started.
            Some(file) => Box::pin(file.worker.send(&ready.body, self.bounds, &mut exchange, &mut piece)).await,
            None => wire::send(&ready.client, ready.outgoing(), self.bounds, &mut exchange, &mut piece).await,
        };
        Sent { outcome, exchange, reading }
    }

    /// What came of a request, and what is next. Not a part of the future: thousands of calls wait at the same time, and
    /// each would have room for it.
    fn concluded<R: Rng>(
        &self,
        ready: &Prepared,
        sent: Sent,
        tries: u32,
        (turn, reservation): (Turn, Reservation),
        jitter: impl FnOnce() -> R,
        exchanges: &mut Vec<Exchange>,
    ) -> Next {
        let Sent { outcome, mut exchange, mut reading } = sent;
        exchange.url = without_query(&ready.url);
        exchange.sent = ready.body.to_vec();
        exchange.first_token_s = reading.first_s();
        if ready.key.as_ref().is_some_and(|key| scrub(&mut exchange.received, key.expose_secret())) {
            // What was read of a stream so far holds the key: it is read again without.
            reading = Reading::new(self.dialect, self.streamed);
            reading.push(&exchange.received);
        }
        let mut answer = reading.finish(outcome.is_ok(), &exchange.received);
        let fault = judge(&outcome, &mut answer, &exchange);
        let answer = answer.ok().flatten();
        exchange.usage = answer.as_ref().and_then(|a| a.usage.clone());
        exchange.logprobs = answer.as_ref().and_then(|a| a.logprobs.clone());
        exchange.failure = fault.as_ref().map(|f| f.message.clone());
        let duration_s = exchange.duration_s;
        exchanges.push(exchange);
        let fault = match (fault, answer) {
            (None, Some(answer)) => {
                return Next::over(self.conclude(answer, ready, duration_s, turn, reservation));
            }
            (Some(fault), _) => fault,
            (None, None) => {
                return Next::over(Err(self.error(
                    FailureClass::Internal,
                    "neither an answer nor a fault".into(),
                    None,
                )));
            }
        };
        let wait = self.wait(&fault, tries, &mut jitter());
        self.account_for(&fault, turn, reservation, wait);
        if fault.again && tries < self.retries && wait <= self.patience {
            return Next::Again(wait);
        }
        let after = fault.wait.map(|w| w.as_secs_f64());
        let tried = if tries > 0 { format!(" ({} tries)", tries + 1) } else { String::new() };
        Next::over(Err(self.error(fault.class, format!("{}{tried}", fault.message), after)))
    }

    /// Exponential back-off with full jitter (M. Brooker, "Exponential Backoff And Jitter", AWS 2015); the provider's own
    /// word counts for more.
    fn wait(&self, fault: &Fault, tries: u32, jitter: &mut impl Rng) -> Duration {
        let ceiling = (BACKOFF_S.0 * f64::from(1u32 << tries.min(20))).min(BACKOFF_S.1);
        let unit = jitter.next_u64() as f64 / u64::MAX as f64;
        let own = Duration::from_secs_f64(ceiling * unit);
        // Those who were sent away until the same moment don't all come back at it.
        fault.wait.map_or(own, |asked| asked + own.min(Duration::from_secs(1)))
    }

    fn account_for(&self, fault: &Fault, turn: Turn, reservation: Reservation, wait: Duration) {
        if fault.is_free {
            reservation.settle(Cost::default());
        } else {
            drop(reservation);
        }
        match fault.class {
            FailureClass::RateLimited => turn.sent_away(fault.wait.unwrap_or(wait)),
            FailureClass::ModelUnavailable | FailureClass::Timeout => turn.failed(),
            _ => turn.answered(None),
        }
    }

    fn conclude(
        &self,
        mut answer: Answer,
        ready: &Prepared,
        duration_s: f64,
        turn: Turn,
        reservation: Reservation,
    ) -> Result<ChatReply, ModelError> {
        let Prepared { worst, bound, .. } = *ready;
        // A count beyond what was sent or allowed is wrong, as is one of nothing for something, and one that stays away:
        // then Ergon counts. A server that counts nothing would switch every budget off.
        let says_something = !answer.text.is_empty() || !answer.tools.is_empty();
        let told = answer.tokens.prompt.filter(|n| (1..=worst.prompt).contains(n));
        let least = u64::from(says_something);
        let said = answer.tokens.completion.filter(|n| (least..=worst.completion).contains(n));
        let estimate = |bytes: u64| bytes.div_ceil(BYTES_PER_TOKEN);
        let (prompt, completion) = (
            told.unwrap_or_else(|| estimate(worst.prompt)),
            said.unwrap_or_else(|| estimate(answer.text.len() as u64)),
        );
        let estimated = told.is_none() || said.is_none();
        let cached = answer.tokens.cached.unwrap_or(0);
        let cost_usd = self.price.as_ref().and_then(|price| price.of(prompt, cached, completion));
        let charge = if estimated { bound } else { Cost { usd: cost_usd.unwrap_or(0.0), tokens: prompt + completion } };
        reservation.settle(charge);
        turn.answered(Some(prompt + completion));
        let tool_calls = answer.take_tools();
        let finish = answer.finish.unwrap_or(FinishReason::Other);
        if finish == FinishReason::Filtered && answer.text.is_empty() {
            return Err(self.error(FailureClass::ModelRefused, "the provider withheld the reply".into(), None));
        }
        Ok(ChatReply {
            text: answer.text,
            model_id: answer.model_id.unwrap_or_else(|| self.model.clone()),
            finish,
            usage: Usage { prompt_tokens: Some(prompt), completion_tokens: Some(completion), estimated },
            latency_s: duration_s,
            cost_usd,
            confidence: None,
            simulated: false,
            tool_calls,
        })
    }

    fn error(&self, class: FailureClass, message: String, retry_after_s: Option<f64>) -> ModelError {
        let message = format!("{} at {}: {message}", self.provider, self.place());
        ModelError { model: self.name.clone(), class, message, retry_after_s }
    }

    fn no_turn(&self, no: NoTurn) -> ModelError {
        let wait_s = no.wait.as_secs_f64();
        let (class, what) = if no.down {
            (FailureClass::ModelUnavailable, "it has failed repeatedly and is left alone")
        } else {
            (FailureClass::RateLimited, "it asks to be left alone")
        };
        let patience_s = self.patience.as_secs_f64();
        let why = format!("{what} for another {wait_s:.0} s; patience_s is {patience_s}, so nobody waits for it");
        self.error(class, why, Some(wait_s))
    }

    fn no_money(&self, no: NoMoney) -> ModelError {
        match no {
            NoMoney::Refused(Refused(why)) => self.error(FailureClass::Budget, why, None),
            NoMoney::Unrecorded(error) => {
                self.error(FailureClass::Internal, format!("its cost can't be recorded: {error}"), None)
            }
        }
    }
}

fn without_query(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.into()
}

/// A request that was sent, and as much of a reply as came.
struct Sent {
    outcome: Result<Head, Broken>,
    exchange: Exchange,
    reading: Reading,
}

/// What to do after a request.
enum Next {
    /// Nothing more.
    Over(Box<Result<ChatReply, ModelError>>),
    /// Ask again after this time.
    Again(Duration),
}

impl Next {
    fn over(result: Result<ChatReply, ModelError>) -> Self {
        Self::Over(Box::new(result))
    }
}
