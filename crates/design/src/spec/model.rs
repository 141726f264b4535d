//! Section `models`: a provider and settings that only the provider can judge.

use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::de::{Error, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A named language model.
#[derive(Clone, Debug, Default, PartialEq, JsonSchema)]
#[schemars(with = "ModelForm")]
pub struct ModelChoice {
    /// Who answers: `openai`, `anthropic`, `gemini`, `ollama`, `gguf`, `simulated`.
    pub provider: String,
    /// The model's name at the provider.
    pub model: Option<String>,
    /// Sampling, limits and whatever else the provider takes.
    pub settings: BTreeMap<String, serde_json::Value>,
}

/// What the schema says.
#[derive(JsonSchema)]
#[allow(dead_code, reason = "describes the accepted form; never constructed")]
struct ModelForm {
    /// Who answers: `openai` (with `base_url` every server that speaks like it), `anthropic`, `gemini`, `ollama`, `gguf` (a
    /// file), `openrouter`, `groq`, `together`, `sambanova`, `sambastudio`, `simulated`, or one that `ergon models add` added.
    provider: String,
    /// The model's name at the provider; for `gguf` the path of the file, relative to the spec.
    model: Option<String>,
    /// Where it is, instead of the provider's own address.
    base_url: Option<String>,
    /// Environment variable, and name in the keychain, of the key; never the key. Needed to send one to a `base_url`.
    key_env: Option<String>,
    /// Longest reply in tokens, where the workload does not say (1024).
    max_tokens: Option<u32>,
    /// What a server that speaks like OpenAI calls the longest reply: `max_tokens` or `max_completion_tokens`.
    max_tokens_field: Option<String>,
    /// Sampling temperature, where the workload does not say.
    temperature: Option<f64>,
    /// Whether a seed from the run's own stream is sent (false; `gguf`: true).
    seed: Option<bool>,
    /// Whether the reply is streamed, which gives the time to the first token (false).
    stream: Option<bool>,
    /// How a schema is asked for: `schema`, `object` or `prompt` (schema).
    json: Option<String>,
    /// Alternatives to each token whose log probability is kept.
    logprobs: Option<u8>,
    /// Seconds from sending to the last byte (120; `gguf`: 600).
    timeout_s: Option<f64>,
    /// Further tries of a call that failed in a way that another try can mend (4).
    retries: Option<u32>,
    /// Longest wait in seconds for a provider that is down or sends one away (300).
    patience_s: Option<f64>,
    /// Longest reply accepted, MB (16).
    max_reply_mb: Option<f64>,
    /// Requests at once, shared by all models at the same address (16; local ones: 2 or 1).
    concurrency: Option<u32>,
    /// Requests in any 60 s.
    requests_per_minute: Option<u64>,
    /// Tokens in any 60 s.
    tokens_per_minute: Option<u64>,
    /// USD per million tokens of requests, instead of the table's; a simulated model's is nobody's money.
    usd_per_mtok_in: Option<f64>,
    /// USD per million tokens of replies.
    usd_per_mtok_out: Option<f64>,
    /// USD per million tokens of requests that the provider had cached.
    usd_per_mtok_cached: Option<f64>,
    /// Another model of this section that answers when this one can't: counted and shown.
    fallback: Option<String>,
    /// Of a `gguf` file: tokens of prompt and reply together (4096).
    context: Option<u32>,
    /// Of a `gguf` file: threads that compute (cores − 1).
    threads: Option<u32>,
    /// Of a simulated model: 0 answers at random, 1 never errs (0.7).
    skill: Option<f64>,
    /// Of a simulated model: λ of its quantal response, instead of the one that follows from `skill`.
    rationality: Option<f64>,
    /// Of a simulated model: θ of its item-response model, instead of the one that follows from `skill`.
    ability: Option<f64>,
    /// Of a simulated model: how much of an answer rests on familiar words, as planted for Scramble (0).
    language_dependency: Option<f64>,
    /// Of a simulated model: share of replies that can't be read (0).
    format_error_rate: Option<f64>,
    /// Of a simulated model: mean service latency, seconds (1).
    latency_s: Option<f64>,
    /// Of a simulated model: the latency's coefficient of variation (0.25).
    latency_cv: Option<f64>,
    /// Whatever else the provider takes.
    #[schemars(flatten)]
    settings: BTreeMap<String, serde_json::Value>,
}

impl Serialize for ModelChoice {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        let mut map = s.serialize_map(None)?;
        map.serialize_entry("provider", &self.provider)?;
        if let Some(model) = &self.model {
            map.serialize_entry("model", model)?;
        }
        self.settings.iter().try_for_each(|(key, value)| map.serialize_entry(key, value))?;
        map.end()
    }
}

impl<'de> Deserialize<'de> for ModelChoice {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct Keys;
        impl<'de> Visitor<'de> for Keys {
            type Value = ModelChoice;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a mapping with `provider` and its settings")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<ModelChoice, A::Error> {
                let (mut provider, mut model, mut settings) = (None, None, BTreeMap::new());
                while let Some(key) = map.next_key::<String>()? {
                    match key.as_str() {
                        "provider" => provider = Some(map.next_value()?),
                        "model" => model = Some(map.next_value()?),
                        _ => {
                            settings.insert(key, map.next_value()?);
                        }
                    }
                }
                let provider = provider.ok_or_else(|| A::Error::missing_field("provider"))?;
                Ok(ModelChoice { provider, model, settings })
            }
        }
        d.deserialize_map(Keys)
    }
}
