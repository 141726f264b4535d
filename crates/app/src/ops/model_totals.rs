//! `model_totals`: what each model of a campaign was asked and what it came to, over all sessions.

use serde::Serialize;

use crate::app::App;
use crate::error::AppError;
use crate::ops::CampaignRequest;

/// A model's calls.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct ModelTotalInfo {
    /// Its name in the spec.
    pub model: String,
    /// Calls.
    #[ts(type = "number")]
    pub calls: u64,
    /// Of these, the ones without an answer.
    #[ts(type = "number")]
    pub errors: u64,
    /// Of these, the ones that another, declared model answered.
    #[ts(type = "number")]
    pub fallbacks: u64,
    /// Requests sent for them.
    #[ts(type = "number")]
    pub requests: u64,
    /// Tokens of requests, of the calls that were answered.
    #[ts(type = "number")]
    pub prompt_tokens: u64,
    /// Tokens of replies.
    #[ts(type = "number")]
    pub completion_tokens: u64,
    /// `measured`; `estimated`: Ergon counted the tokens of some calls. What they cost is `derived` from them.
    pub tokens_provenance: String,
    /// USD of answered calls with a known price.
    pub usd: f64,
    /// Answered calls of unknown price: `usd` leaves them out.
    #[ts(type = "number")]
    pub unpriced: u64,
    /// Mean service latency of answered calls, seconds.
    pub latency_s: Option<f64>,
}

/// What a campaign's models came to.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct ModelTotalsReply {
    /// By name; simulated models are not in it.
    pub models: Vec<ModelTotalInfo>,
    /// USD that count against the budget: aborted calls at their worst case.
    pub charged_usd: f64,
    /// Of these, what engines that died may have spent without recording it.
    pub lost_usd: f64,
}

/// What each model was asked and what it came to.
///
/// # Errors
/// No such campaign.
pub async fn model_totals(app: &App, request: CampaignRequest) -> Result<ModelTotalsReply, AppError> {
    let campaign = app.find(&request.campaign).await?;
    let store = app.store().await?;
    let spent = store.model_spend(campaign.id).await?;
    let info = |total: ergon_store::ModelTotal| ModelTotalInfo {
        model: total.model,
        calls: total.calls,
        errors: total.errors,
        fallbacks: total.fallbacks,
        requests: total.requests,
        prompt_tokens: total.prompt_tokens,
        completion_tokens: total.completion_tokens,
        tokens_provenance: if total.estimated > 0 { "estimated" } else { "measured" }.into(),
        usd: total.usd,
        unpriced: total.unpriced,
        latency_s: total.latency_s,
    };
    Ok(ModelTotalsReply {
        models: store.model_totals(campaign.id).await?.into_iter().map(info).collect(),
        charged_usd: spent.charged_usd,
        lost_usd: spent.lost_usd,
    })
}
