//! Measurements as rows: written many at a time, and compared with what was written before.

use std::sync::LazyLock;

use crate::error::StoreError;
use crate::raw::{Bind, Raw};

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

const COLUMNS: usize = 10;
/// Rows in one statement. Beyond about thirty more gain nothing.
const MANY: usize = 32;

fn insert(rows: usize) -> String {
    let row = "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    format!(
        "INSERT INTO metric_value (metric_id, run_id, kind, value, provenance, lo, hi, source_id, reason_id, flags_id) \
         VALUES {}",
        vec![row; rows].join(", ")
    )
}

static INSERT_MANY: LazyLock<String> = LazyLock::new(|| insert(MANY));
static INSERT_ONE: LazyLock<String> = LazyLock::new(|| insert(1));

impl ValueRow {
    fn binds(&self) -> [Bind<'static>; COLUMNS] {
        [
            Bind::Int(self.metric),
            Bind::Int(self.run),
            Bind::Int(self.kind),
            Bind::real(self.value),
            Bind::Int(self.provenance),
            Bind::real(self.lo),
            Bind::real(self.hi),
            Bind::int(self.source),
            Bind::int(self.reason),
            Bind::int(self.flags),
        ]
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
    rows.sort_unstable_by_key(|r| (r.metric, r.run));
    let (full, rest) = rows.as_chunks::<MANY>();
    if !full.is_empty() {
        let mut statement = raw.statement(&INSERT_MANY)?;
        let mut values = Vec::with_capacity(MANY * COLUMNS);
        for chunk in full {
            values.clear();
            values.extend(chunk.iter().flat_map(ValueRow::binds));
            statement.run(&values)?;
        }
    }
    if !rest.is_empty() {
        let mut statement = raw.statement(&INSERT_ONE)?;
        for row in rest {
            statement.run(&row.binds())?;
        }
    }
    rows.clear();
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
