//! Anthropic's messages. <https://docs.anthropic.com/en/api/messages>

use ergon_domain::{ChatRequest, FinishReason, Role};
use serde_json::{Value, json};

use super::{JsonMode, Manner, instructions};
use crate::answer::{Answer, count};

pub(super) fn body(request: &ChatRequest, manner: &Manner<'_>) -> Value {
    let turns = request.messages.iter().filter(|m| m.role != Role::System);
    let message = |role: Role, text: &str| json!({"role": if role == Role::User { "user" } else { "assistant" }, "content": text});
    let mut body = json!({
        "model": manner.model,
        "max_tokens": manner.max_tokens,
        "messages": turns.map(|m| message(m.role, &m.content)).collect::<Vec<_>>(),
        "stream": manner.streamed,
    });
    // The dialect has no JSON mode that all its models share.
    let system = instructions(request, JsonMode::Prompt);
    if !system.is_empty() {
        body["system"] = json!(system);
    }
    if let Some(temperature) = manner.temperature {
        body["temperature"] = json!(temperature);
    }
    if !request.stop.is_empty() {
        body["stop_sequences"] = json!(request.stop);
    }
    if !request.tools.is_empty() {
        let tool = |t: &ergon_domain::Tool| json!({"name": t.name, "description": t.description, "input_schema": t.parameters});
        body["tools"] = request.tools.iter().map(tool).collect();
    }
    body
}

pub(super) fn read(document: &Value, answer: &mut Answer) {
    match document["type"].as_str() {
        Some("message") => {
            about(document, answer);
            for block in document["content"].as_array().into_iter().flatten() {
                begin(block, answer.tools.len(), answer);
            }
            finish(&document["stop_reason"], answer);
            answer.ended = true;
        }
        Some("message_start") => about(&document["message"], answer),
        Some("content_block_start") => begin(&document["content_block"], number(document), answer),
        Some("content_block_delta") => {
            answer.say(document["delta"].get("text"));
            if let Some(piece) = document["delta"]["partial_json"].as_str()
                && let Some(tool) = answer.tool(number(document))
            {
                tool.arguments.push_str(piece);
            }
        }
        Some("message_delta") => {
            finish(&document["delta"]["stop_reason"], answer);
            about(document, answer);
        }
        Some("message_stop") => answer.ended = true,
        _ => {}
    }
}

fn number(event: &Value) -> usize {
    event["index"].as_u64().unwrap_or_default() as usize
}

/// Who answers, and what it takes. What is read from the cache or written to it is not in `input_tokens`.
fn about(message: &Value, answer: &mut Answer) {
    answer.note_model(&message["model"]);
    answer.note_usage(&message["usage"]);
    let usage = answer.usage.as_ref();
    let cached = count(usage, "/cache_read_input_tokens");
    let kept = count(usage, "/cache_creation_input_tokens");
    answer.tokens.prompt = count(usage, "/input_tokens").map(|fresh| fresh + cached.unwrap_or(0) + kept.unwrap_or(0));
    answer.tokens.cached = cached;
    answer.tokens.completion = count(usage, "/output_tokens");
}

fn begin(block: &Value, number: usize, answer: &mut Answer) {
    answer.say(block.get("text"));
    if block["type"] == "tool_use"
        && let Some(tool) = answer.tool(number)
    {
        tool.id = block["id"].as_str().map(str::to_owned);
        tool.name = block["name"].as_str().unwrap_or_default().to_owned();
        // A stream begins with an empty object and sends the arguments in pieces.
        if block["input"].as_object().is_some_and(|input| !input.is_empty()) {
            tool.arguments = block["input"].to_string();
        }
    }
}

fn finish(reason: &Value, answer: &mut Answer) {
    if let Some(reason) = reason.as_str() {
        answer.finish = Some(match reason {
            "end_turn" | "stop_sequence" | "tool_use" => FinishReason::Stop,
            "max_tokens" => FinishReason::Length,
            "refusal" => FinishReason::Filtered,
            _ => FinishReason::Other,
        });
    }
}
