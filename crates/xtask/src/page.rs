//! The window's page in `ui/`: its packages, its checks, its build.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::command;
use crate::metadata;
use crate::node;

fn npm(root: &Path, arguments: &[&str]) -> Result<Command> {
    let mut npm = Command::new("npm");
    npm.args(arguments).current_dir(root.join("ui")).env("PATH", node::path(&metadata::target(root))?);
    Ok(npm)
}

/// Installs what the lock file names, unless that is what is there.
pub(crate) fn ensure_packages(root: &Path) -> Result<()> {
    let ui = root.join("ui");
    let changed = |file: &str| std::fs::metadata(ui.join(file)).and_then(|f| f.modified()).ok();
    let installed = changed("node_modules/.package-lock.json");
    if installed.is_some() && installed >= changed("package-lock.json") {
        return Ok(());
    }
    command::run(&mut npm(root, &["ci", "--no-audit", "--no-fund"])?).context("the page's packages can't be installed")
}

/// Types, lints, format and component tests.
pub(crate) fn check(root: &Path) -> Result<()> {
    for script in ["check", "lint", "format:check", "test"] {
        command::run(&mut npm(root, &["run", "--silent", script])?)?;
    }
    Ok(())
}

/// Builds the page into `ui/dist`, from where it is compiled into the window.
pub(crate) fn build(root: &Path) -> Result<()> {
    command::run(&mut npm(root, &["run", "--silent", "build"])?)
}
