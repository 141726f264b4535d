//! From a condition to a run: who plays, how long, what is on.

use std::collections::BTreeMap;

use ergon_domain::{Condition, FailureClass, RunError};

use super::asking::Sampling;
use super::folder::Scenario;
use super::manifest::{actor_parameter, metric_parameter};
use super::metrics::Extraction;
use super::state::State;

/// A run as it is to be played.
pub(super) struct Play<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) turns: u32,
    pub(super) turn_duration: String,
    pub(super) parallel: bool,
    /// Rounds of messages in a turn; 0: nobody speaks.
    pub(super) message_rounds: u32,
    pub(super) events: bool,
    pub(super) quality: bool,
    pub(super) context_turns: u32,
    pub(super) max_context_tokens: Option<u32>,
    pub(super) initial_world: String,
    pub(super) system_prompt: String,
    pub(super) sampling: Sampling,
    pub(super) world_model: String,
    pub(super) validation_model: String,
    pub(super) summarization_model: Option<String>,
    /// By the scenario's order of actors.
    pub(super) actor_models: Vec<String>,
    /// Of metrics that a model reads, by name.
    pub(super) metric_models: BTreeMap<String, String>,
}

fn invalid(message: impl Into<String>) -> RunError {
    RunError::new(FailureClass::InvalidInput, message)
}

struct Reader<'a>(&'a Condition);

impl Reader<'_> {
    fn missing(name: &str) -> RunError {
        invalid(format!("{name} is not set; give it in the spec's workload section"))
    }

    fn text(&self, name: &str) -> Result<String, RunError> {
        self.0.text(name).map(str::to_owned).ok_or_else(|| Self::missing(name))
    }

    fn flag(&self, name: &str) -> Result<bool, RunError> {
        self.0.get(name).and_then(ergon_domain::Value::as_bool).ok_or_else(|| Self::missing(name))
    }

    fn whole(&self, name: &str) -> Result<u32, RunError> {
        self.optional(name)?.ok_or_else(|| Self::missing(name))
    }

    fn optional(&self, name: &str) -> Result<Option<u32>, RunError> {
        let Some(value) = self.0.int(name) else { return Ok(None) };
        u32::try_from(value)
            .map(Some)
            .map_err(|_| invalid(format!("{name} is {value}; expected a number of at least 0")))
    }
}

impl<'a> Play<'a> {
    /// Reads a condition that the manifest has bound.
    pub(super) fn new(scenario: &'a Scenario, condition: &Condition) -> Result<Self, RunError> {
        let reader = Reader(condition);
        let definition = &scenario.definition;
        let quality = reader.flag("quality_assurance")?;
        let mut metric_models = BTreeMap::new();
        for rule in scenario.metrics.rules.iter().filter(|_| definition.features.metrics) {
            if let Extraction::Model { model, .. } = &rule.extraction {
                let own = metric_parameter(&rule.name);
                let parameter = if model.is_some() { own.as_str() } else { "metrics_model" };
                metric_models.insert(rule.name.clone(), reader.text(parameter)?);
            }
        }
        let spoken = reader.flag("communications")?;
        Ok(Self {
            scenario,
            turns: reader.whole("turns")?,
            turn_duration: reader.text("turn_duration")?,
            parallel: reader.text("order")? == "parallel",
            message_rounds: if spoken { reader.whole("messages_per_turn")? } else { 0 },
            events: reader.flag("exogenous_events")?,
            quality,
            context_turns: reader.whole("context_turns")?,
            max_context_tokens: reader.optional("max_context_tokens")?,
            initial_world: condition.text("initial_world_state").unwrap_or(&definition.world).to_owned(),
            system_prompt: condition
                .text("system_prompt")
                .or(definition.system_prompt.as_deref())
                .unwrap_or_default()
                .to_owned(),
            sampling: Sampling {
                temperature: condition.real("temperature"),
                max_tokens: reader.optional("max_reply_tokens")?,
            },
            world_model: reader.text("world_state_model")?,
            validation_model: if quality { reader.text("validation_model")? } else { String::new() },
            summarization_model: condition.text("summarization_model").map(str::to_owned),
            actor_models: scenario
                .actors
                .iter()
                .map(|actor| reader.text(&actor_parameter(&actor.id)))
                .collect::<Result<_, _>>()?,
            metric_models,
        })
    }

    /// Where it begins: at the beginning, or after a turn of another run.
    pub(super) fn beginning(&self, condition: &Condition, states: &BTreeMap<String, State>) -> Result<State, RunError> {
        let fresh = State::beginning(&self.scenario.definition.name, &self.initial_world, self.turns);
        let Some(digest) = condition.text("start") else { return Ok(fresh) };
        let state = states.get(digest).ok_or_else(|| invalid(format!("start: there is no input {digest}")))?;
        let turn = Reader(condition).optional("start_turn")?.unwrap_or(state.turns.len() as u32);
        let state = state.at_turn(turn).map_err(invalid)?;
        if state.scenario != fresh.scenario {
            let message = format!("start: the state is of '{}'; expected one of '{}'", state.scenario, fresh.scenario);
            return Err(invalid(message));
        }
        let strangers = state.turns.iter().flat_map(|t| &t.decisions).find(|d| self.scenario.actor(&d.actor).is_none());
        if let Some(stranger) = strangers {
            return Err(invalid(format!(
                "start: '{}' takes part in the state and not in the scenario",
                stranger.actor
            )));
        }
        if turn >= self.turns {
            let message = format!("start_turn is {turn} and turns is {}; expected a turn before the last", self.turns);
            return Err(invalid(message));
        }
        Ok(State { planned_turns: self.turns, ..state })
    }
}
