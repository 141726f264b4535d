//! `cargo xtask bench`: every `crates/*/benches` and the window's figures, one after the other, as they print them.
//!
//! One at a time, because two benchmarks at once measure each other.

use anyhow::{Result, bail};

use crate::command;
use crate::metadata::{self, Metadata};
use crate::stages::{Done, Stages};
use crate::window;

pub(crate) fn run(filter: Option<&str>) -> Result<()> {
    let root = metadata::root()?;
    let workspace = Metadata::read(&root)?;
    let mut stages = Stages::new();
    for package in &workspace.packages {
        for bench in &package.benches {
            let name = format!("{}::{bench}", package.name);
            if filter.is_some_and(|part| !name.contains(part)) {
                continue;
            }
            stages.run(&name, || {
                command::run(
                    command::cargo().args(["bench", "-p", &package.name, "--bench", bench]).current_dir(&root),
                )?;
                Ok(Done::plain())
            });
        }
    }
    if filter.is_none_or(|part| "window".contains(part)) {
        stages.run("window", || window::figures(&root).map(|()| Done::plain()));
    }
    if stages.is_empty() {
        match filter {
            Some(part) => bail!("no benchmark's name contains `{part}`"),
            None => bail!("no crate has a benchmark"),
        }
    }
    stages.finish()
}
