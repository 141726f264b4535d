//! A condition: one combination of levels, with every other parameter at its fixed or default value.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::digest::{Canonical, Digest};
use crate::value::{ParameterName, Value};

/// All parameters of a run, bound and typed. Ordered by name, so iteration and digests are deterministic.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ts_rs::TS)]
#[serde(transparent)]
pub struct Condition(pub BTreeMap<ParameterName, Value>);

impl Condition {
    /// The value of a parameter, if it is set.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// A real (or whole) parameter's number.
    pub fn real(&self, name: &str) -> Option<f64> {
        self.get(name)?.as_f64()
    }

    /// A whole-number parameter.
    pub fn int(&self, name: &str) -> Option<i64> {
        self.get(name)?.as_i64()
    }

    /// A text or choice parameter.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_str()
    }

    /// Sets a parameter.
    pub fn set(&mut self, name: impl Into<ParameterName>, value: Value) {
        self.0.insert(name.into(), value);
    }

    /// Digest of names, types and exact values.
    pub fn digest(&self) -> Digest {
        let mut c = Canonical::new("ergon.condition.1");
        c.u64(self.0.len() as u64);
        for (name, value) in &self.0 {
            c.str(name.as_str());
            value.write_canonical(&mut c);
        }
        c.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_conditions_have_equal_digests_and_others_do_not() {
        let at = |x: Value| Condition([("a".into(), x)].into_iter().collect()).digest();
        assert_eq!(at(Value::real(0.0)), at(Value::real(-0.0)));
        assert_ne!(at(Value::real(0.0)), at(Value::Int(0)));
        assert_ne!(at(Value::text("1")), at(Value::Int(1)));
    }
}
