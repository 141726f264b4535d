//! The real program with a tiny model of random weights, beside another engine with the same file.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests stand outside test functions"
)]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ergon_domain::{
    CallContext, ChatReply, ChatRequest, Digest, FailureClass, FinishReason, ModelError, Models, RunStreams,
};
use ergon_models::{Budget, Keys, Metered, ModelEntry, Network, Prices, Roster, Source, Spent};
use serde_json::{Value, json};

const PROMPTS: [&str; 3] = ["What is the capital of France?", "Count to ten", "Say hello to the lazy dog."];

fn python() -> String {
    std::env::var("ERGON_ENGINES_PYTHON")
        .unwrap_or_else(|_| panic!("ERGON_ENGINES_PYTHON is not set: cargo xtask test does"))
}

fn shared(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/engines").join(name)
}

/// A tiny model, f32: with other weights the engines round differently.
fn tiny(folder: &Path, options: &[&str]) -> PathBuf {
    let model = folder.join("tiny.gguf");
    let made = Command::new(python()).arg(shared("make_tiny_gguf.py")).arg(&model).args(options).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    model
}

fn models(model: &Path, settings: Value) -> Metered {
    let program = PathBuf::from(env!("CARGO_BIN_EXE_ergon-gguf-worker"));
    let network = Network::new(Keys::default(), Prices::default()).with_gguf_program(Some(program));
    let settings = settings.as_object().unwrap().clone().into_iter().collect();
    let entry = ModelEntry { provider: "gguf".into(), model: Some(model.to_str().unwrap().into()), settings };
    let roster = Arc::new(Roster::open([("llm", entry)], &Arc::new(network)).unwrap());
    Metered::new(roster, Budget::default(), Spent::default(), Source::Live(None))
}

async fn ask(models: &Metered, run: u8, request: ChatRequest) -> Result<ChatReply, ModelError> {
    let streams = RunStreams { key: Digest([run; 32]), campaign_seed: 1, replicate: 0, common: Vec::new() };
    models.chat(&request, None, &CallContext { streams, occurrence: 0, attempt: 1 }).await
}

fn question(prompt: &str) -> ChatRequest {
    ChatRequest { max_tokens: Some(48), ..ChatRequest::new("llm", "", prompt) }
}

#[tokio::test]
#[ignore = "needs llama.cpp and mistral.rs; cargo xtask test runs it where they are"]
async fn llama_draws_the_same_greedy_tokens_as_another_engine_from_the_same_file() {
    let folder = tempfile::tempdir().unwrap();
    // mistral.rs leaves the first token out that files ask to begin every prompt with: it is asked for none.
    let model = tiny(folder.path(), &["--no-bos"]);
    let other = Command::new(python()).arg(shared("mistralrs_greedy.py")).arg(&model).args(PROMPTS).output().unwrap();
    assert!(other.status.success(), "{}", String::from_utf8_lossy(&other.stderr));
    let expected: Vec<Value> = serde_json::from_slice(&other.stdout).unwrap();
    let ours = models(&model, json!({"temperature": 0}));
    for (prompt, expected) in PROMPTS.iter().zip(expected) {
        let reply = ask(&ours, 1, question(prompt)).await.unwrap();
        assert_eq!(json!({"text": reply.text, "prompt_tokens": reply.usage.prompt_tokens}), expected, "{prompt}");
    }
}

#[tokio::test]
#[ignore = "needs llama.cpp; cargo xtask test runs it where that is"]
async fn llama_streams_counts_stops_seeds_and_fits_a_schema() {
    let folder = tempfile::tempdir().unwrap();
    let model = tiny(folder.path(), &[]);
    let greedy = models(&model, json!({}));
    let whole = ask(&greedy, 1, question(PROMPTS[0])).await.unwrap();
    assert_eq!(
        (whole.finish, whole.usage.completion_tokens, whole.usage.estimated),
        (FinishReason::Length, Some(48), false)
    );
    assert_eq!((whole.cost_usd, whole.simulated), (Some(0.0), false));
    assert!(whole.model_id.starts_with("tiny.gguf@blake3:"), "{}", whole.model_id);
    let streamed = ask(&models(&model, json!({"stream": true})), 1, question(PROMPTS[0])).await.unwrap();
    assert_eq!((&streamed.text, streamed.usage), (&whole.text, whole.usage));

    let stop = whole.text.chars().skip(10).take(3).collect::<String>();
    let cut = ask(&greedy, 1, ChatRequest { stop: vec![stop.clone()], ..question(PROMPTS[0]) }).await.unwrap();
    assert_eq!((cut.finish, cut.text.as_str()), (FinishReason::Stop, whole.text.split(&stop).next().unwrap()));

    let warm = models(&model, json!({"temperature": 1.0}));
    let (first, again, other) = (
        ask(&warm, 1, question(PROMPTS[0])).await.unwrap().text,
        ask(&warm, 1, question(PROMPTS[0])).await.unwrap().text,
        ask(&warm, 2, question(PROMPTS[0])).await.unwrap().text,
    );
    assert!(first == again && first != other, "a run's own seed, and no other: {first:?} {again:?} {other:?}");

    let schema = json!({"type": "object", "properties": {"yes": {"type": "boolean"}}, "required": ["yes"], "additionalProperties": false});
    let fitted = ask(&greedy, 1, ChatRequest { reply_schema: Some(schema), ..question("Yes?") }).await.unwrap();
    let said: Value = serde_json::from_str(&fitted.text).unwrap_or_else(|e| panic!("{e}: {}", fitted.text));
    assert!(said["yes"].is_boolean(), "{said}");

    // A prompt longer than what llama.cpp takes at once, and then one longer than the context.
    let small = models(&model, json!({"context": 32}));
    let long = ask(&small, 1, question(&"dog ".repeat(20))).await.unwrap();
    assert!(long.usage.prompt_tokens.is_some_and(|n| n > 32), "{:?}", long.usage);
    let error = ask(&small, 1, question(&"dog ".repeat(400))).await.unwrap_err();
    assert_eq!(error.class, FailureClass::InvalidInput);
    assert!(error.message.contains("raise `context`"), "{}", error.message);
}

#[tokio::test]
#[ignore = "needs llama.cpp; cargo xtask test runs it where that is"]
async fn llama_killed_in_the_middle_of_a_reply_fails_that_call_and_no_other() {
    let folder = tempfile::tempdir().unwrap();
    // Eight million weights: slow enough to be killed at work.
    let shape = "--dim 256 --layers 8 --heads 8 --kv 4 --ffn 704 --vocab 4000";
    let model = tiny(folder.path(), &shape.split(' ').collect::<Vec<_>>());
    let models = models(&model, json!({"retries": 0, "context": 4096, "temperature": 1}));
    let long = ChatRequest { max_tokens: Some(4000), ..question(PROMPTS[0]) };
    let (failed, ()) = tokio::join!(ask(&models, 1, long), async {
        let began = Instant::now();
        while workers(&model).is_empty() {
            assert!(began.elapsed() < Duration::from_secs(60), "no process");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        // Loaded and at work: 4000 tokens take it seconds.
        tokio::time::sleep(Duration::from_millis(300)).await;
        for pid in workers(&model) {
            assert!(Command::new("kill").args(["-KILL", &pid]).status().unwrap().success());
        }
    });
    let error = failed.unwrap_err();
    assert_eq!(error.class, FailureClass::Crashed, "{error}");
    assert!(error.message.contains("SIGKILL"), "{error}");
    assert!(ask(&models, 2, question(PROMPTS[1])).await.is_ok(), "the next call has a process of its own");
    drop(models);
    let began = Instant::now();
    while !workers(&model).is_empty() {
        assert!(began.elapsed() < Duration::from_secs(5), "it outlives whoever asked it");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Processes that run this file.
fn workers(model: &Path) -> Vec<String> {
    let name = model.to_str().unwrap();
    let found = Command::new("pgrep").args(["-f", &format!("ergon-gguf-worker {name}")]).output().unwrap();
    String::from_utf8_lossy(&found.stdout).split_whitespace().map(str::to_owned).collect()
}
