//! What actors and narrator are told. An actor is told what it can know: the world, what was said to it or to all, its
//! own decisions, its own private information, and in a sequential turn what those before it decided.

use std::fmt::Write;

use super::actor::Actor;
use super::settings::Play;
use super::state::{Decision, EventFired, Message, State};

/// What everybody knows as a turn begins.
pub(super) struct Stage<'a> {
    pub(super) turn: u32,
    pub(super) state: &'a State,
    /// Earlier worlds as far as they are shown: titled texts, oldest first.
    pub(super) history: Vec<(String, String)>,
    pub(super) events: &'a [EventFired],
}

/// What an actor is.
pub(super) fn actor_system(play: &Play<'_>, actor: &Actor) -> String {
    let mut text = String::new();
    part(&mut text, "", &play.system_prompt);
    part(&mut text, &format!("You are {}", actor.name), actor.prompt.as_deref().unwrap_or_default());
    for (title, told) in &actor.traits {
        part(&mut text, title, told);
    }
    part(&mut text, "Your goals", &bullets(&actor.goals));
    part(&mut text, "What binds you", &bullets(&actor.constraints));
    part(&mut text, "What only you know", &bullets(&actor.private));
    if actor.sees_background {
        for (name, document) in &play.scenario.background {
            part(&mut text, &format!("Background: {name}"), document);
        }
    }
    let others: Vec<String> = play
        .scenario
        .actors
        .iter()
        .filter(|other| other.id != actor.id)
        .map(|other| format!("{}: {}", other.id, other.name))
        .collect();
    part(&mut text, "The others", &bullets(&others));
    text
}

/// What an actor is shown before it speaks or decides.
pub(super) fn actor_view(
    play: &Play<'_>,
    stage: &Stage<'_>,
    actor: &Actor,
    said: &[Message],
    decided: &[Decision],
) -> String {
    let mut text = world_view(play, stage);
    let own: Vec<String> = stage
        .state
        .turns
        .iter()
        .rev()
        .take(play.context_turns as usize)
        .rev()
        .flat_map(|turn| turn.decisions.iter().filter(|d| d.actor == actor.id).map(move |d| (turn.turn, d)))
        .map(|(turn, decision)| format!("turn {turn}: {}", decision.decision))
        .collect();
    part(&mut text, "Your earlier decisions", &bullets(&own));
    let last = stage.state.turns.last().map_or(&[][..], |turn| &turn.messages);
    part(&mut text, "What you heard last turn", &heard(last, &actor.id));
    part(&mut text, "What you heard this turn", &heard(said, &actor.id));
    let others: Vec<String> = decided.iter().map(|d| format!("{}: {}", d.actor, d.decision)).collect();
    part(&mut text, "What others have decided this turn", &bullets(&others));
    text
}

/// What the narrator is shown: everything that happened this turn, and what was said in public.
pub(super) fn narrator_view(play: &Play<'_>, stage: &Stage<'_>, said: &[Message], decided: &[Decision]) -> String {
    let mut text = world_view(play, stage);
    let public: Vec<String> =
        said.iter().filter(|m| m.to.is_empty()).map(|m| format!("{}: {}", m.from, m.text)).collect();
    part(&mut text, "What was said in public", &bullets(&public));
    let decisions: Vec<String> = decided.iter().map(|d| format!("{}: {}", d.actor, d.decision)).collect();
    part(&mut text, "What the actors decided", &bullets(&decisions));
    text
}

/// Who the narrator is.
pub(super) fn narrator_system(play: &Play<'_>) -> String {
    let mut text = String::new();
    part(&mut text, "", &play.system_prompt);
    let task = "You keep the world of this scenario. Told what happened in a turn, you write the state of the world \
                after it, whole, in Markdown: what is unchanged, what changed, and what follows from the decisions and \
                events. You decide nothing for the actors. Write the state of the world and nothing else.";
    part(&mut text, "Your task", task);
    for (name, document) in &play.scenario.background {
        part(&mut text, &format!("Background: {name}"), document);
    }
    text
}

fn world_view(play: &Play<'_>, stage: &Stage<'_>) -> String {
    let mut text = format!("Turn {} of {}; a turn is {}.\n", stage.turn, play.turns, play.turn_duration);
    for (title, world) in &stage.history {
        part(&mut text, title, world);
    }
    part(&mut text, "The world now", stage.state.world());
    let events: Vec<String> = stage.events.iter().map(|event| event.text.clone()).collect();
    part(&mut text, "What has just happened", &bullets(&events));
    text
}

/// The messages that an actor gets to hear, its own included.
fn heard(messages: &[Message], actor: &str) -> String {
    let is_for = |m: &&Message| m.to.is_empty() || m.from == actor || m.to.iter().any(|to| to == actor);
    let line = |m: &Message| match m.to.as_slice() {
        [] => format!("{} to all: {}", m.from, m.text),
        to => format!("{} to {}: {}", m.from, to.join(", "), m.text),
    };
    bullets(&messages.iter().filter(is_for).map(line).collect::<Vec<_>>())
}

fn bullets(lines: &[String]) -> String {
    lines.iter().map(|line| format!("- {line}")).collect::<Vec<_>>().join("\n")
}

/// Appends a titled part; an empty one is left out.
pub(super) fn part(text: &mut String, title: &str, body: &str) {
    if body.is_empty() && !title.starts_with("You are ") {
        return;
    }
    if !text.is_empty() {
        text.push('\n');
    }
    // A write to a String can't fail.
    let _ = match title {
        "" => writeln!(text, "{body}"),
        title => writeln!(text, "# {title}\n\n{body}"),
    };
}
