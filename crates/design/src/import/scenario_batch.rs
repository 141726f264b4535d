//! Scenario Lab's `batch-config.yaml`: variations of one scenario folder, run so many times each.
//!
//! The models of actors that are not varied stand in the folder, which this doesn't open: whoever does adds them with
//! [`model_entry`].

use serde_json::{Map, Value as Json, json};

use super::report::ImportReport;
use super::source::json as json_of;
use super::{Imported, words};
use crate::problem::Problem;
use crate::tree::{Content, Node, Step};

/// Whether a key names such a file.
pub(super) fn is_key(key: &str) -> bool {
    matches!(key, "base_scenario" | "runs_per_variation")
}

/// How a model that is named `provider/model` is asked: through OpenRouter, as the original does, but for local ones.
pub fn model_entry(name: &str) -> Json {
    match name.split_once('/') {
        Some(("ollama", model)) => json!({ "provider": "ollama", "model": model }),
        _ => json!({ "provider": "openrouter", "model": name }),
    }
}

/// Scenario parameters as a batch names them, and the workload's parameters that they are; of several names the first is
/// written.
const PARAMETERS: [(&str, &str); 15] = [
    ("turns", "turns"),
    ("num_turns", "turns"),
    ("scenario_length.turns", "turns"),
    ("turn_duration", "turn_duration"),
    ("world_state_model", "world_state_model"),
    ("system_prompt", "system_prompt"),
    ("initial_world_state", "initial_world_state"),
    ("context_window_size", "context_turns"),
    ("context_window", "context_turns"),
    ("max_communications_per_turn", "messages_per_turn"),
    ("features.communications.max_per_turn", "messages_per_turn"),
    ("features.communications.enabled", "communications"),
    ("features.exogenous_events.enabled", "exogenous_events"),
    ("features.quality_assurance.enabled", "quality_assurance"),
    ("features.context_management.max_context_tokens", "max_context_tokens"),
];

fn scenario_parameter(name: &str) -> Option<&'static str> {
    PARAMETERS.iter().find(|(theirs, _)| *theirs == name).map(|(_, ours)| *ours)
}

/// How a batch names a parameter of the workload; `None` where it has no name for it.
pub fn batch_parameter(name: &str) -> Option<&'static str> {
    PARAMETERS.iter().find(|(_, ours)| *ours == name).map(|(theirs, _)| *theirs)
}

struct Draft<'a> {
    tree: &'a Node,
    problems: Vec<Problem>,
    report: ImportReport,
    spec: Json,
}

impl Draft<'_> {
    fn wrong(&mut self, path: &[Step], message: impl Into<String>, expected: &str) {
        let at = self.tree.position_of(path);
        let problem = Problem::error(crate::tree::path_text(path), message.into()).expected(expected.to_owned());
        self.problems.push(problem.at(at));
    }

    fn key(name: &str) -> Vec<Step> {
        vec![Step::Key(name.to_owned())]
    }

    /// Takes a value over.
    fn map(&mut self, key: &str, to: &[&str], value: Json) {
        self.report.map(key, &to.join("."), &value);
        let mut at = &mut self.spec;
        for step in to {
            if !at.is_object() {
                *at = json!({});
            }
            let Some(map) = at.as_object_mut() else { return };
            at = map.entry((*step).to_owned()).or_insert(Json::Null);
        }
        *at = value;
    }

    fn number(&mut self, key: &str, node: &Node, least: f64, to: &[&str]) {
        let value = json_of(node);
        match (&node.content, value.as_f64()) {
            (Content::Null, _) => self.report.ignore(key, "it is empty: there is no limit"),
            (_, Some(x)) if x >= least => self.map(key, to, value),
            _ => self.wrong(
                &Self::key(key),
                format!("{value} is not accepted"),
                &format!("a number of at least {least}"),
            ),
        }
    }

    fn whole(&mut self, key: &str, node: &Node) -> Option<u64> {
        let found = json_of(node).as_u64().filter(|n| (1..=1_000_000).contains(n));
        if found.is_none() {
            self.wrong(&Self::key(key), format!("{} is not accepted", json_of(node)), "a whole number of at least 1");
        }
        found
    }
}

/// A spec of the file.
pub(super) fn import(tree: &Node) -> Result<Imported, Vec<Problem>> {
    let spec = json!({ "ergon": 1, "campaign": {}, "workload": { "kind": "scenario" } });
    let mut draft = Draft { tree, problems: Vec::new(), report: ImportReport::default(), spec };
    let Content::Map(entries) = &tree.content else {
        return Err(vec![Problem::error("", "the file holds no mapping").at(tree.position)]);
    };
    let mut replicates = None;
    for entry in entries {
        take(&mut draft, &entry.key, &entry.value, &mut replicates);
    }
    for (key, what) in
        [("experiment_name", "the experiment's name"), ("base_scenario", "the path of the scenario's folder")]
    {
        if tree.get(key).is_none() {
            draft.wrong(&[], format!("{key} is missing"), what);
        }
    }
    if replicates.is_none() {
        draft.report.presume("phases[0].replicates", "1", "runs_per_variation is not given; the original's default");
    }
    if tree.get("timeout_per_run").is_none() {
        draft.report.presume("execution.timeout", "1800", "timeout_per_run is not given; the original's default");
        draft.spec["execution"]["timeout"] = json!(1800);
    }
    if tree.get("max_parallel").is_none() {
        draft.report.presume("execution.parallel", "1", "max_parallel is not given; the original's default");
        draft.spec["execution"]["parallel"] = json!(1);
    }
    draft.report.presume("campaign.seed", "42", "the original keeps no seed; a run's own follows from it");
    draft.spec["campaign"]["seed"] = json!(42);
    draft.spec["phases"] =
        json!([{ "name": "batch", "design": "full_factorial", "replicates": replicates.unwrap_or(1) }]);
    if draft.problems.is_empty() {
        Ok(Imported { spec: Some(draft.spec), report: draft.report })
    } else {
        Err(draft.problems)
    }
}

fn take(draft: &mut Draft<'_>, key: &str, node: &Node, replicates: &mut Option<u64>) {
    let text = |node: &Node| match &node.content {
        Content::Text(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        _ => None,
    };
    match key {
        "experiment_name" => match text(node) {
            Some(name) => {
                let id: String =
                    words::plain(&name).chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
                let id = id.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-");
                let id = if id.is_empty() { "batch".to_owned() } else { id };
                draft.map(key, &["campaign", "id"], json!(id));
                draft.map(key, &["campaign", "title"], json!(name));
            }
            None => draft.wrong(&Draft::key(key), "is no text", "the experiment's name"),
        },
        "description" => {
            if let Some(text) = text(node) {
                draft.map(key, &["campaign", "question"], json!(text));
            }
        }
        "base_scenario" => match text(node) {
            Some(path) => draft.map(key, &["workload", "scenario"], json!(path)),
            None => draft.wrong(&Draft::key(key), "is no text", "the path of the scenario's folder"),
        },
        "runs_per_variation" => {
            if let Some(n) = draft.whole(key, node) {
                draft.report.map(key, "phases[0].replicates", &json!(n));
                *replicates = Some(n);
            }
        }
        "max_parallel" => {
            if let Some(n) = draft.whole(key, node) {
                draft.map(key, &["execution", "parallel"], json!(n));
            }
        }
        "timeout_per_run" => draft.number(key, node, 1.0, &["execution", "timeout"]),
        "budget_limit" => draft.number(key, node, 0.0, &["budget", "usd"]),
        "cost_per_run_limit" => draft.number(key, node, 0.0, &["budget", "usd_per_run"]),
        "variations" => variations(draft, node),
        "output_dir" => {
            if let Some(path) = text(node) {
                draft.map(key, &["workload", "output_dir"], json!(path));
            }
        }
        "save_individual_runs" | "aggregate_metrics" => match &node.content {
            Content::Bool(b) => draft.map(key, &["workload", key], json!(b)),
            _ => draft.wrong(&Draft::key(key), format!("{} is not accepted", json_of(node)), "true or false"),
        },
        "resume_from" => draft.report.ignore(key, "a campaign that was begun is resumed by running it again"),
        _ => draft.report.ignore(key, "the original has no such key, or nothing depends on it"),
    }
}

fn variations(draft: &mut Draft<'_>, node: &Node) {
    let Content::List(items) = &node.content else {
        draft.wrong(&Draft::key("variations"), "is no list", "a list of variations; [] for none");
        return;
    };
    if items.is_empty() {
        draft.report.map("variations", "factors", &json!("none: the same scenario each time"));
    }
    let mut models = Map::new();
    for (i, item) in items.iter().enumerate() {
        let path = |field: &str| vec![Step::Key("variations".into()), Step::Index(i), Step::Key(field.to_owned())];
        let word = |field: &str| item.get(field).map(json_of).and_then(|v| v.as_str().map(str::to_owned));
        let levels = item.get("values").map(json_of).and_then(|v| v.as_array().cloned()).unwrap_or_default();
        if levels.is_empty() {
            draft.wrong(&path("values"), "holds no value", "a list of values");
            continue;
        }
        let name = match word("type").as_deref() {
            Some("actor_model") => match word("actor") {
                Some(actor) => {
                    for model in levels.iter().filter_map(Json::as_str) {
                        models.insert(model.to_owned(), model_entry(model));
                    }
                    let plain: String = actor
                        .chars()
                        .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' })
                        .collect();
                    format!("actor_model.{plain}")
                }
                None => {
                    draft.wrong(&path("actor"), "is missing", "the actor's short name");
                    continue;
                }
            },
            Some("scenario_parameter") => {
                let written = word("parameter").unwrap_or_default();
                match scenario_parameter(&written) {
                    Some(name) => {
                        if name == "world_state_model" {
                            let named = levels.iter().filter_map(Json::as_str);
                            models.extend(named.map(|model| (model.to_owned(), model_entry(model))));
                        }
                        name.to_owned()
                    }
                    None => {
                        let names = PARAMETERS.map(|(theirs, _)| theirs).join(", ");
                        draft.wrong(&path("parameter"), format!("'{written}' can't be varied"), &names);
                        continue;
                    }
                }
            }
            other => {
                let found = other.unwrap_or("nothing").to_owned();
                draft.wrong(
                    &path("type"),
                    format!("'{found}' is no type of variation"),
                    "actor_model, scenario_parameter",
                );
                continue;
            }
        };
        draft.map(&format!("variations[{i}]"), &["factors", &name], Json::Array(levels));
    }
    if !models.is_empty() {
        let names: Vec<&str> = models.keys().map(String::as_str).collect();
        draft.report.presume("models", &names.join(", "), "through OpenRouter, as the original asks them");
        draft.spec["models"] = Json::Object(models);
    }
}

#[cfg(test)]
mod tests {
    use super::super::{ImportKind, read, spec};
    use super::*;

    const BATCH: &str = "experiment_name: Model Comparison - Regulation\nbase_scenario: scenarios/parks\n\
        runs_per_variation: 5\nmax_parallel: 2\ntimeout_per_run: 900\nbudget_limit: 10.0\ncost_per_run_limit: 0.5\n\
        variations:\n  - { type: actor_model, actor: tech-company, values: [openai/gpt-4o-mini, ollama/llama3] }\n  \
        - { type: scenario_parameter, parameter: turns, values: [3, 5] }\noutput_dir: out\nsave_individual_runs: true\n\
        aggregate_metrics: true\n";

    fn imported(text: &str) -> Result<Imported, String> {
        let source = read(text.as_bytes(), "batch-config.yaml", None).map_err(|e| e.to_string())?;
        assert_eq!(source.kind, ImportKind::ScenarioBatch);
        spec(&source).map_err(|e| e.to_string())
    }

    #[test]
    fn every_key_of_a_batch_goes_where_it_is_honoured() {
        let made = imported(BATCH).unwrap();
        let expected = json!({
            "ergon": 1,
            "campaign": { "id": "model-comparison-regulation", "title": "Model Comparison - Regulation", "seed": 42 },
            "workload": { "kind": "scenario", "scenario": "scenarios/parks", "output_dir": "out",
                "save_individual_runs": true, "aggregate_metrics": true },
            "execution": { "parallel": 2, "timeout": 900 },
            "budget": { "usd": 10.0, "usd_per_run": 0.5 },
            "factors": { "actor_model.tech_company": ["openai/gpt-4o-mini", "ollama/llama3"], "turns": [3, 5] },
            "models": { "openai/gpt-4o-mini": { "provider": "openrouter", "model": "openai/gpt-4o-mini" },
                "ollama/llama3": { "provider": "ollama", "model": "llama3" } },
            "phases": [{ "name": "batch", "design": "full_factorial", "replicates": 5 }],
        });
        assert_eq!(made.spec, Some(expected));
        assert_eq!(made.report.ignored, Vec::<String>::new());
    }

    #[test]
    fn a_batch_without_variations_is_the_same_scenario_many_times() {
        let made = imported("experiment_name: R\nbase_scenario: s\nvariations: []\nruns_per_variation: 50\n").unwrap();
        let spec = made.spec.unwrap();
        assert_eq!((spec.get("factors"), &spec["phases"][0]["replicates"]), (None, &json!(50)));
        assert!(made.report.defaulted.iter().any(|line| line.starts_with("execution.timeout: 1800")));
    }

    #[test]
    fn what_can_not_be_meant_is_refused_with_its_place() {
        for (text, said) in [
            ("experiment_name: R\nruns_per_variation: 3\n", "base_scenario is missing"),
            ("experiment_name: R\nbase_scenario: s\nruns_per_variation: 0\n", "runs_per_variation"),
            ("experiment_name: R\nbase_scenario: s\nbudget_limit: much\n", "budget_limit"),
            (
                "experiment_name: R\nbase_scenario: s\nvariations: [{ type: mood, values: [1] }]\n",
                "'mood' is no type of variation",
            ),
            (
                "experiment_name: R\nbase_scenario: s\nvariations: [{ type: scenario_parameter, parameter: mood, values: [1] }]\n",
                "'mood' can't be varied",
            ),
            (
                "experiment_name: R\nbase_scenario: s\nvariations: [{ type: actor_model, values: [m] }]\n",
                "variations[0].actor",
            ),
        ] {
            let wrong = imported(text).unwrap_err();
            assert!(wrong.contains(said), "{said}\nnot in\n{wrong}");
        }
    }
}
