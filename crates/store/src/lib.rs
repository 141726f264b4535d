//! The SQLite store: one file per library of campaigns.
//!
//! Belongs here: schema and migrations, the single writer with group commit, leases and recovery, reads.
//! Doesn't belong here: what a value means, which runs there should be, anything about a workload.
//!
//! Architecture invariants: no other crate contains SQL; what a caller was told is written has been committed with
//! `synchronous=FULL`; `raw` is the only module with unsafe code.

mod campaigns;
mod error;
mod lease;
mod open;
mod query;
mod raw;
mod record;
mod runs;
mod writer;

pub use campaigns::{
    CampaignFilter, CampaignRecord, CampaignSummary, InputRecord, NewRevision, QueueEntry, Registered, RevisionRecord,
};
pub use error::StoreError;
pub use lease::{Engine, Lease, Recovery};
pub use open::{SCHEMA_VERSION, Store};
pub use query::Rows;
pub use runs::{AttemptCounts, FailedRunRecord, RunRecord, RunTable};
