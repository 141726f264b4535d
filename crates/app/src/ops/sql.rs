//! `sql`: a read-only query on the store.

use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::error::AppError;

/// A query.
#[derive(Clone, Debug, Deserialize, Serialize, ts_rs::TS)]
pub struct SqlRequest {
    /// A SELECT.
    pub query: String,
}

/// Its rows.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct SqlReply {
    /// Column names.
    pub columns: Vec<String>,
    /// Rows; numbers, text, null; blobs as hexadecimal text.
    pub rows: Vec<Vec<serde_json::Value>>,
}

/// Runs a read-only query.
///
/// # Errors
/// The query is wrong or would write.
pub async fn sql(app: &App, request: SqlRequest) -> Result<SqlReply, AppError> {
    app.sql(&request.query).await
}
