//! Providers by name: where they are, what they speak, where their key is kept. Those that Ergon knows, and those that
//! the user adds.

use std::borrow::Cow;

use reqwest::Url;
use serde::{Deserialize, Serialize};

use crate::dialect::Dialect;
use crate::keys::{KEY_NAME, is_key_name};
use crate::pace::PaceLimits;
use crate::setting::SettingProblem;

/// The provider that is a file.
pub(crate) const GGUF: &str = "gguf";

/// The dialects, by the name of the provider whose they are.
const DIALECTS: [(&str, Dialect); 4] = [
    ("openai", Dialect::OpenAi),
    ("anthropic", Dialect::Anthropic),
    ("gemini", Dialect::Gemini),
    ("ollama", Dialect::Ollama),
];

/// A provider.
#[derive(Clone, Debug)]
pub(crate) struct Preset {
    pub(crate) name: Cow<'static, str>,
    pub(crate) dialect: Dialect,
    /// `None`: the environment says, by `address_env`.
    pub(crate) base_url: Option<Cow<'static, str>>,
    pub(crate) address_env: Option<&'static str>,
    /// Environment variable, and name in the keychain, of the key.
    pub(crate) key_env: Option<Cow<'static, str>>,
    /// Requests at once unless the spec says otherwise. Other limits depend on the account.
    pub(crate) concurrency: usize,
    pub(crate) max_tokens_field: &'static str,
    /// What no spec may go beyond.
    pub(crate) ceiling: PaceLimits,
}

const fn hosted(name: &'static str, base_url: &'static str, key_env: &'static str) -> Preset {
    Preset {
        name: Cow::Borrowed(name),
        dialect: Dialect::OpenAi,
        base_url: Some(Cow::Borrowed(base_url)),
        address_env: None,
        key_env: Some(Cow::Borrowed(key_env)),
        concurrency: 16,
        max_tokens_field: "max_tokens",
        ceiling: PaceLimits::NONE,
    }
}

/// A machine of one's own answers few at once; more would only wait in its queue and run into our timeouts.
const fn local(name: &'static str, dialect: Dialect, base_url: Option<&'static str>, concurrency: usize) -> Preset {
    Preset {
        name: Cow::Borrowed(name),
        dialect,
        base_url: match base_url {
            Some(url) => Some(Cow::Borrowed(url)),
            None => None,
        },
        address_env: None,
        key_env: None,
        concurrency,
        max_tokens_field: "max_tokens",
        ceiling: PaceLimits::NONE,
    }
}

/// Those that Ergon knows. `openai` with a `base_url` is every other server that speaks like OpenAI.
fn shipped() -> [Preset; 10] {
    [
        Preset {
            max_tokens_field: "max_completion_tokens",
            ..hosted("openai", "https://api.openai.com/v1", "OPENAI_API_KEY")
        },
        Preset { dialect: Dialect::Anthropic, ..hosted("anthropic", "https://api.anthropic.com", "ANTHROPIC_API_KEY") },
        Preset {
            dialect: Dialect::Gemini,
            ..hosted("gemini", "https://generativelanguage.googleapis.com", "GEMINI_API_KEY")
        },
        Preset {
            max_tokens_field: "num_predict",
            ..local("ollama", Dialect::Ollama, Some("http://127.0.0.1:11434"), 2)
        },
        // A file on this machine: `model` is its path, and there is no address.
        local(GGUF, Dialect::OpenAi, None, 1),
        hosted("openrouter", "https://openrouter.ai/api/v1", "OPENROUTER_API_KEY"),
        hosted("groq", "https://api.groq.com/openai/v1", "GROQ_API_KEY"),
        hosted("together", "https://api.together.xyz/v1", "TOGETHER_API_KEY"),
        hosted("sambanova", "https://api.sambanova.ai/v1", "SAMBANOVA_API_KEY"),
        Preset {
            base_url: None,
            address_env: Some("SAMBASTUDIO_URL"),
            ..hosted("sambastudio", "", "SAMBASTUDIO_API_KEY")
        },
    ]
}

/// A provider that the user added, or the limits of their account at one that Ergon knows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnProvider {
    /// Its name in specs.
    pub name: String,
    /// Whose dialect it speaks: `openai`, `anthropic`, `gemini` or `ollama`; for a known provider nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speaks: Option<String>,
    /// Where it is; for a known provider nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_url: Option<String>,
    /// Environment variable, and name in the keychain, of its key; never the key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_env: Option<String>,
    /// Requests at once: no spec may ask for more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub concurrency: Option<u64>,
    /// Requests in any 60 s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requests_per_minute: Option<u64>,
    /// Tokens in any 60 s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokens_per_minute: Option<u64>,
}

/// How a provider is asked, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderState {
    /// Its name in specs.
    pub name: String,
    /// Whose dialect it speaks.
    pub speaks: &'static str,
    /// Where it is; `None`: a file, or the environment says.
    pub address: Option<String>,
    /// Environment variable of its key; `None`: it needs none.
    pub key_env: Option<String>,
    /// The user's own part of it.
    pub own: Option<OwnProvider>,
    /// Whether Ergon knows it without the user.
    pub is_shipped: bool,
    /// Requests at once unless a spec asks for fewer (or, without a limit of the user's, for more).
    pub concurrency: usize,
}

/// The providers of this machine.
#[derive(Clone, Debug)]
pub(crate) struct Presets {
    all: Vec<(Preset, Option<OwnProvider>, bool)>,
}

impl Default for Presets {
    fn default() -> Self {
        Self { all: shipped().into_iter().map(|preset| (preset, None, true)).collect() }
    }
}

impl Presets {
    /// With the user's own.
    ///
    /// # Errors
    /// The first that can't be used, by its field.
    pub(crate) fn with(own: Vec<OwnProvider>) -> Result<Self, SettingProblem> {
        let mut presets = Self::default();
        for provider in own {
            presets.add(provider)?;
        }
        Ok(presets)
    }

    fn add(&mut self, own: OwnProvider) -> Result<(), SettingProblem> {
        let wrong = |key: &str, message: String| SettingProblem { model: own.name.clone(), key: key.into(), message };
        for (key, value, most) in [
            ("concurrency", own.concurrency, 10_000),
            ("requests_per_minute", own.requests_per_minute, 1_000_000),
            ("tokens_per_minute", own.tokens_per_minute, 1_000_000_000),
        ] {
            if value.is_some_and(|n| n == 0 || n > most) {
                return Err(wrong(key, format!("expected a whole number from 1 to {most}, or nothing")));
            }
        }
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if own.name.is_empty() || own.name == "simulated" || !own.name.chars().all(plain) {
            return Err(wrong("name", "expected a name of letters, digits, '-', '_' and '.' that no other has".into()));
        }
        if own.key_env.as_deref().is_some_and(|name| !is_key_name(name)) {
            // It could be a key: it is not repeated.
            return Err(wrong("key_env", KEY_NAME.into()));
        }
        let ceiling = PaceLimits {
            concurrency: own.concurrency.map_or(usize::MAX, |n| n as usize),
            requests_per_minute: own.requests_per_minute,
            tokens_per_minute: own.tokens_per_minute,
        };
        if let Some((preset, place, _)) = self.all.iter_mut().find(|(preset, ..)| preset.name == own.name) {
            if own.speaks.is_some() || own.base_url.is_some() || own.key_env.is_some() {
                return Err(wrong(
                    "name",
                    "is a provider that Ergon knows: only its limits can be set; another name".into(),
                ));
            }
            preset.ceiling = ceiling;
            preset.concurrency = own.concurrency.map_or(preset.concurrency, |n| n as usize);
            *place = Some(own);
            return Ok(());
        }
        let speaks = own.speaks.as_deref().unwrap_or("openai");
        let Some((_, dialect)) = DIALECTS.iter().find(|(name, _)| *name == speaks) else {
            let known: Vec<&str> = DIALECTS.iter().map(|(name, _)| *name).collect();
            return Err(wrong("speaks", format!("'{speaks}' is not accepted; expected one of {}", known.join(", "))));
        };
        let base_url = own
            .base_url
            .clone()
            .ok_or_else(|| wrong("base_url", "is missing; expected http://… or https://…".into()))?;
        let url = address(&base_url).map_err(|message| wrong("base_url", message))?;
        if own.key_env.is_some() && sends_open(&url) {
            return Err(wrong("base_url", OPEN_KEY.into()));
        }
        let preset = Preset {
            name: own.name.clone().into(),
            dialect: *dialect,
            base_url: Some(base_url.into()),
            address_env: None,
            key_env: own.key_env.clone().map(Cow::Owned),
            concurrency: own.concurrency.map_or(if is_local(&url) { 2 } else { 16 }, |n| n as usize),
            max_tokens_field: "max_tokens",
            ceiling,
        };
        self.all.push((preset, Some(own), false));
        Ok(())
    }

    /// The provider of this name.
    pub(crate) fn get(&self, name: &str) -> Option<&Preset> {
        self.all.iter().map(|(preset, ..)| preset).find(|preset| preset.name == name)
    }

    /// Their names.
    pub(crate) fn names(&self) -> Vec<&str> {
        self.all.iter().map(|(preset, ..)| preset.name.as_ref()).collect()
    }

    pub(crate) fn describe(&self) -> Vec<ProviderState> {
        let state = |(preset, own, is_shipped): &(Preset, Option<OwnProvider>, bool)| ProviderState {
            name: preset.name.to_string(),
            speaks: DIALECTS.iter().find(|(_, dialect)| *dialect == preset.dialect).map_or("", |(name, _)| name),
            address: preset.base_url.as_deref().map(str::to_owned),
            key_env: preset.key_env.as_deref().map(str::to_owned),
            own: own.clone(),
            is_shipped: *is_shipped,
            concurrency: preset.concurrency,
        };
        self.all.iter().map(state).collect()
    }

    /// What the user added.
    pub(crate) fn own(&self) -> Vec<OwnProvider> {
        self.all.iter().filter_map(|(_, own, _)| own.clone()).collect()
    }
}

/// Why an address is refused to which a key would go.
pub(crate) const OPEN_KEY: &str = "a key would be sent unencrypted; expected https";

/// An address as it may stand in a spec.
///
/// # Errors
/// What is wrong with it, and what is accepted.
pub(crate) fn address(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|e| format!("'{text}' is not an address: {e}"))?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err(format!("'{text}' is not accepted; expected http://… or https://…"));
    }
    if !url.username().is_empty() || url.password().is_some() || url.query().is_some() || url.fragment().is_some() {
        // It could hold a key: it is not repeated.
        return Err("holds a user, a query or a fragment; expected a plain address".into());
    }
    Ok(url)
}

/// Whether everybody on the way could read what is sent there.
pub(crate) fn sends_open(url: &Url) -> bool {
    url.scheme() == "http" && !is_local(url)
}

/// Whether it is this machine.
fn is_local(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lab() -> OwnProvider {
        OwnProvider { name: "lab".into(), base_url: Some("https://llm.lab/v1".into()), ..OwnProvider::default() }
    }

    #[test]
    fn a_provider_of_ones_own_is_asked_where_it_is_with_its_own_key_and_limits() {
        let own = OwnProvider { key_env: Some("LAB_KEY".into()), concurrency: Some(3), ..lab() };
        let presets = Presets::with(vec![own]).unwrap();
        let preset = presets.get("lab").unwrap();
        assert_eq!(
            (preset.base_url.as_deref(), preset.key_env.as_deref()),
            (Some("https://llm.lab/v1"), Some("LAB_KEY"))
        );
        assert_eq!((preset.dialect, preset.ceiling.concurrency), (Dialect::OpenAi, 3));
        assert!(presets.get("openai").is_some(), "beside those that are known");
    }

    #[test]
    fn what_can_not_be_used_is_refused_by_its_field_and_a_key_is_not_repeated() {
        for (own, field) in [
            (OwnProvider { name: String::new(), ..lab() }, "name"),
            (OwnProvider { name: "simulated".into(), ..lab() }, "name"),
            (OwnProvider { name: "openai".into(), ..lab() }, "name"),
            (OwnProvider { base_url: None, ..lab() }, "base_url"),
            (OwnProvider { base_url: Some("ftp://x".into()), ..lab() }, "base_url"),
            (OwnProvider { base_url: Some("http://llm.lab".into()), key_env: Some("K".into()), ..lab() }, "base_url"),
            (OwnProvider { key_env: Some("sk-planted-1".into()), ..lab() }, "key_env"),
            (OwnProvider { speaks: Some("klingon".into()), ..lab() }, "speaks"),
            (OwnProvider { concurrency: Some(0), ..lab() }, "concurrency"),
        ] {
            let problem = Presets::with(vec![own]).unwrap_err();
            assert_eq!(problem.key, field, "{problem}");
            assert!(!problem.to_string().contains("planted"), "{problem}");
        }
    }

    #[test]
    fn limits_of_an_account_hold_for_a_known_provider() {
        let own = OwnProvider { name: "groq".into(), requests_per_minute: Some(30), ..OwnProvider::default() };
        let presets = Presets::with(vec![own]).unwrap();
        assert_eq!(presets.get("groq").unwrap().ceiling.requests_per_minute, Some(30));
        assert_eq!(presets.names().iter().filter(|name| **name == "groq").count(), 1);
    }
}
