//! Stored analyses, and the rules that leave runs out of them. What they say is the business of `analysis`.

use crate::error::StoreError;
use crate::open::Store;
use crate::raw::{Bind, Raw, Statement};

/// An analysis to store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAnalysis {
    /// Name.
    pub name: String,
    /// Question and method, JSON.
    pub request: String,
    /// The selection of runs and metrics it saw, JSON.
    pub frame: String,
    /// Result, JSON.
    pub result: String,
}

/// An analysis as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnalysisRecord {
    /// ULID.
    pub ulid: String,
    /// Row id of its campaign.
    pub campaign: i64,
    /// What was stored.
    pub analysis: NewAnalysis,
    /// UTC µs.
    pub created_us: i64,
}

/// A rule that leaves runs out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exclusion {
    /// The rule, JSON.
    pub rule: String,
    /// Why.
    pub reason: String,
    /// Who.
    pub author: String,
    /// UTC µs.
    pub created_us: i64,
}

const COLUMNS: &str = "ulid, campaign_id, name, request, frame, result, created_us";

fn record(s: &Statement<'_>) -> AnalysisRecord {
    AnalysisRecord {
        ulid: s.text(0),
        campaign: s.int(1),
        analysis: NewAnalysis { name: s.text(2), request: s.text(3), frame: s.text(4), result: s.text(5) },
        created_us: s.int(6),
    }
}

impl Store {
    /// Stores an analysis; returns its ULID.
    ///
    /// # Errors
    /// The store can't be written.
    pub async fn save_analysis(&self, campaign: i64, new: NewAnalysis, now_us: i64) -> Result<String, StoreError> {
        self.writer
            .write(move |raw| {
                let ulid = ulid::Ulid::generate().to_string();
                raw.execute(
                    "INSERT INTO analysis (ulid, campaign_id, name, request, frame, result, created_us) \
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                    &[
                        Bind::Text(&ulid),
                        Bind::Int(campaign),
                        Bind::Text(&new.name),
                        Bind::Text(&new.request),
                        Bind::Text(&new.frame),
                        Bind::Text(&new.result),
                        Bind::Int(now_us),
                    ],
                )?;
                Ok(ulid)
            })
            .await
    }

    /// The analyses of a campaign, oldest first.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn analyses(&self, campaign: i64) -> Result<Vec<AnalysisRecord>, StoreError> {
        self.read(|raw| {
            let mut s = raw.statement(&format!("SELECT {COLUMNS} FROM analysis WHERE campaign_id = ?1 ORDER BY id"))?;
            s.bind_all(&[Bind::Int(campaign)])?;
            let mut found = Vec::new();
            while s.step()? {
                found.push(record(&s));
            }
            Ok(found)
        })
        .await
    }

    /// Request and frame of a campaign's newest analysis.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn last_analysis(&self, campaign: i64) -> Result<Option<(String, String)>, StoreError> {
        self.read(|raw| {
            let mut s =
                raw.statement("SELECT request, frame FROM analysis WHERE campaign_id = ?1 ORDER BY id DESC LIMIT 1")?;
            s.bind_all(&[Bind::Int(campaign)])?;
            Ok(s.step()?.then(|| (s.text(0), s.text(1))))
        })
        .await
    }

    /// Whether a later revision planned more runs after somebody had already analysed this campaign.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn runs_added_after_look(&self, campaign: i64) -> Result<bool, StoreError> {
        self.read(|raw| {
            let mut s = raw.statement(
                "SELECT EXISTS (SELECT 1 FROM revision r JOIN revision p ON p.campaign_id = r.campaign_id \
                 AND p.number = r.number - 1 WHERE r.campaign_id = ?1 AND r.runs > p.runs \
                 AND r.created_us > (SELECT min(created_us) FROM analysis WHERE campaign_id = ?1))",
            )?;
            s.bind_all(&[Bind::Int(campaign)])?;
            Ok(s.step()? && s.int(0) != 0)
        })
        .await
    }

    /// One analysis.
    ///
    /// # Errors
    /// There is none with this ULID.
    pub async fn analysis(&self, ulid: &str) -> Result<AnalysisRecord, StoreError> {
        self.read(|raw| {
            let mut s = raw.statement(&format!("SELECT {COLUMNS} FROM analysis WHERE ulid = ?1"))?;
            s.bind_all(&[Bind::Text(ulid)])?;
            if s.step()? { Ok(record(&s)) } else { Err(StoreError::NoAnalysis(ulid.to_owned())) }
        })
        .await
    }

    /// Stores a rule that leaves runs out; returns its number.
    ///
    /// # Errors
    /// The store can't be written.
    pub async fn exclude(&self, campaign: i64, new: Exclusion) -> Result<i64, StoreError> {
        self.writer
            .write(move |raw| {
                raw.execute(
                    "INSERT INTO exclusion (campaign_id, rule, reason, author, created_us) VALUES (?1, ?2, ?3, ?4, ?5)",
                    &[
                        Bind::Int(campaign),
                        Bind::Text(&new.rule),
                        Bind::Text(&new.reason),
                        Bind::Text(&new.author),
                        Bind::Int(new.created_us),
                    ],
                )?;
                Ok(raw.last_id())
            })
            .await
    }

    /// Lifts a rule; it stays on record.
    ///
    /// # Errors
    /// The store can't be written.
    pub async fn lift_exclusion(&self, number: i64, now_us: i64) -> Result<(), StoreError> {
        self.writer
            .write(move |raw| {
                raw.execute(
                    "UPDATE exclusion SET lifted_us = coalesce(lifted_us, ?2) WHERE id = ?1",
                    &[Bind::Int(number), Bind::Int(now_us)],
                )
            })
            .await
    }

    /// The rules of a campaign in force, by number, oldest first.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn exclusions(&self, campaign: i64) -> Result<Vec<(i64, Exclusion)>, StoreError> {
        self.read(|raw| exclusions(raw, campaign)).await
    }
}

fn exclusions(raw: &Raw, campaign: i64) -> Result<Vec<(i64, Exclusion)>, StoreError> {
    let mut s = raw.statement(
        "SELECT id, rule, reason, author, created_us FROM exclusion \
         WHERE campaign_id = ?1 AND lifted_us IS NULL ORDER BY id",
    )?;
    s.bind_all(&[Bind::Int(campaign)])?;
    let mut found = Vec::new();
    while s.step()? {
        let rule = Exclusion { rule: s.text(1), reason: s.text(2), author: s.text(3), created_us: s.int(4) };
        found.push((s.int(0), rule));
    }
    Ok(found)
}
