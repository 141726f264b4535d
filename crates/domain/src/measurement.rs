//! What was observed of a metric in a run.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::metric::MetricId;

/// An observation. Missing is never zero: it says which kind of missing it is.
#[derive(Clone, Debug, PartialEq)]
pub enum Observed {
    /// A finite number.
    Value(f64),
    /// Right-censored: the event had not happened by `at`.
    Censored {
        /// How long was waited.
        at: f64,
    },
    /// The quantity does not exist for this run (a ratio over zero, a recovery without a fault).
    Undefined(Arc<str>),
    /// The quantity exists but could not be had (no sensor, output missing).
    Unavailable(Arc<str>),
}

impl Observed {
    /// The number, where there is one. A non-finite number becomes `Undefined`: it must not reach an analysis.
    pub fn value(x: f64) -> Self {
        if x.is_finite() { Self::Value(x) } else { Self::Undefined("the computation gave no finite number".into()) }
    }

    /// `Value` or, for `None`, `Undefined` with the reason.
    pub fn defined_or(x: Option<f64>, reason: &str) -> Self {
        x.map_or_else(|| Self::Undefined(reason.into()), Self::value)
    }
}

/// Where a number came from; for a derived value the weakest of its inputs decides how it is marked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Provenance {
    /// Read from an instrument, a clock or a program's own output.
    Measured,
    /// Computed from other measurements by the named rule.
    Derived(Arc<str>),
    /// The named estimator's value.
    Estimated(Arc<str>),
    /// Outcome of a simulation.
    Simulated,
}

impl Provenance {
    /// Name in the store, tables and exports.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Measured => "measured",
            Self::Derived(_) => "derived",
            Self::Estimated(_) => "estimated",
            Self::Simulated => "simulated",
        }
    }

    /// The rule or estimator, where there is one.
    pub fn source(&self) -> Option<&str> {
        match self {
            Self::Derived(s) | Self::Estimated(s) => Some(s),
            _ => None,
        }
    }

    /// Reads back what [`Provenance::name`] and [`Provenance::source`] wrote.
    pub fn from_parts(name: &str, source: Option<&str>) -> Option<Self> {
        let source = || Arc::from(source.unwrap_or_default());
        Some(match name {
            "measured" => Self::Measured,
            "derived" => Self::Derived(source()),
            "estimated" => Self::Estimated(source()),
            "simulated" => Self::Simulated,
            _ => return None,
        })
    }

    /// Whether every place that shows the number must mark it.
    pub fn needs_mark(&self) -> bool {
        matches!(self, Self::Estimated(_) | Self::Simulated)
    }
}

impl fmt::Display for Provenance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.source() {
            Some(s) if !s.is_empty() => write!(f, "{} ({s})", self.name()),
            _ => f.write_str(self.name()),
        }
    }
}

/// Short notes on a measurement (`out_of_range`, `simulated_model`), sorted and unique.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(transparent)]
pub struct Flags(pub std::collections::BTreeSet<Arc<str>>);

impl Flags {
    /// Comma-separated, or `None` when there are none.
    pub fn joined(&self) -> Option<String> {
        (!self.0.is_empty()).then(|| self.0.iter().map(AsRef::as_ref).collect::<Vec<&str>>().join(","))
    }
}

/// A metric's observation in a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Measurement {
    /// Which metric.
    pub metric: MetricId,
    /// What was seen.
    pub observed: Observed,
    /// Where the number came from.
    pub provenance: Provenance,
    /// Lower end of its uncertainty, same unit, where known.
    pub lo: Option<f64>,
    /// Upper end of its uncertainty, same unit, where known.
    pub hi: Option<f64>,
    /// Notes.
    pub flags: Flags,
}

impl Measurement {
    /// A measurement without known uncertainty.
    pub fn new(metric: impl Into<MetricId>, observed: Observed, provenance: Provenance) -> Self {
        Self { metric: metric.into(), observed, provenance, lo: None, hi: None, flags: Flags::default() }
    }
}
