//! `exogenous-events.yaml` in both of its shapes: sections `trends`, `random_events`, `conditional_events`,
//! `scheduled_events`, or (V1) one list `exogenous_events` whose entries name their type.
//!
//! An event happens once unless it recurs by its nature (a trend, several scheduled turns) or says `once: false`.

use std::collections::BTreeMap;

use ergon_domain::draw;
use rand_chacha::ChaCha8Rng;
use regex::{Regex, RegexBuilder};

use super::document::Fields;
use super::expression::Operator;

/// An event that may happen.
#[derive(Clone, Debug)]
pub(super) struct Event {
    pub(super) name: String,
    pub(super) trigger: Trigger,
    /// First and last turn in which it can happen.
    pub(super) turns: Option<(u32, u32)>,
    pub(super) once: bool,
    /// What happens, from which turn to which.
    pub(super) texts: Vec<(Option<(u32, u32)>, String)>,
}

/// What makes it happen.
#[derive(Clone, Debug)]
pub(super) enum Trigger {
    /// With this probability each turn.
    Chance(f64),
    /// Every so many turns.
    Every(u32),
    /// In these turns.
    Turns(Vec<u32>),
    /// When all of these hold.
    Conditions(Vec<Condition>),
}

/// A condition on the world or a metric, as they were after the turn before.
#[derive(Clone, Debug)]
pub(super) enum Condition {
    /// The world's text matches all of these.
    World(Vec<Regex>),
    /// A metric compares so.
    Metric { name: String, operator: Operator, bound: f64 },
}

/// What events look at.
pub(super) struct Situation<'a> {
    pub(super) turn: u32,
    pub(super) world: &'a str,
    /// Metrics after the turn before.
    pub(super) metrics: &'a BTreeMap<String, f64>,
}

/// One random number per event and turn, drawn whether it is needed or not: so what one event does moves no other, and
/// runs that branch from each other see the same chances.
pub(super) struct Chances(Vec<Vec<f64>>);

impl Chances {
    pub(super) fn draw(rng: &mut ChaCha8Rng, events: usize, turns: u32) -> Self {
        Self((0..turns).map(|_| (0..events).map(|_| draw::unit(rng)).collect()).collect())
    }

    fn of(&self, turn: u32, event: usize) -> f64 {
        let row = (turn as usize).checked_sub(1).and_then(|t| self.0.get(t));
        row.and_then(|row| row.get(event)).copied().unwrap_or(1.0)
    }
}

/// The events that happen in a turn, with their texts. `happened`: how often each has happened before.
pub(super) fn happening(
    events: &[Event],
    chances: &Chances,
    now: &Situation<'_>,
    happened: &dyn Fn(&str) -> usize,
) -> Vec<(String, String)> {
    let happens = |(i, event): (usize, &Event)| {
        let in_time = event.turns.is_none_or(|(first, last)| (first..=last).contains(&now.turn));
        if !in_time || (event.once && happened(&event.name) > 0) || !event.trigger.fires(i, chances, event, now) {
            return None;
        }
        let text = event.texts.iter().find(|(turns, _)| turns.is_none_or(|(a, b)| (a..=b).contains(&now.turn)))?;
        Some((event.name.clone(), text.1.clone()))
    };
    events.iter().enumerate().filter_map(happens).collect()
}

impl Event {
    /// What of it lies after the last turn, with the field that says so.
    pub(super) fn too_late(&self, turns: u32) -> Option<String> {
        let late = |turn: &u32| *turn > turns;
        let (field, first) = match (&self.trigger, self.turns) {
            (Trigger::Turns(all), _) => ("schedule", all.iter().copied().filter(late).min()?),
            (_, Some((first, _))) => ("turn_range", Some(first).filter(late)?),
            _ => return None,
        };
        Some(format!(
            "exogenous-events.yaml: {}.{field}: turn {first} is after the scenario's last, {turns}; it happens only where turns \
             is set to {first} or more",
            self.name
        ))
    }
}

impl Trigger {
    fn fires(&self, index: usize, chances: &Chances, event: &Event, now: &Situation<'_>) -> bool {
        match self {
            Self::Chance(p) => chances.of(now.turn, index) < *p,
            Self::Every(n) => now.turn.saturating_sub(event.turns.map_or(1, |(first, _)| first)).is_multiple_of(*n),
            Self::Turns(turns) => turns.contains(&now.turn),
            Self::Conditions(conditions) => conditions.iter().all(|condition| condition.holds(now)),
        }
    }
}

impl Condition {
    /// A metric that is missing meets no condition.
    fn holds(&self, now: &Situation<'_>) -> bool {
        match self {
            Self::World(patterns) => patterns.iter().all(|pattern| pattern.is_match(now.world)),
            Self::Metric { name, operator, bound } => {
                now.metrics.get(name).is_some_and(|value| operator.holds(*value, *bound))
            }
        }
    }

    /// The metric it looks at.
    pub(super) fn metric(&self) -> Option<&str> {
        match self {
            Self::World(_) => None,
            Self::Metric { name, .. } => Some(name),
        }
    }
}

/// Reads the file.
pub(super) fn read(fields: Fields<'_>) -> Vec<Event> {
    let mut events: Vec<Event> = Vec::new();
    for (section, kind) in [
        ("trends", Kind::Trend),
        ("random_events", Kind::Random),
        ("conditional_events", Kind::Conditional),
        ("scheduled_events", Kind::Scheduled),
    ] {
        events.extend(fields.maps(section).into_iter().filter_map(|entry| event(entry, kind)));
    }
    for entry in fields.maps("exogenous_events") {
        let kinds = [
            ("trend", Kind::Trend),
            ("random", Kind::Random),
            ("conditional", Kind::Conditional),
            ("scheduled", Kind::Scheduled),
        ];
        match entry.word("type", &kinds) {
            Some(kind) => events.extend(event(entry, kind)),
            None if !entry.has("type") => {
                entry.wrong("type", "is missing; expected one of trend, random, conditional, scheduled");
            }
            None => {}
        }
    }
    for (i, event) in events.iter().enumerate() {
        if events[..i].iter().any(|other| other.name == event.name) {
            let message = format!("two events are called '{}'; what happened once is known by its name", event.name);
            fields.wrong("", message);
        }
    }
    fields.finish();
    events
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Trend,
    Random,
    Conditional,
    Scheduled,
}

fn turn_range(fields: &Fields<'_>) -> Option<(u32, u32)> {
    let (first, last) = fields.range("turn_range")?;
    if first < 1.0 || first.fract() != 0.0 || last.fract() != 0.0 {
        fields.wrong("turn_range", format!("is [{first}, {last}]; expected turns, counted from 1"));
        return None;
    }
    Some((first as u32, last as u32))
}

fn event(fields: Fields<'_>, kind: Kind) -> Option<Event> {
    fields.skip(&["type"]);
    let name = fields.required("name");
    let description = fields.text("description");
    let turns = turn_range(&fields);
    let once = fields.flag("once");
    let own = [fields.text("effect"), fields.text("impact")];
    let mut texts: Vec<_> = fields.maps("effects").into_iter().filter_map(staged).collect();
    if texts.is_empty() {
        let text = joined(own).or(description);
        if text.is_none() {
            fields.wrong("effect", "is missing; expected what happens");
        }
        texts.push((None, text?));
    }
    let trigger = trigger(&fields, kind)?;
    let recurs = kind == Kind::Trend || matches!(&trigger, Trigger::Turns(turns) if turns.len() > 1);
    let event = Event { name, trigger, turns, once: once.unwrap_or(!recurs), texts };
    fields.finish();
    Some(event)
}

fn joined(parts: [Option<String>; 2]) -> Option<String> {
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

/// A stage of a trend.
fn staged(fields: Fields<'_>) -> Option<(Option<(u32, u32)>, String)> {
    let turns = turn_range(&fields);
    let text = joined([fields.text("description"), fields.text("impact")]);
    if text.is_none() {
        fields.wrong("description", "is missing; expected what happens in these turns");
    }
    fields.finish();
    Some((turns, text?))
}

fn trigger(fields: &Fields<'_>, kind: Kind) -> Option<Trigger> {
    match kind {
        Kind::Trend => match (fields.whole("frequency", 1, 1000), fields.number("probability_per_turn", 0.0, 1.0)) {
            (Some(every), _) => Some(Trigger::Every(every)),
            (None, Some(p)) => Some(Trigger::Chance(p)),
            (None, None) => {
                if !fields.has("frequency") && !fields.has("probability_per_turn") {
                    fields.wrong("frequency", "is missing; expected frequency (turns) or probability_per_turn");
                }
                None
            }
        },
        Kind::Random => {
            if !fields.has("probability") {
                fields.wrong("probability", "is missing; expected a number from 0 to 1");
            }
            fields.number("probability", 0.0, 1.0).map(Trigger::Chance)
        }
        Kind::Scheduled => {
            let mut turns = fields.turns("turn");
            if let Some(schedule) = fields.map("schedule") {
                turns.extend(schedule.turns("turns"));
                turns.extend(schedule.turns("turn"));
                schedule.finish();
            }
            if turns.is_empty() {
                fields.wrong("schedule", "is missing; expected schedule: { turns: [3, 6] } or turn: 3");
            }
            (!turns.is_empty()).then_some(Trigger::Turns(turns))
        }
        Kind::Conditional => conditions(fields).map(Trigger::Conditions),
    }
}

fn conditions(fields: &Fields<'_>) -> Option<Vec<Condition>> {
    let mut found = Vec::new();
    if fields.is_list("conditions") {
        for entry in fields.maps("conditions") {
            found.push(condition(entry)?);
        }
    } else if let Some(named) = fields.map("conditions") {
        // V1: a metric's name and what it must be.
        for (name, text) in named.entries() {
            match Operator::with_bound(&text) {
                Some((operator, bound)) => found.push(Condition::Metric { name: name.to_owned(), operator, bound }),
                None => named.wrong(name, format!("is '{text}'; expected an operator and a number, such as >= 7")),
            }
        }
    }
    if found.is_empty() {
        fields.wrong("conditions", "holds no condition; expected at least one");
    }
    (!found.is_empty()).then_some(found)
}

fn condition(fields: Fields<'_>) -> Option<Condition> {
    let kind = fields.word("type", &[("world_state_contains", false), ("metrics", true), ("metric", true)]);
    let condition = match kind? {
        false => {
            let mut patterns = Vec::new();
            fields.required("pattern");
            for key in ["pattern", "sensitivity"] {
                let Some(text) = fields.text(key) else { continue };
                match RegexBuilder::new(&text).case_insensitive(true).size_limit(1 << 20).build() {
                    Ok(pattern) => patterns.push(pattern),
                    Err(e) => {
                        let why = e.to_string().lines().last().unwrap_or_default().to_owned();
                        fields.wrong(key, format!("is no regular expression that can be searched for: {why}"));
                    }
                }
            }
            Condition::World(patterns)
        }
        true => {
            let name = fields.required("metric");
            let operator = fields.word("operator", &Operator::NAMES)?;
            let bound = fields.number("value", f64::NEG_INFINITY, f64::INFINITY)?;
            Condition::Metric { name, operator, bound }
        }
    };
    fields.finish();
    Some(condition)
}
