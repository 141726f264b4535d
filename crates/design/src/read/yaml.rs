//! YAML text to a positioned tree, with limits on depth and on what aliases may expand to.

use std::collections::{BTreeMap, BTreeSet};

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Tag};

use super::scalar::{resolve_plain, shorten};
use crate::problem::{Position, Problem};
use crate::tree::{Content, Entry, Node, Step, path_text};

/// Deepest nesting.
pub(crate) const DEEPEST: usize = 64;
/// Most nodes, aliases expanded.
pub(crate) const MOST_NODES: usize = 1_000_000;

/// A finished anchor: its node, how many nodes it holds and how deep it is.
struct Anchored {
    node: Node,
    nodes: usize,
    depth: usize,
}

/// A sequence or mapping that is still open.
struct Open {
    position: Position,
    anchor: usize,
    nodes: usize,
    depth: usize,
    shape: Shape,
}

enum Shape {
    List(Vec<Node>),
    Map { entries: Vec<Entry>, keys: BTreeSet<String>, key: Option<(String, Position)> },
}

#[derive(Default)]
struct Builder {
    open: Vec<Open>,
    anchors: BTreeMap<usize, Anchored>,
    total: usize,
    root: Option<Node>,
    documents: usize,
    problems: Vec<Problem>,
}

/// Reads one document.
///
/// # Errors
/// The first mistake of form, and the duplicate keys seen before it.
pub(crate) fn parse(text: &str) -> Result<Node, Vec<Problem>> {
    let mut builder = Builder::default();
    for event in Parser::new_from_str(text) {
        let result = match event {
            Ok((event, span)) => builder.take(event, position(span.start)),
            Err(e) => {
                // The parser has a depth limit of its own, below ours for flow collections.
                let said = match e.info() {
                    said if said.contains("recursion limit") => "nested too deep to be a spec".to_owned(),
                    said => format!("not YAML: {said}"),
                };
                Err(Problem::error("", said).at(Some(position(*e.marker()))))
            }
        };
        if let Err(problem) = result {
            builder.problems.push(problem);
            return Err(builder.problems);
        }
    }
    match builder.root {
        Some(node) if builder.problems.is_empty() => Ok(node),
        Some(_) => Err(builder.problems),
        None => Err(vec![Problem::error("", "the file is empty").expected("a campaign spec")]),
    }
}

fn position(marker: Marker) -> Position {
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Position { line: count(marker.line()), column: count(marker.col() + 1) }
}

impl Builder {
    fn take(&mut self, event: Event<'_>, at: Position) -> Result<(), Problem> {
        match event {
            Event::DocumentStart(_) => {
                self.documents += 1;
                if self.documents > 1 {
                    return Err(
                        Problem::error("", "a second document starts here; a spec is one document").at(Some(at))
                    );
                }
                Ok(())
            }
            Event::Scalar(text, style, anchor, tag) => self.scalar(&text, style, anchor, tag.as_deref(), at),
            Event::SequenceStart(anchor, tag) => {
                refuse_tag(tag.as_deref(), "seq", at)?;
                self.start(anchor, Shape::List(Vec::new()), at)
            }
            Event::MappingStart(anchor, tag) => {
                refuse_tag(tag.as_deref(), "map", at)?;
                self.start(anchor, Shape::Map { entries: Vec::new(), keys: BTreeSet::new(), key: None }, at)
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(),
            Event::Alias(anchor) => self.alias(anchor, at),
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => Ok(()),
        }
    }

    fn path(&self) -> String {
        let steps: Vec<_> = self
            .open
            .iter()
            .filter_map(|open| match &open.shape {
                Shape::List(items) => Some(Step::Index(items.len())),
                Shape::Map { key, .. } => key.as_ref().map(|(key, _)| Step::Key(key.clone())),
            })
            .collect();
        path_text(&steps)
    }

    fn count(&mut self, nodes: usize, at: Position) -> Result<(), Problem> {
        self.total += nodes;
        if self.total > MOST_NODES {
            let message = format!("aliases or lists expand to more than {MOST_NODES} values");
            return Err(Problem::error(self.path(), message).at(Some(at)));
        }
        Ok(())
    }

    fn scalar(
        &mut self,
        text: &str,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<&Tag>,
        at: Position,
    ) -> Result<(), Problem> {
        self.count(1, at)?;
        if self.wants_key() {
            return self.key(text, at);
        }
        let content = match tag {
            Some(tag) if tag.is_yaml_core_schema() && tag.suffix == "str" => Ok(Content::Text(text.to_owned())),
            Some(tag) if tag.is_yaml_core_schema() && tag.suffix == "float" => match resolve_plain(text) {
                Ok(Content::Int(i)) => Ok(Content::Real(i as f64)),
                other => other,
            },
            Some(tag) if tag.is_yaml_core_schema() && matches!(&*tag.suffix, "int" | "bool" | "null") => {
                resolve_plain(text)
            }
            Some(_) => {
                refuse_tag(tag, "str", at)?;
                Ok(Content::Null)
            }
            None if style == ScalarStyle::Plain => resolve_plain(text),
            None => Ok(Content::Text(text.to_owned())),
        };
        let content = content.map_err(|message| Problem::error(self.path(), message).at(Some(at)))?;
        self.place(Node { position: Some(at), content }, 1, 1, anchor)
    }

    fn wants_key(&self) -> bool {
        matches!(self.open.last(), Some(Open { shape: Shape::Map { key: None, .. }, .. }))
    }

    fn key(&mut self, text: &str, at: Position) -> Result<(), Problem> {
        let path = self.path();
        let Some(Open { shape: Shape::Map { keys, key, .. }, .. }) = self.open.last_mut() else { return Ok(()) };
        if !keys.insert(text.to_owned()) {
            let path = if path.is_empty() { text.to_owned() } else { format!("{path}.{text}") };
            self.problems.push(Problem::error(path, "this key is written twice").at(Some(at)));
        }
        *key = Some((text.to_owned(), at));
        Ok(())
    }

    fn start(&mut self, anchor: usize, shape: Shape, at: Position) -> Result<(), Problem> {
        self.count(1, at)?;
        if self.wants_key() {
            return Err(Problem::error(self.path(), "a key must be text").at(Some(at)));
        }
        if self.open.len() >= DEEPEST {
            return Err(Problem::error("", format!("nested deeper than {DEEPEST} levels")).at(Some(at)));
        }
        self.open.push(Open { position: at, anchor, nodes: 1, depth: 1, shape });
        Ok(())
    }

    fn end(&mut self) -> Result<(), Problem> {
        let Some(Open { position, anchor, nodes, depth, shape }) = self.open.pop() else { return Ok(()) };
        let content = match shape {
            Shape::List(items) => Content::List(items),
            Shape::Map { entries, .. } => Content::Map(entries),
        };
        self.place(Node { position: Some(position), content }, nodes, depth, anchor)
    }

    fn alias(&mut self, anchor: usize, at: Position) -> Result<(), Problem> {
        if self.wants_key() {
            return Err(Problem::error(self.path(), "an alias can't be a key").at(Some(at)));
        }
        let Some(Anchored { nodes, depth, .. }) = self.anchors.get(&anchor) else {
            return Err(Problem::error(self.path(), "this alias stands inside what it names").at(Some(at)));
        };
        let (nodes, depth) = (*nodes, *depth);
        self.count(nodes, at)?;
        if self.open.len() + depth > DEEPEST {
            return Err(Problem::error(self.path(), format!("nested deeper than {DEEPEST} levels")).at(Some(at)));
        }
        let Some(node) = self.anchors.get(&anchor).map(|a| a.node.clone()) else { return Ok(()) };
        self.place(node, nodes, depth, 0)
    }

    fn place(&mut self, node: Node, nodes: usize, depth: usize, anchor: usize) -> Result<(), Problem> {
        if anchor > 0 {
            self.anchors.insert(anchor, Anchored { node: node.clone(), nodes, depth });
        }
        match self.open.last_mut() {
            None => self.root = Some(node),
            Some(open) => {
                open.nodes += nodes;
                open.depth = open.depth.max(depth + 1);
                match &mut open.shape {
                    Shape::List(items) => items.push(node),
                    Shape::Map { entries, key, .. } => {
                        if let Some((key, position)) = key.take() {
                            entries.push(Entry { key, position: Some(position), value: node });
                        }
                    }
                }
            }
        }
        Ok(())
    }
}

fn refuse_tag(tag: Option<&Tag>, own: &str, at: Position) -> Result<(), Problem> {
    match tag {
        Some(tag) if !(tag.is_yaml_core_schema() && tag.suffix == own) => {
            Err(Problem::error("", format!("the tag '{}' is not accepted", shorten(&tag.to_string()))).at(Some(at)))
        }
        _ => Ok(()),
    }
}
