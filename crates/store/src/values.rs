//! Measurements as rows: written many at a time, compared with what was written before, read back.

use ergon_domain::{Flags, Measurement, MetricId, Observed, Provenance};

use crate::error::StoreError;
use crate::raw::{Bind, Raw, Statement};
use crate::record::Batch;

/// A row of `metric_value`. Texts are row ids of `phrase`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ValueRow {
    pub(crate) metric: i64,
    pub(crate) run: i64,
    /// 0 value, 1 censored, 2 undefined, 3 unavailable.
    pub(crate) kind: i64,
    pub(crate) value: Option<f64>,
    /// 0 measured, 1 derived, 2 estimated, 3 simulated.
    pub(crate) provenance: i64,
    pub(crate) lo: Option<f64>,
    pub(crate) hi: Option<f64>,
    pub(crate) source: Option<i64>,
    pub(crate) reason: Option<i64>,
    pub(crate) flags: Option<i64>,
}

// One row a statement: with several, SQLite keeps a journal for each statement of foreign keys, which costs more.
const INSERT_PLAIN: &str =
    "INSERT INTO metric_value (metric_id, run_id, kind, value, provenance) VALUES (?1, ?2, ?3, ?4, ?5)";
const INSERT: &str = "INSERT INTO metric_value (metric_id, run_id, kind, value, provenance, lo, hi, source_id, reason_id, \
     flags_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";

impl ValueRow {
    /// Whether it is a number and nothing else: most are.
    fn is_plain(&self) -> bool {
        (self.lo, self.hi) == (None, None) && (self.source, self.reason, self.flags) == (None, None, None)
    }

    fn plain(&self) -> [Bind<'static>; 5] {
        [
            Bind::Int(self.metric),
            Bind::Int(self.run),
            Bind::Int(self.kind),
            Bind::real(self.value),
            Bind::Int(self.provenance),
        ]
    }

    fn rest(&self) -> [Bind<'static>; 5] {
        [
            Bind::real(self.lo),
            Bind::real(self.hi),
            Bind::int(self.source),
            Bind::int(self.reason),
            Bind::int(self.flags),
        ]
    }

    /// All columns, in the order of the table.
    pub(crate) fn binds(&self) -> [Bind<'static>; 10] {
        let ([a, b, c, d, e], [f, g, h, i, j]) = (self.plain(), self.rest());
        [a, b, c, d, e, f, g, h, i, j]
    }

    fn same(&self, other: &Self) -> bool {
        let bits = |x: Option<f64>| x.map(f64::to_bits);
        let key = |r: &Self| {
            let numbers = (bits(r.value), bits(r.lo), bits(r.hi));
            (r.metric, r.run, r.kind, r.provenance, numbers, r.source, r.reason, r.flags)
        };
        key(self) == key(other)
    }
}

/// Writes the rows in the order of the table, so that neighbours on disk are written together; leaves `rows` empty.
pub(crate) fn write_values(raw: &Raw, rows: &mut Vec<ValueRow>) -> Result<(), StoreError> {
    if rows.is_empty() {
        return Ok(());
    }
    rows.sort_unstable_by_key(|r| (r.metric, r.run));
    let (mut plain, mut full) = (raw.statement(INSERT_PLAIN)?, raw.statement(INSERT)?);
    for row in rows.drain(..) {
        if row.is_plain() {
            plain.run(&row.plain())?;
        } else {
            full.run(&row.binds())?;
        }
    }
    Ok(())
}

/// Whether a run's stored measurements are exactly these.
pub(crate) fn has_values(raw: &Raw, run: i64, rows: &[ValueRow]) -> Result<bool, StoreError> {
    let mut expected: Vec<&ValueRow> = rows.iter().collect();
    expected.sort_unstable_by_key(|r| r.metric);
    let mut statement = raw.statement(
        "SELECT v.metric_id, v.kind, v.value, v.provenance, v.lo, v.hi, v.source_id, v.reason_id, v.flags_id \
         FROM run r JOIN metric m ON m.campaign_id = r.campaign_id \
         JOIN metric_value v ON v.metric_id = m.id AND v.run_id = r.id WHERE r.id = ?1 ORDER BY v.metric_id",
    )?;
    statement.bind_all(&[Bind::Int(run)])?;
    let mut expected = expected.into_iter();
    while statement.step()? {
        let stored = ValueRow {
            metric: statement.int(0),
            run,
            kind: statement.int(1),
            value: statement.optional_real(2),
            provenance: statement.int(3),
            lo: statement.optional_real(4),
            hi: statement.optional_real(5),
            source: statement.optional_int(6),
            reason: statement.optional_int(7),
            flags: statement.optional_int(8),
        };
        if !expected.next().is_some_and(|row| row.same(&stored)) {
            return Ok(false);
        }
    }
    Ok(expected.next().is_none())
}

impl Batch<'_> {
    /// A measurement as a row; `metric` and `run` are whatever owns it in its table.
    pub(crate) fn row(&mut self, metric: i64, run: i64, m: &Measurement) -> Result<ValueRow, StoreError> {
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
            metric,
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
}

/// The measurement in columns from `first` on: name, kind, value, provenance, lo, hi, source, reason, flags.
pub(crate) fn measurement(s: &Statement<'_>, first: usize) -> Measurement {
    let phrase = |i: usize| s.optional_text(first + i).unwrap_or_default();
    Measurement {
        metric: MetricId::new(s.text(first)),
        observed: match s.int(first + 1) {
            0 => Observed::Value(s.real(first + 2)),
            1 => Observed::Censored { at: s.real(first + 2) },
            2 => Observed::Undefined(phrase(7).into()),
            _ => Observed::Unavailable(phrase(7).into()),
        },
        provenance: match s.int(first + 3) {
            0 => Provenance::Measured,
            1 => Provenance::Derived(phrase(6).into()),
            2 => Provenance::Estimated(phrase(6).into()),
            _ => Provenance::Simulated,
        },
        lo: s.optional_real(first + 4),
        hi: s.optional_real(first + 5),
        flags: Flags(phrase(8).split(',').filter(|f| !f.is_empty()).map(Into::into).collect()),
    }
}
