//! The positioned tree as a serde deserializer whose errors know their path.

use std::fmt;

use serde::de::value::StrDeserializer;
use serde::de::{self, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Unexpected, Visitor};
use serde::forward_to_deserialize_any;

use super::scalar::shorten;
use crate::suggest;
use crate::tree::{Content, Entry, Node, Step};

/// A value that doesn't fit, and where.
#[derive(Debug)]
pub(crate) struct Misfit {
    /// From the innermost step outwards while it travels up.
    reversed: Vec<Step>,
    /// What doesn't fit.
    pub(crate) what: What,
}

/// What doesn't fit.
#[derive(Debug)]
pub(crate) enum What {
    /// A key that is not known here.
    UnknownKey(&'static [&'static str]),
    /// A key that must be written.
    Missing(String),
    /// A value of the wrong kind or out of range.
    Value {
        /// What is wrong.
        message: String,
        /// What would be accepted.
        expected: Option<String>,
        /// What was probably meant.
        suggestion: Option<String>,
    },
}

impl Misfit {
    fn value(message: String, expected: Option<String>) -> Self {
        Self { reversed: Vec::new(), what: What::Value { message, expected, suggestion: None } }
    }

    fn inside(mut self, step: Step) -> Self {
        self.reversed.push(step);
        self
    }

    /// The path, outermost step first.
    pub(crate) fn path(&self) -> Vec<Step> {
        self.reversed.iter().rev().cloned().collect()
    }
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.what)
    }
}

impl std::error::Error for Misfit {}

/// What serde says it expected, in the user's words.
fn in_words(expected: &dyn de::Expected) -> String {
    let text = expected.to_string();
    match text.as_str() {
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number of at least 0".into(),
        "i8" | "i16" | "i32" | "i64" => "a whole number".into(),
        "f32" | "f64" => "a number".into(),
        "a string" | "string" | "str" => "text".into(),
        "a boolean" => "true or false".into(),
        "a sequence" => "a list".into(),
        "a map" => "a mapping".into(),
        "an array of length 2" => "a list of two numbers".into(),
        _ if text.starts_with("struct ") => "a mapping".into(),
        _ => text,
    }
}

fn found(unexpected: &Unexpected<'_>) -> String {
    match unexpected {
        Unexpected::Bool(b) => b.to_string(),
        Unexpected::Unsigned(i) => i.to_string(),
        Unexpected::Signed(i) => i.to_string(),
        Unexpected::Float(x) => x.to_string(),
        Unexpected::Str(s) => format!("'{}'", shorten(s)),
        Unexpected::Seq => "a list".into(),
        Unexpected::Map => "a mapping".into(),
        _ => "nothing".into(),
    }
}

impl de::Error for Misfit {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::value(message.to_string(), None)
    }
    fn invalid_type(unexpected: Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        let expected = in_words(expected);
        let quote = expected == "text" && !matches!(unexpected, Unexpected::Seq | Unexpected::Map | Unexpected::Unit);
        let expected = if quote { "text: put it in quotes".into() } else { expected };
        let message = match unexpected {
            Unexpected::Unit | Unexpected::Option => "nothing is written here".to_owned(),
            other => format!("{} is not accepted", found(&other)),
        };
        Self::value(message, Some(expected))
    }
    fn invalid_value(unexpected: Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Self::value(format!("{} is out of range", found(&unexpected)), Some(in_words(expected)))
    }
    fn invalid_length(length: usize, expected: &dyn de::Expected) -> Self {
        Self::value(format!("{length} values are not accepted"), Some(in_words(expected)))
    }
    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        let message = format!("unknown name '{}'", shorten(variant));
        let suggestion = suggest::nearest(variant, expected.iter().copied());
        let expected = Some(format!("one of {}", expected.join(", ")));
        Self { reversed: Vec::new(), what: What::Value { message, expected, suggestion } }
    }
    fn unknown_field(_: &str, expected: &'static [&'static str]) -> Self {
        Self { reversed: Vec::new(), what: What::UnknownKey(expected) }
    }
    fn missing_field(field: &'static str) -> Self {
        Self { reversed: Vec::new(), what: What::Missing(field.to_owned()) }
    }
}

/// A node to read a type from.
#[derive(Clone, Copy)]
pub(crate) struct FromNode<'de>(pub(crate) &'de Node);

impl<'de> Deserializer<'de> for FromNode<'de> {
    type Error = Misfit;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match &self.0.content {
            Content::Null => visitor.visit_unit(),
            Content::Bool(b) => visitor.visit_bool(*b),
            Content::Int(i) => match (i64::try_from(*i), u64::try_from(*i)) {
                (Ok(i), _) => visitor.visit_i64(i),
                (_, Ok(u)) => visitor.visit_u64(u),
                _ => Err(Misfit::value(format!("{i} is out of range"), None)),
            },
            Content::Real(x) => visitor.visit_f64(*x),
            Content::Text(s) => visitor.visit_borrowed_str(s),
            Content::List(items) => visitor.visit_seq(Items { items, next: 0 }),
            Content::Map(entries) => visitor.visit_map(Entries { entries, next: 0 }),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match self.0.content {
            Content::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        match &self.0.content {
            Content::Text(s) => {
                let name: StrDeserializer<'_, Misfit> = s.as_str().into_deserializer();
                visitor.visit_enum(name)
            }
            other => {
                let expected = format!("one of {}", variants.join(", "));
                Err(Misfit::value(format!("{} is not accepted", other.kind()), Some(expected)))
            }
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        seq tuple tuple_struct map struct identifier ignored_any
    }
}

struct Items<'de> {
    items: &'de [Node],
    next: usize,
}

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = Misfit;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Misfit> {
        let Some(item) = self.items.get(self.next) else { return Ok(None) };
        let index = self.next;
        self.next += 1;
        seed.deserialize(FromNode(item)).map(Some).map_err(|e| e.inside(Step::Index(index)))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len() - self.next.min(self.items.len()))
    }
}

struct Entries<'de> {
    entries: &'de [Entry],
    next: usize,
}

impl<'de> MapAccess<'de> for Entries<'de> {
    type Error = Misfit;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Misfit> {
        let Some(entry) = self.entries.get(self.next) else { return Ok(None) };
        let key: StrDeserializer<'_, Misfit> = entry.key.as_str().into_deserializer();
        seed.deserialize(key).map(Some).map_err(|e| e.inside(Step::Key(entry.key.clone())))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Misfit> {
        let Some(entry) = self.entries.get(self.next) else {
            return Err(Misfit::value("a value was asked for before its key".into(), None));
        };
        self.next += 1;
        seed.deserialize(FromNode(&entry.value)).map_err(|e| e.inside(Step::Key(entry.key.clone())))
    }
}
