//! Who hears what.

use ergon_domain::{ChatRequest, Value};
use serde_json::json;

use crate::stage::{Asked, Told, asked, park, played, prompt, state, value, who};

const SPOKEN: [(&str, Value); 2] = [("communications", Value::Bool(true)), ("messages_per_turn", Value::Int(1))];

/// Anna whispers to the club, the club gathers both others, the mayor speaks to all.
fn gossip(request: &ChatRequest) -> Option<String> {
    let said = match who(request) {
        "anna" => json!({ "channel": "bilateral", "to": ["club"], "message": "a word from anna" }),
        "club" => json!({ "channel": "coalition", "to": ["anna", "mayor"], "message": "a word from club" }),
        _ => json!({ "channel": "public", "to": [], "message": "a word from mayor" }),
    };
    (asked(request) == Asked::Message).then(|| said.to_string())
}

#[test]
fn a_message_reaches_those_it_is_for_and_nobody_else() {
    let models = Told::saying(gossip);
    let outcome = played(&park(), &SPOKEN, &models);
    assert_eq!(value(&outcome, "messages_sent"), 9.0);
    let hears = |whom: &str, from: &str| {
        let decisions = models.requests(Asked::Decision);
        let own: Vec<&ChatRequest> = decisions.iter().filter(|r| who(r) == whom).collect();
        assert_eq!(own.len(), 3);
        let hearing = own.iter().filter(|r| prompt(r).contains(&format!("a word from {from}"))).count();
        assert!(hearing == 0 || hearing == 3);
        hearing == 3
    };
    for (whom, from, expected) in [
        ("anna", "anna", true),
        ("anna", "club", true),
        ("anna", "mayor", true),
        ("club", "anna", true),
        ("club", "mayor", true),
        ("mayor", "anna", false),
        ("mayor", "club", true),
    ] {
        assert_eq!(hears(whom, from), expected, "{whom} hears {from}");
    }
    let narrator = prompt(&models.requests(Asked::World)[0]);
    assert!(narrator.contains("a word from mayor") && !narrator.contains("a word from anna"), "{narrator}");
    let said = &state(&outcome).turns[0].messages;
    let channels: Vec<&str> = said.iter().map(|m| m.channel.as_str()).collect();
    assert_eq!(channels, ["bilateral", "coalition", "public"]);
}

#[test]
fn in_a_parallel_round_nobody_answers_what_was_said_in_it() {
    let hears_at_once = |order: &str| {
        let models = Told::saying(gossip);
        let set = [SPOKEN.to_vec(), vec![("order", Value::text(order))]].concat();
        played(&park(), &set, &models);
        let first_round: Vec<ChatRequest> = models.requests(Asked::Message).into_iter().take(3).collect();
        first_round.iter().any(|r| prompt(r).contains("a word from"))
    };
    assert!(!hears_at_once("parallel"));
    assert!(hears_at_once("sequential"));
}

#[test]
fn each_actor_may_say_as_much_as_the_scenario_allows() {
    let folder = park().set("features", json!({ "communications": { "enabled": true, "max_per_turn": 2 } }));
    assert_eq!(value(&played(&folder, &[], &Told::saying(gossip)), "messages_sent"), 18.0);
    let off = [("communications", Value::Bool(false))];
    let models = Told::saying(gossip);
    assert_eq!(value(&played(&folder, &off, &models), "messages_sent"), 0.0);
    assert!(models.requests(Asked::Message).is_empty(), "nobody is asked");
}

#[test]
fn what_only_one_knows_is_told_to_it_alone_and_background_to_all_who_have_access() {
    let models = Told::saying(|_| None);
    let mut folder = park().with("background/soil.md", json!("The soil is poor."));
    folder.0.get_mut("actors/club.yaml").unwrap()["information_access"]["public"] = json!(false);
    played(&folder, &[], &models);
    for request in models.heard.lock().unwrap().iter() {
        let (prompt, whom) = (prompt(request), who(request));
        for id in ["anna", "club", "mayor"] {
            assert_eq!(prompt.contains(&format!("the secret of {id}")), whom == id, "{whom} and the secret of {id}");
        }
        assert_eq!(prompt.contains("The soil is poor."), whom != "club", "{whom} and the background");
    }
}
