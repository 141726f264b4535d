//! `follow`: how a running campaign stands, as it changes, at most ten times a second.

use std::collections::BTreeMap;
use std::time::Duration;

use ergon_domain::ModelMeter;
use ergon_engine::{Event, Progress};
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::error::AppError;
use crate::ops::{Acknowledged, RunReply, StatusReply};
use crate::select::utc;
use crate::session::{Background, Subscription};

/// Between two updates, at least.
const PAUSE: Duration = Duration::from_millis(100);
/// Between two looks into the store, for a campaign that another process runs.
const OUTSIDE: Duration = Duration::from_millis(500);

/// Which campaign.
#[derive(Clone, Debug, Deserialize, Serialize, ts_rs::TS)]
pub struct FollowRequest {
    /// Campaign id, ULID prefix or `latest`.
    pub campaign: String,
    /// A name of the subscriber's choice, to `unsubscribe` with.
    #[serde(default)]
    pub subscription: String,
}

/// A line of the log.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct FollowLine {
    /// When (UTC, RFC 3339).
    pub at: String,
    /// What happened.
    pub event: Event,
}

/// How it stands now.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct FollowUpdate {
    /// Campaign id.
    pub campaign: String,
    /// Whether it runs in this application; if not, there are no lines.
    pub here: bool,
    /// `running`, `paused`, `draining`; when it has ended, the campaign's state.
    pub state: String,
    /// Counts, rate and forecast, once there are any.
    pub progress: Option<Progress>,
    /// What the models were asked and what it came to, when `here` and there are any.
    pub models: Option<ModelMeter>,
    /// Failed attempts by class: of this session when `here`, else of all.
    pub failures: BTreeMap<String, u32>,
    /// What happened since the update before; with the first, what is still known.
    pub lines: Vec<FollowLine>,
    /// Set in the last update when it ended in this application.
    pub outcome: Option<FollowOutcome>,
}

/// How it ended.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FollowOutcome {
    /// With its plan, or because somebody stopped it.
    Ended(RunReply),
    /// With an error.
    Broke(AppError),
}

/// The campaign is no longer followed.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct FollowReply {
    /// Campaign id.
    pub campaign: String,
    /// Whether the campaign has ended (rather than the subscription).
    pub ended: bool,
}

/// Which stream to end.
#[derive(Clone, Debug, Deserialize, Serialize, ts_rs::TS)]
pub struct UnsubscribeRequest {
    /// The name given when it began.
    pub subscription: String,
}

/// Ends a stream. One that has ended already is no error.
///
/// # Errors
/// None.
pub async fn unsubscribe(app: &App, request: UnsubscribeRequest) -> Result<Acknowledged, AppError> {
    let was = app.session.subscriptions.end(&request.subscription);
    Ok(Acknowledged::that(if was { "ended" } else { "had ended before" }))
}

/// Streams how a campaign stands until it ends or the subscription does.
///
/// # Errors
/// No such campaign.
pub async fn follow(
    app: &App,
    request: FollowRequest,
    sink: &mut (dyn FnMut(FollowUpdate) + Send),
) -> Result<FollowReply, AppError> {
    let campaign = app.find(&request.campaign).await?.slug;
    let subscription = app.session.subscriptions.begin(&request.subscription);
    let ended = match app.background_of(&campaign) {
        Some(background) => follow_here(&campaign, &background, &subscription, sink).await,
        None => follow_outside(app, &campaign, &subscription, sink).await?,
    };
    Ok(FollowReply { campaign, ended })
}

async fn follow_here(
    campaign: &str,
    background: &Background,
    subscription: &Subscription,
    sink: &mut (dyn FnMut(FollowUpdate) + Send),
) -> bool {
    let (mut seen, mut lines) = (None, 0);
    while !subscription.ended() {
        let update = {
            let live = background.live();
            (seen != Some(live.version)).then(|| {
                seen = Some(live.version);
                let new = (live.lines_total - lines).min(live.lines.len() as u64) as usize;
                lines = live.lines_total;
                let outcome = live.outcome.as_ref().map(|outcome| match outcome {
                    Ok(reply) => FollowOutcome::Ended(reply.clone()),
                    Err(error) => FollowOutcome::Broke(error.clone()),
                });
                FollowUpdate {
                    campaign: campaign.to_owned(),
                    here: true,
                    state: match &live.outcome {
                        None => live.state,
                        Some(Ok(reply)) if reply.remaining == 0 => "finished",
                        Some(_) => "stopped",
                    }
                    .into(),
                    progress: live.progress.clone(),
                    models: live.models.clone(),
                    failures: live.failures.iter().map(|(class, n)| (class.clone(), *n as u32)).collect(),
                    lines: live
                        .lines
                        .iter()
                        .skip(live.lines.len() - new)
                        .map(|line| FollowLine { at: utc(line.at_us), event: line.event.clone() })
                        .collect(),
                    outcome,
                }
            })
        };
        if let Some(update) = update {
            let over = update.outcome.is_some();
            sink(update);
            if over {
                return true;
            }
        }
        tokio::time::sleep(PAUSE).await;
    }
    false
}

async fn follow_outside(
    app: &App,
    campaign: &str,
    subscription: &Subscription,
    sink: &mut (dyn FnMut(FollowUpdate) + Send),
) -> Result<bool, AppError> {
    let mut watch = app.store().await?.watch().await?;
    let mut first = true;
    while !subscription.ended() {
        if std::mem::take(&mut first) || watch.changed().await? {
            let status = app.standing(campaign).await?;
            let live = status.live;
            sink(seen_from_outside(status));
            if !live {
                watch.close().await;
                return Ok(true);
            }
        }
        tokio::time::sleep(OUTSIDE).await;
    }
    watch.close().await;
    Ok(false)
}

fn seen_from_outside(status: StatusReply) -> FollowUpdate {
    FollowUpdate {
        progress: Some(Progress {
            runs: status.runs,
            succeeded: status.runs_completed,
            failed: status.runs_failed,
            running: status.runs_running,
            skipped: 0,
            throughput_per_hour: status.throughput_per_hour,
            eta_s: status.eta_s,
            eta_lo_s: status.eta_lo_s,
            eta_hi_s: status.eta_hi_s,
        }),
        models: None,
        campaign: status.campaign,
        here: false,
        state: status.state,
        failures: status.failures.into_iter().map(|(class, n)| (class, n as u32)).collect(),
        lines: Vec::new(),
        outcome: None,
    }
}
