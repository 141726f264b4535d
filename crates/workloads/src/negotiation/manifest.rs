//! What the workload declares: parameters, metrics and streams.

mod metrics;

use ergon_domain::{ActiveWhen, Canonical, Manifest, Parameter, ParameterKind, RunLimit, Stream, Value};

use super::game;
use super::strategy::Strategy;

/// Raised whenever the same run key could give another result.
pub const VERSION: u32 = 2;

/// Values and costs: the same in all conditions of a replicate where streams are common.
pub(super) const STREAM_PREFERENCES: &str = "preferences";
/// What scripted agents draw, by seat.
pub(super) const STREAM_AGENTS: &str = "agents";
/// Who speaks first where that is random, and ties between proposals that pass.
pub(super) const STREAM_LOTS: &str = "lots";

/// Ways to seat the sides.
pub(super) const ORDERS: [&str; 4] = ["weak_first", "strong_first", "random", "both"];
/// The word for an agent that asks a model.
pub(super) const MODEL: &str = "model";

/// The whole declaration.
pub fn manifest() -> Manifest {
    let stream = |name: &str| Stream { name: name.into(), common: true };
    Manifest {
        workload: "negotiation".into(),
        version: VERSION,
        doc:
            "Strong and weak agents divide items, settle a treaty or fund projects over rounds of proposals and votes."
                .into(),
        parameters: parameters(),
        open_parameters: false,
        metrics: metrics::metrics(),
        streams: vec![stream(STREAM_PREFERENCES), stream(STREAM_AGENTS), stream(STREAM_LOTS)],
        spans: vec!["deal".into(), "play".into(), "solve".into()],
        settings: Vec::new(),
        settings_digest: Canonical::new("ergon.negotiation.1").finish(),
        files: Vec::new(),
        limit: RunLimit::Events,
        deterministic: true,
        number_tables: tables(),
    }
}

fn tables() -> Vec<(std::sync::Arc<str>, std::sync::Arc<str>)> {
    let strategies = "boulware: target falls as t^5 | linear: as t | conceder: as t^0.2; from the best to best/n, t from 0 \
                      in the first to 1 in the last round. tit_for_tat: target falls by what the others' offer rose. \
                      hardliner: never concedes. zeuthen: concedes when it risks less. nash: highest product of utilities \
                      with learnt weights of the others. random: any proposal, accepts half. rational: backward induction.";
    let skill = "Share of the others' true values that an agent knows (the rest: what it lacks itself), and 10 % + 90 % × \
                 skill of the candidate agreements looked at; nash: 1 + 63 × skill hypotheses. No use to hardliner, random \
                 and rational.";
    vec![("Strategies".into(), strategies.into()), ("Skill".into(), skill.into())]
}

fn choice(name: &str, values: &[&str], default: &str, doc: &str) -> Parameter {
    Parameter::new(name, ParameterKind::choice(values), Some(Value::text(default)), doc)
}

fn real(name: &str, (min, max): (f64, f64), default: Option<f64>, doc: &str) -> Parameter {
    Parameter::new(name, ParameterKind::Real { min, max }, default.map(Value::real), doc)
}

fn whole(name: &str, (min, max): (i64, i64), default: i64, doc: &str) -> Parameter {
    Parameter::new(name, ParameterKind::Int { min, max }, Some(Value::Int(default)), doc)
}

fn one_of(parameter: &str, values: &[&str]) -> ActiveWhen {
    ActiveWhen::OneOf { parameter: parameter.into(), values: values.iter().map(Value::text).collect() }
}

fn parameters() -> Vec<Parameter> {
    let mut all = side_parameters("weak", 0.3);
    all.extend(side_parameters("strong", 0.9));
    all.extend(game_parameters());
    all.extend(rule_parameters());
    all
}

fn side_parameters(side: &str, skill: f64) -> Vec<Parameter> {
    let (agent, scripts) = (format!("{side}_agent"), Strategy::NAMES.map(|(name, _)| name));
    let skilled = Strategy::NAMES.iter().filter(|(_, s)| s.uses_skill()).map(|(name, _)| *name);
    vec![
        choice(
            &agent,
            &[&[MODEL], scripts.as_slice()].concat(),
            "linear",
            &format!("Who plays the {side} side; model: a language model, else a script of the table Strategies."),
        ),
        Parameter::new(
            &format!("{side}_model"),
            ParameterKind::Model,
            Some(Value::text(side)),
            &format!("The model that {side} agents ask."),
        )
        .active_when(one_of(&agent, &[MODEL])),
        real(
            &format!("{side}_skill"),
            (0.0, 1.0),
            Some(skill),
            &format!("How well scripted {side} agents know the others and how far they look; the table Skill has the numbers."),
        )
        .active_when(one_of(&agent, &skilled.collect::<Vec<_>>())),
    ]
}

fn game_parameters() -> Vec<Parameter> {
    let drawn = || one_of("game", &["item_allocation", "treaty", "co_funding"]);
    vec![
        choice(
            "game",
            &game::NAMES,
            "item_allocation",
            "What is negotiated; item_allocation: items of which each goes to one agent, treaty: positions on issues, \
             co_funding: projects that are funded together, deal_or_no_deal: books, hats and balls between two, pie: one \
             pie of equal slices.",
        ),
        real(
            "competition_level",
            (0.0, 1.0),
            Some(0.5),
            "How opposed the agents are; items: cosine of every pair's values, treaty: rho = 1 − 2c and theta = c where \
             these are not set, co_funding: alpha = 1 − c where it is not set.",
        )
        .active_when(drawn()),
        whole("num_items", (1, 20), 5, "Items, issues or projects.").active_when(drawn()),
        real("rho", (-1.0, 1.0), None, "Spearman's rank correlation of two agents' ideal positions.")
            .active_when(one_of("game", &["treaty"])),
        real("theta", (0.0, 1.0), None, "Cosine of two agents' weights of the issues.")
            .active_when(one_of("game", &["treaty"])),
        real("alpha", (0.0, 1.0), None, "Cosine of two agents' values of the projects.")
            .active_when(one_of("game", &["co_funding"])),
        real("sigma", (0.05, 2.0), Some(0.5), "All budgets together ÷ the cost of all projects.")
            .active_when(one_of("game", &["co_funding"])),
        whole("slices", (1, 10_000), 100, "Slices the pie can be cut in.").active_when(one_of("game", &["pie"])),
        choice(
            "infeasible",
            &["error", "nearest"],
            "error",
            "When values as opposed as asked for can't be drawn within 0.01; error: the run fails, nearest: it takes the \
             nearest and reports preference_gap.",
        )
        .active_when(drawn()),
    ]
}

fn rule_parameters() -> Vec<Parameter> {
    let more = || ActiveWhen::Above { parameter: "num_agents".into(), bound: 2.0 };
    let talk = ActiveWhen::OneOf { parameter: "phases".into(), values: vec![Value::Bool(true)] };
    vec![
        whole("num_agents", (2, 10), 2, "Agents at the table."),
        whole("strong_agents", (1, 9), 1, "How many of them are on the strong side.").active_when(more()),
        choice(
            "order",
            &ORDERS,
            "weak_first",
            "Who sits and speaks first; values belong to seats. random: by lot each run, both: weak first in even \
             replicates, strong first in odd ones. As a factor with common random numbers, weak_first and strong_first \
             play the same games with sides swapped.",
        ),
        choice(
            "offers",
            &["simultaneous", "alternating"],
            "simultaneous",
            "Who proposes; simultaneous: everybody in every round, alternating: one agent a round, in turn.",
        ),
        whole("max_rounds", (1, 100), 10, "Rounds before the negotiation ends without a deal."),
        real("discount", (0.0, 1.0), Some(0.9), "Share of its utility that an agreement keeps from round to round."),
        choice(
            "accept_rule",
            &["unanimity", "two_thirds"],
            "unanimity",
            "When a proposal passes; two_thirds: when at least ⌈2n/3⌉ accept.",
        )
        .active_when(more()),
        choice(
            "transparency",
            &["private", "public"],
            "private",
            "Whether agents know each other's values; public: models are told them, scripts know them in full.",
        ),
        Parameter::new(
            "phases",
            ParameterKind::Bool,
            Some(Value::Bool(true)),
            "Whether agents that ask a model discuss, think for themselves and look back on a round; scripts don't.",
        ),
        whole("discussion_turns", (0, 10), 2, "Laps of the discussion in a round.").active_when(talk),
    ]
}
