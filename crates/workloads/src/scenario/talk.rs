//! What an actor may say and how it says what it does: the forms of replies, and their reading.

use serde_json::{Value, json};

use super::asking::document;
use super::state::{Decision, Message};

/// The stance of a cooperative decision.
pub(super) const COOPERATE: &str = "cooperate";
const STANCES: [&str; 3] = [COOPERATE, "hold", "oppose"];

/// Who hears a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Channel {
    /// Nobody: nothing is said.
    Silence,
    /// Everybody.
    Public,
    /// One other.
    Bilateral,
    /// Two others or more.
    Coalition,
}

impl Channel {
    const ALL: [Self; 4] = [Self::Silence, Self::Public, Self::Bilateral, Self::Coalition];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Silence => "none",
            Self::Public => "public",
            Self::Bilateral => "bilateral",
            Self::Coalition => "coalition",
        }
    }
}

/// The channels that a scenario has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Channels {
    pub(super) public: bool,
    pub(super) bilateral: bool,
    pub(super) coalition: bool,
}

impl Channels {
    fn has(self, channel: Channel) -> bool {
        match channel {
            Channel::Silence => true,
            Channel::Public => self.public,
            Channel::Bilateral => self.bilateral,
            Channel::Coalition => self.coalition,
        }
    }

    /// The form of a message to some of these.
    pub(super) fn schema(self, others: &[&str]) -> Value {
        let names: Vec<&str> = Channel::ALL.into_iter().filter(|c| self.has(*c)).map(Channel::name).collect();
        json!({
            "type": "object",
            "required": ["channel", "to", "message"],
            "properties": {
                "channel": { "enum": names },
                "to": { "type": "array", "items": { "type": "string", "enum": others } },
                "message": { "type": "string" },
            },
        })
    }

    /// What an actor is asked.
    pub(super) fn question(self, others: &[&str]) -> String {
        let mut ways = vec!["\"none\": you say nothing"];
        if self.public {
            ways.push("\"public\": all hear it, \"to\" is []");
        }
        if self.bilateral {
            ways.push("\"bilateral\": only the one in \"to\" hears it");
        }
        if self.coalition {
            ways.push("\"coalition\": only those in \"to\" hear it, two or more");
        }
        format!(
            "\nBefore you decide you may say something. Answer with a JSON object {{\"channel\": …, \"to\": […], \
             \"message\": …}}; channels: {}; \"to\" names some of {}.",
            ways.join("; "),
            others.join(", ")
        )
    }

    /// Reads a message; `None`: the actor says nothing.
    pub(super) fn read(self, text: &str, from: &str, others: &[&str], round: u32) -> Result<Option<Message>, String> {
        let said = document(text, &self.schema(others))?;
        let word = |key: &str| said.get(key).and_then(Value::as_str).unwrap_or_default().trim();
        let channel = Channel::ALL.into_iter().find(|c| c.name() == word("channel")).unwrap_or(Channel::Silence);
        let names = said.get("to").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        let mut to: Vec<String> = names.map(str::to_owned).collect();
        to.sort();
        to.dedup();
        match (channel, to.len()) {
            (Channel::Silence, _) => return Ok(None),
            (Channel::Public, _) => to.clear(),
            (Channel::Bilateral, 1) => {}
            (Channel::Bilateral, n) => return Err(format!("\"to\" names {n}; a bilateral message is for exactly one")),
            (Channel::Coalition, 2..) => {}
            (Channel::Coalition, n) => return Err(format!("\"to\" names {n}; a coalition is of two others or more")),
        }
        let text = word("message").to_owned();
        if text.is_empty() {
            return Err(r#""message" is empty; to say nothing, take the channel "none""#.into());
        }
        Ok(Some(Message { round, from: from.into(), channel: channel.name().into(), to, text }))
    }
}

/// The form of a decision.
pub(super) fn decision_schema() -> Value {
    json!({
        "type": "object",
        "required": ["decision", "stance"],
        "properties": {
            "reasoning": { "type": ["string", "null"] },
            "decision": { "type": "string" },
            "stance": { "enum": STANCES },
        },
    })
}

/// What an actor is asked.
pub(super) const DECISION_QUESTION: &str = "\nDecide what you do this turn. Answer with a JSON object {\"reasoning\": \
     …, \"decision\": …, \"stance\": …}: reasoning is for yourself; decision says what you do, in a few sentences, and is \
     known to all afterwards; stance is \"cooperate\" if it moves towards the others, \"hold\" if it keeps your position, \
     \"oppose\" if it works against them.";

/// Reads a decision.
pub(super) fn read_decision(text: &str, actor: &str) -> Result<Decision, String> {
    let said = document(text, &decision_schema())?;
    let word = |key: &str| said.get(key).and_then(Value::as_str).map(|s| s.trim().to_owned()).filter(|s| !s.is_empty());
    Ok(Decision {
        actor: actor.into(),
        stance: word("stance").unwrap_or_default(),
        decision: word("decision").ok_or(r#""decision" is empty"#)?,
        reasoning: word("reasoning"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Channels = Channels { public: true, bilateral: true, coalition: true };
    const OTHERS: [&str; 3] = ["club", "mayor", "shop"];

    fn read(text: &str) -> Result<Option<Message>, String> {
        ALL.read(text, "anna", &OTHERS, 1)
    }

    #[test]
    fn a_message_goes_to_those_its_channel_reaches() {
        let to = |text: &str| read(text).unwrap().unwrap().to;
        assert_eq!(to(r#"{"channel": "public", "to": ["club"], "message": "Hello"}"#), Vec::<String>::new());
        assert_eq!(to(r#"{"channel": "bilateral", "to": ["club"], "message": "Hello"}"#), ["club"]);
        assert_eq!(to(r#"{"channel": "coalition", "to": ["shop", "club"], "message": "Hello"}"#), ["club", "shop"]);
        assert_eq!(read(r#"{"channel": "none", "to": [], "message": ""}"#), Ok(None));
    }

    #[test]
    fn a_message_to_the_wrong_number_or_to_a_stranger_is_refused_in_words_that_help_to_mend_it() {
        let wrong = |text: &str| read(text).unwrap_err();
        assert_eq!(
            wrong(r#"{"channel": "bilateral", "to": ["club", "shop"], "message": "x"}"#),
            "\"to\" names 2; a bilateral message is for exactly one"
        );
        assert_eq!(
            wrong(r#"{"channel": "coalition", "to": ["club", "club"], "message": "x"}"#),
            "\"to\" names 1; a coalition is of two others or more"
        );
        assert_eq!(
            wrong(r#"{"channel": "bilateral", "to": ["anna"], "message": "x"}"#),
            "\"to\"[0] is \"anna\"; expected one of [\"club\",\"mayor\",\"shop\"]"
        );
        assert!(wrong(r#"{"channel": "public", "to": [], "message": " "}"#).contains("is empty"));
        let quiet = Channels { public: true, bilateral: false, coalition: false };
        let whispered = r#"{"channel": "bilateral", "to": ["club"], "message": "x"}"#;
        assert!(
            quiet.read(whispered, "anna", &OTHERS, 1).unwrap_err().contains(r#"expected one of ["none","public"]"#)
        );
    }

    #[test]
    fn a_decision_says_what_is_done_and_how_it_is_meant() {
        let said = read_decision(r#"Well: {"decision": "Plant trees", "stance": "cooperate"}"#, "club").unwrap();
        assert_eq!((said.decision.as_str(), said.stance.as_str(), said.reasoning), ("Plant trees", "cooperate", None));
        assert!(read_decision(r#"{"decision": "Plant trees", "stance": "friendly"}"#, "club").is_err());
        assert_eq!(read_decision(r#"{"decision": "", "stance": "hold"}"#, "c").unwrap_err(), "\"decision\" is empty");
    }
}
