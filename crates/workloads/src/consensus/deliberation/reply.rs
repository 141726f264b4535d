//! Reading a model's reply: the JSON object in it, and its fields, strictly as asked for.

use ergon_domain::structured::extract;
use serde_json::Value;

use super::{Judgement, Wanted};

/// What a reply says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Said {
    pub(super) judgement: Judgement,
    /// The model's own word for how sure it is, 0–1.
    pub(super) confidence: Option<f64>,
}

/// Reads a reply. The error says what was expected, in words that a model can mend its reply by.
pub(super) fn read(wanted: &Wanted, text: &str) -> Result<Said, String> {
    let Some(Value::Object(fields)) = extract(text) else { return Err("it holds no JSON object".to_owned()) };
    let judgement = match wanted {
        Wanted::Bid => match fields.get("bid") {
            Some(Value::Null) => Judgement::Nothing,
            given => Judgement::Bid(share(given, "bid", "a number from 0 to 1, or null for no offer")?),
        },
        Wanted::Choice(agents) => {
            let given = fields.get("agent");
            let named = given.and_then(Value::as_u64).and_then(|n| u32::try_from(n).ok());
            Judgement::Agent(
                named
                    .filter(|n| agents.contains(n))
                    .ok_or_else(|| wrong("agent", given, &format!("one of {agents:?}")))?,
            )
        }
    };
    let confidence = match fields.get("confidence") {
        None | Some(Value::Null) => None,
        given => Some(share(given, "confidence", "a number from 0 to 1")?),
    };
    match fields.get("reason") {
        None | Some(Value::Null | Value::String(_)) => Ok(Said { judgement, confidence }),
        given => Err(wrong("reason", given, "text")),
    }
}

fn share(given: Option<&Value>, name: &str, expected: &str) -> Result<f64, String> {
    let number = given.and_then(Value::as_f64).filter(|x| (0.0..=1.0).contains(x));
    number.ok_or_else(|| wrong(name, given, expected))
}

fn wrong(name: &str, given: Option<&Value>, expected: &str) -> String {
    match given {
        None => format!("it has no field \"{name}\"; expected {expected}"),
        Some(value) => format!("\"{name}\" is {value}; expected {expected}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_asked_for_is_read() {
        let bid = |text: &str| read(&Wanted::Bid, text).unwrap();
        let said = |judgement, confidence| Said { judgement, confidence };
        assert_eq!(bid(r#"{"bid": 0.7, "reason": "idle"}"#), said(Judgement::Bid(0.7), None));
        assert_eq!(bid(" {\"bid\": 1, \"confidence\": 0.5}\n"), said(Judgement::Bid(1.0), Some(0.5)));
        assert_eq!(bid(r#"{"bid": null, "reason": "no GPUs"}"#), said(Judgement::Nothing, None));
        // Models wrap what they are asked for in talk and fences.
        assert_eq!(bid("Sure!\n```json\n{\"bid\": 0.7}\n```"), said(Judgement::Bid(0.7), None));
        let choice = read(&Wanted::Choice(vec![4, 9]), r#"{"agent": 9, "confidence": 0.25}"#).unwrap();
        assert_eq!(choice, said(Judgement::Agent(9), Some(0.25)));
    }

    #[test]
    fn anything_else_is_refused_in_words_that_help_to_mend_it() {
        let bid = |text: &str| read(&Wanted::Bid, text).unwrap_err();
        for talk in ["", "0.7", "Sure! bid: 0.7", "{\"bid\": 0.7", "[0.7]"] {
            assert_eq!(bid(talk), "it holds no JSON object", "{talk}");
        }
        let expected = "expected a number from 0 to 1, or null for no offer";
        assert_eq!(bid("{}"), format!("it has no field \"bid\"; {expected}"));
        assert_eq!(bid(r#"{"bid": 7}"#), format!("\"bid\" is 7; {expected}"));
        assert_eq!(bid(r#"{"bid": "high"}"#), format!("\"bid\" is \"high\"; {expected}"));
        assert_eq!(bid(r#"{"bid": 1, "confidence": 90}"#), "\"confidence\" is 90; expected a number from 0 to 1");
        assert_eq!(bid(r#"{"bid": 1, "reason": 3}"#), "\"reason\" is 3; expected text");
        let choice = |text: &str| read(&Wanted::Choice(vec![4, 9]), text).unwrap_err();
        assert_eq!(choice(r#"{"agent": 5}"#), "\"agent\" is 5; expected one of [4, 9]");
        assert_eq!(choice(r#"{"agent": -4}"#), "\"agent\" is -4; expected one of [4, 9]");
    }
}
