//! Reading runs and their measurements.

use std::collections::BTreeMap;

use ergon_domain::{Condition, Flags, Measurement, MetricId, Observed, Provenance, RunKey, RunState};

use crate::campaigns::digest;
use crate::error::StoreError;
use crate::open::Store;
use crate::raw::{Bind, Raw};

/// A run's row, with its last attempt.
#[derive(Clone, Debug, PartialEq)]
pub struct RunRecord {
    /// Row id.
    pub id: i64,
    /// Key.
    pub key: RunKey,
    /// Row id of the condition.
    pub condition: i64,
    /// Replicate, from 0.
    pub replicate: u32,
    /// State.
    pub state: RunState,
    /// Whether it is in the plan in force.
    pub in_plan: bool,
    /// Attempts so far.
    pub attempts: u32,
    /// Start of the last attempt, UTC µs.
    pub started_us: Option<i64>,
    /// Duration of the last attempt, seconds.
    pub duration_s: Option<f64>,
    /// CPU seconds of the last attempt.
    pub cpu_s: Option<f64>,
}

/// All runs of a campaign with a row, and their measurements by metric.
#[derive(Clone, Debug, Default)]
pub struct RunTable {
    /// Runs by row id.
    pub runs: Vec<RunRecord>,
    /// Per metric: one cell per run, aligned.
    pub columns: BTreeMap<MetricId, Vec<Option<Measurement>>>,
    /// Conditions by row id.
    pub conditions: BTreeMap<i64, Condition>,
}

/// Counts of attempts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AttemptCounts {
    /// Attempts executing by the record.
    pub running: u64,
    /// Failed attempts by class.
    pub failed: BTreeMap<String, u64>,
}

/// A run whose last attempt failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedRunRecord {
    /// Key.
    pub key: RunKey,
    /// Failure class.
    pub class: String,
    /// What was wrong.
    pub message: String,
    /// Attempts so far.
    pub attempts: u32,
}

pub(crate) const LAST_ATTEMPT: &str = "LEFT JOIN attempt a ON a.run_id = r.id \
     AND a.number = (SELECT max(number) FROM attempt WHERE run_id = r.id)";

impl Store {
    /// State, attempts and whether it is in the plan, of every run with a row.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn run_states(&self, campaign: i64) -> Result<BTreeMap<RunKey, (RunState, u32, bool)>, StoreError> {
        self.read(|raw| {
            let mut s = raw.statement(
                "SELECT r.key, r.state, r.in_plan, (SELECT max(number) FROM attempt WHERE run_id = r.id) \
                 FROM run r WHERE r.campaign_id = ?1",
            )?;
            s.bind_all(&[Bind::Int(campaign)])?;
            let mut found = BTreeMap::new();
            while s.step()? {
                found.insert(digest(s.blob(0))?, (state(&s.text(1))?, s.int(3) as u32, s.int(2) != 0));
            }
            Ok(found)
        })
        .await
    }

    /// Numbers of runs with a row: (state, whether in the plan, how many).
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn run_counts(&self, campaign: i64) -> Result<Vec<(RunState, bool, u64)>, StoreError> {
        self.read(|raw| {
            let mut s =
                raw.statement("SELECT state, in_plan, count(*) FROM run WHERE campaign_id = ?1 GROUP BY 1, 2")?;
            s.bind_all(&[Bind::Int(campaign)])?;
            let mut found = Vec::new();
            while s.step()? {
                found.push((state(&s.text(0))?, s.int(1) != 0, s.int(2).unsigned_abs()));
            }
            Ok(found)
        })
        .await
    }

    /// Every run with its measurements.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn run_table(&self, campaign: i64) -> Result<RunTable, StoreError> {
        // One snapshot: a commit between two queries must not tear a run from its measurements.
        self.read_snapshot(|raw| run_table(raw, campaign)).await
    }

    /// One metric's values of the runs that succeeded: (row id of the run, value).
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn metric_values(&self, campaign: i64, metric: &str) -> Result<Vec<(i64, f64)>, StoreError> {
        let metric = metric.to_owned();
        self.read(move |raw| {
            let mut s = raw.statement(
                "SELECT v.run_id, v.value FROM metric_value v WHERE v.kind = 0 \
                 AND v.metric_id = (SELECT id FROM metric WHERE campaign_id = ?1 AND name = ?2)",
            )?;
            s.bind_all(&[Bind::Int(campaign), Bind::Text(&metric)])?;
            let mut found = Vec::new();
            while s.step()? {
                found.push((s.int(0), s.real(1)));
            }
            Ok(found)
        })
        .await
    }

    /// Counts of attempts.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn attempt_counts(&self, campaign: i64) -> Result<AttemptCounts, StoreError> {
        self.read(|raw| {
            let mut s = raw.statement(
                "SELECT NULL, count(*) FROM attempt a CROSS JOIN run r ON r.id = a.run_id \
                 WHERE r.campaign_id = ?1 AND a.state = 'running' UNION ALL \
                 SELECT a.failure_class, count(*) FROM attempt a CROSS JOIN run r ON r.id = a.run_id \
                 WHERE r.campaign_id = ?1 AND a.state = 'failed' GROUP BY 1",
            )?;
            s.bind_all(&[Bind::Int(campaign)])?;
            let mut counts = AttemptCounts::default();
            while s.step()? {
                let n = s.int(1).unsigned_abs();
                match s.optional_text(0) {
                    Some(class) => *counts.failed.entry(class).or_default() += n,
                    None => counts.running += n,
                }
            }
            Ok(counts)
        })
        .await
    }

    /// Runs of the plan whose last attempt failed, in the order they failed.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn failed_runs(&self, campaign: i64) -> Result<Vec<FailedRunRecord>, StoreError> {
        self.read(|raw| {
            let mut s = raw.statement(&format!(
                "SELECT r.key, a.failure_class, a.message, a.number FROM run r {LAST_ATTEMPT} \
                 WHERE r.campaign_id = ?1 AND r.state = 'failed' AND r.in_plan = 1 ORDER BY a.id"
            ))?;
            s.bind_all(&[Bind::Int(campaign)])?;
            let mut found = Vec::new();
            while s.step()? {
                found.push(FailedRunRecord {
                    key: digest(s.blob(0))?,
                    class: s.text(1),
                    message: s.text(2),
                    attempts: s.int(3) as u32,
                });
            }
            Ok(found)
        })
        .await
    }

    /// Durations of successful attempts, seconds, newest first, at most `most`; with the time each ended (UTC µs).
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn durations(&self, campaign: i64, most: u32) -> Result<Vec<(f64, i64)>, StoreError> {
        self.read(|raw| {
            let mut s = raw.statement(
                "SELECT a.duration_s, a.ended_us FROM attempt a JOIN run r ON r.id = a.run_id \
                 WHERE r.campaign_id = ?1 AND a.state = 'succeeded' ORDER BY a.id DESC LIMIT ?2",
            )?;
            s.bind_all(&[Bind::Int(campaign), Bind::Int(most.into())])?;
            let mut found = Vec::new();
            while s.step()? {
                found.push((s.real(0), s.int(1)));
            }
            Ok(found)
        })
        .await
    }
}

pub(crate) fn state(name: &str) -> Result<RunState, StoreError> {
    name.parse().map_err(|()| StoreError::Internal(format!("unknown run state '{name}'")))
}

fn run_table(raw: &Raw, campaign: i64) -> Result<RunTable, StoreError> {
    let mut table = RunTable::default();
    let mut position = BTreeMap::new();
    {
        let mut s = raw.statement(&format!(
            "SELECT r.id, r.key, r.condition_id, r.replicate, r.state, r.in_plan, a.number, a.started_us, a.duration_s, \
             a.cpu_s FROM run r {LAST_ATTEMPT} WHERE r.campaign_id = ?1 ORDER BY r.id"
        ))?;
        s.bind_all(&[Bind::Int(campaign)])?;
        while s.step()? {
            position.insert(s.int(0), table.runs.len());
            table.runs.push(RunRecord {
                id: s.int(0),
                key: digest(s.blob(1))?,
                condition: s.int(2),
                replicate: s.int(3) as u32,
                state: state(&s.text(4))?,
                in_plan: s.int(5) != 0,
                attempts: s.int(6) as u32,
                started_us: s.optional_int(7),
                duration_s: s.optional_real(8),
                cpu_s: s.optional_real(9),
            });
        }
    }
    {
        let mut s = raw.statement("SELECT id, parameters FROM condition WHERE campaign_id = ?1")?;
        s.bind_all(&[Bind::Int(campaign)])?;
        while s.step()? {
            let condition = serde_json::from_str(&s.text(1))
                .map_err(|e| StoreError::Internal(format!("a condition can't be read: {e}")))?;
            table.conditions.insert(s.int(0), condition);
        }
    }
    let mut metrics = Vec::new();
    {
        let mut s = raw.statement("SELECT id, name FROM metric WHERE campaign_id = ?1")?;
        s.bind_all(&[Bind::Int(campaign)])?;
        while s.step()? {
            metrics.push((s.int(0), MetricId::new(s.text(1))));
        }
    }
    let phrases = phrases(raw)?;
    for (id, name) in metrics {
        let column = column(raw, id, &name, &position, &phrases, table.runs.len())?;
        table.columns.insert(name, column);
    }
    Ok(table)
}

fn phrases(raw: &Raw) -> Result<BTreeMap<i64, String>, StoreError> {
    let mut s = raw.statement("SELECT id, text FROM phrase")?;
    let mut found = BTreeMap::new();
    while s.step()? {
        found.insert(s.int(0), s.text(1));
    }
    Ok(found)
}

fn column(
    raw: &Raw,
    metric: i64,
    name: &MetricId,
    position: &BTreeMap<i64, usize>,
    phrases: &BTreeMap<i64, String>,
    rows: usize,
) -> Result<Vec<Option<Measurement>>, StoreError> {
    let mut out = vec![None; rows];
    let mut s = raw.statement(
        "SELECT run_id, kind, value, provenance, lo, hi, source_id, reason_id, flags_id FROM metric_value \
         WHERE metric_id = ?1",
    )?;
    s.bind_all(&[Bind::Int(metric)])?;
    while s.step()? {
        let Some(at) = position.get(&s.int(0)) else { continue };
        let phrase = |i: usize| s.optional_int(i).and_then(|id| phrases.get(&id)).map_or("", String::as_str);
        let observed = match s.int(1) {
            0 => Observed::Value(s.real(2)),
            1 => Observed::Censored { at: s.real(2) },
            2 => Observed::Undefined(phrase(7).into()),
            _ => Observed::Unavailable(phrase(7).into()),
        };
        let provenance = match s.int(3) {
            0 => Provenance::Measured,
            1 => Provenance::Derived(phrase(6).into()),
            2 => Provenance::Estimated(phrase(6).into()),
            _ => Provenance::Simulated,
        };
        let flags = Flags(phrase(8).split(',').filter(|f| !f.is_empty()).map(Into::into).collect());
        out[*at] = Some(Measurement {
            metric: name.clone(),
            observed,
            provenance,
            lo: s.optional_real(4),
            hi: s.optional_real(5),
            flags,
        });
    }
    Ok(out)
}
