//! Named stretches of an attempt as shown, with their energy where it was read per run.

use ergon_domain::{Measurement, Observed, Span};
use serde::Serialize;

use crate::ops::grid::shown;

/// A named stretch of an attempt.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct SpanInfo {
    /// Name.
    pub name: String,
    /// Seconds since the attempt began.
    pub start_s: f64,
    /// Seconds since the attempt began.
    pub end_s: f64,
    /// What the machine took in it, as printed; absent where energy was not read per run.
    pub energy: Option<String>,
}

/// Energy of all spans of a name.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct SpanEnergyInfo {
    /// The spans' name.
    pub name: String,
    /// Joules as printed, unit included; a dash where there is no number.
    pub display: String,
    /// `measured`, `derived` or `estimated`, and what from.
    pub provenance: String,
    /// Why there is no number.
    pub reason: Option<String>,
}

/// An attempt's spans.
pub(crate) fn spans_of(spans: &[Span]) -> Vec<SpanInfo> {
    let info = |s: &Span| SpanInfo {
        name: s.name.to_string(),
        start_s: s.start_s,
        end_s: s.end_s,
        energy: s.taken.iter().find(|m| m.metric.as_str() == "energy_j").map(joules),
    };
    spans.iter().map(info).collect()
}

/// Joules as printed.
fn joules(m: &Measurement) -> String {
    let number = match m.observed {
        Observed::Value(x) => shown(x),
        _ => None,
    };
    let mark = if m.provenance.needs_mark() { "†" } else { "" };
    number.map_or_else(|| "–".into(), |number| format!("{number}{mark} J"))
}

/// Of an attempt's resources those of its spans.
pub(crate) fn span_energy(resources: &[Measurement]) -> Vec<SpanEnergyInfo> {
    let of = |m: &Measurement| {
        let span = m.metric.as_str().strip_prefix("span_")?.strip_suffix("_energy_j")?;
        let reason = match &m.observed {
            Observed::Undefined(why) | Observed::Unavailable(why) => Some(why.to_string()),
            _ => None,
        };
        (!span.ends_with("_dynamic")).then(|| SpanEnergyInfo {
            name: span.to_owned(),
            display: joules(m),
            provenance: m.provenance.to_string(),
            reason,
        })
    };
    resources.iter().filter_map(of).collect()
}
