//! How campaigns stand, and steering them through the store.

use ergon_domain::{CampaignState, ControlCommand, RunState};
use ergon_engine::ProgressMeter;
use ergon_store::CampaignFilter;

use crate::app::{App, is_alive, now_us};
use crate::error::AppError;
use crate::ops::{Acknowledged, CampaignRow, FailedRun, ListRequest, QueueRequest, SqlReply, StatusReply};
use crate::select::utc;

/// What a campaign is said to be: one whose engine has died is not running, whatever the record says.
fn shown_state(state: CampaignState, live: bool) -> &'static str {
    if state == CampaignState::Running && !live { CampaignState::Stopped.name() } else { state.name() }
}

impl App {
    /// Whether a living engine holds a campaign.
    pub(crate) async fn is_held(&self, campaign: i64) -> Result<bool, AppError> {
        Ok(self.store().await?.holder(campaign).await?.is_some_and(|e| is_alive(&e).unwrap_or(true)))
    }

    pub(crate) async fn standing(&self, selector: &str) -> Result<StatusReply, AppError> {
        let record = self.find(selector).await?;
        let store = self.store().await?;
        let revision = store.revision(record.id).await?;
        let live = self.is_held(record.id).await?;
        let counts = store.run_counts(record.id).await?;
        let count = |wanted: RunState, in_plan: bool| {
            counts.iter().filter(|(s, p, _)| (*s, *p) == (wanted, in_plan)).map(|(_, _, n)| n).sum::<u64>()
        };
        let (succeeded, failed) = (count(RunState::Succeeded, true), count(RunState::Failed, true));
        let attempts = store.attempt_counts(record.id).await?;
        let ended = succeeded + failed;
        let left = revision.runs.saturating_sub(ended);
        let durations = store.durations(record.id, 1000).await?;
        // The engine's own forecast stays in its process; from outside the same rule is applied to what is stored.
        let parallel = attempts.running.max(1) as usize;
        let mut meter = ProgressMeter::new(vec![left + durations.len() as u64], parallel, 0.0);
        durations.iter().for_each(|(d, _)| meter.ended(0, *d, 0.0));
        let eta = if live && left > 0 { meter.eta_s() } else { None };
        let newest = durations.first().map_or(0, |d| d.1);
        let recent: Vec<i64> = durations.iter().map(|d| d.1).filter(|t| newest - t <= 60_000_000).collect();
        let span_s = recent.last().map_or(0.0, |oldest| (newest - oldest) as f64 * 1e-6);
        let energy = self.energy_spent(record.id).await;
        let spent = store.model_spend(record.id).await?;
        Ok(StatusReply {
            campaign: record.slug,
            title: record.title,
            state: shown_state(record.state, live).into(),
            stopped_by: record.stopped_by.filter(|_| !live),
            live,
            revision: revision.number,
            runs: revision.runs,
            progress: if revision.runs == 0 { 0.0 } else { ended as f64 / revision.runs as f64 },
            eta_s: eta.map(|e| e.0),
            eta_lo_s: eta.map(|e| e.1),
            eta_hi_s: eta.map(|e| e.2),
            runs_completed: succeeded,
            runs_failed: failed,
            runs_running: if live { attempts.running } else { 0 },
            runs_out_of_plan: count(RunState::Succeeded, false) + count(RunState::Failed, false),
            failed_runs: store
                .failed_runs(record.id)
                .await?
                .into_iter()
                .map(|f| FailedRun { run_id: f.key, class: f.class, message: f.message, attempts: f.attempts })
                .collect(),
            failures: attempts.failed,
            api_calls: spent.calls,
            total_cost_usd: spent.charged_usd,
            energy_j: energy.joules,
            energy_provenance: energy.provenance,
            energy_note: energy.note,
            success_rate: (ended > 0).then(|| succeeded as f64 / ended as f64),
            throughput_per_hour: (span_s > 0.0).then(|| (recent.len() - 1) as f64 / span_s * 3600.0),
        })
    }

    pub(crate) async fn campaigns(&self, request: &ListRequest) -> Result<Vec<CampaignRow>, AppError> {
        let state = request
            .status
            .as_ref()
            .map(|s| {
                s.parse::<CampaignState>().map_err(|()| {
                    let known: Vec<&str> = CampaignState::ALL.iter().map(|s| s.name()).collect();
                    AppError::input("unknown_state", format!("'{s}' is no state; expected one of {}", known.join(", ")))
                        .field("status")
                })
            })
            .transpose()?;
        let filter = CampaignFilter { state, tag: request.tag.clone() };
        let store = self.store().await?;
        let found = store.campaigns(&filter).await?;
        let mut rows = Vec::with_capacity(found.len());
        for s in found {
            let live = match s.campaign.state {
                CampaignState::Running | CampaignState::Paused => {
                    store.holder(s.campaign.id).await?.is_some_and(|e| is_alive(&e).unwrap_or(true))
                }
                _ => false,
            };
            rows.push(CampaignRow {
                campaign: s.campaign.slug,
                ulid: s.campaign.ulid,
                title: s.campaign.title,
                workload: s.campaign.workload,
                state: shown_state(s.campaign.state, live).into(),
                tags: s.campaign.tags,
                runs: s.runs,
                succeeded: s.succeeded,
                failed: s.failed,
                created: utc(s.campaign.created_us),
                opened: utc(s.opened_us),
                archived: s.archived,
                priority: s.campaign.priority,
            });
        }
        Ok(rows)
    }

    pub(crate) async fn steer(&self, selector: &str, command: ControlCommand) -> Result<Acknowledged, AppError> {
        let record = self.find(selector).await?;
        let store = self.store().await?;
        let live = self.is_held(record.id).await?;
        let name = &record.slug;
        if live {
            store.ask(record.id, command, now_us()).await?;
            return Ok(Acknowledged::that(match command {
                ControlCommand::Pause => format!("{name}: asked to start no new runs; those executing end"),
                ControlCommand::Resume => format!("{name}: asked to start runs again"),
                ControlCommand::Stop => format!("{name}: asked to stop once the executing runs have ended"),
                ControlCommand::Retry => format!("{name}: asked to try failed runs again"),
            }));
        }
        match command {
            ControlCommand::Retry => {
                let queued = store.requeue_failed(record.id).await?;
                Ok(Acknowledged::that(format!("{name}: {queued} failed runs queued; start with: ergon run {name}")))
            }
            ControlCommand::Pause if record.state == CampaignState::Queued => {
                store.set_state(record.id, CampaignState::Paused, None, now_us()).await?;
                Ok(Acknowledged::that(format!("{name}: taken out of the queue")))
            }
            ControlCommand::Resume if record.state == CampaignState::Paused => {
                store.set_state(record.id, CampaignState::Queued, None, now_us()).await?;
                Ok(Acknowledged::that(format!("{name}: back in the queue; start with: ergon run --queue")))
            }
            _ => Err(AppError::operation(
                "not_running",
                format!(
                    "no engine holds {name}, so there is nothing to {}; start it with: ergon run {name}",
                    command.name()
                ),
            )),
        }
    }

    pub(crate) async fn enqueue(&self, request: &QueueRequest) -> Result<Acknowledged, AppError> {
        if let Some(path) = self.spec_file(&request.campaign) {
            let loaded = self.with_choices(crate::LoadedSpec::from_file(&path, &[])?).await?;
            self.register(&loaded, None).await?;
        }
        let record = self.find(&request.campaign).await?;
        let store = self.store().await?;
        let depends_on = match &request.depends_on {
            None => None,
            Some(other) => {
                let other = self.find(other).await?;
                if other.id == record.id {
                    return Err(AppError::input("circular", "a campaign can't wait for itself").field("depends_on"));
                }
                Some(other.id)
            }
        };
        if store.holder(record.id).await?.is_some_and(|e| is_alive(&e).unwrap_or(true)) {
            return Err(AppError::operation("campaign_held", format!("{} is running already", record.slug)));
        }
        store.enqueue(record.id, request.priority, depends_on).await?;
        Ok(Acknowledged::that(format!("{} is queued; run the queue with: ergon run --queue", record.slug)))
    }

    pub(crate) async fn sql(&self, query: &str) -> Result<SqlReply, AppError> {
        let rows = self.store().await?.query(query).await?;
        Ok(SqlReply { columns: rows.columns, rows: rows.rows })
    }

    pub(crate) async fn store_health(&self) -> Result<String, AppError> {
        if !self.store_path().exists() {
            return Ok(format!("{} will be made when first needed", self.store_path().display()));
        }
        let wrong = self.store().await?.integrity().await?;
        if wrong.is_empty() {
            Ok(format!("{} is sound", self.store_path().display()))
        } else {
            Err(AppError::operation("store_damaged", wrong.join("; ")))
        }
    }
}
