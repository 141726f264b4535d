//! The factor space of a phase: combinations of levels numbered by mixed radix, each evaluated without building it.

use std::collections::BTreeSet;
use std::sync::Arc;

use ergon_domain::{ActiveWhen, Condition, Manifest, ParameterName, PlannedCondition, Value};

use super::DesignError;
use crate::campaign::{Campaign, Factor, ResolvedPhase};
use crate::constraint::Constraint;

/// A rule that sets a parameter to its default where it can't matter.
#[derive(Clone, Debug)]
struct Rule {
    slot: usize,
    active_when: ActiveWhen,
    /// Slot of the parameter that `active_when` looks at.
    looks_at: Option<usize>,
    default: Option<Value>,
}

#[derive(Clone, Debug)]
struct SpaceFactor {
    slot: usize,
    levels: Vec<Value>,
}

/// The factor space of a phase.
#[derive(Clone, Debug)]
pub(crate) struct Space {
    names: Vec<ParameterName>,
    base: Vec<Option<Value>>,
    factors: Vec<SpaceFactor>,
    rules: Vec<Rule>,
    constraints: Arc<Vec<Constraint>>,
}

/// Values of one combination, by slot, and which slots were set to their default because they can't matter.
#[derive(Default)]
pub(crate) struct Evaluated<'a> {
    values: Vec<Option<&'a Value>>,
    inactive: Vec<usize>,
}

impl Space {
    /// The space of a phase.
    pub(crate) fn new(campaign: &Campaign, phase: &ResolvedPhase, constraints: &Arc<Vec<Constraint>>) -> Self {
        let manifest: &Manifest = &campaign.manifest;
        let names: BTreeSet<&ParameterName> = (phase.base.0.keys())
            .chain(phase.factors.iter().map(|f| &f.name))
            .chain(manifest.parameters.iter().map(|p| &p.name))
            .collect();
        let names: Vec<ParameterName> = names.into_iter().cloned().collect();
        let slot = |name: &ParameterName| names.binary_search(name).ok();
        let base = names.iter().map(|name| phase.base.0.get(name).cloned()).collect();
        let factor = |f: &Factor| Some(SpaceFactor { slot: slot(&f.name)?, levels: f.levels.clone() });
        let rules = manifest.parameters.iter().filter_map(|p| {
            let active_when = p.active_when.clone()?;
            let (ActiveWhen::Above { parameter, .. } | ActiveWhen::OneOf { parameter, .. }) = &active_when;
            let default = p.default.as_ref().map(|d| p.kind.bind(d).unwrap_or_else(|_| d.clone()));
            Some(Rule { slot: slot(&p.name)?, looks_at: slot(parameter), active_when, default })
        });
        let rules = rules.collect();
        let factors = phase.factors.iter().filter_map(factor).collect();
        Self { base, factors, rules, constraints: Arc::clone(constraints), names }
    }

    /// Number of combinations, saturating.
    pub(crate) fn size(&self) -> u64 {
        self.factors.iter().fold(1, |n, f| n.saturating_mul(f.levels.len() as u64))
    }

    /// Number of levels of each factor.
    pub(crate) fn radices(&self) -> Vec<usize> {
        self.factors.iter().map(|f| f.levels.len()).collect()
    }

    /// Name of a factor.
    pub(crate) fn factor_name(&self, factor: usize) -> &str {
        self.factors.get(factor).and_then(|f| self.names.get(f.slot)).map_or("", ParameterName::as_str)
    }

    /// Levels of a factor.
    pub(crate) fn levels(&self, factor: usize) -> &[Value] {
        self.factors.get(factor).map_or(&[], |f| &f.levels)
    }

    /// Whether two combinations can turn out to be one condition.
    pub(crate) fn can_collapse(&self) -> bool {
        self.rules.iter().any(|rule| self.factors.iter().any(|f| f.slot == rule.slot))
    }

    /// Whether combinations can be left out.
    pub(crate) fn is_constrained(&self) -> bool {
        !self.constraints.is_empty()
    }

    /// Level numbers of a combination, the first factor varying slowest.
    pub(crate) fn digits(&self, raw: u64) -> Vec<usize> {
        let mut rest = raw;
        let mut digits: Vec<usize> = self
            .factors
            .iter()
            .rev()
            .map(|f| {
                let radix = f.levels.len().max(1) as u64;
                let digit = (rest % radix) as usize;
                rest /= radix;
                digit
            })
            .collect();
        digits.reverse();
        digits
    }

    /// The number of a combination.
    pub(crate) fn raw(&self, digits: &[usize]) -> u64 {
        let combine = |n: u64, (f, d): (&SpaceFactor, &usize)| n * f.levels.len() as u64 + *d as u64;
        self.factors.iter().zip(digits).fold(0, combine)
    }

    /// Values of a combination after the rules.
    pub(crate) fn evaluate<'a>(&'a self, raw: u64, out: &mut Evaluated<'a>) {
        self.fill(raw, out);
        loop {
            let stale = self.rules.iter().find(|rule| !out.inactive.contains(&rule.slot) && !self.holds(rule, out));
            let Some(rule) = stale else { return };
            out.inactive.push(rule.slot);
            if let Some(value) = out.values.get_mut(rule.slot) {
                *value = rule.default.as_ref();
            }
        }
    }

    fn fill<'a>(&'a self, raw: u64, out: &mut Evaluated<'a>) {
        out.inactive.clear();
        out.values.clear();
        out.values.extend(self.base.iter().map(Option::as_ref));
        let mut rest = raw;
        for f in self.factors.iter().rev() {
            let radix = f.levels.len().max(1) as u64;
            if let Some(value) = out.values.get_mut(f.slot) {
                *value = f.levels.get((rest % radix) as usize);
            }
            rest /= radix;
        }
    }

    fn holds(&self, rule: &Rule, at: &Evaluated<'_>) -> bool {
        let other = rule.looks_at.and_then(|slot| at.values.get(slot).copied().flatten());
        match (&rule.active_when, other) {
            (ActiveWhen::Above { bound, .. }, Some(value)) => value.as_f64().is_some_and(|x| x > *bound),
            (ActiveWhen::OneOf { values, .. }, Some(value)) => values.contains(value),
            (_, None) => false,
        }
    }

    /// The first constraint that a combination breaks.
    pub(crate) fn broken(&self, at: &Evaluated<'_>) -> Result<Option<usize>, DesignError> {
        for (i, _) in self.constraints.iter().enumerate() {
            if self.breaks(i, at)? {
                return Ok(Some(i));
            }
        }
        Ok(None)
    }

    /// Whether a combination breaks that constraint.
    pub(crate) fn breaks(&self, constraint: usize, at: &Evaluated<'_>) -> Result<bool, DesignError> {
        let Some(constraint) = self.constraints.get(constraint) else { return Ok(false) };
        let value = |name: &str| {
            let slot = self.names.binary_search_by(|n| n.as_str().cmp(name)).ok()?;
            at.values.get(slot).copied().flatten()
        };
        let refuse = |e: crate::constraint::TypeProblem| DesignError::Constraint {
            constraint: constraint.text.clone(),
            message: e.to_string(),
        };
        constraint.holds(&value).map(|truth| !truth).map_err(refuse)
    }

    /// Text of the constraints.
    pub(crate) fn constraint_texts(&self) -> Vec<String> {
        self.constraints.iter().map(|c| c.text.clone()).collect()
    }

    /// A number that two combinations share exactly if they are one condition.
    pub(crate) fn identity(&self, raw: u64, at: &Evaluated<'_>) -> u64 {
        if !self.factors.iter().any(|f| at.inactive.contains(&f.slot)) {
            return self.widened(&self.digits(raw));
        }
        let digits: Vec<usize> = self
            .factors
            .iter()
            .map(|f| {
                let value = at.values.get(f.slot).copied().flatten();
                f.levels.iter().position(|level| Some(level) == value).unwrap_or(f.levels.len())
            })
            .collect();
        self.widened(&digits)
    }

    /// Mixed radix with one digit more per factor, for the default that is no level.
    fn widened(&self, digits: &[usize]) -> u64 {
        let combine =
            |n: u64, (f, d): (&SpaceFactor, &usize)| n.wrapping_mul(f.levels.len() as u64 + 1).wrapping_add(*d as u64);
        self.factors.iter().zip(digits).fold(0, combine)
    }

    /// The identity of a combination, or `None` if a constraint leaves it out.
    pub(crate) fn admitted<'a>(&'a self, raw: u64, scratch: &mut Evaluated<'a>) -> Result<Option<u64>, DesignError> {
        self.evaluate(raw, scratch);
        Ok(match self.broken(scratch)? {
            Some(_) => None,
            None => Some(self.identity(raw, scratch)),
        })
    }

    /// The values of a combination by parameter.
    pub(crate) fn value<'a>(&self, at: &Evaluated<'a>, name: &str) -> Option<&'a Value> {
        let slot = self.names.binary_search_by(|n| n.as_str().cmp(name)).ok()?;
        at.values.get(slot).copied().flatten()
    }

    /// Whether the space knows a parameter.
    pub(crate) fn has_parameter(&self, name: &str) -> bool {
        self.names.binary_search_by(|n| n.as_str().cmp(name)).is_ok()
    }

    /// Names of all parameters.
    pub(crate) fn parameter_names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(ParameterName::as_str)
    }

    /// Which factors of a combination can't matter.
    pub(crate) fn inactive_factors<'s>(&'s self, at: &'s Evaluated<'_>) -> impl Iterator<Item = usize> + 's {
        (0..self.factors.len()).filter(|i| self.factors.get(*i).is_some_and(|f| at.inactive.contains(&f.slot)))
    }

    /// The condition of a combination.
    pub(crate) fn condition(&self, raw: u64) -> PlannedCondition {
        let mut at = Evaluated::default();
        self.evaluate(raw, &mut at);
        let set = self.names.iter().zip(&at.values).filter_map(|(n, v)| Some((n.clone(), (*v)?.clone())));
        let condition = Condition(set.collect());
        PlannedCondition { digest: condition.digest(), condition }
    }
}
