//! `metrics.yaml` in both of its shapes: a list with `extraction`, or (V1) a mapping or list with `extraction_method`,
//! `pattern` and `data_type` beside each other.

use regex::{Regex, RegexBuilder};

use super::document::Fields;

/// A metric of the scenario.
#[derive(Clone, Debug)]
pub(super) struct MetricRule {
    pub(super) name: String,
    pub(super) description: String,
    pub(super) unit: Option<String>,
    pub(super) scale: Scale,
    pub(super) source: Source,
    pub(super) extraction: Extraction,
}

/// What its values are.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Scale {
    /// A number, in a closed interval where one is given.
    Number { range: Option<(f64, f64)>, is_whole: bool },
    /// Yes or no.
    Flag,
    /// One of these.
    Category(Vec<String>),
}

/// Where it is read.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Source {
    /// The world after the turn.
    World,
    /// Every actor's decision, one value each.
    EachActor,
    /// One actor's decision.
    Actor(String),
}

/// How it is read.
#[derive(Clone, Debug)]
pub(super) enum Extraction {
    /// The last match's first group that took part.
    Pattern(Regex),
    /// Words that are looked for.
    Keyword { words: Vec<String>, scoring: Scoring },
    /// A model is asked.
    Model { prompt: String, model: Option<String> },
    /// By a person, after the run.
    Manual,
}

/// What found words come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scoring {
    /// How often they are there.
    Count,
    /// 1 if one of them is there, else 0.
    Presence,
    /// Per 100 words of text.
    Density,
}

/// The file: its metrics, and the model that reads those a model reads.
#[derive(Clone, Debug, Default)]
pub(super) struct MetricRules {
    pub(super) rules: Vec<MetricRule>,
    pub(super) model: Option<String>,
}

impl MetricRules {
    pub(super) fn read(fields: Fields<'_>) -> Self {
        fields.skip(&["scenario_name"]);
        let model = fields.text("extraction_model");
        let mut rules = Vec::new();
        if fields.is_list("metrics") {
            for entry in fields.maps("metrics") {
                let name = entry.required("name");
                rules.extend(rule(entry, name));
            }
        } else if let Some(named) = fields.map("metrics") {
            for (name, entry) in named.named_maps() {
                entry.skip(&["name"]);
                rules.extend(rule(entry, name.to_owned()));
            }
        } else {
            fields.wrong("metrics", "is missing; expected a list or a mapping of metrics");
        }
        for (i, rule) in rules.iter().enumerate() {
            if rules[..i].iter().any(|other| other.name == rule.name) {
                fields.wrong("metrics", format!("'{}' is declared twice", rule.name));
            }
        }
        fields.finish();
        Self { rules, model }
    }
}

fn rule(fields: Fields<'_>, name: String) -> Option<MetricRule> {
    if !name.is_empty() && !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        fields.wrong("name", format!("is '{name}'; expected letters, digits and _"));
    }
    let scale = scale(&fields);
    let extraction = match fields.map("extraction") {
        Some(own) => {
            let extraction = extraction(&own, "type", "prompt");
            own.finish();
            extraction
        }
        // V1.
        None => {
            let key = if fields.has("extraction_type") { "extraction_type" } else { "extraction_method" };
            extraction(&fields, key, "extraction_prompt")
        }
    };
    let specific = fields.flag("actor_specific").unwrap_or(false);
    let source = match fields.text("actor") {
        Some(actor) if specific => Source::Actor(actor),
        None if specific => Source::EachActor,
        _ => Source::World,
    };
    let rule = MetricRule {
        description: fields.text("description").unwrap_or_else(|| name.clone()),
        unit: fields.text("unit"),
        scale: scale?,
        source,
        extraction: extraction?,
        name,
    };
    fields.finish();
    Some(rule)
}

fn scale(fields: &Fields<'_>) -> Option<Scale> {
    const NUMBER: u8 = 0;
    const WHOLE: u8 = 1;
    const FLAG: u8 = 2;
    const CATEGORY: u8 = 3;
    let words = [
        ("continuous", NUMBER),
        ("float", NUMBER),
        ("number", NUMBER),
        ("integer", WHOLE),
        ("int", WHOLE),
        ("boolean", FLAG),
        ("bool", FLAG),
        ("categorical", CATEGORY),
        ("string", CATEGORY),
    ];
    let key = if fields.has("type") { "type" } else { "data_type" };
    let kind = if fields.has(key) { fields.word(key, &words)? } else { NUMBER };
    let range = fields.range("range");
    let categories = fields.texts("categories");
    Some(match kind {
        NUMBER | WHOLE => Scale::Number { range, is_whole: kind == WHOLE },
        FLAG => Scale::Flag,
        _ if categories.is_empty() => {
            fields.wrong("categories", "is missing; expected the values that the metric can take");
            return None;
        }
        _ => Scale::Category(categories),
    })
}

fn extraction(fields: &Fields<'_>, kind: &'static str, prompt: &'static str) -> Option<Extraction> {
    const PATTERN: u8 = 0;
    const KEYWORD: u8 = 1;
    const MODEL: u8 = 2;
    const MANUAL: u8 = 3;
    let words = [
        ("pattern", PATTERN),
        ("regex", PATTERN),
        ("keyword", KEYWORD),
        ("llm", MODEL),
        ("model", MODEL),
        ("manual", MANUAL),
    ];
    let chosen = if fields.has(kind) { fields.word(kind, &words)? } else { PATTERN };
    match chosen {
        PATTERN => {
            let pattern = fields.required("pattern");
            match RegexBuilder::new(&pattern).case_insensitive(true).size_limit(1 << 20).build() {
                Ok(regex) => Some(Extraction::Pattern(regex)),
                Err(e) => {
                    let why = e.to_string().lines().last().unwrap_or_default().to_owned();
                    fields.wrong("pattern", format!("is no regular expression that can be searched for: {why}"));
                    None
                }
            }
        }
        KEYWORD => {
            let words = fields.texts("keywords");
            let scorings = [("count", Scoring::Count), ("presence", Scoring::Presence), ("density", Scoring::Density)];
            let scoring = fields.word("scoring", &scorings).unwrap_or(Scoring::Count);
            if words.is_empty() {
                fields.wrong("keywords", "is missing; expected the words to look for");
            }
            Some(Extraction::Keyword { words, scoring })
        }
        MODEL => {
            let key = if fields.has(prompt) { prompt } else { "prompt" };
            Some(Extraction::Model { prompt: fields.required(key), model: fields.text("model") })
        }
        _ => Some(Extraction::Manual),
    }
}
