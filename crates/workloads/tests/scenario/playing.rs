//! The turn loop: how long it goes on, who knows what when, and going on from a turn.

use std::sync::Arc;

use ergon_domain::{CallContext, ChatRequest, Digest, Value, Workload};
use ergon_workloads::scenario::{Decision, State};
use serde_json::json;

use crate::stage::{
    Asked, Told, context, file, observed, open, park, play_in, played, prompt, reply, state, usual, value, who, wrong,
};

#[test]
fn as_many_turns_are_played_as_the_scenario_says_however_it_says_it() {
    let quiet = Told::saying(|_| None);
    for (folder, turns) in [
        (park().set("turns", json!(5)), 5),
        (park().without("turns").set("num_turns", json!(4)), 4),
        (park().without("turns").set("scenario_length", json!({ "type": "fixed", "turns": 2 })), 2),
    ] {
        let outcome = played(&folder, &[], &quiet);
        assert_eq!((value(&outcome, "turns"), state(&outcome).turns.len()), (f64::from(turns), turns as usize));
        assert_eq!(value(&outcome, "halted"), 0.0);
    }
    assert_eq!(value(&played(&park(), &[("turns", Value::Int(7))], &quiet), "turns"), 7.0, "the campaign decides");
    assert_eq!(
        wrong(&park().set("num_turns", json!(9))),
        "workload.scenario: scenario.yaml: num_turns: is 9, and turns is 3; leave one of them out"
    );
}

#[test]
fn a_scenario_that_waits_for_a_condition_ends_when_it_holds_and_says_so() {
    let until = |condition: &str| {
        park()
            .without("turns")
            .set("scenario_length", json!({ "type": "condition", "condition": condition, "turns": 9 }))
    };
    let outcome = played(&until("turns >= 4 and cooperation_share > 0.5"), &[], &Told::saying(|_| None));
    assert_eq!((value(&outcome, "turns"), value(&outcome, "halted")), (4.0, 1.0));
    assert_eq!(state(&outcome).halted_reason.as_deref(), Some("the scenario's end condition holds"));
    let never = played(&until("cooperation_share > 1"), &[], &Told::saying(|_| None));
    assert_eq!((value(&never, "turns"), value(&never, "halted")), (9.0, 0.0));
}

#[test]
fn in_a_sequential_turn_each_knows_what_those_before_it_decided_and_in_a_parallel_one_nobody_does() {
    let told = || {
        Told::saying(|request| {
            let decision = format!("{} has decided", who(request));
            Some(json!({ "decision": decision, "stance": "hold" }).to_string()).filter(|_| asked_decision(request))
        })
    };
    let knows = |models: &Told| -> Vec<bool> {
        let first_turn = models.requests(Asked::Decision).into_iter().take(3);
        first_turn.map(|r| prompt(&r).contains("anna has decided")).collect()
    };
    let (sequential, parallel) = (told(), told());
    played(&park(), &[("order", Value::text("sequential"))], &sequential);
    played(&park(), &[("order", Value::text("parallel"))], &parallel);
    assert_eq!(knows(&sequential), [false, true, true]);
    assert_eq!(knows(&parallel), [false, false, false]);
}

fn asked_decision(request: &ChatRequest) -> bool {
    crate::stage::asked(request) == Asked::Decision
}

#[test]
fn replicates_ask_for_themselves_and_the_same_run_asks_the_same() {
    let seeds = |replicate| {
        let models = Told::saying(|_| None);
        play_in(&park(), &[], &context(replicate, Arc::new(models.clone())), &[]).unwrap();
        let heard = models.heard.lock().unwrap();
        heard.iter().map(|request| request.seed.expect("a seed")).collect::<Vec<u64>>()
    };
    let (first, second) = (seeds(0), seeds(1));
    assert_eq!(first, seeds(0));
    assert_eq!(first.len(), 3 * 4, "three decisions and a world a turn");
    assert!(first.iter().all(|seed| !second.contains(seed)), "no two replicates ask the same");
    assert!(first.iter().all(|seed| *seed < 1 << 31), "providers take 31 bits");
}

#[test]
fn a_run_branches_at_a_turn_and_pays_only_for_what_it_plays_itself() {
    let folder = park().set("turns", json!(4)).with(
        "exogenous-events.yaml",
        json!({ "scheduled_events": [{ "name": "opening", "schedule": { "turns": [2] }, "effect": "A ribbon is cut." }],
            "random_events": [{ "name": "storm", "probability": 1.0, "effect": "A storm." }] }),
    );
    let answer = |word: &'static str| {
        Told::by(move |request: &ChatRequest, _: &CallContext| {
            let text = match crate::stage::asked(request) {
                Asked::World => format!("A world of {word}."),
                _ => usual(request).to_owned(),
            };
            Ok(reply(&text))
        })
    };
    let first = played(&folder, &[], &answer("oaks"));
    let saved = file(&first, "scenario-state.json");
    let digest = Value::text(Digest::of_bytes(saved).to_string());
    let models = answer("birches");
    let branch = [("start", digest), ("start_turn", Value::Int(2))];
    let second = play_in(&folder, &branch, &context(1, Arc::new(models.clone())), &[saved]).unwrap();
    let (before, after) = (state(&first), state(&second));
    assert_eq!(before.turns[..2], after.turns[..2], "what was played stays as it was");
    assert_eq!(after.turns[2].world, "A world of birches.");
    assert_eq!((after.turns.len(), after.branched_after), (4, Some(2)));
    assert!(prompt(&models.heard.lock().unwrap()[0]).contains("A world of oaks."), "it goes on from there");
    let happened: Vec<&str> = after.turns.iter().flat_map(|t| &t.events).map(|e| e.name.as_str()).collect();
    assert_eq!(happened, ["storm", "opening"], "what happened once before the branch does not happen again");
    assert_eq!(value(&second, "llm_calls"), 2.0 * 4.0);
    assert!((value(&second, "cost_usd") - 0.08).abs() < 1e-12);
}

#[test]
fn a_branch_from_what_is_no_such_state_is_refused_by_name() {
    let first = played(&park(), &[], &Told::saying(|_| None));
    let saved = file(&first, "scenario-state.json");
    let other: State = State { scenario: "Harbour".into(), ..state(&first) };
    let other = serde_json::to_vec(&other).unwrap();
    let digest = |bytes: &[u8]| Value::text(Digest::of_bytes(bytes).to_string());
    let said = |set: &[(&str, Value)], start: &[u8]| {
        let models = Arc::new(Told::saying(|_| None));
        play_in(&park(), set, &context(0, models), &[start]).unwrap_err().message
    };
    assert_eq!(
        said(&[("start", digest(saved)), ("start_turn", Value::Int(9))], saved),
        "start_turn is 9; the state has 3 turns, expected one of 0 to 3"
    );
    assert_eq!(
        said(&[("start", digest(saved))], saved),
        "start_turn is 3 and turns is 3; expected a turn before the last"
    );
    assert!(
        said(&[("start", digest(&other)), ("start_turn", Value::Int(1))], &other).contains("the state is of 'Harbour'")
    );
    let workload = open(&park());
    let refused = crate::stage::now(workload.prepare(&crate::stage::inputs(&park(), &[b"{}"])));
    assert!(refused.map(|_| ()).unwrap_err().message.contains("is no state of a scenario"));
}

#[test]
fn earlier_worlds_are_shown_as_far_as_they_fit_and_the_rest_is_said_to_be_left_out() {
    let long = |models: Told| models;
    let models = long(Told::saying(|request| {
        (crate::stage::asked(request) == Asked::World).then(|| format!("A long world. {}", "x".repeat(1500)))
    }));
    let set = [("turns", Value::Int(5)), ("context_turns", Value::Int(3)), ("max_context_tokens", Value::Int(1000))];
    played(&park(), &set, &models);
    let last = models.requests(Asked::World).pop().unwrap();
    let shown = prompt(&last);
    // Half of 1,000 tokens are 2,000 bytes: one world of 1,514 fits beside the current one.
    assert!(
        shown.contains("# The world after turn 3\n") && shown.contains("# The world after turns 1 to 2\n"),
        "{shown}"
    );
    assert!(shown.contains("(Left out: it no longer fits.)"));
    assert_eq!(shown.matches("A long world.").count(), 2);
}

#[test]
fn a_run_leaves_the_originals_files_and_a_state_that_reads_back_as_itself() {
    let outcome = played(&park(), &[], &Told::saying(|_| None));
    let names: Vec<&str> = outcome.artefacts.iter().map(|a| a.name.as_str()).collect();
    let expected = [
        "scenario-state.json",
        "metrics.json",
        "costs.json",
        "world-state-000.md",
        "world-state-001.md",
        "world-state-002.md",
        "world-state-003.md",
        "actor-anna.md",
        "actor-club.md",
        "actor-mayor.md",
        "scenario.log",
    ];
    assert_eq!(names, expected);
    let state = state(&outcome);
    let decided: Vec<&Decision> = state.turns.iter().flat_map(|t| &t.decisions).collect();
    assert_eq!(decided.len(), 9);
    assert_eq!(State::read(&serde_json::to_vec(&state).unwrap()), Ok(state));
    let costs: serde_json::Value = serde_json::from_slice(file(&outcome, "costs.json")).unwrap();
    let by = |key: &str| costs[key].as_object().unwrap().values().map(|v| v["cost_usd"].as_f64().unwrap()).sum::<f64>();
    for division in ["by_model", "by_purpose", "by_actor_or_metric"] {
        assert!((by(division) - costs["total"]["cost_usd"].as_f64().unwrap()).abs() < 1e-12, "{division}");
    }
    assert!((costs["total"]["cost_usd"].as_f64().unwrap() - 0.12).abs() < 1e-12);
    assert!(matches!(observed(&outcome, "coherence_issues"), ergon_domain::Observed::Undefined(_)));
}
