//! The store's side of the call log port.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use ergon_domain::{CallLog, CallLogError, ChatReply, Exchange, FinishReason, ModelCall};
use tokio::sync::oneshot;
use tokio::sync::oneshot::error::TryRecvError;

use super::transcript::{Packed, packer};
use crate::error::StoreError;
use crate::open::Store;
use crate::raw::{Bind, Raw};
use crate::writer::Writer;

type Outcome = oneshot::Receiver<Result<(), StoreError>>;

struct StoreCalls {
    writer: Writer,
    campaign: i64,
    /// Calls that the next write takes along, however many have come by then.
    waiting: Arc<Mutex<Vec<ModelCall>>>,
    /// The writer's: whoever asks models has other replies to read, and would wait for whoever packs.
    packer: Arc<Mutex<zstd::bulk::Compressor<'static>>>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Writes on their way to the disk, oldest first.
    under_way: VecDeque<Outcome>,
    failed: Option<String>,
}

impl Store {
    /// Where an engine keeps a campaign's calls.
    ///
    /// # Errors
    /// There is no memory for a compressor.
    pub fn call_log(&self, campaign: i64) -> Result<Arc<dyn CallLog>, StoreError> {
        Ok(Arc::new(StoreCalls {
            writer: self.writer.clone(),
            campaign,
            waiting: Arc::default(),
            packer: Arc::new(Mutex::new(packer()?)),
            state: Mutex::default(),
        }))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl State {
    /// Looks at what has become of the oldest calls.
    fn settle(&mut self) -> Result<(), CallLogError> {
        while let Some(first) = self.under_way.front_mut() {
            match first.try_recv() {
                Err(TryRecvError::Empty) => break,
                Ok(Ok(())) => {}
                Ok(Err(error)) => self.failed = Some(error.to_string()),
                Err(TryRecvError::Closed) => self.failed = Some("the writer has ended".into()),
            }
            self.under_way.pop_front();
        }
        self.failed.clone().map_or(Ok(()), |why| Err(CallLogError(why)))
    }
}

#[async_trait]
impl CallLog for StoreCalls {
    fn append(&self, call: ModelCall) -> Result<(), CallLogError> {
        let mut state = lock(&self.state);
        // Even after a failure: this call has been paid, and its record may still find its way to the disk.
        let is_first = {
            let mut waiting = lock(&self.waiting);
            waiting.push(call);
            waiting.len() == 1
        };
        if is_first {
            let (campaign, waiting, packer) = (self.campaign, self.waiting.clone(), self.packer.clone());
            let write = move |raw: &Raw| {
                let calls = std::mem::take(&mut *lock(&waiting));
                let mut packer = lock(&packer);
                calls.into_iter().try_for_each(|call| Row::of(&call, &mut packer)?.write(raw, campaign, &call))
            };
            state.under_way.push_back(self.writer.submit(write).map_err(|e| CallLogError(e.to_string()))?);
        }
        state.settle()
    }

    async fn hold(&self, usd: f64, tokens: u64) -> Result<(), CallLogError> {
        let campaign = self.campaign;
        let written = self.writer.write(move |raw| {
            raw.execute(
                "INSERT OR REPLACE INTO model_hold (campaign_id, usd, tokens) VALUES (?1, ?2, ?3)",
                &[Bind::Int(campaign), Bind::Real(usd), Bind::Int(i64::try_from(tokens).unwrap_or(i64::MAX))],
            )
        });
        written.await.map_err(|e| CallLogError(e.to_string()))?;
        // What was appended before is on disk by now, or has failed.
        lock(&self.state).settle()
    }
}

/// A call's texts, packed.
struct Row {
    request: Packed,
    reply: Option<Packed>,
    exchanges: Vec<(Packed, Packed)>,
}

fn json<T: serde::Serialize>(value: &T) -> Result<Vec<u8>, StoreError> {
    serde_json::to_vec(value).map_err(|e| StoreError::Internal(format!("a call can't be written: {e}")))
}

impl Row {
    fn of(call: &ModelCall, packer: &mut zstd::bulk::Compressor<'_>) -> Result<Self, StoreError> {
        let exchange = |e: &Exchange, packer: &mut zstd::bulk::Compressor<'_>| {
            Ok((Packed::of(&e.sent, packer)?, Packed::of(&e.received, packer)?))
        };
        Ok(Self {
            request: Packed::of(&json(&call.request)?, packer)?,
            reply: match &call.result {
                Ok(reply) => Some(Packed::of(&json(reply)?, packer)?),
                Err(_) => None,
            },
            exchanges: call.exchanges.iter().map(|e| exchange(e, packer)).collect::<Result<_, StoreError>>()?,
        })
    }

    fn write(&self, raw: &Raw, campaign: i64, call: &ModelCall) -> Result<(), StoreError> {
        self.request.write(raw)?;
        if let Some(reply) = &self.reply {
            reply.write(raw)?;
        }
        let reply: Option<&ChatReply> = call.result.as_ref().ok();
        let failure = call.result.as_ref().err();
        let count = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        let digest = call.request.digest();
        let mut insert = raw.statement(
            "INSERT INTO model_call (campaign_id, run_key, attempt, request_digest, occurrence, model, model_id, fallback, \
             began_us, failure_class, message, finish, prompt_tokens, completion_tokens, tokens_estimated, latency_s, \
             cost_usd, charged_usd, charged_tokens, simulated, request, reply) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, \
             ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22)",
        )?;
        insert.run(&[
            Bind::Int(campaign),
            Bind::Blob(&call.run.0),
            Bind::Int(call.attempt.into()),
            Bind::Blob(&digest.0),
            Bind::Int(count(call.occurrence)),
            Bind::Text(&call.request.model),
            Bind::text(reply.map(|r| r.model_id.as_str())),
            Bind::text(call.fallback.as_deref()),
            Bind::Int(call.began_us),
            Bind::text(failure.map(|(class, _)| class.name())),
            Bind::text(failure.map(|(_, message)| message.as_str())),
            Bind::text(reply.map(|r| finish(r.finish))),
            Bind::int(reply.and_then(|r| r.usage.prompt_tokens).map(count)),
            Bind::int(reply.and_then(|r| r.usage.completion_tokens).map(count)),
            Bind::Int(reply.is_some_and(|r| r.usage.estimated).into()),
            Bind::real(reply.map(|r| r.latency_s)),
            Bind::real(reply.and_then(|r| r.cost_usd)),
            Bind::Real(call.charged_usd),
            Bind::Int(count(call.charged_tokens)),
            Bind::Int(reply.is_some_and(|r| r.simulated).into()),
            Bind::Blob(&self.request.digest.0),
            self.reply.as_ref().map_or(Bind::Null, |r| Bind::Blob(&r.digest.0)),
        ])?;
        drop(insert);
        let id = raw.last_id();
        for (ordinal, (exchange, (sent, received))) in call.exchanges.iter().zip(&self.exchanges).enumerate() {
            sent.write(raw)?;
            received.write(raw)?;
            let said = |value: &Option<serde_json::Value>| value.as_ref().map(ToString::to_string);
            raw.execute(
                "INSERT INTO model_exchange (call_id, ordinal, url, status, first_token_s, duration_s, failure, usage, \
                 logprobs, sent, received) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
                &[
                    Bind::Int(id),
                    Bind::Int(ordinal as i64),
                    Bind::Text(&exchange.url),
                    Bind::int(exchange.status.map(i64::from)),
                    Bind::real(exchange.first_token_s),
                    Bind::Real(exchange.duration_s),
                    Bind::text(exchange.failure.as_deref()),
                    Bind::text(said(&exchange.usage).as_deref()),
                    Bind::text(said(&exchange.logprobs).as_deref()),
                    Bind::Blob(&sent.digest.0),
                    Bind::Blob(&received.digest.0),
                ],
            )?;
        }
        Ok(())
    }
}

fn finish(reason: FinishReason) -> &'static str {
    match reason {
        FinishReason::Stop => "stop",
        FinishReason::Length => "length",
        FinishReason::Filtered => "filtered",
        FinishReason::Other => "other",
    }
}
