//! A campaign's answers as ScrambleBench lays them out: `all_results.json` (every answer),
//! `summary.json` (by condition) and `results.csv` (the answers as a table); and `substitutions.jsonl`, every
//! transformation once more, place by place. What is unknown is null or empty, never 0.

use std::collections::{BTreeMap, BTreeSet};

use ergon_domain::{Digest, Inputs, Observed, RunKey, Value};
use ergon_workloads::scramble::{Benchmarks, ScrambleWorkload, Substitution};
use serde_json::{Map, Value as Json, json};

use super::folder::Folder;
use super::{ExportReply, ExportRequest, excluded, of_workload};
use crate::app::App;
use crate::error::AppError;
use crate::select::StoredRun;
use crate::spec_source::LoadedSpec;

/// The file of answers that a run leaves.
const ANSWERS: &str = "items.jsonl";
/// Fields of an answer, in the order of the table.
const FIELDS: [&str; 11] = [
    "id",
    "domain",
    "difficulty",
    "template",
    "expected",
    "read",
    "right",
    "reply",
    "eligible",
    "transformed",
    "simulated",
];

/// Writes a campaign's answers.
pub(super) async fn export(app: &App, request: &ExportRequest) -> Result<ExportReply, AppError> {
    let framed = app.frame(&request.campaign).await?;
    of_workload(&framed, "scramblebench", "scramble")?;
    let stored = app.stored_runs(&request.campaign).await?;
    let store = app.store().await?;
    let factors: Vec<String> = stored.factors.iter().map(ToString::to_string).collect();
    let (mut answers, mut summary) = (Vec::new(), Summary::default());
    let benchmarks = benchmarks(&framed.loaded)?;
    let mut log = String::new();
    let kept: BTreeSet<RunKey> = framed.frame.rows.iter().map(|row| row.key).collect();
    for run in stored.runs.iter().filter(|run| kept.contains(&run.run.key)) {
        let levels = levels(run, &factors);
        summary.add(&levels, accuracy(&stored.metrics, run));
        let made = benchmarks.substitutions(
            &run.run.condition.condition,
            framed.loaded.campaign.spec.campaign.seed,
            run.run.replicate,
        );
        let made = made.map_err(|e| AppError::operation("no_substitutions", e.message))?;
        for one in made {
            log += &(substitution(&run.run.key.to_string(), &levels, &one).to_string() + "\n");
        }
        let attempts = store.attempts(framed.row, &run.run.key).await?;
        let answers_kept =
            attempts.last().and_then(|a| a.artefacts.iter().find(|file| file.name == ANSWERS && file.kept));
        let Some(file) = answers_kept else { continue };
        let bytes = store.content(&file.digest).await?.unwrap_or_default();
        for line in String::from_utf8_lossy(&bytes).lines() {
            let Ok(Json::Object(answer)) = serde_json::from_str(line) else { continue };
            let mut all = Map::new();
            all.insert("run".into(), json!(run.run.key.to_string()));
            all.insert("replicate".into(), json!(run.run.replicate));
            all.extend(levels.clone());
            all.extend(answer);
            answers.push(all);
        }
    }
    let without_result: u64 = stored.unfinished.iter().map(|missing| missing.count).sum();
    let head = json!({
        "campaign": framed.campaign,
        "answers": answers.len(),
        "runs_without_result": without_result,
        "conditions": summary.conditions(),
    });
    let mut folder = Folder::new(app.path(&request.output)?);
    folder.json("all_results.json", &answers)?;
    folder.json("summary.json", &head)?;
    folder.write("results.csv", table(&factors, &answers))?;
    folder.write("substitutions.jsonl", log)?;
    let open = (without_result > 0).then(|| format!("{without_result} runs: they have no result"));
    let left_out = excluded(&framed).chain(open).collect();
    Ok(ExportReply { folder: folder.root, files: folder.files, runs: kept.len(), left_out })
}

/// The campaign's items, read again.
fn benchmarks(loaded: &LoadedSpec) -> Result<Benchmarks, AppError> {
    let entries: Map<String, Json> =
        loaded.campaign.spec.workload.entries.iter().map(|(k, v)| (k.clone(), v.clone())).collect();
    let workload = ScrambleWorkload::open(&entries)?;
    let mut inputs = Inputs::default();
    for (digest, path) in &loaded.files {
        let bytes = std::fs::read(path)
            .map_err(|e| AppError::operation("unreadable_file", format!("{}: {e}", path.display())))?;
        if Digest::of_bytes(&bytes) != *digest {
            let message =
                format!("{} has changed since it was asked: its substitutions can't be had again", path.display());
            return Err(AppError::operation("input_changed", message));
        }
        inputs.0.insert(*digest, bytes.into());
    }
    workload.benchmarks(&inputs).map_err(|e| AppError::input("invalid_input", e.message))
}

/// One item's transformation: each replaced stretch by its bytes in the original and in the result.
fn substitution(run: &str, levels: &Map<String, Json>, one: &Substitution) -> Json {
    let edits = one.scrambled.as_ref().map(|done| {
        let edit = |edit: &ergon_workloads::scramble::transform::Edit| {
            json!({
                "from": [edit.from.start, edit.from.end],
                "was": one.original.get(edit.from.clone()),
                "to": [edit.to.start, edit.to.end],
                "is": done.text.get(edit.to.clone()),
            })
        };
        done.edits.iter().map(edit).collect::<Vec<_>>()
    });
    json!({
        "run": run,
        "levels": levels,
        "item": one.item,
        "original": one.original,
        "result": one.scrambled.as_ref().map(|done| &done.text),
        "eligible": one.scrambled.as_ref().map(|done| done.eligible),
        "edits": edits,
    })
}

/// The run's levels of the factors.
fn levels(run: &StoredRun, factors: &[String]) -> Map<String, Json> {
    let level = |name: &String| {
        let value = match run.run.condition.condition.get(name) {
            None => Json::Null,
            Some(Value::Bool(b)) => json!(b),
            Some(Value::Int(i)) => json!(i),
            Some(Value::Real(x)) => json!(x),
            Some(Value::Text(text)) => json!(text),
        };
        (name.clone(), value)
    };
    factors.iter().map(level).collect()
}

fn accuracy(metrics: &[ergon_domain::Metric], run: &StoredRun) -> Option<(f64, bool)> {
    let at = metrics.iter().position(|metric| metric.id.as_str() == "accuracy")?;
    let measured = run.cells.get(at)?.as_ref()?;
    match measured.observed {
        Observed::Value(x) => Some((x, measured.provenance.needs_mark())),
        _ => None,
    }
}

/// Accuracies by condition.
#[derive(Default)]
struct Summary(BTreeMap<String, Condition>);

#[derive(Default)]
struct Condition {
    levels: Map<String, Json>,
    runs: usize,
    values: Vec<f64>,
    simulated: bool,
}

impl Summary {
    fn add(&mut self, levels: &Map<String, Json>, accuracy: Option<(f64, bool)>) {
        let condition = self.0.entry(Json::Object(levels.clone()).to_string()).or_default();
        condition.levels = levels.clone();
        condition.runs += 1;
        if let Some((value, simulated)) = accuracy {
            condition.values.push(value);
            condition.simulated |= simulated;
        }
    }

    fn conditions(&self) -> Vec<Json> {
        let written = |condition: &Condition| {
            let n = condition.values.len();
            let mean = (n > 0).then(|| condition.values.iter().sum::<f64>() / n as f64);
            json!({
                "levels": condition.levels,
                "runs": condition.runs,
                "runs_with_accuracy": n,
                "accuracy_percent": mean,
                "simulated": condition.simulated,
            })
        };
        self.0.values().map(written).collect()
    }
}

fn table(factors: &[String], answers: &[Map<String, Json>]) -> String {
    let columns: Vec<&str> =
        ["run", "replicate"].into_iter().chain(factors.iter().map(String::as_str)).chain(FIELDS).collect();
    let mut text = columns.iter().map(|name| cell(&json!(name))).collect::<Vec<_>>().join(",") + "\r\n";
    for answer in answers {
        let cells = columns.iter().map(|name| answer.get(*name).map_or_else(String::new, cell));
        text += &(cells.collect::<Vec<_>>().join(",") + "\r\n");
    }
    text
}

/// A cell by RFC 4180. A text that a spreadsheet would take for a formula is told to be text.
fn cell(value: &Json) -> String {
    let text = match value {
        Json::Null => return String::new(),
        Json::String(text) if text.starts_with(['=', '+', '@', '\t']) => format!("'{text}"),
        Json::String(text) => text.clone(),
        other => other.to_string(),
    };
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}
