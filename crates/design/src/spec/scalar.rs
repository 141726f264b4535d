//! The schema of a scalar: domain's `Value` knows nothing of schemas.

use schemars::JsonSchema;

/// True/false, a number or text.
#[derive(JsonSchema)]
#[schemars(untagged)]
#[allow(dead_code, reason = "describes the accepted forms; never constructed")]
pub(crate) enum ScalarForm {
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number.
    Real(f64),
    /// Text.
    Text(String),
}
