//! Asking through the public port: a campaign with one model at a local server.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use ergon_domain::{
    CallContext, CallLog, CallLogError, ChatReply, ChatRequest, Digest, FailureClass, ModelCall, ModelError, Models,
    RunStreams,
};
use ergon_models::{Budget, Keys, Metered, ModelEntry, Network, Prices, Roster, Source, Spent};
use serde_json::{Value, json};

use crate::server::Server;

/// Remembers what it is given.
#[derive(Default)]
pub(crate) struct Kept {
    pub(crate) calls: Mutex<Vec<ModelCall>>,
    pub(crate) holds: Mutex<Vec<f64>>,
}

#[async_trait]
impl CallLog for Kept {
    fn append(&self, call: ModelCall) -> Result<(), CallLogError> {
        self.calls.lock().unwrap().push(call);
        Ok(())
    }
    async fn hold(&self, usd: f64, _tokens: u64) -> Result<(), CallLogError> {
        self.holds.lock().unwrap().push(usd);
        Ok(())
    }
}

pub(crate) struct Asker {
    pub(crate) models: Arc<Metered>,
    pub(crate) kept: Arc<Kept>,
}

pub(crate) fn network() -> Arc<Network> {
    Arc::new(Network::new(Keys::default(), Prices::shipped().unwrap()))
}

pub(crate) fn entry(provider: &str, settings: Value) -> ModelEntry {
    let settings: BTreeMap<String, Value> = settings.as_object().unwrap().clone().into_iter().collect();
    ModelEntry { provider: provider.into(), model: Some("m".into()), settings }
}

impl Asker {
    /// One model `llm` in OpenAI's dialect; `settings` beside the address.
    pub(crate) fn new(server: &Server, settings: Value, budget: Budget) -> Self {
        Self::with(&network(), &[("llm", "openai", server, settings)], budget)
    }

    pub(crate) fn with(network: &Arc<Network>, models: &[(&str, &str, &Server, Value)], budget: Budget) -> Self {
        let entries = models.iter().map(|(name, provider, server, settings)| {
            let mut settings = settings.clone();
            settings["base_url"] = json!(server.url);
            (*name, entry(provider, settings))
        });
        let roster = Arc::new(Roster::open(entries, network).unwrap());
        let kept = Arc::new(Kept::default());
        let source = Source::Live(Some(kept.clone()));
        Self { models: Arc::new(Metered::new(roster, budget, Spent::default(), source)), kept }
    }

    pub(crate) async fn ask(&self, run: u8) -> Result<ChatReply, ModelError> {
        self.models.chat(&request(), None, &call(run)).await
    }

    pub(crate) async fn class(&self) -> FailureClass {
        self.ask(1).await.unwrap_err().class
    }
}

pub(crate) fn request() -> ChatRequest {
    ChatRequest { max_tokens: Some(100), ..ChatRequest::new("llm", "Be brief.", "Hi") }
}

pub(crate) fn call(run: u8) -> CallContext {
    let streams = RunStreams { key: Digest([run; 32]), campaign_seed: 1, replicate: 0, common: Vec::new() };
    CallContext { streams, occurrence: 0, attempt: 1 }
}
