//! What an attempt leaves beside its numbers: spans and files.

use ergon_domain::{Artefact, Span};

use crate::error::StoreError;
use crate::raw::{Bind, Raw};

/// Spans in the order they ended.
pub(crate) fn write_spans(raw: &Raw, attempt: i64, spans: &[Span]) -> Result<(), StoreError> {
    if spans.is_empty() {
        return Ok(());
    }
    let mut insert =
        raw.statement("INSERT INTO span (attempt_id, ordinal, name, start_s, end_s) VALUES (?1, ?2, ?3, ?4, ?5)")?;
    for (ordinal, span) in spans.iter().enumerate() {
        insert.run(&[
            Bind::Int(attempt),
            Bind::Int(ordinal as i64),
            Bind::Text(&span.name),
            Bind::Real(span.start_s),
            Bind::Real(span.end_s),
        ])?;
    }
    Ok(())
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
