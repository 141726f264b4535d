//! Replies that must be JSON: found in the text, checked against a schema, asked for once more.
//!
//! Every workload that wants one asks through [`ask`], so that format failures are counted alike: they are a finding. One
//! that keeps its own time between the replies (an agent's patience) uses its parts, [`extract`] and [`repair`].

use serde_json::Value;

use crate::chat::{ChatMessage, ChatReply, ChatRequest, DecisionProblem, ModelError, Role};
use crate::run_context::RunContext;

/// What came of asking for JSON.
#[derive(Clone, Debug, PartialEq)]
pub struct Structured {
    /// The document; the error says what was wrong with the last reply, in words that help to mend it.
    pub document: Result<Value, String>,
    /// The replies: one, or two where the first could not be read.
    pub replies: Vec<ChatReply>,
    /// Replies that could not be read.
    pub malformed: u32,
}

/// Asks for a document as `request.reply_schema` says, and once more where the reply is not one. A reply that is
/// malformed after the repair is data, not an error.
///
/// # Errors
/// The model gave no answer at all.
pub async fn ask(
    context: &RunContext,
    mut request: ChatRequest,
    aside: Option<&DecisionProblem>,
) -> Result<Structured, ModelError> {
    let mut asked = Structured { document: Err(String::new()), replies: Vec::new(), malformed: 0 };
    for _ in 0..2 {
        let reply = context.chat(&request, aside).await?;
        let text = reply.text.clone();
        asked.replies.push(reply);
        asked.document = read(&text, request.reply_schema.as_ref());
        let Err(wrong) = &asked.document else { break };
        asked.malformed += 1;
        request.messages.extend(repair(text, wrong));
    }
    Ok(asked)
}

/// What a model is told after a reply that could not be read: the reply, and what was wrong with it.
pub fn repair(text: String, wrong: &str) -> [ChatMessage; 2] {
    [
        ChatMessage { role: Role::Assistant, content: text },
        ChatMessage {
            role: Role::User,
            content: format!("That can't be read: {wrong}. Answer again, with the JSON object and nothing else."),
        },
    ]
}

/// Reads the document in a text.
///
/// # Errors
/// There is none, or it is not as the schema says.
pub fn read(text: &str, schema: Option<&Value>) -> Result<Value, String> {
    let document = extract(text).ok_or("it holds no JSON document")?;
    match schema {
        Some(schema) => check(&document, schema, "the document").map(|()| document),
        None => Ok(document),
    }
}

/// The text itself, where it is JSON; else the first object or list in it, as models wrap theirs in talk and fences.
pub fn extract(text: &str) -> Option<Value> {
    if let Ok(whole) = serde_json::from_str(text.trim()) {
        return Some(whole);
    }
    text.match_indices(['{', '[']).take(TRIES).find_map(|(at, _)| {
        let mut documents = serde_json::Deserializer::from_str(&text[at..]).into_iter::<Value>();
        documents.next().and_then(Result::ok)
    })
}

/// Brackets at which a document is looked for: text that is all brackets must not take quadratic time.
const TRIES: usize = 64;

/// Checks the part of JSON Schema that providers' structured output has in common: `type`, `properties`, `required`,
/// `additionalProperties: false`, `items`, `enum`, `const`, `minimum`, `maximum`, `anyOf`. Other keywords bind nothing.
///
/// # Errors
/// The first place that is not as the schema says.
pub fn check(value: &Value, schema: &Value, place: &str) -> Result<(), String> {
    if let Some(any) = schema.get("anyOf").and_then(Value::as_array) {
        let one = any.iter().any(|schema| check(value, schema, place).is_ok());
        return if one {
            Ok(())
        } else {
            Err(format!("{place} is {value}; expected one of the schema's alternatives"))
        };
    }
    if let Some(types) = schema.get("type") {
        let named = |t: &Value| t.as_str().is_some_and(|t| is_a(value, t));
        if !types.as_array().map_or_else(|| named(types), |several| several.iter().any(named)) {
            return Err(format!("{place} is {value}; expected {types}"));
        }
    }
    let allowed =
        schema.get("enum").and_then(Value::as_array).cloned().or_else(|| Some(vec![schema.get("const")?.clone()]));
    if let Some(allowed) = allowed.filter(|allowed| !allowed.contains(value)) {
        return Err(format!("{place} is {value}; expected one of {}", Value::Array(allowed)));
    }
    if let Some(x) = value.as_f64() {
        let bound = |name| schema.get(name).and_then(Value::as_f64);
        if bound("minimum").is_some_and(|least| x < least) || bound("maximum").is_some_and(|most| x > most) {
            let range = |name| bound(name).map_or_else(|| "any".to_owned(), |b| b.to_string());
            return Err(format!("{place} is {x}; expected from {} to {}", range("minimum"), range("maximum")));
        }
    }
    if let (Some(list), Some(items)) = (value.as_array(), schema.get("items")) {
        return list.iter().enumerate().try_for_each(|(i, item)| check(item, items, &format!("{place}[{i}]")));
    }
    if let Some(fields) = value.as_object() {
        let declared = schema.get("properties").and_then(Value::as_object);
        for name in schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str) {
            if !fields.contains_key(name) {
                return Err(format!("{place} has no field \"{name}\""));
            }
        }
        for (name, field) in fields {
            match declared.and_then(|d| d.get(name)) {
                Some(schema) => check(field, schema, &format!("\"{name}\""))?,
                None if schema.get("additionalProperties") == Some(&Value::Bool(false)) => {
                    return Err(format!("{place} has a field \"{name}\", which was not asked for"));
                }
                None => {}
            }
        }
    }
    Ok(())
}

fn is_a(value: &Value, kind: &str) -> bool {
    match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        "number" => value.is_number(),
        "integer" => value.as_f64().is_some_and(|x| x.fract() == 0.0),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_document_is_found_in_talk_and_fences() {
        let found = json!({"bid": 0.5});
        for text in [
            r#"{"bid": 0.5}"#,
            " {\"bid\": 0.5}\n",
            "Sure! Here it is:\n```json\n{\"bid\": 0.5}\n```\nAnything else?",
            "I weigh {this} and [that]: {\"bid\": 0.5}",
        ] {
            assert_eq!(extract(text), Some(found.clone()), "{text}");
        }
        for text in ["", "no", "{\"bid\": 0.5", "{bid: 0.5}"] {
            assert_eq!(extract(text), None, "{text}");
        }
    }

    #[test]
    fn what_a_schema_asks_for_is_checked() {
        let schema = json!({"type": "object", "required": ["offer"], "additionalProperties": false, "properties": {
            "offer": {"type": "integer", "minimum": 0, "maximum": 10},
            "mood": {"enum": ["calm", "angry"]},
            "tags": {"type": "array", "items": {"type": "string"}},
            "note": {"type": ["string", "null"]},
            "price": {"anyOf": [{"type": "null"}, {"type": "number", "minimum": 1}]}}});
        let wrong = |document: Value| check(&document, &schema, "the document").err();
        assert_eq!(wrong(json!({"offer": 3, "mood": "calm", "tags": ["a"], "note": null, "price": 2.5})), None);
        assert_eq!(wrong(json!([])).unwrap(), "the document is []; expected \"object\"");
        assert_eq!(wrong(json!({})).unwrap(), "the document has no field \"offer\"");
        assert_eq!(wrong(json!({"offer": 2.5})).unwrap(), "\"offer\" is 2.5; expected \"integer\"");
        assert_eq!(wrong(json!({"offer": 11})).unwrap(), "\"offer\" is 11; expected from 0 to 10");
        assert_eq!(
            wrong(json!({"offer": 1, "mood": "glad"})).unwrap(),
            "\"mood\" is \"glad\"; expected one of [\"calm\",\"angry\"]"
        );
        assert_eq!(wrong(json!({"offer": 1, "tags": [1]})).unwrap(), "\"tags\"[0] is 1; expected \"string\"");
        assert_eq!(
            wrong(json!({"offer": 1, "x": 1})).unwrap(),
            "the document has a field \"x\", which was not asked for"
        );
        assert_eq!(
            wrong(json!({"offer": 1, "price": 0})).unwrap(),
            "\"price\" is 0; expected one of the schema's alternatives"
        );
    }

    #[test]
    fn brackets_without_end_take_no_quadratic_time() {
        assert_eq!(extract(&"[".repeat(2_000_000)), None);
    }
}
