//! What each model of a campaign was asked, and what it came to.

use crate::error::StoreError;
use crate::open::Store;
use crate::raw::{Bind, Raw};

/// A model's calls over all sessions.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelTotal {
    /// Its name in the spec.
    pub model: String,
    /// Calls.
    pub calls: u64,
    /// Of these, the ones without an answer.
    pub errors: u64,
    /// Of these, the ones that another, declared model answered.
    pub fallbacks: u64,
    /// Requests sent for them.
    pub requests: u64,
    /// Tokens of requests, of the calls that were answered.
    pub prompt_tokens: u64,
    /// Tokens of replies.
    pub completion_tokens: u64,
    /// Calls whose tokens Ergon counted.
    pub estimated: u64,
    /// USD of answered calls with a known price.
    pub usd: f64,
    /// Answered calls of unknown price.
    pub unpriced: u64,
    /// Mean service latency of answered calls, seconds.
    pub latency_s: Option<f64>,
}

impl Store {
    /// What each model of a campaign was asked, in the order of their names.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn model_totals(&self, campaign: i64) -> Result<Vec<ModelTotal>, StoreError> {
        self.read_snapshot(|raw| totals(raw, campaign)).await
    }
}

fn totals(raw: &Raw, campaign: i64) -> Result<Vec<ModelTotal>, StoreError> {
    let mut s = raw.statement(
        "SELECT model, count(*), sum(reply IS NULL), sum(fallback IS NOT NULL), \
         sum((SELECT count(*) FROM model_exchange WHERE call_id = c.id)), coalesce(sum(prompt_tokens), 0), \
         coalesce(sum(completion_tokens), 0), sum(tokens_estimated), coalesce(sum(cost_usd), 0.0), \
         sum(reply IS NOT NULL AND cost_usd IS NULL), avg(latency_s) \
         FROM model_call c WHERE campaign_id = ?1 GROUP BY model ORDER BY model",
    )?;
    s.bind_all(&[Bind::Int(campaign)])?;
    let mut found = Vec::new();
    while s.step()? {
        let count = |column| s.int(column).unsigned_abs();
        found.push(ModelTotal {
            model: s.text(0),
            calls: count(1),
            errors: count(2),
            fallbacks: count(3),
            requests: count(4),
            prompt_tokens: count(5),
            completion_tokens: count(6),
            estimated: count(7),
            usd: s.real(8),
            unpriced: count(9),
            latency_s: s.optional_real(10),
        });
    }
    Ok(found)
}
