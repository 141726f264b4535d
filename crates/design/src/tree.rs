//! A spec as a tree that knows where everything was written.

use crate::problem::Position;

/// A node and its place; `None` for what an override put there.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Where it starts.
    pub position: Option<Position>,
    /// What it is.
    pub content: Content,
}

/// What a node is, by the YAML 1.2 core schema.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// Nothing, `~`, `null`.
    Null,
    /// `true`, `false`.
    Bool(bool),
    /// A whole number that fits i64 or u64.
    Int(i128),
    /// Any other number.
    Real(f64),
    /// Text.
    Text(String),
    /// A sequence.
    List(Vec<Node>),
    /// A mapping, in the order written, keys distinct.
    Map(Vec<Entry>),
}

/// A key and its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// Where the key starts.
    pub position: Option<Position>,
    /// The value.
    pub value: Node,
}

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Into a mapping.
    Key(String),
    /// Into a sequence.
    Index(usize),
}

impl Content {
    /// What it is, in the words of an error message.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Bool(_) => "true/false",
            Self::Int(_) => "a whole number",
            Self::Real(_) => "a number",
            Self::Text(_) => "text",
            Self::List(_) => "a list",
            Self::Map(_) => "a mapping",
        }
    }
}

impl Node {
    /// A node that was not written in the file.
    pub fn new(content: Content) -> Self {
        Self { position: None, content }
    }

    /// The value under a key of a mapping.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|e| &e.value)
    }

    /// The entry of a key of a mapping.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        match &self.content {
            Content::Map(entries) => entries.iter().find(|e| e.key == key),
            _ => None,
        }
    }

    /// The node at a path, and the place of its key where it has one.
    pub fn locate(&self, path: &[Step]) -> Option<(&Node, Option<Position>)> {
        let mut at = (self, self.position);
        for step in path {
            at = match (step, &at.0.content) {
                (Step::Key(key), _) => at.0.entry(key).map(|e| (&e.value, e.position.or(e.value.position)))?,
                (Step::Index(i), Content::List(items)) => items.get(*i).map(|n| (n, n.position))?,
                _ => return None,
            };
        }
        Some(at)
    }

    /// Place of the deepest part of the path that exists: where to point when something is missing or wrong.
    pub fn position_of(&self, path: &[Step]) -> Option<Position> {
        (0..=path.len()).rev().find_map(|n| self.locate(&path[..n])).and_then(|(_, position)| position)
    }

    /// Removes what is at the path; whether it was there.
    pub(crate) fn remove(&mut self, path: &[Step]) -> bool {
        let Some((last, parents)) = path.split_last() else { return false };
        let mut at = self;
        for step in parents {
            let next = match (step, &mut at.content) {
                (Step::Key(key), Content::Map(entries)) => {
                    entries.iter_mut().find(|e| e.key == *key).map(|e| &mut e.value)
                }
                (Step::Index(i), Content::List(items)) => items.get_mut(*i),
                _ => None,
            };
            match next {
                Some(node) => at = node,
                None => return false,
            }
        }
        match (last, &mut at.content) {
            (Step::Key(key), Content::Map(entries)) => {
                let before = entries.len();
                entries.retain(|e| e.key != *key);
                entries.len() < before
            }
            (Step::Index(i), Content::List(items)) if *i < items.len() => {
                items.remove(*i);
                true
            }
            _ => false,
        }
    }
}

/// A path as it is printed: `phases[1].design.size`.
pub fn path_text(path: &[Step]) -> String {
    let mut out = String::new();
    for step in path {
        match step {
            Step::Key(key) if out.is_empty() => out.push_str(key),
            Step::Key(key) => {
                out.push('.');
                out.push_str(key);
            }
            Step::Index(i) => out.push_str(&format!("[{i}]")),
        }
    }
    out
}
