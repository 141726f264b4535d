//! Section `workload`: its kind, and keys that only the workload's manifest can judge.

use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::de::{Error, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What a run does: a workload's name, fixed parameters and settings.
#[derive(Clone, Debug, Default, PartialEq, JsonSchema)]
#[schemars(with = "WorkloadForm")]
pub struct WorkloadChoice {
    /// Name of the workload (`consensus`, `command`, …).
    pub kind: String,
    /// Every other key: fixed parameters and the workload's settings.
    pub entries: BTreeMap<String, serde_json::Value>,
}

/// What the schema says.
#[derive(JsonSchema)]
#[allow(dead_code, reason = "describes the accepted form; never constructed")]
struct WorkloadForm {
    /// Name of the workload.
    kind: String,
    /// Fixed parameters and settings of that workload.
    #[schemars(flatten)]
    entries: BTreeMap<String, serde_json::Value>,
}

impl Serialize for WorkloadChoice {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        let mut map = s.serialize_map(Some(self.entries.len() + 1))?;
        map.serialize_entry("kind", &self.kind)?;
        self.entries.iter().try_for_each(|(key, value)| map.serialize_entry(key, value))?;
        map.end()
    }
}

impl<'de> Deserialize<'de> for WorkloadChoice {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct Keys;
        impl<'de> Visitor<'de> for Keys {
            type Value = WorkloadChoice;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a mapping with `kind` and the workload's parameters")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<WorkloadChoice, A::Error> {
                let mut kind = None;
                let mut entries = BTreeMap::new();
                while let Some(key) = map.next_key::<String>()? {
                    if key == "kind" {
                        kind = Some(map.next_value()?);
                    } else {
                        entries.insert(key, map.next_value()?);
                    }
                }
                let kind = kind.ok_or_else(|| A::Error::missing_field("kind"))?;
                Ok(WorkloadChoice { kind, entries })
            }
        }
        d.deserialize_map(Keys)
    }
}
