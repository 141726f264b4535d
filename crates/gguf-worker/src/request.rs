//! A request: the body of OpenAI's chat completions, as far as a file can answer it.

use serde::Deserialize;
use serde_json::Value;

#[derive(Debug, Deserialize)]
pub(crate) struct Asked {
    pub(crate) messages: Vec<Message>,
    #[serde(default)]
    pub(crate) stream: bool,
    pub(crate) max_tokens: u32,
    /// 0 or none: always the likeliest token.
    #[serde(default)]
    pub(crate) temperature: f32,
    #[serde(default)]
    pub(crate) seed: Option<u32>,
    #[serde(default)]
    pub(crate) stop: Vec<String>,
    #[serde(default)]
    response_format: Value,
    #[serde(default)]
    tools: Vec<Value>,
    #[serde(default)]
    logprobs: bool,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Message {
    pub(crate) role: String,
    pub(crate) content: String,
}

impl Asked {
    pub(crate) fn read(line: &str) -> Result<Self, String> {
        let asked: Self = serde_json::from_str(line).map_err(|e| format!("the request can't be read: {e}"))?;
        match &asked {
            Self { tools, .. } if !tools.is_empty() => Err("a GGUF file is asked without tools".into()),
            Self { logprobs: true, .. } => Err("a GGUF file gives no log probabilities".into()),
            Self { temperature, seed: None, .. } if *temperature > 0.0 => {
                Err("a temperature above 0 needs a seed: a run must not be drawn from the clock".into())
            }
            _ => Ok(asked),
        }
    }

    /// The JSON Schema that the reply has to fit, where one is asked for.
    pub(crate) fn schema(&self) -> Option<String> {
        match self.response_format["type"].as_str() {
            Some("json_schema") => Some(self.response_format["json_schema"]["schema"].to_string()),
            Some("json_object") => Some(r#"{"type": "object"}"#.into()),
            _ => None,
        }
    }
}
