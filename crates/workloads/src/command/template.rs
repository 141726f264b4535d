//! `{name}` in an argument or variable. `{{` and `}}` are literal braces.

use ergon_domain::{Condition, RunStreams};
use rand_core::Rng;

/// Names that every run has besides its condition. `{run_dir}` is filled by the host that starts the program.
pub(super) const RUN_FACTS: [&str; 5] = ["seed", REPLICATE_SEED, "replicate", "run_key", "run_dir"];

/// A seed shared by all conditions of a replicate: common random numbers for one's own program.
pub(super) const REPLICATE_SEED: &str = "replicate_seed";

#[derive(Clone, Debug, PartialEq)]
enum Piece {
    Text(String),
    Name(String),
}

/// A text with places to fill.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Template(Vec<Piece>);

impl Template {
    /// Err: a sentence.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut plain = String::new();
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '{' if chars.peek() == Some(&'{') => {
                    chars.next();
                    plain.push('{');
                }
                '}' if chars.peek() == Some(&'}') => {
                    chars.next();
                    plain.push('}');
                }
                '{' => {
                    let name: String = chars.by_ref().take_while(|c| *c != '}').collect();
                    let ok = |c: char| c.is_alphanumeric() || c == '_' || c == '.' || c == '-';
                    if name.is_empty() || !name.chars().all(ok) {
                        return Err(format!("'{text}': {{…}} must hold a parameter's name; write {{{{ for a brace"));
                    }
                    if !plain.is_empty() {
                        pieces.push(Piece::Text(std::mem::take(&mut plain)));
                    }
                    pieces.push(Piece::Name(name));
                }
                '}' => return Err(format!("'{text}': a closing brace without an opening one; write }}}} for a brace")),
                c => plain.push(c),
            }
        }
        if !plain.is_empty() {
            pieces.push(Piece::Text(plain));
        }
        Ok(Self(pieces))
    }

    /// The names used.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|p| match p {
            Piece::Name(n) => Some(n.as_str()),
            Piece::Text(_) => None,
        })
    }

    /// The text with every name filled; an unknown one stays visible.
    pub(super) fn fill(&self, condition: &Condition, streams: &RunStreams) -> String {
        self.0
            .iter()
            .map(|piece| match piece {
                Piece::Text(t) => t.clone(),
                Piece::Name(n) => match condition.get(n) {
                    Some(value) => super::value_text(value),
                    None => match n.as_str() {
                        "seed" => streams.seed().to_string(),
                        REPLICATE_SEED => streams.rng(REPLICATE_SEED).next_u64().to_string(),
                        "replicate" => streams.replicate.to_string(),
                        "run_key" => streams.key.to_string(),
                        n => format!("{{{n}}}"),
                    },
                },
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ergon_domain::{Digest, Value};

    #[test]
    fn names_are_filled_braces_kept_and_mistakes_named() {
        let condition = Condition([("lr".into(), Value::real(0.1))].into_iter().collect());
        let streams = RunStreams { key: Digest([0; 32]), campaign_seed: 7, replicate: 3, common: Vec::new() };
        let seed = streams.seed().to_string();
        for (text, expected) in [
            ("--lr={lr}", "--lr=0.1"),
            ("{seed}", seed.as_str()),
            ("{replicate}", "3"),
            ("{{lr}}", "{lr}"),
            ("{run_dir}/m.json", "{run_dir}/m.json"),
        ] {
            assert_eq!(Template::parse(text).unwrap().fill(&condition, &streams), expected);
        }
        for bad in ["{", "{}", "a}", "{a b}"] {
            assert!(Template::parse(bad).is_err(), "{bad}");
        }
    }
}
