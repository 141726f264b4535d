//! A reply while it arrives: whole, or as a stream that the network cuts where it likes.

use serde_json::Value;

use crate::answer::Answer;
use crate::dialect::{Dialect, ProviderFault};
use crate::frames::Frames;

/// A reply while it arrives.
pub(super) struct Reading {
    dialect: Dialect,
    frames: Option<Frames>,
    answer: Answer,
    wrong: Option<Unread>,
    first_s: Option<f64>,
}

/// Why there is no answer in what came.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Unread {
    /// The provider says that something went wrong.
    Fault(ProviderFault),
    /// What can't be read, and why.
    Malformed(String),
}

/// A reply that was read; `Ok(None)`: none came.
pub(super) type Read = Result<Option<Answer>, Unread>;

impl Reading {
    pub(super) fn new(dialect: Dialect, streamed: bool) -> Self {
        let frames = streamed.then(|| Frames::new(dialect.framing()));
        Self { dialect, frames, answer: Answer::default(), wrong: None, first_s: None }
    }

    /// Takes bytes of a stream; whether there is text by now.
    pub(super) fn push(&mut self, bytes: &[u8]) -> bool {
        let Some(mut frames) = self.frames.take() else { return false };
        frames.push(bytes, &mut |document| self.document(document));
        self.frames = Some(frames);
        !self.answer.text.is_empty() || !self.answer.tools.is_empty()
    }

    /// The same, and remembers when there first was some.
    pub(super) fn push_at(&mut self, bytes: &[u8], at_s: f64) {
        if self.push(bytes) {
            self.first_s.get_or_insert(at_s);
        }
    }

    /// Seconds from sending to the first text of a stream.
    pub(super) fn first_s(&self) -> Option<f64> {
        self.first_s
    }

    fn document(&mut self, document: &[u8]) {
        if document == b"[DONE]" {
            self.answer.ended = true;
            return;
        }
        let read = match serde_json::from_slice::<Value>(document) {
            Ok(value) => self.dialect.read(&value, &mut self.answer).map_err(Unread::Fault),
            Err(e) => Err(Unread::Malformed(format!("the reply is not JSON: {e}"))),
        };
        if let Err(wrong) = read {
            self.wrong.get_or_insert(wrong);
        }
    }

    pub(super) fn finish(mut self, whole: bool, received: &[u8]) -> Read {
        if !whole {
            return Ok(None);
        }
        match self.frames.take() {
            Some(mut frames) => frames.finish(&mut |document| self.document(document)),
            None => {
                self.document(received);
                // A whole document is whole, whether or not it says why it ended.
                self.answer.ended = true;
            }
        }
        self.wrong.map_or(Ok(Some(self.answer)), Err)
    }
}
