//! What the workload declares, made of what the scenario's files say.

use ergon_domain::{
    ActiveWhen, Canonical, Direction, Family, Manifest, Metric, Parameter, ParameterKind, RunLimit, Stream, Value,
};

use super::definition::MOST_TURNS;
use super::folder::Scenario;
use super::metrics::{Extraction, MetricRule, Scale, Source};

/// Raised whenever the same run key could give another result.
pub(super) const VERSION: u32 = 2;
/// Chances of events: the same in all conditions of a replicate where streams are common.
pub(super) const STREAM_EVENTS: &str = "events";

/// Keys of the section that are no parameters; the last three say what a report writes, and are no part of a run's key.
pub(super) const SETTINGS: [&str; 5] =
    ["scenario", "success", "output_dir", "save_individual_runs", "aggregate_metrics"];

/// The parameter that names an actor's model.
pub(super) fn actor_parameter(actor: &str) -> String {
    format!("actor_model.{}", identifier(actor))
}

/// The parameter that names the model of a metric which has one of its own.
pub(super) fn metric_parameter(metric: &str) -> String {
    format!("metric_model.{metric}")
}

/// A name as parameters and metrics are named: letters, digits, `_`.
pub(super) fn identifier(name: &str) -> String {
    let word = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
    name.chars().map(word).collect()
}

/// The whole declaration.
pub(super) fn manifest(scenario: &Scenario, folder: &str, success: Option<&str>) -> Manifest {
    let mut settings = Canonical::new("ergon.scenario.1");
    scenario.write_canonical(&mut settings);
    settings.str(success.unwrap_or_default());
    let unread: Vec<&str> = scenario.unread.iter().map(String::as_str).collect();
    Manifest {
        workload: "scenario".into(),
        version: VERSION,
        doc: format!(
            "Actors played by models take turns in a world that a narrator keeps: {}. One run plays it once.",
            scenario.definition.name
        )
        .into(),
        parameters: parameters(scenario),
        open_parameters: false,
        metrics: metrics(scenario, success),
        streams: vec![Stream { name: STREAM_EVENTS.into(), common: true }],
        spans: ["communication", "decisions", "world", "metrics", "validation"].map(Into::into).to_vec(),
        settings: SETTINGS.map(Into::into).to_vec(),
        settings_digest: settings.finish(),
        files: scenario.files.iter().map(|file| format!("{folder}/{file}").into()).collect(),
        limit: RunLimit::WallTime,
        deterministic: false,
        number_tables: if unread.is_empty() {
            Vec::new()
        } else {
            vec![("Keys and files that nothing reads".into(), unread.join("\n").into())]
        },
    }
}

fn model(name: &str, default: Option<&str>, doc: &str) -> Parameter {
    Parameter::new(name, ParameterKind::Model, default.map(Value::text), doc)
}

fn flag(name: &str, default: bool, doc: &str) -> Parameter {
    Parameter::new(name, ParameterKind::Bool, Some(Value::Bool(default)), doc)
}

fn whole(name: &str, (min, max): (i64, i64), default: Option<u32>, doc: &str) -> Parameter {
    Parameter::new(name, ParameterKind::Int { min, max }, default.map(|n| Value::Int(i64::from(n))), doc)
}

fn is_on(parameter: &str) -> ActiveWhen {
    ActiveWhen::OneOf { parameter: parameter.into(), values: vec![Value::Bool(true)] }
}

fn parameters(scenario: &Scenario) -> Vec<Parameter> {
    let definition = &scenario.definition;
    let features = &definition.features;
    let world = definition.world_model.as_deref();
    let mut all = vec![
        whole(
            "turns",
            (1, i64::from(MOST_TURNS)),
            Some(definition.length.turns),
            "Turns that are played; where the scenario waits for a condition, the most there are.",
        ),
        Parameter::new(
            "turn_duration",
            ParameterKind::Text,
            Some(Value::text(&definition.turn_duration)),
            "How long a turn is in the scenario's own time: told to actors and narrator.",
        ),
        Parameter::new(
            "order",
            ParameterKind::choice(&["parallel", "sequential"]),
            Some(Value::text(if definition.parallel { "parallel" } else { "sequential" })),
            "Who knows what within a turn; parallel: all speak and decide at once, sequential: each knows what those \
             before it said and decided, in the scenario's order.",
        ),
        flag("communications", features.communications, "Whether actors send each other messages before they decide."),
        whole(
            "messages_per_turn",
            (0, 20),
            Some(features.messages_per_turn),
            "Messages that each actor may send in a turn.",
        )
        .active_when(is_on("communications")),
        flag("exogenous_events", features.events, "Whether the scenario's events can happen."),
        flag("quality_assurance", features.quality, "Whether a model checks each turn for inconsistencies."),
        whole(
            "context_turns",
            (1, i64::from(MOST_TURNS)),
            Some(definition.context_turns),
            "Worlds of earlier turns that are shown to actors and narrator.",
        ),
        whole(
            "max_context_tokens",
            (500, 10_000_000),
            features.max_context_tokens,
            "Earlier worlds take at most half of this; tokens are estimated as bytes ÷ 4. The rest is summarised by \
             summarization_model, or left out and said so. Not given: no bound.",
        )
        .unit("tokens"),
        Parameter::new("initial_world_state", ParameterKind::Text, None, "Another beginning than the scenario's."),
        Parameter::new("system_prompt", ParameterKind::Text, None, "Another system prompt than the scenario's."),
        Parameter::new(
            "temperature",
            ParameterKind::Real { min: 0.0, max: 2.0 },
            None,
            "Sampling temperature of all models; not given: the model's in the spec, else its provider's.",
        ),
        whole("max_reply_tokens", (16, 1_000_000), None, "Longest reply; not given: the model's in the spec.")
            .unit("tokens"),
        model("world_state_model", world, "The narrator: writes the world after each turn."),
    ];
    for actor in &scenario.actors {
        let doc = format!("Plays {}.", actor.name);
        all.push(model(&actor_parameter(&actor.id), actor.model.as_deref().or(world), &doc));
    }
    if features.metrics {
        all.extend(metric_models(scenario, world));
    }
    let checks = scenario.validation.model.as_deref().or(world);
    all.push(
        model("validation_model", checks, "Checks each turn for inconsistencies.")
            .active_when(is_on("quality_assurance")),
    );
    if let Some(summariser) = &features.summarization_model {
        all.push(model("summarization_model", Some(summariser), "Summarises earlier worlds that no longer fit."));
    }
    all.push(Parameter::new(
        "start",
        ParameterKind::File { format: "a scenario-state.json that another run left".into() },
        None,
        "Where the run branches from; its turns up to start_turn are taken over as they are.",
    ));
    all.push(whole(
        "start_turn",
        (0, i64::from(MOST_TURNS)),
        None,
        "The last turn that is taken over from start; not given: all of them.",
    ));
    all
}

fn metric_models(scenario: &Scenario, world: Option<&str>) -> Vec<Parameter> {
    let mut all = Vec::new();
    let mut shared = false;
    for rule in &scenario.metrics.rules {
        match &rule.extraction {
            Extraction::Model { model: Some(own), .. } => {
                all.push(model(&metric_parameter(&rule.name), Some(own), &format!("Reads {}.", rule.name)));
            }
            Extraction::Model { model: None, .. } => shared = true,
            _ => {}
        }
    }
    if shared {
        let default = scenario.metrics.model.as_deref().or(world);
        all.push(model("metrics_model", default, "Reads the metrics that a model reads."));
    }
    all
}

const AT_LEAST_0: (Option<f64>, Option<f64>) = (Some(0.0), None);
const SHARE: (Option<f64>, Option<f64>) = (Some(0.0), Some(1.0));

/// What a metric of the scenario is measured as: one value, one per actor, one per category.
pub(super) fn parts(rule: &MetricRule, scenario: &Scenario) -> Vec<(String, Option<String>)> {
    let actors: Vec<Option<&str>> = match &rule.source {
        Source::World => vec![None],
        Source::Actor(actor) => vec![Some(actor)],
        Source::EachActor => scenario.actors.iter().map(|a| Some(a.id.as_str())).collect(),
    };
    let base = |actor: Option<&str>| match (&rule.source, actor) {
        (Source::EachActor, Some(actor)) => format!("{}.{}", rule.name, identifier(actor)),
        _ => rule.name.clone(),
    };
    let of_actor = |actor: Option<&str>| match &rule.scale {
        Scale::Category(categories) => categories
            .iter()
            .map(|category| (format!("{}.{}", base(actor), identifier(category)), actor.map(str::to_owned)))
            .collect::<Vec<_>>(),
        _ => vec![(base(actor), actor.map(str::to_owned))],
    };
    actors.into_iter().flat_map(of_actor).collect()
}

fn metrics(scenario: &Scenario, success: Option<&str>) -> Vec<Metric> {
    let mut all = Vec::new();
    for rule in scenario.metrics.rules.iter().filter(|_| scenario.definition.features.metrics) {
        let unit = rule.unit.as_deref().unwrap_or("1");
        let (range, family) = match &rule.scale {
            Scale::Number { range: Some((lo, hi)), .. } => ((Some(*lo), Some(*hi)), Family::Continuous),
            Scale::Number { range: None, is_whole: true } => (AT_LEAST_0, Family::Count),
            Scale::Number { range: None, is_whole: false } => ((None, None), Family::Continuous),
            Scale::Flag | Scale::Category(_) => (SHARE, Family::Binary),
        };
        for (id, _) in parts(rule, scenario) {
            let final_doc = format!("{} After the last turn.", sentence(&rule.description));
            let title = id.replace(['_', '.'], " ");
            all.push(Metric::new(&id, &title, unit, Direction::None, range, family, &final_doc));
            if let Scale::Number { range, .. } = &rule.scale {
                let range = range.map_or((None, None), |(lo, hi)| (Some(lo), Some(hi)));
                let doc = format!("{} Mean over the turns in which it was found.", sentence(&rule.description));
                let (id, title) = (format!("{id}_mean"), format!("{title}, mean over turns"));
                all.push(Metric::new(&id, &title, unit, Direction::None, range, Family::Continuous, &doc));
            }
        }
    }
    if let Some(rule) = success {
        let doc = format!("1 if after the last turn {rule}, else 0; undefined where a metric in it is missing.");
        all.push(Metric::new("success", "Success", "1", Direction::Higher, SHARE, Family::Binary, &doc));
    }
    all.extend(own_metrics());
    all
}

fn sentence(text: &str) -> String {
    let text = text.trim().trim_end_matches('.');
    format!("{text}.")
}

fn own_metrics() -> Vec<Metric> {
    use Direction::{Higher, Lower, None as Neither};
    use Family::{Binary, Count, Positive, Proportion};
    let metric = |id: &str, title: &str, unit: &str, direction, range, family, doc: &str| {
        Metric::new(id, title, unit, direction, range, family, doc)
    };
    vec![
        metric(
            "cooperation_share",
            "Cooperative decisions",
            "1",
            Higher,
            SHARE,
            Proportion,
            "Decisions whose actor calls them cooperative ÷ decisions, over all turns.",
        ),
        metric("turns", "Turns", "1", Neither, AT_LEAST_0, Count, "Turns played, those taken over included."),
        metric(
            "halted",
            "Halted",
            "1",
            Neither,
            SHARE,
            Binary,
            "1 if the run ended before its last turn: the scenario's condition held, or the validation stopped it. The \
             run's state says why.",
        ),
        metric("events_happened", "Events", "1", Neither, AT_LEAST_0, Count, "Events that happened."),
        metric("messages_sent", "Messages", "1", Neither, AT_LEAST_0, Count, "Messages between actors."),
        metric(
            "coherence_issues",
            "Coherence issues",
            "1",
            Lower,
            AT_LEAST_0,
            Count,
            "Inconsistencies that the validation found; undefined without quality assurance.",
        ),
        metric("llm_calls", "Model calls", "1", Neither, AT_LEAST_0, Count, "Replies of models, repairs included."),
        metric(
            "malformed_replies",
            "Malformed replies",
            "1",
            Lower,
            AT_LEAST_0,
            Count,
            "Replies that could not be read, repairs included. A message that can't be read after its repair is heard by \
             nobody; a decision or world that can't fails the run.",
        ),
        metric("llm_prompt_tokens", "Prompt tokens", "1", Neither, AT_LEAST_0, Count, "Tokens of all prompts."),
        metric("llm_completion_tokens", "Reply tokens", "1", Neither, AT_LEAST_0, Count, "Tokens of all replies."),
        metric(
            "llm_latency_s",
            "Model latency",
            "s",
            Lower,
            AT_LEAST_0,
            Positive,
            "Service latency, mean over replies.",
        ),
        metric(
            "cost_usd",
            "Cost",
            "USD",
            Lower,
            AT_LEAST_0,
            Positive,
            "Price of all replies of the run; unavailable where one model's price is unknown. A simulated model's price \
             is what the spec says, and nobody's money.",
        ),
    ]
}
