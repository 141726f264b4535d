//! A plan of containers: each a phase, with the branches between them as dependencies and rules.

use serde_json::{Value as Json, json};

use super::words;
use crate::import::draft::Draft;
use crate::import::source::json as as_json;
use crate::import::{Imported, words as common};
use crate::problem::Problem;
use crate::spec::Rule;
use crate::tree::{Content, Node};

/// A spec of the plan; of a file of templates, the first one's.
pub(in crate::import) fn import(tree: &Node) -> Result<Imported, Vec<Problem>> {
    let templates = match tree.get("templates").map(|node| &node.content) {
        Some(Content::List(items)) => items.as_slice(),
        _ => &[],
    };
    let plan = templates.first().unwrap_or(tree);
    let name = ["id", "name"].into_iter().find_map(|key| match plan.get(key).map(|n| &n.content) {
        Some(Content::Text(text)) => Some(text.as_str()),
        _ => None,
    });
    let id = common::campaign_id(name.unwrap_or("a-lems-plan"));
    let mut draft = Draft::new(words::skeleton(if id.is_empty() { "a-lems-plan" } else { &id }));
    if let Some(name) = name {
        draft.map("name", "campaign.title", json!(name));
    }
    for other in templates.iter().skip(1) {
        let id = other.get("id").map(as_json).unwrap_or_default();
        draft
            .report
            .ignore(&format!("templates: {id}"), "one campaign is one template; cut the one you want out of the file");
    }
    let Some(Content::List(containers)) = plan.get("containers").map(|node| &node.content) else {
        return Err(vec![
            Problem::error("containers", "is no list").expected("a list of containers with id and tasks"),
        ]);
    };
    let mut phases = Vec::new();
    let mut seen: (Vec<Json>, Vec<Json>) = (Vec::new(), Vec::new());
    let mut cooldowns: Vec<Json> = Vec::new();
    for (at, container) in containers.iter().enumerate() {
        let key = format!("containers[{at}]");
        phases.extend(phase(&mut draft, &key, container, &mut seen, &mut cooldowns));
    }
    let rules = branches(&mut draft, containers, &mut phases);
    if phases.is_empty() {
        draft.problems.push(Problem::error("containers", "no container has a task and a provider that are known"));
    }
    cooldowns.dedup();
    match cooldowns.as_slice() {
        [] => {}
        [one] => draft.map("containers[].cool_down", "execution.cooldown", one.clone()),
        several => {
            let longest = several.iter().filter_map(Json::as_f64).fold(0.0, f64::max);
            draft.map("containers[].cool_down", "execution.cooldown", json!(longest));
            draft.report.warn("containers[].cool_down: they differ; a campaign has one, the longest is taken");
        }
    }
    draft.map("containers", "phases", Json::Array(phases));
    if !rules.is_empty() {
        draft.map("containers[].conditions", "analysis.rules", json!(rules));
    }
    draft.map("containers[].tasks", "factors.task", Json::Array(seen.0));
    draft.map("containers[].providers", "factors.model", Json::Array(seen.1));
    for key in ["created", "description", "emoji", "category", "estimated_duration_minutes"] {
        if plan.get(key).is_some() {
            draft.report.ignore(key, "it changes nothing");
        }
    }
    words::defaults(&mut draft);
    draft.done()
}

fn texts(node: Option<&Node>) -> Vec<&str> {
    match node.map(|n| &n.content) {
        Some(Content::List(items)) => items
            .iter()
            .filter_map(|item| match &item.content {
                Content::Text(text) => Some(text.as_str()),
                _ => None,
            })
            .collect(),
        Some(Content::Text(text)) => vec![text.as_str()],
        _ => Vec::new(),
    }
}

fn phase(
    draft: &mut Draft,
    key: &str,
    container: &Node,
    (tasks, models): &mut (Vec<Json>, Vec<Json>),
    cooldowns: &mut Vec<Json>,
) -> Option<Json> {
    let name = texts(container.get("id")).first().map_or_else(|| key.to_owned(), |id| (*id).to_owned());
    let named = texts(container.get("tasks"));
    if named.is_empty() {
        draft.report.warn(format!("{key}.tasks: {name} has none, so all of A-LEMS's are taken"));
    }
    let named = if named.is_empty() { vec!["all"] } else { named };
    let of_phase = words::tasks(draft, &format!("{key}.tasks"), &named);
    let mut providers = Vec::new();
    for provider in texts(container.get("providers")) {
        let known = models.contains(&json!(provider));
        let found =
            if known { Some(json!(provider)) } else { words::model(draft, &format!("{key}.providers"), provider) };
        providers.extend(found);
    }
    let repetitions =
        container.get("repetitions").and_then(|node| draft.whole(&format!("{key}.repetitions"), node, (1, 1_000_000)));
    cooldowns.extend(container.get("cool_down").or(container.get("cool_down_seconds")).map(as_json));
    for (all, found) in [(&mut *tasks, &of_phase), (&mut *models, &providers)] {
        for one in found {
            if !all.contains(one) {
                all.push(one.clone());
            }
        }
    }
    let mut levels = serde_json::Map::new();
    levels.insert("task".into(), Json::Array(of_phase.clone()));
    levels.insert("model".into(), Json::Array(providers.clone()));
    let label = texts(container.get("label")).first().map(|label| json!(label));
    (!of_phase.is_empty() && !providers.is_empty()).then(|| {
        json!({
            "name": name.to_lowercase(),
            "focus": label,
            "levels": levels,
            "order": "blocked_by_replicate",
            "replicates": repetitions.unwrap_or(json!(1)),
        })
    })
}

/// `conditions` of a container: what comes after it; and the rules, `PHASE: METRIC > NUMBER`, for `ergon next`.
fn branches(draft: &mut Draft, containers: &[Node], phases: &mut [Json]) -> Vec<String> {
    let mut rules = Vec::new();
    for (at, container) in containers.iter().enumerate() {
        let from = texts(container.get("id")).first().map_or(String::new(), |id| id.to_lowercase());
        let Some(Content::List(conditions)) = container.get("conditions").map(|n| &n.content) else { continue };
        for (number, condition) in conditions.iter().enumerate() {
            let key = format!("containers[{at}].conditions[{number}]");
            let word = |name: &str| condition.get(name).map(as_json).filter(|v| !v.is_null());
            let rule = format!(
                "{} {} {}{}",
                word("metric").as_ref().and_then(Json::as_str).unwrap_or("?"),
                word("operator").as_ref().and_then(Json::as_str).unwrap_or("?"),
                word("value").unwrap_or_default(),
                word("value2").map_or(String::new(), |v| format!(" and {v}"))
            );
            for target in texts(condition.get("run")).iter().map(|t| t.to_lowercase()) {
                if target == from {
                    draft.report.ignore(&key, &format!("{from} would run again after itself without end"));
                } else if target == "stop" {
                    draft
                        .report
                        .warn(format!("{key}: stop if {rule}: ergon next says so; pause or stop the campaign by hand"));
                } else if let Some(phase) = phases.iter_mut().find(|p| p["name"] == target.as_str()) {
                    phase["depends_on"] = json!([from]);
                    draft.report.mapped.push(format!("{key} → phases.{target}.depends_on: {from}"));
                    draft.report.warn(format!(
                        "{key}: {target} only if {rule} in {from}: Ergon runs {target} after {from} in any case; to decide, \
                         run --phases {from}, ask ergon next, then run --phases {target}"
                    ));
                }
            }
            let rule = format!("{from}: {rule}");
            if Rule::parse(&rule).is_err() {
                draft.report.ignore(&key, "its rule is not metric, operator and number");
            } else if phases.iter().any(|p| p["name"] == from.as_str()) && !rules.contains(&rule) {
                rules.push(rule);
            }
        }
    }
    rules
}
