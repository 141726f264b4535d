//! A reply while it is being read: from one document, or from the events of a stream.

use ergon_domain::{FinishReason, ToolCall};
use serde_json::Value;

/// What a provider has said so far. Every field may stay away: missing is never zero.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    pub(crate) text: String,
    pub(crate) tools: Vec<PartialTool>,
    pub(crate) finish: Option<FinishReason>,
    pub(crate) model_id: Option<String>,
    pub(crate) tokens: Tokens,
    /// Everything that was said about usage.
    pub(crate) usage: Option<Value>,
    pub(crate) logprobs: Option<Value>,
    /// The end was announced: a stream that stops before was cut.
    pub(crate) ended: bool,
}

/// Tokens as the provider counted them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tokens {
    /// Of the request, cached ones included.
    pub(crate) prompt: Option<u64>,
    /// Of these, read from the provider's cache.
    pub(crate) cached: Option<u64>,
    /// Of the reply, thinking included.
    pub(crate) completion: Option<u64>,
}

/// A tool call whose arguments arrive in pieces.
#[derive(Debug, Default)]
pub(crate) struct PartialTool {
    pub(crate) id: Option<String>,
    pub(crate) name: String,
    pub(crate) arguments: String,
}

impl Answer {
    /// The tool call with this number, made where it is new. A number out of any proportion is the last one's.
    pub(crate) fn tool(&mut self, number: usize) -> Option<&mut PartialTool> {
        while self.tools.len() <= number.min(MOST_TOOLS) {
            self.tools.push(PartialTool::default());
        }
        self.tools.get_mut(number.min(MOST_TOOLS))
    }

    /// The calls, their arguments read.
    pub(crate) fn take_tools(&mut self) -> Vec<ToolCall> {
        let read = |partial: PartialTool| ToolCall {
            id: partial.id,
            name: partial.name,
            arguments: serde_json::from_str(&partial.arguments).unwrap_or(Value::String(partial.arguments)),
        };
        std::mem::take(&mut self.tools).into_iter().filter(|t| !t.name.is_empty()).map(read).collect()
    }

    /// Adds text where there is some.
    pub(crate) fn say(&mut self, text: Option<&Value>) {
        self.text.push_str(text.and_then(Value::as_str).unwrap_or_default());
    }

    /// Takes what was said about usage; what comes later wins field by field.
    pub(crate) fn note_usage(&mut self, said: &Value) {
        match (&mut self.usage, said) {
            (_, Value::Null) => {}
            (Some(Value::Object(known)), Value::Object(new)) => known.extend(new.clone()),
            (usage, _) => *usage = Some(said.clone()),
        }
    }

    /// Takes the model's own id.
    pub(crate) fn note_model(&mut self, said: &Value) {
        if let Some(id) = said.as_str() {
            self.model_id = Some(id.to_owned());
        }
    }
}

/// Tool calls in one reply beyond which numbers are a provider's mistake.
const MOST_TOOLS: usize = 255;

/// A whole number at a path of the usage that a provider gave.
pub(crate) fn count(usage: Option<&Value>, pointer: &str) -> Option<u64> {
    usage?.pointer(pointer)?.as_u64()
}
