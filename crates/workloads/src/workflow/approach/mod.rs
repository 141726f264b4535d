//! Ways of working: each comes to an answer by calls of the model and of tools.

mod agentic;
mod linear;
mod react;
mod reflect;

use ergon_domain::RunError;

use super::account::Phase;
use super::desk::Desk;

/// A way of working.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Approach {
    /// One call.
    Linear,
    /// A plan, its steps, a synthesis.
    Agentic,
    /// Thought and action by turns.
    React,
    /// A draft, a review, a revision where the review asks for one.
    Reflect,
}

impl Approach {
    /// All, as named in specs.
    pub(super) const NAMES: [(&'static str, Self); 4] =
        [("linear", Self::Linear), ("agentic", Self::Agentic), ("react", Self::React), ("reflect", Self::Reflect)];

    pub(super) fn named(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|(_, approach)| *approach)
    }

    /// The parts of its work.
    pub(super) fn phases(self) -> &'static [Phase] {
        match self {
            Self::Linear => &[Phase::Answering],
            Self::Agentic | Self::React => &[Phase::Planning, Phase::Execution, Phase::Synthesis],
            Self::Reflect => &[Phase::Answering, Phase::Reflection, Phase::Synthesis],
        }
    }

    /// Works on the desk's item to an answer; `None`: the model gave none that can be read.
    ///
    /// # Errors
    /// The model, a tool or the run's time failed.
    pub(super) async fn work(self, desk: &mut Desk<'_>) -> Result<Option<String>, RunError> {
        match self {
            Self::Linear => linear::answer(desk, 0.0).await,
            Self::Agentic => agentic::work(desk).await,
            Self::React => react::work(desk).await,
            Self::Reflect => reflect::work(desk).await,
        }
    }
}
