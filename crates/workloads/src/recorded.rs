//! Runs that were executed elsewhere and are kept to be read: parameters and metrics as whoever recorded them declared
//! them. Nothing is ever executed: a run without a record stays missing.

use std::sync::Arc;

use async_trait::async_trait;
use ergon_domain::{Canonical, InputError, Inputs, Manifest, Metric, Prepared, RunLimit, Workload};
use serde_json::{Map, Value};

use crate::catalog::SettingsProblem;

/// Keys of the section that are no parameters.
const KEYS: [&str; 2] = ["source", "metrics"];

/// A recorded campaign's workload.
pub struct RecordedWorkload {
    manifest: Manifest,
}

impl RecordedWorkload {
    /// Reads the section.
    ///
    /// # Errors
    /// No metrics, or one that is not declared as a metric is.
    pub fn open(section: &Map<String, Value>) -> Result<Self, Vec<SettingsProblem>> {
        let problem = |path: &str, message: &str| SettingsProblem { path: path.into(), message: message.into() };
        let Some(declared) = section.get("metrics").and_then(Value::as_object).filter(|m| !m.is_empty()) else {
            let message =
                "is missing; expected a mapping from a metric's name to its title, unit, direction, range, family, doc";
            return Err(vec![problem("workload.metrics", message)]);
        };
        let (mut metrics, mut problems) = (Vec::new(), Vec::new());
        for (name, declaration) in declared {
            let mut declaration = declaration.clone();
            if let Value::Object(entries) = &mut declaration {
                entries.insert("id".into(), Value::from(name.as_str()));
            }
            match serde_json::from_value::<Metric>(declaration) {
                Ok(metric) => metrics.push(metric),
                Err(e) => problems.push(problem(&format!("workload.metrics.{name}"), &e.to_string())),
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let source = section.get("source").and_then(Value::as_str).unwrap_or("elsewhere");
        let settings = Value::Object(declared.clone()).to_string();
        Ok(Self {
            manifest: Manifest {
                workload: "recorded".into(),
                version: 1,
                doc: format!("Runs that were executed elsewhere: {source}. They can be read, not executed.").into(),
                parameters: Vec::new(),
                open_parameters: true,
                metrics,
                streams: Vec::new(),
                spans: Vec::new(),
                settings: KEYS.map(Into::into).to_vec(),
                settings_digest: Canonical::new("ergon.recorded.1").str(source).str(&settings).finish(),
                files: Vec::new(),
                limit: RunLimit::WallTime,
                deterministic: false,
                number_tables: Vec::new(),
            },
        })
    }
}

#[async_trait]
impl Workload for RecordedWorkload {
    fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    async fn prepare(&self, _inputs: &Inputs) -> Result<Arc<dyn Prepared>, InputError> {
        let message =
            "these runs were recorded elsewhere: they can be read, not executed; import results to add to them";
        Err(InputError { input: None, message: message.into() })
    }
}

/// What a workload declared when a campaign was planned, where the files that it was made of are others now.
pub(crate) struct PlannedWorkload(pub(crate) Manifest);

#[async_trait]
impl Workload for PlannedWorkload {
    fn manifest(&self) -> &Manifest {
        &self.0
    }

    async fn prepare(&self, _inputs: &Inputs) -> Result<Arc<dyn Prepared>, InputError> {
        let message = "the workload's files have changed or are gone since the campaign was planned: it can be read, not \
                       executed; run it from its spec to plan it anew";
        Err(InputError { input: None, message: message.into() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(section: Value) -> String {
        let opened = RecordedWorkload::open(section.as_object().unwrap());
        opened.map(|_| ()).unwrap_err().iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn metrics_are_declared_or_refused_by_name() {
        let metric = serde_json::json!({
            "title": "Y", "unit": "s", "direction": "lower", "range": [0, null], "family": "positive", "doc": "time"
        });
        let section = serde_json::json!({ "source": "a drawer", "metrics": { "y_s": metric } });
        let opened = RecordedWorkload::open(section.as_object().unwrap()).unwrap();
        assert_eq!(opened.manifest().metrics[0].range, (Some(0.0), None));
        assert!(said(serde_json::json!({})).starts_with("workload.metrics: is missing; expected a mapping"));
        assert!(said(serde_json::json!({ "metrics": { "y": {} } })).starts_with("workload.metrics.y: missing field"));
    }
}
