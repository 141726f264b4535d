//! The guide's campaign as it ships, and all results that the original left of it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use common::{Ergon, repository};
use serde_json::json;

#[test]
fn the_guides_campaign_has_624_conditions_and_2592_runs() {
    let ergon = Ergon::new();
    let spec = repository().join("configs/consensus-2025.yaml");
    let valid = ergon.run(&["--json", "validate", spec.to_str().unwrap()]).done().json();
    assert_eq!((valid["conditions"].as_u64(), valid["runs"].as_u64()), (Some(624), Some(2592)));
    let phases: Vec<_> =
        valid["phases"].as_array().unwrap().iter().map(|p| (p["conditions"].as_u64(), p["runs"].as_u64())).collect();
    let expected = [(120, 600), (240, 720), (120, 600), (96, 192), (48, 480)];
    assert_eq!(phases, expected.map(|(conditions, runs)| (Some(conditions), Some(runs))));
}

/// Runs where the shared data lie (`cargo xtask test` names them); twelve of the files are in `import.rs` everywhere.
#[test]
fn all_forty_results_of_the_original_come_in_and_what_never_varied_in_them_is_named() {
    let Some(data) = std::env::var_os("ERGON_TEST_DATA") else { return };
    let folder = std::path::Path::new(&data).join("legacy/consensus/results");
    let mut files: Vec<String> =
        std::fs::read_dir(folder).unwrap().map(|f| f.unwrap().path().to_str().unwrap().to_owned()).collect();
    files.sort();
    assert_eq!(files.len(), 40);
    let ergon = Ergon::new();
    let mut args = vec!["--json", "import"];
    args.extend(files.iter().map(String::as_str));
    ergon.run(&args).done();
    assert_eq!(ergon.number("SELECT count(*) FROM run WHERE state = 'succeeded'"), 40);

    let check = ergon.run(&["check", "consensus-legacy-results"]).done().out;
    for (metric, what) in [
        ("resource_utilization", "has the same value in all runs"),
        ("jobs_processed", "has the same value in all runs"),
        ("top_node_share", "has the same value in all runs"),
        ("fault_detection_rate", "has the same value in all runs"),
        ("recovery_time_avg_s", "no run has a value"),
        ("llm_success_rate", "no run has a value"),
        ("llm_response_time_avg_s", "no run has a value"),
    ] {
        let said = check.lines().any(|line| line.contains(&format!("warning: {metric}:")) && line.contains(what));
        assert!(said, "{metric} {what}:\n{check}");
    }

    // One condition in 35 was repeated: no factor stands alone, and no comparison is made up.
    let reply = ergon.run(&["--json", "analyze", "consensus-legacy-results"]).done().json();
    let kinds: Vec<_> = reply["analyses"].as_array().unwrap().iter().map(|a| a["kind"].clone()).collect();
    assert!(!kinds.is_empty() && kinds.iter().all(|kind| *kind == json!("descriptive")), "{kinds:?}");
    assert!(reply["refusals"].to_string().contains("agent_count alone"), "{}", reply["refusals"]);
}
