//! The models of a campaign, by name.

use std::collections::BTreeMap;

use async_trait::async_trait;
use ergon_domain::{CallContext, ChatReply, ChatRequest, DecisionProblem, FailureClass, ModelError, Models};
use serde_json::Value;

use crate::provider::Provider;
use crate::setting::SettingProblem;
use crate::simulated::Simulated;

/// Providers that this version answers with.
const BUILT: &[&str] = &["simulated"];
/// Providers that Ergon will have and this version has not.
const PLANNED: &[&str] = &["openai", "anthropic", "gemini", "ollama", "gguf"];

/// A model as written in a spec.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ModelEntry {
    /// Who answers.
    pub provider: String,
    /// The model's name at the provider.
    pub model: Option<String>,
    /// Everything else.
    pub settings: BTreeMap<String, Value>,
}

/// Providers by the model's name in the spec.
#[derive(Default)]
pub struct Roster(BTreeMap<String, Box<dyn Provider>>);

impl Roster {
    /// Opens what a spec names. Nothing is connected to yet.
    ///
    /// # Errors
    /// A provider that is unknown or not in this version, or a setting it doesn't take.
    pub fn open<'a>(entries: impl IntoIterator<Item = (&'a str, ModelEntry)>) -> Result<Self, SettingProblem> {
        let opened = entries.into_iter().map(|(name, entry)| Ok((name.to_owned(), open(name, &entry)?)));
        Ok(Self(opened.collect::<Result<_, SettingProblem>>()?))
    }

    /// The names, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Whether it names no model.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn open(name: &str, entry: &ModelEntry) -> Result<Box<dyn Provider>, SettingProblem> {
    let problem = |message: String| SettingProblem { model: name.into(), key: "provider".into(), message };
    match entry.provider.as_str() {
        "simulated" => Ok(Box::new(Simulated::open(name, entry.model.as_deref(), &entry.settings)?)),
        planned if PLANNED.contains(&planned) => Err(problem(format!(
            "this version of Ergon has no provider '{planned}' yet; expected {}",
            BUILT.join(", ")
        ))),
        other => Err(problem(format!("there is no provider '{other}'; expected {}", BUILT.join(", ")))),
    }
}

#[async_trait]
impl Models for Roster {
    async fn chat(
        &self,
        request: &ChatRequest,
        aside: Option<&DecisionProblem>,
        call: &CallContext,
    ) -> Result<ChatReply, ModelError> {
        let Some(provider) = self.0.get(&request.model) else {
            let known: Vec<&str> = self.names().collect();
            return Err(ModelError {
                model: request.model.clone(),
                class: FailureClass::InvalidInput,
                message: format!("the section models does not name it; it names {}", known.join(", ")),
                retry_after_s: None,
            });
        };
        provider.chat(request, aside, call).await
    }
}
