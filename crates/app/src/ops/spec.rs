//! `spec`, `save_spec`: the spec of a stored campaign, and a new version of it.

use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::error::AppError;
use crate::ops::CampaignRequest;
use crate::ops::validate::check_conditions;
use crate::select::utc;
use crate::spec_source::LoadedSpec;

/// A revision of a spec.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct RevisionInfo {
    /// Number, from 1.
    pub revision: u32,
    /// When it was registered (UTC, RFC 3339).
    pub created_at: String,
    /// Why the plan changed.
    pub reason: Option<String>,
    /// Digest of the whole spec.
    pub spec_hash: String,
    /// Runs planned.
    pub runs: u64,
}

/// The spec in force and its history.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct SpecReply {
    /// Campaign id.
    pub campaign: String,
    /// Its ULID.
    pub ulid: String,
    /// The spec in force, as written.
    pub text: String,
    /// Its number.
    pub revision: u32,
    /// Digest of the whole spec.
    pub spec_hash: String,
    /// Digest of the run keys in plan order.
    pub plan_hash: String,
    /// All revisions, oldest first.
    pub revisions: Vec<RevisionInfo>,
}

/// A spec to register.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ts_rs::TS)]
#[serde(default)]
pub struct SaveSpecRequest {
    /// YAML or JSON.
    pub text: String,
    /// As in `read_spec`.
    pub base: Option<String>,
    /// Why the plan changes, where finished runs are affected.
    pub amend: Option<String>,
    /// The campaign that is edited. Without it, an id that is taken is refused rather than made a revision.
    pub campaign: Option<String>,
}

/// The registered spec.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct SaveSpecReply {
    /// Campaign id.
    pub campaign: String,
    /// Its ULID.
    pub ulid: String,
    /// Revision, from 1.
    pub revision: u32,
    /// Digest of the whole spec.
    pub spec_hash: String,
}

/// A copy of a campaign's spec under another id.
#[derive(Clone, Debug, Deserialize, Serialize, ts_rs::TS)]
pub struct DuplicateRequest {
    /// Campaign id, ULID prefix or `latest`.
    pub campaign: String,
    /// The copy's id.
    pub new_id: String,
}

/// The spec of a stored campaign and its history.
///
/// # Errors
/// No such campaign.
pub async fn spec(app: &App, request: CampaignRequest) -> Result<SpecReply, AppError> {
    let record = app.find(&request.campaign).await?;
    let store = app.store().await?;
    let mut revisions = store.revisions(record.id).await?;
    let infos = revisions
        .iter()
        .map(|r| RevisionInfo {
            revision: r.number,
            created_at: utc(r.created_us),
            reason: r.reason.clone(),
            spec_hash: r.spec_hash.to_string(),
            runs: r.runs,
        })
        .collect();
    let last = revisions.pop().ok_or_else(|| AppError::operation("internal", "a campaign without a revision"))?;
    // A store that can't be written keeps nobody from looking.
    let _ = store.opened(record.id, crate::app::now_us()).await;
    Ok(SpecReply {
        campaign: record.slug,
        ulid: record.ulid,
        text: last.text,
        revision: last.number,
        spec_hash: last.spec_hash.to_string(),
        plan_hash: last.plan_hash.to_string(),
        revisions: infos,
    })
}

/// Registers a spec written in the window.
///
/// # Errors
/// Everything that is wrong with it; its id is taken; a changed plan whose finished runs need a reason (`reason_required`).
pub async fn save_spec(app: &App, request: SaveSpecRequest) -> Result<SaveSpecReply, AppError> {
    let base = app.base_folder(request.base.as_deref().or(request.campaign.as_deref())).await?;
    let loaded = LoadedSpec::from_bytes(request.text.as_bytes(), "the spec", &base, &[], &[])?;
    let edited = match &request.campaign {
        Some(campaign) => Some(app.find(campaign).await?.slug),
        None => None,
    };
    let id = &loaded.campaign.id;
    if edited.as_ref() != Some(id) && app.store().await?.campaign(id).await.is_ok() {
        let message = format!("there is a campaign '{id}' already; choose another id");
        return Err(AppError::input("id_taken", message).field("campaign.id"));
    }
    let plan = loaded.campaign.plan(&ergon_design::PlanOptions::default()).map_err(super::plan_error)?;
    check_conditions(&loaded, &plan)?;
    let registered = app.register_planned(&loaded, &plan, request.amend.as_deref()).await?;
    Ok(SaveSpecReply {
        campaign: loaded.campaign.id.clone(),
        ulid: registered.ulid,
        revision: registered.revision,
        spec_hash: loaded.campaign.spec_hash.to_string(),
    })
}

/// Registers a copy of a campaign's spec, without its runs.
///
/// # Errors
/// No such campaign; the id is taken or not acceptable.
pub async fn duplicate(app: &App, request: DuplicateRequest) -> Result<SaveSpecReply, AppError> {
    let record = app.find(&request.campaign).await?;
    if app.store().await?.campaign(&request.new_id).await.is_ok() {
        let message = format!("there is a campaign '{}' already; choose another id", request.new_id);
        return Err(AppError::input("id_taken", message).field("new_id"));
    }
    let revision = app.store().await?.revisions(record.id).await?.pop();
    let text = revision.map(|r| r.text).unwrap_or_default();
    let base = app.base_folder(Some(&record.slug)).await?;
    let copy = renamed(&text, &request.new_id)?;
    let loaded = LoadedSpec::from_bytes(copy.as_bytes(), "the copy", &base, &[], &[]).map_err(|e| e.field("new_id"))?;
    let registered = app.register(&loaded, None).await?;
    Ok(SaveSpecReply {
        campaign: loaded.campaign.id.clone(),
        ulid: registered.ulid,
        revision: registered.revision,
        spec_hash: loaded.campaign.spec_hash.to_string(),
    })
}

/// The text with another campaign id, comments and all.
pub(crate) fn renamed(text: &str, id: &str) -> Result<String, AppError> {
    use ergon_design::tree::Step;
    let source = ergon_design::read_spec(text.as_bytes(), "the spec")?;
    let old = source.spec.campaign.id.as_str();
    let path = [Step::Key("campaign".into()), Step::Key("id".into())];
    let at = source.tree.locate(&path).and_then(|(node, _)| node.position);
    let replaced = at.and_then(|at| {
        let mut lines: Vec<String> = text.split('\n').map(str::to_owned).collect();
        let line = lines.get_mut((at.line as usize).checked_sub(1)?)?;
        let begin = line.char_indices().nth((at.column as usize).checked_sub(1)?)?.0;
        let begin = begin + line.get(begin..)?.find(old)?;
        line.replace_range(begin..begin + old.len(), id);
        Some(lines.join("\n"))
    });
    replaced.ok_or_else(|| AppError::operation("internal", "the id of the spec was not found in its text"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_keeps_its_comments_and_differs_in_the_id_alone() {
        let text = "ergon: 1 # consensus\ncampaign:\n  # why\n  id: \"consensus\" # the id\n  title: consensus\nworkload: { kind: consensus }\n";
        assert_eq!(renamed(text, "copy").unwrap(), text.replace("\"consensus\"", "\"copy\""));
    }
}
