//! Checking a turn for inconsistencies, and what ends a run before its last turn.

use ergon_domain::{DecisionProblem, RunError};
use serde_json::{Value, json};

use super::asking::{Purpose, Question, ask, document};
use super::expression::Expression;
use super::prompt::{actor_system, part};
use super::settings::Play;
use super::state::{CallLine, Issue, State, Turn};
use super::turn::{Player, known_values};
use super::validation::Severity;

impl Player<'_> {
    /// Asks the validation's model what is wrong with a turn.
    pub(super) async fn check(&self, state: &State, turn: &Turn) -> Result<(Vec<Issue>, Vec<CallLine>), RunError> {
        let checks = &self.play.scenario.validation.checks;
        if checks.is_empty() {
            return Ok((Vec::new(), Vec::new()));
        }
        let names: Vec<&str> = checks.iter().map(|check| check.name.as_str()).collect();
        let schema = json!({
            "type": "object",
            "required": ["issues"],
            "properties": { "issues": { "type": "array", "items": {
                "type": "object",
                "required": ["check", "description"],
                "properties": { "check": { "enum": names }, "description": { "type": "string" } },
            } } },
        });
        let mut user = String::new();
        part(&mut user, "The world before", state.world());
        let events: Vec<String> = turn.events.iter().map(|e| format!("- {}", e.text)).collect();
        part(&mut user, "What happened", &events.join("\n"));
        for decision in &turn.decisions {
            let told =
                self.play.scenario.actor(&decision.actor).map(|a| actor_system(self.play, a)).unwrap_or_default();
            part(&mut user, &format!("What {} is told", decision.actor), &told);
            part(&mut user, &format!("What {} decided", decision.actor), &decision.decision);
        }
        part(&mut user, "The world after", &turn.world);
        let told: Vec<String> = checks.iter().map(|c| format!("- {}: {}", c.name, c.description)).collect();
        part(&mut user, "What to check", &told.join("\n"));
        user.push_str("\nAnswer with a JSON object {\"issues\": [{\"check\": …, \"description\": …}]}; nothing wrong: an empty list.");
        let question = Question {
            purpose: Purpose::Validation,
            turn: turn.turn,
            who: None,
            model: &self.play.validation_model,
            system: "You check a turn of a scenario for inconsistencies. You report only what is plainly wrong.".into(),
            user,
            schema: Some(schema.clone()),
            // A simulated model can't judge texts: its silence counts for nothing, as the outcome says.
            aside: DecisionProblem::Script(r#"{"issues": []}"#.into()),
        };
        let read = |text: &str| {
            let said = document(text, &schema)?;
            let word = |issue: &Value, key: &str| issue.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
            let issue = |issue: &Value| {
                let check = word(issue, "check");
                let severity = checks.iter().find(|c| c.name == check).map_or(Severity::Low, |c| c.severity);
                Issue { check, severity: severity.name().into(), description: word(issue, "description") }
            };
            Ok(said.get("issues").and_then(Value::as_array).into_iter().flatten().map(issue).collect::<Vec<_>>())
        };
        ask(self.context, self.play.sampling, question, read).await?.or_fail("the validation")
    }
}

/// Why no further turn is played, before the last one is reached.
pub(super) fn halted(play: &Play<'_>, state: &State) -> Option<String> {
    let values = known_values(state);
    if let Some(until) = &play.scenario.definition.length.until
        && Expression::holds(until, &|name| values.get(name).copied()) == Some(true)
    {
        return Some("the scenario's end condition holds".into());
    }
    let rules = &play.scenario.validation;
    let grave = Severity::High.name();
    let worst = Severity::Critical.name();
    let issues = state.turns.iter().flat_map(|turn| &turn.issues);
    let grave: Vec<&Issue> = issues.filter(|i| i.severity == grave || i.severity == worst).collect();
    match grave.last() {
        Some(last) if play.quality && rules.halts && grave.len() >= rules.halts_at as usize => {
            Some(format!("the validation stopped it: {}: {}", last.check, last.description))
        }
        _ => None,
    }
}
