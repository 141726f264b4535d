//! Scramble campaigns through the real binary: the configurations that ship, the analyses, previews and exports.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use common::{Ergon, repository};
use serde_json::{Value, json};

fn config(name: &str) -> String {
    repository().join("configs").join(name).to_str().unwrap().to_owned()
}

fn detail<'a>(reply: &'a Value, of: &str) -> Vec<&'a Value> {
    reply["analyses"].as_array().unwrap().iter().map(|a| &a["detail"]).filter(|d| d["of"] == of).collect()
}

/// Accuracy that the planted models have by the item-response model, over the three difficulties of the mixed bank.
fn planted(dependency: f64, level: f64) -> f64 {
    let ability = (0.85_f64 / 0.15).ln();
    let p = |b: f64| 1.0 / (1.0 + (-(ability - dependency * level / 100.0 - b)).exp());
    [-1.0, 0.0, 1.0].iter().map(|b| p(*b)).sum::<f64>() / 3.0
}

#[test]
fn the_offline_study_runs_finds_what_was_planted_and_says_that_it_is_simulated() {
    let ergon = Ergon::new();
    let spec = config("language-dependency-quick.yaml");
    let ran = ergon.run(&["--json", "run", &spec]).done().json();
    // 2 models × 2 methods × 7 levels × 80 items, and 2 models × 80 paraphrases.
    assert_eq!((ran["succeeded"].as_u64(), ran["failed"].as_u64()), (Some(2400), Some(0)), "{ran}");

    let reply = ergon.run(&["--json", "analyze", "language-dependency-quick"]).done().json();
    assert_eq!(reply["refusals"], json!([]), "{}", reply["refusals"]);
    let dependency = detail(&reply, "dependency");
    assert_eq!(dependency.len(), 2, "one asked as dependency, one as threshold");
    let curves = dependency[0]["curves"].as_array().unwrap();
    let of = |group: &str| curves.iter().find(|c| c["group"] == group).unwrap();
    for (group, planted_logits) in [("robust", 1.0), ("bound", 6.0)] {
        let levels = [17.0, 33.0, 50.0, 67.0, 83.0, 100.0];
        let mean = levels.iter().map(|l| planted(planted_logits, *l)).sum::<f64>() / 6.0;
        let truth = 1.0 - mean / planted(planted_logits, 0.0);
        let ci = &of(group)["coefficient_ci"];
        let (lo, hi) = (ci["lo"].as_f64().unwrap(), ci["hi"].as_f64().unwrap());
        // The bank's difficulties aren't exactly thirds: a third of the interval's width on either side for that.
        let slack = (hi - lo) / 3.0;
        assert!(lo - slack < truth && truth < hi + slack, "{group}: {truth} in {lo} to {hi}");
        assert_eq!(of(group)["points"].as_array().unwrap().len(), 7);
    }
    assert_eq!(of("bound")["label"], "extreme", "{}", of("bound"));
    assert!(of("bound")["threshold"].as_f64().unwrap() < 60.0 && of("bound")["lowest_below"].is_number());
    assert_eq!(detail(&reply, "contamination")[0]["rows"].as_array().unwrap().len(), 4, "2 models × 2 scrambles");
    let tested = detail(&reply, "ab_test")[0];
    assert_eq!((tested["items"].as_u64(), tested["control"].as_str()), (Some(80), Some("robust")));
    let of_metric = |a: &&Value| a["question"]["metric"] == "accuracy";
    assert!(reply["analyses"].as_array().unwrap().iter().filter(of_metric).all(|a| a["simulated_model"] == true));

    for kind in ["dependency", "threshold", "contamination", "ab_test"] {
        let table = ergon.run(&["table", "language-dependency-quick", kind, "--format", "md"]).done().out;
        assert!(table.contains('|') && table.to_lowercase().contains("simulated"), "{kind}:\n{table}");
        let figure = ergon.run(&["figure", "language-dependency-quick", kind]).done().out;
        assert!(figure.starts_with("<svg") || figure.contains("<svg"), "{kind}: {}", &figure[..figure.len().min(200)]);
    }

    let folder = ergon.path("out");
    let exported = ergon.run(&["--json", "export", "--layout", "scramblebench", "-o", "out"]).done().json();
    assert_eq!((exported["runs"].as_u64(), &exported["left_out"]), (Some(2400), &serde_json::json!([])));
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let all: Value = serde_json::from_str(&read("all_results.json")).unwrap();
    assert_eq!(all.as_array().unwrap().len(), 2400);
    assert!(all[0]["id"].is_string() && all[0]["simulated"] == true && all[0]["level"].is_number(), "{}", all[0]);
    let summary: Value = serde_json::from_str(&read("summary.json")).unwrap();
    assert_eq!(summary["conditions"].as_array().unwrap().len(), 30);
    let log = read("substitutions.jsonl");
    assert_eq!(log.lines().count(), 2400);
    let one: Value =
        log.lines().map(|l| serde_json::from_str::<Value>(l).unwrap()).find(|l| l["levels"]["level"] == 50.0).unwrap();
    let (original, result) = (one["original"].as_str().unwrap(), one["result"].as_str().unwrap());
    let edits = one["edits"].as_array().unwrap();
    assert!(!edits.is_empty());
    for edit in edits {
        let at = |side: &str| {
            let ends: Vec<usize> =
                edit[side].as_array().unwrap().iter().map(|b| b.as_u64().unwrap() as usize).collect();
            ends[0]..ends[1]
        };
        assert_eq!(
            (&original[at("from")], &result[at("to")]),
            (edit["was"].as_str().unwrap(), edit["is"].as_str().unwrap())
        );
    }
    let csv = read("results.csv");
    assert_eq!(csv.lines().next().unwrap().split(',').count(), 2 + 3 + 11, "{}", csv.lines().next().unwrap());
}

#[test]
fn my_prompts_over_my_items_is_a_campaign_that_runs_as_it_ships() {
    let ergon = Ergon::new();
    let ran = ergon.run(&["--json", "run", &config("my-prompts/campaign.yaml")]).done().json();
    assert_eq!((ran["succeeded"].as_u64(), ran["failed"].as_u64()), (Some(24), Some(0)), "{ran}");
    let reply = ergon.run(&["--json", "analyze", "my-prompts"]).done().json();
    let tested = detail(&reply, "ab_test")[0];
    assert_eq!(tested["items"], 12);
    assert!(tested["decision"].as_str().unwrap().starts_with("continue"), "{tested}");
}

#[test]
fn the_study_with_real_models_is_valid_and_counts_what_it_says() {
    let ergon = Ergon::new();
    let valid = ergon.run(&["--json", "validate", &config("language-dependency.yaml")]).done().json();
    // 3 models × 4 methods × 7 levels and 3 paraphrases, 150 items each.
    assert_eq!((valid["conditions"].as_u64(), valid["runs"].as_u64()), (Some(87), Some(13_050)));
}

#[test]
fn the_same_spec_gives_the_same_bytes_at_any_parallelism() {
    let spec = "ergon: 1
campaign: { id: same, seed: 7 }
workload: { kind: scramble, benchmark: mixed, sample_size: 3, method: word_shuffle }
factors: { level: [0, 50, 100] }
models: { llm: { provider: simulated, skill: 0.6, language_dependency: 2, format_error_rate: 0.1 } }
phases: [ { name: all, replicates: 6 } ]
";
    let results = |parallel: &str| {
        let ergon = Ergon::new();
        ergon.write("spec.yaml", spec);
        ergon.run(&["run", "spec.yaml", "--parallel", parallel]).done();
        ergon.run(&["results", "same"]).done().out
    };
    assert_eq!(results("1"), results("8"));
}

#[test]
fn a_preview_shows_the_text_what_changed_and_what_undoes_it() {
    let ergon = Ergon::new();
    let args = ["--json", "scramble", "Two cats sleep on 3 mats.", "--method", "constructed_language", "--level", "50"];
    let reply = ergon.run(&args).done().json();
    assert_eq!((reply["eligible"].as_u64(), reply["transformed"].as_u64()), (Some(5), Some(3)), "3 of 5: 50 % is 2.5");
    assert_eq!(reply["is_invertible"], true);
    let joined: String = reply["stretches"].as_array().unwrap().iter().map(|s| s["text"].as_str().unwrap()).collect();
    assert_eq!(joined, reply["text"].as_str().unwrap());
    let again: String = reply["stretches"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| s["original"].as_str().unwrap_or_else(|| s["text"].as_str().unwrap()))
        .collect();
    assert_eq!(again, "Two cats sleep on 3 mats.");
    assert_eq!(ergon.run(&args).done().json(), reply, "another process scrambles alike");
}

#[test]
fn a_dataset_is_shown_as_it_would_be_read_and_bad_ones_say_where() {
    let ergon = Ergon::new();
    ergon.write("good.csv", "q,gold\nOne?,1\nTwo?,2\n");
    let args = ["--json", "dataset", "good.csv", "--field", "question=q", "--field", "answer=gold"];
    let reply = ergon.run(&args).done().json();
    assert_eq!((reply["count"].as_u64(), reply["items"][1]["answer"].as_str()), (Some(2), Some("2")));

    ergon.write("bad.jsonl", "{\"question\": \"a\", \"answer\": \"1\"}\n{\"question\": \"b\"}\n");
    let bad = ergon.run(&["--json", "dataset", "bad.jsonl"]);
    assert_eq!(bad.code, 2);
    assert!(bad.out.contains("bad.jsonl: line 2: has no field 'answer'"), "{}", bad.out);

    let spec = "ergon: 1
campaign: { id: bad }
workload: { kind: scramble, benchmark: { file: bad.jsonl } }
models: { llm: { provider: simulated } }
";
    ergon.write("spec.yaml", spec);
    let refused = ergon.run(&["run", "spec.yaml"]);
    assert_eq!(refused.code, 2, "{}", refused.err);
    assert!(refused.err.contains("bad.jsonl: line 2: has no field 'answer'"), "{}", refused.err);
}

#[test]
fn every_configuration_of_scramblebench_is_imported() {
    let ergon = Ergon::new();
    let folder = repository().join("crates/design/tests/data/scramblebench-legacy");
    for name in ["guide_experiment", "default", "development", "smoke", "translation_benchmark"] {
        let file = folder.join(format!("{name}.yaml"));
        let reply = ergon.run(&["--json", "import", "--dry-run", file.to_str().unwrap()]).done().json();
        assert_eq!(reply["problems"], json!([]), "{name}");
        assert_eq!(reply["files"][0]["kind"], "scramblebench");
    }
}

fn of_file(ergon: &Ergon, replicates: u32, lines: &str) -> String {
    ergon.write("items.jsonl", lines);
    let spec = format!(
        "ergon: 1\ncampaign: {{ id: mine, seed: 1 }}\nworkload: {{ kind: scramble, benchmark: {{ file: items.jsonl }} }}\n\
         models: {{ a: {{ provider: simulated, skill: 0.9 }}, b: {{ provider: simulated, skill: 0.2 }} }}\nfactors: {{ \
         model: [a, b] }}\nphases: [{{ name: all, replicates: {replicates} }}]\nanalysis: {{ questions: [{{ metric: \
         accuracy, by: [model], as: ab_test }}] }}\n"
    );
    ergon.write("mine.yaml", spec).to_str().unwrap().to_owned()
}

const TWELVE: &str = "{\"question\": \"a\", \"answer\": 1, \"difficulty\": \"insane\"}\n{\"question\": \"b\", \"answer\": \
                      2}\n{\"question\": \"c\", \"answer\": 3}\n{\"question\": \"d\", \"answer\": 4}\n{\"question\": \
                      \"e\", \"answer\": 5}\n{\"question\": \"f\", \"answer\": 6}\n{\"question\": \"g\", \"answer\": \
                      7}\n{\"question\": \"h\", \"answer\": 8}\n{\"question\": \"i\", \"answer\": 9}\n{\"question\": \
                      \"j\", \"answer\": 10}\n{\"question\": \"k\", \"answer\": 11}\n{\"question\": \"l\", \"answer\": 12}\n";

#[test]
fn items_that_are_never_asked_or_asked_again_are_said_before_the_run_and_counted_once_after_it() {
    let ergon = Ergon::new();
    let warnings = |replicates: u32| {
        let spec = of_file(&ergon, replicates, TWELVE);
        ergon.run(&["--json", "validate", &spec]).done().json()["warnings"].to_string()
    };
    assert!(
        warnings(5)
            .contains("5 replicates ask 5 of the file's 12 items, the other 7 are never asked. 12 replicates ask all")
    );
    assert!(!warnings(12).contains("items, "), "every item once needs no word");
    assert!(warnings(12).contains("the difficulty of 1 item is left out: 'insane' (1)"));
    assert!(warnings(60).contains("60 replicates ask 60 items, but there are 12: items come again"));

    let ran = ergon.run(&["--json", "run", "mine.yaml"]).done().json();
    assert!(ran["warnings"].to_string().contains("but there are 12"), "{}", ran["warnings"]);
    let reply = ergon.run(&["--json", "analyze", "mine"]).done().json();
    let tested = detail(&reply, "ab_test")[0];
    assert_eq!(tested["items"], 12, "{reply}");
    let dropped: Vec<String> = reply["analyses"].as_array().unwrap().iter().map(|a| a["dropped"].to_string()).collect();
    assert!(dropped.iter().any(|d| d.contains("ask an item again")), "{dropped:?}");
}

#[test]
fn validate_refuses_the_datasets_that_run_refuses() {
    let ergon = Ergon::new();
    let spec = of_file(&ergon, 3, "{\"question\": \"a\", \"answer\": 1}\nno JSON\n");
    for command in ["validate", "run"] {
        let refused = ergon.run(&[command, &spec]);
        assert_eq!(refused.code, 2, "{command}: {}", refused.out);
        assert!(refused.err.contains("items.jsonl: line 2: is no JSON object"), "{command}: {}", refused.err);
    }
}

#[test]
fn a_paraphrase_is_said_to_need_a_model() {
    let refused = Ergon::new().run(&["scramble", "some text", "--method", "paraphrase"]);
    assert!(refused.code == 2 && refused.err.contains("a paraphrase is written by a model"), "{}", refused.err);
}
