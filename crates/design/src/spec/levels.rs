//! The levels of a factor: a list, or a range expanded in decimal.

use std::fmt;

use ergon_domain::Value;
use schemars::JsonSchema;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::scalar::ScalarForm;
use crate::decimal::{self, RangeProblem};

/// Levels as written.
#[derive(Clone, Debug, PartialEq, JsonSchema)]
#[schemars(with = "LevelsForm")]
pub enum Levels {
    /// Each level.
    List(Vec<Value>),
    /// From, to and step.
    Range {
        /// First level.
        from: Value,
        /// Last level, when the steps reach it.
        to: Value,
        /// Distance between neighbours.
        step: Value,
    },
}

#[derive(JsonSchema)]
#[schemars(untagged)]
#[allow(dead_code, reason = "describes the accepted forms; never constructed")]
enum LevelsForm {
    /// Each level.
    List(Vec<ScalarForm>),
    /// From, to and step.
    Range(Range),
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Range {
    /// First level.
    #[schemars(with = "f64")]
    from: Value,
    /// Last level, when the steps reach it.
    #[schemars(with = "f64")]
    to: Value,
    /// Distance between neighbours.
    #[schemars(with = "f64")]
    step: Value,
}

impl Levels {
    /// Every level, a range expanded exactly in decimal: 0.1 + 0.2 is 0.3.
    ///
    /// # Errors
    /// A range that isn't of numbers, never ends or is too long.
    pub fn expand(&self) -> Result<Vec<Value>, RangeProblem> {
        match self {
            Self::List(values) => Ok(values.clone()),
            Self::Range { from, to, step } => decimal::expand_range(from, to, step),
        }
    }
}

impl Serialize for Levels {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::List(values) => values.serialize(s),
            Self::Range { from, to, step } => {
                Range { from: from.clone(), to: to.clone(), step: step.clone() }.serialize(s)
            }
        }
    }
}

impl<'de> Deserialize<'de> for Levels {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct Forms;
        impl<'de> Visitor<'de> for Forms {
            type Value = Levels;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of levels, or { from, to, step }")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Levels, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(seq)).map(Levels::List)
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Levels, A::Error> {
                let Range { from, to, step } = Range::deserialize(MapAccessDeserializer::new(map))?;
                for value in [&from, &to, &step] {
                    if value.as_f64().is_none() {
                        return Err(A::Error::custom(format!("'{value}' is not a number; a range needs numbers")));
                    }
                }
                Ok(Levels::Range { from, to, step })
            }
        }
        d.deserialize_any(Forms)
    }
}
