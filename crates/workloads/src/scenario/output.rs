//! The files a run leaves: those of the original's run folder, made of the state.

use std::collections::BTreeMap;
use std::fmt::Write;

use ergon_domain::{Artefact, Digest, FailureClass, RunError};
use serde_json::{Value, json};

use super::asking::Purpose;
use super::folder::Scenario;
use super::ledger::Sums;
use super::state::{CallLine, State, Turn};

/// Name of the file from which a run can branch.
pub(super) const STATE_FILE: &str = "scenario-state.json";

/// All files.
pub(super) fn artefacts(scenario: &Scenario, state: &State) -> Result<Vec<Artefact>, RunError> {
    let mut files = vec![(STATE_FILE.to_owned(), pretty(state)?)];
    files.push(("metrics.json".into(), pretty(&metrics(scenario, state))?));
    files.push(("costs.json".into(), pretty(&costs(state))?));
    files.push(("world-state-000.md".into(), markdown("World state before the first turn", &state.initial_world)));
    for turn in &state.turns {
        let title = format!("World state after turn {}", turn.turn);
        files.push((format!("world-state-{:03}.md", turn.turn), markdown(&title, &turn.world)));
    }
    for actor in &scenario.actors {
        files.push((format!("actor-{}.md", actor.id), actor_story(&actor.id, &actor.name, state)));
    }
    files.push(("scenario.log".into(), log(state)));
    Ok(files.into_iter().map(artefact).collect())
}

fn artefact((name, text): (String, String)) -> Artefact {
    let content = text.into_bytes();
    Artefact { name, size_bytes: content.len() as u64, digest: Digest::of_bytes(&content), content: Some(content) }
}

fn pretty(value: &impl serde::Serialize) -> Result<String, RunError> {
    serde_json::to_string_pretty(value)
        .map_err(|e| RunError::new(FailureClass::Internal, format!("an output can't be written: {e}")))
}

fn markdown(title: &str, body: &str) -> String {
    format!("# {title}\n\n{body}\n")
}

fn metrics(scenario: &Scenario, state: &State) -> Value {
    let by_turn: BTreeMap<String, Value> =
        state.turns.iter().map(|turn| (turn.turn.to_string(), json!(turn.metrics))).collect();
    json!({
        "scenario": scenario.definition.name,
        "total_turns": state.turns.len(),
        "metrics_by_turn": by_turn,
        "final_metrics": state.turns.last().map(|turn| &turn.metrics),
    })
}

/// Costs by model, by purpose and by actor: each division adds up to the total.
fn costs(state: &State) -> Value {
    let calls: Vec<&CallLine> = state.own_turns().iter().flat_map(|turn| &turn.calls).collect();
    let sums = |calls: &[&CallLine]| {
        let sums = Sums::of(calls.iter().copied());
        json!({
            "calls": sums.calls,
            "prompt_tokens": sums.prompt_tokens,
            "completion_tokens": sums.completion_tokens,
            "tokens_estimated": sums.tokens_estimated,
            "cost_usd": sums.cost_usd,
            "simulated": sums.simulated,
        })
    };
    let by = |key: fn(&CallLine) -> &str| {
        let mut groups: BTreeMap<&str, Vec<&CallLine>> = BTreeMap::new();
        for call in &calls {
            groups.entry(key(call)).or_default().push(call);
        }
        groups.into_iter().map(|(key, calls)| (key.to_owned(), sums(&calls))).collect::<BTreeMap<_, _>>()
    };
    json!({
        "total": sums(&calls),
        "by_model": by(|call| &call.model),
        "by_purpose": by(|call| &call.purpose),
        "by_actor_or_metric": by(|call| call.who.as_deref().unwrap_or("narrator and checks")),
    })
}

fn actor_story(id: &str, name: &str, state: &State) -> String {
    let mut text = format!("# {name}\n");
    for turn in &state.turns {
        let _ = writeln!(text, "\n## Turn {}\n", turn.turn);
        let heard = |to: &[String]| to.is_empty() || to.iter().any(|t| t == id);
        for message in turn.messages.iter().filter(|m| m.from == id || heard(&m.to)) {
            let to = if message.to.is_empty() { "all".to_owned() } else { message.to.join(", ") };
            let _ = writeln!(text, "- {} to {to}: {}", message.from, message.text);
        }
        for decision in turn.decisions.iter().filter(|d| d.actor == id) {
            if let Some(reasoning) = &decision.reasoning {
                let _ = writeln!(text, "\nReasoning: {reasoning}");
            }
            let _ = writeln!(text, "\nDecision ({}): {}", decision.stance, decision.decision);
        }
    }
    text
}

/// The run, a line per thing that happened.
pub(super) fn log(state: &State) -> String {
    let mut text = String::new();
    if let Some(turn) = state.branched_after {
        let _ = writeln!(text, "turns 1 to {turn} are taken over from another run");
    }
    for turn in &state.turns {
        turn_log(&mut text, turn);
    }
    let _ = match &state.halted_reason {
        Some(why) => writeln!(text, "ended after turn {}: {why}", state.turns.len()),
        None => writeln!(text, "{} of {} turns played", state.turns.len(), state.planned_turns),
    };
    text
}

fn turn_log(text: &mut String, turn: &Turn) {
    let n = turn.turn;
    for event in &turn.events {
        let _ = writeln!(text, "turn {n}: event {}", event.name);
    }
    for message in &turn.messages {
        let _ = writeln!(text, "turn {n}: {} says something ({})", message.from, message.channel);
    }
    // A question is put twice at most, and others speak between two questions to the same actor.
    let lost = turn.calls.windows(2).filter(|two| {
        let is_lost = |call: &CallLine| call.malformed && call.purpose == Purpose::Message.name();
        two.iter().all(is_lost) && two[0].who == two[1].who
    });
    for speaker in lost.filter_map(|two| two[0].who.as_deref()) {
        let _ = writeln!(text, "turn {n}: a message of {speaker} can't be read after a repair; nobody hears it");
    }
    for decision in &turn.decisions {
        let _ = writeln!(text, "turn {n}: {} decides ({})", decision.actor, decision.stance);
    }
    for issue in &turn.issues {
        let _ = writeln!(text, "turn {n}: issue ({}) {}: {}", issue.severity, issue.check, issue.description);
    }
    let sums = Sums::of(&turn.calls);
    let cost = sums.cost_usd.map_or_else(|| "cost unknown".to_owned(), |usd| format!("{usd:.6} USD"));
    let _ = writeln!(text, "turn {n}: {} calls, {} malformed, {cost}", sums.calls, sums.malformed);
}
