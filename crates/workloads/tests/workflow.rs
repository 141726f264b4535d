//! Tasks worked on by one call or by an agent: what is asked, counted, graded, and how runs fail.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use ergon_domain::{
    CallContext, ChatReply, ChatRequest, Clock, Condition, DecisionProblem, Digest, FailureClass, FinishReason, Inputs,
    ModelError, Models, Observed, Outcome, ProcessExit, ProcessReport, ProcessRequest, Processes, RunContext,
    RunContextParts, RunError, RunStreams, Usage, Value, Workload, run_key,
};
use ergon_workloads::workflow::WorkflowWorkload;
use ergon_workloads::workflow::bank::TASKS;

const WAYS: [&str; 4] = ["linear", "agentic", "react", "reflect"];

struct Still;

impl Clock for Still {
    fn now_s(&self) -> f64 {
        0.0
    }
}

/// What the model answers.
#[derive(Clone)]
enum Says {
    /// What is right, by the aside.
    Right,
    /// The first wrong thing, by the aside.
    Wrong,
    /// This, whatever is asked.
    Always(&'static str),
    /// No answer, for this reason.
    Fails(FailureClass),
}

/// A model that keeps what it was asked.
struct Oracle {
    says: Says,
    asked: Mutex<Vec<ChatRequest>>,
}

#[async_trait]
impl Models for Oracle {
    async fn chat(
        &self,
        request: &ChatRequest,
        aside: Option<&DecisionProblem>,
        _call: &CallContext,
    ) -> Result<ChatReply, ModelError> {
        self.asked.lock().unwrap().push(request.clone());
        let text = match (&self.says, aside.expect("every question says what is right")) {
            (Says::Fails(class), _) => {
                let message = "no route to host".to_owned();
                return Err(ModelError { model: request.model.clone(), class: *class, message, retry_after_s: None });
            }
            (Says::Always(text), _) => (*text).to_owned(),
            (_, DecisionProblem::Script(text)) => text.clone(),
            (Says::Right, DecisionProblem::Question { right, .. }) => right.clone(),
            (Says::Wrong, DecisionProblem::Question { wrong, .. }) => wrong[0].clone(),
            (Says::Right, DecisionProblem::Choice(options)) => {
                options.iter().max_by(|a, b| a.utility.total_cmp(&b.utility)).unwrap().reply.clone()
            }
            (Says::Wrong, DecisionProblem::Choice(options)) => {
                options.iter().min_by(|a, b| a.utility.total_cmp(&b.utility)).unwrap().reply.clone()
            }
        };
        let prompt: usize = request.messages.iter().map(|m| m.content.len()).sum();
        Ok(ChatReply {
            usage: Usage {
                prompt_tokens: Some(prompt as u64),
                completion_tokens: Some(text.len() as u64),
                estimated: false,
            },
            text,
            model_id: "oracle".into(),
            finish: FinishReason::Stop,
            latency_s: 0.5,
            cost_usd: Some(0.01),
            confidence: None,
            simulated: false,
            tool_calls: Vec::new(),
        })
    }
}

/// A program that ends like this.
struct Program(ProcessExit, &'static str);

#[async_trait]
impl Processes for Program {
    async fn run(&self, request: ProcessRequest) -> Result<ProcessReport, RunError> {
        assert!(request.stdin.is_some(), "the input is its standard input");
        Ok(ProcessReport {
            exit: self.0,
            duration_s: 0.0,
            cpu_s: None,
            stdout: self.1.into(),
            stdout_dropped: 0,
            stderr: b"what it said".to_vec(),
            stderr_dropped: 0,
            read_back: None,
            artefacts: Vec::new(),
        })
    }
}

struct Run {
    set: Vec<(&'static str, Value)>,
    says: Says,
    replicate: u32,
    inputs: Inputs,
    section: serde_json::Value,
    program: Option<Program>,
}

struct Done {
    result: Result<Outcome, RunError>,
    asked: Vec<ChatRequest>,
}

impl Run {
    fn of(way: &str, task: &str, says: Says) -> Self {
        let set = vec![("workflow", Value::text(way)), ("task", Value::text(task))];
        Self { set, says, replicate: 0, inputs: Inputs::default(), section: serde_json::json!({}), program: None }
    }

    fn with(mut self, name: &'static str, value: Value) -> Self {
        self.set.push((name, value));
        self
    }

    fn replicate(mut self, replicate: u32) -> Self {
        self.replicate = replicate;
        self
    }

    fn done(self) -> Done {
        let workload = WorkflowWorkload::open(self.section.as_object().unwrap(), Path::new("/lab")).unwrap();
        let mut condition = Condition::default();
        for parameter in &workload.manifest().parameters {
            if let Some(default) = &parameter.default {
                condition.set(parameter.name.clone(), default.clone());
            }
        }
        for (name, value) in self.set {
            let bound = workload.manifest().parameter(name).unwrap().kind.bind(&value).unwrap();
            condition.set(name, bound);
        }
        workload.check(&condition).unwrap();
        let oracle = Arc::new(Oracle { says: self.says, asked: Mutex::default() });
        let context = RunContext::new(RunContextParts {
            streams: RunStreams {
                key: run_key(&Digest::of_bytes(b"workflow"), &condition.digest(), self.replicate),
                campaign_seed: 42,
                replicate: self.replicate,
                common: vec!["items".into()],
            },
            clock: Arc::new(Still),
            processes: self.program.map(|p| -> Arc<dyn Processes> { Arc::new(p) }),
            models: Some(oracle.clone()),
        });
        let prepared = futures_util::FutureExt::now_or_never(workload.prepare(&self.inputs)).unwrap().unwrap();
        let result = futures_util::FutureExt::now_or_never(prepared.run(&condition, &context)).unwrap();
        let asked = oracle.asked.lock().unwrap().clone();
        Done { result, asked }
    }

    fn outcome(self) -> Outcome {
        self.done().result.unwrap()
    }

    fn failure(self) -> RunError {
        self.done().result.unwrap_err()
    }
}

fn observed<'o>(outcome: &'o Outcome, metric: &str) -> &'o Observed {
    let found = outcome.measurements.iter().find(|m| m.metric.as_str() == metric);
    &found.unwrap_or_else(|| panic!("no {metric}")).observed
}

fn value(outcome: &Outcome, metric: &str) -> f64 {
    match observed(outcome, metric) {
        Observed::Value(x) => *x,
        other => panic!("{metric} is {other:?}"),
    }
}

#[test]
fn every_declared_metric_is_measured_once_within_its_range_in_every_way_of_working() {
    let manifest = WorkflowWorkload::open(&serde_json::Map::new(), Path::new("/")).unwrap().manifest().clone();
    let declared: Vec<&str> = manifest.metrics.iter().map(|m| m.id.as_str()).collect();
    for way in WAYS {
        let outcome = Run::of(way, "gsm8k_multi_step", Says::Right).outcome();
        let measured: Vec<&str> = outcome.measurements.iter().map(|m| m.metric.as_str()).collect();
        assert_eq!(declared, measured, "{way}");
        for (metric, measurement) in manifest.metrics.iter().zip(&outcome.measurements) {
            if let Observed::Value(x) = measurement.observed {
                let (low, high) = metric.range;
                assert!(low.is_none_or(|low| x >= low) && high.is_none_or(|high| x <= high), "{way} {}", metric.id);
            }
        }
    }
}

#[test]
fn a_model_that_knows_the_answer_is_right_and_one_that_errs_is_wrong_in_every_task_and_way_of_working() {
    for task in &TASKS {
        for way in WAYS {
            let grade = |says: Says| value(&Run::of(way, task.name, says).outcome(), "correct");
            assert_eq!((grade(Says::Right), grade(Says::Wrong)), (1.0, 0.0), "{} {way}", task.name);
        }
    }
}

#[test]
fn all_tokens_and_calls_of_all_parts_are_counted() {
    for way in WAYS {
        let Done { result, asked } = Run::of(way, "unit_conversion", Says::Right).done();
        let outcome = result.unwrap();
        let prompts: usize = asked.iter().flat_map(|r| &r.messages).map(|m| m.content.len()).sum();
        assert_eq!(value(&outcome, "prompt_tokens"), prompts as f64, "{way}");
        let total = value(&outcome, "prompt_tokens") + value(&outcome, "completion_tokens");
        assert_eq!(value(&outcome, "total_tokens"), total, "{way}");
        assert_eq!(value(&outcome, "llm_calls"), asked.len() as f64, "{way}");
        assert!((value(&outcome, "api_latency_s") - 0.5 * asked.len() as f64).abs() < 1e-9, "{way}");
        assert!((value(&outcome, "cost_usd") - 0.01 * asked.len() as f64).abs() < 1e-9, "{way}");
    }
    let agentic = Run::of("agentic", "unit_conversion", Says::Right).outcome();
    // A plan, one tool, a synthesis.
    assert_eq!(
        (value(&agentic, "llm_calls"), value(&agentic, "tool_calls"), value(&agentic, "steps")),
        (2.0, 1.0, 1.0)
    );
    assert_eq!((value(&agentic, "planning_time_s"), value(&agentic, "synthesis_time_s")), (0.5, 0.5));
    let tokens = value(&agentic, "total_tokens");
    let expected = 1.0 + 9.0 * (0.4 * 0.2 + 0.3 * 0.1 + 0.3 * (tokens / 1_000.0).min(1.0));
    assert!((value(&agentic, "complexity_score") - expected).abs() < 1e-9);
    let linear = Run::of("linear", "unit_conversion", Says::Right).outcome();
    assert_eq!(value(&linear, "llm_calls"), 1.0);
    assert!(matches!(observed(&linear, "planning_time_s"), Observed::Undefined(_)), "missing is never zero");
}

#[test]
fn limits_are_the_same_in_every_way_of_working() {
    for way in WAYS {
        let run = Run::of(way, "gsm8k_multi_step", Says::Right);
        let done = run.with("max_tokens", Value::Int(77)).with("temperature", Value::real(0.3)).done();
        let limits = done.asked.iter().map(|r| (r.max_tokens, r.temperature));
        assert!(limits.eq(done.asked.iter().map(|_| (Some(77), Some(0.3)))), "{way}");
    }
}

#[test]
fn an_agent_s_answer_is_made_of_what_its_tools_really_computed() {
    let train = Value::Int(1);
    let Done { result, asked } = Run::of("agentic", "gsm8k_multi_step", Says::Right).with("item", train.clone()).done();
    let outcome = result.unwrap();
    let told = &asked.last().unwrap().messages.last().unwrap().content;
    let answer = outcome.log.lines().find_map(|l| l.strip_prefix("answer: ")).unwrap();
    assert!(told.contains(&format!("= {answer}")), "{answer} is not in: {told}");
    assert_eq!(value(&outcome, "tool_calls"), 3.0);
    let react = Run::of("react", "gsm8k_multi_step", Says::Right).with("item", train).outcome();
    // Three turns with a tool and one that answers.
    assert_eq!((value(&react, "llm_calls"), value(&react, "tool_calls"), value(&react, "steps")), (4.0, 3.0, 4.0));
}

#[test]
fn every_condition_of_a_replicate_gets_the_same_item_and_no_item_comes_twice_before_all_came_once() {
    for task in TASKS.iter().take(3) {
        let count = task.items().len() as u32;
        let item = |way: &str, replicate: u32| {
            value(&Run::of(way, task.name, Says::Right).replicate(replicate).outcome(), "item_number") as u32
        };
        let first: Vec<u32> = (0..count).map(|r| item("linear", r)).collect();
        assert_eq!(first.iter().collect::<BTreeSet<_>>().len() as u32, count, "{}", task.name);
        assert!(first.iter().zip(first.iter().skip(1)).any(|(a, b)| b < a), "in an order of the campaign's own");
        assert!((0..5).all(|r| WAYS.iter().all(|way| item(way, r) == first[r as usize])));
        assert_eq!(item("linear", count), first[0]);
    }
    let chosen = Run::of("linear", "factual_qa", Says::Right).with("item", Value::Int(5)).outcome();
    assert_eq!(value(&chosen, "item_number"), 5.0);
}

#[test]
fn the_same_run_gives_the_same_measurements_bit_for_bit() {
    for way in WAYS {
        let once = || Run::of(way, "calendar_arithmetic", Says::Wrong).replicate(3).outcome().measurements;
        assert_eq!(once(), once());
    }
}

#[test]
fn a_model_outage_is_a_failure_of_that_class_and_no_measurement() {
    for class in
        [FailureClass::ModelUnavailable, FailureClass::RateLimited, FailureClass::Timeout, FailureClass::Budget]
    {
        for way in WAYS {
            let error = Run::of(way, "gsm8k_basic", Says::Fails(class)).failure();
            assert_eq!(error.class, class, "{way}: {error}");
        }
    }
}

#[test]
fn a_reply_that_can_t_be_read_is_asked_for_again_and_then_a_failure_that_says_what_was_wrong() {
    for (says, wrong) in [
        ("I will use the calculator.", "no JSON"),
        (r#"{"steps": [{"tool": "teleport", "input": "x"}]}"#, "teleport"),
        (r#"{"steps": "none"}"#, "\"steps\""),
    ] {
        let Done { result, asked } = Run::of("agentic", "gsm8k_basic", Says::Always(says)).done();
        let error = result.unwrap_err();
        assert_eq!((error.class, asked.len()), (FailureClass::MalformedReply, 2), "{says}");
        assert!(error.message.contains("plan can't be read") && error.message.contains(wrong), "{}", error.message);
    }
    let long = r#"{"steps": [{"tool": "calculator", "input": "1"}, {"tool": "calculator", "input": "2"}]}"#;
    let error = Run::of("agentic", "gsm8k_basic", Says::Always(long)).with("max_steps", Value::Int(1)).failure();
    assert!(error.message.contains("2 steps; expected at most 1"), "{}", error.message);
    let error = Run::of("react", "gsm8k_basic", Says::Always("No.")).failure();
    assert!(error.message.starts_with("the model's turn can't be read"), "{}", error.message);
    let error = Run::of("reflect", "gsm8k_basic", Says::Always(r#"{"answer": "7"}"#)).failure();
    assert!(error.message.starts_with("the model's review can't be read"), "{}", error.message);
}

#[test]
fn an_answer_that_can_t_be_read_is_not_right_and_the_run_keeps_what_it_used() {
    let no_steps = r#"{"steps": []}"#;
    let act = r#"{"thought": "t", "tool": "calculator", "input": "1 + 1"}"#;
    for (way, says, calls, malformed) in [
        ("linear", "No.", 2.0, 2.0),
        // The draft.
        ("reflect", "No.", 2.0, 2.0),
        // A plan without steps, then a synthesis that is a plan again.
        ("agentic", no_steps, 3.0, 2.0),
        // Two turns, then an answer that is a turn again.
        ("react", act, 4.0, 2.0),
    ] {
        let outcome = Run::of(way, "gsm8k_basic", Says::Always(says)).with("max_steps", Value::Int(2)).outcome();
        let [correct, asked, unread] = ["correct", "llm_calls", "malformed_replies"].map(|m| value(&outcome, m));
        assert_eq!((correct, asked, unread), (0.0, calls, malformed), "{way}");
        assert!((value(&outcome, "cost_usd") - 0.01 * calls).abs() < 1e-9, "{way}");
        assert!(
            value(&outcome, "total_tokens") > 0.0 && outcome.log.contains("answer: none that can be read"),
            "{way}"
        );
    }
}

#[test]
fn a_tool_that_can_t_work_with_its_input_is_told_and_counted_or_ends_the_run_where_that_is_wanted() {
    let told = Run::of("agentic", "gsm8k_multi_step", Says::Wrong).outcome();
    assert!(value(&told, "tool_errors") >= 1.0);
    assert!(told.log.contains("calculator: error: "), "{}", told.log);
    let failed =
        Run::of("agentic", "gsm8k_multi_step", Says::Wrong).with("on_tool_error", Value::text("fail")).failure();
    assert_eq!(failed.class, FailureClass::MalformedReply);
    assert!(failed.message.contains("the tool calculator can't work with"), "{}", failed.message);
}

fn with_program(exit: ProcessExit) -> Run {
    let plan = r#"{"steps": [{"tool": "lab", "input": "weigh"}]}"#;
    let mut run = Run::of("agentic", "gsm8k_basic", Says::Always(plan));
    run.section = serde_json::json!({"tools": {"lab": {"doc": "weighs things", "run": ["weigh", "--quiet"]}}});
    run.program = Some(Program(exit, "12 g"));
    run
}

#[test]
fn a_tool_s_program_that_is_killed_or_fails_is_a_crash_of_the_run() {
    let killed = with_program(ProcessExit::Signal(9)).failure();
    assert_eq!((killed.class, killed.log.as_str()), (FailureClass::Crashed, "what it said"));
    assert!(killed.message.contains("the tool lab was ended by signal 9"), "{}", killed.message);
    let failed = with_program(ProcessExit::Code(3)).failure();
    assert!(failed.message.contains("the tool lab exited with status 3"), "{}", failed.message);
    // One that works is a tool like others: the run goes on, to the answer that this model can't give.
    let worked = with_program(ProcessExit::Code(0)).outcome();
    assert!(value(&worked, "correct") == 0.0 && worked.log.contains("lab: 12 g"), "{}", worked.log);
}

#[test]
fn settings_that_are_wrong_are_named_with_what_is_accepted() {
    for (tools, path, said) in [
        (serde_json::json!([]), "workload.tools", "expected a mapping"),
        (serde_json::json!({"search": {"doc": "x", "run": ["x"]}}), "workload.tools.search", "can't name a tool"),
        (serde_json::json!({"lab": {"doc": "x", "run": []}}), "workload.tools.lab.run", "is empty"),
        (serde_json::json!({"lab": {"doc": "x"}}), "workload.tools.lab", "missing field `run`"),
    ] {
        let section = serde_json::json!({ "tools": tools });
        let Err(problems) = WorkflowWorkload::open(section.as_object().unwrap(), Path::new("/")) else {
            panic!("{section} is accepted")
        };
        assert!(problems[0].path == path && problems[0].message.contains(said), "{problems:?}");
    }
}

#[test]
fn the_user_s_items_are_asked_and_graded_and_those_without_gold_are_not() {
    let file = br#"{"prompt": "How many legs have two spiders?", "answer": 16, "wrong": ["12"]}
{"prompt": "Write a haiku."}"#;
    let digest = Digest::of_bytes(file);
    let run = |number: i64| {
        let mut run = Run::of("linear", "own", Says::Right).with("item", Value::Int(number));
        run.set.push(("items", Value::text(digest.to_string())));
        run.inputs.0.insert(digest, Arc::from(file.as_slice()));
        run.outcome()
    };
    assert_eq!(value(&run(1), "correct"), 1.0);
    assert!(matches!(observed(&run(2), "correct"), Observed::Undefined(_)));
    let workload = WorkflowWorkload::open(&serde_json::Map::new(), Path::new("/")).unwrap();
    let asked = |set: &[(&str, Value)]| {
        let mut condition = Condition::default();
        set.iter().for_each(|(name, value)| condition.set(*name, value.clone()));
        workload.check(&condition).unwrap_err()
    };
    assert!(asked(&[("task", Value::text("own"))]).1.contains("items: PATH"));
    let beyond = asked(&[("task", Value::text("factual_qa")), ("item", Value::Int(99))]);
    assert_eq!((beyond.0.as_str(), beyond.1.contains("expected 0 to 22")), ("item", true), "{}", beyond.1);
}
