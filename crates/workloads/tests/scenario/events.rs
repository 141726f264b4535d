//! Events: in the turns in which they can happen, and as often as is meant.

use std::collections::BTreeMap;

use ergon_domain::{Value, Workload};
use serde_json::{Value as Json, json};

use crate::stage::{Asked, Folder, Told, asked, open, park, played, state, value, wrong};

/// In which turns each event happens.
fn happenings(folder: &Folder, models: &Told) -> BTreeMap<String, Vec<u32>> {
    let outcome = played(folder, &[("turns", Value::Int(8))], models);
    let mut when: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    for turn in &state(&outcome).turns {
        for event in &turn.events {
            when.entry(event.name.clone()).or_default().push(turn.turn);
        }
    }
    assert_eq!(value(&outcome, "events_happened"), when.values().map(Vec::len).sum::<usize>() as f64);
    when
}

fn events(document: Json) -> Folder {
    park().with("exogenous-events.yaml", document)
}

fn expected(turns: &[(&str, &[u32])]) -> BTreeMap<String, Vec<u32>> {
    turns.iter().map(|(name, turns)| ((*name).to_owned(), turns.to_vec())).collect()
}

#[test]
fn what_is_certain_every_turn_happens_once_unless_more_is_meant() {
    let quiet = Told::saying(|_| None);
    let folder = events(json!({
        "random_events": [
            { "name": "once", "probability": 1.0, "turn_range": [2, 8], "effect": "x" },
            { "name": "again", "probability": 1.0, "turn_range": [6, 7], "once": false, "effect": "x" },
            { "name": "never", "probability": 0.0, "effect": "x" },
        ],
        "scheduled_events": [
            { "name": "review", "schedule": { "turns": [3, 6] }, "effect": "x" },
            { "name": "first review only", "schedule": { "turns": [3, 6] }, "once": true, "effect": "x" },
        ],
        "trends": [{ "name": "hype", "probability_per_turn": 1.0, "effects": [
            { "turn_range": [1, 2], "description": "early", "impact": "more" },
            { "turn_range": [5, 5], "description": "late" } ] }],
        "conditional_events": [{ "name": "protest", "effect": "x", "conditions": [
            { "type": "world_state_contains", "pattern": "lot|park", "sensitivity": "PLANNED" } ] }],
    }));
    let when = expected(&[
        ("again", &[6, 7]),
        ("first review only", &[3]),
        ("hype", &[1, 2, 5]),
        ("once", &[2]),
        // "The lot is being planned." is the world after the first turn.
        ("protest", &[2]),
        ("review", &[3, 6]),
    ]);
    assert_eq!(happenings(&folder, &quiet), when);
}

#[test]
fn the_older_list_of_events_means_the_same() {
    let quiet = Told::saying(|request| (asked(request) == Asked::World).then(|| "Support: 7 %".into()));
    let folder = events(json!({ "exogenous_events": [
        { "type": "random", "name": "once", "probability": 1.0, "turn_range": [2, 8], "description": "x" },
        { "type": "random", "name": "again", "probability": 1.0, "turn_range": [6, 7], "once": false, "description": "x" },
        { "type": "scheduled", "name": "summit", "turn": 4, "once": true, "description": "x" },
        { "type": "trend", "name": "cheaper", "turn_range": [2, 8], "frequency": 3, "description": "x" },
        { "type": "conditional", "name": "movement", "conditions": { "support": ">= 7" }, "turn_range": [3, 8],
          "description": "x" },
        { "type": "conditional", "name": "revolt", "conditions": { "support": "< 7" }, "description": "x" },
    ] }))
    .with("metrics.yaml", json!({ "metrics": { "support": { "type": "integer", "pattern": r"support: (\d+)" } } }));
    let when =
        expected(&[("again", &[6, 7]), ("cheaper", &[2, 5, 8]), ("movement", &[3]), ("once", &[2]), ("summit", &[4])]);
    assert_eq!(happenings(&folder, &quiet), when);
}

#[test]
fn a_missing_metric_meets_no_condition() {
    let folder = events(json!({ "conditional_events": [{ "name": "low", "effect": "x", "once": false, "conditions": [
        { "type": "metrics", "metric": "support", "operator": "<", "value": 100 } ] }] }))
    .with("metrics.yaml", json!({ "metrics": { "support": { "type": "float", "pattern": r"support: (\d+)" } } }));
    assert_eq!(happenings(&folder, &Told::saying(|_| None)), BTreeMap::new());
}

#[test]
fn chances_are_a_replicates_own_and_what_one_event_does_moves_no_other() {
    let chancy = |first: f64| {
        events(json!({ "random_events": [
            { "name": "first", "probability": first, "once": false, "effect": "x" },
            { "name": "second", "probability": 0.5, "once": false, "effect": "x" } ] }))
    };
    let quiet = Told::saying(|_| None);
    let with = happenings(&chancy(1.0), &quiet);
    let without = happenings(&chancy(0.0), &quiet);
    assert_eq!(with["second"], without["second"]);
    assert!((1..8).contains(&with["second"].len()), "{:?}", with["second"]);
}

#[test]
fn events_that_are_switched_off_do_not_happen() {
    let folder = events(json!({ "random_events": [{ "name": "once", "probability": 1.0, "effect": "x" }] }));
    let off = played(&folder, &[("exogenous_events", Value::Bool(false))], &Told::saying(|_| None));
    assert_eq!(value(&off, "events_happened"), 0.0);
}

#[test]
fn an_event_that_can_not_be_read_is_refused_with_file_and_field() {
    let place = "workload.scenario: exogenous-events.yaml:";
    for (document, said) in [
        (
            json!({ "random_events": [{ "name": "a", "probability": 15, "effect": "x" }] }),
            "random_events[0].probability: is 15; expected a number from 0 to 1",
        ),
        (
            json!({ "scheduled_events": [{ "name": "a", "effect": "x" }] }),
            "scheduled_events[0].schedule: is missing; expected schedule: { turns: [3, 6] } or turn: 3",
        ),
        (
            json!({ "exogenous_events": [{ "type": "chance", "name": "a", "description": "x" }] }),
            "exogenous_events[0].type: is 'chance'; expected one of trend, random, conditional, scheduled",
        ),
        (
            json!({ "exogenous_events": [{ "type": "conditional", "name": "a", "description": "x",
                "conditions": { "support": "high" } }] }),
            "exogenous_events[0].conditions.support: is 'high'; expected an operator and a number, such as >= 7",
        ),
        (
            json!({ "conditional_events": [{ "name": "a", "effect": "x", "conditions": [
                { "type": "metrics", "metric": "suport", "operator": ">", "value": 1 } ] }] }),
            "a.conditions: there is no metric 'suport'; expected one of turns, cooperation_share",
        ),
    ] {
        let wrong = wrong(&events(document));
        assert!(wrong.lines().any(|line| line == format!("{place} {said}")), "{said}\nnot in\n{wrong}");
    }
}

#[test]
fn an_event_after_the_last_turn_is_told_of_and_one_in_time_is_not() {
    let folder = events(json!({
        "scheduled_events": [
            { "name": "in time", "schedule": { "turns": [3] }, "effect": "x" },
            { "name": "strike", "schedule": { "turns": [2, 9, 7] }, "effect": "x" },
        ],
        "random_events": [{ "name": "flood", "probability": 0.5, "turn_range": [4, 8], "effect": "x" }],
    }));
    let mut told = open(&folder).warnings();
    told.sort();
    assert_eq!(
        told,
        [
            "workload.scenario: exogenous-events.yaml: flood.turn_range: turn 4 is after the scenario's last, 3; it \
             happens only where turns is set to 4 or more",
            "workload.scenario: exogenous-events.yaml: strike.schedule: turn 7 is after the scenario's last, 3; it \
             happens only where turns is set to 7 or more",
        ]
    );
    // A campaign may play more turns than the scenario says: then they do happen.
    let longer = played(&folder, &[("turns", Value::Int(9))], &Told::saying(|_| None));
    let happens = |turn: usize| state(&longer).turns[turn - 1].events.iter().any(|event| event.name == "strike");
    assert!(happens(7) && happens(9));
}

#[test]
fn a_range_that_is_the_wrong_way_round_is_told_so() {
    let folder = events(json!({ "random_events": [
        { "name": "flood", "probability": 0.5, "turn_range": [10, 2], "effect": "x" }] }));
    let said = wrong(&folder);
    assert!(said.contains("turn_range: is [10, 2]; the first must not be above the second"), "{said}");
}
