//! From a condition to what a run does.

use ergon_domain::{Condition, FailureClass, ParameterName, RunError};
use regex::Regex;

use super::bank::Bank;
use super::item::Difficulty;
use super::prompt::DEFAULT_TEMPLATE;
use super::scoring::{Rule, Scoring};
use super::transform::language::{Kind, Language};
use super::transform::{Method, Preserve, Recipe};

/// The value of `benchmark` for the user's own items.
pub(super) const FILE: &str = "file";
/// The method that asks a model to say it in other words.
pub const PARAPHRASE: &str = "paraphrase";

/// Where a run's items come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Source<'a> {
    /// A bank that comes with Ergon.
    Bank(Bank),
    /// A file, by digest.
    File(&'a str),
}

/// What is done to the items' text.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Treatment<'a> {
    /// By a recipe.
    Recipe(Recipe),
    /// A model says it in other words.
    Paraphrase(&'a str),
}

/// What a run does.
#[derive(Clone, Debug)]
pub(super) struct Task<'a> {
    pub(super) source: Source<'a>,
    pub(super) difficulty: Option<Difficulty>,
    pub(super) sample_size: usize,
    pub(super) seed: u64,
    pub(super) treatment: Treatment<'a>,
    pub(super) keep_answer: bool,
    pub(super) model: &'a str,
    pub(super) template: &'a str,
    pub(super) system: &'a str,
    pub(super) max_tokens: Option<u32>,
    pub(super) temperature: Option<f64>,
    pub(super) scoring: Scoring,
    pub(super) judge: &'a str,
}

/// A parameter and what is wrong with it.
pub(super) type Wrong = (ParameterName, String);

fn wrong(name: &str, message: impl Into<String>) -> Wrong {
    (ParameterName::new(name), message.into())
}

/// Failure of a run whose condition is wrong.
pub(super) fn invalid((name, message): Wrong) -> RunError {
    RunError::new(FailureClass::InvalidInput, format!("{name}: {message}"))
}

/// Reads a condition that the manifest has bound. `campaign_seed` stands in where the condition has no seed.
pub(super) fn task(condition: &Condition, campaign_seed: u64) -> Result<Task<'_>, Wrong> {
    let text = |name: &str| condition.text(name).ok_or_else(|| wrong(name, "is not set"));
    let flag = |name: &str| match condition.get(name) {
        Some(ergon_domain::Value::Bool(yes)) => *yes,
        _ => false,
    };
    let source = match text("benchmark")? {
        FILE => Source::File(
            condition
                .text("benchmark.file")
                .ok_or_else(|| wrong("benchmark.file", "no file is given; write benchmark: { file: PATH }"))?,
        ),
        name => Source::Bank(named("benchmark", name, &Bank::NAMES)?),
    };
    let seed = condition.int("seed").map_or(campaign_seed, i64::cast_unsigned);
    let difficulty = match text("difficulty")? {
        "all" => None,
        name => Some(named("difficulty", name, &Difficulty::NAMES)?),
    };
    let rule = named("scoring", text("scoring")?, &Rule::NAMES)?;
    let pattern = match (rule, condition.text("scoring.pattern")) {
        (Rule::Regex, None) => return Err(wrong("scoring.pattern", "scoring is regex, but no pattern is given")),
        (Rule::Regex, Some(pattern)) => {
            Some(Regex::new(pattern).map_err(|e| wrong("scoring.pattern", format!("'{pattern}' is no pattern: {e}")))?)
        }
        _ => None,
    };
    Ok(Task {
        source,
        difficulty,
        sample_size: condition.int("sample_size").and_then(|n| usize::try_from(n).ok()).unwrap_or(1).max(1),
        seed,
        treatment: treatment(condition, seed, &flag)?,
        keep_answer: flag("preserve.answer"),
        model: text("model")?,
        template: condition.text("prompt_template").unwrap_or(DEFAULT_TEMPLATE),
        system: condition.text("system_prompt").unwrap_or_default(),
        max_tokens: condition.int("max_tokens").and_then(|n| u32::try_from(n).ok()),
        temperature: condition.real("temperature"),
        scoring: Scoring { rule, tolerance: condition.real("scoring.tolerance"), pattern },
        judge: condition.text("scoring.judge").unwrap_or_default(),
    })
}

fn treatment<'a>(condition: &'a Condition, seed: u64, flag: &dyn Fn(&str) -> bool) -> Result<Treatment<'a>, Wrong> {
    let method = condition.text("method").unwrap_or("none");
    let level = condition.real("level").unwrap_or(0.0);
    if method == PARAPHRASE && level > 0.0 {
        let model = condition.text("paraphrase_model");
        return model.map(Treatment::Paraphrase).ok_or_else(|| wrong("paraphrase_model", "is not set"));
    }
    let method = if method == PARAPHRASE { Method::None } else { named("method", method, &Method::NAMES)? };
    let kind = named("language", condition.text("language").unwrap_or("substitution"), &Kind::NAMES)?;
    let complexity = condition.int("language.complexity").and_then(|c| u8::try_from(c).ok()).unwrap_or(5);
    Ok(Treatment::Recipe(Recipe {
        method,
        level,
        preserve: Preserve {
            numbers: flag("preserve.numbers"),
            proper_nouns: flag("preserve.proper_nouns"),
            code: flag("preserve.code"),
            latex: flag("preserve.latex"),
            option_letters: flag("preserve.option_letters"),
            texts: Vec::new(),
        },
        language: Language { kind, complexity },
        seed,
    }))
}

fn named<T: Copy>(parameter: &str, name: &str, table: &[(&'static str, T)]) -> Result<T, Wrong> {
    table.iter().find(|(known, _)| *known == name).map(|(_, value)| *value).ok_or_else(|| {
        let known: Vec<&str> = table.iter().map(|(known, _)| *known).collect();
        wrong(parameter, format!("'{name}' is not accepted; expected one of {}", known.join(", ")))
    })
}
