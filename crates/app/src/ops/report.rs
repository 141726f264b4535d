//! `report`: documents.

use std::path::{Path, PathBuf};

use ergon_publish::from_analysis::{CampaignFacts, campaign_summary};
use ergon_publish::table::TableStyle;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::error::AppError;

/// Which documents.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ts_rs::TS)]
#[serde(default)]
pub struct ReportRequest {
    /// Campaign id, ULID prefix, spec path or `latest`.
    pub campaign: String,
    /// Only these phases.
    pub phases: Option<Vec<String>>,
    /// While it runs: marked exploratory.
    pub interim: bool,
    /// Folder; left out: the current one.
    pub output: Option<PathBuf>,
}

/// What was written.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct ReportReply {
    /// The files.
    pub paths: Vec<PathBuf>,
}

/// Writes `campaign_summary.md`, `statistical_analysis.json` and a figure per question.
///
/// # Errors
/// No such campaign or phase; the folder can't be written.
pub async fn report(app: &App, request: ReportRequest) -> Result<ReportReply, AppError> {
    let framed = app.frame(&request.campaign, request.phases.as_deref()).await?;
    let campaign = &framed.loaded.campaign;
    let spec = &campaign.spec;
    let standing = app.standing(&framed.campaign).await?;
    // A campaign that hasn't ended is interim whether or not somebody says so.
    let interim = request.interim || standing.progress < 1.0;
    let quality = ergon_analysis::check_quality(&framed.frame, framed.thresholds());
    let plan = ergon_analysis::run_plan(&framed.frame, &spec.analysis, &spec.hypotheses);
    let workload = format!("{} (version {})", campaign.manifest.workload, campaign.manifest.version);
    let folder = app.path(request.output.as_deref().unwrap_or(Path::new(".")))?;
    let refuse = |e: std::io::Error| AppError::operation("unwritable_folder", format!("{}: {e}", folder.display()));
    std::fs::create_dir_all(&folder).map_err(refuse)?;
    let drawn = super::figure::write_all(&framed, &plan.analyses, &folder.join("figures"))?;
    let figures: Vec<(String, String)> = drawn
        .iter()
        .filter_map(|(path, alt)| Some((format!("figures/{}", path.file_name()?.to_str()?), alt.clone())))
        .collect();
    let command = format!("ergon run {}", campaign.id);
    let facts = CampaignFacts {
        title: spec.campaign.title.as_deref().unwrap_or(&campaign.id),
        id: &campaign.id,
        question: spec.campaign.question.as_deref(),
        researcher: spec.campaign.researcher.as_deref(),
        workload: &workload,
        seed: campaign.seed(),
        ergon_version: env!("CARGO_PKG_VERSION"),
        command: &command,
        interim,
        figures: &figures,
    };
    let text = campaign_summary(&facts, &framed.frame, &quality, &plan, TableStyle::Booktabs)
        .map_err(|e| AppError::operation("internal", e.to_string()))?;
    let analyses = serde_json::json!({
        "campaign": campaign.id,
        "spec_hash": campaign.spec_hash,
        "plan_hash": framed.frame.plan_hash,
        "ergon": env!("CARGO_PKG_VERSION"),
        "interim": interim,
        "quality": quality,
        "analyses": plan.analyses,
        "hypotheses": plan.hypotheses,
        "refusals": plan.refusals,
    });
    app.keep(&framed, "report", &request, &analyses).await?;
    let json = serde_json::to_string_pretty(&analyses).map_err(|e| AppError::operation("internal", e.to_string()))?;
    let mut paths = Vec::new();
    for (name, content) in [("campaign_summary.md", text), ("statistical_analysis.json", json)] {
        let path = folder.join(name);
        std::fs::write(&path, content).map_err(refuse)?;
        paths.push(path);
    }
    paths.extend(drawn.into_iter().map(|(path, _)| path));
    Ok(ReportReply { paths })
}
