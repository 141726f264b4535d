//! What was asked for on the command line.

use std::path::PathBuf;

pub(crate) const HELP: &str = "\
cargo xtask demo [--dir DIR]   build Ergon, run two campaigns into DIR (default: ergon-demo), say where the results are
cargo xtask test [--all]       everything CI checks; --all: the slow stages too, whatever has changed
cargo xtask window             of these only the flows in the real window
cargo xtask bench [FILTER]     every benchmark (or those whose crate or name contains FILTER) and its figures
cargo xtask bindings           write the TypeScript and the capability that are made from the operations
cargo xtask release            build the .deb
cargo xtask layers             only the check of the crates' layers and invariants
";

#[derive(Debug, PartialEq)]
pub(crate) enum Task {
    Help,
    Demo { folder: Option<PathBuf> },
    Test { all: bool },
    Bench { filter: Option<String> },
    Window,
    Bindings,
    Release,
    Layers,
}

/// Reads the arguments after `cargo xtask`; the error is a sentence for the user.
pub(crate) fn parse(arguments: impl IntoIterator<Item = String>) -> Result<Task, String> {
    let mut arguments = arguments.into_iter();
    let Some(name) = arguments.next() else { return Ok(Task::Help) };
    let task = match name.as_str() {
        "help" | "-h" | "--help" => return Ok(Task::Help),
        "demo" => match arguments.next().as_deref() {
            None => Task::Demo { folder: None },
            Some("--dir") => match arguments.next() {
                Some(folder) => Task::Demo { folder: Some(folder.into()) },
                None => return Err("--dir wants a folder".into()),
            },
            Some(other) => return Err(format!("demo doesn't know `{other}`")),
        },
        "test" => match arguments.next().as_deref() {
            None => Task::Test { all: false },
            Some("--all") => Task::Test { all: true },
            Some(other) => return Err(format!("test doesn't know `{other}`")),
        },
        "bench" => match arguments.next() {
            Some(option) if option.starts_with('-') => return Err(format!("bench doesn't know `{option}`")),
            filter => Task::Bench { filter },
        },
        "window" => Task::Window,
        "bindings" => Task::Bindings,
        "release" => Task::Release,
        "layers" => Task::Layers,
        other => return Err(format!("there is no task `{other}`")),
    };
    match arguments.next() {
        None => Ok(task),
        Some(extra) => Err(format!("`{extra}` is one argument too many")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Task, String> {
        parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn every_task_has_its_form() {
        assert_eq!(parsed(""), Ok(Task::Help));
        assert_eq!(parsed("demo"), Ok(Task::Demo { folder: None }));
        assert_eq!(parsed("demo --dir /tmp/x"), Ok(Task::Demo { folder: Some("/tmp/x".into()) }));
        assert_eq!(parsed("test --all"), Ok(Task::Test { all: true }));
        assert_eq!(parsed("bench stats"), Ok(Task::Bench { filter: Some("stats".into()) }));
        assert_eq!(parsed("layers"), Ok(Task::Layers));
        assert_eq!(parsed("window"), Ok(Task::Window));
        assert_eq!(parsed("bindings"), Ok(Task::Bindings));
        assert_eq!(parsed("release"), Ok(Task::Release));
    }

    #[test]
    fn what_is_not_known_is_refused() {
        for line in [
            "tset",
            "test --al",
            "test --all twice",
            "demo --dir",
            "demo here",
            "bench --all",
            "layers x",
            "release now",
        ] {
            assert!(parsed(line).is_err(), "`{line}` was accepted");
        }
    }
}
