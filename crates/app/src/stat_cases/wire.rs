//! Writing an answer: JSON has no NaN and no infinities, so they go as words.

use ergon_stats::Interval;
use serde_json::Value;

/// What can stand in an answer.
pub(super) trait Wire {
    /// As JSON.
    fn wire(&self) -> Value;
}

impl Wire for f64 {
    fn wire(&self) -> Value {
        match serde_json::Number::from_f64(*self) {
            Some(number) => Value::Number(number),
            None if self.is_nan() => "NaN".into(),
            None if *self > 0.0 => "Infinity".into(),
            None => "-Infinity".into(),
        }
    }
}

impl Wire for usize {
    fn wire(&self) -> Value {
        Value::from(*self)
    }
}

impl Wire for u64 {
    fn wire(&self) -> Value {
        Value::from(*self)
    }
}

impl Wire for bool {
    fn wire(&self) -> Value {
        Value::from(*self)
    }
}

impl Wire for Value {
    fn wire(&self) -> Value {
        self.clone()
    }
}

impl Wire for Interval {
    fn wire(&self) -> Value {
        [self.low, self.high].wire()
    }
}

impl Wire for (f64, f64) {
    fn wire(&self) -> Value {
        [self.0, self.1].wire()
    }
}

impl<T: Wire> Wire for Option<T> {
    fn wire(&self) -> Value {
        self.as_ref().map_or(Value::Null, Wire::wire)
    }
}

impl<T: Wire, const N: usize> Wire for [T; N] {
    fn wire(&self) -> Value {
        self.iter().map(Wire::wire).collect()
    }
}

impl<T: Wire> Wire for Vec<T> {
    fn wire(&self) -> Value {
        self.iter().map(Wire::wire).collect()
    }
}

/// An object of an answer, from keys and anything that can stand there.
macro_rules! object {
    ({ $($key:literal: $value:expr),* $(,)? }) => {{
        let mut map = serde_json::Map::new();
        $(map.insert($key.to_owned(), $crate::stat_cases::wire::Wire::wire(&$value));)*
        serde_json::Value::Object(map)
    }};
}

pub(super) use object;
