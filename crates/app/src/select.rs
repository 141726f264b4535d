//! The stored runs of a campaign in the order of its current plan: what results and analyses are made from.

use std::collections::BTreeMap;
use std::sync::Arc;

use ergon_analysis::MissingRuns;
use ergon_design::PlanOptions;
use ergon_design::plan::PhaseSummary;
use ergon_domain::{
    Digest, FailureClass, Measurement, Metric, ParameterName, PlannedCondition, PlannedRun, RunKey, RunState,
};
use ergon_store::{CampaignRecord, RunRecord, RunTable};

use crate::app::App;
use crate::error::AppError;
use crate::ops::plan_error;
use crate::spec_source::LoadedSpec;

/// A run of the plan that succeeded, with one cell per metric.
pub(crate) struct StoredRun {
    pub(crate) run: PlannedRun,
    pub(crate) attempts: u32,
    pub(crate) duration_s: Option<f64>,
    pub(crate) cpu_s: Option<f64>,
    pub(crate) started_utc: Option<String>,
    pub(crate) cells: Vec<Option<Measurement>>,
    /// What its last attempt took, aligned with [`StoredRuns::resources`].
    pub(crate) resources: Vec<Option<Measurement>>,
    /// The block whose energy it shares with others.
    pub(crate) block: Option<EnergyBlock>,
}

/// A block of runs and its energy.
#[derive(Clone, Debug)]
pub(crate) struct EnergyBlock {
    /// Number within the campaign, from 0.
    pub(crate) number: usize,
    /// Attempts that ended in it.
    pub(crate) attempts: u64,
    /// Its energy; `None` while it is open.
    pub(crate) energy: Option<Measurement>,
}

/// All of them.
pub(crate) struct StoredRuns {
    /// Metrics in the manifest's order.
    pub(crate) metrics: Vec<Metric>,
    /// What attempts took of the machine: everything that any run says something about.
    pub(crate) resources: Vec<Metric>,
    /// Factors that some phase varies.
    pub(crate) factors: Vec<ParameterName>,
    /// Phase names by position.
    pub(crate) phases: Vec<String>,
    /// Runs in the plan.
    pub(crate) planned: u64,
    pub(crate) plan_hash: Digest,
    pub(crate) phase_summaries: Vec<PhaseSummary>,
    /// Runs of the plan that succeeded, in plan order.
    pub(crate) runs: Vec<StoredRun>,
    /// Finished runs that a later revision dropped from the plan, in the order they first ran.
    pub(crate) out_of_plan: Vec<StoredRun>,
    /// Runs of the plan without a result, one entry per state, class, condition and phases.
    pub(crate) unfinished: Vec<MissingRuns>,
}

impl StoredRuns {
    pub(crate) fn phases_of(&self, run: &StoredRun) -> Vec<String> {
        run.run.phases.iter().filter_map(|p| self.phases.get(usize::from(*p)).cloned()).collect()
    }
}

/// UTC microseconds as RFC 3339 text, to the second.
pub(crate) fn utc(us: i64) -> String {
    use time::format_description::well_known::Rfc3339;
    time::OffsetDateTime::from_unix_timestamp(us.div_euclid(1_000_000))
        .ok()
        .and_then(|t| t.format(&Rfc3339).ok())
        .unwrap_or_default()
}

/// UTC microseconds as RFC 3339 text, to the millisecond.
pub(crate) fn utc_millis(us: i64) -> String {
    let second = utc(us);
    second.strip_suffix('Z').map_or_else(String::new, |t| format!("{t}.{:03}Z", us.rem_euclid(1_000_000) / 1000))
}

impl App {
    /// The runs of a campaign that succeeded, in the order of the plan in force.
    pub(crate) async fn stored_runs(&self, selector: &str) -> Result<StoredRuns, AppError> {
        let record = self.find(selector).await?;
        let loaded = self.load_stored(&record).await?;
        self.stored_runs_of(&record, &loaded).await
    }

    pub(crate) async fn stored_runs_of(
        &self,
        record: &CampaignRecord,
        loaded: &LoadedSpec,
    ) -> Result<StoredRuns, AppError> {
        let campaign = &loaded.campaign;
        let plan = campaign.plan(&PlanOptions::default()).map_err(plan_error)?;
        let table = self.store().await?.run_table(record.id).await?;
        let by_key: BTreeMap<RunKey, usize> = table.runs.iter().enumerate().map(|(i, r)| (r.key, i)).collect();
        let metrics = campaign.manifest.metrics.clone();
        let columns: Vec<_> = metrics.iter().map(|m| table.columns.get(&m.id)).collect();
        let mut runs = Vec::new();
        let failed = self.store().await?.failed_runs(record.id).await?;
        let class: BTreeMap<RunKey, FailureClass> =
            failed.into_iter().filter_map(|f| Some((f.key, f.class.parse().ok()?))).collect();
        let mut unfinished: BTreeMap<_, MissingRuns> = BTreeMap::new();
        for run in plan.iter() {
            let stored = by_key.get(&run.key).map(|i| (*i, &table.runs[*i]));
            match stored {
                Some((at, row)) if row.state == RunState::Succeeded => runs.push(stored_run(row, at, &columns, run)),
                other => {
                    let state = other.map_or(RunState::Planned, |(_, row)| row.state);
                    let class = class.get(&run.key).copied();
                    let kind = (state, class, run.condition.digest, run.phases.clone());
                    let missing = unfinished.entry(kind).or_insert_with(|| MissingRuns {
                        state,
                        class,
                        condition: Some(run.condition.clone()),
                        phases: run.phases.clone(),
                        count: 0,
                    });
                    missing.count += 1;
                }
            }
        }
        let mut unfinished: Vec<MissingRuns> = unfinished.into_values().collect();
        unfinished.extend(plan.phases().iter().filter(|p| p.chosen_when.is_some() && p.runs > 0).map(|p| {
            MissingRuns {
                state: RunState::Planned,
                class: None,
                condition: None,
                phases: Arc::from([p.index]),
                count: p.runs,
            }
        }));
        let mut out_of_plan = dropped(&table, &columns);
        let resources = self.with_resources(record.id, &mut runs, &mut out_of_plan).await?;
        Ok(StoredRuns {
            out_of_plan,
            metrics,
            resources,
            factors: campaign.factors.iter().map(|f| f.name.clone()).collect(),
            phases: campaign.phases.iter().map(|p| p.name.clone()).collect(),
            planned: plan.runs() + plan.runs_to_choose(),
            plan_hash: plan.plan_hash(),
            phase_summaries: plan.phases().to_vec(),
            runs,
            unfinished,
        })
    }
}

type Column = Vec<Option<Measurement>>;

fn stored_run(row: &RunRecord, at: usize, columns: &[Option<&Column>], run: PlannedRun) -> StoredRun {
    StoredRun {
        attempts: row.attempts,
        duration_s: row.duration_s,
        cpu_s: row.cpu_s,
        started_utc: row.started_us.map(utc),
        resources: Vec::new(),
        block: None,
        cells: columns.iter().map(|c| c.and_then(|c| c[at].clone())).collect(),
        run,
    }
}

fn dropped(table: &RunTable, columns: &[Option<&Column>]) -> Vec<StoredRun> {
    let out = table.runs.iter().enumerate().filter(|(_, r)| !r.in_plan && r.state == RunState::Succeeded);
    out.map(|(at, row)| {
        let condition = table.conditions.get(&row.condition).cloned().unwrap_or_default();
        let digest = condition.digest();
        let run = PlannedRun {
            index: u64::MAX,
            key: row.key,
            condition: Arc::new(PlannedCondition { condition, digest }),
            replicate: row.replicate,
            phases: Arc::from([]),
        };
        stored_run(row, at, columns, run)
    })
    .collect()
}
