use ergon_domain::{ChatMessage, FinishReason, Tool, ToolCall};
use serde_json::json;

use super::*;
use crate::answer::Tokens;

const MANNER: Manner<'_> = Manner {
    model: "m-1",
    streamed: false,
    max_tokens: 64,
    temperature: Some(0.5),
    seed: Some(7),
    json: JsonMode::Schema,
    logprobs: Some(2),
    max_tokens_field: "max_tokens",
};

fn request() -> ChatRequest {
    let mut request = ChatRequest::new("llm", "Be brief.", "Hi");
    request.messages.push(ChatMessage { role: Role::Assistant, content: "Hello".into() });
    request.reply_schema = Some(json!({"type": "object"}));
    request.stop = vec!["END".into()];
    let parameters = json!({"type": "object"});
    request.tools = vec![Tool { name: "add".into(), description: "Adds.".into(), parameters }];
    request
}

#[test]
fn a_request_is_written_as_each_dialect_wants_it() {
    let function = json!({"name": "add", "description": "Adds.", "parameters": {"type": "object"}});
    let turns = json!([{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": "Hello"}]);
    assert_eq!(
        Dialect::OpenAi.body(&request(), &MANNER),
        json!({"model": "m-1", "messages": turns, "stream": false, "max_tokens": 64, "temperature": 0.5, "seed": 7,
            "logprobs": true, "top_logprobs": 2, "stop": ["END"],
            "response_format": {"type": "json_schema", "json_schema": {"name": "reply", "schema": {"type": "object"}}},
            "tools": [{"type": "function", "function": function}]})
    );
    assert_eq!(
        Dialect::Ollama.body(&request(), &MANNER),
        json!({"model": "m-1", "messages": turns, "stream": false, "format": {"type": "object"}, "logprobs": true,
            "top_logprobs": 2, "options": {"num_predict": 64, "temperature": 0.5, "seed": 7, "stop": ["END"]},
            "tools": [{"type": "function", "function": function}]})
    );
    let instructions = "Be brief.\n\nAnswer with one JSON document and nothing else. It must fit this JSON Schema: \
        {\"type\":\"object\"}";
    assert_eq!(
        Dialect::Anthropic.body(&request(), &MANNER),
        json!({"model": "m-1", "max_tokens": 64, "system": instructions, "stream": false, "temperature": 0.5,
            "stop_sequences": ["END"], "messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content":
            "Hello"}], "tools": [{"name": "add", "description": "Adds.", "input_schema": {"type": "object"}}]})
    );
    assert_eq!(
        Dialect::Gemini.body(&request(), &MANNER),
        json!({"systemInstruction": {"parts": [{"text": "Be brief."}]},
            "contents": [{"role": "user", "parts": [{"text": "Hi"}]}, {"role": "model", "parts": [{"text": "Hello"}]}],
            "generationConfig": {"maxOutputTokens": 64, "temperature": 0.5, "seed": 7, "stopSequences": ["END"],
                "responseLogprobs": true, "logprobs": 2, "responseMimeType": "application/json",
                "responseJsonSchema": {"type": "object"}},
            "tools": [{"functionDeclarations": [{"name": "add", "description": "Adds.",
                "parametersJsonSchema": {"type": "object"}}]}]})
    );
}

#[test]
fn openai_holds_a_model_to_a_schema_that_leaves_nothing_open() {
    let strict = |schema: Value| {
        let body = Dialect::OpenAi.body(&ChatRequest { reply_schema: Some(schema), ..request() }, &MANNER);
        body["response_format"]["json_schema"]["strict"] == true
    };
    let closed = json!({"type": "object", "required": ["a"], "additionalProperties": false,
        "properties": {"a": {"type": "array", "items": {"anyOf": [{"type": "string"}, {"enum": [1]}]}}}});
    assert!(strict(closed.clone()));
    for (at, open) in [
        ("/required", json!([])),
        ("/additionalProperties", json!(true)),
        ("/properties/a/items", json!({})),
        ("/properties/a/items", json!({"type": "object"})),
    ] {
        let mut schema = closed.clone();
        *schema.pointer_mut(at).unwrap() = open;
        assert!(!strict(schema), "{at}");
    }
}

fn read(dialect: Dialect, documents: &[Value]) -> Answer {
    let mut answer = Answer::default();
    documents.iter().for_each(|document| dialect.read(document, &mut answer).unwrap());
    answer
}

/// Everything that the four dialects say alike, whole or in pieces.
fn same(dialect: Dialect, documents: &[Value], cached: Option<u64>) -> Answer {
    let mut answer = read(dialect, documents);
    assert_eq!(answer.text, "Hi there", "{dialect:?}");
    assert_eq!(answer.model_id.as_deref(), Some("m-1-2026"), "{dialect:?}");
    assert_eq!(answer.tokens, Tokens { prompt: Some(12), cached, completion: Some(5) }, "{dialect:?}");
    assert!(answer.ended, "{dialect:?}");
    let call = answer.take_tools();
    let expected = ToolCall { id: call[0].id.clone(), name: "add".into(), arguments: json!({"a": 1}) };
    assert_eq!(call, [expected], "{dialect:?}");
    answer
}

#[test]
fn a_reply_means_the_same_in_every_dialect_whole_and_streamed() {
    let usage =
        json!({"prompt_tokens": 12, "completion_tokens": 5, "prompt_tokens_details": {"cached_tokens": 4}, "x": 9});
    let call = json!({"index": 0, "id": "c1", "function": {"name": "add", "arguments": "{\"a\": 1}"}});
    let whole = json!({"model": "m-1-2026", "usage": usage, "choices": [{"finish_reason": "tool_calls",
        "message": {"content": "Hi there", "tool_calls": [call]}, "logprobs": {"content": [{"token": "Hi"}]}}]});
    let answer = same(Dialect::OpenAi, &[whole], Some(4));
    assert_eq!(answer.usage.unwrap()["x"], 9, "fields that nobody knows are kept");
    assert_eq!(answer.logprobs, Some(json!({"content": [{"token": "Hi"}]})));
    let delta =
        |delta: Value, more: Value| json!({"model": "m-1-2026", "choices": [{"delta": delta, "logprobs": more}]});
    let streamed = [
        delta(json!({"role": "assistant", "content": "Hi"}), json!({"content": [{"token": "Hi"}]})),
        delta(json!({"content": " there"}), json!({"content": [{"token": " there"}]})),
        delta(
            json!({"tool_calls": [{"index": 0, "id": "c1", "function": {"name": "add", "arguments": ""}}]}),
            Value::Null,
        ),
        delta(json!({"tool_calls": [{"index": 0, "function": {"arguments": "{\"a\":"}}]}), Value::Null),
        delta(json!({"tool_calls": [{"index": 0, "function": {"arguments": " 1}"}}]}), Value::Null),
        json!({"choices": [{"delta": {}, "finish_reason": "stop"}]}),
        json!({"choices": [], "usage": usage}),
    ];
    let answer = same(Dialect::OpenAi, &streamed, Some(4));
    assert_eq!(answer.logprobs, Some(json!({"content": [{"token": "Hi"}, {"token": " there"}]})));

    let usage =
        json!({"input_tokens": 6, "cache_read_input_tokens": 4, "cache_creation_input_tokens": 2, "output_tokens": 5});
    let whole = json!({"type": "message", "model": "m-1-2026", "stop_reason": "tool_use", "usage": usage, "content": [
        {"type": "text", "text": "Hi there"}, {"type": "tool_use", "id": "t", "name": "add", "input": {"a": 1}}]});
    same(Dialect::Anthropic, &[whole], Some(4));
    let mut first = usage.clone();
    first["output_tokens"] = json!(1);
    let streamed = [
        json!({"type": "message_start", "message": {"model": "m-1-2026", "usage": first}}),
        json!({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}),
        json!({"type": "ping"}),
        json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Hi there"}}),
        json!({"type": "content_block_start", "index": 1, "content_block": {"type": "tool_use", "id": "t", "name": "add", "input": {}}}),
        json!({"type": "content_block_delta", "index": 1, "delta": {"type": "input_json_delta", "partial_json": "{\"a\""}}),
        json!({"type": "content_block_delta", "index": 1, "delta": {"type": "input_json_delta", "partial_json": ": 1}"}}),
        json!({"type": "message_delta", "delta": {"stop_reason": "tool_use"}, "usage": {"output_tokens": 5}}),
        json!({"type": "message_stop"}),
    ];
    same(Dialect::Anthropic, &streamed, Some(4));

    let usage = json!({"promptTokenCount": 12, "cachedContentTokenCount": 4, "candidatesTokenCount": 3, "thoughtsTokenCount": 2});
    let thought = json!({"text": "hm", "thought": true});
    let call = json!({"functionCall": {"name": "add", "args": {"a": 1}}});
    let whole = json!({"modelVersion": "m-1-2026", "usageMetadata": usage, "candidates": [{"finishReason": "STOP",
        "content": {"parts": [thought, {"text": "Hi there"}, call]}}]});
    same(Dialect::Gemini, &[whole], Some(4));
    let streamed = [
        json!({"modelVersion": "m-1-2026", "candidates": [{"content": {"parts": [{"text": "Hi "}]}}]}),
        json!({"candidates": [{"content": {"parts": [{"text": "there"}, call]}, "finishReason": "STOP"}], "usageMetadata": usage}),
    ];
    same(Dialect::Gemini, &streamed, Some(4));

    let call = json!({"function": {"name": "add", "arguments": {"a": 1}}});
    let end =
        json!({"done": true, "done_reason": "stop", "prompt_eval_count": 12, "eval_count": 5, "eval_duration": 9});
    let mut whole = end.clone();
    whole["model"] = json!("m-1-2026");
    whole["message"] = json!({"content": "Hi there", "tool_calls": [call]});
    let answer = same(Dialect::Ollama, &[whole], None);
    assert_eq!(answer.usage.unwrap()["eval_duration"], 9);
    let streamed = [
        json!({"model": "m-1-2026", "message": {"content": "Hi"}, "done": false}),
        json!({"message": {"content": " there", "tool_calls": [call]}, "done": false}),
        end,
    ];
    same(Dialect::Ollama, &streamed, None);
}

#[test]
fn why_a_reply_ended_is_understood() {
    use FinishReason::{Filtered, Length, Other, Stop};
    let openai = |reason: &str| json!({"choices": [{"finish_reason": reason, "message": {"content": "x"}}]});
    let anthropic = |reason: &str| json!({"type": "message", "stop_reason": reason});
    let gemini = |reason: &str| json!({"candidates": [{"finishReason": reason}]});
    let ollama = |reason: &str| json!({"done": true, "done_reason": reason});
    for (dialect, document, expected) in [
        (Dialect::OpenAi, openai("stop"), Stop),
        (Dialect::OpenAi, openai("length"), Length),
        (Dialect::OpenAi, openai("content_filter"), Filtered),
        (Dialect::OpenAi, openai("new_reason"), Other),
        (Dialect::Anthropic, anthropic("max_tokens"), Length),
        (Dialect::Anthropic, anthropic("refusal"), Filtered),
        (Dialect::Gemini, gemini("MAX_TOKENS"), Length),
        (Dialect::Gemini, gemini("SAFETY"), Filtered),
        (Dialect::Gemini, json!({"promptFeedback": {"blockReason": "OTHER"}}), Filtered),
        (Dialect::Ollama, ollama("length"), Length),
    ] {
        assert_eq!(read(dialect, std::slice::from_ref(&document)).finish, Some(expected), "{dialect:?} {document}");
    }
}

#[test]
fn what_a_provider_leaves_out_is_missing_and_not_zero() {
    for (dialect, document) in [
        (Dialect::OpenAi, json!({"choices": [{"message": {"content": "x"}}]})),
        (Dialect::Anthropic, json!({"type": "message", "content": [{"type": "text", "text": "x"}]})),
        (Dialect::Gemini, json!({"candidates": [{"content": {"parts": [{"text": "x"}]}}]})),
        (Dialect::Ollama, json!({"message": {"content": "x"}, "done": true})),
    ] {
        let answer = read(dialect, &[document]);
        assert_eq!((answer.text.as_str(), answer.tokens), ("x", Tokens::default()), "{dialect:?}");
    }
}
