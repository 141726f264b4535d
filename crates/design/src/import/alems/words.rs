//! A-LEMS's words, and Ergon's.

use serde_json::{Value as Json, json};

use crate::import::draft::Draft;

/// What becomes of a task of A-LEMS.
pub(super) enum TaskWord {
    /// The same task, with a bank of items.
    Same(&'static str),
    /// Another task of the same kind, whose answers can be graded.
    Like(&'static str),
}

/// Ergon's task for A-LEMS's.
pub(super) fn task(name: &str) -> Option<TaskWord> {
    const SAME: [&str; 14] = [
        "gsm8k_basic",
        "gsm8k_multi_step",
        "logical_reasoning",
        "commonsense_reasoning",
        "factual_qa",
        "science_qa",
        "geography_qa",
        "bug_fixing",
        "news_summary",
        "research_summary",
        "sentiment_analysis",
        "topic_classification",
        "entity_extraction",
        "keyword_extraction",
    ];
    if let Some(same) = SAME.into_iter().find(|known| *known == name) {
        return Some(TaskWord::Same(same));
    }
    match name {
        "code_fibonacci" => Some(TaskWord::Like("code_expression")),
        "code_sorting" => Some(TaskWord::Like("code_output")),
        _ => None,
    }
}

/// All tasks of A-LEMS, for `all`.
pub(super) const ALL: [&str; 16] = [
    "gsm8k_basic",
    "gsm8k_multi_step",
    "logical_reasoning",
    "commonsense_reasoning",
    "code_fibonacci",
    "code_sorting",
    "bug_fixing",
    "factual_qa",
    "science_qa",
    "geography_qa",
    "news_summary",
    "research_summary",
    "sentiment_analysis",
    "topic_classification",
    "entity_extraction",
    "keyword_extraction",
];

/// Ergon's tasks for a list of A-LEMS's, each once; `key` is where they stand.
pub(super) fn tasks(draft: &mut Draft, key: &str, names: &[&str]) -> Vec<Json> {
    let names: Vec<&str> = if names == ["all"] { ALL.to_vec() } else { names.to_vec() };
    let mut found: Vec<Json> = Vec::new();
    for name in names {
        let task = match task(name) {
            Some(TaskWord::Same(task)) => task,
            Some(TaskWord::Like(task)) => {
                draft.report.warn(format!(
                    "{key}: {name} becomes {task}: a program that is written can't be graded by its text"
                ));
                task
            }
            None => {
                draft.report.ignore(
                    &format!("{key}: {name}"),
                    "Ergon has no such task; write its items to a file and set task: own",
                );
                continue;
            }
        };
        if !found.contains(&json!(task)) {
            found.push(json!(task));
        }
    }
    found
}

/// The model behind a provider of A-LEMS, as its models.json has it.
pub(super) fn model(draft: &mut Draft, key: &str, provider: &str) -> Option<Json> {
    let (choice, why) = match provider {
        "cloud" => (
            json!({ "provider": "groq", "model": "llama-3.3-70b-versatile", "temperature": 0.7 }),
            "A-LEMS's models.json: Groq, key in GROQ_API_KEY",
        ),
        "local" => (
            json!({ "provider": "ollama", "model": "tinyllama", "temperature": 0.7 }),
            "A-LEMS's models.json has a path of its author's disk; the same model by Ollama",
        ),
        _ => {
            draft.report.ignore(&format!("{key}: {provider}"), "A-LEMS has the providers cloud and local");
            return None;
        }
    };
    draft.default(&format!("models.{provider}"), choice, why);
    Some(json!(provider))
}

/// What every campaign of A-LEMS's has: both ways of working, on the same item, in random order.
pub(super) fn skeleton(id: &str) -> Json {
    json!({
        "ergon": 1,
        "campaign": { "id": id },
        "workload": { "kind": "workflow" },
        "execution": { "parallel": 1, "energy": "exclusive" },
    })
}

/// What A-LEMS doesn't say, or gets wrong.
pub(super) fn defaults(draft: &mut Draft) {
    draft.default("campaign.seed", json!(42), "the file has none");
    draft.default(
        "workload.max_tokens",
        json!(1_024),
        "A-LEMS gave agentic work twice as many as linear; here they are equal",
    );
    draft.default(
        "factors.workflow",
        json!(["linear", "agentic"]),
        "A-LEMS runs both, linear always first; here in random order within each replicate",
    );
    draft.report.warn(
        "A-LEMS asks one prompt a task and grades nothing; here every replicate asks another item of the task's bank, and \
         answers are graded",
    );
    draft.report.warn(
        "orchestration_tax: A-LEMS's column is the energy of the uncore; here the tax is the paired contrast (ergon analyze, \
         as: tax)",
    );
    let questions = json!([
        { "metric": "energy_j", "by": ["workflow"], "as": "tax" },
        { "metric": "energy_j", "by": ["workflow"], "as": "per_correct" },
        { "metric": "total_tokens", "by": ["workflow"], "as": "tax" },
    ]);
    draft.default("analysis.questions", questions, "what A-LEMS is about");
}
