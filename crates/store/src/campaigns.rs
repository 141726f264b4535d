//! Campaigns: finding, listing, their states and the trash.

use ergon_domain::{CampaignState, Digest};

use crate::error::StoreError;
use crate::open::Store;
use crate::raw::{Bind, Raw, Statement};

/// A campaign's row.
#[derive(Clone, Debug, PartialEq)]
pub struct CampaignRecord {
    /// Row id.
    pub id: i64,
    /// ULID.
    pub ulid: String,
    /// Id of the spec.
    pub slug: String,
    /// Title.
    pub title: String,
    /// Workload.
    pub workload: String,
    /// Tags.
    pub tags: Vec<String>,
    /// State.
    pub state: CampaignState,
    /// Priority, while queued.
    pub priority: Option<i64>,
    /// UTC µs.
    pub created_us: i64,
    /// Seconds for which engines have held it, all sessions.
    pub held_s: f64,
    /// Why it stopped before its plan's end.
    pub stopped_by: Option<String>,
}

/// A campaign with its counts.
#[derive(Clone, Debug, PartialEq)]
pub struct CampaignSummary {
    /// Its row.
    pub campaign: CampaignRecord,
    /// Runs of the plan in force.
    pub runs: u64,
    /// Runs of the plan that succeeded.
    pub succeeded: u64,
    /// Runs of the plan whose last attempt failed.
    pub failed: u64,
    /// Whether it was put aside.
    pub archived: bool,
    /// When somebody looked at it last, UTC µs.
    pub opened_us: i64,
}

/// Which campaigns to list.
#[derive(Clone, Debug, Default)]
pub struct CampaignFilter {
    /// Only in this state.
    pub state: Option<CampaignState>,
    /// Only with this tag.
    pub tag: Option<String>,
}

/// A revision as stored.
#[derive(Clone, Debug, PartialEq)]
pub struct RevisionRecord {
    /// Number, from 1.
    pub number: u32,
    /// Spec with overrides applied, JSON.
    pub spec_json: String,
    /// Where relative paths of the spec begin.
    pub base_folder: String,
    /// Digest of the plan.
    pub plan_hash: Digest,
    /// Digest of hypotheses and analysis plan.
    pub analysis_hash: Digest,
    /// Runs planned.
    pub runs: u64,
    /// Why the plan changed.
    pub reason: Option<String>,
    /// What the workload declared when it was planned, JSON.
    pub manifest: String,
}

const COLUMNS: &str = "id, ulid, slug, title, workload, tags, state, priority, created_us, held_us, stopped_by";

fn campaign_row(s: &Statement<'_>) -> Result<CampaignRecord, StoreError> {
    let state = s.text(6);
    Ok(CampaignRecord {
        id: s.int(0),
        ulid: s.text(1),
        slug: s.text(2),
        title: s.text(3),
        workload: s.text(4),
        tags: serde_json::from_str(&s.text(5)).unwrap_or_default(),
        state: state.parse().map_err(|()| StoreError::Internal(format!("unknown campaign state '{state}'")))?,
        priority: s.optional_int(7),
        created_us: s.int(8),
        held_s: s.int(9) as f64 * 1e-6,
        stopped_by: s.optional_text(10),
    })
}

pub(crate) fn digest(bytes: &[u8]) -> Result<Digest, StoreError> {
    bytes.try_into().map(Digest).map_err(|_| StoreError::Internal("a digest has not 32 bytes".into()))
}

pub(crate) fn revision_in_force(raw: &Raw, campaign: i64) -> Result<Option<(i64, RevisionRecord)>, StoreError> {
    let mut s = raw.statement(
        "SELECT id, number, spec_json, base_folder, plan_hash, analysis_hash, runs, reason, manifest FROM revision \
         WHERE campaign_id = ?1 ORDER BY number DESC LIMIT 1",
    )?;
    s.bind_all(&[Bind::Int(campaign)])?;
    if !s.step()? {
        return Ok(None);
    }
    let record = RevisionRecord {
        number: s.int(1) as u32,
        spec_json: s.text(2),
        base_folder: s.text(3),
        plan_hash: digest(s.blob(4))?,
        analysis_hash: digest(s.blob(5))?,
        runs: s.int(6).unsigned_abs(),
        reason: s.optional_text(7),
        manifest: s.text(8),
    };
    Ok(Some((s.int(0), record)))
}

impl Store {
    /// Finds a campaign by id, ULID, ULID prefix, or `latest`.
    ///
    /// # Errors
    /// There is none, or several fit.
    pub async fn campaign(&self, selector: &str) -> Result<CampaignRecord, StoreError> {
        let selector = selector.to_owned();
        self.read(move |raw| {
            let all = |sql: &str, value: &str| -> Result<Vec<CampaignRecord>, StoreError> {
                let mut s = raw.statement(sql)?;
                let bound = [Bind::Text(value)];
                s.bind_all(if sql.contains("?1") { &bound } else { &[] })?;
                let mut found = Vec::new();
                while s.step()? {
                    found.push(campaign_row(&s)?);
                }
                Ok(found)
            };
            let by_slug =
                all(&format!("SELECT {COLUMNS} FROM campaign WHERE slug = ?1 AND trashed_us IS NULL"), &selector)?;
            if let Some(found) = by_slug.into_iter().next() {
                return Ok(found);
            }
            if selector == "latest" {
                let sql = format!(
                    "SELECT {COLUMNS} FROM campaign WHERE trashed_us IS NULL ORDER BY opened_us DESC, id DESC LIMIT 1"
                );
                return all(&sql, "")?.into_iter().next().ok_or_else(|| StoreError::NoCampaign(selector.clone()));
            }
            let is_prefix = selector.len() >= 4 && selector.chars().all(|c| c.is_ascii_alphanumeric());
            let mut fits = if is_prefix {
                let sql = format!(
                    "SELECT {COLUMNS} FROM campaign WHERE ulid >= ?1 AND trashed_us IS NULL ORDER BY ulid LIMIT 50"
                );
                let prefix = selector.to_ascii_uppercase();
                let mut near = all(&sql, &prefix)?;
                near.retain(|c| c.ulid.starts_with(&prefix));
                near
            } else {
                Vec::new()
            };
            match fits.len() {
                0 => Err(StoreError::NoCampaign(selector.clone())),
                1 => Ok(fits.remove(0)),
                _ => {
                    let names: Vec<String> = fits.into_iter().map(|c| format!("{} ({})", c.slug, c.ulid)).collect();
                    Err(StoreError::Ambiguous(selector.clone(), names.join(", ")))
                }
            }
        })
        .await
    }

    /// The campaigns, newest first.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn campaigns(&self, filter: &CampaignFilter) -> Result<Vec<CampaignSummary>, StoreError> {
        let filter = filter.clone();
        self.read(move |raw| {
            let mut s = raw.statement(&format!(
                "SELECT {COLUMNS}, (SELECT runs FROM revision WHERE campaign_id = campaign.id ORDER BY number DESC LIMIT 1), \
                 (SELECT count(*) FROM run WHERE campaign_id = campaign.id AND in_plan = 1 AND state = 'succeeded'), \
                 (SELECT count(*) FROM run WHERE campaign_id = campaign.id AND in_plan = 1 AND state = 'failed'), \
                 archived_us, opened_us FROM campaign WHERE trashed_us IS NULL ORDER BY created_us DESC, id DESC"
            ))?;
            let mut found = Vec::new();
            while s.step()? {
                let campaign = campaign_row(&s)?;
                let fits = filter.state.is_none_or(|x| x == campaign.state)
                    && filter.tag.as_ref().is_none_or(|t| campaign.tags.contains(t));
                if fits {
                    found.push(CampaignSummary {
                        campaign,
                        runs: s.int(11).unsigned_abs(),
                        succeeded: s.int(12).unsigned_abs(),
                        failed: s.int(13).unsigned_abs(),
                        archived: s.optional_int(14).is_some(),
                        opened_us: s.int(15),
                    });
                }
            }
            Ok(found)
        })
        .await
    }

    /// The revision in force.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn revision(&self, campaign: i64) -> Result<RevisionRecord, StoreError> {
        self.read(|raw| {
            revision_in_force(raw, campaign)?
                .map(|(_, r)| r)
                .ok_or_else(|| StoreError::Internal("a campaign without a revision".into()))
        })
        .await
    }

    /// Sets a campaign's state.
    ///
    /// # Errors
    /// The store can't be written.
    pub async fn set_state(
        &self,
        campaign: i64,
        state: CampaignState,
        why: Option<&str>,
        now_us: i64,
    ) -> Result<(), StoreError> {
        let why = why.map(str::to_owned);
        self.writer
            .write(move |raw| {
                // Leaving the queue by running takes the place in it away.
                let keep = matches!(state, CampaignState::Queued | CampaignState::Paused);
                raw.execute(
                    "UPDATE campaign SET state = ?2, opened_us = ?3, priority = CASE WHEN ?4 THEN priority END, \
                     depends_on = CASE WHEN ?4 THEN depends_on END, stopped_by = ?5 WHERE id = ?1",
                    &[
                        Bind::Int(campaign),
                        Bind::Text(state.name()),
                        Bind::Int(now_us),
                        Bind::Int(keep.into()),
                        why.as_deref().map_or(Bind::Null, Bind::Text),
                    ],
                )
            })
            .await
    }

    /// Puts a campaign in the trash: it is no longer found or listed. Registering its spec again brings it back.
    ///
    /// # Errors
    /// An engine holds it; the store can't be written.
    pub async fn trash(&self, campaign: i64, now_us: i64) -> Result<(), StoreError> {
        self.writer
            .write(move |raw| {
                refuse_held(raw, campaign)?;
                raw.execute(
                    "UPDATE campaign SET trashed_us = ?2, priority = NULL, depends_on = NULL, \
                     state = CASE state WHEN 'queued' THEN 'stopped' ELSE state END WHERE id = ?1",
                    &[Bind::Int(campaign), Bind::Int(now_us)],
                )
            })
            .await
    }

    /// Takes a campaign out of the trash.
    ///
    /// # Errors
    /// The store can't be written.
    pub async fn restore(&self, ulid: &str) -> Result<(), StoreError> {
        let ulid = ulid.to_owned();
        self.writer
            .write(move |raw| {
                raw.execute("UPDATE campaign SET trashed_us = NULL WHERE ulid = ?1", &[Bind::Text(&ulid)])?;
                if raw.changes() == 1 { Ok(()) } else { Err(StoreError::NoCampaign(ulid)) }
            })
            .await
    }
}

fn refuse_held(raw: &Raw, campaign: i64) -> Result<(), StoreError> {
    let mut s = raw.statement(
        "SELECT c.slug, l.pid, l.host FROM lease l JOIN campaign c ON c.id = l.campaign_id WHERE l.campaign_id = ?1",
    )?;
    s.bind_all(&[Bind::Int(campaign)])?;
    if s.step()? {
        return Err(StoreError::Held { campaign: s.text(0), pid: s.int(1) as u32, host: s.text(2) });
    }
    Ok(())
}
