//! `--set path=value`.

use crate::read;
use crate::tree::{Content, Entry, Node};

/// An override that can't be applied.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("--set {text}: {message}")]
pub struct OverrideProblem {
    /// The override as written.
    pub text: String,
    /// What is wrong with it.
    pub message: String,
}

/// Sets one value of the tree. Steps of the path are keys, positions in a list, or the `name` or `id` of a list's item
/// (`phases.phase_1.replicates=2`); parameter names may contain dots. The value is YAML: `3`, `[a, b]`, `{from: 0, …}`.
///
/// # Errors
/// Text that is not `path=value`, a path that leads nowhere, a value that can't be read.
pub fn apply_set(tree: &mut Node, text: &str) -> Result<(), OverrideProblem> {
    let refuse = |message: String| OverrideProblem { text: text.to_owned(), message };
    let (path, value) = text.split_once('=').ok_or_else(|| refuse("expected path=value".into()))?;
    let path = path.trim().replace('[', ".").replace(']', "");
    let steps: Vec<&str> = path.split('.').map(str::trim).collect();
    if steps.iter().any(|s| s.is_empty()) {
        return Err(refuse(format!("'{path}' is not a path; expected keys joined by dots")));
    }
    let mut value = if value.trim().is_empty() {
        Node::new(Content::Null)
    } else {
        read::parse(value, "").map_err(|problems| {
            let said: Vec<_> = problems.into_iter().map(|p| p.message).collect();
            refuse(format!("the value can't be read: {}", said.join("; ")))
        })?
    };
    forget_positions(&mut value);
    place(tree, &steps, value, "").map_err(refuse)
}

/// The value is not in the file: it has no place there.
fn forget_positions(node: &mut Node) {
    node.position = None;
    match &mut node.content {
        Content::List(items) => items.iter_mut().for_each(forget_positions),
        Content::Map(entries) => entries.iter_mut().for_each(|e| {
            e.position = None;
            forget_positions(&mut e.value);
        }),
        _ => {}
    }
}

fn place(node: &mut Node, steps: &[&str], value: Node, path: &str) -> Result<(), String> {
    let Some((step, rest)) = steps.split_first() else {
        *node = value;
        return Ok(());
    };
    let here = |step: &str| if path.is_empty() { step.to_owned() } else { format!("{path}.{step}") };
    match &mut node.content {
        Content::List(items) => {
            let index = find_item(items, step).ok_or_else(|| no_item(items, step, path))?;
            match items.get_mut(index) {
                Some(item) => place(item, rest, value, &here(step)),
                None => Ok(()),
            }
        }
        Content::Map(entries) => {
            let joined = steps.join(".");
            if let Some(entry) = entries.iter_mut().find(|e| e.key == joined) {
                entry.value = value;
                return Ok(());
            }
            if let Some(entry) = entries.iter_mut().find(|e| e.key == *step) {
                return place(&mut entry.value, rest, value, &here(step));
            }
            // Where keys are parameter names, the rest of the path is one name.
            let names = path == "factors" || path.ends_with(".fix") || path.ends_with(".levels");
            let (key, rest) = if names { (joined, &[][..]) } else { ((*step).to_owned(), rest) };
            let mut fresh = Node::new(Content::Map(Vec::new()));
            place(&mut fresh, rest, value, &here(&key))?;
            entries.push(Entry { key, position: None, value: fresh });
            Ok(())
        }
        // `job_source: generated` becomes `job_source: { swf: … }`.
        _ => {
            node.content = Content::Map(Vec::new());
            place(node, steps, value, path)
        }
    }
}

fn find_item(items: &[Node], step: &str) -> Option<usize> {
    match step.parse::<usize>() {
        Ok(index) => (index < items.len()).then_some(index),
        Err(_) => items.iter().position(|item| item_name(item) == Some(step)),
    }
}

fn item_name(item: &Node) -> Option<&str> {
    match item.get("name").or_else(|| item.get("id")).map(|n| &n.content) {
        Some(Content::Text(name)) => Some(name),
        _ => None,
    }
}

fn no_item(items: &[Node], step: &str, path: &str) -> String {
    let names: Vec<_> = items.iter().filter_map(item_name).collect();
    let known = if names.is_empty() { String::new() } else { format!("; it has {}", names.join(", ")) };
    format!("{path} has {} items and none is '{step}'{known}", items.len())
}
