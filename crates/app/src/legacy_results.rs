//! Results that were recorded elsewhere, written into the store through the same log as an engine's.

use std::collections::BTreeMap;

use ergon_design::import::{ImportedRun, LEGACY_CAMPAIGN, LegacyResults};
use ergon_design::spec::Spec;
use ergon_design::{Plan, PlanOptions};
use ergon_domain::{AttemptEnd, AttemptResult, AttemptStart, CampaignState, PlannedRun, RunLogBatch, RunState, Value};
use ergon_store::StoreError;

use crate::app::App;
use crate::error::AppError;
use crate::ops::plan_error;
use crate::spec_source::LoadedSpec;

impl App {
    /// The spec of the campaign that legacy results are kept in, where there is one.
    pub(crate) async fn stored_records(&self) -> Result<Option<Spec>, AppError> {
        if !self.store_path().exists() {
            return Ok(None);
        }
        let store = self.store().await?;
        let record = match store.campaign(LEGACY_CAMPAIGN).await {
            Ok(record) if record.workload == "recorded" => record,
            Ok(_) | Err(StoreError::NoCampaign(_) | StoreError::Ambiguous(..)) => return Ok(None),
            Err(e) => return Err(e.into()),
        };
        let text = store.revision(record.id).await?.spec_json;
        Ok(Some(ergon_design::read_spec(text.as_bytes(), "stored.json")?.spec))
    }

    /// Keeps results as finished runs of a campaign; those that are there already change nothing. Returns its id.
    pub(crate) async fn record_results(&self, results: LegacyResults) -> Result<String, AppError> {
        let text = serde_json::to_string_pretty(&results.spec).unwrap_or_default();
        let base = std::env::current_dir().unwrap_or_default();
        let loaded = LoadedSpec::from_bytes(text.as_bytes(), "imported.json", &base, &[], &[])?;
        let plan = loaded.campaign.plan(&PlanOptions::default()).map_err(plan_error)?;
        let batch = batch(&loaded, &plan, &results.runs)?;
        let reason = format!("imported {} more results", results.runs.len());
        let registered = self.register_planned(&loaded, &plan, Some(&reason)).await?;
        let hold = self.hold(&registered, &loaded).await?;
        let written = hold.log.record(batch).await;
        self.release(&hold).await;
        written.map_err(|e| AppError::operation("store", e.to_string()))?;
        self.set_state(registered.id, CampaignState::Finished, None).await?;
        Ok(loaded.campaign.id.clone())
    }
}

/// The attempts of all runs, each matched with its run of the plan by parameters and replicate.
fn batch(loaded: &LoadedSpec, plan: &Plan, runs: &[ImportedRun]) -> Result<RunLogBatch, AppError> {
    let phases: Vec<&str> = loaded.campaign.phases.iter().map(|p| p.name.as_str()).collect();
    let mut planned: BTreeMap<u32, Vec<PlannedRun>> = BTreeMap::new();
    for run in plan.iter() {
        planned.entry(run.replicate).or_default().push(run);
    }
    let mut batch = RunLogBatch::default();
    for run in runs {
        let in_phase =
            |p: &&PlannedRun| p.phases.iter().any(|i| phases.get(usize::from(*i)) == Some(&run.phase.as_str()));
        let candidates = planned.get(&run.replicate).into_iter().flatten();
        let Some(found) = candidates.filter(in_phase).find(|p| is_condition(p, run)) else {
            return Err(AppError::operation("internal", "an imported run is not in the plan that was made for it"));
        };
        batch.starts.push(AttemptStart { run: found.clone(), attempt: 1, started_us: run.started_us });
        batch.ends.push(AttemptEnd {
            key: found.key,
            attempt: 1,
            ended_us: run.ended_us,
            duration_s: (run.ended_us - run.started_us).max(0) as f64 * 1e-6,
            cpu_s: None,
            result: AttemptResult::Succeeded,
            run_state: RunState::Succeeded,
            measurements: run.measurements.clone(),
            resources: Vec::new(),
            energy_block: None,
            spans: Vec::new(),
            artefacts: Vec::new(),
            log: run.log.join("\n"),
        });
    }
    Ok(batch)
}

/// Whether a planned run has the parameters of an imported one. Numbers are compared as numbers: levels of one factor
/// share a type.
fn is_condition(planned: &PlannedRun, run: &ImportedRun) -> bool {
    run.parameters.iter().all(|(name, value)| match planned.condition.condition.get(name) {
        Some(bound) => match (bound.as_f64(), value.as_f64()) {
            (Some(a), Some(b)) => a == b,
            _ => bound == value || matches!(bound, Value::Text(t) if **t == value.to_string()),
        },
        None => false,
    })
}
