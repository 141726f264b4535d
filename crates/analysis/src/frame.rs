//! The data an analysis sees: runs, their conditions and readings, and the structure of the design they came from.

use std::collections::BTreeMap;
use std::sync::Arc;

use ergon_design::spec::{DesignKind, FrameChoice, Order};
use ergon_domain::{
    Canonical, Digest, FailureClass, Flags, Metric, MetricId, Observed, ParameterName, PlannedCondition, Provenance,
    RunKey, RunState, Value,
};

use crate::error::AnalysisError;

/// A stored selection of finished runs, with the design structure they came from.
#[derive(Clone, Debug)]
pub struct Frame {
    /// The campaign's name.
    pub campaign: String,
    /// Digest of the spec the runs were planned under.
    pub spec_hash: Digest,
    /// Digest of the plan.
    pub plan_hash: Digest,
    /// Metrics that the workload declares, in its order.
    pub metrics: Vec<Metric>,
    /// Factors of the campaign, in the order of its spec.
    pub factors: Vec<FrameFactor>,
    /// Runs that succeeded, are in the plan and aren't excluded; each once, in the order of the plan.
    pub rows: Vec<FrameRow>,
    /// Readings of each metric, aligned with `rows`; `None` where a run set nothing.
    pub columns: BTreeMap<MetricId, Vec<Option<Reading>>>,
    /// What is known of the design.
    pub structure: Structure,
    /// What was selected of the campaign; empty for all.
    pub selection: FrameChoice,
}

/// A varied parameter with its levels in the order of the spec.
#[derive(Clone, Debug, PartialEq)]
pub struct FrameFactor {
    /// The parameter.
    pub name: ParameterName,
    /// Its levels.
    pub levels: Vec<Value>,
    /// Their unit; empty where they have none.
    pub unit: Arc<str>,
}

/// A run.
#[derive(Clone, Debug)]
pub struct FrameRow {
    /// Its key.
    pub key: RunKey,
    /// All its parameters. Runs of one condition share it.
    pub condition: Arc<PlannedCondition>,
    /// Replicate, from 0.
    pub replicate: u32,
    /// Phases that select it, by position in [`Structure::phases`].
    pub phases: Arc<[u16]>,
}

/// What a run says of one metric.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// What was seen.
    pub observed: Observed,
    /// Where it came from.
    pub provenance: Provenance,
    /// Notes (`simulated_model`, `out_of_range`).
    pub flags: Flags,
}

/// What is known of the design: decides the procedure.
#[derive(Clone, Debug, Default)]
pub struct Structure {
    /// Random streams that all conditions of a replicate share; empty: every run draws its own.
    pub common_streams: Vec<String>,
    /// Phases in the order of the spec.
    pub phases: Vec<PhaseStructure>,
    /// Planned runs without a row, by why.
    pub missing: Vec<MissingRuns>,
    /// Finished runs that were excluded.
    pub exclusions: Vec<Exclusion>,
    /// Whether replicates were added after somebody had looked at the results.
    pub replicates_added_after_look: bool,
    /// Whether the same run key gives the same numbers (no real model, no clock).
    pub deterministic: bool,
}

/// A phase as planned.
#[derive(Clone, Debug)]
pub struct PhaseStructure {
    /// Name.
    pub name: String,
    /// How its conditions were chosen.
    pub design: DesignKind,
    /// Order of its runs.
    pub order: Order,
    /// Runs per condition.
    pub replicates: u32,
    /// Runs it selects.
    pub planned_runs: u64,
}

/// Planned runs that gave no row.
#[derive(Clone, Debug)]
pub struct MissingRuns {
    /// Their state.
    pub state: RunState,
    /// Class of the last failure, where there was one.
    pub class: Option<FailureClass>,
    /// Their condition, where the caller tells them apart.
    pub condition: Option<Arc<PlannedCondition>>,
    /// Phases that select them; empty when the caller doesn't tell.
    pub phases: Arc<[u16]>,
    /// How many.
    pub count: u64,
}

/// Runs left out by a stored rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exclusion {
    /// The rule's reason.
    pub reason: String,
    /// Who made it.
    pub author: String,
    /// How many runs it removes.
    pub runs: u64,
}

impl Frame {
    /// The metric of this name.
    ///
    /// # Errors
    /// A name that the campaign doesn't have.
    pub fn metric(&self, name: &str) -> Result<&Metric, AnalysisError> {
        self.metrics.iter().find(|m| m.id.as_str() == name).ok_or_else(|| AnalysisError::UnknownMetric {
            name: name.to_owned(),
            available: self.metrics.iter().map(|m| m.id.clone()).collect(),
        })
    }

    /// Reading of a metric in row `row`.
    pub fn reading(&self, metric: &MetricId, row: usize) -> Option<&Reading> {
        self.columns.get(metric)?.get(row)?.as_ref()
    }

    /// Parameters that differ between rows, those of the campaign's factors first and in the order of the spec.
    pub fn varied(&self) -> Vec<ParameterName> {
        let mut seen: BTreeMap<&ParameterName, (&Value, bool)> = BTreeMap::new();
        for row in self.conditions() {
            for (name, value) in &row.condition.0 {
                let entry = seen.entry(name).or_insert((value, false));
                entry.1 |= entry.0.total_cmp(value).is_ne();
            }
        }
        let varies = |name: &ParameterName| seen.get(name).is_some_and(|(_, differs)| *differs);
        let mut names: Vec<ParameterName> =
            self.factors.iter().map(|f| f.name.clone()).filter(|name| varies(name)).collect();
        names.extend(seen.keys().filter(|name| varies(name)).map(|name| (**name).clone()));
        let mut unique = Vec::with_capacity(names.len());
        for name in names {
            if !unique.contains(&name) {
                unique.push(name);
            }
        }
        unique
    }

    /// Levels of a parameter that some row has: in the order of the spec, others after them in rising order.
    pub fn levels(&self, name: &str) -> Vec<Value> {
        let mut found: Vec<&Value> = Vec::new();
        for condition in self.conditions() {
            if let Some(value) = condition.condition.get(name)
                && !found.iter().any(|v| same_level(v, value))
            {
                found.push(value);
            }
        }
        found.sort_by(|a, b| a.total_cmp(b));
        let known = self.factors.iter().find(|f| f.name.as_str() == name).map_or(&[][..], |f| &f.levels);
        let mut levels: Vec<Value> = known.iter().filter(|l| found.iter().any(|v| same_level(v, l))).cloned().collect();
        levels.extend(found.into_iter().filter(|v| !known.iter().any(|l| same_level(v, l))).cloned());
        levels
    }

    /// Distinct conditions of the rows, in order of first appearance.
    pub(crate) fn conditions(&self) -> Vec<&Arc<PlannedCondition>> {
        let mut seen = std::collections::BTreeSet::new();
        self.rows.iter().map(|row| &row.condition).filter(|c| seen.insert(c.digest)).collect()
    }

    /// Planned runs that this frame is about: with and without a row.
    pub fn expected_runs(&self) -> u64 {
        self.rows.len() as u64 + self.structure.missing.iter().map(|m| m.count).sum::<u64>()
    }

    /// Digest of run keys and readings: of one metric, or of all.
    pub fn digest(&self, metric: Option<&MetricId>) -> Digest {
        let mut c = Canonical::new("ergon.frame.1");
        c.u64(self.rows.len() as u64);
        for row in &self.rows {
            c.digest(&row.key);
        }
        for (name, column) in self.columns.iter().filter(|(name, _)| metric.is_none_or(|m| m == *name)) {
            c.str(name.as_str());
            for reading in column {
                write_reading(&mut c, reading.as_ref());
            }
        }
        c.finish()
    }
}

/// Whether two values are one level.
pub(crate) fn same_level(a: &Value, b: &Value) -> bool {
    a.total_cmp(b).is_eq()
}

fn write_reading(c: &mut Canonical, reading: Option<&Reading>) {
    match reading.map(|r| &r.observed) {
        None => c.tag(b'-'),
        Some(Observed::Value(x)) => c.tag(b'v').u64(x.to_bits()),
        Some(Observed::Censored { at }) => c.tag(b'c').u64(at.to_bits()),
        Some(Observed::Undefined(why)) => c.tag(b'u').str(why),
        Some(Observed::Unavailable(why)) => c.tag(b'n').str(why),
    };
    if let Some(reading) = reading {
        c.str(reading.provenance.name());
    }
}
