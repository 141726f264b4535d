//! `validate`: parse, check, count, forecast.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ergon_design::{Plan, PlanOptions, Problem};
use ergon_domain::{Digest, PlannedCondition, Prepared};
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::error::AppError;
use crate::ops::plan_error;
use crate::spec_source::LoadedSpec;

/// A spec to check.
#[derive(Clone, Debug, Deserialize, Serialize, ts_rs::TS)]
pub struct ValidateRequest {
    /// Spec file, campaign id, ULID prefix or `latest`.
    pub spec: String,
    /// `path=value` overrides.
    #[serde(default)]
    pub set: Vec<String>,
}

/// A forecast quantity with its range; `None` where nothing is known, and `why` says so.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ts_rs::TS)]
pub struct ForecastRange {
    /// Lower end of an 80 % interval.
    pub lo: Option<f64>,
    /// Best guess.
    pub value: Option<f64>,
    /// Upper end.
    pub hi: Option<f64>,
    /// Where it comes from, or why there is none.
    pub why: String,
}

impl ForecastRange {
    pub(crate) fn unknown(why: &str) -> Self {
        Self { why: why.into(), ..Self::default() }
    }
    fn exactly(x: f64, why: &str) -> Self {
        Self { lo: Some(x), value: Some(x), hi: Some(x), why: why.into() }
    }
}

/// What a campaign will take.
#[derive(Clone, Debug, Serialize, Deserialize, ts_rs::TS)]
pub struct Forecast {
    /// Seconds of wall time.
    pub duration_s: ForecastRange,
    /// USD.
    pub cost_usd: ForecastRange,
    /// Joules.
    pub energy_j: ForecastRange,
}

/// A phase's share of the plan.
#[derive(Clone, Debug, Serialize, Deserialize, ts_rs::TS)]
pub struct PhaseCount {
    /// Name.
    pub name: String,
    /// Conditions of its design.
    pub conditions: u64,
    /// Runs planned under it (a run that an earlier phase has is not counted twice).
    pub runs: u64,
    /// When its conditions are chosen, where results decide them: until then they are counted, not known.
    pub chosen_when: Option<String>,
    /// What its design covers.
    pub design: serde_json::Value,
}

/// A checked spec.
#[derive(Clone, Debug, Serialize, Deserialize, ts_rs::TS)]
pub struct ValidateReply {
    /// Campaign id.
    pub campaign: String,
    /// Digest of the whole spec.
    pub spec_hash: Digest,
    /// Digest of the run keys in plan order.
    pub plan_hash: Digest,
    /// Distinct conditions.
    pub conditions: u64,
    /// Runs.
    pub runs: u64,
    /// Conditions left out by constraints.
    pub excluded_by_constraints: u64,
    /// Combinations that were one condition with another because a level could not matter.
    pub collapsed: u64,
    /// Phases in the order of execution.
    pub phases: Vec<PhaseCount>,
    /// Forecast.
    pub estimate: Forecast,
    /// What is worth a look.
    pub warnings: Vec<String>,
}

/// Parses a spec, checks it, counts its runs, forecasts.
///
/// # Errors
/// Everything that is wrong with the spec.
pub async fn validate(app: &App, request: ValidateRequest) -> Result<ValidateReply, AppError> {
    let loaded = app.load(&request.spec, &request.set).await?;
    let plan = loaded.campaign.plan(&PlanOptions::default()).map_err(plan_error)?;
    check_conditions(&loaded, &plan)?;
    let prepared = loaded.prepare().await?;
    let parallel = app.parallel(&loaded.campaign.spec.execution.parallel, None)?;
    let estimate = forecast(app, &loaded, &plan, parallel).await;
    let mut warnings: Vec<String> = loaded.campaign.warnings.iter().map(Problem::to_string).collect();
    warnings.extend(loaded.workload.warnings());
    warnings.extend(unenforced(&loaded));
    warnings.extend(remarks(prepared.as_ref(), &loaded, &plan));
    warnings.extend(crate::energy::warnings(&loaded.campaign, app));
    Ok(ValidateReply {
        campaign: loaded.campaign.id.clone(),
        spec_hash: loaded.campaign.spec_hash,
        plan_hash: plan.plan_hash(),
        conditions: plan.conditions() + plan.conditions_to_choose(),
        runs: plan.runs() + plan.runs_to_choose(),
        excluded_by_constraints: plan.excluded_by_constraints,
        collapsed: plan.collapsed,
        phases: plan
            .phases()
            .iter()
            .map(|p| PhaseCount {
                name: p.name.clone(),
                conditions: p.conditions,
                runs: p.runs,
                chosen_when: p.chosen_when.clone(),
                design: serde_json::to_value(&p.report).unwrap_or_default(),
            })
            .collect(),
        estimate,
        warnings,
    })
}

/// What a plan will take on this machine.
pub(crate) async fn forecast(app: &App, loaded: &LoadedSpec, plan: &Plan, parallel: usize) -> Forecast {
    let duration_s = match app.earlier_durations(&loaded.campaign).await {
        Some((earlier, mean, sd, n)) => {
            let (runs, slots) = ((plan.runs() + plan.runs_to_choose()) as f64, parallel as f64);
            // Spread of the sum and of the mean it is predicted with; normal quantile of 0.9 for an 80 % interval.
            let half = 1.2816 * (runs * sd * sd + runs * runs * sd * sd / n).sqrt() / slots;
            let value = runs * mean / slots;
            ForecastRange {
                lo: Some((value - half).max(0.0)),
                value: Some(value),
                hi: Some(value + half),
                why: format!("from {n} runs of {earlier} in this store"),
            }
        }
        None => {
            ForecastRange::unknown("no run of this campaign is in the store yet; run a few with --limit to get one")
        }
    };
    Forecast {
        duration_s,
        cost_usd: cost(app, loaded, plan).await,
        energy_j: app.earlier_energy(&loaded.campaign, plan).await,
    }
}

/// USD, where a model costs money: from what runs of this campaign cost before.
async fn cost(app: &App, loaded: &LoadedSpec, plan: &Plan) -> ForecastRange {
    if !loaded.models.costs_money() {
        return ForecastRange::exactly(0.0, "no model of this campaign costs money");
    }
    let runs = (plan.runs() + plan.runs_to_choose()) as f64;
    match app.earlier_cost(&loaded.campaign).await {
        Some((per_run, n)) => ForecastRange {
            value: Some(runs * per_run),
            why: format!("from {n} runs of it in this store"),
            ..ForecastRange::default()
        },
        None => {
            let names: Vec<String> =
                loaded.models.describe().into_iter().filter(|m| m.model.is_some()).map(|m| m.name).collect();
            let names = names.join(", ");
            ForecastRange::unknown(&format!(
                "no run has asked {names} yet; run a few with --limit to learn what one costs"
            ))
        }
    }
}

/// Lets the workload judge conditions that no single parameter rules out: the first of each phase.
pub(crate) fn check_conditions(loaded: &LoadedSpec, plan: &Plan) -> Result<(), AppError> {
    crate::models::check(&loaded.campaign.manifest, &loaded.models, plan)?;
    let mut seen = std::collections::BTreeSet::new();
    let phases = plan.phases().len();
    for run in plan.iter().take(100_000) {
        if let Some(phase) = run.phases.first()
            && seen.insert(*phase)
        {
            loaded.workload.check(&run.condition.condition).map_err(|(parameter, message)| {
                AppError::input("invalid_spec", format!("workload.{parameter}: {message}"))
                    .field(format!("workload.{parameter}"))
            })?;
            if seen.len() == phases {
                break;
            }
        }
    }
    Ok(())
}

/// Most conditions that a workload is asked to remark on.
const REMARKED: usize = 1_000;

/// What the workload has to say of the conditions, each sentence once.
pub(crate) fn remarks(prepared: &dyn Prepared, loaded: &LoadedSpec, plan: &Plan) -> Vec<String> {
    let mut replicates: BTreeMap<Digest, (u32, Arc<PlannedCondition>)> = BTreeMap::new();
    for run in plan.iter().take(100_000) {
        if replicates.len() >= REMARKED && !replicates.contains_key(&run.condition.digest) {
            break;
        }
        let (most, _) = replicates.entry(run.condition.digest).or_insert_with(|| (0, run.condition.clone()));
        *most = (*most).max(run.replicate + 1);
    }
    let seed = loaded.campaign.seed();
    let said = replicates.values().flat_map(|(n, planned)| prepared.remarks(&planned.condition, *n, seed));
    said.collect::<BTreeSet<String>>().into_iter().collect()
}

/// What the spec asks for and this version doesn't do yet: said, not silently dropped.
pub(crate) fn unenforced(loaded: &LoadedSpec) -> Vec<String> {
    let spec = &loaded.campaign.spec;
    let mut said = Vec::new();
    let mut say = |given: bool, what: &str| {
        if given {
            said.push(format!("{what} is not enforced yet in this version"));
        }
    };
    let alerts = &spec.alerts;
    for (bound, name) in [
        (alerts.failure_rate, "failure_rate"),
        (alerts.duration_variance_ratio, "duration_variance_ratio"),
        (alerts.data_quality, "data_quality"),
        (alerts.cpu_percent, "cpu_percent"),
        (alerts.memory_percent, "memory_percent"),
        (alerts.disk_percent, "disk_percent"),
        (alerts.temperature_c, "temperature_c"),
    ] {
        say(bound.is_some(), &format!("alerts.{name}"));
    }
    let requires = spec.execution.requires.clone().unwrap_or_default();
    say(requires.api_calls_per_hour.is_some(), "execution.requires.api_calls_per_hour");
    say(requires.cost_limit.is_some(), "execution.requires.cost_limit");
    say(!spec.export.formats.is_empty() || spec.export.package, "export");
    let unpriced = loaded.models.unpriced();
    if let Some(error) = crate::model_session::unkept_budget(&loaded.campaign, &loaded.models) {
        said.push(error.message);
    } else if !unpriced.is_empty() {
        said.push(format!("the price of {} is unknown: costs leave its calls out", unpriced.join(", ")));
    }
    said
}
