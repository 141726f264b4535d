//! Promises of the bargaining importer: every key ends as mapped or ignored with a reason, a grid comes with both orders,
//! and what contradicts itself is said.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a test's helpers fail by panic too")]

use ergon_design::import::{self, ImportKind, Imported};
use serde_json::{Value, json};

const ONE: &str = r#"{
    "experiment_id": 42,
    "weak_model": "gpt-4o",
    "strong_model": "claude-3-5-haiku",
    "competition_level": 0.3,
    "num_items": 5,
    "max_rounds": 10,
    "random_seed": 42,
    "output_dir": "experiments/results/scaling_experiment/gpt-4o_vs_claude-3-5-haiku/comp_0.3"
}"#;

fn imported(text: &str, name: &str) -> Imported {
    let source = import::read(text.as_bytes(), name, None).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(source.kind, ImportKind::Bargain);
    import::spec(&source).unwrap_or_else(|e| panic!("{e}"))
}

fn refused(text: &str) -> String {
    let source = import::read(text.as_bytes(), "f.yaml", None).unwrap_or_else(|e| panic!("{e}"));
    import::spec(&source).map(|_| ()).unwrap_err().to_string()
}

fn at(spec: &Value, path: &str) -> Value {
    spec.pointer(path).cloned().unwrap_or(Value::Null)
}

fn has(lines: &[String], expected: &str) {
    assert!(lines.iter().any(|l| l.starts_with(expected)), "no line begins with '{expected}':\n{}", lines.join("\n"));
}

#[test]
fn one_experiment_becomes_a_campaign_of_one_condition() {
    let made = imported(ONE, "config_42.json");
    let spec = made.spec.unwrap();
    for (path, value) in [
        ("/campaign/id", json!("bargain-42")),
        ("/campaign/seed", json!(42)),
        ("/workload/kind", json!("negotiation")),
        ("/workload/weak_agent", json!("model")),
        ("/workload/weak_model", json!("gpt-4o")),
        ("/workload/strong_model", json!("claude-3-5-haiku")),
        ("/workload/competition_level", json!(0.3)),
        ("/workload/num_items", json!(5)),
        ("/workload/max_rounds", json!(10)),
        ("/models/gpt-4o/provider", json!("openai")),
        ("/models/claude-3-5-haiku/provider", json!("anthropic")),
        ("/phases/0/replicates", json!(1)),
        ("/execution/timeout", json!(600)),
        ("/factors", Value::Null),
    ] {
        assert_eq!(at(&spec, path), value, "{path}");
    }
    let keys: Vec<String> = serde_json::from_str::<serde_json::Map<_, _>>(ONE).unwrap().keys().cloned().collect();
    for key in keys {
        let mapped = made.report.mapped.iter().any(|l| l.starts_with(&format!("{key} → ")));
        let ignored = made.report.ignored.iter().any(|l| l.starts_with(&format!("{key}: because ")));
        assert!(mapped != ignored, "{key} is mapped: {mapped}, ignored: {ignored}");
    }
    has(&made.report.warnings, "random_seed: the original's random numbers are not Ergon's");
}

#[test]
fn a_grid_becomes_factors_with_both_orders_and_replicates() {
    let text = "weak_models: [gpt-4o, claude-3-opus]\nstrong_models: [o3, my-own]\ncompetition_levels: [0.1, 0.5, 1.0]\n\
                num_items: 5\nnum_runs: 3\nparallel: 8\n";
    let made = imported(text, "grid.yaml");
    let spec = made.spec.unwrap();
    assert_eq!(at(&spec, "/factors/weak_model"), json!(["gpt-4o", "claude-3-opus"]));
    assert_eq!(at(&spec, "/factors/competition_level"), json!([0.1, 0.5, 1.0]));
    assert_eq!(at(&spec, "/factors/order"), json!(["weak_first", "strong_first"]));
    assert_eq!(at(&spec, "/phases/0/replicates"), json!(3));
    assert_eq!(at(&spec, "/models/my-own"), json!({ "provider": "openrouter", "model": "my-own" }));
    has(&made.report.defaulted, "factors.order: [\"weak_first\",\"strong_first\"] (the original's weak model always");
    has(&made.report.ignored, "parallel: because set execution.parallel");
}

fn list(pairs: &[(&str, &str, f64)]) -> String {
    let one = |(weak, strong, level): &(&str, &str, f64)| json!({ "weak_model": weak, "strong_model": strong, "competition_level": level, "num_items": 5, "random_seed": 42 });
    Value::Array(pairs.iter().map(one).collect()).to_string()
}

#[test]
fn a_list_that_fills_a_grid_is_one_and_any_other_is_an_explicit_design() {
    let grid: Vec<(&str, &str, f64)> = ["a", "b"]
        .into_iter()
        .flat_map(|w| ["c", "d"].into_iter().flat_map(move |s| [(w, s, 0.1), (w, s, 0.9)]))
        .collect();
    let whole = imported(&list(&grid), "all.json").spec.unwrap();
    assert_eq!(
        at(&whole, "/factors"),
        json!({
        "weak_model": ["a", "b"], "strong_model": ["c", "d"], "competition_level": [0.1, 0.9] })
    );
    assert_eq!(at(&whole, "/workload/num_items"), json!(5));
    assert_eq!(at(&whole, "/phases/0/design"), json!("full_factorial"));
    let part = imported(&list(&grid[1..]), "part.json").spec.unwrap();
    assert_eq!(at(&part, "/phases/0/design/conditions").as_array().unwrap().len(), 7);
    assert_eq!(
        at(&part, "/phases/0/design/conditions/0"),
        json!({
        "weak_model": "a", "strong_model": "c", "competition_level": 0.9 })
    );
    let twice = imported(&list(&[grid[0], grid[3], grid[0]]), "twice.json");
    assert_eq!(at(twice.spec.as_ref().unwrap(), "/phases/0/design/conditions").as_array().unwrap().len(), 2);
    has(&twice.report.warnings, "1 of 3 experiments repeat another's condition");
}

#[test]
fn values_that_cannot_be_are_refused_with_their_place_and_what_is_accepted() {
    for (text, words) in [
        ("weak_model: a\nstrong_model: b\ncompetition_level: 1.5\n", "competition_level: 1.5 is not accepted"),
        ("weak_model: a\nstrong_model: b\nnum_items: many\n", "num_items: 'many' is not accepted"),
        ("weak_models: []\nstrong_models: [b]\n", "weak_models: a list is not accepted"),
        ("weak_model: a\nstrong_model: b\nexperiment_id: x\n", "experiment_id: 'x' is not accepted"),
        ("weak_model: a\nstrong_model: b\nrandom_seed: -1\n", "random_seed: -1 is not accepted"),
    ] {
        let said = refused(text);
        assert!(said.contains(words) && said.contains("expected"), "{said}");
    }
}

fn one(level: f64, seed: u64, more: &str) -> String {
    format!(
        "{{\"experiment_id\": 7, \"weak_model\": \"a\", \"strong_model\": \"b\", \"competition_level\": {level}, \
         \"num_items\": 5, \"random_seed\": {seed}{more}}}"
    )
}

fn together(files: &[(&str, String)]) -> Option<import::ImportSource> {
    let read = |(name, text): &(&str, String)| import::read(text.as_bytes(), name, None).unwrap();
    let sources: Vec<_> = files.iter().map(read).collect();
    import::together(&sources, "/study/configs")
}

#[test]
fn experiments_in_a_file_each_are_the_list_they_would_be_in_one() {
    let files = [
        ("configs/config_1.json", one(0.1, 42, "")),
        ("configs/config_2.json", one(0.9, 43, ", \"output_dir\": \"x\"")),
    ];
    let made = import::spec(&together(&files).unwrap()).unwrap();
    let spec = made.spec.unwrap();
    assert_eq!(at(&spec, "/campaign/id"), json!("bargain-configs"));
    assert_eq!(at(&spec, "/factors"), json!({ "competition_level": [0.1, 0.9] }));
    assert_eq!(at(&spec, "/workload/weak_model"), json!("a"));
    has(&made.report.mapped, "config_2.json: competition_level → competition_level: 0.9");

    let other = [files[0].clone(), ("config_3.json", one(0.9, 42, ", \"max_rounds\": 3"))];
    assert!(together(&other).is_none(), "they differ in max_rounds");
    assert!(together(&files[..1]).is_none(), "one is no list");
    let wrong = [files[0].clone(), ("config_9.json", one(1.5, 42, ""))];
    let said = import::spec(&together(&wrong).unwrap()).map(|_| ()).unwrap_err().to_string();
    assert!(said.contains("config_9.json: competition_level: 1.5 is not accepted"), "{said}");
}

#[test]
fn seeds_that_repeat_every_condition_are_replicates() {
    let files: Vec<(&str, String)> =
        (0..6).map(|i| ("c.json", one(0.1 * f64::from(i % 2), 40 + i as u64, ""))).collect();
    let spec = import::spec(&together(&files).unwrap()).unwrap().spec.unwrap();
    assert_eq!((at(&spec, "/phases/0/design"), at(&spec, "/phases/0/replicates")), (json!("full_factorial"), json!(3)));
}

#[test]
fn a_campaign_that_its_file_does_not_name_has_the_files_name() {
    let grid = "weak_models: [a]\nstrong_models: [b]\ncompetition_level: 0.5\n";
    for (file, id) in [("x/pilot.yaml", "bargain-pilot"), ("Second Try.yml", "bargain-second-try")] {
        let made = imported(grid, file);
        assert_eq!(at(&made.spec.unwrap(), "/campaign/id"), json!(id));
        has(&made.report.defaulted, &format!("campaign.id: {id} (the file names no campaign; it is the file's name)"));
    }
}
