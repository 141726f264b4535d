//! Constraints: expressions that every condition fulfils.

/// A parsed constraint.
#[derive(Clone, Debug, PartialEq)]
pub struct Constraint {
    /// As written.
    pub text: String,
}
