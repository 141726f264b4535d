//! Files of the LLM-enhanced consensus campaign: its configuration, generated experiments, results, printed reports.

pub(super) mod campaign;
pub(super) mod conditions;
mod guide;
mod phases;
pub(super) mod printed;
mod result_campaign;
mod result_metrics;
mod results;
pub(super) mod run_config;

pub use result_campaign::LEGACY_CAMPAIGN;
pub use result_metrics::IMPORTED;
pub use results::{ImportedRun, LegacyResults, results};
