//! `ergon models` and `ergon calls`.

use std::collections::BTreeMap;

use clap::{Args, Subcommand};
use ergon_app::{
    Acknowledged, App, AppError, CallsReply, ModelChatRequest, ModelsReply, ModelsRequest, PriceRequest,
    ProviderNameRequest, ProviderRequest, RunDetailRequest,
};

use crate::FAILED;
use crate::args::CallsArgs;
use crate::output::{Output, columns, printable};

#[derive(Debug, Subcommand)]
pub(crate) enum ModelsCommand {
    /// Providers and prices, or the models of a spec.
    List(ListArgs),
    /// Ask a provider, or those of a spec's models, for its list of models: costs nothing.
    Test(TestArgs),
    /// Add a provider of your own, or set the limits of your account at a known one.
    Add(AddArgs),
    /// Take away what `add` set.
    Remove(RemoveArgs),
    /// Set a price of your own (`--in` and `--out`), or take it away.
    Price(PriceArgs),
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
    /// Spec file or campaign, or --provider NAME.
    #[arg(value_name = "SPEC|--provider NAME", required_unless_present = "provider", conflicts_with = "provider")]
    spec: Option<String>,
    /// A provider instead of a spec.
    #[arg(long, value_name = "NAME")]
    provider: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct AddArgs {
    /// Its name in specs.
    name: String,
    /// Whose dialect it speaks: openai, anthropic, gemini or ollama.
    #[arg(long, value_name = "DIALECT")]
    speaks: Option<String>,
    /// Where it is.
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// Environment variable of its key; never the key.
    #[arg(long, value_name = "NAME")]
    key_env: Option<String>,
    /// Requests at once: no spec may ask for more.
    #[arg(long, value_name = "N")]
    concurrency: Option<u64>,
    /// Requests in any 60 s.
    #[arg(long, value_name = "N")]
    requests_per_minute: Option<u64>,
    /// Tokens in any 60 s.
    #[arg(long, value_name = "N")]
    tokens_per_minute: Option<u64>,
}

#[derive(Debug, Args)]
pub(crate) struct RemoveArgs {
    /// Its name in specs.
    name: String,
}

#[derive(Debug, Args)]
pub(crate) struct PriceArgs {
    /// Provider.
    provider: String,
    /// The model's name at the provider; a `*` stands for any text.
    model: String,
    /// USD per million tokens of requests.
    #[arg(long = "in", value_name = "USD")]
    input: Option<f64>,
    /// USD per million tokens of replies.
    #[arg(long = "out", value_name = "USD")]
    output: Option<f64>,
    /// USD per million tokens of requests that the provider had cached.
    #[arg(long, value_name = "USD")]
    cached: Option<f64>,
    /// Where it is from (an invoice, an address).
    #[arg(long, value_name = "TEXT", default_value = "")]
    source: String,
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
        ModelsCommand::Test(TestArgs { provider: Some(name), .. }) => return test_provider(app, name, output).await,
        ModelsCommand::Test(args) => (args.spec, true),
        ModelsCommand::Add(args) => {
            let request = ProviderRequest {
                name: args.name,
                speaks: args.speaks,
                base_url: args.base_url,
                key_env: args.key_env,
                concurrency: args.concurrency,
                requests_per_minute: args.requests_per_minute,
                tokens_per_minute: args.tokens_per_minute,
            };
            return acknowledge(&ergon_app::set_provider(app, request).await?, output);
        }
        ModelsCommand::Remove(args) => {
            let request = ProviderNameRequest { name: args.name };
            return acknowledge(&ergon_app::remove_provider(app, request).await?, output);
        }
        ModelsCommand::Price(args) => {
            let request = PriceRequest {
                provider: args.provider,
                model: args.model,
                usd_per_mtok_in: args.input,
                usd_per_mtok_out: args.output,
                usd_per_mtok_cached: args.cached,
                source: args.source,
            };
            return acknowledge(&ergon_app::set_price(app, request).await?, output);
        }
        ModelsCommand::Chat(args) => return chat(app, args, output).await,
    };
    let named = target.is_some();
    let reply = ergon_app::models(app, ModelsRequest { target, test }).await?;
    let wrong = test && reply.models.iter().any(|model| model.problem.is_some());
    output.result(&reply, |reply| if named { of_a_spec(reply) } else { providers(reply) })?;
    Ok(if wrong { FAILED } else { 0 })
}

fn acknowledge(reply: &Acknowledged, output: Output) -> anyhow::Result<u8> {
    output.result(reply, |reply| reply.message.clone())?;
    Ok(0)
}

async fn test_provider(app: &App, name: String, output: Output) -> anyhow::Result<u8> {
    let reply = ergon_app::test_provider(app, ProviderNameRequest { name }).await?;
    output.result(&reply, |reply| match &reply.problem {
        Some(problem) => printable(problem),
        None => format!("answers in {:.2} s, with {} models", reply.took_s, reply.offered.len()),
    })?;
    Ok(if reply.problem.is_some() { FAILED } else { 0 })
}

fn providers(reply: &ModelsReply) -> String {
    let rows: Vec<Vec<String>> = reply
        .providers
        .iter()
        .map(|p| {
            let key = match (&p.key_env, &p.key) {
                (None, _) => "none needed".to_owned(),
                (Some(name), Some(source)) => format!("{name}, from {source}"),
                (Some(name), None) => format!("{name}, not found"),
            };
            let minute = |n: Option<u64>, what: &str| n.map(|n| format!(", {n} {what}/min")).unwrap_or_default();
            let limits = format!(
                "{} at once{}{}",
                p.concurrency,
                minute(p.limits.requests_per_minute, "requests"),
                minute(p.limits.tokens_per_minute, "tokens")
            );
            let address = p.address.clone().unwrap_or_else(|| "—".into());
            vec![p.name.clone(), address, key, limits, format!("{} in the table", p.priced.len())]
        })
        .collect();
    let providers = columns(&["provider", "address", "key", "limits", "prices"], &rows);
    let usd = |usd: Option<f64>| usd.map_or_else(|| "—".to_owned(), |usd| usd.to_string());
    let price = |provider: &str, p: &ergon_app::PriceInfo| {
        let most = p.up_to_tokens.map(|n| format!(" (requests up to {n} tokens)")).unwrap_or_default();
        let (input, output) = (usd(Some(p.usd_per_mtok_in)), usd(Some(p.usd_per_mtok_out)));
        let model = format!("{}{most}", printable(&p.model));
        let (date, source) = (p.date.clone(), printable(&p.source));
        vec![provider.to_owned(), model, input, output, usd(p.usd_per_mtok_cached), date, source]
    };
    let rows: Vec<Vec<String>> =
        reply.providers.iter().flat_map(|p| p.priced.iter().map(|row| price(&p.name, row))).collect();
    let heads = ["provider", "model", "in", "out", "cached", "as of", "source"];
    format!(
        "{providers}\n\nUSD per million tokens; of a model's rows one's own come first, then the longest name\n{}",
        columns(&heads, &rows)
    )
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
    if reply.calls.is_empty() {
        return "no call of this run is stored: it asked no model, or a simulated one, whose replies follow from the seed; \
                what was said in a game or a scenario is in its files (ergon export --layout, ergon scenario)"
            .to_owned();
    }
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
