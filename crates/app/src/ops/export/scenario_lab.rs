//! The files of the original's batch folder: configuration, summary, state, costs, the runs' own files, and what the
//! batch comes to. What is not known is null, never a number.

use std::collections::BTreeMap;

use ergon_analysis::{Ask, describe};
use ergon_domain::{Condition, Observed};
use serde_json::{Value as Json, json};

use super::folder::Folder;
use super::{ExportReply, ExportRequest, of_workload};
use crate::app::App;
use crate::error::AppError;
use crate::frame::Framed;

/// A run of the batch.
struct Run {
    /// `var-001-run-002`.
    name: String,
    variation: usize,
    key: ergon_domain::RunKey,
    cost_usd: Option<f64>,
    metrics: BTreeMap<String, Option<f64>>,
}

/// Writes the batch folder.
pub(super) async fn export(app: &App, request: &ExportRequest) -> Result<ExportReply, AppError> {
    let framed = app.frame(&request.campaign, None).await?;
    of_workload(&framed, "scenario-lab", "scenario")?;
    let campaign = &framed.loaded.campaign;
    let mut folder = Folder::new(app.path(&request.output)?);
    let (runs, variations) = numbered(&framed);
    let setting = |key: &str| campaign.spec.workload.entries.get(key).and_then(Json::as_bool).unwrap_or(true);
    folder.json("batch-config.yaml", &config(&framed))?;
    folder.json("batch-summary.json", &summary(&framed, &runs, variations.len()))?;
    folder.json("batch-state.json", &state(&framed, &runs))?;
    folder.json("batch-costs.json", &costs(&runs))?;
    let mut left_out = Vec::new();
    if setting("save_individual_runs") {
        own_files(app, &framed, &runs, &mut folder).await?;
    } else {
        left_out.push("the runs' own files: save_individual_runs is false".to_owned());
    }
    if setting("aggregate_metrics") {
        folder.json("analysis/metrics-analysis.json", &metrics(&framed, None)?)?;
        let mut by_variation = Vec::new();
        for (i, condition) in variations.iter().enumerate() {
            by_variation.push(json!({
                "variation_id": i + 1,
                "parameters": varied(&framed, condition),
                "metrics": metrics(&framed, Some(condition))?,
            }));
        }
        folder.json("analysis/variation-statistics.json", &by_variation)?;
        // The original's patterns were empty lists: here it is what the campaign's questions found.
        let plan = ergon_analysis::run_plan(&framed.frame, &campaign.spec.analysis, &campaign.spec.hypotheses);
        folder.json("analysis/patterns.json", &json!({ "analyses": plan.analyses, "not_answered": plan.refusals }))?;
    } else {
        left_out.push("analysis/: aggregate_metrics is false".to_owned());
    }
    Ok(ExportReply { folder: folder.root, files: folder.files, runs: runs.len(), left_out })
}

/// The runs, numbered by variation and within it, and the variations' conditions: both in the order of the plan.
fn numbered(framed: &Framed) -> (Vec<Run>, Vec<Condition>) {
    let frame = &framed.frame;
    let mut variations: Vec<(ergon_domain::Digest, Condition, usize)> = Vec::new();
    let mut runs = Vec::new();
    for (row, of) in frame.rows.iter().enumerate() {
        let digest = of.condition.digest;
        let at = variations.iter().position(|(known, ..)| *known == digest).unwrap_or_else(|| {
            variations.push((digest, of.condition.condition.clone(), 0));
            variations.len() - 1
        });
        let Some(variation) = variations.get_mut(at) else { continue };
        variation.2 += 1;
        let value = |metric: &ergon_domain::MetricId| match frame.reading(metric, row)?.observed {
            Observed::Value(x) => Some(x),
            _ => None,
        };
        runs.push(Run {
            name: format!("var-{:03}-run-{:03}", at + 1, variation.2),
            variation: at + 1,
            key: of.key,
            cost_usd: value(&"cost_usd".into()),
            metrics: frame.metrics.iter().map(|m| (m.id.to_string(), value(&m.id))).collect(),
        });
    }
    (runs, variations.into_iter().map(|(_, condition, _)| condition).collect())
}

/// The batch as the original would have been given it; JSON, which is YAML.
fn config(framed: &Framed) -> Json {
    let spec = &framed.loaded.campaign.spec;
    let variations: Vec<Json> = framed
        .frame
        .factors
        .iter()
        .map(|factor| match factor.name.as_str().strip_prefix("actor_model.") {
            Some(actor) => json!({ "type": "actor_model", "actor": actor, "values": factor.levels }),
            None => json!({ "type": "scenario_parameter", "parameter": factor.name, "values": factor.levels }),
        })
        .collect();
    json!({
        "experiment_name": spec.campaign.title.as_deref().unwrap_or(&spec.campaign.id),
        "description": spec.campaign.question,
        "base_scenario": spec.workload.entries.get("scenario"),
        "runs_per_variation": framed.frame.structure.phases.iter().map(|p| p.replicates).max(),
        "timeout_per_run": spec.execution.timeout,
        "budget_limit": spec.budget.usd,
        "cost_per_run_limit": spec.budget.usd_per_run,
        "variations": variations,
        "output_dir": spec.workload.entries.get("output_dir"),
        "save_individual_runs": spec.workload.entries.get("save_individual_runs").unwrap_or(&json!(true)),
        "aggregate_metrics": spec.workload.entries.get("aggregate_metrics").unwrap_or(&json!(true)),
        "ergon": { "spec_hash": framed.loaded.campaign.spec_hash, "seed": spec.campaign.seed },
    })
}

fn summary(framed: &Framed, runs: &[Run], variations: usize) -> Json {
    let missing = &framed.frame.structure.missing;
    let count = |failed: bool| -> u64 {
        missing.iter().filter(|m| (m.state == ergon_domain::RunState::Failed) == failed).map(|m| m.count).sum()
    };
    let mut by_class: BTreeMap<String, u64> = BTreeMap::new();
    for group in missing.iter().filter(|m| m.state == ergon_domain::RunState::Failed) {
        let class = group.class.map_or_else(|| "unknown".to_owned(), |class| class.to_string());
        *by_class.entry(class).or_default() += group.count;
    }
    let (failed, open) = (count(true), count(false));
    let status = match (runs.len(), failed, open) {
        (0, 1.., 0) => "all runs failed",
        (_, 0, 0) => "completed",
        (_, _, 0) => "completed with failures",
        _ => "incomplete",
    };
    json!({
        "experiment_name": framed.loaded.campaign.spec.campaign.title,
        "status": status,
        "variations": variations,
        "runs_completed": runs.len(),
        "runs_failed": failed,
        "failed_runs_by_class": by_class,
        "runs_without_result": open,
        "total_cost_usd": total(runs),
    })
}

/// The sum, where every run's cost is known.
fn total(runs: &[Run]) -> Option<f64> {
    runs.iter().map(|run| run.cost_usd).sum()
}

fn state(framed: &Framed, runs: &[Run]) -> Json {
    json!({
        "campaign": framed.campaign,
        "completed_runs": runs.iter().map(|run| json!({
            "run": run.name, "variation_id": run.variation, "run_id": run.key.to_string(),
        })).collect::<Vec<_>>(),
        "resume": format!("ergon run {}", framed.campaign),
    })
}

fn costs(runs: &[Run]) -> Json {
    let mut by_variation: BTreeMap<usize, Vec<&Run>> = BTreeMap::new();
    for run in runs {
        by_variation.entry(run.variation).or_default().push(run);
    }
    json!({
        "total_cost_usd": total(runs),
        "runs": runs.iter().map(|run| (run.name.clone(), json!(run.cost_usd))).collect::<BTreeMap<_, _>>(),
        "variations": by_variation.iter().map(|(variation, runs)| {
            let total: Option<f64> = runs.iter().map(|run| run.cost_usd).sum();
            (format!("var-{variation:03}"), json!({ "runs": runs.len(), "cost_usd": total }))
        }).collect::<BTreeMap<_, _>>(),
        "note": "null: the price of a model is unknown; a failed run's calls are in `ergon status`",
    })
}

/// Level by level what was varied.
fn varied(framed: &Framed, condition: &Condition) -> BTreeMap<String, Json> {
    let of = |name: &ergon_domain::ParameterName| Some((name.to_string(), json!(condition.get(name.as_str())?)));
    framed.frame.factors.iter().filter_map(|factor| of(&factor.name)).collect()
}

/// Mean, deviation and extremes of every metric, over all runs or those of a variation.
fn metrics(framed: &Framed, of: Option<&Condition>) -> Result<BTreeMap<String, Json>, AppError> {
    let mut frame = framed.frame.clone();
    if let Some(condition) = of {
        let keep: Vec<bool> = frame.rows.iter().map(|row| row.condition.condition == *condition).collect();
        let mut at = keep.iter();
        frame.rows.retain(|_| at.next().copied().unwrap_or(false));
        for column in frame.columns.values_mut() {
            let mut at = keep.iter();
            column.retain(|_| at.next().copied().unwrap_or(false));
        }
    }
    let mut found = BTreeMap::new();
    for metric in &framed.frame.metrics {
        let ask = Ask::about(metric.id.as_str());
        let entry = match describe(&frame, &ask, &[]) {
            Ok(described) => json!(described.levels.first()),
            Err(error) => json!({ "not_available": error.to_string() }),
        };
        found.insert(metric.id.to_string(), entry);
    }
    Ok(found)
}

/// The files that the runs left, each in its run's folder.
async fn own_files(app: &App, framed: &Framed, runs: &[Run], folder: &mut Folder) -> Result<(), AppError> {
    let store = app.store().await?;
    for run in runs {
        let Some(last) = store.attempts(framed.row, &run.key).await?.pop() else { continue };
        for artefact in last.artefacts {
            if let Some(content) = store.content(&artefact.digest).await? {
                folder.write(&format!("runs/{}/{}", run.name, artefact.name), content)?;
            }
        }
        let metrics: BTreeMap<&String, &f64> =
            run.metrics.iter().filter_map(|(name, value)| Some((name, value.as_ref()?))).collect();
        folder.json(&format!("runs/{}/measurements.json", run.name), &metrics)?;
    }
    Ok(())
}
