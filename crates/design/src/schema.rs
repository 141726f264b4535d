//! The JSON Schema of a spec, for editors.

use crate::spec::Spec;

/// JSON Schema (draft 2020-12) of the spec, generated from the Rust types.
pub fn json_schema() -> serde_json::Value {
    schemars::schema_for!(Spec).to_value()
}
