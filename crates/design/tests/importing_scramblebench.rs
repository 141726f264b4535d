//! Promises of the ScrambleBench importer: every key of its guide and files ends as mapped or ignored with a reason, and
//! the spec that comes out is one.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a test's helpers fail by panic too")]

use std::path::{Path, PathBuf};

use ergon_design::import::{self, ImportKind, Imported};
use ergon_design::read_spec;
use serde_json::{Value, json};

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/scramblebench-legacy").join(name)
}

const FILES: [&str; 5] =
    ["guide_experiment.yaml", "default.yaml", "development.yaml", "smoke.yaml", "translation_benchmark.yaml"];

fn imported(name: &str, has_file: bool) -> Imported {
    let source = import::read(&std::fs::read(data(name)).unwrap(), name, None).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(source.kind, ImportKind::ScrambleBench, "{name}");
    import::spec_beside(&source, &|_| has_file).unwrap_or_else(|e| panic!("{name}: {e}"))
}

fn of(text: &str) -> Result<Imported, String> {
    let source = import::read(text.as_bytes(), "f.yaml", None).map_err(|e| e.to_string())?;
    import::spec(&source).map_err(|e| e.to_string())
}

fn spec(name: &str, has_file: bool) -> Value {
    imported(name, has_file).spec.unwrap()
}

/// Names of every key of a plain YAML file, the last part of its path alone: list items have no path of their own.
fn keys(text: &str) -> Vec<String> {
    let lines = text.lines().map(|l| l.split(" #").next().unwrap_or(l).trim().trim_start_matches("- "));
    let keyed = lines.filter(|l| !l.starts_with('#')).filter_map(|l| l.split_once(':'));
    // A quoted name of a model may hold a colon.
    let keyed = keyed.filter(|(key, _)| !key.contains('"'));
    keyed.filter(|(_, value)| !value.trim().is_empty()).map(|(key, _)| key.trim().to_owned()).collect()
}

#[test]
fn every_key_of_every_file_is_mapped_or_ignored_with_a_reason() {
    for name in FILES {
        let report = imported(name, true).report;
        let said: Vec<&String> = report.mapped.iter().chain(&report.ignored).collect();
        let keys = keys(&std::fs::read_to_string(data(name)).unwrap());
        assert!(keys.len() >= 10, "{name}: {keys:?}");
        for key in keys {
            let is_said =
                said.iter().any(|line| line.split([' ', ':']).next().is_some_and(|path| path.ends_with(&key)));
            // A model's name and provider stand in the line of the model.
            let of_model = matches!(key.as_str(), "name" | "provider" | "default_provider" | "default_model");
            assert!(is_said || of_model, "{name}: nothing is said of {key}:\n{said:#?}");
        }
        assert!(report.ignored.iter().all(|line| line.contains(": because ")), "{:#?}", report.ignored);
    }
}

#[test]
fn what_comes_out_is_a_spec() {
    for name in FILES {
        for has_file in [true, false] {
            let text = serde_json::to_string(&spec(name, has_file)).unwrap();
            let source = read_spec(text.as_bytes(), "imported.json").unwrap_or_else(|e| panic!("{name}: {e}\n{text}"));
            assert_eq!(source.spec.workload.kind, "scramble");
        }
    }
}

#[test]
fn the_guides_experiment_becomes_the_study_that_it_describes() {
    let spec = spec("guide_experiment.yaml", true);
    assert_eq!(spec["campaign"]["id"], "language-dependency-study");
    assert_eq!(spec["campaign"]["seed"], 42);
    assert_eq!(spec["campaign"]["institution"], "University Research Lab");
    assert_eq!(spec["factors"]["level"], json!([0.0, 17.0, 33.0, 50.0, 67.0, 83.0, 100.0]));
    assert_eq!(spec["workload"]["method"], "character_substitution");
    assert_eq!(spec["workload"]["preserve"], json!({ "numbers": true }));
    assert_eq!(spec["factors"]["model"], json!(["llama3-8b", "gpt-3-5-turbo"]));
    assert_eq!(
        spec["models"]["llama3-8b"],
        json!({ "provider": "ollama", "model": "llama3:8b", "temperature": 0.0, "max_tokens": 200 })
    );
    assert_eq!(spec["models"]["gpt-3-5-turbo"]["key_env"], "OPENROUTER_API_KEY");
    assert_eq!(spec["analysis"]["correction"], "bonferroni");
    let asked: Vec<&Value> = spec["analysis"]["questions"].as_array().unwrap().iter().map(|q| &q["as"]).collect();
    assert_eq!(asked, ["dependency", "threshold"]);
    assert_eq!(spec["export"], json!({ "formats": ["csv", "json", "xlsx"], "latex_tables": true, "package": true }));
}

#[test]
fn the_smoke_tests_shares_are_percent_and_its_original_is_level_0() {
    let made = imported("smoke.yaml", true);
    let spec = made.spec.unwrap();
    assert_eq!(spec["factors"]["level"], json!([0.0, 20.0, 40.0]));
    assert_eq!(spec["campaign"]["id"], "smoke-test");
    assert_eq!(spec["budget"]["usd"], 5.0);
    assert_eq!(spec["phases"][0]["replicates"], 20);
    assert_eq!(spec["workload"]["benchmark"], "file");
    assert_eq!(spec["factors"]["benchmark.file"].as_array().unwrap().len(), 2);
    assert_eq!(spec["models"].as_object().unwrap().len(), 4);
    assert_eq!(spec["models"]["gemma2-2b"]["timeout_s"], 30);
    assert!(made.report.ignored.iter().any(|l| l.contains("alphabet") && l.contains("one to one")));
}

#[test]
fn a_dataset_that_is_not_there_is_named_and_replaced_visibly() {
    let made = imported("smoke.yaml", false);
    assert_eq!(made.spec.unwrap()["workload"]["benchmark"], "mixed");
    let said = made.report.warnings.join("\n");
    assert!(said.contains("data/benchmarks/hellaswag_sample.jsonl is not there, so it is left out"), "{said}");
    assert!(made.report.defaulted.iter().any(|l| l.contains("no dataset of the file is there")));
}

#[test]
fn a_constructed_language_is_taken_over_with_its_complexity() {
    let spec = spec("translation_benchmark.yaml", true);
    assert_eq!(spec["workload"]["method"], "constructed_language");
    assert_eq!(spec["workload"]["language"], json!({ "substitution": true, "complexity": 5 }));
    assert_eq!(spec["models"]["openai-gpt-4"]["requests_per_minute"], 300);
}

#[test]
fn a_wrong_value_is_refused_by_key_with_what_is_accepted() {
    let table = [
        (
            "scrambling: { methods: [rot13] }",
            "scrambling.methods[0]: 'rot13' is not accepted; expected character_substitution",
        ),
        ("scrambling: { levels: [120] }", "120 is not accepted; expected a number from 0 to 100"),
        (
            "scrambling: { preserve_numbers: 3 }",
            "scrambling.preserve_numbers: 3 is not accepted; expected true or false",
        ),
        (
            "benchmark: { evaluation_mode: vibes }",
            "benchmark.evaluation_mode: 'vibes' is not accepted; expected exact_match",
        ),
        ("translation: { language_complexity: 11 }", "expected a whole number from 1 to 10"),
    ];
    for (text, expected) in table {
        let said = of(text).map(|_| ()).unwrap_err();
        assert!(said.contains(expected), "{text}: {said}");
    }
}
