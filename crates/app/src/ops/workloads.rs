//! `workloads`: what there is to run, with every parameter and metric.

use std::path::Path;

use ergon_domain::{Manifest, ParameterKind};
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::error::AppError;

/// Nothing to ask.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize, ts_rs::TS)]
pub struct WorkloadsRequest {}

/// What a parameter accepts.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct ParameterRange {
    /// `bool`, `int`, `real`, `choice`, `choice_or_real`, `text`, `model`, `file` or `any`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Smallest number; `None` where there is no bound.
    pub min: Option<f64>,
    /// Largest number.
    pub max: Option<f64>,
    /// Names accepted.
    pub values: Vec<String>,
    /// All of it as a phrase: "a whole number from 3 to 200".
    pub expected: String,
}

/// A parameter.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct ParameterInfo {
    /// Name.
    pub name: String,
    /// What it is.
    pub doc: String,
    /// Unit.
    pub unit: Option<String>,
    /// Value when the spec says nothing.
    #[ts(type = "string | number | boolean | null")]
    pub default: serde_json::Value,
    /// What it accepts.
    pub kind: ParameterRange,
    /// When it matters at all, as a phrase: "fault_rate above 0".
    pub active_when: Option<String>,
}

/// A metric.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct MetricInfo {
    /// Id.
    pub id: String,
    /// Title.
    pub title: String,
    /// Unit.
    pub unit: String,
    /// Which way is better.
    pub direction: String,
    /// Smallest value that can be right.
    pub lo: Option<f64>,
    /// Largest.
    pub hi: Option<f64>,
    /// Family of values, which decides the procedures.
    pub family: String,
    /// What it is.
    pub doc: String,
}

/// A workload.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct WorkloadInfo {
    /// Its name in a spec.
    pub kind: String,
    /// Semantic version.
    pub version: u32,
    /// What it does.
    pub doc: String,
    /// Whether a spec may name parameters of its own.
    pub open_parameters: bool,
    /// Keys of the spec's `workload` section besides `kind`.
    pub settings: Vec<String>,
    /// Parameters.
    pub parameters: Vec<ParameterInfo>,
    /// Metrics.
    pub metrics: Vec<MetricInfo>,
    /// Why its parameters are not known here, where they depend on the spec.
    pub depends: Option<String>,
}

/// All of them.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct WorkloadsReply {
    /// By name.
    pub workloads: Vec<WorkloadInfo>,
}

/// A serde name of a unit-like value.
fn word(value: impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(s)) => s,
        Ok(serde_json::Value::Object(map)) => map.keys().next().cloned().unwrap_or_default(),
        _ => String::new(),
    }
}

fn finite(x: f64) -> Option<f64> {
    x.is_finite().then_some(x)
}

fn range(kind: &ParameterKind) -> ParameterRange {
    let (min, max, values) = match kind {
        // i64's ends stand for "no bound".
        ParameterKind::Int { min, max } => {
            ((*min != i64::MIN).then_some(*min as f64), (*max != i64::MAX).then_some(*max as f64), Vec::new())
        }
        ParameterKind::Real { min, max } => (finite(*min), finite(*max), Vec::new()),
        ParameterKind::Choice { values } => (None, None, values.clone()),
        ParameterKind::ChoiceOrReal { values, min, max } => (finite(*min), finite(*max), values.clone()),
        _ => (None, None, Vec::new()),
    };
    let tagged = serde_json::to_value(kind).unwrap_or_default();
    ParameterRange {
        kind: tagged.get("type").and_then(|t| t.as_str()).unwrap_or_default().to_owned(),
        min,
        max,
        values: values.iter().map(ToString::to_string).collect(),
        expected: kind.expected(),
    }
}

pub(crate) fn describe(manifest: &Manifest) -> WorkloadInfo {
    let strings = |all: &[std::sync::Arc<str>]| all.iter().map(ToString::to_string).collect();
    WorkloadInfo {
        kind: manifest.workload.to_string(),
        version: manifest.version,
        doc: manifest.doc.to_string(),
        open_parameters: manifest.open_parameters,
        settings: strings(&manifest.settings),
        parameters: manifest
            .parameters
            .iter()
            .map(|p| ParameterInfo {
                name: p.name.to_string(),
                doc: p.doc.to_string(),
                unit: p.unit.as_ref().map(ToString::to_string),
                default: serde_json::to_value(&p.default).unwrap_or_default(),
                kind: range(&p.kind),
                active_when: p.active_when.as_ref().map(|when| match when {
                    ergon_domain::ActiveWhen::Above { parameter, bound } => format!("{parameter} above {bound}"),
                    ergon_domain::ActiveWhen::OneOf { parameter, values } => {
                        let values: Vec<String> = values.iter().map(ToString::to_string).collect();
                        format!("{parameter} is {}", values.join(" or "))
                    }
                }),
            })
            .collect(),
        metrics: manifest
            .metrics
            .iter()
            .map(|m| MetricInfo {
                id: m.id.to_string(),
                title: m.title.to_string(),
                unit: m.unit.to_string(),
                direction: word(m.direction),
                lo: m.range.0,
                hi: m.range.1,
                family: word(m.family),
                doc: m.doc.to_string(),
            })
            .collect(),
        depends: None,
    }
}

/// What there is to run.
///
/// # Errors
/// None.
pub async fn workloads(app: &App, _: WorkloadsRequest) -> Result<WorkloadsReply, AppError> {
    let base = app.store_path().parent().unwrap_or(Path::new("."));
    let none = serde_json::Map::new();
    let open =
        |kind: &str| match ergon_workloads::catalog::open(kind, &none, base, &ergon_workloads::catalog::NoFolders) {
            Ok(workload) => describe(workload.manifest()),
            // A workload whose parameters come from the spec says what it wants to see there.
            Err(problems) => WorkloadInfo {
                kind: kind.to_owned(),
                version: 0,
                doc: String::new(),
                open_parameters: true,
                settings: Vec::new(),
                parameters: Vec::new(),
                metrics: Vec::new(),
                depends: Some(problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")),
            },
        };
    Ok(WorkloadsReply { workloads: ergon_workloads::catalog::KINDS.iter().map(|kind| open(kind)).collect() })
}
