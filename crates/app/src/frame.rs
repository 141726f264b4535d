//! From stored runs to the frame an analysis sees.

use std::sync::Arc;

use ergon_analysis::{Exclusion, Frame, FrameFactor, FrameRow, PhaseStructure, Reading, Structure};
use ergon_design::spec::{FrameChoice, Quality};
use ergon_store::CampaignRecord;

use crate::app::App;
use crate::error::AppError;
use crate::select::StoredRuns;
use crate::spec_source::LoadedSpec;

/// A frame with the spec it was planned under. Clones share both.
#[derive(Clone)]
pub(crate) struct Framed {
    pub(crate) campaign: String,
    pub(crate) row: i64,
    pub(crate) loaded: Arc<LoadedSpec>,
    pub(crate) frame: Arc<Frame>,
}

impl From<ergon_analysis::AnalysisError> for AppError {
    fn from(error: ergon_analysis::AnalysisError) -> Self {
        Self::input("no_answer", error.to_string())
    }
}

impl App {
    /// Reads the frame of a campaign's plan in force.
    pub(crate) async fn read_frame(&self, record: &CampaignRecord) -> Result<Framed, AppError> {
        let loaded = self.load_stored(record).await?;
        let stored = self.stored_runs_of(record, &loaded).await?;
        let mut frame = build(&loaded, stored);
        self.leave_out(record.id, &mut frame).await?;
        frame.structure.replicates_added_after_look = self.store().await?.runs_added_after_look(record.id).await?;
        Ok(Framed { campaign: record.slug.clone(), row: record.id, loaded: Arc::new(loaded), frame: Arc::new(frame) })
    }

    /// Takes excluded runs out of a frame, and says so in it.
    async fn leave_out(&self, campaign: i64, frame: &mut Frame) -> Result<(), AppError> {
        for (_, rule) in self.store().await?.exclusions(campaign).await? {
            let Some(key) = crate::ops::excluded_run(&rule) else { continue };
            let Some(at) = frame.rows.iter().position(|row| row.key.to_string() == key) else { continue };
            frame.rows.remove(at);
            for column in frame.columns.values_mut() {
                column.remove(at);
            }
            let exclusions = &mut frame.structure.exclusions;
            match exclusions.iter_mut().find(|e| (&e.reason, &e.author) == (&rule.reason, &rule.author)) {
                Some(same) => same.runs += 1,
                None => exclusions.push(Exclusion { reason: rule.reason, author: rule.author, runs: 1 }),
            }
        }
        Ok(())
    }

    /// Keeps an analysis: what was asked, of which data, and the answer. That somebody looked matters to those who add
    /// replicates afterwards. A store that can't be written keeps nobody from looking.
    pub(crate) async fn keep(
        &self,
        framed: &Framed,
        name: &str,
        request: &impl serde::Serialize,
        result: &impl serde::Serialize,
    ) -> Result<(), AppError> {
        let json = |e: serde_json::Error| AppError::operation("internal", e.to_string());
        let mut analysis = ergon_store::NewAnalysis {
            name: name.to_owned(),
            request: serde_json::to_string(request).map_err(json)?,
            frame: String::new(),
            result: serde_json::to_string(result).map_err(json)?,
        };
        let (app, row, frame, asked_us) = (self.clone(), framed.row, framed.frame.clone(), crate::app::now_us());
        let saved = async move {
            // Reads every reading: not to be waited for either.
            let seen = serde_json::json!({
                "digest": frame.digest(None),
                "plan_hash": frame.plan_hash,
                "runs": frame.rows.len(),
            });
            analysis.frame = seen.to_string();
            let Ok(store) = app.store().await else { return };
            let same = (analysis.request.clone(), analysis.frame.clone());
            if store.last_analysis(row).await.is_ok_and(|last| last == Some(same)) {
                return;
            }
            app.analysed(row).await;
            if let Err(e) = store.save_analysis(row, analysis, asked_us).await {
                tracing::warn!("the analysis was not kept: {e}");
            }
        };
        // A window answers before the disk does; a command line would end before it.
        match self.session.host.get() {
            Some(_) => drop(tokio::spawn(saved)),
            None => saved.await,
        }
        Ok(())
    }
}

impl Framed {
    /// Only the runs of these phases; all of them when none is named.
    pub(crate) fn of_phases(mut self, phases: &[String]) -> Result<Self, AppError> {
        if !phases.is_empty() {
            let choice = FrameChoice { phases: phases.to_vec(), filters: Vec::new() };
            self.frame = Arc::new(self.frame.select(&choice)?);
        }
        Ok(self)
    }

    /// When this campaign's data is good enough.
    pub(crate) fn thresholds(&self) -> &Quality {
        &self.loaded.campaign.spec.quality
    }

    /// The frame of the one run whose key begins like this.
    pub(crate) fn only(&self, prefix: &str) -> Result<Frame, AppError> {
        let prefix = prefix.to_ascii_lowercase();
        let fits: Vec<usize> =
            (0..self.frame.rows.len()).filter(|i| self.frame.rows[*i].key.to_string().starts_with(&prefix)).collect();
        let [at] = fits[..] else {
            let many = if fits.is_empty() { "no finished run has" } else { "several runs have" };
            return Err(
                AppError::input("no_such_run", format!("{many} an id that begins with '{prefix}'")).field("run")
            );
        };
        let mut frame = Frame::clone(&self.frame);
        frame.rows = vec![self.frame.rows[at].clone()];
        for column in frame.columns.values_mut() {
            *column = vec![column[at].clone()];
        }
        frame.structure.missing.clear();
        Ok(frame)
    }
}

fn build(loaded: &LoadedSpec, mut stored: StoredRuns) -> Frame {
    crate::energy::compare_what_is_comparable(&mut stored, &*loaded.campaign.manifest.workload == "workflow");
    let campaign = &loaded.campaign;
    let spec = &campaign.spec;
    let shared = spec.execution.common_random_numbers;
    let common = campaign.manifest.streams.iter().filter(|s| shared && s.common).map(|s| s.name.to_string());
    let selected =
        |index: usize| stored.phase_summaries.iter().find(|s| usize::from(s.index) == index).map_or(0, |s| s.selected);
    let structure = Structure {
        common_streams: common.collect(),
        phases: campaign
            .phases
            .iter()
            .enumerate()
            .map(|(i, p)| PhaseStructure {
                name: p.name.clone(),
                design: p.design.kind,
                order: p.order,
                replicates: p.replicates,
                planned_runs: selected(i),
            })
            .collect(),
        missing: stored.unfinished,
        exclusions: Vec::new(),
        replicates_added_after_look: false,
        deterministic: campaign.manifest.deterministic,
    };
    let mut columns: std::collections::BTreeMap<_, Vec<Option<Reading>>> =
        stored.metrics.iter().map(|m| (m.id.clone(), Vec::with_capacity(stored.runs.len()))).collect();
    let mut rows = Vec::with_capacity(stored.runs.len());
    for run in stored.runs {
        for (metric, cell) in stored.metrics.iter().zip(run.cells) {
            let reading = cell.map(|m| Reading { observed: m.observed, provenance: m.provenance, flags: m.flags });
            if let Some(column) = columns.get_mut(&metric.id) {
                column.push(reading);
            }
        }
        rows.push(FrameRow {
            key: run.run.key,
            condition: run.run.condition,
            replicate: run.run.replicate,
            phases: run.run.phases,
        });
    }
    Frame {
        campaign: campaign.id.clone(),
        spec_hash: campaign.spec_hash,
        plan_hash: stored.plan_hash,
        metrics: stored.metrics,
        factors: campaign
            .factors
            .iter()
            .map(|f| FrameFactor {
                name: f.name.clone(),
                levels: f.levels.clone(),
                unit: campaign.manifest.parameter(f.name.as_str()).and_then(|p| p.unit.clone()).unwrap_or_default(),
            })
            .collect(),
        rows,
        columns,
        structure,
        selection: FrameChoice::default(),
    }
}
