//! A workload to plan for, and shorthand.
#![allow(dead_code, reason = "each test binary uses a part")]
#![allow(clippy::panic, clippy::unwrap_used, reason = "also part of the bench")]

use std::cell::Cell;
use std::sync::Arc;

use ergon_design::{Campaign, InputFile, Plan, PlanOptions, read_spec, resolve};
use ergon_domain::{
    ActiveWhen, Digest, Direction, Family, Manifest, Metric, Parameter, ParameterKind, RunLimit, Stream, Value,
};

/// The consensus workload as far as the contract file and the guide's factor space need it.
pub(crate) fn manifest() -> Manifest {
    let choice = |name: &str, values: &[&str], default: &str| {
        Parameter::new(name, ParameterKind::choice(values), Some(Value::text(default)), "")
    };
    let metric = |id: &str, family| Metric::new(id, id, "1", Direction::Higher, (None, None), family, "");
    let swf = ActiveWhen::OneOf { parameter: "job_source".into(), values: vec![Value::text("swf")] };
    Manifest {
        workload: "consensus".into(),
        version: 1,
        doc: "".into(),
        parameters: vec![
            choice("agent_type", &["heuristic", "llm", "hybrid"], "heuristic"),
            choice("consensus_protocol", &["bft", "raft", "negotiation", "weighted"], "bft"),
            Parameter::new("agent_count", ParameterKind::Int { min: 3, max: 200 }, Some(Value::Int(5)), ""),
            Parameter::new("fault_rate", ParameterKind::Real { min: 0.0, max: 0.5 }, Some(Value::Int(0)), ""),
            choice("fault_type", &["none", "byzantine", "crash", "network", "performance"], "none")
                .active_when(ActiveWhen::Above { parameter: "fault_rate".into(), bound: 0.0 }),
            choice("workload_type", &["gpu_intensive", "memory_heavy", "compute_bound", "io_heavy", "mixed"], "mixed"),
            choice("job_arrival_rate", &["low", "medium", "high"], "medium"),
            Parameter::new(
                "specialization_level",
                ParameterKind::Real { min: 0.0, max: 1.0 },
                Some(Value::Real(0.5)),
                "",
            ),
            Parameter::new("simulation_time", ParameterKind::Real { min: 1.0, max: 1e6 }, Some(Value::Int(300)), "")
                .unit("s"),
            choice("job_source", &["generated", "lublin", "swf"], "generated"),
            Parameter::new("job_source.swf", ParameterKind::File { format: "a trace in SWF".into() }, None, "")
                .active_when(swf.clone()),
            Parameter::new("job_source.first", ParameterKind::Int { min: 1, max: 1_000_000 }, None, "")
                .active_when(swf),
        ],
        open_parameters: false,
        metrics: vec![
            metric("consensus_success_rate", Family::Proportion),
            metric("fault_recovery_time_s", Family::TimeToEvent),
        ],
        streams: vec![Stream { name: "jobs".into(), common: true }, Stream { name: "network".into(), common: false }],
        spans: vec![],
        settings: vec![],
        settings_digest: Digest([0; 32]),
        files: vec![],
        limit: RunLimit::Events,
        deterministic: true,
        number_tables: vec![],
    }
}

/// A workload that takes any factor.
pub(crate) fn open_manifest() -> Manifest {
    let mut manifest = manifest();
    manifest.workload = Arc::from("command");
    manifest.parameters.clear();
    manifest.open_parameters = true;
    manifest.settings = vec![Arc::from("run")];
    manifest
}

/// Any path whose name doesn't start with `missing` is a file, its content its path.
pub(crate) fn digest_of(path: &str) -> Result<InputFile, String> {
    if path.starts_with("missing") {
        return Err(format!("no such file: {path}"));
    }
    Ok(InputFile { digest: Digest::of_bytes(path.as_bytes()), size: path.len() as u64, path: path.into() })
}

pub(crate) fn campaign_for(text: &str, manifest: &Manifest) -> Campaign {
    let source = read_spec(text.as_bytes(), "c.yaml").unwrap_or_else(|e| panic!("{e}"));
    resolve(&source, manifest, &digest_of).unwrap_or_else(|e| panic!("{e}"))
}

pub(crate) fn campaign(text: &str) -> Campaign {
    campaign_for(&spec(text), &manifest())
}

/// What is wrong with a spec, as the user reads it.
pub(crate) fn said(text: &str) -> String {
    said_for(&spec(text), &manifest())
}

pub(crate) fn said_for(text: &str, manifest: &Manifest) -> String {
    let source = read_spec(text.as_bytes(), "c.yaml").unwrap_or_else(|e| panic!("{e}"));
    resolve(&source, manifest, &digest_of).map(|_| ()).unwrap_err().to_string()
}

/// Four lines before the text: problems in it start at line 4.
pub(crate) fn spec(rest: &str) -> String {
    let workload = if rest.contains("workload:") { "" } else { "workload: { kind: consensus }" };
    format!("ergon: 1\ncampaign: {{ id: test, seed: 42 }}\n{workload}\n{rest}")
}

pub(crate) fn plan(text: &str) -> Plan {
    campaign(text).plan(&PlanOptions::default()).unwrap_or_else(|e| panic!("{e}"))
}

/// Numbers for loops over random cases.
pub(crate) fn numbers(seed: u64) -> impl FnMut(usize) -> usize {
    let state = Cell::new(seed ^ 0x9e37_79b9_7f4a_7c15);
    move |n| {
        let next = state.get().wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state.set(next);
        (next >> 33) as usize % n.max(1)
    }
}
