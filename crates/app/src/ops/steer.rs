//! `queue`, `pause`, `resume`, `stop`, `retry`.

use ergon_domain::ControlCommand;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::error::AppError;

/// What to do with a campaign.
pub type Steer = ControlCommand;

/// Steers a campaign.
#[derive(Clone, Debug, Deserialize, Serialize, ts_rs::TS)]
pub struct SteerRequest {
    /// Campaign id, ULID prefix, spec path or `latest`.
    pub campaign: String,
    /// What to do.
    pub command: ControlCommand,
}

/// Puts a campaign in the queue.
#[derive(Clone, Debug, Deserialize, Serialize, ts_rs::TS)]
pub struct QueueRequest {
    /// Campaign id, ULID prefix, spec path or `latest`.
    pub campaign: String,
    /// Higher goes first.
    #[serde(default)]
    pub priority: i64,
    /// Only after this campaign has finished.
    #[serde(default)]
    pub depends_on: Option<String>,
}

/// It was done.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct Acknowledged {
    /// Always true: what can't be done is an error.
    pub ok: bool,
    /// What was done, in a sentence.
    pub message: String,
}

impl Acknowledged {
    pub(crate) fn that(message: impl Into<String>) -> Self {
        Self { ok: true, message: message.into() }
    }
}

/// Pauses, resumes, stops or retries a campaign: through its engine where one holds it, else in the store.
///
/// # Errors
/// No such campaign, or nothing to do.
pub async fn steer(app: &App, request: SteerRequest) -> Result<Acknowledged, AppError> {
    // An engine in this process hears at once; others look into the store once a second.
    if let Ok(record) = app.find(&request.campaign).await
        && let Some(background) = app.background_of(&record.slug).filter(|b| !b.is_over())
    {
        match request.command {
            ControlCommand::Pause => background.handle.pause(),
            ControlCommand::Resume => background.handle.resume(),
            _ => return app.steer(&record.slug, request.command).await,
        }
        return Ok(Acknowledged::that(format!("{}: {}", record.slug, request.command.name())));
    }
    app.steer(&request.campaign, request.command).await
}

/// Puts a campaign in the queue. A spec file is registered first.
///
/// # Errors
/// No such campaign; a dependency on itself.
pub async fn queue(app: &App, request: QueueRequest) -> Result<Acknowledged, AppError> {
    app.enqueue(&request).await
}
