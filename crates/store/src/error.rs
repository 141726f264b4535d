//! What a user is told when the store can't do something.

use std::path::PathBuf;

/// Why the store refused.
#[derive(Clone, Debug, thiserror::Error, PartialEq)]
pub enum StoreError {
    /// The file can't be opened or made.
    #[error("the store {} can't be opened: {why}", path.display())]
    Unopenable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        why: String,
    },
    /// The file is something else.
    #[error("{} is not an Ergon store; it was left as it is. Name another file with --store", .0.display())]
    NotAStore(PathBuf),
    /// The file or its folder can't be written.
    #[error("the store {} can't be written: {why}. Allow writing there, or name another file with --store", path.display())]
    ReadOnly {
        /// The file.
        path: PathBuf,
        /// What the system said.
        why: String,
    },
    /// SQLite finds the file's inside wrong.
    #[error(
        "the store's file is damaged ({0}). Keep a copy of it; then restore a backup, or save what can be read with: sqlite3 FILE .recover"
    )]
    Damaged(String),
    /// A newer Ergon wrote the file.
    #[error("the store {} was written by a newer Ergon (schema {found}, this one knows {known}); update Ergon to open it", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: i64,
        /// Newest version this program knows.
        known: i64,
    },
    /// The file lies on a network file system.
    #[error("{} is on a network file system ({kind}), where SQLite's locks can't be trusted; use a local path and copy the file when done", path.display())]
    NetworkFileSystem {
        /// The file.
        path: PathBuf,
        /// Kind of file system.
        kind: &'static str,
    },
    /// No room.
    #[error("the disk is full: nothing of this step was saved, what was saved before is safe. Make room and run again")]
    DiskFull,
    /// Somebody else holds a lock for too long.
    #[error("the store is locked by another program; try again, or close what has it open")]
    Busy,
    /// The disk failed.
    #[error(
        "the disk failed while the store was written or read ({0}): nothing of this step was saved, what was saved before is safe"
    )]
    Disk(String),
    /// An engine holds the campaign.
    #[error("an engine holds campaign {campaign} (process {pid} on {host}); stop it first with: ergon stop {campaign}")]
    Held {
        /// The campaign.
        campaign: String,
        /// Its process.
        pid: u32,
        /// Its host.
        host: String,
    },
    /// The lease is gone.
    #[error("another engine has taken over the campaign")]
    LeaseLost,
    /// Finished runs leave or the analysis plan changes: say why.
    #[error(
        "the plan of {campaign} changes after {finished} of its runs have finished; give the reason with --amend REASON. Finished runs are kept, those that leave the plan are marked out of plan"
    )]
    ReasonRequired {
        /// The campaign.
        campaign: String,
        /// Finished runs.
        finished: u64,
    },
    /// No such campaign.
    #[error("there is no campaign '{0}' in this store; `ergon list` shows what there is")]
    NoCampaign(String),
    /// Several campaigns begin like this.
    #[error("'{0}' fits several campaigns: {1}")]
    Ambiguous(String, String),
    /// A query that is wrong or would write.
    #[error("the query was refused (only reading is allowed): {0}")]
    Query(String),
    /// The same attempt was recorded before, differently.
    #[error("attempt {attempt} of run {run} was recorded before with another result")]
    Conflict {
        /// The run's key.
        run: String,
        /// The attempt.
        attempt: u32,
    },
    /// The run has succeeded already: it counts once.
    #[error("run {run} has succeeded already (attempt {attempt}); a run counts once, so nothing was written")]
    AlreadySucceeded {
        /// The run's key.
        run: String,
        /// The attempt that succeeded.
        attempt: u32,
    },
    /// No such run.
    #[error("there is no run '{0}' in this campaign yet; a run has a record from its first attempt on")]
    NoRun(String),
    /// No such analysis.
    #[error("there is no analysis '{0}' in this store")]
    NoAnalysis(String),
    /// A rule of the schema was broken.
    #[error("the store refused what was to be written ({0}): nothing of it was kept")]
    Constraint(String),
    /// A fault of Ergon's own.
    #[error("internal fault in the store: {0}")]
    Internal(String),
}
