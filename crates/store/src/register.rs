//! Registering specs: campaigns, their revisions, and which runs are in the plan.

use std::collections::BTreeSet;

use ergon_domain::{Digest, Metric, RunKey};

use crate::campaigns::{digest, revision_in_force};
use crate::error::StoreError;
use crate::open::Store;
use crate::raw::{Bind, Raw};

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
