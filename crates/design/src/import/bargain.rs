//! Files of the bargaining study: one generated experiment (`config_42.json`), a list of them, or a grid of weak models ×
//! strong models × competition levels.
//!
//! The original draws every experiment from one seed and lets the weak model always speak first; a grid comes with both
//! orders and replicates, and says so.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use super::Imported;
use super::draft::Draft;
use super::source::{json, leaves};
use crate::problem::Problem;
use crate::tree::{Content, Node};

/// What ids of its campaigns begin with.
pub(super) const FAMILY: &str = "bargain";
/// Replicates of a grid whose file doesn't say: both orders of each.
const REPLICATES: u64 = 10;
/// Seed of the original's generated configurations.
const SEED: u64 = 42;
/// Seconds after which the original's job runner gives an experiment up.
const TIMEOUT: u64 = 600;
/// Model calls at a time in the original's job runner.
const PARALLEL: u64 = 4;

/// Whether a mapping is such an experiment or grid.
pub(super) fn is_one(tree: &Node) -> bool {
    let has = |keys: [&str; 2]| keys.iter().any(|key| tree.get(key).is_some());
    has(["weak_model", "weak_models"]) && has(["strong_model", "strong_models"])
}

/// What a file must not say otherwise than another to be an experiment of the same study: all but the pair, the level of
/// competition, the seed, and where the original kept it.
pub(super) fn frame(tree: &Node) -> Option<BTreeMap<String, String>> {
    let varies = |key: &str| {
        key == "experiment_id"
            || key == "output_dir"
            || key.contains("seed")
            || matches!(factor(key), Some(("weak_model" | "strong_model" | "competition_level", _)))
    };
    let rest = |(key, node): (String, &Node)| (!varies(&key)).then(|| (key, json(node).to_string()));
    (matches!(tree.content, Content::Map(_)) && is_one(tree) && !is_grid(tree))
        .then(|| leaves(tree).into_iter().filter_map(rest).collect())
}

/// Whether one of its keys has several levels.
fn is_grid(tree: &Node) -> bool {
    leaves(tree).iter().any(|(key, node)| factor(key).is_some() && matches!(node.content, Content::List(_)))
}

/// A spec of the file. `parts`: names of the files that a list's experiments come from, where they come from several.
pub(super) fn import(tree: &Node, parts: &[String]) -> Result<Imported, Vec<Problem>> {
    let spec = json!({
        "ergon": 1,
        "campaign": {},
        "workload": { "kind": "negotiation", "weak_agent": "model", "strong_agent": "model" },
        "phases": [{ "name": "main" }],
    });
    let mut draft = Draft::new(spec);
    match &tree.content {
        Content::List(items) => listed(&mut draft, items, parts),
        _ => one(&mut draft, tree),
    }
    draft.report.presume("workload.weak_agent, workload.strong_agent", "model", "the original's agents are models");
    draft.report.presume("workload.discount", "0.9", "Ergon's default; the file doesn't say");
    draft.default("execution.timeout", json!(TIMEOUT), "the original's job runner stops an experiment after 600 s");
    draft.default("execution.parallel", json!(PARALLEL), "the original's default");
    models(&mut draft);
    draft.done()
}

/// One experiment, or a grid.
fn one(draft: &mut Draft, tree: &Node) {
    let mut named = None;
    for (path, node) in leaves(tree) {
        match path.as_str() {
            "experiment_id" => match node.content {
                Content::Int(id) if id >= 0 => named = Some(id),
                _ => draft.refuse(&path, node, "a whole number of at least 0"),
            },
            "random_seed" | "random_seeds" | "seed" => seed(draft, &path, node),
            "replicates" | "num_runs" | "repetitions" => {
                if let Some(n) = draft.whole(&path, node, (1, 1_000_000)) {
                    draft.map(&path, "phases.0.replicates", n);
                }
            }
            _ => match factor(&path) {
                Some((parameter, kind)) => {
                    if let Some(levels) = draft.list(&path, node, &mut |d, k, n| kind.read(d, k, n)) {
                        place(draft, &path, parameter, levels);
                    }
                }
                None => draft.report.ignore(&path, ignored(&path)),
            },
        }
    }
    let is_grid = draft.spec.get("factors").is_some();
    if let Some(id) = named {
        draft.map("experiment_id", "campaign.id", json!(format!("{FAMILY}-{id}")));
    }
    if draft.spec.pointer("/campaign/seed").is_none() {
        draft.default("campaign.seed", json!(SEED), "the original's generated configurations have it");
    }
    if is_grid {
        draft.default(
            "factors.order",
            json!(["weak_first", "strong_first"]),
            "the original's weak model always speaks first, so that order and strength can't be told apart",
        );
    }
    if draft.spec.pointer("/phases/0/replicates").is_none() {
        let (n, why) = if is_grid {
            (REPLICATES, "the original has one per condition")
        } else {
            (1, "the file is one experiment")
        };
        draft.default("phases.0.replicates", json!(n), why);
    }
}

/// A list of experiments: the grid that they fill, or an explicit design where they fill none.
fn listed(draft: &mut Draft, items: &[Node], parts: &[String]) {
    let mut rows: Vec<Map<String, Json>> = Vec::new();
    for (i, item) in items.iter().enumerate() {
        let place = parts.get(i).map_or_else(|| format!("[{i}]"), |file| format!("{file}: "));
        let dot = if parts.is_empty() { "." } else { "" };
        if !is_one(item) {
            draft.refuse(&place, item, "an experiment with weak_model and strong_model");
            continue;
        }
        let mut row = Map::new();
        for (key, node) in leaves(item) {
            let path = format!("{place}{dot}{key}");
            match factor(&key) {
                Some((parameter, kind)) => {
                    if let Some(level) = kind.read(draft, &path, node) {
                        draft.report.map(&path, parameter, &level);
                        row.insert(parameter.to_owned(), level);
                    }
                }
                None if key.contains("seed") && i == 0 => seed(draft, &path, node),
                None if key.contains("seed") => {
                    let why = "one seed serves the whole campaign; every run's own follows from it";
                    draft.report.ignore(&path, why);
                }
                None if key == "experiment_id" => draft.report.ignore(&path, "runs are known by their conditions"),
                None => draft.report.ignore(&path, ignored(&key)),
            }
        }
        rows.push(row);
    }
    if draft.spec.pointer("/campaign/seed").is_none() {
        draft.default("campaign.seed", json!(SEED), "the original's generated configurations have it");
    }
    fill(draft, rows);
}

/// Levels of every parameter over the rows, in the order they come up.
fn levels(rows: &[Map<String, Json>]) -> BTreeMap<String, Vec<Json>> {
    let mut levels: BTreeMap<String, Vec<Json>> = BTreeMap::new();
    for (name, level) in rows.iter().flatten() {
        let of = levels.entry(name.clone()).or_default();
        if !of.contains(level) {
            of.push(level.clone());
        }
    }
    levels
}

fn fill(draft: &mut Draft, mut rows: Vec<Map<String, Json>>) {
    let all = levels(&rows);
    let (fixed, varied): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|(name, levels)| levels.len() == 1 && rows.iter().all(|row| row.contains_key(name)));
    for (name, levels) in fixed {
        rows.iter_mut().for_each(|row| {
            row.remove(&name);
        });
        if let [level] = levels.as_slice() {
            crate::import::source::set(&mut draft.spec, &format!("workload.{name}"), level.clone());
        }
    }
    let product: usize = varied.iter().map(|(_, levels)| levels.len()).product();
    let mut distinct: Vec<&Map<String, Json>> = Vec::new();
    for row in &rows {
        if !distinct.contains(&row) {
            distinct.push(row);
        }
    }
    let whole = rows.iter().all(|row| row.len() == varied.len());
    // As often as every condition is listed: seeds tell the original's replicates apart.
    let times = rows.len() / distinct.len().max(1);
    let even = distinct.iter().all(|row| rows.iter().filter(|other| other == row).count() == times);
    let replicates = if even { times } else { 1 };
    let why =
        if even && times > 1 { "every condition is listed as often" } else { "the original has one per condition" };
    if whole && distinct.len() == product && even {
        for (name, levels) in varied {
            crate::import::source::set(&mut draft.spec, &format!("factors.{name}"), Json::Array(levels));
        }
        let phases = json!([{ "name": "main", "design": "full_factorial", "replicates": replicates }]);
        draft.report.presume("phases", "one, full factorial", "the listed experiments are every combination");
        crate::import::source::set(&mut draft.spec, "phases", phases);
    } else {
        let repeats = rows.len() - distinct.len();
        if repeats > 0 && !even {
            draft.report.warn(format!(
                "{repeats} of {} experiments repeat another's condition; they are replicates, which phases[0].replicates \
                 asks for",
                rows.len()
            ));
        }
        let design = json!({ "kind": "explicit", "conditions": distinct });
        draft.report.presume("phases", "one, explicit", "the listed experiments don't fill a grid");
        let phases = json!([{ "name": "listed", "design": design, "replicates": replicates }]);
        crate::import::source::set(&mut draft.spec, "phases", phases);
    }
    draft.report.presume("phases[0].replicates", &replicates.to_string(), why);
    draft.report.warn(
        "order: the original's weak model always speaks first, so that order and strength can't be told apart; add \
         factors: { order: [weak_first, strong_first] }",
    );
}

fn seed(draft: &mut Draft, key: &str, node: &Node) {
    match node.content {
        Content::Int(seed) if (0..=i128::from(u64::MAX)).contains(&seed) => {
            draft.map(key, "campaign.seed", json(node));
            draft.report.warn(format!(
                "{key}: the original's random numbers are not Ergon's; the same seed gives other games of the same kind"
            ));
        }
        _ => draft.refuse(key, node, "a whole number of at least 0"),
    }
}

/// How a key's values are read.
#[derive(Clone, Copy)]
enum Kind {
    Name,
    Share,
    Whole(i128, i128),
}

impl Kind {
    fn read(self, draft: &mut Draft, key: &str, node: &Node) -> Option<Json> {
        match self {
            Self::Name => {
                let text = draft.text(key, node)?;
                if text.trim().is_empty() {
                    draft.refuse(key, node, "a model's name");
                    return None;
                }
                Some(json!(text))
            }
            Self::Share => draft.number(key, node, (0.0, 1.0)),
            Self::Whole(min, max) => draft.whole(key, node, (min, max)),
        }
    }
}

/// The parameter a key sets.
fn factor(key: &str) -> Option<(&'static str, Kind)> {
    Some(match key.to_ascii_lowercase().as_str() {
        "weak_model" | "weak_models" => ("weak_model", Kind::Name),
        "strong_model" | "strong_models" => ("strong_model", Kind::Name),
        "competition_level" | "competition_levels" => ("competition_level", Kind::Share),
        "num_items" => ("num_items", Kind::Whole(1, 20)),
        "num_agents" => ("num_agents", Kind::Whole(2, 10)),
        "max_rounds" | "t_rounds" => ("max_rounds", Kind::Whole(1, 100)),
        "discount" | "discount_factor" | "gamma" | "gamma_discount" => ("discount", Kind::Share),
        "discussion_turns" => ("discussion_turns", Kind::Whole(0, 10)),
        _ => return None,
    })
}

fn ignored(key: &str) -> &'static str {
    match key {
        "output_dir" => "results go to the store; exports write the original's folders",
        "max_parallel" | "parallel" => "set execution.parallel",
        _ => "it is no key of the original's generated configurations",
    }
}

fn place(draft: &mut Draft, key: &str, parameter: &str, levels: Vec<Json>) {
    match <[Json; 1]>::try_from(levels) {
        Ok([one]) => draft.map(key, &format!("workload.{parameter}"), one),
        Err(several) => draft.map(key, &format!("factors.{parameter}"), Json::Array(several)),
    }
}

/// Models that the spec asks for, with the provider that their names point to.
fn models(draft: &mut Draft) {
    let mut names: Vec<String> = Vec::new();
    for parameter in ["weak_model", "strong_model"] {
        let fixed = draft.spec.pointer(&format!("/workload/{parameter}")).cloned();
        let varied = draft.spec.pointer(&format!("/factors/{parameter}")).and_then(Json::as_array).cloned();
        let listed = draft.spec.pointer("/phases/0/design/conditions").and_then(Json::as_array).cloned();
        let in_rows = listed.into_iter().flatten().filter_map(|row| row.get(parameter).cloned());
        let all = fixed.into_iter().chain(varied.into_iter().flatten()).chain(in_rows);
        for name in all.filter_map(|name| name.as_str().map(str::to_owned)) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    let mut section = Map::new();
    for name in names {
        let (provider, model) = provider(&name);
        let why = "by its name; check that the provider still serves it, or replace it with { provider: simulated }";
        draft.report.presume(&format!("models.{name}"), &format!("{provider}, {model}"), why);
        let entry = json!({ "provider": provider, "model": model });
        section.insert(name.clone(), entry);
    }
    crate::import::source::set(&mut draft.spec, "models", Json::Object(section));
}

/// Provider and model that a name of the study points to; any other goes to OpenRouter under its own name.
fn provider(name: &str) -> (&'static str, &str) {
    const KNOWN: [(&str, &str, &str); 13] = [
        ("gpt-4o", "openai", "gpt-4o"),
        ("o3-mini", "openai", "o3-mini"),
        ("o4-mini", "openai", "o4-mini"),
        ("o3", "openai", "o3"),
        ("chatgpt-5", "openai", "gpt-5"),
        ("claude-3-opus", "anthropic", "claude-3-opus-20240229"),
        ("claude-3-5-haiku", "anthropic", "claude-3-5-haiku-20241022"),
        ("claude-4-sonnet", "anthropic", "claude-sonnet-4-20250514"),
        ("claude-4-opus", "anthropic", "claude-opus-4-20250514"),
        ("gemini-1-5-pro", "gemini", "gemini-1.5-pro"),
        ("gemini-2-0-flash", "gemini", "gemini-2.0-flash"),
        ("gemini-2-5-flash", "gemini", "gemini-2.5-flash"),
        ("gemini-2-5-pro", "gemini", "gemini-2.5-pro"),
    ];
    KNOWN
        .iter()
        .find(|(known, _, _)| *known == name)
        .map_or(("openrouter", name), |(_, provider, model)| (provider, model))
}
