//! Nonsense gets a clear error that names the field and what is accepted; nothing is lost, nothing left running.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use common::{Ergon, repository, seed_echo};

const GOOD: &str = "ergon: 1
campaign: { id: c, seed: 1 }
workload: { kind: consensus, simulation_time: 60 }
factors: { agent_count: [5, 10] }
";

/// (what it is, the spec, what the error must say)
fn specs() -> Vec<(&'static str, String, Vec<&'static str>)> {
    let deep = format!("{GOOD}notes: {}1{}\n", "[".repeat(5000), "]".repeat(5000));
    let bomb = {
        let mut text = String::from("ergon: 1\na: &a [x, x, x, x, x, x, x, x, x]\n");
        for (name, of) in
            [("b", "a"), ("c", "b"), ("d", "c"), ("e", "d"), ("f", "e"), ("g", "f"), ("h", "g"), ("i", "h")]
        {
            text += &format!("{name}: &{name} [*{of}, *{of}, *{of}, *{of}, *{of}, *{of}, *{of}, *{of}, *{of}]\n");
        }
        text
    };
    let big = (0..9).map(|i| format!("  f{i}: {{ from: 1, to: 10, step: 1 }}\n")).collect::<String>();
    let big = format!(
        "{}factors:\n{big}",
        seed_echo("big", 1, 1).replace("factors: { x: [0] }\n", "").replace("{x}", "{f0}")
    );
    vec![
        ("unknown key", GOOD.replace("factors", "factros"), vec!["factros", "factors"]),
        ("unknown parameter", GOOD.replace("agent_count", "agent_cuont"), vec!["agent_cuont", "agent_count"]),
        ("wrong type", GOOD.replace("[5, 10]", "[five, 10]"), vec!["agent_count", "five", "whole number"]),
        ("level out of range", GOOD.replace("[5, 10]", "[5, 1000]"), vec!["agent_count", "1000", "200"]),
        (
            "unknown choice",
            GOOD.replace("simulation_time: 60", "consensus_protocol: paxos"),
            vec!["paxos", "bft", "raft"],
        ),
        (
            "unknown provider",
            format!("{GOOD}models: {{ llm: {{ provider: chatgpt }} }}\n"),
            vec![":5:28:", "models.llm.provider", "chatgpt", "simulated"],
        ),
        (
            "an address for a file",
            format!("{GOOD}models: {{ llm: {{ provider: gguf, model: m.gguf, base_url: 'http://x' }} }}\n"),
            vec!["models.llm.base_url", "no such setting", "context", "threads"],
        ),
        (
            "a provider on the network without the model's name",
            format!("{GOOD}models: {{ llm: {{ provider: openai }} }}\n"),
            vec!["models.llm.model", "is missing"],
        ),
        (
            "a model's setting out of range",
            format!("{GOOD}models: {{ llm: {{ provider: simulated, skill: 7 }} }}\n"),
            vec!["models.llm.skill", "7", "from 0 to 1"],
        ),
        ("empty factor", GOOD.replace("[5, 10]", "[]"), vec!["agent_count"]),
        ("one level twice", GOOD.replace("[5, 10]", "[5, 5]"), vec!["agent_count", "5"]),
        (
            "constraint removes everything",
            format!("{GOOD}constraints: [ agent_count > 99 ]\n"),
            vec!["agent_count > 99"],
        ),
        ("constraint that can't be read", format!("{GOOD}constraints: [ 'agent_count >' ]\n"), vec!["constraints[0]"]),
        ("constraint on nothing", format!("{GOOD}constraints: [ agents > 1 ]\n"), vec!["agents"]),
        ("unknown workload", GOOD.replace("kind: consensus", "kind: consenus"), vec!["consenus", "consensus"]),
        ("bad id", GOOD.replace("id: c,", "id: 'A B',"), vec!["campaign.id"]),
        ("missing section", "ergon: 1\n".into(), vec!["campaign"]),
        ("newer spec", GOOD.replace("ergon: 1", "ergon: 9"), vec!["ergon", "9"]),
        ("duplicate key", format!("{GOOD}ergon: 1\n"), vec!["ergon"]),
        ("unknown phase", format!("{GOOD}phases: [ {{ name: a, depends_on: [b] }} ]\n"), vec!["depends_on", "b"]),
        (
            "phases in a circle",
            format!("{GOOD}phases: [ {{ name: a, depends_on: [b] }}, {{ name: b, depends_on: [a] }} ]\n"),
            vec!["depends_on"],
        ),
        ("no replicates", format!("{GOOD}phases: [ {{ name: a, replicates: 0 }} ]\n"), vec!["replicates"]),
        (
            "unknown metric",
            format!("{GOOD}analysis: {{ questions: [ {{ metric: sucess, by: [agent_count] }} ] }}\n"),
            vec!["sucess"],
        ),
        (
            "a design not built",
            format!("{GOOD}phases: [ {{ name: a, design: d_optimal }} ]\n"),
            vec!["d_optimal", "full_factorial"],
        ),
        ("10^9 conditions", big, vec!["1000000000"]),
        ("alias bomb", bomb, vec!["alias"]),
        ("deep nesting", deep, vec!["deep"]),
        ("not YAML", "ergon: [1\n".into(), vec!["spec.yaml:2:1"]),
        (
            "a missing input",
            GOOD.replace("simulation_time: 60", "job_source: { swf: nowhere.swf }"),
            vec!["job_source", "nowhere.swf"],
        ),
        ("a placeholder without a factor", seed_echo("p", 1, 1).replace("{x}", "{y}"), vec!["{y}", "x"]),
        (
            "a factor named like what every run has",
            seed_echo("p", 1, 1).replace("{ x: [0] }", "{ x: [0], seed: [1, 2] }"),
            vec!["seed"],
        ),
        ("a metric named like a column", seed_echo("p", 1, 1).replace("y: {}", "run_id: {}"), vec!["metrics.run_id"]),
        (
            "an empty factor of one's own",
            seed_echo("p", 1, 1).replace("{ x: [0] }", "{ x: [] }"),
            vec!["factors.x", "level"],
        ),
        ("an id that means something else", seed_echo("latest", 1, 1), vec!["campaign.id", "latest"]),
        ("a command without a program", seed_echo("p", 1, 1).replace("run: [", "run: [] # ["), vec!["workload.run"]),
        (
            "a pattern without a group",
            seed_echo("p", 1, 1).replace("y: {}", "y: { from: regex, pattern: abc }"),
            vec!["pattern", "group"],
        ),
    ]
}

#[test]
fn every_bad_spec_is_refused_with_its_field_and_what_is_accepted() {
    for (what, spec, words) in specs() {
        let ergon = Ergon::new();
        ergon.write("spec.yaml", &spec);
        for command in ["validate", "run"] {
            let ran = ergon.run(&["--json", command, "spec.yaml"]);
            assert_eq!(ran.code, 2, "{what} ({command}): {}\n{}", ran.err, ran.out);
            for word in &words {
                assert!(ran.err.contains(word), "{what} ({command}): no '{word}' in: {}", ran.err);
            }
            let error = ran.json()["error"].clone();
            assert!(error["code"].is_string() && error["message"].is_string(), "{what}: {error}");
            assert!(!ran.err.contains("panicked"), "{what}: {}", ran.err);
        }
    }
}

#[test]
fn a_file_that_is_no_text_is_refused_with_the_place() {
    let ergon = Ergon::new();
    ergon.write("spec.yaml", b"ergon: 1\ncampaign: { id: \xff\xfe }\n");
    let ran = ergon.run(&["validate", "spec.yaml"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("UTF-8"), "{}", ran.err);
    for missing in ["nowhere.yaml", "."] {
        let ran = ergon.run(&["validate", missing]);
        assert_eq!(ran.code, 2, "{}", ran.err);
        assert!(ran.err.contains(missing), "{}", ran.err);
    }
}

#[test]
fn a_garbled_trace_is_refused_with_its_line_or_its_rows_are_counted() {
    let spec = GOOD.replace("simulation_time: 60", "job_source: { swf: t.swf }");
    let gz = |bytes: &[u8]| {
        use std::io::Write;
        let mut child = std::process::Command::new("gzip")
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(bytes).unwrap();
        child.wait_with_output().unwrap().stdout
    };
    let row = "1 0 0 100 4 100 -1 4 200 -1 1 1 1 -1 1 1 -1 -1\n".repeat(400);
    let whole = gz(row.as_bytes());
    for (what, bytes, word) in [
        ("empty", b"".to_vec(), "t.swf"),
        ("only a header", b"; MaxProcs: 4\n".to_vec(), "job"),
        ("not a trace", b"hello, world\n".to_vec(), "line 1"),
        ("a word among the numbers", b"1 0 0 x 4 100 -1 4 200 -1 1 1 1 -1 1 1 -1 -1\n".to_vec(), "line 1"),
        ("cut gzip", whole[..whole.len() / 2].to_vec(), "gzip"),
    ] {
        let ergon = Ergon::new();
        ergon.write("spec.yaml", &spec);
        ergon.write("t.swf", &bytes);
        let ran = ergon.run(&["run", "spec.yaml"]);
        assert_eq!(ran.code, 2, "{what}: {}{}", ran.out, ran.err);
        assert!(ran.err.contains(word), "{what}: no '{word}' in: {}", ran.err);
        assert!(
            !ergon.store().exists() || ergon.number("SELECT count(*) FROM campaign") == 0,
            "{what}: nothing registered"
        );
    }
}

#[test]
fn a_store_that_is_none_or_comes_from_a_newer_version_is_refused_and_left_alone() {
    let ergon = Ergon::new();
    ergon.write("spec.yaml", seed_echo("c", 1, 1));
    ergon.write("s.ergon", "this is no database, it is a shopping list that nobody must overwrite\n".repeat(40));
    let before = std::fs::read(ergon.store()).unwrap();
    let ran = ergon.run(&["run", "spec.yaml"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert_eq!(std::fs::read(ergon.store()).unwrap(), before);

    std::fs::remove_file(ergon.store()).unwrap();
    ergon.run(&["run", "spec.yaml"]).done();
    let script = "import sqlite3,sys; c=sqlite3.connect(sys.argv[1]); c.execute('PRAGMA user_version=9999'); c.close()";
    let set = std::process::Command::new("python3").args(["-c", script]).arg(ergon.store()).status().unwrap();
    assert!(set.success());
    let ran = ergon.run(&["list"]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("newer"), "{}", ran.err);
}

#[test]
fn unknown_campaigns_runs_and_options_are_named() {
    let ergon = Ergon::new();
    ergon.write("spec.yaml", seed_echo("known", 1, 1));
    ergon.run(&["run", "spec.yaml"]).done();
    for (args, word) in [
        (vec!["status", "unknown"], "unknown"),
        (vec!["results", "known", "--phase", "nope"], "nope"),
        (vec!["run", "known", "--where", "y=1"], "y"),
        (vec!["run", "known", "--phases", "nope"], "nope"),
        (vec!["run", "known", "--only", "zzzz"], "id"),
        (vec!["table", "known", "pie"], "descriptive"),
        (vec!["figure", "known", "pie"], "raincloud"),
        (vec!["figure", "known", "raincloud", "--width", "vogue"], "neurips"),
        (vec!["analyze", "known", "--metric", "z"], "z"),
        (vec!["run", "spec.yaml", "--set", "phases"], "--set"),
        (vec!["sql", "DELETE FROM run"], "read"),
        (vec!["frobnicate"], "frobnicate"),
    ] {
        let ran = ergon.run(&args);
        assert_eq!(ran.code, 2, "{args:?}: {}", ran.err);
        assert!(ran.err.contains(word), "{args:?}: no '{word}' in: {}", ran.err);
    }
    assert_eq!(ergon.number("SELECT count(*) FROM run"), 1);
}

/// (what it does, the shell program, the failure class, what the message must say)
#[test]
fn programs_that_misbehave_are_failures_of_their_own_class() {
    for (what, program, class, word) in [
        ("exits with a status", "echo oops >&2; exit 3", "crashed", "status 3: oops"),
        ("dies of a signal", "kill -SEGV $$", "crashed", "signal 11"),
        ("says nothing", "true", "malformed_reply", "JSON"),
        ("prints no UTF-8", "printf '\\377\\376\\n'", "malformed_reply", "JSON"),
        ("hangs and ignores SIGTERM", "trap '' TERM; sleep 7421", "timeout", "1 s"),
        ("forks and hangs", "setsid sleep 7421 & sleep 7421", "timeout", "1 s"),
    ] {
        let ergon = Ergon::new();
        ergon.write(
            "spec.yaml",
            format!(
                "ergon: 1\ncampaign: {{ id: c }}\nworkload:\n  kind: command\n  shell: true\n  run: {}\n  metrics: {{ y: {{}} }}\n\
                 execution: {{ timeout: 1, retries: 0 }}\n",
                serde_json::to_string(&program.replace('{', "{{").replace('}', "}}")).unwrap()
            ),
        );
        let ran = ergon.run(&["--json", "run", "spec.yaml"]);
        assert_eq!(ran.code, 3, "{what}: {}", ran.err);
        let failed = ergon.run(&["--json", "status", "c"]).done().json()["failed_runs"][0].clone();
        assert_eq!(failed["class"], class, "{what}: {failed}");
        assert!(failed["message"].as_str().unwrap().contains(word), "{what}: {failed}");
        let left = std::process::Command::new("pgrep").args(["-f", "sleep 7421"]).output().unwrap();
        assert!(left.stdout.is_empty(), "{what}: left running");
    }
}

#[test]
fn a_program_that_prints_a_gigabyte_is_capped_and_still_read() {
    let ergon = Ergon::new();
    ergon.write(
        "spec.yaml",
        "ergon: 1
campaign: { id: c }
workload:
  kind: command
  shell: true
  run: 'head -c 1000000000 /dev/zero; echo; echo \"{{\\\"y\\\": 4}}\"'
  metrics: { y: {} }
",
    );
    ergon.run(&["run", "spec.yaml"]).done();
    assert!(ergon.run(&["results", "c", "--wide"]).done().out.trim_end().ends_with(",4.0"));
    assert!(std::fs::metadata(ergon.store()).unwrap().len() < 8_000_000);
}

#[test]
fn the_shipped_configurations_are_valid() {
    let ergon = Ergon::new();
    for spec in ["configs/consensus-quick.yaml", "configs/command-example/campaign.yaml"] {
        let path = repository().join(spec);
        let reply = ergon.run(&["--json", "validate", path.to_str().unwrap()]).done().json();
        assert!(reply["runs"].as_u64().unwrap() >= 24, "{spec}: {reply}");
    }
}
