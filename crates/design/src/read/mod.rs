//! Reading a spec: bytes to a positioned tree, the tree to types, with every problem found on the way.

mod decode;
mod json;
mod scalar;
mod text;
mod typed;
mod yaml;

pub(crate) use scalar::shorten as shortened;
pub(crate) use text::checked as checked_text;

use crate::overrides;
use crate::problem::{Problem, SpecProblems};
use crate::spec::{SPEC_VERSION, Spec};
use crate::tree::{Content, Node};

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

/// Reads a spec: YAML, or JSON where the name ends in `.json`.
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
pub fn read_spec_with(bytes: &[u8], name: &str, sets: &[String]) -> Result<SourcedSpec, SpecProblems> {
    let refuse = |problems: Vec<Problem>| SpecProblems(problems).in_file(name);
    let text = text::checked(bytes).map_err(|p| refuse(vec![p]))?;
    let mut tree = parse(text, name).map_err(refuse)?;
    if !matches!(tree.content, Content::Map(_)) {
        let problem = Problem::error("", format!("the file holds {}", tree.content.kind())).at(tree.position);
        return Err(refuse(vec![problem.expected("a campaign spec: a mapping that starts with ergon: 1")]));
    }
    for set in sets {
        overrides::apply_set(&mut tree, set).map_err(|e| refuse(vec![Problem::error("", e.to_string())]))?;
    }
    check_version(&tree).map_err(|p| refuse(vec![p]))?;
    let spec = typed::decode(&tree).map_err(refuse)?;
    Ok(SourcedSpec { spec, tree, text: text.to_owned(), name: name.to_owned() })
}

/// A YAML or JSON file of any form as a JSON value.
///
/// # Errors
/// The text is neither, with the place where that shows.
pub fn read_document(bytes: &[u8], name: &str) -> Result<serde_json::Value, SpecProblems> {
    crate::import::document(bytes, name)
}

/// The tree of a YAML or JSON text.
pub(crate) fn parse(text: &str, name: &str) -> Result<Node, Vec<Problem>> {
    if name.to_ascii_lowercase().ends_with(".json") {
        json::parse(text).map_err(|p| vec![p])
    } else {
        yaml::parse(text)
    }
}

fn check_version(tree: &Node) -> Result<(), Problem> {
    match tree.get("ergon") {
        Some(Node { content: Content::Int(v), .. }) if *v == i128::from(SPEC_VERSION) => Ok(()),
        Some(node) => {
            let written = match &node.content {
                Content::Int(v) => v.to_string(),
                Content::Text(s) => format!("'{}'", scalar::shorten(s)),
                other => other.kind().to_owned(),
            };
            Err(Problem::error("ergon", format!("this release can't read spec version {written}"))
                .at(node.position)
                .expected(SPEC_VERSION.to_string()))
        }
        None => {
            Err(Problem::error("ergon", "this key is missing").expected("ergon: 1, the spec version").at(tree.position))
        }
    }
}
