//! Section `models`, in both shapes, and `model.default_…`.

use serde_json::{Value as Json, json};

use super::{Found, entries, is_null, texts};
use crate::import::draft::Draft;
use crate::import::source::json as as_json;
use crate::import::words;
use crate::tree::{Content, Node};

/// `models: [{name, provider, …}]` or `models: {provider_groups: [{provider, list, connection}]}`.
pub(super) fn take(draft: &mut Draft, found: &mut Found, path: &str, node: &Node) {
    let Content::List(items) = &node.content else {
        return draft.report.ignore(path, "it is no key of the original's models");
    };
    for (i, item) in items.iter().enumerate() {
        let at = format!("{path}[{i}]");
        match &item.content {
            Content::Map(_) if path == "models.provider_groups" => group(draft, found, &at, item),
            Content::Map(_) => one(draft, found, &at, item),
            _ => draft.refuse(&at, item, "a model with name and provider"),
        }
    }
}

fn one(draft: &mut Draft, found: &mut Found, at: &str, item: &Node) {
    let (mut model, mut provider, mut settings) = (None, None, Vec::new());
    for entry in entries(item) {
        let (key, node) = (format!("{at}.{}", entry.key), &entry.value);
        match entry.key.as_str() {
            "name" => model = draft.text(&key, node).map(ToOwned::to_owned),
            "provider" => provider = draft.text(&key, node).map(ToOwned::to_owned),
            "temperature" | "max_tokens" => {
                if let Some(value) = draft.number(&key, node, (0.0, 1e6)) {
                    draft.report.map(&key, &format!("the model's {}", entry.key), &value);
                    settings.push((entry.key.clone(), value));
                }
            }
            _ => draft.report.ignore(&key, "Ergon's models have no such setting"),
        }
    }
    match model {
        Some(model) => add(draft, found, at, &model, provider.as_deref().unwrap_or("openrouter"), &settings),
        None => draft.refuse(&format!("{at}.name"), item, "the model's name"),
    }
}

fn group(draft: &mut Draft, found: &mut Found, at: &str, item: &Node) {
    let (mut names, mut provider, mut settings) = (Vec::new(), None, Vec::new());
    for entry in entries(item) {
        let (key, node) = (format!("{at}.{}", entry.key), &entry.value);
        match entry.key.as_str() {
            "list" => names = texts(draft, &key, node),
            "provider" => provider = draft.text(&key, node).map(ToOwned::to_owned),
            "name" => draft.report.ignore(&key, "groups of models have no name in Ergon"),
            "connection" => {
                for setting in entries(node) {
                    let key = format!("{key}.{}", setting.key);
                    connection(draft, &key, &setting.key, &setting.value, &mut settings);
                }
            }
            _ => draft.report.ignore(&key, "Ergon's models have no such setting"),
        }
    }
    for name in names {
        add(draft, found, at, &name, provider.as_deref().unwrap_or("openrouter"), &settings);
    }
}

fn connection(draft: &mut Draft, key: &str, name: &str, node: &Node, settings: &mut Vec<(String, Json)>) {
    let to = match name {
        "base_url" => "base_url",
        "timeout" => "timeout_s",
        "api_key_env" => "key_env",
        _ => return draft.report.ignore(key, "Ergon's models have no such setting"),
    };
    let value = as_json(node);
    draft.report.map(key, &format!("the model's {to}"), &value);
    settings.push((to.to_owned(), value));
}

/// A model under a name that a spec can have: `llama3:8b` is `llama3-8b`.
fn add(draft: &mut Draft, found: &mut Found, at: &str, model: &str, provider: &str, settings: &[(String, Json)]) {
    let Some(mut choice) = choice(provider, model) else {
        let known = "openrouter, openai, anthropic, ollama, dummy";
        return draft.report.warn(format!(
            "{at}: the provider '{provider}' of {model} is not known, so the model is left out; known are {known}"
        ));
    };
    if let Json::Object(entries) = &mut choice {
        entries.extend(settings.iter().cloned());
    }
    let name = words::campaign_id(model);
    if !found.models.iter().any(|(known, _)| *known == name) {
        draft.report.map(at, &format!("models.{name}"), &choice);
        found.models.push((name, choice));
    }
}

fn choice(provider: &str, model: &str) -> Option<Json> {
    Some(match provider {
        "openrouter" => json!({
            "provider": "openai",
            "model": model,
            "base_url": "https://openrouter.ai/api/v1",
            "key_env": "OPENROUTER_API_KEY",
        }),
        "openai" | "anthropic" | "ollama" => json!({ "provider": provider, "model": model }),
        "dummy" => json!({ "provider": "simulated", "skill": 0.7 }),
        _ => return None,
    })
}

/// A key of the section `model`.
pub(super) fn take_default(draft: &mut Draft, found: &mut Found, key: &str, node: &Node) {
    match key {
        "model.default_provider" => {
            found.default_provider = draft.text(key, node).map(ToOwned::to_owned);
            draft.report.map(key, "the provider of model.default_model", &as_json(node));
        }
        "model.default_model" => found.default_model = draft.text(key, node).map(ToOwned::to_owned),
        "model.timeout" => {
            if let Some(seconds) = draft.number(key, node, (0.0, 86_400.0)) {
                draft.report.map(key, "every model's timeout_s", &seconds);
                found.every_model.push(("timeout_s".into(), seconds));
            }
        }
        "model.max_retries" => {
            if let Some(n) = draft.whole(key, node, (0, 100)) {
                draft.map(key, "execution.retries", n);
            }
        }
        "model.rate_limit" => {
            if let Some(per_second) = draft.number(key, node, (0.001, 1e6)) {
                // Below one a minute is one: the limit is a whole number, and a slower pace has no name.
                let per_minute = (60.0 * per_second.as_f64().unwrap_or_default()).round().max(1.0);
                let per_minute = json!(per_minute as u64);
                draft.report.map(key, "every model's requests_per_minute", &per_minute);
                found.every_model.push(("requests_per_minute".into(), per_minute));
            }
        }
        "model.vocab_size" => {
            draft.report.ignore(key, "Ergon's languages cover the vocabulary that the items use, whatever its size")
        }
        _ if is_null(node) => draft.report.ignore(key, "nothing is set"),
        _ => draft.report.ignore(key, "it is no key of the original's model section"),
    }
}

/// Models into the spec: several are levels of a factor.
pub(super) fn place(draft: &mut Draft, found: &Found) {
    let mut models = found.models.clone();
    if models.is_empty()
        && let Some(model) = &found.default_model
    {
        let provider = found.default_provider.as_deref().unwrap_or("openrouter");
        match choice(provider, model) {
            Some(choice) => {
                let name = words::campaign_id(model);
                draft.report.map("model.default_model", &format!("models.{name}"), &choice);
                models.push((name, choice));
            }
            None => draft.report.warn(format!("model.default_provider: '{provider}' is not known; name a model")),
        }
    }
    if models.is_empty() {
        draft.default("models.llm", json!({ "provider": "simulated", "skill": 0.7 }), "the file names no model");
        return;
    }
    for (_, choice) in &mut models {
        let Json::Object(entries) = choice else { continue };
        let simulated = entries.get("provider").is_some_and(|p| p == "simulated");
        for (key, value) in &found.every_model {
            if !simulated {
                entries.entry(key.clone()).or_insert_with(|| value.clone());
            }
        }
    }
    let names: Vec<Json> = models.iter().map(|(name, _)| json!(name)).collect();
    draft.spec["models"] = Json::Object(models.into_iter().collect());
    match names.as_slice() {
        [one] => draft.spec["workload"]["model"] = one.clone(),
        _ => draft.spec["factors"]["model"] = Json::Array(names),
    }
}
