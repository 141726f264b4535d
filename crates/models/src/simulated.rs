//! A model that is none: it chooses by published response models with a declared skill, so that Ergon runs offline and
//! its pipeline can be checked against planted effects. Every reply says `simulated`.
//!
//! | setting | meaning | default |
//! |---|---|---|
//! | `skill` | 0: answers at random, 1: never errs | 0.7 |
//! | `rationality` | λ of the quantal response, instead of the one that follows from `skill` | λ = 10·s/(1 − s) |
//! | `ability` | θ of the item-response model, instead of the one that follows from `skill` | θ = ln(s/(1 − s)) |
//! | `language_dependency` | logits that a question loses when all of its surface is transformed, in proportion below | 0 |
//! | `format_error_rate` | share of replies that can't be read | 0 |
//! | `latency_s` | mean service latency | 1 |
//! | `latency_cv` | its coefficient of variation (log-normal) | 0.25 |
//! | `usd_per_mtok_in`, `usd_per_mtok_out` | price | 0 |
//!
//! Latency does not depend on the reply's length. Maps from skill are Ergon's choice: monotone, 0.5 is λ = 10 on utilities from 0 to 1 and an average examinee.

mod choose;

use std::collections::BTreeMap;

use ergon_domain::{
    CallContext, ChatReply, ChatRequest, DecisionProblem, FailureClass, FinishReason, ModelError, Usage, draw,
};
use rand_chacha::ChaCha8Rng;
use serde_json::Value;

pub use choose::{Examinee, quantal_response, right_probability};

use crate::setting::{SettingProblem, Settings};
use choose::{Chosen, ability_of, choose, rationality_of};

const SKILL: f64 = 0.7;
const LATENCY_S: f64 = 1.0;
const LATENCY_CV: f64 = 0.25;
/// Bytes of English text in a token, roughly: counts made with it are marked estimated.
const BYTES_PER_TOKEN: u64 = 4;

/// A simulated model.
#[derive(Clone, Debug, PartialEq)]
pub struct Simulated {
    name: String,
    model_id: String,
    rationality: f64,
    ability: f64,
    language_dependency: f64,
    format_error_rate: f64,
    latency_s: f64,
    latency_cv: f64,
    usd_per_token: (f64, f64),
}

impl Simulated {
    /// Reads its settings.
    ///
    /// # Errors
    /// A setting it doesn't take, or a value out of range.
    pub fn open(name: &str, model: Option<&str>, written: &BTreeMap<String, Value>) -> Result<Self, SettingProblem> {
        let mut settings = Settings::new(name, written);
        let skill = settings.number("skill", 0.0, 1.0)?.unwrap_or(SKILL);
        let simulated = Self {
            name: name.into(),
            model_id: model.map_or_else(|| format!("simulated/{name}"), |model| format!("simulated/{model}")),
            rationality: settings.number("rationality", 0.0, 1e6)?.unwrap_or_else(|| rationality_of(skill)),
            ability: settings.number("ability", -20.0, 20.0)?.unwrap_or_else(|| ability_of(skill)),
            language_dependency: settings.number("language_dependency", 0.0, 100.0)?.unwrap_or(0.0),
            format_error_rate: settings.number("format_error_rate", 0.0, 1.0)?.unwrap_or(0.0),
            latency_s: settings.number("latency_s", 0.0, 86_400.0)?.unwrap_or(LATENCY_S),
            latency_cv: settings.number("latency_cv", 0.0, 10.0)?.unwrap_or(LATENCY_CV),
            usd_per_token: (
                settings.number("usd_per_mtok_in", 0.0, 1e9)?.unwrap_or(0.0) / 1e6,
                settings.number("usd_per_mtok_out", 0.0, 1e9)?.unwrap_or(0.0) / 1e6,
            ),
        };
        settings.finish()?;
        Ok(simulated)
    }

    fn examinee(&self) -> Examinee {
        Examinee { ability: self.ability, language_dependency: self.language_dependency }
    }

    /// Log-normal with the declared mean and coefficient of variation: σ² = ln(1 + cv²), μ = ln m − σ²/2. One word.
    fn latency(&self, rng: &mut ChaCha8Rng) -> f64 {
        let variance = libm::log1p(self.latency_cv * self.latency_cv);
        let draw = draw::lognormal(rng, -variance / 2.0, variance.sqrt());
        self.latency_s * draw
    }
}

impl Simulated {
    /// Answers as the aside says: it sees nothing else of the question but its length.
    ///
    /// # Errors
    /// The workload does not say what a good answer is.
    pub fn chat(
        &self,
        request: &ChatRequest,
        aside: Option<&DecisionProblem>,
        call: &CallContext,
    ) -> Result<ChatReply, ModelError> {
        let Some(problem) = aside else {
            return Err(ModelError {
                model: self.name.clone(),
                class: FailureClass::InvalidInput,
                message:
                    "a simulated model can't answer this question: the workload does not say what a good answer is"
                        .into(),
                retry_after_s: None,
            });
        };
        let mut rng = call.streams.rng(&call.stream(request));
        let latency_s = self.latency(&mut rng);
        let malformed = draw::bernoulli(&mut rng, self.format_error_rate);
        let Chosen { text, confidence } = choose(problem, self.rationality, &self.examinee(), &mut rng);
        let text = if malformed { garbled(&text) } else { text };
        let prompt_bytes: usize = request.messages.iter().map(|m| m.content.len()).sum();
        let tokens = |bytes: usize| (bytes as u64).div_ceil(BYTES_PER_TOKEN);
        let (prompt, completion) = (tokens(prompt_bytes), tokens(text.len()));
        let (usd_in, usd_out) = self.usd_per_token;
        Ok(ChatReply {
            text,
            model_id: self.model_id.clone(),
            finish: FinishReason::Stop,
            usage: Usage { prompt_tokens: Some(prompt), completion_tokens: Some(completion), estimated: true },
            latency_s,
            cost_usd: Some(prompt as f64 * usd_in + completion as f64 * usd_out),
            confidence,
            simulated: true,
            tool_calls: Vec::new(),
        })
    }
}

/// What models do when they break a format: talk, and stop in the middle.
fn garbled(text: &str) -> String {
    let half = text.char_indices().nth(text.chars().count() / 2).map_or(0, |(at, _)| at);
    format!("Sure! Here is my answer: {}", text[..half].replace(['{', '}', '"'], ""))
}

#[cfg(test)]
mod tests;
