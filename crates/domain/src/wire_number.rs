//! Numbers on the wire: `serde_json` would turn NaN into null, and null means missing.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An `f64` that survives JSON: non-finite values are the strings `NaN`, `Infinity`, `-Infinity`.
#[derive(Clone, Copy, Debug, PartialEq, ts_rs::TS)]
#[ts(type = "number | \"NaN\" | \"Infinity\" | \"-Infinity\"")]
pub struct WireNumber(pub f64);

impl From<f64> for WireNumber {
    fn from(x: f64) -> Self {
        Self(x)
    }
}

impl Serialize for WireNumber {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            x if x.is_finite() => s.serialize_f64(x),
            x if x.is_nan() => s.serialize_str("NaN"),
            x if x > 0.0 => s.serialize_str("Infinity"),
            _ => s.serialize_str("-Infinity"),
        }
    }
}

impl<'de> Deserialize<'de> for WireNumber {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Form {
            Number(f64),
            Name(String),
        }
        match Form::deserialize(d)? {
            Form::Number(x) => Ok(Self(x)),
            Form::Name(s) => match s.as_str() {
                "NaN" => Ok(Self(f64::NAN)),
                "Infinity" => Ok(Self(f64::INFINITY)),
                "-Infinity" => Ok(Self(f64::NEG_INFINITY)),
                _ => Err(serde::de::Error::custom(format!("'{s}' is not a number, NaN, Infinity or -Infinity"))),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nan_and_infinity_survive_json() {
        for x in [1.5, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            let back: WireNumber = serde_json::from_str(&serde_json::to_string(&WireNumber(x)).unwrap()).unwrap();
            assert!(back.0 == x || (back.0.is_nan() && x.is_nan()));
        }
    }
}
