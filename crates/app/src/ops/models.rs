//! `models`: providers and models, whether they can be asked, and a single question to one.

use std::collections::BTreeMap;
use std::sync::Arc;

use ergon_domain::{CallContext, ChatReply, ChatRequest, Digest, Models, RunStreams};
use ergon_models::{
    Budget, HAS_KEYCHAIN, Metered, ModelEntry, ProviderState, Roster, Source, Spent, forget_in_keychain,
    keep_in_keychain,
};
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::error::AppError;
use crate::models::network;
use crate::ops::Acknowledged;

/// Which models to look at.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ts_rs::TS)]
#[serde(default)]
pub struct ModelsRequest {
    /// Spec file or campaign whose models are meant; without it the providers are listed.
    pub target: Option<String>,
    /// Ask each provider for its models: costs nothing, and tells whether address and key are right.
    pub test: bool,
}

/// A provider that specs may name.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct ProviderInfo {
    /// Name.
    pub name: String,
    /// Whose dialect it speaks.
    pub speaks: String,
    /// Where it is; `None`: a file, or the environment says.
    pub address: Option<String>,
    /// Environment variable of its key; `None`: it needs none.
    pub key_env: Option<String>,
    /// Where that key was found; `None`: nowhere.
    pub key: Option<String>,
    /// The user added it; else Ergon knows it.
    pub is_own: bool,
    /// Requests at once, unless a spec says otherwise.
    #[ts(type = "number")]
    pub concurrency: usize,
    /// The limits that the user set: no spec goes beyond.
    pub limits: ProviderLimits,
    /// Models with a known price, as patterns.
    pub priced: Vec<PriceInfo>,
}

/// Limits of an account.
#[derive(Clone, Copy, Debug, Default, Serialize, ts_rs::TS)]
pub struct ProviderLimits {
    /// Requests at once.
    #[ts(type = "number | null")]
    pub concurrency: Option<u64>,
    /// Requests in any 60 s.
    #[ts(type = "number | null")]
    pub requests_per_minute: Option<u64>,
    /// Tokens in any 60 s.
    #[ts(type = "number | null")]
    pub tokens_per_minute: Option<u64>,
}

/// A row of the price table.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct PriceInfo {
    /// Models it is for; `*` stands for any text.
    pub model: String,
    /// USD per million tokens of requests.
    pub usd_per_mtok_in: f64,
    /// USD per million tokens of replies.
    pub usd_per_mtok_out: f64,
    /// USD per million tokens of requests that the provider had cached.
    pub usd_per_mtok_cached: Option<f64>,
    /// Longest request in tokens that costs this.
    #[ts(type = "number | null")]
    pub up_to_tokens: Option<u64>,
    /// Day on which the source said so.
    pub date: String,
    /// Where.
    pub source: String,
}

/// A model of a spec.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct ModelInfo {
    /// Its name in the spec.
    pub name: String,
    /// Its name at the provider; `None`: simulated.
    pub model: Option<String>,
    /// Where it is asked.
    pub address: Option<String>,
    /// Where its key was found; `None`: it needs none, or `problem` says that it is missing.
    pub key: Option<String>,
    /// Whether its price is known; `None`: it costs nobody's money.
    pub is_priced: Option<bool>,
    /// What keeps it from being asked.
    pub problem: Option<String>,
    /// Models the provider says it has, where it was asked.
    pub offered: Option<Vec<String>>,
}

/// Providers, or a spec's models.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct ModelsReply {
    /// Providers that specs may name.
    pub providers: Vec<ProviderInfo>,
    /// The spec's models.
    pub models: Vec<ModelInfo>,
    /// Whether this program can keep keys in the operating system's keychain.
    pub has_keychain: bool,
}

/// Lists providers, prices and a spec's models.
///
/// # Errors
/// The spec can't be read. What is wrong with a model is in the reply.
pub async fn models(app: &App, request: ModelsRequest) -> Result<ModelsReply, AppError> {
    let network = network()?;
    let prices = network.prices();
    let provider = |state: ProviderState| {
        let limits = state.own.map(|own| ProviderLimits {
            concurrency: own.concurrency,
            requests_per_minute: own.requests_per_minute,
            tokens_per_minute: own.tokens_per_minute,
        });
        ProviderInfo {
            key: state.key_env.as_deref().and_then(|key| network.keys().source(key)).map(|s| s.name().into()),
            priced: prices.rows().filter(|row| row.provider == state.name).map(PriceInfo::from).collect(),
            name: state.name,
            speaks: state.speaks.into(),
            address: state.address,
            key_env: state.key_env,
            is_own: !state.is_shipped,
            concurrency: state.concurrency,
            limits: limits.unwrap_or_default(),
        }
    };
    let mut reply = ModelsReply {
        providers: network.providers().into_iter().map(provider).collect(),
        models: Vec::new(),
        has_keychain: HAS_KEYCHAIN,
    };
    let Some(target) = &request.target else { return Ok(reply) };
    let roster = app.load(target, &[]).await?.models;
    for state in roster.describe() {
        let (key, mut problem) = match state.key {
            Ok(source) => (source.map(|s| s.name().to_owned()), None),
            Err(why) => (None, Some(why)),
        };
        let mut offered = None;
        if request.test && state.model.is_some() && problem.is_none() {
            match roster.probe(&state.name).await {
                Ok(list) => offered = Some(list),
                Err(why) => problem = Some(why),
            }
        }
        let (model, address, is_priced) = (state.model, state.address, state.is_priced);
        reply.models.push(ModelInfo { name: state.name, model, address, key, is_priced, problem, offered });
    }
    Ok(reply)
}

impl From<&ergon_models::PriceRow> for PriceInfo {
    fn from(row: &ergon_models::PriceRow) -> Self {
        Self {
            model: row.model.clone(),
            usd_per_mtok_in: row.usd_per_mtok.input,
            usd_per_mtok_out: row.usd_per_mtok.output,
            usd_per_mtok_cached: row.usd_per_mtok.cached,
            up_to_tokens: row.usd_per_mtok.up_to_tokens,
            date: row.date.clone(),
            source: row.source.clone(),
        }
    }
}

/// A question to a model. Nothing of it is kept.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ts_rs::TS)]
#[serde(default)]
pub struct ModelChatRequest {
    /// Provider, as in specs.
    pub provider: String,
    /// The model's name at the provider.
    pub model: String,
    /// The question.
    pub prompt: String,
    /// Settings as in the section `models` of a spec (`base_url`, `key_env`, `max_tokens` …).
    pub settings: BTreeMap<String, serde_json::Value>,
}

/// What it said.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct ModelChatReply {
    /// The text.
    pub reply: String,
    /// The model's own id.
    pub model_id: String,
    /// Why it ended: `stop`, `length`, `filtered`, `other`.
    pub finish: String,
    /// Tokens of the request.
    #[ts(type = "number | null")]
    pub prompt_tokens: Option<u64>,
    /// Tokens of the reply.
    #[ts(type = "number | null")]
    pub completion_tokens: Option<u64>,
    /// Whether Ergon counted the tokens.
    pub tokens_estimated: bool,
    /// Seconds from sending to the last byte.
    pub latency_s: f64,
    /// USD; `None`: the price is unknown.
    pub cost_usd: Option<f64>,
    /// `measured`: a real model's; `estimated`: some of it counted by Ergon.
    pub provenance: String,
}

/// Asks a model once.
///
/// # Errors
/// A provider or setting that is wrong, or no answer.
pub async fn model_chat(_app: &App, request: ModelChatRequest) -> Result<ModelChatReply, AppError> {
    let entry = ModelEntry {
        provider: request.provider.clone(),
        model: Some(request.model.clone()).filter(|m| !m.is_empty()),
        settings: request.settings.clone(),
    };
    let wrong = |e: ergon_models::SettingProblem| AppError::input("invalid_model", e.to_string()).field(e.key);
    let roster = Roster::open([("model", entry)], &network()?).map_err(wrong)?;
    if let Some((_, why)) = roster.unready().pop() {
        return Err(AppError::input("model_not_ready", why).field("provider"));
    }
    let metered = Metered::new(Arc::new(roster), Budget::default(), Spent::default(), Source::Live(None));
    let key = Digest::of_bytes(request.prompt.as_bytes());
    let call = CallContext {
        streams: RunStreams { key, campaign_seed: 0, replicate: 0, common: Vec::new() },
        occurrence: 0,
        attempt: 1,
    };
    let asked = ChatRequest::new("model", "", request.prompt);
    let reply = metered.chat(&asked, None, &call).await;
    let ChatReply { text, model_id, finish, usage, latency_s, cost_usd, .. } =
        reply.map_err(|e| AppError::operation(e.class.name(), e.message))?;
    Ok(ModelChatReply {
        reply: text,
        model_id,
        finish: serde_json::to_value(finish).ok().and_then(|f| f.as_str().map(str::to_owned)).unwrap_or_default(),
        prompt_tokens: usage.prompt_tokens,
        completion_tokens: usage.completion_tokens,
        tokens_estimated: usage.estimated,
        latency_s,
        cost_usd,
        provenance: if usage.estimated { "estimated" } else { "measured" }.into(),
    })
}

/// A key to use.
#[derive(Clone, Deserialize, Serialize, ts_rs::TS)]
pub struct ModelKeyRequest {
    /// Its name: the provider's environment variable.
    pub name: String,
    /// The key; empty: forget it.
    pub key: String,
    /// In the operating system's keychain instead of for this session.
    pub keep: bool,
}

impl std::fmt::Debug for ModelKeyRequest {
    /// Without the key.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ModelKeyRequest").field("name", &self.name).field("keep", &self.keep).finish_non_exhaustive()
    }
}

/// Gives a key for this session, or to the keychain.
///
/// # Errors
/// There is no keychain.
pub async fn model_key(_app: &App, request: ModelKeyRequest) -> Result<Acknowledged, AppError> {
    let network = network()?;
    let refused = |e: ergon_models::KeychainError| AppError::operation("no_keychain", e.to_string());
    if request.name.trim().is_empty() {
        return Err(
            AppError::input("invalid_name", "name: expected the name of a key, as OPENAI_API_KEY").field("name")
        );
    }
    if request.key.is_empty() {
        network.keys().forget(&request.name);
        if request.keep {
            forget_in_keychain(&request.name).map_err(refused)?;
        }
        return Ok(Acknowledged::that("forgotten"));
    }
    if request.keep {
        keep_in_keychain(&request.name, &request.key.into()).map_err(refused)?;
        // What was given before for the session alone would come first.
        network.keys().forget(&request.name);
        return Ok(Acknowledged::that("kept in the keychain"));
    }
    network.keys().remember(&request.name, request.key.into());
    Ok(Acknowledged::that("kept for this session"))
}
