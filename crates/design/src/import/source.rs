//! The text of a foreign file as a tree, and its values as JSON.

use serde_json::{Map, Value as Json};

use crate::problem::{Problem, SpecProblems};
use crate::read;
use crate::tree::{Content, Node};

/// Longest text a foreign file may hold in one value, in bytes.
const LONGEST_TEXT: usize = 1 << 20;

/// Reads YAML or JSON, whichever the text is.
pub(super) fn read(bytes: &[u8], name: &str) -> Result<Node, SpecProblems> {
    let refuse = |problems: Vec<Problem>| SpecProblems(problems).in_file(name);
    let text = read::checked_text(bytes).map_err(|p| refuse(vec![p]))?;
    if text.trim().is_empty() {
        return Err(refuse(vec![Problem::error("", "the file is empty").expected("YAML or JSON")]));
    }
    let is_json = name.to_ascii_lowercase().ends_with(".json") || text.trim_start().starts_with(['{', '[']);
    let parsed = if is_json { read::parse(&without_comments(text), "x.json") } else { read::parse(text, "x.yaml") };
    let tree = parsed.map_err(refuse)?;
    match longest_text(&tree) {
        Some(at) => Err(refuse(vec![
            Problem::error("", format!("a text of more than {LONGEST_TEXT} bytes is no setting")).at(at.position),
        ])),
        None => Ok(tree),
    }
}

fn longest_text(node: &Node) -> Option<&Node> {
    match &node.content {
        Content::Text(text) => (text.len() > LONGEST_TEXT).then_some(node),
        Content::List(items) => items.iter().find_map(longest_text),
        Content::Map(entries) => entries.iter().find_map(|e| longest_text(&e.value)),
        _ => None,
    }
}

/// JSON as guides print it, with `/* … */`: comments become blanks, so that places stay where they are.
fn without_comments(text: &str) -> String {
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    let (mut in_text, mut escaped) = (false, false);
    while let Some(c) = rest.chars().next() {
        if !in_text
            && let Some(comment) = rest.strip_prefix("/*")
            && let Some(end) = comment.find("*/")
        {
            let length = end + 4;
            out.extend(rest.get(..length).unwrap_or_default().chars().map(|c| if c == '\n' { c } else { ' ' }));
            rest = rest.get(length..).unwrap_or_default();
            continue;
        }
        in_text ^= c == '"' && !escaped;
        escaped = in_text && c == '\\' && !escaped;
        out.push(c);
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
    }
    out
}

/// A value as JSON.
pub(super) fn json(node: &Node) -> Json {
    match &node.content {
        Content::Null => Json::Null,
        Content::Bool(b) => Json::Bool(*b),
        Content::Int(i) => i64::try_from(*i).map_or_else(|_| Json::from(*i as f64), Json::from),
        Content::Real(x) => Json::from(*x),
        Content::Text(text) => Json::from(text.as_str()),
        Content::List(items) => Json::Array(items.iter().map(json).collect()),
        Content::Map(entries) => {
            Json::Object(entries.iter().map(|e| (e.key.clone(), json(&e.value))).collect::<Map<_, _>>())
        }
    }
}

/// Every value that is no mapping, with its path (`llm_settings.model`).
pub(super) fn leaves(node: &Node) -> Vec<(String, &Node)> {
    let mut out = Vec::new();
    collect(node, "", &mut out);
    out
}

fn collect<'n>(node: &'n Node, path: &str, out: &mut Vec<(String, &'n Node)>) {
    match &node.content {
        Content::Map(entries) if !entries.is_empty() => {
            for e in entries {
                let path = if path.is_empty() { e.key.clone() } else { format!("{path}.{}", e.key) };
                collect(&e.value, &path, out);
            }
        }
        _ if path.is_empty() => {}
        _ => out.push((path.to_owned(), node)),
    }
}

/// Sets a value in a spec by its path; positions of lists are numbers. What is missing on the way is made.
pub(super) fn set(spec: &mut Json, path: &str, value: Json) {
    let mut at = spec;
    for step in path.split('.') {
        at = match (step.parse::<usize>(), at) {
            (Ok(index), Json::Array(items)) => {
                if items.len() <= index {
                    items.resize(index + 1, Json::Null);
                }
                let Some(item) = items.get_mut(index) else { return };
                item
            }
            (_, at) => {
                if !at.is_object() {
                    *at = Json::Object(Map::new());
                }
                let Json::Object(entries) = at else { return };
                entries.entry(step.to_owned()).or_insert(Json::Null)
            }
        };
    }
    *at = value;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_in_json_are_blanks_but_not_in_texts() {
        let text = "{\"a\": [ /* and\n more */ ], \"b\": \"/* not */ \\\" /* one */\"}";
        let tree = read(text.as_bytes(), "guide.json").unwrap();
        assert_eq!(json(&tree).to_string(), r#"{"a":[],"b":"/* not */ \" /* one */"}"#);
        assert_eq!(without_comments(text).len(), text.len());
    }

    #[test]
    fn a_path_is_made_where_it_is_missing() {
        let mut spec = serde_json::json!({ "phases": [{ "name": "p" }] });
        set(&mut spec, "phases.0.fix.jobs", Json::from(3));
        set(&mut spec, "budget.hours", Json::from(2));
        assert_eq!(
            spec,
            serde_json::json!({ "phases": [{ "name": "p", "fix": { "jobs": 3 } }], "budget": { "hours": 2 } })
        );
    }
}
