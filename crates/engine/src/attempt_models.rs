//! Models as one attempt asks them: on the runtime for waiting, so that a run that waits holds no core; ended at once
//! when the run is cancelled or its time is over.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use async_trait::async_trait;
use ergon_domain::{
    CallContext, Cancelled, ChatReply, ChatRequest, DecisionProblem, FailureClass, ModelError, Models, RunError,
};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::execute::Session;
use crate::handle::Shared;

pub(crate) struct AttemptModels {
    models: Arc<dyn Models>,
    io: tokio::runtime::Handle,
    shared: Arc<Shared>,
    attempt: u32,
    deadline: Option<Instant>,
}

impl AttemptModels {
    /// For an attempt that begins now.
    pub(crate) fn new(session: &Session, models: &Arc<dyn Models>, attempt: u32) -> Self {
        let limit = session.execution.limits.timeout_s.and_then(|s| Duration::try_from_secs_f64(s).ok());
        Self {
            models: models.clone(),
            io: session.io.clone(),
            shared: session.shared.clone(),
            attempt,
            deadline: limit.and_then(|limit| Instant::now().checked_add(limit)),
        }
    }

    /// The attempt's time is over. Where the model was left alone because it had failed, that is the cause, and not that
    /// anything took long.
    fn overdue(&self, request: &ChatRequest) -> ModelError {
        let late = Self::stopped(request, Cancelled::Timeout);
        match self.models.down(&request.model) {
            Some(why) => ModelError {
                class: FailureClass::ModelUnavailable,
                message: format!("{why}, and execution.timeout was over before it could be asked again"),
                ..late
            },
            None => late,
        }
    }

    fn stopped(request: &ChatRequest, why: Cancelled) -> ModelError {
        let RunError { class, message, .. } = why.into();
        ModelError { model: request.model.clone(), class, message, retry_after_s: None }
    }
}

/// A call under way, which ends with whoever waits for it.
struct UnderWay(JoinHandle<Result<ChatReply, ModelError>>);

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.abort();
    }
}

#[async_trait]
impl Models for AttemptModels {
    async fn chat(
        &self,
        request: &ChatRequest,
        aside: Option<&DecisionProblem>,
        call: &CallContext,
    ) -> Result<ChatReply, ModelError> {
        let call = CallContext { attempt: self.attempt, ..call.clone() };
        if !self.models.takes_time() {
            return self.models.chat(request, aside, &call).await;
        }
        let cancelled = self.shared.cancelled.notified();
        tokio::pin!(cancelled);
        cancelled.as_mut().enable();
        if self.shared.cancel_all.load(Ordering::SeqCst) {
            return Err(Self::stopped(request, Cancelled::Asked));
        }
        let (models, asked, aside) = (self.models.clone(), request.clone(), aside.cloned());
        let mut under_way = UnderWay(self.io.spawn(async move { models.chat(&asked, aside.as_ref(), &call).await }));
        // Where nothing bounds the attempt, nothing rings.
        let deadline = self.deadline.unwrap_or_else(|| Instant::now() + Duration::from_secs(365 * 86_400));
        tokio::select! {
            ended = &mut under_way.0 => ended.unwrap_or_else(|e| Err(ModelError {
                model: request.model.clone(),
                class: FailureClass::Internal,
                message: format!("the call's task ended: {e}"),
                retry_after_s: None,
            })),
            () = &mut cancelled => Err(Self::stopped(request, Cancelled::Asked)),
            () = tokio::time::sleep_until(deadline) => Err(self.overdue(request)),
        }
    }

    fn takes_time(&self) -> bool {
        self.models.takes_time()
    }
}
