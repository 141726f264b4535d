//! What answers a chat request.

use async_trait::async_trait;
use ergon_domain::{CallContext, ChatReply, ChatRequest, DecisionProblem, ModelError};

/// A model behind a provider, with its settings.
#[async_trait]
pub trait Provider: Send + Sync {
    /// Answers. `aside` is for simulated models alone: a real provider ignores it.
    ///
    /// # Errors
    /// There is no answer, and why.
    async fn chat(
        &self,
        request: &ChatRequest,
        aside: Option<&DecisionProblem>,
        call: &CallContext,
    ) -> Result<ChatReply, ModelError>;
}
