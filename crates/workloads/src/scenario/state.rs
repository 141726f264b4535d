//! What has happened so far: the turns that were played. It is kept whole as `scenario-state.json`, from which a run can
//! branch at any turn.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Form of the file.
pub(super) const FORMAT: &str = "ergon.scenario-state.1";

/// A run as far as it got.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// `ergon.scenario-state.1`.
    pub format: String,
    /// The scenario's name.
    pub scenario: String,
    /// Turns that were to be played at most.
    pub planned_turns: u32,
    /// The world before the first turn.
    pub initial_world: String,
    /// The turns, in order, from 1.
    pub turns: Vec<Turn>,
    /// Turns that were taken over from another run.
    pub branched_after: Option<u32>,
    /// Why it ended before its last turn.
    pub halted_reason: Option<String>,
}

/// One turn.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Turn {
    /// Its number, from 1.
    pub turn: u32,
    /// What happened by itself.
    pub events: Vec<EventFired>,
    /// What was said, in order.
    pub messages: Vec<Message>,
    /// What was decided, in the scenario's order of actors.
    pub decisions: Vec<Decision>,
    /// The world afterwards.
    pub world: String,
    /// Metrics afterwards, by id.
    pub metrics: BTreeMap<String, Reading>,
    /// What the validation found.
    pub issues: Vec<Issue>,
    /// The calls it took, in order of what they were for.
    pub calls: Vec<CallLine>,
}

/// An event that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventFired {
    /// Its name.
    pub name: String,
    /// What happened.
    pub text: String,
}

/// Something said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Round within the turn, from 1.
    pub round: u32,
    /// Short name of who says it.
    pub from: String,
    /// `public`, `bilateral` or `coalition`.
    pub channel: String,
    /// Short names of those it is for; empty: everybody.
    pub to: Vec<String>,
    /// What is said.
    pub text: String,
}

/// What an actor does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// Short name.
    pub actor: String,
    /// `cooperate`, `hold` or `oppose`, in its own word.
    pub stance: String,
    /// What it does.
    pub decision: String,
    /// Why, where it says.
    pub reasoning: Option<String>,
}

/// A metric's value after a turn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reading {
    /// A number; 1 and 0 for yes and no.
    Value(f64),
    /// Why there is none.
    Missing(String),
}

impl Reading {
    /// The number.
    pub fn value(&self) -> Option<f64> {
        match self {
            Self::Value(x) => Some(*x),
            Self::Missing(_) => None,
        }
    }
}

/// A finding of the validation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issue {
    /// The check.
    pub check: String,
    /// `low`, `medium`, `high` or `critical`.
    pub severity: String,
    /// What is wrong.
    pub description: String,
}

/// A reply of a model, for the account.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CallLine {
    /// `message`, `decision`, `world`, `metric`, `validation` or `summary`.
    pub purpose: String,
    /// The actor or metric, where it is one's.
    pub who: Option<String>,
    /// The model, by its name in the spec.
    pub model: String,
    /// Tokens of the request.
    pub prompt_tokens: Option<u64>,
    /// Tokens of the reply.
    pub completion_tokens: Option<u64>,
    /// Whether Ergon counted the tokens.
    pub tokens_estimated: bool,
    /// USD; `None`: the price is unknown.
    pub cost_usd: Option<f64>,
    /// Service latency in seconds.
    pub latency_s: f64,
    /// Whether it could not be read.
    pub malformed: bool,
    /// Whether a simulated model said it.
    pub simulated: bool,
}

impl State {
    /// Before the first turn.
    pub(super) fn beginning(scenario: &str, world: &str, planned_turns: u32) -> Self {
        Self {
            format: FORMAT.into(),
            scenario: scenario.into(),
            planned_turns,
            initial_world: world.into(),
            turns: Vec::new(),
            branched_after: None,
            halted_reason: None,
        }
    }

    /// The state after one more turn.
    #[must_use]
    pub(super) fn after(mut self, turn: Turn) -> Self {
        self.turns.push(turn);
        self
    }

    /// The state as it was after a turn, from which another run goes on.
    ///
    /// # Errors
    /// It has not come to that turn.
    pub fn at_turn(&self, turn: u32) -> Result<Self, String> {
        let played = self.turns.len();
        if turn as usize > played {
            return Err(format!("start_turn is {turn}; the state has {played} turns, expected one of 0 to {played}"));
        }
        let turns = self.turns.iter().take(turn as usize).cloned().collect();
        Ok(Self { turns, branched_after: Some(turn), halted_reason: None, ..self.clone() })
    }

    /// Reads a state file.
    ///
    /// # Errors
    /// It is none.
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        let state: Self = serde_json::from_slice(bytes).map_err(|e| format!("is no state of a scenario: {e}"))?;
        let numbered = state.turns.iter().zip(1u32..).all(|(turn, n)| turn.turn == n);
        match state.format.as_str() {
            FORMAT if numbered => Ok(state),
            FORMAT => Err("its turns are not numbered 1, 2, 3 …".into()),
            other => Err(format!("has the format '{other}'; expected {FORMAT}")),
        }
    }

    /// The world as it is now.
    pub(super) fn world(&self) -> &str {
        self.turns.last().map_or(&self.initial_world, |turn| &turn.world)
    }

    /// How often an event has happened.
    pub(super) fn happened(&self, event: &str) -> usize {
        self.turns.iter().flat_map(|turn| &turn.events).filter(|fired| fired.name == event).count()
    }

    /// Metrics after the last turn.
    pub(super) fn metrics(&self) -> BTreeMap<String, f64> {
        let Some(last) = self.turns.last() else { return BTreeMap::new() };
        last.metrics.iter().filter_map(|(name, reading)| Some((name.clone(), reading.value()?))).collect()
    }

    /// The turns that this run played itself.
    pub(super) fn own_turns(&self) -> &[Turn] {
        self.turns.get(self.branched_after.unwrap_or(0) as usize..).unwrap_or_default()
    }
}
