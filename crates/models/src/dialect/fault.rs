//! A provider's word that something went wrong, in whichever of the usual shapes: the body of a refusal, or an event in
//! the middle of a stream whose status was 200.

use serde_json::Value;

/// What a provider says went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ProviderFault {
    /// Its message, with the word it has for the kind.
    pub(crate) message: String,
    /// The HTTP status that this fault would have had as a refusal, where it says so: by number or by a known word.
    pub(crate) status: Option<u16>,
}

impl ProviderFault {
    /// The `error` of a document.
    pub(crate) fn of(document: &Value) -> Option<Self> {
        // Gemini puts a list around the errors of streams.
        let document = document.get(0).unwrap_or(document);
        match document.get("error")? {
            Value::Null => None,
            Value::String(text) => Some(Self { message: text.clone(), status: None }),
            error => {
                let said = |key: &str| match error.get(key)? {
                    Value::String(word) => Some(word.clone()).filter(|word| !word.is_empty()),
                    Value::Number(number) => Some(number.to_string()),
                    _ => None,
                };
                let kinds: Vec<String> = ["code", "type", "status"].into_iter().filter_map(said).collect();
                let by_number = kinds.iter().find_map(|kind| kind.parse().ok().filter(|n| (400..600).contains(n)));
                let status = by_number.or_else(|| kinds.iter().find_map(|kind| status_of(kind)));
                let message = said("message").unwrap_or_else(|| error.to_string());
                // A word says more than a number.
                let shown = kinds.iter().find(|kind| kind.parse::<f64>().is_err()).or(kinds.first());
                Some(Self {
                    message: shown.map_or_else(|| message.clone(), |kind| format!("{message} ({kind})")),
                    status,
                })
            }
        }
    }
}

/// Parts of the words that providers have for a fault, with the status of such a refusal. The first that fits counts.
///
/// <https://docs.anthropic.com/en/api/errors>, <https://platform.openai.com/docs/guides/error-codes>,
/// <https://cloud.google.com/apis/design/errors>
const WORDS: [(&str, u16); 21] = [
    ("overloaded", 529),
    ("quota", 402),
    ("billing", 402),
    ("rate_limit", 429),
    ("resource_exhausted", 429),
    ("too_many_requests", 429),
    ("timeout", 504),
    ("deadline_exceeded", 504),
    ("unavailable", 503),
    ("server_error", 500),
    ("api_error", 500),
    ("internal", 500),
    ("authentication", 401),
    ("unauthenticated", 401),
    ("api_key", 401),
    ("permission", 403),
    ("not_found", 404),
    ("invalid", 400),
    ("content_", 400),
    ("context_length", 400),
    ("too_large", 400),
];

fn status_of(kind: &str) -> Option<u16> {
    let kind = kind.to_lowercase();
    WORDS.iter().find(|(part, _)| kind.contains(part)).map(|(_, status)| *status)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn faults_are_found_in_the_shapes_that_providers_use_with_the_status_they_mean() {
        for (document, said, status) in [
            (json!({"error": {"message": "no", "type": "t", "code": "c"}}), "no (c)", None),
            (json!({"error": {"message": "down", "code": "500"}}), "down (500)", Some(500)),
            (json!({"error": {"message": "slow down", "code": 429}}), "slow down (429)", Some(429)),
            (json!({"error": {"message": "gone", "code": 502, "type": "upstream"}}), "gone (upstream)", Some(502)),
            (
                json!({"error": {"message": "odd", "code": 1305, "type": "server_error"}}),
                "odd (server_error)",
                Some(500),
            ),
            (
                json!({"type": "error", "error": {"type": "overloaded_error", "message": "busy"}}),
                "busy (overloaded_error)",
                Some(529),
            ),
            (json!({"error": {"type": "rate_limit_error", "message": "x"}}), "x (rate_limit_error)", Some(429)),
            (json!({"error": {"code": "insufficient_quota", "message": "x"}}), "x (insufficient_quota)", Some(402)),
            (json!({"error": {"code": "invalid_api_key", "message": "x"}}), "x (invalid_api_key)", Some(401)),
            (
                json!([{"error": {"code": 400, "message": "no", "status": "INVALID_ARGUMENT"}}]),
                "no (INVALID_ARGUMENT)",
                Some(400),
            ),
            (json!({"error": "model not found"}), "model not found", None),
        ] {
            let expected = ProviderFault { message: said.into(), status };
            assert_eq!(ProviderFault::of(&document), Some(expected), "{document}");
        }
        assert_eq!(ProviderFault::of(&json!({"choices": [], "error": null})), None);
    }
}
