//! The SQLite store: one file per library of campaigns.
//!
//! Belongs here: schema and migrations, the single writer with group commit, leases and recovery, reads.
//! Doesn't belong here: what a value means, which runs there should be, anything about a workload.
//!
//! Architecture invariants: no other crate contains SQL; what a caller was told is written has been committed with
//! `synchronous=FULL`; `raw` is the only module with unsafe code.

mod analyses;
mod attempts;
mod calls;
mod campaigns;
mod cells;
mod data_mark;
mod energy;
mod energy_record;
mod error;
mod lease;
mod left_behind;
mod migrate;
mod network;
mod one_run;
mod open;
mod query;
mod queue;
mod raw;
mod recognise;
mod record;
mod register;
mod revisions;
mod run_listing;
mod run_log;
mod runs;
mod turn;
mod values;
mod watch;
mod writer;

pub use analyses::{AnalysisRecord, Exclusion, NewAnalysis};
pub use attempts::{ArtefactRecord, AttemptRecord};
pub use calls::{CallRow, ModelSpend, ModelTotal};
pub use campaigns::{CampaignFilter, CampaignRecord, CampaignSummary, RevisionRecord};
pub use cells::CellCounts;
pub use data_mark::DataMark;
pub use energy::{EnergySessionRecord, RunResources};
pub use error::StoreError;
pub use lease::{Engine, Lease, Recovery};
pub use migrate::SCHEMA_VERSION;
pub use one_run::{Note, OneRun};
pub use open::{Opening, Store};
pub use query::Rows;
pub use queue::QueueEntry;
pub use register::{InputRecord, NewRevision, Registered};
pub use revisions::{RevisionText, TrashedCampaign};
pub use run_listing::{Comparison, MetricCell, RunColumn, RunPage, RunRow, Wanted};
pub use runs::{AttemptCounts, FailedRunRecord, RunRecord, RunTable};
pub use watch::Watch;
