//! What a simulated model answers by, so that a scenario plays offline and effects can be planted.
//!
//! A simulated actor chooses between cooperating (utility 1), holding its position (0.5) and opposing (0): its skill says
//! how reliably it finds the cooperative move. A simulated narrator reports what happened, and the share of cooperative
//! decisions so far as `Agreement: N %`. A metric that a model reads is that share on the metric's scale, read with the
//! errors of the item-response model. None of it is evidence about a real model.

use ergon_domain::{DecisionOption, DecisionProblem, Item};
use serde_json::json;

use super::actor::Actor;
use super::metrics::{MetricRule, Scale};
use super::settings::Play;
use super::state::{Decision, EventFired, State};
use super::talk::{Channel, Channels};

/// An actor's decision.
pub(super) fn decision(actor: &Actor, turn: u32) -> DecisionProblem {
    let goals = &actor.goals;
    let goal = goals.get((turn as usize).saturating_sub(1) % goals.len().max(1));
    let goal = goal.map_or("its interests", |goal| goal.trim_end_matches('.'));
    let name = &actor.name;
    let option = |stance: &str, utility, decision: String| DecisionOption {
        reply: json!({ "decision": decision, "stance": stance }).to_string(),
        utility,
    };
    DecisionProblem::Choice(vec![
        option("cooperate", 1.0, format!("{name} offers the others a compromise on: {goal}.")),
        option("hold", 0.5, format!("{name} keeps to its position on: {goal}.")),
        option("oppose", 0.0, format!("{name} blocks the others until it gets: {goal}.")),
    ])
}

/// An actor's message. Speaking to all is best, then to one, then to several; silence last.
pub(super) fn message(actor: &Actor, others: &[&str], channels: Channels, turn: u32) -> DecisionProblem {
    let goals = &actor.goals;
    let goal = goals.get(turn as usize % goals.len().max(1)).map_or("our interests", String::as_str);
    let option = |channel: Channel, to: &[&str], utility, message: String| DecisionOption {
        reply: json!({ "channel": channel.name(), "to": to, "message": message }).to_string(),
        utility,
    };
    let mut options = vec![option(Channel::Silence, &[], 0.0, String::new())];
    let from = turn as usize % others.len().max(1);
    if channels.public {
        options.push(option(Channel::Public, &[], 1.0, format!("In public: we want to {goal}")));
    }
    if let (true, Some(other)) = (channels.bilateral, others.get(from)) {
        options.push(option(Channel::Bilateral, &[other], 0.8, format!("Between us: help me to {goal}")));
    }
    if channels.coalition && others.len() >= 2 {
        let both = [others[from], others[(from + 1) % others.len()]];
        options.push(option(Channel::Coalition, &both, 0.6, format!("The three of us could {goal}")));
    }
    DecisionProblem::Choice(options)
}

/// Share of cooperative decisions so far, those of this turn included; 0 before there are any.
fn agreement(state: &State, decided: &[Decision]) -> f64 {
    let all = state.turns.iter().flat_map(|turn| &turn.decisions).chain(decided);
    let (cooperative, count) =
        all.fold((0u32, 0u32), |(c, n), d| (c + u32::from(d.stance == super::talk::COOPERATE), n + 1));
    if count == 0 { 0.0 } else { f64::from(cooperative) / f64::from(count) }
}

/// The world after a turn.
pub(super) fn world(
    play: &Play<'_>,
    state: &State,
    turn: u32,
    events: &[EventFired],
    decided: &[Decision],
) -> DecisionProblem {
    let mut lines = vec![format!("## Turn {turn} of {} ({})", play.turns, play.turn_duration), String::new()];
    lines.extend(events.iter().map(|event| format!("- Event: {}", event.text)));
    lines.extend(decided.iter().map(|d| format!("- {}", d.decision)));
    let cooperative = decided.iter().filter(|d| d.stance == super::talk::COOPERATE).count();
    lines.push(String::new());
    lines.push(format!("Cooperating: {cooperative} of {} actors.", decided.len()));
    lines.push(format!("Agreement: {:.0} %", 100.0 * agreement(state, decided)));
    lines.push("(Written by a simulated narrator.)".into());
    DecisionProblem::Script(lines.join("\n"))
}

/// A metric's value.
pub(super) fn reading(rule: &MetricRule, state: &State, decided: &[Decision]) -> DecisionProblem {
    let share = agreement(state, decided);
    let (right, wrong): (String, Vec<String>) = match &rule.scale {
        Scale::Flag => {
            let (right, wrong) = if share >= 0.5 { ("yes", "no") } else { ("no", "yes") };
            (right.into(), vec![wrong.into()])
        }
        Scale::Category(categories) => {
            let last = categories.len().saturating_sub(1);
            let at = (share * last as f64).round() as usize;
            let others = categories.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, c)| c.clone());
            (categories.get(at).cloned().unwrap_or_default(), others.collect())
        }
        Scale::Number { range, is_whole } => {
            let (lo, hi) = range.unwrap_or((0.0, 10.0));
            let step = (hi - lo) / 10.0;
            let text = |x: f64| {
                let x = x.clamp(lo, hi);
                if *is_whole { format!("{}", x.round()) } else { format!("{}", (x * 1e6).round() / 1e6) }
            };
            let right = lo + share * (hi - lo);
            let others = [-2.0, -1.0, 1.0, 2.0].map(|k| text(right + k * step));
            let right = text(right);
            let others = others.into_iter().filter(|other| *other != right).collect();
            (right, others)
        }
    };
    DecisionProblem::Question {
        right,
        wrong,
        item: Item { discrimination: 1.0, difficulty: -1.0, guessing: 0.0, disturbance: 0.0 },
    }
}
