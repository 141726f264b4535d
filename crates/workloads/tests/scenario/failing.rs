//! Models that fail, reply nonsense or are interrupted: each the right class, and nothing is made up.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use ergon_domain::{Cancelled, FailureClass, ModelError, Models};
use serde_json::json;

use crate::stage::{Asked, Told, asked, context, park, play, play_in, played, reply, usual, value, who};

fn failing_from(call: u32, class: FailureClass) -> Told {
    let asked = AtomicU32::new(0);
    Told::by(move |request, _| {
        if asked.fetch_add(1, Ordering::Relaxed) < call {
            return Ok(reply(usual(request)));
        }
        Err(ModelError { model: "m".into(), class, message: "nobody answers".into(), retry_after_s: None })
    })
}

#[test]
fn an_outage_fails_the_run_as_what_it_is_however_far_it_got() {
    for class in
        [FailureClass::ModelUnavailable, FailureClass::RateLimited, FailureClass::Timeout, FailureClass::Budget]
    {
        for call in [0, 3, 9] {
            let failed = play(&park(), &[], &failing_from(call, class)).unwrap_err();
            assert_eq!(failed.class, class);
            let turn = call / 4 + 1;
            assert!(failed.log.contains(&format!("turn {turn} failed")), "{}", failed.log);
        }
    }
}

#[test]
fn a_reply_that_is_mended_is_counted_and_one_that_is_not_fails_the_run_as_malformed() {
    let nonsense = |kind: Asked, forever: bool| {
        Told::saying(move |request| {
            let first = request.messages.len() == 2;
            (asked(request) == kind && (forever || first)).then(|| if kind == Asked::World { " " } else { "hm" }.into())
        })
    };
    for (kind, what) in [(Asked::Decision, "a decision"), (Asked::World, "the narrator's world")] {
        let mended = played(&park(), &[], &nonsense(kind, false));
        let each_turn = if kind == Asked::Decision { 3.0 } else { 1.0 };
        assert_eq!(value(&mended, "malformed_replies"), 3.0 * each_turn);
        let failed = play(&park(), &[], &nonsense(kind, true)).unwrap_err();
        assert_eq!(failed.class, FailureClass::MalformedReply);
        assert!(failed.message.starts_with(&format!("model m: {what} can't be read after a repair: ")), "{failed}");
    }
}

#[test]
fn a_message_that_cannot_be_read_after_its_repair_is_heard_by_nobody_and_the_run_goes_on() {
    let folder = park().set("features", json!({ "communications": { "enabled": true, "max_per_turn": 1 } }));
    let said = |wrong: &'static str, forever: bool| {
        Told::saying(move |request| {
            let right = r#"{"channel": "bilateral", "to": ["club"], "message": "Hello"}"#;
            let says = if forever || request.messages.len() == 2 { wrong } else { right };
            (asked(request) == Asked::Message && who(request) == "anna").then(|| says.into())
        })
    };
    for wrong in [
        r#"{"channel": "bilateral", "to": ["ghost"], "message": "Hello"}"#,
        r#"{"channel": "bilateral", "to": ["club", "mayor"], "message": "Hello"}"#,
        "Hello!",
    ] {
        let mended = played(&folder, &[], &said(wrong, false));
        assert_eq!((value(&mended, "messages_sent"), value(&mended, "malformed_replies")), (3.0, 3.0), "{wrong}");
        let lost = played(&folder, &[], &said(wrong, true));
        assert_eq!((value(&lost, "messages_sent"), value(&lost, "malformed_replies")), (0.0, 6.0), "{wrong}");
        let told = "turn 1: a message of anna can't be read after a repair; nobody hears it";
        assert!(lost.log.contains(told) && !mended.log.contains("nobody hears it"), "{}", lost.log);
    }
    let models = said("Hello!", true);
    played(&folder, &[], &models);
    let schema = models.requests(Asked::Message)[0].reply_schema.clone().unwrap();
    assert_eq!(
        schema["properties"]["to"]["items"]["enum"],
        json!(["club", "mayor"]),
        "a provider can hold it to these"
    );
}

#[test]
fn a_cancelled_run_asks_nothing_more() {
    for (why, class) in [(Cancelled::Asked, FailureClass::Interrupted), (Cancelled::Timeout, FailureClass::Timeout)] {
        let models = Told::saying(|_| None);
        let context = context(0, Arc::new(models.clone()) as Arc<dyn Models>);
        context.cancel(why);
        assert_eq!(play_in(&park(), &[], &context, &[]).unwrap_err().class, class);
        assert!(models.heard.lock().unwrap().is_empty());
    }
}
