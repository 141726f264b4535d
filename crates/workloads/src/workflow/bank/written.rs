//! Items that were written down: those that come with Ergon as tables, the user's as JSON Lines.

use serde::Deserialize;
use serde_json::Value;

use super::spread;
use crate::numeral;
use crate::workflow::grader::is_right;
use crate::workflow::item::{Gold, Step, TaskItem};

/// A line of the user's that is no item.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct ItemProblem {
    /// Line, from 1.
    pub line: usize,
    /// What is wrong and what is accepted.
    pub message: String,
}

/// How an answer is compared.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Grade {
    Text,
    Number,
    Choice,
    Set,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default)]
    id: Option<String>,
    #[serde(alias = "question")]
    prompt: String,
    #[serde(default)]
    answer: Option<Value>,
    #[serde(default)]
    accept: Vec<String>,
    #[serde(default)]
    choices: Vec<String>,
    #[serde(default)]
    grade: Option<Grade>,
    #[serde(default)]
    tolerance: f64,
    #[serde(default)]
    wrong: Vec<String>,
    #[serde(default)]
    difficulty: f64,
    #[serde(default)]
    route: Vec<Step>,
}

/// Reads the user's items, one JSON object a line: `prompt` (or `question`), and where it can be graded `answer` (text,
/// number or list; with `####`, the number after it, as GSM8K has it; with `choices` also a place from 0, as MMLU has it);
/// further `id`, `accept`, `choices`, `grade` (text, number, choice, set), `tolerance`, `wrong`, `difficulty`, `route`.
///
/// # Errors
/// The first line that is no item.
pub fn read_items(bytes: &[u8]) -> Result<Vec<TaskItem>, ItemProblem> {
    let text =
        std::str::from_utf8(bytes).map_err(|_| ItemProblem { line: 1, message: "the file is no UTF-8 text".into() })?;
    let mut items: Vec<TaskItem> = Vec::new();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let item = item(line, number + 1).map_err(|message| ItemProblem { line: number + 1, message })?;
        if items.iter().any(|other| other.id == item.id) {
            let message = format!("the id '{}' is taken by an earlier line", item.id);
            return Err(ItemProblem { line: number + 1, message });
        }
        items.push(item);
    }
    if items.is_empty() { Err(ItemProblem { line: 1, message: "the file holds no items".into() }) } else { Ok(items) }
}

fn item(line: &str, number: usize) -> Result<TaskItem, String> {
    let mut reader = serde_json::Deserializer::from_str(line);
    let w: Written = serde_path_to_error::deserialize(&mut reader).map_err(|e| match e.path().to_string() {
        path if path == "." => e.inner().to_string(),
        path => format!("{path}: {}", e.inner()),
    })?;
    if w.prompt.trim().is_empty() {
        return Err("prompt: is empty".into());
    }
    if !(0.0..=1.0).contains(&w.tolerance) || !(-10.0..=10.0).contains(&w.difficulty) {
        return Err("expected a tolerance from 0 to 1 and a difficulty from -10 to 10".into());
    }
    let gold = match &w.answer {
        None if w.grade.is_some() => return Err("answer: is missing, but grade says how to compare it".into()),
        None => None,
        Some(answer) => Some(gold(answer, &w)?),
    };
    if let Some(gold) = &gold
        && let Some(wrong) = w.wrong.iter().find(|wrong| is_right(gold, wrong))
    {
        return Err(format!("wrong: '{wrong}' would be graded right"));
    }
    let id = w.id.unwrap_or_else(|| format!("line-{number}"));
    Ok(TaskItem { id, prompt: w.prompt, gold, wrong: w.wrong, difficulty: w.difficulty, route: w.route, fact: None })
}

fn gold(answer: &Value, w: &Written) -> Result<Gold, String> {
    let marked = answer.as_str().and_then(|text| text.rsplit_once("####")).map(|(_, number)| number);
    let grade = w.grade.unwrap_or(match answer {
        Value::Array(_) => Grade::Set,
        _ if !w.choices.is_empty() => Grade::Choice,
        Value::Number(_) => Grade::Number,
        _ if marked.is_some() => Grade::Number,
        _ => Grade::Text,
    });
    let text = || match answer {
        Value::String(s) if !s.trim().is_empty() => Ok(s.clone()),
        Value::Number(n) => Ok(n.to_string()),
        other => Err(format!("answer: {other} is not accepted; expected text")),
    };
    Ok(match grade {
        Grade::Number => {
            let written = marked.or(answer.as_str());
            let value = answer.as_f64().or_else(|| numeral::only(written?).ok());
            let value = value.ok_or_else(|| format!("answer: {answer} is not accepted; expected a number"))?;
            Gold::Number { value, tolerance: w.tolerance }
        }
        Grade::Text => Gold::Text(std::iter::once(text()?).chain(w.accept.iter().cloned()).collect()),
        Grade::Choice => {
            let mut right = text()?;
            let place = answer.as_u64().and_then(|place| w.choices.get(usize::try_from(place).ok()?));
            if let Some(meant) = place.filter(|_| !w.choices.contains(&right)) {
                right.clone_from(meant);
            }
            if !w.choices.contains(&right) {
                return Err(format!("answer: '{right}' is none of the choices ({})", w.choices.join(", ")));
            }
            Gold::Choice { right, choices: w.choices.clone() }
        }
        Grade::Set => {
            let all = answer
                .as_array()
                .and_then(|list| list.iter().map(|one| one.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>());
            let all = all.filter(|all| !all.is_empty());
            Gold::Set(all.ok_or_else(|| format!("answer: {answer} is not accepted; expected a list of texts"))?)
        }
    })
}

/// A table with one item a line: question | right answer, other spellings | wrong answers | a sentence with the answer.
fn table(bank: &str, text: &str) -> Vec<TaskItem> {
    let lines: Vec<&str> = text.lines().filter(|line| !line.is_empty()).collect();
    let listed = |cell: Option<&str>| -> Vec<String> {
        cell.into_iter().flat_map(|c| c.split(';')).map(|s| s.trim().to_owned()).filter(|s| !s.is_empty()).collect()
    };
    let item = |(number, line): (usize, &&str)| {
        let mut cells = line.split('|');
        let prompt = cells.next()?.trim().to_owned();
        let right = listed(cells.next());
        let wrong = listed(cells.next());
        let fact = cells.next().map(|s| s.trim().to_owned()).filter(|s| !s.is_empty());
        let route = fact.iter().map(|_| Step { tool: "search".into(), input: prompt.trim_end_matches('?').to_owned() });
        Some(TaskItem {
            id: format!("{bank}-{}", number + 1),
            route: route.collect(),
            prompt,
            gold: Some(Gold::Text(right)),
            wrong,
            difficulty: spread(number, lines.len()),
            fact,
        })
    };
    lines.iter().enumerate().filter_map(item).collect()
}

/// A table of the same form whose right and wrong answers are the choices.
fn choices(bank: &str, text: &str) -> Vec<TaskItem> {
    let mut items = table(bank, text);
    for item in &mut items {
        let right = item.gold.as_ref().map(Gold::stated).unwrap_or_default();
        let mut choices: Vec<String> = item.wrong.iter().cloned().chain([right.clone()]).collect();
        choices.sort();
        item.gold = Some(Gold::Choice { right, choices });
    }
    items
}

/// A table of text | label, with the labels as choices of every item.
fn labels(bank: &str, ask: &str, all: &[&str], text: &str) -> Vec<TaskItem> {
    let mut items = table(bank, text);
    for item in &mut items {
        let right = item.gold.as_ref().map(Gold::stated).unwrap_or_default();
        let choices: Vec<String> = all.iter().map(|label| (*label).to_owned()).collect();
        item.wrong = choices.iter().filter(|label| **label != right).cloned().collect();
        item.prompt = format!("{ask} {}", item.prompt);
        item.gold = Some(Gold::Choice { right, choices });
    }
    items
}

pub(super) fn commonsense() -> Vec<TaskItem> {
    choices("commonsense", include_str!("tables/commonsense.txt"))
}

pub(super) fn factual() -> Vec<TaskItem> {
    table("factual", include_str!("tables/factual.txt"))
}

pub(super) fn science() -> Vec<TaskItem> {
    table("science", include_str!("tables/science.txt"))
}

pub(super) fn geography() -> Vec<TaskItem> {
    table("geography", include_str!("tables/geography.txt"))
}

pub(super) fn sentiment() -> Vec<TaskItem> {
    let ask = "Is this positive, negative or neutral?";
    labels("sentiment", ask, &["positive", "negative", "neutral"], include_str!("tables/sentiment.txt"))
}

pub(super) fn topics() -> Vec<TaskItem> {
    let all = ["sports", "politics", "technology", "health"];
    labels("topic", "Is this about sports, politics, technology or health?", &all, include_str!("tables/topics.txt"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_user_s_items_are_read_with_what_they_say() {
        let text = br#"{"prompt": "2 + 2?", "answer": 4}
{"id": "sky", "prompt": "Colour of the sky?", "answer": "blue", "accept": ["azure"], "wrong": ["green"]}

{"prompt": "Which?", "answer": "b", "choices": ["a", "b"]}
{"prompt": "Both?", "answer": ["x", "y"]}
{"prompt": "Write a poem."}
"#;
        let items = read_items(text).unwrap();
        let ids: Vec<&str> = items.iter().map(|i| i.id.as_str()).collect();
        assert_eq!(ids, ["line-1", "sky", "line-4", "line-5", "line-6"]);
        assert_eq!(items[0].gold, Some(Gold::Number { value: 4.0, tolerance: 0.0 }));
        assert_eq!(items[1].gold, Some(Gold::Text(vec!["blue".into(), "azure".into()])));
        assert_eq!(items[3].gold, Some(Gold::Set(vec!["x".into(), "y".into()])));
        assert_eq!(items[2].gold, Some(Gold::Choice { right: "b".into(), choices: vec!["a".into(), "b".into()] }));
        assert_eq!(items[4].gold, None, "what nobody can grade isn't graded");
    }

    #[test]
    fn benchmarks_that_ask_a_question_are_read_as_they_are() {
        let text = br#"{"question": "How many eggs?", "answer": "16 - 3 - 4 = 9, twice\n#### 1,018"}
{"question": "Which?", "choices": ["zero", "one", "two"], "answer": 2}
{"question": "How many?", "choices": ["1", "2"], "answer": 1}"#;
        let items = read_items(text).unwrap();
        assert_eq!((items[0].prompt.as_str(), items[0].wrong.len()), ("How many eggs?", 0));
        assert_eq!(items[0].gold, Some(Gold::Number { value: 1018.0, tolerance: 0.0 }));
        let right = |item: &TaskItem| item.gold.as_ref().map(Gold::stated);
        assert_eq!([right(&items[1]), right(&items[2])], [Some("two".into()), Some("1".into())]);
    }

    #[test]
    fn a_line_that_is_no_item_is_named_with_what_is_accepted() {
        for (text, said) in [
            ("", "line 1: the file holds no items"),
            ("{\"prompt\": \"x\"}\nnot json", "line 2: expected"),
            ("{\"answer\": 4}", "line 1: missing field `prompt`"),
            ("{\"prompt\": \" \"}", "line 1: prompt: is empty"),
            ("{\"prompt\": \"x\", \"gold\": 1}", "unknown field `gold`"),
            (
                "{\"prompt\": \"x\", \"answer\": \"c\", \"choices\": [\"a\", \"b\"]}",
                "'c' is none of the choices (a, b)",
            ),
            ("{\"prompt\": \"x\", \"answer\": \"five\", \"grade\": \"number\"}", "expected a number"),
            ("{\"prompt\": \"x\", \"answer\": 4, \"wrong\": [\"4.0\"]}", "wrong: '4.0' would be graded right"),
            ("{\"prompt\": \"x\", \"grade\": \"set\"}", "answer: is missing"),
            ("{\"id\": \"a\", \"prompt\": \"x\"}\n{\"id\": \"a\", \"prompt\": \"y\"}", "line 2: the id 'a' is taken"),
        ] {
            let found = read_items(text.as_bytes()).unwrap_err().to_string();
            assert!(found.contains(said), "{text}: {found}");
        }
    }
}
