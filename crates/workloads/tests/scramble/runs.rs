//! Runs: what is asked, what is measured, what is said of it.

use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use async_trait::async_trait;
use ergon_domain::{
    CallContext, ChatReply, ChatRequest, Clock, Condition, DecisionProblem, Digest, FailureClass, FinishReason, Inputs,
    ModelError, Models, Observed, Outcome, Prepared, Provenance, RunContext, RunContextParts, RunError, RunStreams,
    SIMULATED_MODEL, Usage, Value, Workload, run_key,
};
use ergon_workloads::scramble::{REPEATED_ITEMS, ScrambleWorkload};
use serde_json::json;

/// What the test model says to a request.
type Say = Box<dyn Fn(&ChatRequest, &DecisionProblem) -> Result<String, FailureClass> + Send + Sync>;

struct Model {
    say: Say,
    simulated: bool,
    heard: Arc<Mutex<Vec<ChatRequest>>>,
}

#[async_trait]
impl Models for Model {
    async fn chat(
        &self,
        request: &ChatRequest,
        aside: Option<&DecisionProblem>,
        _: &CallContext,
    ) -> Result<ChatReply, ModelError> {
        self.heard.lock().unwrap().push(request.clone());
        let said = (self.say)(request, aside.expect("every question says what a good answer is"));
        let text = said.map_err(|class| ModelError {
            model: request.model.clone(),
            class,
            message: "so it is".into(),
            retry_after_s: None,
        })?;
        Ok(ChatReply {
            text,
            model_id: "test".into(),
            finish: FinishReason::Stop,
            usage: Usage { prompt_tokens: Some(10), completion_tokens: Some(2), estimated: false },
            latency_s: 0.5,
            cost_usd: None,
            confidence: None,
            simulated: self.simulated,
            tool_calls: Vec::new(),
        })
    }
}

struct Still;

impl Clock for Still {
    fn now_s(&self) -> f64 {
        0.0
    }
}

fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("a run of ready models never waits"),
    }
}

fn workload(section: &serde_json::Value) -> ScrambleWorkload {
    ScrambleWorkload::open(section.as_object().unwrap()).unwrap()
}

fn condition(set: &[(&str, Value)]) -> Condition {
    let workload = workload(&json!({}));
    let mut condition = Condition::default();
    for parameter in &workload.manifest().parameters {
        if let Some(default) = &parameter.default {
            condition.set(parameter.name.clone(), default.clone());
        }
    }
    for (name, value) in set {
        let parameter = workload.manifest().parameter(name).unwrap_or_else(|| panic!("no parameter {name}"));
        condition.set(*name, parameter.kind.bind(value).unwrap_or_else(|e| panic!("{name}: {e}")));
    }
    condition
}

struct Ran {
    outcome: Result<Outcome, RunError>,
    heard: Vec<ChatRequest>,
}

fn run_prepared(prepared: &dyn Prepared, set: &[(&str, Value)], replicate: u32, simulated: bool, say: Say) -> Ran {
    let condition = condition(set);
    let heard = Arc::new(Mutex::new(Vec::new()));
    let key = run_key(&Digest::of_bytes(b"scramble"), &condition.digest(), replicate);
    let context = RunContext::new(RunContextParts {
        streams: RunStreams { key, campaign_seed: 42, replicate, common: vec!["items".into()] },
        clock: Arc::new(Still),
        processes: None,
        models: Some(Arc::new(Model { say, simulated, heard: heard.clone() })),
    });
    let outcome = now(prepared.run(&condition, &context));
    let heard = heard.lock().unwrap().clone();
    Ran { outcome, heard }
}

fn run(set: &[(&str, Value)], replicate: u32, say: Say) -> Ran {
    let prepared = now(workload(&json!({})).prepare(&Inputs::default())).unwrap();
    run_prepared(prepared.as_ref(), set, replicate, true, say)
}

fn observed(outcome: &Outcome, metric: &str) -> Observed {
    outcome
        .measurements
        .iter()
        .find(|m| m.metric.as_str() == metric)
        .unwrap_or_else(|| panic!("no {metric}"))
        .observed
        .clone()
}

fn value(ran: &Ran, metric: &str) -> f64 {
    match observed(ran.outcome.as_ref().unwrap(), metric) {
        Observed::Value(x) => x,
        other => panic!("{metric} is {other:?}"),
    }
}

fn answers(ran: &Ran) -> Vec<serde_json::Value> {
    let artefact = &ran.outcome.as_ref().unwrap().artefacts[0];
    let text = String::from_utf8(artefact.content.clone().unwrap()).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn right() -> Say {
    Box::new(|_, aside| match aside {
        DecisionProblem::Question { right, .. } => Ok(right.clone()),
        DecisionProblem::Script(text) => Ok(text.clone()),
        DecisionProblem::Choice(options) => {
            Ok(options.iter().max_by(|a, b| a.utility.total_cmp(&b.utility)).unwrap().reply.clone())
        }
    })
}

fn saying(text: &'static str) -> Say {
    Box::new(move |_, _| Ok(text.into()))
}

fn text(value: &str) -> Value {
    Value::text(value)
}

#[test]
fn what_is_right_counts_and_nothing_else_does() {
    for bank in ["arithmetic", "multi_step", "logic", "units", "facts", "facts_choice", "mixed"] {
        let set = [("benchmark", text(bank)), ("sample_size", Value::Int(60))];
        let all = run(&set, 0, right());
        assert_eq!((value(&all, "accuracy"), value(&all, "items_scored")), (100.0, 60.0), "{bank}");
        let none = run(&set, 0, saying("I would rather not say."));
        assert_eq!(value(&none, "accuracy"), 0.0, "{bank}: an answer is no success");
    }
}

#[test]
fn replicates_ask_different_items_and_conditions_the_same_ones() {
    let ids = |set: &[(&str, Value)], replicate| -> Vec<String> {
        answers(&run(set, replicate, right())).iter().map(|a| a["id"].as_str().unwrap().to_owned()).collect()
    };
    let size = ("sample_size", Value::Int(5));
    let scrambled = [size.clone(), ("method", text("word_shuffle")), ("level", Value::Real(50.0))];
    let (first, second) = (ids(std::slice::from_ref(&size), 0), ids(std::slice::from_ref(&size), 1));
    assert!(first.iter().all(|id| !second.contains(id)), "{first:?} {second:?}");
    assert_eq!(first, ids(&scrambled, 0));
    let five: Vec<String> = (0..5).flat_map(|r| ids(&[("sample_size", Value::Int(1))], r)).collect();
    assert_eq!(five, first, "one item a run or five, the order is the same");
    assert_ne!(first, ids(&[size, ("seed", Value::Int(7))], 0));
}

#[test]
fn items_that_come_again_are_said_to() {
    let set = [("benchmark", text("facts")), ("sample_size", Value::Int(100))];
    let flagged = |replicate| {
        let outcome = run(&set, replicate, right()).outcome.unwrap();
        outcome.measurements[0].flags.0.contains(REPEATED_ITEMS)
    };
    assert_eq!([flagged(0), flagged(1), flagged(2)], [false, false, true], "205 facts: the third hundred begins again");
}

#[test]
fn the_level_reaches_the_prompt_and_the_numbers_say_how_much() {
    let set = |level: f64| {
        vec![
            ("method", text("character_substitution")),
            ("level", Value::Real(level)),
            ("sample_size", Value::Int(10)),
            ("benchmark", text("arithmetic")),
        ]
    };
    for level in [0.0, 17.0, 50.0, 100.0] {
        let ran = run(&set(level), 0, right());
        assert!((value(&ran, "realised_level") - level).abs() < 0.5, "{}", value(&ran, "realised_level"));
        let is_plain = ran.heard.iter().all(|request| request.messages[0].content.contains("How"));
        assert_eq!(is_plain, level == 0.0);
        assert!(ran.heard.iter().all(|r| r.messages[0].content.ends_with("Reply with the number alone.")));
    }
}

#[test]
fn a_simulated_model_is_told_how_much_was_transformed_and_a_real_one_is_not() {
    let set = [("method", text("word_substitution")), ("level", Value::Real(50.0)), ("benchmark", text("arithmetic"))];
    let say: Say = Box::new(|request, aside| {
        let DecisionProblem::Question { item, right, .. } = aside else { panic!() };
        assert!((item.disturbance - 0.5).abs() < 0.05, "{}", item.disturbance);
        assert!(!request.messages.iter().any(|m| m.content.contains("disturbance")));
        Ok(right.clone())
    });
    assert_eq!(value(&run(&set, 3, say), "accuracy"), 100.0);
}

#[test]
fn a_refusal_is_a_wrong_answer_that_is_counted_and_an_outage_fails_the_run() {
    let failing = |class| -> Say { Box::new(move |_, _| Err(class)) };
    let refused = run(&[("sample_size", Value::Int(4))], 0, failing(FailureClass::ModelRefused));
    assert_eq!((value(&refused, "accuracy"), value(&refused, "refused_items")), (0.0, 4.0));
    for class in [FailureClass::ModelUnavailable, FailureClass::RateLimited, FailureClass::Budget] {
        let down = run(&[("sample_size", Value::Int(4))], 0, failing(class));
        assert_eq!(down.outcome.unwrap_err().class, class, "no accuracy is made of an outage");
    }
}

#[test]
fn unreadable_replies_are_wrong_and_counted() {
    let ran = run(&[("benchmark", text("units")), ("sample_size", Value::Int(3))], 0, saying("no idea"));
    assert_eq!((value(&ran, "accuracy"), value(&ran, "unreadable_replies")), (0.0, 3.0));
}

#[test]
fn the_judges_word_decides_where_a_judge_is_asked() {
    let set = [("scoring", text("judge")), ("benchmark", text("facts")), ("sample_size", Value::Int(5))];
    let yes: Say = Box::new(|request, _| {
        Ok(if request.model == "judge" { "{\"right\": true}".into() } else { "Atlantis".into() })
    });
    let ran = run(&set, 0, yes);
    assert_eq!((value(&ran, "accuracy"), value(&ran, "llm_calls")), (100.0, 10.0));
    assert_eq!(value(&run(&set, 0, right()), "accuracy"), 100.0, "a simulated judge knows the answer");
    let mute: Say = Box::new(|request, _| Ok(if request.model == "judge" { "Hm.".into() } else { "x".into() }));
    let failed = run(&set, 0, mute).outcome.unwrap_err();
    assert_eq!(failed.class, FailureClass::MalformedReply);
    assert!(failed.message.starts_with("scoring.judge: the judge said 'Hm.'"), "{}", failed.message);
}

#[test]
fn a_paraphrase_is_made_by_a_model_and_has_no_realised_level() {
    let set = [("method", text("paraphrase")), ("level", Value::Real(100.0)), ("benchmark", text("arithmetic"))];
    let ran = run(&set, 0, right());
    assert_eq!(ran.heard.len(), 2, "one paraphrase, one question");
    assert!(ran.heard[0].messages[0].content.starts_with("You rewrite questions"));
    assert!(matches!(observed(ran.outcome.as_ref().unwrap(), "realised_level"), Observed::Undefined(_)));
    let plain = run(&[("method", text("paraphrase")), ("level", Value::Real(0.0))], 0, right());
    assert_eq!(plain.heard.len(), 1);
}

#[test]
fn numbers_of_a_simulated_model_say_so_and_those_of_a_real_one_are_measured() {
    let prepared = now(workload(&json!({})).prepare(&Inputs::default())).unwrap();
    for simulated in [true, false] {
        let ran = run_prepared(prepared.as_ref(), &[], 0, simulated, right());
        let outcome = ran.outcome.unwrap();
        let accuracy = &outcome.measurements[0];
        assert_eq!(accuracy.provenance == Provenance::Simulated, simulated);
        assert_eq!(accuracy.flags.0.contains(SIMULATED_MODEL), simulated);
    }
}

fn with_file(section: &serde_json::Value, file: &str) -> Result<(Arc<dyn Prepared>, Value), String> {
    let digest = Digest::of_bytes(file.as_bytes());
    let inputs = Inputs([(digest, Arc::from(file.as_bytes()))].into());
    let prepared = now(workload(section).prepare(&inputs)).map_err(|e| e.to_string())?;
    Ok((prepared, Value::text(digest.to_string())))
}

#[test]
fn my_prompt_goes_over_my_items_and_their_fields_are_placeholders() {
    let file = "{\"review\": \"Great!\", \"stars\": 5, \"mood\": \"good\"}\n{\"review\": \"Bad.\", \"stars\": 1, \"mood\": \"bad\"}\n";
    let section = json!({ "fields": { "question": "review", "answer": "mood" } });
    let (prepared, digest) = with_file(&section, file).unwrap();
    let set = [
        ("benchmark", text("file")),
        ("benchmark.file", digest.clone()),
        ("sample_size", Value::Int(2)),
        ("prompt_template", text("As JSON {\"mood\": ...} {{x}}: {question} ({stars} stars)")),
        ("system_prompt", text("Be brief.")),
    ];
    let ran = run_prepared(prepared.as_ref(), &set, 0, true, right());
    assert_eq!(value(&ran, "accuracy"), 100.0);
    let mut asked: Vec<&str> = ran.heard.iter().map(|r| r.messages[1].content.as_str()).collect();
    asked.sort_unstable();
    assert_eq!(asked, ["As JSON {\"mood\": ...} {x}: Bad. (1 stars)", "As JSON {\"mood\": ...} {x}: Great! (5 stars)"]);

    let wrong = [("benchmark", text("file")), ("benchmark.file", digest), ("prompt_template", text("{reviw}"))];
    let said = run_prepared(prepared.as_ref(), &wrong, 0, true, right()).outcome.unwrap_err().message;
    assert!(said.starts_with("prompt_template: {reviw} is no field of the item '"), "{said}");
    assert!(
        said.ends_with("{question}, {options}, {context}, {instruction}, {id}, {mood}, {review}, {stars}"),
        "{said}"
    );
}

#[test]
fn unanswerable_items_are_asked_reported_and_left_out_of_the_accuracy() {
    let file = "{\"question\": \"a\", \"answer\": \"x\"}\n{\"question\": \"b\", \"answer\": null}\n";
    let (prepared, digest) = with_file(&json!({}), file).unwrap();
    let set =
        |size| [("benchmark", text("file")), ("benchmark.file", digest.clone()), ("sample_size", Value::Int(size))];
    let both = run_prepared(prepared.as_ref(), &set(2), 0, true, right());
    let counts = ["accuracy", "items_scored", "items_unanswerable"].map(|metric| value(&both, metric));
    assert_eq!(counts, [100.0, 1.0, 1.0]);
    let (only, digest) = with_file(&json!({}), "{\"question\": \"b\"}\n").unwrap();
    let set = [("benchmark", text("file")), ("benchmark.file", digest)];
    let none = run_prepared(only.as_ref(), &set, 0, true, right()).outcome.unwrap();
    assert!(matches!(observed(&none, "accuracy"), Observed::Undefined(_)), "no accuracy is not 0 %");
}

#[test]
fn a_wrong_condition_names_the_parameter() {
    let workload = workload(&json!({}));
    let said = |set: &[(&str, Value)]| {
        let (name, message) = workload.check(&condition(set)).unwrap_err();
        format!("{name}: {message}")
    };
    assert_eq!(
        said(&[("benchmark", text("file"))]),
        "benchmark.file: no file is given; write benchmark: { file: PATH }"
    );
    assert_eq!(said(&[("scoring", text("regex"))]), "scoring.pattern: scoring is regex, but no pattern is given");
    let pattern = [("scoring", text("regex")), ("scoring.pattern", text("("))];
    assert!(said(&pattern).starts_with("scoring.pattern: '(' is no pattern: "));
}

#[test]
fn transformations_are_recomputed_exactly_as_they_were_asked() {
    let set = [("method", text("constructed_language")), ("level", Value::Real(67.0)), ("sample_size", Value::Int(6))];
    let ran = run(&set, 2, right());
    let benchmarks = workload(&json!({})).benchmarks(&Inputs::default()).unwrap();
    let again = benchmarks.substitutions(&condition(&set), 42, 2).unwrap();
    assert_eq!(again.len(), 6);
    for (one, request) in again.iter().zip(&ran.heard) {
        let scrambled = one.scrambled.as_ref().unwrap();
        assert!(request.messages[0].content.starts_with(&scrambled.text), "{}", scrambled.text);
        assert_eq!(scrambled.restored().as_ref(), Some(&one.original));
    }
}
