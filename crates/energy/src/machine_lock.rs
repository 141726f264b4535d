//! One measured run at a time on this machine, whoever measures: a file lock, waited for in turn.

use std::fs::{File, OpenOptions};
use std::path::Path;

/// Held until dropped; also when the process dies.
#[derive(Debug)]
pub struct MachineLock(#[allow(dead_code, reason = "the lock is the open file")] File);

impl MachineLock {
    /// The name of the lock file in the system's folder for temporary files.
    pub const NAME: &'static str = "ergon-energy.lock";

    /// Waits for the machine; blocks its thread.
    ///
    /// # Errors
    /// The lock file can't be made or locked.
    pub fn take(folder: &Path) -> std::io::Result<Self> {
        let path = folder.join(Self::NAME);
        // Another user's file can't be written, and needn't: a lock asks only for an open file.
        let file = OpenOptions::new().create(true).append(true).open(&path).or_else(|_| File::open(&path))?;
        file.lock()?;
        Ok(Self(file))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[test]
    fn two_measured_runs_never_overlap() {
        let folder = tempfile::tempdir().unwrap();
        let path: Arc<Path> = folder.path().into();
        let (inside, most) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
        let worker = |_| {
            let (path, inside, most) = (path.clone(), inside.clone(), most.clone());
            std::thread::spawn(move || {
                for _ in 0..20 {
                    let _lock = MachineLock::take(&path).unwrap();
                    most.fetch_max(inside.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    std::thread::yield_now();
                    inside.fetch_sub(1, Ordering::SeqCst);
                }
            })
        };
        (0..4).map(worker).collect::<Vec<_>>().into_iter().for_each(|thread| thread.join().unwrap());
        assert_eq!(most.load(Ordering::SeqCst), 1);
    }
}
