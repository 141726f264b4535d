//! A provider of one's own: added, given a key and a price in Settings, tested, and asked by a campaign whose budget ends
//! it. The provider is a server of this test.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

use serde_json::json;

use crate::desk::Desk;

const KEY: &str = "sk-planted-0f1e2d3c4b5a";

/// Runs that ask the model `llm` of the provider `lab`; the budget is reached long before their end.
const ASKING: &str = "ergon: 1\ncampaign: { id: asking, title: Asking, seed: 5 }\nworkload: { kind: consensus, consensus_protocol: raft, \
    agent_count: 5, workload_type: mixed, simulation_time: 600 }\nfactors: { agent_type: [llm] }\nmodels:\n  \
    llm: { provider: lab, model: m-1, max_tokens: 64, concurrency: 2 }\nphases: [ { name: all, replicates: 40 } ]\n\
    budget: { usd: 0.2 }\n";

/// Speaks like OpenAI to who has the key; its address.
fn lab() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/v1", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            std::thread::spawn(move || serve(stream.unwrap()));
        }
    });
    address
}

fn serve(mut stream: TcpStream) {
    let mut bytes = Vec::new();
    loop {
        let mut buffer = [0; 16_384];
        let Ok(n @ 1..) = stream.read(&mut buffer) else { return };
        bytes.extend_from_slice(&buffer[..n]);
        let Some(end) = bytes.windows(4).position(|w| w == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let length = head.lines().find_map(|l| l.to_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
        if bytes.len() < end + 4 + length.unwrap_or(0) {
            continue;
        }
        bytes.clear();
        let (status, body) = if !head.contains(&format!("Bearer {KEY}")) {
            (401, json!({"error": {"message": "wrong key"}}))
        } else {
            (
                200,
                json!({"data": [{"id": "m-1"}], "model": "m-1", "choices": [{"message": {"content": "{\"bid\": 0.5, \"agent\": 1}"},
                    "finish_reason": "stop"}], "usage": {"prompt_tokens": 100, "completion_tokens": 8}}),
            )
        };
        let reply = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\n\r\n{body}", body.to_string().len());
        if stream.write_all(reply.as_bytes()).is_err() {
            return;
        }
    }
}

#[test]
fn a_provider_of_ones_own_is_added_tested_and_asked_until_its_budget_ends() {
    let (desk, address) = (Desk::new(), lab());
    let window = desk.open();
    window.press("nav-settings");
    window.press("add-provider");
    window.type_into("[data-testid='provider-name']", "lab");
    window.type_into("[data-testid='provider-url']", &address);
    window.type_into("[data-testid='provider-key-env']", "ERGON_LAB_KEY");
    window.press("set-provider-new");
    window.press("test-lab");
    window.until("that the key is missing", || window.text("tested-lab").contains("no key").then_some(()));

    window.press("open-provider-lab");
    window.type_into("[data-testid='key-field-lab']", KEY);
    window.press("give-key-lab");
    window.until("where the key is from", || window.text("key-lab").contains("this session").then_some(()));
    window.press("test-lab");
    window.until("an answer", || window.text("tested-lab").starts_with("yes, 1 model").then_some(()));
    window.click("details summary");
    window.type_into("[data-testid='price-model-lab']", "m-*");
    window.type_into("[data-testid='price-in-lab']", "10");
    window.type_into("[data-testid='price-out-lab']", "10");
    window.press("set-price-lab");
    window.see("[data-testid='prices-lab']");
    window.picture("settings-providers");

    window.invoke("save_spec", json!({"text": ASKING})).expect("the spec is right");
    window.invoke("start", json!({"target": "asking"})).expect("it starts");
    window.press("nav-library");
    window.press("open-asking");
    window.press("nav-run");
    window.until("that a budget is nearly used up", || window.text("alert-budget").contains("80 %").then_some(()));
    window.until("the end", || window.shows("[data-testid='run-state'][data-state='stopped']").then_some(()));
    window.see("[data-testid='model-llm']");
    window.picture("run-models");
    window.press("acknowledge");
    assert!(!window.shows("[data-testid='alert-budget']"), "acknowledged, it is gone");

    // What the window says is spent is what is on disk, and that is within the budget.
    let spent = desk.ergon(&["sql", "SELECT sum(charged_usd), count(*) FROM model_call"]);
    let (usd, calls) = (spent["rows"][0][0].as_f64().unwrap(), spent["rows"][0][1].as_u64().unwrap());
    assert!(usd > 0.1 && usd <= 0.2, "{spent}");
    let shown = window.script("return document.querySelector(\"[data-testid='model-llm']\").dataset.calls");
    assert_eq!(shown.as_str(), Some(calls.to_string().as_str()));
    let page = window.script("return document.documentElement.outerHTML + JSON.stringify(localStorage)");
    assert!(!page.as_str().unwrap().contains(KEY), "the key stays out of the page");
    for folder in ["data", "config", "cache"] {
        assert!(!holds(&desk.path(folder), KEY.as_bytes()), "the key stays out of {folder}");
    }
}

/// Whether a file below a folder holds these bytes.
fn holds(folder: &std::path::Path, bytes: &[u8]) -> bool {
    std::fs::read_dir(folder).into_iter().flatten().flatten().any(|entry| {
        let path = entry.path();
        if path.is_dir() {
            return holds(&path, bytes);
        }
        std::fs::read(&path).is_ok_and(|content| content.windows(bytes.len()).any(|part| part == bytes))
    })
}
