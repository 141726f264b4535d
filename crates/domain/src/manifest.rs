//! What a workload declares: parameters, metrics, streams, spans, limits. Design validates and plans from it alone.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::condition::Condition;
use crate::digest::Digest;
use crate::energy_log::EnergyMode;
use crate::metric::Metric;
use crate::value::{ParameterName, Value};

/// Type and accepted values of a parameter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ParameterKind {
    /// `true` or `false`.
    Bool,
    /// A whole number in a closed interval.
    Int {
        /// Smallest accepted value.
        min: i64,
        /// Largest accepted value.
        max: i64,
    },
    /// A finite real number in a closed interval.
    Real {
        /// Smallest accepted value.
        min: f64,
        /// Largest accepted value.
        max: f64,
    },
    /// One of the listed names.
    Choice {
        /// Accepted names.
        values: Vec<Arc<str>>,
    },
    /// One of the listed names, or a number in a closed interval.
    ChoiceOrReal {
        /// Accepted names.
        values: Vec<Arc<str>>,
        /// Smallest accepted number.
        min: f64,
        /// Largest accepted number.
        max: f64,
    },
    /// Any text.
    Text,
    /// A language model, by its name in the spec's section `models`.
    Model,
    /// A file of the user's, by path in the spec and by digest in a condition.
    File {
        /// What is expected in it, in words.
        format: InputFormat,
    },
    /// Any value, typed by what was written (factors of `command`).
    Any,
}

/// What an input file holds, in words for an error message.
pub type InputFormat = Arc<str>;

/// A value that a parameter doesn't accept.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{found} is not accepted; expected {expected}")]
pub struct ValueProblem {
    /// What was given.
    pub found: String,
    /// What would be accepted.
    pub expected: String,
    /// Accepted names, for a suggestion.
    pub choices: Vec<Arc<str>>,
}

/// Result of binding a written value to a parameter.
pub type Binding = Result<Value, ValueProblem>;

impl ParameterKind {
    /// A choice of names.
    pub fn choice(values: &[&str]) -> Self {
        Self::Choice { values: values.iter().map(|s| Arc::from(*s)).collect() }
    }

    /// Accepted values in words.
    pub fn expected(&self) -> String {
        let names = |values: &[Arc<str>]| values.join(", ");
        match self {
            Self::Bool => "true or false".into(),
            Self::Int { min, max } if (*min, *max) == (i64::MIN, i64::MAX) => "a whole number".into(),
            Self::Int { min, max } if *max == i64::MAX => format!("a whole number of at least {min}"),
            Self::Int { min, max } => format!("a whole number from {min} to {max}"),
            Self::Real { min, max } if min.is_infinite() && max.is_infinite() => "a number".into(),
            Self::Real { min, max } if max.is_infinite() => format!("a number of at least {min}"),
            Self::Real { min, max } => format!("a number from {min} to {max}"),
            Self::Choice { values } => format!("one of {}", names(values)),
            Self::ChoiceOrReal { values, min, max } => {
                format!("one of {}, or a number from {min} to {max}", names(values))
            }
            Self::Text => "text".into(),
            Self::Model => "the name of a model in the section models".into(),
            Self::File { format } => format!("a path to {format}"),
            Self::Any => "true/false, a number or text".into(),
        }
    }

    /// The canonical value: `0` and `0.0` of a real parameter are one level, `5.0` of a whole one is `5`.
    pub fn bind(&self, written: &Value) -> Binding {
        let within = |x: f64, min: f64, max: f64| x.is_finite() && x >= min && x <= max;
        let bound = match (self, written) {
            (Self::Bool, Value::Bool(_)) | (Self::Text | Self::Model | Self::File { .. }, Value::Text(_)) => {
                Some(written.clone())
            }
            (Self::Int { min, max }, Value::Int(i)) => (min..=max).contains(&i).then(|| written.clone()),
            (Self::Int { min, max }, Value::Real(x)) if x.fract() == 0.0 && x.abs() < 9e15 => {
                let i = *x as i64;
                (min..=max).contains(&&i).then_some(Value::Int(i))
            }
            (Self::Real { min, max }, Value::Int(_) | Value::Real(_)) => {
                written.as_f64().filter(|x| within(*x, *min, *max)).map(Value::real)
            }
            (Self::ChoiceOrReal { min, max, .. }, Value::Int(_) | Value::Real(_)) => {
                written.as_f64().filter(|x| within(*x, *min, *max)).map(Value::real)
            }
            (Self::Choice { values } | Self::ChoiceOrReal { values, .. }, Value::Text(s)) => {
                values.contains(s).then(|| written.clone())
            }
            (Self::Any, Value::Real(x)) => x.is_finite().then(|| Value::real(*x)),
            (Self::Any, v) => Some(v.clone()),
            _ => None,
        };
        bound.ok_or_else(|| ValueProblem {
            found: match written {
                Value::Text(s) => format!("'{s}'"),
                v => v.to_string(),
            },
            expected: self.expected(),
            choices: match self {
                Self::Choice { values } | Self::ChoiceOrReal { values, .. } => values.clone(),
                _ => Vec::new(),
            },
        })
    }
}

/// When a parameter can matter. Where it can't, it is set to its default, so that conditions that can't differ are one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActiveWhen {
    /// Another parameter is above a bound.
    Above {
        /// The other parameter.
        parameter: ParameterName,
        /// The bound.
        bound: f64,
    },
    /// Another parameter has one of these values.
    OneOf {
        /// The other parameter.
        parameter: ParameterName,
        /// The values.
        values: Vec<Value>,
    },
}

impl ActiveWhen {
    /// Whether the condition makes the parameter matter. An unset other parameter: it doesn't.
    pub fn holds(&self, condition: &Condition) -> bool {
        match self {
            Self::Above { parameter, bound } => condition.real(parameter.as_str()).is_some_and(|x| x > *bound),
            Self::OneOf { parameter, values } => condition.get(parameter.as_str()).is_some_and(|v| values.contains(v)),
        }
    }
}

/// An input of a workload that a campaign may fix or vary.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Parameter {
    /// Name.
    pub name: ParameterName,
    /// Type and accepted values.
    pub kind: ParameterKind,
    /// Unit symbol, where it has one.
    pub unit: Option<Arc<str>>,
    /// Value when the spec says nothing; `None`: the parameter is then absent.
    pub default: Option<Value>,
    /// What it does.
    pub doc: Arc<str>,
    /// When it can matter; `None`: always.
    pub active_when: Option<ActiveWhen>,
}

impl Parameter {
    /// A parameter that always matters, without unit.
    pub fn new(name: &str, kind: ParameterKind, default: Option<Value>, doc: &str) -> Self {
        Self { name: name.into(), kind, unit: None, default, doc: doc.into(), active_when: None }
    }

    /// With a unit.
    #[must_use]
    pub fn unit(mut self, unit: &str) -> Self {
        self.unit = Some(unit.into());
        self
    }

    /// With a condition under which it matters.
    #[must_use]
    pub fn active_when(mut self, when: ActiveWhen) -> Self {
        self.active_when = Some(when);
        self
    }
}

/// A named random stream of a workload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stream {
    /// Name.
    pub name: Arc<str>,
    /// Whether it can be shared by all conditions of a replicate (common random numbers).
    pub common: bool,
}

/// A stretch of a run that the workload marks.
pub type SpanKind = Arc<str>;

/// What bounds a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunLimit {
    /// The workload counts its own events; wall time must not decide a deterministic result.
    Events,
    /// `execution.timeout` in seconds per attempt.
    WallTime,
}

/// What a workload declares of itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// Name in a spec (`consensus`).
    pub workload: Arc<str>,
    /// Raised whenever the same key could give another result.
    pub version: u32,
    /// One sentence for a gallery.
    pub doc: Arc<str>,
    /// Declared parameters.
    pub parameters: Vec<Parameter>,
    /// Whether factors that are not declared are accepted (`command`).
    pub open_parameters: bool,
    /// Metrics, in the order tables and exports list them.
    pub metrics: Vec<Metric>,
    /// Random streams.
    pub streams: Vec<Stream>,
    /// Spans.
    pub spans: Vec<SpanKind>,
    /// Keys of the spec's `workload` section that configure the workload and are no parameters.
    pub settings: Vec<Arc<str>>,
    /// Digest of those settings: part of every run's key.
    pub settings_digest: Digest,
    /// Files named by the settings: inputs by digest, part of every run's key.
    pub files: Vec<Arc<str>>,
    /// What bounds a run.
    pub limit: RunLimit,
    /// Whether the same key gives bit-identical measurements.
    pub deterministic: bool,
    /// Tables of numbers behind words (`low`, `medium`, `high`), as title and text.
    pub number_tables: Vec<(Arc<str>, Arc<str>)>,
}

impl Manifest {
    /// How energy is measured unless the spec says otherwise: a simulated run is over before a sensor has moved, a
    /// workflow's joules are what one asks about.
    pub fn energy_mode(&self) -> EnergyMode {
        match self.limit {
            RunLimit::Events => EnergyMode::Campaign,
            RunLimit::WallTime if self.workload.as_ref() == "workflow" => EnergyMode::Exclusive,
            RunLimit::WallTime => EnergyMode::Concurrent,
        }
    }

    /// The declared parameter of that name.
    pub fn parameter(&self, name: &str) -> Option<&Parameter> {
        self.parameters.iter().find(|p| p.name.as_str() == name)
    }

    /// The metric of that name.
    pub fn metric(&self, id: &str) -> Option<&Metric> {
        self.metrics.iter().find(|m| m.id.as_str() == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_real_parameter_makes_zero_and_zero_point_zero_one_level() {
        let real = ParameterKind::Real { min: 0.0, max: 1.0 };
        assert_eq!(real.bind(&Value::Int(0)), real.bind(&Value::Real(-0.0)));
    }

    #[test]
    fn a_refused_value_names_what_is_accepted() {
        let said = |kind: ParameterKind, v: Value| kind.bind(&v).unwrap_err().to_string();
        assert_eq!(
            said(ParameterKind::choice(&["bft", "raft"]), Value::text("paxos")),
            "'paxos' is not accepted; expected one of bft, raft"
        );
        assert_eq!(
            said(ParameterKind::Int { min: 3, max: 200 }, Value::Real(2.5)),
            "2.5 is not accepted; expected a whole number from 3 to 200"
        );
    }
}
