//! Opening a model on the network from what a spec says about it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Url;
use serde_json::Value;

use super::Remote;
use crate::dialect::{Dialect, JsonMode};
use crate::gguf::File;
use crate::keys::{KEY_NAME, is_key_name};
use crate::network::Network;
use crate::pace::PaceLimits;
use crate::preset::{GGUF, OPEN_KEY, Preset, address, sends_open};
use crate::price::Price;
use crate::setting::{SettingProblem, Settings};
use crate::wire::Bounds;

/// A file of one's own costs nobody's money; what its joules cost is another matter.
const FREE: Price = Price { input: 0.0, output: 0.0, cached: None, up_to_tokens: None };
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
        preset: &Preset,
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
        let is_file = preset.name == GGUF;
        // A file has no address and no key: the settings are unknown there.
        let base_url = if is_file { None } else { settings.text("base_url")? };
        let key_env = if is_file { None } else { key_env(&mut settings)? };
        let (base, file) = if is_file {
            let (base, file) = File::open(&mut settings, model, network)?;
            (base, Some(file))
        } else {
            (base(&settings, preset, base_url)?, None)
        };
        // A provider's key goes to the provider: another address gets one only where the spec names it.
        let own_key = preset.key_env.as_deref().filter(|_| base_url.is_none());
        let key_name = key_env.or(own_key).map(str::to_owned);
        if key_name.is_some() && sends_open(&base) {
            return Err(settings.problem("base_url", OPEN_KEY));
        }
        let seconds = |s: Option<f64>, default: f64| Duration::from_secs_f64(s.unwrap_or(default));
        let json = settings.word(
            "json",
            &[("schema", JsonMode::Schema), ("object", JsonMode::Object), ("prompt", JsonMode::Prompt)],
        )?;
        let remote = Self {
            name: name.into(),
            provider: preset.name.to_string(),
            dialect: preset.dialect,
            model: model.into(),
            key_name,
            max_tokens: settings.count("max_tokens", 1, 1_000_000)?.unwrap_or(1024) as u32,
            max_tokens_field: settings.word("max_tokens_field", &MAX_TOKENS_FIELDS)?.unwrap_or(if base_url.is_some() {
                "max_tokens"
            } else {
                preset.max_tokens_field
            }),
            temperature: settings.number("temperature", 0.0, 2.0)?,
            seeded: settings.flag("seed")?.unwrap_or(is_file),
            streamed: settings.flag("stream")?.unwrap_or(false),
            json: json.unwrap_or(JsonMode::Schema),
            logprobs: if is_file { None } else { settings.count("logprobs", 0, 20)?.map(|n| n as u8) },
            bounds: Bounds {
                timeout: seconds(settings.number("timeout_s", 0.1, 3600.0)?, if is_file { 600.0 } else { 120.0 }),
                most_bytes: (settings.number("max_reply_mb", 0.001, 1000.0)?.unwrap_or(16.0) * 1e6) as usize,
            },
            retries: settings.count("retries", 0, 20)?.unwrap_or(4) as u32,
            patience: seconds(settings.number("patience_s", 0.0, 86_400.0)?, 300.0),
            price: if is_file { Some(FREE) } else { price(&mut settings, preset, model, network)? },
            pace: {
                let limits = PaceLimits {
                    concurrency: settings.count("concurrency", 1, 10_000)?.map_or(preset.concurrency, |n| n as usize),
                    requests_per_minute: settings.count("requests_per_minute", 1, 1_000_000)?,
                    tokens_per_minute: settings.count("tokens_per_minute", 1, 1_000_000_000)?,
                };
                network.pace(&base, limits.tighter(preset.ceiling))
            },
            network: network.clone(),
            base,
            file,
        };
        for (key, is_asked) in [
            ("seed", remote.seeded),
            ("logprobs", remote.logprobs.is_some()),
            ("json", json.is_some_and(|mode| mode != JsonMode::Prompt)),
        ] {
            if is_asked && !preset.dialect.can_send(key) {
                let message = format!("can't be sent to {}: it has no such field; leave it out", preset.name);
                return Err(settings.problem(key, message));
            }
        }
        // Read by the roster.
        settings.text("fallback")?;
        settings.finish()?;
        Ok(remote)
    }
}

fn base(settings: &Settings<'_>, preset: &Preset, written: Option<&str>) -> Result<Url, SettingProblem> {
    let from_env = || preset.address_env.and_then(|name| std::env::var(name).ok());
    let text = written.or(preset.base_url.as_deref()).map(str::to_owned).or_else(from_env);
    let problem = |message: String| settings.problem("base_url", message);
    let Some(text) = text else {
        let name = preset.address_env.unwrap_or_default();
        return Err(problem(format!("is missing; expected an address here, or in the environment as {name}")));
    };
    address(&text).map_err(problem)
}

/// The name of a key; whatever is no name may be a key, and is not repeated.
fn key_env<'a>(settings: &mut Settings<'a>) -> Result<Option<&'a str>, SettingProblem> {
    match settings.text("key_env") {
        Ok(None) => Ok(None),
        Ok(Some(name)) if is_key_name(name) => Ok(Some(name)),
        _ => Err(settings.problem("key_env", KEY_NAME)),
    }
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
        (Some(input), Some(output)) => Ok(Some(Price { input, output, cached, up_to_tokens: None })),
        (None, None) if cached.is_none() => {
            Ok(network.prices().find(&preset.name, model).map(|row| row.usd_per_mtok.clone()))
        }
        _ => Err(settings.problem("usd_per_mtok_in", "and usd_per_mtok_out are needed both, or neither")),
    }
}
