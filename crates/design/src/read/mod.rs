//! Reading a spec: bytes to a positioned tree, the tree to types, with every problem found on the way.

use crate::problem::{Problem, SpecProblems};
use crate::spec::Spec;
use crate::tree::Node;

/// A spec together with the text it was read from.
#[derive(Clone, Debug)]
pub struct SourcedSpec {
    /// The spec.
    pub spec: Spec,
    /// Its tree, for the place of a path.
    pub tree: Node,
    /// Its text.
    pub text: String,
    /// The file as the user named it.
    pub name: String,
}

/// Reads a spec (YAML or JSON).
///
/// # Errors
/// Everything that is wrong with its form.
pub fn read_spec(bytes: &[u8], name: &str) -> Result<SourcedSpec, SpecProblems> {
    read_spec_with(bytes, name, &[])
}

/// Reads a spec and applies `--set path=value` overrides to it.
///
/// # Errors
/// As [`read_spec`]; an override that can't be applied.
pub fn read_spec_with(_bytes: &[u8], name: &str, _sets: &[String]) -> Result<SourcedSpec, SpecProblems> {
    Err(SpecProblems::from(Problem::error("", "not read yet")).in_file(name))
}
