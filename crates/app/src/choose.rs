//! Phases whose conditions are chosen from stored results (`top_effects`): every operation that loads a spec sees the
//! choice as soon as it can be made, so that a dry plan is the plan that runs; registering it stores it with the spec.

use std::collections::{BTreeMap, BTreeSet};

use ergon_design::spec::{DesignKind, Spec};
use ergon_design::{Campaign, ResolvedPhase, Seen, largest_effects};
use ergon_domain::{Condition, Digest, Direction, MetricId, Observed, ParameterKind, RunState, Value};
use ergon_store::CampaignRecord;

use crate::app::App;
use crate::error::AppError;
use crate::ops::plan_error;
use crate::select::StoredRuns;
use crate::spec_source::LoadedSpec;

type Row = BTreeMap<String, Value>;

/// What becomes of a phase's choice: its conditions and the digest of the runs they come from, or nothing any more.
struct Choice {
    phase: usize,
    conditions: Vec<Row>,
    basis: Option<String>,
}

impl App {
    /// A spec file's or a stored campaign's spec, with the choices that can be made.
    pub(crate) async fn load(&self, target: &str, sets: &[String]) -> Result<LoadedSpec, AppError> {
        self.with_choices(self.read_target(target, sets).await?).await
    }

    /// Fills in what was chosen, chooses what can be chosen, and drops choices whose source runs are others now.
    pub(crate) async fn with_choices(&self, mut loaded: LoadedSpec) -> Result<LoadedSpec, AppError> {
        while let Some(choice) = self.next_choice(&loaded).await? {
            let mut spec = loaded.campaign.spec.clone();
            if let Some(phase) = spec.phases.get_mut(choice.phase) {
                (phase.design.conditions, phase.design.basis) = (choice.conditions, choice.basis);
            }
            let json = serde_json::to_vec(&spec).map_err(|e| AppError::operation("internal", e.to_string()))?;
            let name = format!("{}.json", loaded.campaign.id);
            let mut next = LoadedSpec::from_bytes(&json, &name, &loaded.base, &[], &[])?;
            // What a person is shown stays what a person wrote.
            next.text = loaded.text;
            next.campaign.warnings = loaded.campaign.warnings;
            loaded = next;
        }
        Ok(loaded)
    }

    async fn next_choice(&self, loaded: &LoadedSpec) -> Result<Option<Choice>, AppError> {
        let campaign = &loaded.campaign;
        if campaign.chosen_phases().next().is_none() {
            return Ok(None);
        }
        let record = self.recorded(&campaign.id).await?;
        for (index, phase) in campaign.chosen_phases() {
            let Some(basis) = campaign.basis(phase).map_err(plan_error)? else { continue };
            let (phase_index, basis) = (usize::from(index), basis.to_string());
            if !phase.is_open() {
                // Conditions without a basis were written by a person, who is believed.
                if phase.design.basis.as_ref().is_some_and(|b| *b != basis) {
                    return Ok(Some(Choice { phase: phase_index, conditions: Vec::new(), basis: None }));
                }
                continue;
            }
            let Some(record) = &record else { continue };
            let conditions = match self.chosen_before(record, phase, &basis).await? {
                Some(conditions) => Some(conditions),
                None => self.choose_now(record, loaded, phase).await?,
            };
            if let Some(conditions) = conditions {
                return Ok(Some(Choice { phase: phase_index, conditions, basis: Some(basis) }));
            }
        }
        Ok(None)
    }

    /// The stored campaign, where there is a store and the campaign is in it. A look must not make a store.
    async fn recorded(&self, id: &str) -> Result<Option<CampaignRecord>, AppError> {
        if !self.store_path().exists() {
            return Ok(None);
        }
        match self.store().await?.campaign(id).await {
            Ok(record) if record.slug == id => Ok(Some(record)),
            Ok(_) | Err(ergon_store::StoreError::NoCampaign(_) | ergon_store::StoreError::Ambiguous(..)) => Ok(None),
            Err(e) => Err(e.into()),
        }
    }

    /// The choice stored with the revision in force, if it was made from the same runs for the same phase.
    async fn chosen_before(
        &self,
        record: &CampaignRecord,
        phase: &ResolvedPhase,
        basis: &str,
    ) -> Result<Option<Vec<Row>>, AppError> {
        let stored = self.stored_spec(record).await?;
        let same = stored.phases.into_iter().find(|p| {
            let design = &p.design;
            p.name == phase.name
                && design.kind == DesignKind::TopEffects
                && (design.size, &design.from) == (phase.design.size, &phase.design.from)
                && design.basis.as_deref() == Some(basis)
                && !design.conditions.is_empty()
        });
        Ok(same.map(|p| p.design.conditions))
    }

    async fn stored_spec(&self, record: &CampaignRecord) -> Result<Spec, AppError> {
        let revision = self.store().await?.revision(record.id).await?;
        Ok(ergon_design::read_spec(revision.spec_json.as_bytes(), &format!("{}.json", record.slug))?.spec)
    }

    /// The conditions with the largest effects, once every run of the source phases has ended.
    async fn choose_now(
        &self,
        record: &CampaignRecord,
        loaded: &LoadedSpec,
        phase: &ResolvedPhase,
    ) -> Result<Option<Vec<Row>>, AppError> {
        let campaign = &loaded.campaign;
        let states = self.run_states(record.id).await?;
        let ended = |state: Option<&(RunState, u32)>| {
            matches!(state, Some((RunState::Succeeded | RunState::Failed | RunState::Cancelled, _)))
        };
        let sources = campaign.plan(&campaign.source_options(phase)).map_err(plan_error)?;
        if !sources.iter().all(|run| ended(states.get(&run.key))) {
            return Ok(None);
        }
        let stored = self.stored_runs_of(record, loaded).await?;
        let (seen, conditions) = seen(campaign, phase, &stored);
        let effects = largest_effects(&seen);
        let size = usize::try_from(phase.design.size.unwrap_or(0)).unwrap_or(usize::MAX);
        if effects.len() < size {
            let message = format!(
                "phase {}: {size} conditions are to be chosen from {}, but only {} of them have results in which a response \
                 varies; make design.size smaller",
                phase.name,
                phase.design.from.join(", "),
                effects.len()
            );
            return Err(
                AppError::input("nothing_to_choose", message).field(format!("phases.{}.design.size", phase.name))
            );
        }
        let chosen: Vec<&Condition> =
            effects.iter().take(size).filter_map(|e| conditions.get(&e.condition).copied()).collect();
        Ok(Some(rows(campaign, phase, &chosen)))
    }

    /// Why a revision was made that differs from the one before in nothing but what was chosen from its results.
    pub(crate) async fn reason_of_choice(&self, campaign: &Campaign) -> Result<Option<String>, AppError> {
        let Some(record) = self.recorded(&campaign.id).await? else { return Ok(None) };
        let mut reasons = Vec::new();
        let mut expected = self.stored_spec(&record).await?;
        for (index, phase) in campaign.chosen_phases() {
            let basis = campaign.basis(phase).map_err(plan_error)?.map(|b| b.to_string());
            let before = expected.phases.get_mut(usize::from(index));
            if let Some(before) = before.filter(|_| !phase.is_open() && phase.design.basis == basis)
                && before.design.basis != basis
            {
                reasons.push(format!(
                    "{}: {} conditions chosen from the results of {}",
                    phase.name,
                    phase.explicit.len(),
                    phase.design.from.join(", ")
                ));
                (before.design.conditions, before.design.basis) =
                    (phase.design.conditions.clone(), phase.design.basis.clone());
            }
        }
        let is_all = ergon_design::revision::compare(&expected, &campaign.spec) == ergon_design::revision::Change::Free;
        Ok((is_all && !reasons.is_empty()).then(|| reasons.join("; ")))
    }
}

/// Responses that decide: those that the hypotheses about the source phases name, else those of the analysis plan, else
/// every metric that has a better and a worse, else every metric.
fn responses(campaign: &Campaign, phase: &ResolvedPhase) -> BTreeSet<MetricId> {
    let spec = &campaign.spec;
    let about = |phases: &[String]| phases.is_empty() || phases.iter().any(|p| phase.design.from.contains(p));
    let asked: BTreeSet<MetricId> =
        spec.hypotheses.iter().filter(|h| about(&h.frame.phases)).map(|h| MetricId::new(&h.metric)).collect();
    if !asked.is_empty() {
        return asked;
    }
    let asked: BTreeSet<MetricId> = spec.analysis.questions.iter().map(|q| MetricId::new(&q.metric)).collect();
    if !asked.is_empty() {
        return asked;
    }
    let metrics = &campaign.manifest.metrics;
    let is_judged = metrics.iter().any(|m| m.direction != Direction::None);
    metrics.iter().filter(|m| !is_judged || m.direction != Direction::None).map(|m| m.id.clone()).collect()
}

/// What the source phases saw, condition by condition.
fn seen<'s>(
    campaign: &Campaign,
    phase: &ResolvedPhase,
    stored: &'s StoredRuns,
) -> (Vec<Seen>, BTreeMap<Digest, &'s Condition>) {
    let wanted = responses(campaign, phase);
    let columns: Vec<usize> =
        stored.metrics.iter().enumerate().filter(|(_, m)| wanted.contains(&m.id)).map(|(i, _)| i).collect();
    let mut cells: BTreeMap<(u16, Digest), Vec<Vec<f64>>> = BTreeMap::new();
    let mut conditions = BTreeMap::new();
    for run in &stored.runs {
        for source in run.run.phases.iter().filter(|p| phase.from.contains(p)) {
            let condition = &run.run.condition;
            conditions.insert(condition.digest, &condition.condition);
            let cell = cells.entry((*source, condition.digest)).or_insert_with(|| vec![Vec::new(); columns.len()]);
            for (values, column) in cell.iter_mut().zip(&columns) {
                if let Some(Some(measurement)) = run.cells.get(*column)
                    && let Observed::Value(x) = measurement.observed
                {
                    values.push(x);
                }
            }
        }
    }
    let seen = cells.into_iter().map(|((phase, condition), responses)| Seen { phase, condition, responses });
    (seen.collect(), conditions)
}

/// The conditions as a spec lists them: every parameter in which one of them differs from what the phase holds anyway.
fn rows(campaign: &Campaign, phase: &ResolvedPhase, chosen: &[&Condition]) -> Vec<Row> {
    let differs = |name: &ergon_domain::ParameterName, value: &Value| phase.base.0.get(name) != Some(value);
    let names: BTreeSet<_> =
        chosen.iter().flat_map(|c| c.0.iter()).filter(|(n, v)| differs(n, v)).map(|(n, _)| n).collect();
    let written = |name: &ergon_domain::ParameterName, value: &Value| {
        let kind = campaign.manifest.parameter(name.as_str()).map(|p| &p.kind);
        let file = value.as_str().filter(|_| matches!(kind, Some(ParameterKind::File { .. })));
        // A condition knows a file by its content, a spec by its path.
        file.and_then(|digest| campaign.inputs.values().find(|f| f.digest.to_string() == digest))
            .map_or_else(|| value.clone(), |f| Value::text(&f.path))
    };
    let row =
        |c: &&Condition| names.iter().filter_map(|n| Some((n.to_string(), written(n, c.0.get(*n)?)))).collect::<Row>();
    chosen.iter().map(row).collect()
}
