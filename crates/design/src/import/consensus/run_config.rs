//! One generated experiment (`phase_1_0147_02_config.yaml`): a campaign of one condition.

use serde_json::{Value as Json, json};

use crate::import::draft::Draft;
use crate::import::source::{leaves, set};
use crate::import::{Imported, words};
use crate::problem::Problem;
use crate::tree::{Content, Node};

/// Fault rate where the file has faults and no rate.
pub(super) const FAULT_RATE: f64 = 0.2;
/// Jobs of a run in the original's results.
pub(super) const JOBS: u64 = 15;
/// Experiments of each phase, as the guide prints them.
const PRINTED: [(&str, u64); 5] =
    [("phase_1", 120), ("phase_2", 240), ("phase_3", 120), ("phase_4", 96), ("phase_5", 48)];

/// A spec of the file.
pub(in crate::import) fn import(tree: &Node) -> Result<Imported, Vec<Problem>> {
    let spec = json!({
        "ergon": 1,
        "campaign": {},
        "workload": { "kind": "consensus" },
        "phases": [{ "name": "main", "replicates": 1 }],
    });
    let mut draft = Draft::new(spec);
    for (path, node) in leaves(tree) {
        take(&mut draft, &path, node);
    }
    defaults(&mut draft, tree);
    draft.done()
}

fn take(draft: &mut Draft, key: &str, node: &Node) {
    let workload = |name: &str| format!("workload.{name}");
    match key {
        "experiment_id" => {
            if let Some(text) = draft.text(key, node) {
                identity(draft, key, text);
            }
        }
        "agent_decision_mode" => {
            if let Some(word) = draft.word(key, node, &words::agent, "heuristic, llm or hybrid") {
                draft.map(key, &workload("agent_type"), word);
            }
        }
        "methods" => {
            let expected = "bft, raft, negotiation or weighted";
            let found = draft.list(key, node, &mut |d, k, n| d.word(k, n, &words::protocol, expected));
            levels(draft, key, "consensus_protocol", found);
        }
        "fault_scenarios" => {
            if matches!(&node.content, Content::List(items) if items.is_empty()) {
                return draft.map(key, &workload("fault_type"), json!("none"));
            }
            let expected = "byzantine, crash, network, performance or none";
            let found = draft.list(key, node, &mut |d, k, n| d.word(k, n, &words::fault, expected));
            levels(draft, key, "fault_type", found);
        }
        "num_agents" => {
            if let Some(n) = draft.whole(key, node, (3, 200)) {
                draft.map(key, &workload("agent_count"), n);
            }
        }
        "fault_intensity" => {
            if let Some(word) = draft.word(key, node, &words::intensity, "light, medium, heavy or chaos") {
                draft.map(key, &workload("fault_intensity"), word);
            }
        }
        "workload_profile" => {
            let expected = "gpu_intensive, memory_heavy, compute_bound, io_heavy or mixed";
            if let Some(word) = draft.word(key, node, &words::workload, expected) {
                draft.map(key, &workload("workload_type"), word);
            }
        }
        "job_arrival_pattern" => {
            if let Some(word) = draft.word(key, node, &words::arrivals, "low, medium or high") {
                draft.map(key, &workload("job_arrival_rate"), word);
            }
        }
        "specialization_level" => {
            if let Some(level) = draft.number(key, node, (0.0, 1.0)) {
                draft.map(key, &workload("specialization_level"), level);
            }
        }
        "fault_rate" => {
            if let Some(rate) = draft.number(key, node, (0.0, 0.5)) {
                draft.map(key, &workload("fault_rate"), rate);
            }
        }
        "simulation_time" => {
            if let Some(seconds) = draft.number(key, node, (1.0, 1e9)) {
                draft.map(key, &workload("simulation_time"), seconds);
            }
        }
        "repetitions" => {
            if let Some(n) = draft.whole(key, node, (1, 1_000_000)) {
                draft.map(key, "phases.0.replicates", n);
            }
        }
        "output_dir" => draft.report.ignore(key, "results go to the store; ergon run -o FOLDER writes files beside"),
        "save_detailed_logs" => draft.report.ignore(key, "every attempt's log is kept"),
        "enable_monitoring" => draft.report.ignore(key, "Ergon always does it"),
        _ => draft.report.ignore(key, "it is no key of the original's generated configurations"),
    }
}

/// `phase_1_0147_02`: the phase, the number of the configuration, the repetition.
fn identity(draft: &mut Draft, key: &str, text: &str) {
    let id = words::campaign_id(text);
    if id.is_empty() {
        let problem = Problem::error(key, format!("'{}' is not accepted", crate::read::shortened(text)));
        return draft.problems.push(problem.expected("a name with letters or digits"));
    }
    draft.map(key, "campaign.id", json!(id));
    if let Some((phase, number, repetition)) = parts(text) {
        draft.map(key, "phases.0.name", json!(phase));
        draft.report.warn(format!(
            "experiment_id: this was repetition {repetition}; Ergon numbers repetitions itself and draws their seeds"
        ));
        if let Some((_, printed)) = PRINTED.iter().find(|(name, printed)| *name == phase && number > *printed) {
            draft
                .report
                .warn(format!("experiment_id: configuration {number} of {phase}, which has {printed} in the guide"));
        }
    }
}

/// The parts of an experiment's id.
pub(super) fn parts(id: &str) -> Option<(String, u64, u32)> {
    let (rest, repetition) = id.rsplit_once('_')?;
    let (phase, number) = rest.rsplit_once('_')?;
    Some((phase.to_owned(), number.parse().ok()?, repetition.parse().ok()?))
}

fn levels(draft: &mut Draft, key: &str, parameter: &str, found: Option<Vec<Json>>) {
    match found.map(<[Json; 1]>::try_from) {
        Some(Ok([one])) => draft.map(key, &format!("workload.{parameter}"), one),
        Some(Err(several)) => draft.map(key, &format!("factors.{parameter}"), Json::Array(several)),
        None => {}
    }
}

fn defaults(draft: &mut Draft, tree: &Node) {
    if draft.spec.pointer("/campaign/id").is_none() {
        draft.default("campaign.id", json!("consensus-run"), "the file names no experiment_id");
    }
    draft.default("campaign.seed", json!(42), "the file has none; the campaign's reproducibility_seed");
    draft.default("workload.jobs", json!(JOBS), "the file doesn't say; the original's results have 15");
    if draft.spec.pointer("/workload/simulation_time").is_some() {
        draft
            .report
            .warn("simulation_time: jobs arrive only up to here, so a run may have fewer jobs than the original's 15");
    }
    if draft.spec.pointer("/phases/0/replicates") == Some(&json!(1)) && tree.get("repetitions").is_none() {
        draft.report.presume("phases.0.replicates", "1", "the file is one repetition");
    }
    let fault = draft.spec.pointer("/workload/fault_type");
    let has_faults = draft.spec.pointer("/factors/fault_type").is_some() || fault.is_some_and(|f| f != "none");
    if draft.spec.pointer("/workload/fault_rate").is_none() {
        let rate = if has_faults { FAULT_RATE } else { 0.0 };
        draft.default("workload.fault_rate", json!(rate), "the file has no fault rate");
        if has_faults {
            draft.report.warn(
                "the original's generator drops the fault rate and keeps a word for its intensity; Ergon needs the share of \
                 faulty agents: set workload.fault_rate to the one that was meant",
            );
        }
    }
    if draft.spec.pointer("/workload/agent_type").is_some_and(|a| a != "heuristic") {
        set(&mut draft.spec, "models.llm", json!({ "provider": "simulated", "skill": 0.7, "latency_s": 1.2 }));
        draft.report.presume("models.llm", "simulated, skill 0.7, 1.2 s", "the file names no model");
    }
}
