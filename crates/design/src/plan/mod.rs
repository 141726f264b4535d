//! The ordered list of runs, streamed.
//!
//! A plan holds the chosen combinations of each phase as numbers and, for phases of moderate size, conditions once they
//! were asked for; never its runs. Order within a phase is a permutation computed step by step.

mod options;
mod permutation;
mod phase_plan;
mod runs;
mod shared;

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use ergon_domain::{Canonical, Digest};

pub use options::{MOST_RUNS, PlanError, PlanOptions};
use phase_plan::PhasePlan;
use runs::Parts;
pub use runs::Runs;

use crate::campaign::{Campaign, ResolvedPhase};
use crate::designs::{self, DesignError, DesignReport, Evaluated, MOST_COMBINATIONS, Rows, Space};

/// What a phase contributes to a plan.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct PhaseSummary {
    /// Name.
    pub name: String,
    /// Position in the spec.
    pub index: u16,
    /// Conditions of its design.
    pub conditions: u64,
    /// Runs it selects, those planned under other phases included; filters and limit left aside.
    pub selected: u64,
    /// Runs that are planned under it, filters respected and limit left aside.
    pub runs: u64,
    /// What its design covers.
    pub report: DesignReport,
    /// When its conditions are chosen, for a phase whose results decide them and that counts runs it can't list yet.
    pub chosen_when: Option<String>,
}

/// The ordered list of runs of a campaign. Holds no run: runs are made as they are asked for.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Combinations of levels that were one condition with another because a level could not matter.
    pub collapsed: u64,
    /// Combinations left out by constraints.
    pub excluded_by_constraints: u64,
    conditions: u64,
    /// The limit.
    most: u64,
    phases: Arc<Vec<PhaseSummary>>,
    parts: Arc<Parts>,
    hash: Arc<OnceLock<Digest>>,
}

impl Plan {
    /// Number of runs listed.
    pub fn runs(&self) -> u64 {
        self.parts.runs
    }

    /// Number of runs that will be listed once their phases are chosen; filters leave this out, they can't be applied yet.
    pub fn runs_to_choose(&self) -> u64 {
        self.open().map(|p| p.runs).sum::<u64>().min(self.most.saturating_sub(self.runs()))
    }

    /// Number of distinct conditions with a run, a limit left aside. A condition that `top_effects` repeats counts again.
    pub fn conditions(&self) -> u64 {
        self.conditions
    }

    /// Number of conditions still to be chosen.
    pub fn conditions_to_choose(&self) -> u64 {
        self.open().filter(|p| p.runs > 0).map(|p| p.conditions).sum()
    }

    fn open(&self) -> impl Iterator<Item = &PhaseSummary> {
        self.phases.iter().filter(|p| p.chosen_when.is_some())
    }

    /// Phases in the order they are executed.
    pub fn phases(&self) -> &[PhaseSummary] {
        &self.phases
    }

    /// Digest of the run keys in plan order.
    pub fn plan_hash(&self) -> Digest {
        *self.hash.get_or_init(|| {
            let mut c = Canonical::new("ergon.plan.1");
            for run in self.iter() {
                c.digest(&run.key);
            }
            c.u64(self.runs()).finish()
        })
    }

    /// The runs in plan order.
    pub fn iter(&self) -> Runs {
        Runs::new(Arc::clone(&self.parts))
    }
}

impl Campaign {
    /// Plans the campaign.
    ///
    /// # Errors
    /// A design that can't be made, nothing left to run, or more runs than may be planned without a limit.
    pub fn plan(&self, options: &PlanOptions) -> Result<Plan, PlanError> {
        let selected = self.selected(options)?;
        let constraints = Arc::new(self.constraints.clone());
        let spaces: Vec<Space> = self.phases.iter().map(|p| Space::new(self, p, &constraints)).collect();
        check_filters(options, &spaces)?;
        let first_replicates = self.first_replicates();
        let (mut collapsed, mut excluded) = (0, 0);
        let mut phases = Vec::new();
        let mut reports = Vec::new();
        for (index, space) in self.order().into_iter().filter_map(|i| Some((i, spaces.get(usize::from(i))?))) {
            let Some(phase) = self.phases.get(usize::from(index)) else { continue };
            let refuse = |error: DesignError| PlanError::Design { phase: phase.name.clone(), error };
            let chosen = designs::choose(self, phase, space).map_err(refuse)?;
            self.check_size(phase, &chosen.rows, options).map_err(refuse)?;
            let report = designs::report(phase.design.kind.name(), space, &chosen.rows).map_err(refuse)?;
            reports.push(DesignReport { excluded: chosen.excluded, collapsed: chosen.collapsed, ..report });
            collapsed += chosen.collapsed;
            excluded += chosen.excluded;
            let first = first_replicates.get(usize::from(index)).copied().unwrap_or(0);
            let kind = (phase.name.as_str(), first..first.saturating_add(phase.replicates), phase.order);
            let mut plan = PhasePlan::new(index, kind, self.seed(), space.clone(), chosen.rows);
            plan.is_selected = selected.get(usize::from(index)).copied().unwrap_or(true);
            plan.wanted = wanted(&plan, options);
            phases.push(plan);
        }
        // A phase that alone has too many is refused before phases are compared.
        let largest = phases.iter().map(PhasePlan::selected).max().unwrap_or(0);
        if largest > MOST_RUNS && *options == PlanOptions::default() {
            return Err(PlanError::TooManyRuns { runs: largest });
        }
        let shared = shared::find(&phases);
        phases.iter_mut().zip(shared).for_each(|(phase, shared)| phase.shared = shared);

        let (planned, total, conditions) = count(&phases, options.start_from, &selected);
        if total > MOST_RUNS && options.limit.is_none() {
            return Err(PlanError::TooManyRuns { runs: total });
        }
        let runs = total.min(options.limit.unwrap_or(u64::MAX));
        let summaries = phases.iter().zip(planned).zip(reports).map(|((phase, runs), report)| {
            let known = PhaseSummary {
                name: self.phases.get(usize::from(phase.index)).map(|p| p.name.clone()).unwrap_or_default(),
                index: phase.index,
                conditions: phase.rows.len(),
                selected: phase.selected(),
                runs,
                report,
                chosen_when: None,
            };
            self.counted_open(known, phase.is_selected, options)
        });
        let summaries: Vec<PhaseSummary> = summaries.collect();
        if runs == 0 {
            let open = summaries.iter().find(|p| p.runs > 0).and_then(|p| Some((&p.name, p.chosen_when.as_ref()?)));
            return Err(open.map_or(PlanError::NothingToRun, |(phase, when)| PlanError::NotChosen {
                phase: phase.clone(),
                when: when.clone(),
            }));
        }
        Ok(Plan {
            collapsed,
            excluded_by_constraints: excluded,
            conditions,
            most: options.limit.unwrap_or(u64::MAX),
            phases: Arc::new(summaries),
            parts: Arc::new(Parts { base: self.base, phases, selected, start_from: options.start_from, runs }),
            hash: Arc::new(OnceLock::new()),
        })
    }

    /// Phases in the order they are executed: dependencies first, then priority, then the order of the spec.
    pub fn order(&self) -> Vec<u16> {
        let mut order: Vec<u16> = Vec::with_capacity(self.phases.len());
        while order.len() < self.phases.len() {
            let ready = (0..self.phases.len() as u16).filter(|i| {
                !order.contains(i)
                    && self.phases.get(usize::from(*i)).is_some_and(|p| p.depends_on.iter().all(|d| order.contains(d)))
            });
            let priority = |i: &u16| self.phases.get(usize::from(*i)).map_or(0, |p| p.priority);
            match ready.max_by(|a, b| priority(a).cmp(&priority(b)).then(b.cmp(a))) {
                Some(next) => order.push(next),
                None => break,
            }
        }
        order
    }

    /// A phase whose conditions are still to be chosen counts what it will have.
    fn counted_open(&self, known: PhaseSummary, is_selected: bool, options: &PlanOptions) -> PhaseSummary {
        let Some(phase) = self.phases.get(usize::from(known.index)).filter(|p| p.is_open()) else { return known };
        let conditions = phase.design.size.unwrap_or(0);
        let selected = conditions.saturating_mul(u64::from(phase.replicates));
        let names: Vec<&str> =
            phase.from.iter().filter_map(|i| self.phases.get(usize::from(*i))).map(|p| p.name.as_str()).collect();
        let have = if names.len() == 1 { "has" } else { "have" };
        PhaseSummary {
            conditions,
            selected,
            runs: if is_selected && options.filters.is_empty() && options.start_from == 0 { selected } else { 0 },
            chosen_when: Some(format!("chosen when {} {have} finished", names.join(", "))),
            ..known
        }
    }

    fn selected(&self, options: &PlanOptions) -> Result<Vec<bool>, PlanError> {
        let Some(wanted) = &options.phases else { return Ok(vec![true; self.phases.len()]) };
        let known = || self.phases.iter().map(|p| p.name.clone()).collect();
        match wanted.iter().find(|name| !self.phases.iter().any(|p| p.name == **name)) {
            Some(name) => Err(PlanError::UnknownPhase { name: name.clone(), known: known() }),
            None => Ok(self.phases.iter().map(|p| wanted.contains(&p.name)).collect()),
        }
    }

    /// Conditions beyond what may be listed: only a plain factorial alone, with a limit, needs no list.
    fn check_size(&self, phase: &ResolvedPhase, rows: &Rows, options: &PlanOptions) -> Result<(), DesignError> {
        let streams = self.phases.len() == 1 && options.filters.is_empty() && options.limit.is_some();
        if rows.len() > MOST_COMBINATIONS && (!streams || rows.len() > 1 << 48) {
            return Err(DesignError::TooLarge { kind: phase.design.kind.name(), combinations: rows.len() });
        }
        Ok(())
    }
}

fn check_filters(options: &PlanOptions, spaces: &[Space]) -> Result<(), PlanError> {
    for filter in &options.filters {
        if !spaces.iter().any(|s| s.has_parameter(&filter.parameter)) {
            let known: BTreeSet<&str> = spaces.iter().flat_map(Space::parameter_names).collect();
            let known = known.into_iter().map(str::to_owned).collect();
            return Err(PlanError::UnknownParameter { name: filter.parameter.clone(), known });
        }
    }
    Ok(())
}

/// Which conditions the filters keep.
fn wanted(phase: &PhasePlan, options: &PlanOptions) -> Option<Vec<bool>> {
    if options.filters.is_empty() {
        return None;
    }
    let space = phase.space();
    let mut at = Evaluated::default();
    let keeps = |position: u64| {
        space.evaluate(phase.rows.raw(position), &mut at);
        options.filters.iter().all(|f| space.value(&at, &f.parameter).is_some_and(|v| f.accepts(v)))
    };
    Some((0..phase.rows.len()).map(keeps).collect())
}

/// Runs by phase, runs in all, and distinct conditions with a run.
fn count(phases: &[PhasePlan], start_from: u32, selected: &[bool]) -> (Vec<u64>, u64, u64) {
    let mut conditions: u64 = 0;
    let mut counted: BTreeSet<Digest> = BTreeSet::new();
    let by_phase: Vec<u64> = phases
        .iter()
        .map(|phase| {
            if phase.is_selected && phase.wanted.is_none() && phase.shared.is_empty() {
                let replicates = &phase.replicates;
                let each = u64::from(replicates.end.saturating_sub(start_from.max(replicates.start)));
                conditions = conditions.saturating_add(if each > 0 { phase.rows.len() } else { 0 });
                return phase.rows.len().saturating_mul(each);
            }
            let mut runs: u64 = 0;
            for position in 0..phase.rows.len() {
                let (first, end) = phase.wanted_replicates(position, start_from, selected);
                let mut is_new =
                    || !phase.shared.contains_key(&position) || counted.insert(phase.planned(position).digest);
                if end > first {
                    runs = runs.saturating_add(u64::from(end - first));
                    conditions += u64::from(is_new());
                }
            }
            runs
        })
        .collect();
    let total = by_phase.iter().fold(0, |sum: u64, n| sum.saturating_add(*n));
    (by_phase, total, conditions)
}
