//! Looking closely at one run: its attempts with log, spans and files.

use ergon_domain::{Digest, FailureClass, RunKey, Span};

use crate::campaigns::digest;
use crate::energy::{PHRASES, VALUES};
use crate::error::StoreError;
use crate::open::Store;
use crate::raw::{Bind, Raw};
use crate::values::measurement;

/// An attempt as stored.
#[derive(Clone, Debug, PartialEq)]
pub struct AttemptRecord {
    /// Number, from 1.
    pub number: u32,
    /// `running`, `succeeded`, `failed` or `cancelled`.
    pub state: String,
    /// Why it failed.
    pub class: Option<FailureClass>,
    /// A sentence for the user.
    pub message: Option<String>,
    /// UTC µs.
    pub started_us: i64,
    /// UTC µs.
    pub ended_us: Option<i64>,
    /// Seconds, monotonic clock.
    pub duration_s: Option<f64>,
    /// CPU seconds.
    pub cpu_s: Option<f64>,
    /// Captured output and notes.
    pub log: String,
    /// Spans in the order they ended.
    pub spans: Vec<Span>,
    /// Files by name.
    pub artefacts: Vec<ArtefactRecord>,
}

/// A file of an attempt as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArtefactRecord {
    /// Path relative to the run's folder.
    pub name: String,
    /// Digest of the content.
    pub digest: Digest,
    /// Size in bytes.
    pub size_bytes: u64,
    /// Whether the content is in the store.
    pub kept: bool,
}

impl Store {
    /// The attempts of a run, in order.
    ///
    /// # Errors
    /// The run has no record; the store can't be read.
    pub async fn attempts(&self, campaign: i64, run: &RunKey) -> Result<Vec<AttemptRecord>, StoreError> {
        let attempts = self.read_snapshot(|raw| attempts(raw, campaign, run)).await?;
        if attempts.is_empty() { Err(StoreError::NoRun(run.to_string())) } else { Ok(attempts) }
    }

    /// Content of a file by its digest, where it was kept.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn content(&self, digest: &Digest) -> Result<Option<Vec<u8>>, StoreError> {
        self.read(|raw| {
            let mut s = raw.statement("SELECT bytes FROM content WHERE digest = ?1")?;
            s.bind_all(&[Bind::Blob(&digest.0)])?;
            Ok(s.step()?.then(|| s.blob(0).to_vec()))
        })
        .await
    }
}

fn attempts(raw: &Raw, campaign: i64, run: &RunKey) -> Result<Vec<AttemptRecord>, StoreError> {
    let mut s = raw.statement(
        "SELECT a.id, a.number, a.state, a.failure_class, a.message, a.started_us, a.ended_us, a.duration_s, a.cpu_s, \
         a.log FROM run r JOIN attempt a ON a.run_id = r.id WHERE r.campaign_id = ?1 AND r.key = ?2 ORDER BY a.number",
    )?;
    s.bind_all(&[Bind::Int(campaign), Bind::Blob(&run.0)])?;
    let mut found = Vec::new();
    while s.step()? {
        let id = s.int(0);
        found.push(AttemptRecord {
            number: s.int(1) as u32,
            state: s.text(2),
            class: s.optional_text(3).and_then(|c| c.parse().ok()),
            message: s.optional_text(4),
            started_us: s.int(5),
            ended_us: s.optional_int(6),
            duration_s: s.optional_real(7),
            cpu_s: s.optional_real(8),
            log: s.text(9),
            spans: spans(raw, id)?,
            artefacts: artefacts(raw, id)?,
        });
    }
    Ok(found)
}

fn spans(raw: &Raw, attempt: i64) -> Result<Vec<Span>, StoreError> {
    let mut s = raw.statement(&format!(
        "SELECT p.ordinal, p.name, p.start_s, p.end_s, {VALUES} FROM span p LEFT JOIN span_resource v \
         ON v.attempt_id = p.attempt_id AND v.ordinal = p.ordinal LEFT {PHRASES} \
         WHERE p.attempt_id = ?1 ORDER BY p.ordinal, v.name_id"
    ))?;
    s.bind_all(&[Bind::Int(attempt)])?;
    let mut found: Vec<(i64, Span)> = Vec::new();
    while s.step()? {
        let ordinal = s.int(0);
        if found.last().is_none_or(|(last, _)| *last != ordinal) {
            let (name, start_s, end_s) = (s.text(1).into(), s.real(2), s.real(3));
            found.push((ordinal, Span { name, start_s, end_s, taken: Vec::new() }));
        }
        if let (Some((_, span)), Some(_)) = (found.last_mut(), s.optional_text(4)) {
            span.taken.push(measurement(&s, 4));
        }
    }
    Ok(found.into_iter().map(|(_, span)| span).collect())
}

fn artefacts(raw: &Raw, attempt: i64) -> Result<Vec<ArtefactRecord>, StoreError> {
    let mut s =
        raw.statement("SELECT name, digest, size_bytes, kept FROM artefact WHERE attempt_id = ?1 ORDER BY name")?;
    s.bind_all(&[Bind::Int(attempt)])?;
    let mut found = Vec::new();
    while s.step()? {
        found.push(ArtefactRecord {
            name: s.text(0),
            digest: digest(s.blob(1))?,
            size_bytes: s.int(2).unsigned_abs(),
            kept: s.int(3) != 0,
        });
    }
    Ok(found)
}
