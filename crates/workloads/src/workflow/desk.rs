//! Where a run asks its model and uses its tools: every call and token is counted here and nowhere else.

use std::fmt::Write;

use ergon_domain::structured::{read, repair};
use ergon_domain::{ChatMessage, ChatRequest, DecisionProblem, FailureClass, Role, RunContext, RunError, SpanGuard};
use serde_json::Value;

use super::account::{Account, Phase};
use super::item::{Step, TaskItem};
use super::settings::Settings;
use super::tools::Toolbox;

/// The span of a call of the model.
pub(super) const MODEL_CALL: &str = "model_call";
/// The span of a tool at work.
pub(super) const TOOL_CALL: &str = "tool_call";

/// A run at work.
pub(super) struct Desk<'a> {
    pub(super) context: &'a RunContext,
    pub(super) settings: &'a Settings<'a>,
    pub(super) toolbox: &'a Toolbox,
    pub(super) item: &'a TaskItem,
    pub(super) account: Account,
    /// What happened, for the attempt's log.
    pub(super) log: String,
}

/// What is asked of the model.
pub(super) struct Question<'q, T> {
    pub(super) phase: Phase,
    /// What the reply is called in an error and in the log.
    pub(super) wanted: &'q str,
    pub(super) messages: Vec<ChatMessage>,
    pub(super) schema: Value,
    pub(super) aside: DecisionProblem,
    /// From the document to what it means; the error is told to the model.
    pub(super) reader: &'q (dyn Fn(&Value) -> Result<T, String> + Sync),
}

pub(super) fn message(role: Role, content: impl Into<String>) -> ChatMessage {
    ChatMessage { role, content: content.into() }
}

impl<'a> Desk<'a> {
    /// Opens a part of the work.
    pub(super) fn phase(&mut self, phase: Phase) -> SpanGuard {
        self.account.parts.entry(phase).or_default();
        self.context.span(phase.name())
    }

    /// Notes something in the attempt's log.
    pub(super) fn note(&mut self, what: &str, text: &str) {
        let _ = writeln!(self.log, "{what}: {}", text.trim());
    }

    /// Asks for a document that the work can't go on without, and once more where the reply can't be read.
    ///
    /// # Errors
    /// There is no reply, or none that can be read.
    pub(super) async fn ask<T>(&mut self, question: Question<'_, T>) -> Result<T, RunError> {
        let wanted = question.wanted;
        self.try_ask(question).await?.map_err(|wrong| {
            let message = format!("the model's {wanted} can't be read, and its second try neither: {wrong}");
            RunError::new(FailureClass::MalformedReply, message).with_log(self.log.clone())
        })
    }

    /// Asks for an answer to the task. `None`: it can't be read, nor can its second try. That is a finding about the model:
    /// the run ends with it, and keeps what it used.
    ///
    /// # Errors
    /// There is no reply.
    pub(super) async fn ask_answer(&mut self, question: Question<'_, String>) -> Result<Option<String>, RunError> {
        let wanted = question.wanted;
        let answer = self.try_ask(question).await?;
        if let Err(wrong) = &answer {
            self.note(wanted, &format!("can't be read, and its second try neither: {wrong}"));
        }
        Ok(answer.ok())
    }

    async fn try_ask<T>(&mut self, question: Question<'_, T>) -> Result<Result<T, String>, RunError> {
        let Question { phase, wanted: _, messages, schema, aside, reader } = question;
        let mut request = self.request(messages);
        request.reply_schema = Some(schema);
        let mut wrong = String::new();
        for _ in 0..2 {
            let text = self.chat(phase, &request, &aside).await?;
            let document = read(&text, request.reply_schema.as_ref());
            match document.and_then(|document| reader(&document)) {
                Ok(meant) => return Ok(Ok(meant)),
                Err(why) => {
                    self.account.malformed += 1;
                    request.messages.extend(repair(text, &why));
                    wrong = why;
                }
            }
        }
        Ok(Err(wrong))
    }

    /// Asks for a text.
    ///
    /// # Errors
    /// There is no reply.
    pub(super) async fn ask_text(
        &mut self,
        phase: Phase,
        messages: Vec<ChatMessage>,
        aside: &DecisionProblem,
    ) -> Result<String, RunError> {
        let request = self.request(messages);
        self.chat(phase, &request, aside).await
    }

    /// Uses a tool; what it says to a bad input is a result too.
    ///
    /// # Errors
    /// A program failed, or errors of tools end the run.
    pub(super) async fn use_tool(&mut self, step: &Step) -> Result<Result<String, String>, RunError> {
        self.context.checkpoint()?;
        let _span = self.context.span(TOOL_CALL);
        self.account.tool_calls += 1;
        let called = self.toolbox.call(self.context, &step.tool, &step.input).await;
        let result = called.map_err(|e| if e.log.is_empty() { e.with_log(self.log.clone()) } else { e })?;
        match result {
            Ok(result) => {
                self.note(&step.tool, &result);
                Ok(Ok(result))
            }
            Err(error) => {
                self.account.tool_errors += 1;
                self.note(&step.tool, &format!("error: {error}"));
                if self.settings.tool_errors_fail {
                    let message = format!("the tool {} can't work with '{}': {error}", step.tool, step.input);
                    return Err(RunError::new(FailureClass::MalformedReply, message).with_log(self.log.clone()));
                }
                Ok(Err(error.to_string()))
            }
        }
    }

    fn request(&self, messages: Vec<ChatMessage>) -> ChatRequest {
        ChatRequest {
            messages,
            max_tokens: Some(self.settings.max_tokens),
            temperature: self.settings.temperature,
            ..ChatRequest::new(self.settings.model, "", "")
        }
    }

    async fn chat(&mut self, phase: Phase, request: &ChatRequest, aside: &DecisionProblem) -> Result<String, RunError> {
        self.context.checkpoint()?;
        let _span = self.context.span(MODEL_CALL);
        let asked = self.context.chat(request, Some(aside)).await;
        let reply = asked.map_err(|e| RunError::from(e).with_log(self.log.clone()))?;
        self.account.count(phase, &reply);
        Ok(reply.text)
    }
}
