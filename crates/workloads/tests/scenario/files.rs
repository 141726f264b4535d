//! The folder as a whole: what belongs together, what is wrong, what nobody reads.

use ergon_domain::{ParameterKind, Value, Workload};
use serde_json::json;

use crate::stage::{Folder, condition, open, park, wrong};

#[test]
fn what_is_wrong_is_said_with_file_and_field_and_all_at_once() {
    let folder =
        park().set("turns", json!("five")).set("actors", json!(["anna", "bob"])).without("initial_world_state");
    assert_eq!(
        wrong(&folder),
        "workload.scenario: scenario.yaml: initial_world_state: is missing; expected text\n\
         workload.scenario: scenario.yaml: turns: is 'five'; expected a whole number from 1 to 1000\n\
         workload.scenario: scenario.yaml: actors: 'bob' has no file in actors/ (left: club, mayor); expected one file per \
         actor"
    );
    assert_eq!(
        wrong(&Folder(Default::default())),
        "workload.scenario: scenario.yaml: is missing; expected the scenario's own file"
    );
    let human = park().with("actors/anna.yaml", json!({ "name": "Anna", "control": "human", "llm_model": "m" }));
    assert!(wrong(&human).contains("actors/anna.yaml: control: is not ai; runs are unattended"), "{}", wrong(&human));
}

#[test]
fn every_model_is_a_factor_under_the_name_of_who_it_plays() {
    let folder = park()
        .with("actors/mayor.yaml", json!({ "name": "The mayor", "short_name": "city-mayor", "model": "big" }))
        .with(
            "metrics.yaml",
            json!({ "extraction_model": "judge", "metrics": [
            { "name": "mood", "extraction": { "type": "llm", "prompt": "?" } } ] }),
        );
    let workload = open(&folder);
    let models: Vec<(&str, &str)> = workload
        .manifest()
        .parameters
        .iter()
        .filter(|p| p.kind == ParameterKind::Model)
        .map(|p| (p.name.as_str(), p.default.as_ref().and_then(Value::as_str).unwrap_or_default()))
        .collect();
    let expected = [
        ("world_state_model", "m"),
        ("actor_model.anna", "m"),
        ("actor_model.club", "m"),
        ("actor_model.city_mayor", "big"),
        ("metrics_model", "judge"),
        ("validation_model", "m"),
    ];
    assert_eq!(models, expected);
}

#[test]
fn a_model_that_nothing_names_is_asked_for() {
    let workload = open(&park().without("world_state_model"));
    let (parameter, why) = workload.check(&condition(&workload, &[])).unwrap_err();
    assert_eq!(parameter.as_str(), "world_state_model");
    assert!(why.starts_with("is not set"), "{why}");
    let given = condition(&workload, &[("world_state_model", Value::text("m"))]);
    assert_eq!(workload.check(&given), Ok(()));
}

#[test]
fn keys_and_files_that_nothing_reads_are_listed() {
    let folder = park().set("turnz", json!(9)).with("old/metrics.yaml", json!({}));
    let manifest = open(&folder).manifest().clone();
    assert_eq!(manifest.number_tables[0].1.as_ref(), "old/metrics.yaml\nscenario.yaml: turnz");
    assert!(!manifest.files.iter().any(|file| file.contains("old")), "and are no part of a run's identity");
}

#[test]
fn the_whole_folder_is_part_of_a_runs_identity() {
    let folder = park()
        .with("background/soil.md", json!("The soil is poor."))
        .with("exogenous-events.yaml", json!({ "trends": [] }));
    let files: Vec<String> = open(&folder).manifest().files.iter().map(ToString::to_string).collect();
    let expected = [
        "park/actors/anna.yaml",
        "park/actors/club.yaml",
        "park/actors/mayor.yaml",
        "park/background/soil.md",
        "park/exogenous-events.yaml",
        "park/scenario.yaml",
    ];
    assert_eq!(files, expected);
}
