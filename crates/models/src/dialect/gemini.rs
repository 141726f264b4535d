//! Google's `generateContent`. <https://ai.google.dev/api/generate-content>

use ergon_domain::{ChatRequest, FinishReason, Role};
use serde_json::{Value, json};

use super::{JsonMode, Manner, instructions};
use crate::answer::{Answer, count};

pub(super) fn body(request: &ChatRequest, manner: &Manner<'_>) -> Value {
    let turns = request.messages.iter().filter(|m| m.role != Role::System);
    let content = |role: Role, text: &str| json!({"role": if role == Role::User { "user" } else { "model" }, "parts": [{"text": text}]});
    let mut generation = json!({"maxOutputTokens": manner.max_tokens});
    if let Some(temperature) = manner.temperature {
        generation["temperature"] = json!(temperature);
    }
    if let Some(seed) = manner.seed {
        // The field is a signed 32-bit number.
        generation["seed"] = json!(seed & 0x7fff_ffff);
    }
    if !request.stop.is_empty() {
        generation["stopSequences"] = json!(request.stop);
    }
    if let Some(alternatives) = manner.logprobs {
        generation["responseLogprobs"] = json!(true);
        generation["logprobs"] = json!(alternatives);
    }
    if let Some(schema) = &request.reply_schema
        && manner.json != JsonMode::Prompt
    {
        generation["responseMimeType"] = json!("application/json");
        if manner.json == JsonMode::Schema {
            generation["responseJsonSchema"] = schema.clone();
        }
    }
    let mut body = json!({
        "contents": turns.map(|m| content(m.role, &m.content)).collect::<Vec<_>>(),
        "generationConfig": generation,
    });
    let system = instructions(request, manner.json);
    if !system.is_empty() {
        body["systemInstruction"] = json!({"parts": [{"text": system}]});
    }
    if !request.tools.is_empty() {
        let tool = |t: &ergon_domain::Tool| json!({"name": t.name, "description": t.description, "parametersJsonSchema": t.parameters});
        let declared: Vec<Value> = request.tools.iter().map(tool).collect();
        body["tools"] = json!([{"functionDeclarations": declared}]);
    }
    body
}

pub(super) fn read(document: &Value, answer: &mut Answer) {
    answer.note_model(&document["modelVersion"]);
    answer.note_usage(&document["usageMetadata"]);
    let usage = answer.usage.as_ref();
    answer.tokens.prompt = count(usage, "/promptTokenCount");
    answer.tokens.cached = count(usage, "/cachedContentTokenCount");
    let said = count(usage, "/candidatesTokenCount");
    // Thinking is paid as output and counted apart.
    answer.tokens.completion = match (said, count(usage, "/thoughtsTokenCount")) {
        (None, None) => None,
        (said, thought) => Some(said.unwrap_or(0) + thought.unwrap_or(0)),
    };
    let candidate = &document["candidates"][0];
    for part in candidate["content"]["parts"].as_array().into_iter().flatten() {
        if part["thought"] != true {
            answer.say(part.get("text"));
        }
        if let Some(call) = part.get("functionCall") {
            let number = answer.tools.len();
            if let Some(tool) = answer.tool(number) {
                tool.id = call["id"].as_str().map(str::to_owned);
                tool.name = call["name"].as_str().unwrap_or_default().to_owned();
                tool.arguments = call["args"].to_string();
            }
        }
    }
    if let Some(logprobs) = candidate.get("logprobsResult") {
        answer.logprobs = Some(logprobs.clone());
    }
    if let Some(reason) = candidate["finishReason"].as_str() {
        answer.ended = true;
        answer.finish = Some(match reason {
            "STOP" => FinishReason::Stop,
            "MAX_TOKENS" => FinishReason::Length,
            "SAFETY" | "RECITATION" | "BLOCKLIST" | "PROHIBITED_CONTENT" | "SPII" => FinishReason::Filtered,
            _ => FinishReason::Other,
        });
    }
    if document["promptFeedback"]["blockReason"].is_string() {
        answer.ended = true;
        answer.finish = Some(FinishReason::Filtered);
    }
}
