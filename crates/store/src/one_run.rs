//! One run from close by: where it stands, its measurements, what people noted about it.

use ergon_domain::{Condition, Measurement, RunKey, RunState};

use crate::campaigns::digest;
use crate::error::StoreError;
use crate::open::Store;
use crate::raw::{Bind, Raw};
use crate::runs::state;
use crate::values::measurement;

/// A run as stored, without its attempts (those are [`Store::attempts`]).
#[derive(Clone, Debug, PartialEq)]
pub struct OneRun {
    /// Row id.
    pub id: i64,
    /// Key.
    pub key: RunKey,
    /// All parameters.
    pub condition: Condition,
    /// Replicate, from 0.
    pub replicate: u32,
    /// State.
    pub state: RunState,
    /// Whether it is in the plan in force.
    pub in_plan: bool,
    /// The revision it first ran under.
    pub revision: u32,
    /// Phases that select it.
    pub phases: Vec<String>,
    /// Its measurements, in the order the metrics were declared.
    pub measurements: Vec<Measurement>,
    /// Notes, oldest first.
    pub notes: Vec<Note>,
}

/// What somebody wrote about a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The text.
    pub text: String,
    /// Who.
    pub author: String,
    /// UTC µs.
    pub created_us: i64,
}

impl Store {
    /// The one run whose key begins like this.
    ///
    /// # Errors
    /// No run or several begin so; the store can't be read.
    pub async fn one_run(&self, campaign: i64, prefix: &str) -> Result<OneRun, StoreError> {
        self.read_snapshot(|raw| one_run(raw, campaign, prefix)).await
    }

    /// Notes something about a run.
    ///
    /// # Errors
    /// The store can't be written.
    pub async fn add_note(&self, run: i64, note: Note) -> Result<(), StoreError> {
        self.writer
            .write(move |raw| {
                raw.execute(
                    "INSERT INTO note (run_id, text, author, created_us) VALUES (?1, ?2, ?3, ?4)",
                    &[Bind::Int(run), Bind::Text(&note.text), Bind::Text(&note.author), Bind::Int(note.created_us)],
                )
            })
            .await
    }
}

fn one_run(raw: &Raw, campaign: i64, prefix: &str) -> Result<OneRun, StoreError> {
    let prefix = prefix.to_ascii_uppercase();
    let none = || StoreError::NoRun(prefix.to_ascii_lowercase());
    if prefix.is_empty() || !prefix.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(none());
    }
    let mut s = raw.statement(
        "SELECT r.id, r.key, k.parameters, r.replicate, r.state, r.in_plan, r.revision FROM run r \
         JOIN condition k ON k.id = r.condition_id WHERE r.campaign_id = ?1 AND substr(hex(r.key), 1, ?3) = ?2 LIMIT 2",
    )?;
    s.bind_all(&[Bind::Int(campaign), Bind::Text(&prefix), Bind::Int(prefix.len() as i64)])?;
    if !s.step()? {
        return Err(none());
    }
    let id = s.int(0);
    let found = OneRun {
        id,
        key: digest(s.blob(1))?,
        condition: serde_json::from_str(&s.text(2))
            .map_err(|e| StoreError::Internal(format!("a condition can't be read: {e}")))?,
        replicate: s.int(3) as u32,
        state: state(&s.text(4))?,
        in_plan: s.int(5) != 0,
        revision: s.int(6) as u32,
        phases: texts(raw, "SELECT phase FROM run_phase WHERE run_id = ?1 ORDER BY phase", id)?,
        measurements: measurements(raw, id)?,
        notes: notes(raw, id)?,
    };
    if s.step()? { Err(StoreError::Ambiguous(prefix.to_ascii_lowercase(), "several runs".into())) } else { Ok(found) }
}

fn texts(raw: &Raw, sql: &str, id: i64) -> Result<Vec<String>, StoreError> {
    let mut s = raw.statement(sql)?;
    s.bind_all(&[Bind::Int(id)])?;
    let mut found = Vec::new();
    while s.step()? {
        found.push(s.text(0));
    }
    Ok(found)
}

fn notes(raw: &Raw, run: i64) -> Result<Vec<Note>, StoreError> {
    let mut s = raw.statement("SELECT text, author, created_us FROM note WHERE run_id = ?1 ORDER BY id")?;
    s.bind_all(&[Bind::Int(run)])?;
    let mut found = Vec::new();
    while s.step()? {
        found.push(Note { text: s.text(0), author: s.text(1), created_us: s.int(2) });
    }
    Ok(found)
}

fn measurements(raw: &Raw, run: i64) -> Result<Vec<Measurement>, StoreError> {
    let mut s = raw.statement(
        "SELECT m.name, v.kind, v.value, v.provenance, v.lo, v.hi, s.text, w.text, f.text FROM metric m \
         JOIN metric_value v ON v.metric_id = m.id AND v.run_id = ?1 LEFT JOIN phrase s ON s.id = v.source_id \
         LEFT JOIN phrase w ON w.id = v.reason_id LEFT JOIN phrase f ON f.id = v.flags_id \
         WHERE m.campaign_id = (SELECT campaign_id FROM run WHERE id = ?1) ORDER BY m.id",
    )?;
    s.bind_all(&[Bind::Int(run)])?;
    let mut found = Vec::new();
    while s.step()? {
        found.push(measurement(&s, 0));
    }
    Ok(found)
}
