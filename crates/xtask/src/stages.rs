//! A list of stages that are all run, whatever happens to one of them, and the table of how it went.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

pub(crate) struct Stages {
    finished: Vec<Finished>,
}

struct Finished {
    name: String,
    outcome: Outcome,
    took: Duration,
}

enum Outcome {
    Passed(String),
    Skipped(String),
    Failed(String),
}

/// How a stage ended when it didn't fail, with a remark for the table.
pub(crate) struct Done(Outcome);

impl Done {
    pub(crate) fn plain() -> Self {
        Self(Outcome::Passed(String::new()))
    }

    pub(crate) fn with(remark: impl Into<String>) -> Self {
        Self(Outcome::Passed(remark.into()))
    }

    pub(crate) fn skipped(why: impl Into<String>) -> Self {
        Self(Outcome::Skipped(why.into()))
    }
}

impl Stages {
    pub(crate) fn new() -> Self {
        Self { finished: Vec::new() }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.finished.is_empty()
    }

    /// Runs a stage. A failure is printed at once and kept for the end: one red stage must not hide another.
    pub(crate) fn run(&mut self, name: &str, stage: impl FnOnce() -> Result<Done>) {
        println!("\n── {name}");
        let start = Instant::now();
        let outcome = match stage() {
            Ok(Done(outcome)) => outcome,
            Err(error) => {
                eprintln!("{name}: {error:#}");
                Outcome::Failed(format!("{error:#}").lines().next().unwrap_or_default().to_owned())
            }
        };
        self.finished.push(Finished { name: name.to_owned(), outcome, took: start.elapsed() });
    }

    /// One line a stage: how it ended, how long it took, what there is to say.
    pub(crate) fn table(&self) -> String {
        let width = self.finished.iter().map(|stage| stage.name.chars().count()).max().unwrap_or(0).max(5);
        let mut table = String::new();
        for Finished { name, outcome, took } in &self.finished {
            let (word, remark) = match outcome {
                Outcome::Passed(remark) => ("ok", remark),
                Outcome::Skipped(why) => ("not run", why),
                Outcome::Failed(why) => ("FAILED", why),
            };
            let line = format!("{name:<width$}  {word:<7}  {:>8}  {remark}", seconds(*took));
            let _ = writeln!(table, "{}", line.trim_end());
        }
        let total = self.finished.iter().map(|stage| stage.took).sum();
        let _ = writeln!(table, "{:<width$}  {:<7}  {:>8}", "total", "", seconds(total));
        table
    }

    /// Prints the table; an error that lists what failed.
    pub(crate) fn finish(self) -> Result<()> {
        println!("\n{}", self.table());
        let failed: Vec<&str> = self
            .finished
            .iter()
            .filter(|stage| matches!(stage.outcome, Outcome::Failed(_)))
            .map(|stage| stage.name.as_str())
            .collect();
        if !failed.is_empty() {
            bail!("{} of {} stages failed: {}", failed.len(), self.finished.len(), failed.join(", "));
        }
        Ok(())
    }
}

/// A duration as the tables and the demo show it.
pub(crate) fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_red_stage_does_not_hide_the_next_one() {
        let mut stages = Stages::new();
        let mut reached = false;
        stages.run("first", || bail!("broken\nat length"));
        stages.run("second", || {
            reached = true;
            Ok(Done::with("12 passed"))
        });
        stages.run("third", || Ok(Done::skipped("nothing changed")));
        stages.run("fourth", || bail!("broken too"));
        assert!(reached);
        let table = stages.table();
        assert!(table.contains("FAILED") && table.contains("broken\n"), "{table}");
        assert!(table.contains("not run") && table.contains("12 passed"), "{table}");
        assert_eq!(stages.finish().unwrap_err().to_string(), "2 of 4 stages failed: first, fourth");
    }
}
