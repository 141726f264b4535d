//! `create`: register a campaign without running it.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::error::AppError;
use crate::spec_source::LoadedSpec;

/// A campaign to register.
#[derive(Clone, Debug, Deserialize, Serialize, ts_rs::TS)]
pub struct CreateRequest {
    /// Spec file.
    pub spec: PathBuf,
    /// `path=value` overrides.
    #[serde(default)]
    pub set: Vec<String>,
    /// Title.
    #[serde(default)]
    pub name: Option<String>,
    /// Research question.
    #[serde(default)]
    pub question: Option<String>,
    /// Who runs it.
    #[serde(default)]
    pub researcher: Option<String>,
}

/// The registered campaign.
#[derive(Clone, Debug, Serialize, Deserialize, ts_rs::TS)]
pub struct CreateReply {
    /// Campaign id.
    pub campaign: String,
    /// Its ULID.
    pub ulid: String,
    /// Revision, from 1.
    pub revision: u32,
}

/// Registers a campaign without running it.
///
/// # Errors
/// Everything that is wrong with the spec; a changed plan whose finished runs need a reason.
pub async fn create(app: &App, request: CreateRequest) -> Result<CreateReply, AppError> {
    // As JSON text, so that any character of a title is taken as it is.
    let set = |path: &str, value: &Option<String>| {
        value.as_ref().map(|v| format!("{path}={}", serde_json::Value::String(v.clone())))
    };
    let mut sets = request.set.clone();
    sets.extend(set("campaign.title", &request.name));
    sets.extend(set("campaign.question", &request.question));
    sets.extend(set("campaign.researcher", &request.researcher));
    let loaded = app.with_choices(LoadedSpec::from_file(&app.path(&request.spec)?, &sets)?).await?;
    let registered = app.register(&loaded, None).await?;
    Ok(CreateReply { campaign: loaded.campaign.id.clone(), ulid: registered.ulid, revision: registered.revision })
}
