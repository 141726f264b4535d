//! Attempts, measurements, spans and files: the store's side of the `RunLog` port.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use ergon_domain::{
    AttemptEnd, AttemptResult, AttemptStart, ControlCommand, Digest, Measurement, Observed, Provenance, RunKey, RunLog,
    RunLogBatch, RunLogError, RunState,
};

use crate::error::StoreError;
use crate::lease::{Lease, check_lease};
use crate::open::Store;
use crate::raw::{Bind, Raw};

/// Row ids that don't change while an engine holds the campaign: looked up once.
///
/// Invariant: holds only ids of committed rows; a batch's own ids are added after its commit.
#[derive(Default)]
struct Known {
    conditions: BTreeMap<Digest, i64>,
    metrics: BTreeMap<String, i64>,
    phrases: BTreeMap<String, i64>,
    /// Runs with an open attempt.
    open: BTreeMap<RunKey, i64>,
}

struct StoreLog {
    store: Store,
    slug: String,
    lease: Lease,
    revision: u32,
    workload_version: u32,
    phases: Arc<[String]>,
    known: Arc<Mutex<Known>>,
}

impl Store {
    /// The log an engine writes through while it holds the lease. `phases`: names by position in the spec.
    pub fn run_log(
        &self,
        slug: &str,
        lease: &Lease,
        revision: u32,
        workload_version: u32,
        phases: Vec<String>,
    ) -> Arc<dyn RunLog> {
        Arc::new(StoreLog {
            store: self.clone(),
            slug: slug.to_owned(),
            lease: lease.clone(),
            revision,
            workload_version,
            phases: phases.into(),
            known: Arc::default(),
        })
    }
}

fn now_us() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_micros() as i64)
}

impl StoreLog {
    fn told(&self, error: StoreError) -> RunLogError {
        match error {
            StoreError::LeaseLost => RunLogError::LeaseLost { campaign: self.slug.clone() },
            other => RunLogError::Store(other.to_string()),
        }
    }
}

#[async_trait]
impl RunLog for StoreLog {
    async fn record(&self, batch: RunLogBatch) -> Result<(), RunLogError> {
        let (lease, revision, version) = (self.lease.clone(), self.revision, self.workload_version);
        let (phases, known) = (self.phases.clone(), self.known.clone());
        let learned = self
            .store
            .writer
            .write(move |raw| {
                check_lease(raw, &lease)?;
                let guard = known.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                let mut batch_writer = Batch {
                    raw,
                    campaign: lease.campaign,
                    revision,
                    version,
                    phases: &phases,
                    known: &guard,
                    new: Known::default(),
                };
                for start in &batch.starts {
                    batch_writer.start(start)?;
                }
                for end in &batch.ends {
                    batch_writer.end(end)?;
                }
                let ended: Vec<RunKey> = batch.ends.iter().map(|e| e.key).collect();
                Ok((batch_writer.new, ended))
            })
            .await;
        let (new, ended) = learned.map_err(|e| self.told(e))?;
        let mut known = self.known.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        known.conditions.extend(new.conditions);
        known.metrics.extend(new.metrics);
        known.phrases.extend(new.phrases);
        known.open.extend(new.open);
        for key in ended {
            known.open.remove(&key);
        }
        Ok(())
    }

    async fn heartbeat(&self) -> Result<Vec<ControlCommand>, RunLogError> {
        self.store.beat(self.lease.clone(), now_us()).await.map_err(|e| self.told(e))
    }
}

struct Batch<'a> {
    raw: &'a Raw,
    campaign: i64,
    revision: u32,
    version: u32,
    phases: &'a [String],
    known: &'a Known,
    new: Known,
}

impl Batch<'_> {
    fn start(&mut self, start: &AttemptStart) -> Result<(), StoreError> {
        let run = self.run(start)?;
        let mut insert = self.raw.statement(
            "INSERT INTO attempt (run_id, number, state, started_us) VALUES (?1, ?2, 'running', ?3) \
             ON CONFLICT (run_id, number) DO NOTHING",
        )?;
        insert.run(&[Bind::Int(run), Bind::Int(start.attempt.into()), Bind::Int(start.started_us)])?;
        self.new.open.insert(start.run.key, run);
        Ok(())
    }

    fn run(&mut self, start: &AttemptStart) -> Result<i64, StoreError> {
        let condition = self.condition(start)?;
        let mut upsert = self.raw.statement(
            "INSERT INTO run (campaign_id, key, condition_id, replicate, state, in_plan, revision, workload_version) \
             VALUES (?1, ?2, ?3, ?4, 'running', 1, ?5, ?6) \
             ON CONFLICT (campaign_id, key) DO UPDATE SET state = 'running', in_plan = 1 RETURNING id",
        )?;
        upsert.bind_all(&[
            Bind::Int(self.campaign),
            Bind::Blob(&start.run.key.0),
            Bind::Int(condition),
            Bind::Int(start.run.replicate.into()),
            Bind::Int(self.revision.into()),
            Bind::Int(self.version.into()),
        ])?;
        upsert.step()?;
        let run = upsert.int(0);
        while upsert.step()? {}
        drop(upsert);
        let mut phase = self.raw.statement("INSERT OR IGNORE INTO run_phase (run_id, phase) VALUES (?1, ?2)")?;
        for at in start.run.phases.iter() {
            if let Some(name) = self.phases.get(usize::from(*at)) {
                phase.run(&[Bind::Int(run), Bind::Text(name)])?;
            }
        }
        Ok(run)
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
        let (attempt, was) = {
            let mut s = self.raw.statement("SELECT id, state FROM attempt WHERE run_id = ?1 AND number = ?2")?;
            s.bind_all(&[Bind::Int(run), Bind::Int(end.attempt.into())])?;
            if !s.step()? {
                return Err(StoreError::Internal(format!(
                    "attempt {} of run {} ended without having begun",
                    end.attempt, end.key
                )));
            }
            (s.int(0), s.text(1))
        };
        if was != "running" {
            // Recorded before (a retried commit): the same again changes nothing.
            return if was == state {
                Ok(())
            } else {
                Err(StoreError::Conflict { run: end.key.to_string(), attempt: end.attempt })
            };
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
        let mut update = self.raw.statement("UPDATE run SET state = ?2 WHERE id = ?1")?;
        update.run(&[Bind::Int(run), Bind::Text(end.run_state.name())])?;
        drop(update);
        if end.run_state == RunState::Succeeded {
            self.measurements(run, &end.measurements)?;
        }
        for (ordinal, span) in end.spans.iter().enumerate() {
            let mut insert = self.raw.statement(
                "INSERT INTO span (attempt_id, ordinal, name, start_s, end_s) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?;
            insert.run(&[
                Bind::Int(attempt),
                Bind::Int(ordinal as i64),
                Bind::Text(&span.name),
                Bind::Real(span.start_s),
                Bind::Real(span.end_s),
            ])?;
        }
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

    fn measurements(&mut self, run: i64, measurements: &[Measurement]) -> Result<(), StoreError> {
        for m in measurements {
            let metric = self.metric(m.metric.as_str())?;
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
            let source = m.provenance.source().map(|s| self.phrase(s)).transpose()?;
            let reason = reason.map(|s| self.phrase(s)).transpose()?;
            let flags = m.flags.joined().map(|s| self.phrase(&s)).transpose()?;
            let mut insert = self.raw.statement(
                "INSERT INTO metric_value (metric_id, run_id, kind, value, provenance, lo, hi, source_id, reason_id, \
                 flags_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            )?;
            insert.run(&[
                Bind::Int(metric),
                Bind::Int(run),
                Bind::Int(kind),
                Bind::real(value),
                Bind::Int(provenance),
                Bind::real(m.lo),
                Bind::real(m.hi),
                Bind::int(source),
                Bind::int(reason),
                Bind::int(flags),
            ])?;
        }
        Ok(())
    }
}
