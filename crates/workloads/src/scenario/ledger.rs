//! What a run asked of models and what that came to. Sums are taken in the order of the state's calls, never in the
//! order in which answers came, so that the same answers give the same bits.

use super::state::{CallLine, Turn};

/// Sums over calls; a sum with an unknown part is unknown.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Sums {
    pub(super) calls: u64,
    pub(super) malformed: u64,
    pub(super) prompt_tokens: Option<u64>,
    pub(super) completion_tokens: Option<u64>,
    pub(super) tokens_estimated: bool,
    pub(super) cost_usd: Option<f64>,
    /// A model whose price is unknown.
    pub(super) unpriced: Option<String>,
    pub(super) latency_s: f64,
    /// Whether a simulated model said any of it.
    pub(super) simulated: bool,
}

impl Sums {
    pub(super) fn of<'a>(calls: impl IntoIterator<Item = &'a CallLine>) -> Self {
        let start = Self { prompt_tokens: Some(0), completion_tokens: Some(0), cost_usd: Some(0.0), ..Self::default() };
        calls.into_iter().fold(start, |sums, call| Self {
            calls: sums.calls + 1,
            malformed: sums.malformed + u64::from(call.malformed),
            prompt_tokens: sums.prompt_tokens.zip(call.prompt_tokens).map(|(a, b)| a + b),
            completion_tokens: sums.completion_tokens.zip(call.completion_tokens).map(|(a, b)| a + b),
            tokens_estimated: sums.tokens_estimated || call.tokens_estimated,
            cost_usd: sums.cost_usd.zip(call.cost_usd).map(|(a, b)| a + b),
            unpriced: sums.unpriced.or_else(|| call.cost_usd.is_none().then(|| call.model.clone())),
            latency_s: sums.latency_s + call.latency_s,
            simulated: sums.simulated || call.simulated,
        })
    }

    pub(super) fn of_turns(turns: &[Turn]) -> Self {
        Self::of(turns.iter().flat_map(|turn| &turn.calls))
    }
}
