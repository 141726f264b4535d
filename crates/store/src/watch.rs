//! Noticing that anybody, in this process or another, has committed something.

use sqlx::SqliteConnection;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};

use crate::error::StoreError;
use crate::open::{Store, opening_error};
use crate::raw::Raw;

/// A connection of its own that only asks whether the file has changed: cheap enough to ask many times a second.
pub struct Watch {
    store: Store,
    connection: SqliteConnection,
    seen: i64,
}

impl Store {
    /// Starts watching from what is committed now.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn watch(&self) -> Result<Watch, StoreError> {
        let options = SqliteConnectOptions::new().filename(self.path()).read_only(true).disable_statement_logging();
        let connection = options.connect().await.map_err(|e| opening_error(self.path(), &e))?;
        let mut watch = Watch { store: self.clone(), connection, seen: 0 };
        watch.seen = watch.version().await?;
        Ok(watch)
    }
}

impl Watch {
    /// Whether something was committed since this was asked last.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn changed(&mut self) -> Result<bool, StoreError> {
        let now = self.version().await?;
        Ok(std::mem::replace(&mut self.seen, now) != now)
    }

    /// Ends the watch.
    pub async fn close(self) {
        let _ = self.connection.close().await;
    }

    async fn version(&mut self) -> Result<i64, StoreError> {
        let mut locked = self.connection.lock_handle().await.map_err(|e| opening_error(self.store.path(), &e))?;
        let raw = Raw::of(&mut locked);
        let mut statement = raw.statement("PRAGMA data_version")?;
        statement.step()?;
        Ok(statement.int(0))
    }
}
