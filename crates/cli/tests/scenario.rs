//! Scenarios through the real binary: the published folders, batches, money, failures, resuming, branching.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use std::path::{Path, PathBuf};

use common::chat_server::{Answer, ChatServer, failed, said};
use common::{Ergon, Ran, repository};
use serde_json::{Value, json};

/// The published folders, where the shared data is.
fn published(name: &str) -> Option<PathBuf> {
    let data = std::env::var_os("ERGON_TEST_DATA").map(PathBuf::from);
    let data = data.unwrap_or_else(|| repository().join("../shared/data"));
    let folder = data.join("legacy/scenario-lab").join(name);
    let found = folder.exists().then_some(folder);
    if found.is_none() {
        println!("{name} is not here: nothing was checked");
    }
    found
}

fn copied(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copied(&entry.path(), &target)
        } else {
            std::fs::copy(entry.path(), target).map(drop).unwrap()
        }
    }
}

/// Two actors, two turns, a price, and a rule for success.
fn with_park(ergon: &Ergon, models: &str, more: &str) {
    std::fs::create_dir_all(ergon.path("park/actors")).unwrap();
    ergon.write(
        "park/scenario.yaml",
        "name: Park\ninitial_world_state: An empty lot.\nturns: 2\nturn_duration: 1 week\nworld_state_model: m\n\
         actors: [anna, club]\n",
    );
    for id in ["anna", "club"] {
        let actor = format!("name: {id}\nshort_name: {id}\nllm_model: m\ngoals: [\"the goal of {id}\"]\n");
        ergon.write(&format!("park/actors/{id}.yaml"), actor);
    }
    ergon.write(
        "spec.yaml",
        format!(
            "ergon: 1\ncampaign: {{ id: parks, seed: 5 }}\nworkload: {{ kind: scenario, scenario: park, success: \
             cooperation_share >= 0.5 }}\nmodels: {{ {models} }}\nphases: [ {{ name: all, replicates: 2 }} ]\n{more}"
        ),
    );
}

#[test]
fn the_published_folders_run_as_they_are() {
    for (name, turns, metrics) in [("example-minimal-template", 5, 0), ("example-full-featured", 10, 7)] {
        let Some(folder) = published(name) else { return };
        let ergon = Ergon::new();
        copied(&folder, &ergon.path("scenario"));
        let models: Vec<String> = [
            "openai/gpt-4o-mini",
            "anthropic/claude-3-5-sonnet-20241022",
            "anthropic/claude-3-5-haiku-20241022",
            "openai/gpt-4o",
        ]
        .map(|model| format!("'{model}': {{ provider: simulated, skill: 0.2 }}"))
        .into();
        ergon.write(
            "spec.yaml",
            format!(
                "ergon: 1\ncampaign: {{ id: published, seed: 5 }}\nworkload: {{ kind: scenario, scenario: scenario }}\n\
                 models: {{ {} }}\nphases: [ {{ name: all, replicates: 3 }} ]\n",
                models.join(", ")
            ),
        );
        let reply = ergon.run(&["--json", "run", "spec.yaml"]).done().json();
        assert_eq!((reply["succeeded"].as_u64(), reply["failed"].as_u64()), (Some(3), Some(0)), "{reply}");
        let of = |metric: &str| ergon.sql(&format!("SELECT DISTINCT value FROM metric_long WHERE metric = '{metric}'"));
        assert_eq!(of("turns"), [[json!(f64::from(turns))]], "{name}");
        let declared = ergon.number("SELECT count(*) FROM metric WHERE name LIKE '%\\_mean' ESCAPE '\\'");
        assert_eq!(declared, metrics, "{name}");
        let unread = ergon.run(&["--json", "sql", "SELECT manifest FROM revision"]).done().out;
        assert!(!unread.contains("scenario.yaml: features"), "every key of the published files is read: {unread}");
    }
}

#[test]
fn a_batch_is_imported_with_the_models_of_its_folder_and_every_key_accounted_for() {
    let Some(batch) = published("example-batch-config.yaml") else { return };
    let ergon = Ergon::new();
    // The folder that the published batch names is not published; these actors have the names that it varies.
    let folder = ergon.path("scenarios/test-regulation-negotiation");
    std::fs::create_dir_all(folder.join("actors")).unwrap();
    std::fs::create_dir_all(ergon.path("experiments")).unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).unwrap();
    write(
        "scenario.yaml",
        "name: N\ninitial_world_state: x\nturns: 2\nworld_state_model: openai/gpt-4o\nactors: [regulator, tech-company]\n",
    );
    for id in ["regulator", "tech-company"] {
        write(&format!("actors/{id}.yaml"), &format!("name: {id}\nshort_name: {id}\nllm_model: openai/gpt-4o-mini\n"));
    }
    std::fs::copy(batch, ergon.path("experiments/batch-config.yaml")).unwrap();
    let reply = ergon.run(&["--json", "import", "experiments/batch-config.yaml"]).done().json();
    assert_eq!(reply["problems"], json!([]), "{reply}");
    let spec: Value = serde_json::from_str(reply["files"][0]["spec"].as_str().unwrap()).unwrap();
    assert_eq!(spec["factors"]["actor_model.tech_company"], json!(["openai/gpt-4o-mini", "anthropic/claude-3-haiku"]));
    assert_eq!(spec["models"]["openai/gpt-4o"], json!({ "provider": "openrouter", "model": "openai/gpt-4o" }));
    assert_eq!((&spec["budget"]["usd"], &spec["budget"]["usd_per_run"]), (&json!(10.0), &json!(0.5)));
    let planned = ergon.run(&["--json", "plan", "model-comparison-regulation-negotiation"]).done();
    let runs = planned.out.lines().filter(|line| line.contains("\"run_id\"")).count();
    assert_eq!(runs, 20, "2 × 2 variations, five runs each");
    let mapped = reply["mapped"].to_string();
    for key in
        ["experiment_name", "max_parallel", "timeout_per_run", "budget_limit", "output_dir", "save_individual_runs"]
    {
        assert!(mapped.contains(key), "{key} in {mapped}");
    }
}

#[test]
fn the_samples_run_offline_and_find_the_planted_difference() {
    for (spec, runs) in [("model-comparison", 120), ("sensitivity", 60), ("robustness", 50)] {
        let ergon = Ergon::new();
        let path = repository().join(format!("configs/scenario-{spec}.yaml"));
        let reply = ergon.run(&["--json", "run", path.to_str().unwrap()]).done().json();
        assert_eq!((reply["succeeded"].as_u64(), reply["failed"].as_u64()), (Some(runs), Some(0)), "{reply}");
        let id = format!("scenario-{spec}");
        let answer = ergon.run(&["--json", "analyze", &id]).done().json();
        assert_eq!(answer["refusals"], json!([]), "{spec}");
        let analyses = answer["analyses"].as_array().unwrap();
        assert!(analyses.iter().all(|a| a["simulated_model"] == json!(true)), "{spec}: it says so");
        if spec == "model-comparison" {
            let verdict = answer["hypotheses"][0]["sentence"].as_str().unwrap();
            assert!(verdict.contains("simulated"), "{verdict}");
            let found = answer["hypotheses"][0]["analysis"]["p"].as_f64().unwrap();
            assert!(found < 0.01, "the skilled mayor's agreement lies higher: p = {found}");
            // Every variation carries the folder's events: the hearing of the third month is certain.
            let happened = |on: bool| {
                ergon.number(&format!(
                    "SELECT count(*) FROM metric_long WHERE metric = 'events_happened' AND value > 0 AND \
                     parameters LIKE '%\"exogenous_events\":{on}%'"
                ))
            };
            assert_eq!((happened(true), happened(false)), (60, 0));
            for kind in ["success_factors", "cost_efficiency"] {
                let table = ergon.run(&["table", &id, kind, "--format", "md"]).done().out;
                assert!(table.contains("skilled") && table.to_lowercase().contains("simulated"), "{table}");
                let figure = ergon.run(&["figure", &id, kind]).done().out;
                assert!(figure.starts_with("<svg") && figure.contains("skilled"), "{kind}");
            }
        }
    }
}

#[test]
fn results_of_simulated_models_are_the_same_bytes_at_any_parallelism() {
    let results = |parallel: &str| {
        let ergon = Ergon::new();
        let path = repository().join("configs/scenario-sensitivity.yaml");
        ergon.run(&["run", path.to_str().unwrap(), "--parallel", parallel]).done();
        ergon.run(&["results", "scenario-sensitivity"]).done().out
    };
    assert_eq!(results("1"), results("4"));
}

#[test]
fn a_batch_is_exported_as_the_originals_folder() {
    let ergon = Ergon::new();
    with_park(&ergon, "m: { provider: simulated, usd_per_mtok_in: 1 }", "");
    ergon.run(&["run", "spec.yaml"]).done();
    let refused = ergon.run(&["export", "parks", "--layout", "bargain", "-o", "out"]);
    assert!(
        refused.code == 2 && refused.err.contains("of workload negotiation; parks runs scenario"),
        "{}",
        refused.err
    );
    ergon.run(&["export", "parks", "--layout", "scenario-lab", "-o", "out"]).done();
    let read =
        |name: &str| std::fs::read_to_string(ergon.path("out").join(name)).unwrap_or_else(|e| panic!("{name}: {e}"));
    for name in [
        "batch-config.yaml",
        "batch-state.json",
        "analysis/metrics-analysis.json",
        "analysis/variation-statistics.json",
        "analysis/patterns.json",
        "runs/var-001-run-001/world-state-002.md",
        "runs/var-001-run-002/actor-anna.md",
        "runs/var-001-run-002/costs.json",
        "runs/var-001-run-002/metrics.json",
        "runs/var-001-run-002/scenario.log",
        "runs/var-001-run-002/scenario-state.json",
    ] {
        assert!(!read(name).is_empty(), "{name}");
    }
    let summary: Value = serde_json::from_str(&read("batch-summary.json")).unwrap();
    assert_eq!((&summary["status"], &summary["runs_completed"]), (&json!("completed"), &json!(2)), "{summary}");
    let costs: Value = serde_json::from_str(&read("batch-costs.json")).unwrap();
    let runs: f64 = costs["runs"].as_object().unwrap().values().map(|v| v.as_f64().unwrap()).sum();
    assert!((runs - costs["total_cost_usd"].as_f64().unwrap()).abs() < 1e-12 && runs > 0.0, "{costs}");
    assert!(read("analysis/analysis-report.md").starts_with("# "), "a report for people");
    // What was written can be run again.
    let again = ergon.run(&["--json", "import", "out/batch-config.yaml", "--dry-run", "--id", "again"]).json();
    assert_eq!((&again["problems"], &again["files"][0]["kind"]), (&json!([]), &json!("scenario-batch")), "{again}");
}

#[test]
fn what_failed_runs_spent_is_in_the_exported_batch() {
    // The second run's decisions are all unreadable.
    let server = ChatServer::start(|n, body| if n < 6 { usual(n, body) } else { said("no", 100, 10) });
    let ergon = Ergon::new();
    with_park(&ergon, &remote(server.port), "execution: { retries: 0, parallel: 1 }\n");
    let ran = with_key(&ergon, &["--json", "run", "spec.yaml"]).json();
    assert_eq!((ran["succeeded"].as_u64(), ran["failed"].as_u64()), (Some(1), Some(1)), "{ran}");
    ergon.run(&["export", "parks", "--layout", "scenario-lab", "-o", "out"]).done();
    let read = |name: &str| -> Value {
        serde_json::from_str(&std::fs::read_to_string(ergon.path("out").join(name)).unwrap()).unwrap()
    };
    let (summary, costs) = (read("batch-summary.json"), read("batch-costs.json"));
    let recorded = ergon.sql("SELECT sum(cost_usd), sum(charged_usd) FROM model_call")[0].clone();
    for (name, expected) in [("total_cost_usd", &recorded[0]), ("charged_usd", &recorded[1])] {
        for file in [&summary, &costs] {
            assert!((file[name].as_f64().unwrap() - expected.as_f64().unwrap()).abs() < 1e-12, "{name}: {file}");
        }
    }
    assert_eq!((&summary["failed_runs"][0]["class"], &summary["variations"]), (&json!("malformed_reply"), &json!(1)));
    let failed = summary["failed_runs"][0]["run"].as_str().unwrap();
    assert_eq!(read(&format!("runs/{failed}/failure.json"))["class"], "malformed_reply");
}

#[test]
fn results_can_be_read_after_the_folder_has_changed_or_is_gone() {
    let ergon = Ergon::new();
    with_park(&ergon, "m: { provider: simulated }", "");
    ergon.run(&["run", "spec.yaml"]).done();
    let before = ergon.run(&["results", "parks"]).done().out;
    ergon.write("park/metrics.yaml", "metrics: { mood: { type: float, pattern: 'mood (\\d+)' } }\n");
    assert_eq!(ergon.run(&["results", "parks"]).done().out, before);
    std::fs::remove_dir_all(ergon.path("park")).unwrap();
    assert_eq!(ergon.run(&["results", "parks"]).done().out, before);
    let again = ergon.run(&["run", "parks"]);
    assert_eq!(again.code, 2, "{}", again.err);
    assert!(again.err.contains("is no folder"), "{}", again.err);
}

#[test]
fn a_run_is_read_turn_by_turn_and_branched_at_one() {
    let ergon = Ergon::new();
    with_park(&ergon, "m: { provider: simulated }", "");
    ergon.run(&["run", "spec.yaml"]).done();
    let run = ergon.sql("SELECT lower(hex(key)) FROM run LIMIT 1")[0][0].as_str().unwrap().to_owned();
    let story = ergon.run(&["--json", "scenario", "parks", &run]).done().json();
    assert_eq!((story["turns"].as_array().unwrap().len(), &story["simulated"]), (2, &json!(true)), "{story}");
    let branched = ergon.run(&["--json", "scenario", "parks", &run, "--branch", "1", "--id", "fork"]).done().json();
    assert_eq!(branched["campaign"], "fork");
    ergon.run(&["run", "fork"]).done();
    let fork =
        ergon.sql("SELECT lower(hex(r.key)) FROM run r JOIN campaign c ON c.id = r.campaign_id WHERE c.slug = 'fork'");
    let other = ergon.run(&["--json", "scenario", "fork", fork[0][0].as_str().unwrap()]).done().json();
    assert_eq!(other["turns"][0], story["turns"][0], "what was played stays as it was");
    assert_eq!((other["branched_after"].as_u64(), other["turns"].as_array().unwrap().len()), (Some(1), 2));
    let beyond = ergon.run(&["scenario", "parks", &run, "--branch", "7"]);
    assert_eq!(beyond.code, 2);
    assert!(beyond.err.contains("expected one of 0 to 2"), "{}", beyond.err);
}

#[test]
fn a_folder_that_is_wrong_is_refused_with_file_and_field_before_anything_runs() {
    let ergon = Ergon::new();
    with_park(&ergon, "m: { provider: simulated }", "");
    ergon.write("park/exogenous-events.yaml", "random_events:\n  - { name: a, probability: 7, effect: x }\n");
    let said = ergon.run(&["validate", "spec.yaml"]);
    assert_eq!(said.code, 2);
    let expected = "exogenous-events.yaml: random_events[0].probability: is 7; expected a number from 0 to 1";
    assert!(said.err.contains(expected), "{}", said.err);
    ergon.write("park/exogenous-events.yaml", "random_events: [\n");
    let broken = ergon.run(&["validate", "spec.yaml"]);
    assert!(broken.code == 2 && broken.err.contains("park/exogenous-events.yaml"), "{}", broken.err);
    std::fs::remove_file(ergon.path("park/exogenous-events.yaml")).unwrap();
    ergon.write("park/actors/anna.yaml", "name: Anna\nshort_name: ../anna\nllm_model: m\n");
    let path = ergon.run(&["validate", "spec.yaml"]);
    assert!(path.err.contains("expected letters, digits, - and _"), "{}", path.err);
    let missing = ergon.run(&["validate", "spec.yaml", "--set", "workload.scenario=nowhere"]);
    assert!(missing.code == 2 && missing.err.contains("workload.scenario"), "{}", missing.err);
}

// Real models -----------------------------------------------------------------------------------------------------------

fn usual(n: usize, body: &str) -> Answer {
    let words = if body.contains("stance") {
        json!({ "decision": format!("decision {n}"), "stance": "cooperate" }).to_string()
    } else {
        format!("The world, told for the {n}th time.")
    };
    said(&words, 100 + n, 10)
}

fn remote(port: u16) -> String {
    format!(
        "m: {{ provider: openai, model: m-1, base_url: 'http://127.0.0.1:{port}', key_env: LAB_KEY, retries: 0, \
         usd_per_mtok_in: 10, usd_per_mtok_out: 30, max_tokens: 64 }}"
    )
}

fn with_key(ergon: &Ergon, args: &[&str]) -> Ran {
    ergon.command(args).env("LAB_KEY", "sk-x").output().unwrap().into()
}

#[test]
fn costs_add_up_to_the_recorded_calls_to_the_cent_and_replicates_share_no_answer() {
    let server = ChatServer::start(usual);
    let ergon = Ergon::new();
    with_park(&ergon, &remote(server.port), "");
    with_key(&ergon, &["run", "spec.yaml"]).done();
    // Two turns of two decisions and a world, twice.
    assert_eq!(server.count(), 12, "every replicate asks for itself");
    let measured = ergon.sql("SELECT sum(value) FROM metric_long WHERE metric = 'cost_usd'")[0][0].as_f64().unwrap();
    let recorded = ergon.sql("SELECT sum(cost_usd) FROM model_call")[0][0].as_f64().unwrap();
    assert!(recorded > 0.01, "{recorded}");
    assert!((measured - recorded).abs() < 1e-9, "{measured} and {recorded}");
    let answers = ergon.number("SELECT count(DISTINCT reply) FROM model_call");
    assert_eq!(answers, 12, "no reply is used twice");
    let sources = ergon.sql("SELECT DISTINCT provenance FROM metric_long WHERE metric = 'cooperation_share'");
    assert_eq!(sources, [[json!("measured")]]);
}

#[test]
fn an_outage_a_malformed_reply_and_a_timeout_fail_as_what_they_are_and_a_batch_without_a_result_says_so() {
    type Answering = fn(usize, &str) -> Answer;
    let cases: [(Answering, &str, &str); 3] = [
        (|_, _| failed(503, "down"), "model_unavailable", "execution: { retries: 0 }\n"),
        (|_, _| said("I would rather not say.", 100, 10), "malformed_reply", "execution: { retries: 0 }\n"),
        (
            |n, body| {
                std::thread::sleep(std::time::Duration::from_secs(5));
                usual(n, body)
            },
            "timeout",
            "execution: { retries: 0, timeout: 1 }\n",
        ),
    ];
    for (answer, class, more) in cases {
        let server = ChatServer::start(answer);
        let ergon = Ergon::new();
        with_park(&ergon, &remote(server.port), more);
        let ran = with_key(&ergon, &["--json", "run", "spec.yaml"]);
        assert_eq!(ran.code, 3, "{class}: {}", ran.err);
        let reply = ran.json();
        assert_eq!((reply["succeeded"].as_u64(), reply["failed"].as_u64()), (Some(0), Some(2)), "{reply}");
        let classes = ergon.sql("SELECT DISTINCT failure_class FROM attempt");
        assert_eq!(classes, [[json!(class)]]);
        ergon.run(&["export", "parks", "--layout", "scenario-lab", "-o", "out"]).done();
        let summary = std::fs::read_to_string(ergon.path("out/batch-summary.json")).unwrap();
        assert!(summary.contains("all runs failed"), "{summary}");
    }
}

#[test]
fn an_attempt_goes_on_where_the_one_before_it_was_cut_off_and_pays_for_nothing_twice() {
    // The seventh request finds nobody: the first run's second turn has begun.
    let server = ChatServer::start(|n, body| if n == 4 { failed(503, "down") } else { usual(n, body) });
    let ergon = Ergon::new();
    with_park(&ergon, &remote(server.port), "execution: { retries: 0, parallel: 1 }\n");
    let first = with_key(&ergon, &["--json", "run", "spec.yaml", "--limit", "1"]);
    assert_eq!(first.code, 3, "{}", first.err);
    let sent = server.count();
    assert!((5..=6).contains(&sent), "{sent}");
    with_key(&ergon, &["run", "spec.yaml", "--limit", "1", "--retry-failed"]).done();
    let again = server.count() - sent;
    assert!((1..=2).contains(&again), "only what had no answer is asked again: {again}");
    let measured = ergon.sql("SELECT value FROM metric_long WHERE metric = 'cost_usd'")[0][0].as_f64().unwrap();
    let recorded = ergon.sql("SELECT sum(cost_usd) FROM model_call")[0][0].as_f64().unwrap();
    assert!((measured - recorded).abs() < 1e-9, "{measured} and {recorded}");
}

#[test]
fn a_budget_of_a_run_fails_the_run_and_one_of_the_batch_stops_it() {
    // Each call comes near its worst case, so that what a run has spent, and not what it holds back, ends it.
    let dear = ChatServer::start(|n, body| {
        let (status, mut reply) = usual(n, body);
        reply["usage"] = json!({ "prompt_tokens": body.len() * 3 / 4, "completion_tokens": 64 });
        (status, reply)
    });
    let ergon = Ergon::new();
    with_park(&ergon, &remote(dear.port), "budget: { usd_per_run: 0.03 }\nexecution: { retries: 0 }\n");
    let ran = with_key(&ergon, &["--json", "run", "spec.yaml"]);
    assert_eq!(ran.code, 3, "{}", ran.err);
    assert_eq!(ergon.sql("SELECT DISTINCT failure_class FROM attempt"), [[json!("budget")]]);
    let by_run = ergon.sql("SELECT sum(charged_usd) FROM model_call GROUP BY run_key");
    assert!(by_run.iter().all(|row| row[0].as_f64().is_some_and(|usd| usd > 0.0 && usd <= 0.03)), "{by_run:?}");

    let (server, batch) = (ChatServer::start(usual), Ergon::new());
    with_park(&batch, &remote(server.port), "budget: { usd: 0.02 }\n");
    let stopped = with_key(&batch, &["--json", "run", "spec.yaml"]);
    assert_eq!((stopped.code, stopped.json()["stopped"].as_str()), (4, Some("budget")), "{}", stopped.err);
    let spent = batch.sql("SELECT sum(charged_usd) FROM model_call")[0][0].as_f64().unwrap_or(0.0);
    assert!(spent <= 0.02, "{spent}");
}
