//! `ergon models` and `ergon calls`.

use std::collections::BTreeMap;

use clap::{Args, Subcommand};
use ergon_app::{App, AppError, CallsReply, ModelChatRequest, ModelsReply, ModelsRequest, RunDetailRequest};

use crate::FAILED;
use crate::args::CallsArgs;
use crate::output::{Output, columns, printable};

#[derive(Debug, Subcommand)]
pub(crate) enum ModelsCommand {
    /// Providers and prices, or the models of a spec.
    List(ListArgs),
    /// Ask the provider of each model of a spec for its list of models: costs nothing.
    Test(TestArgs),
    /// Ask a model once.
    Chat(ChatArgs),
}

#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// Spec file or campaign.
    spec: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct TestArgs {
    /// Spec file or campaign.
    spec: String,
}

#[derive(Debug, Args)]
pub(crate) struct ChatArgs {
    /// Provider, as in specs.
    #[arg(long, default_value = "openai")]
    provider: String,
    /// The model's name at the provider.
    #[arg(long, value_name = "NAME")]
    model: String,
    /// Where it is, instead of the provider's own address.
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// The question.
    #[arg(long, value_name = "TEXT")]
    prompt: String,
    /// Another setting, as in the section models of a spec (`key=value`); repeatable.
    #[arg(long = "set", value_name = "KEY=VALUE")]
    settings: Vec<String>,
}

pub(crate) async fn models(app: &App, command: ModelsCommand, output: Output) -> anyhow::Result<u8> {
    let (target, test) = match command {
        ModelsCommand::List(args) => (args.spec, false),
        ModelsCommand::Test(args) => (Some(args.spec), true),
        ModelsCommand::Chat(args) => return chat(app, args, output).await,
    };
    let named = target.is_some();
    let reply = ergon_app::models(app, ModelsRequest { target, test }).await?;
    let wrong = test && reply.models.iter().any(|model| model.problem.is_some());
    output.result(&reply, |reply| if named { of_a_spec(reply) } else { providers(reply) })?;
    Ok(if wrong { FAILED } else { 0 })
}

fn providers(reply: &ModelsReply) -> String {
    let rows: Vec<Vec<String>> = reply
        .providers
        .iter()
        .map(|p| {
            let key = match &p.key_env {
                None => "none needed".to_owned(),
                Some(name) => format!("{name} ({})", if p.has_key { "found" } else { "not found" }),
            };
            vec![p.name.clone(), key, format!("{} in the price table", p.priced.len())]
        })
        .collect();
    columns(&["provider", "key", "prices"], &rows)
}

fn of_a_spec(reply: &ModelsReply) -> String {
    let rows: Vec<Vec<String>> = reply
        .models
        .iter()
        .map(|m| {
            let priced = match m.is_priced {
                None => "free",
                Some(true) => "known",
                Some(false) => "unknown",
            };
            let state = match (&m.problem, &m.offered) {
                (Some(problem), _) => printable(problem),
                (None, Some(offered)) => format!("answers, with {} models", offered.len()),
                (None, None) => "not asked".to_owned(),
            };
            let model = m.model.clone().unwrap_or_else(|| "simulated".into());
            vec![m.name.clone(), model, m.address.clone().unwrap_or_default(), priced.into(), state]
        })
        .collect();
    columns(&["name", "model", "address", "price", "state"], &rows)
}

async fn chat(app: &App, args: ChatArgs, output: Output) -> anyhow::Result<u8> {
    let mut settings = BTreeMap::new();
    for setting in &args.settings {
        let wrong = || AppError::input("invalid_setting", format!("'{setting}' is not accepted; expected key=value"));
        let (key, value) = setting.split_once('=').ok_or_else(|| wrong().field("set"))?;
        let value = serde_json::from_str(value).unwrap_or_else(|_| serde_json::Value::String(value.to_owned()));
        settings.insert(key.to_owned(), value);
    }
    if let Some(url) = args.base_url {
        settings.insert("base_url".into(), serde_json::Value::String(url));
    }
    let request = ModelChatRequest { provider: args.provider, model: args.model, prompt: args.prompt, settings };
    let reply = ergon_app::model_chat(app, request).await?;
    output.result(&reply, |r| {
        let tokens = |n: Option<u64>| n.map_or_else(|| "?".to_owned(), |n| n.to_string());
        let about = if r.tokens_estimated { " (estimated)" } else { "" };
        let cost = r.cost_usd.map_or_else(|| "price unknown".to_owned(), |usd| format!("{usd:.6} USD"));
        let (prompt, completion) = (tokens(r.prompt_tokens), tokens(r.completion_tokens));
        let text = printable(&r.reply);
        format!("{text}\n\n{}: {prompt} + {completion} tokens{about}, {:.3} s, {cost}", r.model_id, r.latency_s)
    })?;
    Ok(0)
}

pub(crate) async fn calls(app: &App, args: CallsArgs, output: Output) -> anyhow::Result<u8> {
    let request = RunDetailRequest { campaign: args.campaign, run: args.run };
    let reply = ergon_app::calls(app, request).await?;
    output.result(&reply, conversation)?;
    Ok(0)
}

fn conversation(reply: &CallsReply) -> String {
    let mut text = String::new();
    for call in &reply.calls {
        text += &format!("— attempt {}, {}, {}\n", call.attempt, call.at, call.model);
        for message in &call.messages {
            text += &format!("{}: {}\n", message.role, printable(&message.content));
        }
        match (&call.reply, &call.message) {
            (Some(reply), _) => text += &format!("answer: {}\n\n", printable(reply)),
            (None, Some(why)) => text += &format!("no answer: {}\n\n", printable(why)),
            (None, None) => text += "no answer\n\n",
        }
    }
    text
}
