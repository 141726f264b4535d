//! A campaign of linear and agentic work: what its tasks ask, its page of pairs, and where a run's time went.

use serde_json::json;

use crate::desk::Desk;

/// Eight pairs on a simulated model: their tokens have a tax, their joules none.
const PAIRS: &str = "ergon: 1\ncampaign: { id: pairs, title: Pairs, seed: 3 }\nworkload: { kind: workflow, task: \
    unit_conversion }\nmodels: { llm: { provider: simulated, skill: 0.7 } }\nfactors:\n  workflow: [linear, agentic]\n\
    phases:\n  - { name: pairs, order: blocked_by_replicate, replicates: 8 }\nexecution: { parallel: 1, energy_baseline: 0 }\n";

#[test]
fn the_tax_of_agentic_work_is_on_its_page_and_the_reason_where_there_is_none() {
    let desk = Desk::new();
    let window = desk.open();
    window.invoke("save_spec", json!({"text": PAIRS})).expect("the spec is right");
    window.invoke("start", json!({"target": "pairs"})).expect("it starts");
    window.until("all runs have ended", || {
        let status = window.invoke("status", json!({"campaign": "pairs"})).ok()?;
        (status["runs_completed"] == 16).then_some(())
    });
    window.reload();
    window.press("open-pairs");

    // The task with its items, as they are asked.
    window.press("nav-design");
    window.see("[data-testid='task-picker']");
    // Below the fold of a pane, where the driver doesn't scroll.
    window.script("document.querySelector(\"[data-testid='task-picker'] summary\").click()");
    let items = window.invoke("items", json!({"task": "unit_conversion"})).unwrap();
    let first = items["tasks"][0]["items"][0]["prompt"].as_str().unwrap().to_owned();
    window.until("the first item is shown", || (window.text("item-prompt") == first).then_some(()));
    window.picture("workflow-task");

    // Pairs, right answers, parts.
    window.press("nav-analyse");
    window.press("show-work");
    window.see("[data-testid='work-tax']");
    window.script(
        "const metric = document.querySelector(\"[data-testid='work-metric']\"); metric.value = 'total_tokens'; \
         metric.dispatchEvent(new Event('change', {bubbles: true}))",
    );
    window.until("the page has the tax of tokens", || {
        window.text("work-tax").contains("agentic over linear").then_some(())
    });
    window.until("and its figure", || {
        (window.script("return document.querySelector(\"[data-testid='figure-tax']\") !== null") == true).then_some(())
    });
    window.picture("workflow-analyse");
    let tokens =
        json!({"campaign": "pairs", "kind": "tax", "metric": "total_tokens", "by": ["workflow"], "format": "html"});
    let table = window.invoke("table", tokens).unwrap();
    assert!(table["text"].as_str().unwrap().contains("agentic over linear"), "{table}");
    let energy = json!({"campaign": "pairs", "kind": "tax", "metric": "energy_j", "by": ["workflow"]});
    let refused = window.invoke("table", energy).expect_err("a simulated model has no joules of its own");
    assert!(refused.to_string().contains("energy_j"), "{refused:?}");

    // Where a run's time went.
    let runs = desk.ergon(&["sql", "SELECT lower(hex(key)) FROM run WHERE state = 'succeeded' LIMIT 1"]);
    let run = runs["rows"][0][0].as_str().unwrap();
    let detail = window.invoke("run_detail", json!({"campaign": "pairs", "run": run})).unwrap();
    let spans = detail["attempts"][0]["spans"].as_array().unwrap();
    assert!(spans.iter().any(|s| s["name"] == "model_call"), "{detail}");
}
