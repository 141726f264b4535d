//! `diff`: compare two specs or campaigns.

use ergon_design::revision::{Change, Difference, compare, diff as differences};
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::error::AppError;

/// Two specs (files) or campaigns.
#[derive(Clone, Debug, Deserialize, Serialize, ts_rs::TS)]
pub struct DiffRequest {
    /// The older.
    pub a: String,
    /// The newer.
    pub b: String,
}

/// How they differ.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct DiffReply {
    /// Every difference, by path.
    pub differences: Vec<Difference>,
    /// What the step from a to b changes: nothing that needs a revision, the plan, or the analysis plan.
    pub change: Change,
    /// Runs that both plans have.
    pub runs_shared: u64,
    /// Runs only `a` has.
    pub runs_only_a: u64,
    /// Runs only `b` has.
    pub runs_only_b: u64,
}

/// Compares two specs or campaigns.
///
/// # Errors
/// One of them can't be read.
pub async fn diff(app: &App, request: DiffRequest) -> Result<DiffReply, AppError> {
    let (a, b) = (app.load(&request.a, &[]).await?, app.load(&request.b, &[]).await?);
    let keys = |loaded: &crate::LoadedSpec| -> Result<std::collections::BTreeSet<_>, AppError> {
        let plan = loaded.campaign.plan(&ergon_design::PlanOptions::default()).map_err(super::plan_error)?;
        Ok(plan.iter().map(|r| r.key).collect())
    };
    let (keys_a, keys_b) = (keys(&a)?, keys(&b)?);
    let shared = keys_a.intersection(&keys_b).count() as u64;
    Ok(DiffReply {
        differences: differences(&a.campaign.spec, &b.campaign.spec),
        change: compare(&a.campaign.spec, &b.campaign.spec),
        runs_shared: shared,
        runs_only_a: keys_a.len() as u64 - shared,
        runs_only_b: keys_b.len() as u64 - shared,
    })
}
