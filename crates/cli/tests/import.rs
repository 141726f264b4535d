//! Files of the consensus campaign that Ergon replaces come in with a word about every key; what is hostile is refused
//! by name and leaves the store as it was.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use std::path::PathBuf;

use common::{Ergon, repository};
use serde_json::{Value, json};

fn data(name: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../design/tests/data/consensus-legacy")).join(name)
}

fn files(folder: &str) -> Vec<String> {
    let mut all: Vec<_> = std::fs::read_dir(data(folder)).unwrap().map(|f| f.unwrap().path()).collect();
    all.sort();
    all.into_iter().map(|p| p.to_str().unwrap().to_owned()).collect()
}

fn import(ergon: &Ergon, files: &[String], more: &[&str]) -> Value {
    let mut args = vec!["--json", "import"];
    args.extend(files.iter().map(String::as_str));
    args.extend(more);
    ergon.run(&args).done().json()
}

fn lines(reply: &Value, part: &str) -> Vec<String> {
    reply[part].as_array().unwrap().iter().map(|l| l.as_str().unwrap().to_owned()).collect()
}

fn has(lines: &[String], expected: &str) {
    assert!(lines.iter().any(|l| l.starts_with(expected)), "no line begins with '{expected}':\n{}", lines.join("\n"));
}

#[test]
fn a_generated_experiment_keeps_its_settings_and_says_what_it_lost() {
    let ergon = Ergon::new();
    let file = data("phase_1_0147_02_config.yaml").to_str().unwrap().to_owned();
    let reply = import(&ergon, &[file], &[]);
    let plan = ergon.run(&["--json", "plan", "phase-1-0147-02"]).done();
    let run: Value = serde_json::from_str(plan.out.lines().next().unwrap()).unwrap();
    let condition = &run["condition"];
    assert_eq!(
        (condition["agent_count"].as_u64(), condition["fault_intensity"].as_str(), condition["fault_rate"].as_f64()),
        (Some(50), Some("chaos"), Some(0.2))
    );
    has(&lines(&reply, "defaulted"), "workload.fault_rate: 0.2 (the file has no fault rate)");
    has(&lines(&reply, "warnings"), "the original's generator drops the fault rate");
    has(&lines(&reply, "warnings"), "experiment_id: configuration 147 of phase_1, which has 120 in the guide");
    has(&lines(&reply, "ignored"), "output_dir: because ");
}

#[test]
fn results_are_kept_as_a_finished_campaign_of_simulated_numbers() {
    let ergon = Ergon::new();
    let reply = import(&ergon, &files("results"), &[]);
    assert_eq!(reply["files"].as_array().unwrap().len(), 12);
    let campaign = reply["files"][11]["campaign"].as_str().unwrap();
    assert_eq!(ergon.run(&["--json", "status", campaign]).done().json()["state"], "finished");
    // Of two files of configuration 6 and two of 8, three of 53: eight conditions; the numbers are those of the files.
    assert_eq!(ergon.number("SELECT count(*) FROM condition"), 8);
    assert_eq!(ergon.number("SELECT count(*) FROM run WHERE state = 'succeeded'"), 12);
    let measured = ergon.sql(
        "SELECT provenance, flags, value FROM metric_long WHERE metric = 'throughput_jobs_per_s' AND replicate = 3 \
         AND parameters LIKE '%\"bft\"%'",
    );
    assert_eq!(json!(measured), json!([["simulated", "imported", 54947.213973799124]]));
    assert_eq!(
        ergon.number("SELECT count(*) FROM metric_long WHERE provenance <> 'simulated' OR flags <> 'imported'"),
        0
    );
}

#[test]
fn a_zero_that_was_never_measured_is_missing() {
    let ergon = Ergon::new();
    let reply = import(&ergon, &files("results"), &[]);
    let kinds = |metric: &str| {
        json!(ergon.sql(&format!(
            "SELECT observation, reason, count(*) FROM metric_long WHERE metric = '{metric}' GROUP BY 1, 2 ORDER BY 1, 2"
        )))
    };
    assert_eq!(kinds("llm_success_rate"), json!([["undefined", "no model was asked; the file says 0", 12]]));
    assert_eq!(
        kinds("recovery_time_avg_s"),
        json!([
            ["unavailable", "no fault was detected, so no recovery was timed; the file says 0", 9],
            ["undefined", "there was no fault; the file says 0", 3],
        ])
    );
    assert_eq!(
        kinds("resource_utilization"),
        json!([["value", null, 12]]),
        "nothing shows that it isn't a measurement"
    );
    has(&lines(&reply, "warnings"), "recovery_time_avg: 0 is no measurement here");
}

#[test]
fn results_can_be_read_like_any_campaign() {
    let ergon = Ergon::new();
    import(&ergon, &files("results"), &[]);
    let check = ergon.run(&["check", "consensus-legacy-results"]).done().out;
    for expected in ["resource_utilization", "recovery_time_avg_s", "llm_success_rate", "fault_detection_rate"] {
        assert!(check.contains(expected), "{expected}:\n{check}");
    }
    let wide = ergon.run(&["results", "consensus-legacy-results", "--wide"]).done().out;
    assert_eq!(wide.lines().count(), 13, "{wide}");
    let asked = ["analyze", "consensus-legacy-results", "--metric", "success_rate", "--by", "fault_rate"];
    ergon.run(&asked).done();
    ergon.run(&["table", "consensus-legacy-results", "descriptive", "--metric", "throughput_jobs_per_s"]).done();
    let run = ergon.run(&["run", "consensus-legacy-results"]);
    assert!(
        run.out.contains("recorded elsewhere") || run.err.contains("recorded elsewhere") || run.code == 3,
        "{}",
        run.err
    );
}

#[test]
fn importing_again_changes_nothing_and_importing_more_continues() {
    let (together, apart) = (Ergon::new(), Ergon::new());
    import(&together, &files("results"), &[]);
    import(&together, &files("results"), &[]);
    let (first, second) = (files("results")[..5].to_vec(), files("results")[5..].to_vec());
    import(&apart, &first, &[]);
    import(&apart, &second, &[]);
    for ergon in [&together, &apart] {
        assert_eq!(ergon.number("SELECT count(*) FROM run"), 12);
        assert_eq!(ergon.number("SELECT count(*) FROM attempt"), 12);
        assert_eq!(ergon.number("SELECT count(*) FROM run WHERE in_plan = 0"), 0);
    }
    assert_eq!(together.number("SELECT count(*) FROM revision"), 1);
}

#[test]
fn hostile_files_are_refused_by_name_and_the_others_are_kept() {
    let good = std::fs::read_to_string(data("results/phase_1_0003_03_result.json")).unwrap();
    let twice = good.replacen("\"success_rate\"", "\"throughput\": 1, \"success_rate\"", 1);
    let long = good.replacen("phase_1_0003_03", &"x".repeat(10 << 20), 1);
    let cases: [(&str, &str, &str); 9] = [
        ("empty.json", "", "empty.json: the file is empty"),
        ("truncated.json", &good[..good.len() / 2], "not JSON"),
        ("twice.json", &twice, "throughput: this key is written twice"),
        ("long.json", &long, "a text of more than 1048576 bytes"),
        (
            "number.json",
            &good.replacen("\"throughput\": 5", "\"throughput\": \"5", 1).replacen("3799124,", "3799124\",", 1),
            "throughput: text is not accepted; expected a number",
        ),
        (
            "protocol.json",
            &good.replace("ConsensusProtocol.BYZANTINE_FAULT_TOLERANT", "PAXOS"),
            "config.consensus_protocol",
        ),
        (
            "time.json",
            &good.replace("2025-08-12 00:29:52.359318", "noon"),
            "start_time: 'noon' is not accepted; expected a time",
        ),
        ("id.json", &good.replace("phase_1_0003_03", "seven"), "experiment_id: 'seven' is not accepted"),
        ("list.yaml", "[1, 2]", "in no format that is known; expected one of ergon, consensus-campaign"),
    ];
    let ergon = Ergon::new();
    let mut args = vec![
        "--json".to_owned(),
        "import".to_owned(),
        data("results/phase_1_0003_03_result.json").to_str().unwrap().to_owned(),
    ];
    for (name, text, _) in &cases {
        args.push(ergon.write(name, text).to_str().unwrap().to_owned());
    }
    let ran = ergon.run(&args.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(ran.code, 2, "{}", ran.err);
    let reply = ran.json();
    for (i, (name, _, expected)) in cases.iter().enumerate() {
        let problems = reply["files"][i + 1]["problems"].to_string();
        assert!(problems.contains(expected), "{name}: {problems}");
    }
    assert_eq!(reply["files"][0]["problems"].as_array().unwrap().len(), 0);
    assert_eq!(ergon.number("SELECT count(*) FROM run"), 1, "the good one is kept");
}

#[test]
fn a_phase_design_becomes_a_campaign_and_a_dry_run_only_says_so() {
    let ergon = Ergon::new();
    let file = data("guide/01-phase-1-design.yaml").to_str().unwrap().to_owned();
    let reply = import(&ergon, std::slice::from_ref(&file), &["--dry-run"]);
    has(&lines(&reply, "mapped"), "phase_1_design.factorial_design → phases.0.design");
    assert!(reply["files"][0]["spec"].as_str().unwrap().contains("\"full_factorial\""));
    assert!(!ergon.store().exists(), "a dry run makes no store");
    ergon.run(&["import", &file]).done();
    assert_eq!(ergon.run(&["--json", "validate", "consensus-phase-1"]).done().json()["runs"], 600);
}

#[test]
fn wrong_usage_and_wrong_values_are_named() {
    let ergon = Ergon::new();
    let file = ergon.write("f.yaml", "campaign_id: x\ntotal_budget_hours: many\n");
    let ran = ergon.run(&["--json", "import", file.to_str().unwrap()]);
    assert_eq!(ran.code, 2);
    let problems = ran.json()["problems"].to_string();
    assert!(
        problems.contains("total_budget_hours: 'many' is not accepted; expected a number of at least 0"),
        "{problems}"
    );
    let ran = ergon.run(&["import", "--as", "spss", "x.sav"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("there is no importer for 'spss'") && ran.err.contains("consensus-result"), "{}", ran.err);
}

#[test]
fn two_files_that_name_no_campaign_are_two_campaigns() {
    let ergon = Ergon::new();
    let legacy = repository().join("crates/design/tests/data/scramblebench-legacy");
    let files = ["default.yaml", "development.yaml"].map(|name| legacy.join(name).to_str().unwrap().to_owned());
    let reply = import(&ergon, &files, &[]);
    assert_eq!(reply["problems"], json!([]), "{reply}");
    let made: Vec<&str> = reply["files"].as_array().unwrap().iter().map(|f| f["campaign"].as_str().unwrap()).collect();
    assert_eq!(made, ["scramblebench-default", "scramblebench-development"]);
    assert_eq!(ergon.number("SELECT count(*) FROM campaign"), 2);
}

#[test]
fn another_study_of_the_same_name_is_refused_until_it_has_a_name_or_a_reason() {
    let ergon = Ergon::new();
    let grid = |levels: &str| format!("weak_models: [a]\nstrong_models: [b]\ncompetition_levels: [{levels}]\n");
    let file = ergon.write("grid.yaml", grid("0.1, 0.9")).to_str().unwrap().to_owned();
    let plans = || ergon.number("SELECT count(*) FROM revision");
    import(&ergon, std::slice::from_ref(&file), &[]);
    import(&ergon, std::slice::from_ref(&file), &[]);
    assert_eq!(plans(), 1, "the same file again is the same campaign");

    ergon.write("grid.yaml", grid("0.2, 0.8, 1"));
    for more in [&["--dry-run"][..], &[]] {
        let refused = ergon.run(&[&["import", &file], more].concat());
        assert_eq!((refused.code, plans()), (2, 1), "{}", refused.out);
        let said =
            "a campaign 'bargain-grid' with another plan is there already. Give this one another name with --id NAME";
        assert!(refused.out.contains(said), "{}", refused.out);
    }
    let named = import(&ergon, std::slice::from_ref(&file), &["--id", "second"]);
    assert_eq!(named["files"][0]["campaign"], "second");
    let amended = import(&ergon, std::slice::from_ref(&file), &["--amend", "more levels"]);
    assert_eq!((&amended["files"][0]["campaign"], plans()), (&json!("bargain-grid"), 3));
    has(&lines(&amended, "warnings"), "it is the next revision of the campaign 'bargain-grid' in the store");
    let two = ergon.run(&["import", &file, &file, "--id", "third"]);
    assert!(two.code == 2 && two.err.contains("--id names one campaign; the files make 2"), "{}", two.err);
}

#[test]
fn a_folder_of_experiments_becomes_one_campaign() {
    let ergon = Ergon::new();
    let folder = ergon.path("study");
    std::fs::create_dir(&folder).unwrap();
    for (i, (weak, level)) in [("a", 0.1), ("a", 0.9), ("c", 0.1), ("c", 0.9)].iter().enumerate() {
        let config = json!({
            "experiment_id": i + 9, "weak_model": weak, "strong_model": "b", "competition_level": level,
            "num_items": 5, "random_seed": 42, "output_dir": format!("out/{i}")
        });
        std::fs::write(folder.join(format!("config_{}.json", i + 9)), config.to_string()).unwrap();
    }
    std::fs::write(folder.join("notes.txt"), "not a spec").unwrap();
    let reply = import(&ergon, &[folder.to_str().unwrap().to_owned()], &[]);
    assert_eq!(reply["problems"], json!([]), "{reply}");
    let made: Vec<&Value> = reply["files"].as_array().unwrap().iter().map(|f| &f["campaign"]).collect();
    assert_eq!(made, [&json!("bargain-study"); 4]);
    assert!(reply["files"][0]["file"].as_str().unwrap().ends_with("config_9.json"), "numbers in their order");
    assert_eq!(ergon.run(&["--json", "plan", "bargain-study"]).done().json()["runs"], 4);
}

#[test]
fn a_file_of_another_system_that_is_run_says_how_it_comes_in() {
    let ergon = Ergon::new();
    let legacy = repository().join("crates/design/tests/data/scramblebench-legacy/smoke.yaml");
    let refused = ergon.run(&["run", legacy.to_str().unwrap()]);
    assert!(refused.code == 2 && refused.err.contains("file of kind scramblebench: ergon import "), "{}", refused.err);
}
