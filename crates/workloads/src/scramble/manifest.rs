//! What the workload declares: parameters, metrics, streams, and the numbers behind its words.

use ergon_domain::{
    ActiveWhen, Canonical, Direction, Family, Manifest, Metric, Parameter, ParameterKind, Range, RunLimit, Stream,
    Value,
};

use super::bank::Bank;
use super::item::Difficulty;
use super::scoring::Rule;
use super::settings::{FILE, PARAPHRASE};
use super::transform::Method;
use super::transform::language::Kind;

/// Raised whenever the same run key could give another result.
pub const VERSION: u32 = 2;

/// The whole declaration. `fields`: digest of the setting of that name.
pub(super) fn manifest(fields: &serde_json::Value) -> Manifest {
    Manifest {
        workload: "scramble".into(),
        version: VERSION,
        doc: "A model answers items of a benchmark, as they are or with their surface transformed to a level.".into(),
        parameters: parameters(),
        open_parameters: false,
        metrics: metrics(),
        streams: vec![Stream { name: "items".into(), common: true }],
        spans: vec!["items".into(), "asking".into()],
        settings: vec!["fields".into()],
        settings_digest: Canonical::new("ergon.scramble.1").str(&fields.to_string()).finish(),
        files: Vec::new(),
        limit: RunLimit::Events,
        deterministic: true,
        number_tables: vec![("Item difficulties".into(), difficulties().into()), ("Banks".into(), banks().into())],
    }
}

fn difficulties() -> String {
    let line = |(name, d): &(&str, Difficulty)| format!("{name}: {} logits", d.logits());
    let lines: Vec<String> = Difficulty::NAMES.iter().map(line).collect();
    format!(
        "Difficulty of the item-response model by which a simulated model answers (discrimination 1, guessing 1/options); \
         {}; unstated: 0 logits.",
        lines.join(", ")
    )
}

fn banks() -> String {
    let line = |(name, bank): &(&str, Bank)| format!("{name}: {} kinds of question", bank.kinds());
    Bank::NAMES.iter().map(line).collect::<Vec<_>>().join("; ")
}

fn names<'a, T>(table: &[(&'a str, T)]) -> Vec<&'a str> {
    table.iter().map(|(name, _)| *name).collect()
}

fn choice(name: &str, values: &[&str], default: &str, doc: &str) -> Parameter {
    Parameter::new(name, ParameterKind::choice(values), Some(Value::text(default)), doc)
}

fn flag(name: &str, default: bool, doc: &str) -> Parameter {
    Parameter::new(name, ParameterKind::Bool, Some(Value::Bool(default)), doc)
}

fn one_of(parameter: &str, values: &[&str]) -> ActiveWhen {
    ActiveWhen::OneOf { parameter: parameter.into(), values: values.iter().map(Value::text).collect() }
}

fn parameters() -> Vec<Parameter> {
    let mut all = item_parameters();
    all.extend(transformation_parameters());
    all.extend(asking_parameters());
    all
}

fn item_parameters() -> Vec<Parameter> {
    let mut benchmarks = names(&Bank::NAMES);
    benchmarks.push(FILE);
    let mut difficulties = vec!["all"];
    difficulties.extend(names(&Difficulty::NAMES));
    vec![
        choice(
            "benchmark",
            &benchmarks,
            "mixed",
            "Where items come from: banks written or generated for Ergon (the table Banks has their sizes), or file: your \
             own, as benchmark: { file: PATH }.",
        ),
        Parameter::new(
            "benchmark.file",
            ParameterKind::File {
                format:
                    "items as JSON Lines, a JSON list or CSV; the shapes of GSM8K, MMLU, ARC, HellaSwag, WinoGrande \
                         and BoolQ are recognised, other fields are named by the setting fields"
                        .into(),
            },
            None,
            "Your items.",
        )
        .active_when(one_of("benchmark", &[FILE])),
        choice("difficulty", &difficulties, "all", "Only items of this difficulty."),
        Parameter::new(
            "sample_size",
            ParameterKind::Int { min: 1, max: 1_000_000 },
            Some(Value::Int(1)),
            "Items that a run asks. Each replicate takes the next ones, the same in all conditions: with 1, a replicate \
             is an item, and tests pair by item.",
        ),
        Parameter::new(
            "seed",
            ParameterKind::Int { min: 0, max: i64::MAX },
            None,
            "Seed of the items' order and numbers, and of places, symbols and words. Default: the campaign's seed.",
        ),
    ]
}

fn transformation_parameters() -> Vec<Parameter> {
    let mut methods = names(&Method::NAMES);
    methods.push(PARAPHRASE);
    let transformed: Vec<&str> = methods.iter().copied().filter(|m| *m != "none").collect();
    let masked: Vec<&str> =
        transformed.iter().copied().filter(|m| !matches!(*m, "sentence_shuffle" | PARAPHRASE)).collect();
    let when_masked = || one_of("method", &masked);
    vec![
        choice(
            "method",
            &methods,
            "none",
            "What is done to the text; none: nothing, plain evaluation of a prompt. character_substitution, \
             word_substitution, constructed_language, proper_noun_swap: one-to-one replacements; character_shuffle, \
             word_shuffle, sentence_shuffle: the chosen units change places, in the question alone; synonym: words that \
             mean the same; paraphrase: a model says it in other words, all of it at any level above 0.",
        ),
        Parameter::new(
            "level",
            ParameterKind::Real { min: 0.0, max: 100.0 },
            Some(Value::real(0.0)),
            "Share of the eligible letters, words or sentences that is transformed. Those transformed at a level are \
             among those of any higher one.",
        )
        .unit("%")
        .active_when(one_of("method", &transformed)),
        choice(
            "language",
            &names(&Kind::NAMES),
            "substitution",
            "How the words of the constructed language are made: by a letter cipher, by similar sounds, of the word's own \
             letters, of open syllables, of English syllables, or of random letters with short frequent words.",
        )
        .active_when(one_of("method", &["constructed_language"])),
        Parameter::new(
            "language.complexity",
            ParameterKind::Int { min: 1, max: 10 },
            Some(Value::Int(5)),
            "How far the language is from English.",
        )
        .active_when(one_of("method", &["constructed_language"])),
        flag("preserve.numbers", true, "Leave numbers alone.").active_when(when_masked()),
        flag("preserve.proper_nouns", false, "Leave proper nouns alone.").active_when(when_masked()),
        flag("preserve.code", false, "Leave code between backticks alone.").active_when(when_masked()),
        flag("preserve.latex", false, "Leave LaTeX alone.").active_when(when_masked()),
        flag("preserve.option_letters", true, "Leave the letters of options in the question's text alone.")
            .active_when(when_masked()),
        flag("preserve.answer", false, "Leave the right answer's words alone.").active_when(when_masked()),
        Parameter::new(
            "paraphrase_model",
            ParameterKind::Model,
            Some(Value::text("llm")),
            "The model that says it in other words.",
        )
        .active_when(one_of("method", &[PARAPHRASE])),
    ]
}

fn asking_parameters() -> Vec<Parameter> {
    vec![
        Parameter::new("model", ParameterKind::Model, Some(Value::text("llm")), "The model that answers."),
        Parameter::new(
            "prompt_template",
            ParameterKind::Text,
            Some(Value::text(super::prompt::DEFAULT_TEMPLATE)),
            "What is asked: {question}, {options}, {context}, {instruction}, {id} and every field of your own items stand \
             for the item's. The fields of your own items are not transformed; {{ and }} are braces.",
        ),
        Parameter::new(
            "system_prompt",
            ParameterKind::Text,
            Some(Value::text("")),
            "Instructions ahead of the question.",
        ),
        Parameter::new(
            "max_tokens",
            ParameterKind::Int { min: 1, max: 1_000_000 },
            None,
            "Longest reply, tokens. Default: the model's setting.",
        ),
        Parameter::new(
            "temperature",
            ParameterKind::Real { min: 0.0, max: 2.0 },
            None,
            "Sampling temperature. Default: the model's setting.",
        ),
        choice(
            "scoring",
            &names(&Rule::NAMES),
            "auto",
            "How replies are scored; auto: by number, letter or text as the answer is; none: not at all, replies are \
             kept.",
        ),
        Parameter::new(
            "scoring.tolerance",
            ParameterKind::Real { min: 0.0, max: 1.0 },
            None,
            "Largest error of a number, as a share of it (of 1 below 1). Default: none where the right answer is a whole \
             number, else 1e-6.",
        )
        .active_when(one_of("scoring", &["auto", "numeric", "regex"])),
        Parameter::new(
            "scoring.pattern",
            ParameterKind::Text,
            None,
            "Regular expression; the first group of its last match is the answer.",
        )
        .active_when(one_of("scoring", &["regex"])),
        Parameter::new(
            "scoring.judge",
            ParameterKind::Model,
            Some(Value::text("judge")),
            "The model that judges replies.",
        )
        .active_when(one_of("scoring", &["judge"])),
    ]
}

const AT_LEAST_0: Range = (Some(0.0), None);
const PERCENT: Range = (Some(0.0), Some(100.0));

fn metrics() -> Vec<Metric> {
    use Direction::{Higher, Lower, None as Neither};
    use Family::{Continuous, Count, Positive, Proportion};
    let metric = Metric::new;
    let share =
        |id: &str, title: &str, direction, doc: &str| metric(id, title, "%", direction, PERCENT, Proportion, doc);
    let count = |id: &str, title: &str, direction, doc: &str| metric(id, title, "1", direction, AT_LEAST_0, Count, doc);
    vec![
        share("accuracy", "Accuracy", Higher, "Replies that are right ÷ items with a known answer."),
        share("accuracy_easy", "Accuracy, easy", Higher, "The same over easy items."),
        share("accuracy_medium", "Accuracy, medium", Higher, "The same over items of medium difficulty."),
        share("accuracy_hard", "Accuracy, hard", Higher, "The same over hard items."),
        share("chance_level", "Chance", Neither, "Mean of 1/k over scored items with k options; 0 for items without."),
        count("items_scored", "Items scored", Neither, "Items with a known answer that were asked."),
        count("items_unanswerable", "Items without answer", Neither, "Items that were asked and have no known answer."),
        count(
            "unreadable_replies",
            "Unreadable replies",
            Lower,
            "Replies of which no answer could be read; they count as wrong.",
        ),
        count("refused_items", "Refused items", Lower, "Items that the model declined to answer; they count as wrong."),
        metric(
            "realised_level",
            "Realised level",
            "%",
            Neither,
            PERCENT,
            Continuous,
            "Transformed ÷ eligible letters, words or sentences of the questions asked.",
        ),
        count("units_eligible", "Eligible units", Neither, "Letters, words or sentences that could be transformed."),
        count("units_transformed", "Transformed units", Neither, "Letters, words or sentences that were."),
        metric(
            "reply_characters",
            "Reply length",
            "1",
            Neither,
            AT_LEAST_0,
            Positive,
            "Characters of a reply, mean over replies.",
        ),
        count("llm_calls", "Model calls", Neither, "Replies of all models, those of paraphrase and judge included."),
        metric(
            "llm_latency_s",
            "Model latency",
            "s",
            Lower,
            AT_LEAST_0,
            Positive,
            "Service latency of an answer, mean over items.",
        ),
        count("llm_prompt_tokens", "Prompt tokens", Lower, "Tokens of all prompts."),
        count("llm_completion_tokens", "Reply tokens", Lower, "Tokens of all replies."),
    ]
}
