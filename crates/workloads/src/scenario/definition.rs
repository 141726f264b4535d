//! `scenario.yaml`: the world at the beginning, how long it goes on, who keeps it.

use super::document::Fields;
use super::expression::Expression;

/// Most turns a scenario may take.
pub(super) const MOST_TURNS: u32 = 1000;
/// Turns after which a scenario that waits for a condition ends all the same.
const TURNS_OF_CONDITION: u32 = 50;

/// How long it goes on.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Length {
    /// At most so many turns.
    pub(super) turns: u32,
    /// It ends earlier once this holds.
    pub(super) until: Option<Expression>,
}

/// What is on unless a campaign says otherwise.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Features {
    pub(super) communications: bool,
    pub(super) public: bool,
    pub(super) bilateral: bool,
    pub(super) coalition: bool,
    pub(super) messages_per_turn: u32,
    pub(super) events: bool,
    pub(super) metrics: bool,
    pub(super) quality: bool,
    pub(super) max_context_tokens: Option<u32>,
    pub(super) summarization_model: Option<String>,
}

/// The scenario's own file.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Definition {
    pub(super) name: String,
    pub(super) description: Option<String>,
    pub(super) system_prompt: Option<String>,
    pub(super) world: String,
    pub(super) length: Length,
    pub(super) turn_duration: String,
    pub(super) world_model: Option<String>,
    pub(super) actors: Vec<String>,
    /// Worlds of earlier turns that are shown to actors and narrator.
    pub(super) context_turns: u32,
    /// `false`: actors decide one after the other.
    pub(super) parallel: bool,
    pub(super) features: Features,
}

impl Definition {
    pub(super) fn read(fields: Fields<'_>) -> Self {
        fields.skip(&["enable_black_swans", "allow_actor_reflection", "version", "author", "tags"]);
        for (key, what) in [("enable_black_swans", "black swan events"), ("allow_actor_reflection", "reflection")] {
            if fields.flag(key) == Some(true) {
                fields.wrong(key, format!("is true; {what} are not played here, write false or leave it out"));
            }
        }
        let actors = fields.texts("actors");
        if actors.is_empty() {
            fields.wrong("actors", "is missing; expected the short names of the actors that take part");
        }
        let narrow = fields.whole("context_window", 1, MOST_TURNS);
        let definition = Self {
            name: fields.required("name"),
            description: fields.text("description"),
            system_prompt: fields.text("system_prompt"),
            world: fields.required("initial_world_state"),
            length: length(&fields),
            turn_duration: fields.text("turn_duration").unwrap_or_else(|| "1 turn".into()),
            world_model: fields.text("world_state_model"),
            actors,
            context_turns: fields.whole("context_window_size", 1, MOST_TURNS).or(narrow).unwrap_or(3),
            parallel: fields.flag("parallel_action_resolution").unwrap_or(true),
            features: features(&fields),
        };
        fields.finish();
        definition
    }
}

fn length(fields: &Fields<'_>) -> Length {
    let simple =
        [("turns", fields.whole("turns", 1, MOST_TURNS)), ("num_turns", fields.whole("num_turns", 1, MOST_TURNS))];
    let mut turns = simple.iter().find_map(|(_, turns)| *turns);
    if let [(_, Some(a)), (_, Some(b))] = simple
        && a != b
    {
        fields.wrong("num_turns", format!("is {b}, and turns is {a}; leave one of them out"));
    }
    let mut until = None;
    if let Some(long) = fields.map("scenario_length") {
        let own = long.whole("turns", 1, MOST_TURNS);
        if let (Some(own), Some(turns)) = (own, turns)
            && own != turns
        {
            long.wrong("turns", format!("is {own}, and turns is {turns}; leave one of them out"));
        }
        turns = turns.or(own);
        let is_condition = long.word("type", &[("fixed", false), ("condition", true)]).unwrap_or(false);
        match (is_condition, long.text("condition")) {
            (true, Some(condition)) => match Expression::parse(&condition) {
                Ok(expression) => until = Some(expression),
                Err(why) => long.wrong("condition", why),
            },
            (true, None) => long.wrong("condition", "is missing; expected a condition such as cooperation >= 8"),
            (false, _) => {}
        }
        long.finish();
        turns = turns.or(is_condition.then_some(TURNS_OF_CONDITION));
    } else if turns.is_none() && !fields.has("turns") && !fields.has("num_turns") {
        fields.wrong("turns", "is missing; expected turns, num_turns or scenario_length");
    }
    Length { turns: turns.unwrap_or(1), until }
}

fn features(fields: &Fields<'_>) -> Features {
    // The flags of the flat form, before there was a section `features`.
    let flat = [
        fields.flag("enable_public_statements"),
        fields.flag("enable_bilateral_communication"),
        fields.flag("enable_coalition_formation"),
    ];
    let any_flat = flat.iter().any(Option::is_some);
    let [public, bilateral, coalition] = flat.map(|flag| if any_flat { flag == Some(true) } else { true });
    let mut features = Features {
        communications: any_flat && (public || bilateral || coalition),
        public,
        bilateral,
        coalition,
        messages_per_turn: fields.whole("max_communications_per_turn", 0, 20).unwrap_or(2),
        events: true,
        metrics: true,
        quality: false,
        max_context_tokens: None,
        summarization_model: None,
    };
    let Some(section) = fields.map("features") else { return features };
    let enabled = |part: &Fields<'_>, default| part.flag("enabled").unwrap_or(default);
    if let Some(part) = section.map("communications") {
        features.communications = enabled(&part, features.communications);
        features.messages_per_turn = part.whole("max_per_turn", 0, 20).unwrap_or(features.messages_per_turn);
        part.finish();
    }
    for (key, on) in [
        ("exogenous_events", &mut features.events),
        ("metrics_extraction", &mut features.metrics),
        ("quality_assurance", &mut features.quality),
    ] {
        if let Some(part) = section.map(key) {
            *on = enabled(&part, *on);
            part.finish();
        }
    }
    if let Some(part) = section.map("context_management") {
        let bound = part.whole("max_context_tokens", 500, 10_000_000);
        let model = part.text("summarization_model");
        if enabled(&part, true) {
            (features.max_context_tokens, features.summarization_model) = (bound, model);
        }
        part.finish();
    }
    section.finish();
    features
}
