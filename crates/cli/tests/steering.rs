//! The queue, and steering a campaign from another process.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use std::time::{Duration, Instant};

use common::{Ergon, seed_echo};

fn until(what: &str, mut done: impl FnMut() -> bool) {
    let began = Instant::now();
    while !done() {
        assert!(began.elapsed() < Duration::from_secs(30), "never happened: {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn the_queue_runs_by_priority_after_dependencies_and_past_a_campaign_that_can_not_run() {
    let ergon = Ergon::new();
    for id in ["low", "high", "after"] {
        ergon.write(&format!("{id}.yaml"), seed_echo(id, 2, 1));
    }
    ergon.write("broken.yaml", seed_echo("broken", 1, 1).replace("kind: command", "kind: command\n  folder: gone"));
    for (id, options) in [("low", vec![]), ("high", vec!["--priority", "5"]), ("broken", vec!["--priority", "9"])] {
        let file = format!("{id}.yaml");
        let mut args = vec!["queue", file.as_str()];
        args.extend(options);
        ergon.run(&args).done();
    }
    ergon.run(&["queue", "after.yaml", "--priority", "7", "--depends-on", "low"]).done();
    // Out of the queue and in again: neither priority nor dependency is lost.
    ergon.run(&["pause", "after"]).done();
    ergon.run(&["resume", "after"]).done();
    let ran = ergon.run(&["--json", "run", "--queue"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(ran.err.contains("gone"), "{}", ran.err);
    let order: Vec<String> = ran
        .out
        .lines()
        .filter_map(|l| serde_json::from_str::<serde_json::Value>(l).ok())
        .filter(|d| d["event"] == "campaign_started")
        .filter_map(|d| d["campaign"].as_str().map(str::to_owned))
        .collect();
    assert_eq!(order, ["high", "low", "after"]);
}

#[test]
fn a_running_campaign_is_paused_resumed_and_stopped_from_another_process() {
    let ergon = Ergon::new();
    ergon.write("spec.yaml", seed_echo("steered", 100, 100));
    let mut engine = ergon.start(&["run", "spec.yaml", "--parallel", "1"]);
    let status = || ergon.run(&["--json", "status", "steered"]).json();
    until("the engine holds the campaign", || ergon.store().exists() && status()["live"] == true);
    ergon.run(&["pause", "steered"]).done();
    until("paused", || status()["state"] == "paused");
    std::thread::sleep(Duration::from_millis(300));
    let (a, b) = (status()["runs_completed"].clone(), {
        std::thread::sleep(Duration::from_millis(700));
        status()["runs_completed"].clone()
    });
    assert_eq!(a, b, "no runs while paused");
    ergon.run(&["resume", "steered"]).done();
    until("runs again", || status()["runs_completed"].as_u64() > a.as_u64());
    ergon.run(&["stop", "steered"]).done();
    until("the engine has left", || engine.try_wait().unwrap().is_some());
    assert_eq!(status()["state"], "stopped");
    assert_eq!(ergon.number("SELECT count(*) FROM attempt WHERE state = 'running'"), 0);
    let nothing = ergon.run(&["pause", "steered"]);
    assert_eq!(nothing.code, 1, "{}", nothing.err);
}

#[test]
fn the_plan_does_not_change_under_a_living_engine() {
    let ergon = Ergon::new();
    ergon.write("spec.yaml", seed_echo("held", 100, 100));
    ergon.write("other.yaml", seed_echo("held", 3, 1));
    let mut engine = ergon.start(&["run", "spec.yaml", "--parallel", "1"]);
    let status = || ergon.run(&["--json", "status", "held"]).json();
    until("the engine holds the campaign", || ergon.store().exists() && status()["live"] == true);
    for command in ["run", "create", "queue"] {
        let refused = ergon.run(&[command, "other.yaml"]);
        assert_eq!(refused.code, 1, "{command}: {}", refused.err);
        assert!(refused.err.contains("holds"), "{command}: {}", refused.err);
    }
    assert_eq!(status()["revision"], 1);
    engine.kill().unwrap();
    engine.wait().unwrap();
    // A dead engine is not believed.
    assert_eq!(status()["state"], "stopped");
    let listed = ergon.run(&["--json", "list"]).done().json();
    assert_eq!(listed["campaigns"][0]["state"], "stopped");
}

#[test]
fn a_partial_run_of_a_finished_campaign_leaves_it_finished() {
    let ergon = Ergon::new();
    ergon.write("spec.yaml", seed_echo("done", 3, 2));
    for selection in [vec!["--where", "x=0"], vec!["--where", "x=1"], vec!["--where", "x=2"], vec!["--limit", "1"]] {
        let mut args = vec!["run", "spec.yaml"];
        args.extend(selection);
        ergon.run(&args).done();
    }
    assert_eq!(ergon.run(&["--json", "status", "done"]).done().json()["state"], "finished");
}
