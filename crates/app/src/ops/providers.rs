//! Providers of the user's own, limits of their accounts, their own prices: set once for this machine, and whether a
//! provider can be asked.

use ergon_models::{ModelEntry, OwnProvider, Price, PriceRow, Roster, SettingProblem};
use serde::{Deserialize, Serialize};

use crate::app::{App, now_us};
use crate::error::AppError;
use crate::models::{self, network};
use crate::ops::Acknowledged;

/// A provider to add or change; limits alone for one that Ergon knows.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ts_rs::TS)]
#[serde(default)]
pub struct ProviderRequest {
    /// Its name in specs.
    pub name: String,
    /// Whose dialect it speaks: `openai`, `anthropic`, `gemini` or `ollama`.
    pub speaks: Option<String>,
    /// Where it is.
    pub base_url: Option<String>,
    /// Environment variable, and name in the keychain, of its key; never the key.
    pub key_env: Option<String>,
    /// Requests at once: no spec may ask for more.
    #[ts(type = "number | null")]
    pub concurrency: Option<u64>,
    /// Requests in any 60 s.
    #[ts(type = "number | null")]
    pub requests_per_minute: Option<u64>,
    /// Tokens in any 60 s.
    #[ts(type = "number | null")]
    pub tokens_per_minute: Option<u64>,
}

/// A provider by its name.
#[derive(Clone, Debug, Deserialize, Serialize, ts_rs::TS)]
pub struct ProviderNameRequest {
    /// Its name in specs.
    pub name: String,
}

/// Whether a provider can be asked.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct ProviderTestReply {
    /// What keeps it from being asked.
    pub problem: Option<String>,
    /// Models it says it has.
    pub offered: Vec<String>,
    /// Seconds until it had said so.
    pub took_s: f64,
}

/// A price of one's own, which comes before the table's.
#[derive(Clone, Debug, Deserialize, Serialize, ts_rs::TS)]
pub struct PriceRequest {
    /// Provider.
    pub provider: String,
    /// Names of the model at the provider; a `*` stands for any text.
    pub model: String,
    /// USD per million tokens of requests; nothing here and in `usd_per_mtok_out`: the own price is taken away.
    #[serde(default)]
    pub usd_per_mtok_in: Option<f64>,
    /// USD per million tokens of replies.
    #[serde(default)]
    pub usd_per_mtok_out: Option<f64>,
    /// USD per million tokens of requests that the provider had cached.
    #[serde(default)]
    pub usd_per_mtok_cached: Option<f64>,
    /// Where it is from (an invoice, an address).
    #[serde(default)]
    pub source: String,
}

fn refused(problem: SettingProblem) -> AppError {
    AppError::input("invalid_provider", format!("{}: {}", problem.key, problem.message)).field(problem.key)
}

/// Adds a provider, or changes one.
///
/// # Errors
/// A field that isn't accepted; the file can't be written.
pub async fn set_provider(_app: &App, request: ProviderRequest) -> Result<Acknowledged, AppError> {
    let given = |text: Option<String>| text.map(|t| t.trim().to_owned()).filter(|t| !t.is_empty());
    let provider = OwnProvider {
        name: request.name.trim().to_owned(),
        speaks: given(request.speaks),
        base_url: given(request.base_url),
        key_env: given(request.key_env),
        concurrency: request.concurrency,
        requests_per_minute: request.requests_per_minute,
        tokens_per_minute: request.tokens_per_minute,
    };
    let network = network()?;
    let mut own = network.own_providers();
    own.retain(|known| known.name != provider.name);
    own.push(provider);
    network.set_own_providers(own.clone()).map_err(refused)?;
    models::keep_providers(&own)?;
    Ok(Acknowledged::that("set"))
}

/// Takes away what the user added: the provider, or the limits of a known one.
///
/// # Errors
/// There is nothing of the user's by this name; the file can't be written.
pub async fn remove_provider(_app: &App, request: ProviderNameRequest) -> Result<Acknowledged, AppError> {
    let network = network()?;
    let mut own = network.own_providers();
    let before = own.len();
    own.retain(|known| known.name != request.name);
    if own.len() == before {
        let message = format!("you have added no provider '{}', and set no limits for it", request.name);
        return Err(AppError::input("unknown_provider", message).field("name"));
    }
    network.set_own_providers(own.clone()).map_err(refused)?;
    models::keep_providers(&own)?;
    Ok(Acknowledged::that("removed"))
}

/// Asks a provider for its list of models: costs nothing, and tells whether address and key are right.
///
/// # Errors
/// There is no such provider. What is wrong with it is in the reply.
pub async fn test_provider(_app: &App, request: ProviderNameRequest) -> Result<ProviderTestReply, AppError> {
    let began = std::time::Instant::now();
    let reply = |problem, offered| ProviderTestReply { problem, offered, took_s: began.elapsed().as_secs_f64() };
    let network = network()?;
    if !network.providers().iter().any(|known| known.name == request.name) {
        let known: Vec<String> = network.providers().into_iter().map(|known| known.name).collect();
        let message = format!("there is no provider '{}'; expected one of {}", request.name, known.join(", "));
        return Err(AppError::input("unknown_provider", message).field("name"));
    }
    if request.name == models::GGUF {
        // Which files there are, nobody can tell; whether one could be run, the program can.
        let (state, said, _) = super::doctor::worker(&network);
        let problem = (state != super::doctor::DoctorState::Ok).then_some(said);
        return Ok(reply(problem, Vec::new()));
    }
    // A list needs no model's name; one is needed to open.
    let entry = ModelEntry { provider: request.name, model: Some("any".into()), ..ModelEntry::default() };
    let roster = match Roster::open([("model", entry)], &network) {
        Ok(roster) => roster,
        Err(problem) => return Ok(reply(Some(format!("{}: {}", problem.key, problem.message)), Vec::new())),
    };
    if let Some((_, why)) = roster.unready().pop() {
        return Ok(reply(Some(why), Vec::new()));
    }
    Ok(match roster.probe("model").await {
        Ok(offered) => reply(None, offered),
        Err(why) => reply(Some(why), Vec::new()),
    })
}

/// Sets a price of one's own, or takes it away.
///
/// # Errors
/// A price that is none; the file can't be written.
pub async fn set_price(_app: &App, request: PriceRequest) -> Result<Acknowledged, AppError> {
    let wrong = |field: &str, why: &str| AppError::input("invalid_price", format!("{field}: {why}")).field(field);
    let network = network()?;
    let provider = request.provider.trim().to_owned();
    if !network.providers().iter().any(|known| known.name == provider) {
        let known: Vec<String> = network.providers().into_iter().map(|known| known.name).collect();
        return Err(wrong("provider", &format!("there is none '{provider}'; expected one of {}", known.join(", "))));
    }
    let model = request.model.trim().to_owned();
    if model.is_empty() {
        return Err(wrong("model", "is missing; expected the model's name at the provider, or a pattern with '*'"));
    }
    let mut rows = models::own_prices()?;
    let known = rows.len();
    rows.retain(|row| (row.provider.as_str(), row.model.as_str()) != (provider.as_str(), model.as_str()));
    let said = match (request.usd_per_mtok_in, request.usd_per_mtok_out) {
        (None, None) if rows.len() == known => {
            return Err(wrong("model", "you have set no price of that name there: nothing is taken away"));
        }
        (None, None) => "taken away",
        (Some(input), Some(output)) => {
            let source = Some(request.source.trim()).filter(|s| !s.is_empty()).unwrap_or("entered by the user");
            rows.push(PriceRow {
                provider,
                model,
                usd_per_mtok: Price { input, output, cached: request.usd_per_mtok_cached, up_to_tokens: None },
                date: crate::select::utc(now_us()).chars().take(10).collect(),
                source: source.into(),
            });
            "set"
        }
        (Some(_), None) => return Err(wrong("usd_per_mtok_out", "is missing; expected USD per million tokens")),
        (None, Some(_)) => return Err(wrong("usd_per_mtok_in", "is missing; expected USD per million tokens")),
    };
    network.set_prices(models::prices(&rows)?);
    models::keep_prices(&rows)?;
    Ok(Acknowledged::that(said))
}
