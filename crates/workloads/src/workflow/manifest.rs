//! What the workload declares: parameters, streams, spans, and the numbers behind its words.

use ergon_domain::{ActiveWhen, Digest, Manifest, Parameter, ParameterKind, RunLimit, Stream, Value};

use super::account::Phase;
use super::approach::Approach;
use super::bank::TASKS;
use super::desk::{MODEL_CALL, TOOL_CALL};
use super::{metrics, prompt, settings};

/// Raised whenever the same run key could give another result.
const VERSION: u32 = 2;
/// The task whose items are the user's.
pub(super) const OWN: &str = "own";
/// The stream by which items are chosen: the same in all conditions of a replicate.
pub(super) const STREAM_ITEMS: &str = "items";

/// The whole declaration.
pub(super) fn manifest(settings_digest: Digest) -> Manifest {
    let spans = Phase::ALL.map(|phase| phase.name().into()).into_iter();
    Manifest {
        workload: "workflow".into(),
        version: VERSION,
        doc: "The same task solved by one call or by an agent with plan and tools: what it costs, and whether the answer is \
              right."
            .into(),
        parameters: parameters(),
        open_parameters: false,
        metrics: metrics::metrics(),
        streams: vec![Stream { name: STREAM_ITEMS.into(), common: true }],
        spans: spans.chain([MODEL_CALL.into(), TOOL_CALL.into()]).collect(),
        settings: settings::KEYS.iter().map(|key| (*key).into()).collect(),
        settings_digest,
        files: Vec::new(),
        limit: RunLimit::WallTime,
        deterministic: false,
        number_tables: vec![
            ("Tasks".into(), tasks().into()),
            ("What a simulated model knows".into(), prompt::planted().into()),
        ],
    }
}

fn tasks() -> String {
    let line = |task: &super::bank::Task| format!("{}: {} ({} items)", task.name, task.doc, task.items().len());
    TASKS.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn one_of(parameter: &str, values: &[&str]) -> ActiveWhen {
    ActiveWhen::OneOf { parameter: parameter.into(), values: values.iter().map(Value::text).collect() }
}

fn parameters() -> Vec<Parameter> {
    let whole = |name: &str, (min, max): (i64, i64), default: i64, doc: &str| {
        Parameter::new(name, ParameterKind::Int { min, max }, Some(Value::Int(default)), doc)
    };
    let with_tools = || one_of("workflow", &["agentic", "react"]);
    let names: Vec<&str> = TASKS.iter().map(|task| task.name).chain([OWN]).collect();
    let text = |word: &str| Some(Value::text(word));
    vec![
        Parameter::new(
            "task",
            ParameterKind::choice(&names),
            text("gsm8k_basic"),
            "What is asked. Each task is a bank of items; the table Tasks says which. own: the items of a file of yours.",
        ),
        Parameter::new(
            "workflow",
            ParameterKind::choice(&Approach::NAMES.map(|(name, _)| name)),
            text("linear"),
            "How it is worked on; linear: one call; agentic: a plan, its steps by tools or by the model, a synthesis; react: \
             thought and action by turns; reflect: a draft, a review, a revision where the review asks for one.",
        ),
        Parameter::new("model", ParameterKind::Model, text("llm"), "The model that is asked."),
        Parameter::new(
            "temperature",
            ParameterKind::Real { min: 0.0, max: 2.0 },
            None,
            "Sampling temperature, in every way of working. Default: the model's in the section models.",
        ),
        whole("max_tokens", (1, 1_000_000), 1_024, "Longest reply of the model, the same in every way of working.")
            .unit("tokens"),
        whole("max_steps", (1, 50), 6, "Most steps of a plan, and most turns of a loop.").active_when(with_tools()),
        Parameter::new(
            "on_tool_error",
            ParameterKind::choice(&["tell", "fail"]),
            text("tell"),
            "When a tool can't work with what it is given; tell: the model is told, fail: the run fails.",
        )
        .active_when(with_tools()),
        whole(
            "item",
            (0, 1_000_000),
            0,
            "Number of the item within its task. 0: by replicate, all items in an order of the campaign before one comes \
             again; the same item in every condition of a replicate.",
        ),
        Parameter::new(
            "items",
            ParameterKind::File {
                format: "a JSON Lines file, an item a line: prompt (or question) and, where it can be graded, answer (text, \
                         number, list, or GSM8K's text with ####); further id, accept (other spellings), choices, grade \
                         (text, number, choice, set), tolerance (share of the value), wrong, difficulty, route"
                    .into(),
            },
            None,
            "Your items.",
        )
        .active_when(one_of("task", &[OWN])),
    ]
}
