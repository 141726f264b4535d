//! Types of parameters that the workload doesn't declare, from every value that the spec gives them.

use std::collections::BTreeMap;

use ergon_domain::{ParameterKind, ParameterName, Value};

use super::written::Written;
use crate::spec::Spec;

/// The type all values of an undeclared parameter are bound to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OpenType {
    /// All are true or false.
    Bool,
    /// All are whole.
    Int,
    /// All are numbers.
    Real,
    /// Anything else.
    Text,
}

impl OpenType {
    fn of(value: &Value) -> Self {
        match value {
            Value::Bool(_) => Self::Bool,
            Value::Int(_) => Self::Int,
            Value::Real(_) => Self::Real,
            Value::Text(_) => Self::Text,
        }
    }

    fn joined(self, other: Self) -> Self {
        match (self, other) {
            (a, b) if a == b => a,
            (Self::Int | Self::Real, Self::Int | Self::Real) => Self::Real,
            _ => Self::Text,
        }
    }

    /// The value in this type.
    pub(crate) fn bind(self, value: &Value) -> Value {
        match (self, value) {
            (Self::Real, Value::Int(i)) => Value::real(*i as f64),
            (Self::Text, v @ (Value::Bool(_) | Value::Int(_) | Value::Real(_))) => Value::text(v.to_string()),
            (_, v) => v.clone(),
        }
    }

    /// The type as a parameter's kind.
    pub(crate) fn kind(self) -> ParameterKind {
        match self {
            Self::Bool => ParameterKind::Bool,
            Self::Int => ParameterKind::Int { min: i64::MIN, max: i64::MAX },
            Self::Real => ParameterKind::Real { min: f64::NEG_INFINITY, max: f64::INFINITY },
            Self::Text => ParameterKind::Text,
        }
    }
}

/// Types of all parameters for which `is_open` holds.
pub(crate) fn infer(
    spec: &Spec,
    written: &[Written],
    is_open: &dyn Fn(&str) -> bool,
) -> BTreeMap<ParameterName, OpenType> {
    let mut types: BTreeMap<ParameterName, OpenType> = BTreeMap::new();
    let mut see = |name: &str, value: &Value| {
        if is_open(name) {
            let seen = OpenType::of(value);
            types.entry(name.into()).and_modify(|t| *t = t.joined(seen)).or_insert(seen);
        }
    };
    written.iter().for_each(|(name, value, _)| see(name.as_str(), value));
    let overrides = spec.phases.iter().flat_map(|p| &p.levels);
    for (name, levels) in spec.factors.iter().chain(overrides) {
        levels.expand().unwrap_or_default().iter().for_each(|value| see(name, value));
    }
    for phase in &spec.phases {
        let rows = phase.design.conditions.iter().chain([&phase.fix]);
        rows.flatten().for_each(|(name, value)| see(name, value));
    }
    types
}
