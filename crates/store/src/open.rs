//! Opening a store: making, recognising and migrating the file.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use nix::sys::statfs;
use sqlx::sqlite::{
    SqliteAutoVacuum, SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection};

use crate::error::StoreError;
use crate::raw::{Bind, Raw};
use crate::writer::Writer;

/// Newest schema this program knows.
pub const SCHEMA_VERSION: i64 = 1;
const MIGRATIONS: [&str; SCHEMA_VERSION as usize] = [include_str!("../migrations/0001.sql")];
/// "Ergn", in the file's header: tells an Ergon store from other SQLite files.
const APPLICATION_ID: i64 = 0x4572_676e;
const BUSY: Duration = Duration::from_secs(10);

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
    /// It can't be opened, is no store, is newer than this program, or lies on a network file system.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        let unopenable = |why: String| StoreError::Unopenable { path: path.to_owned(), why };
        if let Some(folder) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).map_err(|e| unopenable(format!("its folder can't be made: {e}")))?;
        }
        refuse_network(path)?;
        recognise(path)?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .page_size(8192)
            .auto_vacuum(SqliteAutoVacuum::Incremental)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY)
            .disable_statement_logging();
        let mut connection = options.connect().await.map_err(|e| opening_error(path, &e))?;
        {
            let mut handle = connection.lock_handle().await.map_err(|e| opening_error(path, &e))?;
            // SAFETY contract of `borrow`: the guard is held until the value is gone.
            #[allow(unsafe_code)]
            let raw = unsafe { Raw::borrow(handle.as_raw_handle()) };
            migrate(&raw, path)?;
        }
        connection.close().await.map_err(|e| opening_error(path, &e))?;
        let writer = Writer::start(options.clone(), path).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(4)
            .connect_lazy_with(options.create_if_missing(false).pragma("query_only", "ON"));
        Ok(Self { path: Arc::new(path.to_owned()), readers, writer })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads on a connection of the reader pool.
    pub(crate) async fn read<T>(&self, work: impl FnOnce(&Raw) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let mut connection = self.readers.acquire().await.map_err(|e| opening_error(&self.path, &e))?;
        let mut handle = connection.lock_handle().await.map_err(|e| opening_error(&self.path, &e))?;
        // SAFETY contract of `borrow`: the guard is held until the value is gone.
        #[allow(unsafe_code)]
        let raw = unsafe { Raw::borrow(handle.as_raw_handle()) };
        work(&raw)
    }

    /// Looks the whole file through; returns what SQLite found wrong, nothing if it is sound.
    ///
    /// # Errors
    /// The file can't be read.
    pub async fn integrity(&self) -> Result<Vec<String>, StoreError> {
        self.read(|raw| {
            let mut statement = raw.statement("PRAGMA integrity_check")?;
            let mut found = Vec::new();
            while statement.step()? {
                found.push(statement.text(0));
            }
            Ok(found.into_iter().filter(|line| line != "ok").collect())
        })
        .await
    }
}

pub(crate) fn opening_error(path: &Path, error: &sqlx::Error) -> StoreError {
    let text = error.to_string();
    if text.contains("(code: 26)") || text.contains("file is not a database") {
        return StoreError::NotAStore(path.to_owned());
    }
    if text.contains("disk is full") {
        return StoreError::DiskFull;
    }
    if text.contains("database is locked") {
        return StoreError::Busy;
    }
    StoreError::Unopenable { path: path.to_owned(), why: text }
}

/// Refuses a file that is not ours before SQLite touches it (opening would change its journal mode).
fn recognise(path: &Path) -> Result<(), StoreError> {
    use std::io::Read;
    let mut header = [0u8; 100];
    let mut file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(e) => return Err(StoreError::Unopenable { path: path.to_owned(), why: e.to_string() }),
    };
    let mut have = 0;
    while have < header.len() {
        match file.read(&mut header[have..]) {
            Ok(0) => break,
            Ok(n) => have += n,
            Err(e) => return Err(StoreError::Unopenable { path: path.to_owned(), why: e.to_string() }),
        }
    }
    // Empty: made, but nothing written yet (a first start that was killed).
    if have == 0 {
        return Ok(());
    }
    let number =
        |at: usize| i64::from(u32::from_be_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]));
    let sqlite = have == header.len() && header.starts_with(b"SQLite format 3\0");
    // Byte 68: application_id. 0 with no tables: killed between making the file and its first transaction.
    if !sqlite || (number(68) != APPLICATION_ID && (number(68) != 0 || number(60) != 0)) {
        return Err(StoreError::NotAStore(path.to_owned()));
    }
    Ok(())
}

fn migrate(raw: &Raw, path: &Path) -> Result<(), StoreError> {
    let version = |raw: &Raw| -> Result<i64, StoreError> {
        let mut statement = raw.statement("PRAGMA user_version")?;
        statement.step()?;
        Ok(statement.int(0))
    };
    let found = version(raw)?;
    if found > SCHEMA_VERSION {
        return Err(StoreError::Newer { path: path.to_owned(), found, known: SCHEMA_VERSION });
    }
    if found == SCHEMA_VERSION {
        return Ok(());
    }
    if found == 0 {
        let mut tables = raw.statement("SELECT count(*) FROM sqlite_schema")?;
        tables.step()?;
        if tables.int(0) > 0 {
            return Err(StoreError::NotAStore(path.to_owned()));
        }
    } else {
        let mut backup = path.as_os_str().to_owned();
        backup.push(format!(".before-{SCHEMA_VERSION}"));
        let backup = PathBuf::from(backup);
        if !backup.exists() {
            raw.execute("VACUUM INTO ?1", &[Bind::Text(&backup.to_string_lossy())])?;
        }
    }
    raw.execute("BEGIN IMMEDIATE", &[])?;
    let migrated = (|| {
        // Another process may have migrated while this one waited for the lock.
        let from = version(raw)?;
        for script in &MIGRATIONS[from.clamp(0, SCHEMA_VERSION) as usize..] {
            for statement in statements(script) {
                raw.execute(&statement, &[])?;
            }
        }
        raw.execute(&format!("PRAGMA application_id = {APPLICATION_ID}"), &[])?;
        raw.execute(&format!("PRAGMA user_version = {SCHEMA_VERSION}"), &[])?;
        raw.execute("COMMIT", &[])
    })();
    if migrated.is_err() && !raw.is_autocommit() {
        raw.execute("ROLLBACK", &[])?;
    }
    migrated
}

/// A script's statements: comments dropped, cut at semicolons (none of ours holds one within a statement).
fn statements(script: &str) -> Vec<String> {
    let code: Vec<&str> = script.lines().map(|l| l.split("--").next().unwrap_or_default()).collect();
    code.join("\n").split(';').map(str::trim).filter(|s| !s.is_empty()).map(str::to_owned).collect()
}

fn refuse_network(path: &Path) -> Result<(), StoreError> {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let Ok(stat) = statfs::statfs(folder) else { return Ok(()) };
    // Magic numbers of linux/magic.h and, for the last three, of the file systems' own headers.
    #[allow(clippy::unnecessary_cast, reason = "the width of f_type differs between platforms")]
    let kind = match stat.filesystem_type().0 as u32 {
        0x6969 => "NFS",
        0x517b | 0xff53_4d42 | 0xfe53_4d42 => "SMB",
        0x5346_414f => "AFS",
        0x00c3_6400 => "Ceph",
        0x0bd0_0bd0 => "Lustre",
        0x4750_4653 => "GPFS",
        0x1980_0202 => "BeeGFS",
        _ => return Ok(()),
    };
    Err(StoreError::NetworkFileSystem { path: path.to_owned(), kind })
}
