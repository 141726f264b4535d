//! `cargo xtask demo`: from a clone to a table and a figure, in about a minute after the build.
//!
//! It types what a user would type; nothing here knows Ergon from the inside.

mod folder;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::command;
use crate::install;
use crate::metadata;
use crate::stages::seconds;
use crate::window;
use folder::DemoFolder;

const CONSENSUS: &str = "configs/consensus-quick.yaml";
const COMMAND: &str = "configs/command-example/campaign.yaml";
const DEFAULT_FOLDER: &str = "ergon-demo";
const STEPS: usize = 8;
/// Of the summary, so much is shown here; the file has the rest.
const SUMMARY_LINES: usize = 48;

pub(crate) fn run(folder: Option<&Path>) -> Result<()> {
    let root = metadata::root()?;
    let folder = match folder {
        // Given by hand: from where the user stands.
        Some(folder) => std::path::absolute(folder)?,
        None => root.join(DEFAULT_FOLDER),
    };
    let mut steps = Steps { taken: 0 };
    steps.take("look for what is needed", "", || {
        // Before the minutes of the build, not after them.
        DemoFolder::refuse_foreign(&folder)?;
        install::ensure(install::FOR_DEMO)
    })?;
    let ergon = steps.take(
        "build ergon (minutes the first time)",
        "the compiler's message above says what is wrong; `cargo xtask test` tells whether this clone is whole",
        || build(&root),
    )?;
    // Made only now: a build that fails leaves nothing behind.
    let folder = DemoFolder::fresh(&folder)?;
    let outcome = campaigns(&mut steps, &root, &ergon, folder.path());
    folder.remember()?;
    outcome?;
    // Last, because it takes longest to build: whoever stops here has the rest.
    let shown = steps.take(
        "build the window and open it on the sample; without a display, draw it (minutes the first time)",
        "`ergon` works without it; the message above says what is missing",
        || {
            install::ensure(install::FOR_WINDOW)?;
            window::demo(&root, &window::build(&root, "ci")?, folder.path())
        },
    );
    folder.remember()?;
    shown
}

fn campaigns(steps: &mut Steps, root: &Path, ergon: &Path, folder: &Path) -> Result<()> {
    let store = folder.join("demo.ergon");
    let (report, table, figure) = (folder.join("report"), folder.join("descriptive.tex"), folder.join("raincloud.svg"));
    let with_store = |words: &[&str], output: Option<&Path>| {
        let mut command = Command::new(ergon);
        command.current_dir(root).arg("--store").arg(&store).args(words);
        if let Some(path) = output {
            command.arg("-o").arg(path);
        }
        println!("      $ {}", command::shown(&command));
        command::run(&mut command)
    };
    let doctor = "`ergon doctor` says what works on this machine";

    steps.take("run the consensus campaign", doctor, || with_store(&["run", CONSENSUS], None))?;
    steps.take(
        "run the worked example: a Python program",
        "try configs/command-example/train.py by hand; it needs python3 and nothing else",
        || with_store(&["run", COMMAND], None),
    )?;
    steps.take("write the report", doctor, || {
        with_store(&["report", CONSENSUS], Some(&report))?;
        written(&report.join("campaign_summary.md"))
    })?;
    steps.take("write a table", doctor, || {
        with_store(&["table", CONSENSUS, "descriptive", "--format", "tex"], Some(&table))?;
        written(&table)
    })?;
    steps.take("draw a figure", doctor, || {
        with_store(&["figure", CONSENSUS, "raincloud", "--format", "svg"], Some(&figure))?;
        written(&figure)
    })?;

    show_summary(&report.join("campaign_summary.md"))?;
    println!("\nThe results of both campaigns   {}", store.display());
    println!("The report                      {}", report.display());
    println!("The table, for LaTeX            {}", table.display());
    println!("The figure                      {}", figure.display());
    println!("The program, for more           {} --help", ergon.display());
    Ok(())
}

/// Builds the program and asks cargo where it lies (a target folder can be anywhere).
fn build(root: &Path) -> Result<PathBuf> {
    let mut cargo = command::cargo();
    cargo.current_dir(root).args(["build", "--profile", "ci", "-p", "ergon-cli", "--bin", "ergon"]);
    cargo.args(["--message-format", "json-render-diagnostics"]);
    let messages = command::output_beside_stderr(&mut cargo)?;
    executable(&messages).context("cargo built no program `ergon`")
}

fn executable(messages: &str) -> Option<PathBuf> {
    messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|message| message["target"]["name"] == "ergon")
        .filter_map(|message| message["executable"].as_str().map(PathBuf::from))
        .next_back()
}

fn written(path: &Path) -> Result<()> {
    match std::fs::metadata(path) {
        Ok(file) if file.len() > 0 => Ok(()),
        Ok(_) => bail!("the command went through, but {} is empty", path.display()),
        Err(error) => bail!("the command went through, but {}: {error}", path.display()),
    }
}

fn show_summary(path: &Path) -> Result<()> {
    let text = std::fs::read_to_string(path).with_context(|| format!("can't read {}", path.display()))?;
    println!("\n{}", "─".repeat(80));
    for line in text.lines().take(SUMMARY_LINES) {
        println!("{line}");
    }
    let left = text.lines().count().saturating_sub(SUMMARY_LINES);
    if left > 0 {
        println!("… {left} more lines in {}", path.display());
    }
    println!("{}", "─".repeat(80));
    Ok(())
}

struct Steps {
    taken: usize,
}

impl Steps {
    /// One step, announced and timed; its error says which step it was and what one can do.
    fn take<T>(&mut self, what: &str, what_to_do: &str, step: impl FnOnce() -> Result<T>) -> Result<T> {
        self.taken += 1;
        let place = format!("{}/{STEPS}", self.taken);
        println!("[{place}] {what}");
        let start = Instant::now();
        let done = step().with_context(|| match what_to_do {
            "" => format!("step {place}, {what}"),
            what_to_do => format!("step {place}, {what} ({what_to_do})"),
        })?;
        println!("      {}", seconds(start.elapsed()));
        Ok(done)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_is_where_cargo_says() {
        let messages = "{\"reason\":\"compiler-artifact\",\"target\":{\"name\":\"serde\"},\"executable\":null}\n\
            not json\n\
            {\"reason\":\"compiler-artifact\",\"target\":{\"name\":\"ergon\"},\"executable\":\"/t/ci/ergon\"}\n\
            {\"reason\":\"build-finished\",\"success\":true}\n";
        assert_eq!(executable(messages), Some("/t/ci/ergon".into()));
        assert_eq!(executable("{}"), None);
    }

    #[test]
    fn an_error_names_the_step_and_what_to_do() {
        let mut steps = Steps { taken: 2 };
        let error = steps.take("run it", "look there", || -> Result<()> { bail!("`ergon` ended with 1") }).unwrap_err();
        assert_eq!(format!("{error:#}"), format!("step 3/{STEPS}, run it (look there): `ergon` ended with 1"));
    }

    #[test]
    fn what_was_not_written_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("figure.svg");
        assert!(written(&file).is_err());
        std::fs::write(&file, "").unwrap();
        assert!(written(&file).unwrap_err().to_string().contains("empty"));
        std::fs::write(&file, "<svg/>").unwrap();
        assert!(written(&file).is_ok());
    }
}
