//! A small scenario, models that say what a test wants, and how to play it.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use async_trait::async_trait;
use ergon_domain::{
    Artefact, CallContext, ChatReply, ChatRequest, Clock, Condition, DecisionProblem, Digest, FinishReason, Inputs,
    ModelError, Models, Observed, Outcome, RunContext, RunContextParts, RunError, RunStreams, Usage, Value, Workload,
    run_key,
};
use ergon_workloads::catalog::{SettingsProblem, SourceContent, SourceFile, SourceFolders};
use ergon_workloads::scenario::{ScenarioWorkload, State};
use serde_json::{Value as Json, json};

/// Files of a folder.
#[derive(Clone)]
pub(super) struct Folder(pub(super) BTreeMap<String, Json>);

impl Folder {
    pub(super) fn with(mut self, file: &str, document: Json) -> Self {
        self.0.insert(file.into(), document);
        self
    }

    /// The folder with one key of `scenario.yaml` set.
    pub(super) fn set(mut self, key: &str, value: Json) -> Self {
        self.0.get_mut("scenario.yaml").unwrap()[key] = value;
        self
    }

    pub(super) fn without(mut self, key: &str) -> Self {
        self.0.get_mut("scenario.yaml").unwrap().as_object_mut().unwrap().remove(key);
        self
    }

    fn digest(name: &str, document: &Json) -> Digest {
        Digest::of_bytes(format!("{name}{document}").as_bytes())
    }
}

impl SourceFolders for Folder {
    fn folder(&self, _: &str) -> Result<BTreeMap<String, SourceFile>, String> {
        let file = |(name, document): (&String, &Json)| {
            let content = match document {
                Json::String(text) if name.ends_with(".md") => SourceContent::Text(text.as_str().into()),
                other => SourceContent::Document(other.clone()),
            };
            (name.clone(), SourceFile { digest: Self::digest(name, document), content })
        };
        Ok(self.0.iter().map(file).collect())
    }
}

/// Three actors, three turns, nothing else.
pub(super) fn park() -> Folder {
    let actor = |name: &str, id: &str| {
        json!({ "name": name, "short_name": id, "llm_model": "m", "goals": [format!("the goal of {id}")],
            "information_access": { "public": true, "private": [format!("the secret of {id}")] } })
    };
    Folder(BTreeMap::new())
        .with(
            "scenario.yaml",
            json!({ "name": "Park", "system_prompt": "A park is planned.", "initial_world_state": "An empty lot.",
                "turns": 3, "turn_duration": "1 week", "world_state_model": "m", "actors": ["anna", "club", "mayor"] }),
        )
        .with("actors/anna.yaml", actor("Anna", "anna"))
        .with("actors/club.yaml", actor("The club", "club"))
        .with("actors/mayor.yaml", actor("The mayor", "mayor"))
}

pub(super) fn open_with(folder: &Folder, more: Json) -> Result<ScenarioWorkload, Vec<SettingsProblem>> {
    let mut section = json!({ "scenario": "park" });
    section.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    ScenarioWorkload::open(section.as_object().unwrap(), folder)
}

pub(super) fn open(folder: &Folder) -> ScenarioWorkload {
    open_with(folder, json!({})).unwrap_or_else(|problems| panic!("{problems:?}"))
}

/// What is wrong with a folder.
pub(super) fn wrong(folder: &Folder) -> String {
    let problems = open_with(folder, json!({})).map(|_| ()).unwrap_err();
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// All defaults, then these.
pub(super) fn condition(workload: &ScenarioWorkload, set: &[(&str, Value)]) -> Condition {
    let mut condition = Condition::default();
    for parameter in &workload.manifest().parameters {
        if let Some(default) = &parameter.default {
            condition.set(parameter.name.clone(), parameter.kind.bind(default).unwrap());
        }
    }
    for (name, value) in set {
        let parameter = workload.manifest().parameter(name).unwrap_or_else(|| panic!("no parameter {name}"));
        condition.set(*name, parameter.kind.bind(value).unwrap_or_else(|e| panic!("{name}: {e}")));
    }
    condition
}

/// What a model is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    Message,
    Decision,
    World,
    Metric,
    Validation,
}

pub(super) fn asked(request: &ChatRequest) -> Asked {
    let schema = request.reply_schema.as_ref().map(ToString::to_string).unwrap_or_default();
    let system = &request.messages[0].content;
    match () {
        () if schema.contains("channel") => Asked::Message,
        () if schema.contains("stance") => Asked::Decision,
        () if schema.contains("issues") => Asked::Validation,
        () if system.contains("You keep the world") => Asked::World,
        () => Asked::Metric,
    }
}

/// Who is asked: the short name whose goal stands in the prompt.
pub(super) fn who(request: &ChatRequest) -> &'static str {
    let system = &request.messages[0].content;
    ["anna", "club", "mayor"].into_iter().find(|id| system.contains(&format!("the goal of {id}"))).unwrap_or("nobody")
}

pub(super) fn prompt(request: &ChatRequest) -> String {
    request.messages.iter().map(|m| m.content.as_str()).collect::<Vec<_>>().join("\n")
}

pub(super) fn reply(text: &str) -> ChatReply {
    ChatReply {
        text: text.into(),
        model_id: "m-1".into(),
        finish: FinishReason::Stop,
        usage: Usage { prompt_tokens: Some(100), completion_tokens: Some(10), estimated: false },
        latency_s: 0.5,
        cost_usd: Some(0.01),
        confidence: None,
        simulated: false,
        tool_calls: Vec::new(),
    }
}

/// What a cooperative, quiet model says.
pub(super) fn usual(request: &ChatRequest) -> &'static str {
    match asked(request) {
        Asked::Message => r#"{"channel": "none", "to": [], "message": ""}"#,
        Asked::Decision => r#"{"decision": "We give a little.", "stance": "cooperate"}"#,
        Asked::World => "The lot is being planned.",
        Asked::Metric => "5",
        Asked::Validation => r#"{"issues": []}"#,
    }
}

type Answer = dyn Fn(&ChatRequest, &CallContext) -> Result<ChatReply, ModelError> + Send + Sync;

/// A model that answers by a rule and remembers what it was asked.
#[derive(Clone)]
pub(super) struct Told {
    answer: Arc<Answer>,
    pub(super) heard: Arc<Mutex<Vec<ChatRequest>>>,
}

impl Told {
    pub(super) fn by(
        answer: impl Fn(&ChatRequest, &CallContext) -> Result<ChatReply, ModelError> + Send + Sync + 'static,
    ) -> Self {
        Self { answer: Arc::new(answer), heard: Arc::default() }
    }

    /// Says `text` where `rule` gives one, else the usual.
    pub(super) fn saying(rule: impl Fn(&ChatRequest) -> Option<String> + Send + Sync + 'static) -> Self {
        Self::by(move |request, _| Ok(reply(&rule(request).unwrap_or_else(|| usual(request).into()))))
    }

    pub(super) fn requests(&self, kind: Asked) -> Vec<ChatRequest> {
        self.heard.lock().unwrap().iter().filter(|r| asked(r) == kind).cloned().collect()
    }
}

#[async_trait]
impl Models for Told {
    async fn chat(
        &self,
        request: &ChatRequest,
        _: Option<&DecisionProblem>,
        call: &CallContext,
    ) -> Result<ChatReply, ModelError> {
        self.heard.lock().unwrap().push(request.clone());
        (self.answer)(request, call)
    }
}

struct Still;

impl Clock for Still {
    fn now_s(&self) -> f64 {
        0.0
    }
}

/// The test models answer at once.
pub(super) fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("a run of ready models never waits"),
    }
}

pub(super) fn context(replicate: u32, models: Arc<dyn Models>) -> RunContext {
    let key = run_key(&Digest::of_bytes(b"scenario"), &Digest::of_bytes(b"tests"), replicate);
    RunContext::new(RunContextParts {
        streams: RunStreams { key, campaign_seed: 42, replicate, common: vec!["events".into()] },
        clock: Arc::new(Still),
        processes: None,
        models: Some(models),
    })
}

/// The folder's files as inputs, and these.
pub(super) fn inputs(folder: &Folder, more: &[&[u8]]) -> Inputs {
    let files = folder.0.iter().map(|(name, document)| (Folder::digest(name, document), Arc::from([].as_slice())));
    let more = more.iter().map(|bytes| (Digest::of_bytes(bytes), Arc::from(*bytes)));
    Inputs(files.chain(more).collect())
}

pub(super) fn play_in(
    folder: &Folder,
    set: &[(&str, Value)],
    context: &RunContext,
    starts: &[&[u8]],
) -> Result<Outcome, RunError> {
    let workload = open(folder);
    let prepared = now(workload.prepare(&inputs(folder, starts))).expect("the inputs fit");
    now(prepared.run(&condition(&workload, set), context))
}

pub(super) fn play(folder: &Folder, set: &[(&str, Value)], models: &Told) -> Result<Outcome, RunError> {
    play_in(folder, set, &context(0, Arc::new(models.clone())), &[])
}

pub(super) fn played(folder: &Folder, set: &[(&str, Value)], models: &Told) -> Outcome {
    play(folder, set, models).expect("the run ends")
}

pub(super) fn file<'o>(outcome: &'o Outcome, name: &str) -> &'o [u8] {
    let found: Option<&Artefact> = outcome.artefacts.iter().find(|a| a.name == name);
    found.unwrap_or_else(|| panic!("no {name}")).content.as_deref().expect("kept")
}

pub(super) fn state(outcome: &Outcome) -> State {
    State::read(file(outcome, "scenario-state.json")).expect("a state")
}

pub(super) fn observed<'o>(outcome: &'o Outcome, metric: &str) -> &'o Observed {
    let found = outcome.measurements.iter().find(|m| m.metric.as_str() == metric);
    &found.unwrap_or_else(|| panic!("no {metric}")).observed
}

pub(super) fn value(outcome: &Outcome, metric: &str) -> f64 {
    match observed(outcome, metric) {
        Observed::Value(x) => *x,
        other => panic!("{metric} is {other:?}"),
    }
}
