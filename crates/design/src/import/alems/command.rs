//! A command line of `run_experiment`, alone or in a shell script with variables and loops over lists.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::words;
use crate::import::Imported;
use crate::import::draft::Draft;
use crate::problem::Problem;

/// What the command is recognised by.
const PROGRAM: &str = "run_experiment";

/// Whether a text is such a command or a script with one.
pub(in crate::import) fn is_command(text: &str) -> bool {
    logical_lines(text).iter().any(|line| line.contains(PROGRAM) && line.contains("--"))
}

/// A spec of the commands in a text.
pub(in crate::import) fn import(text: &str) -> Result<Imported, Vec<Problem>> {
    let mut draft = Draft::new(words::skeleton("a-lems-batch"));
    let mut variables: BTreeMap<String, String> = BTreeMap::new();
    let mut commands = 0;
    for line in logical_lines(text) {
        let line = line.trim();
        if line.contains(PROGRAM) && line.contains("--") {
            commands += 1;
            if commands == 1 {
                options(&mut draft, &put(line, &variables));
            } else {
                draft.report.warn(format!("a further command is left out, one campaign is one command: {line}"));
            }
        } else if let Some((name, levels)) = looped(line, &variables) {
            draft.report.mapped.push(format!("for {name} → one level after the other: {levels}"));
            variables.insert(name, levels);
        } else if let Some((name, value)) = assigned(line) {
            let value = put(&value, &variables);
            match name.as_str() {
                "TEMPERATURE" | "temperature" => temperature(&mut draft, &value),
                name if name.ends_with("_API_KEY") => {
                    draft.report.ignore(name, "keys belong into the keychain or the environment, never into a spec");
                }
                _ => {}
            }
            variables.insert(name, value);
        }
    }
    if draft.spec.pointer("/factors/task").is_none() && draft.spec.pointer("/workload/task").is_none() {
        let problem = Problem::error("--tasks", "no task of the command is known here");
        draft.problems.push(problem.expected(format!("some of {}", words::ALL.join(", "))));
    }
    if draft.spec.pointer("/workload/model").is_none() && draft.spec.pointer("/factors/model").is_none() {
        providers(&mut draft, "cloud", "the command names no provider; A-LEMS's first");
    }
    if draft.spec.pointer("/phases").is_none() {
        draft.default("phases.0.replicates", json!(1), "the command names no repetitions");
    }
    words::defaults(&mut draft);
    let phase = |draft: &mut Draft, key: &str, value: Json| crate::import::source::set(&mut draft.spec, key, value);
    if !draft.spec.pointer("/phases").is_some_and(Json::is_array) {
        let replicates = draft.spec.pointer("/phases/0/replicates").cloned().unwrap_or(json!(1));
        phase(
            &mut draft,
            "phases",
            json!([{ "name": "main", "order": "blocked_by_replicate", "replicates": replicates }]),
        );
    }
    draft.done()
}

/// Lines, those that end in a backslash joined with the next; comments dropped.
fn logical_lines(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut goes_on = false;
    for line in text.lines() {
        let bare = line.trim_end();
        let (part, more) = match bare.strip_suffix('\\') {
            Some(part) => (part, true),
            None => (bare, false),
        };
        match lines.last_mut().filter(|_| goes_on) {
            Some(last) => *last = format!("{last} {}", part.trim()),
            None if part.trim_start().starts_with('#') => {}
            None => lines.push(part.to_owned()),
        }
        goes_on = more;
    }
    lines
}

/// `NAME=value` or `export NAME=value`, quotes dropped.
fn assigned(line: &str) -> Option<(String, String)> {
    let (name, value) = line.trim_start_matches("export ").split_once('=')?;
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    is_name.then(|| (name.to_owned(), value.trim().trim_matches(['"', '\'']).to_owned()))
}

/// `for task in $(echo $TASKS | tr "," "\n"); do`, or over a list: the name and its levels, separated by commas.
fn looped(line: &str, variables: &BTreeMap<String, String>) -> Option<(String, String)> {
    let (name, list) = line.strip_prefix("for ")?.split_once(" in ")?;
    let list = list.trim_end_matches("do").trim().trim_end_matches(';').trim();
    let inner = list.strip_prefix("$(echo ").map_or(list, |rest| rest.split('|').next().unwrap_or(rest).trim());
    let levels = put(inner, variables);
    let levels: Vec<&str> = levels.split([' ', ',']).filter(|level| !level.is_empty()).collect();
    Some((name.trim().to_owned(), levels.join(",")))
}

/// A text with the variables that it names.
fn put(text: &str, variables: &BTreeMap<String, String>) -> String {
    // The longest name first: $TASKS is not $TASK with an S behind it.
    let mut names: Vec<&String> = variables.keys().collect();
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    names.into_iter().fold(text.to_owned(), |text, name| {
        let value = variables.get(name).map(String::as_str).unwrap_or_default();
        text.replace(&format!("${{{name}}}"), value).replace(&format!("${name}"), value)
    })
}

fn options(draft: &mut Draft, command: &str) {
    // What is piped away is not the command's.
    let command = command.split(" 2>").next().unwrap_or(command).split('|').next().unwrap_or(command);
    let mut words = command.split_whitespace().skip_while(|word| !word.starts_with("--")).peekable();
    while let Some(option) = words.next() {
        if !option.starts_with("--") {
            draft.report.ignore(option, "it belongs to no option");
            continue;
        }
        let (option, inline) = option.split_once('=').map_or((option, None), |(o, v)| (o, Some(v)));
        let value = match inline {
            Some(value) => Some(value),
            None => words.next_if(|next| !next.starts_with("--")),
        };
        take(draft, option, value.unwrap_or_default().trim_matches(['"', '\'']));
    }
}

fn take(draft: &mut Draft, option: &str, value: &str) {
    let names = || value.split(',').map(str::trim).filter(|name| !name.is_empty()).collect::<Vec<_>>();
    match option {
        "--tasks" | "--task" | "--task-id" => {
            let found = words::tasks(draft, option, &names());
            levels(draft, option, "task", found);
        }
        "--providers" | "--provider" => providers(draft, value, option),
        "--repetitions" | "-n" => {
            if let Some(n) = whole(draft, option, value, 1_000_000) {
                draft.map(option, "phases.0.replicates", json!(n));
            }
        }
        "--cool-down" | "--cooldown" => match value.parse::<f64>() {
            Ok(seconds) if (0.0..=86_400.0).contains(&seconds) => {
                draft.map(option, "execution.cooldown", json!(seconds));
            }
            _ => refuse(draft, option, value, "seconds from 0 to 86400"),
        },
        "--temperature" => temperature(draft, value),
        "--save-db" => draft.report.ignore(option, "every run is kept in the store"),
        "--verbose" => draft.report.ignore(option, "progress and every attempt's log are always there"),
        "--start-from" => {
            draft.report.ignore(option, "Ergon knows what is finished and goes on by itself (ergon run)");
        }
        "--country" | "--region" => {
            draft
                .report
                .ignore(option, "carbon and water are asked for afterwards, for any region: ergon energy footprint");
        }
        "--optimizer" | "--enable-optimizer" => draft.report.ignore(option, "Ergon has no prompt optimizer"),
        _ => draft.report.ignore(option, "it is no option of A-LEMS's guide"),
    }
}

fn refuse(draft: &mut Draft, option: &str, value: &str, expected: &str) {
    let problem = Problem::error(option, format!("'{}' is not accepted", crate::read::shortened(value)));
    draft.problems.push(problem.expected(expected));
}

fn whole(draft: &mut Draft, option: &str, value: &str, most: u64) -> Option<u64> {
    let number = value.parse::<u64>().ok().filter(|n| (1..=most).contains(n));
    if number.is_none() {
        refuse(draft, option, value, &format!("a whole number from 1 to {most}"));
    }
    number
}

fn temperature(draft: &mut Draft, value: &str) {
    let levels: Option<Vec<f64>> =
        value.split(',').map(|t| t.trim().parse::<f64>().ok().filter(|t| (0.0..=2.0).contains(t))).collect();
    match levels.as_deref() {
        Some([one]) => draft.map("temperature", "workload.temperature", json!(one)),
        Some(several) if !several.is_empty() => draft.map("temperature", "factors.temperature", json!(several)),
        _ => refuse(draft, "temperature", value, "numbers from 0 to 2"),
    }
}

fn providers(draft: &mut Draft, value: &str, key: &str) {
    let names = value.split(',').map(str::trim).filter(|name| !name.is_empty());
    let found: Vec<Json> = names.filter_map(|name| words::model(draft, key, name)).collect();
    levels(draft, key, "model", found);
}

/// One level is fixed, several are a factor.
fn levels(draft: &mut Draft, key: &str, parameter: &str, found: Vec<Json>) {
    match <[Json; 1]>::try_from(found) {
        Ok([one]) => draft.map(key, &format!("workload.{parameter}"), one),
        Err(several) if several.is_empty() => {}
        Err(several) => draft.map(key, &format!("factors.{parameter}"), Json::Array(several)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_are_read_with_their_variables_and_loops() {
        let script = "#!/bin/bash\nTASKS=\"gsm8k_basic,factual_qa\"\nTEMPS=\"0.1,0.5\"\nREPS=10\n\
                      for task in $(echo $TASKS | tr \",\" \"\\n\"); do\nfor temp in $(echo $TEMPS | tr \",\" \"\\n\"); do\n\
                      export TEMPERATURE=$temp\npython -m core.execution.tests.run_experiment \\\n--tasks $task \\\n\
                      --repetitions $REPS \\\n--save-db\ndone\ndone\n";
        assert!(is_command(script));
        let spec = import(script).unwrap().spec.unwrap();
        assert_eq!(spec["factors"]["task"], json!(["gsm8k_basic", "factual_qa"]));
        assert_eq!(spec["factors"]["temperature"], json!([0.1, 0.5]));
        assert_eq!(spec["phases"][0]["replicates"], 10);
    }

    #[test]
    fn text_without_the_command_is_none_of_ours() {
        assert!(!is_command("ergon: 1\n") && !is_command("# run_experiment --tasks x\n"));
    }
}
