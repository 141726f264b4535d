//! `archive`, `trash`, `restore`, `trashed`: campaigns put aside or thrown away.

use serde::{Deserialize, Serialize};

use crate::app::{App, now_us};
use crate::error::AppError;
use crate::ops::{Acknowledged, CampaignRequest};
use crate::select::utc;

/// Puts a campaign aside, or back.
#[derive(Clone, Debug, Deserialize, Serialize, ts_rs::TS)]
pub struct ArchiveRequest {
    /// Campaign id, ULID prefix or `latest`.
    pub campaign: String,
    /// Aside (true) or back (false).
    pub archived: bool,
}

/// Nothing to ask.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize, ts_rs::TS)]
pub struct TrashedRequest {}

/// A campaign in the trash.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct TrashedRow {
    /// Campaign id.
    pub campaign: String,
    /// Its ULID, to restore it by.
    pub ulid: String,
    /// Title.
    pub title: String,
    /// When it was thrown away (UTC, RFC 3339).
    pub trashed: String,
}

/// The trash.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct TrashedReply {
    /// Thrown away last first.
    pub campaigns: Vec<TrashedRow>,
}

/// Puts a campaign aside, or back.
///
/// # Errors
/// No such campaign.
pub async fn archive(app: &App, request: ArchiveRequest) -> Result<Acknowledged, AppError> {
    let record = app.find(&request.campaign).await?;
    app.store().await?.set_archived(record.id, request.archived.then(now_us)).await?;
    let done = if request.archived { "put aside" } else { "back in the library" };
    Ok(Acknowledged::that(format!("{} is {done}", record.slug)))
}

/// Puts a campaign in the trash. Nothing of it is deleted.
///
/// # Errors
/// No such campaign; an engine holds it.
pub async fn trash(app: &App, request: CampaignRequest) -> Result<Acknowledged, AppError> {
    let record = app.find(&request.campaign).await?;
    app.store().await?.trash(record.id, now_us()).await?;
    Ok(Acknowledged::that(format!("{} is in the trash; restore it by {}", record.slug, record.ulid)))
}

/// Takes a campaign out of the trash, by its ULID.
///
/// # Errors
/// There is none with this ULID.
pub async fn restore(app: &App, request: CampaignRequest) -> Result<Acknowledged, AppError> {
    app.store().await?.restore(&request.campaign).await?;
    Ok(Acknowledged::that(format!("{} is back in the library", request.campaign)))
}

/// The trash.
///
/// # Errors
/// The store can't be read.
pub async fn trashed(app: &App, _: TrashedRequest) -> Result<TrashedReply, AppError> {
    let found = app.store().await?.trashed().await?;
    let row = |c: ergon_store::TrashedCampaign| TrashedRow {
        campaign: c.slug,
        ulid: c.ulid,
        title: c.title,
        trashed: utc(c.trashed_us),
    };
    Ok(TrashedReply { campaigns: found.into_iter().map(row).collect() })
}
