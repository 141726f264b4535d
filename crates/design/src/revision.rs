//! What an edit of a spec changes: nothing that counts, the analysis plan, or the runs.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::canonical::canonical_json;
use crate::spec::Spec;

/// What an edit changes.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, ts_rs::TS)]
#[serde(tag = "change", content = "paths", rename_all = "snake_case")]
pub enum Change {
    /// Nothing that needs a revision.
    Free,
    /// Which runs there are, or what they compute. The paths are all that need a revision.
    Plan(Vec<String>),
    /// What will be asked of the data.
    AnalysisPlan(Vec<String>),
}

/// One difference between two specs.
#[derive(Clone, Debug, PartialEq, serde::Serialize, ts_rs::TS)]
pub struct Difference {
    /// Where.
    pub path: String,
    /// Value in the old spec.
    pub old: Option<Json>,
    /// Value in the new spec.
    pub new: Option<Json>,
}

/// What an edit of a path can change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Weight {
    Free,
    Analysis,
    Plan,
}

/// Weight of a path, its list positions left out.
fn weight(path: &[&str]) -> Weight {
    match path {
        ["campaign", "seed"] => Weight::Plan,
        ["campaign" | "budget" | "alerts" | "export", ..] => Weight::Free,
        ["execution", "common_random_numbers" | "warmup" | "energy", ..] => Weight::Plan,
        ["execution", ..] => Weight::Free,
        ["phases", _, "focus" | "priority"] => Weight::Free,
        ["hypotheses" | "analysis" | "quality", ..] => Weight::Analysis,
        _ => Weight::Plan,
    }
}

/// What an edit changes: the runs, else the analysis plan, else nothing that counts.
pub fn compare(old: &Spec, new: &Spec) -> Change {
    let differences = differences(old, new);
    let of = |wanted: &[Weight]| -> Vec<String> {
        differences.iter().filter(|(w, _)| wanted.contains(w)).map(|(_, d)| d.path.clone()).collect()
    };
    match (of(&[Weight::Plan]), of(&[Weight::Analysis])) {
        (plan, _) if !plan.is_empty() => Change::Plan(of(&[Weight::Plan, Weight::Analysis])),
        (_, analysis) if !analysis.is_empty() => Change::AnalysisPlan(analysis),
        _ => Change::Free,
    }
}

/// Every difference, by path.
pub fn diff(old: &Spec, new: &Spec) -> Vec<Difference> {
    differences(old, new).into_iter().map(|(_, d)| d).collect()
}

fn differences(old: &Spec, new: &Spec) -> Vec<(Weight, Difference)> {
    let (old, new) = (leaves(&canonical_json(old)), leaves(&canonical_json(new)));
    let paths: std::collections::BTreeSet<_> = old.keys().chain(new.keys()).collect();
    paths
        .into_iter()
        .filter(|path| old.get(*path) != new.get(*path))
        .map(|path| {
            let names: Vec<&str> = path.iter().map(|(name, _)| name.as_str()).collect();
            let difference =
                Difference { path: path_text(path), old: old.get(path).cloned(), new: new.get(path).cloned() };
            (weight(&names), difference)
        })
        .collect()
}

/// Steps of a path; `true`: the item of a list.
type Path = Vec<(String, bool)>;

/// Every leaf with its path; items of a list go by their `name` or `id`, so that inserting one moves no other.
fn leaves(json: &Json) -> BTreeMap<Path, Json> {
    let mut out = BTreeMap::new();
    collect(json, &mut Vec::new(), &mut out);
    out
}

fn collect(json: &Json, path: &mut Path, out: &mut BTreeMap<Path, Json>) {
    let is_named = |items: &Vec<Json>| {
        let names: std::collections::BTreeSet<_> = items.iter().filter_map(item_name).collect();
        names.len() == items.len()
    };
    match json {
        Json::Object(entries) if !entries.is_empty() => {
            for (key, value) in entries {
                path.push((key.clone(), false));
                collect(value, path, out);
                path.pop();
            }
        }
        Json::Array(items) if !items.is_empty() && is_named(items) => {
            for (i, item) in items.iter().enumerate() {
                path.push((item_name(item).map_or_else(|| i.to_string(), str::to_owned), true));
                collect(item, path, out);
                path.pop();
            }
        }
        leaf => {
            out.insert(path.clone(), leaf.clone());
        }
    }
}

fn item_name(item: &Json) -> Option<&str> {
    item.get("name").or_else(|| item.get("id")).and_then(Json::as_str)
}

fn path_text(path: &Path) -> String {
    let mut out = String::new();
    for (name, is_item) in path {
        match is_item {
            true => out.push_str(&format!("[{name}]")),
            false if out.is_empty() => out.push_str(name),
            false => out.push_str(&format!(".{name}")),
        }
    }
    out
}

/// The canonical JSON without what a free edit may change.
pub(crate) fn without_free_parts(json: &Json) -> Json {
    let kept = leaves(json).into_iter().filter(|(path, _)| {
        let names: Vec<&str> = path.iter().map(|(name, _)| name.as_str()).collect();
        weight(&names) != Weight::Free
    });
    Json::Object(kept.map(|(path, leaf)| (path_text(&path), leaf)).collect())
}
