//! Writing a batch of attempts: runs, conditions, measurements, spans and files.
//!
//! Invariant: a batch that was written before changes nothing; one that says something else about an attempt that has
//! ended is refused; a run succeeds once.

use std::collections::BTreeMap;

use ergon_domain::{
    AttemptEnd, AttemptResult, AttemptStart, Digest, Measurement, Observed, Provenance, RunKey, RunLogBatch,
};

use crate::error::StoreError;
use crate::raw::{Bind, Raw};
use crate::values::{ValueRow, has_values, write_values};

/// Row ids that don't change while an engine holds the campaign: looked up once.
///
/// Invariant: holds only ids of committed rows; a batch's own ids are added after its commit.
#[derive(Default)]
pub(crate) struct Known {
    pub(crate) conditions: BTreeMap<Digest, i64>,
    pub(crate) metrics: BTreeMap<String, i64>,
    pub(crate) phrases: BTreeMap<String, i64>,
    /// Runs with an open attempt.
    pub(crate) open: BTreeMap<RunKey, i64>,
}

/// A batch being written.
pub(crate) struct Batch<'a> {
    pub(crate) raw: &'a Raw<'a>,
    pub(crate) campaign: i64,
    pub(crate) revision: u32,
    pub(crate) version: u32,
    pub(crate) phases: &'a [String],
    pub(crate) known: &'a Known,
    pub(crate) new: Known,
    /// Measurements of the batch, written together at its end.
    pub(crate) values: Vec<ValueRow>,
}

impl Batch<'_> {
    /// Writes starts, then ends, then all measurements.
    pub(crate) fn write(&mut self, batch: &RunLogBatch) -> Result<(), StoreError> {
        for start in &batch.starts {
            self.start(start)?;
        }
        for end in &batch.ends {
            self.end(end)?;
        }
        write_values(self.raw, &mut self.values)
    }

    fn start(&mut self, start: &AttemptStart) -> Result<(), StoreError> {
        let (run, before) = self.run(start)?;
        self.new.open.insert(start.run.key, run);
        let mut insert = self.raw.statement(
            "INSERT INTO attempt (run_id, number, state, started_us) VALUES (?1, ?2, 'running', ?3) \
             ON CONFLICT (run_id, number) DO NOTHING",
        )?;
        insert.run(&[Bind::Int(run), Bind::Int(start.attempt.into()), Bind::Int(start.started_us)])?;
        if self.raw.changes() == 0 {
            return self.began_before(run, start);
        }
        match before.as_deref() {
            None => Ok(()),
            Some("succeeded") => Err(self.succeeded_before(run, &start.run.key)),
            Some(_) => {
                let mut update = self.raw.statement("UPDATE run SET state = 'running', in_plan = 1 WHERE id = ?1")?;
                update.run(&[Bind::Int(run)])
            }
        }
    }

    /// A start that is recorded again (a retried commit) changes nothing; another one under the same number is refused.
    fn began_before(&self, run: i64, start: &AttemptStart) -> Result<(), StoreError> {
        let mut s = self.raw.statement("SELECT started_us FROM attempt WHERE run_id = ?1 AND number = ?2")?;
        s.bind_all(&[Bind::Int(run), Bind::Int(start.attempt.into())])?;
        if s.step()? && s.int(0) == start.started_us {
            Ok(())
        } else {
            Err(StoreError::Conflict { run: start.run.key.to_string(), attempt: start.attempt })
        }
    }

    fn succeeded_before(&self, run: i64, key: &RunKey) -> StoreError {
        let find = || {
            let mut s = self.raw.statement("SELECT number FROM attempt WHERE run_id = ?1 AND state = 'succeeded'")?;
            s.bind_all(&[Bind::Int(run)])?;
            s.step()?;
            Ok(s.int(0) as u32)
        };
        find().map_or_else(|e: StoreError| e, |attempt| StoreError::AlreadySucceeded { run: key.to_string(), attempt })
    }

    /// The run's row, made now or, with its state, found.
    fn run(&mut self, start: &AttemptStart) -> Result<(i64, Option<String>), StoreError> {
        let condition = self.condition(start)?;
        let mut insert = self.raw.statement(
            "INSERT INTO run (campaign_id, key, condition_id, replicate, state, in_plan, revision, workload_version) \
             VALUES (?1, ?2, ?3, ?4, 'running', 1, ?5, ?6) ON CONFLICT (campaign_id, key) DO NOTHING",
        )?;
        insert.run(&[
            Bind::Int(self.campaign),
            Bind::Blob(&start.run.key.0),
            Bind::Int(condition),
            Bind::Int(start.run.replicate.into()),
            Bind::Int(self.revision.into()),
            Bind::Int(self.version.into()),
        ])?;
        let (run, before) = if self.raw.changes() == 1 {
            (self.raw.last_id(), None)
        } else {
            let mut s = self.raw.statement("SELECT id, state FROM run WHERE campaign_id = ?1 AND key = ?2")?;
            s.bind_all(&[Bind::Int(self.campaign), Bind::Blob(&start.run.key.0)])?;
            s.step()?;
            (s.int(0), Some(s.text(1)))
        };
        let mut phase = self.raw.statement("INSERT OR IGNORE INTO run_phase (run_id, phase) VALUES (?1, ?2)")?;
        for at in start.run.phases.iter() {
            if let Some(name) = self.phases.get(usize::from(*at)) {
                phase.run(&[Bind::Int(run), Bind::Text(name)])?;
            }
        }
        Ok((run, before))
    }

    fn condition(&mut self, start: &AttemptStart) -> Result<i64, StoreError> {
        let condition = &start.run.condition;
        if let Some(id) =
            self.known.conditions.get(&condition.digest).or_else(|| self.new.conditions.get(&condition.digest))
        {
            return Ok(*id);
        }
        let json = serde_json::to_string(&condition.condition)
            .map_err(|e| StoreError::Internal(format!("a condition can't be written: {e}")))?;
        let id = self.upsert(
            "INSERT INTO condition (campaign_id, digest, parameters) VALUES (?1, ?2, ?3) \
             ON CONFLICT (campaign_id, digest) DO UPDATE SET parameters = ?3 RETURNING id",
            &[Bind::Int(self.campaign), Bind::Blob(&condition.digest.0), Bind::Text(&json)],
        )?;
        self.new.conditions.insert(condition.digest, id);
        Ok(id)
    }

    fn upsert(&self, sql: &str, values: &[Bind<'_>]) -> Result<i64, StoreError> {
        let mut statement = self.raw.statement(sql)?;
        statement.bind_all(values)?;
        statement.step()?;
        let id = statement.int(0);
        while statement.step()? {}
        Ok(id)
    }

    fn phrase(&mut self, text: &str) -> Result<i64, StoreError> {
        if let Some(id) = self.known.phrases.get(text).or_else(|| self.new.phrases.get(text)) {
            return Ok(*id);
        }
        let id = self.upsert(
            "INSERT INTO phrase (text) VALUES (?1) ON CONFLICT (text) DO UPDATE SET text = ?1 RETURNING id",
            &[Bind::Text(text)],
        )?;
        self.new.phrases.insert(text.to_owned(), id);
        Ok(id)
    }

    fn metric(&mut self, name: &str) -> Result<i64, StoreError> {
        if let Some(id) = self.known.metrics.get(name).or_else(|| self.new.metrics.get(name)) {
            return Ok(*id);
        }
        let mut statement = self.raw.statement("SELECT id FROM metric WHERE campaign_id = ?1 AND name = ?2")?;
        statement.bind_all(&[Bind::Int(self.campaign), Bind::Text(name)])?;
        if !statement.step()? {
            return Err(StoreError::Internal(format!(
                "the workload measured '{name}', which its manifest does not declare"
            )));
        }
        let id = statement.int(0);
        self.new.metrics.insert(name.to_owned(), id);
        Ok(id)
    }

    fn run_of(&self, key: &RunKey) -> Result<i64, StoreError> {
        if let Some(id) = self.new.open.get(key).or_else(|| self.known.open.get(key)) {
            return Ok(*id);
        }
        let mut statement = self.raw.statement("SELECT id FROM run WHERE campaign_id = ?1 AND key = ?2")?;
        statement.bind_all(&[Bind::Int(self.campaign), Bind::Blob(&key.0)])?;
        if statement.step()? {
            Ok(statement.int(0))
        } else {
            Err(StoreError::Internal(format!("run {key} ended without having begun")))
        }
    }

    fn end(&mut self, end: &AttemptEnd) -> Result<(), StoreError> {
        let run = self.run_of(&end.key)?;
        let (state, class, message) = match &end.result {
            AttemptResult::Succeeded => ("succeeded", None, None),
            AttemptResult::Failed { class, message } => ("failed", Some(class.name()), Some(message.as_str())),
            AttemptResult::Cancelled => ("cancelled", None, None),
        };
        let (attempt, was, run_was) = {
            let mut s = self.raw.statement(
                "SELECT a.id, a.state, r.state FROM attempt a JOIN run r ON r.id = a.run_id \
                 WHERE a.run_id = ?1 AND a.number = ?2",
            )?;
            s.bind_all(&[Bind::Int(run), Bind::Int(end.attempt.into())])?;
            if !s.step()? {
                return Err(StoreError::Internal(format!(
                    "attempt {} of run {} ended without having begun",
                    end.attempt, end.key
                )));
            }
            (s.int(0), s.text(1), s.text(2))
        };
        if was != "running" {
            return self.ended_before(run, attempt, state, end);
        }
        if run_was == "succeeded" && state == "succeeded" {
            return Err(self.succeeded_before(run, &end.key));
        }
        let mut update = self.raw.statement(
            "UPDATE attempt SET state = ?2, failure_class = ?3, message = ?4, ended_us = ?5, duration_s = ?6, \
             cpu_s = ?7, log = ?8 WHERE id = ?1",
        )?;
        update.run(&[
            Bind::Int(attempt),
            Bind::Text(state),
            Bind::text(class),
            Bind::text(message),
            Bind::Int(end.ended_us),
            Bind::Real(end.duration_s),
            Bind::real(end.cpu_s),
            if end.log.is_empty() { Bind::Null } else { Bind::Text(&end.log) },
        ])?;
        drop(update);
        // A run that has succeeded stays so, whatever becomes of an attempt that was under way beside.
        if run_was != "succeeded" {
            let mut update = self.raw.statement("UPDATE run SET state = ?2 WHERE id = ?1")?;
            update.run(&[Bind::Int(run), Bind::Text(end.run_state.name())])?;
        }
        if end.result == AttemptResult::Succeeded {
            for m in &end.measurements {
                let row = self.value(run, m)?;
                self.values.push(row);
            }
        }
        self.spans(attempt, end)?;
        self.artefacts(attempt, end)
    }

    /// An end that is recorded again (a retried commit, a merge) changes nothing; a different one is refused.
    fn ended_before(&mut self, run: i64, attempt: i64, state: &str, end: &AttemptEnd) -> Result<(), StoreError> {
        let conflict = || StoreError::Conflict { run: end.key.to_string(), attempt: end.attempt };
        let (class, message) = match &end.result {
            AttemptResult::Failed { class, message } => (Some(class.name()), Some(message.as_str())),
            _ => (None, None),
        };
        let mut s = self.raw.statement(
            "SELECT state = ?2 AND failure_class IS ?3 AND message IS ?4 AND ended_us = ?5 AND duration_s = ?6 \
             AND cpu_s IS ?7 FROM attempt WHERE id = ?1",
        )?;
        s.bind_all(&[
            Bind::Int(attempt),
            Bind::Text(state),
            Bind::text(class),
            Bind::text(message),
            Bind::Int(end.ended_us),
            Bind::Real(end.duration_s),
            Bind::real(end.cpu_s),
        ])?;
        if !s.step()? || s.int(0) != 1 {
            return Err(conflict());
        }
        drop(s);
        if end.result != AttemptResult::Succeeded {
            return Ok(());
        }
        // The first record may be in this very batch.
        write_values(self.raw, &mut self.values)?;
        let rows = end.measurements.iter().map(|m| self.value(run, m)).collect::<Result<Vec<_>, _>>()?;
        if has_values(self.raw, run, &rows)? { Ok(()) } else { Err(conflict()) }
    }

    fn value(&mut self, run: i64, m: &Measurement) -> Result<ValueRow, StoreError> {
        let (kind, value, reason) = match &m.observed {
            Observed::Value(x) => (0, Some(*x), None),
            Observed::Censored { at } => (1, Some(*at), None),
            Observed::Undefined(why) => (2, None, Some(why.as_ref())),
            Observed::Unavailable(why) => (3, None, Some(why.as_ref())),
        };
        let provenance = match &m.provenance {
            Provenance::Measured => 0,
            Provenance::Derived(_) => 1,
            Provenance::Estimated(_) => 2,
            Provenance::Simulated => 3,
        };
        Ok(ValueRow {
            metric: self.metric(m.metric.as_str())?,
            run,
            kind,
            value,
            provenance,
            lo: m.lo,
            hi: m.hi,
            source: m.provenance.source().map(|s| self.phrase(s)).transpose()?,
            reason: reason.map(|s| self.phrase(s)).transpose()?,
            flags: m.flags.joined().map(|s| self.phrase(&s)).transpose()?,
        })
    }

    fn spans(&self, attempt: i64, end: &AttemptEnd) -> Result<(), StoreError> {
        if end.spans.is_empty() {
            return Ok(());
        }
        let mut insert = self
            .raw
            .statement("INSERT INTO span (attempt_id, ordinal, name, start_s, end_s) VALUES (?1, ?2, ?3, ?4, ?5)")?;
        for (ordinal, span) in end.spans.iter().enumerate() {
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

    fn artefacts(&self, attempt: i64, end: &AttemptEnd) -> Result<(), StoreError> {
        for artefact in &end.artefacts {
            if let Some(content) = &artefact.content {
                self.raw.execute(
                    "INSERT OR IGNORE INTO content (digest, bytes) VALUES (?1, ?2)",
                    &[Bind::Blob(&artefact.digest.0), Bind::Blob(content)],
                )?;
            }
            self.raw.execute(
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
}
