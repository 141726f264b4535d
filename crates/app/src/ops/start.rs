//! `start`, `running`, `halt`: campaigns that run while somebody looks elsewhere.

use std::sync::Arc;

use ergon_engine::{Event, Handle, Stopped};
use serde::{Deserialize, Serialize};

use crate::app::{App, now_us};
use crate::error::AppError;
use crate::ops::{Acknowledged, CampaignRequest, RunRequest, run_with};
use crate::select::utc;
use crate::session::Background;

/// A campaign that was started.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct StartReply {
    /// Campaign id.
    pub campaign: String,
}

/// Nothing to ask.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize, ts_rs::TS)]
pub struct RunningRequest {}

/// A campaign that runs in this application.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct RunningCampaign {
    /// Campaign id.
    pub campaign: String,
    /// Since when (UTC, RFC 3339).
    pub since: String,
    /// `running`, `paused` or `draining`.
    pub state: String,
}

/// The campaigns that run in this application.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct RunningReply {
    /// By id.
    pub campaigns: Vec<RunningCampaign>,
}

impl App {
    /// Campaigns that run in this application.
    pub fn running_campaigns(&self) -> Vec<RunningCampaign> {
        let all = self.session.background();
        all.iter()
            .filter(|(_, b)| !b.is_over())
            .map(|(campaign, b)| RunningCampaign {
                campaign: campaign.clone(),
                since: utc(b.since_us),
                state: b.live().state.into(),
            })
            .collect()
    }

    /// Cancels the executing runs of every campaign that runs here; they run again on resume.
    pub fn halt_all(&self) {
        for background in self.session.background().values().filter(|b| !b.is_over()) {
            background.handle.stop_now();
        }
    }

    pub(crate) fn background_of(&self, campaign: &str) -> Option<Arc<Background>> {
        self.session.background().get(campaign).cloned()
    }

    fn tell_end(&self, campaign: &str, background: &Background) {
        let Some(host) = self.session.host.get() else { return };
        let (title, text) = match &background.live().outcome {
            None => return,
            Some(Err(e)) => (format!("{campaign} broke off"), e.message.clone()),
            Some(Ok(r)) if r.stopped == Some(Stopped::Budget) => {
                let text = format!(
                    "A budget is used up; {} of {} runs are left. Raise it and start again.",
                    r.remaining, r.runs
                );
                (format!("{campaign} stopped"), text)
            }
            Some(Ok(r)) if r.remaining > 0 => {
                (format!("{campaign} stopped"), format!("{} of {} runs are left.", r.remaining, r.runs))
            }
            Some(Ok(r)) if r.failed > 0 => {
                (format!("{campaign} finished"), format!("{} runs succeeded, {} failed.", r.succeeded, r.failed))
            }
            Some(Ok(r)) => (format!("{campaign} finished"), format!("All {} runs succeeded.", r.succeeded)),
        };
        host.notify(&title, &text);
    }
}

/// Starts a campaign, or resumes it, and returns once its engine has begun; it goes on whoever looks.
///
/// # Errors
/// As `run`, as far as it shows before the first run; it runs here already.
pub async fn start(app: &App, request: RunRequest) -> Result<StartReply, AppError> {
    let campaign = app.load(&request.target, &request.set).await?.campaign.id;
    let background = {
        let mut all = app.session.background();
        if all.get(&campaign).is_some_and(|b| !b.is_over()) {
            return Err(AppError::operation("campaign_held", format!("{campaign} is running already")));
        }
        let background = Arc::new(Background::new(Handle::new(), now_us()));
        all.insert(campaign.clone(), background.clone());
        background
    };
    let (began, beginning) = tokio::sync::oneshot::channel();
    let (task_app, name) = (app.clone(), campaign.clone());
    app.runtimes().io().spawn(async move {
        let mut began = Some(began);
        let heard = background.clone();
        let (host, about) = (task_app.session.host.get().cloned(), name.clone());
        let mut sink = move |event: Event| {
            if let (Event::Alert(alert), Some(host)) = (&event, &host) {
                host.notify(&about, &alert.message);
            }
            heard.hear(event, now_us());
            // Whoever asked may have left.
            began.take().map(|began| began.send(()));
        };
        let outcome = run_with(&task_app, request, background.handle.clone(), &mut sink).await;
        background.end(outcome);
        task_app.tell_end(&name, &background);
    });
    // Without a beginning it ended before its first event, and the outcome says why.
    if beginning.await.is_err()
        && let Some(background) = app.background_of(&campaign)
        && let Some(Err(error)) = &background.live().outcome
    {
        return Err(error.clone());
    }
    Ok(StartReply { campaign })
}

/// The campaigns that run in this application.
///
/// # Errors
/// None.
pub async fn running(app: &App, _: RunningRequest) -> Result<RunningReply, AppError> {
    Ok(RunningReply { campaigns: app.running_campaigns() })
}

/// Cancels the executing runs of a campaign that runs in this application, and ends it; they run again on resume.
///
/// # Errors
/// It doesn't run here.
pub async fn halt(app: &App, request: CampaignRequest) -> Result<Acknowledged, AppError> {
    let campaign = app.find(&request.campaign).await?.slug;
    match app.background_of(&campaign).filter(|b| !b.is_over()) {
        Some(background) => {
            background.handle.stop_now();
            Ok(Acknowledged::that(format!("{campaign}: the executing runs were cancelled")))
        }
        None => Err(AppError::operation("not_running", format!("{campaign} does not run in this application"))),
    }
}
