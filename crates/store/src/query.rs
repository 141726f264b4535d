//! Queries of the user's own: read-only.

use crate::error::StoreError;
use crate::open::Store;
use crate::raw::Field;

/// Rows of a query.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rows {
    /// Column names.
    pub columns: Vec<String>,
    /// Rows: numbers, text, null; blobs as hexadecimal text.
    pub rows: Vec<Vec<serde_json::Value>>,
}

impl Store {
    /// Runs a query on a connection that can't write (`query_only`).
    ///
    /// # Errors
    /// The query is wrong, would write, or is several statements.
    pub async fn query(&self, sql: &str) -> Result<Rows, StoreError> {
        let refuse = |e: StoreError| match e {
            StoreError::Internal(said) | StoreError::Disk(said) => StoreError::Query(said),
            other => other,
        };
        // SQLite would silently stop at the first statement's end.
        let one = sql.trim().trim_end_matches(';').trim();
        if one.is_empty() {
            return Err(StoreError::Query("it is empty".into()));
        }
        let first = one.split_whitespace().next().unwrap_or_default().to_ascii_uppercase();
        if !["SELECT", "WITH", "VALUES", "EXPLAIN", "PRAGMA"].contains(&first.as_str())
            || (first == "PRAGMA" && one.contains('='))
        {
            return Err(StoreError::Query(format!("'{first}' is no way to read; begin with SELECT")));
        }
        self.read(|raw| {
            let mut statement = raw.statement(one)?;
            let width = statement.width();
            let columns = (0..width).map(|i| statement.name(i)).collect();
            let mut rows = Vec::new();
            while statement.step()? {
                rows.push((0..width).map(|i| json(statement.field(i))).collect());
            }
            Ok(Rows { columns, rows })
        })
        .await
        .map_err(refuse)
    }
}

fn json(field: Field) -> serde_json::Value {
    match field {
        Field::Null => serde_json::Value::Null,
        Field::Int(x) => x.into(),
        Field::Real(x) => serde_json::Number::from_f64(x).map_or_else(|| x.to_string().into(), Into::into),
        Field::Text(x) => x.into(),
        Field::Blob(x) => x.iter().map(|b| format!("{b:02x}")).collect::<String>().into(),
    }
}
