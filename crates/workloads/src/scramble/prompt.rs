//! What a model is asked: the item's text, transformed, in the user's template.

use super::item::{Answer, Item};
use super::transform::{Method, Recipe, Rewritten, scramble_unlogged};

/// The template where the user gives none.
pub const DEFAULT_TEMPLATE: &str = "{context}\n\n{question}\n\n{options}\n\n{instruction}";

/// An item's texts after the transformation.
#[derive(Clone, Debug, PartialEq)]
pub struct Body {
    /// The question.
    pub question: Rewritten,
    /// The context; empty where there is none.
    pub context: String,
    /// Options, without letters.
    pub options: Vec<String>,
}

/// The recipe as it applies to an item: with its answer among what is left alone, where that is wanted.
pub(super) fn recipe_for(item: &Item, recipe: &Recipe, keep_answer: bool) -> Recipe {
    let mut recipe = recipe.clone();
    if keep_answer {
        recipe.preserve.texts = match &item.answer {
            Answer::Unknown | Answer::Number(_) => Vec::new(),
            Answer::Text(texts) => texts.clone(),
            Answer::Choice(at) => item.options.get(*at).cloned().into_iter().collect(),
        };
    }
    recipe
}

/// Transforms an item. The question and, of a method that replaces, context and options as well: a method that reorders
/// leaves these alone, because a word that left its option would make another item of it. Each text has its own places,
/// and replaced words and letters are the same in all of them.
pub fn body(item: &Item, recipe: &Recipe, keep_answer: bool) -> Body {
    let recipe = recipe_for(item, recipe, keep_answer);
    let context = item.context.clone().unwrap_or_default();
    if recipe.method.reorders() || recipe.method == Method::None {
        return Body {
            question: scramble_unlogged(&item.question, &item.id, &recipe),
            context,
            options: item.options.clone(),
        };
    }
    let of = |text: &str, part: &str| scramble_unlogged(text, &format!("{}/{part}", item.id), &recipe).text;
    Body {
        question: scramble_unlogged(&item.question, &item.id, &recipe),
        context: of(&context, "context"),
        options: item.options.iter().enumerate().map(|(i, option)| of(option, &format!("option {i}"))).collect(),
    }
}

/// What the answer should look like, for the default template.
fn instruction(item: &Item) -> &'static str {
    match item.answer {
        Answer::Unknown => "",
        Answer::Number(_) => "Reply with the number alone.",
        Answer::Choice(_) => "Reply with the letter of the right option alone.",
        Answer::Text(_) => "Reply with the answer alone.",
    }
}

/// Placeholders that every item has.
const PLACEHOLDERS: [&str; 5] = ["question", "options", "context", "instruction", "id"];

/// Fills a template. Blank lines that an empty part leaves behind are closed up. A single brace that begins no
/// placeholder stays, so that JSON can be asked for; `{{` and `}}` are braces.
///
/// # Errors
/// A placeholder that the item doesn't have.
pub fn fill(template: &str, item: &Item, body: &Body) -> Result<String, String> {
    let mut out = String::with_capacity(template.len() + body.question.text.len());
    let mut rest = template;
    while let Some(at) = rest.find(['{', '}']) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        if let Some(after) = from.strip_prefix("{{").or_else(|| from.strip_prefix("}}")) {
            out.push_str(from.get(..1).unwrap_or_default());
            rest = after;
            continue;
        }
        let name = from.strip_prefix('{').and_then(|f| f.split_once('}'));
        let is_name = |n: &str| !n.is_empty() && n.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'));
        match name.filter(|(name, _)| is_name(name)) {
            Some((name, after)) => {
                out.push_str(&value(name, item, body)?);
                rest = after;
            }
            None => {
                out.push_str(from.get(..1).unwrap_or_default());
                rest = from.get(1..).unwrap_or_default();
            }
        }
    }
    out.push_str(rest);
    let mut closed: Vec<&str> = Vec::new();
    for line in out.trim().split('\n') {
        if !(line.trim().is_empty() && closed.last().is_some_and(|last| last.trim().is_empty())) {
            closed.push(line);
        }
    }
    Ok(closed.join("\n"))
}

fn value(name: &str, item: &Item, body: &Body) -> Result<String, String> {
    Ok(match name {
        "question" => body.question.text.clone(),
        "context" => body.context.clone(),
        "options" => {
            let line = |(i, option): (usize, &String)| format!("{}) {option}", Item::letter(i));
            body.options.iter().enumerate().map(line).collect::<Vec<_>>().join("\n")
        }
        "instruction" => instruction(item).to_owned(),
        "id" => item.id.clone(),
        other => item.fields.get(other).cloned().ok_or_else(|| {
            let known = PLACEHOLDERS.iter().copied().chain(item.fields.keys().map(String::as_str));
            let known: Vec<String> = known.map(|name| format!("{{{name}}}")).collect();
            format!("{{{other}}} is no field of the item '{}'; expected one of {}", item.id, known.join(", "))
        })?,
    })
}
