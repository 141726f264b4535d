//! ScrambleBench's configurations: the experiments of its tracking guide, and the settings and smoke files of its
//! repository. Both may stand in one file; each key has one meaning, listed here.

mod datasets;
mod models;
mod plain_keys;
mod transforms;

use serde_json::{Value as Json, json};

use super::Imported;
use super::draft::Draft;
use super::source::leaves;
use crate::problem::Problem;
use crate::tree::{Content, Entry, Node};

/// Levels where the file has none: those of the guide.
const LEVELS: [f64; 7] = [0.0, 17.0, 33.0, 50.0, 67.0, 83.0, 100.0];
/// Items where the file names no sample size.
const ITEMS: u64 = 100;

/// Top-level keys that are ScrambleBench's and nobody else's; every file of its repository and guide has one.
const OWN: [&str; 7] =
    ["scrambling", "research_metadata", "statistical_analysis", "benchmark", "translation", "transforms", "smoke_test"];

/// Whether a key says that a file is ScrambleBench's.
pub(super) fn is_key(key: &str) -> bool {
    OWN.contains(&key)
}

/// What ids of its campaigns begin with.
pub(super) const FAMILY: &str = "scramblebench";

/// A spec of the file. `has_file`: whether a dataset that the file names is there.
pub(super) fn import(tree: &Node, has_file: &dyn Fn(&str) -> bool) -> Result<Imported, Vec<Problem>> {
    let spec = json!({
        "ergon": 1,
        "campaign": {},
        "workload": { "kind": "scramble", "sample_size": 1 },
        "phases": [{ "name": "main", "replicates": ITEMS }],
    });
    let mut draft = Draft::new(spec);
    let mut found = Found::default();
    for (path, node) in leaves(tree) {
        match path.split('.').next().unwrap_or_default() {
            "models" => models::take(&mut draft, &mut found, &path, node),
            "transforms" => transforms::take(&mut draft, &mut found, &path, node),
            "datasets" | "benchmarks" => datasets::take(&mut draft, &mut found, &path, node),
            _ => plain_keys::take(&mut draft, &mut found, &path, node),
        }
    }
    datasets::place(&mut draft, &found, has_file);
    transforms::place(&mut draft, &found);
    models::place(&mut draft, &found);
    questions(&mut draft, &found);
    if draft.spec.pointer("/campaign/seed").is_none() {
        draft.default("campaign.seed", json!(42), "the file has none; it is the original's own default");
    }
    draft.done()
}

/// What is put together of several keys.
#[derive(Default)]
struct Found {
    /// Models by their name in the spec.
    models: Vec<(String, Json)>,
    /// Provider and model of `model.default_…`.
    default_provider: Option<String>,
    default_model: Option<String>,
    /// Settings of every model.
    every_model: Vec<(String, Json)>,
    /// Ergon's names of methods.
    methods: Vec<&'static str>,
    /// Levels, percent.
    levels: Vec<f64>,
    /// Whether the untouched text is among the conditions.
    wants_original: bool,
    /// A constructed language, and its complexity.
    language: Option<&'static str>,
    /// Dataset files.
    files: Vec<String>,
    /// Items per dataset.
    sample_sizes: Vec<u64>,
    /// Whether dependency is asked about, and a threshold.
    asks_dependency: bool,
    asks_threshold: bool,
}

/// The guide's own analyses: dependency by level and model, and thresholds.
fn questions(draft: &mut Draft, found: &Found) {
    let has = |factor: &str| draft.spec.pointer(&format!("/factors/{factor}")).is_some();
    if !has("level") {
        return;
    }
    let by = if has("model") { json!(["level", "model"]) } else { json!(["level"]) };
    let (dependency, threshold) = match (found.asks_dependency, found.asks_threshold) {
        (false, false) => (true, false),
        asked => asked,
    };
    let mut questions = Vec::new();
    for (asked, kind) in [(dependency, "dependency"), (threshold, "threshold")] {
        if asked {
            questions.push(json!({ "metric": "accuracy", "by": by, "as": kind }));
        }
    }
    let why = if found.asks_dependency || found.asks_threshold { "as it asks" } else { "the file asks nothing" };
    draft.default("analysis.questions", Json::Array(questions), why);
}

/// The texts of a list or of one value.
fn texts(draft: &mut Draft, key: &str, node: &Node) -> Vec<String> {
    let mut found = Vec::new();
    let _all = draft.list(key, node, &mut |d, k, n| {
        let text = d.text(k, n)?;
        found.push(text.to_owned());
        Some(Json::from(text))
    });
    found
}

/// Whether a node is null.
fn is_null(node: &Node) -> bool {
    matches!(node.content, Content::Null)
}

/// Entries of a mapping; none of another value.
fn entries(node: &Node) -> &[Entry] {
    match &node.content {
        Content::Map(entries) => entries,
        _ => &[],
    }
}
