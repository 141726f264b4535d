//! How a campaign measures energy, and what is told of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ergon_design::spec::{Cooldown, EnergyMode as Written};
use ergon_design::{Campaign, Plan};
use ergon_domain::{
    EnergyMode, EnergyWindow, EnergyWindowKind, Measurement, Metric, MetricId, Observed, Provenance, RUN_ENERGY,
};
use ergon_energy::{HostState, Roots, host_conditions, resource_metrics, span_metrics};
use ergon_engine::EnergySetup;
use ergon_store::EnergySessionRecord;

use crate::app::App;
use crate::error::AppError;
use crate::ops::ForecastRange;
use crate::select::{EnergyBlock, StoredRun, StoredRuns};

/// The spec's mode, else the workload's.
pub(crate) fn energy_mode(campaign: &Campaign) -> EnergyMode {
    match campaign.spec.execution.energy {
        None => campaign.manifest.energy_mode(),
        Some(Written::Off) => EnergyMode::Off,
        Some(Written::Campaign) => EnergyMode::Campaign,
        Some(Written::Concurrent) => EnergyMode::Concurrent,
        Some(Written::Exclusive) => EnergyMode::Exclusive,
    }
}

/// What the engine gets, or why it gets nothing.
pub(crate) struct EnergyPlan {
    pub(crate) setup: Option<EnergySetup>,
    pub(crate) note: Option<String>,
}

/// Joules as told to people.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct EnergyTold {
    pub(crate) joules: Option<f64>,
    pub(crate) provenance: Option<String>,
    pub(crate) note: Option<String>,
}

impl EnergyTold {
    pub(crate) fn of(m: &Measurement) -> Self {
        let source = m.provenance.source().map(str::to_owned);
        let (joules, note) = match &m.observed {
            Observed::Value(joules) => (Some(*joules), source),
            Observed::Unavailable(why) | Observed::Undefined(why) => (None, Some(why.to_string())),
            Observed::Censored { .. } => (None, source),
        };
        Self { joules, provenance: Some(m.provenance.name().to_owned()), note }
    }

    /// Of all sessions of a campaign: withheld where one of them is, as weak as the weakest.
    pub(crate) fn of_sessions(sessions: &[EnergySessionRecord]) -> Self {
        let energies: Vec<&Measurement> =
            sessions.iter().flat_map(whole_of).filter_map(|w| energy_of(&w.measurements)).collect();
        let Some(weakest) = energies.iter().max_by(|a, b| a.provenance.cmp(&b.provenance)) else {
            return Self::default();
        };
        let joules: Option<f64> = energies.iter().map(|m| value(m)).sum();
        let withheld = energies.iter().find(|m| value(m).is_none());
        let told = Self { joules, ..Self::of(withheld.unwrap_or(weakest)) };
        let open = sessions.iter().filter(|s| s.windows.iter().all(|w| w.kind != EnergyWindowKind::Session)).count();
        if open == 0 {
            return told;
        }
        let missing = format!("{open} sessions run or were killed: of each up to 10 s at its end are missing");
        Self { note: Some(told.note.map_or(missing.clone(), |note| format!("{note}; {missing}"))), ..told }
    }
}

/// The window of a whole session; of one that runs or was killed, what it had written down, else its blocks so far.
pub(crate) fn whole_of(session: &EnergySessionRecord) -> Vec<&EnergyWindow> {
    let of = |kind| session.windows.iter().filter(move |w| w.kind == kind).collect::<Vec<_>>();
    let kinds = [EnergyWindowKind::Session, EnergyWindowKind::SoFar, EnergyWindowKind::Block];
    kinds.into_iter().map(of).find(|windows| !windows.is_empty()).unwrap_or_default()
}

pub(crate) fn energy_of(measurements: &[Measurement]) -> Option<&Measurement> {
    measurements.iter().find(|m| m.metric.as_str() == "energy_j")
}

pub(crate) fn value(m: &Measurement) -> Option<f64> {
    match m.observed {
        Observed::Value(x) => Some(x),
        _ => None,
    }
}

/// What a spec asks of energy that this machine can't give as asked.
pub(crate) fn warnings(campaign: &Campaign, app: &App) -> Vec<String> {
    let execution = &campaign.spec.execution;
    let mut said = Vec::new();
    let roots = Roots::from_environment();
    if matches!(execution.cooldown, Cooldown::Until { .. }) && HostState::read(&roots).temperature_c.is_none() {
        said.push("no processor temperature is shown here: execution.cooldown waits at_most seconds each time".into());
    }
    let per_run = matches!(energy_mode(campaign), EnergyMode::Concurrent | EnergyMode::Exclusive);
    let asked = execution.energy.is_some() && per_run || campaign.spec.budget.energy_j.is_some();
    if asked && app.sensors().meter.channels().iter().all(|c| matches!(c.provenance, Provenance::Estimated(_))) {
        said.push(
            "nothing here measures energy: joules are estimated from CPU time (ergon energy sensors says why)".into(),
        );
    }
    if energy_mode(campaign) == EnergyMode::Off && campaign.spec.budget.energy_j.is_some() {
        said.push("budget.energy_j has no effect: execution.energy is off".into());
    }
    said
}

impl App {
    /// Energy for an execution of a campaign.
    pub(crate) async fn energy_setup(&self, campaign: &Campaign, row: i64) -> EnergyPlan {
        let mode = energy_mode(campaign);
        if mode == EnergyMode::Off {
            return EnergyPlan { setup: None, note: Some("execution.energy is off".into()) };
        }
        let app = self.clone();
        // Counters are watched for a moment, off the threads that serve others.
        let Ok(sensors) = tokio::task::spawn_blocking(move || app.sensors()).await else {
            return EnergyPlan { setup: None, note: Some("the sensors could not be looked for".into()) };
        };
        if sensors.meter.channels().is_empty() {
            let why: Vec<String> = sensors.unavailable.iter().map(|u| format!("{}: {}", u.what, u.why)).collect();
            return EnergyPlan { setup: None, note: Some(format!("nothing here can be read. {}", why.join("; "))) };
        }
        let budget_j = campaign.spec.budget.energy_j;
        let spent_j = match budget_j {
            Some(_) => self.energy_spent(row).await.joules.unwrap_or(0.0),
            None => 0.0,
        };
        let channels: Vec<_> = sensors
            .meter
            .channels()
            .iter()
            .map(|c| serde_json::json!({ "domain": c.domain.to_string(), "place": c.place, "provenance": c.provenance.to_string(), "update_s": c.update_s }))
            .collect();
        let conditions = host_conditions(&Roots::from_environment());
        let described = serde_json::json!({
            "channels": channels,
            "unavailable": sensors.unavailable,
            "conditions": conditions,
        });
        let setup = EnergySetup {
            mode,
            meter: Arc::clone(&sensors.meter),
            roots: Roots::from_environment(),
            sensors: described.to_string(),
            baseline_s: campaign.spec.execution.energy_baseline,
            budget_j,
            spent_j,
            lock_folder: std::env::temp_dir(),
        };
        EnergyPlan { setup: Some(setup), note: None }
    }

    /// Puts to runs what their last attempts took; answers the resources that any of them says something about.
    pub(crate) async fn with_resources(
        &self,
        campaign: i64,
        runs: &mut [StoredRun],
        more: &mut [StoredRun],
    ) -> Result<Vec<Metric>, AppError> {
        let store = self.store().await?;
        let taken = store.resources(campaign).await?;
        if taken.is_empty() {
            return Ok(Vec::new());
        }
        let named: BTreeSet<&MetricId> = taken.values().flat_map(|r| &r.measurements).map(|m| &m.metric).collect();
        let spans: Vec<Metric> = named.iter().flat_map(|name| span_metrics(name.as_str())).collect();
        let metrics: Vec<Metric> =
            resource_metrics().into_iter().chain(spans).filter(|m| named.contains(&m.id)).collect();
        let sessions = store.energy_sessions(campaign).await?;
        let windows = sessions.iter().flat_map(|s| s.windows.iter().map(move |w| ((s.id, w.number), w)));
        let blocks: BTreeMap<_, _> = windows
            .filter(|(_, w)| w.kind == EnergyWindowKind::Block)
            .enumerate()
            .map(|(n, (at, w))| (at, (n, w)))
            .collect();
        for run in runs.iter_mut().chain(more) {
            let Some(found) = taken.get(&run.run.key) else { continue };
            run.resources =
                metrics.iter().map(|m| found.measurements.iter().find(|have| have.metric == m.id).cloned()).collect();
            run.block = found.block.map(|at| match blocks.get(&at) {
                Some((number, window)) => EnergyBlock {
                    number: *number,
                    attempts: window.attempts,
                    energy: energy_of(&window.measurements).cloned(),
                },
                // Its session was killed, or still runs.
                None => EnergyBlock { number: blocks.len(), attempts: 0, energy: None },
            });
        }
        Ok(metrics)
    }

    /// What all sessions of a campaign took.
    pub(crate) async fn energy_spent(&self, campaign: i64) -> EnergyTold {
        let Ok(store) = self.store().await else { return EnergyTold::default() };
        let sessions = store.energy_sessions(campaign).await.unwrap_or_default();
        EnergyTold::of_sessions(&sessions)
    }

    /// Joules a plan will take, from what runs of the campaign have taken.
    pub(crate) async fn earlier_energy(&self, campaign: &Campaign, plan: &Plan) -> ForecastRange {
        let unknown = || {
            ForecastRange::unknown("no energy of this campaign is in the store yet; run a few with --limit to get one")
        };
        // A look must not make a store.
        if !self.store_path().exists() {
            return unknown();
        }
        let Ok(store) = self.store().await else { return unknown() };
        let Ok(record) = store.campaign(&campaign.id).await else { return unknown() };
        let sessions = store.energy_sessions(record.id).await.unwrap_or_default();
        let windows = sessions.iter().flat_map(whole_of);
        let (mut joules, mut bounds, mut attempts, mut provenance) = (0.0, (0.0, 0.0), 0, Provenance::Measured);
        for window in windows {
            let Some(m) = energy_of(&window.measurements) else { continue };
            if let (Some(x), Some(lo), Some(hi)) = (value(m), m.lo, m.hi) {
                joules += x;
                bounds = (bounds.0 + lo, bounds.1 + hi);
                attempts += window.attempts;
                provenance = provenance.max(m.provenance.clone());
            }
        }
        if attempts == 0 {
            return unknown();
        }
        let scale = (plan.runs() + plan.runs_to_choose()) as f64 / attempts as f64;
        ForecastRange {
            lo: Some(bounds.0 * scale),
            value: Some(joules * scale),
            hi: Some(bounds.1 * scale),
            why: format!("from {attempts} attempts of {} in this store, {provenance}", record.slug),
        }
    }
}

/// Whether analyses may ask about a resource: the run's energy, and that of its spans.
fn is_compared(name: &str) -> bool {
    RUN_ENERGY.contains(&name) || name.starts_with("span_")
}

/// Adds the energy of runs to their metrics, as far as runs can be compared by it: shares of runs that overlapped rank
/// nobody, and estimates are not compared with measurements (ENERGY.md \"Attribution\"). What is left out says why;
/// `with_reasons`: also where no run has a number, so that a question about energy is answered by the reason.
pub(crate) fn compare_what_is_comparable(stored: &mut StoredRuns, with_reasons: bool) {
    for at in 0..stored.resources.len() {
        if !stored.resources.get(at).is_some_and(|m| is_compared(m.id.as_str())) {
            continue;
        }
        let cell = |run: &StoredRun| run.resources.get(at).cloned().flatten();
        let known = |m: &Measurement| value(m).is_some() && !m.flags.0.contains("concurrent");
        let measured = stored
            .runs
            .iter()
            .filter_map(cell)
            .any(|m| known(&m) && !matches!(m.provenance, Provenance::Estimated(_) | Provenance::Simulated));
        if !with_reasons && !stored.runs.iter().filter_map(cell).any(|m| known(&m)) {
            continue;
        }
        stored.metrics.push(stored.resources[at].clone());
        for run in &mut stored.runs {
            let kept = cell(run).map(|mut m| {
                if m.flags.0.contains("concurrent") {
                    let why =
                        "runs overlapped: what is split by CPU time ranks nobody; use execution.energy: exclusive";
                    m.observed = Observed::Unavailable(why.into());
                } else if measured && matches!(m.provenance, Provenance::Estimated(_)) {
                    let why = "estimated, while other runs were measured: the two are not compared";
                    m.observed = Observed::Unavailable(why.into());
                }
                m
            });
            run.cells.push(kept);
        }
    }
}
