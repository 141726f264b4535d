//! The models of one session of a campaign: metered against its budget, kept in the store, or replayed from one.

use std::path::Path;
use std::sync::Arc;

use ergon_design::Campaign;
use ergon_domain::Models;
use ergon_models::{AlertBounds, Budget, Metered, Roster, Source, Spent};
use ergon_store::{Registered, Store};

use crate::app::{App, now_us};
use crate::error::AppError;
use crate::spec_source::LoadedSpec;

/// Refuses a money budget that can't be kept, and models whose key is missing: before anything is written.
///
/// # Errors
/// A model whose price or key is unknown.
pub(crate) fn check(campaign: &Campaign, roster: &Roster, replayed: bool) -> Result<(), AppError> {
    if replayed {
        return Ok(());
    }
    if let Some(error) = unkept_budget(campaign, roster) {
        return Err(error);
    }
    match roster.unready().into_iter().next() {
        None => Ok(()),
        Some((name, why)) => {
            Err(AppError::input("model_not_ready", format!("models.{name}: {why}")).field(format!("models.{name}")))
        }
    }
}

/// A money budget together with a model of unknown price.
pub(crate) fn unkept_budget(campaign: &Campaign, roster: &Roster) -> Option<AppError> {
    if !budget(campaign).is_money() {
        return None;
    }
    let unpriced = roster.unpriced();
    let first = unpriced.first()?;
    let message = format!(
        "budget.usd: the price of {} is unknown, so no budget in USD can be kept; give models.{first}.usd_per_mtok_in and \
         usd_per_mtok_out, or a budget in tokens",
        unpriced.join(", ")
    );
    Some(AppError::input("unknown_price", message).field("budget.usd"))
}

fn budget(campaign: &Campaign) -> Budget {
    let budget = &campaign.spec.budget;
    Budget { usd: budget.usd, usd_per_run: budget.usd_per_run, tokens: budget.tokens }
}

fn bounds(campaign: &Campaign) -> AlertBounds {
    let alerts = &campaign.spec.alerts;
    let usual = AlertBounds::default();
    AlertBounds {
        error_rate: alerts.model_error_rate.unwrap_or(usual.error_rate),
        calls_per_minute: alerts.calls_per_minute.or(usual.calls_per_minute),
        usd_per_hour: alerts.cost_per_hour.or(usual.usd_per_hour),
    }
}

/// Where a replay finds its records.
pub(crate) enum Records {
    /// In the campaign itself.
    Own,
    /// In another store.
    Other(Box<Store>),
}

impl Records {
    /// Opens them; `store`: another store's file, where one is named.
    ///
    /// # Errors
    /// There is no such file.
    pub(crate) async fn open(store: Option<&Path>) -> Result<Self, AppError> {
        let Some(path) = store else { return Ok(Self::Own) };
        if !path.is_file() {
            let message = format!("there is no store '{}' to replay from", path.display());
            return Err(AppError::input("no_such_file", message).field("replay"));
        }
        Ok(Self::Other(Box::new(Store::open(path).await?)))
    }
}

impl App {
    /// The models of a session.
    pub(crate) async fn model_session(
        &self,
        loaded: &LoadedSpec,
        registered: &Registered,
        replay: Option<Records>,
    ) -> Result<Arc<Metered>, AppError> {
        let store = self.store().await?;
        let LoadedSpec { campaign, models: roster, .. } = loaded;
        let resumes = loaded.workload.resumes() && replay.is_none();
        let (source, spent) = match replay {
            Some(Records::Own) => (Source::Replay(store.recorded_calls(registered.id)), Spent::default()),
            Some(Records::Other(other)) => {
                let recorded = other.campaign(&campaign.id).await?;
                (Source::Replay(other.recorded_calls(recorded.id)), Spent::default())
            }
            None => {
                let spent = store.begin_spending(registered.id, now_us()).await?;
                let spent = Spent { usd: spent.charged_usd, tokens: spent.charged_tokens };
                (Source::Live(Some(store.call_log(registered.id)?)), spent)
            }
        };
        let models = Metered::new(roster.clone(), budget(campaign), spent, source).with_alerts(bounds(campaign));
        Ok(Arc::new(if resumes { models.resuming(store.resumable_calls(registered.id)) } else { models }))
    }
}

/// After the last call: all of them are on disk, and USD of this session.
///
/// # Errors
/// A call could not be kept.
pub(crate) async fn close(models: &Metered) -> Result<f64, AppError> {
    models.close().await.map_err(|e| AppError::operation("calls_not_kept", e.to_string()))?;
    Ok(models.meter().map_or(0.0, |meter| meter.usd))
}
