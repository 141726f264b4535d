//! Queries of the user's own: read-only.

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};

use crate::error::StoreError;
use crate::open::{Store, opening_error};
use crate::raw::{Field, Raw};

/// Rows of a query.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rows {
    /// Column names.
    pub columns: Vec<String>,
    /// Rows: numbers, text, null; blobs as hexadecimal text.
    pub rows: Vec<Vec<serde_json::Value>>,
}

impl Store {
    /// Runs a query of the user's own, with `STDDEV(x)`, `MEDIAN(x)` and `PERCENTILE(x, p)` (p from 0 to 100) beside
    /// SQLite's functions, on a connection that can't write.
    ///
    /// # Errors
    /// The query is wrong, would write, or is several statements.
    pub async fn query(&self, sql: &str) -> Result<Rows, StoreError> {
        let refuse = |e: StoreError| match e {
            StoreError::Internal(said) if said == "not authorized" => {
                StoreError::Query("it would change something".into())
            }
            StoreError::Internal(said) | StoreError::Constraint(said) => StoreError::Query(said),
            other => other,
        };
        // A connection of its own: what a query may set (an authorizer, functions) stays out of the pool.
        let options = SqliteConnectOptions::new()
            .filename(self.path())
            .read_only(true)
            .busy_timeout(std::time::Duration::from_secs(10))
            .disable_statement_logging();
        let failed = |e: sqlx::Error| opening_error(self.path(), &e);
        let mut connection = options.connect().await.map_err(failed)?;
        let rows = {
            let mut locked = connection.lock_handle().await.map_err(failed)?;
            let raw = Raw::of(&mut locked);
            raw.allow_only_reading();
            raw.add_aggregates();
            rows(&raw, sql).map_err(refuse)
        };
        connection.close().await.map_err(failed)?;
        rows
    }
}

fn rows(raw: &Raw, sql: &str) -> Result<Rows, StoreError> {
    let mut statement = raw.statement(sql)?;
    let width = statement.width();
    let columns = (0..width).map(|i| statement.name(i)).collect();
    let mut rows = Vec::new();
    while statement.step()? {
        rows.push((0..width).map(|i| json(statement.field(i))).collect());
    }
    Ok(Rows { columns, rows })
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
