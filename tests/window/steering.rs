//! A campaign that runs: paused and resumed, with the page loaded anew, with the program killed.

use serde_json::json;

use crate::desk::Desk;
use crate::driver::Window;
use crate::set_up_and_run::wait_for_end;

/// Programs of half a second each: long enough to do something to them.
const SLOW: &str = "ergon: 1\ncampaign: { id: slow, title: Slow, seed: 1 }\nworkload:\n  kind: command\n  run: [sh, -c, \
    'sleep 0.5; echo score={x}']\n  metrics:\n    score: { from: regex, pattern: 'score=(.+)' }\nfactors:\n  x: [1, 2, 3, 4, 5, 6]\n\
    phases:\n  - { name: main, design: full_factorial, replicates: 4 }\nexecution: { parallel: 2 }\n";

fn start_slow(window: &Window) {
    window.invoke("save_spec", json!({"text": SLOW})).expect("the spec is right");
    window.invoke("start", json!({"target": "slow"})).expect("it starts");
    window.reload();
    window.press("open-slow");
    window.press("nav-run");
    window.see("[data-testid='run-progress']");
}

fn ended(window: &Window) -> u64 {
    let status = window.invoke("status", json!({"campaign": "slow"})).unwrap();
    status["runs_completed"].as_u64().unwrap()
}

#[test]
fn pause_starts_nothing_more_and_resume_goes_on_to_the_end() {
    let desk = Desk::new();
    let window = desk.open();
    start_slow(&window);
    window.press("pause-run");
    window.see("[data-testid='resume-run']");
    // What was executing may end; after that nothing moves.
    std::thread::sleep(std::time::Duration::from_secs(2));
    let at_rest = ended(&window);
    std::thread::sleep(std::time::Duration::from_secs(2));
    assert_eq!(ended(&window), at_rest);
    assert!(at_rest < 24);
    window.picture("run-paused");
    window.press("resume-run");
    wait_for_end(&window);
    assert_eq!(ended(&window), 24);
}

#[test]
fn loading_the_page_anew_loses_no_run() {
    let desk = Desk::new();
    let window = desk.open();
    start_slow(&window);
    window.until("some runs have ended", || (ended(&window) >= 3).then_some(()));
    window.reload();
    // It comes back where it was, and follows the same engine.
    window.see("[data-testid='run-progress']");
    window.picture("run-after-reload");
    wait_for_end(&window);
    let attempts = desk.ergon(&["sql", "SELECT count(*) FROM attempt"]);
    assert_eq!(attempts["rows"][0][0], 24, "no run was executed twice: {attempts}");
}

#[test]
fn a_killed_program_loses_what_was_executing_and_goes_on_when_started_again() {
    let desk = Desk::new();
    let window = desk.open();
    start_slow(&window);
    window.until("some runs have ended", || (ended(&window) >= 4).then_some(()));
    window.kill();
    let before = desk.ergon(&["status", "slow"]);
    assert_eq!(before["live"], false);
    assert!(before["runs_completed"].as_u64().unwrap() >= 4);

    // It opens where it was left.
    let window = desk.open();
    window.press("nav-run");
    window.see("[data-testid='start-run']:not([disabled])");
    window.picture("run-after-kill");
    window.press("start-run");
    wait_for_end(&window);
    assert_eq!(ended(&window), 24);
}
