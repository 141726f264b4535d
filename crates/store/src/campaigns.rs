//! Campaigns, their revisions, states and queue.

use std::collections::BTreeSet;

use ergon_domain::{CampaignState, ControlCommand, Digest, Metric, RunKey};

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
}

/// Which campaigns to list.
#[derive(Clone, Debug, Default)]
pub struct CampaignFilter {
    /// Only in this state.
    pub state: Option<CampaignState>,
    /// Only with this tag.
    pub tag: Option<String>,
}

/// A revision to register.
#[derive(Clone, Debug)]
pub struct NewRevision {
    /// Id of the spec.
    pub slug: String,
    /// Title.
    pub title: String,
    /// Workload.
    pub workload: String,
    /// Tags.
    pub tags: Vec<String>,
    /// Spec as written.
    pub spec_text: String,
    /// Spec with overrides applied, JSON.
    pub spec_json: String,
    /// Where relative paths of the spec begin.
    pub base_folder: String,
    /// Digest of the spec.
    pub spec_hash: Digest,
    /// Digest of the plan.
    pub plan_hash: Digest,
    /// Digest of hypotheses and analysis plan.
    pub analysis_hash: Digest,
    /// Runs planned.
    pub runs: u64,
    /// Manifest, JSON.
    pub manifest: String,
    /// Program, machine, git state, JSON.
    pub environment: String,
    /// Metrics of the manifest.
    pub metrics: Vec<Metric>,
    /// Input files.
    pub inputs: Vec<InputRecord>,
    /// Why the plan changed.
    pub reason: Option<String>,
}

/// An input file of a revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputRecord {
    /// Digest of its content.
    pub digest: Digest,
    /// Where it was found.
    pub path: String,
    /// Size in bytes.
    pub size_bytes: u64,
}

/// What registering came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registered {
    /// Row id of the campaign.
    pub id: i64,
    /// ULID of the campaign.
    pub ulid: String,
    /// Revision in force.
    pub revision: u32,
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
}

/// Where a campaign stands in the queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueEntry {
    /// Id of the spec.
    pub slug: String,
    /// Higher goes first.
    pub priority: i64,
}

const COLUMNS: &str = "id, ulid, slug, title, workload, tags, state, priority, created_us";

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
    })
}

pub(crate) fn digest(bytes: &[u8]) -> Result<Digest, StoreError> {
    bytes.try_into().map(Digest).map_err(|_| StoreError::Internal("a digest has not 32 bytes".into()))
}

fn revision_in_force(raw: &Raw, campaign: i64) -> Result<Option<(i64, RevisionRecord)>, StoreError> {
    let mut s = raw.statement(
        "SELECT id, number, spec_json, base_folder, plan_hash, analysis_hash, runs, reason FROM revision \
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
    };
    Ok(Some((s.int(0), record)))
}

impl Store {
    /// Registers a spec. A spec whose plan and analysis plan are those in force makes no revision: its free parts are
    /// taken over. Otherwise a revision is made, with a reason once a run has finished; `in_plan` then lists the keys of
    /// the new plan: finished runs that are not among them are kept, marked out of plan.
    ///
    /// # Errors
    /// A reason is needed; the store can't be written.
    pub async fn register(
        &self,
        new: NewRevision,
        in_plan: impl FnOnce() -> BTreeSet<RunKey> + Send + 'static,
        now_us: i64,
    ) -> Result<Registered, StoreError> {
        self.writer.write(move |raw| register(raw, &new, in_plan, now_us)).await
    }

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
                 (SELECT count(*) FROM run WHERE campaign_id = campaign.id AND in_plan = 1 AND state = 'failed') \
                 FROM campaign WHERE trashed_us IS NULL ORDER BY created_us DESC, id DESC"
            ))?;
            let mut found = Vec::new();
            while s.step()? {
                let campaign = campaign_row(&s)?;
                let fits = filter.state.is_none_or(|x| x == campaign.state)
                    && filter.tag.as_ref().is_none_or(|t| campaign.tags.contains(t));
                if fits {
                    found.push(CampaignSummary {
                        campaign,
                        runs: s.int(9).unsigned_abs(),
                        succeeded: s.int(10).unsigned_abs(),
                        failed: s.int(11).unsigned_abs(),
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

    /// The input files of the revision in force.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn inputs(&self, campaign: i64) -> Result<Vec<InputRecord>, StoreError> {
        self.read(|raw| {
            let mut s = raw.statement(
                "SELECT digest, path, size_bytes FROM input WHERE revision_id = \
                 (SELECT id FROM revision WHERE campaign_id = ?1 ORDER BY number DESC LIMIT 1)",
            )?;
            s.bind_all(&[Bind::Int(campaign)])?;
            let mut found = Vec::new();
            while s.step()? {
                found.push(InputRecord {
                    digest: digest(s.blob(0))?,
                    path: s.text(1),
                    size_bytes: s.int(2).unsigned_abs(),
                });
            }
            Ok(found)
        })
        .await
    }

    /// Sets a campaign's state.
    ///
    /// # Errors
    /// The store can't be written.
    pub async fn set_state(&self, campaign: i64, state: CampaignState, now_us: i64) -> Result<(), StoreError> {
        self.writer
            .write(move |raw| {
                // Leaving the queue by running takes the place in it away.
                let keep = state == CampaignState::Queued;
                raw.execute(
                    "UPDATE campaign SET state = ?2, opened_us = ?3, priority = CASE WHEN ?4 THEN priority END, \
                     depends_on = CASE WHEN ?4 THEN depends_on END WHERE id = ?1",
                    &[Bind::Int(campaign), Bind::Text(state.name()), Bind::Int(now_us), Bind::Int(keep.into())],
                )
            })
            .await
    }

    /// Puts a campaign in the queue.
    ///
    /// # Errors
    /// The store can't be written.
    pub async fn enqueue(&self, campaign: i64, priority: i64, depends_on: Option<i64>) -> Result<(), StoreError> {
        self.writer
            .write(move |raw| {
                raw.execute(
                    "UPDATE campaign SET state = 'queued', priority = ?2, depends_on = ?3 WHERE id = ?1",
                    &[Bind::Int(campaign), Bind::Int(priority), Bind::int(depends_on)],
                )
            })
            .await
    }

    /// The next campaign to run: highest priority first, then the oldest, dependencies finished.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn next_queued(&self) -> Result<Option<QueueEntry>, StoreError> {
        self.read(|raw| {
            let mut s = raw.statement(
                "SELECT c.slug, c.priority FROM campaign c LEFT JOIN campaign d ON d.id = c.depends_on \
                 WHERE c.state = 'queued' AND c.trashed_us IS NULL AND (d.id IS NULL OR d.state = 'finished') \
                 ORDER BY c.priority DESC, c.id LIMIT 1",
            )?;
            Ok(s.step()?.then(|| QueueEntry { slug: s.text(0), priority: s.int(1) }))
        })
        .await
    }

    /// Asks the engine that holds the campaign for something.
    ///
    /// # Errors
    /// The store can't be written.
    pub async fn ask(&self, campaign: i64, command: ControlCommand, now_us: i64) -> Result<(), StoreError> {
        self.writer
            .write(move |raw| {
                raw.execute(
                    "INSERT INTO control (campaign_id, command, asked_us) VALUES (?1, ?2, ?3)",
                    &[Bind::Int(campaign), Bind::Text(command.name()), Bind::Int(now_us)],
                )
            })
            .await
    }

    /// Queues the failed runs of a campaign that no engine holds; returns how many.
    ///
    /// # Errors
    /// The store can't be written.
    pub async fn requeue_failed(&self, campaign: i64) -> Result<u64, StoreError> {
        self.writer
            .write(move |raw| {
                raw.execute(
                    "UPDATE run SET state = 'queued' WHERE campaign_id = ?1 AND state = 'failed' AND in_plan = 1",
                    &[Bind::Int(campaign)],
                )?;
                Ok(raw.changes())
            })
            .await
    }
}

fn register(
    raw: &Raw,
    new: &NewRevision,
    in_plan: impl FnOnce() -> BTreeSet<RunKey>,
    now_us: i64,
) -> Result<Registered, StoreError> {
    let tags = serde_json::to_string(&new.tags).unwrap_or_else(|_| "[]".into());
    let existing = {
        let mut s = raw.statement("SELECT id, ulid FROM campaign WHERE slug = ?1")?;
        s.bind_all(&[Bind::Text(&new.slug)])?;
        s.step()?.then(|| (s.int(0), s.text(1)))
    };
    let (id, ulid) = match existing {
        Some(found) => found,
        None => {
            let ulid = ulid::Ulid::generate().to_string();
            raw.execute(
                "INSERT INTO campaign (ulid, slug, title, workload, tags, state, created_us, opened_us) \
                 VALUES (?1, ?2, ?3, ?4, ?5, 'created', ?6, ?6)",
                &[
                    Bind::Text(&ulid),
                    Bind::Text(&new.slug),
                    Bind::Text(&new.title),
                    Bind::Text(&new.workload),
                    Bind::Text(&tags),
                    Bind::Int(now_us),
                ],
            )?;
            (raw.last_id(), ulid)
        }
    };
    let before = revision_in_force(raw, id)?;
    let same =
        before.as_ref().is_some_and(|(_, r)| (r.plan_hash, r.analysis_hash) == (new.plan_hash, new.analysis_hash));
    let finished = {
        let mut s =
            raw.statement("SELECT count(*) FROM run WHERE campaign_id = ?1 AND state IN ('succeeded', 'failed')")?;
        s.bind_all(&[Bind::Int(id)])?;
        s.step()?;
        s.int(0).unsigned_abs()
    };
    if before.is_some() && !same && finished > 0 && new.reason.as_deref().is_none_or(|r| r.trim().is_empty()) {
        return Err(StoreError::ReasonRequired { campaign: new.slug.clone(), finished });
    }
    raw.execute(
        "UPDATE campaign SET title = ?2, workload = ?3, tags = ?4, trashed_us = NULL, opened_us = ?5 WHERE id = ?1",
        &[Bind::Int(id), Bind::Text(&new.title), Bind::Text(&new.workload), Bind::Text(&tags), Bind::Int(now_us)],
    )?;
    let revision = match &before {
        Some((row, record)) if same => {
            raw.execute(
                // The text as written stays (a stored campaign run again comes as JSON) unless the spec says something new.
                "UPDATE revision SET base_folder = ?4, spec_json = ?3, \
                 spec_text = CASE WHEN spec_hash = ?5 THEN spec_text ELSE ?2 END, spec_hash = ?5 WHERE id = ?1",
                &[
                    Bind::Int(*row),
                    Bind::Text(&new.spec_text),
                    Bind::Text(&new.spec_json),
                    Bind::Text(&new.base_folder),
                    Bind::Blob(&new.spec_hash.0),
                ],
            )?;
            record.number
        }
        _ => insert_revision(raw, id, before.as_ref().map_or(1, |(_, r)| r.number + 1), new, now_us)?,
    };
    write_metrics(raw, id, &new.metrics)?;
    if before.is_some() && !same {
        mark_plan(raw, id, &in_plan())?;
    }
    Ok(Registered { id, ulid, revision })
}

fn insert_revision(raw: &Raw, id: i64, number: u32, new: &NewRevision, now_us: i64) -> Result<u32, StoreError> {
    raw.execute(
        "INSERT INTO revision (campaign_id, number, spec_text, spec_json, base_folder, spec_hash, plan_hash, \
         analysis_hash, runs, manifest, environment, reason, created_us) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        &[
            Bind::Int(id),
            Bind::Int(number.into()),
            Bind::Text(&new.spec_text),
            Bind::Text(&new.spec_json),
            Bind::Text(&new.base_folder),
            Bind::Blob(&new.spec_hash.0),
            Bind::Blob(&new.plan_hash.0),
            Bind::Blob(&new.analysis_hash.0),
            Bind::Int(new.runs as i64),
            Bind::Text(&new.manifest),
            Bind::Text(&new.environment),
            Bind::text(new.reason.as_deref()),
            Bind::Int(now_us),
        ],
    )?;
    let row = raw.last_id();
    for input in &new.inputs {
        raw.execute(
            "INSERT INTO input (revision_id, digest, path, size_bytes) VALUES (?1, ?2, ?3, ?4)",
            &[Bind::Int(row), Bind::Blob(&input.digest.0), Bind::Text(&input.path), Bind::Int(input.size_bytes as i64)],
        )?;
    }
    Ok(number)
}

fn write_metrics(raw: &Raw, campaign: i64, metrics: &[Metric]) -> Result<(), StoreError> {
    for m in metrics {
        let name = |value: serde_json::Result<serde_json::Value>| {
            value.ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
        };
        raw.execute(
            "INSERT INTO metric (campaign_id, name, title, unit, direction, family, lo, hi, doc) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (campaign_id, name) DO UPDATE SET \
             title = ?3, unit = ?4, direction = ?5, family = ?6, lo = ?7, hi = ?8, doc = ?9",
            &[
                Bind::Int(campaign),
                Bind::Text(m.id.as_str()),
                Bind::Text(&m.title),
                Bind::Text(&m.unit),
                Bind::Text(&name(serde_json::to_value(m.direction))),
                Bind::Text(&name(serde_json::to_value(m.family))),
                Bind::real(m.range.0),
                Bind::real(m.range.1),
                Bind::Text(&m.doc),
            ],
        )?;
    }
    Ok(())
}

fn mark_plan(raw: &Raw, campaign: i64, keys: &BTreeSet<RunKey>) -> Result<(), StoreError> {
    let mut all = Vec::new();
    {
        let mut s = raw.statement("SELECT id, key, in_plan FROM run WHERE campaign_id = ?1")?;
        s.bind_all(&[Bind::Int(campaign)])?;
        while s.step()? {
            all.push((s.int(0), digest(s.blob(1))?, s.int(2) != 0));
        }
    }
    for (id, key, was) in all {
        let is = keys.contains(&key);
        if is != was {
            raw.execute("UPDATE run SET in_plan = ?2 WHERE id = ?1", &[Bind::Int(id), Bind::Int(is.into())])?;
        }
    }
    Ok(())
}
