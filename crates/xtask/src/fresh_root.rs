//! The package in a Debian that has nothing else: it must install there, and its window must open on the sample.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::command;
use crate::window;

const SUITE: &str = "bookworm";
const MIRROR: &str = "http://deb.debian.org/debian";

/// Why it can't be tried on this machine; `None` where it can.
pub(crate) fn obstacle() -> Option<&'static str> {
    let is_root = command::output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    if !is_root {
        return Some("a fresh root is made by root");
    }
    // Containers often are root without being allowed to mount.
    let may_mount = command::succeeds(Command::new("unshare").args(["--mount", "true"]));
    (!may_mount).then_some("this machine lets nobody mount, which a fresh root takes")
}

/// Makes a fresh Debian, installs the package, asks the command line for the sample, and opens the window. Why it wasn't
/// tried, where no Debian could be had: without its mirror that says nothing of the package.
pub(crate) fn installs_and_starts(
    repository: &Path,
    target: &Path,
    package: &Path,
    cli: &Path,
) -> Result<Option<&'static str>> {
    let fresh = target.join("fresh-root");
    if fresh.exists() {
        fs::remove_dir_all(&fresh).with_context(|| format!("can't empty {}", fresh.display()))?;
    }
    let mut make = Command::new("debootstrap");
    if let Err(error) = command::run(make.args(["--variant=minbase", SUITE]).arg(&fresh).arg(MIRROR)) {
        println!("{error:#}");
        return Ok(Some("debootstrap could not make a fresh Debian"));
    }
    fs::copy(package, fresh.join("root/ergon.deb")).context("can't copy the package into the fresh root")?;
    let install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "/root/ergon.deb"];
    let mut chroot = Command::new("chroot");
    chroot.env("DEBIAN_FRONTEND", "noninteractive").arg(&fresh).args(install);
    command::run(&mut chroot)?;

    let mut list = Command::new("chroot");
    list.arg(&fresh).args(["ergon", "--json", "--store", "/usr/share/ergon/sample.ergon", "list"]);
    let listed = command::output(&mut list)?;
    if !listed.contains("consensus-quick") {
        bail!("the installed `ergon list` doesn't show the sample: {listed}");
    }

    let program = target.join("fresh-root-window");
    fs::write(&program, in_root(&fresh)).with_context(|| format!("can't write {}", program.display()))?;
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755))?;
    let sample = fresh.join("usr/share/ergon/sample.ergon");
    window::sample_flow(repository, &program, cli, &sample, &target.join("screenshots"))?;
    fs::remove_dir_all(&fresh).with_context(|| format!("can't remove {}", fresh.display()))?;
    Ok(None)
}

/// A program that opens the window inside. Mounts end with it, as they are in a namespace of its own: nothing outside can
/// be deleted through them. Of our machine it sees the folder that the tests put their desks and sockets into.
fn in_root(fresh: &Path) -> String {
    let folder = std::env::temp_dir();
    let (fresh, folder) = (fresh.display(), folder.display());
    format!(
        "#!/bin/sh\n\
         exec unshare --mount sh -ec 'mount --bind \"{folder}\" \"{fresh}/tmp\"\n\
         mount -t proc proc \"{fresh}/proc\"\n\
         exec env -u ERGON_SAMPLE chroot \"{fresh}\" ergon-window \"$@\"' ergon-window \"$@\"\n"
    )
}
