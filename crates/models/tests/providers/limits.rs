//! Limits, money and keys, as the other side sees them.

use std::sync::Arc;
use std::time::Duration;

use ergon_domain::{AlertKind, AlertLevel, ChatRequest, FailureClass, Models};
use ergon_models::{Budget, Keys, Metered, ModelEntry, Network, OwnProvider, Prices, Roster, Source, Spent};
use futures_util::future::join_all;
use serde_json::json;

use crate::asking::{Asker, call, entry, network, request};
use crate::server::{Server, Step, good, reply};

const FREE: Budget = Budget { usd: None, usd_per_run: None, tokens: None };

fn slow() -> Vec<Step> {
    let mut steps = vec![Step::Wait(Duration::from_millis(30))];
    steps.extend(good("yes"));
    steps
}

#[tokio::test]
async fn all_campaigns_together_keep_to_the_concurrency_of_an_address() {
    let server = Server::start(|_, _| slow()).await;
    let network = network();
    let asker = || Asker::with(&network, &[("llm", "openai", &server, json!({"concurrency": 3}))], FREE);
    let (one, other) = (asker(), asker());
    let calls = (0..30).map(|n| if n % 2 == 0 { one.ask(n) } else { other.ask(n) });
    assert!(join_all(calls).await.iter().all(Result::is_ok));
    assert_eq!(server.most_at_once(), 3);
}

#[tokio::test]
async fn one_who_is_sent_away_keeps_everybody_away() {
    let server = Server::start(|n, _| if n == 0 { reply(429, "retry-after: 1\r\n", "{}") } else { good("yes") }).await;
    let asker = Asker::new(&server, json!({"concurrency": 1}), FREE);
    assert!(join_all((0..5).map(|n| asker.ask(n))).await.iter().all(Result::is_ok));
    let asked = server.asked.lock().unwrap();
    let pause = asked[1].at.duration_since(asked[0].at);
    assert!(pause >= Duration::from_millis(990), "{pause:?}");
}

#[tokio::test]
async fn a_provider_that_is_down_is_left_alone_and_the_declared_other_answers() {
    let down = Server::start(|_, _| reply(500, "", "{}")).await;
    let up = Server::start(|_, _| good("instead")).await;
    let models = [
        ("llm", "openai", &down, json!({"retries": 0, "patience_s": 0, "fallback": "spare"})),
        ("spare", "openai", &up, json!({})),
    ];
    let network = network();
    let asker = Asker::with(&network, &models, FREE);
    for run in 0..20 {
        assert_eq!(asker.ask(run).await.unwrap().text, "instead");
    }
    assert_eq!(down.count(), 5, "after five failures in a row nobody asks for a while");
    let meter = asker.models.meter().unwrap();
    assert_eq!((meter.calls, meter.errors, meter.fallbacks), (20, 0, 20), "counted, never silent");
    assert!(asker.kept.calls.lock().unwrap().iter().all(|c| c.fallback.as_deref() == Some("spare")));
    let told: Vec<_> = meter.alerts.iter().map(|alert| (alert.kind, alert.level)).collect();
    let expected = [(AlertKind::Fallback, AlertLevel::Warning), (AlertKind::Provider, AlertLevel::Critical)];
    assert_eq!(told, expected, "each once: {:?}", meter.alerts);
    assert!(meter.alerts[1].message.contains("has failed 5 times in a row and is left alone"), "{:?}", meter.alerts);
    let why = asker.models.down("llm").unwrap();
    assert!(why.contains("has failed 5 times in a row and is left alone"), "{why}");
    assert_eq!(asker.models.down("spare"), None);
    let impatient = Asker::with(&network, &[("llm", "openai", &down, json!({"patience_s": 1}))], FREE);
    let why = impatient.ask(1).await.unwrap_err().message;
    assert!(why.ends_with("is left alone for another 2 s; patience_s is 1, so nobody waits for it"), "{why}");
}

#[tokio::test]
async fn calls_without_an_answer_are_told_of_and_what_a_budget_refuses_is_none() {
    let server = Server::start(|_, _| reply(400, "", "{}")).await;
    let asker = Asker::new(&server, json!({}), FREE);
    for run in 0..20 {
        asker.ask(run).await.unwrap_err();
    }
    let alerts = asker.models.meter().unwrap().alerts;
    assert_eq!(alerts.iter().map(|a| a.kind).collect::<Vec<_>>(), [AlertKind::Errors]);
    assert!(alerts[0].message.starts_with("20 of 20 model calls had no answer: 100.0 %"), "{alerts:?}");

    let asker = Asker::new(&server, priced(), Budget { usd: Some(1e-6), ..FREE });
    for run in 0..30 {
        assert_eq!(asker.ask(run).await.unwrap_err().class, FailureClass::Budget);
    }
    assert_eq!(asker.models.meter().unwrap().alerts, []);
}

#[tokio::test]
async fn a_request_longer_than_its_price_is_good_for_is_not_sent_on_a_money_budget() {
    let server = Server::start(|_, _| good("yes")).await;
    let asked = |budget: Budget| {
        let entry = ModelEntry {
            model: Some("gemini-2.5-pro".into()),
            ..entry("gemini", json!({"base_url": server.url, "retries": 0}))
        };
        let roster = Arc::new(Roster::open([("llm", entry)], &network()).unwrap());
        let models = Metered::new(roster, budget, Spent::default(), Source::Live(None));
        async move { models.chat(&ChatRequest::new("llm", "", "x".repeat(200_001)), None, &call(1)).await.unwrap_err() }
    };
    let refused = asked(Budget { usd: Some(1000.0), ..FREE }).await;
    assert_eq!((refused.class, server.count()), (FailureClass::Budget, 0), "{refused}");
    // Without one it is sent; that this server speaks another dialect is another matter.
    asked(FREE).await;
    assert_eq!(server.count(), 1);
}

#[tokio::test]
async fn no_spec_goes_beyond_the_limits_that_the_user_set_for_a_provider() {
    let server = Server::start(|_, _| slow()).await;
    let network = network();
    let lab = OwnProvider {
        name: "lab".into(),
        base_url: Some(server.url.clone()),
        concurrency: Some(2),
        ..OwnProvider::default()
    };
    network.set_own_providers(vec![lab]).unwrap();
    let roster = Arc::new(Roster::open([("llm", entry("lab", json!({"concurrency": 64})))], &network).unwrap());
    let models = Metered::new(roster, FREE, Spent::default(), Source::Live(None));
    let asked = request();
    let calls: Vec<_> = (0..12).map(call).collect();
    let answers = join_all(calls.iter().map(|call| models.chat(&asked, None, call))).await;
    assert!(answers.iter().all(Result::is_ok));
    assert_eq!(server.most_at_once(), 2);
}

/// 10 + 2 tokens at these prices cost 0.0002 USD.
fn priced() -> serde_json::Value {
    json!({"usd_per_mtok_in": 10.0, "usd_per_mtok_out": 50.0, "concurrency": 8, "max_tokens": 10})
}

#[tokio::test]
async fn spending_never_exceeds_the_budget_and_every_call_says_what_it_cost() {
    let server = Server::start(|_, _| slow()).await;
    let budget = Budget { usd: Some(0.02), ..FREE };
    let asker = Asker::new(&server, priced(), budget);
    let results = join_all((0..200).map(|n| asker.ask(n))).await;
    let answered = results.iter().filter(|r| r.is_ok()).count();
    let refused = results.iter().filter(|r| r.as_ref().is_err_and(|e| e.class == FailureClass::Budget)).count();
    assert_eq!(answered + refused, 200);
    assert_eq!(answered, server.count(), "what was refused was never sent");
    let spent: f64 = asker.kept.calls.lock().unwrap().iter().map(|c| c.charged_usd).sum();
    assert!((spent - answered as f64 * 0.0002).abs() < 1e-12 && spent <= 0.02, "{spent}");
    // The worst case of a call is about 0.007 USD: the last third of the budget can't be spent, the rest is.
    assert!(spent > 0.01, "{spent}");
    assert!(asker.models.exhausted().unwrap().starts_with("budget.usd"));
    assert!(asker.models.meter().unwrap().alerts[0].message.contains("80 %"));
    let held = asker.kept.holds.lock().unwrap();
    assert!(!held.is_empty() && held.iter().all(|usd| *usd <= 0.02), "{held:?}");
}

#[tokio::test]
async fn calls_of_one_run_at_the_same_time_wait_for_each_other_where_its_budget_is_short() {
    let server = Server::start(|_, _| slow()).await;
    // The worst case of a call is about 0.007 USD, what it comes to 0.0002.
    let asker = Asker::new(&server, priced(), Budget { usd_per_run: Some(0.01), ..FREE });
    let results = join_all((0..6).map(|_| asker.ask(1))).await;
    assert!(results.iter().all(Result::is_ok), "{results:?}");
    assert_eq!(server.most_at_once(), 1);
    let spent: f64 = asker.kept.calls.lock().unwrap().iter().map(|c| c.charged_usd).sum();
    assert!((spent - 6.0 * 0.0002).abs() < 1e-12, "{spent}");
}

#[tokio::test]
async fn what_earlier_sessions_spent_counts() {
    let server = Server::start(|_, _| good("yes")).await;
    let mut settings = priced();
    settings["base_url"] = json!(server.url);
    let roster = Arc::new(Roster::open([("llm", entry("openai", settings))], &network()).unwrap());
    let budget = Budget { usd: Some(0.02), ..FREE };
    let spent = Spent { usd: 0.0199, tokens: 0 };
    let models = Metered::new(roster, budget, spent, Source::Live(None));
    assert_eq!(models.chat(&request(), None, &call(1)).await.unwrap_err().class, FailureClass::Budget);
    assert_eq!(server.count(), 0);
}

const KEY: &str = "sk-planted-0123456789";

fn with_key() -> Arc<Network> {
    let keys = Keys::default();
    keys.remember("LAB_KEY", KEY.into());
    Arc::new(Network::new(keys, Prices::default()))
}

#[tokio::test]
async fn a_key_reaches_its_address_and_nothing_else() {
    // The other side repeats the key, in a header, in an error and in a reply.
    let echo = format!(r#"{{"error": {{"message": "bad key {KEY}"}}}}"#);
    let said = json!({"choices": [{"message": {"content": format!("your key is {KEY}")}, "finish_reason": "stop"}]});
    let said = said.to_string();
    let delta = json!({"choices": [{"delta": {"content": format!("it is {KEY}")}, "finish_reason": "stop"}]});
    let streamed = format!("data: {delta}\n\ndata: [DONE]\n\n");
    let server = Server::start(move |n, _| match n {
        0 => reply(401, &format!("x-key: {KEY}\r\n"), &echo),
        1 => reply(200, "", &said),
        _ => reply(200, "", &streamed),
    })
    .await;
    let model = |streamed: bool| ("llm", "openai", &server, json!({"key_env": "LAB_KEY", "stream": streamed}));
    let asker = Asker::with(&with_key(), &[model(false)], FREE);
    let error = asker.ask(1).await.unwrap_err();
    let reply = asker.ask(2).await.unwrap();
    let streaming = Asker::with(&with_key(), &[model(true)], FREE);
    assert_eq!(streaming.ask(3).await.unwrap().text, "it is [key]");
    let kept = [asker.kept.calls.lock().unwrap().clone(), streaming.kept.calls.lock().unwrap().clone()].concat();
    assert!(server.asked.lock().unwrap().iter().all(|a| !a.body.contains(KEY)));
    assert!(server.asked.lock().unwrap().iter().all(|a| a.head.contains(&format!("authorization: bearer {KEY}"))));
    let raw: Vec<u8> =
        kept.iter().flat_map(|c| &c.exchanges).flat_map(|e| [&e.sent[..], &e.received].concat()).collect();
    let everything = format!("{error} {error:?} {reply:?} {kept:?} {}", String::from_utf8_lossy(&raw));
    assert!(!everything.contains(KEY), "{everything}");
}

#[test]
fn a_key_is_not_sent_where_it_does_not_belong() {
    let refused = |settings: serde_json::Value| {
        Roster::open([("llm", entry("openai", settings))], &with_key()).map(|_| ()).unwrap_err().to_string()
    };
    let open = refused(json!({"base_url": "http://models.example.com/v1", "key_env": "LAB_KEY"}));
    assert!(open.contains("unencrypted; expected https"), "{open}");
    let inside = refused(json!({"base_url": "https://user:secret@example.com/v1"}));
    assert!(inside.contains("expected a plain address") && !inside.contains("secret"), "{inside}");
    let anthropic = |settings| {
        let opened = Roster::open([("llm", entry("anthropic", settings))], &with_key());
        opened.map(|_| ()).map_err(|problem| problem.to_string())
    };
    for (key, setting) in [("seed", json!(true)), ("logprobs", json!(3)), ("json", json!("schema"))] {
        let refused = anthropic(json!({key: setting})).unwrap_err();
        assert!(refused.starts_with(&format!("models.llm.{key}: can't be sent to anthropic")), "{refused}");
    }
    assert_eq!(anthropic(json!({"seed": false, "json": "prompt"})), Ok(()));
    for key in ["sk-planted-0123456789", "gsk_0123456789abcdef", "AIzaSyPlanted", "", "A B"] {
        let written = refused(json!({"key_env": key}));
        assert!(written.contains("models.llm.key_env: expected the name of an environment variable"), "{written}");
        assert!(key.is_empty() || !written.contains(key), "{written}");
    }
    assert!(!refused(json!({"key_env": 123_456_789})).contains("123456789"), "a number may be one as well");
    let unknown = refused(json!({"base_url": "https://example.com", "tempreature": 1}));
    assert!(unknown.contains("models.llm.tempreature: no such setting; expected one of base_url"), "{unknown}");
}

#[tokio::test]
async fn a_provider_key_stays_with_the_provider() {
    let server = Server::start(|_, _| good("yes")).await;
    let keys = Keys::default();
    keys.remember("OPENAI_API_KEY", KEY.into());
    let network = Arc::new(Network::new(keys, Prices::default()));
    Asker::with(&network, &[("llm", "openai", &server, json!({}))], FREE).ask(1).await.unwrap();
    assert!(!server.asked.lock().unwrap()[0].head.contains("authorization"), "another address gets no key of OpenAI's");
}
