//! A real engine and an independent proxy, on loopback: what only they can tell is whether the dialects are theirs.
//!
//! `cargo xtask test` runs these where they are installed (stage `engines`, with `ERGON_ENGINES_PYTHON` and
//! `ERGON_LITELLM` set) and says so where they aren't. By hand: `tests/engines/` holds the servers.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests stand outside test functions"
)]

mod programs;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use ergon_domain::{
    CallContext, CallLog, CallLogError, ChatReply, ChatRequest, Digest, FailureClass, FinishReason, ModelCall,
    ModelError, Models, RunStreams,
};
use ergon_models::{Budget, Keys, Metered, ModelEntry, Network, Prices, Roster, Source, Spent};
use serde_json::{Value, json};

use programs::{Engine, Proxy};

const PROXY_KEY: &str = "sk-local-1234";

#[derive(Default)]
struct Kept(Mutex<Vec<ModelCall>>);

#[async_trait]
impl CallLog for Kept {
    fn append(&self, call: ModelCall) -> Result<(), CallLogError> {
        self.0.lock().unwrap().push(call);
        Ok(())
    }
    async fn hold(&self, _usd: f64, _tokens: u64) -> Result<(), CallLogError> {
        Ok(())
    }
}

struct Asked {
    result: Result<ChatReply, ModelError>,
    call: ModelCall,
}

/// Asks once, greedily, through the public port.
async fn ask(provider: &str, model: &str, settings: Value, prompt: &str) -> Asked {
    let keys = Keys::default();
    keys.remember("PROXY_KEY", PROXY_KEY.into());
    keys.remember("WRONG_KEY", "sk-wrong-9876".into());
    let network = Arc::new(Network::new(keys, Prices::default()));
    let mut given = json!({"retries": 0, "temperature": 0, "max_tokens": 24, "timeout_s": 60});
    given.as_object_mut().unwrap().extend(settings.as_object().unwrap().clone());
    let settings = given.as_object().unwrap().clone().into_iter().collect();
    let entry = ModelEntry { provider: provider.into(), model: Some(model.into()), settings };
    let roster = Arc::new(Roster::open([("llm", entry)], &network).unwrap());
    let kept = Arc::new(Kept::default());
    let models = Metered::new(roster, Budget::default(), Spent::default(), Source::Live(Some(kept.clone())));
    let streams = RunStreams { key: Digest([1; 32]), campaign_seed: 1, replicate: 0, common: Vec::new() };
    let call = CallContext { streams, occurrence: 0, attempt: 1 };
    let result = models.chat(&ChatRequest::new("llm", "", prompt), None, &call).await;
    let call = kept.0.lock().unwrap().pop().unwrap();
    Asked { result, call }
}

/// Text without what stands for bytes that are no character yet: a stream is cut between them elsewhere.
fn whole(text: &str) -> String {
    text.replace('\u{fffd}', "")
}

#[tokio::test]
#[ignore = "needs mistral.rs; cargo xtask test runs it where that is installed"]
async fn engine_mistralrs_answers_whole_and_streamed_the_same_with_its_own_count_of_tokens() {
    let engine = Engine::start();
    let plain = ask("openai", "tiny", json!({"base_url": engine.base()}), "What is the capital of France?").await;
    let reply = plain.result.unwrap();
    assert_eq!(reply.usage.completion_tokens, Some(24), "as many as were asked for");
    assert_eq!((reply.finish, reply.usage.estimated, reply.simulated), (FinishReason::Length, false, false));
    assert_eq!(reply.model_id, "tiny.gguf", "the engine's own word for what answered");
    let streamed = json!({"base_url": engine.base(), "stream": true});
    let streamed = ask("openai", "tiny", streamed, "What is the capital of France?").await;
    let exchange = &streamed.call.exchanges[0];
    assert!(exchange.first_token_s.unwrap() < exchange.duration_s, "{exchange:?}");
    assert!(exchange.usage.as_ref().unwrap()["total_prompt_time_sec"].is_number(), "unknown fields of usage are kept");
    let streamed = streamed.result.unwrap();
    assert_eq!(whole(&streamed.text), whole(&reply.text));
    assert_eq!(streamed.usage, reply.usage);
}

#[tokio::test]
#[ignore = "needs mistral.rs; cargo xtask test runs it where that is installed"]
async fn engine_mistralrs_refuses_what_is_too_long_and_a_dead_engine_is_a_named_failure() {
    let engine = Engine::start();
    let settings = json!({"base_url": engine.base()});
    let error = ask("openai", "tiny", settings.clone(), &"x".repeat(20_000)).await.result.unwrap_err();
    assert_eq!(error.class, FailureClass::ModelUnavailable);
    assert!(error.message.contains("Prompt sequence length is greater than 4096"), "{}", error.message);
    drop(engine);
    let error = ask("openai", "tiny", settings, "Hi").await.result.unwrap_err();
    assert!(error.message.contains("can't be reached"), "{}", error.message);
}

#[tokio::test]
#[ignore = "needs litellm; cargo xtask test runs it where that is installed"]
async fn engine_litellm_is_understood_in_two_dialects_and_every_fault_of_it_has_its_class() {
    let engine = Engine::start();
    let proxy = Proxy::start(&engine.url).await;
    let at = |more: Value| {
        let mut settings = json!({"base_url": proxy.base(), "key_env": "PROXY_KEY"});
        settings.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        settings
    };
    for stream in [false, true] {
        let reply = ask("openai", "ok", at(json!({"stream": stream})), "What is 40 + 2?").await.result.unwrap();
        assert_eq!((reply.text.as_str(), reply.finish), ("The answer is 42", FinishReason::Stop));
        assert!(reply.usage.prompt_tokens.is_some_and(|n| n > 0) && !reply.usage.estimated, "{:?}", reply.usage);
    }
    use FailureClass::{InvalidInput, ModelUnavailable, RateLimited, Timeout};
    for (model, class, status) in [
        ("rate", RateLimited, Some(429)),
        ("broken", ModelUnavailable, Some(500)),
        ("long", InvalidInput, Some(400)),
        ("dead", ModelUnavailable, Some(500)),
        ("late", Timeout, None),
    ] {
        let asked = ask("openai", model, at(json!({"timeout_s": 3})), "Hi").await;
        assert_eq!(asked.result.unwrap_err().class, class, "{model}");
        assert_eq!(asked.call.exchanges[0].status, status, "{model}");
    }
    let wrong = ask("openai", "ok", at(json!({"key_env": "WRONG_KEY"})), "Hi").await;
    assert_eq!(wrong.result.unwrap_err().class, InvalidInput, "a wrong key is no reason to try again");
    let claude = json!({"base_url": proxy.url, "key_env": "PROXY_KEY"});
    assert_eq!(ask("anthropic", "claude", claude, "Hi").await.result.unwrap().text, "Hi from mock claude");

    let direct = ask("openai", "tiny", json!({"base_url": engine.base()}), "Count to ten").await.result.unwrap();
    // On a busy machine the proxy has been seen to fail once: that is what tries are for.
    let through = ask("openai", "through", at(json!({"retries": 2})), "Count to ten").await.result.unwrap();
    assert_eq!((&through.text, through.usage), (&direct.text, direct.usage), "through the proxy as without it");
    let streamed = at(json!({"retries": 2, "stream": true}));
    let streamed = ask("openai", "through", streamed, "Count to ten").await.result.unwrap();
    assert_eq!(whole(&streamed.text), whole(&direct.text), "and streamed as whole");
    assert_eq!(streamed.finish, direct.finish);
}

#[tokio::test]
#[ignore = "needs litellm; cargo xtask test runs it where that is installed"]
async fn engine_litellm_is_not_asked_again_before_a_back_off_and_no_more_often_than_allowed() {
    let engine = Engine::start();
    let proxy = Proxy::start(&engine.url).await;
    let settings = json!({"base_url": proxy.base(), "key_env": "PROXY_KEY", "retries": 2});
    let began = std::time::Instant::now();
    let asked = ask("openai", "rate", settings, "Hi").await;
    let error = asked.result.unwrap_err();
    assert_eq!((error.class, asked.call.exchanges.len()), (FailureClass::RateLimited, 3));
    assert!(error.message.ends_with("(3 tries)"), "{}", error.message);
    assert!(began.elapsed() < Duration::from_secs(30), "{:?}", began.elapsed());
}
