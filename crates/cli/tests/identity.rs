//! The same spec and seed give the same bytes; a run two phases want is one run; edits keep what was run.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use common::{Ergon, repository, seed_echo};

#[test]
fn results_are_the_same_bytes_at_any_parallelism() {
    let spec = repository().join("configs/consensus-quick.yaml");
    let results = |parallel: &str| {
        let ergon = Ergon::new();
        ergon.run(&["run", spec.to_str().unwrap(), "--parallel", parallel]).done();
        ergon.run(&["results", "consensus-quick", "--format", "csv"]).done().out
    };
    let one = results("1");
    assert!(one.lines().count() > 600, "{one}");
    assert_eq!(one, results("2"));
}

#[test]
fn a_dry_plan_is_the_plan_that_runs() {
    let ergon = Ergon::new();
    ergon.write("spec.yaml", seed_echo("dry", 3, 2));
    let dry = ergon.run(&["--json", "plan", "spec.yaml"]).done();
    let planned: Vec<String> = dry
        .out
        .lines()
        .filter_map(|l| serde_json::from_str::<serde_json::Value>(l).ok()?["run_id"].as_str().map(str::to_owned))
        .collect();
    ergon.run(&["run", "spec.yaml"]).done();
    let wide = ergon.run(&["results", "dry", "--wide"]).done().out;
    let ran: Vec<&str> = wide.lines().skip(1).map(|l| l.split(',').next().unwrap()).collect();
    assert_eq!(ran, planned);
    let hash = ergon.run(&["--json", "validate", "spec.yaml"]).done().json()["plan_hash"].clone();
    assert_eq!(dry.json()["plan_hash"], hash);
}

#[test]
fn a_run_wanted_by_two_phases_executes_once_and_counts_once() {
    let ergon = Ergon::new();
    let spec = seed_echo("twice", 3, 2).replace(
        "phases: [ { name: all, replicates: 2 } ]",
        "phases: [ { name: a, replicates: 2 }, { name: b, replicates: 3 } ]",
    );
    ergon.write("spec.yaml", &spec);
    let reply = ergon.run(&["--json", "run", "spec.yaml"]).done().json();
    assert_eq!((reply["runs"].as_u64(), reply["attempts"].as_u64()), (Some(9), Some(9)));
    let in_b = ergon.run(&["results", "twice", "--phase", "b", "--wide"]).done().out;
    assert_eq!(in_b.lines().count(), 10, "all nine runs are in phase b:\n{in_b}");
    let in_a = ergon.run(&["results", "twice", "--phase", "a", "--wide"]).done().out;
    assert_eq!(in_a.lines().count(), 7);
}

#[test]
fn running_again_runs_nothing_again() {
    let ergon = Ergon::new();
    ergon.write("spec.yaml", seed_echo("again", 4, 2));
    ergon.run(&["run", "spec.yaml"]).done();
    let reply = ergon.run(&["--json", "run", "again"]).done().json();
    assert_eq!((reply["succeeded"].as_u64(), reply["attempts"].as_u64()), (Some(8), Some(0)));
}

#[test]
fn editing_a_finished_campaign_needs_a_reason_and_keeps_old_runs_out_of_the_plan() {
    let ergon = Ergon::new();
    ergon.write("spec.yaml", seed_echo("edited", 4, 2));
    ergon.run(&["run", "spec.yaml"]).done();
    ergon.write("spec.yaml", seed_echo("edited", 3, 3));
    let refused = ergon.run(&["run", "spec.yaml"]);
    assert_eq!(refused.code, 2, "{}", refused.err);
    assert!(refused.err.contains("--amend"), "{}", refused.err);
    let reply = ergon.run(&["--json", "run", "spec.yaml", "--amend", "level 3 was a mistake"]).done().json();
    // Six of the nine runs are those of the first revision.
    assert_eq!((reply["revision"].as_u64(), reply["runs"].as_u64()), (Some(2), Some(9)));
    assert_eq!(reply["attempts"].as_u64(), Some(3));
    let status = ergon.run(&["--json", "status", "edited"]).done().json();
    assert_eq!(status["runs_out_of_plan"].as_u64(), Some(2));
    assert_eq!(ergon.run(&["results", "edited", "--wide"]).done().out.lines().count(), 10);
    let dropped = ergon.run(&["results", "edited", "--wide", "--out-of-plan"]).done().out;
    assert_eq!(dropped.lines().count(), 3, "the runs that left the plan are still to be seen:\n{dropped}");
    assert_eq!(ergon.number("SELECT count(*) FROM run WHERE state = 'succeeded'"), 11, "nothing was deleted");
}

#[test]
fn replicates_added_after_a_look_are_labelled_in_every_analysis() {
    let ergon = Ergon::new();
    let spec = seed_echo("looked", 2, 3);
    ergon.write("spec.yaml", &spec);
    ergon.run(&["run", "spec.yaml"]).done();
    let warned = |ergon: &Ergon| {
        let said = ergon.run(&["--json", "analyze", "looked", "--metric", "y", "--by", "x"]).done().out;
        said.contains("added after")
    };
    assert!(!warned(&ergon));
    ergon.write("spec.yaml", seed_echo("looked", 2, 4));
    ergon.run(&["run", "spec.yaml", "--amend", "more power"]).done();
    assert!(warned(&ergon));
}

#[test]
fn free_edits_need_no_reason_and_make_no_revision() {
    let ergon = Ergon::new();
    ergon.write("spec.yaml", seed_echo("free", 2, 1));
    ergon.run(&["run", "spec.yaml"]).done();
    ergon.write("spec.yaml", seed_echo("free", 2, 1).replace("seed: 11", "seed: 11, title: New words"));
    let reply = ergon.run(&["--json", "run", "spec.yaml"]).done().json();
    assert_eq!((reply["revision"].as_u64(), reply["attempts"].as_u64()), (Some(1), Some(0)));
    assert_eq!(ergon.run(&["--json", "status", "free"]).done().json()["title"], "New words");
}

#[test]
fn a_campaign_runs_over_a_job_trace_given_on_the_command_line() {
    let spec = repository().join("configs/consensus-trace.yaml");
    let spec = spec.to_str().unwrap();
    let generated: String = (1..=60)
        .map(|i| {
            format!(
                "{i} {} -1 {} {} -1 -1 {} 3600 -1 1 1 1 -1 1 -1 -1 -1\n",
                i * 40,
                30 * (i % 7 + 1),
                i % 5 + 1,
                i % 5 + 1
            )
        })
        .collect();
    let ergon = Ergon::new();
    let mut traces = vec![ergon.write("made.swf", format!("; MaxProcs: 64\n{generated}"))];
    if let Some(data) = std::env::var_os("ERGON_TEST_DATA") {
        traces.push(std::path::Path::new(&data).join("traces/hpc2n_alea_subset.swf.gz"));
    }
    for trace in traces {
        let ergon = Ergon::new();
        let set = format!("workload.job_source.swf={}", trace.display());
        let reply = ergon.run(&["--json", "run", spec, "--set", &set]).done().json();
        assert_eq!((reply["succeeded"].as_u64(), reply["failed"].as_u64()), (Some(24), Some(0)), "{}", trace.display());
        let placed = ergon.sql("SELECT min(value) FROM metric_long WHERE metric = 'jobs_submitted'");
        assert!(placed[0][0].as_f64().unwrap() >= 60.0, "{}: {placed:?}", trace.display());
    }
    let missing = ergon.run(&["run", spec]);
    assert_eq!(missing.code, 2);
    assert!(missing.err.contains("trace.swf"), "{}", missing.err);
}

#[test]
fn results_stay_readable_when_the_trace_is_gone() {
    let ergon = Ergon::new();
    let trace = ergon.write("t.swf", "1 0 -1 100 2 -1 -1 2 200 -1 1 1 1 -1 1 -1 -1 -1\n".repeat(3));
    let spec = repository().join("configs/consensus-trace.yaml");
    let set = format!("workload.job_source.swf={}", trace.display());
    ergon.run(&["run", spec.to_str().unwrap(), "--set", &set, "--limit", "4"]).done();
    let before = ergon.run(&["results", "consensus-trace"]).done().out;
    std::fs::remove_file(&trace).unwrap();
    assert_eq!(ergon.run(&["results", "consensus-trace"]).done().out, before);
    let more = ergon.run(&["run", "consensus-trace"]);
    assert_eq!(more.code, 2, "{}", more.err);
    assert!(more.err.contains("t.swf"), "{}", more.err);
}

#[test]
fn results_do_not_follow_an_input_that_was_edited_afterwards() {
    let ergon = Ergon::new();
    ergon.write("t.sh", "echo '{\"y\": 1}'\n");
    ergon.write(
        "spec.yaml",
        "ergon: 1
campaign: { id: edited-input }
workload: { kind: command, run: [sh, t.sh], inputs: [t.sh], metrics: { y: {} } }
phases: [ { name: all, replicates: 3 } ]
",
    );
    ergon.run(&["run", "spec.yaml"]).done();
    let before = ergon.run(&["results", "edited-input"]).done().out;
    assert_eq!(before.lines().count(), 4);
    ergon.write("t.sh", "echo '{\"y\": 2}'\n");
    assert_eq!(ergon.run(&["results", "edited-input"]).done().out, before);
    // Run again it is another program: its runs are new runs, and that needs a reason.
    let refused = ergon.run(&["run", "edited-input"]);
    assert_eq!(refused.code, 2, "{}", refused.err);
    assert!(refused.err.contains("--amend"), "{}", refused.err);
}
