//! The single writer: a thread with its own connection, group commit, a lock across processes.
//!
//! Invariant: a caller hears Ok only after its work was committed with `synchronous=FULL`; a caller that hears an error
//! left nothing behind, and spoiled nobody else's work (each has a savepoint of its own).

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::sync::mpsc;

use sqlx::ConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use tokio::sync::oneshot;

use crate::error::StoreError;
use crate::open::opening_error;
use crate::raw::Raw;

/// Most callers in one transaction.
const GROUP: usize = 256;

trait Job: Send {
    fn apply(&mut self, raw: &Raw) -> Result<(), StoreError>;
    fn finish(self: Box<Self>, outcome: Result<(), StoreError>);
}

struct Work<T, F> {
    work: Option<F>,
    value: Option<T>,
    reply: oneshot::Sender<Result<T, StoreError>>,
}

impl<T: Send, F: FnOnce(&Raw) -> Result<T, StoreError> + Send> Job for Work<T, F> {
    fn apply(&mut self, raw: &Raw) -> Result<(), StoreError> {
        if let Some(work) = self.work.take() {
            self.value = Some(work(raw)?);
        }
        Ok(())
    }
    fn finish(self: Box<Self>, outcome: Result<(), StoreError>) {
        let gone = || StoreError::Internal("a write gave no value".into());
        let Self { value, reply, .. } = *self;
        let _ = reply.send(outcome.and_then(|()| value.ok_or_else(gone)));
    }
}

/// Sends work to the writer thread. Cheap to clone; the thread ends when the last clone is gone.
#[derive(Clone)]
pub(crate) struct Writer(mpsc::Sender<Box<dyn Job>>);

impl Writer {
    pub(crate) async fn start(options: SqliteConnectOptions, path: &Path) -> Result<Self, StoreError> {
        let (sender, inbox) = mpsc::channel();
        let (ready, started) = oneshot::channel();
        let path = path.to_owned();
        let runtime = tokio::runtime::Handle::current();
        std::thread::Builder::new()
            .name("ergon-store".into())
            .spawn(move || run(&runtime, &options, &path, &inbox, ready))
            .map_err(|e| StoreError::Internal(format!("no thread for the writer: {e}")))?;
        started.await.map_err(|_| StoreError::Internal("the writer did not start".into()))??;
        Ok(Self(sender))
    }

    /// Does the work in a transaction; returns after its commit.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Raw) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let gone = || StoreError::Internal("the writer has ended".into());
        let (reply, outcome) = oneshot::channel();
        self.0.send(Box::new(Work { work: Some(work), value: None, reply })).map_err(|_| gone())?;
        outcome.await.map_err(|_| gone())?
    }
}

fn run(
    runtime: &tokio::runtime::Handle,
    options: &SqliteConnectOptions,
    path: &Path,
    inbox: &mpsc::Receiver<Box<dyn Job>>,
    ready: oneshot::Sender<Result<(), StoreError>>,
) {
    let mut connection = match runtime.block_on(options.connect()) {
        Ok(connection) => connection,
        Err(e) => {
            let _ = ready.send(Err(opening_error(path, &e)));
            return;
        }
    };
    let mut handle = match runtime.block_on(connection.lock_handle()) {
        Ok(handle) => handle,
        Err(e) => {
            let _ = ready.send(Err(opening_error(path, &e)));
            return;
        }
    };
    // SAFETY contract of `borrow`: the guard is held for the thread's life.
    #[allow(unsafe_code)]
    let raw = unsafe { Raw::borrow(handle.as_raw_handle()) };
    let _ = ready.send(Ok(()));
    let mut lock_path = path.as_os_str().to_owned();
    lock_path.push(".lock");
    let lock_path = PathBuf::from(lock_path);
    while let Ok(first) = inbox.recv() {
        let mut jobs = vec![first];
        jobs.extend(inbox.try_iter().take(GROUP - 1));
        commit_group(&raw, &lock_path, jobs);
    }
}

/// Between processes: two writers that commit with FULL at once starve each other; this lock makes them take turns.
/// Without it (it can't be made) SQLite's own lock still keeps the file right.
fn lock(path: &Path) -> Option<File> {
    let file = OpenOptions::new().create(true).append(true).open(path).ok()?;
    file.lock().ok()?;
    Some(file)
}

fn commit_group(raw: &Raw, lock_path: &Path, jobs: Vec<Box<dyn Job>>) {
    let _turn = lock(lock_path);
    if let Err(error) = raw.execute("BEGIN IMMEDIATE", &[]) {
        jobs.into_iter().for_each(|job| job.finish(Err(error.clone())));
        return;
    }
    let (mut kept, mut refused) = (Vec::new(), Vec::new());
    let mut broken = None;
    for mut job in jobs {
        if let Some(error) = &broken {
            refused.push((job, StoreError::clone(error)));
            continue;
        }
        match apply(raw, job.as_mut()) {
            Ok(()) => kept.push(job),
            Err(error) => {
                // A grave error ends the whole transaction; then nobody's work is in it any more.
                if raw.is_autocommit() {
                    broken = Some(error.clone());
                }
                refused.push((job, error));
            }
        }
    }
    let outcome = match broken {
        Some(error) => Err(error),
        None => raw.execute("COMMIT", &[]),
    };
    if outcome.is_err() && !raw.is_autocommit() {
        let _ = raw.execute("ROLLBACK", &[]);
    }
    refused.into_iter().for_each(|(job, error)| job.finish(Err(error)));
    kept.into_iter().for_each(|job| job.finish(outcome.clone()));
}

fn apply(raw: &Raw, job: &mut dyn Job) -> Result<(), StoreError> {
    raw.execute("SAVEPOINT job", &[])?;
    match job.apply(raw) {
        Ok(()) => raw.execute("RELEASE job", &[]),
        Err(error) => {
            let undone = raw.execute("ROLLBACK TO job", &[]).and_then(|()| raw.execute("RELEASE job", &[]));
            // A job that can't be undone alone takes the whole transaction with it.
            if undone.is_err() && !raw.is_autocommit() {
                let _ = raw.execute("ROLLBACK", &[]);
            }
            Err(error)
        }
    }
}
