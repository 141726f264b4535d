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
    /// Who answers.
    provider: String,
    /// The model's name at the provider.
    model: Option<String>,
    /// Sampling, limits and whatever else the provider takes.
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
