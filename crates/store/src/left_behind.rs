//! What an attempt leaves beside its numbers: spans and files.

use ergon_domain::{Artefact, Span};

use crate::error::StoreError;
use crate::raw::{Bind, Raw};
use crate::record::Batch;

impl Batch<'_> {
    /// Spans in the order they ended, each with what the machine took in it.
    pub(crate) fn spans(&mut self, attempt: i64, spans: &[Span]) -> Result<(), StoreError> {
        if spans.is_empty() {
            return Ok(());
        }
        let mut rows = Vec::new();
        for (ordinal, span) in (0i64..).zip(spans) {
            for m in &span.taken {
                let name = self.phrase(m.metric.as_str())?;
                rows.push((ordinal, self.row(name, attempt, m)?));
            }
        }
        let mut insert = self
            .raw
            .statement("INSERT INTO span (attempt_id, ordinal, name, start_s, end_s) VALUES (?1, ?2, ?3, ?4, ?5)")?;
        for (ordinal, span) in (0i64..).zip(spans) {
            insert.run(&[
                Bind::Int(attempt),
                Bind::Int(ordinal),
                Bind::Text(&span.name),
                Bind::Real(span.start_s),
                Bind::Real(span.end_s),
            ])?;
        }
        let mut insert = self.raw.statement(
            "INSERT INTO span_resource (name_id, attempt_id, kind, value, provenance, lo, hi, source_id, reason_id, \
             flags_id, ordinal) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        )?;
        for (ordinal, row) in &rows {
            let [a, b, c, d, e, f, g, h, i, j] = row.binds();
            insert.run(&[a, b, c, d, e, f, g, h, i, j, Bind::Int(*ordinal)])?;
        }
        Ok(())
    }
}

/// Files; a content that is there already is kept once.
pub(crate) fn write_artefacts(raw: &Raw, attempt: i64, artefacts: &[Artefact]) -> Result<(), StoreError> {
    for artefact in artefacts {
        if let Some(content) = &artefact.content {
            raw.execute(
                "INSERT OR IGNORE INTO content (digest, bytes) VALUES (?1, ?2)",
                &[Bind::Blob(&artefact.digest.0), Bind::Blob(content)],
            )?;
        }
        raw.execute(
            "INSERT INTO artefact (attempt_id, name, digest, size_bytes, kept) VALUES (?1, ?2, ?3, ?4, ?5)",
            &[
                Bind::Int(attempt),
                Bind::Text(&artefact.name),
                Bind::Blob(&artefact.digest.0),
                Bind::Int(artefact.size_bytes as i64),
                Bind::Int(artefact.content.is_some().into()),
            ],
        )?;
    }
    Ok(())
}
