//! The files of the original's batch folder: configuration, summary, state, costs, the runs' own files, and what the
//! batch comes to. What is not known is null, never a number.

use std::collections::BTreeMap;

use ergon_analysis::{Ask, Frame, describe};
use ergon_design::PlanOptions;
use ergon_design::import::batch_parameter;
use ergon_design::spec::Parallel;
use ergon_domain::{Condition, Digest, MetricId, Observed, RunKey, RunState};
use ergon_store::FailedRunRecord;
use serde_json::{Value as Json, json};

use super::folder::Folder;
use super::{ExportReply, ExportRequest, excluded, of_workload};
use crate::app::App;
use crate::error::AppError;
use crate::frame::Framed;

/// A run of the batch.
struct Run {
    /// `var-001-run-002`.
    name: String,
    variation: usize,
    key: RunKey,
    outcome: Outcome,
    /// What it took, where that is known: of a run without a result what its calls did.
    cost_usd: Option<f64>,
}

enum Outcome {
    Completed(BTreeMap<String, f64>),
    Failed(FailedRunRecord),
    /// It has a result, which somebody left out of the analysis.
    Excluded,
    Open,
}

impl Run {
    fn is_completed(&self) -> bool {
        matches!(self.outcome, Outcome::Completed(_))
    }

    fn failure(&self) -> Option<&FailedRunRecord> {
        match &self.outcome {
            Outcome::Failed(failure) => Some(failure),
            _ => None,
        }
    }
}

/// Writes the batch folder.
pub(super) async fn export(app: &App, request: &ExportRequest) -> Result<ExportReply, AppError> {
    let framed = app.frame(&request.campaign).await?;
    of_workload(&framed, "scenario-lab", "scenario")?;
    let campaign = &framed.loaded.campaign;
    let mut folder = Folder::new(app.path(&request.output)?);
    let (runs, variations) = numbered(app, &framed).await?;
    let spent = app.store().await?.model_spend(framed.row).await?;
    let charged_usd = (spent.calls > 0).then_some(spent.charged_usd);
    let setting = |key: &str| campaign.spec.workload.entries.get(key).and_then(Json::as_bool).unwrap_or(true);
    folder.json("batch-config.yaml", &config(&framed))?;
    folder.json("batch-summary.json", &summary(&framed, &runs, variations.len(), charged_usd))?;
    folder.json("batch-state.json", &state(&framed, &runs))?;
    folder.json("batch-costs.json", &costs(&runs, charged_usd))?;
    let mut left_out: Vec<String> = excluded(&framed).collect();
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
        let mut plan = ergon_analysis::run_plan(&framed.frame, &campaign.spec.analysis, &campaign.spec.hypotheses);
        let interim = runs.iter().any(|run| matches!(run.outcome, Outcome::Open));
        if interim {
            plan = plan.as_interim();
        }
        folder.json("analysis/patterns.json", &json!({ "analyses": plan.analyses, "not_answered": plan.refusals }))?;
        let quality = ergon_analysis::check_quality(&framed.frame, framed.thresholds());
        let report = crate::ops::report::written(app, &framed, &quality, &plan, interim, &[]).await?;
        folder.write("analysis/analysis-report.md", report)?;
    } else {
        left_out.push("analysis/: aggregate_metrics is false".to_owned());
    }
    let completed = runs.iter().filter(|run| run.is_completed()).count();
    Ok(ExportReply { folder: folder.root, files: folder.files, runs: completed, left_out })
}

/// All planned runs, numbered by variation and within it, and the variations' conditions: both in the order of the plan.
async fn numbered(app: &App, framed: &Framed) -> Result<(Vec<Run>, Vec<Condition>), AppError> {
    let store = app.store().await?;
    let frame = &framed.frame;
    let mut failed: BTreeMap<RunKey, FailedRunRecord> =
        store.failed_runs(framed.row).await?.into_iter().map(|failure| (failure.key, failure)).collect();
    let at: BTreeMap<RunKey, usize> = frame.rows.iter().enumerate().map(|(i, row)| (row.key, i)).collect();
    let states = app.run_states(framed.row).await?;
    let plan = framed.loaded.campaign.plan(&PlanOptions::default()).map_err(crate::ops::plan_error)?;
    let mut variations: Vec<(Digest, Condition, usize)> = Vec::new();
    let mut runs = Vec::new();
    for planned in plan.iter() {
        let digest = planned.condition.digest;
        let variation = variations.iter().position(|(known, ..)| *known == digest).unwrap_or_else(|| {
            variations.push((digest, planned.condition.condition.clone(), 0));
            variations.len() - 1
        });
        let Some((_, _, number)) = variations.get_mut(variation) else { continue };
        *number += 1;
        let name = format!("var-{:03}-run-{number:03}", variation + 1);
        let (outcome, cost_usd) = match (at.get(&planned.key), failed.remove(&planned.key)) {
            (Some(row), _) => {
                let value = |metric: &MetricId| match frame.reading(metric, *row)?.observed {
                    Observed::Value(x) => Some(x),
                    _ => None,
                };
                let values = frame.metrics.iter().filter_map(|m| Some((m.id.to_string(), value(&m.id)?)));
                (Outcome::Completed(values.collect()), value(&"cost_usd".into()))
            }
            (None, Some(failure)) => (Outcome::Failed(failure), paid(app, framed, &planned.key).await?),
            (None, None) if states.get(&planned.key).is_some_and(|(state, _)| *state == RunState::Succeeded) => {
                (Outcome::Excluded, paid(app, framed, &planned.key).await?)
            }
            (None, None) => (Outcome::Open, None),
        };
        runs.push(Run { name, variation: variation + 1, key: planned.key, outcome, cost_usd });
    }
    Ok((runs, variations.into_iter().map(|(_, condition, _)| condition).collect()))
}

/// What a run's recorded calls took; `None` where none was priced.
async fn paid(app: &App, framed: &Framed, key: &RunKey) -> Result<Option<f64>, AppError> {
    let calls = app.store().await?.calls_of(framed.row, key).await?;
    Ok(known_sum(calls.iter().map(|call| call.cost_usd)))
}

/// The sum of what is known; `None` where nothing is.
fn known_sum(amounts: impl Iterator<Item = Option<f64>>) -> Option<f64> {
    let known: Vec<f64> = amounts.flatten().collect();
    (!known.is_empty()).then(|| known.iter().sum())
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
            None => {
                let name = batch_parameter(factor.name.as_str()).unwrap_or(factor.name.as_str());
                json!({ "type": "scenario_parameter", "parameter": name, "values": factor.levels })
            }
        })
        .collect();
    let entry = |key: &str| spec.workload.entries.get(key);
    let mut config = json!({
        "experiment_name": spec.campaign.title.as_deref().unwrap_or(&spec.campaign.id),
        "description": spec.campaign.question,
        "base_scenario": entry("scenario"),
        "runs_per_variation": framed.frame.structure.phases.iter().map(|p| p.replicates).max(),
        "timeout_per_run": spec.execution.timeout,
        "budget_limit": spec.budget.usd,
        "cost_per_run_limit": spec.budget.usd_per_run,
        "variations": variations,
        "output_dir": entry("output_dir"),
        "save_individual_runs": entry("save_individual_runs").unwrap_or(&json!(true)),
        "aggregate_metrics": entry("aggregate_metrics").unwrap_or(&json!(true)),
        "written_by": { "ergon": env!("CARGO_PKG_VERSION"), "spec_hash": framed.loaded.campaign.spec_hash, "seed": spec.campaign.seed },
    });
    if let Parallel::Count(most) = spec.execution.parallel {
        config["max_parallel"] = json!(most);
    }
    config
}

fn summary(framed: &Framed, runs: &[Run], variations: usize, charged_usd: Option<f64>) -> Json {
    let spec = &framed.loaded.campaign.spec;
    let failed: Vec<(&Run, &FailedRunRecord)> = runs.iter().filter_map(|run| Some((run, run.failure()?))).collect();
    let completed = runs.iter().filter(|run| run.is_completed()).count();
    let open = runs.iter().filter(|run| matches!(run.outcome, Outcome::Open)).count();
    let excluded = runs.iter().filter(|run| matches!(run.outcome, Outcome::Excluded)).count();
    let mut by_class: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, failure) in &failed {
        *by_class.entry(&failure.class).or_default() += 1;
    }
    let status = match (completed, failed.len(), open) {
        (0, 1.., 0) => "all runs failed",
        (_, 0, 0) => "completed",
        (_, _, 0) => "completed with failures",
        _ => "incomplete",
    };
    json!({
        "experiment_name": spec.campaign.title.as_deref().unwrap_or(&spec.campaign.id),
        "status": status,
        "variations": variations,
        "runs_completed": completed,
        "runs_failed": failed.len(),
        "failed_runs": failed.iter().map(|(run, failure)| json!({
            "run": run.name, "class": failure.class, "message": failure.message, "attempts": failure.attempts,
        })).collect::<Vec<_>>(),
        "failed_runs_by_class": by_class,
        "runs_excluded": excluded,
        "runs_without_result": open,
        "total_cost_usd": known_sum(runs.iter().map(|run| run.cost_usd)),
        "charged_usd": charged_usd,
    })
}

fn state(framed: &Framed, runs: &[Run]) -> Json {
    json!({
        "campaign": framed.campaign,
        "completed_runs": runs.iter().filter(|run| run.is_completed()).map(|run| json!({
            "run": run.name, "variation_id": run.variation, "run_id": run.key.to_string(),
        })).collect::<Vec<_>>(),
        "resume": format!("ergon run {}", framed.campaign),
    })
}

fn costs(runs: &[Run], charged_usd: Option<f64>) -> Json {
    let mut by_variation: BTreeMap<usize, Vec<&Run>> = BTreeMap::new();
    for run in runs {
        by_variation.entry(run.variation).or_default().push(run);
    }
    json!({
        "total_cost_usd": known_sum(runs.iter().map(|run| run.cost_usd)),
        "charged_usd": charged_usd,
        "runs": runs.iter().map(|run| (run.name.clone(), json!(run.cost_usd))).collect::<BTreeMap<_, _>>(),
        "variations": by_variation.iter().map(|(variation, runs)| {
            let cost = known_sum(runs.iter().map(|run| run.cost_usd));
            (format!("var-{variation:03}"), json!({ "runs": runs.len(), "cost_usd": cost }))
        }).collect::<BTreeMap<_, _>>(),
        "note": "cost: replies at the providers' prices, failed runs' too; null: no reply was priced. charged: what the \
                 budget was charged, with calls that broke off at the most they may have cost",
    })
}

/// Level by level what was varied.
fn varied(framed: &Framed, condition: &Condition) -> BTreeMap<String, Json> {
    let of = |name: &ergon_domain::ParameterName| Some((name.to_string(), json!(condition.get(name.as_str())?)));
    framed.frame.factors.iter().filter_map(|factor| of(&factor.name)).collect()
}

/// Mean, deviation and extremes of every metric, over all runs or those of a variation.
fn metrics(framed: &Framed, of: Option<&Condition>) -> Result<BTreeMap<String, Json>, AppError> {
    let mut frame = Frame::clone(&framed.frame);
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
    for run in runs.iter().filter(|run| !matches!(run.outcome, Outcome::Open)) {
        let Some(last) = store.attempts(framed.row, &run.key).await?.pop() else { continue };
        for artefact in last.artefacts {
            if let Some(content) = store.content(&artefact.digest).await? {
                folder.write(&format!("runs/{}/{}", run.name, artefact.name), content)?;
            }
        }
        let name =
            format!("runs/{}/{}", run.name, if run.is_completed() { "measurements.json" } else { "failure.json" });
        match &run.outcome {
            Outcome::Completed(metrics) => folder.json(&name, metrics)?,
            Outcome::Failed(failure) => {
                folder.json(&name, &json!({ "class": failure.class, "message": failure.message }))?;
            }
            Outcome::Excluded | Outcome::Open => {}
        }
    }
    Ok(())
}
