//! `export`: a campaign's data in the layout of the system that a reader's scripts know.

mod bargain;
mod folder;
mod scenario_lab;
mod scramblebench;

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::error::AppError;
use crate::frame::Framed;
use crate::ops::table::unknown;

/// What to export, and where to.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ts_rs::TS)]
#[serde(default)]
pub struct ExportRequest {
    /// Campaign id, ULID prefix, spec path or `latest`.
    pub campaign: String,
    /// `data`.
    pub kind: String,
    /// `bargain` (of negotiations), `scenario-lab` (of scenarios) or `scramblebench` (of scrambles): the original's files.
    pub layout: String,
    /// Folder; made where it is missing.
    pub output: PathBuf,
}

/// What was written.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct ExportReply {
    /// The folder.
    pub folder: PathBuf,
    /// Files written.
    pub files: usize,
    /// Runs among them.
    pub runs: usize,
    /// What could not be exported, and why.
    pub left_out: Vec<String>,
}

/// Writes a campaign's data into a folder.
///
/// # Errors
/// No such campaign, kind or layout; a layout of another workload; the folder can't be written.
pub async fn export(app: &App, request: ExportRequest) -> Result<ExportReply, AppError> {
    if !matches!(request.kind.as_str(), "" | "data") {
        return Err(unknown("kind", &request.kind, &["data"]));
    }
    if request.output.as_os_str().is_empty() {
        return Err(AppError::input("no_folder", "say which folder to write, with -o").field("output"));
    }
    match request.layout.as_str() {
        "bargain" => bargain::export(app, &request).await,
        "scenario-lab" => scenario_lab::export(app, &request).await,
        "scramblebench" => scramblebench::export(app, &request).await,
        other => Err(unknown("layout", other, &["bargain", "scenario-lab", "scramblebench"])),
    }
}

/// What somebody left out of the analysis is left out here too, and said.
fn excluded(framed: &Framed) -> impl Iterator<Item = String> {
    framed.frame.structure.exclusions.iter().map(|e| format!("{} runs excluded by {}: {}", e.runs, e.author, e.reason))
}

/// Refuses a layout that is of another workload than the campaign's.
fn of_workload(framed: &Framed, layout: &str, workload: &str) -> Result<(), AppError> {
    let found = &framed.loaded.campaign.manifest.workload;
    if found.as_ref() == workload {
        return Ok(());
    }
    let message = format!("layout {layout} is of campaigns of workload {workload}; {} runs {found}", framed.campaign);
    Err(AppError::input("wrong_layout", message).field("layout"))
}
