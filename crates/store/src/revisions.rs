//! The versions of a campaign's spec as they were written, and campaigns put aside or thrown away.

use ergon_domain::Digest;

use crate::campaigns::digest;
use crate::error::StoreError;
use crate::open::Store;
use crate::raw::Bind;

/// A revision as written.
#[derive(Clone, Debug, PartialEq)]
pub struct RevisionText {
    /// Number, from 1.
    pub number: u32,
    /// The spec.
    pub text: String,
    /// Digest of the whole spec.
    pub spec_hash: Digest,
    /// Digest of the plan.
    pub plan_hash: Digest,
    /// Runs planned.
    pub runs: u64,
    /// Why the plan changed.
    pub reason: Option<String>,
    /// UTC µs.
    pub created_us: i64,
}

/// A campaign in the trash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrashedCampaign {
    /// ULID.
    pub ulid: String,
    /// Id of the spec.
    pub slug: String,
    /// Title.
    pub title: String,
    /// When it was thrown away, UTC µs.
    pub trashed_us: i64,
}

impl Store {
    /// All revisions, oldest first.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn revisions(&self, campaign: i64) -> Result<Vec<RevisionText>, StoreError> {
        self.read(|raw| {
            let mut s = raw.statement(
                "SELECT number, spec_text, spec_hash, plan_hash, runs, reason, created_us FROM revision \
                 WHERE campaign_id = ?1 ORDER BY number",
            )?;
            s.bind_all(&[Bind::Int(campaign)])?;
            let mut found = Vec::new();
            while s.step()? {
                found.push(RevisionText {
                    number: s.int(0) as u32,
                    text: s.text(1),
                    spec_hash: digest(s.blob(2))?,
                    plan_hash: digest(s.blob(3))?,
                    runs: s.int(4).unsigned_abs(),
                    reason: s.optional_text(5),
                    created_us: s.int(6),
                });
            }
            Ok(found)
        })
        .await
    }

    /// The campaigns in the trash, thrown away last first.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn trashed(&self) -> Result<Vec<TrashedCampaign>, StoreError> {
        self.read(|raw| {
            let mut s = raw.statement(
                "SELECT ulid, slug, title, trashed_us FROM campaign WHERE trashed_us IS NOT NULL ORDER BY trashed_us DESC",
            )?;
            let mut found = Vec::new();
            while s.step()? {
                found.push(TrashedCampaign { ulid: s.text(0), slug: s.text(1), title: s.text(2), trashed_us: s.int(3) });
            }
            Ok(found)
        })
        .await
    }

    /// Puts a campaign aside, or back (`None`).
    ///
    /// # Errors
    /// The store can't be written.
    pub async fn set_archived(&self, campaign: i64, archived_us: Option<i64>) -> Result<(), StoreError> {
        self.writer
            .write(move |raw| {
                raw.execute(
                    "UPDATE campaign SET archived_us = ?2 WHERE id = ?1",
                    &[Bind::Int(campaign), Bind::int(archived_us)],
                )
            })
            .await
    }

    /// Notes that somebody opened a campaign.
    ///
    /// # Errors
    /// The store can't be written.
    pub async fn opened(&self, campaign: i64, now_us: i64) -> Result<(), StoreError> {
        self.writer
            .write(move |raw| {
                raw.execute(
                    "UPDATE campaign SET opened_us = ?2 WHERE id = ?1",
                    &[Bind::Int(campaign), Bind::Int(now_us)],
                )
            })
            .await
    }
}
