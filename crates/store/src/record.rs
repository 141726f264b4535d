//! Writing a batch of attempts: runs, conditions, measurements, spans and files.
//!
//! Invariant: a batch that was written before changes nothing; one that says something else about an attempt that has
//! ended is refused; a run succeeds once.

use std::collections::BTreeMap;

use ergon_domain::{AttemptEnd, AttemptResult, AttemptStart, Digest, Measurement, MetricId, RunKey, RunLogBatch};

use crate::error::StoreError;
use crate::left_behind::write_artefacts;
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
    /// The session whose energy is recorded.
    pub(crate) session: Option<i64>,
}

/// An attempt's end as its row says it.
struct Ended<'a> {
    state: &'static str,
    class: Option<&'static str>,
    message: Option<&'a str>,
    log: Option<&'a str>,
}

impl<'a> Ended<'a> {
    fn of(end: &'a AttemptEnd) -> Self {
        let (state, class, message) = match &end.result {
            AttemptResult::Succeeded => ("succeeded", None, None),
            AttemptResult::Failed { class, message } => ("failed", Some(class.name()), Some(message.as_str())),
            AttemptResult::Cancelled => ("cancelled", None, None),
        };
        Self { state, class, message, log: (!end.log.is_empty()).then_some(end.log.as_str()) }
    }
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
    /// Metrics in the order runs list them, and the place of the next.
    pub(crate) order: Vec<(MetricId, i64)>,
    pub(crate) next: usize,
}

impl Batch<'_> {
    /// Writes starts, then ends, then all measurements. An attempt that began and ended in the batch is one row at once.
    pub(crate) fn write(&mut self, batch: &RunLogBatch) -> Result<(), StoreError> {
        self.energy_sessions(&batch.energy)?;
        let mut ends: BTreeMap<(RunKey, u32), usize> = BTreeMap::new();
        for (at, end) in batch.ends.iter().enumerate() {
            ends.entry((end.key, end.attempt)).or_insert(at);
        }
        let mut written = vec![false; batch.ends.len()];
        for start in &batch.starts {
            let end = ends.remove(&(start.run.key, start.attempt));
            let is_new = self.start(start, end.and_then(|at| batch.ends.get(at)))?;
            if let Some(done) = end.and_then(|at| written.get_mut(at)) {
                *done = is_new;
            }
        }
        for (end, _) in batch.ends.iter().zip(&written).filter(|(_, written)| !**written) {
            self.end(end)?;
        }
        write_values(self.raw, &mut self.values)?;
        self.energy_entries(&batch.energy)
    }

    /// Writes a start, with its end where that is known; returns false if the attempt began before.
    fn start(&mut self, start: &AttemptStart, end: Option<&AttemptEnd>) -> Result<bool, StoreError> {
        let state = end.map_or("running", |end| end.run_state.name());
        let (run, before) = self.run(start, state)?;
        self.new.open.insert(start.run.key, run);
        let ended = end.map(Ended::of);
        let mut insert = self.raw.statement(
            "INSERT INTO attempt (run_id, number, state, started_us, failure_class, message, ended_us, duration_s, cpu_s, \
             log, energy_session, energy_block) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12) ON CONFLICT (run_id, number) DO NOTHING",
        )?;
        if before.as_deref() == Some("succeeded") && !self.has_attempt(run, start.attempt)? {
            return Err(self.succeeded_before(run, &start.run.key));
        }
        insert.run(&[
            Bind::Int(run),
            Bind::Int(start.attempt.into()),
            Bind::Text(ended.as_ref().map_or("running", |e| e.state)),
            Bind::Int(start.started_us),
            Bind::text(ended.as_ref().and_then(|e| e.class)),
            Bind::text(ended.as_ref().and_then(|e| e.message)),
            Bind::int(end.map(|e| e.ended_us)),
            Bind::real(end.map(|e| e.duration_s)),
            Bind::real(end.and_then(|e| e.cpu_s)),
            Bind::text(ended.as_ref().and_then(|e| e.log)),
            Bind::int(self.session().filter(|_| end.is_some_and(|e| e.energy_block.is_some()))),
            Bind::int(end.and_then(|e| e.energy_block).map(i64::from)),
        ])?;
        if self.raw.changes() == 0 {
            self.began_before(run, start)?;
            return Ok(false);
        }
        let attempt = self.raw.last_id();
        drop(insert);
        if before.is_some() {
            let mut update = self.raw.statement("UPDATE run SET state = ?2, in_plan = 1 WHERE id = ?1")?;
            update.run(&[Bind::Int(run), Bind::Text(state)])?;
        }
        match end {
            Some(end) => self.content(run, attempt, end).map(|()| true),
            None => Ok(true),
        }
    }

    fn has_attempt(&self, run: i64, number: u32) -> Result<bool, StoreError> {
        let mut s = self.raw.statement("SELECT 1 FROM attempt WHERE run_id = ?1 AND number = ?2")?;
        s.bind_all(&[Bind::Int(run), Bind::Int(number.into())])?;
        s.step()
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
    fn run(&mut self, start: &AttemptStart, state: &str) -> Result<(i64, Option<String>), StoreError> {
        let condition = self.condition(start)?;
        let mut insert = self.raw.statement(
            "INSERT INTO run (campaign_id, key, condition_id, replicate, state, in_plan, revision, workload_version) \
             VALUES (?1, ?2, ?3, ?4, ?7, 1, ?5, ?6) ON CONFLICT (campaign_id, key) DO NOTHING",
        )?;
        insert.run(&[
            Bind::Int(self.campaign),
            Bind::Blob(&start.run.key.0),
            Bind::Int(condition),
            Bind::Int(start.run.replicate.into()),
            Bind::Int(self.revision.into()),
            Bind::Int(self.version.into()),
            Bind::Text(state),
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

    pub(crate) fn upsert(&self, sql: &str, values: &[Bind<'_>]) -> Result<i64, StoreError> {
        let mut statement = self.raw.statement(sql)?;
        statement.bind_all(values)?;
        statement.step()?;
        let id = statement.int(0);
        while statement.step()? {}
        Ok(id)
    }

    pub(crate) fn phrase(&mut self, text: &str) -> Result<i64, StoreError> {
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

    /// Runs list their metrics in the same order: the one after the last is tried first.
    fn metric(&mut self, name: &MetricId) -> Result<i64, StoreError> {
        if let Some((expected, id)) = self.order.get(self.next)
            && expected == name
        {
            self.next += 1;
            return Ok(*id);
        }
        let id = self.metric_named(name.as_str())?;
        self.next = self.order.iter().position(|(known, _)| known == name).map_or_else(
            || {
                self.order.push((name.clone(), id));
                self.order.len()
            },
            |at| at + 1,
        );
        Ok(id)
    }

    fn metric_named(&mut self, name: &str) -> Result<i64, StoreError> {
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
        let Ended { state, class, message, log } = Ended::of(end);
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
            return self.ended_before(run, attempt, end);
        }
        if run_was == "succeeded" && state == "succeeded" {
            return Err(self.succeeded_before(run, &end.key));
        }
        let mut update = self.raw.statement(
            "UPDATE attempt SET state = ?2, failure_class = ?3, message = ?4, ended_us = ?5, duration_s = ?6, \
             cpu_s = ?7, log = ?8, energy_session = ?9, energy_block = ?10 WHERE id = ?1",
        )?;
        update.run(&[
            Bind::Int(attempt),
            Bind::Text(state),
            Bind::text(class),
            Bind::text(message),
            Bind::Int(end.ended_us),
            Bind::Real(end.duration_s),
            Bind::real(end.cpu_s),
            Bind::text(log),
            Bind::int(self.session().filter(|_| end.energy_block.is_some())),
            Bind::int(end.energy_block.map(i64::from)),
        ])?;
        drop(update);
        // A run that has succeeded stays so; else its newest attempt decides, which may have begun in this very batch.
        if run_was != "succeeded" {
            let mut update = self.raw.statement(
                "UPDATE run SET state = ?2 WHERE id = ?1 AND (?2 = 'succeeded' \
                 OR NOT EXISTS (SELECT 1 FROM attempt WHERE run_id = ?1 AND number > ?3))",
            )?;
            update.run(&[Bind::Int(run), Bind::Text(end.run_state.name()), Bind::Int(end.attempt.into())])?;
        }
        self.content(run, attempt, end)
    }

    /// What an attempt left: measurements (written with the whole batch's), spans, files.
    fn content(&mut self, run: i64, attempt: i64, end: &AttemptEnd) -> Result<(), StoreError> {
        if end.result == AttemptResult::Succeeded {
            for m in &end.measurements {
                let row = self.value(run, m)?;
                self.values.push(row);
            }
        }
        self.resources("attempt_resource", "attempt_id", attempt, &end.resources)?;
        self.spans(attempt, &end.spans)?;
        write_artefacts(self.raw, attempt, &end.artefacts)
    }

    /// An end that is recorded again (a retried commit, a merge) changes nothing; a different one is refused.
    fn ended_before(&mut self, run: i64, attempt: i64, end: &AttemptEnd) -> Result<(), StoreError> {
        let conflict = || StoreError::Conflict { run: end.key.to_string(), attempt: end.attempt };
        let Ended { state, class, message, .. } = Ended::of(end);
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
        let metric = self.metric(&m.metric)?;
        self.row(metric, run, m)
    }
}
