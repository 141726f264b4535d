//! Ollama's chat: a JSON document a line. <https://github.com/ollama/ollama/blob/main/docs/api.md>

use ergon_domain::{ChatRequest, FinishReason, Role};
use serde_json::{Value, json};

use super::{JsonMode, Manner, instructions};
use crate::answer::{Answer, count};

pub(super) fn body(request: &ChatRequest, manner: &Manner<'_>) -> Value {
    let mut messages = Vec::new();
    let system = instructions(request, manner.json);
    if !system.is_empty() {
        messages.push(json!({"role": "system", "content": system}));
    }
    messages.extend(request.messages.iter().filter(|m| m.role != Role::System).map(|message| {
        json!({"role": if message.role == Role::User { "user" } else { "assistant" }, "content": message.content})
    }));
    let mut options = json!({"num_predict": manner.max_tokens});
    if let Some(temperature) = manner.temperature {
        options["temperature"] = json!(temperature);
    }
    if let Some(seed) = manner.seed {
        // The field is a signed 32-bit number.
        options["seed"] = json!(seed & 0x7fff_ffff);
    }
    if !request.stop.is_empty() {
        options["stop"] = json!(request.stop);
    }
    let mut body = json!({"model": manner.model, "messages": messages, "stream": manner.streamed, "options": options});
    if let Some(schema) = &request.reply_schema {
        match manner.json {
            JsonMode::Schema => body["format"] = schema.clone(),
            JsonMode::Object => body["format"] = json!("json"),
            JsonMode::Prompt => {}
        }
    }
    if let Some(alternatives) = manner.logprobs {
        body["logprobs"] = json!(true);
        body["top_logprobs"] = json!(alternatives);
    }
    if !request.tools.is_empty() {
        body["tools"] = super::openai::tools(request);
    }
    body
}

pub(super) fn read(document: &Value, answer: &mut Answer) {
    answer.note_model(&document["model"]);
    let message = &document["message"];
    answer.say(message.get("content"));
    for call in message["tool_calls"].as_array().into_iter().flatten() {
        let number = answer.tools.len();
        if let Some(tool) = answer.tool(number) {
            tool.name = call["function"]["name"].as_str().unwrap_or_default().to_owned();
            tool.arguments = call["function"]["arguments"].to_string();
        }
    }
    if let Some(logprobs) = document.get("logprobs") {
        answer.logprobs = Some(logprobs.clone());
    }
    if document["done"] == true {
        answer.ended = true;
        answer.finish = Some(match document["done_reason"].as_str() {
            Some("stop") | None => FinishReason::Stop,
            Some("length") => FinishReason::Length,
            Some(_) => FinishReason::Other,
        });
        // Counts and durations stand beside the rest.
        let counted = |(name, _): &(&String, &Value)| name.ends_with("_count") || name.ends_with("_duration");
        let usage = document.as_object().into_iter().flatten().filter(counted);
        let usage: Value = usage.map(|(name, value)| (name.clone(), value.clone())).collect();
        answer.note_usage(&usage);
        answer.tokens.prompt = count(answer.usage.as_ref(), "/prompt_eval_count");
        answer.tokens.completion = count(answer.usage.as_ref(), "/eval_count");
    }
}
