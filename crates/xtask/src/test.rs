//! `cargo xtask test`: everything, from a bare clone. CI calls this and nothing else.
//!
//! Slow tests are their own stages: they run when something they depend on has changed, or with `--all`. A slow test is
//! `#[ignore]`d with its stage's word in its name, or (LaTeX) a test target that does without the tool when nobody
//! insists on it.

use std::io::{self, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::changes::Changes;
use crate::command;
use crate::engines::ENGINES;
use crate::install;
use crate::keychain;
use crate::layers;
use crate::metadata;
use crate::page;
use crate::stages::{Done, Stages};
use crate::test_counts::TestCounts;
use crate::window;

struct SlowStage {
    name: &'static str,
    needs: &'static [install::Need],
    /// What the outcome depends on, as path prefixes.
    prefixes: &'static [&'static str],
    /// Behind `cargo test --workspace`: which tests these are.
    arguments: &'static [&'static str],
    environment: &'static [(&'static str, &'static str)],
}

const SLOW: &[SlowStage] = &[
    SlowStage {
        name: "latex",
        needs: install::FOR_LATEX,
        prefixes: &["crates/publish/", "crates/xtask/src/test.rs"],
        arguments: &["--test", "latex_compile", "--", "--include-ignored"],
        // Without it those tests pass where there is no pdflatex.
        environment: &[("ERGON_LATEX", "1")],
    },
    SlowStage {
        name: "fuzz",
        needs: &[],
        prefixes: &["crates/design/", "crates/domain/", "crates/workloads/", "crates/xtask/src/test.rs"],
        // The targets by kind: doc tests have no slow ones, and asking each crate for them takes a while.
        arguments: &["--lib", "--bins", "--tests", "--", "--ignored", "fuzz"],
        environment: &[],
    },
];

pub(crate) fn run(all: bool) -> Result<()> {
    let root = metadata::root()?;
    let mut stages = Stages::new();
    let mut total = TestCounts::default();

    stages.run("tools", || {
        install::ensure(install::FOR_TESTS)?;
        install::ensure_toolchain()?;
        Ok(Done::plain())
    });
    stages.run("layers", || {
        layers::check(&root)?;
        Ok(Done::plain())
    });
    stages.run("format", || plain(command::cargo().args(["fmt", "--all", "--check"]).current_dir(&root)));
    stages.run("clippy", || {
        let lint = ["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"];
        plain(cargo(&root).args(lint))
    });
    stages.run("page", || {
        page::ensure_packages(&root)?;
        page::check(&root)?;
        Ok(Done::plain())
    });
    stages.run("deny", || {
        install::ensure_cargo_deny()?;
        // Not `advisories`: their database is a git repository on the net, and a test run must not depend on it.
        plain(command::cargo().args(["deny", "check", "bans", "licenses", "sources"]).current_dir(&root))
    });
    stages.run("test", || {
        let counts = cargo_test(
            cargo(&root).args(["test", "--workspace", "--no-fail-fast", "--exclude", window::tests_package()]),
            &root,
            &mut total,
        )?;
        Ok(Done::with(counts.to_string()))
    });
    stages.run("window", || {
        let counts = cargo_test(&mut window::tests(&root)?, &root, &mut total)?;
        Ok(Done::with(counts.to_string()))
    });
    let changes = Changes::find(&root);
    for stage in SLOW {
        stages.run(stage.name, || when_touched(&changes, all, stage.prefixes, || stage.run(&root, &mut total)));
    }
    stages.run("package", || {
        when_touched(&changes, all, &["src-tauri/", "icons/", "crates/xtask/src/"], || {
            // The programs that the stage before has built: what is proven is the package, not the optimiser.
            Ok(window::package(&root, "dev")?.map_or_else(|| Done::with("starts in a fresh Debian"), Done::skipped))
        })
    });
    for stage in ENGINES {
        stages.run(stage.name, || when_touched(&changes, all, stage.prefixes, || stage.run(&root, &mut total)));
    }
    stages.run("keychain", || {
        when_touched(&changes, all, &["crates/models/src/key"], || keychain::stage(&root, &mut total))
    });

    let finished = stages.finish();
    if !total.is_empty() {
        println!("{total}");
    }
    finished
}

/// Runs a slow stage where something it depends on, as path prefixes, has changed, or all were asked for.
fn when_touched(changes: &Changes, all: bool, prefixes: &[&str], stage: impl FnOnce() -> Result<Done>) -> Result<Done> {
    let why = if all { Some("--all".to_owned()) } else { changes.touch(prefixes) };
    let Some(why) = why else {
        return Ok(Done::skipped(format!("nothing it depends on changed ({})", prefixes.join(", "))));
    };
    println!("runs because: {why}");
    stage()
}

impl SlowStage {
    fn run(&self, root: &Path, total: &mut TestCounts) -> Result<Done> {
        install::ensure(self.needs)?;
        let mut command = cargo(root);
        command
            .args(["test", "--workspace", "--no-fail-fast", "--exclude", window::tests_package()])
            .args(self.arguments);
        command.envs(self.environment.iter().copied());
        let counts = cargo_test(&mut command, root, total)?;
        Ok(if counts.is_empty() {
            Done::skipped("no crate has such a test yet".to_owned())
        } else {
            Done::with(counts.to_string())
        })
    }
}

/// A cargo that compiles: in CI without incremental data, which a fresh clone only pays for.
pub(crate) fn cargo(root: &Path) -> Command {
    let mut cargo = command::cargo();
    cargo.current_dir(root);
    if std::env::var_os("CI").is_some() {
        cargo.env("CARGO_INCREMENTAL", "0");
    }
    cargo
}

fn plain(command: &mut Command) -> Result<Done> {
    command::run(command)?;
    Ok(Done::plain())
}

/// Runs tests, shows what they print, adds them to the total.
pub(crate) fn cargo_test(command: &mut Command, root: &Path, total: &mut TestCounts) -> Result<TestCounts> {
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    // Tests on shared data run where the data is, and say that they didn't where it isn't.
    let data = root.join("../shared/data");
    if std::env::var_os("ERGON_TEST_DATA").is_none() && data.is_dir() {
        let data = data.canonicalize().context("../shared/data can't be resolved")?;
        println!("ERGON_TEST_DATA={}", data.display());
        command.env("ERGON_TEST_DATA", data);
    }
    let mut child = command.spawn().with_context(|| format!("can't start `{}`", command::shown(command)))?;
    let mut counts = TestCounts::default();
    let passed_on = match child.stdout.take() {
        Some(output) => counts.tee(BufReader::new(output), io::stdout().lock()),
        None => Ok(()),
    };
    let status = child.wait().context("cargo test got lost")?;
    *total += counts;
    passed_on.context("the tests' output can't be passed on")?;
    if !status.success() {
        bail!("{counts}: `{}` ended with {status}", command::shown(command));
    }
    Ok(counts)
}
