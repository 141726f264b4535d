//! JSON text to a positioned tree. JSON is nearly YAML, but tabs and surrogate pairs are not.

use std::collections::BTreeSet;

use super::scalar::resolve_plain;
use super::text::end_of;
use super::yaml::{DEEPEST, MOST_NODES};
use crate::problem::{Position, Problem};
use crate::tree::{Content, Entry, Node};

struct Reader<'a> {
    text: &'a str,
    at: usize,
    line: u32,
    line_start: usize,
    nodes: usize,
}

/// Reads one JSON document.
///
/// # Errors
/// The first mistake of form.
pub(crate) fn parse(text: &str) -> Result<Node, Problem> {
    let mut reader = Reader { text, at: 0, line: 1, line_start: 0, nodes: 0 };
    let node = reader.value(0)?;
    reader.skip_space();
    if reader.at < text.len() { Err(reader.refuse("the document has ended, but text follows")) } else { Ok(node) }
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn position(&self) -> Position {
        let before = self.text.get(self.line_start..self.at).unwrap_or("");
        Position { line: self.line, column: end_of(before).column }
    }

    fn refuse(&self, message: impl Into<String>) -> Problem {
        Problem::error("", format!("not JSON: {}", message.into())).at(Some(self.position()))
    }

    fn skip_space(&mut self) {
        while let Some(byte @ (b' ' | b'\t' | b'\r' | b'\n')) = self.peek() {
            self.at += 1;
            if byte == b'\n' {
                self.line = self.line.saturating_add(1);
                self.line_start = self.at;
            }
        }
    }

    fn take(&mut self, byte: u8) -> bool {
        self.skip_space();
        let there = self.peek() == Some(byte);
        self.at += usize::from(there);
        there
    }

    fn value(&mut self, depth: usize) -> Result<Node, Problem> {
        self.skip_space();
        self.nodes += 1;
        let position = Some(self.position());
        if depth > DEEPEST {
            return Err(self.refuse(format!("nested deeper than {DEEPEST} levels")));
        }
        if self.nodes > MOST_NODES {
            return Err(self.refuse(format!("more than {MOST_NODES} values")));
        }
        let content = match self.peek() {
            Some(b'{') => self.map(depth)?,
            Some(b'[') => self.list(depth)?,
            Some(b'"') => Content::Text(self.string()?),
            _ => self.word()?,
        };
        Ok(Node { position, content })
    }

    fn word(&mut self) -> Result<Content, Problem> {
        let ends = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
        let rest = self.rest();
        let word = rest[..rest.find(ends).unwrap_or(rest.len())].to_owned();
        if serde_json::from_str::<serde_json::Value>(&word).is_err() {
            return Err(self.refuse("expected a value"));
        }
        let content = resolve_plain(&word).map_err(|e| self.refuse(e))?;
        self.at += word.len();
        Ok(content)
    }

    fn string(&mut self) -> Result<String, Problem> {
        let mut escaped = false;
        let rest = self.rest();
        let end = rest.char_indices().skip(1).find(|(_, c)| {
            let closes = *c == '"' && !escaped;
            escaped = *c == '\\' && !escaped;
            closes
        });
        let Some((end, _)) = end else { return Err(self.refuse("this text has no end")) };
        let text = serde_json::from_str(&rest[..=end]).map_err(|_| self.refuse("this text is not well formed"))?;
        self.at += end + 1;
        Ok(text)
    }

    fn list(&mut self, depth: usize) -> Result<Content, Problem> {
        self.at += 1;
        let mut items = Vec::new();
        if self.take(b']') {
            return Ok(Content::List(items));
        }
        loop {
            items.push(self.value(depth + 1)?);
            if self.take(b']') {
                return Ok(Content::List(items));
            }
            if !self.take(b',') {
                return Err(self.refuse("expected , or ]"));
            }
        }
    }

    fn map(&mut self, depth: usize) -> Result<Content, Problem> {
        self.at += 1;
        let mut entries = Vec::new();
        let mut keys = BTreeSet::new();
        if self.take(b'}') {
            return Ok(Content::Map(entries));
        }
        loop {
            self.skip_space();
            let position = Some(self.position());
            if self.peek() != Some(b'"') {
                return Err(self.refuse("expected a key in double quotes"));
            }
            let key = self.string()?;
            if !keys.insert(key.clone()) {
                return Err(Problem::error(key, "this key is written twice").at(position));
            }
            if !self.take(b':') {
                return Err(self.refuse("expected :"));
            }
            entries.push(Entry { key, position, value: self.value(depth + 1)? });
            if self.take(b'}') {
                return Ok(Content::Map(entries));
            }
            if !self.take(b',') {
                return Err(self.refuse("expected , or }"));
            }
        }
    }
}
