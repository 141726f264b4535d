//! Opening and closing a store.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sqlx::sqlite::{
    SqliteAutoVacuum, SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection};

use crate::error::StoreError;
use crate::migrate::APPLICATION_ID;
use crate::network::refuse_network;
use crate::raw::{self, Raw};
use crate::recognise::{Found, recognise};
use crate::turn::Turns;
use crate::writer::Writer;

const PAGE_BYTES: u32 = 8192;
/// A batch of runs touches one leaf per metric and many of the key index: a cache that holds them all is not written
/// out before the commit. Negative: KiB.
const CACHE_KIB: &str = "-65536";
/// Those who read hold less: what they read again is in the system's own cache.
const READER_CACHE_KIB: &str = "-8192";
/// A single-run commit writes about twenty pages; moving them into the file is shared by some two hundred commits.
const CHECKPOINT_PAGES: &str = "4000";
/// What a log that had to grow is cut to.
const LOG_BYTES: &str = "67108864";
const BUSY: Duration = Duration::from_secs(10);

/// How to open a store, where it is not as usual.
#[derive(Clone, Debug, Default)]
pub struct Opening {
    /// Name of the file system in the mount table (`fuse.sshfs`), where the caller knows it.
    pub file_system: Option<String>,
    /// A file that would grow beyond this is treated like a full disk.
    pub max_bytes: Option<u64>,
}

/// An open store. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    pub(crate) path: Arc<PathBuf>,
    pub(crate) readers: SqlitePool,
    pub(crate) writer: Writer,
}

impl Store {
    /// Opens the file, making it (and its folder) when it is not there, and migrating it when it is older.
    ///
    /// # Errors
    /// It can't be opened or written, is no store, is newer than this program, or lies on a network file system.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        Self::open_with(path, &Opening::default()).await
    }

    /// As [`Store::open`], told more.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub async fn open_with(path: &Path, opening: &Opening) -> Result<Self, StoreError> {
        raw::configure();
        if let Some(folder) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).map_err(|e| unwritable(path, "its folder can't be made", &e))?;
        }
        refuse_network(path, opening.file_system.as_deref())?;
        let found = recognise(path)?;
        if found == Found::Unmarked {
            refuse_foreign(path).await?;
        }
        let turns = Turns::of(path);
        turns.open().map_err(|e| unwritable(path, "its folder can't be written", &e))?;
        if found != Found::Nothing {
            std::fs::OpenOptions::new().append(true).open(path).map_err(|e| unwritable(path, "the file", &e))?;
        }
        let mut options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .page_size(PAGE_BYTES)
            .auto_vacuum(SqliteAutoVacuum::Incremental)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY)
            .pragma("temp_store", "MEMORY")
            .pragma("cache_size", CACHE_KIB)
            .pragma("wal_autocheckpoint", CHECKPOINT_PAGES)
            .pragma("journal_size_limit", LOG_BYTES)
            .disable_statement_logging();
        if let Some(bytes) = opening.max_bytes {
            options = options.pragma("max_page_count", (bytes / u64::from(PAGE_BYTES)).max(1).to_string());
        }
        let writer = {
            // One process at a time: switching a fresh file to write-ahead logging does not wait for others by itself.
            let _turn = turns.clone().take_elsewhere().await;
            Writer::start(options.clone(), turns, path).await?
        };
        let readers = SqlitePoolOptions::new().max_connections(4).test_before_acquire(false).connect_lazy_with(
            options.create_if_missing(false).pragma("cache_size", READER_CACHE_KIB).pragma("query_only", "ON"),
        );
        Ok(Self { path: Arc::new(path.to_owned()), readers, writer })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes what waits, moves the write-ahead log into the file and closes it, so that the file alone can be copied.
    /// Clones of this store can do nothing afterwards. A store that is dropped instead loses nothing; its log file stays.
    pub async fn close(self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    /// Reads on a connection of the reader pool.
    pub(crate) async fn read<T>(&self, work: impl FnOnce(&Raw) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let mut connection = self.readers.acquire().await.map_err(|e| opening_error(&self.path, &e))?;
        let mut locked = connection.lock_handle().await.map_err(|e| opening_error(&self.path, &e))?;
        work(&Raw::of(&mut locked))
    }

    /// Reads in one snapshot: no commit comes between two queries of `work`.
    pub(crate) async fn read_snapshot<T>(
        &self,
        work: impl FnOnce(&Raw) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.read(|raw| {
            raw.execute("BEGIN", &[])?;
            let outcome = work(raw);
            let ended = raw.execute("COMMIT", &[]);
            if ended.is_err() && !raw.is_autocommit() {
                raw.execute("ROLLBACK", &[])?;
            }
            outcome.and_then(|value| ended.map(|()| value))
        })
        .await
    }

    /// Looks the whole file through; returns what SQLite found wrong, nothing if it is sound.
    ///
    /// # Errors
    /// The file can't be read.
    pub async fn integrity(&self) -> Result<Vec<String>, StoreError> {
        match self.read(|raw| findings(raw, "PRAGMA integrity_check")).await {
            // Some damage SQLite can't even look past.
            Err(StoreError::Damaged(what)) => Ok(vec![what]),
            other => other,
        }
    }
}

/// What SQLite finds wrong, as `quick_check` (not comparing indices with their tables) or `integrity_check`.
pub(crate) fn findings(raw: &Raw, check: &str) -> Result<Vec<String>, StoreError> {
    let mut statement = raw.statement(check)?;
    let mut found = Vec::new();
    while statement.step()? {
        found.push(statement.text(0));
    }
    found.retain(|line| line != "ok");
    Ok(found)
}

/// Refuses an unmarked file that holds something, without changing it (our way to open would change its journal mode).
async fn refuse_foreign(path: &Path) -> Result<(), StoreError> {
    let options = SqliteConnectOptions::new().filename(path).busy_timeout(BUSY).disable_statement_logging();
    let mut connection = options.connect().await.map_err(|e| opening_error(path, &e))?;
    let is_ours = {
        let mut locked = connection.lock_handle().await.map_err(|e| opening_error(path, &e))?;
        let raw = Raw::of(&mut locked);
        let number = |sql: &str| -> Result<i64, StoreError> {
            let mut statement = raw.statement(sql)?;
            statement.step()?;
            Ok(statement.int(0))
        };
        number("PRAGMA application_id")? == APPLICATION_ID || number("SELECT count(*) FROM sqlite_schema")? == 0
    };
    connection.close().await.map_err(|e| opening_error(path, &e))?;
    if is_ours { Ok(()) } else { Err(StoreError::NotAStore(path.to_owned())) }
}

fn unwritable(path: &Path, what: &str, error: &std::io::Error) -> StoreError {
    let path = path.to_owned();
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => StoreError::DiskFull,
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            StoreError::ReadOnly { path, why: format!("{what}: {error}") }
        }
        _ => StoreError::Unopenable { path, why: format!("{what}: {error}") },
    }
}

pub(crate) fn opening_error(path: &Path, error: &sqlx::Error) -> StoreError {
    let sqlx::Error::Database(said) = error else {
        return StoreError::Unopenable { path: path.to_owned(), why: error.to_string() };
    };
    let primary = said.code().and_then(|c| c.parse::<i32>().ok()).map_or(0, |code| code & 0xff);
    match primary {
        libsqlite3_sys::SQLITE_NOTADB => StoreError::NotAStore(path.to_owned()),
        libsqlite3_sys::SQLITE_CORRUPT => StoreError::Damaged(said.message().to_owned()),
        libsqlite3_sys::SQLITE_FULL => StoreError::DiskFull,
        libsqlite3_sys::SQLITE_BUSY | libsqlite3_sys::SQLITE_LOCKED => StoreError::Busy,
        libsqlite3_sys::SQLITE_IOERR => StoreError::Disk(said.message().to_owned()),
        libsqlite3_sys::SQLITE_READONLY => {
            StoreError::ReadOnly { path: path.to_owned(), why: said.message().to_owned() }
        }
        _ => StoreError::Unopenable { path: path.to_owned(), why: said.message().to_owned() },
    }
}
