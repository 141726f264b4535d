//! Opening a model on the network from what a spec says about it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Url;
use serde_json::Value;

use super::Remote;
use crate::dialect::{Dialect, JsonMode};
use crate::network::Network;
use crate::pace::PaceLimits;
use crate::preset::Preset;
use crate::price::Price;
use crate::setting::{SettingProblem, Settings};
use crate::wire::Bounds;

/// What a server that speaks like OpenAI may call the longest reply.
const MAX_TOKENS_FIELDS: [(&str, &str); 2] =
    [("max_tokens", "max_tokens"), ("max_completion_tokens", "max_completion_tokens")];

impl Remote {
    /// Reads its settings. Nothing is connected to, and no key is read.
    ///
    /// # Errors
    /// A setting it doesn't take, or an address that no key may be sent to.
    pub(crate) fn open(
        name: &str,
        preset: &'static Preset,
        model: Option<&str>,
        written: &BTreeMap<String, Value>,
        network: &Arc<Network>,
    ) -> Result<Self, SettingProblem> {
        let mut settings = Settings::new(name, written);
        let model = model.filter(|m| !m.is_empty()).ok_or_else(|| {
            settings.problem("model", format!("is missing; expected the model's name at {}", preset.name))
        })?;
        if preset.dialect == Dialect::Gemini && model.contains(['/', '?', '#']) {
            return Err(settings.problem("model", format!("'{model}' is not accepted; expected a name without '/'")));
        }
        let base_url = settings.text("base_url")?;
        let base = address(&settings, preset, base_url)?;
        let key_env = settings.text("key_env")?;
        // A provider's key goes to the provider: another address gets one only where the spec names it.
        let key_name = key_env.or(if base_url.is_none() { preset.key_env } else { None }).map(str::to_owned);
        if key_name.is_some() && base.scheme() == "http" && !is_local(&base) {
            return Err(settings.problem("base_url", "a key would be sent unencrypted; expected https"));
        }
        let seconds = |s: Option<f64>, default: f64| Duration::from_secs_f64(s.unwrap_or(default));
        let remote =
            Self {
                name: name.into(),
                provider: preset.name,
                dialect: preset.dialect,
                model: model.into(),
                key_name,
                max_tokens: settings.count("max_tokens", 1, 1_000_000)?.unwrap_or(1024) as u32,
                max_tokens_field: settings
                    .word("max_tokens_field", &MAX_TOKENS_FIELDS)?
                    .unwrap_or(if base_url.is_some() { "max_tokens" } else { preset.max_tokens_field }),
                temperature: settings.number("temperature", 0.0, 2.0)?,
                seeded: settings.flag("seed")?.unwrap_or(false),
                streamed: settings.flag("stream")?.unwrap_or(false),
                json: settings
                    .word(
                        "json",
                        &[("schema", JsonMode::Schema), ("object", JsonMode::Object), ("prompt", JsonMode::Prompt)],
                    )?
                    .unwrap_or(JsonMode::Schema),
                logprobs: settings.count("logprobs", 0, 20)?.map(|n| n as u8),
                bounds: Bounds {
                    timeout: seconds(settings.number("timeout_s", 0.1, 3600.0)?, 120.0),
                    most_bytes: (settings.number("max_reply_mb", 0.001, 1000.0)?.unwrap_or(16.0) * 1e6) as usize,
                },
                retries: settings.count("retries", 0, 20)?.unwrap_or(4) as u32,
                patience: seconds(settings.number("patience_s", 0.0, 86_400.0)?, 300.0),
                price: price(&mut settings, preset, model, network)?,
                pace: {
                    let limits = PaceLimits {
                        concurrency: settings
                            .count("concurrency", 1, 10_000)?
                            .map_or(preset.limits().concurrency, |n| n as usize),
                        requests_per_minute: settings.count("requests_per_minute", 1, 1_000_000)?,
                        tokens_per_minute: settings.count("tokens_per_minute", 1, 1_000_000_000)?,
                    };
                    network.pace(&base, limits)
                },
                network: network.clone(),
                base,
            };
        // Read by the roster.
        settings.text("fallback")?;
        settings.finish()?;
        Ok(remote)
    }
}

fn address(settings: &Settings<'_>, preset: &Preset, written: Option<&str>) -> Result<Url, SettingProblem> {
    let from_env = || preset.address_env.and_then(|name| std::env::var(name).ok());
    let text = written.map(str::to_owned).or_else(|| preset.base_url.map(str::to_owned)).or_else(from_env);
    let problem = |message: String| settings.problem("base_url", message);
    let Some(text) = text else {
        let name = preset.address_env.unwrap_or_default();
        return Err(problem(format!("is missing; expected an address here, or in the environment as {name}")));
    };
    let url = Url::parse(&text).map_err(|e| problem(format!("'{text}' is not an address: {e}")))?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err(problem(format!("'{text}' is not accepted; expected http://… or https://…")));
    }
    if !url.username().is_empty() || url.password().is_some() || url.query().is_some() || url.fragment().is_some() {
        // It could hold a key: it is not repeated.
        return Err(problem("holds a user, a query or a fragment; expected a plain address".into()));
    }
    Ok(url)
}

/// Whether it is this machine.
fn is_local(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn price(
    settings: &mut Settings<'_>,
    preset: &Preset,
    model: &str,
    network: &Network,
) -> Result<Option<Price>, SettingProblem> {
    let mut usd = |key| settings.number(key, 0.0, 1e6);
    let (input, output) = (usd("usd_per_mtok_in")?, usd("usd_per_mtok_out")?);
    let cached = usd("usd_per_mtok_cached")?;
    match (input, output) {
        (Some(input), Some(output)) => Ok(Some(Price { input, output, cached })),
        (None, None) if cached.is_none() => {
            Ok(network.prices().find(preset.name, model).map(|row| row.usd_per_mtok.clone()))
        }
        _ => Err(settings.problem("usd_per_mtok_in", "and usd_per_mtok_out are needed both, or neither")),
    }
}
