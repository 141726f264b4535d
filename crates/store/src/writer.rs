//! The single writer: a thread with its own connection, group commit, a lock across processes.
//!
//! Invariant: a caller hears Ok only after its work was committed with `synchronous=FULL`; a caller that hears an error
//! left nothing behind, and spoiled nobody else's work (each has a savepoint of its own).

use std::path::Path;
use std::sync::mpsc;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};
use tokio::sync::oneshot;

use crate::error::StoreError;
use crate::migrate::migrate;
use crate::open::opening_error;
use crate::raw::Raw;
use crate::turn::Turns;

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

enum Message {
    Work(Box<dyn Job>),
    Close(oneshot::Sender<()>),
}

fn gone() -> StoreError {
    StoreError::Internal("the writer has ended".into())
}

/// Sends work to the writer thread. Cheap to clone; the thread ends when the last clone is gone.
#[derive(Clone)]
pub(crate) struct Writer(mpsc::Sender<Message>);

impl Writer {
    /// Opens the writer's connection, making or migrating the file, and serves until closed.
    pub(crate) async fn start(options: SqliteConnectOptions, turns: Turns, path: &Path) -> Result<Self, StoreError> {
        let (sender, inbox) = mpsc::channel();
        let (ready, started) = oneshot::channel();
        let path = path.to_owned();
        let runtime = tokio::runtime::Handle::current();
        std::thread::Builder::new()
            .name("ergon-store".into())
            .spawn(move || run(&runtime, &options, &turns, &path, &inbox, ready))
            .map_err(|e| StoreError::Internal(format!("no thread for the writer: {e}")))?;
        started.await.map_err(|_| StoreError::Internal("the writer did not start".into()))??;
        Ok(Self(sender))
    }

    /// Does the work in a transaction; returns after its commit.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Raw) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.submit(work)?.await.map_err(|_| gone())?
    }

    /// Hands work over in its turn, without waiting for its commit: what is handed over later is not committed before.
    pub(crate) fn submit<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Raw) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<oneshot::Receiver<Result<T, StoreError>>, StoreError> {
        let (reply, outcome) = oneshot::channel();
        let job = Box::new(Work { work: Some(work), value: None, reply });
        self.0.send(Message::Work(job)).map_err(|_| gone())?;
        Ok(outcome)
    }

    /// Does what waits, then closes the connection.
    pub(crate) async fn close(&self) {
        let (reply, closed) = oneshot::channel();
        if self.0.send(Message::Close(reply)).is_ok() {
            let _ = closed.await;
        }
    }
}

fn run(
    runtime: &tokio::runtime::Handle,
    options: &SqliteConnectOptions,
    turns: &Turns,
    path: &Path,
    inbox: &mpsc::Receiver<Message>,
    ready: oneshot::Sender<Result<(), StoreError>>,
) {
    let mut connection = match runtime.block_on(options.connect()) {
        Ok(connection) => connection,
        Err(e) => {
            let _ = ready.send(Err(opening_error(path, &e)));
            return;
        }
    };
    let closed = {
        let mut locked = match runtime.block_on(connection.lock_handle()) {
            Ok(locked) => locked,
            Err(e) => {
                let _ = ready.send(Err(opening_error(path, &e)));
                return;
            }
        };
        let raw = Raw::of(&mut locked);
        if let Err(e) = migrate(&raw, path) {
            let _ = ready.send(Err(e));
            return;
        }
        let _ = ready.send(Ok(()));
        let closed = serve(&raw, turns, inbox);
        // Best effort: what is not moved into the file now is moved when it is opened next.
        let _turn = turns.take();
        let _ = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)", &[]);
        closed
    };
    let _ = runtime.block_on(connection.close());
    if let Some(reply) = closed {
        let _ = reply.send(());
    }
}

/// Commits group after group until told to close, or until nobody is left who could ask.
fn serve(raw: &Raw, turns: &Turns, inbox: &mpsc::Receiver<Message>) -> Option<oneshot::Sender<()>> {
    while let Ok(first) = inbox.recv() {
        let mut jobs = Vec::new();
        let mut closing = None;
        for message in std::iter::once(first).chain(inbox.try_iter()) {
            match message {
                Message::Work(job) => jobs.push(job),
                Message::Close(reply) => closing = Some(reply),
            }
            if closing.is_some() || jobs.len() == GROUP {
                break;
            }
        }
        if !jobs.is_empty() {
            commit_group(raw, turns, jobs);
        }
        if closing.is_some() {
            return closing;
        }
    }
    None
}

fn commit_group(raw: &Raw, turns: &Turns, jobs: Vec<Box<dyn Job>>) {
    let _turn = turns.take();
    if let Err(error) = raw.execute("BEGIN IMMEDIATE", &[]) {
        jobs.into_iter().for_each(|job| job.finish(Err(error.clone())));
        return;
    }
    let (mut kept, mut refused) = (Vec::new(), Vec::new());
    let mut broken = None;
    // Alone, a job is undone with its transaction; a savepoint would copy every page that it touches.
    let apply = if jobs.len() == 1 { apply_alone } else { apply };
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
        None if kept.is_empty() => raw.execute("ROLLBACK", &[]),
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

fn apply_alone(raw: &Raw, job: &mut dyn Job) -> Result<(), StoreError> {
    let outcome = job.apply(raw);
    if outcome.is_err() && !raw.is_autocommit() {
        let _ = raw.execute("ROLLBACK", &[]);
    }
    outcome
}
