//! Providers by name: where they are, what they speak, where their key is kept.

use crate::dialect::Dialect;
use crate::pace::PaceLimits;

/// A provider that Ergon knows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Preset {
    pub(crate) name: &'static str,
    pub(crate) dialect: Dialect,
    /// `None`: the environment says, by `address_env`.
    pub(crate) base_url: Option<&'static str>,
    pub(crate) address_env: Option<&'static str>,
    /// Environment variable, and name in the keychain, of the key.
    pub(crate) key_env: Option<&'static str>,
    /// Requests at once unless the spec says otherwise. Other limits depend on the account.
    pub(crate) concurrency: usize,
    pub(crate) max_tokens_field: &'static str,
}

impl Preset {
    pub(crate) fn limits(&self) -> PaceLimits {
        PaceLimits { concurrency: self.concurrency, requests_per_minute: None, tokens_per_minute: None }
    }
}

const fn hosted(name: &'static str, base_url: &'static str, key_env: &'static str) -> Preset {
    Preset {
        name,
        dialect: Dialect::OpenAi,
        base_url: Some(base_url),
        address_env: None,
        key_env: Some(key_env),
        concurrency: 16,
        max_tokens_field: "max_tokens",
    }
}

/// All of them. `openai` with a `base_url` is every other server that speaks like OpenAI.
pub(crate) const PRESETS: &[Preset] = &[
    Preset {
        max_tokens_field: "max_completion_tokens",
        ..hosted("openai", "https://api.openai.com/v1", "OPENAI_API_KEY")
    },
    Preset { dialect: Dialect::Anthropic, ..hosted("anthropic", "https://api.anthropic.com", "ANTHROPIC_API_KEY") },
    Preset {
        dialect: Dialect::Gemini,
        ..hosted("gemini", "https://generativelanguage.googleapis.com", "GEMINI_API_KEY")
    },
    // A machine of one's own answers few at once; more would only wait in its queue and run into our timeouts.
    Preset {
        name: "ollama",
        dialect: Dialect::Ollama,
        base_url: Some("http://127.0.0.1:11434"),
        address_env: None,
        key_env: None,
        concurrency: 2,
        max_tokens_field: "num_predict",
    },
    hosted("openrouter", "https://openrouter.ai/api/v1", "OPENROUTER_API_KEY"),
    hosted("groq", "https://api.groq.com/openai/v1", "GROQ_API_KEY"),
    hosted("together", "https://api.together.xyz/v1", "TOGETHER_API_KEY"),
    hosted("sambanova", "https://api.sambanova.ai/v1", "SAMBANOVA_API_KEY"),
    Preset { base_url: None, address_env: Some("SAMBASTUDIO_URL"), ..hosted("sambastudio", "", "SAMBASTUDIO_API_KEY") },
];

/// The provider of this name.
pub(crate) fn preset(name: &str) -> Option<&'static Preset> {
    PRESETS.iter().find(|preset| preset.name == name)
}
