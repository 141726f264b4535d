//! Response variables.

use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// Name of a metric, unit included where it has one (`convergence_time_s`).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(transparent)]
#[ts(type = "string")]
pub struct MetricId(Arc<str>);

impl MetricId {
    /// Wraps a name.
    pub fn new(name: impl AsRef<str>) -> Self {
        Self(Arc::from(name.as_ref()))
    }
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for MetricId {
    fn borrow(&self) -> &str {
        &self.0
    }
}
impl From<&str> for MetricId {
    fn from(s: &str) -> Self {
        Self::new(s)
    }
}
impl fmt::Display for MetricId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
impl fmt::Debug for MetricId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// Which way is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// More is better.
    Higher,
    /// Less is better.
    Lower,
    /// Neither.
    None,
}

/// What kind of quantity a metric is: decides the default procedure (STATISTICS.md, "Choice").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// A real quantity.
    Continuous,
    /// A positive quantity compared by ratio (cost, energy).
    Positive,
    /// A share of `range.1` (percentages).
    Proportion,
    /// A count.
    Count,
    /// Yes or no.
    Binary,
    /// A time to an event, possibly right-censored.
    TimeToEvent,
}

/// Smallest and largest value that can be right; outside is a finding. `None`: unbounded.
pub type Range = (Option<f64>, Option<f64>);

/// A named response variable.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS)]
pub struct Metric {
    /// Name.
    pub id: MetricId,
    /// Words for a table header or an axis.
    pub title: Arc<str>,
    /// Unit symbol (`s`, `%`, `1`, `B`, `jobs/h`); `1` for a pure number.
    pub unit: Arc<str>,
    /// Which way is better.
    pub direction: Direction,
    /// Possible values.
    pub range: Range,
    /// Kind of quantity.
    pub family: Family,
    /// What it is and how it is computed.
    pub doc: Arc<str>,
}

impl Metric {
    /// A metric with its range; the doc says the formula.
    pub fn new(
        id: &str,
        title: &str,
        unit: &str,
        direction: Direction,
        range: Range,
        family: Family,
        doc: &str,
    ) -> Self {
        Self { id: id.into(), title: title.into(), unit: unit.into(), direction, range, family, doc: doc.into() }
    }
}
