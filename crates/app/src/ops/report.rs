//! `report`: documents.

mod energy;
mod legacy;
mod phases;

use std::path::{Path, PathBuf};

use ergon_analysis::{PlanResult, QualityReport};
use ergon_publish::from_analysis::{CampaignFacts, campaign_summary};
use ergon_publish::table::TableStyle;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::error::AppError;
use crate::frame::Framed;
use legacy::Legacy;

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

/// Writes `campaign_summary.md`, a figure per question and the files of the original consensus campaign:
/// `statistical_analysis.json`, `statistical_analysis_report.json`, `<phase>_detailed_report.json`,
/// `phase_summaries/<phase>.json`, `campaign_results.csv` (`<phase>_results.csv` where phases are chosen), and, where the
/// campaign compares these, `llm_vs_heuristic_analysis.json` and `protocol_effectiveness.json`.
///
/// # Errors
/// No such campaign or phase; the folder can't be written.
pub async fn report(app: &App, request: ReportRequest) -> Result<ReportReply, AppError> {
    let framed = app.frame(&request.campaign).await?.of_phases(request.phases.as_deref().unwrap_or_default())?;
    let campaign = &framed.loaded.campaign;
    let spec = &campaign.spec;
    let standing = app.standing(&framed.campaign).await?;
    // A campaign that hasn't ended is interim whether or not somebody says so.
    let interim = request.interim || standing.progress < 1.0;
    let quality = ergon_analysis::check_quality(&framed.frame, framed.thresholds());
    let mut plan = ergon_analysis::run_plan(&framed.frame, &spec.analysis, &spec.hypotheses);
    if interim {
        plan = plan.as_interim();
    }
    let folder = app.path(request.output.as_deref().unwrap_or(Path::new(".")))?;
    let refuse = |e: std::io::Error| AppError::operation("unwritable_folder", format!("{}: {e}", folder.display()));
    std::fs::create_dir_all(&folder).map_err(refuse)?;
    let drawn = super::figure::write_all(&framed, &plan.analyses, &folder.join("figures"))?;
    let figures: Vec<(String, String)> = drawn
        .iter()
        .filter_map(|(path, alt)| Some((format!("figures/{}", path.file_name()?.to_str()?), alt.clone())))
        .collect();
    let text = written(app, &framed, &quality, &plan, interim, &figures).await?;
    let legacy = Legacy::of(&framed, &plan);
    let kept = serde_json::json!({
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
    app.keep(&framed, "report", &request, &kept).await?;
    let mut files = vec![("campaign_summary.md".to_owned(), text)];
    let brief = serde_json::json!({
        "campaign": campaign.id,
        "interim": interim,
        "results": legacy,
        "hypotheses": plan.hypotheses.iter().map(|h| [h.id.as_str(), h.sentence.as_str()]).collect::<Vec<_>>(),
    });
    files.push(("statistical_analysis.json".into(), json_text(&joined(kept, &legacy)?)?));
    files.push(("statistical_analysis_report.json".into(), json_text(&brief)?));
    if let Some(found) = &legacy.llm_vs_heuristic {
        files.push(("llm_vs_heuristic_analysis.json".into(), json_text(found)?));
    }
    if let Some(found) = &legacy.protocols {
        files.push(("protocol_effectiveness.json".into(), json_text(found)?));
    }
    for of in phases::phase_reports(&framed, interim)? {
        let name = of.phase.replace(['/', '\\'], "-");
        files.push((format!("{name}_detailed_report.json"), json_text(&of.detailed)?));
        files.push((format!("phase_summaries/{name}.json"), json_text(&of.summary)?));
    }
    files.extend(csv_files(app, &framed, request.phases.as_deref()).await?);
    std::fs::create_dir_all(folder.join("phase_summaries")).map_err(refuse)?;
    let mut paths = Vec::new();
    for (name, content) in files {
        let path = folder.join(name);
        std::fs::write(&path, content).map_err(refuse)?;
        paths.push(path);
    }
    paths.extend(drawn.into_iter().map(|(path, _)| path));
    Ok(ReportReply { paths })
}

/// The summary in words and tables; `figures`: their paths and what they show.
pub(super) async fn written(
    app: &App,
    framed: &Framed,
    quality: &QualityReport,
    plan: &PlanResult,
    interim: bool,
    figures: &[(String, String)],
) -> Result<String, AppError> {
    let campaign = &framed.loaded.campaign;
    let spec = &campaign.spec;
    let workload = format!("{} (version {})", campaign.manifest.workload, campaign.manifest.version);
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
        figures,
        energy: energy::energy_facts(app, framed.row).await?,
    };
    campaign_summary(&facts, &framed.frame, quality, plan, TableStyle::Booktabs)
        .map_err(|e| AppError::operation("internal", e.to_string()))
}

/// A row a run, with provenance: of all phases together, or of each one chosen.
async fn csv_files(app: &App, framed: &Framed, phases: Option<&[String]>) -> Result<Vec<(String, String)>, AppError> {
    let one = |phase: Option<&String>| super::ResultsRequest {
        campaign: framed.campaign.clone(),
        phase: phase.cloned(),
        wide: true,
        resources: true,
        ..super::ResultsRequest::default()
    };
    let Some(phases) = phases.filter(|p| !p.is_empty()) else {
        return Ok(vec![("campaign_results.csv".into(), super::results(app, one(None)).await?.text)]);
    };
    let mut files = Vec::new();
    for phase in phases {
        let name = phase.replace(['/', '\\'], "-");
        files.push((format!("{name}_results.csv"), super::results(app, one(Some(phase))).await?.text));
    }
    Ok(files)
}

fn json_text(value: &impl Serialize) -> Result<String, AppError> {
    serde_json::to_string_pretty(value).map_err(|e| AppError::operation("internal", e.to_string()))
}

/// One object of two.
fn joined(first: serde_json::Value, second: &impl Serialize) -> Result<serde_json::Value, AppError> {
    let second = serde_json::to_value(second).map_err(|e| AppError::operation("internal", e.to_string()))?;
    Ok(match (first, second) {
        (serde_json::Value::Object(mut all), serde_json::Value::Object(more)) => {
            all.extend(more);
            serde_json::Value::Object(all)
        }
        (first, _) => first,
    })
}
