//! `grid`: how far each condition is, and a metric's mean in it: the heat map that fills while a campaign runs.

use std::collections::BTreeMap;
use std::sync::Arc;

use ergon_design::PlanOptions;
use ergon_domain::Digest;
use ergon_publish::number::{Digits, Grouping, Shown};
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::error::AppError;
use crate::ops::plan_error;
use crate::spec_source::LoadedSpec;

/// Conditions of a phase up to which it has a heat map: nobody reads a larger one.
const MOST_CELLS: u64 = 5_000;

/// Which campaign, and which metric to colour by.
#[derive(Clone, Debug, Deserialize, Serialize, ts_rs::TS)]
pub struct GridRequest {
    /// Campaign id, ULID prefix or `latest`.
    pub campaign: String,
    /// A metric; left out: states alone.
    #[serde(default)]
    #[ts(optional)]
    pub metric: Option<String>,
}

/// A condition in a phase.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct ConditionCell {
    /// Digest of the condition.
    pub key: String,
    /// Levels of the phase's factors, as printed.
    pub levels: BTreeMap<String, String>,
    /// Runs planned.
    pub planned: u32,
    /// Runs that succeeded.
    pub succeeded: u64,
    /// Runs whose last attempt failed.
    pub failed: u64,
    /// Runs executing; 0 while no engine holds the campaign.
    pub running: u64,
    /// Mean of the metric; `None` before there is a value.
    pub mean: Option<f64>,
    /// The mean as printed.
    pub display: Option<String>,
}

/// A phase's heat map.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct GridPhase {
    /// Name.
    pub name: String,
    /// Factors down the side.
    pub row_factors: Vec<String>,
    /// Factors along the top.
    pub column_factors: Vec<String>,
    /// Levels of each factor in order.
    pub levels: BTreeMap<String, Vec<String>>,
    /// Its conditions in plan order.
    pub cells: Vec<ConditionCell>,
    /// Why there are no cells, where the phase has too many or they are not chosen yet.
    pub note: Option<String>,
}

/// The heat maps.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct GridReply {
    /// Phases in the order of execution.
    pub phases: Vec<GridPhase>,
    /// The metric's id.
    pub metric: Option<String>,
    /// Its title.
    pub title: Option<String>,
    /// Its unit.
    pub unit: Option<String>,
    /// Which way is better.
    pub direction: Option<String>,
}

/// The conditions of a campaign's plan, without counts: they change with the spec alone.
pub(crate) struct Skeleton {
    revision: (String, u32),
    phases: Vec<(GridPhase, Vec<Digest>)>,
    metrics: Vec<ergon_domain::Metric>,
}

impl App {
    async fn skeleton(&self, campaign: &str, revision: u32) -> Result<Arc<Skeleton>, AppError> {
        let wanted = (campaign.to_owned(), revision);
        if let Some(kept) = self.session.skeleton().as_ref().filter(|s| s.revision == wanted) {
            return Ok(kept.clone());
        }
        let record = self.find(campaign).await?;
        let loaded = self.load_stored(&record).await?;
        let made = Arc::new(Skeleton {
            revision: wanted,
            phases: skeleton(&loaded)?,
            metrics: loaded.campaign.manifest.metrics.clone(),
        });
        *self.session.skeleton() = Some(made.clone());
        Ok(made)
    }
}

/// A phase with its conditions' digests in order, and where each one's cell is.
type Filling = (GridPhase, Vec<Digest>, BTreeMap<Digest, usize>);

fn skeleton(loaded: &LoadedSpec) -> Result<Vec<(GridPhase, Vec<Digest>)>, AppError> {
    let plan = loaded.campaign.plan(&PlanOptions::default()).map_err(plan_error)?;
    let mut phases: BTreeMap<u16, Filling> = BTreeMap::new();
    for summary in plan.phases() {
        let Some(phase) = loaded.campaign.phases.get(usize::from(summary.index)) else { continue };
        let names: Vec<String> = phase.factors.iter().map(|f| f.name.to_string()).collect();
        // The first half down, the rest along: columns are read more easily, so they get the odd one.
        let (rows, columns) = names.split_at(names.len() / 2);
        let note = match &summary.chosen_when {
            Some(when) => Some(when.clone()),
            None => (summary.conditions > MOST_CELLS)
                .then(|| format!("{} conditions are too many for a heat map", summary.conditions)),
        };
        let levels = phase
            .factors
            .iter()
            .map(|f| (f.name.to_string(), f.levels.iter().map(ToString::to_string).collect()))
            .collect();
        let blank = GridPhase {
            name: summary.name.clone(),
            row_factors: rows.to_vec(),
            column_factors: columns.to_vec(),
            levels,
            cells: Vec::new(),
            note,
        };
        phases.insert(summary.index, (blank, Vec::new(), BTreeMap::new()));
    }
    for run in plan.iter() {
        for index in run.phases.iter() {
            let Some((phase, digests, seen)) = phases.get_mut(index) else { continue };
            if phase.note.is_some() {
                continue;
            }
            let digest = run.condition.digest;
            let at = *seen.entry(digest).or_insert_with(|| {
                let level = |name: &String| {
                    let value = run.condition.condition.get(name).map(ToString::to_string);
                    (name.clone(), value.unwrap_or_default())
                };
                phase.cells.push(ConditionCell {
                    key: digest.to_string(),
                    levels: phase.levels.keys().map(level).collect(),
                    planned: 0,
                    succeeded: 0,
                    failed: 0,
                    running: 0,
                    mean: None,
                    display: None,
                });
                digests.push(digest);
                digests.len() - 1
            });
            phase.cells[at].planned += 1;
        }
    }
    Ok(phases.into_values().map(|(phase, digests, _)| (phase, digests)).collect())
}

/// How far each condition is.
///
/// # Errors
/// No such campaign or metric.
pub async fn grid(app: &App, request: GridRequest) -> Result<GridReply, AppError> {
    let record = app.find(&request.campaign).await?;
    let store = app.store().await?;
    let revision = store.revision(record.id).await?.number;
    let skeleton = app.skeleton(&record.slug, revision).await?;
    let metric = match &request.metric {
        None => None,
        Some(id) => {
            let known = || skeleton.metrics.iter().map(|m| m.id.to_string()).collect::<Vec<_>>().join(", ");
            let found = skeleton.metrics.iter().find(|m| m.id.as_str() == id);
            Some(found.ok_or_else(|| {
                AppError::input("unknown_metric", format!("there is no metric '{id}'; expected one of {}", known()))
                    .field("metric")
            })?)
        }
    };
    let live = app.is_held(record.id).await?;
    let counts: BTreeMap<(String, Digest), ergon_store::CellCounts> = store
        .cell_counts(record.id, request.metric.as_deref())
        .await?
        .into_iter()
        .map(|c| ((c.phase.clone(), c.condition), c))
        .collect();
    let phases = skeleton.phases.iter().map(|(phase, digests)| {
        let mut phase = phase.clone();
        for (cell, digest) in phase.cells.iter_mut().zip(digests) {
            if let Some(c) = counts.get(&(phase.name.clone(), *digest)) {
                (cell.succeeded, cell.failed) = (c.succeeded, c.failed);
                cell.running = if live { c.running } else { 0 };
                cell.mean = c.mean;
                cell.display = c.mean.and_then(shown);
            }
        }
        phase
    });
    Ok(GridReply {
        phases: phases.collect(),
        metric: metric.map(|m| m.id.to_string()),
        title: metric.map(|m| m.title.to_string()),
        unit: metric.map(|m| m.unit.to_string()),
        direction: metric.map(|m| format!("{:?}", m.direction).to_lowercase()),
    })
}

/// A number as a reader sees it.
pub(crate) fn shown(x: f64) -> Option<String> {
    Shown::new(x, None, Digits::Uncertainty).map(|s| s.to_text(Grouping::Space))
}
