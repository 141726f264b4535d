//! Campaigns that ask a model at a local server, through the real binary.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use common::chat_server::{ChatServer, said};
use common::{Ergon, Ran};

const KEY: &str = "sk-planted-9f8e7d6c5b4a";

/// A server whose answers differ from request to request: two executions never agree by chance.
struct Server {
    chat: ChatServer,
    hangs: Arc<AtomicBool>,
}

impl Server {
    fn start() -> Self {
        let hangs = Arc::new(AtomicBool::new(false));
        let hanging = hangs.clone();
        let chat = ChatServer::start(move |n, body| {
            if hanging.load(Ordering::SeqCst) {
                std::thread::sleep(Duration::from_secs(60));
            }
            let bid = (n * 7 % 20) as f64 / 20.0;
            // Every seventh answer can't be read, and the key comes back in it.
            let bad = n % 7 == 3;
            let words = if bad { format!("key {KEY}?") } else { format!("{{\"bid\": {bid}, \"agent\": {}}}", n % 5) };
            let (status, mut reply) = said(&words, body.len() / 4, 8);
            reply["data"] = serde_json::json!([{"id": "m-1"}]);
            (status, reply)
        });
        Self { chat, hangs }
    }

    fn count(&self) -> usize {
        self.chat.count()
    }

    fn spec(&self, more: &str) -> String {
        format!(
            "ergon: 1
campaign: {{ id: asked, seed: 5 }}
workload: {{ kind: consensus, consensus_protocol: raft, agent_count: 5, workload_type: mixed, simulation_time: 600 }}
factors: {{ agent_type: [llm, hybrid] }}
models:
  llm: {{ provider: openai, model: m-1, base_url: 'http://127.0.0.1:{}', key_env: LAB_KEY, concurrency: 8, max_tokens: 64{more} }}
phases: [ {{ name: all, replicates: 2 }} ]
",
            self.chat.port
        )
    }
}

const PRICED: &str = ", usd_per_mtok_in: 10, usd_per_mtok_out: 10";

fn with_key(ergon: &Ergon, args: &[&str]) -> Ran {
    ergon.command(args).env("LAB_KEY", KEY).output().unwrap().into()
}

#[test]
fn a_replay_gives_the_same_results_byte_for_byte_and_sends_nothing() {
    let (server, live, copy) = (Server::start(), Ergon::new(), Ergon::new());
    live.write("spec.yaml", server.spec(""));
    copy.write("spec.yaml", server.spec(""));
    let reply = with_key(&live, &["--json", "run", "spec.yaml", "--parallel", "4"]).done().json();
    assert_eq!(reply["succeeded"], 4, "{reply}");
    let sent = server.count();
    assert!(sent > 20, "{sent}");
    assert_eq!(live.number("SELECT count(*) FROM model_exchange"), sent as i64, "every request is on record");

    let from = format!("--replay={}", live.store().display());
    // Without a key: nothing is asked that needs one.
    let replayed = copy.run(&["--json", "run", "spec.yaml", &from]).done().json();
    assert_eq!((replayed["succeeded"].as_u64(), server.count()), (Some(4), sent));
    let results = |ergon: &Ergon| ergon.run(&["results", "asked"]).done().out;
    assert_eq!(results(&live), results(&copy));

    // What is not on record is not made up.
    let other = Ergon::new();
    other.write("spec.yaml", server.spec("").replace("seed: 5", "seed: 6"));
    let missing = other.run(&["--json", "run", "spec.yaml", &from]);
    assert_eq!((missing.code, server.count()), (3, sent), "{}", missing.err);
    let status = other.run(&["status", "asked"]).out;
    assert!(status.contains("there is no record of this run: it was never recorded"), "{status}");

    // What has ended is not asked again, and that is no verification.
    for args in [vec!["run", "asked", "--replay"], vec!["run", "asked", &from]] {
        let nothing = live.run(&args).done();
        let said = format!("--replay={}", live.store().display());
        assert!(nothing.err.contains("nothing was replayed: the 4 runs have ended"), "{}", nothing.err);
        assert!(nothing.err.contains(&said), "{}", nothing.err);
    }
    assert_eq!(server.count(), sent);
}

#[test]
fn a_run_whose_time_ends_while_its_provider_is_left_alone_failed_for_the_provider_and_only_what_was_sent_is_counted() {
    let (server, ergon) = (ChatServer::start(|_, _| (500, serde_json::json!({}))), Ergon::new());
    let spec = |patience_s: u32, timeout_s: u32, runs: u32| {
        format!(
            "ergon: 1
campaign: {{ id: down-{patience_s}, seed: 5 }}
workload: {{ kind: workflow, task: factual_qa }}
models:
  llm: {{ provider: openai, model: m-1, base_url: 'http://127.0.0.1:{}', retries: 20, patience_s: {patience_s} }}
execution: {{ timeout: {timeout_s}, retries: 0, parallel: 8 }}
phases: [ {{ name: all, replicates: {runs} }} ]
",
            server.port
        )
    };
    ergon.write("patient.yaml", spec(300, 4, 8));
    assert_eq!(ergon.run(&["run", "patient.yaml"]).code, 3);
    let failed = "SELECT DISTINCT failure_class FROM attempt";
    assert_eq!(ergon.sql(failed), [[serde_json::json!("model_unavailable")]], "not a timeout");
    let status = ergon.run(&["status", "down-300"]).out;
    assert!(status.contains("execution.timeout was over before it could be asked again"), "{status}");

    // What runs ask that don't wait for it is never sent.
    let other = Ergon::new();
    other.write("impatient.yaml", spec(1, 60, 20));
    assert_eq!(other.run(&["run", "impatient.yaml"]).code, 3);
    let status = other.run(&["--json", "status", "down-1"]).done().json();
    let sent = other.number("SELECT count(DISTINCT call_id) FROM model_exchange");
    assert_eq!(status["api_calls"].as_i64(), Some(sent));
    assert!(other.number("SELECT count(*) FROM model_call") > sent, "{status}");
    let messages = serde_json::to_string(&status["failed_runs"]).unwrap();
    assert!(messages.contains("patience_s is 1, so nobody waits for it"), "{messages}");
}

#[test]
fn a_budget_stops_the_campaign_before_it_is_exceeded_and_raised_it_goes_on() {
    let (server, ergon) = (Server::start(), Ergon::new());
    ergon.write("spec.yaml", server.spec(PRICED) + "budget: { usd: 0.1 }\n");
    let forecast =
        |ergon: &Ergon| ergon.run(&["--json", "validate", "spec.yaml"]).done().json()["estimate"]["cost_usd"].take();
    let before = forecast(&ergon);
    assert!(before["value"].is_null() && before["why"].as_str().unwrap().contains("llm"), "not nothing: {before}");
    let stopped = with_key(&ergon, &["--json", "run", "spec.yaml"]);
    assert_eq!(stopped.code, 4, "{}\n{}", stopped.out, stopped.err);
    let reply = stopped.json();
    assert_eq!((reply["stopped"].as_str(), reply["failed"].as_u64()), (Some("budget"), Some(0)), "{reply}");
    assert!(stopped.out.contains("\"event\":\"alert\",\"kind\":\"budget\""), "80 % is said before");
    let status = ergon.run(&["status", "asked"]).done().out;
    assert!(status.contains("stopped: budget.usd: "), "{status}");
    let spent = |ergon: &Ergon| ergon.sql("SELECT sum(charged_usd) FROM model_call")[0][0].as_f64().unwrap();
    assert!(spent(&ergon) <= 0.1 && spent(&ergon) > 0.05, "{}", spent(&ergon));
    assert_eq!(reply["cost_usd"].as_f64().map(|c| (c * 1e9).round()), Some((spent(&ergon) * 1e9).round()));

    let done = with_key(&ergon, &["--json", "run", "spec.yaml", "--set", "budget.usd=50"]).done().json();
    assert_eq!(done["succeeded"], 4, "{done}");
    assert!(spent(&ergon) > 0.1);

    // What the status says is what the record of the calls adds up to.
    let status = ergon.run(&["--json", "status", "asked"]).done().json();
    let answered = ergon.number("SELECT count(DISTINCT call_id) FROM model_exchange");
    // What the budget's end broke off was sent, and left no exchange.
    let broken_off = "charged_tokens > 0 AND id NOT IN (SELECT call_id FROM model_exchange)";
    let broken_off = ergon.number(&format!("SELECT count(*) FROM model_call WHERE {broken_off}"));
    assert_eq!(status["api_calls"].as_i64(), Some(answered + broken_off), "{status}");
    assert!((status["total_cost_usd"].as_f64().unwrap() - spent(&ergon)).abs() < 1e-9, "{status}");
    // And what four runs cost, four runs will cost.
    let forecast = forecast(&ergon);
    let expected = spent(&ergon);
    assert!(forecast["value"].as_f64().is_some_and(|usd| (usd - expected).abs() < 1e-9), "{forecast}");
}

#[test]
fn a_money_budget_with_an_unknown_price_or_a_missing_key_is_refused_before_anything_is_asked() {
    let (server, ergon) = (Server::start(), Ergon::new());
    ergon.write("spec.yaml", server.spec("") + "budget: { usd: 1 }\n");
    let refused = with_key(&ergon, &["run", "spec.yaml"]);
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("budget.usd: the price of llm is unknown"), "{}", refused.err);
    ergon.write("spec.yaml", server.spec(""));
    let refused = ergon.run(&["run", "spec.yaml"]);
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("models.llm: there is no key: set LAB_KEY"), "{}", refused.err);
    assert_eq!(server.count(), 0);
}

#[test]
fn a_planted_key_is_found_nowhere() {
    let (server, ergon) = (Server::start(), Ergon::new());
    ergon.write("spec.yaml", server.spec(""));
    let keys = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(keys.path(), format!("LAB_KEY={KEY}\n")).unwrap();
    let file = keys.path().to_str().unwrap();
    let mut said = String::new();
    for args in [
        &["-vv", "--env-file", file, "run", "spec.yaml", "--output", "out"][..],
        &["-vv", "--env-file", file, "--json", "run", "spec.yaml", "--retry-failed"],
        &["-vv", "--env-file", file, "models", "test", "spec.yaml"],
        &["-vv", "--env-file", file, "--json", "models", "list", "spec.yaml"],
        &["-vv", "--env-file", file, "doctor"],
        &["results", "asked", "--with", "resources"],
        &["status", "asked"],
    ] {
        let ran: Ran = ergon.command(args).env("RUST_BACKTRACE", "full").output().unwrap().into();
        said += &format!("{}{}", ran.out, ran.err);
    }
    let runs = ergon.sql("SELECT DISTINCT lower(hex(run_key)) FROM model_call");
    let said_in = |run: &Vec<serde_json::Value>| ergon.run(&["calls", "asked", run[0].as_str().unwrap()]).done().out;
    let transcript: String = runs.iter().map(said_in).collect();
    assert!(transcript.contains("system: You ") && transcript.contains("answer: key [key]?"), "{transcript}");
    // The transcripts as a person would read them: compressed, a key would not be found.
    let texts = ergon.sql("SELECT group_concat(usage || coalesce(failure, '')) FROM model_exchange");
    for text in [said, transcript, texts[0][0].to_string()] {
        assert!(!text.contains(KEY), "{text}");
    }
    let mut files = 0;
    let mut folders = vec![ergon.path(".")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            files += 1;
            let bytes = std::fs::read(&path).unwrap();
            assert!(!bytes.windows(KEY.len()).any(|w| w == KEY.as_bytes()), "{}", path.display());
        }
    }
    assert!(files >= 4, "store, log, outputs: {files}");
}

#[test]
fn a_run_that_waits_for_a_model_is_cancelled_within_a_second_and_runs_again() {
    let (server, ergon) = (Server::start(), Ergon::new());
    ergon.write("spec.yaml", server.spec(PRICED) + "budget: { usd: 50 }\n");
    server.hangs.store(true, Ordering::SeqCst);
    let mut running = ergon.command(&["run", "spec.yaml"]).env("LAB_KEY", KEY).spawn().unwrap();
    let began = Instant::now();
    while server.count() == 0 {
        assert!(began.elapsed() < Duration::from_secs(60), "nobody asks");
        std::thread::sleep(Duration::from_millis(20));
    }
    let interrupt = || {
        let pid = running.id().to_string();
        std::process::Command::new("kill").args(["-INT", &pid]).status().unwrap();
    };
    interrupt();
    std::thread::sleep(Duration::from_millis(300));
    let asked = Instant::now();
    interrupt();
    running.wait().unwrap();
    assert!(asked.elapsed() < Duration::from_secs(1), "{:?}", asked.elapsed());
    // What may have been spent counts.
    assert!(ergon.sql("SELECT sum(charged_usd) FROM model_call")[0][0].as_f64().is_some_and(|usd| usd > 0.0));
    server.hangs.store(false, Ordering::SeqCst);
    let done = with_key(&ergon, &["--json", "run", "spec.yaml"]).done().json();
    assert_eq!(done["succeeded"], 4, "{done}");
}

#[test]
fn what_a_killed_engine_may_have_spent_counts_against_the_budget() {
    let (server, ergon) = (Server::start(), Ergon::new());
    ergon.write("spec.yaml", server.spec(PRICED) + "budget: { usd: 1 }\n");
    server.hangs.store(true, Ordering::SeqCst);
    let mut running = ergon.command(&["run", "spec.yaml"]).env("LAB_KEY", KEY).spawn().unwrap();
    let began = Instant::now();
    while server.count() == 0 {
        assert!(began.elapsed() < Duration::from_secs(60), "nobody asks");
        std::thread::sleep(Duration::from_millis(20));
    }
    running.kill().unwrap();
    running.wait().unwrap();
    let held = ergon.sql("SELECT usd FROM model_hold")[0][0].as_f64().unwrap();
    assert!(held > 0.0 && held <= 1.0, "on disk before anything was sent: {held}");
    server.hangs.store(false, Ordering::SeqCst);
    with_key(&ergon, &["--json", "run", "spec.yaml"]);
    let lost = ergon.sql("SELECT sum(usd) FROM model_loss")[0][0].as_f64();
    assert_eq!(lost, Some(held), "counted once, as spent");
    let charged = ergon.sql("SELECT sum(charged_usd) FROM model_call")[0][0].as_f64().unwrap();
    assert!(charged + held <= 1.0, "{charged} + {held}");
}

#[test]
fn a_run_whose_model_takes_longer_than_its_time_fails_by_timeout() {
    let (server, ergon) = (Server::start(), Ergon::new());
    ergon.write("spec.yaml", server.spec("") + "execution: { timeout: 1, retries: 0 }\n");
    server.hangs.store(true, Ordering::SeqCst);
    let began = Instant::now();
    let failed = with_key(&ergon, &["--json", "run", "spec.yaml", "--parallel", "4"]);
    assert_eq!((failed.code, failed.json()["failed"].as_u64()), (3, Some(4)), "{}", failed.err);
    assert!(began.elapsed() < Duration::from_secs(20));
    assert!(failed.out.contains("\"failure\":\"timeout\""), "{}", failed.out);
}

#[test]
fn a_model_is_listed_tested_and_asked_once() {
    let (server, ergon) = (Server::start(), Ergon::new());
    ergon.write("spec.yaml", server.spec(""));
    let listed = ergon.run(&["--json", "models", "list"]).done().json();
    let names: Vec<&str> =
        listed["providers"].as_array().unwrap().iter().map(|p| p["name"].as_str().unwrap()).collect();
    for name in ["openai", "anthropic", "gemini", "ollama", "openrouter"] {
        assert!(names.contains(&name), "{names:?}");
    }
    let tested = with_key(&ergon, &["--json", "models", "test", "spec.yaml"]).done().json();
    assert_eq!(tested["models"][0]["offered"], serde_json::json!(["m-1"]), "{tested}");
    let failed = ergon.run(&["--json", "models", "test", "spec.yaml"]);
    assert!(failed.code == 1 && failed.out.contains("set LAB_KEY"), "{}", failed.out);
    let url = format!("http://127.0.0.1:{}", server.chat.port);
    let chat = ["--json", "models", "chat", "--base-url", &url, "--model", "m-1", "--prompt", "Hi"];
    let reply = ergon.run(&chat).done().json();
    assert_eq!((reply["completion_tokens"].as_u64(), reply["cost_usd"].as_f64()), (Some(8), None), "{reply}");
}

#[test]
fn a_program_sees_a_provider_key_only_where_its_spec_names_the_variable() {
    let ergon = Ergon::new();
    ergon.write("show.sh", r#"echo "{\"openai\": ${#OPENAI_API_KEY}, \"lab\": ${#LAB_KEY}, \"other\": ${#OTHER}}""#);
    let spec = |id: &str, keys: &str| {
        format!(
            "ergon: 1
campaign: {{ id: {id} }}
workload: {{ kind: command, run: [sh, show.sh], metrics: {{ openai: {{}}, lab: {{}}, other: {{}} }}, keys: [{keys}] }}
models: {{ llm: {{ provider: openai, model: m, base_url: 'http://127.0.0.1:1', key_env: LAB_KEY }} }}
phases: [ {{ name: all, replicates: 1 }} ]
"
        )
    };
    let all = KEY.len() as f64;
    for (id, keys, openai, lab) in
        [("none", "", 0.0, 0.0), ("own", "LAB_KEY", 0.0, all), ("both", "LAB_KEY, OPENAI_API_KEY", all, all)]
    {
        let file = ergon.write(&format!("{id}.yaml"), spec(id, keys));
        let mut run = ergon.command(&["run", file.to_str().unwrap()]);
        let ran: Ran = run.env("OPENAI_API_KEY", KEY).env("LAB_KEY", KEY).env("OTHER", "four").output().unwrap().into();
        ran.done();
        let seen = ergon.sql(&format!("SELECT value FROM metric_long WHERE campaign = '{id}' ORDER BY metric"));
        // In the order of their names: lab, openai, other.
        assert_eq!(serde_json::json!(seen), serde_json::json!([[lab], [openai], [4.0]]), "{id}");
    }
    ergon.write("wrong.yaml", spec("wrong", "'OPENAI_API_KEY=sk-1'"));
    let refused = ergon.run(&["validate", "wrong.yaml"]);
    assert!(refused.code == 2 && refused.err.contains("workload.keys: expected names"), "{}", refused.err);
    assert!(!refused.err.contains("sk-1"), "what could be a key is not repeated: {}", refused.err);
}

#[test]
fn a_key_in_the_place_of_its_name_is_refused_before_anything_is_written_and_not_repeated() {
    let (server, ergon) = (Server::start(), Ergon::new());
    ergon.write("spec.yaml", server.spec("").replace("LAB_KEY", KEY));
    for command in ["validate", "plan", "run"] {
        let refused = ergon.run(&[command, "spec.yaml"]);
        assert_eq!(refused.code, 2, "{command}: {}{}", refused.out, refused.err);
        assert!(refused.err.contains("key_env: expected the name of an environment variable"), "{}", refused.err);
        assert!(!format!("{}{}", refused.out, refused.err).contains(KEY), "{command}");
    }
    assert!(!ergon.store().exists() || !String::from_utf8_lossy(&std::fs::read(ergon.store()).unwrap()).contains(KEY));
}

#[test]
fn a_provider_of_ones_own_is_asked_by_its_name_and_at_its_price() {
    let (server, ergon) = (Server::start(), Ergon::new());
    let address = format!("http://127.0.0.1:{}", server.chat.port);
    ergon.run(&["models", "add", "lab", "--base-url", &address, "--key-env", "LAB_KEY", "--concurrency", "2"]).done();
    let untold = ergon.run(&["models", "test", "--provider", "lab"]);
    assert!(untold.code != 0 && untold.out.contains("set LAB_KEY in the environment"), "{}", untold.out);
    assert!(with_key(&ergon, &["models", "test", "--provider", "lab"]).done().out.contains("with 1 models"));
    ergon.run(&["models", "price", "lab", "m-*", "--in", "10", "--out", "10", "--source", "invoice 7"]).done();
    let listed = ergon.run(&["models", "list"]).done().out;
    let lab = listed.lines().find(|line| line.starts_with("lab")).unwrap();
    assert!(lab.contains("LAB_KEY, not found") && lab.contains("2 at once") && lab.contains("1 in the table"), "{lab}");

    assert!(listed.lines().any(|line| line.contains("m-*") && line.contains("invoice 7")), "{listed}");

    let asking = server.spec("").replace("provider: openai", "provider: lab");
    let spec = asking.replace(&format!("base_url: '{address}', key_env: LAB_KEY, "), "");
    ergon.write("spec.yaml", format!("{spec}budget: {{ usd: 50 }}\n"));
    let reply = with_key(&ergon, &["--json", "run", "spec.yaml"]).done().json();
    assert!(reply["cost_usd"].as_f64().is_some_and(|usd| usd > 0.0), "{reply}");
    let status = ergon.run(&["--json", "status", "asked"]).done().json();
    assert_eq!(status["api_calls"].as_u64(), Some(server.count() as u64 - 1), "each call, and the test before them");
    let usd = |value: &serde_json::Value| (value.as_f64().unwrap() * 1e9).round();
    assert_eq!(usd(&status["total_cost_usd"]), usd(&reply["cost_usd"]), "what was spent is what the status says");

    for (args, said) in [
        (&["models", "add", "openai", "--base-url", "http://x"][..], "name: is a provider that Ergon knows"),
        (
            &["models", "add", "far", "--base-url", "http://far.org", "--key-env", "K"],
            "base_url: a key would be sent unencrypted",
        ),
        (
            &["models", "add", "far", "--base-url", "https://far.org", "--speaks", "latin"],
            "expected one of openai, anthropic",
        ),
        (&["models", "price", "lab", "m", "--in", "1"], "usd_per_mtok_out: is missing"),
        (&["models", "price", "lab", "m", "--in", "2000000", "--out", "1"], "out of range"),
        (&["models", "price", "lab", "nothere"], "nothing is taken away"),
        (&["models", "remove", "groq"], "you have added no provider 'groq'"),
    ] {
        let refused = ergon.run(args);
        assert!(refused.code == 2 && refused.err.contains(said), "{args:?}: {} {}", refused.code, refused.err);
    }
    ergon.run(&["models", "remove", "lab"]).done();
    let gone = ergon.run(&["validate", "spec.yaml"]);
    assert!(gone.code == 2 && gone.err.contains("there is no provider 'lab'"), "{}", gone.err);
}

#[test]
fn an_alert_that_nobody_watches_is_said_and_one_that_is_watched_is_not() {
    let (server, ergon) = (Server::start(), Ergon::new());
    let alerts = "alerts: { model_error_rate: 0.1, cost_per_hour: 5, calls_per_minute: 1, cpu_percent: 85 }\n";
    ergon.write("spec.yaml", server.spec("") + alerts);
    let checked = ergon.run(&["--json", "validate", "spec.yaml"]).done().json();
    let unwatched: Vec<&str> = checked["warnings"].as_array().unwrap().iter().filter_map(|w| w.as_str()).collect();
    let unwatched: Vec<&str> = unwatched.into_iter().filter(|w| w.starts_with("alerts.")).collect();
    assert_eq!(unwatched, ["alerts.cpu_percent is not enforced yet in this version"]);
    let told = with_key(&ergon, &["--json", "run", "spec.yaml"]).done().out;
    let rang = told.lines().filter(|line| line.contains("\"event\":\"alert\"")).collect::<Vec<_>>();
    assert_eq!(rang.len(), 1, "once, however many calls follow: {rang:?}");
    assert!(rang[0].contains("2 model calls in a minute, above alerts.calls_per_minute (1)"), "{rang:?}");
}
