//! `analyze`: statistics.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::error::AppError;

/// What to ask of the data. Without a metric: the questions of the spec, or of the plan file.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct AnalyzeRequest {
    /// Campaign id, ULID prefix, spec path or `latest`.
    pub campaign: String,
    /// A YAML file with an `analysis` section.
    pub plan: Option<PathBuf>,
    /// One metric.
    pub metric: Option<String>,
    /// Factors.
    pub by: Vec<String>,
    /// A procedure instead of the one that follows from the design.
    pub test: Option<String>,
    /// Correction for several tests.
    pub correction: Option<String>,
    /// Write the figures of the analyses into this folder.
    pub figures: Option<PathBuf>,
}

/// The analyses.
#[derive(Clone, Debug, Serialize)]
pub struct AnalyzeReply {
    /// Campaign id.
    pub campaign: String,
    /// The analyses, in the order of the questions.
    pub analyses: Vec<ergon_analysis::Analysis>,
    /// Figures written.
    pub figures: Vec<PathBuf>,
}
