//! Values that may be written short (`full_factorial`, `0`, `auto`) or as a mapping.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// A type with a short form. Every method refuses what the type has no form for.
pub(crate) trait ShortForm: Sized {
    /// The long form: a mapping.
    type Long: for<'de> Deserialize<'de>;
    /// What is accepted, in words.
    const EXPECTED: &'static str;

    /// From the mapping.
    fn from_long(long: Self::Long) -> Result<Self, String>;
    /// From text.
    fn from_text(_text: &str) -> Option<Result<Self, String>> {
        None
    }
    /// From a number.
    fn from_number(_x: f64) -> Option<Result<Self, String>> {
        None
    }
}

struct Forms<T>(PhantomData<T>);

impl<'de, T: ShortForm> Visitor<'de> for Forms<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::EXPECTED)
    }
    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        match T::from_text(text) {
            Some(result) => result.map_err(E::custom),
            None => Err(E::invalid_type(serde::de::Unexpected::Str(text), &self)),
        }
    }
    fn visit_i64<E: Error>(self, x: i64) -> Result<T, E> {
        match T::from_number(x as f64) {
            Some(result) => result.map_err(E::custom),
            None => Err(E::invalid_type(serde::de::Unexpected::Signed(x), &self)),
        }
    }
    fn visit_u64<E: Error>(self, x: u64) -> Result<T, E> {
        match T::from_number(x as f64) {
            Some(result) => result.map_err(E::custom),
            None => Err(E::invalid_type(serde::de::Unexpected::Unsigned(x), &self)),
        }
    }
    fn visit_f64<E: Error>(self, x: f64) -> Result<T, E> {
        match T::from_number(x) {
            Some(result) => result.map_err(E::custom),
            None => Err(E::invalid_type(serde::de::Unexpected::Float(x), &self)),
        }
    }
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::from_long(T::Long::deserialize(MapAccessDeserializer::new(map))?).map_err(A::Error::custom)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, _seq: A) -> Result<T, A::Error> {
        Err(A::Error::invalid_type(serde::de::Unexpected::Seq, &self))
    }
}

/// Reads either form.
pub(crate) fn deserialize<'de, T: ShortForm, D: Deserializer<'de>>(d: D) -> Result<T, D::Error> {
    d.deserialize_any(Forms(PhantomData))
}
