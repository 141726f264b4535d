//! Promises of importers: every key of the consensus campaign's files ends as mapped or ignored with a reason, the spec
//! that comes out resolves and plans, and the original's contradictions are said.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a test's helpers fail by panic too")]

mod support;

use std::path::{Path, PathBuf};

use ergon_design::import::{self, ImportKind, Imported};
use ergon_design::{Plan, PlanOptions, read_spec, resolve};
use ergon_domain::{Direction, Family, Manifest, Metric, Parameter, ParameterKind, Value};

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/consensus-legacy").join(name)
}

fn imported(name: &str) -> (ImportKind, Imported) {
    of(name, &std::fs::read(data(name)).unwrap())
}

fn of(name: &str, bytes: &[u8]) -> (ImportKind, Imported) {
    let source = import::read(bytes, name, None).unwrap_or_else(|e| panic!("{e}"));
    (source.kind, import::spec(&source).unwrap_or_else(|e| panic!("{e}")))
}

fn refused(text: &str) -> String {
    let source = match import::read(text.as_bytes(), "f.yaml", None) {
        Ok(source) => source,
        Err(e) => return e.to_string(),
    };
    import::spec(&source).map(|_| ()).unwrap_err().to_string()
}

/// All of the consensus workload that the guide's files need.
fn manifest() -> Manifest {
    let mut manifest = support::manifest();
    let choice = |name: &str, values: &[&str], default: &str| {
        Parameter::new(name, ParameterKind::choice(values), Some(Value::text(default)), "")
    };
    manifest.parameters.extend([
        Parameter::new("jobs", ParameterKind::Int { min: 1, max: 1000 }, Some(Value::Int(30)), ""),
        choice("network", &["lan", "wan"], "lan"),
        choice("fault_intensity", &["light", "medium", "heavy", "chaos"], "medium"),
        choice("byzantine_behaviour", &["by_intensity", "silent"], "by_intensity"),
    ]);
    let names = [
        "convergence_time_s",
        "system_throughput_jobs_per_h",
        "resource_utilization",
        "decision_quality_score",
        "communication_overhead",
        "domain_specific_accuracy",
        "cross_domain_performance",
    ];
    let metric = |id: &&str| Metric::new(id, id, "1", Direction::Higher, (None, None), Family::Continuous, "");
    manifest.metrics.extend(names.iter().map(metric));
    manifest
}

fn planned(spec: &serde_json::Value) -> Plan {
    planned_text(&serde_json::to_string(&pruned(spec)).unwrap(), "imported.json")
}

fn planned_text(text: &str, name: &str) -> Plan {
    let source = read_spec(text.as_bytes(), name).unwrap_or_else(|e| panic!("{e}\n{text}"));
    let campaign = resolve(&source, &manifest(), &support::digest_of).unwrap_or_else(|e| panic!("{e}\n{text}"));
    campaign.plan(&PlanOptions::default()).unwrap_or_else(|e| panic!("{e}"))
}

fn pruned(spec: &serde_json::Value) -> serde_json::Value {
    match spec {
        serde_json::Value::Object(entries) => {
            entries.iter().filter(|(_, v)| !v.is_null()).map(|(k, v)| (k.clone(), pruned(v))).collect()
        }
        serde_json::Value::Array(items) => items.iter().map(pruned).collect(),
        other => other.clone(),
    }
}

fn has(lines: &[String], expected: &str) {
    assert!(lines.iter().any(|l| l.starts_with(expected)), "no line begins with '{expected}':\n{}", lines.join("\n"));
}

/// Paths of every value of a plain YAML file.
fn keys(text: &str) -> Vec<String> {
    let mut open: Vec<(usize, String)> = Vec::new();
    let mut out = Vec::new();
    for line in text.lines().filter(|l| !l.trim_start().starts_with('#') && l.contains(':')) {
        let indent = line.len() - line.trim_start().len();
        let (key, value) = line.trim().split_once(':').unwrap();
        open.retain(|(i, _)| *i < indent);
        let path: Vec<&str> = open.iter().map(|(_, k)| k.as_str()).chain([key]).collect();
        match value.trim().is_empty() {
            true => open.push((indent, key.to_owned())),
            false => out.push(path.join(".")),
        }
    }
    out
}

#[test]
fn the_guides_campaign_as_shipped_adds_up() {
    let plan = planned_text(include_str!("../../../configs/consensus-2025.yaml"), "consensus-2025.yaml");
    let sizes: Vec<(u64, u64)> = plan.phases().iter().map(|p| (p.conditions, p.runs)).collect();
    assert_eq!(sizes, [(120, 600), (240, 720), (120, 600), (96, 192), (48, 480)]);
    assert_eq!(plan.conditions() + plan.conditions_to_choose(), 624);
    assert_eq!(plan.runs() + plan.runs_to_choose(), 2592, "not the 2,496 that the guide prints");
    let phase_2 = &plan.phases()[1].report;
    assert_eq!((phase_2.combinations, phase_2.max_imbalance, phase_2.pair_coverage), (64_800, Some(0), Some(1.0)));
    assert!(phase_2.d_efficiency.unwrap() > 0.98, "{:?}", phase_2.d_efficiency);
}

#[test]
fn every_key_of_the_sample_campaign_is_mapped_or_ignored_with_a_reason() {
    let text = std::fs::read_to_string(data("sample_campaign_config.yaml")).unwrap();
    let (kind, made) = imported("sample_campaign_config.yaml");
    let (mapped, ignored) = (&made.report.mapped, &made.report.ignored);
    let keys = keys(&text);
    assert!(kind == ImportKind::ConsensusCampaign && keys.len() > 50, "{keys:?}");
    for key in &keys {
        let taken = mapped.iter().any(|l| l.starts_with(&format!("{key} → ")));
        let left = ignored.iter().any(|l| l.starts_with(&format!("{key}: because ")));
        assert!(taken != left, "{key} is mapped: {taken}, ignored: {left}");
    }
    has(mapped, "campaign_id → campaign.id: \"llm-consensus-evaluation-2025\"");
    has(mapped, "total_budget_hours → budget.hours: 2500");
    has(mapped, "reproducibility_seed → campaign.seed: 42");
    has(mapped, "cluster_requirements.storage_capacity_tb → execution.requires.disk_gb: 5000");
    has(mapped, "statistical_analysis.multiple_comparisons_correction → analysis.correction: \"bonferroni\"");
    has(&made.report.defaulted, "phases: phase_1, phase_2, phase_3, phase_4, phase_5 (built into");
    has(&made.report.warnings, "missing_data_handling: ");
    has(&made.report.warnings, "the guide prints about 2,496 runs; its phases add up to 2,592");
    let plan = planned(&made.spec.unwrap());
    assert_eq!(plan.runs() + plan.runs_to_choose(), 2592);
}

#[test]
fn every_block_that_the_guide_prints_comes_in() {
    let runs = |name: &str| {
        let (kind, made) = imported(&format!("guide/{name}"));
        assert!(made.report.mapped.len() + made.report.ignored.len() > 0, "{name}");
        made.spec.map(|spec| planned(&spec)).map(|plan| (kind, plan.runs() + plan.runs_to_choose()))
    };
    use ImportKind::{ConsensusCampaign, ConsensusConditions, ConsensusRun};
    for (name, expected) in [
        ("01-phase-1-design.yaml", Some((ConsensusCampaign, 600))),
        ("02-experiment-id-phase-1-0045-0.yaml", Some((ConsensusRun, 5))),
        ("03-phase-2-design.yaml", Some((ConsensusCampaign, 720))),
        ("04-agent-type-llm.yaml", Some((ConsensusConditions, 2))),
        ("05-phase-3-design.yaml", Some((ConsensusCampaign, 600))),
        ("06-phase-4-design.yaml", Some((ConsensusCampaign, 192))),
        // Phase 5 is chosen from the other four.
        ("07-phase-5-design.yaml", Some((ConsensusCampaign, 2592))),
        ("08-campaign-id-llm-consensus-ev.yaml", Some((ConsensusCampaign, 2592))),
        ("09-experiment-id-phase-2-0156-0.yaml", Some((ConsensusRun, 1))),
        ("10-llm-vs-heuristic.json", None),
        ("11-campaign-overview.json", None),
        ("12-phase-phase-2.json", None),
        ("13-optimization-settings.yaml", Some((ConsensusCampaign, 2592))),
    ] {
        assert_eq!(runs(name), expected, "{name}");
    }
}

#[test]
fn phase_designs_say_where_the_guide_contradicts_itself() {
    let (_, three) = imported("guide/05-phase-3-design.yaml");
    has(&three.report.warnings, "phase_3_design.factorial_design: 5√ó3√ó4 is 60 conditions, the guide runs 120");
    has(&three.report.ignored, "phase_3_design.key_analysis[2]: because it has no formula");
    let (_, one) = imported("guide/01-phase-1-design.yaml");
    assert!(one.report.warnings.iter().all(|w| !w.contains("factorial_design")), "4 × 5 × 6 is 120");
    let (_, four) = imported("guide/06-phase-4-design.yaml");
    has(&four.report.mapped, "phase_4_design.fault_rates → phases.0.levels.fault_rate: [0.3,0.4,0.5]");
    let fewer = "phase_4_design: { agent_counts: [50], fault_rates: [0.4] }\n";
    has(
        &of("f.yaml", fewer.as_bytes()).1.report.warnings,
        "phase_4: its levels make 16 conditions, the guide prints 96",
    );
}

#[test]
fn a_generated_experiment_keeps_its_settings_and_says_what_it_lost() {
    let (_, made) = imported("phase_1_0147_02_config.yaml");
    let spec = made.spec.unwrap();
    let run = planned(&spec).iter().next().unwrap();
    let condition = &run.condition.condition;
    assert_eq!((condition.int("agent_count"), condition.text("fault_intensity")), (Some(50), Some("chaos")));
    assert_eq!((condition.text("fault_type"), condition.real("fault_rate")), (Some("byzantine"), Some(0.2)));
    assert_eq!(
        (spec["campaign"]["id"].as_str(), spec["phases"][0]["name"].as_str()),
        (Some("phase-1-0147-02"), Some("phase_1"))
    );
    has(&made.report.defaulted, "workload.fault_rate: 0.2 (the file has no fault rate)");
    has(&made.report.warnings, "the original's generator drops the fault rate");
    has(&made.report.warnings, "experiment_id: configuration 147 of phase_1, which has 120 in the guide");
    has(&made.report.ignored, "output_dir: because ");
}

#[test]
fn listed_conditions_are_an_explicit_design_with_what_they_leave_out_said() {
    let (_, made) = imported("guide/04-agent-type-llm.yaml");
    let plan = planned(&made.spec.unwrap());
    let said: Vec<_> = plan
        .iter()
        .map(|r| (r.condition.condition.int("agent_count"), r.condition.condition.real("fault_rate")))
        .collect();
    assert!(said.contains(&(Some(15), Some(0.2))) && said.contains(&(Some(20), Some(0.2))), "{said:?}");
    has(&made.report.warnings, "[1].agent_count: 20 is none of the guide's sizes [5, 10, 15, 25, 50]");
    has(&made.report.defaulted, "fault_rate: 0.2 ([0], [1] don't say)");
}

#[test]
fn wrong_values_name_the_key_and_what_is_accepted() {
    for (text, expected) in [
        (
            "campaign_id: x\ntotal_budget_hours: many\n",
            "f.yaml:2:21: total_budget_hours: 'many' is not accepted; expected a number of at least 0",
        ),
        (
            "campaign_id: x\nmax_parallel_experiments: 0\n",
            "max_parallel_experiments: 0 is not accepted; expected a whole number from 1 to 10000",
        ),
        ("campaign_id: '--'\n", "campaign_id: '--' is not accepted; expected a name with letters or digits"),
        ("campaign_id: [a]\n", "campaign_id: a list is not accepted; expected text"),
        (
            "phase_4_design: { agent_counts: [25, fifty] }\n",
            "phase_4_design.agent_counts[1]: 'fifty' is not accepted; expected a whole number from 3 to 200",
        ),
        (
            "phase_1_design: { factorial_design: several }\n",
            "phase_1_design.factorial_design: 'several' is not accepted; expected numbers of levels",
        ),
        (
            "experiment_id: a\nmethods: [paxos]\n",
            "methods[0]: 'paxos' is not accepted; expected bft, raft, negotiation or weighted",
        ),
        ("experiment_id: a\nmethods: []\n", "methods: a list is not accepted; expected at least one value"),
        (
            "- { agent_type: Robot }\n- 7\n",
            "[0].agent_type: 'Robot' is not accepted; expected LLM, Heuristic or Hybrid",
        ),
        ("campaign_id: a\ncampaign_id: b\n", "campaign_id: this key is written twice"),
        ("", "f.yaml: the file is empty; expected YAML or JSON"),
        ("[1, 2]", "in no format that is known; expected one of ergon, consensus-campaign"),
        ("{\"campaign_id\": \"x\"", "not JSON"),
    ] {
        let said = refused(text);
        assert!(said.contains(expected), "{text}\n{said}");
    }
    let unknown = of("f.yaml", b"campaign_id: x\ntotal_budget_hour: 3\n").1.report.ignored;
    has(&unknown, "total_budget_hour: because it is no key of the original's format (did it mean total_budget_hours?)");
}
