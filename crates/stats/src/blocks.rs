//! Rows that belong together (blocks, subjects, targets) by columns (treatments, raters).

use crate::StatError;
use crate::missing::MissingPolicy;

/// Complete rows of one length.
pub(crate) struct Blocks {
    pub(crate) rows: Vec<Vec<f64>>,
    pub(crate) columns: usize,
    pub(crate) dropped: usize,
}

impl Blocks {
    /// Cleans the rows: at least two columns and `least` complete rows. A row with a missing value
    /// is dropped whole.
    pub(crate) fn of<R: AsRef<[f64]>>(rows: &[R], least: usize, missing: MissingPolicy) -> Result<Self, StatError> {
        let Some(columns) = rows.first().map(|r| r.as_ref().len()) else {
            return Err(StatError::Empty { what: "rows" });
        };
        if columns < 2 {
            return Err(StatError::TooFew { what: "columns", needed: 2, found: columns });
        }
        let mut kept = Vec::with_capacity(rows.len());
        for row in rows {
            let row = row.as_ref();
            if row.len() != columns {
                return Err(StatError::LengthMismatch { what: "rows", left: columns, right: row.len() });
            }
            if let Some(index) = row.iter().position(|v| v.is_infinite()) {
                return Err(StatError::NonFinite { what: "a row", index });
            }
            if !row.iter().any(|v| v.is_nan()) {
                kept.push(row.to_vec());
            }
        }
        let dropped = rows.len() - kept.len();
        if dropped > 0 && missing == MissingPolicy::Refuse {
            return Err(StatError::Missing { what: "rows", count: dropped });
        }
        if kept.is_empty() {
            return Err(StatError::Empty { what: "rows" });
        }
        if kept.len() < least {
            return Err(StatError::TooFew { what: "rows", needed: least, found: kept.len() });
        }
        Ok(Self { rows: kept, columns, dropped })
    }

    /// One column, top to bottom.
    pub(crate) fn column(&self, j: usize) -> Vec<f64> {
        self.rows.iter().filter_map(|r| r.get(j).copied()).collect()
    }
}
