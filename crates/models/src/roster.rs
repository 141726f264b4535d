//! The models of a campaign, by name.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use ergon_domain::{CallContext, ChatReply, ChatRequest, DecisionProblem, FailureClass, ModelError, Models};
use serde_json::Value;

use crate::keys::KeySource;
use crate::network::Network;
use crate::remote::Remote;
use crate::setting::SettingProblem;
use crate::simulated::Simulated;

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

/// How it stands with a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelState {
    /// Its name in the spec.
    pub name: String,
    /// Its name at the provider; `None`: simulated.
    pub model: Option<String>,
    /// Where it is asked.
    pub address: Option<String>,
    /// Where its key was found; `Ok(None)`: it needs none. The error says what to do.
    pub key: Result<Option<KeySource>, String>,
    /// Whether its price is known; `None`: it costs nobody's money.
    pub is_priced: Option<bool>,
}

impl Default for ModelState {
    fn default() -> Self {
        Self { name: String::new(), model: None, address: None, key: Ok(None), is_priced: None }
    }
}

/// Who answers for a name.
pub(crate) enum Provider {
    Simulated(Simulated),
    Remote(Box<Remote>),
}

/// A model and what stands behind it.
pub(crate) struct Model {
    pub(crate) provider: Provider,
    /// The model that answers when this one can't.
    pub(crate) fallback: Option<String>,
}

/// Providers by the model's name in the spec.
#[derive(Default)]
pub struct Roster(BTreeMap<String, Model>);

impl Roster {
    /// Opens what a spec names. Nothing is connected to yet, and no key is read.
    ///
    /// # Errors
    /// A provider that is unknown or not in this version, or a setting it doesn't take.
    pub fn open<'a>(
        entries: impl IntoIterator<Item = (&'a str, ModelEntry)>,
        network: &Arc<Network>,
    ) -> Result<Self, SettingProblem> {
        let opened = entries.into_iter().map(|(name, entry)| Ok((name.to_owned(), open(name, &entry, network)?)));
        let roster = Self(opened.collect::<Result<_, SettingProblem>>()?);
        for (name, model) in &roster.0 {
            if let Some(other) = &model.fallback
                && (other == name || !roster.0.contains_key(other))
            {
                let names: Vec<&str> = roster.names().filter(|known| known != name).collect();
                return Err(SettingProblem {
                    model: name.clone(),
                    key: "fallback".into(),
                    message: format!("'{other}' is no other model; expected one of {}", names.join(", ")),
                });
            }
        }
        Ok(roster)
    }

    /// The names, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Whether it names no model.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a call of one of them may cost something.
    pub fn costs_money(&self) -> bool {
        self.remotes().any(|(_, remote)| !remote.is_free())
    }

    /// Models whose price is unknown: with them no money budget can be kept.
    pub fn unpriced(&self) -> Vec<&str> {
        self.remotes().filter(|(_, remote)| !remote.is_priced()).map(|(name, _)| name).collect()
    }

    /// Names of the keys that its models use.
    pub fn key_names(&self) -> impl Iterator<Item = &str> {
        self.remotes().filter_map(|(_, remote)| remote.key_name())
    }

    /// Models that can't be asked as things are (a key or a file is missing), and what to do.
    pub fn unready(&self) -> Vec<(&str, String)> {
        self.remotes().filter_map(|(name, remote)| Some((name, remote.ready().err()?))).collect()
    }

    /// The models, with where they are asked and whether that can work.
    pub fn describe(&self) -> Vec<ModelState> {
        let state = |(name, model): (&String, &Model)| match &model.provider {
            Provider::Simulated(_) => ModelState { name: name.clone(), ..ModelState::default() },
            Provider::Remote(remote) => ModelState {
                name: name.clone(),
                model: Some(remote.model().to_owned()),
                address: Some(remote.address().to_string()),
                key: remote.ready(),
                is_priced: Some(remote.is_priced()),
            },
        };
        self.0.iter().map(state).collect()
    }

    /// Asks a model's provider which models it has: costs nothing, and tells whether address and key are right.
    ///
    /// # Errors
    /// What is wrong with it.
    pub async fn probe(&self, name: &str) -> Result<Vec<String>, String> {
        match &self.get(name).map_err(|e| e.to_string())?.provider {
            Provider::Simulated(_) => Ok(Vec::new()),
            Provider::Remote(remote) => remote.list().await,
        }
    }

    pub(crate) fn remotes(&self) -> impl Iterator<Item = (&str, &Remote)> {
        self.0.iter().filter_map(|(name, model)| match &model.provider {
            Provider::Remote(remote) => Some((name.as_str(), remote.as_ref())),
            Provider::Simulated(_) => None,
        })
    }

    /// The model of a name.
    pub(crate) fn get(&self, name: &str) -> Result<&Model, ModelError> {
        self.0.get(name).ok_or_else(|| {
            let known: Vec<&str> = self.names().collect();
            ModelError {
                model: name.to_owned(),
                class: FailureClass::InvalidInput,
                message: format!("the section models does not name it; it names {}", known.join(", ")),
                retry_after_s: None,
            }
        })
    }
}

fn open(name: &str, entry: &ModelEntry, network: &Arc<Network>) -> Result<Model, SettingProblem> {
    let problem = |message: String| SettingProblem { model: name.into(), key: "provider".into(), message };
    let model = entry.model.as_deref();
    if entry.provider == "simulated" {
        let simulated = Simulated::open(name, model, &entry.settings)?;
        return Ok(Model { provider: Provider::Simulated(simulated), fallback: None });
    }
    let presets = network.presets();
    let Some(preset) = presets.get(&entry.provider) else {
        let known: Vec<&str> = presets.names().into_iter().chain(["simulated"]).collect();
        return Err(problem(format!(
            "there is no provider '{}'; expected one of {}",
            entry.provider,
            known.join(", ")
        )));
    };
    let remote = Remote::open(name, preset, model, &entry.settings, network)?;
    let fallback = entry.settings.get("fallback").and_then(Value::as_str).map(str::to_owned);
    Ok(Model { provider: Provider::Remote(Box::new(remote)), fallback })
}

/// Simulated models alone: a call that costs something goes through [`crate::Metered`].
#[async_trait]
impl Models for Roster {
    async fn chat(
        &self,
        request: &ChatRequest,
        aside: Option<&DecisionProblem>,
        call: &CallContext,
    ) -> Result<ChatReply, ModelError> {
        match &self.get(&request.model)?.provider {
            Provider::Simulated(simulated) => simulated.chat(request, aside, call),
            Provider::Remote(_) => Err(ModelError {
                model: request.model.clone(),
                class: FailureClass::Internal,
                message: "asked without a meter".into(),
                retry_after_s: None,
            }),
        }
    }
}
