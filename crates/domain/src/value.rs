//! Parameter names and the values a parameter can take.

use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::digest::Canonical;

/// Name of a parameter: identifiers joined by dots (`fault_rate`, `job_source.swf`). Cheap to clone.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(transparent)]
#[ts(type = "string")]
pub struct ParameterName(Arc<str>);

impl ParameterName {
    /// Wraps a name; the spec parser has checked its form.
    pub fn new(name: impl AsRef<str>) -> Self {
        Self(Arc::from(name.as_ref()))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for ParameterName {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl From<&str> for ParameterName {
    fn from(name: &str) -> Self {
        Self::new(name)
    }
}

impl fmt::Display for ParameterName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for ParameterName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// One level of a factor or one fixed parameter, typed. Missing is the absence of a value, never a `Value`.
///
/// Invariant: a `Real` is finite and never `-0.0` once it went through [`Value::real`] or a parameter's binding, so
/// that equal levels are equal bytes.
#[derive(Clone, Debug, PartialEq, ts_rs::TS)]
#[ts(type = "boolean | number | string")]
pub enum Value {
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A finite real number.
    Real(f64),
    /// Text, also the digest of an input file.
    Text(Arc<str>),
}

impl Value {
    /// A real value; `-0.0` becomes `0.0`.
    pub fn real(x: f64) -> Self {
        Self::Real(if x == 0.0 { 0.0 } else { x })
    }

    /// A text value.
    pub fn text(s: impl AsRef<str>) -> Self {
        Self::Text(Arc::from(s.as_ref()))
    }

    /// The number behind an `Int` or `Real`.
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Int(i) => Some(*i as f64),
            Self::Real(x) => Some(*x),
            _ => None,
        }
    }

    /// The whole number behind an `Int`.
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Self::Int(i) => Some(*i),
            _ => None,
        }
    }

    /// The text behind a `Text`.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Text(s) => Some(s),
            _ => None,
        }
    }

    /// The truth value behind a `Bool`.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(b) => Some(*b),
            _ => None,
        }
    }

    /// What kind of value this is, in the words of an error message.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Bool(_) => "true/false",
            Self::Int(_) => "a whole number",
            Self::Real(_) => "a number",
            Self::Text(_) => "text",
        }
    }

    /// Feeds the canonical form: a type tag and the exact bits, so `0` the integer and `0.0` the real differ here and
    /// only a parameter's declared type may unite them.
    pub fn write_canonical(&self, out: &mut Canonical) {
        match self {
            Self::Bool(b) => out.tag(b'b').u64(u64::from(*b)),
            Self::Int(i) => out.tag(b'i').u64(*i as u64),
            Self::Real(x) => out.tag(b'r').u64((if *x == 0.0 { 0.0f64 } else { *x }).to_bits()),
            Self::Text(s) => out.tag(b't').str(s),
        };
    }

    /// Total order within a kind, kinds among themselves in the order bool, int, real, text.
    pub fn total_cmp(&self, other: &Self) -> std::cmp::Ordering {
        fn rank(v: &Value) -> u8 {
            match v {
                Value::Bool(_) => 0,
                Value::Int(_) | Value::Real(_) => 1,
                Value::Text(_) => 2,
            }
        }
        match (self, other) {
            (Self::Bool(a), Self::Bool(b)) => a.cmp(b),
            (Self::Int(a), Self::Int(b)) => a.cmp(b),
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
            (a, b) => match (a.as_f64(), b.as_f64()) {
                (Some(x), Some(y)) => x.total_cmp(&y),
                _ => rank(a).cmp(&rank(b)),
            },
        }
    }
}

impl fmt::Display for Value {
    /// Shortest form that reads back to the same value; a whole real keeps no trailing `.0` (levels read `0`, `0.1`).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(b) => write!(f, "{b}"),
            Self::Int(i) => write!(f, "{i}"),
            Self::Real(x) => write!(f, "{x}"),
            Self::Text(s) => f.write_str(s),
        }
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Bool(b) => s.serialize_bool(*b),
            Self::Int(i) => s.serialize_i64(*i),
            Self::Real(x) => s.serialize_f64(*x),
            Self::Text(t) => s.serialize_str(t),
        }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl serde::de::Visitor<'_> for Visitor {
            type Value = Value;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("true/false, a number or text")
            }
            fn visit_bool<E>(self, v: bool) -> Result<Value, E> {
                Ok(Value::Bool(v))
            }
            fn visit_i64<E>(self, v: i64) -> Result<Value, E> {
                Ok(Value::Int(v))
            }
            fn visit_u64<E: serde::de::Error>(self, v: u64) -> Result<Value, E> {
                i64::try_from(v).map(Value::Int).map_err(|_| E::custom("a whole number above 2^63 − 1 is not accepted"))
            }
            fn visit_f64<E: serde::de::Error>(self, v: f64) -> Result<Value, E> {
                if v.is_finite() { Ok(Value::real(v)) } else { Err(E::custom("a parameter can't be NaN or infinite")) }
            }
            fn visit_str<E>(self, v: &str) -> Result<Value, E> {
                Ok(Value::text(v))
            }
        }
        d.deserialize_any(Visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn negative_zero_is_zero() {
        assert_eq!(Value::real(-0.0).to_string(), "0");
    }

    #[test]
    fn a_value_reads_back_from_json_as_itself() {
        for v in [Value::Bool(true), Value::Int(-3), Value::Real(0.1), Value::text("no")] {
            let json = serde_json::to_string(&v).unwrap();
            assert_eq!(serde_json::from_str::<Value>(&json).unwrap(), v, "{json}");
        }
    }
}
