//! Several results as one campaign.

use std::collections::{BTreeMap, BTreeSet};

use ergon_domain::Value;
use serde_json::{Map, Value as Json, json};

use super::result_metrics::{METRICS, declared};
use super::results::{ImportedRun, LegacyResults, Row};
use crate::import::source::set;
use crate::spec::Spec;

/// Id of the campaign that results become.
pub const LEGACY_CAMPAIGN: &str = "consensus-legacy-results";
/// Parameters of a recorded campaign's workload section that are settings.
const SETTINGS: [&str; 2] = ["source", "metrics"];

/// One campaign of all runs: what differs between any two is a factor, and each phase lists its conditions.
pub(super) fn campaign(runs: Vec<ImportedRun>, stored: Option<&Spec>) -> LegacyResults {
    let mut phases: BTreeMap<String, (Vec<Row>, u32)> = stored.map(known).unwrap_or_default();
    for run in &runs {
        let (rows, replicates) = phases.entry(run.phase.clone()).or_default();
        *replicates = (*replicates).max(run.replicate.saturating_add(1));
        if !rows.contains(&run.parameters) {
            rows.push(run.parameters.clone());
        }
    }
    let all: Vec<&Row> = phases.values().flat_map(|(rows, _)| rows).collect();
    let names: BTreeSet<&String> = all.iter().flat_map(|r| r.keys()).collect();
    let levels = |name: &String| -> Vec<Value> {
        let mut levels: Vec<Value> = Vec::new();
        for value in all.iter().filter_map(|row| row.get(name)).filter(|v| v.as_f64().is_none_or(f64::is_finite)) {
            if !levels.contains(value) {
                levels.push(value.clone());
            }
        }
        levels.sort_by(|a, b| match (a.as_f64(), b.as_f64()) {
            (Some(a), Some(b)) => a.total_cmp(&b),
            _ => a.to_string().cmp(&b.to_string()),
        });
        levels
    };
    let by_name: BTreeMap<&String, Vec<Value>> = names.into_iter().map(|n| (n, levels(n))).collect();
    let is_varied = |name: &String| by_name.get(name).is_some_and(|l| l.len() > 1);
    let metrics: Map<String, Json> = METRICS.iter().map(|m| (m.1.to_owned(), declared(m))).collect();
    let mut spec = json!({
        "ergon": 1,
        "campaign": {
            "id": LEGACY_CAMPAIGN,
            "title": "Imported results of the LLM-enhanced consensus campaign",
            "tags": ["imported", "consensus"],
            "seed": 42,
        },
        "workload": { "kind": "recorded", "source": "result files of the LLM-enhanced consensus campaign", "metrics": metrics },
    });
    for (name, levels) in &by_name {
        match levels.as_slice() {
            [one] => set(&mut spec, &format!("workload.{name}"), json!(one)),
            several => set(&mut spec, &format!("factors.{name}"), json!(several)),
        }
    }
    let listed = phases.iter().map(|(name, (rows, replicates))| {
        let row =
            |r: &Row| r.iter().filter(|(n, _)| is_varied(n)).map(|(n, v)| (n.clone(), json!(v))).collect::<Map<_, _>>();
        let rows: Vec<Map<String, Json>> = rows.iter().map(row).collect();
        let design = if rows.iter().all(Map::is_empty) {
            json!("full_factorial")
        } else {
            json!({ "kind": "explicit", "conditions": rows })
        };
        json!({ "name": name, "design": design, "replicates": replicates, "order": "as_listed" })
    });
    let listed: Vec<Json> = listed.collect();
    set(&mut spec, "phases", Json::Array(listed));
    LegacyResults { spec, runs }
}

/// Conditions and replicates of the phases that were imported before.
fn known(stored: &Spec) -> BTreeMap<String, (Vec<Row>, u32)> {
    let value = |json: &Json| match json {
        Json::Bool(b) => Some(Value::Bool(*b)),
        Json::String(s) => Some(Value::text(s)),
        number => number.as_i64().map(Value::Int).or_else(|| number.as_f64().map(Value::real)),
    };
    let fixed: Row = stored
        .workload
        .entries
        .iter()
        .filter(|(name, _)| !SETTINGS.contains(&name.as_str()))
        .filter_map(|(name, json)| Some((name.clone(), value(json)?)))
        .collect();
    let phase = |p: &crate::spec::Phase| {
        let listed: Vec<Row> =
            if p.design.conditions.is_empty() { vec![Row::new()] } else { p.design.conditions.clone() };
        let rows = listed.into_iter().map(|row| fixed.clone().into_iter().chain(row).collect());
        (p.name.clone(), (rows.collect(), p.replicates))
    };
    stored.phases.iter().map(phase).collect()
}
