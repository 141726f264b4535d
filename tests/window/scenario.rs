//! A scenario read turn by turn, and branched at one.

use serde_json::json;

use crate::desk::Desk;

const SPEC: &str = "ergon: 1
campaign: { id: meadow, seed: 5 }
workload: { kind: scenario, scenario: river-park }
models:
  pragmatist: { provider: simulated, skill: 0.1 }
  narrator: { provider: simulated }
phases: [{ name: all, replicates: 2 }]
";

#[test]
fn a_scenario_is_read_turn_by_turn_and_a_branch_opens_in_design() {
    let desk = Desk::new();
    let shipped = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../configs/scenarios/river-park");
    let folder = desk.path("data/river-park");
    for part in ["", "actors", "background"] {
        std::fs::create_dir_all(folder.join(part)).unwrap();
        for entry in std::fs::read_dir(shipped.join(part)).unwrap().flatten().filter(|e| e.path().is_file()) {
            std::fs::copy(entry.path(), folder.join(part).join(entry.file_name())).unwrap();
        }
    }
    let window = desk.open();
    window.invoke("save_spec", json!({ "text": SPEC })).unwrap();
    window.invoke("start", json!({ "target": "meadow" })).unwrap();
    window.until("two finished runs", || {
        let status = window.invoke("status", json!({ "campaign": "meadow" })).ok()?;
        (status["runs_completed"] == 2).then_some(())
    });
    window.reload();
    window.press("open-meadow");
    window.press("nav-explore");
    window.click("[data-testid='runs-table'] .row-line");
    window.press("tab-scenario");
    assert_eq!(window.text("turn-shown"), "Turn 1 of 6");
    assert!(window.text("world").contains("Agreement:"), "{}", window.text("world"));
    window.press("turn-after");
    assert_eq!(window.text("turn-shown"), "Turn 2 of 6");
    window.picture("scenario");
    window.press("branch-here");
    let branched = window.until("the branch", || {
        let list = window.invoke("list", json!({})).ok()?;
        let rows = list["campaigns"].as_array()?;
        rows.iter().filter_map(|r| r["campaign"].as_str()).find(|id| id.contains("-after-2")).map(str::to_owned)
    });
    let spec = window.invoke("spec", json!({ "campaign": branched })).unwrap();
    assert!(spec["text"].as_str().unwrap().contains("\"start_turn\": 2"), "{spec}");
}
