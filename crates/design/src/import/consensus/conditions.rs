//! A list of conditions, as the guide prints its key configurations: an explicit design.

use serde_json::{Map, Value as Json, json};

use super::run_config::{FAULT_RATE, JOBS};
use crate::import::draft::Draft;
use crate::import::source::json;
use crate::import::{Imported, words};
use crate::problem::Problem;
use crate::tree::{Content, Node};

/// Levels of agent_count in the guide's factors.
const SIZES: [i64; 5] = [5, 10, 15, 25, 50];

/// A spec of the file.
pub(in crate::import) fn import(tree: &Node) -> Result<Imported, Vec<Problem>> {
    let Content::List(items) = &tree.content else {
        return Err(vec![Problem::error("", "the file is no list of conditions").at(tree.position)]);
    };
    let mut draft = Draft::new(json!({
        "ergon": 1,
        "campaign": { "id": "consensus-conditions", "seed": 42 },
        "workload": { "kind": "consensus", "jobs": JOBS },
    }));
    let mut rows: Vec<Map<String, Json>> = Vec::new();
    for (i, item) in items.iter().enumerate() {
        let Content::Map(entries) = &item.content else {
            draft.refuse(&format!("[{i}]"), item, "a mapping from factor to level");
            continue;
        };
        let mut row = Map::new();
        for e in entries {
            take(&mut draft, &mut row, &format!("[{i}].{}", e.key), &e.key, &e.value);
        }
        rows.push(row);
    }
    fill(&mut draft, &mut rows);
    draft.report.presume("campaign.id", "consensus-conditions", "the file names no campaign");
    draft.report.presume("campaign.seed", "42", "the original's reproducibility_seed");
    draft.report.presume("workload.jobs", &JOBS.to_string(), "the original's results have 15");
    if rows.iter().any(|r| r.get("agent_type").is_some_and(|a| a != "heuristic")) {
        let model = json!({ "provider": "simulated", "skill": 0.7, "latency_s": 1.2 });
        draft.default("models", json!({ "llm": model }), "the file names no model");
    }
    draft.report.presume("phases", "one, explicit", "the conditions as listed");
    let design = json!({ "kind": "explicit", "conditions": rows });
    crate::import::source::set(
        &mut draft.spec,
        "phases",
        json!([{ "name": "listed", "design": design, "replicates": 1 }]),
    );
    draft.done()
}

fn take(draft: &mut Draft, row: &mut Map<String, Json>, path: &str, key: &str, node: &Node) {
    let found = match key {
        "agent_type" => draft.word(path, node, &words::agent, "LLM, Heuristic or Hybrid"),
        "consensus_protocol" => draft.word(path, node, &words::protocol, "BFT, Raft, Negotiation or Weighted"),
        "fault_type" => draft.word(path, node, &words::fault, "Byzantine, Crash, Network or Performance"),
        "workload_type" => {
            draft.word(path, node, &words::workload, "GPU-intensive, Memory-heavy, Compute-bound, I/O-heavy or Mixed")
        }
        "job_arrival_rate" => draft.word(path, node, &words::arrivals, "Low, Medium or High"),
        "agent_count" => draft.whole(path, node, (3, 200)),
        "fault_rate" => draft.number(path, node, (0.0, 0.5)),
        "specialization_level" => draft.number(path, node, (0.0, 1.0)),
        "repetitions" | "duration" => {
            return draft
                .report
                .ignore(path, "the list is of conditions; replicates belong to the phase, jobs bound a run");
        }
        _ => return draft.report.ignore(path, "it is no factor of the guide"),
    };
    let Some(level) = found else { return };
    if key == "agent_count" && json(node).as_i64().is_some_and(|n| !SIZES.contains(&n)) {
        draft.report.warn(format!("{path}: {level} is none of the guide's sizes {SIZES:?}"));
    }
    draft.report.map(path, key, &level);
    row.insert(key.to_owned(), level);
}

/// Every condition names every factor: what one leaves out is the guide's middle level.
fn fill(draft: &mut Draft, rows: &mut [Map<String, Json>]) {
    let mut names: Vec<String> = rows.iter().flat_map(|r| r.keys().cloned()).collect();
    if names.iter().any(|n| n == "fault_type") {
        names.push("fault_rate".to_owned());
    }
    names.sort();
    names.dedup();
    for name in names {
        let default = match name.as_str() {
            "agent_type" => json!("heuristic"),
            "consensus_protocol" => json!("bft"),
            "agent_count" => json!(15),
            "fault_rate" => json!(FAULT_RATE),
            "fault_type" => json!("none"),
            "workload_type" => json!("mixed"),
            "job_arrival_rate" => json!("medium"),
            _ => json!(0.5),
        };
        let missing: Vec<usize> =
            (0..rows.len()).filter(|i| rows.get(*i).is_some_and(|r| !r.contains_key(&name))).collect();
        if missing.is_empty() {
            continue;
        }
        let which: Vec<String> = missing.iter().map(|i| format!("[{i}]")).collect();
        draft.report.presume(&name, &default.to_string(), &format!("{} don't say", which.join(", ")));
        for row in rows.iter_mut().filter(|r| !r.contains_key(&name)) {
            row.insert(name.clone(), default.clone());
        }
    }
}
