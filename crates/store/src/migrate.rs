//! The schema's versions. Forward only; an existing file is backed up before it changes.

use std::path::{Path, PathBuf};

use crate::error::StoreError;
use crate::raw::{Bind, Raw};

/// Newest schema this program knows.
pub const SCHEMA_VERSION: i64 = 7;
/// "Ergn", in the file's header: tells an Ergon store from other SQLite files.
pub(crate) const APPLICATION_ID: i64 = 0x4572_676e;

/// One script per version, the first first.
const MIGRATIONS: [&str; SCHEMA_VERSION as usize] = [
    include_str!("../migrations/0001.sql"),
    include_str!("../migrations/0002.sql"),
    include_str!("../migrations/0003.sql"),
    include_str!("../migrations/0004.sql"),
    include_str!("../migrations/0005.sql"),
    include_str!("../migrations/0006.sql"),
    include_str!("../migrations/0007.sql"),
];

/// Brings the file to the newest schema.
pub(crate) fn migrate(raw: &Raw, path: &Path) -> Result<(), StoreError> {
    apply(raw, path, &MIGRATIONS)
}

fn number(raw: &Raw, sql: &str) -> Result<i64, StoreError> {
    let mut statement = raw.statement(sql)?;
    statement.step()?;
    Ok(statement.int(0))
}

fn apply(raw: &Raw, path: &Path, scripts: &[&str]) -> Result<(), StoreError> {
    let newest = scripts.len() as i64;
    let found = number(raw, "PRAGMA user_version")?;
    if found > newest {
        return Err(StoreError::Newer { path: path.to_owned(), found, known: newest });
    }
    if found == newest {
        return Ok(());
    }
    if found > 0 {
        back_up(raw, path, found)?;
    } else if number(raw, "SELECT count(*) FROM sqlite_schema")? > 0 {
        return Err(StoreError::NotAStore(path.to_owned()));
    }
    raw.execute("BEGIN IMMEDIATE", &[])?;
    let migrated = (|| {
        for script in scripts.iter().skip(found.unsigned_abs() as usize) {
            for statement in statements(script) {
                raw.execute(&statement, &[])?;
            }
        }
        raw.execute(&format!("PRAGMA application_id = {APPLICATION_ID}"), &[])?;
        raw.execute(&format!("PRAGMA user_version = {newest}"), &[])?;
        raw.execute("COMMIT", &[])
    })();
    if migrated.is_err() && !raw.is_autocommit() {
        raw.execute("ROLLBACK", &[])?;
    }
    migrated
}

/// Copies the store to `<store>.before-<version>`; under another name until it is whole.
fn back_up(raw: &Raw, path: &Path, found: i64) -> Result<(), StoreError> {
    let beside = |ending: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(ending);
        PathBuf::from(name)
    };
    let (whole, part) = (beside(&format!(".before-{}", found + 1)), beside(".backup-part"));
    if whole.exists() {
        return Ok(());
    }
    let refuse = |e: std::io::Error| StoreError::Unopenable {
        path: path.to_owned(),
        why: format!("it must be migrated, and its backup {} can't be made: {e}", whole.display()),
    };
    match std::fs::remove_file(&part) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(refuse(e)),
        _ => {}
    }
    raw.execute("VACUUM INTO ?1", &[Bind::Text(&part.to_string_lossy())])?;
    std::fs::File::open(&part).and_then(|f| f.sync_all()).map_err(refuse)?;
    std::fs::rename(&part, &whole).map_err(refuse)
}

/// A script's statements: comments dropped, cut at semicolons (none of ours holds one within a statement).
fn statements(script: &str) -> Vec<String> {
    let code: Vec<&str> = script.lines().map(|l| l.split("--").next().unwrap_or_default()).collect();
    code.join("\n").split(';').map(str::trim).filter(|s| !s.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use sqlx::sqlite::SqliteConnectOptions;
    use sqlx::{ConnectOptions, Connection};

    use super::*;

    const OLD: &str = "CREATE TABLE a (x INTEGER) STRICT; -- a comment; with a semicolon";

    #[tokio::test]
    async fn a_migration_backs_the_file_up_and_one_that_fails_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("s.ergon");
        let mut connection =
            SqliteConnectOptions::new().filename(&path).create_if_missing(true).connect().await.unwrap();
        {
            let mut locked = connection.lock_handle().await.unwrap();
            let raw = Raw::of(&mut locked);
            apply(&raw, &path, &[OLD]).unwrap();
            raw.execute("INSERT INTO a VALUES (7)", &[]).unwrap();
            let broken = "CREATE TABLE b (x INTEGER) STRICT; CREATE TABLE a (x INTEGER) STRICT";
            assert!(apply(&raw, &path, &[OLD, broken]).is_err());
            assert_eq!(number(&raw, "SELECT count(*) FROM sqlite_schema WHERE name = 'b'"), Ok(0));
            assert_eq!(number(&raw, "PRAGMA user_version"), Ok(1));

            apply(&raw, &path, &[OLD, "ALTER TABLE a ADD COLUMN y INTEGER; DELETE FROM a"]).unwrap();
            assert_eq!(number(&raw, "PRAGMA user_version"), Ok(2));
            let newer = apply(&raw, &path, &[OLD]).unwrap_err();
            assert_eq!(newer, StoreError::Newer { path: path.clone(), found: 2, known: 1 });
        }
        connection.close().await.unwrap();

        let backup = folder.path().join("s.ergon.before-2");
        let mut connection = SqliteConnectOptions::new().filename(backup).connect().await.unwrap();
        let mut locked = connection.lock_handle().await.unwrap();
        let raw = Raw::of(&mut locked);
        assert_eq!(number(&raw, "SELECT x FROM a"), Ok(7));
        assert_eq!(number(&raw, "PRAGMA application_id"), Ok(APPLICATION_ID));
    }
}
