//! Nothing that was reported as finished is ever lost, doubled or altered.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use std::time::Duration;

use common::{Ergon, seed_echo};

/// A fixed sequence of waits: arbitrary moments, the same in every test run.
fn waits() -> impl Iterator<Item = Duration> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    std::iter::from_fn(move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        Some(Duration::from_millis(8 + (state >> 33) % 160))
    })
}

#[test]
fn a_campaign_killed_thirty_times_ends_with_the_results_of_one_that_was_not() {
    let spec = seed_echo("killed", 60, 30);
    let calm = Ergon::new();
    calm.write("spec.yaml", &spec);
    calm.run(&["run", "spec.yaml", "--parallel", "1"]).done();
    let expected = calm.run(&["results", "killed"]).done().out;
    assert_eq!(expected.lines().count(), 1801);

    let stormy = Ergon::new();
    stormy.write("spec.yaml", &spec);
    let mut killed = 0;
    for wait in waits().take(34) {
        let mut child = stormy.start(&["run", "spec.yaml", "--parallel", "2"]);
        std::thread::sleep(wait);
        let running = child.try_wait().unwrap().is_none();
        child.kill().unwrap();
        child.wait().unwrap();
        killed += usize::from(running);
        if stormy.store().exists() && killed > 3 {
            // What had been committed is intact at every moment, and no run succeeded twice.
            let doubled = "SELECT count(*) FROM (SELECT run_id FROM attempt WHERE state = 'succeeded' \
                           GROUP BY run_id HAVING count(*) > 1)";
            assert_eq!(stormy.number(doubled), 0);
        }
    }
    assert!(killed >= 30, "only {killed} of the engines were still at work when they were killed");
    let reply = stormy.run(&["--json", "run", "spec.yaml"]).done().json();
    assert_eq!((reply["succeeded"].as_u64(), reply["failed"].as_u64()), (Some(1800), Some(0)));
    assert_eq!(stormy.run(&["results", "killed"]).done().out, expected);
    assert!(stormy.is_sound());
}

#[test]
fn what_is_running_when_the_engine_dies_is_closed_as_interrupted_and_run_again() {
    let ergon = Ergon::new();
    ergon.write(
        "slow.yaml",
        "ergon: 1
campaign: { id: slow }
workload: { kind: command, run: [sleep, '7411'], x: 1, metrics: { t: { from: duration } } }
phases: [ { name: all, replicates: 2 } ]
",
    );
    let mut child = ergon.start(&["run", "slow.yaml", "--parallel", "2"]);
    let started = std::time::Instant::now();
    while !ergon.store().exists() || ergon.run(&["--json", "status", "slow"]).json()["runs_running"] != 2 {
        assert!(started.elapsed() < Duration::from_secs(20), "the runs never started");
        std::thread::sleep(Duration::from_millis(50));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let mut again = ergon.start(&["run", "slow", "--parallel", "2"]);
    let started = std::time::Instant::now();
    while ergon.number("SELECT count(*) FROM attempt WHERE failure_class = 'interrupted'") != 2 {
        assert!(started.elapsed() < Duration::from_secs(20), "the dead engine's attempts were not closed");
        std::thread::sleep(Duration::from_millis(50));
    }
    again.kill().unwrap();
    again.wait().unwrap();
    // The programs of a killed engine die with it: the kernel ends them.
    std::thread::sleep(Duration::from_millis(300));
    let left = std::process::Command::new("pgrep").args(["-f", "sleep 7411"]).output().unwrap();
    assert!(left.stdout.is_empty(), "left running: {}", String::from_utf8_lossy(&left.stdout));
}

#[test]
fn two_engines_never_hold_one_campaign() {
    let ergon = Ergon::new();
    ergon.write("spec.yaml", seed_echo("one", 40, 30));
    let mut first = ergon.start(&["run", "spec.yaml", "--parallel", "1"]);
    let started = std::time::Instant::now();
    while !ergon.store().exists() || ergon.run(&["--json", "status", "one"]).json()["live"] != true {
        assert!(started.elapsed() < Duration::from_secs(20), "the first engine never held the campaign");
        std::thread::sleep(Duration::from_millis(10));
    }
    let second = ergon.run(&["run", "spec.yaml"]);
    assert_eq!(second.code, 1, "{}", second.err);
    assert!(second.err.contains("holds"), "{}", second.err);
    first.kill().unwrap();
    first.wait().unwrap();
}

#[test]
fn an_interrupted_run_drains_and_says_how_to_resume() {
    let ergon = Ergon::new();
    ergon.write("spec.yaml", seed_echo("drained", 60, 60));
    let child = ergon
        .command(&["--json", "run", "spec.yaml", "--parallel", "1"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    std::thread::sleep(Duration::from_millis(400));
    std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    let ran: common::Ran = child.wait_with_output().unwrap().into();
    assert_eq!(ran.code, 130, "{}", ran.err);
    let reply = ran.json();
    let (done, left) = (reply["succeeded"].as_u64().unwrap(), reply["remaining"].as_u64().unwrap());
    assert!(done > 0 && left > 0 && done + left == 3600, "{reply}");
    assert_eq!(ergon.number("SELECT count(*) FROM attempt WHERE state = 'running'"), 0);
}
