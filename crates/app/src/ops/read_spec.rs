//! `read_spec`: what a spec under edit means. Never an error for a text that is wrong: it is wrong at most places while
//! somebody types, and each problem says where.

use std::collections::BTreeMap;
use std::path::PathBuf;

use ergon_design::{DesignReport, Plan, PlanOptions, Problem};
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::error::AppError;
use crate::ops::validate::{check_conditions, unenforced};
use crate::ops::{Forecast, plan_error};
use crate::spec_source::LoadedSpec;

/// Runs up to which pairs of levels are counted: a larger plan would keep the one who types waiting.
const COUNTED: u64 = 50_000;

/// A spec's text.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ts_rs::TS)]
#[serde(default)]
pub struct ReadSpecRequest {
    /// YAML or JSON.
    pub text: String,
    /// Name shown with problems.
    pub name: String,
    /// What relative paths are taken from: a campaign (its folder) or a chosen file (the folder it is in); left out: the
    /// folder of the store.
    pub base: Option<String>,
}

/// A factor with its levels.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct FactorLevels {
    /// The parameter.
    pub name: String,
    /// Levels as printed, in order.
    pub levels: Vec<String>,
}

/// A phase and what its design covers.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct PhaseDesign {
    /// Name.
    pub name: String,
    /// Conditions of its design.
    pub conditions: u64,
    /// Runs it selects.
    pub selected: u64,
    /// Runs planned under it: those an earlier phase has are not counted twice.
    pub runs: u64,
    /// When its conditions are chosen, for a phase whose results decide them.
    pub chosen_when: Option<String>,
    /// Replicates of each condition.
    pub replicates: u32,
    /// Factors.
    pub factors: Vec<FactorLevels>,
    /// Balance, coverage and efficiency.
    pub design: DesignReport,
    /// Runs by pair of levels; `None` for a plan too large to count while somebody types.
    pub pairs: Option<PairRuns>,
}

/// How many runs have both of two levels.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct PairRuns {
    /// The levels, by factor: row and column heads.
    pub levels: Vec<(String, String)>,
    /// A square: runs with the level of the row and that of the column; on the diagonal runs with that level.
    pub runs: Vec<Vec<u64>>,
}

/// What the text means.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct ReadSpecReply {
    /// Whether it can be registered.
    pub ok: bool,
    /// What is wrong or worth a look, each with its place.
    pub problems: Vec<Problem>,
    /// Campaign id, where it can be read.
    pub campaign: Option<String>,
    /// The spec in normal form: every default written out.
    #[ts(type = "unknown")]
    pub spec: Option<serde_json::Value>,
    /// Distinct conditions.
    pub conditions: u64,
    /// Runs.
    pub runs: u64,
    /// Combinations that constraints exclude.
    pub excluded_by_constraints: u64,
    /// Phases in the order of execution.
    pub phases: Vec<PhaseDesign>,
    /// What it will take.
    pub estimate: Option<Forecast>,
    /// What this version leaves out.
    pub warnings: Vec<String>,
}

impl ReadSpecReply {
    fn refused(problems: Vec<Problem>) -> Self {
        Self {
            ok: false,
            problems,
            campaign: None,
            spec: None,
            conditions: 0,
            runs: 0,
            excluded_by_constraints: 0,
            phases: Vec::new(),
            estimate: None,
            warnings: Vec::new(),
        }
    }
}

impl App {
    /// The folder that relative paths of a spec written in the window begin in.
    pub(crate) async fn base_folder(&self, base: Option<&str>) -> Result<PathBuf, AppError> {
        let parent = |path: &std::path::Path| path.parent().map(PathBuf::from).unwrap_or_default();
        match base {
            None | Some("") => Ok(parent(self.store_path())),
            Some(token) if token.starts_with(crate::session::PREFIX) => {
                self.path(std::path::Path::new(token)).map(|p| parent(&p)).map_err(|e| e.field("base"))
            }
            Some(campaign) => {
                let record = self.find(campaign).await.map_err(|e| e.field("base"))?;
                Ok(self.store().await?.revision(record.id).await?.base_folder.into())
            }
        }
    }
}

/// Reads a spec's text.
///
/// # Errors
/// The base is no campaign and no chosen file; never because of the text.
pub async fn read_spec(app: &App, request: ReadSpecRequest) -> Result<ReadSpecReply, AppError> {
    let base = app.base_folder(request.base.as_deref()).await?;
    let read = LoadedSpec::from_bytes(request.text.as_bytes(), &request.name, &base, &[], &[]);
    let loaded = match read {
        Ok(loaded) => loaded,
        Err(error) => return Ok(ReadSpecReply::refused(problems_of(error))),
    };
    let mut reply = ReadSpecReply {
        campaign: Some(loaded.campaign.id.clone()),
        spec: Some(ergon_design::canonical::canonical_json(&loaded.campaign.spec)),
        ..ReadSpecReply::refused(loaded.campaign.warnings.clone())
    };
    let planned = loaded.campaign.plan(&PlanOptions::default()).map_err(plan_error);
    let checked = planned.and_then(|plan| check_conditions(&loaded, &plan).map(|()| plan));
    let plan = match checked {
        Ok(plan) => plan,
        Err(error) => {
            reply.problems.extend(problems_of(error));
            return Ok(reply);
        }
    };
    reply.ok = true;
    reply.conditions = plan.conditions() + plan.conditions_to_choose();
    reply.runs = plan.runs() + plan.runs_to_choose();
    reply.excluded_by_constraints = plan.excluded_by_constraints;
    reply.phases = phases(&loaded, &plan);
    reply.warnings = unenforced(&loaded);
    let parallel = app.parallel(&loaded.campaign.spec.execution.parallel, None)?;
    reply.estimate = Some(super::validate::forecast(app, &loaded, &plan, parallel).await);
    Ok(reply)
}

fn problems_of(error: AppError) -> Vec<Problem> {
    if error.problems.is_empty() {
        vec![Problem::error(error.field.unwrap_or_default(), error.message)]
    } else {
        error.problems
    }
}

fn phases(loaded: &LoadedSpec, plan: &Plan) -> Vec<PhaseDesign> {
    let mut pairs = if plan.runs() <= COUNTED { count_pairs(loaded, plan) } else { BTreeMap::new() };
    plan.phases()
        .iter()
        .map(|summary| {
            let phase = loaded.campaign.phases.get(usize::from(summary.index));
            let factors = phase.map(|p| p.factors.as_slice()).unwrap_or_default();
            PhaseDesign {
                name: summary.name.clone(),
                conditions: summary.conditions,
                selected: summary.selected,
                runs: summary.runs,
                chosen_when: summary.chosen_when.clone(),
                replicates: phase.map_or(0, |p| p.replicates),
                factors: factors
                    .iter()
                    .map(|f| FactorLevels {
                        name: f.name.to_string(),
                        levels: f.levels.iter().map(ToString::to_string).collect(),
                    })
                    .collect(),
                design: summary.report.clone(),
                pairs: pairs.remove(&summary.index),
            }
        })
        .collect()
}

/// One walk over the plan: for each phase how many runs have each two of its levels.
fn count_pairs(loaded: &LoadedSpec, plan: &Plan) -> BTreeMap<u16, PairRuns> {
    let phases = &loaded.campaign.phases;
    let mut found: BTreeMap<u16, PairRuns> = BTreeMap::new();
    for (index, phase) in (0u16..).zip(phases) {
        let levels: Vec<(String, String)> =
            phase.factors.iter().flat_map(|f| f.levels.iter().map(|l| (f.name.to_string(), l.to_string()))).collect();
        let runs = vec![vec![0; levels.len()]; levels.len()];
        found.insert(index, PairRuns { levels, runs });
    }
    for run in plan.iter() {
        for index in run.phases.iter() {
            let (Some(phase), Some(pairs)) = (phases.get(usize::from(*index)), found.get_mut(index)) else { continue };
            let mut begin = 0;
            let mut at = Vec::with_capacity(phase.factors.len());
            for factor in &phase.factors {
                let value = run.condition.condition.get(factor.name.as_str());
                at.extend(factor.levels.iter().position(|level| Some(level) == value).map(|i| begin + i));
                begin += factor.levels.len();
            }
            for row in &at {
                for column in &at {
                    pairs.runs[*row][*column] += 1;
                }
            }
        }
    }
    found
}
