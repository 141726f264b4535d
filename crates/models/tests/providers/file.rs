//! A model that is a file: its process does as it should, dies, hangs, talks nonsense. The process is a stand-in that
//! speaks the pipe's framing; the real one is tested in `crates/gguf-worker`.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, Instant};

use ergon_domain::{FailureClass, Models};
use ergon_models::{Budget, Keys, Metered, ModelEntry, Network, Prices, Roster, Source, Spent};
use serde_json::json;
use std::sync::Arc;

use crate::asking::{Kept, call, request};

/// Answers by what the model file says, and appends a line to `starts` each time it is started.
const STAND_IN: &str = r#"#!/usr/bin/env python3
import json, os, signal, sys, time
manner = open(sys.argv[1]).read().split()[1]
folder = os.path.dirname(sys.argv[1])
with open(folder + "/starts", "a") as starts: starts.write("x")
out = sys.stdout
def say(text): out.write(text); out.flush()
if manner == "unloadable": say(json.dumps({"error": "no such architecture"}) + "\n"); sys.exit(1)
say(json.dumps({"ready": "m"}) + "\n")
for line in sys.stdin:
    asked = json.loads(line)
    open(folder + "/asked", "w").close()
    again = os.path.getsize(folder + "/starts") > 1
    text = json.dumps({"model": "m@1", "choices": [{"message": {"content": " ".join(sorted(os.environ))}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 3, "completion_tokens": 2, "cpu_s": 0.25}})
    half = len(text) // 2
    say("200\n%d\n%s" % (half, text[:half]))
    if manner == "dies" and not again: os.kill(os.getpid(), signal.SIGKILL)
    if manner == "hangs" and not again: time.sleep(60)
    if manner == "babbles": say("what?\n")
    say("%d\n%s0\n" % (len(text) - half, text[half:]))
"#;

struct Local {
    folder: tempfile::TempDir,
    models: Arc<Metered>,
    kept: Arc<Kept>,
}

impl Local {
    fn new(manner: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (program, file) = (folder.path().join("stand-in"), folder.path().join("m.gguf"));
        std::fs::write(&program, STAND_IN).unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        std::fs::write(&file, format!("GGUF {manner}")).unwrap();
        let kept = Arc::new(Kept::default());
        let roster = Arc::new(roster(&program, &file));
        let source = Source::Live(Some(kept.clone()));
        let budget = Budget { usd: Some(0.0), ..Budget::default() };
        Self { folder, models: Arc::new(Metered::new(roster, budget, Spent::default(), source)), kept }
    }

    /// Waits until the process has got a request.
    async fn is_asked(&self) {
        while !self.folder.path().join("asked").exists() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    fn starts(&self) -> u64 {
        std::fs::metadata(self.folder.path().join("starts")).unwrap().len()
    }
}

fn roster(program: &Path, file: &Path) -> Roster {
    let network = Network::new(Keys::default(), Prices::default()).with_gguf_program(Some(program.into()));
    let settings = json!({"timeout_s": 5, "retries": 0}).as_object().unwrap().clone().into_iter().collect();
    let entry = ModelEntry { provider: "gguf".into(), model: Some(file.to_str().unwrap().into()), settings };
    Roster::open([("llm", entry)], &Arc::new(network)).unwrap()
}

#[tokio::test]
async fn a_file_is_asked_through_one_process_which_sees_no_key_and_costs_no_money() {
    let local = Local::new("well");
    for run in 1..4 {
        let reply = local.models.chat(&request(), None, &call(run)).await.unwrap();
        assert_eq!((reply.model_id.as_str(), reply.cost_usd), ("m@1", Some(0.0)));
        // Cargo sets dozens of variables: none of them is passed on, and so no key is.
        assert!(reply.text.contains("PATH") && !reply.text.contains("CARGO"), "{}", reply.text);
    }
    assert_eq!(local.starts(), 1, "loading a model takes long: it is done once");
    let calls = local.kept.calls.lock().unwrap();
    let exchange = &calls[0].exchanges[0];
    assert!(exchange.url.starts_with("file:///") && exchange.url.ends_with("m.gguf"), "{}", exchange.url);
    assert_eq!(exchange.usage.as_ref().unwrap()["cpu_s"], 0.25, "what the process took is on record");
}

#[tokio::test]
async fn a_process_that_is_killed_in_the_middle_of_a_reply_fails_that_call_and_no_other() {
    let local = Local::new("dies");
    let error = local.models.chat(&request(), None, &call(1)).await.unwrap_err();
    assert_eq!(error.class, FailureClass::Crashed);
    assert!(error.message.contains("gguf at m.gguf: its process ended (signal: 9 (SIGKILL))"), "{}", error.message);
    assert!(local.models.chat(&request(), None, &call(2)).await.is_ok(), "the next call has a process of its own");
    assert_eq!(local.starts(), 2);
    let calls = local.kept.calls.lock().unwrap();
    assert!(!calls[0].exchanges[0].received.is_empty(), "what had come is kept");
}

#[tokio::test]
async fn a_process_that_hangs_is_ended_with_the_call_and_one_that_is_cancelled_too() {
    let local = Local::new("hangs");
    let began = Instant::now();
    assert_eq!(local.models.chat(&request(), None, &call(1)).await.unwrap_err().class, FailureClass::Timeout);
    assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
    assert!(local.models.chat(&request(), None, &call(2)).await.is_ok());

    let local = Local::new("hangs");
    let (asked, wanted) = (request(), call(1));
    tokio::select! {
        answer = local.models.chat(&asked, None, &wanted) => panic!("{answer:?}"),
        () = local.is_asked() => {}
    }
    let answer = local.models.chat(&asked, None, &call(2)).await.unwrap();
    assert!(answer.text.contains("PATH"), "no late answer is taken for this one's");
    assert_eq!(local.starts(), 2);
}

#[tokio::test]
async fn a_process_that_talks_nonsense_or_can_not_load_its_file_is_a_named_failure() {
    for (manner, class, said) in [
        ("babbles", FailureClass::ModelUnavailable, "what it says can't be read"),
        ("unloadable", FailureClass::InvalidInput, "no such architecture"),
    ] {
        let error = Local::new(manner).models.chat(&request(), None, &call(1)).await.unwrap_err();
        assert_eq!(error.class, class, "{error}");
        assert!(error.message.contains(said), "{error}");
    }
    let local = Local::new("well");
    std::fs::remove_file(local.folder.path().join("stand-in")).unwrap();
    let error = local.models.chat(&request(), None, &call(1)).await.unwrap_err();
    assert_eq!(error.class, FailureClass::InvalidInput, "{error}");
    assert!(error.message.contains("can't be started"), "{error}");
}

#[test]
fn what_is_missing_is_said_before_anything_is_asked() {
    let folder = tempfile::tempdir().unwrap();
    let (program, file) = (folder.path().join("worker"), folder.path().join("m.gguf"));
    let why = || roster(&program, &file).unready().pop().map(|(_, why)| why).unwrap_or_default();
    assert!(why().contains("there is no") && why().contains("cargo build --release"), "{}", why());
    std::fs::write(&program, "").unwrap();
    assert!(why().contains("m.gguf can't be read"), "{}", why());
    std::fs::write(&file, "PK..").unwrap();
    assert!(why().ends_with("is no GGUF file"), "{}", why());
    std::fs::write(&file, "GGUF").unwrap();
    assert_eq!(why(), "");
}
