//! The `.deb`, laid out by hand and packed by `dpkg-deb`: three programs, the sample, a menu entry, icons, licences.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::command;
use crate::window::Programs;

const DESKTOP: &str = "[Desktop Entry]\nType=Application\nName=Ergon\nGenericName=Experiment campaigns\n\
    Comment=Design, run, measure, analyse and publish experiments on LLM agents\nExec=ergon-window\nIcon=ergon\n\
    Categories=Science;Education;\nTerminal=false\nStartupWMClass=ergon-window\n";
/// Names of the libraries on Debian 12 and, after the 64-bit time_t transition, on Debian 13 and Ubuntu 24.04.
const DEPENDS: &str = "libc6 (>= 2.36), libwebkit2gtk-4.1-0, libgtk-3-0 | libgtk-3-0t64";

/// Packs a package; its path.
pub(crate) fn pack(root: &Path, target: &Path, programs: &Programs, sample: &Path) -> Result<PathBuf> {
    let version = env!("CARGO_PKG_VERSION");
    let architecture = command::output(Command::new("dpkg").arg("--print-architecture"))?.trim().to_owned();
    let tree = target.join("debian/tree");
    if tree.exists() {
        fs::remove_dir_all(&tree).with_context(|| format!("can't empty {}", tree.display()))?;
    }
    let put = |from: &Path, to: &str, mode: u32| -> Result<()> {
        let to = tree.join(to);
        fs::create_dir_all(to.parent().unwrap_or(&tree))?;
        fs::copy(from, &to).with_context(|| format!("can't copy {}", from.display()))?;
        fs::set_permissions(&to, fs::Permissions::from_mode(mode))?;
        Ok(())
    };
    put(&programs.window, "usr/bin/ergon-window", 0o755)?;
    put(&programs.cli, "usr/bin/ergon", 0o755)?;
    put(&programs.probe, "usr/bin/ergon-perf-probe", 0o755)?;
    put(sample, "usr/share/ergon/sample.ergon", 0o644)?;
    for (icon, size) in [("32x32", "32x32"), ("128x128", "128x128"), ("128x128@2x", "256x256"), ("icon", "512x512")] {
        let to = format!("usr/share/icons/hicolor/{size}/apps/ergon.png");
        put(&root.join(format!("icons/{icon}.png")), &to, 0o644)?;
    }
    put(&root.join("icons/ergon.svg"), "usr/share/icons/hicolor/scalable/apps/ergon.svg", 0o644)?;
    for licence in ["LICENSE-MIT", "LICENSE-APACHE"] {
        put(&root.join(licence), &format!("usr/share/doc/ergon/{licence}"), 0o644)?;
    }
    let write = |to: &str, text: String| -> Result<()> {
        let to = tree.join(to);
        fs::create_dir_all(to.parent().unwrap_or(&tree))?;
        fs::write(&to, text).with_context(|| format!("can't write {}", to.display()))
    };
    write("usr/share/applications/ergon.desktop", DESKTOP.to_owned())?;
    write(
        "DEBIAN/control",
        format!(
            "Package: ergon\nVersion: {version}\nArchitecture: {architecture}\nMaintainer: The Ergon authors <ergon@localhost>\n\
             Depends: {DEPENDS}\nSection: science\nPriority: optional\n\
             Description: workbench for experiment campaigns on LLM agents\n \
             Design, run, measure, analyse and publish, in one window, on one file.\n"
        ),
    )?;
    let package = target.join(format!("debian/ergon_{version}_{architecture}.deb"));
    let mut pack = Command::new("dpkg-deb");
    pack.args(["--build", "--root-owner-group", "-Zxz"]).arg(&tree).arg(&package);
    command::run(&mut pack)?;
    Ok(package)
}
