//! A phase that is chosen from results: counted before, run afterwards with fresh seeds, the same on every later look.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use common::Ergon;
use serde_json::Value;

/// y is 10 + x and a hundredth of the replicate: x = 0 and x = 4 lie farthest from the middle, then 1 and 3.
fn spec(id: &str, size: u32) -> String {
    format!(
        "ergon: 1
campaign: {{ id: {id}, seed: 11 }}
workload:
  kind: command
  run: [printf, '{{{{\"y\": %s}}}}\\n', '1{{x}}.0{{replicate}}']
  metrics: {{ y: {{}} }}
factors: {{ x: [0, 1, 2, 3, 4] }}
phases:
  - {{ name: broad, replicates: 2 }}
  - {{ name: again, replicates: 3, design: {{ kind: top_effects, size: {size}, from: [broad] }} }}
"
    )
}

fn planned(ergon: &Ergon, target: &str) -> (Vec<Value>, Value) {
    let ran = ergon.run(&["--json", "plan", target]).done();
    let mut lines: Vec<Value> = ran.out.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let last = lines.pop().unwrap();
    (lines, last)
}

#[test]
fn it_is_counted_before_and_chosen_when_its_sources_have_finished() {
    let ergon = Ergon::new();
    ergon.write("spec.yaml", spec("chosen", 2));
    let valid = ergon.run(&["--json", "validate", "spec.yaml"]).done().json();
    assert_eq!((valid["conditions"].as_u64(), valid["runs"].as_u64()), (Some(7), Some(16)));
    assert_eq!(valid["phases"][1]["chosen_when"], "chosen when broad has finished");
    let (lines, last) = planned(&ergon, "spec.yaml");
    assert_eq!((lines.len(), last["runs"].as_u64(), last["to_choose"].as_u64()), (10, Some(16), Some(6)));
    assert!(!ergon.store().exists(), "looking makes no store");

    ergon.run(&["run", "spec.yaml", "--phases", "broad"]).done();
    // The dry plan now lists what will run.
    let (lines, dry) = planned(&ergon, "spec.yaml");
    let again: Vec<&Value> = lines.iter().filter(|l| l["phase"] == "again").collect();
    let mut levels: Vec<i64> = again.iter().map(|l| l["condition"]["x"].as_i64().unwrap()).collect();
    levels.sort_unstable();
    assert_eq!(levels, [0, 0, 0, 4, 4, 4], "the extremes, three times each");
    assert!(again.iter().all(|l| l["replicate"].as_u64().unwrap() >= 2), "replicates that broad has not used");
    let reply = ergon.run(&["--json", "run", "spec.yaml"]).done().json();
    assert_eq!(
        (reply["runs"].as_u64(), reply["succeeded"].as_u64(), reply["attempts"].as_u64()),
        (Some(16), Some(16), Some(6))
    );
    assert_eq!(planned(&ergon, "spec.yaml").1["plan_hash"], dry["plan_hash"], "the dry plan was the plan that ran");
    assert_eq!(
        ergon.sql("SELECT reason FROM revision WHERE number = 2"),
        [[Value::from("again: 2 conditions chosen from the results of broad")]]
    );
}

#[test]
fn one_run_goes_through_all_phases_and_running_again_runs_nothing() {
    let ergon = Ergon::new();
    ergon.write("spec.yaml", spec("whole", 2));
    let reply = ergon.run(&["--json", "run", "spec.yaml"]).done().json();
    assert_eq!(
        (reply["runs"].as_u64(), reply["succeeded"].as_u64(), reply["attempts"].as_u64()),
        (Some(16), Some(16), Some(16))
    );
    assert_eq!(reply["remaining"], 0);
    assert_eq!(ergon.run(&["--json", "status", "whole"]).done().json()["state"], "finished");
    for target in ["spec.yaml", "whole"] {
        let again = ergon.run(&["--json", "run", target]).done().json();
        assert_eq!((again["runs"].as_u64(), again["attempts"].as_u64()), (Some(16), Some(0)), "{target}");
    }
    let csv = ergon.run(&["results", "whole", "--phase", "again", "--wide"]).done().out;
    assert_eq!(csv.lines().count(), 7, "{csv}");
}

#[test]
fn an_interrupted_campaign_goes_on_where_it_was() {
    let (whole, parts) = (Ergon::new(), Ergon::new());
    for ergon in [&whole, &parts] {
        ergon.write("spec.yaml", spec("parts", 3));
    }
    whole.run(&["run", "spec.yaml"]).done();
    for _ in 0..7 {
        parts.run(&["run", "spec.yaml", "--limit", "3"]).done();
    }
    let results = |ergon: &Ergon| ergon.run(&["results", "parts", "--wide"]).done().out;
    assert_eq!(results(&whole), results(&parts));
    assert_eq!(results(&whole).lines().count(), 20);
}

#[test]
fn a_choice_from_other_runs_is_void() {
    let ergon = Ergon::new();
    ergon.write("spec.yaml", spec("void", 2));
    ergon.run(&["run", "spec.yaml"]).done();
    ergon.write("spec.yaml", spec("void", 2).replace("[0, 1, 2, 3, 4]", "[0, 1, 2, 3, 9]"));
    let (lines, last) = planned(&ergon, "spec.yaml");
    assert_eq!((lines.len(), last["to_choose"].as_u64()), (10, Some(6)));
    let refused = ergon.run(&["run", "spec.yaml"]);
    assert_eq!(refused.code, 2, "a changed plan needs a reason:\n{}", refused.err);
    ergon.run(&["run", "spec.yaml", "--amend", "a level was wrong"]).done();
    let chosen: Vec<i64> = planned(&ergon, "void")
        .0
        .iter()
        .filter(|l| l["phase"] == "again")
        .map(|l| l["condition"]["x"].as_i64().unwrap())
        .collect();
    assert!(chosen.contains(&9), "{chosen:?}");
}

#[test]
fn what_cannot_be_chosen_is_said() {
    let ergon = Ergon::new();
    ergon.write("spec.yaml", spec("few", 6));
    let alone = ergon.run(&["run", "spec.yaml", "--phases", "again"]);
    assert_eq!(alone.code, 2);
    assert!(
        alone.err.contains("again can't run yet: its conditions are chosen when broad has finished"),
        "{}",
        alone.err
    );
    let few = ergon.run(&["run", "spec.yaml"]);
    assert_eq!(few.code, 2);
    assert!(few.err.contains("6 conditions are to be chosen from broad, but only 5"), "{}", few.err);
    assert_eq!(ergon.number("SELECT count(*) FROM run WHERE state = 'succeeded'"), 10, "what ran is kept");
}
