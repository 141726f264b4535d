//! The slow stage that keeps a key in a real keychain: a session bus and a Secret Service of their own, in a folder that
//! is gone afterwards, so that nobody's keys are touched.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::command;
use crate::install;
use crate::metadata;
use crate::stages::Done;
use crate::test::cargo_test;
use crate::test_counts::TestCounts;

/// Opens the keychain with a password of its own, then becomes what follows.
const UNLOCKED: &str = "printf ergon | gnome-keyring-daemon --unlock --components=secrets >/dev/null && exec \"$@\"";

pub(crate) fn stage(root: &Path, total: &mut TestCounts) -> Result<Done> {
    install::ensure(install::FOR_KEYCHAIN)?;
    let home = metadata::target(root).join("keychain-home");
    std::fs::create_dir_all(&home).with_context(|| format!("can't make {}", home.display()))?;
    let mut tests = Command::new("dbus-run-session");
    tests.current_dir(root).args(["--", "sh", "-c", UNLOCKED, "sh"]).arg(command::cargo().get_program());
    tests.args(["test", "-p", "ergon-models", "--features", "keychain", "--test", "keychain", "--", "--ignored"]);
    tests.env("XDG_DATA_HOME", &home).env("XDG_RUNTIME_DIR", &home).env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
    let counts = cargo_test(&mut tests, root, total);
    std::fs::remove_dir_all(&home).with_context(|| format!("can't remove {}", home.display()))?;
    Ok(Done::with(counts?.to_string()))
}
