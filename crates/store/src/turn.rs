//! Taking turns between processes: two writers that commit with FULL at once starve each other.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// A turn is not waited for longer: whoever holds it may have been suspended. SQLite's own lock, which keeps the file
/// right without any turns, then decides.
const PATIENCE: Duration = Duration::from_secs(5);

/// The lock file beside a store.
#[derive(Clone, Debug)]
pub(crate) struct Turns(PathBuf);

impl Turns {
    pub(crate) fn of(store: &Path) -> Self {
        let mut path = store.as_os_str().to_owned();
        path.push(".lock");
        Self(PathBuf::from(path))
    }

    /// Opens the lock file, making it: tells whether the folder can be written.
    pub(crate) fn open(&self) -> std::io::Result<File> {
        OpenOptions::new().create(true).append(true).open(&self.0)
    }

    /// Waits for a turn; it ends when the file is dropped.
    pub(crate) fn take(&self) -> Option<File> {
        let file = self.open().ok()?;
        let deadline = Instant::now() + PATIENCE;
        let mut pause = Duration::from_micros(100);
        loop {
            match file.try_lock() {
                Ok(()) => return Some(file),
                Err(TryLockError::WouldBlock) if Instant::now() < deadline => std::thread::sleep(pause),
                Err(_) => return None,
            }
            pause = (pause * 2).min(Duration::from_millis(4));
        }
    }

    /// As [`Turns::take`], waiting on a thread where that holds nobody up.
    pub(crate) async fn take_elsewhere(self) -> Option<File> {
        tokio::task::spawn_blocking(move || self.take()).await.ok().flatten()
    }
}
