//! Whether a campaign is the one that the store has under its id, or another of the same name.

use ergon_design::{Plan, Spec};
use ergon_domain::{Canonical, Digest};
use ergon_store::StoreError;

use crate::app::App;
use crate::error::AppError;
use crate::spec_source::LoadedSpec;

/// Digest of what a spec asks of its runs.
pub(crate) fn analysis_hash(spec: &Spec) -> Result<Digest, AppError> {
    let asked = serde_json::to_string(&(&spec.hypotheses, &spec.analysis, &spec.quality));
    let asked = asked.map_err(|e| AppError::operation("internal", e.to_string()))?;
    Ok(Canonical::new("ergon.analysis-plan.1").str(&asked).finish())
}

impl App {
    /// Whether the store has a campaign of this id with other runs or other questions.
    pub(crate) async fn has_other_plan(&self, loaded: &LoadedSpec, plan: &Plan) -> Result<bool, AppError> {
        if !self.store_path().exists() {
            return Ok(false);
        }
        let store = self.store().await?;
        let record = match store.campaign(&loaded.campaign.id).await {
            Ok(record) if record.slug == loaded.campaign.id => record,
            Ok(_) | Err(StoreError::NoCampaign(_) | StoreError::Ambiguous(..)) => return Ok(false),
            Err(e) => return Err(e.into()),
        };
        let there = store.revision(record.id).await?;
        let asked = analysis_hash(&loaded.campaign.spec)?;
        Ok((there.plan_hash, there.analysis_hash) != (plan.plan_hash(), asked))
    }
}
