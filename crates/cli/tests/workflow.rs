//! Linear and agentic work through the real binary: the campaign that ships, energy of pairs on a machine of known power,
//! the queries of A-LEMS's guide, its files, and a model that can't be reached.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(dead_code, reason = "the tree has more than this file uses")]

mod common;
#[path = "../../energy/tests/energy/tree.rs"]
mod tree;

use std::path::Path;
use std::time::Duration;

use common::chat_server::{ChatServer, said};
use common::{Ergon, Ran};
use serde_json::Value;
use tree::{Advancing, Tree};

const ROUND: u64 = 262_143_328_850;
/// What a call of the server's model takes, and what the machine draws.
const CALL_S: f64 = 0.35;
const WATTS: f64 = 40.0;

/// A server that takes its time, plans one step and knows no answer but 12.
fn server() -> u16 {
    let answer = |_, body: &str| {
        std::thread::sleep(Duration::from_secs_f64(CALL_S));
        let plan = r#"{"steps": [{"tool": "calculator", "input": "5 + 7"}]}"#;
        said(if body.contains("Plan how to solve") { plan } else { r#"{"answer": "12"}"# }, 100, 10)
    };
    ChatServer::start(answer).port
}

fn spec(port: u16, energy: &str, replicates: u32) -> String {
    format!(
        "ergon: 1
campaign: {{ id: pairs, seed: 3 }}
workload: {{ kind: workflow, task: gsm8k_basic }}
factors: {{ workflow: [linear, agentic] }}
models: {{ llm: {{ provider: openai, model: m-1, base_url: 'http://127.0.0.1:{port}', key_env: LAB_KEY }} }}
phases: [ {{ name: pairs, order: blocked_by_replicate, replicates: {replicates} }} ]
execution: {{ energy: {energy}, energy_baseline: 3, retries: 0, warmup: 1 }}
analysis:
  questions:
    - {{ metric: energy_j, by: [workflow], as: tax }}
    - {{ metric: energy_j, by: [workflow], as: phase_shares }}
    - {{ metric: energy_j, by: [workflow], as: per_correct }}
"
    )
}

/// Runs with this tree as `/sys`.
fn on(ergon: &Ergon, sysfs: &Path, args: &[&str]) -> Ran {
    let mut command = ergon.command(args);
    command.env("ERGON_SYSFS_ROOT", sysfs).env("ERGON_NVML_LIBRARY", "none").env("LAB_KEY", "k");
    command.output().unwrap().into()
}

fn detail<'a>(reply: &'a Value, of: &str) -> &'a Value {
    let all = reply["analyses"].as_array().unwrap();
    all.iter().map(|a| &a["detail"]).find(|d| d["of"] == of).unwrap_or_else(|| panic!("no {of} in {reply}"))
}

fn refused(reply: &Value, question: &str) -> String {
    let all = reply["refusals"].as_array().unwrap();
    let found = all.iter().find(|r| r["question"].as_str().unwrap().starts_with(question));
    found.unwrap_or_else(|| panic!("nothing refused about {question}: {reply}"))["reason"].as_str().unwrap().to_owned()
}

#[test]
fn the_tax_of_measured_pairs_is_their_ratio_difference_and_interval_and_spans_have_their_joules() {
    let tree = Tree::new();
    let _advancing = Advancing::start(vec![tree.zone("intel-rapl:0", "package-0", ROUND, 0).draws(WATTS)]);
    let ergon = Ergon::new();
    ergon.write("pairs.yaml", spec(server(), "exclusive", 4));
    let reply = on(&ergon, tree.root(), &["--json", "run", "pairs.yaml"]).done().json();
    assert_eq!(
        (reply["succeeded"].as_u64(), reply["energy_provenance"].as_str()),
        (Some(8), Some("measured")),
        "{reply}"
    );

    // The warm-up asked the model, and left nothing but its calls.
    assert!(ergon.number("SELECT count(*) FROM model_call WHERE attempt = 0") >= 1);
    assert_eq!(ergon.number("SELECT count(*) FROM attempt"), 8);

    let found = on(&ergon, tree.root(), &["--json", "analyze", "pairs"]).done().json();
    let tax = detail(&found, "tax");
    assert_eq!((tax["treatment"].as_str(), tax["control"].as_str()), (Some("agentic"), Some("linear")));
    assert_eq!(tax["pairs"].as_array().unwrap().len(), 4, "{tax}");
    let number = |value: &Value| value.as_f64().unwrap_or_else(|| panic!("no number in {tax}"));
    // Two calls against one, on a machine that always draws the same.
    let (ratio, lo, hi) = (number(&tax["ratio"]), number(&tax["ratio_ci"]["lo"]), number(&tax["ratio_ci"]["hi"]));
    assert!((1.6..2.4).contains(&ratio) && lo < ratio && ratio < hi, "{tax}");
    let difference = number(&tax["difference"]);
    assert!((difference - WATTS * CALL_S).abs() < 0.5 * WATTS * CALL_S, "{difference} J");

    let shares = detail(&found, "phase_shares");
    let agentic = shares["levels"].as_array().unwrap().iter().find(|l| l["level"] == "agentic").unwrap();
    let share = |name: &str| {
        let phases = agentic["phases"].as_array().unwrap();
        number(&phases.iter().find(|p| p["phase"] == name).unwrap_or_else(|| panic!("no {name}"))["share"])
    };
    assert!((0.3..0.7).contains(&share("planning")) && (0.3..0.7).contains(&share("synthesis")), "{agentic}");
    let shown = ["answering", "planning", "synthesis"].map(|span| {
        ergon.number(&format!(
            "SELECT count(*) FROM span_long WHERE span = '{span}' AND resource = 'energy_j' AND value > 0"
        ))
    });
    assert_eq!(shown, [4, 4, 4]);

    // Tables and figures of it.
    let table =
        on(&ergon, tree.root(), &["table", "pairs", "tax", "--metric", "energy_j", "--format", "md"]).done().out;
    assert!(table.contains("agentic over linear"), "{table}");
    for kind in ["tax", "per_correct", "phase_shares"] {
        let drawn = on(&ergon, tree.root(), &["figure", "pairs", kind, "--metric", "energy_j"]);
        assert!(drawn.code == 0 && drawn.out.contains("<svg"), "{kind}: {}", drawn.err);
    }
    let next = on(
        &ergon,
        tree.root(),
        &["next", "pairs", "--rule", "pairs: tax_multiplier > 1.2", "--rule", "pairs: tax_multiplier > 10"],
    );
    let next = next.done().out;
    assert!(next.contains("tax_multiplier > 1.2: holds") && next.contains("> 10: does not hold"), "{next}");
    assert!(next.contains("pairs find a ratio of 1.1 in energy_j") && next.contains("785 in one sample"), "{next}");
    guides_queries(&ergon);
}

/// The queries of A-LEMS's guide, with its names, on a campaign of four pairs.
fn guides_queries(ergon: &Ergon) {
    let summary = ergon.sql(
        "SELECT e.task_name, e.provider, COUNT(*) as runs, AVG(r.dynamic_energy_uj/1e6) as mean_energy_j, \
         STDDEV(r.dynamic_energy_uj/1e6) as std_energy_j, AVG(r.duration_ns/1e9) as mean_duration_s, \
         AVG(ots.tax_percent) as mean_tax_pct FROM runs r JOIN experiments e ON r.exp_id = e.exp_id \
         JOIN orchestration_tax_summary ots ON r.run_id = ots.linear_run_id WHERE e.group_id = 'pairs' \
         GROUP BY e.task_name, e.provider, r.workflow_type",
    );
    assert_eq!((summary.len(), summary[0][0].as_str(), summary[0][2].as_i64()), (1, Some("gsm8k_basic"), Some(4)));
    assert!((60.0..140.0).contains(&summary[0][6].as_f64().unwrap()), "{summary:?}");
    let intervals = ergon.sql(
        "WITH stats AS (SELECT task_name, provider, workflow_type, AVG(total_energy_uj/1e6) as mean, \
         STDDEV(total_energy_uj/1e6) as std, COUNT(*) as n FROM runs r JOIN experiments e ON r.exp_id = e.exp_id \
         WHERE e.group_id = 'pairs' GROUP BY task_name, provider, workflow_type) SELECT task_name, provider, workflow_type, \
         ROUND(mean, 3) as mean_j, ROUND(mean - 1.96 * std/SQRT(n), 3) as ci_lower, \
         ROUND(mean + 1.96 * std/SQRT(n), 3) as ci_upper FROM stats ORDER BY mean",
    );
    assert_eq!(intervals.len(), 2, "{intervals:?}");
    assert!(intervals.iter().all(|row| row[4].as_f64().unwrap() <= row[3].as_f64().unwrap()), "{intervals:?}");
    let exp = ergon.number("SELECT exp_id FROM experiments WHERE group_id = 'pairs'");
    let compared = ergon.sql(&format!(
        "SELECT r.workflow_type, AVG(r.dynamic_energy_uj/1e6) as avg_energy_j, AVG(r.duration_ns/1e9) as avg_duration_s, \
         AVG(r.ipc) as avg_ipc FROM runs r WHERE r.exp_id = {exp} GROUP BY r.workflow_type"
    ));
    assert_eq!(compared.len(), 2);
    // No counter of instructions was read for a model elsewhere: missing is never 0.
    assert!(compared.iter().all(|row| row[3].is_null()), "{compared:?}");
    let high = ergon.sql(
        "SELECT e.exp_id, e.task_name, ots.tax_percent FROM orchestration_tax_summary ots JOIN runs r ON ots.linear_run_id \
         = r.run_id JOIN experiments e ON r.exp_id = e.exp_id WHERE ots.tax_percent > 20 ORDER BY ots.tax_percent DESC",
    );
    assert_eq!(high.len(), 4, "{high:?}");
    let totals = ergon.sql(
        "SELECT COUNT(*) as total_runs, SUM(CASE WHEN workflow_type=\"linear\" THEN 1 ELSE 0 END) as linear, \
         SUM(CASE WHEN workflow_type=\"agentic\" THEN 1 ELSE 0 END) as agentic FROM runs",
    );
    assert_eq!(totals[0], [8, 4, 4].map(Value::from).to_vec());
    let last = ergon.sql(
        "SELECT MAX(run_number) FROM runs WHERE exp_id = (SELECT MAX(exp_id) FROM experiments) AND workflow_type = 'agentic'",
    );
    assert_eq!(last[0][0], 4);
    let categories = ergon.sql(
        "SELECT tc.category, COUNT(r.run_id) as cnt FROM task_categories tc LEFT JOIN experiments e ON tc.task_id = \
         e.task_name LEFT JOIN runs r ON e.exp_id = r.exp_id GROUP BY tc.category ORDER BY cnt ASC",
    );
    assert_eq!(categories.last().unwrap()[0], "reasoning");
    let shipped = std::fs::read_to_string(common::repository().join("configs/a-lems-queries.sql")).unwrap();
    let code: String = shipped.lines().filter(|line| !line.starts_with("--")).map(|line| format!("{line} ")).collect();
    let queries: Vec<&str> = code.split(';').map(str::trim).filter(|query| !query.is_empty()).collect();
    assert!(queries.len() >= 10, "{}", queries.len());
    for query in &queries {
        // The one about a tax above 200 % finds nothing here.
        assert_eq!(ergon.sql(query).is_empty(), query.contains("> 200"), "{query}");
    }
    let deviation = |query: &str| ergon.sql(query)[0].last().and_then(Value::as_f64);
    let plain = queries.iter().find(|query| query.contains("(x - mean)*(x - mean)")).unwrap();
    let built_in = "SELECT STDDEV(dynamic_energy_uj)/1e6 FROM runs WHERE workflow_type = 'agentic'";
    let (plain, built_in) = (deviation(plain).unwrap(), deviation(built_in).unwrap());
    assert!((plain - built_in).abs() <= 1e-6 * built_in.max(1.0), "{plain} and {built_in}");
}

#[test]
fn there_is_no_tax_of_energy_that_is_shared_or_estimated_and_the_reason_is_said() {
    let tree = Tree::new();
    let _advancing = Advancing::start(vec![tree.zone("intel-rapl:0", "package-0", ROUND, 0).draws(WATTS)]);
    let empty = Tree::new();
    for (sysfs, mode, reason) in [(tree.root(), "concurrent", "overlapped"), (empty.root(), "exclusive", "estimated (")]
    {
        let ergon = Ergon::new();
        ergon.write("pairs.yaml", spec(server(), mode, 2));
        on(&ergon, sysfs, &["--json", "run", "pairs.yaml"]).done();
        let found = on(&ergon, sysfs, &["--json", "analyze", "pairs"]).done().json();
        let said = refused(&found, "energy_j by workflow");
        assert!(said.contains("no orchestration tax") && said.contains(reason), "{mode}: {said}");
        assert_eq!(ergon.number("SELECT count(*) FROM orchestration_tax_summary"), 0, "{mode}");
    }
}

#[test]
fn the_campaign_that_ships_runs_offline_and_marks_its_numbers_as_simulated() {
    let ergon = Ergon::new();
    let config = common::repository().join("configs/workflow-quick.yaml");
    let few = ["--set", "phases.0.replicates=4", "--set", "execution.energy_baseline=0"];
    let args = [&["--json", "run", config.to_str().unwrap()][..], &few].concat();
    let reply = ergon.run(&args).done().json();
    assert_eq!(reply["succeeded"], 64, "{reply}");
    let found = ergon.run(&["--json", "analyze", "workflow-quick"]).done().json();
    let tax = detail(&found, "tax");
    assert!(tax["ratio"].as_f64().unwrap() > 1.0, "{tax}");
    let tokens = found["analyses"].as_array().unwrap().iter().find(|a| a["detail"]["of"] == "tax").unwrap();
    assert_eq!((tokens["provenance"].as_str(), tokens["simulated_model"].as_bool()), (Some("simulated"), Some(true)));
    assert_eq!(found["hypotheses"][0]["verdict"], "not_evidence");
    // Its runs are over before a sensor has moved, and its model computes nothing: there is no tax in joules.
    assert!(!refused(&found, "energy_j by workflow").is_empty());
    let efficiency = detail(&found, "per_correct")["levels"].as_array().unwrap();
    assert_eq!(efficiency.len(), 4, "one a way of working");
    // The same again is the same, bit for bit.
    let again = Ergon::new();
    again.run(&args).done();
    let results = |ergon: &Ergon| ergon.run(&["results", "workflow-quick"]).done().out;
    assert_eq!(results(&ergon), results(&again));
}

#[test]
fn a_batch_in_which_everything_failed_says_so_with_its_class_and_measures_nothing() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let ergon = Ergon::new();
    let text = spec(closed, "off", 2).replace("warmup: 1", "warmup: 0");
    ergon.write("pairs.yaml", text.replace("key_env: LAB_KEY", "key_env: LAB_KEY, retries: 0"));
    let ran = on(&ergon, Path::new("/sys"), &["run", "pairs.yaml"]);
    assert_eq!(ran.code, 3, "{}{}", ran.out, ran.err);
    assert!(ran.err.contains("every run failed, so nothing was measured"), "{}{}", ran.out, ran.err);
    assert_eq!(ergon.number("SELECT count(*) FROM failed_run WHERE failure_class = 'model_unavailable'"), 4);
    assert_eq!(ergon.number("SELECT count(*) FROM metric_value"), 0);
    let asked = ergon.run(&["analyze", "pairs"]);
    assert!(asked.code != 0 || asked.out.contains("not answered"), "{}", asked.out);
}

fn import(ergon: &Ergon, file: &str) -> Value {
    ergon.run(&["--json", "import", file]).done().json()
}

fn has(reply: &Value, part: &str, expected: &str) {
    let lines: Vec<&str> = reply[part].as_array().unwrap().iter().map(|l| l.as_str().unwrap()).collect();
    assert!(
        lines.iter().any(|l| l.starts_with(expected)),
        "no line of {part} begins with '{expected}':\n{}",
        lines.join("\n")
    );
}

#[test]
fn the_guide_s_batch_script_becomes_a_campaign_and_every_option_is_accounted_for() {
    let ergon = Ergon::new();
    let script = r#"#!/bin/bash
source venv/bin/activate
export GROQ_API_KEY="your-key-here"
TASKS="gsm8k_basic,gsm8k_multi_step,code_fibonacci"
PROVIDERS="cloud,local"
REPS=30
COOLDOWN=5
python -m core.execution.tests.run_experiment \
--tasks $TASKS \
--repetitions $REPS \
--providers $PROVIDERS \
--cool-down $COOLDOWN \
--save-db \
--verbose 2>&1 | tee batch.log
"#;
    ergon.write("batch.sh", script);
    let reply = import(&ergon, "batch.sh");
    assert_eq!(reply["files"][0]["kind"], "a-lems-command", "{reply}");
    has(&reply, "mapped", "--repetitions → phases.0.replicates: 30");
    has(&reply, "mapped", "--cool-down → execution.cooldown: 5");
    has(&reply, "ignored", "--save-db: because");
    has(&reply, "ignored", "GROQ_API_KEY: because keys belong");
    has(&reply, "warnings", "--tasks: code_fibonacci becomes code_expression");
    has(&reply, "defaulted", "workload.max_tokens: 1024 (A-LEMS gave agentic work twice as many");
    let plan = ergon.run(&["--json", "plan", "a-lems-batch"]).done();
    // 3 tasks, 2 providers, 2 ways of working, 30 times.
    assert_eq!(plan.out.lines().filter(|l| l.contains("\"run_id\"")).count(), 360);
    assert!(!format!("{reply}").contains("your-key-here"));
}

#[test]
fn a_task_list_and_a_plan_of_containers_come_in_and_what_can_t_be_kept_is_named() {
    let ergon = Ergon::new();
    ergon.write(
        "tasks.yaml",
        "tasks:\n  - { id: factual_qa, category: qa, prompt: 'Who?', level: 1 }\n  - { id: juggling, category: x, prompt: 'Juggle.' }\n",
    );
    let reply = import(&ergon, "tasks.yaml");
    assert_eq!(reply["files"][0]["campaign"], "a-lems-tasks", "{reply}");
    has(&reply, "ignored", "tasks: juggling: because Ergon has no such task");
    has(&reply, "ignored", "tasks[].prompt: because one prompt without a right answer");

    ergon.write(
        "plan.yaml",
        "name: My Plan
containers:
- { id: C1, label: Probe, tasks: [gsm8k_basic], providers: [cloud], repetitions: 2, cool_down: 5, conditions: [
    { metric: tax_multiplier, operator: '>', value: 10, run: C2 }, { metric: tax_multiplier, operator: '>', value: 20, run: STOP } ] }
- { id: C2, label: Deep, tasks: [logical_reasoning], providers: [local], repetitions: 3, cool_down: 9, conditions: [] }
",
    );
    let reply = import(&ergon, "plan.yaml");
    assert_eq!(
        (reply["files"][0]["kind"].as_str(), reply["files"][0]["campaign"].as_str()),
        (Some("a-lems-plan"), Some("my-plan")),
        "{reply}"
    );
    has(&reply, "mapped", "containers[0].conditions[0] → phases.c2.depends_on: c1");
    has(&reply, "warnings", "containers[0].conditions[0]: c2 only if tax_multiplier > 10");
    has(&reply, "warnings", "containers[].cool_down: they differ");
    let plan = ergon.run(&["--json", "plan", "my-plan"]).done();
    let of = |phase: &str| plan.out.lines().filter(|l| l.contains(&format!("\"phase\":\"{phase}\""))).count();
    assert_eq!((of("c1"), of("c2")), (4, 6), "{}", plan.out);
}
