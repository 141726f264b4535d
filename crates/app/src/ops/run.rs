//! `run`: execute a campaign, or resume it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use ergon_design::PlanOptions;
use ergon_design::spec::Cooldown;
use ergon_domain::{CampaignState, EnergyMode, PlannedRun, RunKey, RunState};
use ergon_engine::{Event, Execution, Handle, Limits, PhaseOrder, Stopped};
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::campaign_log::CampaignLog;
use crate::energy::{EnergyTold, energy_mode};
use crate::error::AppError;
use crate::model_session::{self, Records};
use crate::ops::validate::{check_conditions, remarks, unenforced};
use crate::ops::{Selection, plan_error};
use crate::spec_source::LoadedSpec;

/// What to run.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ts_rs::TS)]
#[serde(default)]
pub struct RunRequest {
    /// Spec file, campaign id, ULID prefix or `latest`.
    pub target: String,
    /// `path=value` overrides.
    pub set: Vec<String>,
    /// What part of the plan.
    pub selection: Selection,
    /// Only the run with this key (or a prefix of it).
    pub only: Option<String>,
    /// Attempts at once.
    pub parallel: Option<usize>,
    /// Runs that failed are tried again.
    pub retry_failed: bool,
    /// Why the plan changed.
    pub amend: Option<String>,
    /// Answers come from recorded calls alone; nothing is sent.
    pub replay: bool,
    /// The store whose records are meant; without it the campaign's own.
    pub replay_from: Option<PathBuf>,
}

/// What the engine tells while running.
pub type RunEvent = Event;

/// What became of it.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct RunReply {
    /// Campaign id.
    pub campaign: String,
    /// Revision, from 1.
    pub revision: u32,
    /// Runs of the selected plan.
    pub runs: u64,
    /// Runs that have succeeded.
    pub succeeded: u64,
    /// Runs whose last attempt failed.
    pub failed: u64,
    /// Runs left out because a phase could not run.
    pub skipped: u64,
    /// Runs still to do.
    pub remaining: u64,
    /// Attempts of this session.
    pub attempts: u64,
    /// Seconds of this session.
    pub duration_s: f64,
    /// USD that this session's calls count against the budget, as in `status`: an aborted call at its worst case, one of
    /// unknown price and a simulated one as nothing.
    pub cost_usd: f64,
    /// Joules of this session; `None`: not known, and `energy_note` says why.
    pub energy_j: Option<f64>,
    /// `measured`, `derived`, `estimated` or `simulated`.
    pub energy_provenance: Option<String>,
    /// The estimator, or why there are no joules.
    pub energy_note: Option<String>,
    /// Seconds of worker time outside of runs.
    pub overhead_s: f64,
    /// Why it ended before its plan.
    pub stopped: Option<Stopped>,
    /// Where the events were logged.
    pub log: PathBuf,
    /// What is worth a look.
    pub warnings: Vec<String>,
}

impl RunReply {
    /// What two parts of one session came to: this one looked at the whole plan, the other worked before it.
    fn after(self, earlier: &Self) -> Self {
        Self {
            attempts: self.attempts + earlier.attempts,
            duration_s: self.duration_s + earlier.duration_s,
            cost_usd: self.cost_usd + earlier.cost_usd,
            overhead_s: self.overhead_s + earlier.overhead_s,
            energy_j: self.energy_j.zip(earlier.energy_j).map(|(a, b)| a + b),
            ..self
        }
    }
}

/// Runs a campaign, or resumes it, without a way to steer it but the store.
///
/// # Errors
/// See [`run_with`].
pub async fn run(app: &App, request: RunRequest, sink: &mut (dyn FnMut(Event) + Send)) -> Result<RunReply, AppError> {
    run_with(app, request, Handle::new(), sink).await
}

/// Runs a campaign, or resumes it; `handle` steers it from this process.
///
/// # Errors
/// Everything that is wrong with the spec; another engine holds the campaign; a changed plan whose finished runs need a
/// reason; the store could not be written.
pub async fn run_with(
    app: &App,
    request: RunRequest,
    handle: Handle,
    sink: &mut (dyn FnMut(Event) + Send),
) -> Result<RunReply, AppError> {
    let mut loaded = app.load(&request.target, &request.set).await?;
    let mut reply = run_once(app, &loaded, &request, handle.clone(), sink).await?;
    // Results can decide what a later phase runs. A part of the plan ends where it was asked to end.
    while reply.stopped.is_none() && request.selection.is_all() && request.only.is_none() {
        let open = loaded.open_phases();
        loaded = app.with_choices(loaded).await?;
        if loaded.open_phases() == open {
            break;
        }
        reply = run_once(app, &loaded, &request, handle.clone(), sink).await?.after(&reply);
    }
    if request.replay && reply.attempts == 0 && reply.stopped.is_none() {
        reply.warnings.push(nothing_replayed(app, &request, &reply));
    }
    Ok(reply)
}

/// A replay executes what has not ended: where all has, it checked nothing, and must not read as if it had.
fn nothing_replayed(app: &App, request: &RunRequest, reply: &RunReply) -> String {
    let records = request.replay_from.as_deref().unwrap_or(app.store_path());
    format!(
        "nothing was replayed: the {} runs have ended in this store already. To ask the records again, let a new store do it: \
         ergon --store NEW run SPEC --replay={}",
        reply.runs,
        records.display()
    )
}

/// Runs what is planned now.
async fn run_once(
    app: &App,
    loaded: &LoadedSpec,
    request: &RunRequest,
    handle: Handle,
    sink: &mut (dyn FnMut(Event) + Send),
) -> Result<RunReply, AppError> {
    let campaign = &loaded.campaign;
    let full = campaign.plan(&PlanOptions::default()).map_err(plan_error)?;
    check_conditions(loaded, &full)?;
    app.check_requirements(campaign)?;
    model_session::check(campaign, &loaded.models, request.replay)?;
    let from = request.replay_from.as_deref().map(|path| app.path(path)).transpose()?;
    let records = if request.replay { Some(Records::open(from.as_deref()).await?) } else { None };
    let mode = energy_mode(campaign);
    let parallel = match mode {
        EnergyMode::Exclusive => 1,
        _ => app.parallel(&campaign.spec.execution.parallel, request.parallel)?,
    };
    // Before anything is written: inputs that can't be used must not leave a campaign behind.
    let workload = loaded.prepare().await?;
    let remarks = remarks(workload.as_ref(), loaded, &full);
    // The limit is about what is still to do, so it is taken below.
    let part = Selection { limit: None, ..request.selection.clone() };
    let selected = if part.is_all() { full.clone() } else { campaign.plan(&part.options()?).map_err(plan_error)? };
    let registered = app.register_planned(loaded, &full, request.amend.as_deref()).await?;

    let log = Arc::new(CampaignLog::open(app.store_path(), &campaign.id));
    let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel();
    let events: ergon_engine::EventSink = {
        let log = log.clone();
        Arc::new(move |event: Event| {
            log.event(&event);
            let _ = sender.send(event);
        })
    };

    let hold = app.hold(&registered, loaded).await?;
    if !hold.interrupted.is_empty() {
        events(Event::Recovered { runs: hold.interrupted.clone() });
    }
    let only = request.only.as_deref().map(str::to_ascii_lowercase);
    let first = match request.selection.limit {
        Some(limit) => Some(first_to_do(app, registered.id, &selected, limit, request.retry_failed).await?),
        None => None,
    };
    let wanted = move |run: &PlannedRun| {
        only.as_ref().is_none_or(|prefix| run.key.to_string().starts_with(prefix))
            && first.as_ref().is_none_or(|keys| keys.contains(&run.key))
    };
    let rest = remaining(app, registered.id, &selected, campaign.phases.len(), &wanted, request.retry_failed).await;
    let refused = match (&rest, &request.only) {
        (Ok(rest), Some(prefix)) if rest.runs != 1 => Some(AppError::input(
            "no_such_run",
            format!("{} runs of the plan have an id that begins with '{prefix}'; expected exactly one", rest.runs),
        )),
        _ => None,
    };
    let rest = match (rest, refused) {
        (Ok(rest), None) => rest,
        (Err(error), _) | (Ok(_), Some(error)) => {
            app.release(&hold).await;
            return Err(error.field("only"));
        }
    };

    let models = match app.model_session(loaded, &registered, records).await {
        Ok(models) => models,
        Err(error) => {
            app.release(&hold).await;
            return Err(error);
        }
    };
    let held_s = match app.find(&campaign.id).await {
        Ok(record) => record.held_s,
        Err(error) => {
            app.release(&hold).await;
            return Err(error);
        }
    };
    let energy = app.energy_setup(campaign, registered.id).await;
    let spec = &campaign.spec.execution;
    let streams = campaign.clone();
    let execution = Execution {
        campaign: campaign.id.clone(),
        plan: Box::new(selected.iter().filter(move |run| wanted(run))),
        runs: rest.runs,
        runs_by_phase: rest.by_phase,
        known: rest.known,
        phases: campaign
            .phases
            .iter()
            .map(|p| PhaseOrder {
                name: p.name.clone(),
                depends_on: p.depends_on.iter().map(|d| usize::from(*d)).collect(),
            })
            .collect(),
        streams: Arc::new(move |run: &PlannedRun| streams.streams_for(run)),
        workload,
        models: Some(models.clone()),
        limit: campaign.manifest.limit,
        limits: Limits {
            parallel,
            timeout_s: Some(spec.timeout),
            retries: spec.retries,
            warmup: spec.warmup,
            rest: match spec.cooldown {
                Cooldown::Seconds(s) => ergon_engine::Rest::For(s),
                Cooldown::Until { until_within_c, at_most } => {
                    ergon_engine::Rest::UntilNear { within_c: until_within_c, at_most_s: at_most }
                }
            },
            budget_s: campaign.spec.budget.hours.map(|h| h * 3600.0),
            spent_s: held_s,
            retry_failed: request.retry_failed,
        },
        energy: energy.setup,
        log: hold.log.clone(),
        scratch: hold.scratch.clone(),
        marker: hold.marker.clone(),
        withheld: crate::models::key_variables(&loaded.models),
        events,
    };
    if let Err(error) = app.set_state(registered.id, CampaignState::Running, None).await {
        app.release(&hold).await;
        return Err(error);
    }
    let runtimes = app.runtimes();
    let task = {
        let (runtimes, handle) = (runtimes.clone(), handle.clone());
        let io = runtimes.io().clone();
        io.spawn(async move { ergon_engine::execute(execution, handle, &runtimes).await })
    };
    // The sink runs here, never on an engine thread: however slow a reader is, the engine doesn't wait for it.
    while let Some(event) = receiver.recv().await {
        sink(event);
    }
    let result = task.await.map_err(|e| AppError::operation("internal", e.to_string()))?;
    // The lease is held until every call is on disk.
    let spent = model_session::close(&models).await;
    let marked = mark(app, registered.id, &full, &result).await;
    app.release(&hold).await;
    let summary = result.map_err(|e| AppError::operation("run_failed", e.to_string()))?;
    marked?;
    let cost_usd = spent?;
    let told = summary.energy.0.as_ref().map(EnergyTold::of).unwrap_or_default();
    let mut warnings = loaded.workload.warnings();
    warnings.extend(unenforced(loaded));
    warnings.extend(remarks);
    if summary.succeeded == 0 && summary.failed > 0 {
        warnings.push(format!("every run failed, so nothing was measured: ergon status {} says why", campaign.id));
    }
    Ok(RunReply {
        campaign: campaign.id.clone(),
        revision: registered.revision,
        runs: summary.runs,
        succeeded: summary.succeeded,
        failed: summary.failed,
        skipped: summary.skipped,
        remaining: summary.remaining + if part.is_all() { full.runs_to_choose() } else { 0 },
        attempts: summary.attempts,
        duration_s: summary.duration_s,
        cost_usd,
        energy_j: told.joules,
        energy_provenance: told.provenance,
        energy_note: told.note.or(energy.note),
        overhead_s: summary.overhead_s,
        stopped: summary.stopped,
        log: log.path().to_path_buf(),
        warnings,
    })
}

/// Finished is a campaign whose every planned run has ended, whatever part of it this session was about. After another
/// engine took over, the state is that engine's to tell.
async fn mark(
    app: &App,
    campaign: i64,
    full: &ergon_design::Plan,
    result: &Result<ergon_engine::Summary, ergon_engine::EngineError>,
) -> Result<(), AppError> {
    if matches!(result, Err(ergon_engine::EngineError::Log(ergon_domain::RunLogError::LeaseLost { .. }))) {
        return Ok(());
    }
    let states = app.run_states(campaign).await?;
    let ended = |run: PlannedRun| {
        matches!(states.get(&run.key), Some((RunState::Succeeded | RunState::Failed | RunState::Cancelled, _)))
    };
    let skipped = result.as_ref().map_or(0, |s| s.skipped);
    let open = full.iter().filter(|run| !ended(run.clone())).take(1 + skipped as usize).count() as u64;
    let state = if result.is_ok() && open <= skipped && full.runs_to_choose() == 0 {
        CampaignState::Finished
    } else {
        CampaignState::Stopped
    };
    let why = result.as_ref().ok().and_then(|summary| summary.stopped_by.as_deref());
    app.set_state(campaign, state, why.filter(|_| state == CampaignState::Stopped)).await
}

struct Rest {
    runs: u64,
    by_phase: Vec<u64>,
    known: BTreeMap<RunKey, (RunState, u32)>,
}

/// Keys of the first runs of the plan that are still to do.
async fn first_to_do(
    app: &App,
    campaign: i64,
    plan: &ergon_design::Plan,
    limit: u64,
    retry_failed: bool,
) -> Result<BTreeSet<RunKey>, AppError> {
    let states = app.run_states(campaign).await?;
    let to_do = |run: &PlannedRun| !is_done(states.get(&run.key), retry_failed);
    Ok(plan.iter().filter(to_do).take(limit as usize).map(|run| run.key).collect())
}

fn is_done(state: Option<&(RunState, u32)>, retry_failed: bool) -> bool {
    match state {
        Some((RunState::Succeeded, _)) => true,
        Some((RunState::Failed, _)) => !retry_failed,
        _ => false,
    }
}

/// What of the plan has been done: one walk over it, and only where the store has runs of the campaign at all.
async fn remaining(
    app: &App,
    campaign: i64,
    plan: &ergon_design::Plan,
    phases: usize,
    wanted: &(dyn Fn(&PlannedRun) -> bool + Sync),
    retry_failed: bool,
) -> Result<Rest, AppError> {
    let all = app.run_states(campaign).await?;
    let mut rest = Rest { runs: 0, by_phase: vec![0; phases], known: BTreeMap::new() };
    for run in plan.iter().filter(|r| wanted(r)) {
        rest.runs += 1;
        let state = all.get(&run.key).copied();
        if let Some(known) = state {
            rest.known.insert(run.key, known);
        }
        let done = is_done(state.as_ref(), retry_failed);
        if !done && let Some(count) = run.phases.first().and_then(|p| rest.by_phase.get_mut(usize::from(*p))) {
            *count += 1;
        }
    }
    Ok(rest)
}
