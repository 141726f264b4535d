//! `list`: the campaigns of the store.

use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::error::AppError;

/// Which campaigns.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ts_rs::TS)]
#[serde(default)]
pub struct ListRequest {
    /// Only in this state.
    pub status: Option<String>,
    /// Only with this tag.
    pub tag: Option<String>,
}

/// A campaign at a glance.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct CampaignRow {
    /// Campaign id.
    pub campaign: String,
    /// Its ULID.
    pub ulid: String,
    /// Title.
    pub title: String,
    /// Workload.
    pub workload: String,
    /// State.
    pub state: String,
    /// Tags.
    pub tags: Vec<String>,
    /// Runs in the plan.
    pub runs: u64,
    /// Runs that succeeded.
    pub succeeded: u64,
    /// Runs whose last attempt failed.
    pub failed: u64,
    /// When it was registered (UTC, RFC 3339).
    pub created: String,
    /// When somebody looked at it last (UTC, RFC 3339).
    pub opened: String,
    /// Whether it was put aside.
    pub archived: bool,
    /// Priority in the queue, where it is queued.
    pub priority: Option<i64>,
}

/// The campaigns.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct ListReply {
    /// Newest first.
    pub campaigns: Vec<CampaignRow>,
}

/// The campaigns of the store.
///
/// # Errors
/// The store can't be read, or the state has no such name.
pub async fn list(app: &App, request: ListRequest) -> Result<ListReply, AppError> {
    Ok(ListReply { campaigns: app.campaigns(&request).await? })
}
