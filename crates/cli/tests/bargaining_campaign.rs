//! Strong against weak, from a spec to tables, figures and the study's own folders.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use common::{Ergon, repository};
use serde_json::{Value, json};

const SCRIPTED: &str = "ergon: 1
campaign: { id: scripts, seed: 7 }
workload: { kind: negotiation, weak_agent: boulware, strong_agent: boulware, weak_skill: 0.0 }
factors:
  strong_skill: [0.0, 1.0]
  competition_level: [0.2, 0.8]
  order: [weak_first, strong_first]
phases: [ { name: games, replicates: 40 } ]
analysis:
  questions:
    - { metric: exploitation_gap, by: [strong_skill] }
    - { metric: efficiency, by: [competition_level], as: efficiency }
";

const MODELS: &str = "ergon: 1
campaign: { id: games, seed: 7 }
workload: { kind: negotiation, weak_agent: model, strong_agent: model, discussion_turns: 1, max_rounds: 6 }
models:
  small: { provider: simulated, skill: 0.1, format_error_rate: 0.05 }
  tiny: { provider: simulated, skill: 0.05 }
  large: { provider: simulated, skill: 0.95 }
factors:
  weak_model: [small, tiny]
  strong_model: [large, small]
  competition_level: [0.3, 0.9]
  order: [weak_first, strong_first]
phases: [ { name: games, replicates: 6 } ]
analysis:
  questions:
    - { metric: exploitation_gap, by: [weak_model, strong_model, competition_level], as: exploitation }
    - { metric: efficiency, by: [competition_level], as: efficiency }
";

fn ran(spec: &str) -> Ergon {
    let ergon = Ergon::new();
    let file = ergon.write("spec.yaml", spec);
    ergon.run(&["--quiet", "run", file.to_str().unwrap()]).done();
    ergon
}

fn groups(analysis: &Value) -> &Vec<Value> {
    analysis["detail"]["groups"].as_array().unwrap_or_else(|| panic!("no groups in {analysis}"))
}

#[test]
fn scripted_games_run_offline_and_planted_skill_is_what_the_analysis_finds() {
    let ergon = ran(SCRIPTED);
    assert_eq!(ergon.number("SELECT count(*) FROM run WHERE state = 'succeeded'"), 320);
    let reply = ergon.run(&["--json", "analyze", "scripts"]).done().json();
    let analyses = reply["analyses"].as_array().unwrap();
    let contrast = analyses.iter().find(|a| a["kind"] == "contrast").unwrap();
    let gain = contrast["estimates"]["mean_difference"]["value"].as_f64().unwrap().abs();
    assert!(gain > 1.0 && contrast["p"].as_f64().unwrap() < 0.01, "{contrast}");
    let efficient = analyses.iter().find(|a| a["kind"] == "efficiency").unwrap();
    let mean = |at: usize| groups(efficient)[at]["measures"][0]["mean"].as_f64().unwrap();
    assert!((0.0..=100.0).contains(&mean(0)) && (0.0..=100.0).contains(&mean(1)), "{efficient}");
    assert_eq!(efficient["provenance"], "simulated");
}

#[test]
fn exploitation_is_tested_pair_by_pair_and_drawn_and_never_called_evidence_of_real_models() {
    let ergon = ran(MODELS);
    let reply = ergon.run(&["--json", "analyze", "games"]).done().json();
    let found = reply["analyses"].as_array().unwrap().iter().find(|a| a["kind"] == "exploitation").unwrap();
    assert_eq!(found["simulated_model"], true);
    let pair = |weak: &str, strong: &str| {
        let is_it = |g: &&Value| g["levels"] == json!([["weak_model", weak], ["strong_model", strong]]);
        groups(found).iter().find(is_it).unwrap_or_else(|| panic!("no {weak} against {strong}"))
    };
    let gap = |weak: &str, strong: &str| pair(weak, strong)["measures"][0]["mean"].as_f64().unwrap();
    // 48 games each: against a strong model, and against one as weak as oneself.
    let against = |strong: &str| 0.5 * (gap("small", strong) + gap("tiny", strong));
    assert!(against("large") > 5.0 && against("large") > against("small") + 5.0, "{found}");
    assert_eq!(pair("small", "large")["runs"], 24);
    assert!(pair("small", "large")["p_adjusted"].as_f64().unwrap() >= pair("small", "large")["p"].as_f64().unwrap());
    let companions: Vec<&str> =
        found["companions"].as_array().unwrap().iter().map(|c| c["procedure"].as_str().unwrap()).collect();
    assert!(companions.starts_with(&["order = weak_first only", "order = strong_first only"]), "{companions:?}");

    let table = ergon.run(&["table", "games", "exploitation", "--format", "md"]).done().out;
    for words in ["weak\\_model = small", "large", "Exploitation gap (points)", "Agreement"] {
        assert!(table.replace("weak_model", "weak\\_model").contains(words), "{words} is not in\n{table}");
    }
    let figure = ergon.run(&["figure", "games", "exploitation"]).done().out;
    assert!(figure.contains("<svg") && figure.contains("small, 0.3") && figure.contains("large"), "{figure}");
    assert!(ergon.run(&["figure", "games", "efficiency"]).done().out.contains("<svg"));
}

#[test]
fn the_studys_folders_are_written_and_hold_every_game() {
    let ergon = ran(MODELS);
    let folder = ergon.path("out");
    let reply = ergon.run(&["--json", "export", "games", "--layout", "bargain", "-o", "out"]).done().json();
    assert_eq!((reply["runs"].as_u64(), reply["left_out"].as_array().unwrap().len()), (Some(96), 0), "{reply}");
    let read = |name: &str| -> Value { serde_json::from_slice(&std::fs::read(folder.join(name)).unwrap()).unwrap() };
    let all = read("all_results.json");
    assert_eq!(all.as_array().unwrap().len(), 96);
    for (number, result) in all.as_array().unwrap().iter().enumerate() {
        let config = read(&format!("configs/config_{number}.json"));
        assert_eq!(config["experiment_id"], number);
        let place = format!("{}/result_{number}.json", config["output_dir"].as_str().unwrap());
        let whole = read(&place);
        assert_eq!(whole["metrics"], result["metrics"]);
        assert_eq!(whole["simulated"], true);
        assert_eq!(whole["game"]["rounds"].as_array().unwrap().len() as f64, result["metrics"]["final_round"]);
        assert!(folder.join(format!("logs/completed_{number}.flag")).exists());
    }
    assert!(folder.join("small_vs_large/comp_0.3").is_dir());
    let summary = read("summary.json");
    assert_eq!((&summary["completed"], &summary["failed"], &summary["timed_out"]), (&json!(96), &json!(0), &json!(0)));
    assert_eq!(summary["by_model_pair"]["small_vs_large"]["exploitation_gap"]["n"], 24);
    assert_eq!(summary["by_competition_level"]["0.3"]["agreement"]["n"], 48);
    let rows = std::fs::read_to_string(folder.join("results.csv")).unwrap().lines().count();
    assert_eq!(rows, 97, "a heading and a row a game");
}

#[test]
fn a_layout_or_workload_that_does_not_fit_is_refused_with_what_is_accepted() {
    let ergon = ran(&common::seed_echo("echo", 2, 1));
    for (layout, words) in [
        ("bargain", "layout bargain is of campaigns of workload negotiation; echo runs command"),
        ("tableau", "'tableau' is no layout; expected one of"),
    ] {
        let refused = ergon.run(&["export", "echo", "--layout", layout, "-o", "out"]);
        assert_eq!(refused.code, 2);
        assert!(refused.err.contains(words), "{}", refused.err);
    }
}

#[test]
fn the_studys_campaign_is_300_conditions_in_both_orders() {
    let ergon = Ergon::new();
    for name in ["bargaining-300.yaml", "bargaining-quick.yaml"] {
        let spec = repository().join("configs").join(name);
        let plan = ergon.run(&["--json", "plan", spec.to_str().unwrap()]).done().out;
        let lines: Vec<Value> = plan.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let (runs, last) = lines.split_at(lines.len() - 1);
        assert_eq!(last[0]["runs"], 3_000, "{name}");
        let of = |run: &Value, name: &str| run["condition"][name].to_string();
        let mut games: std::collections::BTreeMap<[String; 3], Vec<String>> = std::collections::BTreeMap::new();
        for run in runs {
            let condition = [of(run, "weak_model"), of(run, "strong_model"), of(run, "competition_level")];
            games.entry(condition).or_default().push(of(run, "order"));
        }
        assert_eq!(games.len(), 300, "{name}");
        for orders in games.values() {
            let first = orders.iter().filter(|order| order.contains("weak_first")).count();
            assert_eq!((first, orders.len()), (5, 10), "{name}");
        }
    }
}

#[test]
fn the_offline_campaign_finds_what_was_planted() {
    let ergon = Ergon::new();
    let spec = repository().join("configs/bargaining-quick.yaml");
    // A tenth of it: the pairs of one weak model at two levels.
    let args = ["--quiet", "run", spec.to_str().unwrap(), "--where", "weak_model=gemini-1-5-pro"];
    ergon.run(&[&args[..], &["--where", "competition_level=0.3,0.8"]].concat()).done();
    assert_eq!(ergon.number("SELECT count(*) FROM run WHERE state = 'succeeded'"), 200);
    let rows = ergon.sql("SELECT avg(value), count(*) FROM metric_long WHERE metric = 'exploitation_gap'");
    assert_eq!(rows[0][1], 200, "a game without a deal is a game");
    assert!(rows[0][0].as_f64().unwrap() > 0.0, "{rows:?}");
}

#[test]
fn the_studys_configuration_comes_in_and_plans_as_it_stands() {
    let ergon = Ergon::new();
    let grid = "weak_models: [gpt-4o]\nstrong_models: [o3, o4-mini]\ncompetition_levels: [0.1, 0.9]\nnum_items: 5\n\
                max_rounds: 10\nnum_runs: 2\n";
    let file = ergon.write("grid.yaml", grid);
    let reply = ergon.run(&["--json", "import", file.to_str().unwrap()]).done().json();
    assert_eq!(reply["problems"], json!([]), "{reply}");
    assert_eq!(reply["files"][0]["kind"], "bargain");
    let plan = ergon.run(&["--json", "plan", "bargain-grid"]).done().json();
    assert_eq!(plan["runs"], 16, "2 pairs, 2 levels, 2 orders, 2 replicates");
    let said = reply["defaulted"].to_string();
    assert!(said.contains("factors.order") && said.contains("models.o3: openai, o3"), "{said}");
}

/// Runs where the shared data lie (`cargo xtask test` names them).
#[test]
fn the_shared_configuration_comes_in() {
    let Some(data) = std::env::var_os("ERGON_TEST_DATA") else { return };
    let file = std::path::Path::new(&data).join("legacy/bargain/config_42.json");
    let ergon = Ergon::new();
    let reply = ergon.run(&["--json", "import", file.to_str().unwrap()]).done().json();
    assert_eq!((&reply["problems"], &reply["files"][0]["campaign"]), (&json!([]), &json!("bargain-42")), "{reply}");
    let run = ergon.run(&["--json", "plan", "bargain-42"]).done().out;
    let run: Value = serde_json::from_str(run.lines().next().unwrap()).unwrap();
    assert_eq!(run["condition"]["competition_level"], 0.3);
    assert_eq!(run["condition"]["strong_model"], "claude-3-5-haiku");
}
