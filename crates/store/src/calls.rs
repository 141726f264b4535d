//! Calls of language models: written as they end, found again for replays and by people.

mod log;
mod totals;
mod transcript;

use async_trait::async_trait;
use ergon_domain::{CallLogError, ChatReply, Digest, FailureClass, RecordedCalls, RunKey};

use crate::error::StoreError;
use crate::open::Store;
use crate::raw::{Bind, Raw};
pub use totals::ModelTotal;
use transcript::unpacked;

/// What a campaign's calls have come to, over all sessions.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ModelSpend {
    /// Calls for which something was sent: not those that an open breaker, a budget or a bad setting kept back.
    pub calls: u64,
    /// Runs that made them.
    pub runs: u64,
    /// USD that count against the budget.
    pub charged_usd: f64,
    /// Tokens that count against the budget.
    pub charged_tokens: u64,
    /// Of these USD, what engines that died may have spent without recording it.
    pub lost_usd: f64,
}

/// A call as stored, for people.
#[derive(Clone, Debug, PartialEq)]
pub struct CallRow {
    /// Attempt, from 1.
    pub attempt: u32,
    /// UTC µs.
    pub began_us: i64,
    /// The model, by its name in the spec.
    pub model: String,
    /// The declared model that answered instead.
    pub fallback: Option<String>,
    /// USD; `None`: unknown.
    pub cost_usd: Option<f64>,
    /// Requests sent for it.
    pub tries: u32,
    /// Seconds to the first token of the last of them.
    pub first_token_s: Option<f64>,
    /// The request ([`ergon_domain::ChatRequest`]) as JSON.
    pub request: String,
    /// The reply ([`ChatReply`]) as JSON, or why there is none.
    pub result: Result<String, (FailureClass, String)>,
}

impl Store {
    /// What a campaign's calls have come to.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn model_spend(&self, campaign: i64) -> Result<ModelSpend, StoreError> {
        self.read(|raw| spend(raw, campaign)).await
    }

    /// What has been spent when a session begins. What an engine that died held for calls in progress is spent now.
    /// To be called by the engine that holds the campaign.
    ///
    /// # Errors
    /// The store can't be written.
    pub async fn begin_spending(&self, campaign: i64, now_us: i64) -> Result<ModelSpend, StoreError> {
        self.writer
            .write(move |raw| {
                raw.execute(
                    "INSERT INTO model_loss (campaign_id, usd, tokens, found_us) SELECT campaign_id, usd, tokens, ?2 \
                     FROM model_hold WHERE campaign_id = ?1 AND (usd > 0 OR tokens > 0)",
                    &[Bind::Int(campaign), Bind::Int(now_us)],
                )?;
                raw.execute("DELETE FROM model_hold WHERE campaign_id = ?1", &[Bind::Int(campaign)])?;
                spend(raw, campaign)
            })
            .await
    }

    /// The calls of a run in the order they began, all attempts.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn calls_of(&self, campaign: i64, run: &RunKey) -> Result<Vec<CallRow>, StoreError> {
        self.read_snapshot(|raw| calls_of(raw, campaign, run)).await
    }

    /// A campaign's calls, for replays.
    pub fn recorded_calls(&self, campaign: i64) -> std::sync::Arc<dyn RecordedCalls> {
        std::sync::Arc::new(Records { store: self.clone(), campaign, select: REPLAYED })
    }

    /// Answers that a further attempt of a run can go on from: those given to attempts that another try can mend.
    pub fn resumable_calls(&self, campaign: i64) -> std::sync::Arc<dyn RecordedCalls> {
        std::sync::Arc::new(Records { store: self.clone(), campaign, select: RESUMED })
    }
}

fn spend(raw: &Raw, campaign: i64) -> Result<ModelSpend, StoreError> {
    let mut s = raw.statement(
        // A call that was cancelled under way left no exchange, but is charged.
        "SELECT coalesce(sum(charged_tokens > 0 OR EXISTS(SELECT 1 FROM model_exchange WHERE call_id = model_call.id)), 0), \
         count(DISTINCT run_key), coalesce(sum(charged_usd), 0.0), coalesce(sum(charged_tokens), 0), \
         (SELECT coalesce(sum(usd), 0.0) FROM model_loss WHERE campaign_id = ?1), \
         (SELECT coalesce(sum(tokens), 0) FROM model_loss WHERE campaign_id = ?1) FROM model_call WHERE campaign_id = ?1",
    )?;
    s.bind_all(&[Bind::Int(campaign)])?;
    s.step()?;
    Ok(ModelSpend {
        calls: s.int(0).unsigned_abs(),
        runs: s.int(1).unsigned_abs(),
        charged_usd: s.real(2) + s.real(4),
        charged_tokens: (s.int(3) + s.int(5)).unsigned_abs(),
        lost_usd: s.real(4),
    })
}

fn text_of(raw: &Raw, digest: &[u8]) -> Result<String, StoreError> {
    let mut s = raw.statement("SELECT bytes FROM transcript WHERE digest = ?1")?;
    s.bind_all(&[Bind::Blob(digest)])?;
    if !s.step()? {
        return Err(StoreError::Damaged("a call's text is missing".into()));
    }
    String::from_utf8(unpacked(s.blob(0))?).map_err(|e| StoreError::Damaged(format!("a call's text is none: {e}")))
}

fn failure(class: Option<String>, message: Option<String>) -> (FailureClass, String) {
    let class = class.and_then(|c| c.parse().ok()).unwrap_or(FailureClass::Internal);
    (class, message.unwrap_or_default())
}

fn calls_of(raw: &Raw, campaign: i64, run: &RunKey) -> Result<Vec<CallRow>, StoreError> {
    let mut s = raw.statement(
        "SELECT attempt, began_us, model, fallback, cost_usd, \
         (SELECT count(*) FROM model_exchange WHERE call_id = c.id), \
         (SELECT first_token_s FROM model_exchange WHERE call_id = c.id ORDER BY ordinal DESC LIMIT 1), \
         request, reply, failure_class, message \
         FROM model_call c WHERE campaign_id = ?1 AND run_key = ?2 ORDER BY began_us, id",
    )?;
    s.bind_all(&[Bind::Int(campaign), Bind::Blob(&run.0)])?;
    let mut found = Vec::new();
    while s.step()? {
        found.push(CallRow {
            attempt: s.int(0) as u32,
            began_us: s.int(1),
            model: s.text(2),
            fallback: s.optional_text(3),
            cost_usd: s.optional_real(4),
            tries: s.int(5) as u32,
            first_token_s: s.optional_real(6),
            request: text_of(raw, s.blob(7))?,
            result: if s.is_null(8) {
                Err(failure(s.optional_text(9), s.optional_text(10)))
            } else {
                Ok(text_of(raw, s.blob(8))?)
            },
        });
    }
    Ok(found)
}

/// A reply as JSON, or why there is none.
type Kept = Result<String, (FailureClass, String)>;

struct Records {
    store: Store,
    campaign: i64,
    select: &'static str,
}

/// The latest attempt's: that is the one whose measurements count. A call that was interrupted says nothing.
const REPLAYED: &str = "SELECT reply, failure_class, message FROM model_call WHERE campaign_id = ?1 AND run_key = ?2 \
     AND request_digest = ?3 AND occurrence = ?4 AND failure_class IS NOT 'interrupted' ORDER BY attempt DESC LIMIT 1";

/// An answer that made a run fail (a malformed one) is asked for anew.
const RESUMED: &str = "SELECT reply, failure_class, message FROM model_call c WHERE campaign_id = ?1 AND run_key = ?2 \
     AND request_digest = ?3 AND occurrence = ?4 AND reply IS NOT NULL AND EXISTS (SELECT 1 FROM attempt a JOIN run r \
     ON r.id = a.run_id WHERE r.campaign_id = c.campaign_id AND r.key = c.run_key AND a.number = c.attempt AND \
     (a.state = 'cancelled' OR a.failure_class IN ('rate_limited', 'model_unavailable', 'timeout', 'crashed', \
     'interrupted', 'budget'))) ORDER BY attempt DESC LIMIT 1";

#[async_trait]
impl RecordedCalls for Records {
    async fn find(
        &self,
        run: &RunKey,
        request: &Digest,
        occurrence: u64,
    ) -> Result<Option<Result<ChatReply, (FailureClass, String)>>, CallLogError> {
        let found =
            self.store.read_snapshot(|raw| recorded(raw, self.select, self.campaign, run, request, occurrence)).await;
        let found = found.map_err(|e| CallLogError(e.to_string()))?;
        let Some(found) = found else { return Ok(None) };
        let read =
            |text: String| serde_json::from_str(&text).map_err(|e| CallLogError(format!("a reply can't be read: {e}")));
        Ok(Some(match found {
            Ok(text) => Ok(read(text)?),
            Err(failure) => Err(failure),
        }))
    }

    async fn knows(&self, run: &RunKey) -> Result<bool, CallLogError> {
        let found = self.store.read_snapshot(|raw| knows(raw, self.campaign, run)).await;
        found.map_err(|e| CallLogError(e.to_string()))
    }
}

fn knows(raw: &Raw, campaign: i64, run: &RunKey) -> Result<bool, StoreError> {
    let mut s = raw.statement(
        "SELECT 1 FROM model_call WHERE campaign_id = ?1 AND run_key = ?2 AND failure_class IS NOT 'interrupted' LIMIT 1",
    )?;
    s.bind_all(&[Bind::Int(campaign), Bind::Blob(&run.0)])?;
    s.step()
}

fn recorded(
    raw: &Raw,
    select: &str,
    campaign: i64,
    run: &RunKey,
    request: &Digest,
    occurrence: u64,
) -> Result<Option<Kept>, StoreError> {
    let mut s = raw.statement(select)?;
    s.bind_all(&[
        Bind::Int(campaign),
        Bind::Blob(&run.0),
        Bind::Blob(&request.0),
        Bind::Int(i64::try_from(occurrence).unwrap_or(i64::MAX)),
    ])?;
    if !s.step()? {
        return Ok(None);
    }
    if s.is_null(0) {
        return Ok(Some(Err(failure(s.optional_text(1), s.optional_text(2)))));
    }
    text_of(raw, s.blob(0)).map(|text| Some(Ok(text)))
}
