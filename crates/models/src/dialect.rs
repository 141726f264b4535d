//! What providers call the same things: one module per wire dialect, all of them pure.

mod anthropic;
mod fault;
mod gemini;
mod ollama;
mod openai;

use ergon_domain::{ChatRequest, Role};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use crate::answer::Answer;
use crate::frames::Framing;

pub(crate) use fault::ProviderFault;

/// A wire dialect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    OpenAi,
    Anthropic,
    Gemini,
    Ollama,
}

/// How a schema reaches the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JsonMode {
    /// The provider holds the model to it, where it can: OpenAI to schemas that leave nothing open.
    Schema,
    /// The provider holds the model to JSON; the schema is in the instructions.
    Object,
    /// It is in the instructions alone.
    Prompt,
}

/// What a request is made with besides what the workload asked.
#[derive(Clone, Debug)]
pub(crate) struct Manner<'a> {
    /// The model's name at the provider.
    pub(crate) model: &'a str,
    pub(crate) streamed: bool,
    pub(crate) max_tokens: u32,
    pub(crate) temperature: Option<f64>,
    pub(crate) seed: Option<u64>,
    pub(crate) json: JsonMode,
    /// Alternatives to each token whose log probability is wanted.
    pub(crate) logprobs: Option<u8>,
    /// What the dialect `openai` calls the longest reply.
    pub(crate) max_tokens_field: &'static str,
}

impl Dialect {
    /// Path below the base address.
    pub(crate) fn path(self, manner: &Manner<'_>) -> String {
        match self {
            Self::OpenAi => "/chat/completions".into(),
            Self::Anthropic => "/v1/messages".into(),
            Self::Gemini if manner.streamed => format!("/v1beta/models/{}:streamGenerateContent?alt=sse", manner.model),
            Self::Gemini => format!("/v1beta/models/{}:generateContent", manner.model),
            Self::Ollama => "/api/chat".into(),
        }
    }

    /// Path of the list of models: costs nothing, and tells whether address and key are right.
    pub(crate) fn list_path(self) -> &'static str {
        match self {
            Self::OpenAi => "/models",
            Self::Anthropic => "/v1/models",
            Self::Gemini => "/v1beta/models",
            Self::Ollama => "/api/tags",
        }
    }

    /// The names in a list of models.
    pub(crate) fn listed(self, list: &Value) -> Vec<String> {
        let (rows, name) = match self {
            Self::OpenAi | Self::Anthropic => ("data", "id"),
            Self::Gemini | Self::Ollama => ("models", "name"),
        };
        let rows = list.get(rows).and_then(Value::as_array).into_iter().flatten();
        rows.filter_map(|row| row.get(name)?.as_str()).map(|n| n.trim_start_matches("models/").to_owned()).collect()
    }

    /// Headers that carry the key.
    pub(crate) fn headers(self, key: Option<&SecretString>) -> Vec<(&'static str, String)> {
        let key = key.map(ExposeSecret::expose_secret);
        let mut headers = match (self, key) {
            (Self::OpenAi | Self::Ollama, Some(key)) => vec![("authorization", format!("Bearer {key}"))],
            (Self::Anthropic, Some(key)) => vec![("x-api-key", key.to_owned())],
            (Self::Gemini, Some(key)) => vec![("x-goog-api-key", key.to_owned())],
            (_, None) => Vec::new(),
        };
        if self == Self::Anthropic {
            headers.push(("anthropic-version", "2023-06-01".to_owned()));
        }
        headers
    }

    /// The request's body.
    pub(crate) fn body(self, request: &ChatRequest, manner: &Manner<'_>) -> Value {
        match self {
            Self::OpenAi => openai::body(request, manner),
            Self::Anthropic => anthropic::body(request, manner),
            Self::Gemini => gemini::body(request, manner),
            Self::Ollama => ollama::body(request, manner),
        }
    }

    /// Whether there is a field for what a setting asks.
    pub(crate) fn can_send(self, setting: &str) -> bool {
        self != Self::Anthropic || !matches!(setting, "seed" | "logprobs" | "json")
    }

    /// How a stream is cut into documents.
    pub(crate) fn framing(self) -> Framing {
        if self == Self::Ollama { Framing::Lines } else { Framing::Events }
    }

    /// Reads a document: a whole reply, or an event of a stream.
    ///
    /// # Errors
    /// The provider tells of a fault in it.
    pub(crate) fn read(self, document: &Value, answer: &mut Answer) -> Result<(), ProviderFault> {
        if let Some(fault) = ProviderFault::of(document) {
            return Err(fault);
        }
        match self {
            Self::OpenAi => openai::read(document, answer),
            Self::Anthropic => anthropic::read(document, answer),
            Self::Gemini => gemini::read(document, answer),
            Self::Ollama => ollama::read(document, answer),
        }
        Ok(())
    }
}

/// The base address of which this is an address that a dialect asks.
pub(crate) fn base_of(address: &str) -> &str {
    let address = address.split(['?', '#']).next().unwrap_or(address);
    let asked = ["/chat/completions", "/v1/messages", "/v1beta/models/", "/api/chat"];
    asked.iter().find_map(|path| address.find(path)).map_or(address, |end| &address[..end])
}

/// The system's words, with the schema where the provider does not hold the model to it.
fn instructions(request: &ChatRequest, json: JsonMode) -> String {
    let said = request.messages.iter().filter(|m| m.role == Role::System).map(|m| m.content.as_str());
    let mut parts: Vec<String> = said.filter(|s| !s.is_empty()).map(str::to_owned).collect();
    if let Some(schema) = request.reply_schema.as_ref().filter(|_| json != JsonMode::Schema) {
        parts.push(format!("Answer with one JSON document and nothing else. It must fit this JSON Schema: {schema}"));
    }
    parts.join("\n\n")
}

#[cfg(test)]
mod tests;
