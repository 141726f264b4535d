//! The desktop program: built, tested in a real window, shown, and packed.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::command;
use crate::fresh_root;
use crate::install;
use crate::metadata;
use crate::page;

/// What the sample store is computed from.
const SAMPLE_SPEC: &str = "configs/consensus-quick.yaml";
const TESTS: &str = "ergon-window-tests";
/// Fits the largest window that a test opens. Without a reset when its last client leaves, in which the next would be lost.
const SCREEN: &str = "-screen 0 1920x1080x24 -noreset";

/// The programs of one profile.
pub(crate) struct Programs {
    pub(crate) window: PathBuf,
    pub(crate) cli: PathBuf,
    /// The one that may be allowed to read power events.
    pub(crate) probe: PathBuf,
}

/// Builds page and programs. For tests in the profile that `cargo test` has compiled everything in already.
pub(crate) fn build(root: &Path, profile: &str) -> Result<Programs> {
    page::ensure_packages(root)?;
    page::build(root)?;
    let mut cargo = command::cargo();
    cargo.current_dir(root).args([
        "build",
        "--profile",
        profile,
        "-p",
        "ergon-window",
        "-p",
        "ergon-cli",
        "-p",
        "ergon-perf-probe",
    ]);
    if profile == "release" {
        // Elsewhere a person's keychain stays out of it.
        cargo.args(["--features", "ergon-window/keychain,ergon-cli/keychain"]);
    }
    cargo.args(["--message-format", "json-render-diagnostics"]);
    let messages = command::output_beside_stderr(&mut cargo)?;
    let find = |name: &str| executable(&messages, name).with_context(|| format!("cargo built no program `{name}`"));
    Ok(Programs { window: find("ergon-window")?, cli: find("ergon")?, probe: find("ergon-perf-probe")? })
}

fn executable(messages: &str, name: &str) -> Option<PathBuf> {
    messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|message| message["target"]["name"] == name)
        .filter_map(|message| message["executable"].as_str().map(PathBuf::from))
        .next_back()
}

/// Runs the sample campaign into a store of its own: what a new library begins as.
pub(crate) fn sample(root: &Path, cli: &Path, store: &Path) -> Result<()> {
    if let Some(folder) = store.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("can't make {}", folder.display()))?;
    }
    if store.exists() {
        std::fs::remove_file(store).with_context(|| format!("can't remove {}", store.display()))?;
    }
    let mut run = Command::new(cli);
    run.current_dir(root).arg("--store").arg(store).args(["run", SAMPLE_SPEC]);
    command::run(&mut run)
}

/// A command on a screen and a session bus of its own.
fn on_a_screen(program: &Path) -> Command {
    let mut command = Command::new("dbus-run-session");
    command.args(["--", "xvfb-run", "-a", "-s", SCREEN]).arg(program);
    command
}

/// The flows in `tests/`, in a real window. The caller runs the command: it counts tests.
pub(crate) fn tests(root: &Path) -> Result<Command> {
    in_the_window(root, "dev", &[])
}

/// How fast and how large the release build's window is.
pub(crate) fn figures(root: &Path) -> Result<()> {
    command::run(&mut in_the_window(root, "release", &["--ignored", "figures"])?)
}

fn in_the_window(root: &Path, profile: &str, which: &[&str]) -> Result<Command> {
    install::ensure(install::FOR_WINDOW)?;
    let programs = build(root, profile)?;
    let store = metadata::target(root).join("sample/sample.ergon");
    sample(root, &programs.cli, &store)?;
    let cargo = command::cargo();
    let mut command = on_a_screen(Path::new(cargo.get_program()));
    command.current_dir(root).args([
        "test",
        "-p",
        TESTS,
        "--test",
        "window",
        "--",
        "--test-threads",
        "1",
        "--nocapture",
    ]);
    command.args(which);
    command.env("ERGON_WINDOW", &programs.window).env("ERGON_CLI", &programs.cli).env("ERGON_SAMPLE", &store);
    command.env("ERGON_SCREENSHOTS", metadata::target(root).join("screenshots"));
    command.env("ERGON_AXE", root.join("ui/node_modules/axe-core/axe.min.js"));
    Ok(command)
}

/// The flows alone.
pub(crate) fn flows() -> Result<()> {
    command::run(&mut tests(&metadata::root()?)?)
}

/// The package of the window tests, which `cargo test --workspace` leaves to their own stage.
pub(crate) fn tests_package() -> &'static str {
    TESTS
}

/// Writes the files that are made from the table of operations.
pub(crate) fn bindings() -> Result<()> {
    let root = metadata::root()?;
    let mut cargo = command::cargo();
    cargo.current_dir(&root).args(["test", "--quiet", "-p", "ergon-app", "--test", "bindings"]);
    command::run(cargo.env("ERGON_WRITE_BINDINGS", "1"))
}

/// Opens the window on the sample; without a display renders it into a PNG.
pub(crate) fn demo(root: &Path, programs: &Programs, folder: &Path) -> Result<()> {
    let store = folder.join("sample.ergon");
    sample(root, &programs.cli, &store)?;
    if std::env::var_os("DISPLAY").is_some() || std::env::var_os("WAYLAND_DISPLAY").is_some() {
        let mut window = Command::new(&programs.window);
        return command::run(window.env("ERGON_STORE", &store));
    }
    let picture = folder.join("window.png");
    sample_flow(root, &programs.window, &programs.cli, &store, folder)?;
    std::fs::rename(folder.join("library.png"), &picture).context("the window left no picture")
}

/// Opens a window on the sample, runs a copy of it, and compares; leaves a picture.
pub(crate) fn sample_flow(root: &Path, window: &Path, cli: &Path, sample: &Path, pictures: &Path) -> Result<()> {
    let mut cargo = on_a_screen(Path::new(command::cargo().get_program()));
    cargo.current_dir(root).args(["test", "--quiet", "-p", TESTS, "--test", "window", "--"]);
    cargo.args(["--exact", "reopening::the_sample_is_there_at_first_start_and_is_what_a_run_computes"]);
    cargo.env("ERGON_WINDOW", window).env("ERGON_CLI", cli).env("ERGON_SAMPLE", sample);
    command::run(cargo.env("ERGON_SCREENSHOTS", pictures))
}

/// A `.deb` of the window, the command line and the sample, in the target folder, tried in a fresh Debian where that can
/// be made.
pub(crate) fn release() -> Result<()> {
    let root = metadata::root()?;
    match package(&root, "release")? {
        None => println!("installed into a fresh Debian: it starts there"),
        Some(why) => println!("NOT tried in a fresh Debian: {why}"),
    }
    Ok(())
}

/// Packs the programs of a profile and tries the package; why it was not tried, if it was not.
pub(crate) fn package(root: &Path, profile: &str) -> Result<Option<&'static str>> {
    install::ensure(install::FOR_WINDOW)?;
    let programs = build(root, profile)?;
    let target = metadata::target(root);
    let store = target.join("sample/sample.ergon");
    sample(root, &programs.cli, &store)?;
    let package = crate::debian::pack(root, &target, &programs, &store)?;
    println!("{}", package.display());
    if let Some(obstacle) = fresh_root::obstacle() {
        return Ok(Some(obstacle));
    }
    install::ensure(install::FOR_FRESH_ROOT)?;
    fresh_root::installs_and_starts(root, &target, &package, &programs.cli)
}
