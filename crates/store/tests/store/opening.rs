//! Files that are, and are not, ours.

use std::path::Path;

use ergon_store::{Opening, SCHEMA_VERSION, Store, StoreError};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode};
use sqlx::{ConnectOptions, Connection, Executor};

use crate::fixture::*;

/// Runs statements on a file the way any other program would.
async fn by_hand(path: &Path, sql: &'static str) {
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
    let mut connection = options.journal_mode(SqliteJournalMode::Delete).connect().await.unwrap();
    connection.execute(sql).await.unwrap();
    connection.close().await.unwrap();
}

#[tokio::test]
async fn a_fresh_file_is_made_as_specified() {
    let place = Place::new().await;
    let pragma = |name: &'static str| {
        let store = place.store.clone();
        async move { store.query(&format!("SELECT * FROM pragma_{name}")).await }
    };
    assert!(pragma("page_count").await.is_ok());
    let file = place.file();
    place.store.close().await;
    let header = std::fs::read(&file).unwrap();
    assert_eq!(u16::from_be_bytes([header[16], header[17]]), 8192, "page size");
    assert_eq!(header[18], 2, "write-ahead log");
    assert_eq!(&header[64..68], [0, 0, 0, 1], "incremental vacuum");
    assert_eq!(&header[68..72], b"Ergn");
    assert_eq!(i64::from(header[63]), SCHEMA_VERSION);
    assert!(!place.folder.path().join("lab.ergon-wal").exists(), "a closed store is one file");
}

#[tokio::test]
async fn a_missing_folder_is_made_and_one_that_can_not_be_is_named() {
    let folder = tempfile::tempdir().unwrap();
    Store::open(&folder.path().join("a/b/c.ergon")).await.unwrap();
    std::fs::write(folder.path().join("file"), "x").unwrap();
    let refused = Store::open(&folder.path().join("file/c.ergon")).await.err().unwrap();
    assert!(refused.to_string().contains("its folder can't be made"), "{refused}");
}

#[tokio::test]
async fn a_folder_that_can_not_be_written_is_named() {
    // Tests may run as root, whom permissions don't stop: /proc takes no files from anybody.
    let refused = Store::open(Path::new("/proc/self/lab.ergon")).await.err().unwrap().to_string();
    assert!(refused.contains("/proc/self/lab.ergon") && refused.contains("folder can't be written"), "{refused}");
}

#[tokio::test]
async fn a_foreign_file_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("notes.txt");
    std::fs::write(&text, "not a database").unwrap();
    let marked = folder.path().join("marked.db");
    by_hand(&marked, "CREATE TABLE a (x); PRAGMA application_id = 77").await;
    let plain = folder.path().join("plain.db");
    by_hand(&plain, "CREATE TABLE a (x)").await;
    for path in [text, marked, plain] {
        let before = std::fs::read(&path).unwrap();
        let refused = Store::open(&path).await.err().unwrap();
        assert_eq!(refused, StoreError::NotAStore(path.clone()));
        assert_eq!(std::fs::read(&path).unwrap(), before, "{}", path.display());
    }
}

#[tokio::test]
async fn a_garbled_store_is_refused_with_a_sentence() {
    let place = Place::new().await;
    registered(&place.store).await;
    let file = place.file();
    place.store.close().await;
    let whole = std::fs::read(&file).unwrap();

    let mut garbled = whole.clone();
    garbled[100..6000].fill(0xa5);
    std::fs::write(&file, &garbled).unwrap();
    let refused = Store::open(&file).await.err().unwrap();
    assert!(matches!(refused, StoreError::Damaged(_)), "{refused}");

    std::fs::write(&file, &whole[..60]).unwrap();
    assert_eq!(Store::open(&file).await.err().unwrap(), StoreError::NotAStore(file.clone()));
    std::fs::write(&file, &whole[..9000]).unwrap();
    let cut = Store::open(&file).await;
    let refused = match cut {
        Err(e) => e,
        Ok(store) => store.campaigns(&ergon_store::CampaignFilter::default()).await.unwrap_err(),
    };
    assert!(matches!(refused, StoreError::Damaged(_)), "{refused}");
}

#[tokio::test]
async fn a_file_of_a_newer_version_is_refused_politely() {
    let place = Place::new().await;
    let file = place.file();
    place.store.close().await;
    by_hand(&file, "PRAGMA user_version = 99").await;
    let before = std::fs::read(&file).unwrap();
    let refused = Store::open(&file).await.err().unwrap();
    assert_eq!(refused, StoreError::Newer { path: file.clone(), found: 99, known: SCHEMA_VERSION });
    assert!(refused.to_string().contains("update Ergon"));
    assert_eq!(std::fs::read(&file).unwrap(), before);
}

#[tokio::test]
async fn a_start_that_was_killed_before_its_first_transaction_is_begun_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lab.ergon");
    std::fs::write(&path, "").unwrap();
    Store::open(&path).await.unwrap().close().await;
    let other = folder.path().join("other.ergon");
    by_hand(&other, "PRAGMA page_size = 8192; CREATE TABLE a (x); DROP TABLE a").await;
    Store::open(&other).await.unwrap().close().await;
}

#[tokio::test]
async fn a_network_file_system_is_refused_with_advice() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lab.ergon");
    for name in ["nfs4", "cifs", "fuse.sshfs", "lustre"] {
        let opening = Opening { file_system: Some(name.into()), ..Opening::default() };
        let refused = Store::open_with(&path, &opening).await.err().unwrap().to_string();
        assert!(refused.contains("network file system") && refused.contains("local path"), "{refused}");
        assert!(!path.exists());
    }
    let local = Opening { file_system: Some("ext4".into()), ..Opening::default() };
    assert!(Store::open_with(&path, &local).await.is_ok());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_can_open_a_fresh_file_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lab.ergon");
    let opening: Vec<_> = (0..8)
        .map(|_| {
            let path = path.clone();
            tokio::spawn(async move { Store::open(&path).await.map(|_| ()) })
        })
        .collect();
    for one in opening {
        one.await.unwrap().unwrap();
    }
}
