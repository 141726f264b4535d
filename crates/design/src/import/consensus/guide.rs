//! The guide's campaign as Ergon ships it: where an original file names no factors, phases or hypotheses, its program
//! has them built in.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use crate::problem::Problem;
use crate::read;

const CAMPAIGN: &str = include_str!("../../../../../configs/consensus-2025.yaml");

/// The whole campaign.
pub(super) fn campaign() -> Result<Json, Vec<Problem>> {
    let source = read::read_spec(CAMPAIGN.as_bytes(), "consensus-2025.yaml").map_err(|p| p.0)?;
    serde_json::to_value(&source.spec).map_err(|e| vec![Problem::error("", e.to_string())])
}

/// The campaign without what is about other phases. A phase that is chosen from results keeps its sources.
pub(super) fn only(spec: &mut Json, wanted: &BTreeSet<String>) {
    let mut kept = wanted.clone();
    if let Some(phases) = spec.get_mut("phases").and_then(Json::as_array_mut) {
        for phase in phases.iter().filter(|p| wanted.contains(name(p))) {
            let from = phase.pointer("/design/from").and_then(Json::as_array).into_iter().flatten();
            kept.extend(from.filter_map(Json::as_str).map(str::to_owned));
        }
        phases.retain(|p| kept.contains(name(p)));
    }
    drop_unvaried(spec);
    let about_kept = |item: &Json| {
        let phases = item.pointer("/frame/phases").and_then(Json::as_array);
        phases.is_none_or(|names| names.iter().filter_map(Json::as_str).all(|n| kept.contains(n)))
    };
    for list in ["/hypotheses", "/analysis/questions"] {
        if let Some(items) = spec.pointer_mut(list).and_then(Json::as_array_mut) {
            items.retain(about_kept);
        }
    }
}

/// Leaves out factors that no phase varies: a phase without a list of its own varies all.
fn drop_unvaried(spec: &mut Json) {
    let phases = spec.get("phases").and_then(Json::as_array).cloned().unwrap_or_default();
    let is_chosen = |p: &&Json| p.pointer("/design/kind").is_some_and(|kind| kind == "top_effects");
    let own: Vec<&Json> = phases.iter().filter(|p| !is_chosen(p)).collect();
    if own.iter().any(|p| p.get("factors").is_none()) {
        return;
    }
    let lists = own.iter().filter_map(|p| p.get("factors")?.as_array()).flatten().filter_map(Json::as_str);
    let varied: BTreeSet<&str> = lists.collect();
    if let Some(Json::Object(factors)) = spec.get_mut("factors") {
        factors.retain(|name, _| varied.contains(name.as_str()));
    }
}

/// Name of a phase.
pub(super) fn name(phase: &Json) -> &str {
    phase.get("name").and_then(Json::as_str).unwrap_or_default()
}

/// Position of a phase.
pub(super) fn position(spec: &Json, phase: &str) -> Option<usize> {
    spec.get("phases")?.as_array()?.iter().position(|p| name(p) == phase)
}
