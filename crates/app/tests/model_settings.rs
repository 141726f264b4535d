//! What the JSON Schema says of models is what the providers take.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

use std::collections::BTreeSet;
use std::sync::Arc;

use ergon_models::{ModelEntry, Network, Roster};

/// Settings that a provider takes: it lists them when it refuses another.
fn taken(provider: &str) -> BTreeSet<String> {
    let settings = [("no_such_setting".to_owned(), serde_json::json!(1))].into();
    let entry = ModelEntry { provider: provider.into(), model: Some("m".into()), settings };
    let refused = Roster::open([("llm", entry)], &Arc::<Network>::default()).map(|_| ()).unwrap_err();
    let (_, known) = refused.message.split_once("expected one of ").expect("it lists them");
    known.split(", ").map(str::to_owned).collect()
}

#[test]
fn every_setting_that_a_provider_takes_is_in_the_schema_with_a_description_and_no_other() {
    let schema = ergon_app::spec_schema();
    let form = &schema["$defs"]["ModelChoice"]["properties"];
    let described: BTreeSet<String> = form.as_object().unwrap().keys().cloned().collect();
    let mut all: BTreeSet<String> = ["provider", "model"].map(str::to_owned).into();
    for provider in ["openai", "anthropic", "gemini", "ollama", "gguf", "simulated"] {
        all.extend(taken(provider));
    }
    assert_eq!(described, all);
    for (name, property) in form.as_object().unwrap() {
        assert!(property["description"].as_str().is_some_and(|d| d.len() > 10), "{name}");
    }
}
