//! Tables of counts.

use crate::StatError;

/// A rectangular table of counts with its margins.
pub(crate) struct Table {
    pub(crate) cells: Vec<Vec<f64>>,
    pub(crate) rows: Vec<f64>,
    pub(crate) columns: Vec<f64>,
    pub(crate) total: f64,
}

/// A count as `f64`; fails above 2⁵³, where it would not be exact.
pub(crate) fn count(n: u64) -> Result<f64, StatError> {
    if n <= 1 << 53 { Ok(n as f64) } else { Err(StatError::OutOfRange { what: "counts" }) }
}

impl Table {
    /// At least two rows and two columns, and something counted.
    pub(crate) fn of<R: AsRef<[u64]>>(table: &[R]) -> Result<Self, StatError> {
        if table.len() < 2 {
            return Err(StatError::TooFew { what: "rows", needed: 2, found: table.len() });
        }
        let width = table.first().map_or(0, |r| r.as_ref().len());
        if width < 2 {
            return Err(StatError::TooFew { what: "columns", needed: 2, found: width });
        }
        let mut cells = Vec::with_capacity(table.len());
        for row in table {
            let row = row.as_ref();
            if row.len() != width {
                return Err(StatError::LengthMismatch { what: "rows", left: width, right: row.len() });
            }
            cells.push(row.iter().map(|n| count(*n)).collect::<Result<Vec<f64>, StatError>>()?);
        }
        let rows: Vec<f64> = cells.iter().map(|r| r.iter().sum()).collect();
        let columns: Vec<f64> = (0..width).map(|j| cells.iter().map(|r| r[j]).sum()).collect();
        let total: f64 = rows.iter().sum();
        if total == 0.0 {
            return Err(StatError::Empty { what: "table" });
        }
        if total > 9e15 {
            return Err(StatError::OutOfRange { what: "counts" });
        }
        Ok(Self { cells, rows, columns, total })
    }

    /// Fails if a row or a column counts nothing.
    pub(crate) fn margins_filled(&self) -> Result<(), StatError> {
        if self.rows.iter().chain(&self.columns).any(|m| *m == 0.0) {
            return Err(StatError::NoVariation { what: "a margin of the table" });
        }
        Ok(())
    }

    pub(crate) fn n(&self) -> usize {
        self.total as usize
    }
}
