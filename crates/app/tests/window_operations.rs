//! What the window calls, without a window: each test is a promise to the page.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use ergon_app::{App, AppOptions, FileQuestion, Host};
use serde_json::{Value, json};

const SPEC: &str = "ergon: 1\ncampaign: { id: study, title: A study, seed: 7 } # kept\nworkload: { kind: consensus, \
    simulation_time: 600 }\nfactors:\n  consensus_protocol: [bft, raft]\n  agent_count: [5, 7]\nphases:\n  - { name: main, design: \
    full_factorial, replicates: 3 }\n";

struct Fixture {
    /// Never dropped: its runtimes must not end inside of a test's own.
    app: &'static App,
    folder: tempfile::TempDir,
}

fn fixture() -> Fixture {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("library.ergon");
    let app = App::new(AppOptions { store: Some(store), ..AppOptions::default() }).unwrap();
    Fixture { app: Box::leak(Box::new(app)), folder }
}

impl Fixture {
    async fn ask(&self, name: &str, request: Value) -> Result<Value, Value> {
        let reply = self.app.invoke(name, request, Box::new(|_| {})).await;
        reply.map_err(|e| serde_json::to_value(e).unwrap())
    }

    /// Registers the study and runs it to its end in the background.
    async fn run(&self) {
        self.run_spec(SPEC).await;
    }

    /// The same with any spec of the id `study`.
    async fn run_spec(&self, text: &str) {
        self.ask("save_spec", json!({"text": text})).await.unwrap();
        self.ask("start", json!({"target": "study"})).await.unwrap();
        self.ask("follow", json!({"campaign": "study"})).await.unwrap();
    }
}

#[tokio::test]
async fn a_spec_under_edit_is_answered_with_counts_or_with_places_never_with_an_error() {
    let f = fixture();
    let right = f.ask("read_spec", json!({"text": SPEC})).await.unwrap();
    assert_eq!((&right["ok"], &right["conditions"], &right["runs"]), (&json!(true), &json!(4), &json!(12)));
    // bft ran with both sizes, 3 replicates each; on the diagonal a level's runs.
    let pairs = &right["phases"][0]["pairs"];
    let at = |level: &str| {
        pairs["levels"]
            .as_array()
            .unwrap()
            .iter()
            .position(|l| l[1] == *level)
            .unwrap_or_else(|| panic!("{level}: {pairs}"))
    };
    assert_eq!(pairs["runs"][at("bft")][at("5")], 3);
    assert_eq!(pairs["runs"][at("bft")][at("bft")], 6);
    assert_eq!(pairs["runs"][at("bft")][at("raft")], 0);

    let wrong = f.ask("read_spec", json!({"text": SPEC.replace("agent_count", "agent_cuont")})).await.unwrap();
    assert_eq!(wrong["ok"], false);
    let problem = &wrong["problems"][0];
    assert_eq!((&problem["line"], &problem["suggestion"]), (&json!(6), &json!("agent_count")), "{problem}");

    for broken in ["", "a: [", "ergon: 1\n", "\u{202E}", "ergon: 99"] {
        let reply = f.ask("read_spec", json!({"text": broken})).await.unwrap();
        assert_eq!(reply["ok"], false, "{broken:?}");
        assert!(!reply["problems"].as_array().unwrap().is_empty(), "{broken:?}");
    }
}

#[tokio::test]
async fn a_campaign_runs_in_the_background_and_is_followed_to_its_end() {
    let f = fixture();
    f.ask("save_spec", json!({"text": SPEC})).await.unwrap();
    f.ask("start", json!({"target": "study"})).await.unwrap();
    let updates = Arc::new(Mutex::new(Vec::new()));
    let kept = updates.clone();
    let sink = Box::new(move |update| kept.lock().unwrap().push(update));
    let reply = f.app.invoke("follow", json!({"campaign": "study", "subscription": "s"}), sink).await.unwrap();
    assert_eq!(reply, json!({"campaign": "study", "ended": true}));
    let updates = updates.lock().unwrap().clone();
    let last: &Value = updates.last().unwrap();
    assert_eq!((&last["state"], &last["outcome"]["kind"]), (&json!("finished"), &json!("ended")));
    assert_eq!(last["progress"]["succeeded"], 12);
    assert_eq!(f.ask("running", json!({})).await.unwrap(), json!({"campaigns": []}));
    assert_eq!(f.ask("halt", json!({"campaign": "study"})).await.unwrap_err()["code"], "not_running");
}

#[tokio::test]
async fn the_heat_map_counts_each_condition_and_means_its_metric() {
    let f = fixture();
    f.run().await;
    let grid = f.ask("grid", json!({"campaign": "study", "metric": "communication_overhead"})).await.unwrap();
    let cells = grid["phases"][0]["cells"].as_array().unwrap();
    assert_eq!(cells.len(), 4);
    for cell in cells {
        assert_eq!(
            (&cell["planned"], &cell["succeeded"], &cell["failed"]),
            (&json!(3), &json!(3), &json!(0)),
            "{cell}"
        );
        assert!(cell["mean"].is_number() && cell["display"].is_string(), "{cell}");
    }
    // The mean of a cell is that of the rows of the table.
    let cell = &cells[0];
    let filter: Vec<Value> = cell["levels"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, level)| json!({"column": name, "op": "contains", "value": level}))
        .collect();
    let metrics = ["communication_overhead"];
    let page = f.ask("runs", json!({"campaign": "study", "filter": filter, "metrics": metrics})).await.unwrap();
    let column = page["columns"].as_array().unwrap().iter().position(|c| c["id"] == metrics[0]).unwrap();
    let values: Vec<f64> =
        page["rows"].as_array().unwrap().iter().map(|row| row[column]["number"].as_f64().unwrap()).collect();
    assert_eq!(values.len(), 3);
    let mean = values.iter().sum::<f64>() / 3.0;
    assert!((mean - cell["mean"].as_f64().unwrap()).abs() <= 1e-12 * mean.abs());
    assert_eq!(f.ask("grid", json!({"campaign": "study", "metric": "nothing"})).await.unwrap_err()["field"], "metric");
}

#[tokio::test]
async fn pages_of_the_table_follow_on_sorted_and_filtered() {
    let f = fixture();
    f.run().await;
    let ask = |request: Value| {
        let mut request = request;
        request["campaign"] = json!("study");
        async { f.ask("runs", request).await.unwrap() }
    };
    let sort = json!([{"column": "communication_overhead", "descending": true}]);
    let whole = ask(json!({"sort": sort})).await;
    assert_eq!(whole["total"], 12);
    let (a, b) =
        (ask(json!({"sort": sort, "limit": 5})).await, ask(json!({"sort": sort, "offset": 5, "limit": 7})).await);
    let joined: Vec<&Value> = a["keys"].as_array().unwrap().iter().chain(b["keys"].as_array().unwrap()).collect();
    assert_eq!(joined, whole["keys"].as_array().unwrap().iter().collect::<Vec<_>>());
    let column = whole["columns"].as_array().unwrap().iter().position(|c| c["id"] == "communication_overhead").unwrap();
    let values: Vec<f64> =
        whole["rows"].as_array().unwrap().iter().map(|row| row[column]["number"].as_f64().unwrap()).collect();
    assert!(values.windows(2).all(|w| w[0] >= w[1]), "{values:?}");
    let few = ask(json!({"filter": [{"column": "agent_count", "op": "is", "value": 7}]})).await;
    assert_eq!(few["total"], 6);
    let none = ask(json!({"filter": [{"column": "state", "op": "is", "value": "failed"}]})).await;
    assert_eq!((&none["total"], &none["rows"]), (&json!(0), &json!([])));
    let wrong = f.ask("runs", json!({"campaign": "study", "sort": [{"column": "x"}]})).await.unwrap_err();
    assert!(wrong["message"].as_str().unwrap().contains("expected one of order, run, state"), "{wrong}");
}

#[tokio::test]
async fn a_run_that_is_left_out_is_out_of_analyses_with_its_reason_until_it_is_taken_in_again() {
    let f = fixture();
    f.run().await;
    let run = f.ask("runs", json!({"campaign": "study"})).await.unwrap()["keys"][0].clone();
    let runs_analysed = async || {
        let request = json!({"campaign": "study", "metric": "communication_overhead"});
        f.ask("analyze", request).await.unwrap()["analyses"][0]["n"].clone()
    };
    let all = runs_analysed().await.as_u64().unwrap();
    let exclude = |reason: &str| json!({"campaign": "study", "run": run, "reason": reason});
    assert_eq!(f.ask("exclude", exclude(" ")).await.unwrap_err()["field"], "reason");
    f.ask("exclude", exclude("a power cut")).await.unwrap();
    f.ask("note", json!({"campaign": "study", "run": run, "text": "the lights went out"})).await.unwrap();
    assert_eq!(runs_analysed().await, all - 1);
    let detail = f.ask("run_detail", json!({"campaign": "study", "run": run})).await.unwrap();
    assert_eq!(detail["excluded"]["reason"], "a power cut");
    assert_eq!(detail["notes"][0]["text"], "the lights went out");
    assert_eq!(detail["attempts"][0]["state"], "succeeded");
    assert!(!detail["measurements"].as_array().unwrap().is_empty());
    f.ask("include", json!({"campaign": "study", "run": run})).await.unwrap();
    assert_eq!(runs_analysed().await, all);
}

#[tokio::test]
async fn a_run_that_is_left_out_is_out_of_what_is_exported_too_and_that_is_said() {
    let scenario = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../configs/scenarios/river-park");
    let scenario = format!("kind: scenario, scenario: '{}'", scenario.display());
    let models = "pragmatist: { provider: simulated }, narrator: { provider: simulated }";
    for (layout, workload, models) in [
        ("bargain", "kind: negotiation, max_rounds: 2", ""),
        ("scramblebench", "kind: scramble", "llm: { provider: simulated }"),
        ("scenario-lab", scenario.as_str(), models),
    ] {
        let f = fixture();
        f.run_spec(&format!(
            "ergon: 1\ncampaign: {{ id: study, seed: 7 }}\nworkload: {{ {workload} }}\nmodels: {{ {models} }}\nphases: [ {{ name: \
             all, replicates: 3 }} ]\n"
        ))
        .await;
        let run = f.ask("runs", json!({"campaign": "study"})).await.unwrap()["keys"][0].clone();
        f.ask("exclude", json!({"campaign": "study", "run": run, "reason": "a power cut"})).await.unwrap();
        let folder = f.folder.path().join("out");
        let request = json!({"campaign": "study", "layout": layout, "output": folder});
        let reply = f.ask("export", request).await.unwrap();
        assert_eq!(reply["runs"], 2, "{layout}: {reply}");
        let said = reply["left_out"][0].as_str().unwrap();
        assert!(said.starts_with("1 runs excluded by") && said.ends_with("a power cut"), "{layout}: {said}");
        if layout == "scenario-lab" {
            let summary = std::fs::read_to_string(folder.join("batch-summary.json")).unwrap();
            let summary: Value = serde_json::from_str(&summary).unwrap();
            let counts = ["runs_completed", "runs_excluded", "runs_without_result"].map(|name| summary[name].as_u64());
            assert_eq!((counts, &summary["status"]), ([Some(2), Some(1), Some(0)], &json!("completed")), "{summary}");
        }
    }
}

#[tokio::test]
async fn what_a_window_keeps_of_a_campaign_never_outlives_a_change_whoever_makes_it() {
    let f = fixture();
    f.run().await;
    f.app.attach(Arc::new(Chooses(f.folder.path().join("nothing"))));
    let store = f.folder.path().join("library.ergon");
    let other = App::new(AppOptions { store: Some(store), ..AppOptions::default() }).unwrap();
    let elsewhere: &'static App = Box::leak(Box::new(other));
    let runs = f.ask("runs", json!({"campaign": "study"})).await.unwrap()["keys"].clone();
    let analysed = async |metric: &str| {
        let request = json!({"campaign": "study", "metric": metric, "by": ["agent_count"]});
        f.ask("analyze", request).await.unwrap()["analyses"][0]["n"].clone()
    };
    // Each question is kept in the store: a commit of one's own that changes no data.
    assert_eq!((analysed("communication_overhead").await, analysed("commit_latency_s").await), (json!(12), json!(12)));
    let exclude = |run: &Value| json!({"campaign": "study", "run": run, "reason": "a power cut"});
    elsewhere.invoke("exclude", exclude(&runs[0]), Box::new(|_| {})).await.unwrap();
    assert_eq!(analysed("communication_overhead").await, 11);
    f.ask("exclude", exclude(&runs[1])).await.unwrap();
    assert_eq!(analysed("commit_latency_s").await, 10);
    let include = json!({"campaign": "study", "run": runs[0]});
    elsewhere.invoke("include", include, Box::new(|_| {})).await.unwrap();
    assert_eq!(analysed("communication_overhead").await, 11);
    let more = SPEC.replace("replicates: 3", "replicates: 4");
    f.ask("save_spec", json!({"text": more, "campaign": "study", "amend": "more"})).await.unwrap();
    f.ask("start", json!({"target": "study"})).await.unwrap();
    f.ask("follow", json!({"campaign": "study"})).await.unwrap();
    assert_eq!(analysed("communication_overhead").await, 15);
    // Closing leaves one file, without a connection that holds the write-ahead log open.
    elsewhere.close().await;
    f.app.close().await;
    let left = std::fs::read_dir(f.folder.path()).unwrap().flatten().map(|entry| entry.file_name());
    assert!(!left.into_iter().any(|name| name.to_string_lossy().ends_with("-wal")));
}

#[tokio::test]
async fn an_edit_of_the_plan_wants_a_reason_once_runs_have_finished_and_an_id_is_not_taken_by_accident() {
    let f = fixture();
    f.run().await;
    let edited = SPEC.replace("replicates: 3", "replicates: 4").replace("seed: 7", "seed: 8");
    let save = |more: Value| {
        let mut request = json!({"text": edited});
        request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        request
    };
    assert_eq!(f.ask("save_spec", save(json!({}))).await.unwrap_err()["code"], "id_taken");
    let own = json!({"campaign": "study"});
    assert_eq!(f.ask("save_spec", save(own)).await.unwrap_err()["code"], "reason_required");
    let saved = f.ask("save_spec", save(json!({"campaign": "study", "amend": "a new seed"}))).await.unwrap();
    assert_eq!(saved["revision"], 2);
    let spec = f.ask("spec", json!({"campaign": "study"})).await.unwrap();
    assert_eq!((&spec["text"], &spec["revisions"][1]["reason"]), (&json!(edited), &json!("a new seed")));
    f.ask("duplicate", json!({"campaign": "study", "new_id": "copy"})).await.unwrap();
    let copy = f.ask("spec", json!({"campaign": "copy"})).await.unwrap();
    assert_eq!(copy["text"], edited.replace("id: study", "id: copy"));
}

#[tokio::test]
async fn what_was_thrown_away_comes_back_with_its_runs() {
    let f = fixture();
    f.run().await;
    let listed = async || f.ask("list", json!({})).await.unwrap()["campaigns"].as_array().unwrap().len();
    f.ask("trash", json!({"campaign": "study"})).await.unwrap();
    assert_eq!(listed().await, 0);
    let ulid = f.ask("trashed", json!({})).await.unwrap()["campaigns"][0]["ulid"].clone();
    f.ask("restore", json!({"campaign": ulid})).await.unwrap();
    assert_eq!(listed().await, 1);
    assert_eq!(f.ask("status", json!({"campaign": "study"})).await.unwrap()["runs_completed"], 12);
    f.ask("archive", json!({"campaign": "study", "archived": true})).await.unwrap();
    assert_eq!(f.ask("list", json!({})).await.unwrap()["campaigns"][0]["archived"], true);
}

/// A desktop on which the user always chooses this file.
struct Chooses(PathBuf);

impl Host for Chooses {
    fn choose_files(&self, _: &FileQuestion) -> Vec<PathBuf> {
        vec![self.0.clone()]
    }
    fn notify(&self, _: &str, _: &str) {}
    fn zoom(&self, _: u32) {}
}

#[tokio::test]
async fn in_a_window_a_path_counts_only_when_the_user_chose_it() {
    let f = fixture();
    f.run().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("spec.yaml");
    std::fs::write(&file, SPEC).unwrap();
    let by_path = json!({"spec": file});
    assert!(f.ask("validate", by_path.clone()).await.is_ok(), "a command line names its files");
    f.app.attach(Arc::new(Chooses(file.clone())));
    assert!(f.ask("validate", by_path).await.is_err());
    assert_eq!(f.ask("import", json!({"files": [file]})).await.unwrap_err()["code"], "not_chosen");
    assert_eq!(f.ask("read_file", json!({"token": file})).await.unwrap_err()["code"], "not_chosen");
    let output = json!({"campaign": "study", "output": folder.path().join("report")});
    assert_eq!(f.ask("report", output).await.unwrap_err()["code"], "not_chosen");

    let chosen = f.ask("choose_files", json!({"title": "Open"})).await.unwrap();
    let token = &chosen["files"][0]["token"];
    assert_eq!(chosen["files"][0]["name"], "spec.yaml");
    assert_eq!(f.ask("read_file", json!({"token": token})).await.unwrap()["text"], SPEC);
    f.ask("save_file", json!({"token": token, "text": "written"})).await.unwrap();
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "written");
}

#[tokio::test]
async fn a_stream_ends_when_its_subscriber_says_so() {
    let f = fixture();
    let samples = Arc::new(Mutex::new(Vec::new()));
    let kept = samples.clone();
    let app = f.app;
    let stream = tokio::spawn(async move {
        let sink = Box::new(move |sample: Value| kept.lock().unwrap().push(sample));
        app.invoke("monitor", json!({"subscription": "m"}), sink).await
    });
    while samples.lock().unwrap().len() < 2 {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    f.ask("unsubscribe", json!({"subscription": "m"})).await.unwrap();
    let reply = stream.await.unwrap().unwrap();
    assert!(reply["samples"].as_u64().unwrap() >= 2);
    let sample = samples.lock().unwrap()[1].clone();
    assert!(sample["memory_total_bytes"].as_u64().unwrap() > sample["memory_used_bytes"].as_u64().unwrap());
    // Where nothing measures, power is estimated and says so; never zero.
    assert!(sample["power_w"].as_f64().is_none_or(|w| w > 0.0), "{sample}");
}
