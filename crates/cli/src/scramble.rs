//! `ergon scramble` and `ergon dataset`.

use std::path::PathBuf;

use clap::Args;
use ergon_app::{App, AppError, DatasetReply, DatasetRequest, ScrambleReply, ScrambleRequest};

use crate::output::{Output, columns, printable};

#[derive(Debug, Args)]
pub(crate) struct ScrambleArgs {
    /// The text; left out: an item's question.
    text: Option<String>,
    /// Bank of the item.
    #[arg(long, default_value = "mixed")]
    benchmark: String,
    /// The item's id; left out: the first.
    #[arg(long)]
    item: Option<String>,
    /// Method, as in specs.
    #[arg(long, default_value = "character_substitution")]
    method: String,
    /// Percent of the eligible letters, words or sentences.
    #[arg(long, default_value_t = 50.0)]
    level: f64,
    /// Seed of places, symbols and words.
    #[arg(long, default_value_t = 42)]
    seed: u64,
    /// What is left alone, separated by commas: numbers, proper_nouns, code, latex, option_letters.
    #[arg(long, value_delimiter = ',', default_value = "numbers,option_letters")]
    preserve: Vec<String>,
    /// The constructed language.
    #[arg(long, default_value = "substitution")]
    language: String,
    /// Its complexity, 1 to 10.
    #[arg(long, default_value_t = 5)]
    complexity: u8,
    /// Print the key as well: every symbol or word and what it stands for.
    #[arg(long)]
    key: bool,
}

#[derive(Debug, Args)]
pub(crate) struct DatasetArgs {
    /// JSON Lines, a JSON list or CSV.
    file: PathBuf,
    /// A field of the file (`question=prompt`, `options=a,b,c`); repeatable.
    #[arg(long = "field", value_name = "FIELD=NAME")]
    fields: Vec<String>,
    /// Items to show.
    #[arg(long, default_value_t = 5)]
    limit: usize,
}

pub(crate) async fn scramble(app: &App, args: ScrambleArgs, output: Output) -> anyhow::Result<u8> {
    let preserve = args.preserve.into_iter().filter(|name| !name.is_empty()).collect();
    let request = ScrambleRequest {
        text: args.text,
        benchmark: args.benchmark,
        item: args.item,
        method: args.method,
        level: args.level,
        seed: args.seed,
        preserve,
        language: args.language,
        complexity: args.complexity,
    };
    let reply = ergon_app::scramble(app, request).await?;
    output.result(&reply, |reply| shown(reply, args.key))?;
    Ok(0)
}

fn shown(reply: &ScrambleReply, key: bool) -> String {
    let level = reply.realised_level.map_or_else(|| "nothing to transform".into(), |level| format!("{level:.1} %"));
    let mut text =
        format!("{}\n\n{} of {} transformed ({level})\n", printable(&reply.text), reply.transformed, reply.eligible);
    if key {
        for (said, stands_for) in &reply.key {
            text += &format!("{} = {}\n", printable(said), printable(stands_for));
        }
    }
    text
}

pub(crate) async fn dataset(app: &App, args: DatasetArgs, output: Output) -> anyhow::Result<u8> {
    let mut fields = serde_json::Map::new();
    for field in &args.fields {
        let (name, value) = field
            .split_once('=')
            .ok_or_else(|| AppError::input("usage", format!("--field: '{field}' is no FIELD=NAME")).field("fields"))?;
        let value = match value.split_once(',') {
            Some(_) => serde_json::Value::from(value.split(',').map(str::trim).collect::<Vec<_>>()),
            None => serde_json::Value::from(value),
        };
        fields.insert(name.to_owned(), value);
    }
    let request = DatasetRequest { file: args.file, fields, limit: Some(args.limit) };
    let reply = ergon_app::dataset(app, request).await?;
    output.result(&reply, items)?;
    Ok(0)
}

fn items(reply: &DatasetReply) -> String {
    let rows: Vec<Vec<String>> = reply
        .items
        .iter()
        .map(|item| {
            let question: String = item.question.chars().take(60).collect();
            let answer = item.answer.clone().unwrap_or_else(|| "unknown".into());
            vec![item.id.clone(), item.domain.clone(), question, answer]
        })
        .collect();
    let left_out: String = reply.left_out.iter().map(|line| format!("warning: {}\n", printable(line))).collect();
    format!(
        "{} items of shape {}, {} without a known answer; fields: {}\n{left_out}{}",
        reply.count,
        reply.shape,
        reply.unanswerable,
        reply.fields.join(", "),
        columns(&["id", "domain", "question", "answer"], &rows)
    )
}
