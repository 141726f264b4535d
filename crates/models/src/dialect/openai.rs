//! OpenAI's chat completions, and everything that speaks like them.
//! <https://platform.openai.com/docs/api-reference/chat>

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
    let mut body = json!({"model": manner.model, "messages": messages, "stream": manner.streamed});
    body[manner.max_tokens_field] = json!(manner.max_tokens);
    if manner.streamed {
        body["stream_options"] = json!({"include_usage": true});
    }
    if let Some(temperature) = manner.temperature {
        body["temperature"] = json!(temperature);
    }
    if let Some(seed) = manner.seed {
        body["seed"] = json!(seed);
    }
    if let Some(alternatives) = manner.logprobs {
        body["logprobs"] = json!(true);
        body["top_logprobs"] = json!(alternatives);
    }
    if !request.stop.is_empty() {
        body["stop"] = json!(request.stop);
    }
    if let Some(schema) = &request.reply_schema {
        match manner.json {
            JsonMode::Schema => {
                let mut form = json!({"name": "reply", "schema": schema});
                if can_be_strict(schema) {
                    form["strict"] = json!(true);
                }
                body["response_format"] = json!({"type": "json_schema", "json_schema": form});
            }
            JsonMode::Object => body["response_format"] = json!({"type": "json_object"}),
            JsonMode::Prompt => {}
        }
    }
    if !request.tools.is_empty() {
        body["tools"] = super::openai::tools(request);
    }
    body
}

/// Whether OpenAI takes this schema as one that the reply must fit: it refuses others, in which a property may be left
/// out or added, and follows those without being held to them.
/// <https://platform.openai.com/docs/guides/structured-outputs#supported-schemas>
fn can_be_strict(schema: &Value) -> bool {
    fn closed(schema: &Value) -> bool {
        let open = || {
            let (properties, required) = (schema["properties"].as_object(), schema["required"].as_array());
            let is_required = |name: &String| required.is_some_and(|all| all.iter().any(|r| r == name.as_str()));
            schema["additionalProperties"] != false || !properties.is_some_and(|p| p.keys().all(is_required))
        };
        let is_object = schema["type"] == "object" || schema.get("properties").is_some();
        let properties = schema["properties"].as_object().into_iter().flat_map(|p| p.values());
        let parts = properties.chain(schema["anyOf"].as_array().into_iter().flatten()).chain(schema.get("items"));
        // One that says nothing of what it is, is open.
        let says = ["type", "enum", "const", "anyOf"].iter().any(|key| schema.get(key).is_some());
        says && !(is_object && open()) && parts.into_iter().all(closed)
    }
    schema["type"] == "object" && closed(schema)
}

/// Tools in the form that Ollama shares.
pub(super) fn tools(request: &ChatRequest) -> Value {
    let tool = |t: &ergon_domain::Tool| json!({"type": "function", "function": {"name": t.name, "description": t.description, "parameters": t.parameters}});
    request.tools.iter().map(tool).collect()
}

pub(super) fn read(document: &Value, answer: &mut Answer) {
    answer.note_model(&document["model"]);
    answer.note_usage(&document["usage"]);
    let usage = answer.usage.as_ref();
    answer.tokens.prompt = count(usage, "/prompt_tokens");
    answer.tokens.completion = count(usage, "/completion_tokens");
    answer.tokens.cached = count(usage, "/prompt_tokens_details/cached_tokens");
    let choice = &document["choices"][0];
    // A whole reply has a message, a chunk of a stream a delta.
    let said = choice.get("message").or_else(|| choice.get("delta")).unwrap_or(&Value::Null);
    match &said["content"] {
        Value::Array(parts) => parts.iter().for_each(|part| answer.say(part.get("text"))),
        content => answer.say(Some(content)),
    }
    if said["refusal"].as_str().is_some_and(|r| !r.is_empty()) {
        answer.say(said.get("refusal"));
        answer.finish = Some(FinishReason::Filtered);
    }
    for (at, call) in said["tool_calls"].as_array().into_iter().flatten().enumerate() {
        let number = call["index"].as_u64().map_or(at, |n| n as usize);
        let Some(tool) = answer.tool(number) else { continue };
        if let Some(id) = call["id"].as_str() {
            tool.id = Some(id.to_owned());
        }
        tool.name.push_str(call["function"]["name"].as_str().unwrap_or_default());
        match &call["function"]["arguments"] {
            Value::String(piece) => tool.arguments.push_str(piece),
            Value::Null => {}
            whole => tool.arguments = whole.to_string(),
        }
    }
    match (&choice["logprobs"], &mut answer.logprobs) {
        (Value::Null, _) => {}
        (more, Some(known)) => {
            if let (Some(known), Some(more)) = (known["content"].as_array_mut(), more["content"].as_array()) {
                known.extend(more.iter().cloned());
            }
        }
        (first, none) => *none = Some(first.clone()),
    }
    if let Some(reason) = choice["finish_reason"].as_str() {
        answer.ended = true;
        answer.finish.get_or_insert(match reason {
            "stop" | "tool_calls" | "function_call" => FinishReason::Stop,
            "length" => FinishReason::Length,
            "content_filter" => FinishReason::Filtered,
            _ => FinishReason::Other,
        });
    }
}
