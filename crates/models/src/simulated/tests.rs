use std::sync::Arc;

use ergon_domain::{DecisionOption, Digest, Item, Models, RunStreams};
use serde_json::json;

use super::*;
use crate::{ModelEntry, Roster};

fn model(settings: &serde_json::Value) -> Result<Simulated, SettingProblem> {
    let written = settings.as_object().unwrap().iter().map(|(k, v)| (k.clone(), v.clone())).collect();
    Simulated::open("llm", None, &written)
}

fn call(run: u8, occurrence: u64) -> CallContext {
    let streams = RunStreams { key: Digest([run; 32]), campaign_seed: 1, replicate: 0, common: Vec::new() };
    CallContext { streams, occurrence, attempt: 1 }
}

fn options(utilities: &[f64]) -> DecisionProblem {
    let option = |(i, &utility): (usize, &f64)| DecisionOption { reply: format!("{{\"option\":{i}}}"), utility };
    DecisionProblem::Choice(utilities.iter().enumerate().map(option).collect())
}

fn answers(model: &Simulated, problem: &DecisionProblem, n: u64) -> Vec<ChatReply> {
    let request = ChatRequest::new("llm", "You schedule jobs.", "Which?");
    let ask = |i| model.chat(&request, Some(problem), &call(1, i)).unwrap();
    (0..n).map(ask).collect()
}

fn share(replies: &[ChatReply], text: &str) -> f64 {
    replies.iter().filter(|r| r.text == text).count() as f64 / replies.len() as f64
}

/// Four standard errors of a share.
fn close(found: f64, p: f64, n: u64) -> bool {
    (found - p).abs() <= 4.0 * (p * (1.0 - p) / n as f64).sqrt()
}

#[test]
fn options_are_chosen_as_often_as_the_quantal_response_says() {
    // By hand: exp(2·0.5) : exp(2·0) : exp(2·1) = 2.718 : 1 : 7.389.
    let p = quantal_response(&[0.5, 0.0, 1.0], 2.0);
    let total = std::f64::consts::E + 1.0 + 7.389_056_098_930_65;
    for (found, expected) in p.iter().zip([std::f64::consts::E, 1.0, 7.389_056_098_930_65]) {
        assert!((found - expected / total).abs() < 1e-12);
    }
    let replies = answers(&model(&json!({"rationality": 2})).unwrap(), &options(&[0.5, 0.0, 1.0]), 4_000);
    for (i, expected) in p.iter().enumerate() {
        assert!(close(share(&replies, &format!("{{\"option\":{i}}}")), *expected, 4_000), "option {i}");
    }
}

#[test]
fn skill_0_is_chance_and_skill_1_never_errs() {
    let problem = options(&[0.9, 0.1, 0.2, 0.3]);
    let best = |skill| share(&answers(&model(&json!({ "skill": skill })).unwrap(), &problem, 2_000), "{\"option\":0}");
    assert!(close(best(0.0), 0.25, 2_000));
    assert_eq!(best(1.0), 1.0);
    assert!(best(0.2) < best(0.5));
}

#[test]
fn a_question_is_answered_right_as_often_as_the_item_response_model_says() {
    let item = Item { discrimination: 1.5, difficulty: 0.5, guessing: 0.25, disturbance: 0.0 };
    // By hand: 0.25 + 0.75/(1 + exp(−1.5·(1 − 0.5))).
    let p = right_probability(&item, &Examinee { ability: 1.0, language_dependency: 3.0 });
    assert!((p - (0.25 + 0.75 / (1.0 + 0.472_366_552_741_014_7))).abs() < 1e-12);
    let problem = DecisionProblem::Question { right: "42".into(), wrong: vec!["41".into(), "43".into()], item };
    let replies = answers(&model(&json!({"ability": 1})).unwrap(), &problem, 4_000);
    assert!(close(share(&replies, "42"), p, 4_000));
    assert!(close(share(&replies, "41"), (1.0 - p) / 2.0, 4_000));
    for (skill, ends) in [(0.0, 0.25), (1.0, 1.0)] {
        let replies = answers(&model(&json!({ "skill": skill })).unwrap(), &problem, 2_000);
        assert!(close(share(&replies, "42"), ends, 2_000), "skill {skill}");
    }
}

#[test]
fn a_planted_language_dependency_costs_its_logits_in_proportion_to_the_disturbance() {
    let item = Item { discrimination: 1.0, difficulty: 0.0, guessing: 0.0, disturbance: 0.5 };
    let problem = DecisionProblem::Question { right: "42".into(), wrong: Vec::new(), item };
    let replies = answers(&model(&json!({"ability": 1, "language_dependency": 4})).unwrap(), &problem, 4_000);
    // By hand: 1/(1 + exp(−(1 − 4·0.5))) = 1/(1 + e).
    assert!(close(share(&replies, "42"), 0.268_941_421_369_995_1, 4_000));
}

#[test]
fn replies_break_the_format_at_the_declared_rate_and_take_the_declared_time() {
    let simulated = model(&json!({"skill": 1, "format_error_rate": 0.2, "latency_s": 1.2, "latency_cv": 0.5})).unwrap();
    let replies = answers(&simulated, &options(&[1.0, 0.0]), 4_000);
    assert!(close(1.0 - share(&replies, "{\"option\":0}"), 0.2, 4_000));
    let broken = replies.iter().find(|r| r.text != "{\"option\":0}").unwrap();
    assert!(serde_json::from_str::<Value>(&broken.text).is_err());
    let mean = replies.iter().map(|r| r.latency_s).sum::<f64>() / 4_000.0;
    assert!((mean - 1.2).abs() < 4.0 * 0.6 / 4_000_f64.sqrt(), "{mean}");
    assert!(replies.iter().all(|r| r.simulated && r.usage.estimated));
}

#[test]
fn a_call_is_answered_the_same_whenever_it_is_made_and_identical_calls_stay_apart() {
    let (simulated, problem) = (model(&json!({"skill": 0.2})).unwrap(), options(&[0.5, 0.6]));
    let ask = |text: &str, occurrence| {
        let request = ChatRequest::new("llm", "", text);
        simulated.chat(&request, Some(&problem), &call(7, occurrence)).unwrap()
    };
    let (first, second) = (ask("a", 0), ask("b", 0));
    assert_eq!((ask("b", 0), ask("a", 0)), (second, first.clone()));
    assert_ne!(ask("a", 1).latency_s, first.latency_s);
}

#[test]
fn a_setting_it_does_not_take_is_refused_by_name() {
    let refused = |settings: serde_json::Value| model(&settings).unwrap_err().to_string();
    assert_eq!(refused(json!({"skill": 1.5})), "models.llm.skill: 1.5 is not accepted; expected a number from 0 to 1");
    assert_eq!(
        refused(json!({"format_error_rate": "often"})),
        "models.llm.format_error_rate: \"often\" is not accepted; expected a number from 0 to 1"
    );
    assert!(refused(json!({"skil": 0.5})).starts_with("models.llm.skil: no such setting; expected one of skill, "));
}

#[test]
fn a_roster_knows_its_models_and_no_others() {
    let entry = |provider: &str| ModelEntry { provider: provider.into(), ..ModelEntry::default() };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let roster: Arc<dyn Models> = Arc::new(Roster::open([("llm", entry("simulated"))], &Arc::default()).unwrap());
    let ask = |name: &str| {
        runtime.block_on(roster.chat(&ChatRequest::new(name, "", ""), Some(&options(&[1.0])), &call(1, 0)))
    };
    assert_eq!(ask("llm").unwrap().text, "{\"option\":0}");
    assert_eq!(ask("gpt").unwrap_err().class, FailureClass::InvalidInput);
    let refused = Roster::open([("llm", entry("chatgpt"))], &Arc::default()).map(|_| ()).unwrap_err().to_string();
    assert!(refused.contains("there is no provider 'chatgpt'"), "{refused}");
}
