//! The folders of the bargaining study, as its guide prints them:
//!
//! ```text
//! configs/config_N.json      logs/experiment_N.log, completed_N.flag
//! WEAK_vs_STRONG/comp_X/result_N.json
//! all_results.json           summary.json           results.csv
//! ```
//!
//! N counts the runs in the plan's order, failed ones last. What the original's files lack (order, replicate, the run's
//! id, provenance) stands beside; a metric without a value is null and its reason is said.

use std::collections::BTreeMap;

use ergon_analysis::{Ask, Detail, Frame, FrameRow, describe};
use ergon_domain::{Condition, Observed, RunKey};
use serde_json::{Map, Value as Json, json};

use super::folder::Folder;
use super::{ExportReply, ExportRequest, excluded, of_workload};
use crate::app::App;
use crate::error::AppError;
use crate::frame::Framed;

/// The record that a game leaves.
const RECORD: &str = "negotiation.json";
/// Metrics of `summary.json`.
const SUMMARISED: [&str; 6] =
    ["exploitation_gap", "utility_weak", "utility_strong", "agreement", "final_round", "efficiency"];

/// Writes the folders.
pub(super) async fn export(app: &App, request: &ExportRequest) -> Result<ExportReply, AppError> {
    let framed = app.frame(&request.campaign).await?;
    of_workload(&framed, "bargain", "negotiation")?;
    let mut folder = Folder::new(app.path(&request.output)?);
    let mut all: Vec<Json> = Vec::new();
    let mut left_out: Vec<String> = excluded(&framed).collect();
    for (number, row) in framed.frame.rows.iter().enumerate() {
        let (attempt, record) = last_attempt(app, &framed, &row.key).await?;
        let config = config(&framed, row, number);
        let mut result = result(&framed.frame, number);
        folder.json(&format!("configs/config_{number}.json"), &Json::Object(config.clone()))?;
        folder.write(&format!("logs/experiment_{number}.log"), log(&config, &attempt, record.as_ref()))?;
        folder.write(&format!("logs/completed_{number}.flag"), "")?;
        let mut whole = config.clone();
        whole.extend(std::mem::take(&mut result));
        all.push(Json::Object(whole.clone()));
        match record {
            Some(record) => whole.insert("game".into(), record).map_or((), drop),
            None => left_out.push(format!("the record of run {}: it was not kept", row.key)),
        }
        let place = format!("{}/result_{number}.json", pair_folder(&row.condition.condition));
        folder.json(&place, &Json::Object(whole))?;
    }
    let failed = failures(app, &framed, &mut folder).await?;
    folder.json("all_results.json", &Json::Array(all))?;
    folder.json("summary.json", &summary(&framed, &failed)?)?;
    let wide = crate::ops::ResultsRequest {
        campaign: framed.campaign.clone(),
        wide: true,
        ..crate::ops::ResultsRequest::default()
    };
    folder.write("results.csv", &crate::ops::results(app, wide).await?.text)?;
    left_out.extend(failed.iter().map(|(key, class, _)| format!("run {key}: {class}; its log says more")));
    Ok(ExportReply { folder: folder.root, files: folder.files, runs: framed.frame.rows.len(), left_out })
}

/// What happened in the last attempt, in words, and the game's record.
async fn last_attempt(app: &App, framed: &Framed, key: &RunKey) -> Result<(String, Option<Json>), AppError> {
    let store = app.store().await?;
    let attempts = store.attempts(framed.row, key).await?;
    let Some(last) = attempts.last() else { return Ok((String::new(), None)) };
    let state = match (&last.class, &last.message) {
        (Some(class), Some(message)) => format!("{}: {class}: {message}", last.state.to_uppercase()),
        _ => last.state.to_uppercase(),
    };
    let took = last.duration_s.map_or_else(String::new, |s| format!(" in {s:.3} s"));
    let words = format!("attempt {} of {}: {state}{took}", last.number, attempts.len());
    let Some(artefact) = last.artefacts.iter().find(|a| a.name == RECORD) else { return Ok((words, None)) };
    let bytes = store.content(&artefact.digest).await?;
    Ok((words, bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok())))
}

/// Who plays a side: the model's name, else the script's.
fn player(condition: &Condition, side: &str) -> String {
    let agent = condition.text(&format!("{side}_agent")).unwrap_or(side);
    let model = condition.text(&format!("{side}_model")).filter(|_| agent == "model");
    model.unwrap_or(agent).to_owned()
}

/// `gpt-4o_vs_o3/comp_0.1`: a folder's name holds nothing that a file system minds.
fn pair_folder(condition: &Condition) -> String {
    let plain = |name: String| name.replace(|c: char| !(c.is_ascii_alphanumeric() || "-._".contains(c)), "-");
    let level = condition.get("competition_level").map_or_else(|| "none".to_owned(), ToString::to_string);
    format!("{}_vs_{}/comp_{level}", plain(player(condition, "weak")), plain(player(condition, "strong")))
}

/// The original's configuration, and what it lacks.
fn config(framed: &Framed, row: &FrameRow, number: usize) -> Map<String, Json> {
    let condition = &row.condition.condition;
    let value = |name: &str| json!(condition.get(name));
    let mut config = Map::new();
    config.insert("experiment_id".into(), json!(number));
    config.insert("weak_model".into(), json!(player(condition, "weak")));
    config.insert("strong_model".into(), json!(player(condition, "strong")));
    for name in ["competition_level", "num_items", "max_rounds", "discount", "order"] {
        config.insert(name.into(), value(name));
    }
    config.insert("random_seed".into(), json!(framed.loaded.campaign.seed()));
    config.insert("output_dir".into(), json!(pair_folder(condition)));
    config.insert("replicate".into(), json!(row.replicate));
    config.insert("run_id".into(), json!(row.key.to_string()));
    config
}

/// Every metric; null with its reason where there is no value.
fn result(frame: &Frame, row: usize) -> Map<String, Json> {
    let (mut metrics, mut reasons, mut provenance) = (Map::new(), Map::new(), BTreeMap::new());
    for metric in &frame.metrics {
        let reading = frame.columns.get(&metric.id).and_then(|column| column.get(row)).and_then(Option::as_ref);
        let (value, reason) = match reading.map(|r| &r.observed) {
            Some(Observed::Value(x)) => (json!(x), None),
            Some(Observed::Censored { at }) => (Json::Null, Some(format!("more than {at}"))),
            Some(Observed::Undefined(why) | Observed::Unavailable(why)) => (Json::Null, Some(why.to_string())),
            None => (Json::Null, Some("never set by the run".to_owned())),
        };
        metrics.insert(metric.id.to_string(), value);
        if let Some(reason) = reason {
            reasons.insert(metric.id.to_string(), json!(reason));
        }
        if let Some(reading) = reading {
            *provenance.entry(reading.provenance.name()).or_insert(0usize) += 1;
        }
    }
    let mut result = Map::new();
    result.insert("simulated".into(), json!(provenance.contains_key("simulated")));
    result.insert("metrics".into(), Json::Object(metrics));
    result.insert("no_value_because".into(), Json::Object(reasons));
    result
}

/// The log of a game: its attempt, then round by round what was proposed and what became of it.
fn log(config: &Map<String, Json>, attempt: &str, record: Option<&Json>) -> String {
    let mut log = format!("{}\n{attempt}\n", Json::Object(config.clone()));
    for round in record.and_then(|r| r["rounds"].as_array()).into_iter().flatten() {
        for said in round["said"].as_array().into_iter().flatten() {
            log += &format!("round {} {} agent {}: {}\n", round["round"], said["phase"], said["by"], said["text"]);
        }
        for proposal in round["proposals"].as_array().into_iter().flatten() {
            log += &format!(
                "round {} agent {} proposes {} worth {}; votes {}; passed: {}\n",
                round["round"],
                proposal["by"],
                proposal["proposal"],
                proposal["utilities"],
                proposal["votes"],
                proposal["passed"]
            );
        }
    }
    log
}

type Failure = (RunKey, String, u32);

/// Failed runs: a log each, as the original's `retry_failed.sh` looks for them.
async fn failures(app: &App, framed: &Framed, folder: &mut Folder) -> Result<Vec<Failure>, AppError> {
    let mut failed = Vec::new();
    for (at, run) in app.store().await?.failed_runs(framed.row).await?.into_iter().enumerate() {
        let number = framed.frame.rows.len() + at;
        let word = if run.class == "timeout" { "TIMEOUT" } else { "FAILED" };
        let text = format!("run {}\n{word}: {}: {} (attempt {})\n", run.key, run.class, run.message, run.attempts);
        folder.write(&format!("logs/experiment_{number}.log"), &text)?;
        failed.push((run.key, run.class, run.attempts));
    }
    Ok(failed)
}

/// Counts, and means by pair and by level of competition.
fn summary(framed: &Framed, failed: &[Failure]) -> Result<Json, AppError> {
    let frame = &framed.frame;
    let plan = &framed.loaded.campaign.spec.analysis;
    let ask = |metric: &str| Ask { confidence: plan.confidence, correction: plan.correction, ..Ask::about(metric) };
    let varied: Vec<String> = frame.varied().iter().map(ToString::to_string).collect();
    let side = |side: &str| {
        let by = [format!("{side}_model"), format!("{side}_agent"), format!("{side}_skill")];
        by.into_iter().find(|name| varied.contains(name))
    };
    let pair: Vec<String> = ["weak", "strong"].into_iter().filter_map(side).collect();
    let level: Vec<String> = varied.iter().filter(|name| *name == "competition_level").cloned().collect();
    let broken_down = |by: &[String]| -> Result<Json, AppError> {
        let mut groups: BTreeMap<String, Map<String, Json>> = BTreeMap::new();
        for metric in SUMMARISED {
            for cell in describe(frame, &ask(metric), by).map_or_else(|_| Vec::new(), |a| a.levels) {
                let name: Vec<&str> = cell.levels.iter().map(|(_, level)| level.as_str()).collect();
                let name = if name.is_empty() { "all".to_owned() } else { name.join("_vs_") };
                let ci = cell.ci.map(|ci| json!([ci.lo, ci.hi]));
                let number = json!({ "n": cell.n, "mean": cell.mean, "sd": cell.sd, "ci": ci });
                groups.entry(name).or_default().insert(metric.into(), number);
            }
        }
        Ok(json!(groups))
    };
    let timed_out = failed.iter().filter(|(_, class, _)| class == "timeout").count();
    let exploited = match <[String; 2]>::try_from(pair.clone()) {
        Ok(pair) => ergon_analysis::exploitation(frame, &ask("exploitation_gap"), &pair).ok(),
        Err(_) => None,
    };
    let overall =
        exploited.as_ref().map(|a| json!({ "mean": a.estimates.get("mean"), "p": a.p, "warnings": a.warnings }));
    let detail = exploited.as_ref().and_then(|a| match &a.detail {
        Some(Detail::Bargaining(found)) => Some(json!(found.groups)),
        _ => None,
    });
    Ok(json!({
        "campaign": framed.campaign,
        "total_experiments": frame.expected_runs(),
        "completed": frame.rows.len(),
        "failed": failed.len(),
        "timed_out": timed_out,
        "exploitation": overall,
        "exploitation_by_pair": detail,
        "by_model_pair": broken_down(&pair)?,
        "by_competition_level": broken_down(&level)?,
    }))
}
