//! `plan`: the exact run list, dry.

use std::collections::BTreeMap;

use ergon_design::plan::PhaseSummary;
use ergon_domain::{Digest, ParameterName, RunKey, Value};
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::error::AppError;
use crate::ops::{Selection, plan_error};

/// A plan to list.
#[derive(Clone, Debug, Deserialize, Serialize, ts_rs::TS)]
pub struct PlanRequest {
    /// Spec file, campaign id, ULID prefix or `latest`.
    pub spec: String,
    /// `path=value` overrides.
    #[serde(default)]
    pub set: Vec<String>,
    /// What part of it.
    #[serde(default)]
    pub selection: Selection,
}

/// One run of the plan.
#[derive(Clone, Debug, Serialize, Deserialize, ts_rs::TS)]
pub struct PlanLine {
    /// The run's key.
    pub run_id: RunKey,
    /// Phase it runs under.
    pub phase: String,
    /// Every phase that selects it.
    pub phases: Vec<String>,
    /// All parameters.
    pub condition: BTreeMap<ParameterName, Value>,
    /// Replicate, from 0.
    pub replicate: u32,
    /// The run's seed, as text: it may exceed 2^53.
    pub seed: String,
}

/// The plan as a whole.
#[derive(Clone, Debug, Serialize, Deserialize, ts_rs::TS)]
pub struct PlanReply {
    /// Digest of the run keys in plan order.
    pub plan_hash: Digest,
    /// Runs, those that are still to be chosen included.
    pub runs: u64,
    /// Runs that the list leaves out because results decide their conditions; the hash can't cover them either.
    pub to_choose: u64,
    /// When they are chosen, by phase.
    pub chosen_when: BTreeMap<String, String>,
}

/// Streams the exact run list.
///
/// # Errors
/// Everything that is wrong with the spec or the selection.
pub async fn plan(
    app: &App,
    request: PlanRequest,
    sink: &mut (dyn FnMut(PlanLine) + Send),
) -> Result<PlanReply, AppError> {
    let loaded = app.load(&request.spec, &request.set).await?;
    let plan = loaded.campaign.plan(&request.selection.options()?).map_err(plan_error)?;
    super::validate::check_conditions(&loaded, &plan)?;
    let name = |p: &u16| loaded.campaign.phases.get(usize::from(*p)).map_or_else(String::new, |p| p.name.clone());
    for run in plan.iter() {
        let phases: Vec<String> = run.phases.iter().map(name).collect();
        sink(PlanLine {
            run_id: run.key,
            phase: phases.first().cloned().unwrap_or_default(),
            phases,
            condition: run.condition.condition.0.clone(),
            replicate: run.replicate,
            seed: loaded.campaign.streams_for(&run).seed().to_string(),
        });
    }
    let chosen_when = |p: &PhaseSummary| Some((p.name.clone(), p.chosen_when.clone()?));
    Ok(PlanReply {
        plan_hash: plan.plan_hash(),
        runs: plan.runs() + plan.runs_to_choose(),
        to_choose: plan.runs_to_choose(),
        chosen_when: plan.phases().iter().filter_map(chosen_when).collect(),
    })
}
