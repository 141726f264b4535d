//! What a run used: calls, tokens, time and money, by the part of the work they went into.

use std::collections::BTreeMap;

use ergon_domain::ChatReply;

/// A part of the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    /// The one call of linear work, or the draft of reflection.
    Answering,
    /// Deciding what to do.
    Planning,
    /// Doing it: tools, and steps that the model does itself.
    Execution,
    /// Judging a draft.
    Reflection,
    /// Making the answer of what was found.
    Synthesis,
}

impl Phase {
    pub(super) const ALL: [Self; 5] =
        [Self::Answering, Self::Planning, Self::Execution, Self::Reflection, Self::Synthesis];

    /// Name of its span and of its metrics.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Answering => "answering",
            Self::Planning => "planning",
            Self::Execution => "execution",
            Self::Reflection => "reflection",
            Self::Synthesis => "synthesis",
        }
    }
}

/// Calls of one part.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Part {
    /// Service latency, seconds.
    pub(super) latency_s: f64,
    /// Tokens of prompts and replies; meaningless once a reply did not say.
    pub(super) tokens: u64,
}

/// The account of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Account {
    /// Parts that the way of working has, used or not.
    pub(super) parts: BTreeMap<Phase, Part>,
    pub(super) calls: u64,
    pub(super) prompt_tokens: u64,
    pub(super) completion_tokens: u64,
    /// A reply did not say how many tokens it took.
    pub(super) tokens_unknown: bool,
    /// Some tokens were counted by Ergon.
    pub(super) tokens_estimated: bool,
    /// Replies that could not be read.
    pub(super) malformed: u64,
    pub(super) tool_calls: u64,
    pub(super) tool_errors: u64,
    /// Steps of a plan or turns of a loop that were carried out.
    pub(super) steps: u64,
    pub(super) cost_usd: f64,
    /// A call's price is not known.
    pub(super) unpriced: bool,
    /// Some reply was simulated.
    pub(super) simulated: bool,
}

impl Account {
    /// Takes a reply in.
    pub(super) fn count(&mut self, phase: Phase, reply: &ChatReply) {
        let part = self.parts.entry(phase).or_default();
        part.latency_s += reply.latency_s;
        self.calls += 1;
        match (reply.usage.prompt_tokens, reply.usage.completion_tokens) {
            (Some(prompt), Some(completion)) => {
                part.tokens += prompt + completion;
                self.prompt_tokens += prompt;
                self.completion_tokens += completion;
            }
            _ => self.tokens_unknown = true,
        }
        self.tokens_estimated |= reply.usage.estimated;
        match reply.cost_usd {
            Some(usd) => self.cost_usd += usd,
            None => self.unpriced = true,
        }
        self.simulated |= reply.simulated;
    }

    /// All tokens, where every reply said.
    pub(super) fn tokens(&self) -> Option<u64> {
        (!self.tokens_unknown).then_some(self.prompt_tokens + self.completion_tokens)
    }

    /// A-LEMS's weights on calls, tool calls and tokens, planning and synthesis included: 0.4·min(calls/10, 1) +
    /// 0.3·min(tools/10, 1) + 0.3·min(tokens/1000, 1), as a score 1 + 9x.
    pub(super) fn complexity(&self) -> Option<f64> {
        let share = |count: u64, full: f64| (count as f64 / full).min(1.0);
        let tokens = self.tokens()?;
        let x = 0.4 * share(self.calls, 10.0) + 0.3 * share(self.tool_calls, 10.0) + 0.3 * share(tokens, 1_000.0);
        Some(1.0 + 9.0 * x)
    }
}
